//! How things work, in chapters to read.
//!
//! | Chapter | For |
//! |---|---|
//! | [`pytorch`] | those who know PyTorch: a table of names, and what is different |
//! | [`firmware`] | microcontrollers: no heap, weights in flash, learning on the device |
//! | [`audio`] | callbacks that must not be late |
//! | [`reinforcement`] | agents: losses on the spot, target networks, a thousand predictions a frame |
//! | [`science`] | fits in double precision, derivatives, runs that can be repeated |
//! | [`teaching`] | backpropagation, step by step, with numbers to check |
//! | [`practice`] | everyone: debug builds, sizes and stacks, the same bits |
//! | [`time`] | recurrent layers, backpropagation through time, and the same network one step at a time |
//! | [`expansion`] | the curious: what the macro writes, beside the chain rule |

#[doc = include_str!("guide/audio.md")]
pub mod audio {}

#[doc = include_str!("guide/expansion.md")]
pub mod expansion {}

#[doc = include_str!("guide/firmware.md")]
pub mod firmware {}

#[doc = include_str!("guide/practice.md")]
pub mod practice {}

#[doc = include_str!("guide/pytorch.md")]
pub mod pytorch {}

#[doc = include_str!("guide/reinforcement.md")]
pub mod reinforcement {}

#[doc = include_str!("guide/science.md")]
pub mod science {}

#[doc = include_str!("guide/teaching.md")]
pub mod teaching {}

#[doc = include_str!("guide/time.md")]
pub mod time {}
