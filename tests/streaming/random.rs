//! A hundred random causal networks, each step by step and in blocks, against predictions of the whole sequence.
//!
//! `BLESS=1 cargo test -p backprop-macros` writes `random/networks.rs` anew, from `bp-macros/src/random/streams.rs`.

#[rustfmt::skip]
mod networks;

use backprop::codegen::zero;
use backprop::prelude::*;
use backprop::{Zeroed, streaming::Remembered as _};

/// An output of so many numbers: of a step, or at the end.
struct Head {
    width: usize,
    has_time: bool,
}

/// No two steps alike.
fn number(place: usize) -> f32 {
    (place * 7919 % 1009) as f32 / 504.5 - 1.0
}

fn check<N, const F: usize, const I: usize>(heads: &[Head])
where
    N: Streaming<Scalar = f32, StepSample = [f32; F], Sample = [f32; I]> + Zeroed,
{
    let x: [f32; I] = std::array::from_fn(number);
    of_the_whole::<N>(&x, x.as_chunks().0, heads);
}

fn check_indices<N>(heads: &[Head])
where
    N: Streaming<Scalar = f32, StepSample = [u32; 1], Sample = [u32; 72]> + Zeroed,
{
    let x: [u32; 72] = std::array::from_fn(|step| (step * step + 3) as u32 % 11);
    of_the_whole::<N>(&x, x.as_chunks().0, heads);
}

/// Steps and blocks of 1, 7, 64 and mixed lengths, to the bit.
fn of_the_whole<N: Streaming<Scalar = f32> + Zeroed>(x: &N::Sample, steps: &[N::StepSample], heads: &[Head]) {
    let mut net = N::zeroed_box();
    net.initialize(&mut backprop::rng(1));
    for (place, parameter) in net.parameters_mut().as_mut().iter_mut().enumerate() {
        *parameter = *parameter * (1.0 + 0.2 * number(place)) + 0.05 * number(5 * place);
    }
    let mut whole: N::Output = zero();
    net.predict_into_with(&mut N::Scratch::zeroed_box(), x, &mut whole);
    assert!(whole.flat().iter().any(|y| *y != 0.0) && whole.flat().iter().all(|y| y.is_finite()));

    let mut state = N::START;
    let mut ys: Vec<N::StepOutput> = steps.iter().map(|x| net.step(x, &mut state)).collect();
    compare(&whole, &ys, heads);
    for pattern in [&[1_usize][..], &[7], &[64], &[3, 1, 29, 11]] {
        let (mut again, mut done) = (N::START, 0);
        ys.fill(zero());
        for length in pattern.iter().cycle() {
            let end = (done + length).min(steps.len());
            net.step_block(&steps[done..end], &mut ys[done..end], &mut again).expect("equal lengths");
            done = end;
            if done == steps.len() {
                break;
            }
        }
        compare(&whole, &ys, heads);
        assert_eq!(again.numbers(), state.numbers());
    }
}

fn compare<Y: Flat<Number = f32>, Z: Flat<Number = f32>>(whole: &Y, steps: &[Z], heads: &[Head]) {
    let (mut of_whole, mut of_step) = (0, 0);
    for Head { width, has_time } in heads {
        for (number, step) in steps.iter().enumerate() {
            let first = if *has_time { of_whole + number * width } else { of_whole };
            if *has_time || number + 1 == steps.len() {
                let expected = &whole.flat()[first..first + width];
                assert_eq!(&step.flat()[of_step..of_step + width], expected, "step {number}");
            }
        }
        of_whole += width * if *has_time { steps.len() } else { 1 };
        of_step += width;
    }
    assert_eq!(of_whole, whole.flat().len());
}
