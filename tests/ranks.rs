//! Training over ranks, here threads of this process: the same bits for any number of them, and errors that all learn of.
#![cfg(feature = "distributed")]

mod support;

use backprop::prelude::*;
use backprop::ranks::{Communicator, Local, Sums, broadcast, each, local, part, sum_in_tree};
use backprop::schedules::Exponential;
use backprop::{Error, Scalar};
use std::array;
use std::sync::{Arc, Mutex};
use support::{assert_close, bits, classes, many};

/// What `f` returns on each rank.
fn on_ranks<S: Scalar, T: Send>(ranks: usize, f: impl Fn(Local<S>, usize) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let f = &f;
        let ranks: Vec<_> = local(ranks)
            .into_iter()
            .enumerate()
            .map(|(number, rank)| scope.spawn(move || f(rank, number)))
            .collect();
        ranks.into_iter().map(|rank| rank.join().expect("no rank panics")).collect()
    })
}

/// Losses and parameters of `train` on every rank, the same for 1, 2, 4, and 8 ranks.
fn same_bits<S: Scalar, N: Network<Scalar = S> + Zeroed, O: Optimizer>(
    optimizer: impl Fn() -> O + Sync,
    train: impl Fn(&mut Trainer<N, O>, &mut N) -> Result<Vec<S>, Error> + Sync,
) -> Vec<Vec<u64>> {
    let run = |ranks: usize| {
        on_ranks(ranks, |rank, _| {
            let mut net = N::boxed(&mut backprop::rng(5));
            let mut trainer = Trainer::<N, O>::boxed(optimizer());
            trainer.set_seed(9);
            trainer.distribute(rank, Sums::default()).expect("alike");
            let losses = train(&mut trainer, &mut net).expect("valid data");
            [bits(&losses), bits(net.parameters().as_ref())]
        })
    };
    let one = run(1).remove(0);
    assert!(one[1] != bits(N::boxed(&mut backprop::rng(5)).parameters().as_ref()));
    for ranks in [2, 4, 8] {
        for (rank, other) in run(ranks).into_iter().enumerate() {
            assert_eq!(one[0], other[0], "losses of rank {rank} of {ranks}");
            assert!(one[1] == other[1], "parameters of rank {rank} of {ranks}");
        }
    }
    one.to_vec()
}

#[network(
    input = [1, 8, 8],
    layers = [conv2d(4, kernel = 3), relu, flatten, dropout(0.2), dense(48), tanh, dense(3)],
    loss = cross_entropy(ignore_index = 2),
)]
struct Images;

/// Images and their labels. A part of the labels counts nothing.
fn images(count: usize) -> (Vec<[f32; 64]>, Vec<u8>) {
    (many(count, 5), classes(count, 3, 6))
}

#[test]
fn images_with_dropout_threads_weights_and_clipping() {
    let (xs, ys) = images(300);
    let weights: Vec<f32> = (0..300).map(|i| (i % 4) as f32 * 0.5).collect();
    same_bits::<f32, Images, _>(
        || Adam::new(1e-2),
        |trainer, net| {
            #[cfg(feature = "rayon")]
            trainer.threads(2)?;
            trainer.clip_norm(Some(0.1));
            trainer.set_group("conv2d1", 0.5, 1.0)?;
            let mut losses = Vec::new();
            // From fewer samples than shards on; the fourth is accumulated before the fifth.
            for (batch, accumulates) in [(300, false), (5, false), (8, false), (100, true), (77, false)] {
                let part = trainer.part(batch);
                let (xs, ys, weights) = (&xs[part.clone()], &ys[part.clone()], &weights[part]);
                losses.push(if accumulates {
                    trainer.accumulate_weighted(net, xs, ys, weights)?
                } else {
                    trainer.step_weighted(net, xs, ys, weights)?
                });
            }
            Ok(losses)
        },
    );
}

#[network(
    input = 3,
    layers = [norm: batch_norm(momentum = 1.0), dense(6), tanh, batch_norm, dense(6), heads { class: [dense(3)], size: [dense(1)] }],
    loss = { class: cross_entropy(ignore_index = 0), size: 0.5 * mse(missing = true) },
    scalar = f64, tile = 16,
)]
struct Heads;

