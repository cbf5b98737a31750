//! Every setting of every optimizer changes what it does.

use crate::names_after;
use backprop::prelude::*;
use backprop::{GenericArray, Real, flat::zero};
use backprop_runtime::typenum::U3;
use std::collections::BTreeSet;

/// Parameters after each of some steps, along gradients that shrink, grow and change their signs.
fn path<O: Optimizer>(optimizer: &O) -> Vec<f64> {
    let mut w = GenericArray::from_array([1.0_f64, -0.5, 0.25]);
    let mut state: O::State<f64, U3> = zero();
    let gradients = [[1.0, 0.5, -2.0], [0.1, 0.4, 3.0], [-0.2, 0.3, 0.01], [0.3, 0.2, 0.0], [0.1, -0.7, 0.5]];
    let mut seen = Vec::new();
    // `RAdam` begins to differ from momentum after five steps.
    for gradient in gradients.iter().cycle().take(12) {
        optimizer.step(&mut state, &mut w, &GenericArray::from_array(*gradient));
        seen.extend(w);
    }
    seen
}

#[test]
fn every_setting_has_an_effect() {
    let mut seen = BTreeSet::new();
    macro_rules! changes {
        ($file:ident: $base:expr, $($setting:ident ($($value:expr),*))*) => { $(
            let (base, changed) = (path(&$base), path(&$base.$setting($($value),*)));
            let name = concat!(stringify!($base), ".", stringify!($setting));
            assert!(changed.iter().all(|w| w.is_finite()), "{name}: {changed:?}");
            assert!(base.iter().zip(&changed).any(|(a, b)| (a - b).abs() > 1e-9), "{name} changes nothing");
            seen.insert((stringify!($file), stringify!($setting)));
        )*};
    }
    changes!(sgd: Sgd::new(0.1), weight_decay(0.1) maximize() momentum(0.5));
    changes!(sgd: Sgd::new(0.1).momentum(0.5), dampening(0.3) nesterov() weight_decay(0.1) maximize());
    changes!(adam: Adam::new(0.1), betas(0.5, 0.9) eps(0.1) weight_decay(0.1) maximize() amsgrad());
    changes!(adam: Adam::new(0.1).weight_decay(0.1), decoupled_weight_decay());
    changes!(adam: Adam::new(0.1).amsgrad(), betas(0.5, 0.9) eps(0.1) weight_decay(0.1) maximize());
    changes!(adam: AdamW::new(0.1), betas(0.5, 0.9) eps(0.1) weight_decay(0.5) maximize() amsgrad());
    changes!(adamax: Adamax::new(0.1), betas(0.5, 0.9) eps(0.1) weight_decay(0.1) maximize());
    changes!(nadam: NAdam::new(0.1), betas(0.5, 0.9) eps(0.1) weight_decay(0.1) maximize() momentum_decay(0.5));
    changes!(nadam: NAdam::new(0.1).weight_decay(0.1), decoupled_weight_decay());
    changes!(radam: RAdam::new(0.1), betas(0.5, 0.9) eps(0.1) weight_decay(0.1) maximize());
    changes!(radam: RAdam::new(0.1).weight_decay(0.1), decoupled_weight_decay());
    changes!(rmsprop: RmsProp::new(0.1), alpha(0.5) eps(0.1) weight_decay(0.1) maximize() centered() momentum(0.5));
    changes!(rmsprop: RmsProp::new(0.1).centered(), alpha(0.5) eps(0.1) momentum(0.5));
    changes!(adagrad: Adagrad::new(0.1),
        eps(0.1) weight_decay(0.1) maximize() learning_rate_decay(0.5) initial_accumulator(1.0));
    changes!(adadelta: Adadelta::new(1.0), rho(0.5) eps(0.1) weight_decay(0.1) maximize());
    changes!(rprop: Rprop::new(0.1), etas(0.3, 1.5) step_sizes(0.09, 0.11) maximize());
    changes!(asgd: Asgd::new(0.1), lambda(0.1) weight_decay(0.1) maximize());
    changes!(asgd: Asgd::new(0.1).lambda(0.1), alpha(2.0));
    changes!(lion: Lion::new(0.1), betas(0.5, 0.5) weight_decay(0.1) maximize());
    changes!(penalized: Penalized::new(Sgd::new(0.1)), l1(0.1) l2(0.1));

    // What `start` changes is the average.
    let average = |asgd: Asgd| {
        let (mut w, mut state) = (GenericArray::from_array([1.0_f64]), zero());
        for _ in 0..5 {
            asgd.step(&mut state, &mut w, &GenericArray::from_array([1.0]));
        }
        Asgd::average(&state)[0]
    };
    assert!((average(Asgd::new(0.1)) - average(Asgd::new(0.1).start(1))).abs() > 1e-3);
    seen.insert(("asgd", "start"));

    // What the sources have, and nothing else.
    let mut known = BTreeSet::new();
    macro_rules! sources {
        ($($file:ident)*) => { $(
            let source = include_str!(concat!("../../bp-runtime/src/optimizers/", stringify!($file), ".rs"));
            for part in source.split("pub const fn ").skip(1) {
                let (name, arguments) = part.split_once('(').expect("arguments");
                if arguments.starts_with("self") || arguments.starts_with("mut self") {
                    known.insert((stringify!($file), name));
                }
            }
            for part in source.split("common!(").skip(1) {
                let shared = part.split(')').next().expect("a list").split(", ");
                let shared = shared.filter(|name| !["learning_rate", "clock", "no_clock"].contains(name));
                known.extend(shared.map(|name| (stringify!($file), name)));
            }
        )*};
    }
    sources!(adadelta adagrad adam adamax asgd lion nadam penalized radam rmsprop rprop sgd);
    let files: BTreeSet<_> =
        names_after(include_str!("../../bp-runtime/src/optimizers/mod.rs"), "\npub use ").collect();
    assert_eq!(files.len(), 13, "a new optimizer belongs into these tables: {files:?}");
    assert!(known.len() > 40, "{known:?}");
    assert_eq!(seen, known);
}

/// The learning rate counts for every optimizer, at its beginning and, but for `Rprop`, whenever it is set.
#[test]
fn the_learning_rate_has_an_effect() {
    fn check<O: Optimizer + Clone>(optimizer: O, later: bool) {
        let mut faster = optimizer.clone();
        faster.set_learning_rate(Real::new(0.037));
        assert_ne!(path(&optimizer), path(&faster));
        let run = |rate: f64| {
            let (mut optimizer, mut w) = (optimizer.clone(), GenericArray::from_array([1.0_f64, -0.5, 0.25]));
            let mut state: O::State<f64, U3> = zero();
            for step in 0..3 {
                optimizer.step(&mut state, &mut w, &GenericArray::from_array([1.0, 0.5, -2.0]));
                if step == 0 {
                    optimizer.set_learning_rate(Real::new(rate));
                }
            }
            w
        };
        assert_eq!(run(0.1) != run(0.037), later);
    }
    check(Sgd::new(0.1), true);
    check(Sgd::new(0.1).momentum(0.5), true);
    check(Adam::new(0.1), true);
    check(AdamW::new(0.1), true);
    check(Adamax::new(0.1), true);
    check(NAdam::new(0.1), true);
    check(RAdam::new(0.1), true);
    check(RmsProp::new(0.1), true);
    check(Adagrad::new(0.1), true);
    check(Adadelta::new(0.1), true);
    check(Asgd::new(0.1), true);
    check(Lion::new(0.1), true);
    check(Penalized::new(Lion::new(0.1)), true);
    check(Rprop::new(0.1), false);
}
