//! Data: tables, IDX, pictures, normalisers, augmentation; metrics beside scikit-learn's; event files beside TensorBoard's.

#[path = "../support/mod.rs"]
mod support;

mod events;
mod metrics;
mod mnist;
#[cfg(feature = "images")]
mod pictures;
mod tables;

use backprop::data::{Augment, Error, Idx, Normalizer};
use backprop::prelude::*;
use support::{assert_close, bits, many};

/// All types of values, and headers that lie.
#[test]
fn idx_files() {
    let file = |kind: u8, sizes: &[u32], values: &[u8]| {
        let mut bytes = vec![0, 0, kind, u8::try_from(sizes.len()).expect("few")];
        sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
        bytes.extend(values);
        Idx::parse(bytes.as_slice())
    };
    let numbers = |kind, values: &[u8]| file(kind, &[2], values).expect("a file").numbers::<f64>();
    assert_eq!(numbers(0x08, &[1, 255]), [1.0, 255.0]);
    assert_eq!(numbers(0x09, &[1, 255]), [1.0, -1.0]);
    assert_eq!(numbers(0x0b, &[1, 0, 255, 254]), [256.0, -2.0]);
    assert_eq!(numbers(0x0c, &[0, 1, 0, 0, 255, 255, 255, 255]), [65536.0, -1.0]);
    assert_eq!(numbers(0x0d, &[0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]), [1.0, -2.0]);
    let doubles = [[0x3f, 0xf0, 0, 0, 0, 0, 0, 0], [0xc0, 0, 0, 0, 0, 0, 0, 0]];
    assert_eq!(numbers(0x0e, doubles.as_flattened()), [1.0, -2.0]);

    let message = |result: Result<Idx, Error>| result.expect_err("no file").to_string();
    assert!(message(file(0x0a, &[1], &[0])).contains("type 0x0a"));
    assert!(message(file(0x0b, &[2], &[0; 3])).contains("ends after 1 values; expected 2"));
    assert!(message(file(0x0b, &[2], &[0; 5])).contains("goes on after the 2 values"));
    // A header that says more than memory can hold takes none.
    assert!(message(file(8, &[u32::MAX; 3], &[0; 5])).contains("more than memory can hold"));
    assert!(message(file(8, &[u32::MAX; 2], &[0; 5])).contains("ends after 5 values"));
    assert!(message(file(8, &[0, u32::MAX, u32::MAX, 9], &[])).contains("more than memory can hold"));
    assert_eq!(file(8, &[0, 28, 28], &[]).expect("a file").samples::<f32, 784>().expect("none").len(), 0);
    assert!(message(Idx::parse([1_u8, 2].as_slice())).contains("begins with the bytes [01, 02]"));
    let idx = file(8, &[2, 3], &[0; 6]).expect("a file");
    assert!(
        idx.samples::<f32, 2>().expect_err("three").to_string().contains("samples of 3 numbers; expected 2")
    );
}

/// A network with its normaliser takes raw numbers, keeps it through training, and predicts what one without it predicts of
/// numbers that are prepared.
#[test]
fn a_normalizer_is_part_of_the_network() {
    #[network(input = 3, layers = [frozen[shift: bias, scale: scale], dense(4), tanh, dense(1)], loss = mse, scalar = f64)]
    struct Raw;
    #[network(input = 3, layers = [dense(4), tanh, dense(1)], loss = mse, scalar = f64)]
    struct Prepared;
    let xs: Vec<[f64; 3]> =
        many(40, 1).into_iter().map(|[a, b, _]: [f64; 3]| [1e6 + 1e3 * a, 1e-9 * b, 7.0]).collect();
    let ys: Vec<[f64; 1]> = many(40, 2);
    let normalizer = Normalizer::of(&xs).expect("samples");
    let prepared: Vec<[f64; 3]> = xs
        .iter()
        .map(|x| core::array::from_fn(|i| (x[i] + normalizer.shift[i]) * normalizer.scale[i]))
        .collect();
    for feature in 0..2 {
        let mean = prepared.iter().map(|x| x[feature]).sum::<f64>() / 40.0;
        let square = prepared.iter().map(|x| x[feature].powi(2)).sum::<f64>() / 40.0;
        assert!(mean.abs() < 1e-9 && (square - 1.0).abs() < 1e-9, "{mean} {square}");
    }
    assert!(prepared.iter().all(|x| x[2] == 0.0));

    let mut raw = Raw::new(&mut backprop::rng(1));
    (raw.shift.bias, raw.scale.weight) = (normalizer.shift, normalizer.scale);
    let mut twin = Prepared::new(&mut backprop::rng(1));
    (twin.dense1, twin.dense2) = (raw.dense1, raw.dense2);
    let fit = Fit::epochs(5).shuffle(1);
    Trainer::new(Adam::new(0.01)).fit(&mut raw, &xs, &ys, &fit).expect("data");
    let fit = Fit::epochs(5).shuffle(1);
    Trainer::new(Adam::new(0.01)).fit(&mut twin, &prepared, &ys, &fit).expect("data");
    assert_eq!((raw.shift.bias, raw.scale.weight), (normalizer.shift, normalizer.scale));
    for (x, prepared) in xs.iter().zip(&prepared) {
        assert_close("prediction", &raw.predict(x), &twin.predict(prepared), 1e-9);
    }

    // By these names they are in the network's file.
    let names: Vec<(&str, &str)> = Raw::tensors().iter().map(|tensor| (tensor.layer, tensor.name)).collect();
    assert_eq!(names[..2], [("shift", "bias"), ("scale", "weight")]);
}