/// Half of the classes and a third of the sizes are not known.
fn heads(count: usize) -> (Vec<[f64; 3]>, Vec<HeadsTarget>) {
    let xs: Vec<[f64; 3]> = many(count, 3);
    let target = |i: usize| HeadsTarget {
        class: [0_u8, 1, 0, 2][i % 4].into(),
        size: [if i.is_multiple_of(3) { f64::NAN } else { xs[i][0] }],
    };
    let ys = (0..count).map(target).collect();
    (xs, ys)
}

#[test]
fn heads_and_statistics() {
    let (xs, ys) = heads(90);
    let train = |trainer: &mut Trainer<Heads, Sgd>, net: &mut Heads| {
        let part = trainer.part(90);
        let first = trainer.step(net, &xs[part.clone()], &ys[part])?;
        let mean = (0..3).map(|feature| xs.iter().map(|x| x[feature]).sum::<f64>() / 90.0);
        assert_close("mean", &net.norm.running_mean, &mean.collect::<Vec<_>>(), 1e-12);
        let variance = |feature: usize| {
            let mean = net.norm.running_mean[feature];
            xs.iter().map(|x| (x[feature] - mean).powi(2)).sum::<f64>() / 89.0
        };
        assert_close("variance", &net.norm.running_var, &[0, 1, 2].map(variance), 1e-12);
        let part = trainer.part(40);
        let second = trainer.accumulate(net, &xs[part.clone()], &ys[part])?;
        let part = trainer.part(50);
        let third = trainer.step(net, &xs[40..][part.clone()], &ys[40..][part])?;
        Ok(vec![first, second, third])
    };
    same_bits::<f64, Heads, _>(|| Sgd::new(0.1), train);
}

#[network(input = [2, 1, 3], layers = [batch_norm(momentum = 1.0), flatten, dense(1)], loss = mse, scalar = f64, tile = 16)]
struct Pixels;

/// What a step measures is its own: of a batch with fewer samples than shards, and where statistics rest.
#[test]
fn statistics_are_those_of_the_batch() {
    let (xs, ys): (Vec<[f64; 6]>, Vec<[f64; 1]>) = (many(60, 3), many(60, 4));
    let train = |trainer: &mut Trainer<Pixels, Sgd>, net: &mut Pixels| {
        let mut losses = Vec::new();
        let mut step = |trainer: &mut Trainer<Pixels, Sgd>, net: &mut Pixels, samples: usize| {
            let part = trainer.part(samples);
            losses.push(trainer.step(net, &xs[part.clone()], &ys[part])?);
            Ok::<_, Error>(net.batch_norm1.running_mean)
        };
        let mean = |samples: usize| {
            [0, 1].map(|channel| {
                let sum: f64 = xs[..samples].iter().flat_map(|x| &x[3 * channel..][..3]).sum();
                sum / (3 * samples) as f64
            })
        };
        for samples in [60, 3, 20, 1] {
            let found = step(trainer, net, samples)?;
            assert_close("mean", &found, &mean(samples), 1e-12);
        }
        trainer.freeze_statistics(true);
        for samples in [60, 3] {
            assert_eq!(step(trainer, net, samples)?, net.batch_norm1.running_mean);
            assert_close("kept", &net.batch_norm1.running_mean, &mean(1), 1e-12);
        }
        trainer.freeze_statistics(false);
        assert_close("again", &step(trainer, net, 5)?, &mean(5), 1e-12);
        Ok(losses)
    };
    same_bits::<f64, Pixels, _>(|| Sgd::new(0.01), train);
}

#[network(
    input = 3,
    layers = [dense(6), tanh, heads { class: [dense(3)], size: [dense(1)] }],
    loss = { class: cross_entropy(ignore_index = 0), size: 0.5 * mse(missing = true, reduction = sum) },
    scalar = f64,
)]
struct Plain;

