//! Weights in files as people have them: of PyTorch and Keras, made by `tests/fixtures/safetensors/forms.py`.
#![cfg(feature = "safetensors")]

use ::safetensors::{Dtype, SafeTensors};
use backprop::prelude::*;
use backprop::safetensors::{Error, Options, Precision, Report, from_bytes, to_bytes};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// `nn.Sequential` without its dropout: numbers need not follow one another.
#[network(
    input = [1, 6, 5],
    layers = [conv2d(2, kernel = 3), batch_norm, relu, flatten, dense(3)],
)]
struct Sequential;

/// With all modules, so that what is saved has PyTorch's numbers.
#[network(
    input = [1, 6, 5],
    layers = [conv2d(2, kernel = 3), batch_norm, relu, dropout(0.5), flatten, dense(3)],
)]
struct Whole;

#[network(input = [5, 3], layers = [cell: lstm(4, layers = 2), last, out: dense(2)])]
struct Lstm;

#[network(input = [5, 3], layers = [cell: gru(4, layers = 2), last, out: dense(2)])]
struct Gru;

#[network(
    input = [2, 6, 5],
    layers = [
        conv1: conv2d(3, kernel = [3, 2]), relu, norm1: batch_norm,
        flatten, dropout(0.5), fc1: dense(4), tanh, norm2: layer_norm, out: dense(2),
    ],
)]
struct Keras;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/safetensors").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).expect("a fixture")
}

/// Names, types, shapes and bytes, but for PyTorch's count of batches.
fn tensors(bytes: &[u8]) -> BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)> {
    let file = SafeTensors::deserialize(bytes).expect("a file");
    let tensors = file.tensors().into_iter().filter(|(name, _)| !name.ends_with("num_batches_tracked"));
    tensors.map(|(name, view)| (name, (view.dtype(), view.shape().to_vec(), view.data().to_vec()))).collect()
}

/// Loads a file, compares the output with that of the library that made it, and what is saved with the file. To check with that
/// library: `SAVE_TO=folder cargo test --test weight_files`, and `forms.py folder`.
fn both_ways<N>(name: &str, to_read: &Options<'_>, to_write: &Options<'_>)
where
    N: Network<Scalar = f32, Sample: AsMut<[f32]>> + Flat<Number = f32> + Zeroed,
    N::Sample: Zeroed,
    N::Output: AsRef<[f32]>,
{
    let forms = read("forms.safetensors");
    let forms = tensors(&forms);
    let numbers = |key: &str| -> Vec<f32> {
        let (_, _, bytes) = &forms[&format!("{name}.{key}")];
        bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    };
    let bytes = read(&format!("{name}.safetensors"));
    let mut net = N::zeroed_box();
    let report = to_read.from_bytes(&mut *net, &bytes).expect("a file that fits");
    assert!(report.is_complete(), "{report}");
    let mut sample: N::Sample = backprop::flat::zero();
    sample.as_mut().copy_from_slice(&numbers("input"));
    let (output, expected) = (net.predict(&sample), numbers("output"));
    assert_eq!(output.as_ref().len(), expected.len());
    for (found, expected) in output.as_ref().iter().zip(expected) {
        assert!((found - expected).abs() < 1e-5, "{name}: {found}, expected {expected}");
    }
    let saved = to_write.to_bytes(&*net).expect("a file");
    assert!(tensors(&saved) == tensors(&bytes), "{name}");
    if let Some(folder) = std::env::var_os("SAVE_TO") {
        to_write.save(&*net, Path::new(&folder).join(format!("{name}.safetensors"))).expect("a file");
    }
}

#[test]
fn numbers_of_a_sequential_and_bf16() {
    let options = Options::new().sequential().precision(Precision::BF16);
    both_ways::<Whole>("sequential", &options, &options);
    // Modules that this network lacks have no number in the file.
    let mut net = Sequential::zeroed();
    let report = options.from_bytes(&mut net, &read("sequential.safetensors")).expect("a file");
    assert!(report.is_complete());
    let mut whole = Whole::zeroed();
    options.from_bytes(&mut whole, &read("sequential.safetensors")).expect("a file");
    assert_eq!(net.parameters(), whole.parameters());
}

