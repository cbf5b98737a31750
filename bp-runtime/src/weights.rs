//! Weights that are part of the program: a [safetensors](https://huggingface.co/docs/safetensors) file that the
//! declaration names, `weights = "digits.safetensors"`, checked when the program is compiled.
//!
//! [`Pretrained::STATIC`] is the network with the file's numbers where the compiler puts constants (flash, on a
//! microcontroller): it predicts from there. To train it, [`pretrained`](Pretrained::pretrained) copies the numbers into a
//! network, without heap and without a way to fail; [`Embedded`] is a network that stays in flash as a layer of another.
//!
//! ```text
//! 8 bytes   length of the header, little-endian
//! header    {"dense1.weight": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]}, …}
//! numbers   little-endian, each tensor between its offsets
//! ```

mod embedded;
mod header;

pub use embedded::Embedded;

use crate::Flat;
use crate::flat::{put_bytes, zero};
use crate::network::LARGEST_BY_VALUE;
use crate::text::Text;
use crate::{Network, Scalar, Tensor, Zeroed};
use header::{Entry, File, Step};

/// A network whose declaration names a file of weights, `weights = "digits.safetensors"`.
///
/// ```text
/// #[network(input = 784, layers = [dense(10)], weights = "digits.safetensors")]
/// struct Digits;
///
/// let net = Digits::pretrained();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no weights of its own",
    note = "name a file in its declaration: `weights = \"file.safetensors\"`"
)]
pub trait Pretrained: Network + Zeroed + 'static {
    /// The file.
    const WEIGHTS: &'static [u8];

    /// The network with the file's numbers, put in order when the program is compiled: a constant, in flash on a
    /// microcontroller. Predicting from it copies nothing.
    const STATIC: &'static Self;

    /// Sets all that is stored to the file's numbers.
    fn load_pretrained(&mut self) {
        let Some(file) = File::of(Self::WEIGHTS) else { return };
        let values = self.parameters_mut().as_mut();
        for tensor in Self::tensors() {
            let Some(entry) = find(&file, tensor) else { continue };
            let Some(bytes) = file.numbers.get(entry.begin..entry.end) else { continue };
            match (count_of_batches(&entry, bytes), values.get_mut(tensor.place(0))) {
                (Some(count), Some(value)) => {
                    *value = Self::Scalar::from_usize(usize::try_from(count).unwrap_or(usize::MAX));
                }
                _ => copy(tensor, bytes, values),
            }
        }
    }

    /// The network with the file's numbers, by value: up to 256 KiB, beyond that use `pretrained_boxed`, or
    /// [`load_pretrained`](Self::load_pretrained) into a `static` of `zeroed()`.
    fn pretrained() -> Self {
        const {
            assert!(
                size_of::<Self>() <= LARGEST_BY_VALUE,
                "this network is larger than 256 KiB: use `pretrained_boxed()`, or a `static` of `zeroed()` and `load_pretrained()`"
            );
        }
        let mut network: Self = zero();
        network.load_pretrained();
        network
    }

    /// The network with the file's numbers in a box, built there.
    #[cfg(feature = "alloc")]
    fn pretrained_boxed() -> alloc::boxed::Box<Self> {
        let mut network = Self::zeroed_box();
        network.load_pretrained();
        network
    }
}

/// A network with a file's numbers, by constant evaluation.
pub const fn embed<N: Flat>(file: &[u8], tensors: &[Tensor]) -> N {
    let mut network: N = zero();
    let Some(file) = File::of(file) else { return network };
    let size = size_of::<N::Number>();
    let mut index = 0;
    while index < tensors.len() {
        let tensor = &tensors[index];
        index += 1;
        let Some(entry) = find(&file, tensor) else { continue };
        let Some((_, mut rest)) = file.numbers.split_at_checked(entry.begin) else { continue };
        if let Some(count) = count_of_batches(&entry, rest) {
            let (single, double) = ((count as f32).to_le_bytes(), (count as f64).to_le_bytes());
            put_bytes(&mut network, tensor.place(0), if size == 8 { &double } else { &single });
            continue;
        }
        let mut number = 0;
        while number < tensor.len {
            let Some((bytes, behind)) = rest.split_at_checked(size) else { break };
            put_bytes(&mut network, tensor.place(number), bytes);
            rest = behind;
            number += 1;
        }
    }
    network
}

