//! The loops of all optimizers, compiled here: for each scalar type once, with this crate's optimisation also where the program
//! around it is being debugged.

use super::rule::{self, Terms};
use super::{Update, adadelta, adagrad, adam, adamax, asgd, lion, nadam, radam, rmsprop, rprop, sgd};

/// A line for each rule: its name, its formula, and how many numbers of state a parameter has.
macro_rules! updates {
    ($($name:ident: $rule:path, $slots:literal;)*) => {
        /// The updates of a scalar type: a rule, applied to a run of parameters.
        pub trait Updates: Sized {
            $(fn $name(terms: Terms<Self>, state: [&mut [Self]; $slots], run: Update<'_, Self>, rule: &$rule);)*
        }
        updates!(@impl f32 $($name $rule, $slots;)*);
        updates!(@impl f64 $($name $rule, $slots;)*);
    };
    (@impl $scalar:ident $($name:ident $rule:path, $slots:literal;)*) => {
        impl Updates for $scalar {
            $(#[inline(never)]
            fn $name(terms: Terms<Self>, state: [&mut [Self]; $slots], run: Update<'_, Self>, rule: &$rule) {
                rule::apply(terms, state, run, rule);
            })*
        }
    };
}
updates! {
    update_sgd: sgd::Descend<Self>, 0;
    update_momentum: sgd::Roll<Self>, 1;
    update_adam: adam::Moments<Self>, 2;
    update_amsgrad: adam::Moments<Self>, 3;
    update_adamax: adamax::Norms<Self>, 2;
    update_nadam: nadam::Moments<Self>, 2;
    update_radam: radam::Moments<Self>, 2;
    update_adagrad: adagrad::Accumulate<Self>, 1;
    update_adadelta: adadelta::Balance<Self>, 2;
    update_rmsprop: rmsprop::Divide<Self>, 1;
    update_two_of_rmsprop: rmsprop::Divide<Self>, 2;
    update_three_of_rmsprop: rmsprop::Divide<Self>, 3;
    update_rprop: rprop::Signs<Self>, 2;
    update_asgd: asgd::Average<Self>, 1;
    update_lion: lion::Pounce<Self>, 1;
}
