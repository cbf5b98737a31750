//! The panel loops behind the layers: what runs nearly all of the time.
//!
//! [`reference`] holds the plain loops that define each result; the other files compute the same faster.

pub(crate) mod axis;
#[cfg(test)]
pub(crate) mod check;
pub(crate) mod reference;
