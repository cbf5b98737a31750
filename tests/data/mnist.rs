//! How the MNIST example reads its files, and what it says about files that are not right.

#[path = "../../examples/mnist/data.rs"]
#[expect(dead_code, reason = "the example uses the rest")]
mod data;

use data::{Digits, TEST};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

const IMAGES: &str = "t10k-images-idx3-ubyte.gz";
const LABELS: &str = "t10k-labels-idx1-ubyte.gz";

/// A folder with a copy of the test digits, of which `change` makes something else.
fn read_changed(name: &str, change: impl FnOnce(&Path)) -> Result<Digits, data::Error> {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mnist").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for file in [IMAGES, LABELS] {
        // Written, not copied: the original may be read-only.
        fs::write(folder.join(file), fs::read(data::default_folder().join(file)).unwrap()).unwrap();
    }
    change(&folder);
    Digits::read(&folder, &TEST)
}

/// What the reader says about a changed folder.
fn message(name: &str, change: impl FnOnce(&Path)) -> String {
    match read_changed(name, change) {
        Ok(_) => panic!("{name} was read"),
        Err(error) => error.to_string(),
    }
}

fn unpacked(path: PathBuf) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Unpacks the labels, changes them, and packs them again.
fn change_labels(folder: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = unpacked(folder.join(LABELS));
    change(&mut bytes);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&bytes).unwrap();
    fs::write(folder.join(LABELS), packed.finish().unwrap()).unwrap();
}

#[test]
fn the_projects_digits_are_read() {
    let digits = read_changed("whole", |_| ()).unwrap();
    assert_eq!((digits.images.len(), digits.labels.len()), (10_000, 10_000));
    assert_eq!(digits.labels[..5], [7, 2, 1, 0, 4]);
    // The corners are empty, and somewhere the ink is full.
    let (white, black) = (-0.1307 / 0.3081, (1.0 - 0.1307) / 0.3081);
    let all = digits.images.as_flattened();
    assert!((all[0] - white).abs() < 1e-6);
    assert_eq!(all.iter().copied().fold(f32::INFINITY, f32::min), all[0]);
    assert!((all.iter().copied().fold(f32::NEG_INFINITY, f32::max) - black).abs() < 1e-5);
}

#[test]
fn a_missing_file_is_named() {
    for file in [IMAGES, LABELS] {
        let message = message("missing", |folder| fs::remove_file(folder.join(file)).unwrap());
        assert!(message.contains(file) && message.contains("--data DIR"), "{message}");
    }
}

#[test]
fn a_truncated_file_is_named() {
    for (length, file) in [(0, LABELS), (7, LABELS), (4000, LABELS), (100_000, IMAGES), (1_616_500, IMAGES)] {
        let message = message("truncated", |folder| {
            let bytes = fs::read(folder.join(file)).unwrap();
            fs::write(folder.join(file), &bytes[..length]).unwrap();
        });
        assert!(message.contains(file) && message.contains("a whole gzip file"), "{length}: {message}");
    }
}

#[test]
fn a_changed_byte_is_found() {
    // Somewhere in the middle, and in the checksum at the end.
    for from_end in [2000, 8] {
        let message = message("corrupt", |folder| {
            let mut bytes = fs::read(folder.join(LABELS)).unwrap();
            let place = bytes.len() - from_end;
            bytes[place] ^= 1;
            fs::write(folder.join(LABELS), bytes).unwrap();
        });
        assert!(message.contains(LABELS) && message.contains("cannot be unpacked"), "{message}");
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let message = message("labels as images", |folder| {
        fs::rename(folder.join(LABELS), folder.join(IMAGES)).unwrap();
        fs::write(folder.join(LABELS), fs::read(data::default_folder().join(LABELS)).unwrap()).unwrap();
    });
    assert!(message.contains("holds an array of [10000]; expected [10000, 28, 28]"), "{message}");
}

#[test]
fn other_counts_and_lengths_are_refused() {
    let text = message("header cut off", |folder| change_labels(folder, |bytes| bytes.truncate(6)));
    assert!(text.contains("ends after 0 of 1 dimensions"), "{text}");
    let text = message("too few", |folder| change_labels(folder, |bytes| bytes.truncate(8 + 9_999)));
    assert!(text.contains("ends after 9999 values; expected 10000"), "{text}");
    let text = message("too many", |folder| change_labels(folder, |bytes| bytes.push(0)));
    assert!(text.contains("goes on after the 10000 values"), "{text}");
    let text = message("other count", |folder| {
        change_labels(folder, |bytes| {
            bytes[7] += 1;
            bytes.push(0);
        });
    });
    assert!(text.contains("holds an array of [10001]; expected [10000]"), "{text}");
}

#[test]
fn a_label_that_is_no_digit_is_refused() {
    let text = message("label", |folder| change_labels(folder, |bytes| bytes[8 + 3] = 10));
    assert!(text.contains("label number 3 is 10"), "{text}");
}
