//! Any input whatever gives tokens, never a panic, in bounded time: arbitrary token trees, and declarations that
//! were valid before a few of their tokens were removed, doubled, swapped or replaced.
//!
//! `FUZZ_SECONDS=600 cargo test --release -p backprop-macros fuzz -- --nocapture` runs longer than the suite does.

mod inside;

use crate::expand;
use crate::golden::{DECLARATIONS, tokens};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use std::time::{Duration, Instant};

/// The longest that one declaration of a few hundred tokens may take, in a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(10);

/// Words that lead somewhere.
const WORDS: &[&str] = &[
    "input",
    "layers",
    "loss",
    "scalar",
    "tile",
    "budget",
    "weights",
    "dense",
    "conv2d",
    "relu",
    "max_pool2d",
    "heads",
    "repeat",
    "fixed_point",
    "Encoder",
    "flatten",
    "dropout",
    "softmax",
    "glu",
    "prelu",
    "residual",
    "sum",
    "concat",
    "frozen",
    "train",
    "last",
    "biases",
    "shortcut",
    "axis",
    "mse",
    "cross_entropy",
    "f64",
    "kernel",
    "padding",
    "same",
    "groups",
    "stride",
    "init",
    "normal",
    "bias",
    "true",
    "training",
    "parameters",
    "HIDDEN",
    "self",
    "crate",
    "struct",
    "fn",
    "_",
    "r#type",
];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "16",
    "1000",
    "4294967296",
    "18446744073709551615",
    "99999999999999999999999",
    "0.5",
    "1e40",
    "3usize",
    "3u8",
    "'c'",
    "\"text\"",
];
/// Valid declarations to be spoilt, beside those of the golden files: all groups, heads, and every key.
const DECLARED: &[&str] = &[
    "input = [2, 6, 6],
    layers = [
        stem: conv2d(4, kernel = 3, padding = 1), relu,
        repeat(2)[residual(shortcut = [conv2d(4, kernel = 1)])[block: conv2d(4, kernel = 3, padding = 1), tanh]],
        concat(axis = 0)[[max_pool2d(2)], [avg_pool2d(2), sum[[], [relu]]]],
        flatten, frozen dense(6, init = he_normal), Encoder,
        heads { policy: [dense(3)], value: [frozen[dense(4), tanh], dense(1)] },
    ],
    loss = { policy: cross_entropy(label_smoothing = 0.1), value: 0.5 * huber(delta = 2.0) },
    scalar = f64, tile = 8, crate = ::renamed::backprop",
    "input = [8, 4],
    layers = [
        positional_encoding, residual[layer_norm, attention(heads = 2)], fixed_point(tolerance = 1e-4)[dense(4), tanh],
        transpose, reshape([2, 4, HIDDEN]), dropout2d(0.1), group_norm(2), flatten, dense(2 * HIDDEN), softmax,
    ],
    weights = \"small.safetensors\", budget = { training = 96 * 1024, inference = 4_000, parameters = BYTES }",
];
const PUNCTUATION: &str = "=:,;.-+*/<>!&|#?%@~";

/// Numbers from a seed: what a failing case needs to be run again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % n.max(1) as u64).unwrap_or(0)
    }

    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn token(&mut self, depth: usize) -> TokenTree {
        match self.below(10) {
            0..=3 => match *self.of(WORDS) {
                "r#type" => TokenTree::Ident(Ident::new_raw("type", Span::call_site())),
                word => TokenTree::Ident(Ident::new(word, Span::call_site())),
            },
            4 | 5 => {
                let text = *self.of(NUMBERS);
                let literal: Literal = text.parse().expect("a literal");
                TokenTree::Literal(literal)
            }
            6 | 7 => {
                let place = self.below(PUNCTUATION.len());
                let spacing = if self.below(2) == 0 { Spacing::Alone } else { Spacing::Joint };
                TokenTree::Punct(Punct::new(char::from(PUNCTUATION.as_bytes()[place]), spacing))
            }
            _ => {
                let delimiter = *self.of(&[
                    Delimiter::Bracket,
                    Delimiter::Parenthesis,
                    Delimiter::Brace,
                    Delimiter::None,
                ]);
                let count = if depth > 3 { 0 } else { self.below(6) };
                TokenTree::Group(Group::new(delimiter, self.stream(count, depth + 1)))
            }
        }
    }

    fn stream(&mut self, count: usize, depth: usize) -> TokenStream {
        (0..count).map(|_| self.token(depth)).collect()
    }

    /// The same tokens but for a few.
    fn mutated(&mut self, stream: TokenStream) -> TokenStream {
        let mut tokens: Vec<TokenTree> = stream.into_iter().collect();
        let place = self.below(tokens.len());
        if let Some(TokenTree::Group(group)) = tokens.get(place).filter(|_| self.below(8) > 0) {
            let inner = self.mutated(group.stream());
            tokens[place] = TokenTree::Group(Group::new(group.delimiter(), inner));
            return tokens.into_iter().collect();
        }
        if place < tokens.len() {
            match self.below(5) {
                0 => drop(tokens.remove(place)),
                1 => tokens.insert(place, tokens[place].clone()),
                2 => {
                    let other = self.below(tokens.len());
                    tokens.swap(place, other);
                }
                3 => tokens[place] = self.token(2),
                _ => tokens.insert(place, self.token(2)),
            }
        }
        tokens.into_iter().collect()
    }

    fn attribute(&mut self) -> TokenStream {
        if self.below(4) == 0 {
            let count = self.below(40);
            return self.stream(count, 0);
        }
        let place = self.below(DECLARATIONS.len() + 2 * DECLARED.len());
        let text = DECLARATIONS.get(place).map_or_else(|| *self.of(DECLARED), |(_, text)| *text);
        let mut attribute = tokens(text);
        for _ in 0..1 + self.below(4) {
            attribute = self.mutated(attribute);
        }
        attribute
    }

    fn item(&mut self) -> TokenStream {
        match self.below(12) {
            0 => quote!(
                enum Net {
                    A,
                }
            ),
            1 => quote!(
                struct Net<'a, T: Copy = f32>(T)
                where
                    T: Send;
            ),
            2 => quote!(
                fn net() {}
            ),
            3 => {
                let count = self.below(12);
                self.stream(count, 0)
            }
            _ => quote!(
                pub struct Net;
            ),
        }
    }
}

