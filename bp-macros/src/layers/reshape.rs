//! Layers that change the shape: no computation where the numbers stay in their order.

use super::resize::sequence;
use super::{Aside, Call, Kind, Layer, Nature, Operation, Stepwise};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static FLATTEN: Kind = Kind {
    name: "flatten",
    nature: Nature::Other,
    signature: "flatten",
    formula: "the same numbers, as one axis",
    build: |_, input| Ok(Layer { output: Shape::flat(input.features()), operation: None }),
};

pub(crate) static RESHAPE: Kind = Kind {
    name: "reshape",
    nature: Nature::Other,
    signature: "reshape([channels, height, width])",
    formula: "the same numbers in the same order, with other axes",
    build: reshape,
};

pub(crate) static TRANSPOSE: Kind = Kind {
    name: "transpose",
    nature: Nature::Other,
    signature: "transpose([2, 0, 1])",
    formula: "the same numbers, with the axes in another order",
    build: transpose,
};

pub(crate) static LAST: Kind = Kind {
    name: "last",
    nature: Nature::Other,
    signature: "last",
    formula: "y = the last step of x",
    build: |call, input| {
        let [time, features] = sequence(call, input)?;
        let value = quote!(::backprop::layers::Last::new(#time, #features));
        let last = Operation::apart(quote!(::backprop::layers::Last), value);
        let operation = Operation { stepwise: Stepwise::Last, heeds_lengths: true, ..last };
        Ok(Layer { output: Shape::flat(features), operation: Some(operation) })
    },
};

fn reshape(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let mut output = Shape(call.shape("shape")?);
    let (from, to) = (input.features(), output.features());
    match from.equals(&to) {
        Some(true) => {}
        Some(false) => {
            let wants = format!("{to} features for {output}");
            let remedy = format!("give axes whose product is {from}");
            return Err(call.wrong_input(&wants, input, &remedy));
        }
        // Only the compiler can tell: it evaluates the axis together with the check.
        None => {
            if let Some(axis) = output.0.first_mut() {
                *axis = Size::expression(quote!(::backprop::layers::reshaped(#axis, #from, #to)));
            }
        }
    }
    Ok(Layer { output, operation: None })
}

/// Two axes are swapped; three need an order.
fn transpose(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let rank = input.rank();
    let default = if rank == 2 { Some(vec![1, 0]) } else { None };
    let Some(order) = call.order("order")?.or(default) else {
        let remedy = "give the order of three axes, such as `transpose([2, 0, 1])`";
        return Err(call.wrong_input("`[time, features]`", input, remedy));
    };
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !(2..=3).contains(&rank) || sorted != (0..rank).collect::<Vec<_>>() {
        let remedy = "write one number for each axis, from 0, in the order in which they are to stand";
        return Err(call.wrong_input("an order of two or three axes", input, remedy));
    }
    Ok(permuted(input, &order))
}

/// The axes in another order: number `k` of the output is number `order[k]` of the input.
fn permuted(input: &Shape, order: &[usize]) -> Layer {
    let (rank, axes) = (input.rank(), &input.0);
    let output = Shape(order.iter().filter_map(|&axis| axes.get(axis).cloned()).collect());
    let value = if rank == 2 && order == [1, 0] {
        quote!(::backprop::layers::Transpose::matrix(#(#axes),*))
    } else if rank == 2 {
        quote!(::backprop::layers::Transpose::new([1, #(#axes),*], [0, 1, 2]))
    } else {
        quote!(::backprop::layers::Transpose::new([#(#axes),*], [#(#order),*]))
    };
    let operation = Operation::apart(quote!(::backprop::layers::Transpose), value);
    Layer { output, operation: Some(operation) }
}

/// Builds a layer that works on the last axes, for some axes of its input: those become the last before it, and go back to
/// their places behind it.
pub(super) fn over(
    call: &mut Call<'_>,
    input: &Shape,
    axes: &[usize],
    build: impl FnOnce(&mut Call<'_>, &Shape) -> Result<Layer>,
) -> Result<Layer> {
    let rest = (0..input.rank()).filter(|axis| !axes.contains(axis));
    let order: Vec<usize> = rest.chain(axes.iter().copied()).collect();
    if order.is_sorted() {
        return build(call, input);
    }
    let moved = permuted(input, &order);
    let shape = moved.output.clone();
    call.ahead.extend(Aside::of(&TRANSPOSE, moved));
    let layer = build(call, &shape)?;
    let back: Vec<usize> =
        (0..order.len()).filter_map(|axis| order.iter().position(|from| *from == axis)).collect();
    call.behind.extend(Aside::of(&TRANSPOSE, permuted(&layer.output, &back)));
    Ok(layer)
}
