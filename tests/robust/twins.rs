//! Random steps, many of which are wrong: a refused one leaves every byte of network and trainer as it was, and the next good
//! one is that of a twin which never saw it.
//!
//! What may change are the buffers that a step works in. All else is compared byte by byte: settings, counters, the state of
//! the optimizer, what has been accumulated.

use super::support::bits;
use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use backprop::{Error, Rng};
use std::mem::MaybeUninit;
use std::ops::Range;

const CLASSES: u32 = 3;

#[network(
    input = 4,
    layers = [dense(5), batch_norm, relu, dropout(0.2), dense(3)],
    loss = cross_entropy(ignore_index = -1, class_weights = [1.0, 0.5, 2.0])
)]
struct Tiles;

#[network(input = 4, layers = [dense(3), tanh, dense(3)], loss = mse(missing = true), tile = 1)]
struct Tiny;

#[network(
    input = 4,
    layers = [dense(4), relu, heads { kind: [dense(3)], size: [dense(2)] }],
    loss = { kind: cross_entropy(ignore_index = -1), size: 0.5 * huber(missing = true) }
)]
struct Headed;

/// A network whose targets can be drawn.
trait Drawn: Trainable<Scalar = f32, Sample = [f32; 4]> + Flat<Number = f32> + Zeroed {
    /// A good target, or one that is wrong or counts nothing.
    fn target(rng: &mut Rng, wrong: Option<u32>) -> Self::Target;
}

fn class(rng: &mut Rng, wrong: Option<u32>) -> Class {
    match wrong {
        None => Class((rng.next_u32() % CLASSES) as usize),
        Some(kind) => [Class(3), Class::from(-1), Class(usize::MAX - 7)][(kind % 3) as usize],
    }
}

fn numbers<const O: usize>(rng: &mut Rng, wrong: Option<u32>) -> [f32; O] {
    let mut target = std::array::from_fn(|_| super::support::draw(rng));
    if let Some(kind) = wrong {
        let values = [f32::NAN, f32::INFINITY, -f32::INFINITY, 3e38, -1e20, 1e30];
        target[O - 1] = values[(kind % 6) as usize];
        if kind.is_multiple_of(7) {
            target = [f32::NAN; O];
        }
    }
    target
}

impl Drawn for Tiles {
    fn target(rng: &mut Rng, wrong: Option<u32>) -> Class {
        class(rng, wrong)
    }
}
impl Drawn for Tiny {
    fn target(rng: &mut Rng, wrong: Option<u32>) -> [f32; 3] {
        numbers(rng, wrong)
    }
}
impl Drawn for Headed {
    fn target(rng: &mut Rng, wrong: Option<u32>) -> HeadedTarget {
        HeadedTarget { kind: class(rng, wrong), size: numbers(rng, wrong) }
    }
}

/// What a step is given.
struct Step<N: Drawn> {
    xs: Vec<[f32; 4]>,
    ys: Vec<N::Target>,
    weights: Vec<f32>,
    rate: f64,
    clip: [Option<f64>; 2],
    factor: f32,
    kind: u32,
    /// A number for what the kind makes of it.
    value: f32,
}

/// One of them, most often the first.
fn some<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    let place = if !rng.next_u32().is_multiple_of(3) { 0 } else { rng.next_u32() as usize % from.len() };
    from[place]
}

