//! Weights in safetensors files: round trips, PyTorch's layouts, and every error.
#![cfg(feature = "safetensors")]

use ::safetensors::{Dtype, SafeTensors, tensor::TensorView};
use backprop::prelude::*;
use backprop::safetensors::{Error, from_bytes, load, save, to_bytes};
use std::path::{Path, PathBuf};

/// The network of `tests/fixtures/safetensors/make.py`: no two sizes are alike.
#[network(
    input = [2, 5, 6],
    layers = [
        conv1: conv2d(3, kernel = [3, 2], stride = 2, padding = 1), relu,
        flatten,
        fc1: dense(5), tanh,
        out: dense(2),
    ],
)]
struct Small;

/// The same in `f64`.
#[network(
    input = [2, 5, 6],
    layers = [
        conv1: conv2d(3, kernel = [3, 2], stride = 2, padding = 1), relu,
        flatten,
        fc1: dense(5), tanh,
        out: dense(2),
    ],
    scalar = f64,
)]
struct Small64;

/// One layer is named otherwise.
#[network(
    input = [2, 5, 6],
    layers = [
        conv1: conv2d(3, kernel = [3, 2], stride = 2, padding = 1), relu,
        flatten,
        hidden: dense(5), tanh,
        out: dense(2),
    ],
)]
struct Renamed;

/// One layer is wider.
#[network(
    input = [2, 5, 6],
    layers = [
        conv1: conv2d(3, kernel = [3, 2], stride = 2, padding = 1), relu,
        flatten,
        fc1: dense(6), tanh,
        out: dense(2),
    ],
)]
struct Wider;

fn small(seed: u64) -> Small {
    Small::new(&mut backprop::rng(seed))
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/safetensors").join(name)
}

fn bits(net: &impl Network<Scalar = f32>) -> Vec<u32> {
    net.parameters().as_ref().iter().map(|value| value.to_bits()).collect()
}

/// Loads bytes that must be refused, and shows that nothing has changed.
fn refused(bytes: &[u8]) -> Error {
    let mut net = small(3);
    let before = bits(&net);
    let error = from_bytes(&mut net, bytes).expect_err("the bytes do not fit");
    assert_eq!(bits(&net), before, "a refused file changed the network");
    error
}

/// A folder for one test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

#[test]
fn a_round_trip_gives_the_same_bits() {
    let net = small(1);
    let bytes = to_bytes(&net).unwrap();
    let mut copy = small(2);
    assert_ne!(bits(&copy), bits(&net));
    from_bytes(&mut copy, &bytes).unwrap();
    assert_eq!(bits(&copy), bits(&net));
    assert_eq!(to_bytes(&copy).unwrap(), bytes, "the same network gives the same bytes");
}

#[test]
fn a_round_trip_in_f64_gives_the_same_bits() {
    let net = Small64::new(&mut backprop::rng(1));
    let mut copy = Small64::new(&mut backprop::rng(2));
    from_bytes(&mut copy, &to_bytes(&net).unwrap()).unwrap();
    let bits = |net: &Small64| net.parameters().map(f64::to_bits);
    assert_eq!(bits(&copy), bits(&net));
}

#[test]
fn a_box_is_stored_as_the_network_in_it() {
    let net = Small::boxed(&mut backprop::rng(1));
    assert_eq!(to_bytes(&net).unwrap(), to_bytes(&*net).unwrap());
}

#[test]
fn names_and_shapes_are_pytorchs() {
    let bytes = to_bytes(&small(1)).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors: Vec<_> =
        file.iter().map(|(name, view)| (name.to_owned(), view.shape().to_vec(), view.dtype())).collect();
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    let expected: [(&str, &[usize]); 6] = [
        ("conv1.bias", &[3]),
        ("conv1.weight", &[3, 2, 3, 2]),
        ("fc1.bias", &[5]),
        ("fc1.weight", &[5, 36]),
        ("out.bias", &[2]),
        ("out.weight", &[2, 5]),
    ];
    let expected = expected.map(|(name, shape)| (name.to_owned(), shape.to_vec(), Dtype::F32));
    assert_eq!(tensors, expected);
}

