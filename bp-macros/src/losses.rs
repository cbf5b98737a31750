//! The kinds of losses: a constant of the runtime for each.

mod output;

use crate::declaration::{DeclaredLoss, as_name};
use crate::diagnostics::{Diagnostics, Result, did_you_mean, did_you_mean_or_list};
use crate::elsewhere::{self, Place as Elsewhere};
use crate::model::Lengths;
use crate::shape::Shape;
use crate::size::Size;
use crate::symbolic::{self, Formula, Place};
use output::{Output, PER_WITH_LENGTHS};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, Ident};

/// A loss and what it asks of the output.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Its type in the runtime.
    pub(crate) descriptor: &'static str,
    generic: Generic,
    reads: Reads,
    /// Settings that may be given by name, each a method of the type.
    pub(crate) options: &'static [&'static str],
    /// Activations that must not come last.
    refuses: &'static [&'static str],
}

/// The constant that a loss's type is generic over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Generic {
    /// The number of outputs.
    Outputs,
    /// Half of it: the outputs are pairs.
    HalfOfOutputs,
    /// The number of class weights: none, unless they are given.
    ClassWeights,
}

/// How a loss reads several outputs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// Each by itself: of a sequence or an image, the mean over all of it is meant.
    Alone,
    /// As parts of one thing, such as the scores of classes. Of a sequence or an image `per` says what the thing is.
    Together,
}

use Generic::{ClassWeights, HalfOfOutputs, Outputs};
use Reads::{Alone, Together};

const PROBABILITIES: &[&str] = &["softmax", "log_softmax", "sigmoid"];

/// One line for each loss: name, type, what it is generic over, how it reads outputs, settings, activations it refuses.
macro_rules! kinds {
    ($($name:literal $descriptor:ident $generic:ident $reads:ident $options:expr, $refuses:expr;)*) => {
        pub(crate) static KINDS: &[Kind] = &[$(Kind {
            name: $name,
            descriptor: stringify!($descriptor),
            generic: $generic,
            reads: $reads,
            options: &$options,
            refuses: $refuses,
        }),*];
    };
}

kinds! {
    "mse" Mse Outputs Alone ["reduction", "missing"], &[];
    "mae" Mae Outputs Alone ["reduction", "missing"], &[];
    "huber" Huber Outputs Alone ["delta", "reduction", "missing"], &[];
    "smooth_l1" SmoothL1 Outputs Alone ["beta", "reduction", "missing"], &[];
    "log_cosh" LogCosh Outputs Alone ["reduction", "missing"], &[];
    "quantile" Quantile Outputs Alone ["tau", "reduction", "missing"], &[];
    "cross_entropy" CrossEntropy ClassWeights Together
        ["class_weights", "label_smoothing", "ignore_index", "reduction"], PROBABILITIES;
    "cross_entropy_distribution" CrossEntropyDistribution Outputs Together
        ["class_weights", "label_smoothing", "reduction", "missing"], PROBABILITIES;
    "nll" Nll ClassWeights Together ["class_weights", "ignore_index", "reduction"], &["softmax", "sigmoid"];
    "multi_margin" MultiMargin ClassWeights Together ["margin", "p", "class_weights", "reduction"], PROBABILITIES;
    "binary_cross_entropy" BinaryCrossEntropy Outputs Alone ["positive_weight", "weight", "reduction", "missing"], PROBABILITIES;
    "binary_cross_entropy_of_probabilities" BinaryCrossEntropyOfProbabilities Outputs Alone ["weight", "reduction", "missing"], &[];
    "kl_divergence" KlDivergence Outputs Alone ["log_target", "reduction", "missing"], &["softmax", "sigmoid"];
    "poisson_nll" PoissonNll Outputs Alone ["log_input", "full", "eps", "reduction", "missing"], &[];
    "gaussian_nll" GaussianNll HalfOfOutputs Together ["full", "eps", "reduction", "missing"], &[];
    "hinge" Hinge Outputs Alone ["margin", "reduction", "missing"], PROBABILITIES;
    "hinge_embedding" HingeEmbedding Outputs Alone ["margin", "reduction", "missing"], &[];
    "soft_margin" SoftMargin Outputs Alone ["reduction", "missing"], PROBABILITIES;
    "cosine" Cosine Outputs Together ["reduction", "missing"], &[];
}

/// Settings of which there is one for each output or class.
const PER_OUTPUT: &[&str] = &["class_weights", "positive_weight", "weight"];

