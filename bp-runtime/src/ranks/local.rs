//! Ranks that are threads of one process.

use super::Communicator;
use crate::{Error, Scalar};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::vec::Vec;

/// What one rank sends to another.
enum Message<S> {
    Words(Vec<u64>),
    Numbers(Vec<S>),
}

/// One rank of [`local`].
///
/// A rank that has been dropped is an [`Error::RankLost`] to those that wait for it.
pub struct Local<S> {
    rank: usize,
    to: Vec<Sender<Message<S>>>,
    from: Vec<Receiver<Message<S>>>,
}

impl<S> core::fmt::Debug for Local<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "rank {} of {}", self.rank, self.to.len())
    }
}

/// Ranks for as many threads of this process: to test a program that runs on several machines without them.
///
/// ```
/// use backprop::prelude::*;
/// use backprop::ranks::{Sums, local};
///
/// #[network(input = 3, layers = [dense(4), tanh, dense(1)], loss = mse)]
/// struct Net;
///
/// let (xs, ys) = ([[0.5, 1.0, -1.0]; 256], [[1.0]; 256]);
/// let train = |ranks| {
///     std::thread::scope(|scope| {
///         let ranks: Vec<_> = local(ranks).into_iter().map(|rank| scope.spawn(move || {
///             let mut net = Net::new(&mut backprop::rng(1));
///             let mut trainer = Trainer::new(Adam::new(0.01));
///             trainer.distribute(rank, Sums::default())?;
///             let part = trainer.part(256);
///             trainer.step(&mut net, &xs[part.clone()], &ys[part])?;
///             Ok::<_, backprop::Error>(net.parameters().to_vec())
///         })).collect();
///         ranks.into_iter().map(|rank| rank.join().unwrap().unwrap()).collect::<Vec<_>>()
///     })
/// };
/// assert_eq!(train(1)[0], train(4)[3]);
/// ```
pub fn local<S>(size: usize) -> Vec<Local<S>> {
    let mut ranks: Vec<Local<S>> =
        (0..size).map(|rank| Local { rank, to: Vec::new(), from: Vec::new() }).collect();
    for receiver in 0..size {
        for sender in 0..size {
            let (to, from) = channel();
            if let Some(rank) = ranks.get_mut(sender) {
                rank.to.push(to);
            }
            if let Some(rank) = ranks.get_mut(receiver) {
                rank.from.push(from);
            }
        }
    }
    ranks
}

impl<S> Local<S> {
    fn send(&self, to: usize, message: Message<S>) -> Result<(), Error> {
        let sent = self.to.get(to).map(|to| to.send(message));
        if let Some(Ok(())) = sent { Ok(()) } else { Err(Error::RankLost) }
    }

    fn receive<T: Copy>(
        &self,
        from: usize,
        to: &mut [T],
        take: impl FnOnce(Message<S>) -> Option<Vec<T>>,
    ) -> Result<(), Error> {
        let message = self.from.get(from).and_then(|from| from.recv().ok()).and_then(take);
        match message {
            Some(message) if message.len() == to.len() => {
                to.copy_from_slice(&message);
                Ok(())
            }
            _ => Err(Error::RankLost),
        }
    }

    fn receive_numbers(&self, from: usize, to: &mut [S]) -> Result<(), Error>
    where
        S: Copy,
    {
        self.receive(from, to, |message| match message {
            Message::Numbers(numbers) => Some(numbers),
            Message::Words(_) => None,
        })
    }
}

impl<S: Scalar> Communicator<S> for Local<S> {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn gather(&mut self, own: &[u64], all: &mut [u64]) -> Result<(), Error> {
        (0..self.to.len()).try_for_each(|rank| self.send(rank, Message::Words(own.to_vec())))?;
        for rank in 0..self.to.len() {
            let place = all.get_mut(rank * own.len()..(rank + 1) * own.len()).unwrap_or(&mut []);
            self.receive(rank, place, |message| match message {
                Message::Words(words) => Some(words),
                Message::Numbers(_) => None,
            })?;
        }
        Ok(())
    }

    fn exchange(&mut self, other: usize, own: &[S], theirs: &mut [S]) -> Result<(), Error> {
        self.send(other, Message::Numbers(own.to_vec()))?;
        self.receive_numbers(other, theirs)
    }

    /// In the order of ranks.
    fn sum(&mut self, values: &mut [S], room: &mut [S]) -> Result<(), Error> {
        (0..self.to.len()).try_for_each(|rank| self.send(rank, Message::Numbers(values.to_vec())))?;
        self.receive_numbers(0, values)?;
        for rank in 1..self.to.len() {
            self.receive_numbers(rank, room)?;
            super::add(values, room);
        }
        Ok(())
    }
}
