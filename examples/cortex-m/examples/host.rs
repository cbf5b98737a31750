//! What the firmware prints of bits, computed on the host in the reproducible mode.

use backprop::prelude::*;
use backprop_cortex_m::{
    Adapted, Conv, Digits, Error, Gestures, Report, Signal, convolve, read, sine, stream, train,
};

struct Stdout;

impl Report for Stdout {
    fn bits(&mut self, what: &str, bits: u32) {
        println!("bits {what} = {bits}");
    }
    fn count(&mut self, _: &str, f: &mut dyn FnMut()) {
        // As often as on the device: a step changes what the next one begins with.
        for _ in 0..41 {
            f();
        }
    }
}

fn main() -> Result<(), Error> {
    let report = &mut Stdout;
    report.bits("nothing", 0);
    sine(report);
    train(&mut Gestures::zeroed(), &mut Trainer::new(Sgd::new(0.2)), report)?;
    read("whole weights", &mut Digits::zeroed(), &mut Trainer::new(Sgd::new(0.2)), report)?;
    read("adapted weights", &mut Adapted::zeroed(), &mut Trainer::new(Sgd::new(0.2)), report)?;
    convolve(&mut Conv::zeroed(), &mut OnlineTrainer::new(0.05), report)?;
    stream(&mut Signal::zeroed(), &mut Signal::state(), report);
    Ok(())
}
