//! [`Streaming`]: a network on a sequence, run one step of time at a time.
//!
//! A layer is *causal* if its output at a step depends on that step and those before it alone. Such a layer either
//! computes each step by itself, or [`Remembers`] what it needs of the steps before in numbers that do not grow. What all
//! layers of a network remember is its [`State`]. The macro writes [`Steps`], one step of any number of streams;
//! [`Streaming`] is what users see.

mod blocks;
mod memory;
mod room;

pub use blocks::{BlockRoom, Blocks, InBlocks};
pub use memory::{Carries, Carrying, Memory, NoState, Remembered, Remembers, State, exchange, part};
pub(crate) use memory::{without_tail, without_tails};
pub use room::{ManySteps, OneStep, StepRoom, StepTile, streams};

use crate::calls::{Apart, Calls, Whole};
use crate::flat::zero;
use crate::network::Passes;
use crate::parts::Parts as _;
use crate::sample::Sample;
use crate::{Error, Flat, Network, Zeroed};

/// Traits that nothing implements: the bounds of the methods of a network `N` that its layer `L` keeps from running one step
/// at a time. Messages are written out, because an attribute takes no `concat!`.
macro_rules! reasons {
    ($($reason:ident: $message:literal;)*) => { $(
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = "every layer would have to be causal")]
        pub trait $reason<N, L> {}
    )* };
}
reasons! {
    AllAtOnce: "`{N}` cannot run one step of time at a time: its layer `{L}` works on all steps at once";
    LooksAhead: "`{N}` cannot run one step of time at a time: its layer `{L}` looks at later steps: write `padding = causal`";
    Shortens: "`{N}` cannot run one step of time at a time: its layer `{L}` shortens the sequence: write `padding = causal`";
    Strides: "`{N}` cannot run one step of time at a time: its layer `{L}` has a stride, so that not every step has an output: give it a stride of 1";
    GoesBackward: "`{N}` cannot run one step of time at a time: its layer `{L}` goes backward through time too: leave out `bidirectional`";
    SlopeForEachStep: "`{N}` cannot run one step of time at a time: its layer `{L}` has a slope for each step of the window";
    PositionForEachStep: "`{N}` cannot run one step of time at a time: its layer `{L}` has learnt a position for each step of the window: write `positional_encoding` without `mode = learned`";
    JoinsTime: "`{N}` cannot run one step of time at a time: its layer `{L}` joins sequences one after the other in time";
    JoinsTimeless: "`{N}` cannot run one step of time at a time: its layer `{L}` joins what has a time axis with what has none";
}

