use super::{Form, Kind, Layer, Nature, Needs, Operation, Stepwise};
use crate::size::Size;
use quote::quote;

pub(crate) static DROPOUT: Kind = Kind {
    name: "dropout",
    nature: Nature::Other,
    signature: "dropout(p = 0.5)",
    formula: "in training y = x / (1 − p) with probability 1 − p, else 0; in prediction y = x",
    build: |call, input| {
        let p =
            call.real_or("p", 0.5, "a probability of at least 0 and below 1", |p| (0.0..1.0).contains(&p))?;
        let layer = call.index();
        let descriptor = quote!(::backprop::layers::Dropout);
        let operation = Operation {
            needs: Needs::default(),
            form: Form::InPlace,
            stepwise: Stepwise::Alone(None),
            ..Operation::apart(descriptor.clone(), quote!(#descriptor::new(#p, #layer)))
        };
        Ok(Layer { output: input.clone(), operation: Some(operation) })
    },
};

pub(crate) static DROPOUT2D: Kind = Kind {
    name: "dropout2d",
    nature: Nature::Other,
    signature: "dropout2d(p = 0.5)",
    formula: "in training y = x / (1 − p) with probability 1 − p for each channel, else 0; in prediction y = x",
    build: |call, input| {
        let p =
            call.real_or("p", 0.5, "a probability of at least 0 and below 1", |p| (0.0..1.0).contains(&p))?;
        let (channels, inner) = match input.0.as_slice() {
            [channels, height, width] => (channels.clone(), height.times(width)),
            [_, features] => (features.clone(), Size::Known(1)),
            _ => {
                let wants = "`[channels, height, width]` or `[time, features]`";
                return Err(call.wrong_input(wants, input, "put it before `flatten`, or use `dropout`"));
            }
        };
        let layer = call.index();
        let descriptor = quote!(::backprop::layers::Dropout2d);
        let operation = Operation {
            needs: Needs::default(),
            form: Form::InPlace,
            stepwise: Stepwise::Alone(None),
            ..Operation::apart(descriptor.clone(), quote!(#descriptor::new(#p, #layer, #channels, #inner)))
        };
        Ok(Layer { output: input.clone(), operation: Some(operation) })
    },
};