/// PyTorch's count of batches, which is an integer; `None` for any other tensor.
const fn count_of_batches(entry: &Entry<'_>, numbers: &[u8]) -> Option<u64> {
    if !header::same(entry.dtype, b"I64") {
        return None;
    }
    match numbers.first_chunk() {
        Some(bytes) => Some(u64::from_le_bytes(*bytes)),
        None => None,
    }
}

/// Copies one tensor's numbers to their places.
fn copy<S: Scalar>(tensor: &Tensor, bytes: &[u8], values: &mut [S]) {
    for (place, bytes) in tensor.places().zip(bytes.chunks_exact(size_of::<S>())) {
        if let (Some(value), Ok(bytes)) = (values.get_mut(place), S::Bytes::try_from(bytes)) {
            *value = S::from_le_bytes(bytes);
        }
    }
}

/// What a file has under the name of a tensor.
const fn find<'a>(file: &File<'a>, tensor: &Tensor) -> Option<Entry<'a>> {
    let mut header = file.header;
    loop {
        match header.next() {
            Step::Entry(entry, _) if entry.is(tensor) => return Some(entry),
            Step::Entry(_, rest) => header = rest,
            Step::End | Step::Malformed => return None,
        }
    }
}

/// Fails to compile where a file does not hold the tensors of a network, each in its shape, in numbers of type `S`;
/// the message says what is wrong with each.
#[track_caller]
pub const fn check<S>(network: &str, file: &[u8], tensors: &[Tensor]) {
    let message = Message::of(network);
    let begin = message.text.len();
    let message = message.file::<S>(file, tensors);
    if message.text.len() > begin {
        panic!("{}", message.text.or("the file of weights does not fit the network"));
    }
}

/// What is wrong with a file.
struct Message {
    text: Text,
    /// Length of the text before the first mistake.
    begin: usize,
}

impl Message {
    const fn of(network: &str) -> Self {
        let text = Text::new().push("the weights of `").push(network).push("`: ");
        Self { begin: text.len(), text }
    }

    /// The file as a whole.
    const fn file<S>(self, bytes: &[u8], tensors: &[Tensor]) -> Self {
        let Some(file) = File::of(bytes) else { return self.no_file() };
        let (mut this, mut header, mut convert) = (self, file.header, false);
        loop {
            match header.next() {
                Step::Entry(entry, rest) => {
                    header = rest;
                    if is_batch_count(&entry, tensors) {
                        continue;
                    }
                    convert = convert || !header::same(entry.dtype, dtype::<S>().as_bytes());
                    this = this.entry::<S>(&entry, tensors, file.numbers.len());
                }
                Step::End => break,
                Step::Malformed => return this.next().no_file(),
            }
        }
        let mut index = 0;
        while index < tensors.len() {
            if tensors[index].len > 0 && find(&file, &tensors[index]).is_none() {
                this = this.next();
                this.text = path(&tensors[index], this.text.push("`")).push("` is missing in the file");
            }
            index += 1;
        }
        if convert {
            let call = if size_of::<S>() == 8 { "double" } else { "float" };
            this.text = this.text.push(". Convert the file: `tensor.").push(call).push("()` in PyTorch");
        }
        this
    }

    const fn no_file(mut self) -> Self {
        self.text = self.text.push(
            "this is no safetensors file, or only a part of one: expected 8 bytes of length, a JSON header of that \
             length, and the numbers",
        );
        self
    }

