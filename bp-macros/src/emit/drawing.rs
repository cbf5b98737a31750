//! A drawing of the graph in characters, for the struct's docs and for `summary()`.
//!
//! It is read from top to bottom. What flows runs in *lanes*; a `●` is where layers stand, their names beside it:
//!
//! ```text
//! ○   input [8]
//! ●   dense1 → relu1 [16]
//! ├─╮
//! │ ● dense2 → tanh1 [16]
//! ├─╯ residual1 [16]
//! ```

use crate::model::{Layer, Model, Part};
use crate::shape::Shape;
use crate::size::Size;

/// Characters of names on one line.
const WIDTH: usize = 72;

/// The lines of the drawing of a network.
pub(super) fn lines(model: &Model) -> Vec<String> {
    Drawing::of(model, None).lines
}

/// The drawing in pieces, and the sizes between them, which only the compiler knows.
pub(super) fn pieces(model: &Model) -> (Vec<String>, Vec<Size>) {
    let drawing = Drawing::of(model, Some(Vec::new()));
    let pieces = drawing.lines.join("\n").split(SIZE).map(str::to_owned).collect();
    (pieces, drawing.sizes.unwrap_or_default())
}

/// Stands for a size between pieces.
const SIZE: char = '\0';

/// How many lanes a chain takes.
fn width(chain: &[Part]) -> usize {
    let part = |part: &Part| match part {
        Part::Layer(_) => 1,
        Part::Branches { branches, .. } => branches.iter().map(|branch| width(branch)).sum(),
        Part::Repeat { first, .. } => width(first),
    };
    chain.iter().map(part).max().unwrap_or(1).max(1)
}

struct Drawing<'a> {
    model: &'a Model,
    /// Where something flows.
    lanes: Vec<bool>,
    /// What stands before the names: the bars of open repetitions.
    margin: String,
    lines: Vec<String>,
    /// Sizes that only the compiler knows, where they are not to be written as expressions.
    sizes: Option<Vec<Size>>,
}

impl<'a> Drawing<'a> {
    fn of(model: &'a Model, sizes: Option<Vec<Size>>) -> Self {
        let lanes = vec![false; width(&model.outline)];
        let mut drawing = Drawing { model, lanes, margin: String::new(), lines: Vec::new(), sizes };
        drawing.lanes[0] = true;
        let input = drawing.shape(&model.input);
        let input = super::docs::input(model, &input);
        drawing.line(&[(0, '○')], &format!("input {input}"));
        drawing.chain(&model.outline, 0, None);
        drawing
    }

    /// `[1, 28, 28]`
    fn shape(&mut self, shape: &Shape) -> String {
        let Some(sizes) = &mut self.sizes else { return shape.to_string() };
        let axes = shape.0.iter().map(|axis| match axis {
            Size::Known(n) => n.to_string(),
            Size::Expression { .. } => {
                sizes.push(axis.clone());
                SIZE.to_string()
            }
        });
        format!("[{}]", axes.collect::<Vec<_>>().join(", "))
    }

    /// A line with marks in some lanes.
    fn line(&mut self, marks: &[(usize, char)], text: &str) {
        let mut line = String::new();
        let (first, last) = match marks {
            [(first, _), .., (last, _)] => (*first, *last),
            _ => (0, 0),
        };
        for (lane, flows) in self.lanes.iter().enumerate() {
            let mark = marks.iter().find(|(marked, _)| *marked == lane).map(|(_, mark)| *mark);
            let between = (first..last).contains(&lane);
            line.push(mark.unwrap_or(if between {
                '─'
            } else if *flows {
                '│'
            } else {
                ' '
            }));
            line.push(if between { '─' } else { ' ' });
        }
        line.push_str(&self.margin);
        line.push_str(text);
        self.lines.push(line.trim_end().to_owned());
    }

    /// A chain in a lane, with a label before its first name.
    fn chain(&mut self, chain: &[Part], lane: usize, label: Option<String>) {
        let mut names: Vec<String> = Vec::new();
        let mut label = label.unwrap_or_default();
        let mut end = None;
        for part in chain {
            if let Some((name, last)) = self.name(part) {
                names.push(name);
                end = Some(last);
                continue;
            }
            self.names(&mut label, &mut names, end, lane);
            match part {
                Part::Layer(_) => {}
                Part::Branches { join, branches } => self.branches(*join, branches, lane),
                Part::Repeat { times, first, .. } => self.repeat(*times, first, lane),
            }
        }
        self.names(&mut label, &mut names, end, lane);
    }

