//! Plain loops against the vector kernels on the baseline, bit for bit.

use super::{all_within, conv, dense, pool};
use crate::Scalar;
use crate::geometry::{Axis, Convolution1d, Convolution2d, Divisor, Matrix, Pooling};
use crate::kernels::{conv_one, dense_one, reference};
use crate::simd::baseline;
use rand_core::Rng as _;

fn numbers<S: Scalar>(count: usize, seed: u64) -> Vec<S> {
    let mut rng = crate::rng(seed);
    (0..count).map(|_| S::uniform(rng.next_u64()) - S::ONE / S::from_usize(2)).collect()
}

/// Bits, so that zeros of either sign differ.
fn bits<S: Scalar>(values: &[S]) -> Vec<Vec<u8>> {
    values.iter().map(|value| value.to_le_bytes().as_ref().to_vec()).collect()
}

fn matrices<S: Scalar>() {
    let v = baseline();
    for outputs in (1..=19).chain([31, 32, 33, 47, 48, 49, 70]) {
        for inputs in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 32, 37, 64, 70] {
            for (rows, bias) in [(1, true), (2, false)] {
                let matrix = Matrix { inputs, outputs, rows, bias };
                let parameters = numbers::<S>(inputs * outputs + if bias { outputs } else { 0 }, 1);
                let mut x = numbers::<S>(rows * inputs, 2);
                // A layer behind relu: zeros, and a whole input of them.
                x.iter_mut().step_by(3).for_each(|x| *x = S::ZERO);
                if inputs == 16 {
                    x.fill(-S::ZERO);
                }
                let dy = numbers::<S>(rows * outputs, 3);
                let what = format!("{matrix:?}");

                let (mut a, mut b) = (vec![S::NAN; rows * outputs], vec![S::NAN; rows * outputs]);
                dense_one::forward_apart(v, &matrix, &parameters, &x, &mut a);
                dense::forward(&matrix, &parameters, &x, &mut b);
                assert_eq!(bits(&a), bits(&b), "forward {what}");

                let (mut a, mut b) = (vec![S::NAN; rows * inputs], vec![S::NAN; rows * inputs]);
                dense_one::input_gradient(v, &matrix, &parameters, &dy, &mut a);
                dense::input_gradient(&matrix, &parameters, &dy, &mut b);
                assert_eq!(bits(&a), bits(&b), "input gradient {what}");

                for first in [false, true] {
                    let (mut a, mut b) = (parameters.clone(), parameters.clone());
                    dense_one::weight_gradient(v, &matrix, &x, &dy, (&mut a, first));
                    dense::weight_gradient(&matrix, &x, &dy, (&mut b, first));
                    assert_eq!(bits(&a), bits(&b), "weight gradient {what}");
                }
            }
        }
    }
}

fn convolutions<S: Scalar>() {
    let axis = |input: usize, kernel, stride, dilation, before| Axis {
        input,
        output: Axis::outputs(input + 2 * before, kernel, stride, dilation),
        kernel,
        stride,
        dilation,
        before,
    };
    for (in_channels, out_channels, groups) in
        [(1, 1, 1), (1, 6, 1), (3, 4, 1), (2, 17, 1), (4, 6, 2), (3, 3, 3)]
    {
        for (rows, columns) in [
            (axis(5, 3, 1, 1, 0), axis(20, 3, 1, 1, 1)),
            (axis(6, 3, 2, 1, 1), axis(9, 5, 2, 1, 2)),
            (axis(7, 2, 1, 2, 1), axis(11, 3, 1, 2, 0)),
        ] {
            let of = Convolution2d { in_channels, out_channels, groups, axes: [rows, columns] };
            let parameters = numbers::<S>(of.weights() + out_channels, 1);
            let x = numbers::<S>(in_channels * rows.input * columns.input, 2);
            let sequence = Convolution1d { in_channels, out_channels, groups, axis: columns };
            for of in [of.one(), sequence.one()] {
                let outputs = out_channels * of.output_plane();
                let (mut a, mut b) = (vec![S::NAN; outputs], vec![S::NAN; outputs]);
                conv_one::forward(baseline(), &of, &parameters, &x, &mut a);
                conv::forward(&of, &parameters, &x, &mut b);
                assert_eq!(bits(&a), bits(&b), "{of:?}");

                // Where multiply-adds are not fused, these are the gradients of every target.
                let dy = numbers::<S>(outputs, 3);
                let (mut a, mut b) = (vec![[S::NAN]; x.len()], vec![S::NAN; x.len()]);
                reference::conv_input_gradient(&of, &parameters, dy.as_chunks().0, &mut a);
                conv::input_gradient(&of, &parameters, &dy, &mut b);
                assert_eq!(bits(a.as_flattened()), bits(&b), "input gradient {of:?}");
                let (mut a, mut b) = (parameters.clone(), parameters.clone());
                reference::conv_weight_gradient(&of, x.as_chunks::<1>().0, dy.as_chunks().0, &mut a);
                conv::weight_gradient(&of, &x, &dy, &mut b);
                assert_eq!(bits(&a), bits(&b), "weight gradient {of:?}");
            }
        }
    }
}

