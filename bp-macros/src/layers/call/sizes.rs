//! Arguments that are sizes: alone, in pairs, in shapes and as padding.

use super::{Call, quoted};
use crate::declaration::{as_name, axes};
use crate::diagnostics::Result;
use crate::layers::padding::Pads;
use crate::size::Size;
use syn::Expr;

impl Call<'_> {
    fn read_size(&mut self, name: &str, value: &Expr, least: usize) -> Result<Size> {
        let size = Size::from_expr(value);
        if !Size::may_be(value) || size.known().is_some_and(|n| n < least) {
            return Err(self.wrong(
                value,
                name,
                &format!("a constant of at least {least}, such as `{}`", least.max(3)),
            ));
        }
        if size.literal().is_some_and(|n| n > u128::from(u32::MAX)) {
            return Err(self.wrong(value, name, "at most 2³² − 1, which is all that can be addressed"));
        }
        Ok(size)
    }

    /// A required positive size.
    pub(crate) fn size(&mut self, name: &'static str) -> Result<Size> {
        match self.keyed_or_next(name) {
            Some(argument) => self.read_size(name, &argument.value, 1),
            None => Err(self.missing(name)),
        }
    }

    /// A positive size by name.
    pub(crate) fn size_or(&mut self, name: &'static str, default: usize) -> Result<Size> {
        match self.keyed(name) {
            Some(argument) => self.read_size(name, &argument.value, 1),
            None => Ok(Size::Known(default)),
        }
    }

    /// A size of at least `least` by name, if it is given.
    pub(crate) fn size_if(&mut self, name: &'static str, least: usize) -> Result<Option<Size>> {
        let argument = self.keyed(name);
        argument.map(|argument| self.read_size(name, &argument.value, least)).transpose()
    }

    /// A required list of one to three positive sizes.
    pub(crate) fn shape(&mut self, name: &'static str) -> Result<Vec<Size>> {
        let Some(argument) = self.keyed_or_next(name) else { return Err(self.missing(name)) };
        let axes = axes(&argument.value);
        if !(1..=3).contains(&axes.len()) {
            let expected = "one to three sizes, such as `[channels, height, width]`";
            return Err(self.wrong(&argument.value, name, expected));
        }
        axes.iter().map(|axis| self.read_size(name, axis, 1)).collect()
    }

    /// A list of numbers of axes, if it is given.
    pub(crate) fn order(&mut self, name: &'static str) -> Result<Option<Vec<usize>>> {
        let Some(argument) = self.keyed_or_next(name) else { return Ok(None) };
        let order: Option<Vec<_>> =
            axes(&argument.value).iter().map(|axis| Size::from_expr(axis).known()).collect();
        let expected = "numbers of axes, such as `[2, 0, 1]`";
        order.map(Some).ok_or_else(|| self.wrong(&argument.value, name, expected))
    }

    /// One axis, or a list of axes, of an input of so many, if it is given: each at most once.
    pub(crate) fn axes_if(&mut self, name: &'static str, rank: usize) -> Result<Option<Vec<usize>>> {
        let Some(argument) = self.keyed(name) else { return Ok(None) };
        let given = axes(&argument.value);
        let numbers: Vec<usize> = given.iter().filter_map(|axis| Size::from_expr(axis).known()).collect();
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if !numbers.is_empty()
            && sorted.len() == given.len()
            && numbers.iter().all(|axis| *axis < rank)
            && (name == "axes" || given.len() == 1)
        {
            return Ok(Some(numbers));
        }
        let last = rank.saturating_sub(1);
        let expected = match (name, rank) {
            (_, 1) => "0: the input has one axis".to_owned(),
            ("axes", _) => {
                format!("numbers from 0 to {last}, one for each axis to take together, such as `[0]`")
            }
            _ => format!("a number from 0 to {last}, which counts the axes of the input"),
        };
        Err(self.wrong(&argument.value, name, &expected))
    }

    fn read_pair(&mut self, name: &str, value: &Expr, least: usize) -> Result<[Size; 2]> {
        match axes(value).as_slice() {
            [one] => {
                let size = self.read_size(name, one, least)?;
                Ok([size.clone(), size])
            }
            [first, second] => {
                Ok([self.read_size(name, first, least)?, self.read_size(name, second, least)?])
            }
            _ => Err(self.wrong(value, name, "one size, or two: `[vertical, horizontal]`")),
        }
    }

    /// A required pair of positive sizes: one for both, or `[vertical, horizontal]`.
    pub(crate) fn pair(&mut self, name: &'static str) -> Result<[Size; 2]> {
        match self.keyed_or_next(name) {
            Some(argument) => self.read_pair(name, &argument.value, 1),
            None => Err(self.missing(name)),
        }
    }

    /// A pair of sizes by name, of at least `least`.
    pub(crate) fn pair_or(
        &mut self,
        name: &'static str,
        default: [Size; 2],
        least: usize,
    ) -> Result<[Size; 2]> {
        match self.keyed(name) {
            Some(argument) => self.read_pair(name, &argument.value, least),
            None => Ok(default),
        }
    }

    /// Sizes before and after each of so many axes: one for all, one for each axis, or `[[before, after], …]`.
    pub(crate) fn sides(&mut self, name: &'static str, count: usize) -> Result<Vec<[Size; 2]>> {
        match self.keyed_or_next(name) {
            Some(argument) => self.read_sides(name, &argument.value, count),
            None => Err(self.missing(name)),
        }
    }

    fn read_sides(&mut self, name: &str, value: &Expr, count: usize) -> Result<Vec<[Size; 2]>> {
        let all = axes(value);
        let each = |axis: usize| match all.as_slice() {
            [one] if !matches!(one, Expr::Array(_)) => Some(vec![*one]),
            axes if axes.len() == count => axes.get(axis).map(|axis| crate::declaration::axes(axis)),
            _ => None,
        };
        (0..count)
            .map(|axis| match each(axis).as_deref() {
                Some([one]) => {
                    let size = self.read_size(name, one, 0)?;
                    Ok([size.clone(), size])
                }
                Some([before, after]) => {
                    Ok([self.read_size(name, before, 0)?, self.read_size(name, after, 0)?])
                }
                _ => Err(self.wrong(
                    value,
                    name,
                    "one size, or one for each axis, or before and after each: `[[1, 2], [0, 1]]` of an image, `[[2, 0]]` of a \
                     sequence",
                )),
            })
            .collect()
    }

    /// Padding along so many axes: one of the words, or sizes.
    pub(crate) fn padding(&mut self, count: usize, words: &'static [&'static str]) -> Result<Pads> {
        let Some(argument) = self.keyed("padding") else { return Ok(Pads::none(count)) };
        let word = as_name(&argument.value);
        if let Some(word) = words.iter().find(|known| word.is_some_and(|word| word == **known)) {
            return Ok(Pads::Word(word));
        }
        let causal = "`causal` is for sequences, `conv1d`; ";
        let expected = match words {
            ["same", "causal"] => {
                "`same`, `causal` or sizes (`valid` is 0; others are a `padding_mode`)".to_owned()
            }
            ["same"] if self.kind.signature.contains("padding_mode") => {
                format!("`same` or sizes (`valid` is 0; {causal}others are a `padding_mode`)")
            }
            ["same"] => "`same` or sizes (`valid` is 0; others are modes of a `pad` before it)".to_owned(),
            _ => "sizes".to_owned(),
        };
        self.no_other_word(&argument.value, &expected)?;
        self.read_sides("padding", &argument.value, count).map(Pads::Sides)
    }

    /// Refuses words for padding that others have, which would be taken for a constant; and those in quotes.
    fn no_other_word(&mut self, value: &Expr, expected: &str) -> Result<()> {
        const OTHERS: &[&str] =
            &["same", "causal", "valid", "full", "zeros", "reflect", "replicate", "circular"];
        let word = as_name(value).map(ToString::to_string);
        if word.is_some_and(|word| OTHERS.contains(&word.as_str())) || quoted(value).is_some() {
            return Err(self.wrong(value, "padding", expected));
        }
        Ok(())
    }
}
