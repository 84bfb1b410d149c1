//! Values from the text of one field.
//!
//! Every type has a fast parser, which takes the shapes that fill files and answers `None` for anything else, and a
//! full one, which decides. The fast ones see the whole text with the field's bounds, so that they can load eight
//! bytes at once where the field has fewer.

pub(super) mod boolean;
pub(super) mod decimal;
pub(super) mod float;
pub(super) mod integer;
pub(super) mod temporal;

use hypostyle_kernels::bytes::{NUMBERS, Span};

/// How the fields of one type are read.
pub(super) trait Parse {
    type Value;

    /// The value of `text[start..end]`, if it has a common shape. Inlined into the loop over a column.
    fn fast(&self, text: &[u8], start: usize, end: usize) -> Option<Self::Value>;

    /// Values of fields that [`fast`](Self::fast) would answer for, many at once; which ones, by bits.
    #[inline(always)]
    fn fast_many(&self, _: &[u8], _: &[Span; AT_ONCE], _: &mut [Self::Value; AT_ONCE]) -> u64 {
        0
    }

    /// The value of any field that has one.
    fn full(&self, field: &[u8]) -> Option<Self::Value>;
}

/// How many fields are read together.
pub(super) const AT_ONCE: usize = NUMBERS;

/// Eight bytes from `at`, first byte lowest.
#[inline(always)]
pub(super) fn load8(text: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*text.get(at..)?.first_chunk::<8>()?))
}

/// Sixteen bytes from `at`, first byte lowest.
#[inline(always)]
fn load16(text: &[u8], at: usize) -> Option<u128> {
    Some(u128::from_le_bytes(*text.get(at..)?.first_chunk::<16>()?))
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Whether every byte is at most nine.
#[inline(always)]
const fn are_digits(values: u64) -> bool {
    (values | values.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0
}

/// The number whose eight decimal digits are the bytes of `values`, first byte most significant.
#[inline(always)]
const fn join_digits(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    low.wrapping_add(high) >> 32
}

/// One to eight digits.
#[inline(always)]
fn up_to_eight_digits(text: &[u8], start: usize, len: usize) -> Option<u64> {
    debug_assert!((1..=8).contains(&len));
    let shift = 64 - 8 * len as u32;
    let values = (load8(text, start)? << shift) ^ (ZEROS << shift);
    are_digits(values).then(|| join_digits(values))
}

/// One to sixteen digits.
#[inline(always)]
pub(super) fn up_to_sixteen_digits(text: &[u8], start: usize, len: usize) -> Option<u64> {
    match len {
        1..=8 => up_to_eight_digits(text, start, len),
        9..=16 => {
            let high = up_to_eight_digits(text, start, len - 8)?;
            let low = up_to_eight_digits(text, start + len - 8, 8)?;
            Some(high * 100_000_000 + low)
        }
        _ => None,
    }
}

/// The field without the blanks before it, which numbers may have.
#[inline]
fn trim_blanks(mut field: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = field {
        field = rest;
    }
    field
}
