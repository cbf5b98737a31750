//! Images whose channels come last, `[28, 28, 1]`, as other libraries have them. Here channels come first, and such an
//! input is 28 channels of 28 × 1: legal, and surely not intended.

use crate::declaration::{Item, axes};
use crate::diagnostics::{Diagnostics, Result};
use crate::shape::Shape;
use proc_macro2::Span;

/// What is smaller may well be channels.
const SMALLEST_SIDE: usize = 8;
/// Grey, colours, colours and opacity.
const CHANNELS: &[usize] = &[1, 3, 4];

/// Sides and channels of what looks like an image with its channels last.
pub(super) fn channels_last(input: &Shape) -> Option<[usize; 3]> {
    let sizes: Option<Vec<usize>> = input.0.iter().map(crate::size::Size::known).collect();
    match sizes?.as_slice() {
        &[height, width, channels] if height.min(width) >= SMALLEST_SIDE && CHANNELS.contains(&channels) => {
            Some([height, width, channels])
        }
        _ => None,
    }
}

/// Whether a layer slides over images. A kernel with a width of its own, `[5, 1]`, suits 28 channels of 28 × 1.
fn slides(item: &Item) -> bool {
    let word = item.word();
    let two = |value| axes(value).len() > 1;
    let kernel = item.arguments.iter().find(|argument| match &argument.key {
        Some(key) => key == "kernel",
        None => word.contains("pool"),
    });
    word.ends_with("2d") && kernel.is_some_and(|kernel| !two(&kernel.value))
}

/// Refuses a square image with its channels last before a layer that slides over images.
pub(super) fn check(input: &Shape, span: Span, items: &[Item], diagnostics: &mut Diagnostics) -> Result<()> {
    match (channels_last(input), items.first()) {
        (Some([height, width, channels]), Some(first)) if height == width && slides(first) => {
            let message = format!(
                "the input {input} looks like an image with its channels last, and channels come first: write \
                 `input = [{channels}, {height}, {width}]`, and give samples in that order (where {height} channels of \
                 {width} × {channels} are meant, make the width a constant with a name)"
            );
            Err(diagnostics.error(span, message))
        }
        _ => Ok(()),
    }
}
