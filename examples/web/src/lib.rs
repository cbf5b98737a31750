//! A reader of digits for a web page: predicts while one draws, and learns while one watches.
//!
//! The page (`index.html`) calls the exported functions. Numbers go through memory that both see: the functions whose names are
//! nouns tell where it lies.
#![no_std]

mod reader;

use backprop::prelude::*;
use reader::{Reader, SIDE};
use spin::Mutex;
use static_cell::StaticCell;

/// Samples that are learnt from at a time.
const BATCH: usize = 16;

/// All there is.
struct App {
    net: Reader,
    trainer: Option<&'static mut Trainer<Reader, Adam>>,
    /// The image that is drawn, from 0 to 1.
    drawn: [f32; SIDE * SIDE],
    scores: [f32; 10],
    /// Images to learn from, as they are in the file: bytes.
    pixels: [[u8; SIDE * SIDE]; BATCH],
    labels: [u8; BATCH],
    samples: [[f32; SIDE * SIDE]; BATCH],
}

static APP: Mutex<App> = Mutex::new(App {
    net: Reader::zeroed(),
    trainer: None,
    drawn: [0.0; SIDE * SIDE],
    scores: [0.0; 10],
    pixels: [[0; SIDE * SIDE]; BATCH],
    labels: [0; BATCH],
    samples: [[0.0; SIDE * SIDE]; BATCH],
});

/// The trainer is built in place.
static TRAINER: StaticCell<Trainer<Reader, Adam>> = StaticCell::new();

/// Calls a function with all there is. A page has one thread, and no function here calls another of these.
fn with<R>(f: impl FnOnce(&mut App) -> R) -> R {
    f(&mut APP.lock())
}

/// Random weights, of which nothing is learnt yet. To begin again, the page instantiates the module again.
#[unsafe(no_mangle)]
pub extern "C" fn start(seed: u32) {
    with(|app| {
        app.net.initialize(&mut backprop::rng(u64::from(seed)));
        app.trainer = TRAINER.try_uninit().map(|memory| Trainer::init(memory, Adam::new(2e-3)));
    });
}

/// Where the page puts the image that is drawn: 784 `f32`.
#[unsafe(no_mangle)]
pub extern "C" fn drawn() -> *mut f32 {
    with(|app| app.drawn.as_mut_ptr())
}

/// Where the page puts images to learn from: 16 times 784 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn pixels() -> *mut u8 {
    with(|app| app.pixels.as_mut_ptr().cast())
}

/// Where the page puts their labels: 16 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn labels() -> *mut u8 {
    with(|app| app.labels.as_mut_ptr())
}

/// Where the weights of the filters are: 5 rows of 5 columns of 8 filters, `f32`.
#[unsafe(no_mangle)]
pub extern "C" fn filters() -> *const f32 {
    with(|app| app.net.parameters().as_ptr())
}

/// Reads the image that is drawn. Where ten scores are, `f32`: the larger, the more the image looks like that digit.
#[unsafe(no_mangle)]
pub extern "C" fn read() -> *const f32 {
    with(|app| {
        app.scores = app.net.predict(&app.drawn);
        app.scores.as_ptr()
    })
}

impl App {
    /// The images as the network takes them.
    fn load(&mut self) {
        for (sample, pixels) in self.samples.iter_mut().zip(&self.pixels) {
            for (number, pixel) in sample.iter_mut().zip(pixels) {
                *number = f32::from(*pixel) / 255.0;
            }
        }
    }
}

/// Learns from the images once. Their mean loss, or NaN if they cannot be learnt from.
#[unsafe(no_mangle)]
pub extern "C" fn learn() -> f32 {
    with(|app| {
        app.load();
        let Some(trainer) = &mut app.trainer else { return f32::NAN };
        trainer.step(&mut app.net, &app.samples, &app.labels).unwrap_or(f32::NAN)
    })
}

/// How many of the images are read as their labels say.
#[unsafe(no_mangle)]
pub extern "C" fn right() -> usize {
    with(|app| {
        app.load();
        let mut scores = [[0.0; 10]; BATCH];
        if app.net.predict_batch(&app.samples, &mut scores).is_err() {
            return 0;
        }
        let labels = app.labels.iter().zip(&scores);
        labels.filter(|(label, scores)| best(scores) == usize::from(**label)).count()
    })
}

/// The place of the largest number.
fn best(scores: &[f32; 10]) -> usize {
    let larger = |best: (usize, f32), (place, score): (usize, &f32)| {
        if *score > best.1 { (place, *score) } else { best }
    };
    scores.iter().enumerate().fold((0, f32::NEG_INFINITY), larger).0
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