#[test]
fn steps_are_those_of_one_process_up_to_rounding() {
    let (xs, ys) = heads(90);
    let ys: Vec<PlainTarget> = ys.into_iter().map(|y| PlainTarget { class: y.class, size: y.size }).collect();
    let weights: Vec<f64> = (0..90).map(|i| 0.1 + (i % 7) as f64).collect();
    let train = |trainer: &mut Trainer<Plain, Adam>, net: &mut Plain| {
        let mut losses = Vec::new();
        for batch in [90, 20] {
            let part = trainer.part(batch);
            losses.push(trainer.accumulate(net, &xs[part.clone()], &ys[part.clone()]).unwrap());
            let (xs, ys, weights) = (&xs[part.clone()], &ys[part.clone()], &weights[part.clone()]);
            losses.push(trainer.step_weighted(net, xs, ys, weights).unwrap());
            let loss = |i: usize, y: &<Plain as Network>::Output, dy: &mut <Plain as Network>::Output| {
                dy.size[0] = y.size[0] - weights[i];
                0.5 * dy.size[0] * dy.size[0]
            };
            losses.push(trainer.step_with(net, xs, loss).unwrap());
        }
        losses
    };
    let (mut net, mut trainer) = (Plain::new(&mut backprop::rng(5)), Trainer::new(Adam::new(1e-2)));
    let losses = train(&mut trainer, &mut net);
    for (ranks, sums) in
        [(1, Sums::Fixed { shards: 1 }), (2, Sums::default()), (3, Sums::Fast), (1, Sums::Fast)]
    {
        let all = on_ranks(ranks, |rank, _| {
            let (mut net, mut trainer) = (Plain::new(&mut backprop::rng(5)), Trainer::new(Adam::new(1e-2)));
            trainer.distribute(rank, sums).unwrap();
            (train(&mut trainer, &mut net), net.parameters().to_vec())
        });
        for (these, parameters) in &all {
            assert_close("losses", these, &losses, 1e-11);
            assert_close("parameters", parameters, net.parameters(), 1e-9);
            assert_eq!(bits(parameters), bits(&all[0].1), "{ranks} ranks");
        }
    }
}

/// A network and trainer on each rank after a step, what `fault` returns, and what has become of the network. Then all
/// take another step, which must give the bits of ranks without the fault.
fn nothing_changes<T: Send>(
    ranks: usize,
    fault: impl Fn(usize, &mut Trainer<Images, Adam>, &mut Images) -> Result<T, Error> + Sync,
) -> Vec<Error> {
    let (xs, ys) = images(100);
    let run = |faulty: bool| {
        on_ranks(ranks, |rank, number| {
            let (mut net, mut trainer) =
                (Images::new(&mut backprop::rng(5)), Trainer::boxed(Adam::new(1e-2)));
            trainer.distribute(rank, Sums::default()).expect("alike");
            let part = trainer.part(100);
            let (xs, ys) = (&xs[part.clone()], &ys[part]);
            trainer.step(&mut net, xs, ys).expect("a batch");
            let before = bits(net.parameters());
            let error =
                faulty.then(|| fault(number, &mut trainer, &mut net).err().expect("an error on every rank"));
            assert_eq!(before, bits(net.parameters()), "rank {number}");
            trainer.step(&mut net, xs, ys).expect("a batch");
            (error, bits(net.parameters()))
        })
    };
    let (faulty, sound) = (run(true), run(false));
    assert!(faulty.iter().zip(&sound).all(|((_, faulty), (_, sound))| faulty == sound));
    faulty.into_iter().filter_map(|(error, _)| error).collect()
}

/// The error on rank 2 of four, whose eighth sample is spoilt, and what the others are told.
fn spoilt(spoil: impl Fn(&mut [f32; 64], &mut u8) + Sync) -> (Error, Error) {
    let (xs, ys) = images(100);
    let errors = nothing_changes(4, |rank, trainer, net| {
        let part = trainer.part(100);
        let (mut xs, mut ys) = (xs[part.clone()].to_vec(), ys[part].to_vec());
        // What was accumulated before is forgotten on all ranks.
        trainer.accumulate(net, &xs, &ys)?;
        if rank == 2 {
            spoil(&mut xs[7], &mut ys[7]);
        }
        trainer.step(net, &xs, &ys)
    });
    assert!(errors[0] == errors[1] && errors[0] == errors[3]);
    (errors[2], errors[0])
}