impl<N: Drawn> Step<N> {
    fn drawn(rng: &mut Rng, wrong: bool) -> Self {
        let count = 1 + rng.next_u32() as usize % 20;
        let mut xs: Vec<[f32; 4]> =
            (0..count).map(|_| std::array::from_fn(|_| super::support::draw(rng))).collect();
        let mut ys: Vec<_> = (0..count).map(|_| N::target(rng, None)).collect();
        let mut weights: Vec<f32> = (0..count).map(|_| 0.5 + (rng.next_u32() % 4) as f32).collect();
        if !wrong {
            let kind = rng.next_u32() % 3;
            return Self { xs, ys, weights, rate: 0.01, clip: [None; 2], factor: 1.0, kind, value: 0.5 };
        }
        let place = rng.next_u32() as usize % count;
        xs[place][1] = some(rng, &[0.5, f32::NAN, f32::INFINITY, 1e20, 3e38, -1e30, 1e-30]);
        if rng.next_u32().is_multiple_of(3) {
            let kind = rng.next_u32();
            ys[place] = N::target(rng, Some(kind));
            if rng.next_u32().is_multiple_of(2) {
                ys = (0..count).map(|_| N::target(rng, Some(kind))).collect();
            }
        }
        weights[place] = some(rng, &[1.0, 0.0, f32::NAN, -1.0, 3e38, 1e-39]);
        if rng.next_u32().is_multiple_of(4) {
            let all = some(rng, &[0.0, 1e-39, 3e38, 1e-20, 1e20]);
            weights.fill(all);
        }
        Self {
            xs,
            ys,
            weights,
            rate: some(rng, &[0.01, f64::NAN, f64::INFINITY, 1e39, 1e30, -0.1, 0.0, 1e8]),
            clip: [some(rng, &[None, Some(1.0), Some(1e-30)]), some(rng, &[None, Some(1e-3), Some(1e30)])],
            factor: some(rng, &[1.0, 0.0, 1e30, 1e10, 3e38]),
            kind: rng.next_u32() % 6,
            value: some(rng, &[0.5, f32::NAN, f32::INFINITY, 3e38, 1e25, 1e19, 1e-30]),
        }
    }

    /// Makes the settings of the step.
    fn set<O: Optimizer>(&self, trainer: &mut Trainer<N, O>) {
        trainer.set_learning_rate(self.rate);
        trainer.clip_norm(self.clip[0]);
        trainer.clip_value(self.clip[1]);
        trainer.set_group(N::tensors()[0].layer, self.factor, 1.0).expect("a finite factor of a layer");
    }

    /// Takes the step.
    fn take<O: Optimizer>(&self, net: &mut N, trainer: &mut Trainer<N, O>) -> Result<Vec<u64>, Error> {
        let Self { xs, ys, weights, value, .. } = self;
        let step = match self.kind {
            0 => trainer.step(net, xs, ys),
            1 => trainer.step_weighted(net, xs, ys, weights),
            2 => trainer.step_with(net, xs, |_, _, dy| {
                dy.flat_mut().fill(*value);
                1.0
            }),
            3 => trainer.step(net, xs, &ys[1..]),
            4 => {
                let mut gradients: N::Gradients = backprop::flat::zero();
                gradients.flat_mut().fill(*value);
                trainer.apply(net, &gradients).map(|()| 0.0)
            }
            _ => trainer.step_with(net, xs, |sample, _, dy| {
                dy.flat_mut()[0] = *value;
                if sample == 0 { *value } else { 1.0 }
            }),
        };
        let loss = step?;
        assert!(loss.is_finite(), "a loss of {loss}");
        Ok(bits(&[loss]))
    }
}

/// The bytes of a value in memory that was zero before, but for those of a part of it.
#[expect(unsafe_code, reason = "bytes of a value, padding included")]
fn bytes<T>(value: &T, without: &[Range<usize>]) -> Vec<u8> {
    let start: *const T = value;
    let start = start.cast::<MaybeUninit<u8>>();
    // SAFETY: as many bytes as the value has, borrowed; uninitialised ones are allowed.
    let all = unsafe { std::slice::from_raw_parts(start, size_of::<T>()) };
    (0..size_of::<T>())
        .filter(|byte| !without.iter().any(|part| part.contains(&(start.addr() + byte))))
        .map(|byte| {
            // SAFETY: the memory was allocated as zeros, so that padding is initialised too.
            unsafe { all[byte].assume_init() }
        })
        .collect()
}

fn range<T>(value: &T) -> Range<usize> {
    let start = std::ptr::from_ref(value).addr();
    start..start + size_of::<T>()
}

/// All of a trainer but for its buffers.
fn kept<N: Network, O: Optimizer>(trainer: &Trainer<N, O>) -> Vec<u8> {
    bytes(trainer, &[range(trainer.gradients()), range(trainer.workspace())])
}

#[expect(unsafe_code, reason = "a box of zeros")]
fn boxed<N: Network, O: Optimizer>(optimizer: O) -> Box<Trainer<N, O>> {
    let mut memory = Box::<Trainer<N, O>>::new_zeroed();
    Trainer::init(&mut memory, optimizer);
    // SAFETY: `init` has written all fields.
    unsafe { memory.assume_init() }
}

