//! The cases of `tests/fixtures/pytorch`, as `pytorch.py` wrote them.

use safetensors::{Dtype, SafeTensors};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A tensor as PyTorch stores it, row-major. Integers are numbers too.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// One module, called once.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// `Conv2d/train/3`
    pub name: String,
    pub module: String,
    /// Constructor arguments.
    pub args: Vec<Value>,
    pub kwargs: serde_json::Map<String, Value>,
    /// Arguments of the call beside the inputs.
    pub forward: Value,
    pub tensors: BTreeMap<String, Stored>,
}

impl Case {
    /// A tensor that every case of the module has.
    pub(crate) fn tensor(&self, name: &str) -> Result<&Stored, String> {
        self.tensors.get(name).ok_or_else(|| format!("no tensor {name}"))
    }

    /// Refuses arguments beyond those that an adapter knows, in the order of PyTorch's constructor.
    pub(crate) fn known(&self, names: &[&str]) -> Result<(), String> {
        if self.args.len() > names.len() {
            return Err(format!("{} positional arguments", self.args.len()));
        }
        match self.kwargs.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => Err(format!("option {name}")),
            None => Ok(()),
        }
    }

    /// A constructor argument, by its place or its name; `None` if neither is given, or given as `None`.
    pub(crate) fn argument(&self, place: usize, name: &str) -> Option<&Value> {
        self.args.get(place).or_else(|| self.kwargs.get(name)).filter(|value| !value.is_null())
    }

    /// A number among the keyword arguments.
    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let value = self.kwargs.get(name);
        value.map(|value| value.as_f64().ok_or_else(|| format!("{name} = {value}"))).transpose()
    }

    /// A switch among the keyword arguments.
    pub(crate) fn switch(&self, name: &str) -> Result<Option<bool>, String> {
        let value = self.kwargs.get(name);
        value.map(|value| value.as_bool().ok_or_else(|| format!("{name} = {value}"))).transpose()
    }
}

/// Sizes along `N` axes: one number for all, or a list.
pub(crate) fn sizes<const N: usize>(value: &Value) -> Result<[usize; N], String> {
    let number = |value: &Value| value.as_u64().map(|n| n as usize).ok_or_else(|| format!("size {value}"));
    match value {
        Value::Array(list) => {
            let list: Vec<usize> = list.iter().map(number).collect::<Result<_, _>>()?;
            list.try_into().map_err(|list| format!("sizes {list:?}"))
        }
        one => Ok([number(one)?; N]),
    }
}

/// All cases of `<name>.json` and `<name>.safetensors`.
pub(crate) fn load(name: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pytorch");
    let bytes = std::fs::read(folder.join(format!("{name}.safetensors"))).unwrap();
    let mut tensors = group(&SafeTensors::deserialize(&bytes).unwrap());
    let index = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    let cases = index["cases"].as_array().unwrap();
    cases.iter().map(|entry| case(entry, &mut tensors)).collect()
}

fn case(entry: &Value, tensors: &mut BTreeMap<String, BTreeMap<String, Stored>>) -> Case {
    let name = entry["case"].as_str().unwrap().to_owned();
    let mut tensors = tensors.remove(&name).unwrap();
    // Some modules are given their input by name.
    for (name, value) in entry["forward_kwargs"].as_object().unwrap() {
        if name == "input" {
            tensors.insert("in0".to_owned(), matrix(&value["tensor"]));
        }
    }
    Case {
        module: entry["module"].as_str().unwrap().to_owned(),
        args: entry["args"].as_array().unwrap().clone(),
        forward: entry["forward_kwargs"].clone(),
        kwargs: entry["kwargs"].as_object().unwrap().clone(),
        name,
        tensors,
    }
}

fn matrix(rows: &Value) -> Stored {
    let rows = rows.as_array().unwrap();
    let columns = rows[0].as_array().unwrap().len();
    let numbers = rows.iter().flat_map(|row| row.as_array().unwrap());
    Stored { shape: vec![rows.len(), columns], values: numbers.map(|n| n.as_f64().unwrap()).collect() }
}

fn group(file: &SafeTensors<'_>) -> BTreeMap<String, BTreeMap<String, Stored>> {
    let mut cases: BTreeMap<String, BTreeMap<String, Stored>> = BTreeMap::new();
    for (key, view) in file.tensors() {
        let (case, name) = key.rsplit_once('/').unwrap();
        let (numbers, rest) = view.data().as_chunks::<8>();
        let values = match view.dtype() {
            Dtype::F64 => numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
            Dtype::I64 => numbers.iter().map(|bytes| i64::from_le_bytes(*bytes) as f64).collect(),
            // Masks of attention; of a length that no adapter uses.
            Dtype::BOOL => view.data().iter().map(|byte| f64::from(*byte)).collect(),
            other => panic!("{key} is of {other:?}"),
        };
        assert!(rest.is_empty() || view.dtype() == Dtype::BOOL, "{key}");
        let stored = Stored { shape: view.shape().to_vec(), values };
        cases.entry(case.to_owned()).or_default().insert(name.to_owned(), stored);
    }
    cases
}
