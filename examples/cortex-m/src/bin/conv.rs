//! Trains a convolution sample by sample.
#![no_std]
#![no_main]

use backprop::prelude::*;
use backprop_cortex_m::Error;
use backprop_cortex_m::device::{Semihosting, exit};
use backprop_cortex_m::{Conv, convolve};
use cortex_m_rt::entry;
use static_cell::StaticCell;

/// Network and trainer, in RAM that nothing else uses.
static NET: StaticCell<Conv> = StaticCell::new();
static TRAINER: StaticCell<OnlineTrainer<Conv>> = StaticCell::new();

/// Nothing if it has been called before: a cell is taken once.
fn run() -> Option<Result<(), Error>> {
    let net = NET.try_init_with(Conv::zeroed)?;
    let trainer = TRAINER.try_init_with(OnlineTrainer::zeroed)?;
    trainer.set_learning_rate(0.05);
    Some(convolve(net, trainer, &mut Semihosting::default()))
}

#[entry]
fn main() -> ! {
    exit(matches!(run(), Some(Ok(()))))
}