/// How many steps were refused, of how many that were meant to be wrong.
fn twins<N: Drawn, O: Optimizer + Clone>(seed: u64, optimizer: &O) -> [usize; 2] {
    let mut rng = backprop::rng(seed);
    let (mut net, mut twin) = (super::support::network::<N>(seed), super::support::network::<N>(seed));
    let (mut trainer, mut other) = (boxed(optimizer.clone()), boxed(optimizer.clone()));
    let mut counts = [0, 0];
    for round in 0..60 {
        let wrong = round % 3 > 0;
        let step = Step::<N>::drawn(&mut rng, wrong);
        step.set(&mut trainer);
        step.set(&mut other);
        let before = (bits(net.flat()), kept(&trainer));
        let name = std::any::type_name::<O>();
        match step.take(&mut net, &mut trainer) {
            Ok(loss) => {
                assert_eq!(step.take(&mut twin, &mut other), Ok(loss), "{name}, seed {seed}, {round}");
                assert!(
                    net.flat().iter().all(|w| w.is_finite()),
                    "{name}, seed {seed}, round {round}: {:?} with rate {}, factor {}, clip {:?}, kind {}, value {}",
                    net.flat(),
                    step.rate,
                    step.factor,
                    step.clip,
                    step.kind,
                    step.value
                );
            }
            Err(error) => {
                assert_eq!(before.0, bits(net.flat()), "{name}, seed {seed}, round {round}: {error}");
                assert!(before.1 == kept(&trainer), "{name}, seed {seed}, round {round}: {error}");
                counts[0] += 1;
            }
        }
        counts[1] += usize::from(wrong);
        assert_eq!(bits(net.flat()), bits(twin.flat()), "{name}, seed {seed}, round {round}");
        // Numbers that have become too large for a good step to be one: both begin anew.
        if net.flat().iter().any(|w| w.abs() > 1e6) {
            let again = super::support::network::<N>(seed + round);
            net.flat_mut().copy_from_slice(again.flat());
            twin.flat_mut().copy_from_slice(again.flat());
        }
    }
    counts
}

/// What makes a number overflow, or 0 / 0, without a large gradient.
#[test]
fn small_gradients_that_are_not_safe() {
    #[network(input = 1, layers = [dense(1)], loss = mse)]
    struct Line;
    fn check<O: Optimizer>(name: &str, optimizer: O, prepare: impl Fn(&mut Line, &mut Trainer<Line, O>)) {
        let (mut net, mut trainer) = (Line::zeroed(), Trainer::new(optimizer));
        // The first steps are tried in any case.
        for _ in 0..3 {
            let _ = trainer.step(&mut net, &[[1.0]], &[[1.0]]);
        }
        prepare(&mut net, &mut trainer);
        for dy in [0.0, 1e-30, 0.5, 1e-22, 0.0] {
            for _ in 0..20 {
                let before = bits(net.parameters());
                let step = trainer.step_with(&mut net, &[[0.0]], |_, _, place| {
                    place[0] = dy;
                    1.0
                });
                assert!(
                    net.parameters().iter().all(|w| w.is_finite()),
                    "{name}: {dy}, {:?}",
                    net.parameters()
                );
                assert!(step.is_ok() || before == bits(net.parameters()), "{name}");
            }
        }
    }
    check("eps 0", Adam::new(0.01).eps(0.0), |_, _| ());
    check("amsgrad eps 0", Adam::new(0.01).amsgrad().eps(0.0), |_, _| ());
    check("eps 0 in f32", AdamW::new(0.01).eps(1e-50), |_, _| ());
    check("adamax", Adamax::new(0.01).eps(0.0), |_, _| ());
    check("nadam", NAdam::new(0.01).eps(0.0), |_, _| ());
    check("radam", RAdam::new(0.01).eps(0.0), |_, _| ());
    check("rmsprop", RmsProp::new(0.01).eps(0.0), |_, _| ());
    check("centered", RmsProp::new(0.01).eps(0.0).centered(), |_, _| ());
    check("adagrad", Adagrad::new(0.01).eps(0.0), |_, _| ());
    check("adadelta", Adadelta::new(1.0).eps(0.0), |_, _| ());
    check("momentum above 1", Sgd::new(0.01).momentum(1e3), |_, _| ());
    check("rolling above 1", RmsProp::new(0.01).momentum(1e3), |_, _| ());
    let large = |net: &mut Line| net.dense1.weight = [[1e30]];
    check("decay", Adam::new(0.01).weight_decay(0.5), |net, _| large(net));
    check("decay of adagrad", Adagrad::new(0.01).weight_decay(0.5), |net, _| large(net));
    check("penalty", Penalized::new(RmsProp::new(0.01)).l2(0.5), |net, _| large(net));
    check("penalty above all", Penalized::new(Sgd::new(0.01)).l1(3e38), |_, _| ());
    check("decay above 1", Sgd::new(1.0).weight_decay(1e9), |_, _| ());
    check("decoupled", AdamW::new(1.0).weight_decay(1e9), |_, _| ());
    let group = |trainer: &mut Trainer<Line, _>, rate: f32, decay: f32| {
        trainer.set_group("dense1", rate, decay).unwrap()
    };
    check("group", Sgd::new(1e5), |_, trainer| group(trainer, 3e38, 1.0));
    check("group's decay", Sgd::new(0.1).weight_decay(0.1), |_, trainer| {
        trainer.set_group("dense1", 1.0, 3e38_f32).unwrap();
    });
    check("betas", Adam::new(0.01).betas(2.0, 3.0), |_, _| ());
    check("lambda", Asgd::new(1.0).lambda(1e20), |_, _| ());
    check("sizes", Rprop::new(0.1).etas(0.5, 1e30).step_sizes(1e-6, 3e38), |_, _| ());
    check("rho", Adadelta::new(1.0).rho(-5.0), |_, _| ());
}