/// Channels of images and features of sequences have a number each, as the layers do.
#[test]
fn normalizers_of_channels() {
    let xs: Vec<[f32; 12]> = many(30, 1);
    let of = |places: [usize; 4]| {
        let numbers: Vec<[f32; 1]> = xs.iter().flat_map(|x| places.map(|place| [x[place]])).collect();
        Normalizer::of(&numbers).expect("samples")
    };
    let images = Normalizer::<f32, 3>::of_images(&xs).expect("samples");
    let sequences = Normalizer::<f32, 3>::of_sequences(&xs).expect("samples");
    for channel in 0..3 {
        let one = of([0, 1, 2, 3].map(|pixel| 4 * channel + pixel));
        assert_eq!((images.shift[channel], images.scale[channel]), (one.shift[0], one.scale[0]));
        let one = of([0, 1, 2, 3].map(|step| 3 * step + channel));
        assert_eq!((sequences.shift[channel], sequences.scale[channel]), (one.shift[0], one.scale[0]));
    }
    #[network(input = [3, 2, 2], layers = [frozen[shift: bias, scale: scale]])]
    struct Image;
    let mut net = Image::new(&mut backprop::rng(1));
    (net.shift.bias, net.scale.weight) = (images.shift, images.scale);
    let normal: Vec<[f32; 12]> = xs.iter().map(|x| net.predict(x)).collect();
    let again = Normalizer::<f32, 3>::of_images(&normal).expect("samples");
    assert!(again.shift.iter().all(|shift| shift.abs() < 1e-6));
    assert!(again.scale.iter().all(|scale| (scale - 1.0).abs() < 1e-5));

    let range = Normalizer::range(&[[1.0_f64, 5.0], [3.0, 5.0]]).expect("samples");
    assert_eq!((range.shift, range.scale), ([-1.0, -5.0], [0.5, 1.0]));
    let message = |xs: &[[f32; 2]]| Normalizer::of(xs).expect_err("nothing to learn from").to_string();
    assert!(message(&[]).contains("no samples"));
    assert!(message(&[[1.0, 2.0], [1.0, f32::NAN]]).contains("number 1 of sample 1"));
}

/// A picture that is easy to follow: one bright pixel, or a gradient.
#[test]
fn images_are_augmented() {
    let shape = [2, 5, 5];
    let at = |row: usize, column: usize| {
        let mut image = [0.0_f64; 50];
        image[5 * row + column] = 1.0;
        image[25 + 5 * row + column] = 2.0;
        image
    };
    let plain = Augment::new(shape);
    let rng = |seed| backprop::rng(seed);
    assert_eq!(plain.apply(&at(1, 3), &mut rng(1)), at(1, 3));
    // Half of them are mirrored.
    let flips: Vec<_> = (0..100).map(|seed| plain.flip().apply(&at(1, 3), &mut rng(seed))).collect();
    let mirrored = flips.iter().filter(|image| **image == at(1, 1)).count();
    assert!(
        (30..70).contains(&mirrored)
            && flips.iter().filter(|image| **image == at(1, 3)).count() == 100 - mirrored
    );
    for seed in 0..50 {
        // What a shift moves stays in sum, as long as it stays within the image; both channels move alike.
        let moved = plain.shift(1.0).apply(&at(2, 2), &mut rng(seed));
        let sum: f64 = moved[..25].iter().sum();
        assert!((sum - 1.0).abs() < 1e-12 && moved != at(2, 2));
        assert!(moved[..25].iter().zip(&moved[25..]).all(|(one, two)| (2.0 * one - two).abs() < 1e-12));
        let center = |axis: fn(usize) -> usize| -> f64 {
            moved[..25].iter().enumerate().map(|(place, value)| axis(place) as f64 * value).sum()
        };
        assert!(
            (center(|place| place / 5) - 2.0).abs() <= 1.0 && (center(|place| place % 5) - 2.0).abs() <= 1.0
        );
        // The middle stays where it is when it is turned.
        let turned = plain.rotate(90.0).apply(&at(2, 2), &mut rng(seed));
        assert!((turned[12] - 1.0).abs() < 1e-12);
        let covered = plain.cutout(3).fill(9.0).apply(&[1.0; 50], &mut rng(seed));
        let count = covered.iter().filter(|value| **value == 9.0).count();
        assert!(
            covered.iter().all(|value| *value == 1.0 || *value == 9.0) && [8, 12, 18].contains(&count),
            "{count}"
        );
    }
    // A quarter turn about the middle, exactly.
    let gradient: [f64; 9] = core::array::from_fn(|place| (place / 3) as f64);
    let steep = (0..400).map(|seed| Augment::new([1, 3, 3]).rotate(180.0).apply(&gradient, &mut rng(seed)));
    assert!(steep.filter(|image| image[3] > 1.9).count() > 0);
    // Noise has the deviation that was asked for.
    let noise: Vec<[f64; 50]> =
        (0..200).map(|seed| plain.noise(0.1).apply(&[0.0; 50], &mut rng(seed))).collect();
    let squares: f64 = noise.as_flattened().iter().map(|value| value * value).sum();
    assert!(((squares / 10_000.0).sqrt() - 0.1).abs() < 0.005, "{squares}");
    let all = plain.flip().rotate(20.0).shift(1.0).noise(0.1).cutout(2);
    assert_eq!(bits(&all.apply(&at(1, 1), &mut rng(3))), bits(&all.apply(&at(1, 1), &mut rng(3))));
    assert_ne!(all.apply(&at(1, 1), &mut rng(3)), all.apply(&at(1, 1), &mut rng(4)));
}

