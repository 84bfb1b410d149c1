//! Integers: an optional sign and decimal digits.

use super::{trim_blanks, up_to_sixteen_digits};

/// Up to sixteen digits with an optional minus.
#[inline(always)]
pub(in crate::csv) fn fast_i64(text: &[u8], start: usize, end: usize) -> Option<i64> {
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

/// Any integer that fits `T`; an unsigned type refuses the minus itself, also of zero.
pub(in crate::csv) fn full<T: TryFrom<i128>>(field: &[u8], signed: bool) -> Option<T> {
    if !signed && trim_blanks(field).first() == Some(&b'-') {
        return None;
    }
    T::try_from(i128(field)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
