//! What a [`Trainer`] can be told, and what it holds.

use super::update::risk;
use super::{Group, Trainer};
use crate::losses::Sum;
use crate::network::Network;
use crate::optimizers::{Optimizer, Risk};
use crate::{Error, Real, Scalar, Zeroed};

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// The optimizer.
    pub fn optimizer(&self) -> &O {
        &self.optimizer
    }

    /// The optimizer, to change its settings.
    pub fn optimizer_mut(&mut self) -> &mut O {
        // Tried once, and looked at then.
        self.risk = Risk::Settings;
        &mut self.optimizer
    }

    /// Sets the learning rate from the next step on.
    pub fn set_learning_rate(&mut self, learning_rate: impl Into<Real>) {
        self.optimizer.set_learning_rate(learning_rate.into());
        self.risk = self.risk.max(risk(&self.optimizer, &self.groups));
    }

    /// Sets the seed of dropout (0 unless set).
    pub fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Scales gradients down where their Euclidean norm exceeds `max`; `None` leaves them (the default).
    ///
    /// PyTorch's `clip_grad_norm_`.
    pub fn clip_norm(&mut self, max: Option<f64>) {
        self.settings.clip_norm = max.map(|max| N::Scalar::real(max.into()));
    }

    /// Limits every gradient to ±`max`; `None` leaves them (the default). Applied before the norm's.
    ///
    /// PyTorch's `clip_grad_value_`.
    pub fn clip_value(&mut self, max: Option<f64>) {
        self.settings.clip_value = max.map(|max| N::Scalar::real(max.into()));
    }

    /// Keeps the statistics of batch normalisation as they are from the next batch on, or lets it measure again (the default).
    ///
    /// While they are kept such layers use them, as in prediction, also for the gradients; weights and biases learn on. In PyTorch:
    /// a model that trains with its norms in `eval()`. For batches that are too small to measure, as in fine-tuning.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 2, layers = [batch_norm, dense(1)], loss = mse)]
    /// struct Net;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// let mut net = Net::new(&mut backprop::rng(1));
    /// let mut trainer = Trainer::new(Sgd::new(0.1));
    /// trainer.freeze_statistics(true);
    /// trainer.step(&mut net, &[[1.0, 2.0], [3.0, 5.0]], &[[1.0], [0.0]])?;
    /// assert_eq!(net.batch_norm1.running_mean, [0.0; 2]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn freeze_statistics(&mut self, frozen: bool) {
        self.frozen_statistics = frozen;
    }

    /// Makes a group of parameters learn at `learning_rate` times the optimizer's rate and decay at
    /// `weight_decay` times its weight decay, whatever the declaration says.
    ///
    /// `name` is a layer's, `conv1`, one tensor's of a layer, `conv1.bias`, or that of a network within the
    /// network, `encoder1`.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`] if no layer or tensor has the name.
    pub fn set_group(
        &mut self,
        name: &str,
        learning_rate: impl Into<Real>,
        weight_decay: impl Into<Real>,
    ) -> Result<(), Error> {
        let group = Group {
            learning_rate: N::Scalar::real(learning_rate.into()),
            weight_decay: N::Scalar::real(weight_decay.into()),
        };
        let valid = |factor: N::Scalar| factor >= N::Scalar::ZERO && factor.is_finite();
        if !(valid(group.learning_rate) && valid(group.weight_decay)) {
            return Err(Error::InvalidLearningRate);
        }
        let mut found = false;
        for (tensor, place) in N::tensors().iter().zip(&mut self.groups) {
            if tensor.is_in(name) {
                *place = group;
                found = true;
            }
        }
        self.risk = self.risk.max(risk(&self.optimizer, &self.groups));
        if found { Ok(()) } else { Err(Error::UnknownLayer) }
    }

    /// The sum of gradients since the last update, or right after an update those that it used, limited by
    /// [`clip_value`](Self::clip_value); not divided by the weight of the samples, and not scaled by
    /// [`clip_norm`](Self::clip_norm). Zero once they have been discarded.
    pub fn gradients(&self) -> &N::Gradients {
        &self.gradients.0
    }

    /// The gradients, to change what has been accumulated before [`update`](Self::update) applies it: sums over samples,
    /// not yet divided by their weight.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 2, layers = [dense(1)], loss = mse)]
    /// struct Line;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// let mut net = Line::zeroed();
    /// let mut trainer = Trainer::new(Sgd::new(1.0));
    /// trainer.accumulate(&mut net, &[[1.0, 2.0]], &[[1.0]])?;
    /// trainer.gradients_mut().dense1.bias = [0.0];
    /// trainer.update(&mut net)?;
    /// assert_eq!(net.dense1.bias, [0.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn gradients_mut(&mut self) -> &mut N::Gradients {
        &mut self.gradients.0
    }

    /// The buffers of the last tile, for layers that tell how their pass went.
    ///
    /// `trainer.workspace().slots().settle.most_iterations` is what a `settle: fixed_point(…)[…]` took for the batch of
    /// the last step, see [`Iteration`](crate::layers::Iteration).
    pub fn workspace(&self) -> &N::Workspace {
        &self.workspace
    }

    /// Forgets the gradients that [`accumulate`](Self::accumulate) has added up.
    pub fn discard(&mut self) {
        self.gradients.0.set_zero();
        self.pending = Sum::default();
        self.samples = 0;
    }
}
