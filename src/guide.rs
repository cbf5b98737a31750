//! How things work, in chapters to read.

#[doc = include_str!("guide/expansion.md")]
pub mod expansion {}