#[test]
fn recurrent_networks_a_prefix_and_f16() {
    let options = Options::new().prefix("module.").precision(Precision::F16);
    both_ways::<Lstm>("lstm", &options, &options);
    let options = Options::new().prefix("model.");
    both_ways::<Gru>("gru", &options, &options);
    let names = Options::new().names(|name| format!("model.{name}"));
    both_ways::<Gru>("gru", &names, &options);
}

#[test]
fn keras() {
    let options = Options::new().keras().prefix("sequential/");
    both_ways::<Keras>("keras", &options, &options);
}

#[test]
fn metadata_stands_beside_the_weights() {
    let mut net = Gru::zeroed();
    let options = Options::new().prefix("model.").metadata("labels", "a, \"b\"").metadata("format", "own");
    let report = options.from_bytes(&mut net, &read("gru.safetensors")).expect("a file");
    assert_eq!(report.metadata["by"], "forms.py");
    let bytes = options.to_bytes(&net).expect("a file");
    let report = options.from_bytes(&mut net, &bytes).expect("a file");
    let metadata: Vec<_> =
        report.metadata.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(metadata, [("format", "pt"), ("labels", "a, \"b\"")]);
    // The same network, the same bytes.
    for _ in 0..8 {
        assert_eq!(bytes, options.to_bytes(&net).expect("a file"));
    }
}

#[network(input = 4, layers = [body: dense(3), relu, head: dense(5)])]
struct Trunk;

#[network(input = 4, layers = [body: dense(3), relu, head: dense(2), more: dense(1)])]
struct Tuned;

#[network(input = 4, layers = [body: dense(3), relu, head: dense(5)], scalar = f64)]
struct Double;

#[test]
fn a_part_of_a_file() {
    let trunk = Trunk::new(&mut backprop::rng(1));
    let mut tuned = Tuned::new(&mut backprop::rng(2));
    let before = *tuned.parameters();
    let bytes = to_bytes(&trunk).expect("a file");
    assert!(matches!(from_bytes(&mut tuned, &bytes), Err(Error::Names { .. })));
    let report: Report = Options::new().partial().from_bytes(&mut tuned, &bytes).expect("a part");
    assert_eq!(report.taken, ["body.weight", "body.bias"]);
    assert_eq!(report.missing, ["more.weight", "more.bias"]);
    assert_eq!(
        report.to_string(),
        "2 taken; missing: `more.weight`, `more.bias`; `head.weight` has the shape [5, 3] in the file and [2, 3] in the network; \
         `head.bias` has the shape [5] in the file and [2] in the network"
    );
    assert!(!report.is_complete());
    assert_eq!(tuned.parameters()[..15], trunk.parameters()[..15]);
    assert_eq!(tuned.parameters()[15..], before[15..]);
    // A wrong name is no reason to train from drawn numbers.
    let before = *tuned.parameters();
    let error = Options::new().partial().prefix("net.").from_bytes(&mut tuned, &bytes).expect_err("nothing");
    assert!(
        error.to_string().starts_with("the file has no tensor of the network `Tuned`: 0 taken"),
        "{error}"
    );
    assert_eq!(*tuned.parameters(), before);
}

#[test]
fn precisions() {
    let net = Trunk::new(&mut backprop::rng(1));
    let mut double = Double::zeroed();
    let bytes = to_bytes(&net).expect("a file");
    let error = from_bytes(&mut double, &bytes).expect_err("another precision");
    assert!(error.to_string().ends_with("or read it with `Options::new().convert()`"), "{error}");
    Options::new().convert().from_bytes(&mut double, &bytes).expect("converted");
    assert!(double.parameters().iter().zip(net.parameters()).all(|(a, b)| *a == f64::from(*b)));
    // Back again, through the file's precision and through the network's.
    let mut back = Trunk::zeroed();
    let rounded = Options::new().precision(Precision::F32).to_bytes(&double).expect("a file");
    from_bytes(&mut back, &rounded).expect("a file");
    assert_eq!(back.parameters(), net.parameters());
    for (precision, error) in [(Precision::F16, 2.0_f32.powi(-11)), (Precision::BF16, 2.0_f32.powi(-8))] {
        let bytes = Options::new().precision(precision).to_bytes(&net).expect("a file");
        from_bytes(&mut back, &bytes).expect("numbers of 16 bits");
        for (rounded, exact) in back.parameters().iter().zip(net.parameters()) {
            assert!((rounded - exact).abs() <= error * exact.abs() + 3e-8);
        }
        assert_ne!(back.parameters(), net.parameters());
        from_bytes(&mut double, &bytes).expect("numbers of 16 bits");
    }
    let mut large = net;
    large.head.bias[1] = 70_000.0;
    let error = Options::new().precision(Precision::F16).to_bytes(&large).expect_err("too large");
    assert!(matches!(&error, Error::Range { tensor, .. } if tensor == "head.bias"), "{error}");
    Options::new().precision(Precision::BF16).to_bytes(&large).expect("a wider range");
}