impl Kind {
    /// Type and value of the loss, with the settings given by name.
    fn write(
        &self,
        name: &Ident,
        output: &Shape,
        settings: &[(&Ident, &Expr)],
    ) -> std::result::Result<Written, (Span, String)> {
        let descriptor = Ident::new(self.descriptor, Span::call_site());
        let descriptor = quote!(::backprop::losses::#descriptor);
        let per = self.per(name, output, settings)?;
        let outputs = per.as_ref().map_or_else(|| output.features(), |per| per.numbers.clone());
        if self.name == "cross_entropy" && !output.is_unknown() && outputs.known() == Some(1) {
            let message = "`cross_entropy` chooses among classes, but there is one output: use `binary_cross_entropy`, or \
                           give the last layer an output for each class";
            return Err((name.span(), message.to_owned()));
        }
        if let (HalfOfOutputs, false, Some(odd)) =
            (self.generic, output.is_unknown(), outputs.known().filter(|outputs| outputs % 2 == 1))
        {
            let message = format!(
                "`{name}` reads means and as many variances, but there are {odd} outputs: give the last layer two for each \
                 number"
            );
            return Err((name.span(), message));
        }
        let generic = match self.generic {
            Outputs => Some(outputs.generic()),
            HalfOfOutputs => Some(half(&outputs).generic()),
            ClassWeights => None,
        };
        let mut kind =
            generic.as_ref().map_or_else(|| quote!(#descriptor), |generic| quote!(#descriptor<#generic>));
        let mut value = quote!(<#kind>::new());
        for (name, setting) in settings.iter().filter(|(name, _)| *name != "per") {
            if !self.options.contains(&name.to_string().as_str()) {
                let hint = did_you_mean(&name.to_string(), self.options.iter().copied());
                let known = self.options.join(", ");
                return Err((
                    name.span(),
                    format!("{}: unknown setting `{name}`{hint}; known: {known}", self.name),
                ));
            }
            let setting = if *name == "reduction" { reduction(setting)? } else { quote!(#setting) };
            value = quote!(#value.#name(#setting));
        }
        // The type counts the settings that there is one of for each output.
        let weights = self.options.iter().filter(|option| PER_OUTPUT.contains(option));
        let given: Vec<_> = weights.map(|option| settings.iter().any(|(name, _)| name == option)).collect();
        if given.contains(&true) {
            let counts = given.iter().map(|given| if *given { quote!({ #outputs }) } else { quote!(0) });
            let generic = generic.iter();
            kind = quote!(#descriptor<#(#generic,)* #(#counts),*>);
        }
        if let Some(Per { function, numbers, positions }) = per {
            let (length, positions) = (numbers.length(&quote!(::backprop::codegen)), positions.generic());
            kind = quote!(::backprop::losses::Each<#kind, #length, #positions>);
            let function = Ident::new(function, Span::call_site());
            value = quote!(<#kind>::#function(#value));
        }
        Ok(Written { kind, value, formula: None })
    }

    /// What `per` says: of how many numbers each of how many losses is, or nothing for one loss of all numbers. A sequence or
    /// an image of more than one step or position may be meant either way, and each trains something else: it must be said.
    fn per(
        &self,
        name: &Ident,
        output: &Shape,
        settings: &[(&Ident, &Expr)],
    ) -> std::result::Result<Option<Per>, (Span, String)> {
        let setting = settings.iter().find(|(name, _)| *name == "per");
        let word = setting.and_then(|(_, word)| as_name(word)).map(Ident::to_string);
        let span = setting.map_or_else(|| name.span(), |(_, word)| word.span());
        if setting.is_some() && self.reads == Alone {
            let message = format!("`{name}` is the mean over all outputs, of each by itself: remove `per`");
            return Err((span, message));
        }
        let (unit, axes, positions, numbers) = match output.0.as_slice() {
            _ if self.reads == Alone || output.is_unknown() => return Ok(None),
            [time, features] => ("step", "[time, features]", time.clone(), features),
            [channels, height, width] => {
                ("position", "[channels, height, width]", height.times(width), channels)
            }
            _ => ("sample", "one axis", Size::Known(1), &Size::Known(0)),
        };
        match word.as_deref() {
            Some("sample") => Ok(None),
            // Of one step or position both readings are the same choice.
            None if setting.is_none() && positions.known() == Some(1) => Ok(None),
            Some(word) if word == unit => {
                let function = if unit == "step" { "steps" } else { "positions" };
                Ok(Some(Per { function, numbers: numbers.clone(), positions }))
            }
            None if setting.is_none() => {
                let all = output.features();
                Err((
                    span,
                    format!(
                        "`{name}` of {output} can be meant in two ways: for {positions} losses a sample, one at each {unit}, \
                         each of {numbers} outputs, write `{name}(per = {unit})`, with targets `[target; {positions}]`; for one \
                         loss of all {all} outputs write `{name}(per = sample)`"
                    ),
                ))
            }
            _ if unit == "sample" => Err((
                span,
                format!("`per` is `sample` for an output of one axis, such as {output}: remove it"),
            )),
            _ => Err((span, format!("`per` is `{unit}` or `sample` for an output {axes}, such as {output}"))),
        }
    }
}

/// A loss of each step or position.
struct Per {
    /// Which function of `Each` makes it.
    function: &'static str,
    /// How many outputs one position has.
    numbers: Size,
    positions: Size,
}

/// Half of the outputs; where only the compiler knows how many there are, it refuses an odd number.
fn half(outputs: &Size) -> Size {
    match outputs {
        Size::Known(_) => outputs.divided_by(&Size::Known(2)),
        Size::Expression { .. } => Size::expression(quote!(::backprop::codegen::half_of_outputs(#outputs))),
    }
}

fn reduction(setting: &Expr) -> std::result::Result<TokenStream, (Span, String)> {
    match as_name(setting).map(Ident::to_string).as_deref() {
        Some("mean") => Ok(quote!(::backprop::losses::Reduction::Mean)),
        Some("batch_mean") => Ok(quote!(::backprop::losses::Reduction::BatchMean)),
        Some("sum") => Ok(quote!(::backprop::losses::Reduction::Sum)),
        _ => Err((setting.span(), "a reduction is `mean`, `batch_mean` or `sum`".to_owned())),
    }
}

/// `huber` or `huber(delta = 2.0)`: the name and the settings.
fn parts(expr: &Expr) -> Option<(&Ident, Vec<(&Ident, &Expr)>)> {
    match expr {
        Expr::Call(call) => {
            let settings = call.args.iter().map(|argument| match argument {
                Expr::Assign(setting) => Some((as_name(&setting.left)?, &*setting.right)),
                _ => None,
            });
            Some((as_name(&call.func)?, settings.collect::<Option<_>>()?))
        }
        other => Some((as_name(other)?, Vec::new())),
    }
}

/// The declared loss.
pub(crate) enum Loss {
    /// Of the one output.
    One(Written),
    /// A weighted sum over some of the heads.
    Heads(Vec<Head>),
}

/// A loss as tokens: its type and a constant of it.
pub(crate) struct Written {
    pub(crate) kind: TokenStream,
    pub(crate) value: TokenStream,
    /// What it computes, where the user wrote that.
    pub(crate) formula: Option<Formula>,
}

/// As many as the runtime has factors for, `HeadFactors`.
const MOST_HEADS: usize = 16;

/// The loss of one head.
pub(crate) struct Head {
    pub(crate) name: Ident,
    pub(crate) loss: Written,
    /// What it is multiplied by.
    pub(crate) weight: TokenStream,
}

/// Finds the declared losses and checks that they suit the outputs.
pub(crate) fn build(
    network: &Ident,
    constants: &Ident,
    declared: &DeclaredLoss,
    output: &Shape,
    heads: &[(Ident, Shape)],
    (last, lengths): (Option<&str>, Option<&Lengths>),
    diagnostics: &mut Diagnostics,
) -> Result<Loss> {
    match declared {
        DeclaredLoss::One(expr) if heads.is_empty() => {
            let place = Place { constants, owner: network, prefix: "LOSS", number: 0 };
            let output = Output { shape: output, time: lengths.and_then(|lengths| lengths.of(0)) };
            one(expr, output, last, &place, diagnostics).map(Loss::One)
        }
        DeclaredLoss::One(expr) => {
            let names: Vec<_> = heads.iter().map(|(name, _)| format!("{name}: mse")).collect();
            let message = format!(
                "a network with several heads has a loss for each: `loss = {{ {} }}`",
                names.join(", ")
            );
            Err(diagnostics.error(expr.span(), message))
        }
        DeclaredLoss::Heads(losses) => {
            if let Some((name, _)) = losses.get(MOST_HEADS) {
                let message = format!(
                    "a loss adds up at most {MOST_HEADS} heads, and there are {}: make one head of several with the same loss",
                    losses.len()
                );
                return Err(diagnostics.error(name.span(), message));
            }
            let mut built = Vec::new();
            for (number, (name, expr)) in losses.iter().enumerate() {
                let place = Place { constants, owner: network, prefix: &format!("LOSS{number}"), number };
                built.push(head(name, expr, (heads, lengths), &place, diagnostics)?);
            }
            Ok(Loss::Heads(built))
        }
    }
}

/// `mse` or `0.5 * mse`, for one head.
fn head(
    name: &Ident,
    expr: &Expr,
    (heads, lengths): (&[(Ident, Shape)], Option<&Lengths>),
    place: &Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Head> {
    let Some((number, (name, shape))) = heads.iter().enumerate().find(|(_, (head, _))| head == name) else {
        let known: Vec<_> = heads.iter().map(|(name, _)| name.to_string()).collect();
        let hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
        return Err(diagnostics
            .error(name.span(), format!("there is no head `{name}`{hint}; heads: {}", known.join(", "))));
    };
    let (weight, expr) = match expr {
        Expr::Group(group) => return head(name, &group.expr, (heads, lengths), place, diagnostics),
        Expr::Binary(product) if matches!(product.op, syn::BinOp::Mul(_)) => {
            let weight = &product.left;
            (quote!(#weight), &*product.right)
        }
        other => (quote!(1.0), other),
    };
    let output = Output { shape, time: lengths.and_then(|lengths| lengths.of(number)) };
    Ok(Head { name: name.clone(), loss: one(expr, output, None, place, diagnostics)?, weight })
}

fn one(
    expr: &Expr,
    output: Output<'_>,
    last: Option<&str>,
    place: &Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Written> {
    if let Expr::Group(group) = expr {
        return one(&group.expr, output, last, place, diagnostics);
    }
    if is_closure(expr) {
        let formula = symbolic::loss(expr, place, diagnostics)?;
        let (owner, number, outputs) = (place.owner, place.number, output.step().features().generic());
        return Ok(output.of_each_step(Written {
            kind: quote!(::backprop::losses::FromFormula<#owner, #number, #outputs>),
            value: quote!(::backprop::losses::FromFormula::<#owner, #number, #outputs>::new()),
            formula: Some(formula),
        }));
    }
    let known = || KINDS.iter().map(|kind| kind.name);
    let all = || known().collect::<Vec<_>>().join(", ");
    if let Expr::Path(path) = expr
        && path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
        && !path.path.get_ident().is_some_and(|name| elsewhere::is_foreign(&name.to_string()))
    {
        // A loss of the user's own: a unit struct, by its path.
        return Ok(Written { kind: quote!(#path), value: quote!(#path), formula: None });
    }
    let Some((name, settings)) = parts(expr) else {
        let remedy = crate::layers::remedy(expr);
        let message = format!(
            "expected a loss, such as `mse`, `huber(delta = 2.0)` or `|y, t| …`{remedy}; known: {}",
            all()
        );
        return Err(diagnostics.error(expr.span(), message));
    };
    let Some(kind) = KINDS.iter().find(|kind| name == kind.name) else {
        let hint = did_you_mean_or_list(&name.to_string(), Elsewhere::Loss, known());
        return Err(diagnostics.error(name.span(), format!("unknown loss `{name}`{hint}")));
    };
    if let Some(layer) = kind.refuses.iter().find(|layer| last == Some(**layer)) {
        let message = if kind.refuses.contains(&"log_softmax") {
            format!(
                "`{name}` takes scores, not what `{layer}` makes of them: remove the last layer, `{layer}`"
            )
        } else {
            format!(
                "`{name}` takes logarithms of probabilities, not what `{layer}` gives: end in `log_softmax` instead"
            )
        };
        return Err(diagnostics.error(name.span(), message));
    }
    let settings = output.without_per(settings).map_err(|span| diagnostics.error(span, PER_WITH_LENGTHS))?;
    let written = kind.write(name, &output.step(), &settings).map(|loss| output.of_each_step(loss));
    written.map_err(|(span, message)| diagnostics.error(span, message))
}

/// `|y, t| …`, perhaps in parentheses.
fn is_closure(expr: &Expr) -> bool {
    match expr {
        Expr::Closure(_) => true,
        Expr::Paren(paren) => is_closure(&paren.expr),
        Expr::Group(group) => is_closure(&group.expr),
        _ => false,
    }
}
