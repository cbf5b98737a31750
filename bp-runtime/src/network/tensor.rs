//! Names, shapes and places of what a network stores.

use crate::Real;

/// Name, shape and place of one tensor of a network.
///
/// The shape is PyTorch's; the number at PyTorch's index `[i, j, …]` stands in the flat view at
/// `offset + i * strides[0] + j * strides[1] + …`.
///
/// ```
/// use backprop_runtime::Tensor;
/// // Three weights for each of two outputs: stored by inputs, in PyTorch's files by outputs.
/// const WEIGHT: Tensor = Tensor::new("weight", &[3, 2]).permuted(&[1, 0]).of("dense1", 10, Some(10));
/// assert_eq!(WEIGHT.shape(), [2, 3]);
/// assert_eq!(WEIGHT.places().collect::<Vec<_>>(), [10, 12, 14, 11, 13, 15]);
/// assert_eq!(WEIGHT.path().to_string(), "dense1.weight");
/// assert!(WEIGHT.is_in("dense1") && !WEIGHT.is_in("dense10"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tensor {
    /// The networks that the layer stands in, from the outermost, `["encoder1", "", ""]`.
    pub networks: [&'static str; 3],
    /// The layer's name, `conv1`.
    pub layer: &'static str,
    /// The tensor's name in its layer, `weight`.
    pub name: &'static str,
    /// Place of its first number in the flat view.
    pub offset: usize,
    /// How many numbers it has.
    pub len: usize,
    /// Place of its first number among those that are trained, if it is.
    pub trained: Option<usize>,
    /// PyTorch's shape; only the first `rank` entries count.
    pub shape: [usize; 4],
    /// Distance in the flat view between neighbours along each axis.
    pub strides: [usize; 4],
    /// Number of axes.
    pub rank: usize,
    /// What the declaration multiplies the optimizer's learning rate by, 1 unless it says so.
    pub learning_rate: Real,
    /// What it multiplies the optimizer's weight decay by.
    pub weight_decay: Real,
}

impl Tensor {
    /// A contiguous tensor of one layer, at place 0 of it: shape as stored.
    pub const fn new(name: &'static str, shape: &[usize]) -> Self {
        let mut tensor = Self {
            networks: [""; 3],
            layer: "",
            name,
            offset: 0,
            len: 1,
            trained: Some(0),
            shape: [1; 4],
            strides: [0; 4],
            rank: shape.len(),
            learning_rate: Real::new(1.0),
            weight_decay: Real::new(1.0),
        };
        let mut axis = shape.len();
        while axis > 0 {
            axis -= 1;
            tensor.shape[axis] = shape[axis];
            tensor.strides[axis] = tensor.len;
            tensor.len *= shape[axis];
        }
        tensor
    }

    /// The same numbers with the axes in another order: PyTorch's axis `k` is the stored axis `order[k]`.
    pub const fn permuted(self, order: &[usize]) -> Self {
        let mut tensor = self;
        let mut axis = 0;
        while axis < order.len() {
            tensor.shape[axis] = self.shape[order[axis]];
            tensor.strides[axis] = self.strides[order[axis]];
            axis += 1;
        }
        tensor
    }

    /// The same as part of a network.
    pub const fn of(self, layer: &'static str, offset: usize, trained: Option<usize>) -> Self {
        let trained = match (trained, self.trained) {
            (Some(start), Some(place)) => Some(start + place),
            _ => None,
        };
        Self { layer, offset: self.offset + offset, trained, ..self }
    }

    /// The same at another place of its layer.
    pub const fn at(self, offset: usize) -> Self {
        let trained = match self.trained {
            Some(_) => Some(offset),
            None => None,
        };
        Self { offset, trained, ..self }
    }

    /// The same with factors on the optimizer's learning rate and weight decay.
    pub const fn rated(self, learning_rate: Real, weight_decay: Real) -> Self {
        Self { learning_rate, weight_decay, ..self }
    }

    /// The same, measured or constant instead of trained.
    pub const fn not_trained(self) -> Self {
        Self { trained: None, ..self }
    }

    /// The same as part of a network within a network: up to three deep.
    pub const fn inside(self, network: &'static str) -> Self {
        let [first, second, third] = self.networks;
        assert!(third.is_empty(), "networks stand within networks at most three deep");
        Self { networks: [network, first, second], ..self }
    }

    /// The name with the path to it: `encoder1.conv1.weight`.
    pub fn path(&self) -> impl core::fmt::Display + use<> {
        Path(*self)
    }

    /// Whether the numbers are biases: the tensor is called `bias`, or begins or ends with that, as `bias_hh_l0` and
    /// `in_proj_bias` do.
    pub const fn is_bias(&self) -> bool {
        matches!(self.name.as_bytes(), [.., b'b', b'i', b'a', b's'] | [b'b', b'i', b'a', b's', ..])
    }

    /// Whether `path` names this tensor, or something that it stands in.
    pub fn is_in(&self, path: &str) -> bool {
        let parts =
            self.networks.iter().copied().chain([self.layer, self.name]).filter(|part| !part.is_empty());
        let mut rest = Some(path);
        for part in parts {
            let Some(behind) = rest.and_then(|rest| rest.strip_prefix(part)) else { return false };
            if behind.is_empty() {
                return true;
            }
            rest = behind.strip_prefix('.');
        }
        false
    }

    /// PyTorch's shape.
    pub fn shape(&self) -> &[usize] {
        self.shape.get(..self.rank).unwrap_or(&[])
    }

    /// Places in the flat view, in PyTorch's order.
    pub fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let tensor = *self;
        (0..self.len).map(move |index| tensor.place(index))
    }

    /// The place in the flat view of a number, by its place in PyTorch's order.
    pub(crate) const fn place(&self, index: usize) -> usize {
        let (mut rest, mut place, mut axis) = (index, self.offset, 4);
        while axis > 0 {
            axis -= 1;
            place += rest % self.shape[axis] * self.strides[axis];
            rest /= self.shape[axis];
        }
        place
    }
}

/// Writes a tensor's name with the path to it.
struct Path(Tensor);

impl core::fmt::Display for Path {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for network in self.0.networks.iter().filter(|network| !network.is_empty()) {
            write!(f, "{network}.")?;
        }
        write!(f, "{}.{}", self.0.layer, self.0.name)
    }
}
