//! Sixty-four bytes at a time: the operations an algorithm over byte masks needs, once per instruction set.

/// Sixty-four bytes in registers. Bit `i` of every mask speaks of byte `i`.
///
/// # Safety
///
/// Implementations for a vector instruction set may only be used inside a function that enables it, on a machine
/// that has it.
pub(super) unsafe trait Lanes: Copy {
    /// Loads sixty-four bytes.
    ///
    /// # Safety
    ///
    /// The instruction set must be available.
    unsafe fn load(bytes: &[u8; 64]) -> Self;

    /// Where a byte equals `byte`.
    ///
    /// # Safety
    ///
    /// The instruction set must be available.
    unsafe fn equal(self, byte: u8) -> u64;

    /// Bit `i` of the answer is the parity of bits `0..=i` of `mask`.
    ///
    /// # Safety
    ///
    /// The instruction set must be available.
    unsafe fn prefix_parity(mask: u64) -> u64;
}

/// Eight words of eight bytes, without vector instructions.
#[derive(Clone, Copy)]
pub(super) struct Portable([u64; 8]);

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte, gathered into the low eight bits.
#[inline(always)]
fn gather_high_bits(word: u64) -> u64 {
    ((word & HIGH_BITS) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

// SAFETY: needs no instruction set.
unsafe impl Lanes for Portable {
    #[inline(always)]
    unsafe fn load(bytes: &[u8; 64]) -> Self {
        let mut words = [0; 8];
        for (word, eight) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*eight);
        }
        Self(words)
    }

    #[inline(always)]
    unsafe fn equal(self, byte: u8) -> u64 {
        let wanted = u64::from(byte) * LOW_BITS;
        let mut mask = 0;
        for (i, word) in self.0.iter().enumerate() {
            let differs = word ^ wanted;
            // A byte is zero if adding 0x7f to its low seven bits does not reach the high bit, and it has none.
            let nonzero = ((differs & !HIGH_BITS) + !HIGH_BITS) | differs;
            mask |= gather_high_bits(!nonzero) << (8 * i);
        }
        mask
    }

    #[inline(always)]
    unsafe fn prefix_parity(mask: u64) -> u64 {
        let mut parity = mask;
        for shift in [1, 2, 4, 8, 16, 32] {
            parity ^= parity << shift;
        }
        parity
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, __m512i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8,
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8,
        _mm512_cmpeq_epi8_mask, _mm512_loadu_si512, _mm512_set1_epi8,
    };

    use super::Lanes;

    /// Two AVX2 registers; needs `avx2` and `pclmulqdq`.
    #[derive(Clone, Copy)]
    pub(in crate::bytes) struct Avx2(__m256i, __m256i);

    /// One AVX-512 register; needs `avx512f`, `avx512bw` and `pclmulqdq`.
    #[derive(Clone, Copy)]
    pub(in crate::bytes) struct Avx512(__m512i);

    #[inline(always)]
    unsafe fn carryless_prefix_parity(mask: u64) -> u64 {
        // SAFETY: the caller has `pclmulqdq`. Multiplying by all ones without carries sums every prefix mod 2.
        unsafe {
            let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, mask.cast_signed()), _mm_set1_epi8(-1));
            _mm_cvtsi128_si64(product).cast_unsigned()
        }
    }

    // SAFETY: the contract of the trait is passed on to the caller.
    unsafe impl Lanes for Avx2 {
        #[inline(always)]
        unsafe fn load(bytes: &[u8; 64]) -> Self {
            // SAFETY: both unaligned loads lie within the sixty-four bytes; the caller has AVX2.
            unsafe {
                let start = bytes.as_ptr();
                Self(_mm256_loadu_si256(start.cast()), _mm256_loadu_si256(start.add(32).cast()))
            }
        }

        #[inline(always)]
        unsafe fn equal(self, byte: u8) -> u64 {
            // SAFETY: the caller has AVX2.
            unsafe {
                let wanted = _mm256_set1_epi8(byte.cast_signed());
                let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(self.0, wanted)).cast_unsigned();
                let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(self.1, wanted)).cast_unsigned();
                u64::from(low) | u64::from(high) << 32
            }
        }

        #[inline(always)]
        unsafe fn prefix_parity(mask: u64) -> u64 {
            // SAFETY: the caller has `pclmulqdq`.
            unsafe { carryless_prefix_parity(mask) }
        }
    }

    // SAFETY: the contract of the trait is passed on to the caller.
    unsafe impl Lanes for Avx512 {
        #[inline(always)]
        unsafe fn load(bytes: &[u8; 64]) -> Self {
            // SAFETY: the unaligned load is of exactly the sixty-four bytes; the caller has AVX-512.
            unsafe { Self(_mm512_loadu_si512(bytes.as_ptr().cast())) }
        }

        #[inline(always)]
        unsafe fn equal(self, byte: u8) -> u64 {
            // SAFETY: the caller has AVX-512.
            unsafe { _mm512_cmpeq_epi8_mask(self.0, _mm512_set1_epi8(byte.cast_signed())) }
        }

        #[inline(always)]
        unsafe fn prefix_parity(mask: u64) -> u64 {
            // SAFETY: the caller has `pclmulqdq`.
            unsafe { carryless_prefix_parity(mask) }
        }
    }
}
