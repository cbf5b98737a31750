//! Checkpoints of a trainer, in memory.

use super::bytes;
use super::support::{classes, many};
use backprop::checkpoint::Error;
use backprop::prelude::*;
use backprop::{optimizers, rand_core::Rng as _};

#[network(input = 4, layers = [dense(4), batch_norm, tanh])]
struct Part;

/// Measures in itself and in a network within it, drops, and holds something frozen.
#[network(
    input = 4,
    layers = [Part, dense(5), batch_norm, relu, frozen[dense(5)], dropout(0.3), dense(3)],
    loss = cross_entropy,
    tile = 16
)]
struct Mixed;

#[network(input = 4, layers = [dense(5), relu, dropout(0.3), dense(3)], loss = cross_entropy, tile = 1)]
struct Single;

#[network(
    input = 4,
    layers = [dense(5), batch_norm, relu, dropout(0.3), dense(3)],
    loss = cross_entropy,
    scalar = f64
)]
struct Double;

/// A piece of a run, with everything in it that a trainer remembers.
fn train<N, O>(net: &mut N, trainer: &mut Trainer<N, O>, steps: std::ops::Range<usize>)
where
    N: Trainable<Sample = [<N as Network>::Scalar; 4], Target = Class>,
    O: Optimizer,
{
    for step in steps {
        // More than a tile, and one that is not full.
        let (xs, ys) = (many(20, step as u64), classes(20, 3, step as u64));
        match step % 3 {
            0 => trainer.accumulate(net, &xs, &ys).map(|_| ()),
            1 => trainer.step_weighted(net, &xs, &ys, &many(20, 7).map_weights()).map(|_| ()),
            _ => trainer.step(net, &xs, &ys).map(|_| ()),
        }
        .expect("a batch");
        if step == 4 {
            trainer.set_learning_rate(0.003);
            trainer.set_group("dense1", 0.5, 2.0).expect("a layer");
            trainer.clip_norm(Some(0.7));
        }
        if step == 5 {
            trainer.freeze_statistics(true);
        }
    }
}

/// Weights of samples from drawn numbers.
trait Weights<S> {
    fn map_weights(self) -> Vec<S>;
}

impl<S: backprop::Scalar> Weights<S> for Vec<[S; 1]> {
    fn map_weights(self) -> Vec<S> {
        self.into_iter().map(|[weight]| weight.abs() + S::ONE).collect()
    }
}

/// Interrupts after each step of a run, also where gradients and statistics are pending.
fn resumes<N, O>(optimizer: O)
where
    N: Trainable<Sample = [<N as Network>::Scalar; 4], Target = Class>,
    O: Optimizer + Clone + PartialEq,
{
    const STEPS: usize = 8;
    let (mut net, mut trainer) = (N::new(&mut backprop::rng(1)), Trainer::<N, O>::new(optimizer.clone()));
    trainer.set_seed(5);
    let mut saved = vec![bytes(&net, &trainer)];
    for step in 0..STEPS {
        train(&mut net, &mut trainer, step..step + 1);
        saved.push(bytes(&net, &trainer));
        assert_ne!(saved[step], saved[step + 1]);
    }
    for (step, checkpoint) in saved.iter().enumerate() {
        let (mut other, mut resumed) = (N::new(&mut backprop::rng(2)), Trainer::new(optimizer.clone()));
        resumed.from_bytes(&mut other, checkpoint).expect("a checkpoint");
        assert_eq!(&bytes(&other, &resumed), checkpoint);
        // Copies are the same, whatever they were, and go on alike.
        let (mut twin, mut copy) = (N::new(&mut backprop::rng(3)), Trainer::<N, O>::new(optimizer.clone()));
        train(&mut twin, &mut copy, 0..STEPS - step / 2);
        assert!(copy != resumed, "after step {step}");
        N::copy_from(&mut twin, &other);
        copy.copy_from(&resumed);
        assert!(copy == resumed && *resumed.boxed_clone() == copy, "after step {step}");
        train(&mut other, &mut resumed, step..STEPS);
        assert_eq!(bytes(&other, &resumed), saved[STEPS], "resumed after step {step}");
        assert!(copy != resumed || step == STEPS);
        train(&mut twin, &mut copy, step..STEPS);
        assert_eq!(bytes(&twin, &copy), saved[STEPS], "copied after step {step}");
    }
}

