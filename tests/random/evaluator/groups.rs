//! Layers of layers.

use super::{Evaluator, Module};
use crate::arithmetic::{self, Array};
use crate::tape::{Tape, Var};

impl Evaluator<'_> {
    pub(super) fn group(&mut self, layer: &Module, x: &Array) -> Array {
        match layer {
            Module::Residual { body, shortcut } => {
                let (through, around) = (self.chain(body, x), self.chain(shortcut, x));
                self.add(&[through, around])
            }
            Module::Sum(branches) => {
                let terms = self.branches(branches, x);
                self.add(&terms)
            }
            Module::Product(branches) => {
                let factors = self.branches(branches, x);
                let (first, others) = factors.split_first().expect("at least one");
                others.iter().fold(first.clone(), |x, factor| {
                    self.each(&x, |tape, place, x| tape.product(x, factor.numbers[place]))
                })
            }
            Module::Concat { axis, branches } => arithmetic::join(&self.branches(branches, x), *axis),
            Module::Heads(heads) => {
                let numbers: Vec<Var> =
                    self.branches(heads, x).into_iter().flat_map(|head| head.numbers).collect();
                Array::new(&[numbers.len()], numbers)
            }
            Module::Repeat(times, body) => (0..*times).fold(x.clone(), |x, _| self.chain(body, &x)),
            Module::Frozen(body) => {
                let outer = std::mem::replace(&mut self.frozen, true);
                let y = self.chain(body, x);
                self.frozen = outer;
                y
            }
            Module::Network(name, body) => {
                let outer = (self.enter(name), std::mem::replace(&mut self.is_inner, true));
                let y = self.chain(body, x);
                self.leave(outer.0);
                self.is_inner = outer.1;
                y
            }
            Module::FixedPoint(body) => self.fixed_point(body, x),
            other => panic!("{other:?} is no group"),
        }
    }

    fn add(&mut self, terms: &[Array]) -> Array {
        assert!(terms.iter().all(|term| term.shape == terms[0].shape));
        let sum = |tape: &mut Tape, place: usize, _: Var| {
            tape.sum(&terms.iter().map(|term| term.numbers[place]).collect::<Vec<_>>())
        };
        self.each(&terms[0], sum)
    }

    /// All iterations, unrolled.
    fn fixed_point(&mut self, body: &[Module], x: &Array) -> Array {
        let outer = self.enter("fixed_point");
        let (taken, numbers) = (self.places.len(), self.numbers.clone());
        let mut z = Array::new(&x.shape, self.tape.leaves(vec![0.0; x.numbers.len()]));
        loop {
            // Every iteration has the same parameters.
            self.places.truncate(taken);
            self.numbers.clone_from(&numbers);
            let sum = self.add(&[z.clone(), x.clone()]);
            let next = self.chain(body, &sum);
            let changes = z.numbers.iter().zip(&next.numbers);
            let change = changes.map(|(&a, &b)| (self.tape.value(a) - self.tape.value(b)).abs());
            let largest = change.fold(0.0, f64::max);
            z = next;
            if largest < 1e-14 {
                self.leave(outer);
                return z;
            }
        }
    }
}
