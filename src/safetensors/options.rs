//! [`Options`]: files as people have them.

use super::numbers::Precision;
use super::report::{OtherShape, Report};
use super::{Error, keras, names};
use crate::Network;
use crate::networks::Tensor;
use ::safetensors::{Dtype, SafeTensorError, SafeTensors, tensor::TensorView};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// From a network's names to those of a file.
type Names<'a> = Box<dyn Fn(&str) -> String + 'a>;

/// How a file differs from what [`save`](super::save) writes and [`load`](super::load) reads.
///
/// | Option | |
/// |---|---|
/// | [`prefix`](Self::prefix) | names begin with it: `module.conv1.weight` |
/// | [`sequential`](Self::sequential) | layers are called by the numbers of PyTorch's `nn.Sequential`: `0.weight`, `2.weight` |
/// | [`names`](Self::names) | a function from this network's names to those of the file |
/// | [`keras`](Self::keras) | names and layouts of Keras |
/// | [`partial`](Self::partial) | what fits is read: a pre-trained trunk, below a new head |
/// | [`convert`](Self::convert) | numbers of another precision are converted |
/// | [`precision`](Self::precision) | what is saved is rounded to 16 bits |
/// | [`metadata`](Self::metadata) | texts beside the weights |
///
/// Numbers of 16 bits, `F16` and `BF16`, are read without an option: every network holds them exactly.
///
/// ```
/// use backprop::prelude::*;
/// use backprop::safetensors::{Options, Precision};
///
/// #[network(input = 4, layers = [dense(8), relu, dense(3)])]
/// struct Trained;
///
/// #[network(input = 4, layers = [dense(8), relu, head: dense(2)])]
/// struct Tuned;
///
/// # fn main() -> Result<(), backprop::safetensors::Error> {
/// let trained = Trained::new(&mut backprop::rng(1));
/// let torch = Options::new().sequential().prefix("model.").precision(Precision::BF16).metadata("classes", "a,b,c");
/// let bytes = torch.to_bytes(&trained)?; // model.0.weight, model.0.bias, model.2.weight, model.2.bias
///
/// let mut tuned = Tuned::new(&mut backprop::rng(2));
/// let report = Options::new().sequential().prefix("model.").partial().from_bytes(&mut tuned, &bytes)?;
/// assert_eq!(report.taken, ["dense1.weight", "dense1.bias"]);
/// assert_eq!(report.other_shape[0].tensor, "head.weight");
/// assert_eq!(report.metadata["classes"], "a,b,c");
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "these are options of `load` and `save`"]
pub struct Options<'a> {
    prefix: String,
    sequential: bool,
    keras: bool,
    names: Option<Names<'a>>,
    partial: bool,
    convert: bool,
    precision: Option<Precision>,
    metadata: BTreeMap<String, String>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, sequential, keras, names, partial, convert, precision, metadata } = self;
        f.debug_struct("Options")
            .field("prefix", prefix)
            .field("sequential", sequential)
            .field("keras", keras)
            .field("names", &names.is_some())
            .field("partial", partial)
            .field("convert", convert)
            .field("precision", precision)
            .field("metadata", metadata)
            .finish()
    }
}

/// A tensor of a network as the file has it.
struct Place {
    tensor: &'static Tensor,
    /// Its name in the file.
    name: String,
    shape: Vec<usize>,
    /// The places of its numbers, in the file's order.
    order: Tensor,
}

