//! Decimals: an integer at a fixed scale, rounded half to even where the text has more places.

use super::float::scaled;
use super::{Parse, trim_blanks};

/// Decimals of `precision` digits, `scale` of them behind the point.
#[derive(Clone, Copy, Debug)]
pub(in crate::csv) struct Decimal {
    pub(in crate::csv) precision: u8,
    pub(in crate::csv) scale: u8,
    pub(in crate::csv) point: u8,
}

impl Parse for Decimal {
    type Value = i128;

    /// A decimal of at most sixteen bytes after the sign that needs no rounding.
    #[inline(always)]
    fn fast(&self, text: &[u8], start: usize, end: usize) -> Option<i128> {
        /// As far as the product with sixteen digits fits 64 bits.
        const POWERS: [u64; 4] = [1, 10, 100, 1000];
        let negative = *text.get(start)? == b'-';
        let (digits, behind) = scaled(text, start + usize::from(negative), end, self.point)?;
        let value = digits * POWERS.get(usize::from(self.scale).checked_sub(behind)?)?;
        if self.precision < 19 && value >= 10u64.pow(self.precision.into()) {
            return None;
        }
        let value = i128::from(value);
        Some(if negative { -value } else { value })
    }

    fn full(&self, field: &[u8]) -> Option<i128> {
        full(field, self.precision, self.scale, self.point)
    }
}

/// A decimal of `precision` digits, `scale` of them behind the point; blanks before it, either sign and an exponent
/// are allowed.
fn full(field: &[u8], precision: u8, scale: u8, point: u8) -> Option<i128> {
    let field = trim_blanks(field);
    let (negative, rest) = match field {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (mantissa, exponent) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (&rest[..at], i32::try_from(super::integer::i128(&rest[at + 1..])?).ok()?),
        None => (rest, 0),
    };
    let (whole, places) = match mantissa.iter().position(|b| *b == point) {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &[][..]),
    };
    if whole.len() + places.len() == 0 || !whole.iter().chain(places).all(u8::is_ascii_digit) {
        return None;
    }
    // How many of the digits count: those before the point after both shifts.
    let kept = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(scale);
    let mut value = 0i128;
    let mut taken = 0i64;
    let mut digits = whole.iter().chain(places).map(|b| i128::from(b - b'0'));
    while taken < kept {
        match digits.next() {
            Some(digit) => value = value.checked_mul(10)?.checked_add(digit)?,
            // Zeros are appended; zero itself stays zero however many.
            None if value == 0 => break,
            None => value = value.checked_mul(10)?,
        }
        taken += 1;
    }
    if kept >= 0 {
        let half = digits.next().unwrap_or(0);
        let beyond = digits.any(|d| d != 0);
        if half > 5 || (half == 5 && (beyond || value % 2 == 1)) {
            value += 1;
        }
    }
    let limit = 10i128.checked_pow(u32::from(precision))?;
    (value < limit).then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_agrees_with_full_where_it_answers() {
        let mut answered = 0;
        for (precision, scale) in [(10, 2), (15, 2), (38, 4), (5, 0), (38, 20), (19, 19)] {
            let decimal = Decimal { precision, scale, point: b'.' };
            for field in [
                "0",
                "7",
                "-7",
                "1.5",
                "1.50",
                "-0.01",
                "99999999.99",
                "100000000",
                "12345.678",
                "1.565",
                ".5",
                "5.",
                "1234567890123.45",
                "9999999999999999",
                "-999999999999.999",
                "1e3",
                "+1",
                " 1",
                "1 ",
                "",
                "-",
                ".",
                "1.2.3",
                "99999",
                "100000",
                "0.0001",
                "123456789.1234567",
                "00000000.10",
                "-0",
            ] {
                let text = format!("{field},,,,,,,,,,,,,,,,,,");
                if let Some(value) = decimal.fast(text.as_bytes(), 0, field.len()) {
                    assert_eq!(
                        Some(value),
                        decimal.full(field.as_bytes()),
                        "{field} as ({precision}, {scale})"
                    );
                    answered += 1;
                }
            }
        }
        assert!(answered > 40, "the fast path answers for most: {answered}");
    }

    #[test]
    fn rounds_half_to_even_and_keeps_to_the_precision() {
        for (field, value) in [
            ("1.565", 156),
            ("1.575", 158),
            ("1.5650000001", 157),
            ("-1.565", -156),
            ("0.005", 0),
            ("0.015", 2),
            ("1e3", 100_000),
            ("1E2", 10_000),
            ("+1.5", 150),
            (" 1", 100),
            ("1.", 100),
            (".5", 50),
            ("99999999.99", 9_999_999_999),
            ("1.0e-1", 10),
            ("00000000001", 100),
            ("-0.001", 0),
            ("0e40", 0),
            ("6e-3", 1),
            ("6e-9", 0),
        ] {
            assert_eq!(full(field.as_bytes(), 10, 2, b'.'), Some(value), "{field}");
        }
        for field in
            ["1 ", "-", "", ".", "abc", "1.2.3", "99999999.995", "999999999", "1e", "1e400", "1e99999999999"]
        {
            assert_eq!(full(field.as_bytes(), 10, 2, b'.'), None, "{field}");
        }
        assert_eq!(full(b"1,5", 10, 2, b','), Some(150));
        assert_eq!(
            full(b"12345678901234567890123456789012345678", 38, 0, b'.'),
            Some(12345678901234567890123456789012345678)
        );
    }
}
