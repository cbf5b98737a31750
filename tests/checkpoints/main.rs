//! Checkpoints: what is resumed ends with the bits of what was not interrupted, and what is no whole checkpoint of this
//! network and trainer changes nothing.

#[path = "../support/mod.rs"]
mod support;
mod trainer;
