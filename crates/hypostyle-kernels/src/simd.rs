//! Run-time choice of the instruction set: for loops that the compiler vectorizes, and for those written by hand.
//!
//! Every choice in the workspace asks [`isa`], so that tests can walk down the sides of a kernel with [`each_isa`].
//! There is no environment variable for it: all sides give the same answers.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard};

use hypostyle_core::lock::lock;

/// Instruction sets that kernels are compiled for; each has those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Isa {
    /// What every x86-64 (or other) processor has.
    Portable = 1,
    /// AVX2, BMI1, BMI2, FMA, LZCNT, POPCNT and PCLMULQDQ.
    Avx2,
    /// AVX-512 F, BW, DQ and VL.
    Avx512,
    /// AVX-512 VBMI2, which compresses bytes.
    Avx512Vbmi2,
}

/// From the best to the portable one.
const ALL: [Isa; 4] = [Isa::Avx512Vbmi2, Isa::Avx512, Isa::Avx2, Isa::Portable];

impl Isa {
    /// What the processor and the operating system have.
    fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            macro_rules! has {
                ($($feature:tt)+) => { true $(&& std::is_x86_feature_detected!($feature))+ };
            }
            // All that the functions of a level enable, and what rustc enables along with it.
            if !has!("avx2" "bmi1" "bmi2" "fma" "lzcnt" "popcnt" "pclmulqdq") {
                return Isa::Portable;
            }
            if !has!("avx512f" "avx512bw" "avx512dq" "avx512vl" "f16c") {
                return Isa::Avx2;
            }
            if has!("avx512vbmi2") { Isa::Avx512Vbmi2 } else { Isa::Avx512 }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Isa::Portable
    }
}

/// The instruction set that [`isa`] gives, as a number; 0 until somebody asks. Never more than the processor has.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

/// The best instruction set of this processor.
#[inline(always)]
pub fn isa() -> Isa {
    match CHOSEN.load(Ordering::Relaxed) {
        1 => Isa::Portable,
        2 => Isa::Avx2,
        3 => Isa::Avx512,
        4 => Isa::Avx512Vbmi2,
        _ => choose(),
    }
}

#[cold]
fn choose() -> Isa {
    let isa = Isa::detect();
    CHOSEN.store(isa as u8, Ordering::Relaxed);
    isa
}

/// For tests: the instruction sets of this processor, the best first. Until the next one is asked for, or this is
/// dropped, [`isa`] gives no better one, on no thread. Who comes second waits until then.
#[doc(hidden)]
pub fn each_isa() -> EachIsa {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let turn = lock(&ONE_AT_A_TIME);
    let best = Isa::detect();
    EachIsa {
        left: ALL.iter().copied().filter(|isa| *isa <= best).collect::<Vec<_>>().into_iter(),
        _turn: turn,
    }
}

#[doc(hidden)]
#[derive(Debug)]
pub struct EachIsa {
    left: std::vec::IntoIter<Isa>,
    _turn: MutexGuard<'static, ()>,
}

impl Iterator for EachIsa {
    type Item = Isa;

    fn next(&mut self) -> Option<Isa> {
        let isa = self.left.next()?;
        CHOSEN.store(isa as u8, Ordering::Relaxed);
        Some(isa)
    }
}

impl Drop for EachIsa {
    fn drop(&mut self) {
        choose();
    }
}

/// Runs `f` compiled for the best instruction set of this processor. `f` must be `#[inline(always)]` and hold
/// the whole loop, so that the compiler sees it inside the function that has the feature. No floating-point
/// contraction happens: the results are the same on every instruction set.
#[inline]
pub fn dispatch<R>(f: impl FnOnce() -> R) -> R {
    match isa() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` saw these features on this processor.
        Isa::Avx512 | Isa::Avx512Vbmi2 => unsafe { avx512(f) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` saw these features on this processor.
        Isa::Avx2 => unsafe { avx2(f) },
        _ => f(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2,popcnt,lzcnt")]
fn avx512<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn avx2<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_walked_down_and_left() {
        let best = {
            let sides: Vec<Isa> = each_isa().inspect(|side| assert_eq!(isa(), *side)).collect();
            assert_eq!(sides.last(), Some(&Isa::Portable));
            assert!(sides.is_sorted_by(|a, b| a > b));
            sides[0]
        };
        for side in each_isa().take(9) {
            let summed = dispatch(
                #[inline(always)]
                || (0..1000u64).map(|i| i * i).sum::<u64>(),
            );
            assert_eq!(summed, 332_833_500, "{side:?}");
        }
        // Nobody else changes it meanwhile.
        let mut sides = each_isa();
        assert_eq!((sides.next(), isa()), (Some(best), best));
    }
}
