//! Numbers that remember what they were computed from: the chain rule, one scalar at a time.

/// A number on a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Var(usize);

/// All numbers of a computation in order, each with the numbers it depends on and the derivatives by them.
#[derive(Default)]
pub(crate) struct Tape {
    values: Vec<f64>,
    parents: Vec<Vec<(Var, f64)>>,
}

impl Tape {
    /// A number that was computed from others, with the derivative by each.
    pub(crate) fn push(&mut self, value: f64, parents: Vec<(Var, f64)>) -> Var {
        self.values.push(value);
        self.parents.push(parents);
        Var(self.values.len() - 1)
    }

    /// Numbers that depend on nothing.
    pub(crate) fn leaves(&mut self, values: impl IntoIterator<Item = f64>) -> Vec<Var> {
        values.into_iter().map(|value| self.push(value, Vec::new())).collect()
    }

    pub(crate) fn value(&self, x: Var) -> f64 {
        self.values[x.0]
    }

    pub(crate) fn sum(&mut self, terms: &[Var]) -> Var {
        let value = terms.iter().map(|&x| self.value(x)).sum();
        self.push(value, terms.iter().map(|&x| (x, 1.0)).collect())
    }

    pub(crate) fn mean(&mut self, terms: &[Var]) -> Var {
        let sum = self.sum(terms);
        self.scaled(sum, 1.0 / terms.len() as f64)
    }

    /// The sum of products.
    pub(crate) fn dot(&mut self, factors: &[(Var, Var)]) -> Var {
        let value = factors.iter().map(|&(a, b)| self.value(a) * self.value(b)).sum();
        let parents = factors.iter().flat_map(|&(a, b)| [(a, self.value(b)), (b, self.value(a))]).collect();
        self.push(value, parents)
    }

    pub(crate) fn product(&mut self, a: Var, b: Var) -> Var {
        self.dot(&[(a, b)])
    }

    pub(crate) fn scaled(&mut self, x: Var, factor: f64) -> Var {
        self.push(self.value(x) * factor, vec![(x, factor)])
    }

    pub(crate) fn shifted(&mut self, x: Var, summand: f64) -> Var {
        self.push(self.value(x) + summand, vec![(x, 1.0)])
    }

    pub(crate) fn difference(&mut self, a: Var, b: Var) -> Var {
        self.push(self.value(a) - self.value(b), vec![(a, 1.0), (b, -1.0)])
    }

    /// `x` to a power.
    pub(crate) fn power(&mut self, x: Var, exponent: f64) -> Var {
        let value = self.value(x);
        self.push(value.powf(exponent), vec![(x, exponent * value.powf(exponent - 1.0))])
    }

    pub(crate) fn quotient(&mut self, a: Var, b: Var) -> Var {
        let reciprocal = self.power(b, -1.0);
        self.product(a, reciprocal)
    }

    pub(crate) fn exp(&mut self, x: Var) -> Var {
        let value = self.value(x).exp();
        self.push(value, vec![(x, value)])
    }

    pub(crate) fn ln(&mut self, x: Var) -> Var {
        let value = self.value(x);
        self.push(value.ln(), vec![(x, 1.0 / value)])
    }

    pub(crate) fn tanh(&mut self, x: Var) -> Var {
        let value = self.value(x).tanh();
        self.push(value, vec![(x, 1.0 - value * value)])
    }

    pub(crate) fn sin(&mut self, x: Var) -> Var {
        let value = self.value(x);
        self.push(value.sin(), vec![(x, value.cos())])
    }

    /// The largest, which the others have no part in.
    pub(crate) fn max(&mut self, terms: &[Var]) -> Var {
        let larger = |a: Var, b: Var| if self.value(b) > self.value(a) { b } else { a };
        terms.iter().copied().reduce(larger).expect("at least one")
    }

    /// The derivatives of `Σ factor · number` by every number on the tape.
    pub(crate) fn derivatives(&self, of: impl IntoIterator<Item = (Var, f64)>) -> Derivatives {
        let mut by = vec![0.0; self.values.len()];
        for (x, factor) in of {
            by[x.0] += factor;
        }
        for index in (0..by.len()).rev() {
            for (parent, derivative) in &self.parents[index] {
                by[parent.0] += by[index] * derivative;
            }
        }
        Derivatives(by)
    }
}

/// The derivatives of one number by all others.
pub(crate) struct Derivatives(Vec<f64>);

impl Derivatives {
    pub(crate) fn by(&self, x: Var) -> f64 {
        self.0[x.0]
    }
}