/// Every optimizer on a tiny network, some on others. Settings are drawn too, those at the edge of sense included.
#[test]
fn refused_steps_leave_no_trace() {
    let mut counts = [0, 0];
    let mut add = |[refused, wrong]: [usize; 2]| {
        counts[0] += refused;
        counts[1] += wrong;
    };
    for seed in 0..12 {
        let mut rng = backprop::rng(1000 + seed);
        let eps = some(&mut rng, &[1e-8, 0.0, 1e-30, 1.0]);
        let decay = some(&mut rng, &[0.0, 0.01, 1.0]);
        let momentum = some(&mut rng, &[0.9, 1.0, 1.5]);
        let betas = some(&mut rng, &[(0.9, 0.999), (0.0, 0.0), (0.99, 0.5), (1.0, 1.0)]);
        let adam = Adam::new(0.01).eps(eps).weight_decay(decay).betas(betas.0, betas.1);
        let roll = Sgd::new(0.01).momentum(momentum).weight_decay(decay);
        add(twins::<Tiny, _>(seed, &Sgd::new(0.01).weight_decay(decay)));
        add(twins::<Tiny, _>(seed, &roll));
        add(twins::<Tiny, _>(seed, &adam));
        add(twins::<Tiny, _>(seed, &adam.amsgrad()));
        add(twins::<Tiny, _>(seed, &AdamW::new(0.01).eps(eps)));
        add(twins::<Tiny, _>(seed, &Adamax::new(0.01).eps(eps).weight_decay(decay)));
        add(twins::<Tiny, _>(seed, &NAdam::new(0.01).eps(eps)));
        add(twins::<Tiny, _>(seed, &RAdam::new(0.01).eps(eps)));
        add(twins::<Tiny, _>(seed, &RmsProp::new(0.01).eps(eps).centered().momentum(momentum)));
        add(twins::<Tiny, _>(seed, &Adagrad::new(0.01).eps(eps)));
        add(twins::<Tiny, _>(seed, &Adadelta::new(1.0).eps(eps)));
        add(twins::<Tiny, _>(seed, &Rprop::new(0.01)));
        add(twins::<Tiny, _>(seed, &Asgd::new(0.01).start(3)));
        add(twins::<Tiny, _>(seed, &Lion::new(0.01).weight_decay(decay)));
        add(twins::<Tiny, _>(seed, &Penalized::new(roll).l1(1e-3).l2(decay)));
        add(twins::<Tiles, _>(seed, &adam));
        add(twins::<Tiles, _>(seed, &roll));
        add(twins::<Headed, _>(seed, &adam));
    }
    // Enough of both: otherwise the test would show little.
    let [refused, wrong] = counts;
    assert!(refused * 4 > wrong && refused * 10 < wrong * 9, "{refused} of {wrong}");
}