#[test]
fn a_file_of_pytorch_gives_pytorchs_output() {
    let bytes = std::fs::read(fixture("expected.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let numbers = |name| -> Vec<f64> {
        let view = file.tensor(name).unwrap();
        view.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
    };
    let (input, expected) = (numbers("input"), numbers("output"));

    let mut net = Small64::new(&mut backprop::rng(1));
    load(&mut net, fixture("small64.safetensors")).unwrap();
    let output = net.predict(&std::array::from_fn(|i| input[i]));
    for (y, expected) in output.iter().zip(&expected) {
        assert!((y - expected).abs() < 1e-12, "{output:?} instead of {expected:?}");
    }

    let mut net = small(1);
    load(&mut net, fixture("small.safetensors")).unwrap();
    let output = net.predict(&std::array::from_fn(|i| input[i] as f32));
    for (y, expected) in output.iter().zip(&expected) {
        assert!((f64::from(*y) - expected).abs() < 1e-5, "{output:?} instead of {expected:?}");
    }
}

/// `make.py target/tmp/for_pytorch/small.safetensors` loads what is written here; number for number it is what
/// PyTorch wrote.
#[test]
fn a_file_for_pytorch_has_the_tensors_of_pytorchs_file() {
    let theirs = std::fs::read(fixture("small.safetensors")).unwrap();
    let mut net = small(1);
    from_bytes(&mut net, &theirs).unwrap();
    let path = folder("for_pytorch").join("small.safetensors");
    save(&net, &path).unwrap();
    let ours = std::fs::read(path).unwrap();
    let (ours, theirs) =
        (SafeTensors::deserialize(&ours).unwrap(), SafeTensors::deserialize(&theirs).unwrap());
    assert_eq!(ours.len(), theirs.len());
    for (name, view) in theirs.iter() {
        assert_eq!(ours.tensor(name).unwrap(), view, "{name}");
    }
}

#[test]
fn a_saved_file_is_loaded_and_nothing_else_is_left() {
    let folder = folder("saved");
    let path = folder.join("small.safetensors");
    std::fs::write(&path, "an older file").unwrap();
    // What may be another writer's, which has just begun: it is neither used nor removed.
    std::fs::write(folder.join(".small.safetensors.0.tmp"), "half").unwrap();
    save(&small(1), &path).unwrap();
    assert_eq!(names(&folder), [".small.safetensors.0.tmp", "small.safetensors"]);
    let mut copy = small(2);
    load(&mut copy, &path).unwrap();
    assert_eq!(bits(&copy), bits(&small(1)));
}

fn names(folder: &Path) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn what_killed_writers_left_is_removed() {
    let folder = folder("killed");
    let path = folder.join("small.safetensors");
    let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    let old = |name: &str| {
        let file = std::fs::File::create(folder.join(name)).unwrap();
        file.set_modified(yesterday).unwrap();
        file
    };
    for number in 0..1001 {
        old(&format!(".small.safetensors.{number}.tmp"));
    }
    old(".small.safetensors.77-3.tmp");
    // Not of this file, or not ours, or of a writer that is at work.
    let kept = [
        ".other.safetensors.0.tmp",
        ".small.safetensors.1-2-3.tmp",
        ".small.safetensors.5-5.tmp",
        ".small.safetensors.mine.tmp",
    ];
    let files = kept.map(old);
    files[2].lock().unwrap();
    save(&small(1), &path).unwrap();
    let mut expected: Vec<_> = kept.to_vec();
    expected.push("small.safetensors");
    assert_eq!(names(&folder), expected);
}

#[cfg(unix)]
#[test]
fn what_stands_at_the_path_stays_what_it_is() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    let folder = folder("kinds");
    let path = folder.join("small.safetensors");

    std::fs::create_dir(folder.join("far")).unwrap();
    symlink("far/link", &path).unwrap();
    symlink("weights", folder.join("far/link")).unwrap();
    let target = folder.join("far/weights");
    // Led to nothing yet, then to a file, whose permissions it keeps.
    save(&small(1), &path).unwrap();
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600)).unwrap();
    save(&small(2), &path).unwrap();
    assert!(std::fs::symlink_metadata(&path).unwrap().is_symlink());
    assert!(std::fs::symlink_metadata(folder.join("far/link")).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(names(&folder.join("far")), ["link", "weights"]);
    let mut copy = small(3);
    load(&mut copy, &target).unwrap();
    assert_eq!(bits(&copy), bits(&small(2)));

    let round = folder.join("round");
    symlink("round", &round).unwrap();
    let error = save(&small(1), &round).unwrap_err().to_string();
    assert!(error.contains("circle"), "{error}");

    let pipe = folder.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let error = save(&small(1), &pipe).unwrap_err().to_string();
    assert!(error.contains("pipe`: ") && error.contains("no regular file"), "{error}");
    assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());

    let device = folder.join("device");
    symlink("/dev/null", &device).unwrap();
    let error = save(&small(1), &device).unwrap_err().to_string();
    assert!(error.contains("no regular file"), "{error}");
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert_eq!(names(&folder), ["device", "far", "pipe", "round", "small.safetensors"]);
}