#[test]
fn what_is_resumed_ends_with_the_same_bits() {
    resumes::<Mixed, _>(Sgd::new(0.1));
    resumes::<Mixed, _>(Sgd::new(0.1).momentum(0.9).dampening(0.1).nesterov());
    resumes::<Mixed, _>(Adam::new(0.01));
    resumes::<Mixed, _>(AdamW::new(0.01).amsgrad());
    resumes::<Mixed, _>(optimizers::Adamax::new(0.01));
    resumes::<Mixed, _>(optimizers::NAdam::new(0.01));
    resumes::<Mixed, _>(optimizers::RAdam::new(0.01));
    resumes::<Mixed, _>(optimizers::RmsProp::new(0.01).momentum(0.9).centered());
    resumes::<Mixed, _>(optimizers::Adagrad::new(0.01));
    resumes::<Mixed, _>(optimizers::Adadelta::new(1.0));
    resumes::<Mixed, _>(optimizers::Rprop::new(0.01));
    resumes::<Mixed, _>(optimizers::Asgd::new(0.01).start(3));
    resumes::<Mixed, _>(optimizers::Lion::new(0.001));
    resumes::<Mixed, _>(optimizers::Penalized::new(Adam::new(0.01)).l1(0.1));
    resumes::<Single, _>(Adam::new(0.01));
    resumes::<Single, _>(Sgd::new(0.1).momentum(0.9));
    resumes::<Double, _>(Adam::new(0.01));
    resumes::<Box<Double>, _>(Sgd::new(0.1));
}

#[network(input = 2, layers = [dense(2), tanh, dense(1)], loss = mse)]
struct Small;

fn small() -> (Small, Trainer<Small>, Vec<u8>) {
    let (mut net, mut trainer) = (Small::new(&mut backprop::rng(1)), Trainer::new(Adam::new(0.01)));
    trainer.step(&mut net, &[[0.5, -1.0]], &[[1.0]]).expect("a batch");
    let checkpoint = bytes(&net, &trainer);
    (net, trainer, checkpoint)
}

/// That bytes are refused, and nothing changes.
fn refused(bytes: &[u8]) -> Error {
    let (mut net, mut trainer, before) = small();
    trainer.step(&mut net, &[[1.0, 0.0]], &[[0.0]]).expect("a batch");
    let after = super::bytes(&net, &trainer);
    assert_ne!(before, after);
    let error = trainer.from_bytes(&mut net, bytes).expect_err("no checkpoint of this");
    assert_eq!(super::bytes(&net, &trainer), after);
    error
}

#[test]
fn each_byte_counts_and_so_does_each_length() {
    let (_, _, checkpoint) = small();
    for place in 0..checkpoint.len() {
        for change in [1, 0x80, 0xff] {
            let mut other = checkpoint.clone();
            other[place] ^= change;
            let error = refused(&other);
            let fits = match place {
                0..8 => error == Error::NoCheckpoint,
                8..12 => matches!(error, Error::Version { .. }),
                // The length: shorter, or longer than there are bytes.
                16..24 => matches!(error, Error::Corrupt | Error::Truncated { .. }),
                _ => error == Error::Corrupt,
            };
            assert!(fits, "byte {place}: {error}");
        }
        let error = refused(&checkpoint[..place]);
        let fits = matches!(error, Error::Truncated { found, .. } if found == place);
        assert!(fits || (place == 0 && error == Error::NoCheckpoint), "length {place}: {error}");
    }
}

#[test]
fn what_follows_is_passed_over() {
    let (mut net, mut trainer, mut checkpoint) = small();
    checkpoint.extend([0xff; 100]);
    trainer.from_bytes(&mut net, &checkpoint).expect("a checkpoint in a page of flash");
}

#[test]
fn a_buffer_that_is_too_small_stays_as_it_is() {
    let (net, trainer, checkpoint) = small();
    let mut buffer = vec![7; checkpoint.len() - 1];
    let error = trainer.to_bytes(&net, &mut buffer).expect_err("too small");
    assert_eq!(error, Error::Room { found: checkpoint.len() - 1, needed: checkpoint.len() });
    assert!(buffer.iter().all(|byte| *byte == 7));
    let mut buffer = vec![7; checkpoint.len() + 1];
    trainer.to_bytes(&net, &mut buffer).expect("room");
    assert_eq!((&buffer[..checkpoint.len()], buffer[checkpoint.len()]), (&checkpoint[..], 7));
}

