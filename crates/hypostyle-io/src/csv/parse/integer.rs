//! Integers: an optional sign and decimal digits.

use std::marker::PhantomData;

use hypostyle_kernels::bytes::{Span, integers};

use super::{AT_ONCE, Parse, trim_blanks, up_to_sixteen_digits};

/// Integers of the type `T`, which is signed or not.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::csv) struct Integer<T, const SIGNED: bool>(PhantomData<T>);

impl<T: TryFrom<i64> + TryFrom<i128> + TryFrom<u128>, const SIGNED: bool> Parse for Integer<T, SIGNED> {
    type Value = T;

    #[inline(always)]
    fn fast(&self, text: &[u8], start: usize, end: usize) -> Option<T> {
        if SIGNED {
            T::try_from(fast_i64(text, start, end)?).ok()
        } else {
            let value = up_to_sixteen_digits(text, start, end.checked_sub(start)?)?;
            T::try_from(value.cast_signed()).ok()
        }
    }

    #[inline(always)]
    fn fast_many(&self, text: &[u8], spans: &[Span; AT_ONCE], values: &mut [T; AT_ONCE]) -> u64 {
        let mut numbers = [0; AT_ONCE];
        let mut fit = integers(text, spans, SIGNED, &mut numbers);
        for (i, (value, number)) in values.iter_mut().zip(numbers).enumerate() {
            match T::try_from(number) {
                Ok(number) => *value = number,
                Err(_) => fit &= !(1 << i),
            }
        }
        fit
    }

    fn full(&self, field: &[u8]) -> Option<T> {
        full(field, SIGNED)
    }
}

/// Up to sixteen digits with an optional minus.
#[inline(always)]
fn fast_i64(text: &[u8], start: usize, end: usize) -> Option<i64> {
    let negative = *text.get(start)? == b'-';
    let start = start + usize::from(negative);
    let value = up_to_sixteen_digits(text, start, end.checked_sub(start)?)?.cast_signed();
    Some(if negative { -value } else { value })
}

/// Any integer of at most 128 bits, with blanks before it and either sign.
pub(in crate::csv) fn i128(field: &[u8]) -> Option<i128> {
    let field = trim_blanks(field);
    let (negative, digits) = match field {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    // Counted down, because the smallest number has no positive counterpart.
    let mut value = 0i128;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_sub(i128::from(digit))?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// An integer of at most 128 bits without a sign, with blanks and a plus before it.
fn u128(field: &[u8]) -> Option<u128> {
    let field = trim_blanks(field);
    let digits = field.strip_prefix(b"+").unwrap_or(field);
    let mut value = 0u128;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(digit.into())?;
    }
    (!digits.is_empty()).then_some(value)
}

/// Any integer that fits `T`; an unsigned type refuses the minus itself, also of zero.
fn full<T: TryFrom<i128> + TryFrom<u128>>(field: &[u8], signed: bool) -> Option<T> {
    if !signed && trim_blanks(field).first() == Some(&b'-') {
        return None;
    }
    match i128(field) {
        Some(value) => T::try_from(value).ok(),
        None => T::try_from(u128(field)?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_agree_with_one() {
        let mut state = 3u64;
        let mut random = |n: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        let mut answered = 0;
        for _ in 0..1000 {
            let mut text = b"some bytes before the first".to_vec();
            let spans: [Span; AT_ONCE] = std::array::from_fn(|_| {
                let start = text.len() as u32;
                text.extend_from_slice(&b"-"[..usize::from(random(3) == 0)]);
                let len = [3, 9, 18][random(3) as usize];
                (0..random(len)).for_each(|_| text.push(b"0123456789x"[random(11).min(random(11)) as usize]));
                let end = text.len() as u32;
                text.push(b',');
                Span { start, end }
            });
            text.extend_from_slice(&[b','; 16]);
            check::<i64, true>(&text, &spans);
            check::<u8, false>(&text, &spans);
            answered += check::<i16, true>(&text, &spans);
        }
        assert!(answered == 0 || answered > 10_000, "{answered}");
    }

    fn check<
        T: TryFrom<i64> + TryFrom<i128> + TryFrom<u128> + Default + Copy + PartialEq + std::fmt::Debug,
        const SIGNED: bool,
    >(
        text: &[u8],
        spans: &[Span; AT_ONCE],
    ) -> u32 {
        let parser = Integer::<T, SIGNED>::default();
        let mut values = [T::default(); AT_ONCE];
        let done = parser.fast_many(text, spans, &mut values);
        for (i, span) in spans.iter().enumerate().filter(|(i, _)| done >> i & 1 == 1) {
            let one = parser.fast(text, span.start as usize, span.end as usize);
            assert_eq!(Some(values[i]), one, "{:?}", String::from_utf8_lossy(span.of(text)));
        }
        done.count_ones()
    }

    fn fast(field: &str) -> Option<i64> {
        // Bytes around the field must not matter.
        let text = format!("9{field}9999999999999999");
        let answer = fast_i64(text.as_bytes(), 1, 1 + field.len());
        let blank = format!(",{field},,,,,,,,,,,,,,,,");
        assert_eq!(answer, fast_i64(blank.as_bytes(), 1, 1 + field.len()));
        answer
    }

    #[test]
    fn fast_agrees_with_full_where_it_answers() {
        for field in [
            "0",
            "7",
            "-7",
            "12",
            "123",
            "1234",
            "12345678",
            "123456789",
            "-1234567890123456",
            "1234567890123456",
            "00000012",
            "-0",
            "99999999",
            "999999999",
        ] {
            assert_eq!(fast(field).map(i128::from), i128(field.as_bytes()), "{field}");
            assert_eq!(fast(field), field.parse().ok(), "{field}");
        }
        for field in [
            "",
            "-",
            "+1",
            "1.",
            "1a",
            "a",
            " 1",
            "1 ",
            "1-",
            "--1",
            "12345678901234567",
            "1\u{e9}",
            "/",
            ":",
        ] {
            assert_eq!(fast(field), None, "{field}");
        }
    }

    #[test]
    fn limits() {
        assert_eq!(i128(b"-170141183460469231731687303715884105728"), Some(i128::MIN));
        assert_eq!(i128(b"170141183460469231731687303715884105728"), None);
        assert_eq!(full::<i8>(b"-128", true), Some(-128));
        assert_eq!(full::<i8>(b"128", true), None);
        assert_eq!(full::<u8>(b"+1", false), Some(1));
        assert_eq!(full::<u8>(b"-0", false), None);
        assert_eq!(full::<i8>(b"0000000000000000000000000000000000000000000000012", true), Some(12));
        assert_eq!(full::<i64>(b" 5", true), Some(5));
        assert_eq!(full::<i64>(b"5 ", true), None);
    }
}