/// Whatever the bytes, a loader answers, with what was there or with an error: files with some bytes changed, cut off or
/// repeated, 2,000 of them; `FUZZ_SECONDS=600` goes on for so long. `load` says whether it has read what it was given.
fn takes_any_bytes(file: &[u8], likely: &[u8], mut load: impl FnMut(&[u8]) -> bool) {
    use backprop::rand_core::Rng as _;
    let seconds = std::env::var("FUZZ_SECONDS").map_or(0, |text| text.parse().expect("seconds"));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let (mut rng, mut tried, mut read) = (backprop::rng(seconds), 0, 0);
    while tried < 2000 || std::time::Instant::now() < end {
        let mut below = |count: usize| rng.next_u32() as usize % count.max(1);
        let mut bytes = file.to_vec();
        for _ in 0..below(4) {
            let place = below(bytes.len());
            match below(4) {
                0 => bytes[place] = below(256) as u8,
                1 => bytes[place] = likely[below(likely.len())],
                2 => bytes.truncate(place),
                _ => bytes.extend_from_within(place..),
            }
            if bytes.is_empty() {
                break;
            }
        }
        tried += 1;
        read += usize::from(load(&bytes));
    }
    println!("{tried} tried, {read} read");
    // Some are still what they were.
    assert!(read > tried / 8 && read < tried, "{tried} {read}");
}

#[test]
fn tables_take_any_bytes() {
    use backprop::data::{Columns, Format, Labels, one_hot};
    takes_any_bytes(b"a,b,c\n1,x,2\n\"3\",y,\n-4e5,\"x\ny\",?\n", b"\",\n?x0\r", |bytes| {
        let Ok(table) = Format::default().parse(bytes) else { return false };
        let names: Vec<_> = table.names().iter().map(|name| one_hot(name).or_zeros()).collect();
        let columns = Columns::learn(&table, names).map(|columns| columns.encode::<f32, 8>(&table));
        if let Some(labels) = table.names().first().and_then(|name| Labels::learn(&table, name).ok()) {
            assert_eq!(labels.encode(&table).map(|labels| labels.len()).ok(), Some(table.len()));
        }
        columns.is_ok()
    });
}

#[test]
fn idx_files_take_any_bytes() {
    let file = [0, 0, 0x0c, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8];
    takes_any_bytes(&file, &[0, 1, 8, 0x0b, 0x0d, 0x0e, 255], |bytes| {
        let Ok(idx) = Idx::parse(bytes) else { return false };
        let numbers: Vec<f32> = idx.numbers();
        assert_eq!(numbers.len(), idx.dimensions().iter().product::<usize>());
        idx.samples::<f32, 1>().is_ok()
    });
}

/// Of as many pixels as some ten thousand images have, of which each adds less than the last digit of a sum in `f32`; and of
/// numbers whose squares `f32` cannot hold.
#[test]
fn normalizers_of_millions_and_of_extreme_numbers() {
    let mut image = [100.0_f32; 65_536];
    image.iter_mut().step_by(2).for_each(|pixel| *pixel = 100.25);
    let images = vec![image; 400];
    let found = Normalizer::<f32, 1>::of_images(&images).unwrap();
    assert_eq!(found, Normalizer { shift: [-100.125], scale: [8.0] });
    for size in [1e-30, 1e30_f32] {
        let found = Normalizer::of(&[[size], [3.0 * size]]).unwrap();
        assert!(
            (found.shift[0] / size + 2.0).abs() < 1e-6 && (found.scale[0] * size - 1.0).abs() < 1e-6,
            "{found:?}"
        );
    }
}