/// What is to be spoilt is valid before.
#[test]
fn declared_networks_are_valid() {
    for text in DECLARED {
        let _ = crate::golden::model(text);
    }
}

#[test]
fn fuzz() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let (begin, least) = (Instant::now(), if seconds.is_some() { 0 } else { 1000 });
    let end = begin + Duration::from_secs(seconds.unwrap_or(0));
    let (mut count, mut longest) = (0_u64, Duration::ZERO);
    while count < least || Instant::now() < end {
        // A longer run begins where the suite's ends.
        let mut random = Random(count + if seconds.is_some() { 1_000_000 } else { 0 });
        let (attribute, item) = (random.attribute(), random.item());
        let texts = (attribute.to_string(), item.to_string());
        let start = Instant::now();
        let result = std::panic::catch_unwind(|| drop(expand::network(attribute, item)));
        longest = longest.max(start.elapsed());
        assert!(result.is_ok(), "#[network({})] {}", texts.0, texts.1);
        assert!(start.elapsed() < LONGEST, "took {:?}: #[network({})] {}", start.elapsed(), texts.0, texts.1);
        count += 1;
    }
    println!("{count} declarations in {:?}, the longest took {longest:?}", begin.elapsed());
}

/// What the fuzzer has found.
#[test]
fn branches_that_cannot_be_read() {
    for group in ["concat[[relu] relu]", "sum[[relu] relu]", "concat(axis = 1)[[relu] [relu]]"] {
        let expansion = expand::network(
            tokens(&format!("input = 3, layers = [{group}]")),
            quote!(
                struct Net;
            ),
        );
        assert_eq!(expansion.to_string().matches("compile_error").count(), 1, "{group}");
    }
}

/// What is long or deep without end, where a parser or a walk over a tree might leave the stack.
#[test]
fn extremes() {
    let deep = |open: &str, close: &str, n: usize| format!("{}3{}", open.repeat(n), close.repeat(n));
    for text in [
        format!("input = {}, layers = [dense(3)]", deep("(", ")", 2000)),
        format!("input = {}, layers = [dense(3)]", deep("-", "", 20_000)),
        format!("input = {}3, layers = [dense(3)]", "3 + ".repeat(20_000)),
        format!("input = 3, layers = [{}]", deep("frozen[", "]", 2000)),
        format!("input = 3, layers = [dense({})]", deep("|x| ", "", 20_000)),
        format!("input = 3, layers = [{} dense(3)]", "dense(3), ".repeat(20_000)),
        "input = 3, layers = [repeat(1000)[repeat(1000)[repeat(1000)[repeat(1000)[relu]]]]]".to_owned(),
        "input = 3, layers = [repeat(1000)[repeat(1000)[repeat(1000)[flatten]]]]".to_owned(),
        "input = 3, layers = [repeat(1000)[repeat(1000)[repeat(1000)[]]]]".to_owned(),
    ] {
        let start = Instant::now();
        let expansion = expand::network(
            tokens(&text),
            quote!(
                struct Net;
            ),
        );
        assert!(expansion.to_string().contains("compile_error"), "{}", &text[..60]);
        assert!(start.elapsed() < LONGEST, "took {:?}: {}", start.elapsed(), &text[..60]);
    }
}
