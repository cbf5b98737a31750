//! Targets of the steps of samples that have lengths of their own have as many steps.
use backprop::prelude::*;

#[network(input = [..=8, 2], layers = [gru(3)], loss = cross_entropy)]
struct Net;

fn main() -> Result<(), backprop::Error> {
    let x = Sequence::new(&[[1.0, 2.0]])?;
    Trainer::new(Sgd::new(0.1)).step(&mut Net::zeroed(), &[x], &[[0_u8; 8]])?;
    Ok(())
}