#[test]
fn a_nan_or_a_label_on_one_rank_is_an_error_on_all() {
    let (own, others) = spoilt(|x, _| x[3] = f32::NAN);
    assert_eq!(own, Error::NonFiniteLoss { sample: 7 });
    assert_eq!(others, Error::OnRank { rank: 2, sample: Some(7), problem: "the loss is not finite" });
    assert_eq!(
        others.to_string(),
        "rank 2 has refused the step, and so all have: the loss is not finite, sample 7 of those it was given"
    );
    let (own, others) = spoilt(|_, y| *y = 9);
    assert_eq!(own, Error::LabelOutOfRange { sample: 7, label: 9, classes: 3 });
    assert_eq!(others, Error::OnRank { rank: 2, sample: Some(7), problem: "a label is out of range" });
}

#[test]
fn a_gradient_that_is_not_finite_is_an_error_on_all() {
    let (xs, _) = images(100);
    let errors = nothing_changes(2, |rank, trainer, net| {
        let xs = &xs[trainer.part(100)];
        trainer.step_with(net, xs, |i, _, dy| {
            dy[0] = if rank == 1 && i == 3 { f32::INFINITY } else { 1.0 };
            1.0
        })
    });
    assert!(
        matches!(errors[..], [Error::NonFiniteGradient { .. }, Error::NonFiniteGradient { .. }]),
        "{errors:?}"
    );
    assert_eq!(errors[0], errors[1]);
}

#[test]
fn lengths_and_parts() {
    let (xs, ys) = images(100);
    let errors = nothing_changes(2, |rank, trainer, net| trainer.step(net, &xs[..50], &ys[..50 - rank]));
    assert_eq!(
        errors[1],
        Error::LengthMismatch { expected_by: "inputs", expected: 50, of: "targets", found: 49 }
    );
    let problem = "inputs, targets and weights differ in number";
    assert_eq!(errors[0], Error::OnRank { rank: 1, sample: None, problem });

    let errors = nothing_changes(2, |rank, trainer, net| {
        trainer.step(net, &xs[..50 - 5 * rank], &ys[..50 - 5 * rank])
    });
    let error = Error::NotThePart { rank: 0, found: 50, expected: 48, batch: 95 };
    assert_eq!(errors, [error, error]);
    assert!(error.to_string().ends_with("take `trainer.part(95)`"), "{error}");

    let errors = nothing_changes(2, |_, trainer, net| trainer.step(net, &xs[..0], &ys[..0]));
    assert_eq!(errors, [Error::EmptyBatch; 2]);
    let errors = nothing_changes(2, |_, trainer, net| trainer.step(net, &xs[..8], &[2_u8; 8]));
    assert_eq!(errors, [Error::NothingCounts; 2]);
}

/// The same error on both ranks, in `what`.
#[track_caller]
fn differ(
    what: &str,
    step: impl Fn(usize, Local<f32>, &mut Trainer<Images, Adam>) -> Result<f32, Error> + Sync,
) {
    let errors = on_ranks(2, |rank, number| {
        let mut trainer = Trainer::boxed(Adam::new(1e-2));
        step(number, rank, &mut trainer).unwrap_err()
    });
    for error in errors {
        let Error::RanksDiffer { rank: 1, what: found } = error else { panic!("{error}") };
        assert!(found.contains(what), "{error}");
    }
}

