//! The type of a column from its texts.

use hypostyle_core::{DataType, TimeUnit};

use super::parse::{integer, temporal};

/// The kinds of text seen in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u16);

impl Kinds {
    const INT64: Self = Self(1);
    const INT128: Self = Self(1 << 1);
    const FLOAT: Self = Self(1 << 2);
    const BOOLEAN: Self = Self(1 << 3);
    const DATE: Self = Self(1 << 4);
    const TIME: Self = Self(1 << 5);
    const DATETIME: Self = Self(1 << 6);
    const ZONED: Self = Self(1 << 7);
    const STRING: Self = Self(1 << 8);

    /// Adds the kind of one text.
    pub(super) fn add(&mut self, text: &[u8], dates: bool, point: u8) {
        // Nothing that follows changes what a string makes of a column.
        if self.0 & Self::STRING.0 == 0 {
            *self = *self | Self::of(text, dates, point);
        }
    }

    fn of(text: &[u8], dates: bool, point: u8) -> Self {
        if let Some(digits) = text.strip_prefix(b"-").or(Some(text))
            && !digits.is_empty()
            && digits.iter().all(u8::is_ascii_digit)
        {
            return match integer::i128(text) {
                Some(value) if i64::try_from(value).is_ok() => Self::INT64,
                Some(_) => Self::INT128,
                // Nothing holds it but a text.
                None => Self::STRING,
            };
        }
        if is_float(text, point) {
            return Self::FLOAT;
        }
        if text.eq_ignore_ascii_case(b"true") || text.eq_ignore_ascii_case(b"false") {
            return Self::BOOLEAN;
        }
        if dates {
            if temporal::date(text).is_some() {
                return Self::DATE;
            }
            if let Some(moment) = temporal::moment(text) {
                return if moment.zoned { Self::ZONED } else { Self::DATETIME };
            }
            if temporal::time(text).is_some() {
                return Self::TIME;
            }
        }
        Self::STRING
    }

    /// The one type that holds all kinds seen; `String` if there is no better.
    pub(super) fn dtype(self) -> DataType {
        match self {
            Self::INT64 => DataType::Int64,
            Self::BOOLEAN => DataType::Boolean,
            Self::DATE => DataType::Date,
            Self::TIME => DataType::Time,
            Self::DATETIME => DataType::Datetime(TimeUnit::Microseconds, None),
            Self::ZONED => DataType::Datetime(TimeUnit::Microseconds, Some("UTC".into())),
            Self::FLOAT => DataType::Float64,
            Self::INT128 => DataType::Int128,
            _ if self == Self::INT64 | Self::INT128 => DataType::Int128,
            _ if self == Self::INT64 | Self::FLOAT => DataType::Float64,
            _ if self == Self::INT128 | Self::FLOAT => DataType::Float64,
            // Also for all three kinds of number: that is what Polars does.
            _ => DataType::String,
        }
    }
}

impl std::ops::BitOr for Kinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// `[+-](d*.d+ | d+.)` with or without exponent after the former, `d+e[+-]d+`, `inf`, `NaN`.
fn is_float(text: &[u8], point: u8) -> bool {
    let rest = match text {
        [b'+' | b'-', rest @ ..] => rest,
        rest => rest,
    };
    if matches!(rest, b"inf" | b"NaN") {
        return true;
    }
    let digits = |from: &[u8]| from.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(rest);
    let mut rest = &rest[whole..];
    if let Some((_, places)) = rest.split_first().filter(|(first, _)| **first == point) {
        let count = digits(places);
        rest = &places[count..];
        if count == 0 {
            return whole > 0 && rest.is_empty();
        }
        if rest.is_empty() {
            return true;
        }
    } else if whole == 0 {
        return false;
    }
    let exponent = match rest {
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => exponent,
        _ => return false,
    };
    !exponent.is_empty() && digits(exponent) == exponent.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dtype(texts: &[&str]) -> DataType {
        let mut kinds = Kinds::default();
        for text in texts {
            kinds.add(text.as_bytes(), false, b'.');
        }
        kinds.dtype()
    }

    #[test]
    fn one_text() {
        for text in ["1", "-1", "007", "-0", "9223372036854775807", "-9223372036854775808"] {
            assert_eq!(dtype(&[text]), DataType::Int64, "{text}");
        }
        for text in ["9223372036854775808", "-9223372036854775809", "12345678901234567890123"] {
            assert_eq!(dtype(&[text]), DataType::Int128, "{text}");
        }
        for text in [
            "1.5", "1e3", "1E3", "1e+3", "1e-3", ".5", "-.5", "1.", "-1.", "inf", "-inf", "+inf", "NaN",
            "-NaN", "1e400", "+1.5", "00.1", "1.0e10",
        ] {
            assert_eq!(dtype(&[text]), DataType::Float64, "{text}");
        }
        for text in ["true", "True", "TRUE", "tRUE", "false"] {
            assert_eq!(dtype(&[text]), DataType::Boolean, "{text}");
        }
        for text in [
            "+1",
            "Inf",
            "INF",
            "infinity",
            "nan",
            "NAN",
            " 1",
            "1 ",
            "1_000",
            "--1",
            "-",
            "+",
            ".",
            "e",
            "1e",
            "1e5.5",
            "0x10",
            "1.5.2",
            "1d",
            "1.e5",
            ".e5",
            "1e+",
            "1e+-3",
            "\u{661}",
            "",
            "2020-01-01",
        ] {
            assert_eq!(dtype(&[text]), DataType::String, "{text}");
        }
    }

    #[test]
    fn several_texts() {
        assert_eq!(dtype(&[]), DataType::String);
        assert_eq!(dtype(&["1", "1.5"]), DataType::Float64);
        assert_eq!(dtype(&["1", "99999999999999999999"]), DataType::Int128);
        assert_eq!(dtype(&["99999999999999999999", "1.5"]), DataType::Float64);
        assert_eq!(dtype(&["1", "99999999999999999999", "1.5"]), DataType::String);
        assert_eq!(dtype(&["1", "x"]), DataType::String);
        assert_eq!(dtype(&["true", "1"]), DataType::String);
    }

    #[test]
    fn dates() {
        let dtype = |texts: &[&str]| {
            let mut kinds = Kinds::default();
            for text in texts {
                kinds.add(text.as_bytes(), true, b'.');
            }
            kinds.dtype()
        };
        let utc = Some("UTC".into());
        assert_eq!(dtype(&["2020-01-01", "01/02/2020"]), DataType::Date);
        assert_eq!(dtype(&["20200101"]), DataType::Int64);
        assert_eq!(dtype(&["2020-01-01T10:00"]), DataType::Datetime(TimeUnit::Microseconds, None));
        assert_eq!(dtype(&["2020-01-01T10:00Z"]), DataType::Datetime(TimeUnit::Microseconds, utc));
        assert_eq!(dtype(&["10:20"]), DataType::Time);
        assert_eq!(dtype(&["2020-01-01", "2020-01-01T10:00"]), DataType::String);
        assert_eq!(dtype(&["2020-01-01T10:00", "2020-01-01T10:00Z"]), DataType::String);
        assert_eq!(dtype(&["2020-01-01", "5"]), DataType::String);
    }
}