    /// One tensor of the file.
    const fn entry<S>(self, entry: &Entry<'_>, tensors: &[Tensor], numbers: usize) -> Self {
        let mut index = 0;
        while index < tensors.len() && !entry.is(&tensors[index]) {
            index += 1;
        }
        if index == tensors.len() {
            return self.mistake(entry, " of the file is not in the network");
        }
        let tensor = &tensors[index];
        let (shape, expected) = (entry.shape.split_at(entry.rank).0, tensor.shape.split_at(tensor.rank).0);
        if !header::same(entry.dtype, dtype::<S>().as_bytes()) {
            let mut this = self.mistake(entry, " holds ");
            this.text = this.text.bytes(entry.dtype).push(", the network computes in ").push(dtype::<S>());
            return this;
        }
        let (mut axis, mut equal) = (0, shape.len() == expected.len());
        while equal && axis < shape.len() {
            equal = shape[axis] == expected[axis];
            axis += 1;
        }
        if !equal {
            let mut this = self.mistake(entry, " has the shape ");
            this.text =
                this.text.shape(shape).push(" in the file and ").shape(expected).push(" in the network");
            return this;
        }
        let whole = entry.begin <= entry.end && entry.end <= numbers;
        if !whole || entry.end - entry.begin != tensor.len * size_of::<S>() {
            return self.mistake(entry, " is cut off: copy the file again");
        }
        self
    }

    const fn mistake(self, entry: &Entry<'_>, what: &str) -> Self {
        let mut this = self.next();
        this.text = this.text.push("`").bytes(entry.name).push("`").push(what);
        this
    }

    /// What stands between two mistakes.
    const fn next(mut self) -> Self {
        if self.text.len() > self.begin {
            self.text = self.text.push("; ");
        }
        self
    }
}

/// Whether the entry is what PyTorch counts batches by, beside the running statistics of batch normalisation.
const fn is_batch_count(entry: &Entry<'_>, tensors: &[Tensor]) -> bool {
    let mut index = 0;
    while index < tensors.len() {
        let beside = header::same(tensors[index].name.as_bytes(), b"running_mean");
        if beside && entry.is(&Tensor { name: "num_batches_tracked", ..tensors[index] }) {
            return true;
        }
        index += 1;
    }
    false
}

/// What files call the type of the numbers.
const fn dtype<S>() -> &'static str {
    if size_of::<S>() == 8 { "F64" } else { "F32" }
}

/// `encoder1.conv1.weight`
const fn path(tensor: &Tensor, text: Text) -> Text {
    let (mut text, mut network) = (text, 0);
    while network < tensor.networks.len() {
        if !tensor.networks[network].is_empty() {
            text = text.push(tensor.networks[network]).push(".");
        }
        network += 1;
    }
    text.push(tensor.layer).push(".").push(tensor.name)
}

#[cfg(test)]
mod tests {
    use super::{check, find};
    use crate::Tensor;
    use crate::weights::header::File;

    const TENSORS: &[Tensor] = &[
        Tensor::new("weight", &[2, 3]).of("dense1", 0, None),
        Tensor::new("bias", &[2]).of("dense1", 6, None),
    ];

    fn file(header: &str, numbers: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.resize(bytes.len() + numbers, 0);
        bytes
    }

    /// What is said of a header before 32 bytes of numbers.
    fn message(header: &str) -> String {
        let bytes = file(header, 32);
        match std::panic::catch_unwind(|| check::<f32>("Net", &bytes, TENSORS)) {
            Ok(()) => String::new(),
            Err(message) => message.downcast_ref::<String>().cloned().unwrap_or_default(),
        }
    }

    const WEIGHT: &str = r#""dense1.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}"#;
    const BIAS: &str = r#""dense1.bias":{"data_offsets":[24,32],"shape":[2],"dtype":"F32"}"#;

    #[test]
    fn what_fits_is_accepted() {
        for header in [
            format!("{{{WEIGHT},{BIAS}}}   "),
            format!("{{\"__metadata__\":{{\"format\":\"pt\", \"by\": \"\\\"\"}}, {BIAS}\n,{WEIGHT}}}"),
            format!("{{{BIAS},{WEIGHT},\"__metadata__\":{{}}}}"),
        ] {
            assert_eq!(message(&header), "", "{header}");
        }
        let bytes = file(&format!("{{{WEIGHT},{BIAS}}}"), 32);
        let entry =
            File::of(&bytes).and_then(|file| find(&file, &TENSORS[1])).map(|entry| entry.begin..entry.end);
        assert_eq!(entry, Some(24..32));
    }

