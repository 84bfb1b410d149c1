//! Floating point numbers.
//!
//! A decimal of at most sixteen bytes is an integer over a power of ten. When the integer is below 2⁵³ and the power
//! at most 10²², both are floats without error, so their quotient is the correctly rounded answer (Clinger, *How to
//! read floating point numbers accurately*, 1990). Anything else goes to the standard library, which is exact too.

use std::marker::PhantomData;

use hypostyle_core::{Native, f16};
use hypostyle_kernels::bytes::{Span, plain_floats};

use super::{AT_ONCE, Parse, are_digits, join_digits, load8, load16, trim_blanks};

/// Floats of the type `T` with this decimal mark.
#[derive(Clone, Copy, Debug)]
pub(in crate::csv) struct Float<T> {
    point: u8,
    of: PhantomData<T>,
}

impl<T> Float<T> {
    pub(in crate::csv) fn with_point(point: u8) -> Self {
        Self { point, of: PhantomData }
    }
}

impl Parse for Float<f64> {
    type Value = f64;

    #[inline(always)]
    fn fast(&self, text: &[u8], start: usize, end: usize) -> Option<f64> {
        fast_f64(text, start, end, self.point)
    }

    #[inline(always)]
    fn fast_many(&self, text: &[u8], spans: &[Span; AT_ONCE], values: &mut [f64; AT_ONCE]) -> u64 {
        plain_floats(text, spans, self.point, values)
    }

    fn full(&self, field: &[u8]) -> Option<f64> {
        full(field, self.point)
    }
}

/// Rare, and so without a fast way.
impl Parse for Float<f16> {
    type Value = f16;

    #[inline(always)]
    fn fast(&self, _: &[u8], _: usize, _: usize) -> Option<f16> {
        None
    }

    fn full(&self, field: &[u8]) -> Option<f16> {
        full::<f64>(field, self.point).map(<f16 as Native>::from_f64)
    }
}

impl Parse for Float<f32> {
    type Value = f32;

    #[inline(always)]
    fn fast(&self, text: &[u8], start: usize, end: usize) -> Option<f32> {
        fast_f32(text, start, end, self.point)
    }

    fn full(&self, field: &[u8]) -> Option<f32> {
        full(field, self.point)
    }
}

const POWERS: [f64; 17] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

/// A decimal as its digits without the point, and how many of them stand behind it.
#[inline(always)]
pub(super) fn scaled(text: &[u8], start: usize, end: usize, point: u8) -> Option<(u64, usize)> {
    let len = end.checked_sub(start)?;
    match len {
        1..=8 => {
            let shift = 64 - 8 * len as u32;
            let word = load8(text, start)? << shift;
            let points = zero_bytes(word ^ (u64::from(point) * 0x0101_0101_0101_0101));
            let zeros = 0x3030_3030_3030_3030 << shift;
            if points == 0 {
                let values = word ^ zeros;
                return are_digits(values).then(|| (join_digits(values), 0));
            }
            let at = points.trailing_zeros() & !7;
            let before = (1u64 << at) - 1;
            // The bytes before the point move up by one and close the gap.
            let behind = !before ^ (0xff << at);
            let closed = ((word & before) << 8) | (word & behind);
            let values = closed ^ (zeros & !(0xff << shift.min(56)));
            let digits = len - 1;
            if digits == 0 || !are_digits(values) {
                return None;
            }
            Some((join_digits(values), 7 - at as usize / 8))
        }
        9..=16 => {
            let shift = 128 - 8 * len as u32;
            let word = load16(text, start)? << shift;
            let spread = u128::from(point) * 0x0101_0101_0101_0101_0101_0101_0101_0101;
            let differs = word ^ spread;
            let (low, high) = (zero_bytes(differs as u64), zero_bytes((differs >> 64) as u64));
            let zeros = 0x3030_3030_3030_3030_3030_3030_3030_3030u128 << shift;
            let (values, behind) = if low | high == 0 {
                (word ^ zeros, 0)
            } else {
                let at = if low != 0 { low.trailing_zeros() & !7 } else { 64 + (high.trailing_zeros() & !7) };
                let before = (1u128 << at) - 1;
                let behind = !before ^ (0xff << at);
                let closed = ((word & before) << 8) | (word & behind);
                (closed ^ (zeros & !(0xff << shift)), 15 - at as usize / 8)
            };
            let (first, second) = (values as u64, (values >> 64) as u64);
            if !are_digits(first) || !are_digits(second) {
                return None;
            }
            Some((join_digits(first) * 100_000_000 + join_digits(second), behind))
        }
        _ => None,
    }
}

/// The high bit of the lowest byte that is zero is set, and no bit below it.
#[inline(always)]
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080
}

/// A decimal without exponent, of at most sixteen bytes after the sign.
#[inline(always)]
fn fast_f64(text: &[u8], start: usize, end: usize, point: u8) -> Option<f64> {
    let negative = *text.get(start)? == b'-';
    let (digits, behind) = scaled(text, start + usize::from(negative), end, point)?;
    if digits >= 1 << 53 {
        return None;
    }
    let value = digits as f64 / POWERS[behind & 15];
    Some(if negative { -value } else { value })
}

