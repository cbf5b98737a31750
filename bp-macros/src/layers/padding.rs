//! Padding and windows: what convolutions and pooling have in common.

use super::{Aside, Call, pad};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

/// Padding as it is declared.
pub(crate) enum Pads {
    /// As much as the word says: `same`, `causal`.
    Word(&'static str),
    /// Before and after each axis.
    Sides(Vec<[Size; 2]>),
}

impl Pads {
    /// None along so many axes.
    pub(super) fn none(axes: usize) -> Self {
        Self::Sides(vec![[Size::Known(0), Size::Known(0)]; axes])
    }

    /// Before and after an axis; nothing where a word says it.
    pub(super) fn of(&self, axis: usize) -> Option<&[Size; 2]> {
        match self {
            Self::Word(_) => None,
            Self::Sides(sides) => sides.get(axis),
        }
    }

    /// The same along an image whose rows are the axis, and whose columns have none.
    pub(super) fn of_rows(self) -> Self {
        match self {
            Self::Sides(mut sides) => {
                sides.push([Size::Known(0), Size::Known(0)]);
                Self::Sides(sides)
            }
            word => word,
        }
    }

    /// Adds it to a description.
    pub(super) fn write(&self, value: TokenStream) -> TokenStream {
        let sides = match self {
            Self::Word("causal") => return quote!(#value.causal()),
            Self::Word(_) => return quote!(#value.same()),
            Self::Sides(sides) => sides.as_slice(),
        };
        if sides.iter().flatten().all(|size| size.known() == Some(0)) {
            return value;
        }
        if sides.iter().all(|[before, after]| before.equals(after) == Some(true)) {
            let sizes = sides.iter().map(|[before, _]| before);
            return quote!(#value.padding(#(#sizes),*));
        }
        let sides = sides.iter().map(|[before, after]| quote!([#before, #after]));
        match sides.len() {
            1 => quote!(#value.sides(#(#sides)*)),
            _ => quote!(#value.sides([#(#sides),*])),
        }
    }
}

/// Where something else than zeros stands in the padding, puts a `pad` before the layer, with windows of the given kernel,
/// stride and dilation along each axis: gives the padded input, for which no padding is left.
pub(super) fn with_mode(
    call: &mut Call<'_>,
    input: &Shape,
    pads: Pads,
    windows: &[[&Size; 3]],
) -> Result<(Shape, Pads)> {
    let mode = call.word_or("padding_mode", "zeros", &["zeros", "reflect", "replicate", "circular"])?;
    if mode == "zeros" {
        return Ok((input.clone(), pads));
    }
    // Of a sequence the time stands first, of an image behind the channels.
    let axes = if windows.len() == 1 { &input.0[..1] } else { &input.0[1..] };
    let sides: Vec<_> = match pads {
        Pads::Word("causal") => {
            let message = "`padding = causal` puts zeros before the sequence: leave `padding_mode` out, or put a `pad` before it";
            return Err(call.error(message));
        }
        Pads::Word(_) => {
            axes.iter().zip(windows).map(|(length, window)| same_sides(length, *window)).collect()
        }
        Pads::Sides(sides) => sides,
    };
    if sides.iter().flatten().all(|size| size.known() == Some(0)) {
        let message = format!("`padding_mode = {mode}` without padding changes nothing: give the `padding`");
        return Err(call.error(&message));
    }
    let padded = pad::layer(call, input, &sides, mode, None)?;
    let output = padded.output.clone();
    call.ahead.extend(Aside::of(&pad::PAD, padded));
    Ok((output, Pads::none(windows.len())))
}

/// The padding that `same` stands for.
fn same_sides(length: &Size, [kernel, stride, dilation]: [&Size; 3]) -> [Size; 2] {
    let sizes = [length, kernel, stride, dilation];
    if let [Some(length), Some(kernel), Some(stride), Some(dilation)] = sizes.map(Size::known) {
        let reach = dilation.saturating_mul(kernel - 1).saturating_add(1);
        let covered = (length.div_ceil(stride) - 1).saturating_mul(stride).saturating_add(reach);
        let all = covered.saturating_sub(length);
        return [Size::Known(all / 2), Size::Known(all - all / 2)];
    }
    let side = |side: usize| quote!(::backprop::layers::same_padding(#(#sizes),*)[#side]);
    [side(0), side(1)].map(Size::expression)
}

/// A window that slides along one axis.
pub(super) struct Window<'a> {
    pub(super) kernel: &'a Size,
    pub(super) stride: &'a Size,
    /// Before and after the axis. `None`: as much as gives ⌈size / stride⌉ places.
    pub(super) padding: Option<&'a [Size; 2]>,
    pub(super) dilation: &'a Size,
    /// Whether the last window may reach beyond the padding.
    pub(super) ceil: bool,
}

impl Window<'_> {
    /// The number of its places: ⌊(size + padding − dilation (kernel − 1) − 1) / stride⌋ + 1.
    pub(super) fn output(&self, call: &mut Call<'_>, size: &Size, read: TokenStream) -> Result<Size> {
        let Some([before, after]) = self.padding else { return Ok(self.same_output(size, read)) };
        let sizes = [size, self.kernel, self.stride, before, after, self.dilation].map(Size::known);
        let [Some(size), Some(kernel), Some(stride), Some(before), Some(after), Some(dilation)] = sizes
        else {
            return Ok(Size::Expression { tokens: read, text: self.words(size, [before, after]) });
        };
        let reach = dilation.saturating_mul(kernel - 1).saturating_add(1);
        let padded = before.saturating_add(size).saturating_add(after);
        let more = if self.ceil { stride - 1 } else { 0 };
        if reach > padded.saturating_add(more) {
            return Err(call.error(&format!(
                "the kernel covers {reach} but its input has only {padded} along one axis (padding included): \
                 use a smaller kernel or more padding"
            )));
        }
        let count = (padded.saturating_add(more) - reach) / stride + 1;
        let beyond = self.ceil && (count - 1).saturating_mul(stride) >= before.saturating_add(size);
        Ok(Size::Known(count - usize::from(beyond)))
    }

    /// ⌈size / stride⌉
    fn same_output(&self, size: &Size, read: TokenStream) -> Size {
        match (size.known(), self.stride.known()) {
            (_, Some(1)) => size.clone(),
            (Some(size), Some(stride)) => Size::Known(size.div_ceil(stride)),
            _ => Size::Expression { tokens: read, text: format!("({size} - 1) / {} + 1", self.stride) },
        }
    }

    /// The number of places where only the compiler knows it: `(TIME - 2) / 2 + 1`.
    fn words(&self, size: &Size, [before, after]: [&Size; 2]) -> String {
        let Self { kernel, stride, dilation, .. } = self;
        let size = match size.to_string() {
            text if text.contains(' ') => format!("({text})"),
            text => text,
        };
        let beside = |by: isize| match by {
            0 => size.clone(),
            less if less < 0 => format!("{size} - {}", less.unsigned_abs()),
            more => format!("{size} + {more}"),
        };
        let more = || -> Option<isize> {
            let reach = (kernel.known()?.checked_sub(1)?).checked_mul(dilation.known()?)?;
            let up = if self.ceil { stride.known()?.checked_sub(1)? } else { 0 };
            let padding = before.known()?.checked_add(after.known()?)?.checked_add(up)?;
            isize::try_from(padding).ok()?.checked_sub_unsigned(reach)
        };
        match (more(), stride.known()) {
            (Some(more), Some(1)) => beside(more),
            (Some(more), _) => format!("({}) / {stride} + 1", beside(more.saturating_sub(1))),
            (None, _) => {
                let padding = match before.equals(after) {
                    Some(true) => format!("2 * {before}"),
                    _ => format!("{before} + {after}"),
                };
                let up = if self.ceil { format!(" + {stride} - 1") } else { String::new() };
                let (padded, reach) =
                    (format!("{size} + {padding}"), format!("{dilation} * ({kernel} - 1) + 1"));
                format!("({padded} - ({reach}){up}) / {stride} + 1")
            }
        }
    }
}
