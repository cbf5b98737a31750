//! The networks of the firmware, and what it does with them. The program of the host does the same, to compare bits.
#![no_std]
#![deny(unsafe_code)]

#[cfg(target_os = "none")]
pub mod device;
mod networks;

pub use backprop::Error;
pub use networks::*;
