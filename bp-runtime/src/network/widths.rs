//! Workspaces of two widths: few samples would leave most of a wide one empty.

use super::{Passes, Training};
use crate::Zeroed;
use crate::calls::Calls;
use crate::layer::Pass;
use crate::learning::Learning;
use crate::losses::Outputs;
use crate::streaming::{Carrying, Steps};

/// A wide workspace and a narrow one: batches that leave most of the wide one empty are worked on in the other.
///
/// A tile takes as long with few samples as with all. A network that measures has tiles as wide as the cache allows, so that its
/// statistics are over as much of the batch as can be, and narrow ones for batches that fit into these. Others work on up
/// to four samples one by one.
#[repr(C)]
#[derive(Clone, Debug)]
pub struct Widths<W, N> {
    wide: W,
    narrow: N,
    is_narrow: bool,
}

#[expect(unsafe_code, reason = "workspaces start as zero bytes, checked by the macro")]
const _: () = {
    crate::zeroed!([W: Zeroed, N: Zeroed] Widths<W, N> { wide, narrow, is_narrow });
};

/// Samples that are worked on one by one. Nearly every layer takes less than an eighth of a tile's time for one.
const FEW: usize = 4;

/// Chooses a workspace by whether two widths are wanted.
pub struct TwoWidths<const WANTED: bool>;

/// What [`TwoWidths`] chooses.
pub trait Workspaces {
    /// Of a wide workspace and a narrow one.
    type Of<W, N>;
}

impl Workspaces for TwoWidths<false> {
    type Of<W, N> = W;
}

impl Workspaces for TwoWidths<true> {
    type Of<W, N> = Widths<W, N>;
}

/// Evaluates an expression with the workspace that is in use.
macro_rules! in_use {
    ($widths:expr, $workspace:ident => $body:expr) => {{
        let widths = $widths;
        if widths.is_narrow {
            let $workspace = &mut widths.narrow;
            $body
        } else {
            let $workspace = &mut widths.wide;
            $body
        }
    }};
}

impl<P: Passes, W: Training<P>, N: Training<P>> Training<P> for Widths<W, N> {
    const TILE: usize = W::TILE;
    const NARROWEST: usize = N::TILE;

    #[inline(always)]
    fn tile(samples: usize) -> usize {
        if const { N::TILE == 1 } && samples <= FEW { 1 } else { W::TILE }
    }

    #[inline(always)]
    fn width(&self) -> usize {
        if self.is_narrow { self.narrow.width() } else { self.wide.width() }
    }

    #[inline(always)]
    fn fit(&mut self, samples: usize) {
        let is_narrow = samples <= N::TILE;
        if is_narrow == self.is_narrow {
            return;
        }
        self.is_narrow = is_narrow;
        if const { !P::MEASURES } {
            return;
        }
        // What has been measured since the last step goes on.
        if is_narrow {
            take_over::<P, _, _>(&self.wide, &mut self.narrow);
        } else {
            take_over::<P, _, _>(&self.narrow, &mut self.wide);
        }
    }

    #[inline(always)]
    fn pass_mut(&mut self) -> &mut Pass {
        in_use!(self, workspace => workspace.pass_mut())
    }

    #[inline(always)]
    fn input_mut(&mut self) -> &mut [P::Number] {
        in_use!(self, workspace => workspace.input_mut())
    }

    #[inline(always)]
    fn outputs(&mut self) -> Outputs<'_, P::Number> {
        in_use!(self, workspace => workspace.outputs())
    }

    #[inline(always)]
    fn forward<C: Calls>(&mut self, calls: C, network: &P) {
        in_use!(self, workspace => workspace.forward(calls, network));
    }

    #[inline(always)]
    fn backward<C: Calls, L: Learning<P::Number>>(
        &mut self,
        calls: C,
        dx: &mut [P::Number],
        learning: &mut L,
    ) {
        in_use!(self, workspace => workspace.backward(calls, dx, learning));
    }

    fn measured(&self, visit: &mut impl FnMut(&[P::Number])) {
        if self.is_narrow {
            self.narrow.measured(visit);
        } else {
            self.wide.measured(visit);
        }
    }

    fn measured_mut(&mut self, visit: &mut impl FnMut(&mut [P::Number])) {
        in_use!(self, workspace => workspace.measured_mut(visit));
    }

    fn commit(&mut self, network: &mut P) {
        in_use!(self, workspace => workspace.commit(network));
    }
}

impl<P: Steps, W: Carrying<P> + Training<P>, N: Carrying<P> + Training<P>> Carrying<P> for Widths<W, N> {
    fn begin_from(&mut self, lane: usize, state: &mut [P::Number]) {
        in_use!(self, workspace => workspace.begin_from(lane, state));
    }

    fn ended_with(&mut self, lane: usize, state: &mut [P::Number]) {
        in_use!(self, workspace => workspace.ended_with(lane, state));
    }
}

/// Copies what each layer has measured.
fn take_over<P: Passes, A: Training<P>, B: Training<P>>(from: &A, to: &mut B) {
    let mut place = 0;
    from.measured(&mut |measured| {
        let mut layer = 0;
        to.measured_mut(&mut |other| {
            if layer == place {
                other.copy_from_slice(measured);
            }
            layer += 1;
        });
        place += 1;
    });
}
