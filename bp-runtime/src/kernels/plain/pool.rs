//! Pooling of one sample where multiply-adds are not fused: windows one after the other, their numbers row by row.

use crate::Scalar;
use crate::geometry::Pooling;

/// Calls `f` with each window: its channel, row and column, and its place in the output.
#[inline(always)]
fn windows(of: &Pooling, mut f: impl FnMut([usize; 3], usize)) {
    let [rows, columns] = &of.axes;
    let mut place = 0;
    for channel in 0..of.channels {
        for oy in 0..rows.output {
            for ox in 0..columns.output {
                f([channel, oy, ox], place);
                place += 1;
            }
        }
    }
}

/// Calls `f` with each number of a window, as the number of its tap and its place in the input.
#[inline(always)]
fn taps(of: &Pooling, [channel, oy, ox]: [usize; 3], mut f: impl FnMut(usize, usize)) {
    let [rows, columns] = &of.axes;
    let across = columns.taps(ox);
    for ky in rows.taps(oy) {
        let row = (channel * rows.input + rows.position(oy, ky)) * columns.input;
        for kx in across.clone() {
            f(ky * columns.kernel + kx, row + columns.position(ox, kx));
        }
    }
}

/// `saved` takes the tap that won, or is empty. NaN wins.
pub(in crate::kernels) fn max_forward<S: Scalar>(of: &Pooling, x: &[S], y: &mut [S], saved: &mut [S]) {
    windows(of, |window, place| {
        // No tap yet: the first one inside the input is taken even where it is −∞.
        let (mut largest, mut winner) = (-S::INFINITY, None);
        taps(of, window, |tap, place| {
            let Some(&x) = x.get(place) else { return };
            if x > largest || x.partial_cmp(&x).is_none() || winner.is_none() {
                (largest, winner) = (x, Some(tap));
            }
        });
        if let Some(y) = y.get_mut(place) {
            *y = largest;
        }
        if let Some(saved) = saved.get_mut(place) {
            *saved = winner.map_or(-S::ONE, S::from_usize);
        }
    });
}

/// `dy` to where the largest number was.
pub(in crate::kernels) fn max_backward<S: Scalar>(of: &Pooling, saved: &[S], dy: &[S], dx: &mut [S]) {
    dx.fill(S::ZERO);
    let [rows, columns] = &of.axes;
    windows(of, |[channel, oy, ox], place| {
        let (Some(dy), Some(&tap)) = (dy.get(place), saved.get(place)) else { return };
        if tap < S::ZERO {
            return;
        }
        let tap = tap.to_usize();
        let (ky, kx) = (tap / columns.kernel.max(1), tap % columns.kernel.max(1));
        let row = (channel * rows.input + rows.position(oy, ky)) * columns.input;
        if let Some(dx) = dx.get_mut(row + columns.position(ox, kx)) {
            *dx += *dy;
        }
    });
}

/// The mean of each window.
pub(in crate::kernels) fn avg_forward<S: Scalar>(of: &Pooling, x: &[S], y: &mut [S]) {
    windows(of, |window, place| {
        let mut sum = S::ZERO;
        taps(of, window, |_, place| sum += x.get(place).copied().unwrap_or(S::ZERO));
        if let Some(y) = y.get_mut(place) {
            *y = sum / S::from_usize(of.count(window[1], window[2]));
        }
    });
}

/// `dy` spread over each window.
pub(in crate::kernels) fn avg_backward<S: Scalar>(of: &Pooling, dy: &[S], dx: &mut [S]) {
    dx.fill(S::ZERO);
    windows(of, |window, place| {
        let Some(dy) = dy.get(place) else { return };
        let share = *dy / S::from_usize(of.count(window[1], window[2]));
        taps(of, window, |_, place| {
            if let Some(dx) = dx.get_mut(place) {
                *dx += share;
            }
        });
    });
}