impl<'a> Options<'a> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names in the file begin with a text, `module.` after `nn.DataParallel`, `_orig_mod.` after `torch.compile`.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Layers are called by the numbers of PyTorch's `nn.Sequential`. To save, each layer of the declaration counts. To load, the
    /// numbers that the file has are taken in their order, so that modules without parameters may differ.
    pub fn sequential(self) -> Self {
        Self { sequential: true, ..self }
    }

    /// Maps names, `conv1.weight` or what the other options make of it, to those of the file, without the prefix.
    ///
    /// ```
    /// # use backprop::prelude::*;
    /// # use backprop::safetensors::Options;
    /// # #[network(input = 2, layers = [out: dense(1)])]
    /// # struct Net;
    /// let timm = Options::new().names(|name| name.replace("out.", "head.fc."));
    /// # assert!(String::from_utf8_lossy(&timm.to_bytes(&Net::zeroed()).unwrap()).contains("head.fc.bias"));
    /// ```
    pub fn names(self, names: impl Fn(&str) -> String + 'a) -> Self {
        Self { names: Some(Box::new(names)), ..self }
    }

    /// Names and layouts of Keras with channels last: `dense1/kernel` as `[inputs, outputs]`, `conv1/kernel` as `[height, width,
    /// inputs, outputs]`, `gamma`, `beta`, `moving_mean` and `moving_variance` of norms, `embeddings`. The inputs of a `dense`
    /// that follows a flattened image, which Keras counts pixel by pixel, are brought in order too. Recurrent layers and attention
    /// are not translated.
    ///
    /// In Python: `safetensors.numpy.save_file({v.path: v.numpy() for v in model.variables}, "model.safetensors")`; what `path`
    /// begins with beside the layer goes into [`prefix`](Self::prefix), `sequential/`.
    pub fn keras(self) -> Self {
        Self { keras: true, ..self }
    }

    /// Reads what fits by name and shape, and tells in the [`Report`] what was and what was not taken. That nothing fits is an
    /// error.
    pub fn partial(self) -> Self {
        Self { partial: true, ..self }
    }

    /// Reads numbers of another precision than the network's, rounded to the nearest.
    pub fn convert(self) -> Self {
        Self { convert: true, ..self }
    }

    /// Saves numbers of this precision, rounded to the nearest.
    pub fn precision(self, precision: Precision) -> Self {
        Self { precision: Some(precision), ..self }
    }

    /// Saves a text beside the weights, which [`Report::metadata`] tells. `format` is `pt`, for readers in Python.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// [`to_bytes`](super::to_bytes) with these options.
    ///
    /// # Errors
    /// As there, and [`Error::Range`].
    pub fn to_bytes<N: Network>(&self, network: &N) -> Result<Vec<u8>, Error> {
        let values = network.parameters().as_ref();
        let precision = self.precision.unwrap_or(Precision::of::<N::Scalar>());
        let positions = names::positions(network).into_iter().collect();
        let mut tensors = Vec::new();
        for place in self.places(network, &positions) {
            let mut bytes = Vec::with_capacity(place.tensor.len * precision.bytes());
            for value in place.order.places().filter_map(|place| values.get(place)) {
                if !precision.write(*value, &mut bytes) {
                    let (network, tensor) = (N::NAME, place.tensor.path().to_string());
                    return Err(Error::Range { network, tensor, dtype: precision.in_file() });
                }
            }
            tensors.push((place, bytes));
        }
        let format = |source| Error::Format { bytes: size_of_val(values), source };
        let views = tensors
            .iter()
            .map(|(place, bytes)| {
                Ok((&place.name, TensorView::new(precision.in_file(), place.shape.clone(), bytes)?))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(format)?;
        // "pt" tells readers of the Python library that the layouts are PyTorch's.
        let mut metadata = self.metadata.clone();
        metadata.insert("format".to_owned(), "pt".to_owned());
        ::safetensors::serialize(views, None)
            .and_then(|bytes| with_metadata(bytes, &metadata))
            .map_err(format)
    }

    /// [`from_bytes`](super::from_bytes) with these options.
    ///
    /// # Errors
    /// As there, and [`Error::Nothing`].
    pub fn from_bytes<N: Network>(&self, network: &mut N, bytes: &[u8]) -> Result<Report, Error> {
        other_format(bytes)?;
        let file =
            SafeTensors::deserialize(bytes).map_err(|source| Error::Format { bytes: bytes.len(), source })?;
        let mut found: BTreeMap<String, TensorView<'_>> = file.tensors().into_iter().collect();
        let positions = names::positions(network);
        let numbers = names::numbers(&positions, &self.prefix, found.keys().map(String::as_str));
        let mut report = Report { metadata: metadata(bytes), ..Report::default() };
        let mut pairs = Vec::new();
        for place in self.places(network, &numbers) {
            let tensor = place.tensor.path().to_string();
            let Some(view) = found.remove(&place.name) else {
                report.missing.push(place.name);
                continue;
            };
            if view.shape() == place.shape {
                report.taken.push(tensor);
                pairs.push((place, view));
            } else {
                let (found, expected) = (view.shape().to_vec(), place.shape);
                report.other_shape.push(OtherShape { tensor, found, expected });
            }
        }
        let is_count = |name: &str| {
            name.strip_suffix(".num_batches_tracked").is_some_and(|layer| {
                pairs.iter().any(|(place, _)| place.name.strip_suffix(".running_mean") == Some(layer))
            })
        };
        report.unexpected = found.into_keys().filter(|name| !is_count(name)).collect();
        self.check::<N>(&report)?;
        let mut read = Vec::new();
        for (place, view) in &pairs {
            // PyTorch's count of batches is an integer.
            let is_count = view.dtype() == Dtype::I64 && place.tensor.name == "num_batches_tracked";
            let precision = if is_count { None } else { Some(self.precision_of::<N>(place, view)?) };
            read.push((place, precision, view.data()));
        }
        let values = network.parameters_mut().as_mut();
        for (place, precision, data) in read {
            let Some(precision) = precision else {
                let count = data.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                if let Some(value) = place.order.places().next().and_then(|place| values.get_mut(place)) {
                    *value =
                        backprop_runtime::Scalar::from_usize(usize::try_from(count).unwrap_or(usize::MAX));
                }
                continue;
            };
            for (place, bytes) in place.order.places().zip(data.chunks_exact(precision.bytes())) {
                if let (Some(value), Some(number)) = (values.get_mut(place), precision.read(bytes)) {
                    *value = number;
                }
            }
        }
        Ok(report)
    }

    /// [`save`](super::save) with these options.
    ///
    /// # Errors
    /// As there, and [`Error::Range`].
    pub fn save<N: Network>(&self, network: &N, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let bytes = self.to_bytes(network)?;
        backprop_runtime::files::write(path, &bytes).map_err(|source| Error::Io {
            action: "write",
            path: path.to_owned(),
            source,
        })
    }

    /// [`load`](super::load) with these options.
    ///
    /// # Errors
    /// As there, and [`Error::Nothing`].
    pub fn load<N: Network>(&self, network: &mut N, path: impl AsRef<Path>) -> Result<Report, Error> {
        let path = path.as_ref();
        let bytes =
            fs::read(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
        self.from_bytes(network, &bytes)
            .map_err(|error| Error::InFile { path: path.to_owned(), source: Box::new(error) })
    }

    /// The network's tensors as the file has them. What a layer lacks, such as the bias of a norm without one, is in no file.
    fn places<N: Network>(&self, network: &N, numbers: &BTreeMap<&'static str, usize>) -> Vec<Place> {
        let stored = N::tensors().iter().filter(|tensor| tensor.len > 0);
        let place = |tensor: &'static Tensor| {
            let path = match self.sequential {
                true => names::numbered(tensor, numbers),
                false => tensor.path().to_string(),
            };
            let (path, (order, shape)) = if self.keras {
                let layer = path.strip_suffix(tensor.name).unwrap_or(&path).replace('.', "/");
                (layer + keras::name(network, tensor), keras::layout(network, tensor))
            } else {
                (path, (*tensor, tensor.shape().to_vec()))
            };
            let path = self.names.as_ref().map_or_else(|| path.clone(), |names| names(&path));
            Place { tensor, name: format!("{}{path}", self.prefix), shape, order }
        };
        stored.map(place).collect()
    }

    /// What is not taken is an error, unless a part is enough.
    fn check<N: Network>(&self, report: &Report) -> Result<(), Error> {
        let network = N::NAME;
        if self.partial {
            return match report.taken.is_empty() && !N::tensors().is_empty() {
                true => Err(Error::Nothing { network, report: Box::new(report.clone()) }),
                false => Ok(()),
            };
        }
        let (missing, unexpected) = (report.missing.clone(), report.unexpected.clone());
        if !(missing.is_empty() && unexpected.is_empty()) {
            return Err(Error::Names { network, missing, unexpected });
        }
        match report.other_shape.first().cloned() {
            None => Ok(()),
            Some(OtherShape { tensor, found, expected }) => {
                Err(Error::Shape { network, tensor, found, expected })
            }
        }
    }

    /// The precision of a tensor in a file, if it may be read.
    fn precision_of<N: Network>(&self, place: &Place, view: &TensorView<'_>) -> Result<Precision, Error> {
        let own = Precision::of::<N::Scalar>();
        Precision::from_file(view.dtype())
            .filter(|precision| *precision == own || precision.is_half() || self.convert)
            .ok_or_else(|| Error::Type {
                network: N::NAME,
                tensor: place.tensor.path().to_string(),
                found: view.dtype(),
                expected: own.in_file(),
            })
    }
}

/// Files of other formats that people give, by their first bytes.
fn other_format(bytes: &[u8]) -> Result<(), Error> {
    const TORCH: &str =
        "safetensors.torch.save_file(torch.load(\"model.pt\", weights_only=True), \"model.safetensors\")";
    const KERAS: &str =
        "safetensors.numpy.save_file({v.path: v.numpy() for v in model.variables}, \"model.safetensors\")";
    let contains = |text: &[u8]| bytes.windows(text.len()).take(1024).any(|window| window == text);
    let (found, remedy) = match bytes {
        [b'P', b'K', 3, 4, ..] if contains(b"metadata.json") || contains(b"config.json") => {
            ("a file of Keras", KERAS)
        }
        [b'P', b'K', 3, 4, ..] => ("a file of PyTorch's `torch.save`", TORCH),
        // Protocol 2 and later, and its opcodes; the length of a header of safetensors is less than 2¹⁶ times as large.
        [0x80, 2..=5, ..] if bytes.get(4..8) != Some(&[0; 4]) => {
            ("a pickle, as of PyTorch's `torch.save`", TORCH)
        }
        [0x89, b'H', b'D', b'F', ..] => ("an HDF5 file, as of Keras", KERAS),
        _ => return Ok(()),
    };
    Err(Error::OtherFormat { found, remedy })
}

/// The metadata of a file that has been read.
fn metadata(bytes: &[u8]) -> BTreeMap<String, String> {
    let Ok((_, header)) = SafeTensors::read_metadata(bytes) else { return BTreeMap::new() };
    let texts = header.metadata().as_ref().into_iter().flatten();
    texts.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A file without metadata, with `metadata` as the first entry of its header.
///
/// The crate takes metadata as a `HashMap`, whose order differs from one call to the next; the same network has the
/// same bytes, so that files can be compared and cached.
fn with_metadata(
    mut bytes: Vec<u8>,
    metadata: &BTreeMap<String, String>,
) -> Result<Vec<u8>, SafeTensorError> {
    let (length, _) = SafeTensors::read_metadata(&bytes)?;
    let begin = size_of::<u64>();
    let end = begin + length;
    let tensors = bytes.get(begin..end).ok_or(SafeTensorError::InvalidHeaderLength)?.trim_ascii_end();
    let mut header = serde_json::to_vec(&BTreeMap::from([("__metadata__", metadata)]))?;
    // `{"__metadata__":{…}}` and `{…}` become one object.
    header.pop();
    if tensors != b"{}" {
        header.push(b',');
    }
    header.extend_from_slice(tensors.strip_prefix(b"{").unwrap_or(tensors));
    header.resize(header.len().next_multiple_of(begin), b' ');
    let length = (header.len() as u64).to_le_bytes();
    drop(bytes.splice(..end, length.into_iter().chain(header)));
    // As a reader checks it: a header has a largest size.
    SafeTensors::read_metadata(&bytes)?;
    Ok(bytes)
}
