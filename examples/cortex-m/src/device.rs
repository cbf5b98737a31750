//! The board: printing over semihosting, counting instructions, and the stack that a call takes.

use crate::Report;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_semihosting::{debug, hio};

/// Prints lines `bits WHAT = NUMBER`, `stack WHAT = BYTES` and `instructions WHAT = COUNT`.
///
/// Under QEMU's `-icount shift=0` an instruction takes a nanosecond, and the timer's clock of 25 MHz ticks every forty.
pub struct Semihosting {
    timer: Option<SYST>,
}

/// How often what is counted is called.
const TIMES: u32 = 40;

impl Default for Semihosting {
    fn default() -> Self {
        let mut timer = cortex_m::Peripherals::take().map(|peripherals| peripherals.SYST);
        if let Some(timer) = &mut timer {
            timer.set_clock_source(SystClkSource::Core);
            timer.set_reload(0x00ff_ffff);
            timer.clear_current();
            timer.enable_counter();
        }
        Self { timer }
    }
}

/// Words below the stack pointer that are painted: 32 KiB.
const PAINTED: usize = 8 * 1024;
const PAINT: u32 = 0xcccc_cccc;

/// How many bytes of stack a call takes: what lies below is painted before it, and looked at afterwards.
#[inline(never)]
#[allow(unsafe_code)]
fn stack(f: &mut dyn FnMut()) -> u32 {
    let top = cortex_m::register::msp::read() as usize & !3;
    let word = |below: usize| core::ptr::with_exposed_provenance_mut::<u32>(top - 4 * below);
    for below in 1..=PAINTED {
        // SAFETY: this lies below the stack pointer, and no interrupt is enabled: nothing uses it. The statics end megabytes
        // below.
        unsafe { word(below).write_volatile(PAINT) };
    }
    f();
    // SAFETY: as above.
    let untouched = |below: &usize| unsafe { word(*below).read_volatile() } == PAINT;
    4 * (PAINTED - (1..=PAINTED).rev().take_while(untouched).count()) as u32
}

/// Prints `KIND WHAT = VALUE`, without the formatting of `core`, which is three kilobytes and can panic.
fn line(kind: &str, what: &str, value: u32) {
    let mut digits = [b'0'; 10];
    let (mut rest, mut first) = (value, 9);
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        if rest > 0 {
            first = place;
        }
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let Ok(mut out) = hio::hstdout() else { return };
    for part in [kind, " ", what, " = "] {
        let _ = out.write_all(part.as_bytes());
    }
    let _ = out.write_all(digits.get(first..).unwrap_or_default());
    let _ = out.write_all(b"\n");
}

impl Report for Semihosting {
    fn bits(&mut self, what: &str, bits: u32) {
        line("bits", what, bits);
    }

    fn count(&mut self, what: &str, f: &mut dyn FnMut()) {
        line("stack", what, stack(f));
        let Some(timer) = &mut self.timer else { return };
        timer.clear_current();
        let before = SYST::get_current();
        for _ in 0..TIMES {
            f();
        }
        let ticks = before.wrapping_sub(SYST::get_current()) & 0x00ff_ffff;
        // Forty instructions a tick, forty calls.
        line("instructions", what, ticks);
    }
}

/// Ends QEMU.
pub fn exit(succeeded: bool) -> ! {
    debug::exit(if succeeded { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    exit(false)
}
