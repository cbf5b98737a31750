//! [`Learning`]: what a backward pass does with parameters and their gradients.
//!
//! The chain rule is the same whatever becomes of the gradients. [`Accumulate`] adds them up, for a trainer or a
//! tape. [`Descend`] changes the parameters at once, without a buffer for gradients.

use crate::calls::Calls;
use crate::flat::zero;
use crate::layer::{Backward, Layer};
use crate::{Flat, Scalar};
use core::ops::Range;

/// Where a layer's numbers lie: among all that its network stores and, if it is trained, among the gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    stored: (usize, usize),
    trained: Option<(usize, usize)>,
}

impl Place {
    /// From beginning and end among all that is stored, and among the gradients.
    pub const fn new(stored: (usize, usize), trained: Option<(usize, usize)>) -> Self {
        Self { stored, trained }
    }

    /// Beginning and end of a field, of which `offset` is in bytes.
    pub const fn of<N: Flat, F: Flat>(offset: usize, _: fn(&N) -> &F) -> (usize, usize) {
        let start = offset / size_of::<N::Number>();
        (start, start + F::LEN)
    }

    #[inline(always)]
    pub(crate) fn stored(&self) -> Range<usize> {
        self.stored.0..self.stored.1
    }

    #[inline(always)]
    pub(crate) fn trained(&self) -> Option<Range<usize>> {
        self.trained.map(|(start, end)| start..end)
    }
}

/// The [`Place`] of a field of a network, as a constant: `place!(Net.dense1, NetGradients)`, or `place!(Net.dense1)`
/// for one that is not trained.
#[macro_export]
macro_rules! place {
    ($network:ident . $field:ident $(, $gradients:ident)?) => {
        const {
            #[allow(unused_mut, unused_assignments)]
            let mut trained = ::core::option::Option::None;
            $(trained = ::core::option::Option::Some($crate::learning::Place::of(
                ::core::mem::offset_of!($gradients, $field),
                |gradients: &$gradients| &gradients.$field,
            ));)?
            $crate::learning::Place::new(
                $crate::learning::Place::of(
                    ::core::mem::offset_of!($network, $field),
                    |network: &$network| &network.$field,
                ),
                trained,
            )
        }
    };
}

/// What a backward pass does with the parameters of a network: where it reads them, and what becomes of their
/// gradients.
pub trait Learning<S: Scalar> {
    /// The same for a network within the network.
    type Part<'a>: Learning<S>
    where
        Self: 'a;

    /// All parameters, as they are now.
    fn parameters(&self) -> &[S];

    /// The same for a network within the network.
    fn part(&mut self, place: Place) -> Self::Part<'_>;

    /// The backward pass of one layer: `io` has everything but its parameters and their gradient.
    fn layer<C: Calls, L: Layer<S>, const T: usize>(
        &mut self,
        calls: C,
        place: Place,
        layer: &L,
        io: Backward<'_, S, T>,
    );

    /// The backward pass of a layer that is a type of its own: `backward` is given its parameters, and the
    /// gradient to add to.
    fn own<L: Flat<Number = S>>(&mut self, backward: impl FnOnce(&L, &mut L));
}

/// Adds gradients up. Nothing is computed for parameters whose gradients are not wanted.
#[derive(Debug)]
pub struct Accumulate<'a, S> {
    parameters: &'a [S],
    gradients: &'a mut [S],
    first: bool,
}

impl<'a, S: Scalar> Accumulate<'a, S> {
    /// Adds to `gradients`, one for each trained parameter.
    #[inline(always)]
    pub fn new(parameters: &'a [S], gradients: &'a mut [S]) -> Self {
        Self { parameters, gradients, first: false }
    }

    /// The same for the first of a sum: writes over whatever stands in `gradients`.
    #[inline(always)]
    pub fn first(self, first: bool) -> Self {
        Self { first, ..self }
    }

    /// The backward pass of a layer that all these parameters belong to.
    #[inline(always)]
    pub(crate) fn all_of<C: Calls, L: Layer<S>, const T: usize>(
        self,
        calls: C,
        layer: &L,
        io: Backward<'_, S, T>,
    ) {
        let Accumulate { parameters, gradients: gradient, first } = self;
        if first && !L::OVERWRITES {
            gradient.fill(S::ZERO);
        }
        calls.backward(layer, Backward { parameters, gradient, first, ..io });
    }

