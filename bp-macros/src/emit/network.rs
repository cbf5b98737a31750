//! The traits that users see, and the constant functions that traits cannot have.

use super::parameters::{counted, is_block, kind, nested, offsets, stored};
use super::{Context, budget, docs, fingerprint, heads, lengths, measured};
use crate::layers::Parameters;
use crate::losses::Loss;
use crate::model::{Equal, Layer};
use crate::size::Size;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Path, Token};

/// `Network`, `Trainable`, and what is inherent.
pub(super) fn network(context: &Context<'_>) -> TokenStream {
    let checks = checks(context);
    let inherent = inherent(context);
    let network = network_impl(context);
    let heads = heads::impls(context);
    let trainable = trainable(context);
    let pretrained = pretrained(context);
    quote!(#checks #inherent #heads #network #trainable #pretrained)
}

/// What only the compiler knows, and one number.
pub(super) fn sum(sizes: impl Iterator<Item = Size>) -> Size {
    let (known, unknown): (Vec<_>, Vec<_>) = sizes.partition(|size| size.known().is_some());
    let add = |sum: Size, size: Size| sum.plus(&size);
    let known = known.into_iter().fold(Size::Known(0), add);
    unknown.into_iter().reduce(add).unwrap_or(Size::Known(0)).plus(&known)
}

/// Sizes that the macro has worked out, checked again by the descriptions; and limits that the user set.
fn checks(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let layers = model.layers.iter().filter_map(|layer| {
        let operation = layer.operation.as_ref()?;
        let description = model.description(layer);
        if is_block(layer) {
            let (kind, inputs) = (&operation.descriptor, layer.input.features());
            let message = format!(
                "layer `{}` of `{}`: `{}` takes another number of inputs than the layer before it gives, {}",
                layer.name, model.name, layer.text, layer.input
            );
            return Some(expect(
                quote!(<#kind as rt::Block>::INPUTS == #inputs),
                &message,
                layer.name.span(),
            ));
        }
        let (mut equal, mut limited) = (Vec::new(), Vec::new());
        if let Some(parameters) = &operation.parameters {
            let count = &parameters.count;
            limited.extend(count.known().is_none().then(|| quote!(#description.parameters())));
            equal.push(quote!(#description.parameters() == #count));
        }
        if let (true, Some(biases)) = (layer.trains(), layer.biases()) {
            equal.push(quote!(rt::biases(#description.tensors()) == #biases));
        }
        if let Some(measured) = &operation.measured {
            let trained = &measured.trained;
            equal.push(quote!(#description.trained() == #trained));
        }
        if operation.sized {
            let outputs = layer.output.features();
            limited.extend(outputs.known().is_none().then(|| quote!(#description.outputs())));
            equal.push(quote!(#description.outputs() == #outputs));
        }
        let message = format!(
            "layer `{}` of `{}`: the macro and the runtime disagree on a size",
            layer.name, model.name
        );
        let limit = (!limited.is_empty()).then(|| {
            let message = format!(
                "layer `{}` of `{}`: more outputs or parameters than can be addressed (2³² − 1): make it or its input smaller",
                layer.name, model.name
            );
            expect(quote!(#(#limited <= rt::length::MOST)&&*), &message, layer.name.span())
        });
        let equal =
            (!equal.is_empty()).then(|| expect(quote!(#(#equal)&&*), &message, layer.name.span()));
        Some(quote!(#limit #equal))
    });
    let equal = model.equal.iter().map(|Equal { a, b, message, span }| {
        let message = format!("{message}, in the network `{}`", model.name);
        expect(quote!(#a == #b), &message, *span)
    });
    let budget = budget::checks(context);
    let clone = clone(context);
    quote! {
        const _: () = {
            #(#equal)*
            #(#layers)*
        };
        #budget
        #clone
    }
}

/// A derived `Clone` passes over the stack, out of a box too, and would end a program whose network is large.
fn clone(context: &Context<'_>) -> Option<TokenStream> {
    let item = &context.declaration.item;
    let derives = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let paths = derives
        .filter_map(|derive| derive.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok());
    let last = |path: Path| path.segments.last().map(|last| last.ident.clone());
    let clone = paths.flatten().filter_map(last).find(|derived| derived == "Clone")?;
    let name = &item.ident;
    let message = format!(
        "network `{name}` is larger than 256 KiB, and `Clone` passes over the stack, also out of a box: leave it out, and copy with \
         `net.boxed_clone()` or `other.copy_from(&net)`"
    );
    let check =
        expect(quote!(::core::mem::size_of::<#name>() <= rt::LARGEST_BY_VALUE), &message, clone.span());
    Some(quote!(const _: () = { #check };))
}

/// A check by the compiler, reported at a layer.
pub(super) fn expect(condition: TokenStream, message: &str, span: Span) -> TokenStream {
    quote_spanned!(span=> rt::expect(#condition, #message);)
}

/// Constant functions: zeros that a `static` can be made of.
fn inherent(context: &Context<'_>) -> TokenStream {
    let name = &context.model.name;
    quote! {
        impl #name {
            /// A network of zeros, for instance as the beginning of a `static`.
            pub const fn zeroed() -> Self {
                rt::zero()
            }
            /// Room to predict in, for `predict_with`.
            pub const fn scratch() -> <Self as rt::Network>::Scratch {
                rt::zero()
            }
            /// An empty tape, to go forward and backward with one sample.
            pub const fn tape() -> <Self as rt::Network>::Tape {
                rt::zero()
            }
            /// Gradients of zero, to add to.
            pub const fn gradients() -> <Self as rt::Network>::Gradients {
                rt::zero()
            }
        }
    }
}

fn network_impl(context: &Context<'_>) -> TokenStream {
    let (model, scalar) = (context.model, &context.model.scalar);
    let name = &model.name;
    let gradients = context.named("Gradients");
    let (inputs, outputs) = (model.input.features(), model.output.shape.features());
    let mut places = offsets(context);
    let stored_count = places.stored.pop().unwrap_or(Size::Known(0));
    let counted = sum(stored(context).map(|(layer, parameters)| counted(context, layer, parameters)));
    let block_parameters = measured::parameters(context);
    let fingerprint = fingerprint::fingerprint(context);
    let trained_count = places.trained.pop().unwrap_or(Size::Known(0));
    let tensors = sum(stored(context).map(|(_, parameters)| parameters.tensors.clone()));
    let multiply_adds =
        sum(model.layers.iter().filter_map(|layer| Some(layer.operation.as_ref()?.multiply_adds.clone())));
    let [inputs_length, outputs_length, stored_length, trained_length, tensors_length] =
        [&inputs, &outputs, &stored_count, &trained_count, &tensors].map(|size| size.length(&quote!(rt)));
    let (buffers, tile) = buffers(context);
    let rows = tensor_rows(context);
    let summary = docs::summary(context);
    let initialize = stored(context).map(|(layer, parameters)| {
        let (description, field, initializers) =
            (model.description(layer), &layer.name, &parameters.initializers);
        if is_block(layer) {
            let kind = kind(parameters, layer);
            quote!(<#kind as rt::Block>::initialize(&mut self.#field, rng);)
        } else {
            let initializers = initializers.iter().map(in_block);
            quote!(#description.initialize(self.#field.flat_mut(), #(&#initializers,)* rng);)
        }
    });
    let name_text = name.to_string();
    let output = heads::output(context);
    let sample = lengths::sample(context);
    let input_gradient = if model.input_rows.is_some() { quote!(()) } else { quote!([#scalar; #inputs]) };
    let has_lengths = model.lengths.as_ref().map(|_| {
        quote!(
            const HAS_LENGTHS: bool = true;
        )
    });
    let networks = nested(context).map(|alias| quote!(<#alias as rt::Block>::NETWORKS));
    let networks = quote!(1 #(+ #networks)*);
    let input_rows = model.input_rows.as_ref().map(|rows| quote!(const INPUT_ROWS: usize = #rows;));
    let takes_indices = model.input_rows.as_ref().map(|_| {
        quote!(
            const TAKES_INDICES: bool = true;
        )
    });
    quote! {
        impl rt::Network for #name {
            type Scalar = #scalar;
            type Sample = #sample;
            type Output = #output;
            type InputGradient = #input_gradient;
            type ParameterArray = [#scalar; #stored_count];
            type Gradients = #gradients;
            #buffers
            type Inputs = #inputs_length;
            type Outputs = #outputs_length;
            type Stored = #stored_length;
            type Trained = #trained_length;
            type Tensors = #tensors_length;
            type Core = Self;

            const NAME: &'static str = #name_text;
            const PARAMETERS: usize = #counted;
            const TILE: usize = #tile;
            #input_rows

            #[inline(always)]
            fn core(&self) -> &Self {
                self
            }
            #[inline(always)]
            fn core_mut(&mut self) -> &mut Self {
                self
            }
            #[inline]
            fn parameters(&self) -> &Self::ParameterArray {
                rt::flat_array(self)
            }
            #[inline]
            fn parameters_mut(&mut self) -> &mut Self::ParameterArray {
                rt::flat_array_mut(self)
            }
            #summary
            fn new<__Random: rt::RandomGenerator + ?::core::marker::Sized>(rng: &mut __Random) -> Self {
                const { rt::expect_by_value::<Self>() }
                rt::new_by_value(rng)
            }
        }

        impl rt::Block for #name {
            const INPUTS: usize = #inputs;
            const OUTPUTS: usize = #outputs;
            const MULTIPLY_ADDS: usize = #multiply_adds;
            #has_lengths
            #takes_indices
            const NETWORKS: usize = #networks;
            const TENSORS: &'static [rt::Tensor] = &rt::table::<{ #tensors }>(&[#(#rows),*]);
            #fingerprint
            #block_parameters

            #[allow(unused_variables)]
            fn initialize<__Random: rt::RandomGenerator + ?::core::marker::Sized>(&mut self, rng: &mut __Random) {
                #(#initialize)*
            }
        }
    }
}

/// `::backprop::initializers::Zeros` as it is called where `rt` names the runtime.
fn in_block(path: &TokenStream) -> TokenStream {
    let short = path.to_string().replace(' ', "").starts_with("::backprop::initializers");
    let rest = path.clone().into_iter().skip(if short { 3 } else { 0 });
    let rt = short.then(|| quote!(rt));
    quote!(#rt #(#rest)*)
}

/// The buffers of single samples and of tiles, and how many samples a tile has: as many as are declared, or as the runtime
/// chooses for the features of all buffers.
///
/// Beside its workspace a trainer has a narrow one for small batches, of one sample, or of a tile of prediction where layers
/// measure, as training has wider tiles then; unless the tile is declared, or fixed points tell of their passes in the
/// workspace, of which there is one then.
fn buffers(context: &Context<'_>) -> (TokenStream, TokenStream) {
    let (model, scalar) = (context.model, &context.model.scalar);
    let (slots, scratch) = (context.named("Slots"), context.named("Scratch"));
    let (inputs, outputs) = (model.input.features(), model.output.shape.features());
    // With the rows that hold the lengths of samples.
    let rows = lengths::rows(context);
    let workspace = |tile: TokenStream| {
        quote! {
            rt::Tape<
                [[#scalar; #tile]; #rows],
                [[#scalar; #tile]; #outputs],
                #slots<{ #tile }>,
                [#scalar; rt::room::<#scalar>(#outputs, #tile)],
            >
        }
    };
    let all = [&inputs, &outputs, &outputs].into_iter().cloned();
    let all = sum(context.training.slots.iter().cloned().chain(all));
    let tile = model.tile.map_or_else(|| quote!(rt::tile::<#scalar>(#all)), |tile| quote!(#tile));
    let wide = workspace(quote!(Self::TILE));
    let two_widths = |narrow: TokenStream| {
        let workspace = workspace(narrow.clone());
        quote!(<rt::TwoWidths<{ Self::TILE > #narrow }> as rt::Workspaces>::Of<#wide, #workspace>)
    };
    let (tile, batch_tile, workspace) = if model.tile.is_some() || !model.nested.is_empty() {
        (tile, quote!(Self::TILE), wide.clone())
    } else if measured::measures(context).is_some() {
        let measures = quote!(<Self as rt::Passes>::MEASURES);
        (
            quote!(rt::measuring_tile::<#scalar>(#all, #measures)),
            quote!(rt::narrow(Self::TILE, true)),
            two_widths(quote!(rt::narrow(Self::TILE, #measures))),
        )
    } else {
        (tile, quote!(Self::TILE), two_widths(quote!(1)))
    };
    let types = quote! {
        type Tape = rt::Tape<[[#scalar; 1]; #rows], [[#scalar; 1]; #outputs], #slots<1>, [#scalar; 0]>;
        type Scratch = rt::Scratch<[[#scalar; 1]; #rows], [[#scalar; 1]; #outputs], #scratch<1>>;
        type BatchScratch = rt::Scratch<
            [[#scalar; #batch_tile]; #rows],
            [[#scalar; #batch_tile]; #outputs],
            #scratch<{ #batch_tile }>,
        >;
        type Workspace = #workspace;
    };
    (types, tile)
}

/// The tensors of each layer, with the places where they begin.
fn tensor_rows(context: &Context<'_>) -> Vec<TokenStream> {
    let places = offsets(context);
    let row = |((layer, parameters), (place, trained)): ((&Layer, &Parameters), (&Size, &Size))| {
        let nested = is_block(layer);
        let tensors = if nested {
            let kind = kind(parameters, layer);
            quote!(<#kind as rt::Block>::TENSORS)
        } else {
            let description = context.model.description(layer);
            let counts = layer.measured().is_some_and(|measured| measured.counts);
            let tensors = if counts { quote!(tensors_and_count()) } else { quote!(tensors()) };
            if layer.biases().is_some() {
                quote!(&rt::only_biases(#description.#tensors))
            } else {
                quote!(&#description.#tensors)
            }
        };
        let name = layer.name.to_string().trim_start_matches("r#").to_owned();
        let trained = if layer.trains() { quote!(rt::Some(#trained)) } else { quote!(rt::None) };
        let rows = if nested { quote!(inside) } else { quote!(of) };
        let rated = layer
            .rates
            .as_ref()
            .map(|[rate, decay]| quote!(.rated(rt::Real::new(#rate), rt::Real::new(#decay))));
        quote!(rt::Rows::#rows(#name, #tensors, #place, #trained) #rated)
    };
    stored(context).zip(places.stored.iter().zip(&places.trained)).map(row).collect()
}

fn trainable(context: &Context<'_>) -> Option<TokenStream> {
    let (name, scalar) = (&context.model.name, &context.model.scalar);
    let loss = context.model.loss.as_ref()?;
    let (kind, value) = match loss {
        Loss::One(loss) => (loss.kind.clone(), loss.value.clone()),
        Loss::Heads(_) => {
            let name = context.named("Loss");
            (quote!(#name), quote!(#name))
        }
    };
    Some(quote! {
        impl rt::Trainable for #name {
            type Target = <#kind as rt::Loss<#scalar>>::Target;
            type Loss = #kind;
            const LOSS: Self::Loss = #value;
        }
    })
}

/// The file of weights, embedded and checked. It is found as `include_bytes!` finds files, and read by the compiler,
/// which thereby knows what to build again when it changes.
fn pretrained(context: &Context<'_>) -> Option<TokenStream> {
    let (name, scalar) = (&context.model.name, &context.model.scalar);
    let file = context.model.weights.as_ref()?;
    let (text, span) = (name.to_string(), file.span());
    let bytes = quote_spanned!(span=> ::core::include_bytes!(#file));
    let check = quote_spanned! {span=>
        rt::weights::check::<#scalar>(#text, <#name as rt::Pretrained>::WEIGHTS, <#name as rt::Block>::TENSORS)
    };
    Some(quote! {
        impl rt::Pretrained for #name {
            const WEIGHTS: &'static [u8] = #bytes;
            #[allow(long_running_const_eval)]
            const STATIC: &'static Self = &rt::weights::embed::<#name>(
                <#name as rt::Pretrained>::WEIGHTS, <#name as rt::Block>::TENSORS
            );
        }
        #[allow(long_running_const_eval)]
        const _: () = #check;
    })
}

/// Parameters of one layer as PyTorch counts them.
pub(super) fn counted_of(layer: &Layer) -> Size {
    let measured = layer.operation.as_ref().and_then(|operation| operation.measured.as_ref());
    measured.map_or_else(|| parameters_of(layer), |measured| measured.trained.clone())
}

/// All that one layer stores.
pub(super) fn parameters_of(layer: &Layer) -> Size {
    let parameters = layer.operation.as_ref().and_then(|operation| operation.parameters.as_ref());
    parameters.map_or(Size::Known(0), |parameters| parameters.count.clone())
}
