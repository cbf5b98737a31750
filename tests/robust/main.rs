//! Settings, errors and magnitudes: every setting has an effect, every error leaves no trace, and no size of numbers or
//! of samples is silently wrong.

mod beside;
mod layers;
mod losses;
mod magnitudes;
mod optimizers;
mod stack;
mod twins;

#[path = "../support/mod.rs"]
mod support;

/// The words of a text that follow `before`, each up to the first character that cannot be part of a name.
fn names_after<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}
