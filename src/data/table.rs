//! [`Table`]: rows of text with a name for each column.

use super::{Error, count_of, shuffle};
use csv::StringRecord;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Words that stand for a missing value beside the empty field: those of pandas that occur in data sets.
const MISSING: [&str; 8] = ["?", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"];

/// How a table is written.
///
/// ```
/// use backprop::data::Format;
/// let text = "5,1;anna\n4,9;bert\n";
/// let table = Format::default().delimiter(b';').without_header().parse(text.as_bytes())?;
/// assert_eq!((table.names(), table.len()), (["1", "2"].map(String::from).as_slice(), 2));
/// # Ok::<(), backprop::data::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Format {
    delimiter: u8,
    header: bool,
}

impl Default for Format {
    /// Commas, and a first row with the names of the columns.
    fn default() -> Self {
        Self { delimiter: b',', header: true }
    }
}

impl Format {
    /// What stands between fields: `b','` unless set, for instance `b';'` or `b'\t'`.
    #[must_use]
    pub fn delimiter(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    /// The first row has values already. Columns are named by their number, from `1`.
    #[must_use]
    pub fn without_header(self) -> Self {
        Self { header: false, ..self }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, or is no table.
    pub fn read(self, path: impl AsRef<Path>) -> Result<Table, Error> {
        let path = path.as_ref();
        let at = |error| Error::Io { path: Some(path.to_owned()), error };
        match self.parse(File::open(path).map_err(at)?) {
            Err(Error::Io { error, .. }) => Err(at(error)),
            Err(Error::Csv(error)) => Err(Error::Csv(format!("{}: {error}", path.display()))),
            table => table,
        }
    }

    /// Reads text: of a network, of a file that is unpacked on the way.
    ///
    /// # Errors
    /// Text that cannot be read, or is no table.
    pub fn parse(self, text: impl Read) -> Result<Table, Error> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(self.header)
            .trim(csv::Trim::All)
            .from_reader(text);
        let failed = |error: csv::Error| {
            let text = error.to_string();
            match error.into_kind() {
                csv::ErrorKind::Io(error) => Error::Io { path: None, error },
                _ => Error::Csv(text),
            }
        };
        let header = reader.headers().map_err(failed)?;
        let names = if self.header {
            // A byte order mark is no part of the first name.
            header.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect()
        } else {
            (1..=header.len()).map(|number| number.to_string()).collect()
        };
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(failed)?;
        Ok(Table { names, rows })
    }
}

/// Rows of text with a name for each column: a CSV file in memory.
///
/// [`Columns`](super::Columns) makes samples of it, [`Labels`](super::Labels) classes. Missing is what is empty, `?`, `NA`,
/// `N/A`, `NaN`, `null` or `None`; blanks around fields do not count.
#[derive(Clone, Debug)]
pub struct Table {
    names: Vec<String>,
    rows: Vec<StringRecord>,
}

impl Table {
    /// Reads a file of values between commas, whose first row has the names. [`Format`] reads others.
    ///
    /// # Errors
    /// A file that cannot be read, or is no table.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        Format::default().read(path)
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The names of all columns but those given, to [learn](super::Columns::learn) from all that is no target.
    ///
    /// # Errors
    /// [`Error::NoColumn`] if one of those given is none.
    pub fn names_but(&self, left_out: &[&str]) -> Result<Vec<&str>, Error> {
        for name in left_out {
            self.column(name)?;
        }
        Ok(self.names.iter().map(String::as_str).filter(|name| !left_out.contains(name)).collect())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in an order that follows from the seed.
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        shuffle(seed, &mut self.rows);
        self
    }

    /// The first rows, and the last: `part` of them, from 0 to 1. Shuffle a table first whose rows are sorted.
    pub fn split(mut self, part: f64) -> (Self, Self) {
        let last = self.rows.split_off(self.rows.len() - count_of(self.rows.len(), part));
        let names = self.names.clone();
        (self, Self { names, rows: last })
    }

    /// The rows in which none of these columns is missing.
    ///
    /// # Errors
    /// [`Error::NoColumn`].
    pub fn complete(mut self, columns: &[&str]) -> Result<Self, Error> {
        let columns = columns.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        self.rows.retain(|row| columns.iter().all(|column| value(row, *column).is_some()));
        Ok(self)
    }

    /// The fields of a column, `None` where one is missing.
    ///
    /// # Errors
    /// [`Error::NoColumn`].
    pub fn fields(&self, column: &str) -> Result<impl Iterator<Item = Option<&str>>, Error> {
        let column = self.column(column)?;
        Ok(self.rows.iter().map(move |row| value(row, column)))
    }

    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> Result<usize, Error> {
        let place = self.names.iter().position(|other| other == name);
        place.ok_or_else(|| Error::NoColumn { name: name.to_owned(), names: self.names.clone() })
    }

    pub(super) fn rows(&self) -> &[StringRecord] {
        &self.rows
    }
}

/// A field that is not missing.
pub(super) fn value(row: &StringRecord, column: usize) -> Option<&str> {
    row.get(column).filter(|value| !value.is_empty() && !MISSING.contains(value))
}

/// The line of the file that a row begins at.
pub(super) fn line(row: &StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}