/// The same in single precision, where 2²⁴ and 10¹⁰ are the limits.
#[inline(always)]
fn fast_f32(text: &[u8], start: usize, end: usize, point: u8) -> Option<f32> {
    let negative = *text.get(start)? == b'-';
    let (digits, behind) = scaled(text, start + usize::from(negative), end, point)?;
    if digits >= 1 << 24 || behind > 10 {
        return None;
    }
    let value = digits as f32 / POWERS[behind & 15] as f32;
    Some(if negative { -value } else { value })
}

/// Any number the standard library reads, with blanks before it; with a decimal comma also those with a point.
fn full<T: std::str::FromStr>(field: &[u8], point: u8) -> Option<T> {
    let field = trim_blanks(field);
    if point == b'.' {
        return std::str::from_utf8(field).ok()?.parse().ok();
    }
    let with_point: Vec<u8> = field.iter().map(|&b| if b == point { b'.' } else { b }).collect();
    std::str::from_utf8(&with_point).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fast(field: &str) -> Option<f64> {
        let text = format!(".{field}9.99999999999999999");
        let answer = fast_f64(text.as_bytes(), 1, 1 + field.len(), b'.');
        let blank = format!(",{field},,,,,,,,,,,,,,,,,,");
        assert_eq!(answer, fast_f64(blank.as_bytes(), 1, 1 + field.len(), b'.'), "{field}");
        answer
    }

    #[test]
    fn fast_agrees_with_the_standard_library() {
        let mut state = 7u64;
        let mut random = |n: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        let mut answered = 0;
        for _ in 0..200_000 {
            let len = 1 + random(18) as usize;
            let mut field: String = (0..len).map(|_| char::from(b'0' + random(10) as u8)).collect();
            if random(4) > 0 {
                let at = random(len as u64 + 1) as usize;
                field.insert(at, '.');
            }
            if random(3) == 0 {
                field.insert(0, '-');
            }
            if let Some(value) = fast(&field) {
                answered += 1;
                let exact: f64 = field.parse().unwrap();
                assert_eq!(value.to_bits(), exact.to_bits(), "{field}");
            }
            let text = format!("{field},,,,,,,,,,,,,,,,,,");
            if let Some(value) = fast_f32(text.as_bytes(), 0, field.len(), b'.') {
                let exact: f32 = field.parse().unwrap();
                assert_eq!(value.to_bits(), exact.to_bits(), "{field}");
            }
        }
        assert!(answered > 100_000, "the fast path answers for most: {answered}");
    }

    #[test]
    fn many_at_once_agree_with_one() {
        let mut state = 5u64;
        let mut random = |n: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        let parser = Float::<f64>::with_point(b'.');
        for _ in 0..2000 {
            let mut text = b"1.5,some bytes before the first".to_vec();
            let spans: [Span; AT_ONCE] = std::array::from_fn(|_| {
                let start = text.len() as u32;
                text.extend_from_slice(&b"-"[..usize::from(random(3) == 0)]);
                let (len, point) = ([3, 9, 18][random(3) as usize], random(12));
                for i in 0..random(len) {
                    text.push(if i == point {
                        b'.'
                    } else {
                        b"0123456789.x"[random(12).min(random(12)) as usize]
                    });
                }
                let end = text.len() as u32;
                text.push(b',');
                Span { start, end }
            });
            text.extend_from_slice(&[b','; 16]);
            let mut values = [0.0; AT_ONCE];
            let done = parser.fast_many(&text, &spans, &mut values);
            for (i, span) in spans.iter().enumerate().filter(|(i, _)| done >> i & 1 == 1) {
                let one = parser.fast(&text, span.start as usize, span.end as usize);
                let (many, one) = (values[i].to_bits(), one.map(f64::to_bits));
                assert_eq!(Some(many), one, "{:?}", String::from_utf8_lossy(span.of(&text)));
            }
        }
    }

    #[test]
    fn fast_refuses_what_is_not_a_plain_decimal() {
        for field in [
            "",
            "-",
            ".",
            "-.",
            "1e3",
            "1..2",
            "1.2.3",
            "..",
            "+1",
            "nan",
            "1 ",
            " 1",
            "1_0",
            "1,5",
            "12345678.1.1",
            ".........",
        ] {
            assert_eq!(fast(field), None, "{field}");
        }
        for (field, value) in [
            ("0.04", 0.04),
            ("5.", 5.0),
            (".5", 0.5),
            ("-.5", -0.5),
            ("24710.35", 24710.35),
            ("104949.50", 104949.5),
            ("1", 1.0),
            ("12345678", 12345678.0),
            (".1234567", 0.1234567),
            ("1234567.", 1234567.0),
        ] {
            assert_eq!(fast(field), Some(value), "{field}");
        }
        assert_eq!(fast("-0").map(f64::to_bits), Some((-0.0f64).to_bits()));
    }

    #[test]
    fn full_takes_what_the_reader_takes() {
        let full = |s: &str| full::<f64>(s.as_bytes(), b'.');
        assert_eq!(full(" 1"), Some(1.0));
        assert_eq!(full("1.e5"), Some(1e5));
        assert_eq!(full("1e400"), Some(f64::INFINITY));
        assert_eq!(full("-infinity"), Some(f64::NEG_INFINITY));
        assert!(full("nan").unwrap().is_nan());
        for bad in ["1 ", "1e", ".e5", ".", "-", "1_0", "0x10", ""] {
            assert_eq!(full(bad), None, "{bad}");
        }
    }
}
