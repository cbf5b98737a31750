//! Trains from scratch.
#![no_std]
#![no_main]

use backprop::prelude::*;
use backprop_cortex_m::Error;
use backprop_cortex_m::device::{Semihosting, exit};
use backprop_cortex_m::{Gestures, train};
use cortex_m_rt::entry;
use static_cell::StaticCell;

/// Network and trainer, in RAM that nothing else uses.
static NET: StaticCell<Gestures> = StaticCell::new();
static TRAINER: StaticCell<Trainer<Gestures, Sgd>> = StaticCell::new();

/// Nothing if it has been called before: a cell is taken once.
fn run() -> Option<Result<(), Error>> {
    let net = NET.try_init_with(Gestures::zeroed)?;
    let trainer = Trainer::init(TRAINER.try_uninit()?, Sgd::new(0.2));
    Some(train(net, trainer, &mut Semihosting::default()))
}

#[entry]
fn main() -> ! {
    exit(matches!(run(), Some(Ok(()))))
}