/// The first that there is.
pub const fn first_of(all: &[Option<&'static str>]) -> Option<&'static str> {
    let mut index = 0;
    while index < all.len() {
        if all[index].is_some() {
            return all[index];
        }
        index += 1;
    }
    None
}

/// Fails to compile where windows of a network cannot follow one another in training.
#[track_caller]
pub const fn expect_carried(network: &str, not_carried: Option<&str>) {
    let Some(layer) = not_carried else { return };
    let text = crate::text::Text::new()
        .push("network `")
        .push(network)
        .push("`: windows cannot follow one another in ");
    let text =
        text.push("training, because what layer `").push(layer).push("` remembers is not carried: give it ");
    let text = text.push("longer windows with `step`");
    panic!("{}", text.or("windows of a network cannot follow one another in training"));
}

/// The code that `#[network]` writes for one step of time, for `T` streams at a time.
pub trait Steps: Passes {
    /// What a step works in.
    type StepSlots<const T: usize>: Zeroed + Send;

    /// Why the network cannot run one step at a time, if it cannot. Then all else here is of no meaning.
    const NOT_CAUSAL: Option<&'static str> = None;
    /// Numbers that all layers remember.
    const MEMORY: usize = 0;
    /// Features of a step of the input.
    const STEP_INPUTS: usize = 0;
    /// Features of a step of the output.
    const STEP_OUTPUTS: usize = 0;
    /// Multiply-adds of a step.
    const STEP_MULTIPLY_ADDS: usize = 0;
    /// Whether a step of one stream is compiled as a whole: see [`calls`](crate::calls).
    const STEP_IS_TINY: bool = false;
    /// Streams that are worked on together.
    const STREAMS: usize = 1;

    /// The layer whose memory training does not carry from window to window, if there is one.
    const NOT_CARRIED: Option<&'static str> = None;

    /// [`exchange`] of all layers: from `state` into the buffers of training, or from there.
    fn exchange<const T: usize>(
        slots: &mut Self::Slots<T>,
        lane: usize,
        state: &mut [Self::Number],
        take: bool,
    ) {
        let _ = (slots, lane, state, take);
    }

    /// Computes a step's output from its input, and what is remembered after it.
    fn step<C: Calls, const T: usize>(
        &self,
        calls: C,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::StepSlots<T>,
        memory: Memory<'_, Self::Number, T>,
    ) {
        let _ = (calls, x, y, slots, memory);
    }
}

/// Fails to compile where a network within a network cannot run one step at a time.
#[track_caller]
pub const fn expect_causal(network: &str, layer: &str, not_causal: Option<&str>) {
    let Some(why) = not_causal else { return };
    let text =
        crate::text::Text::new().push("network `").push(network).push("` cannot run one step at a time: ");
    let text = text.push("its layer `").push(layer).push("` is a network that cannot: ").push(why);
    panic!("{}", text.or("a network cannot run one step at a time"));
}

/// Implements [`Steps`] for a network that cannot run one step at a time, with the reason.
#[macro_export]
#[doc(hidden)]
macro_rules! not_causal {
    ($network:ident, $why:literal) => {
        impl $crate::streaming::Steps for $network {
            type StepSlots<const __TILE: usize> = ();
            const NOT_CAUSAL: ::core::option::Option<&'static str> = ::core::option::Option::Some($why);
        }
    };
}

/// Methods of a network that cannot run one step at a time, whose call is the error that `$causal` is not implemented.
#[macro_export]
#[doc(hidden)]
macro_rules! no_steps {
    ($network:ident: $causal:path) => {
        #[doc(hidden)]
        #[allow(missing_docs)]
        impl $network {
            pub const fn state() -> $crate::streaming::NoState {
                $crate::streaming::NoState
            }
            pub fn step<__X, __State>(&self, _: __X, _: __State) -> $crate::streaming::NoState
            where
                __X: $causal,
            {
                $crate::streaming::NoState
            }
            pub fn step_into<__X, __Y, __State>(&self, _: __X, _: __Y, _: __State)
            where
                __X: $causal,
            {
            }
            pub fn step_block<__X, __Y, __State>(
                &self,
                _: __X,
                _: __Y,
                _: __State,
            ) -> ::core::result::Result<(), $crate::Error>
            where
                __X: $causal,
            {
                ::core::result::Result::Ok(())
            }
            pub fn step_batch<__X, __Y, __State>(
                &self,
                _: __X,
                _: __Y,
                _: __State,
            ) -> ::core::result::Result<(), $crate::Error>
            where
                __X: $causal,
            {
                ::core::result::Result::Ok(())
            }
            pub fn state_after<__X>(&self, _: __X) -> $crate::streaming::NoState
            where
                __X: $causal,
            {
                $crate::streaming::NoState
            }
        }
    };
}

/// A network on `[time, features]` that runs one step of time at a time: in constant memory, in constant time, for ever.
///
/// `#[network]` implements it for every network whose layers are all causal: recurrent layers in the direction of time,
/// `conv1d` with `padding = causal` and a stride of 1, sinusoidal `positional_encoding`, and what computes each step by itself (`dense`, activations,
/// norms over features, `batch_norm` as in prediction, `embedding`), in graphs, within networks within the network, and
/// with any layers behind [`last`](crate::layers::Last). For others a call of `step` is a compile error that names the
/// layer.
///
/// The outputs are those of [`predict`](Network::predict) on the whole sequence, to the bit, whatever length the network
/// was declared with. There is one exception: numbers nearer to zero than 2⁻¹⁰⁰ (`f64`: 2⁻⁹⁹⁶) are taken as 0 where they enter,
/// and in what is remembered (of a recurrent layer its outputs), so that the time of a step does not depend on how quiet it is. Nothing is allocated, locked
/// or waited for.
///
/// ```
/// use backprop::prelude::*;
///
/// #[network(input = [8, 1], layers = [gru(4), dense(1)])]
/// struct Filter;
///
/// let net = Filter::new(&mut backprop::rng(1));
/// let mut state = Filter::state();
/// let whole = net.predict(&[0.5; 8]);
/// for step in 0..8 {
///     let [y] = net.step(&[0.5], &mut state);
///     assert_eq!(y, whole[step]);
/// }
/// assert_eq!(Filter::STATE_BYTES, size_of_val(&state));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run one step of time at a time",
    note = "it is for networks on `[time, features]` whose layers are all causal"
)]
pub trait Streaming: Network<Core: Steps> {
    /// What the network remembers: see [`State`].
    type State: Remembered<Self::Scalar> + core::fmt::Debug;
    /// A step of the input: `[S; features]`, or `[u32; 1]` before an embedding.
    type StepSample: Sample<Self::Scalar>;
    /// A step of the output, `[S; n]`. Of several heads, their steps in the order of declaration.
    type StepOutput: Flat<Number = Self::Scalar> + Copy;
    /// Room for a step of one stream.
    type StepRoom: OneStep<Self::Core>;
    /// Room for a step of many streams.
    type StepTile: ManySteps<Self::Core>;
    /// Room for several steps of one stream.
    type BlockRoom: InBlocks<Self::Core>;