    /// The name of what has no branches, and its last layer.
    fn name(&self, part: &Part) -> Option<(String, usize)> {
        match part {
            Part::Layer(index) => Some((name(&self.model.layers[*index]), *index)),
            Part::Branches { .. } => None,
            Part::Repeat { times, first, last } => {
                let names: Option<Vec<_>> =
                    first.iter().map(|part| self.name(part).map(|(name, _)| name)).collect();
                Some((format!("{times} × ({})", names?.join(" → ")), *last))
            }
        }
    }

    /// Names in a row, with the shape of the last behind it, on as many lines as they take.
    fn names(&mut self, label: &mut String, names: &mut Vec<String>, last: Option<usize>, lane: usize) {
        let mut line = std::mem::take(label);
        if line.is_empty() && names.is_empty() {
            return;
        }
        let model = self.model;
        let shape = last.map(|last| self.shape(&model.layers[last].output)).unwrap_or_default();
        let mut mark = '●';
        for (index, name) in std::mem::take(names).iter().enumerate() {
            if index > 0 && line.chars().count() + name.chars().count() > WIDTH {
                self.line(&[(lane, mark)], &line);
                (line, mark) = (String::new(), '│');
            }
            line.push_str(if index > 0 { "→ " } else { "" });
            line.push_str(name);
            line.push(' ');
        }
        line.push_str(&shape);
        self.line(&[(lane, mark)], &line);
    }

    /// A fork, the branches, and where they meet; heads do not meet.
    fn branches(&mut self, join: usize, branches: &[Vec<Part>], lane: usize) {
        let model = self.model;
        let layer = &model.layers[join];
        let mut branches: Vec<_> = branches.iter().collect();
        // What goes around runs straight on.
        if layer.kind.name == "residual" {
            branches.reverse();
        }
        let mut places = Vec::new();
        let mut next = lane;
        for branch in &branches {
            places.push(next);
            next += width(branch);
        }
        let marks = |inner: char, last: char| -> Vec<(usize, char)> {
            let mark = |(index, place): (usize, &usize)| match index {
                0 => (*place, '├'),
                _ if index + 1 == places.len() => (*place, last),
                _ => (*place, inner),
            };
            places.iter().enumerate().map(mark).collect()
        };
        let has_heads = layer.kind.name == "heads";
        let heads = &model.heads;
        self.line(&marks('┬', '╮'), "");
        places.iter().for_each(|place| self.lanes[*place] = true);
        for (index, (branch, place)) in branches.iter().zip(&places).enumerate() {
            let head = heads.get(index).filter(|_| has_heads);
            let label = head.map(|(name, shape)| match branch.as_slice() {
                [] => format!("{name}: {}", self.shape(shape)),
                _ => format!("{name}: "),
            });
            self.chain(branch, *place, label);
            if has_heads {
                self.lanes[*place] = false;
            }
        }
        places.iter().for_each(|place| self.lanes[*place] = false);
        if !has_heads {
            let shape = self.shape(&layer.output);
            self.line(&marks('┴', '╯'), &format!("{} {shape}", name(layer)));
            self.lanes[lane] = true;
        }
    }

    /// The first of several copies.
    fn repeat(&mut self, times: usize, first: &[Part], lane: usize) {
        self.line(&[], &format!("┌ {times} ×"));
        let outer = self.margin.clone();
        self.margin.push_str("│ ");
        self.chain(first, lane, None);
        self.margin = outer;
        self.line(&[], "└");
    }
}