#[test]
fn ranks_that_differ_are_told() {
    let (xs, ys) = images(16);
    let step = |trainer: &mut Trainer<Images, Adam>, seed| {
        trainer.step(&mut Images::new(&mut backprop::rng(seed)), &xs[..8], &ys[..8])
    };
    differ("the seed of dropout", |number, rank, trainer| {
        trainer.set_seed(number as u64);
        trainer.distribute(rank, Sums::default()).map(|()| 0.0)
    });
    differ("how gradients are added up", |number, rank, trainer| {
        trainer.distribute(rank, Sums::Fixed { shards: 8 << number }).map(|()| 0.0)
    });
    differ("the network's parameters", |number, rank, trainer| {
        trainer.distribute(rank, Sums::default())?;
        // Again, until they are the same.
        step(trainer, number as u64).unwrap_err();
        step(trainer, number as u64)
    });
    differ("learning rate", |number, rank, trainer| {
        trainer.distribute(rank, Sums::default())?;
        step(trainer, 0)?;
        trainer.set_learning_rate(0.1 + number as f64);
        step(trainer, 0)
    });
    differ("samples that are pending", |number, rank, trainer| {
        trainer.distribute(rank, Sums::default())?;
        let mut net = Images::new(&mut backprop::rng(1));
        trainer.accumulate(&mut net, &xs[..8], &ys[..8])?;
        if number == 1 {
            trainer.discard();
        }
        trainer.accumulate(&mut net, &xs[..8], &ys[..8])
    });
    differ("the settings of the run", |number, rank, trainer| {
        trainer.distribute(rank, Sums::default())?;
        let mut net = Images::new(&mut backprop::rng(1));
        trainer.fit(&mut net, &xs, &ys, &Fit::epochs(1).batch(8 + number)).map(|_| 0.0)
    });

    #[network(input = 3, layers = [dense(4)], loss = mse)]
    struct Three;
    #[network(input = 3, layers = [dense(5)], loss = mse)]
    struct Other;
    let errors = on_ranks(2, |rank, number| match number {
        0 => Trainer::<Three, _>::new(Sgd::new(0.1)).distribute(rank, Sums::default()),
        _ => Trainer::<Other, _>::new(Sgd::new(0.1)).distribute(rank, Sums::default()),
    });
    assert_eq!(errors, [Err(Error::RanksDiffer { rank: 1, what: "the declaration of the network" }); 2]);
}

#[test]
fn ranks_that_do_not_divide_the_shards_or_are_lost() {
    for (ranks, shards) in [(3, 8), (4, 2), (1, 6), (1, 0)] {
        let errors = on_ranks(ranks, |rank, _| {
            Trainer::<Images, _>::boxed(Sgd::new(0.1)).distribute(rank, Sums::Fixed { shards })
        });
        assert_eq!(errors, vec![Err(Error::RanksAndShards { ranks, shards }); ranks]);
    }
    let (xs, ys) = images(100);
    let errors = on_ranks(4, |rank, number| {
        let (mut net, mut trainer) = (Images::new(&mut backprop::rng(5)), Trainer::boxed(Adam::new(1e-2)));
        trainer.distribute(rank, Sums::default()).expect("alike");
        let part = trainer.part(100);
        let step = trainer.step(&mut net, &xs[part.clone()], &ys[part.clone()]);
        let before = bits(net.parameters());
        if number == 3 {
            return step.map(|_| Error::RankLost).unwrap();
        }
        let error = trainer.step(&mut net, &xs[part.clone()], &ys[part]).unwrap_err();
        assert_eq!(before, bits(net.parameters()));
        error
    });
    assert_eq!(errors, [Error::RankLost; 4]);
}

#[test]
fn runs_over_epochs() {
    let (xs, ys) = images(150);
    let (others, labels) = images(40);
    let rows = same_bits::<f32, Images, _>(
        || Sgd::new(0.05),
        |trainer, net| {
            let fit = Fit::epochs(6)
                .batch(64)
                .accumulate(2)
                .shuffle(3)
                .patience(2)
                .schedule_by_epoch(Exponential::new(0.05, 0.9))
                .validate(&others, &labels);
            let history = trainer.fit(net, &xs, &ys, &fit)?;
            Ok(history.epochs().iter().flat_map(|row| [row.loss, row.validation_loss.unwrap()]).collect())
        },
    );
    assert!(rows[0].len() >= 6);

    // One rank stops, and so do all.
    let steps = on_ranks(2, |rank, number| {
        let (mut net, mut trainer) = (Images::new(&mut backprop::rng(5)), Trainer::boxed(Adam::new(1e-2)));
        trainer.distribute(rank, Sums::default()).expect("alike");
        let mut steps = 0;
        let fit = Fit::<Images, _>::epochs(2).batch(16).on_step(|progress| {
            steps = progress.steps;
            if number == 1 && progress.steps == 5 {
                progress.stop();
            }
        });
        trainer.fit(&mut net, &xs, &ys, &fit).expect("data");
        drop(fit);
        steps
    });
    assert_eq!(steps, [5, 5]);
}