    /// Where a network counts batches, the integer is taken as a number.
    #[test]
    fn a_count_of_batches_is_converted() {
        const COUNT: &[Tensor] = &[
            Tensor::new("running_mean", &[1]).of("norm", 0, None),
            Tensor::new("num_batches_tracked", &[]).at(1).of("norm", 0, None),
        ];
        let mean = r#""norm.running_mean": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}"#;
        let count = r#""norm.num_batches_tracked": {"dtype": "I64", "shape": [], "data_offsets": [4, 12]}"#;
        let mut bytes = file(&format!("{{{mean},{count}}}"), 12);
        let begin = bytes.len() - 8;
        bytes[begin] = 7;
        check::<f32>("Net", &bytes, COUNT);
        assert_eq!(super::embed::<[f32; 2]>(&bytes, COUNT), [0.0, 7.0]);
    }

    /// PyTorch's files of batch normalisation hold a count of batches, as an integer.
    #[test]
    fn a_count_of_batches_is_passed_over() {
        const NORM: &[Tensor] = &[
            Tensor::new("bias", &[0]).of("norm", 0, None),
            Tensor::new("running_mean", &[8]).of("norm", 0, None),
        ];
        let mean = r#""norm.running_mean": {"dtype": "F32", "shape": [8], "data_offsets": [0, 32]}"#;
        let count = r#""norm.num_batches_tracked": {"dtype": "I64", "shape": [], "data_offsets": [32, 40]}"#;
        check::<f32>("Net", &file(&format!("{{{mean},{count}}}"), 40), NORM);
        let other = format!("{{{mean},{}}}", count.replace("norm.", "other."));
        assert!(std::panic::catch_unwind(|| check::<f32>("Net", &file(&other, 40), NORM)).is_err());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (header, expected) in [
            (format!("{{{WEIGHT}}}"), "`dense1.bias` is missing in the file"),
            (
                format!("{{{WEIGHT},{BIAS},{}}}", BIAS.replace("dense1", "dense")),
                "`dense.bias` of the file is not in",
            ),
            (
                format!("{{{WEIGHT},{}}}", BIAS.replace("[2]", "[]")),
                "`dense1.bias` has the shape [] in the file and [2] in",
            ),
            (
                format!("{{{WEIGHT},{}}}", BIAS.replace("F32", "BF16")),
                "`dense1.bias` holds BF16, the network computes in F32. Convert",
            ),
            (format!("{{{WEIGHT},{}}}", BIAS.replace("32]", "36]")), "`dense1.bias` is cut off"),
        ] {
            let message = message(&header);
            assert!(
                message.contains(&("the weights of `Net`: ".to_string() + expected)),
                "{header}: {message}"
            );
        }
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let good = format!("{{{WEIGHT},{BIAS}}}");
        let mut headers: Vec<String> = (0..good.len()).map(|end| good[..end].to_string()).collect();
        for (sign, other) in [
            ("{", "["),
            (":", ""),
            (",", ""),
            (",", ",,"),
            ("\"", ""),
            ("[2", "[2,1,1,1,1"),
            ("24", "99999999999999999999999"),
        ] {
            headers.push(good.replacen(sign, other, 1));
        }
        headers.extend([format!("{good}x"), format!("{{{WEIGHT},}}"), String::new()]);
        for header in headers {
            assert!(
                message(&header).contains("this is no safetensors file"),
                "{header}: {}",
                message(&header)
            );
        }
        for bytes in [&[][..], &[255; 8], &[9, 0, 0, 0, 0, 0, 0, 0, b'{', b'}']] {
            assert!(std::panic::catch_unwind(|| check::<f32>("Net", bytes, &[])).is_err());
        }
    }
}
