//! The header of a safetensors file: JSON of one form only, read by constant functions.

use crate::Tensor;

/// A file in its two parts.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) header: Header<'a>,
    pub(super) numbers: &'a [u8],
}

impl<'a> File<'a> {
    /// The parts, where the length of the header is right and it begins as an object.
    pub(super) const fn of(bytes: &'a [u8]) -> Option<Self> {
        let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return None };
        let length = u64::from_le_bytes(*length);
        if length > rest.len() as u64 {
            return None;
        }
        let Some((header, numbers)) = rest.split_at_checked(length as usize) else { return None };
        match (Header { bytes: header, first: true }).after(b'{') {
            Some(header) => Some(Self { header, numbers }),
            None => None,
        }
    }
}

/// What is left of a header.
#[derive(Clone, Copy)]
pub(super) struct Header<'a> {
    bytes: &'a [u8],
    /// Whether no tensor has been read yet, so that no comma stands before the next.
    first: bool,
}

/// One tensor of the file.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// As written, without the quotes.
    pub(super) name: &'a [u8],
    pub(super) dtype: &'a [u8],
    /// Of up to four axes; only the first `rank` count.
    pub(super) shape: [usize; 4],
    pub(super) rank: usize,
    /// Where its numbers begin and end.
    pub(super) begin: usize,
    pub(super) end: usize,
}

impl Entry<'_> {
    /// Whether this is the entry of a tensor.
    pub(super) const fn is(&self, tensor: &Tensor) -> bool {
        let [first, second, third] = tensor.networks;
        let parts = [first, second, third, tensor.layer, tensor.name];
        let (mut rest, mut part) = (self.name, 0);
        while part < parts.len() {
            let text = parts[part].as_bytes();
            part += 1;
            if text.is_empty() {
                continue;
            }
            let Some((head, behind)) = rest.split_at_checked(text.len()) else { return false };
            if !same(head, text) {
                return false;
            }
            rest = match behind {
                [b'.', behind @ ..] if part < parts.len() => behind,
                _ if part == parts.len() => behind,
                _ => return false,
            };
        }
        rest.is_empty()
    }
}

/// What comes next in a header.
pub(super) enum Step<'a> {
    Entry(Entry<'a>, Header<'a>),
    End,
    Malformed,
}

impl<'a> Header<'a> {
    /// The next tensor. Metadata is skipped.
    pub(super) const fn next(self) -> Step<'a> {
        if let Some(rest) = self.after(b'}') {
            return if rest.spaces().bytes.is_empty() { Step::End } else { Step::Malformed };
        }
        let start = if self.first { Some(self) } else { self.after(b',') };
        let Some(start) = start else { return Step::Malformed };
        let Some((name, rest)) = start.string() else { return Step::Malformed };
        let Some(mut rest) = rest.after(b':') else { return Step::Malformed };
        rest.first = false;
        if same(name, b"__metadata__") {
            return match rest.metadata() {
                Some(rest) => rest.next(),
                None => Step::Malformed,
            };
        }
        match rest.entry(name) {
            Some((entry, rest)) => Step::Entry(entry, rest),
            None => Step::Malformed,
        }
    }

    /// `{"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]}`, in any order.
    const fn entry(self, name: &'a [u8]) -> Option<(Entry<'a>, Self)> {
        let mut entry = Entry { name, dtype: &[], shape: [1; 4], rank: usize::MAX, begin: 0, end: 0 };
        let Some(mut rest) = self.after(b'{') else { return None };
        let mut fields = 0;
        while fields < 3 {
            if fields > 0 {
                let Some(behind) = rest.after(b',') else { return None };
                rest = behind;
            }
            let Some((key, behind)) = rest.string() else { return None };
            let Some(value) = behind.after(b':') else { return None };
            if same(key, b"dtype") {
                let Some((dtype, behind)) = value.string() else { return None };
                (entry.dtype, rest) = (dtype, behind);
            } else if same(key, b"shape") {
                let Some((shape, rank, behind)) = value.numbers() else { return None };
                (entry.shape, entry.rank, rest) = (shape, rank, behind);
            } else if same(key, b"data_offsets") {
                let Some((offsets, 2, behind)) = value.numbers() else { return None };
                (entry.begin, entry.end, rest) = (offsets[0], offsets[1], behind);
            } else {
                return None;
            }
            fields += 1;
        }
        match rest.after(b'}') {
            Some(rest) if entry.rank != usize::MAX && !entry.dtype.is_empty() => Some((entry, rest)),
            _ => None,
        }
    }

    /// `{"format": "pt"}`, of texts only.
    const fn metadata(self) -> Option<Self> {
        let Some(mut rest) = self.after(b'{') else { return None };
        if let Some(rest) = rest.after(b'}') {
            return Some(rest);
        }
        loop {
            let Some((_, behind)) = rest.string() else { return None };
            let Some(behind) = behind.after(b':') else { return None };
            let Some((_, behind)) = behind.string() else { return None };
            if let Some(rest) = behind.after(b'}') {
                return Some(rest);
            }
            let Some(behind) = behind.after(b',') else { return None };
            rest = behind;
        }
    }

    /// `[3, 2]`, of up to four numbers, and how many they are.
    const fn numbers(self) -> Option<([usize; 4], usize, Self)> {
        let Some(mut rest) = self.after(b'[') else { return None };
        let (mut numbers, mut count) = ([1; 4], 0);
        if let Some(rest) = rest.after(b']') {
            return Some((numbers, 0, rest));
        }
        while count < 4 {
            let Some((number, behind)) = rest.number() else { return None };
            numbers[count] = number;
            count += 1;
            if let Some(rest) = behind.after(b']') {
                return Some((numbers, count, rest));
            }
            let Some(behind) = behind.after(b',') else { return None };
            rest = behind;
        }
        None
    }

    const fn number(self) -> Option<(usize, Self)> {
        let mut rest = self.spaces();
        let (mut number, mut digits) = (0_usize, 0);
        while let [digit @ b'0'..=b'9', behind @ ..] = rest.bytes {
            let Some(tens) = number.checked_mul(10) else { return None };
            let Some(sum) = tens.checked_add((*digit - b'0') as usize) else { return None };
            (number, rest.bytes) = (sum, behind);
            digits += 1;
        }
        if digits == 0 { None } else { Some((number, rest)) }
    }

    /// A text between quotes, as written.
    const fn string(self) -> Option<(&'a [u8], Self)> {
        let Some(start) = self.after(b'"') else { return None };
        let mut end = 0;
        while end < start.bytes.len() {
            match start.bytes[end] {
                b'"' => {
                    let (text, rest) = start.bytes.split_at(end);
                    let Some((_, bytes)) = rest.split_first() else { return None };
                    return Some((text, Self { bytes, ..start }));
                }
                // What is escaped is no end.
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        None
    }

    /// What stands behind a sign, if that is next.
    const fn after(self, sign: u8) -> Option<Self> {
        let rest = self.spaces();
        match rest.bytes {
            [first, bytes @ ..] if *first == sign => Some(Self { bytes, ..rest }),
            _ => None,
        }
    }

    const fn spaces(mut self) -> Self {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.bytes {
            self.bytes = rest;
        }
        self
    }
}

/// Whether two texts are equal.
pub(super) const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    a.len() == b.len() && index == a.len()
}
