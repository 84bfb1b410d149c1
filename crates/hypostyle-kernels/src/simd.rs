//! Run-time choice of the instruction set for loops that the compiler vectorizes.

/// Instruction sets that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// What every x86-64 (or other) processor has.
    Portable,
    /// AVX2, BMI2 and FMA.
    Avx2,
    /// AVX-512 F, BW, DQ, VL beside these.
    Avx512,
}

/// The best instruction set of this processor.
#[inline]
pub fn isa() -> Isa {
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vl")
            && std::is_x86_feature_detected!("bmi2")
        {
            return Isa::Avx512;
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("bmi2") {
            return Isa::Avx2;
        }
    }
    Isa::Portable
}

/// Runs `f` compiled for the best instruction set of this processor. `f` must be `#[inline(always)]` and hold
/// the whole loop, so that the compiler sees it inside the function that has the feature. No floating-point
/// contraction happens: the results are the same on every instruction set.
#[inline]
pub fn dispatch<R>(f: impl FnOnce() -> R) -> R {
    match isa() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` saw these features on this processor.
        Isa::Avx512 => unsafe { avx512(f) },
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