#[test]
fn messages_name_what_to_do() {
    let message = |bytes: &[u8]| {
        let mut net = Gru::zeroed();
        let error = from_bytes(&mut net, bytes).expect_err("does not fit");
        assert_eq!(net.parameters(), Gru::zeroed().parameters());
        error.to_string()
    };
    let prefixed = message(&read("gru.safetensors"));
    assert!(prefixed.ends_with("; read it with `Options::new().prefix(\"model.\")`"), "{prefixed}");
    let numbered = message(&read("sequential.safetensors"));
    assert!(numbered.ends_with("; read it with `Options::new().sequential()`"), "{numbered}");
    let zip = message(&read("torch_zip.pt"));
    assert_eq!(
        zip,
        "this is a file of PyTorch's `torch.save`, not a safetensors file: convert it in Python, \
         `safetensors.torch.save_file(torch.load(\"model.pt\", weights_only=True), \"model.safetensors\")`"
    );
    let pickle = message(&read("torch_pickle.pt"));
    assert!(
        pickle.starts_with("this is a pickle, as of PyTorch's `torch.save`, not a safetensors"),
        "{pickle}"
    );
    let hdf5 = message(b"\x89HDF\r\n\x1a\n");
    assert!(hdf5.contains("an HDF5 file, as of Keras") && hdf5.contains("model.variables"), "{hdf5}");
    // Keras' layout under this network's names.
    let transposed =
        Options::new().keras().names(|name| name.replace("/kernel", ".weight").replace('/', "."));
    let bytes = transposed.to_bytes(&Trunk::zeroed()).expect("a file");
    let error = from_bytes(&mut Trunk::zeroed(), &bytes).expect_err("transposed");
    assert!(error.to_string().contains("it is transposed, as in files of Keras"), "{error}");
}

/// `FUZZ_SECONDS=600` goes on for so long.
#[test]
fn bytes_at_random_do_not_panic() {
    use backprop::rand_core::Rng as _;
    let seconds = std::env::var("FUZZ_SECONDS").map_or(1, |text| text.parse().expect("seconds"));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let files = ["sequential.safetensors", "torch_zip.pt", "gru.safetensors", "torch_pickle.pt"].map(read);
    let options = [
        Options::new().sequential(),
        Options::new().prefix("model.").partial(),
        Options::new().keras().partial().convert(),
        Options::new().sequential().partial().convert(),
    ];
    let (mut rng, mut tried, mut accepted) = (backprop::rng(seconds), 0, 0);
    while std::time::Instant::now() < end {
        let mut below = |limit: usize| rng.next_u32() as usize % limit;
        let mut bytes = files[below(4)].clone();
        for _ in 0..=below(3) {
            // Most of them in the header.
            let reach = if below(3) > 0 { bytes.len().min(500) } else { bytes.len() };
            let place = below(reach.max(1));
            match below(6) {
                0 => bytes.truncate(place),
                1 => bytes.insert(place.min(bytes.len()), below(256) as u8),
                2 if place < bytes.len() => drop(bytes.remove(place)),
                _ if place < bytes.len() => bytes[place] = below(256) as u8,
                _ => {}
            }
        }
        let options = &options[below(4)];
        accepted += usize::from(options.from_bytes(&mut Whole::zeroed(), &bytes).is_ok());
        accepted += usize::from(options.from_bytes(&mut Gru::zeroed(), &bytes).is_ok());
        tried += 2;
    }
    println!("{tried} tried, {accepted} accepted");
    assert!(accepted > 0 && accepted < tried);
}
