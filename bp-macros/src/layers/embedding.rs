use super::{Kind, Layer, Nature, Needs, Operation, Parameters, Stepwise};
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static EMBEDDING: Kind = Kind {
    name: "embedding",
    nature: Nature::Other,
    signature: "embedding(rows, features, padding_idx = none, max_norm = none, init = normal(0.0, 1.0))",
    formula: "y[p] = W[x[p]], for each of the indices that are the network's input",
    build: |call, input| {
        let [positions] = input.0.as_slice() else {
            let remedy = "declare `input = ` the number of indices of a sample";
            return Err(call.wrong_input("indices along one axis", input, remedy));
        };
        let rows = call.size("rows")?;
        let features = call.size("features")?;
        let init = call.initializer("init", quote!(::backprop::initializers::Normal::new(0.0, 1.0)))?;
        let mut value = quote!(::backprop::layers::Embedding::new(#rows, #features).positions(#positions));
        if let Some(index) = call.size_if("padding_idx", 0)? {
            if let (Some(index), Some(rows)) = (index.known(), rows.known())
                && index >= rows
            {
                let message =
                    format!("there is no row {index} of {rows} for `padding_idx`: they are counted from 0");
                return Err(call.error(&message));
            }
            value = quote!(#value.padding_idx(#index));
        }
        let norm = call.real("max_norm", "a positive number", |norm| norm > 0.0)?;
        if let Some(norm) = &norm {
            value = quote!(#value.max_norm(#norm));
        }
        let constant = &call.constant;
        let rows = rows.or_read(quote!(#constant.rows));
        let features = features.or_read(quote!(#constant.features));
        let (scalar, field) = (call.scalar(), [&rows, &features].map(Size::generic));
        let operation = Operation {
            needs: Needs { input: true, output: false },
            sized: true,
            input_rows: Some(rows.clone()),
            settles: norm.is_some(),
            stepwise: Stepwise::Alone(Some("positions")),
            parameters: Some(Parameters {
                field: quote!(::backprop::layers::EmbeddingParameters<#scalar, #(#field),*>),
                count: rows.times(&features),
                tensors: Size::Known(1),
                initializers: vec![init],
            }),
            ..Operation::apart(quote!(::backprop::layers::Embedding), value)
        };
        Ok(Layer { output: Shape(vec![positions.clone(), features]), operation: Some(operation) })
    },
};

#[cfg(test)]
mod tests {
    use crate::expand;
    use crate::golden::tokens;
    use quote::quote;

    fn expansion(text: &str) -> String {
        let item = quote!(
            struct Net;
        );
        expand::network(tokens(text), item).to_string()
    }

    #[test]
    fn only_the_first_layer_reads_indices() {
        let late = expansion("input = 8, layers = [relu, embedding(10, 4)]");
        assert!(late.contains("make it the first layer"), "{late}");
        let shared = expansion("input = 8, layers = [concat[[embedding(10, 4), flatten], [dense(4)]]]");
        assert!(shared.contains("another layer reads the network's input too"), "{shared}");
        let image = expansion("input = [2, 8], layers = [embedding(10, 4)]");
        assert!(image.contains("expects indices along one axis"), "{image}");
        let first =
            expansion("input = 8, layers = [embedding(10, 4), residual[tanh, dense(4)], flatten, dense(2)]");
        assert!(first.contains("type Sample = [u32 ; 8]") && !first.contains("compile_error"), "{first}");
    }
}
