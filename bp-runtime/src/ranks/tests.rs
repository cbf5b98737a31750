use super::{Communicator, SHORT, local, number, part, sum_in_tree, word};
use std::vec::Vec;

#[test]
fn parts_of_parts_are_parts_of_the_whole() {
    for samples in 0..200 {
        for parts in [1, 2, 4, 8, 16] {
            let mut end = 0;
            for index in 0..parts {
                let range = part(samples, index, parts);
                assert_eq!(range.start, end);
                assert!(range.len() <= samples.div_ceil(parts));
                end = range.end;
                let halves = [0, 1].map(|half| part(range.len(), half, 2));
                for (half, own) in halves.into_iter().enumerate() {
                    let whole = part(samples, 2 * index + half, 2 * parts);
                    assert_eq!((own.start + range.start, own.end + range.start), (whole.start, whole.end));
                }
            }
            assert_eq!(end, samples);
        }
        for parts in [3, 5, 6, 7] {
            let lengths: Vec<usize> = (0..parts).map(|index| part(samples, index, parts).len()).collect();
            assert_eq!(lengths.iter().sum::<usize>(), samples);
            let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
            assert!(most - least <= 1, "{samples} {lengths:?}");
        }
    }
}

#[test]
fn sums_over_ranks_are_those_of_the_tree() {
    let value = |rank: usize, place: usize| (1.0 + rank as f32).powi(7) / (3.0 + place as f32);
    for ranks in [1, 2, 4, 8] {
        for length in [1, 5, SHORT, SHORT + 1, 3 * SHORT + 7] {
            let tree = |place: usize| {
                let mut values: Vec<f32> = (0..ranks).map(|rank| value(rank, place)).collect();
                while values.len() > 1 {
                    values = values.chunks(2).map(|pair| pair[0] + pair[1]).collect();
                }
                values[0]
            };
            let expected: Vec<f32> = (0..length).map(tree).collect();
            std::thread::scope(|scope| {
                for mut rank in local(ranks) {
                    let expected = &expected;
                    scope.spawn(move || {
                        let number = Communicator::<f32>::rank(&rank);
                        let mut values: Vec<f32> = (0..length).map(|place| value(number, place)).collect();
                        sum_in_tree(&mut rank, &mut values, &mut std::vec![0.0; length])
                            .expect("all are there");
                        assert!(values == *expected, "{ranks} ranks, {length} numbers");
                    });
                }
            });
        }
    }
}

#[test]
fn words_hold_numbers() {
    for value in [0.0, -0.0, 1.5, f32::MIN_POSITIVE, f32::INFINITY, f32::NAN] {
        assert_eq!(number::<f32>(word(value)).to_bits(), value.to_bits());
    }
    for value in [-0.0, 0.1, f64::MAX] {
        assert_eq!(number::<f64>(word(value)).to_bits(), value.to_bits());
    }
}
