//! Gains, bounds and deviations of the initializers against PyTorch's. `fixtures/initializers.py` writes them;
//! the distributions themselves are tested beside the initializers.

use backprop_runtime::initializers::{Default, Fans, Gain, Initializer, Kaiming, LeCun, Xavier};
use backprop_runtime::layers::{Conv1d, Conv2d, ConvTranspose2d, Dense};
use backprop_runtime::{Scalar, rand_core::Rng};
use serde_json::Value;
use std::cell::Cell;

fn fixture() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/initializers.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() <= tolerance, "{what}: {found} instead of {expected}");
}

#[test]
fn gains_as_in_pytorch() {
    let fixture = fixture();
    for (name, gain) in [
        ("linear", Gain::LINEAR),
        ("sigmoid", Gain::SIGMOID),
        ("tanh", Gain::TANH),
        ("relu", Gain::RELU),
        ("selu", Gain::SELU),
    ] {
        close(name, gain.value(), fixture["gains"][name].as_f64().unwrap(), 1e-15);
    }
    let slopes = fixture["leaky_relu"].as_object().unwrap();
    assert_eq!(slopes.len(), 3);
    for (slope, expected) in slopes {
        close(slope, Gain::leaky_relu(slope.parse().unwrap()).value(), expected.as_f64().unwrap(), 1e-15);
    }
}

/// The largest of many numbers, which is just below the bound.
fn largest(initializer: &impl Initializer, fans: Fans) -> f64 {
    let mut values = vec![0.0_f64; 20_000];
    initializer.fill(fans, &mut values, &mut backprop_runtime::rng(1));
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

fn check(case: &Value) {
    let name = case["initializer"].as_str().unwrap();
    let expected = case["value"].as_f64().unwrap();
    let fans = Fans {
        fan_in: case["fan_in"].as_u64().unwrap() as usize,
        fan_out: case["fan_out"].as_u64().unwrap() as usize,
    };
    let gain = match (case["gain"].as_str(), case["slope"].as_f64()) {
        (Some("tanh"), None) => Some(Gain::TANH),
        (None, Some(slope)) => Some(Gain::leaky_relu(slope)),
        (None, None) => None,
        other => panic!("{other:?}"),
    };
    // A macro, because each family has a method `gain` of its own.
    macro_rules! compare {
        (uniform $initializer:expr) => {{
            let initializer = gain.map_or($initializer, |gain| $initializer.gain(gain));
            close(name, initializer.std::<f64>(fans) * 3.0_f64.sqrt(), expected, 1e-15);
            close(name, f64::from(initializer.std::<f32>(fans)) * 3.0_f64.sqrt(), expected, 2e-7);
            let largest = largest(&initializer, fans);
            assert!(largest <= expected * (1.0 + 1e-15));
            close(name, largest, expected, 1e-3);
        }};
        (normal $initializer:expr) => {{
            let initializer = gain.map_or($initializer, |gain| $initializer.gain(gain));
            close(name, initializer.std::<f64>(fans), expected, 1e-15);
            close(name, f64::from(initializer.std::<f32>(fans)), expected, 2e-7);
        }};
    }
    match name {
        "xavier_uniform" => compare!(uniform Xavier::uniform()),
        "xavier_normal" => compare!(normal Xavier::normal()),
        "kaiming_uniform" => compare!(uniform Kaiming::uniform()),
        "kaiming_normal" => compare!(normal Kaiming::normal()),
        "kaiming_uniform_out" => compare!(uniform Kaiming::uniform().fan_out()),
        "kaiming_normal_out" => compare!(normal Kaiming::normal().fan_out()),
        "lecun_uniform" => compare!(uniform LeCun::uniform()),
        "lecun_normal" => compare!(normal LeCun::normal()),
        "default" => {
            let largest = largest(&Default, fans);
            assert!(largest <= expected * (1.0 + 1e-15));
            close(name, largest, expected, 1e-3);
        }
        other => panic!("no initializer {other}"),
    }
}

#[test]
fn bounds_and_deviations_as_in_pytorch() {
    let fixture = fixture();
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 55);
    cases.iter().for_each(check);
    println!("initializers: {} cases", cases.len());
}

/// Draws nothing, but keeps what it was told of the tensor: its fans and its length.
struct Recorder(Cell<Option<(Fans, usize)>>);

impl Initializer for Recorder {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], _: &mut R) {
        self.0.set(Some((fans, values.len())));
    }
}

/// Also of groups, depthwise and transposed.
#[test]
fn fans_of_layers_as_in_pytorch() {
    let fixture = fixture();
    let layers = fixture["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 9);
    for layer in layers {
        let number = |name: &str| layer[name].as_u64().unwrap() as usize;
        let [inputs, outputs, kernel, groups] = ["inputs", "outputs", "kernel", "groups"].map(number);
        let (weight, bias) = (Recorder(Cell::new(None)), Recorder(Cell::new(None)));
        macro_rules! draw {
            ($layer:expr) => {{
                let layer = $layer;
                let mut parameters = vec![0.0_f32; layer.parameters()];
                layer.initialize(&mut parameters, &weight, &bias, &mut backprop_runtime::rng(1));
            }};
        }
        match layer["layer"].as_str().unwrap() {
            "Linear" => draw!(Dense::new(inputs, outputs)),
            "Conv1d" => draw!(Conv1d::new(9, inputs, outputs).kernel(kernel).groups(groups)),
            "Conv2d" => draw!(Conv2d::new([inputs, 9, 9], outputs).kernel(kernel, kernel).groups(groups)),
            "ConvTranspose2d" => {
                draw!(ConvTranspose2d::new([inputs, 9, 9], outputs).kernel(kernel, kernel).groups(groups));
            }
            other => panic!("no layer {other}"),
        }
        let expected = Fans { fan_in: number("fan_in"), fan_out: number("fan_out") };
        assert_eq!(weight.0.get().map(|(fans, _)| fans), Some(expected), "{layer}");
        assert_eq!(bias.0.get(), Some((expected, outputs)), "{layer}");
    }
}
