//! [`Columns`] and [`Labels`]: what of a table becomes the numbers of a sample, and its class.

use super::Error;
use super::table::{Table, line, value};
use crate::Scalar;
use csv::StringRecord;
use std::collections::BTreeSet;

/// What one column of a table becomes: [`number`] or [`one_hot`]. A name alone is a number.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Number(Missing),
    OneHot { or_zeros: bool },
}

/// What stands for a number that is missing.
#[derive(Clone, Copy, Debug)]
enum Missing {
    Error,
    Mean,
    Value(f64),
}

/// A column of numbers, one feature. A missing one is an error unless [`or`](Column::or) or [`or_mean`](Column::or_mean) says
/// what stands for it.
pub fn number(name: &str) -> Column {
    Column { name: name.to_owned(), kind: Kind::Number(Missing::Error) }
}

/// A column of categories, a feature for each: 1 for the row's, 0 for all others. Categories are in the order of
/// [`Labels::names`].
pub fn one_hot(name: &str) -> Column {
    Column { name: name.to_owned(), kind: Kind::OneHot { or_zeros: false } }
}

impl Column {
    /// What stands for a missing number: NaN too, which a loss with `missing = true` takes.
    #[must_use]
    pub fn or(self, value: f64) -> Self {
        self.missing(Missing::Value(value))
    }

    /// The mean of the column in the table that was learnt from stands for a missing number.
    #[must_use]
    pub fn or_mean(self) -> Self {
        self.missing(Missing::Mean)
    }

    /// A category that is missing, or was not there in the table that was learnt from, is all zeros.
    #[must_use]
    pub fn or_zeros(self) -> Self {
        match self.kind {
            Kind::OneHot { .. } => Self { kind: Kind::OneHot { or_zeros: true }, ..self },
            Kind::Number(_) => self.or(0.0),
        }
    }

    fn missing(self, missing: Missing) -> Self {
        match self.kind {
            Kind::Number(_) => Self { kind: Kind::Number(missing), ..self },
            Kind::OneHot { .. } => self,
        }
    }
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        number(name)
    }
}

/// What is learnt of a column.
#[derive(Clone, Debug)]
enum Learnt {
    /// A number, and what stands for a missing one.
    Number {
        name: String,
        missing: Option<f64>,
    },
    OneHot {
        labels: Labels,
        or_zeros: bool,
    },
}

/// The columns of a table that become a sample's numbers, with what was learnt of them: categories, and means for missing
/// values. Learnt from the training set, and applied to all.
///
/// ```
/// use backprop::data::{Columns, Format, number, one_hot};
/// let text = "age,deck,fare\n20,b,7.5\n,a,8.5\n40,b,?\n";
/// let table = Format::default().parse(text.as_bytes())?;
/// let columns = Columns::learn(&table, [number("age").or_mean(), one_hot("deck"), number("fare").or(0.0)])?;
/// assert_eq!(columns.names(), ["age", "deck=a", "deck=b", "fare"]);
/// let xs: Vec<[f32; 4]> = columns.encode(&table)?;
/// assert_eq!(xs, [[20.0, 0.0, 1.0, 7.5], [30.0, 1.0, 0.0, 8.5], [40.0, 0.0, 1.0, 0.0]]);
/// # Ok::<(), backprop::data::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Columns {
    columns: Vec<Learnt>,
}

impl Columns {
    /// Learns from a table what these columns need, in the order that they shall have in a sample.
    ///
    /// # Errors
    /// A column that is not there; a field that is no number, or missing; [`Error::Empty`].
    pub fn learn<C: Into<Column>>(
        table: &Table,
        columns: impl IntoIterator<Item = C>,
    ) -> Result<Self, Error> {
        if table.is_empty() {
            return Err(Error::Empty);
        }
        let learn = |column: C| {
            let Column { name, kind } = column.into();
            let place = table.column(&name)?;
            match kind {
                Kind::OneHot { or_zeros } => {
                    Ok(Learnt::OneHot { labels: Labels::known(table, &name, or_zeros)?, or_zeros })
                }
                Kind::Number(missing) => {
                    let (mut sum, mut count) = (0.0, 0_usize);
                    for row in table.rows() {
                        match (value(row, place), missing) {
                            (Some(field), _) => (sum, count) = (sum + parse(row, &name, field)?, count + 1),
                            (None, Missing::Error) => {
                                return Err(Error::Missing { column: name, line: line(row) });
                            }
                            (None, _) => {}
                        }
                    }
                    let missing = match missing {
                        Missing::Error => None,
                        Missing::Value(value) => Some(value),
                        // Of a column without any value there is no mean.
                        Missing::Mean if count == 0 => return Err(Error::Empty),
                        Missing::Mean => Some(sum / count as f64),
                    };
                    Ok(Learnt::Number { name, missing })
                }
            }
        };
        Ok(Self { columns: columns.into_iter().map(learn).collect::<Result<_, _>>()? })
    }

    /// The names of a sample's numbers: the column's, or `column=category`.
    pub fn names(&self) -> Vec<String> {
        let names = self.columns.iter().flat_map(|column| match column {
            Learnt::Number { name, .. } => vec![name.clone()],
            Learnt::OneHot { labels, .. } => {
                labels.names.iter().map(|name| format!("{}={name}", labels.column)).collect()
            }
        });
        names.collect()
    }

