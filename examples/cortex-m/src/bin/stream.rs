//! Runs a recurrent model step by step.
#![no_std]
#![no_main]

use backprop::StateOf;
use backprop_cortex_m::device::{Semihosting, exit};
use backprop_cortex_m::{Signal, stream};
use cortex_m_rt::entry;
use static_cell::StaticCell;

/// Network, and what it remembers, in RAM that nothing else uses.
static NET: StaticCell<Signal> = StaticCell::new();
static STATE: StaticCell<StateOf<Signal>> = StaticCell::new();

/// Nothing if it has been called before: a cell is taken once.
fn run() -> Option<()> {
    let net = NET.try_init_with(Signal::zeroed)?;
    let state = STATE.try_init_with(Signal::state)?;
    stream(net, state, &mut Semihosting::default());
    Some(())
}

#[entry]
fn main() -> ! {
    exit(run().is_some())
}