    /// Only the gradient of the input is wanted.
    #[inline(always)]
    pub fn nothing(parameters: &'a [S]) -> Self {
        Self::new(parameters, &mut [])
    }
}

impl<S: Scalar> Learning<S> for Accumulate<'_, S> {
    type Part<'a>
        = Accumulate<'a, S>
    where
        Self: 'a;

    #[inline(always)]
    fn parameters(&self) -> &[S] {
        self.parameters
    }

    #[inline(always)]
    fn part(&mut self, place: Place) -> Self::Part<'_> {
        Accumulate {
            parameters: self.parameters.get(place.stored()).unwrap_or(&[]),
            gradients: self.gradients.get_mut(place.trained().unwrap_or(0..0)).unwrap_or(&mut []),
            first: self.first,
        }
    }

    #[inline(always)]
    fn layer<C: Calls, L: Layer<S>, const T: usize>(
        &mut self,
        calls: C,
        place: Place,
        layer: &L,
        io: Backward<'_, S, T>,
    ) {
        self.part(place).all_of(calls, layer, io);
    }

    #[inline(always)]
    fn own<L: Flat<Number = S>>(&mut self, backward: impl FnOnce(&L, &mut L)) {
        let Some(layer) = L::from_flat(self.parameters) else { return };
        match L::from_flat_mut(self.gradients) {
            Some(gradient) => {
                if self.first {
                    gradient.set_zero();
                }
                backward(layer, gradient);
            }
            None => backward(layer, &mut zero()),
        }
    }
}

/// Adds what would be the gradient to the parameters themselves.
///
/// Backward is linear in the gradient it begins with: let that be the loss's times the negative learning rate, and
/// this is gradient descent without a buffer for gradients. Each layer passes the gradient on to its input before its
/// own parameters change.
#[derive(Debug)]
pub struct Descend<'a, S> {
    parameters: &'a mut [S],
    /// Whether this part of the network is trained.
    trained: bool,
}

impl<'a, S: Scalar> Descend<'a, S> {
    /// Changes `parameters`.
    #[inline(always)]
    pub fn new(parameters: &'a mut [S]) -> Self {
        Self { parameters, trained: true }
    }
}

impl<S: Scalar> Learning<S> for Descend<'_, S> {
    type Part<'a>
        = Descend<'a, S>
    where
        Self: 'a;

    #[inline(always)]
    fn parameters(&self) -> &[S] {
        self.parameters
    }

    #[inline(always)]
    fn part(&mut self, place: Place) -> Self::Part<'_> {
        Descend {
            parameters: self.parameters.get_mut(place.stored()).unwrap_or(&mut []),
            trained: self.trained && place.trained.is_some(),
        }
    }

    #[inline(always)]
    fn layer<C: Calls, L: Layer<S>, const T: usize>(
        &mut self,
        calls: C,
        place: Place,
        layer: &L,
        io: Backward<'_, S, T>,
    ) {
        const {
            assert!(
                !L::GRADIENT_READS_PARAMETERS,
                "a layer of this network cannot be updated in place, because its gradient depends on its own parameters: use a `Trainer`"
            );
        }
        let Descend { parameters, trained } = self.part(place);
        let of_gradient = place.trained().map_or(0, |range| range.len());
        let Backward { pass, x, y, saved, state, dy, dx, scratch, .. } = io;
        if !dx.is_empty() {
            let scratch = &mut *scratch;
            let io = Backward { parameters, x, y, saved, state, dy, dx, scratch, ..Backward::of(pass) };
            calls.backward(layer, io);
        }
        if trained {
            // Where only biases are trained: they come last.
            let before = parameters.len().saturating_sub(of_gradient);
            let gradient = parameters.get_mut(before..).unwrap_or(&mut []);
            let io = Backward { x, y, saved, state, dy, gradient, scratch, ..Backward::of(pass) };
            calls.backward(layer, io);
        }
    }

    #[inline(always)]
    fn own<L: Flat<Number = S>>(&mut self, backward: impl FnOnce(&L, &mut L)) {
        let Some(layer) = L::from_flat(self.parameters) else { return };
        let mut change = zero::<L>();
        backward(layer, &mut change);
        if self.trained {
            for (parameter, change) in self.parameters.iter_mut().zip(change.flat()) {
                *parameter += *change;
            }
        }
    }
}