/// The name of a layer, and what it is where the name does not say it.
fn name(layer: &Layer) -> String {
    let (name, kind) = (layer.name.to_string(), layer.kind.name);
    let what = if kind == "block" || kind == "fixed_point" { &layer.text } else { kind };
    let frozen = if layer.frozen && layer.operation.is_some() { "frozen " } else { "" };
    if name.starts_with(what) { format!("{frozen}{name}") } else { format!("{frozen}{name} ({what})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(declaration: &str, drawing: &str) {
        let lines = lines(&crate::golden::model(declaration));
        assert_eq!(lines.join("\n"), drawing.trim_start_matches('\n').trim_end());
    }

    #[test]
    fn sizes_that_the_compiler_knows_are_left_open() {
        let model = crate::golden::model(
            "input = [TIME, 3], layers = [conv1d(4, kernel = 3), relu, concat[[], [dense(N)]], flatten]",
        );
        let (pieces, sizes) = pieces(&model);
        assert_eq!(pieces.len(), sizes.len() + 1);
        let texts: Vec<_> = sizes.iter().map(Size::to_string).collect();
        assert_eq!(
            texts,
            ["TIME", "TIME - 2", "TIME - 2", "N", "TIME - 2 + TIME - 2", "(TIME - 2 + TIME - 2) * 4"]
        );
    }

    #[test]
    fn a_chain_is_short() {
        check(
            "input = [1, 28, 28], layers = [conv1: conv2d(6, kernel = 5), relu, max_pool2d(2), flatten, frozen dense(10)]",
            "
○ input [1, 28, 28]
● conv1 (conv2d) → relu1 → max_pool2d1 → flatten1 → frozen dense1 [10]
",
        );
    }

    #[test]
    fn a_long_chain_takes_several_lines() {
        let many = "max_pool2d(1), ".repeat(8);
        check(
            &format!("input = [1, 8, 8], layers = [{many}]"),
            "
○ input [1, 8, 8]
● max_pool2d1 → max_pool2d2 → max_pool2d3 → max_pool2d4 → max_pool2d5
│ → max_pool2d6 → max_pool2d7 → max_pool2d8 [1, 8, 8]
",
        );
    }

    #[test]
    fn a_residual_goes_around() {
        check(
            "input = 4, layers = [residual[dense(4), tanh], residual(shortcut = [dense(2)])[dense(3), relu, dense(2)], relu]",
            "
○   input [4]
├─╮
│ ● dense1 → tanh1 [4]
├─╯ residual1 [4]
├─╮
● │ dense4 [2]
│ ● dense2 → relu1 → dense3 [2]
├─╯ residual2 [2]
●   relu2 [2]
",
        );
    }

    #[test]
    fn branches_in_branches_have_lanes_of_their_own() {
        check(
            "input = 4, layers = [sum[[residual[dense(4), sum[[], [tanh]]], relu], [dense(4)], []], concat[[], [dense(3)]], Inner]",
            "
○         input [4]
├─────┬─╮
├─╮   │ │
│ ●   │ │ dense1 [4]
│ ├─╮ │ │
│ │ ● │ │ tanh1 [4]
│ ├─╯ │ │ sum1 [4]
├─╯   │ │ residual1 [4]
●     │ │ relu1 [4]
│     ● │ dense2 [4]
├─────┴─╯ sum2 [4]
├─╮
│ ●       dense3 [3]
├─╯       concat1 [7]
●         inner1 (Inner) [Inner::OUTPUTS]
",
        );
    }

    #[test]
    fn copies_are_drawn_once() {
        check(
            "input = [16, 8], layers = [repeat(3)[dense(8), relu], repeat(12)[residual[layer_norm, repeat(2)[dense(8)]], residual[dense(8)]], flatten]",
            "
○   input [16, 8]
●   3 × (dense1 → relu1) [16, 8]
│   ┌ 12 ×
├─╮ │
│ ● │ layer_norm1 → 2 × (dense4) [16, 8]
├─╯ │ residual1 [16, 8]
├─╮ │
│ ● │ dense6 [16, 8]
├─╯ │ residual2 [16, 8]
│   └
●   flatten1 [128]
",
        );
    }

    #[test]
    fn heads_end_each_in_an_output() {
        check(
            "input = 4, layers = [dense(8), heads { policy: [dense(3)], value: [residual[dense(8)], dense(1)], all: [] }]",
            "
○       input [4]
●       dense1 [8]
├─┬───╮
● │   │ policy: dense2 [3]
  ●   │ value:
  ├─╮ │
  │ ● │ dense3 [8]
  ├─╯ │ residual1 [8]
  ●   │ dense4 [1]
      ● all: [8]
",
        );
    }
}