    /// What the network remembers before the first step.
    const START: Self::State;
    /// Bytes of what it remembers.
    const STATE_BYTES: usize = size_of::<Self::State>();

    /// One step of time.
    #[inline]
    fn step(&self, x: &Self::StepSample, state: &mut Self::State) -> Self::StepOutput {
        let mut y = zero();
        self.step_into(x, &mut y, state);
        y
    }

    /// [`step`](Self::step) into a given place.
    #[inline]
    fn step_into(&self, x: &Self::StepSample, y: &mut Self::StepOutput, state: &mut Self::State) {
        steps(self, core::slice::from_ref(x), core::slice::from_mut(y), state);
    }

    /// Several steps: the bits of one after the other. A network with causal convolutions works on 32 of them at a time, which
    /// takes it much less.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] if there are more or fewer places than steps; nothing is done then.
    #[inline]
    fn step_block(
        &self,
        xs: &[Self::StepSample],
        ys: &mut [Self::StepOutput],
        state: &mut Self::State,
    ) -> Result<(), Error> {
        Error::check_lengths("steps", xs.len(), "outputs", ys.len())?;
        let done = blocks::blocks(self, xs, ys, state);
        steps(self, xs.after(done), ys.part_mut(done..), state);
        Ok(())
    }

    /// One step of many streams side by side, such as the agents of a game or the voices of a synthesiser: `xs[i]`, `ys[i]`
    /// and `states[i]` are of stream `i`. The streams may be of different ages.
    ///
    /// Works on tiles of 32 or 16 streams (`f64`: 16 or 8), in up to 64 KiB of the stack; a stream gets the same bits whatever others there are. The
    /// last bits may differ from those of [`step`](Self::step), as those of
    /// [`predict_batch`](Network::predict_batch) from `predict`'s. Networks that remember so much that carrying it into a
    /// tile would take longer than it saves run one stream after the other.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] if there are more or fewer places or states than steps; nothing is done then.
    fn step_batch(
        &self,
        xs: &[Self::StepSample],
        ys: &mut [Self::StepOutput],
        states: &mut [Self::State],
    ) -> Result<(), Error> {
        Error::check_lengths("steps", xs.len(), "outputs", ys.len())?;
        Error::check_lengths("steps", xs.len(), "states", states.len())?;
        if const { room::tiles_pay::<Self>() } {
            room::step_batch(self, xs, ys, states);
        } else {
            for ((x, y), state) in xs.iter().zip(ys).zip(states) {
                self.step_into(x, y, state);
            }
        }
        Ok(())
    }

    /// The state after a sequence of steps whose outputs nobody needs: for instance some silence, until a network of long
    /// memory has settled.
    fn state_after(&self, xs: &[Self::StepSample]) -> Self::State {
        let (mut state, mut y) = (Self::START, zero());
        for x in xs {
            self.step_into(x, &mut y, &mut state);
        }
        state
    }
}

#[cfg(feature = "alloc")]
impl<N: Streaming + Zeroed> Streaming for alloc::boxed::Box<N> {
    type State = N::State;
    type StepSample = N::StepSample;
    type StepOutput = N::StepOutput;
    type StepRoom = N::StepRoom;
    type StepTile = N::StepTile;
    type BlockRoom = N::BlockRoom;
    const START: Self::State = N::START;
}

/// What a network remembers: the type of `Net::state()`.
///
/// ```
/// use backprop::{StateOf, prelude::*};
/// #[network(input = [8, 1], layers = [lstm(4), dense(1)])]
/// struct Filter;
/// struct Voice {
///     state: StateOf<Filter>,
/// }
/// assert_eq!(size_of::<Voice>(), Filter::STATE_BYTES);
/// ```
pub type StateOf<N> = <N as Streaming>::State;

/// Steps of one stream.
#[inline(always)]
fn steps<N: Streaming>(network: &N, xs: &[N::StepSample], ys: &mut [N::StepOutput], state: &mut N::State) {
    if const { <N::Core as Steps>::STEP_IS_TINY } {
        crate::dispatch!(
            N::Scalar: v => steps_by(network, Whole(v), xs, ys, state),
            plain steps_by(network, Apart, xs, ys, state)
        );
    } else {
        steps_by(network, Apart, xs, ys, state);
    }
}

#[inline(always)]
fn steps_by<N: Streaming, C: Calls>(
    network: &N,
    calls: C,
    xs: &[N::StepSample],
    ys: &mut [N::StepOutput],
    state: &mut N::State,
) {
    let (numbers, count) = state.parts();
    let numbers = numbers.as_chunks_mut().0;
    let mut room: N::StepRoom = zero();
    for (x, y) in xs.iter().zip(ys) {
        let y = y.flat_mut().as_chunks_mut().0;
        room.step(calls, network.core(), x, y, Memory { steps: &[*count], numbers: &mut *numbers });
        *count = count.wrapping_add(1);
    }
}