#[test]
fn messages_quote_a_bounded_part_of_a_file() {
    let long = "n".repeat(1_000_000);
    let one = |name: String, kind: &str, shape: &str, end: usize| {
        let header =
            format!("{{\"{name}\":{{\"dtype\":\"{kind}\",\"shape\":{shape},\"data_offsets\":[0,{end}]}}}}");
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(&vec![0; end.min(4)]);
        bytes
    };
    let dimensions = format!("[{}1]", "1,".repeat(100_000));
    for bytes in [
        one(long.clone(), "F32", "[1]", 4),
        one(long.clone(), "F32", "[2]", 4),
        one("x".into(), &long, "[1]", 4),
        changed(|tensors| {
            for (_, _, shape, _) in tensors.iter_mut() {
                shape.extend(std::iter::repeat_n(1, 100_000));
            }
        }),
        one("x".into(), "F32", &dimensions, 4),
    ] {
        let message = refused(&bytes).to_string();
        assert!(message.len() < 2_000, "{} bytes: {}", message.len(), &message[..300]);
    }
    let mut tensors = changed(|tensors| {
        for number in 0..5_000 {
            tensors.push((format!("more{number}"), Dtype::F32, vec![1], vec![0; 4]));
        }
    });
    let message = refused(&tensors).to_string();
    assert!(message.len() < 2_000 && message.contains("and 4980 more"), "{message}");
    tensors.truncate(100);
    refused(&tensors);
}

#[test]
fn a_file_that_cannot_be_written_leaves_the_old_one() {
    let folder = folder("refused");
    // A folder of that name: the new file cannot take its place.
    let path = folder.join("small.safetensors");
    std::fs::create_dir_all(path.join("inside")).unwrap();
    let error = save(&small(1), &path).unwrap_err();
    assert!(matches!(&error, Error::Io { action: "write", path: named, .. } if *named == path), "{error}");
    assert!(path.join("inside").is_dir());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no temporary file is left");

    let path = folder.join("no/such/folder.safetensors");
    let error = save(&small(1), &path).unwrap_err();
    assert!(error.to_string().contains("folder.safetensors"), "{error}");
    let error = save(&small(1), "/").unwrap_err();
    assert!(error.to_string().contains("names no file"), "{error}");
}

#[test]
fn a_missing_file_is_named() {
    let mut net = small(1);
    let before = bits(&net);
    let error = load(&mut net, "no-such.safetensors").unwrap_err();
    assert!(matches!(error, Error::Io { action: "read", .. }));
    assert!(error.to_string().contains("no-such.safetensors"), "{error}");
    assert_eq!(bits(&net), before);
}

#[test]
fn a_file_with_wrong_contents_is_named() {
    let path = folder("wrong").join("wrong.safetensors");
    std::fs::write(&path, "not weights").unwrap();
    let mut net = small(1);
    let error = load(&mut net, &path).unwrap_err();
    assert!(matches!(&error, Error::InFile { path: named, .. } if *named == path));
    assert!(error.to_string().contains("wrong.safetensors"), "{error}");
}

#[test]
fn every_truncation_is_refused() {
    let bytes = to_bytes(&small(1)).unwrap();
    for end in 0..bytes.len() {
        let error = refused(&bytes[..end]);
        assert!(matches!(error, Error::Format { bytes, .. } if bytes == end), "{end}: {error}");
    }
    let error = refused(&bytes[..bytes.len() - 1]).to_string();
    assert!(error.contains("cut off"), "{error}");
}

