//! A plan as text.

use super::{Call, LayerCall, Move, Place, Plan, Step, Wanted};
use std::fmt;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, steps) in [("forward", &self.forward), ("backward", &self.backward)] {
            if !steps.is_empty() {
                writeln!(f, "{title}")?;
            }
            for step in steps {
                self.write_step(f, step)?;
            }
        }
        writeln!(f, "slots")?;
        for (index, size) in self.slots.iter().enumerate() {
            write!(f, "  slot{index}: {size}")?;
            for buffer in self.buffers.iter().filter(|buffer| buffer.slot == index) {
                write!(
                    f,
                    "; {} ({}) in steps {}–{}",
                    buffer.what, buffer.size, buffer.live.0, buffer.live.1
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Plan {
    fn write_step(&self, f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
        write!(f, "  {}", self.names[step.layer])?;
        match &step.call {
            Call::Layer(call) => self.write_layer(f, call)?,
            Call::Move(step) => self.write_move(f, step)?,
        }
        if step.only_for_input {
            f.write_str(" (only for the input gradient)")?;
        }
        writeln!(f)
    }

    fn write_layer(&self, f: &mut fmt::Formatter<'_>, call: &LayerCall) -> fmt::Result {
        for fused in [call.norm, call.activation].into_iter().flatten() {
            write!(f, " + {}", self.names[fused])?;
        }
        if call.in_place {
            f.write_str(" in place")?;
        }
        f.write_str(":")?;
        let dx = call.dx.map(|(place, _)| place);
        for (name, place) in [
            ("x", call.x),
            ("y", call.y),
            ("saved", call.saved),
            ("dy", call.dy),
            ("dx", dx),
            ("scratch", call.scratch),
        ] {
            if let Some(place) = place {
                write!(f, " {name} {}", self.place(place))?;
            }
        }
        if call.trains {
            f.write_str(" trains")?;
        }
        if call.trains && matches!(call.dx, Some((_, Wanted::IfInput))) {
            f.write_str(", dx only for the input gradient")?;
        }
        Ok(())
    }

    fn write_move(&self, f: &mut fmt::Formatter<'_>, step: &Move) -> fmt::Result {
        let verb = if step.add { "add" } else { "copy" };
        write!(f, ": {verb} {}", self.place(step.from))?;
        if let Some(times) = step.times {
            write!(f, " times {}", self.place(times))?;
        }
        write!(f, " to {}", self.place(step.to))?;
        if let Some(part) = &step.part {
            let direction = if part.taken { "from" } else { "at" };
            write!(f, " {direction} offset {} in {} groups", part.offset, part.groups)?;
        }
        Ok(())
    }

    fn place(&self, place: Place) -> String {
        match place {
            Place::Buffer(index) => format!("slot{}", self.buffers[index].slot),
            Place::Input => "x".to_owned(),
            Place::Output => "y".to_owned(),
            Place::OutputGradient => "dy".to_owned(),
            Place::InputGradient => "dx".to_owned(),
        }
    }
}
