//! Nothing but what every firmware here has: what the others are measured against.
#![no_std]
#![no_main]

use backprop_cortex_m::Report as _;
use backprop_cortex_m::device::{Semihosting, exit};
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    let report = &mut Semihosting::default();
    report.bits("nothing", 0);
    report.count("nothing", &mut || ());
    exit(true)
}