#[test]
fn bytes_after_the_end_are_refused() {
    let mut bytes = to_bytes(&small(1)).unwrap();
    bytes.push(0);
    assert!(matches!(refused(&bytes), Error::Format { .. }));
}

#[test]
fn other_names_are_listed() {
    let renamed = Renamed::new(&mut backprop::rng(1));
    let error = refused(&to_bytes(&renamed).unwrap());
    let Error::Names { network, missing, unexpected } = &error else { panic!("{error}") };
    assert_eq!(*network, "Small");
    assert_eq!(missing[..], ["fc1.weight", "fc1.bias"]);
    assert_eq!(unexpected[..], ["hidden.bias", "hidden.weight"]);
    let message = error.to_string();
    for name in ["Small", "missing: `fc1.weight`, `fc1.bias`", "`hidden.bias`, `hidden.weight`"] {
        assert!(message.contains(name), "{message}");
    }
}

/// The tensors of a network as a file, changed by `change`.
fn changed(change: impl FnOnce(&mut Vec<(String, Dtype, Vec<usize>, Vec<u8>)>)) -> Vec<u8> {
    let bytes = to_bytes(&small(1)).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors = file
        .iter()
        .map(|(name, view)| (name.to_owned(), view.dtype(), view.shape().to_vec(), view.data().to_vec()))
        .collect();
    change(&mut tensors);
    let views = tensors.iter().map(|(name, dtype, shape, data)| {
        (name, TensorView::new(*dtype, shape.clone(), data).expect("a valid tensor"))
    });
    ::safetensors::serialize(views, None).unwrap()
}

#[test]
fn a_tensor_too_many_is_refused() {
    let bytes = changed(|tensors| tensors.push(("extra.weight".into(), Dtype::F32, vec![1], vec![0; 4])));
    let error = refused(&bytes);
    assert!(matches!(&error, Error::Names { missing, .. } if missing.is_empty()));
    assert!(error.to_string().contains("not in the network: `extra.weight`"), "{error}");
}

#[test]
fn a_tensor_too_few_is_refused() {
    let error = refused(&changed(|tensors| tensors.retain(|tensor| tensor.0 != "out.bias")));
    assert!(matches!(&error, Error::Names { unexpected, .. } if unexpected.is_empty()));
    assert!(error.to_string().contains("missing: `out.bias`"), "{error}");
}

#[test]
fn other_shapes_are_refused() {
    let wider = Wider::new(&mut backprop::rng(1));
    let error = refused(&to_bytes(&wider).unwrap());
    assert_eq!(
        error.to_string(),
        "tensor `fc1.weight` has the shape [6, 36], the network `Small` expects [5, 36]: \
         the file belongs to a network of other sizes"
    );
    // As many numbers, but transposed: what a file of another framework may hold.
    let transposed = changed(|tensors| {
        let fc1 = tensors.iter_mut().find(|tensor| tensor.0 == "fc1.weight").unwrap();
        fc1.2.reverse();
    });
    assert!(matches!(refused(&transposed), Error::Shape { found, .. } if found == [36, 5]));
}

#[test]
fn other_types_are_refused() {
    let error = refused(&to_bytes(&Small64::new(&mut backprop::rng(1))).unwrap());
    assert!(matches!(error, Error::Type { found: Dtype::F64, expected: Dtype::F32, .. }));
    assert!(error.to_string().contains("`conv1.weight` holds numbers of type F64"), "{error}");

    let mut net = Small64::new(&mut backprop::rng(1));
    let before = net.parameters().map(f64::to_bits);
    let error = from_bytes(&mut net, &to_bytes(&small(1)).unwrap()).unwrap_err();
    assert!(matches!(error, Error::Type { found: Dtype::F32, expected: Dtype::F64, .. }));
    assert!(error.to_string().contains("double()"), "{error}");
    assert_eq!(net.parameters().map(f64::to_bits), before);

    let whole = changed(|tensors| {
        let bias = tensors.iter_mut().find(|tensor| tensor.0 == "out.bias").unwrap();
        bias.1 = Dtype::I16;
        bias.3 = vec![0; 4];
    });
    assert!(matches!(refused(&whole), Error::Type { tensor, found: Dtype::I16, .. } if tensor == "out.bias"));
}