/// A checkpoint of another declaration.
macro_rules! other {
    ($optimizer:expr, $($declaration:tt)*) => {{
        #[network($($declaration)*)]
        struct Small;
        bytes(&Small::new(&mut backprop::rng(1)), &Trainer::<Small, _>::new($optimizer))
    }};
}

#[test]
fn what_differs_is_named() {
    let adam = Adam::new(0.01);
    let message = |bytes: &[u8]| refused(bytes).to_string();
    let of_other_numbers = other!(adam, input = 2, layers = [dense(3), tanh, dense(1)]);
    assert_eq!(
        message(&of_other_numbers),
        "the checkpoint is of a network `Small` of 13 numbers, this one is `Small` of 9 numbers: declare the network as it was"
    );
    for of_other_layers in [
        other!(adam, input = 2, layers = [dense(2), relu, dense(1)]),
        other!(adam, input = 2, layers = [dense(2), tanh, last: dense(1)]),
        other!(adam, input = 2, layers = [dense(2), tanh, residual[dense(2), dropout(0.1)], dense(1)]),
        other!(adam, input = 2, layers = [dense(2), tanh, dropout(0.1), dense(1)]),
        other!(adam, input = 2, layers = [frozen[dense(2)], tanh, dense(1)]),
    ] {
        assert!(matches!(refused(&of_other_layers), Error::Network { .. }));
    }
    assert_eq!(
        message(&other!(adam, input = 2, layers = [dense(2), relu, dense(1)])),
        "the checkpoint is of a network `Small` with other layers, names or settings, this one is `Small` of 9 numbers: declare the network as it was"
    );
    assert_eq!(
        message(&other!(adam, input = 2, layers = [dense(2), tanh, dense(1)], scalar = f64)),
        "the checkpoint is of a network in f64, this one computes in f32: declare `scalar = f64`"
    );
    assert_eq!(
        message(&other!(adam, input = 2, layers = [dense(2), tanh, dense(1)], tile = 1)),
        "the checkpoint is of a network that works on 1 samples together, this one on 32: declare `tile = 1`"
    );
    let momentum = Sgd::new(0.1).momentum(0.9);
    assert_eq!(
        message(&other!(momentum, input = 2, layers = [dense(2), tanh, dense(1)])),
        "the checkpoint is of a trainer with `Sgd<Momentum>`, this one has `Adam`: make the trainer with the same optimizer"
    );
    // The loss may change, and so may the name of the struct.
    let (mut net, mut trainer, _) = small();
    let fits = other!(adam, input = 2, layers = [dense(2), tanh, dense(1)], loss = huber);
    trainer.from_bytes(&mut net, &fits).expect("the same network");
    let (_, _, mut checkpoint) = small();
    checkpoint[8] = 9;
    assert_eq!(
        message(&checkpoint),
        "the checkpoint has the layout 9, this version of the library reads 1: read it with the version that wrote it"
    );
    assert_eq!(
        message(b"no checkpoint"),
        "this is no checkpoint: give what `to_bytes` or `save` of a trainer has written"
    );
}

/// A checkpoint of an earlier version of this crate: what it wrote is read.
#[test]
fn a_checkpoint_of_old_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/checkpoint/small.checkpoint");
    let (mut net, mut trainer, checkpoint) = small();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &checkpoint).expect("a fixture");
    }
    let old = std::fs::read(path).expect("a fixture");
    trainer.from_bytes(&mut net, &old).expect("a checkpoint");
    assert_eq!(bytes(&net, &trainer), old);
}