/// Where multiply-adds are not fused, these loops are pooling on every target.
fn pooling<S: Scalar>(divisor: Divisor) {
    let axis = |input: usize, kernel, stride, dilation, before| {
        let output = Axis::outputs(input + 2 * before, kernel, stride, dilation);
        Axis { input, output, kernel, stride, dilation, before }
    };
    for axes in [
        [axis(6, 2, 2, 1, 0), axis(7, 2, 2, 1, 0)],
        [axis(5, 3, 2, 1, 1), axis(9, 3, 1, 1, 1)],
        [axis(1, 1, 1, 1, 0), axis(8, 2, 1, 3, 1)],
    ] {
        let of = Pooling { channels: 3, axes, divisor };
        let [inputs, outputs] = [axes[0].input * axes[1].input, axes[0].output * axes[1].output];
        let mut x = numbers::<S>(3 * inputs, 1);
        (x[1], x[2], x[inputs]) = (S::NAN, -S::INFINITY, -S::ZERO);
        let dy = numbers::<S>(3 * outputs, 2);
        let nan = || (vec![[S::NAN]; 3 * outputs], vec![S::NAN; 3 * outputs]);
        let nan_of_x = || (vec![[S::NAN]; x.len()], vec![S::NAN; x.len()]);

        let ((mut a, mut b), (mut taps_a, mut taps_b)) = (nan(), nan());
        reference::max_pool2d_forward(&of, x.as_chunks::<1>().0, &mut a, &mut taps_a);
        pool::max_forward(&of, &x, &mut b, &mut taps_b);
        assert_eq!(
            (bits(a.as_flattened()), bits(taps_a.as_flattened())),
            (bits(&b), bits(&taps_b)),
            "{of:?}"
        );
        let (mut a, mut b) = nan_of_x();
        reference::max_pool2d_backward(&of, &taps_a, dy.as_chunks().0, &mut a);
        pool::max_backward(&of, &taps_b, &dy, &mut b);
        assert_eq!(bits(a.as_flattened()), bits(&b), "{of:?}");

        let (mut a, mut b) = nan();
        reference::avg_pool2d_forward(&of, x.as_chunks::<1>().0, &mut a);
        pool::avg_forward(&of, &x, &mut b);
        assert_eq!(bits(a.as_flattened()), bits(&b), "{of:?}");
        let (mut a, mut b) = nan_of_x();
        reference::avg_pool2d_backward(&of, dy.as_chunks().0, &mut a);
        pool::avg_backward(&of, &dy, &mut b);
        assert_eq!(bits(a.as_flattened()), bits(&b), "{of:?}");
    }
}

#[test]
fn pooling_has_the_bits_of_the_reference() {
    pooling::<f32>(Divisor::Values);
    pooling::<f64>(Divisor::Number(3));
}

#[test]
fn matrices_have_the_bits_of_the_vector_kernels() {
    matrices::<f32>();
    matrices::<f64>();
}

#[test]
fn convolutions_have_the_bits_of_the_vector_kernels() {
    convolutions::<f32>();
    convolutions::<f64>();
}

#[test]
fn a_number_beyond_the_limit_is_found() {
    for (values, limit, within) in [
        (&[1.0_f32, -2.0][..], 2.0, true),
        (&[1.0, -2.1], 2.0, false),
        (&[f32::NAN], 2.0, false),
        (&[1.0; 9], 2.0, true),
        (&[1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 3.0], 2.0, false),
        (&[f32::INFINITY; 5], f32::MAX, false),
        (&[0.0], f32::NAN, false),
        (&[], f32::NAN, false),
    ] {
        assert_eq!(all_within(values, limit), within, "{values:?} {limit}");
        assert_eq!(crate::kernels::all_within(baseline(), values, limit), within, "{values:?} {limit}");
    }
}
