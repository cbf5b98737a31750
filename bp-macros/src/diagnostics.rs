//! Collects every mistake of a declaration, so that one build reports them all.

use crate::elsewhere::{Place, advice, meant};
use proc_macro2::{Span, TokenStream};
use std::fmt::Display;

/// The mistakes found so far. Must be [`finish`](Self::finish)ed: dropping it unread is a bug of the macro.
pub(crate) struct Diagnostics {
    errors: Option<Vec<syn::Error>>,
}

/// Proof that at least one mistake has been reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reported(());

impl Reported {
    /// For a mistake that has been reported elsewhere.
    pub(crate) fn already() -> Self {
        Self(())
    }
}

pub(crate) type Result<T> = std::result::Result<T, Reported>;

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self { errors: Some(Vec::new()) }
    }

    /// Reports a mistake at a token.
    pub(crate) fn error(&mut self, span: Span, message: impl Display) -> Reported {
        self.syntax(syn::Error::new(span, message))
    }

    /// Reports a mistake that the parser found.
    pub(crate) fn syntax(&mut self, error: syn::Error) -> Reported {
        if let Some(errors) = &mut self.errors {
            errors.push(error);
        }
        Reported(())
    }

    /// Whether a mistake has been reported so far.
    pub(crate) fn reported(&self) -> Result<()> {
        if self.count() > 0 { Err(Reported(())) } else { Ok(()) }
    }

    /// How many mistakes have been reported so far.
    pub(crate) fn count(&self) -> usize {
        self.errors.as_ref().map_or(0, Vec::len)
    }

    /// Reports the mistakes of an attempt that counts.
    pub(crate) fn merge(&mut self, mut attempt: Self) {
        self.errors.get_or_insert_default().extend(attempt.errors.take().unwrap_or_default());
    }

    /// Forgets the mistakes of an attempt that does not count.
    pub(crate) fn discard(mut self) {
        self.errors = None;
    }

    /// `compile_error!` for each mistake, in the order of reporting; nothing if there is none.
    pub(crate) fn finish(mut self) -> TokenStream {
        self.errors.take().unwrap_or_default().iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Default for Diagnostics {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        assert!(self.errors.is_none() || std::thread::panicking(), "diagnostics were collected and not read");
    }
}

/// The known name that means the same as a wrong one, or is spelt much like it: ` (did you mean `relu`?)`.
pub(crate) fn did_you_mean<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
) -> String {
    let known = known.into_iter();
    let near = || {
        let near = known.clone().map(|name| (distance(wrong, name), name));
        // Of few letters, two others make another word: `lstm` is not `sum`.
        let near = near.filter(|(distance, name)| *distance <= (name.len().min(wrong.len()) / 3).max(1));
        near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
    };
    meant(wrong, known.clone())
        .or_else(near)
        .map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

/// As [`did_you_mean`], or what to do instead, or all of a long list of names where none is close.
pub(crate) fn did_you_mean_or_list<'a>(
    wrong: &str,
    place: Place,
    known: impl Iterator<Item = &'a str> + Clone,
) -> String {
    if let Some(advice) = advice(wrong, place) {
        return format!(": {advice}");
    }
    let hint = did_you_mean(wrong, known.clone());
    if hint.is_empty() { format!("; known: {}", known.collect::<Vec<_>>().join(", ")) } else { hint }
}

/// Damerau's edit distance: insertions, deletions, substitutions, swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let substitution = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut best = substitution.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                }
            };
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_the_closest() {
        assert_eq!(did_you_mean("dnese", ["dense", "conv2d"]), " (did you mean `dense`?)");
        assert_eq!(did_you_mean("attention", ["dense", "conv2d"]), "");
        assert_eq!(did_you_mean("lstm", ["sum", "dense"]), "");
        assert_eq!(did_you_mean("Linear", ["sum", "dense"]), " (did you mean `dense`?)");
    }
}