/// One of a trainer that goes sample by sample, and its copies.
#[test]
fn online_training_goes_on() {
    let steps = |net: &mut Single, trainer: &mut OnlineTrainer<Single>, steps: std::ops::Range<u64>| {
        for step in steps {
            let (xs, ys): (Vec<[f32; 4]>, _) = (many(1, step), classes(1, 3, step));
            trainer.step(net, &xs[0], &ys[0]).expect("a sample");
        }
    };
    let (mut net, mut trainer) = (Single::new(&mut backprop::rng(1)), OnlineTrainer::new(0.1));
    trainer.set_seed(9);
    steps(&mut net, &mut trainer, 0..5);
    let mut checkpoint = vec![0; OnlineTrainer::<Single>::CHECKPOINT_BYTES + 3];
    trainer.to_bytes(&net, &mut checkpoint).expect("room");
    let (mut other, mut resumed) = (Single::zeroed(), OnlineTrainer::zeroed());
    let (mut twin, mut copy) = (net.boxed_clone(), OnlineTrainer::new(0.5));
    assert!(copy != trainer);
    copy.copy_from(&trainer);
    resumed.from_bytes(&mut other, &checkpoint).expect("a checkpoint");
    assert!(copy == trainer && resumed == trainer && *other.parameters() == *net.parameters());
    steps(&mut net, &mut trainer, 5..9);
    steps(&mut other, &mut resumed, 5..9);
    steps(&mut twin, &mut copy, 5..9);
    assert!(copy == trainer && resumed == trainer);
    assert!(*other.parameters() == *net.parameters() && *twin.parameters() == *net.parameters());

    let folder = super::Folder::new("online");
    trainer.save(&net, folder.file("online")).expect("a file");
    OnlineTrainer::zeroed().load(&mut other, folder.file("online")).expect("a file");
    let error = Trainer::<Single, Sgd>::new(Sgd::new(0.1)).from_bytes(&mut net, &checkpoint);
    assert_eq!(
        error.expect_err("of another trainer").to_string(),
        "the checkpoint is of a trainer with `OnlineTrainer`, this one has `Sgd`: make the trainer with the same optimizer"
    );
    checkpoint[150] ^= 1;
    assert_eq!(resumed.from_bytes(&mut other, &checkpoint), Err(Error::Corrupt));
    assert_eq!(
        trainer.to_bytes(&net, &mut checkpoint[..99]),
        Err(Error::Room { found: 99, needed: OnlineTrainer::<Single>::CHECKPOINT_BYTES })
    );
    assert!(resumed == trainer);
}

/// The sum over what has been changed on purpose.
fn seal(bytes: &mut [u8]) {
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[16..]);
    bytes[12..16].copy_from_slice(&sum.sum().to_le_bytes());
}

/// `FUZZ_SECONDS=600` goes on for so long.
#[test]
fn bytes_at_random_do_not_panic() {
    let seconds = std::env::var("FUZZ_SECONDS").map_or(1, |text| text.parse().expect("seconds"));
    let (end, mut rng) =
        (std::time::Instant::now() + std::time::Duration::from_secs(seconds), backprop::rng(seconds));
    let (mut net, mut trainer, checkpoint) = small();
    let (mut tried, mut read) = (0, 0);
    while std::time::Instant::now() < end {
        let mut bytes = checkpoint.clone();
        let mut below = |limit: usize| rng.next_u32() as usize % limit;
        for _ in 0..=below(4) {
            let (place, change) = (below(bytes.len()), below(256) as u8);
            match below(8) {
                0 => bytes.truncate(place.max(1)),
                1 => bytes.insert(place, change),
                2 => drop(bytes.remove(place)),
                _ => bytes[place] = change,
            }
            if bytes.is_empty() {
                break;
            }
        }
        // Most changes are found by the sum: sealed anew, they reach what lies behind it.
        if bytes.len() > 24 && below(4) > 0 {
            let length = bytes.len() as u64;
            bytes[16..24].copy_from_slice(&length.to_le_bytes());
            seal(&mut bytes);
        }
        tried += 1;
        if trainer.from_bytes(&mut net, &bytes).is_ok() {
            read += 1;
            // Whatever was read, a step may be refused and does not panic.
            let _ = trainer.step(&mut net, &[[0.5, -1.0]], &[[1.0]]);
            let _ = trainer.set_group("dense1", 1.0, 1.0);
            net = Small::new(&mut backprop::rng(1));
            trainer = Trainer::new(Adam::new(0.01));
        }
    }
    println!("{tried} tried, {read} read");
    assert!(tried > 0 && read > 0);
}
