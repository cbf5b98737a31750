//! From a table to a classifier that takes raw numbers: wines told apart by what a laboratory measures.
//!
//! ```sh
//! cargo run --release --example table
//! ```

use backprop::data::{Columns, Labels, Normalizer, Table};
use backprop::{metrics, prelude::*, safetensors};

/// Thirteen measurements in, one of three cultivars out. The first two layers are the normaliser, and rest.
#[network(
    input = 13,
    layers = [frozen[shift: bias, scale: scale], dense(32), relu, dropout(0.2), dense(3)],
    loss = cross_entropy,
)]
struct Wine;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/tables/wine.csv");
    let (train, test) = Table::read(path)?.shuffled(1).split(0.25);
    let columns = Columns::learn(&train, train.names_but(&["cultivar"])?)?;
    let labels = Labels::learn(&train, "cultivar")?;
    let (xs, ys) = (columns.encode(&train)?, labels.encode(&train)?);

    let mut net = Wine::new(&mut backprop::rng(1));
    let normalizer = Normalizer::of(&xs)?;
    (net.shift.bias, net.scale.weight) = (normalizer.shift, normalizer.scale);
    let f1 = |outputs: &[[f32; 3]], labels: &[usize]| metrics::f1(outputs, labels, 0);
    let fit = Fit::epochs(200).batch(16).shuffle(1).split(0.2).patience(30).metric("f1", f1).progress();
    let mut trainer = Trainer::boxed(Adam::new(0.005));
    let history = trainer.fit(&mut net, &xs, &ys, &fit)?;
    println!("the best of {} epochs: {}", history.epochs().len(), history.epochs()[history.best]);

    let found = trainer.evaluate(&net, &columns.encode(&test)?, &labels.encode(&test)?)?;
    println!(
        "loss {:.3} on {} others, accuracy {:.3}",
        found.loss,
        found.samples,
        found.accuracy.unwrap_or(0.0)
    );
    safetensors::save(&net, std::env::temp_dir().join("wine.safetensors"))?;
    assert!(found.accuracy > Some(0.9));
    Ok(())
}
