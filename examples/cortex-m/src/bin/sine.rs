//! Predicts with weights in flash.
#![no_std]
#![no_main]

use backprop_cortex_m::device::{Semihosting, exit};
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    backprop_cortex_m::sine(&mut Semihosting::default());
    exit(true)
}