    /// A sample for each row of a table.
    ///
    /// # Errors
    /// [`Error::Width`] if a sample does not have as many numbers as [`names`](Self::names); a column that is not there; a field
    /// that is no number, missing, or of an unknown category.
    pub fn encode<S: Scalar, const N: usize>(&self, table: &Table) -> Result<Vec<[S; N]>, Error> {
        let names = self.names();
        if names.len() != N {
            return Err(Error::Width { expected: N, found: names });
        }
        let places = self.columns.iter().map(|column| match column {
            Learnt::Number { name, .. } => table.column(name),
            Learnt::OneHot { labels, .. } => table.column(&labels.column),
        });
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let mut samples = Vec::with_capacity(table.len());
        for row in table.rows() {
            let mut sample = [S::ZERO; N];
            let mut rest = sample.as_mut_slice();
            for (column, place) in self.columns.iter().zip(&places) {
                let (numbers, others) = rest.split_at_mut(column.width());
                column.encode(row, *place, numbers)?;
                rest = others;
            }
            samples.push(sample);
        }
        Ok(samples)
    }
}

impl Learnt {
    /// How many numbers of a sample the column becomes.
    fn width(&self) -> usize {
        match self {
            Self::Number { .. } => 1,
            Self::OneHot { labels, .. } => labels.names.len(),
        }
    }

    fn encode<S: Scalar>(&self, row: &StringRecord, place: usize, numbers: &mut [S]) -> Result<(), Error> {
        match (self, value(row, place)) {
            (Self::Number { name, .. }, Some(field)) => {
                numbers.fill(S::real(parse(row, name, field)?.into()))
            }
            (Self::Number { missing: Some(value), .. }, None) => numbers.fill(S::real((*value).into())),
            (Self::Number { name, missing: None }, None) => {
                return Err(Error::Missing { column: name.clone(), line: line(row) });
            }
            (Self::OneHot { labels, or_zeros }, _) => match labels.index(row, place) {
                Ok(index) => numbers[index] = S::ONE,
                Err(_) if *or_zeros => {}
                Err(error) => return Err(error),
            },
        }
        Ok(())
    }
}

fn parse(row: &StringRecord, column: &str, field: &str) -> Result<f64, Error> {
    // What Rust takes for a number but is none to learn from.
    let parsed = field.parse().ok().filter(|value: &f64| value.is_finite());
    parsed.ok_or_else(|| Error::NotANumber {
        column: column.to_owned(),
        line: line(row),
        value: field.to_owned(),
    })
}

/// A column of categories as class indices, learnt from the training set: numbers in their order, other words in that of
/// the alphabet.
///
/// ```
/// use backprop::data::{Format, Labels};
/// let table = Format::default().parse("kind\ncat\ndog\nant\ncat\n".as_bytes())?;
/// let labels = Labels::learn(&table, "kind")?;
/// assert_eq!(labels.names(), ["ant", "cat", "dog"]);
/// assert_eq!(labels.encode(&table)?, [1, 2, 0, 1]);
/// # Ok::<(), backprop::data::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Labels {
    column: String,
    names: Vec<String>,
}

impl Labels {
    /// Learns the categories of a column.
    ///
    /// # Errors
    /// A column that is not there, a missing value, [`Error::Empty`].
    pub fn learn(table: &Table, column: &str) -> Result<Self, Error> {
        if table.is_empty() {
            return Err(Error::Empty);
        }
        Self::known(table, column, false)
    }

    fn known(table: &Table, column: &str, may_miss: bool) -> Result<Self, Error> {
        let place = table.column(column)?;
        let mut names = BTreeSet::new();
        for row in table.rows() {
            match value(row, place) {
                Some(field) => _ = names.insert(field),
                None if may_miss => {}
                None => return Err(Error::Missing { column: column.to_owned(), line: line(row) }),
            }
        }
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
        if numbers.is_some() {
            let number = |name: &String| name.parse::<f64>().unwrap_or(f64::NAN);
            names.sort_by(|a, b| number(a).total_cmp(&number(b)));
        }
        Ok(Self { column: column.to_owned(), names })
    }

    /// The categories, in the order of their indices.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The category of a class index.
    pub fn name(&self, class: usize) -> Option<&str> {
        self.names.get(class).map(String::as_str)
    }

    /// The class of each row of a table.
    ///
    /// # Errors
    /// A column that is not there, a missing value, a category that is not known.
    pub fn encode(&self, table: &Table) -> Result<Vec<usize>, Error> {
        let place = table.column(&self.column)?;
        table.rows().iter().map(|row| self.index(row, place)).collect()
    }

    fn index(&self, row: &StringRecord, place: usize) -> Result<usize, Error> {
        let column = || self.column.clone();
        let field = value(row, place).ok_or_else(|| Error::Missing { column: column(), line: line(row) })?;
        self.names.iter().position(|name| name == field).ok_or_else(|| Error::UnknownCategory {
            column: column(),
            line: line(row),
            value: field.to_owned(),
            known: self.names.clone(),
        })
    }
}
