use super::{Call, Form, Kind, Layer, Needs, Operation, Parameters};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static CONV2D: Kind = Kind {
    name: "conv2d",
    signature: "conv2d(channels, kernel = …, stride = 1, padding = 0 | same, dilation = 1, groups = 1, bias = true, init = default, bias_init = default)",
    formula: "y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]",
    build,
};

fn build(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [channels, height, width] = input.0.as_slice() else {
        return Err(call.wrong_input(
            "`[channels, height, width]`",
            input,
            "give the network an input of three axes",
        ));
    };
    let outputs = call.size("channels")?;
    let kernel = call.pair("kernel")?;
    let stride = call.pair_or("stride", [Size::Known(1), Size::Known(1)], 1)?;
    let padding = call.padding()?;
    let dilation = call.pair_or("dilation", [Size::Known(1), Size::Known(1)], 1)?;
    let groups = call.size_or("groups", 1)?;
    let bias = call.flag_or("bias", true)?;
    let weight_init = call.initializer("init", quote!(::backprop::initializers::Default))?;
    let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Default))?;

    check_groups(call, channels, &outputs, &groups)?;
    if padding.is_none() && stride.iter().any(|stride| stride.known() != Some(1)) {
        return Err(call.error("`padding = same` needs `stride = 1`: give the padding as a number"));
    }

    let constant = call.constant.clone();
    let outputs_read = outputs.clone().or_read(quote!(#constant.out_channels));
    let mut axes = vec![outputs_read.clone()];
    for (axis, size) in [height, width].into_iter().enumerate() {
        let window = Window {
            kernel: &kernel[axis],
            stride: &stride[axis],
            padding: padding.as_ref().map(|padding| &padding[axis]),
            dilation: &dilation[axis],
        };
        let place = axis + 1;
        axes.push(window.output(call, size, quote!(#constant.output_shape()[#place]))?);
    }

    let per_group = channels.divided_by(&groups);
    let biases = if bias { outputs_read.clone() } else { Size::Known(0) };
    let [kernel_height, kernel_width] = &kernel;
    let weights = per_group.times(kernel_height).times(kernel_width).times(&outputs_read);
    let scalar = call.scalar();

    let field = [&per_group, &outputs_read, kernel_height, kernel_width, &biases].map(Size::generic);
    let mut value = quote!(::backprop::layers::Conv2d::new([#channels, #height, #width], #outputs).kernel(#kernel_height, #kernel_width));
    if stride.iter().any(|stride| stride.known() != Some(1)) {
        let [vertical, horizontal] = &stride;
        value = quote!(#value.stride(#vertical, #horizontal));
    }
    if dilation.iter().any(|dilation| dilation.known() != Some(1)) {
        let [vertical, horizontal] = &dilation;
        value = quote!(#value.dilation(#vertical, #horizontal));
    }
    match &padding {
        None => value = quote!(#value.same()),
        Some(padding) if padding.iter().any(|padding| padding.known() != Some(0)) => {
            let [vertical, horizontal] = padding;
            value = quote!(#value.padding(#vertical, #horizontal));
        }
        Some(_) => {}
    }
    if groups.known() != Some(1) {
        value = quote!(#value.groups(#groups));
    }
    if !bias {
        value = quote!(#value.without_bias());
    }
    if axes.iter().any(|axis| axis.known().is_none()) {
        value = quote!(#value.checked());
    }
    let operation = Operation {
        needs: Needs { input: true, output: false },
        input_for_weights: true,
        biases: biases.clone(),
        form: Form::Fusible,
        sized: true,
        scratch: Size::expression(quote!(#constant.scratch())),
        multiply_adds: weights.times(&axes[1]).times(&axes[2]),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::Conv2dParameters<#scalar, #(#field),*>),
            count: weights.plus(&biases),
            tensors: Size::Known(2),
            initializers: vec![weight_init, bias_init],
        }),
        ..Operation::apart(quote!(::backprop::layers::Conv2d), value)
    };
    Ok(Layer { output: Shape(axes), operation: Some(operation) })
}

/// Reports groups that do not divide the channels.
pub(super) fn check_groups(
    call: &mut Call<'_>,
    channels: &Size,
    outputs: &Size,
    groups: &Size,
) -> Result<()> {
    for (size, what) in [(channels, "input channels"), (outputs, "channels")] {
        if let (Some(n), Some(g)) = (size.known(), groups.known())
            && !n.is_multiple_of(g)
        {
            return Err(
                call.error(&format!("{n} {what} do not divide into {g} groups: choose a divisor of {n}"))
            );
        }
    }
    Ok(())
}

/// A window that slides along one axis.
pub(super) struct Window<'a> {
    pub(super) kernel: &'a Size,
    pub(super) stride: &'a Size,
    /// `None`: as much as keeps the size.
    pub(super) padding: Option<&'a Size>,
    pub(super) dilation: &'a Size,
}

impl Window<'_> {
    /// The number of its places: ⌊(size + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1.
    pub(super) fn output(
        &self,
        call: &mut Call<'_>,
        size: &Size,
        read: proc_macro2::TokenStream,
    ) -> Result<Size> {
        let Some(padding) = self.padding else { return Ok(size.clone()) };
        let known =
            (size.known(), self.kernel.known(), self.stride.known(), padding.known(), self.dilation.known());
        let (Some(size), Some(kernel), Some(stride), Some(padding), Some(dilation)) = known else {
            return Ok(Size::Expression { tokens: read, text: self.words(size, padding) });
        };
        let reach = dilation.saturating_mul(kernel - 1).saturating_add(1);
        let padded = padding.saturating_mul(2).saturating_add(size);
        if reach > padded {
            return Err(call.error(&format!(
                "the kernel covers {reach} but its input has only {padded} along one axis (padding included): \
                 use a smaller kernel or more padding"
            )));
        }
        Ok(Size::Known((padded - reach) / stride + 1))
    }

    /// The number of places where only the compiler knows it: `(TIME - 2) / 2 + 1`.
    fn words(&self, size: &Size, padding: &Size) -> String {
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
            isize::try_from(padding.known()?.checked_mul(2)?).ok()?.checked_sub_unsigned(reach)
        };
        match (more(), stride.known()) {
            (Some(more), Some(1)) => beside(more),
            (Some(more), _) => format!("({}) / {stride} + 1", beside(more.saturating_sub(1))),
            (None, _) => {
                let (padded, reach) =
                    (format!("{size} + 2 * {padding}"), format!("{dilation} * ({kernel} - 1) + 1"));
                format!("({padded} - ({reach})) / {stride} + 1")
            }
        }
    }
}
