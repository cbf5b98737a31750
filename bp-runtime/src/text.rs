//! Messages written by constant evaluation.

/// The most that a message holds, in bytes.
const ROOM: usize = 1024;

/// Text of at most [`ROOM`] bytes; what is longer is left out.
pub(crate) struct Text {
    bytes: [u8; ROOM],
    len: usize,
}

impl Text {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; ROOM], len: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn push(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Adds bytes, where there is room for all of them.
    pub(crate) const fn bytes(mut self, text: &[u8]) -> Self {
        if text.len() <= self.bytes.len() - self.len {
            let mut index = 0;
            while index < text.len() {
                self.bytes[self.len] = text[index];
                self.len += 1;
                index += 1;
            }
        }
        self
    }

    pub(crate) const fn number(self, n: usize) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let this = if n >= 10 { self.number(n / 10) } else { self };
        this.push(DIGITS[n % 10])
    }

    /// `[6, 14, 14]`
    pub(crate) const fn shape(self, shape: &[usize]) -> Self {
        let (mut this, mut axis) = (self.push("["), 0);
        while axis < shape.len() {
            this = this.push(if axis > 0 { ", " } else { "" }).number(shape[axis]);
            axis += 1;
        }
        this.push("]")
    }

    /// The text, or words for what is no text.
    pub(crate) const fn or<'a>(&'a self, otherwise: &'a str) -> &'a str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => otherwise,
        }
    }
}