/// A checkpoint of one rank resumes all, of any number; what a trainer without ranks had pending counts once.
#[test]
fn checkpoints_are_of_all_ranks() {
    type Training = Trainer<Heads, Adam>;
    let (xs, ys) = heads(90);
    let step = |trainer: &mut Training, net: &mut Heads| {
        let part = trainer.part(90);
        trainer.step(net, &xs[part.clone()], &ys[part]).expect("a batch")
    };
    let start = || (Heads::new(&mut backprop::rng(5)), Training::boxed(Adam::new(1e-2)));
    let bytes = |net: &Heads, trainer: &Training| {
        let mut bytes = vec![0; Training::CHECKPOINT_BYTES];
        trainer.to_bytes(net, &mut bytes).map(|()| bytes)
    };
    let whole = on_ranks(2, |rank, _| {
        let (mut net, mut trainer) = start();
        trainer.distribute(rank, Sums::default()).expect("alike");
        step(&mut trainer, &mut net);
        let half = bytes(&net, &trainer).expect("room");
        let part = trainer.part(90);
        trainer.accumulate(&mut net, &xs[part.clone()], &ys[part]).expect("a batch");
        assert_eq!(bytes(&net, &trainer), Err(backprop::checkpoint::Error::Pending));
        trainer.discard();
        step(&mut trainer, &mut net);
        (half, bytes(&net, &trainer).expect("room"))
    });
    assert!(whole[0] == whole[1]);
    let resumed = on_ranks(4, |rank, _| {
        let (mut net, mut trainer) = (Heads::zeroed(), Training::boxed(Adam::new(1e-2)));
        trainer.distribute(rank, Sums::default()).expect("alike");
        trainer.from_bytes(&mut net, &whole[0].0).expect("a checkpoint");
        step(&mut trainer, &mut net);
        bytes(&net, &trainer).expect("room")
    });
    assert!(resumed.iter().all(|resumed| *resumed == whole[0].1));

    let (mut net, mut trainer) = start();
    trainer.accumulate(&mut net, &xs, &ys).expect("a batch");
    let pending = bytes(&net, &trainer).expect("room");
    step(&mut trainer, &mut net);
    let resumed = on_ranks(2, |rank, _| {
        let (mut net, mut trainer) = (Heads::zeroed(), Training::boxed(Adam::new(1e-2)));
        trainer.distribute(rank, Sums::default()).expect("alike");
        trainer.from_bytes(&mut net, &pending).expect("a checkpoint");
        step(&mut trainer, &mut net);
        net.norm.running_var.into_iter().chain(net.norm.running_mean).collect::<Vec<_>>()
    });
    let statistics: Vec<f64> = net.norm.running_var.into_iter().chain(net.norm.running_mean).collect();
    assert_close("statistics", &resumed[0], &statistics, 1e-12);
    assert_eq!(bits(&resumed[0]), bits(&resumed[1]));
}

