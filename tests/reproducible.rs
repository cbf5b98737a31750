//! The networks of `examples/cortex-m` on this machine, without fused multiply-adds: the bits that an emulated Cortex-M4
//! prints, which are in the firmware's table.
#![cfg(any(all(target_arch = "x86_64", not(target_feature = "fma")), backprop_reproducible))]

use backprop::prelude::*;
use networks::{Adapted, Conv, Digits, Gestures, Report, Signal, convolve, read, sine, stream, train};
use std::collections::BTreeMap;

#[path = "../examples/cortex-m/src/networks.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod networks;

#[path = "../examples/web/src/reader.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod reader;

/// The lines of the table for one firmware: what, and its bits.
struct Bits(BTreeMap<String, u32>);

impl Report for Bits {
    fn bits(&mut self, what: &str, bits: u32) {
        assert_eq!(self.0.remove(what), Some(bits), "{what}");
    }
    fn count(&mut self, _: &str, f: &mut dyn FnMut()) {
        // As often as on the device: a step changes what the next one begins with.
        (0..41).for_each(|_| f());
    }
}

fn compare(firmware: &str, run: impl FnOnce(&mut Bits) -> Result<(), backprop::Error>) {
    let table = include_str!("../examples/cortex-m/table.txt");
    let lines = table.lines().filter_map(|line| line.strip_prefix(firmware)?.strip_prefix(": bits "));
    let rows = lines.filter_map(|line| line.split_once(" = "));
    let mut bits = Bits(rows.map(|(what, value)| (what.to_string(), value.parse().unwrap())).collect());
    assert!(!bits.0.is_empty(), "{firmware} is in the table");
    run(&mut bits).unwrap();
    assert!(bits.0.is_empty(), "{firmware} prints {:?} too", bits.0);
}

/// In this process no kernel fuses.
fn unfused() {
    #[cfg(target_arch = "x86_64")]
    backprop_runtime::simd::limit(backprop_runtime::simd::Limit::Baseline);
}

/// What `examples/web/test.mjs` does with the modules of the page.
#[test]
fn the_page_has_the_bits_of_this_machine() -> Result<(), backprop::Error> {
    unfused();
    let mut net = reader::Reader::boxed(&mut backprop::rng(5));
    let mut trainer = Trainer::boxed(Adam::new(2e-3));
    for step in 0..20 {
        let pixel = |i: usize| ((i * 7919 + step * 31) % 251) as f32 / 255.0;
        let images: [[f32; 784]; 16] = std::array::from_fn(|s| std::array::from_fn(|i| pixel(784 * s + i)));
        let labels: [u8; 16] = std::array::from_fn(|s| ((s + step) % 10) as u8);
        trainer.step(&mut net, &images, &labels)?;
    }
    let bits: u32 = include_str!("../examples/web/bits.txt").trim().parse().unwrap();
    assert_eq!(networks::hash(net.parameters()), bits);
    Ok(())
}

#[test]
fn the_firmware_has_the_bits_of_this_machine() {
    unfused();
    compare("sine", |bits| {
        sine(bits);
        Ok(())
    });
    compare("train", |bits| train(&mut Gestures::zeroed(), &mut Trainer::new(Sgd::new(0.2)), bits));
    compare("whole", |bits| {
        read("whole weights", &mut Digits::zeroed(), &mut Trainer::new(Sgd::new(0.2)), bits)
    });
    compare("adapt", |bits| {
        read("adapted weights", &mut Adapted::zeroed(), &mut Trainer::new(Sgd::new(0.2)), bits)
    });
    compare("conv", |bits| convolve(&mut Conv::zeroed(), &mut OnlineTrainer::new(0.05), bits));
    compare("stream", |bits| {
        stream(&mut Signal::zeroed(), &mut Signal::state(), bits);
        Ok(())
    });
}
