//! Truncated backpropagation through time: windows that follow one another.

use super::Trainer;
use super::batch::{Batch, check_samples, check_targets, declared, samples_of};
use crate::calls::Apart;
use crate::learning::Accumulate;
use crate::losses::Totals;
use crate::network::{Network, Trainable, Training};
use crate::optimizers::Optimizer;
use crate::streaming::{Carrying, Remembered, StateOf, Steps, Streaming, expect_carried};
use crate::{AsTarget, Error, Flat, Loss, Sample, Scalar};

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// One step of truncated backpropagation through time (Williams and Peng 1990): [`step`](Self::step) on windows of
    /// sequences that are longer than a window. Window `xs[i]` begins from `states[i]`, at first `Net::state()`, which becomes
    /// what the network remembers at the window's end. The state is carried from window to window and the gradient is not,
    /// as in PyTorch after `h.detach()`.
    ///
    /// For networks that can run [one step at a time](Streaming) and whose memory is that of recurrent layers; for another
    /// a call is a compile error that names the layer. It runs on one thread.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// // The input of ten steps ago, in windows of four.
    /// #[network(input = [4, 1], layers = [gru(8), dense(1)], loss = mse)]
    /// struct Echo;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// let mut net = Echo::new(&mut backprop::rng(1));
    /// let mut trainer = Trainer::new(Adam::new(1e-2));
    /// let mut states = [Echo::state()];
    /// let signal = |t: usize| (t as f32).sin();
    /// for window in 0..20 {
    ///     let x = core::array::from_fn(|step| signal(4 * window + step));
    ///     let y = core::array::from_fn(|step| signal((4 * window + step).saturating_sub(10)));
    ///     trainer.step_with_state(&mut net, &[x], &[y], &mut states)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::StatesOverRanks`] if the trainer is distributed; as `step`, and states of another number than windows. Network and optimizer are as before then; so are the states, but
    /// if a loss or gradient is not finite in a batch of more than one tile, those of the tiles before it, and of all if it is
    /// the update that fails, have moved on.
    pub fn step_with_state<Y>(
        &mut self,
        net: &mut N,
        xs: &[N::Sample],
        ys: &[Y],
        states: &mut [StateOf<N>],
    ) -> Result<N::Scalar, Error>
    where
        N: Streaming + Trainable,
        N::Workspace: Carrying<N::Core>,
        Y: AsTarget<N::Target>,
    {
        const { expect_carried(N::NAME, <N::Core as Steps>::NOT_CARRIED) }
        if self.is_distributed() {
            return Err(Error::StatesOverRanks);
        }
        check_targets::<N, Y>(xs, ys, None)?;
        Error::check_lengths("inputs", xs.len(), "states", states.len())?;
        check_samples::<N>(xs)?;
        let factors = &N::LOSS.factors(ys, None);
        let batch = Batch { carried: true, ..self.batch(net, xs) };
        let mut total = Totals::default();
        self.workspace.fit(batch.widest());
        let width = self.workspace.width();
        for index in 0..batch.tiles() {
            let range = samples_of(index, xs.len(), batch.tile());
            let states = &mut states[range.clone()];
            // Lanes without a sample repeat the first, as those of the input do.
            for lane in 0..width {
                let state = if lane < states.len() { lane } else { 0 };
                self.workspace.begin_from(lane, states[state].parts().0);
            }
            let learning = Accumulate::new(net.parameters().as_ref(), self.gradients.0.flat_mut());
            let mut learning = learning.first(self.samples == 0 && index == 0);
            let sum = batch.run(
                Apart,
                index,
                &mut self.workspace,
                declared::<N, Y>(factors, ys, None),
                &mut learning,
            );
            if !sum.loss.is_finite() {
                let error = Error::NonFiniteLoss { sample: batch.culprit(index, &mut self.workspace) };
                return self.finish(Err(error), 0, |weight| weight);
            }
            total.add(sum);
            for (lane, (state, x)) in states.iter_mut().zip(&xs[range]).enumerate() {
                let (numbers, steps) = state.parts();
                self.workspace.ended_with(lane, numbers);
                let window = x.length().unwrap_or(N::INPUTS / <N::Core as Steps>::STEP_INPUTS.max(1));
                *steps = steps.wrapping_add(window as u32);
            }
        }
        let loss = self.finish(Ok(total.value()), xs.len(), |weight| N::LOSS.divisor(weight))?;
        self.update(net)?;
        Ok(loss)
    }
}