/// The first rank writes a run's checkpoint, and any number of them goes on from it.
#[test]
fn runs_go_on_from_a_checkpoint() {
    let (xs, ys) = images(150);
    let folder = std::env::temp_dir().join(format!("backprop-ranks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let run = |ranks: usize, steps: usize, path: &(dyn Fn(usize) -> std::path::PathBuf + Sync)| {
        on_ranks(ranks, |rank, number| {
            let (mut net, mut trainer) =
                (Images::new(&mut backprop::rng(5)), Trainer::boxed(Adam::new(1e-2)));
            trainer.set_seed(1);
            trainer.distribute(rank, Sums::default()).expect("alike");
            let mut left = steps;
            let fit =
                Fit::<Images, _>::epochs(3).batch(32).shuffle(3).checkpoint(path(number)).stop_when(|| {
                    left -= 1;
                    // One rank is told to.
                    number == 0 && left == 0
                });
            let history = trainer.fit(&mut net, &xs, &ys, &fit)?;
            Ok::<_, Error>((history.epochs().len(), bits(net.parameters())))
        })
    };
    let whole = run(1, 100, &|_| folder.join("whole")).remove(0).expect("data");
    let part = run(2, 7, &|_| folder.join("part")).remove(0).expect("data");
    assert!(part.0 == 2 && part.1 != whole.1);
    for resumed in run(4, 100, &|_| folder.join("part")) {
        assert!(resumed.expect("a checkpoint") == whole);
    }
    // Rank 1 finds none.
    let what = "the checkpoint that it has read, or found missing, at the run's path";
    for error in run(2, 100, &|rank| folder.join(["whole", "none"][rank])) {
        assert_eq!(error, Err(Error::RanksDiffer { rank: 1, what }));
    }
    let errors = run(2, 100, &|_| folder.join("none/none"));
    assert!(matches!(errors[0], Err(Error::Checkpoint(_))), "{errors:?}");
    let problem = "a checkpoint was not written or not read";
    assert_eq!(errors[1], Err(Error::OnRank { rank: 0, sample: None, problem }));
    std::fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn states_are_of_one_rank() {
    #[network(input = [4, 1], layers = [gru(3), dense(1)], loss = mse)]
    struct Echo;
    let errors = on_ranks(2, |rank, _| {
        let (mut net, mut trainer) = (Echo::new(&mut backprop::rng(1)), Trainer::new(Adam::new(1e-2)));
        trainer.distribute(rank, Sums::default()).expect("alike");
        trainer.step_with_state(&mut net, &[[1.0; 4]], &[[0.0; 4]], &mut [Echo::state()])
    });
    assert_eq!(errors, [Err(Error::StatesOverRanks); 2]);
}

/// Numbers that are added up in another order are another number.
#[test]
fn the_order_of_sums_matters() {
    let (xs, ys) = images(256);
    let train = |ranks, sums| {
        on_ranks(ranks, |rank, _| {
            let (mut net, mut trainer) = (Images::new(&mut backprop::rng(5)), Trainer::boxed(Sgd::new(0.1)));
            trainer.distribute(rank, sums).expect("alike");
            let part = trainer.part(256);
            trainer.step(&mut net, &xs[part.clone()], &ys[part]).expect("a batch");
            bits(net.parameters())
        })
        .remove(0)
    };
    let shards: [_; 3] = array::from_fn(|i| train(1, Sums::Fixed { shards: 1 << i }));
    assert!(shards[0] != shards[1] && shards[1] != shards[2]);
    assert_ne!(
        train(4, Sums::Fast),
        shards[2],
        "dropout draws alike, but ranks are added one after the other"
    );
}

#[test]
fn parts_of_parts_are_parts_of_the_whole() {
    for samples in 0..200 {
        for parts in [1, 2, 4, 8, 16] {
            let mut end = 0;
            for index in 0..parts {
                let range = part(samples, index, parts);
                assert_eq!(range.start, end);
                assert!(range.len() <= samples.div_ceil(parts));
                end = range.end;
                let halves = [0, 1].map(|half| part(range.len(), half, 2));
                for (half, own) in halves.into_iter().enumerate() {
                    let whole = part(samples, 2 * index + half, 2 * parts);
                    assert_eq!((own.start + range.start, own.end + range.start), (whole.start, whole.end));
                }
            }
            assert_eq!(end, samples);
        }
        for parts in [3, 5, 6, 7] {
            let lengths: Vec<usize> = (0..parts).map(|index| part(samples, index, parts).len()).collect();
            assert_eq!(lengths.iter().sum::<usize>(), samples);
            let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
            assert!(most - least <= 1, "{samples} {lengths:?}");
        }
    }
}

#[test]
fn sums_over_ranks_are_those_of_the_tree() {
    let value = |rank: usize, place: usize| (1.0 + rank as f32).powi(7) / (3.0 + place as f32);
    for ranks in [1, 2, 4, 8] {
        for length in [1, 5, 4096, 4097, 12_295] {
            let tree = |place: usize| {
                let mut values: Vec<f32> = (0..ranks).map(|rank| value(rank, place)).collect();
                while values.len() > 1 {
                    values = values.chunks(2).map(|pair| pair[0] + pair[1]).collect();
                }
                values[0]
            };
            let expected: Vec<f32> = (0..length).map(tree).collect();
            std::thread::scope(|scope| {
                for mut rank in local(ranks) {
                    let expected = &expected;
                    scope.spawn(move || {
                        let number = Communicator::<f32>::rank(&rank);
                        let mut values: Vec<f32> = (0..length).map(|place| value(number, place)).collect();
                        sum_in_tree(&mut rank, &mut values, &mut vec![0.0; length]).expect("all are there");
                        assert!(values == *expected, "{ranks} ranks, {length} numbers");
                    });
                }
            });
        }
    }
}

/// A rank that counts what it sends: words gathered, messages, numbers in them.
struct Counting(Local<f32>, Arc<Mutex<[usize; 3]>>);

impl Counting {
    fn add(&self, counts: [usize; 3]) {
        let mut all = self.1.lock().expect("no rank panics");
        *all = array::from_fn(|i| all[i] + counts[i]);
    }
}

impl Communicator<f32> for Counting {
    fn rank(&self) -> usize {
        Communicator::rank(&self.0)
    }
    fn size(&self) -> usize {
        Communicator::size(&self.0)
    }
    fn gather(&mut self, own: &[u64], all: &mut [u64]) -> Result<(), Error> {
        self.add([own.len(), 0, 0]);
        Communicator::<f32>::gather(&mut self.0, own, all)
    }
    fn exchange(&mut self, other: usize, own: &[f32], theirs: &mut [f32]) -> Result<(), Error> {
        self.add([0, 1, own.len()]);
        self.0.exchange(other, own, theirs)
    }
    fn sum(&mut self, values: &mut [f32], room: &mut [f32]) -> Result<(), Error> {
        self.0.sum(values, room)
    }
}

/// What a step sends is what the docs of `ranks` say, and what the plan of `backprop-mpi` counts with.
#[test]
fn what_a_step_sends() {
    const SHARDS: usize = 8;
    let ((xs, ys), numbers) = (images(64), Images::PARAMETERS);
    for ranks in [1, 2, 4, 8] {
        let sent = on_ranks(ranks, |rank, _| {
            let counts = Arc::new(Mutex::new([0; 3]));
            let (mut net, mut trainer) = (Images::new(&mut backprop::rng(5)), Trainer::boxed(Sgd::new(0.1)));
            let sums = Sums::Fixed { shards: SHARDS };
            trainer.distribute(Counting(rank, Arc::clone(&counts)), sums).expect("alike");
            let part = trainer.part(64);
            let mut step = || {
                *counts.lock().expect("no rank panics") = [0; 3];
                trainer.step(&mut net, &xs[part.clone()], &ys[part.clone()]).expect("a batch");
                *counts.lock().expect("no rank panics")
            };
            // The first compares parameters too.
            [step(), step()][1]
        });
        let messages = 2 * ranks.ilog2() as usize;
        for [words, own, _] in &sent {
            assert_eq!((*words, *own), (7 + 2 * SHARDS / ranks, messages), "{ranks} ranks");
        }
        // A rank sends 2 n (R − 1) / R, up to what an odd half has more.
        assert_eq!(sent.iter().map(|[_, _, numbers]| numbers).sum::<usize>(), 2 * numbers * (ranks - 1));
        let even = 2 * numbers * (ranks - 1) / ranks;
        assert!(sent.iter().all(|[_, _, numbers]| numbers.abs_diff(even) <= messages), "{sent:?}");
    }
}

#[test]
fn members_of_a_population_are_spread_over_ranks() {
    for ranks in [1, 2, 3, 8] {
        // Bits that must arrive as they are among them.
        let value = |member: usize| [-0.0, f64::INFINITY, 0.1][member % 3] * (1 + member) as f64;
        std::thread::scope(|scope| {
            for mut rank in local::<f64>(ranks) {
                scope.spawn(move || {
                    for count in [0, 1, 7, 32] {
                        let mut calls = 0;
                        let all = each(&mut rank, count, |member| {
                            calls += 1;
                            value(member)
                        });
                        assert_eq!(
                            bits(&all.expect("all are there")),
                            bits(&(0..count).map(value).collect::<Vec<_>>())
                        );
                        assert_eq!(calls, part(count, Communicator::<f64>::rank(&rank), ranks).len());
                    }
                    let mut values = [Communicator::<f64>::rank(&rank) as f64, -0.0];
                    broadcast(&mut rank, ranks - 1, &mut values).expect("all are there");
                    assert_eq!(values.map(f64::to_bits), [ranks as f64 - 1.0, -0.0].map(f64::to_bits));
                });
            }
        });
    }
}
