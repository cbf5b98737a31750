//! Training that outlives power cuts: network and trainer are stored in flash after each step, the power is cut at every
//! single word that is written or page that is erased, and what goes on afterwards ends with the same bits.
//!
//! The flash is simulated; `sequential-storage` spreads the checkpoints over its pages, as it does on a microcontroller.

use backprop::prelude::*;
use embassy_futures::block_on;
use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use sequential_storage::cache::Cache;
use sequential_storage::map::{MapConfig, MapStorage};

/// A curve, learnt on a device that may lose its power at any time.
#[network(input = 1, layers = [dense(8), tanh, dense(1)], loss = mse, tile = 1)]
struct Curve;

type Training = Trainer<Curve, Adam>;

const STEPS: u32 = 8;
/// What is stored: how many steps have been done, and the checkpoint.
const STORED: usize = 4 + Training::CHECKPOINT_BYTES;
const KEY: u8 = 1;

const WORD: usize = 4;
const PAGE: usize = 2048;
const PAGES: usize = 3;

/// Flash whose bits can be cleared word by word, and set page by page, until the power goes.
#[derive(Clone)]
struct Flash {
    bytes: Vec<u8>,
    /// After so many words and pages; without a number never.
    cut: Option<u32>,
    done: u32,
}

#[derive(Debug)]
struct PowerCut;

impl NorFlashError for PowerCut {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl ErrorType for Flash {
    type Error = PowerCut;
}

impl Flash {
    /// Changes a word or a page: a part of it where the power is cut meanwhile, nothing without power.
    fn change(&mut self, place: usize, length: usize, new: impl Fn(usize, u8) -> u8) -> Result<(), PowerCut> {
        let length = match self.cut {
            Some(cut) if self.done > cut => return Err(PowerCut),
            Some(cut) if self.done == cut => length / 2,
            _ => length,
        };
        for (offset, byte) in self.bytes[place..place + length].iter_mut().enumerate() {
            *byte = new(offset, *byte);
        }
        self.done += 1;
        if self.cut.is_some_and(|cut| self.done > cut) { Err(PowerCut) } else { Ok(()) }
    }
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), PowerCut> {
        bytes.copy_from_slice(&self.bytes[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), PowerCut> {
        (from as usize..to as usize).step_by(PAGE).try_for_each(|page| self.change(page, PAGE, |_, _| 0xff))
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), PowerCut> {
        for (number, word) in bytes.chunks_exact(WORD).enumerate() {
            // Programming clears bits.
            self.change(offset as usize + number * WORD, WORD, |place, old| old & word[place])?;
        }
        Ok(())
    }
}

/// One life of the device: goes on from what is stored until all steps are done, or the power is cut. Tells how many steps were
/// stored at each time; the first is what it began with.
fn live(flash: &mut Flash, stored: &mut Vec<u32>) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let range = 0..(PAGES * PAGE) as u32;
    let mut storage = MapStorage::<u8, _, _>::new(flash, MapConfig::new(range), Cache::new_uncached());
    let mut buffer = [0; STORED + 64];
    let (mut net, mut trainer) = (Curve::zeroed(), Training::new(Adam::new(0.01)));
    net.initialize(&mut backprop::rng(1));

    let mut step = 0;
    let found =
        block_on(storage.fetch_item::<&[u8]>(&mut buffer, &KEY)).map_err(|error| format!("{error:?}"))?;
    if let Some((number, checkpoint)) = found.and_then(|found| found.split_first_chunk()) {
        trainer.from_bytes(&mut net, checkpoint)?;
        step = u32::from_le_bytes(*number);
    }
    stored.push(step);

    let mut bytes = [0; STORED];
    while step < STEPS {
        let x = step as f32 / STEPS as f32;
        trainer.step(&mut net, &[[x], [1.0 - x]], &[[x * x], [x]])?;
        step += 1;
        let (number, checkpoint) = bytes.split_at_mut(4);
        number.copy_from_slice(&step.to_le_bytes());
        trainer.to_bytes(&net, checkpoint)?;
        block_on(storage.store_item(&mut buffer, &KEY, &&bytes[..])).map_err(|error| format!("{error:?}"))?;
        stored.push(step);
    }
    trainer.to_bytes(&net, &mut bytes[4..])?;
    Ok(bytes[4..].to_vec())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let empty = Flash { bytes: vec![0xff; PAGES * PAGE], cut: None, done: 0 };
    let mut flash = empty.clone();
    let whole = live(&mut flash, &mut Vec::new())?;
    let changes = flash.done;

    for cut in 0..changes {
        let mut flash = Flash { cut: Some(cut), ..empty.clone() };
        let mut before = Vec::new();
        live(&mut flash, &mut before).expect_err("the power is cut");
        flash.cut = None;
        let mut after = Vec::new();
        let resumed = live(&mut flash, &mut after)?;
        // What was being stored is there or is not; nothing that was stored is lost.
        let last = before.last().copied().unwrap_or(0);
        assert!(
            after[0] == last || after[0] == last + 1,
            "cut {cut}: {last} steps stored, {} found",
            after[0]
        );
        assert_eq!(resumed, whole, "cut {cut}");
    }
    println!(
        "{STORED} bytes stored after each of {STEPS} steps; power cut at each of {changes} words and pages: the same bits each time"
    );
    Ok(())
}
