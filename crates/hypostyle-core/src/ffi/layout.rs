//! Format strings, parsed: the one list of foreign layouts that we read.

use std::sync::Arc;

use crate::dtype::{DataType, TimeUnit};
use crate::error::{Error, Result};

/// How a foreign array lies in memory.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Layout {
    Null,
    Boolean,
    /// Numbers of the physical type that `DataType::to_physical` gives, under this logical type.
    Primitive(DataType),
    /// 32-bit times of day, multiplied to nanoseconds.
    Time32 {
        factor: i64,
    },
    /// 64-bit numbers of a coarser unit, multiplied into the unit of the type.
    Scaled {
        dtype: DataType,
        factor: i64,
    },
    /// Decimals of another width in bytes than 16.
    NarrowDecimal {
        dtype: DataType,
        bytes: usize,
    },
    /// Bytes or text behind 32- or 64-bit offsets.
    Bytes {
        text: bool,
        large: bool,
    },
    /// Bytes or text behind 16-byte views.
    Views {
        text: bool,
    },
    /// Bytes of one width.
    FixedBytes(usize),
    /// Lists behind 32- or 64-bit offsets.
    List {
        large: bool,
    },
    /// Lists of one length.
    FixedList(usize),
    Struct,
}

impl Layout {
    /// Reads a format string.
    pub(super) fn parse(format: &str) -> Result<Self> {
        use DataType as T;
        let unsupported = || Error::unsupported(format!("Arrow format {format:?} has no data type here"));
        let invalid = || Error::schema(format!("invalid Arrow format {format:?}"));
        Ok(match format {
            "n" => Self::Null,
            "b" => Self::Boolean,
            "c" => Self::Primitive(T::Int8),
            "C" => Self::Primitive(T::UInt8),
            "s" => Self::Primitive(T::Int16),
            "S" => Self::Primitive(T::UInt16),
            "i" => Self::Primitive(T::Int32),
            "I" => Self::Primitive(T::UInt32),
            "l" => Self::Primitive(T::Int64),
            "L" => Self::Primitive(T::UInt64),
            "e" => Self::Primitive(T::Float16),
            "f" => Self::Primitive(T::Float32),
            "g" => Self::Primitive(T::Float64),
            // What Polars calls its 128-bit integers.
            "_pli128" => Self::Primitive(T::Int128),
            "_plu128" => Self::Primitive(T::UInt128),
            "u" => Self::Bytes { text: true, large: false },
            "U" => Self::Bytes { text: true, large: true },
            "z" => Self::Bytes { text: false, large: false },
            "Z" => Self::Bytes { text: false, large: true },
            "vu" => Self::Views { text: true },
            "vz" => Self::Views { text: false },
            "tdD" => Self::Primitive(T::Date),
            "tdm" => Self::Primitive(T::Datetime(TimeUnit::Milliseconds, None)),
            "tts" => Self::Time32 { factor: 1_000_000_000 },
            "ttm" => Self::Time32 { factor: 1_000_000 },
            "ttu" => Self::Scaled { dtype: T::Time, factor: 1_000 },
            "ttn" => Self::Primitive(T::Time),
            "tDs" => Self::Scaled { dtype: T::Duration(TimeUnit::Milliseconds), factor: 1_000 },
            "tDm" => Self::Primitive(T::Duration(TimeUnit::Milliseconds)),
            "tDu" => Self::Primitive(T::Duration(TimeUnit::Microseconds)),
            "tDn" => Self::Primitive(T::Duration(TimeUnit::Nanoseconds)),
            "+l" | "+m" => Self::List { large: false },
            "+L" => Self::List { large: true },
            "+s" => Self::Struct,
            _ => {
                if let Some(width) = format.strip_prefix("w:") {
                    Self::FixedBytes(width.parse().map_err(|_| invalid())?)
                } else if let Some(width) = format.strip_prefix("+w:") {
                    Self::FixedList(width.parse().map_err(|_| invalid())?)
                } else if let Some(digits) = format.strip_prefix("d:") {
                    decimal(digits).ok_or_else(invalid)?.ok_or_else(unsupported)?
                } else if let Some((unit, zone)) = format.strip_prefix("ts").and_then(|f| f.split_once(':')) {
                    timestamp(unit, zone).ok_or_else(invalid)?
                } else {
                    return Err(unsupported());
                }
            }
        })
    }

    /// Whether values of this layout can be a dictionary's keys.
    pub(super) fn is_key(&self) -> bool {
        matches!(self, Self::Primitive(dtype) if dtype.is_integer() && dtype.byte_width() <= Some(8))
    }
}

fn timestamp(unit: &str, zone: &str) -> Option<Layout> {
    let zone: Option<Arc<str>> = (!zone.is_empty()).then(|| zone.into());
    let unit = match unit {
        "s" => {
            let dtype = DataType::Datetime(TimeUnit::Milliseconds, zone);
            return Some(Layout::Scaled { dtype, factor: 1_000 });
        }
        "m" => TimeUnit::Milliseconds,
        "u" => TimeUnit::Microseconds,
        "n" => TimeUnit::Nanoseconds,
        _ => return None,
    };
    Some(Layout::Primitive(DataType::Datetime(unit, zone)))
}

/// `precision,scale[,bits]`: `None` if that is not what it says, `Some(None)` if we cannot hold it.
fn decimal(digits: &str) -> Option<Option<Layout>> {
    let mut parts = digits.split(',');
    let precision: u8 = parts.next()?.parse().ok()?;
    let scale: i16 = parts.next()?.parse().ok()?;
    let bits: usize = parts.next().map_or(Some(128), |b| b.parse().ok())?;
    if parts.next().is_some() || precision == 0 || !matches!(bits, 32 | 64 | 128 | 256) {
        return None;
    }
    let Ok(scale) = u8::try_from(scale) else { return Some(None) };
    if precision > 38 && bits == 128 || scale > 38 {
        return Some(None);
    }
    let dtype = DataType::Decimal(precision.min(38), scale);
    Some(Some(match bits {
        128 => Layout::Primitive(dtype),
        bits => Layout::NarrowDecimal { dtype, bytes: bits / 8 },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        assert_eq!(Layout::parse("d:10,2").unwrap(), Layout::Primitive(DataType::Decimal(10, 2)));
        assert_eq!(Layout::parse("d:10,2,128").unwrap(), Layout::Primitive(DataType::Decimal(10, 2)));
        assert_eq!(Layout::parse("+w:3").unwrap(), Layout::FixedList(3));
        let utc = DataType::Datetime(TimeUnit::Microseconds, Some("UTC".into()));
        assert_eq!(Layout::parse("tsu:UTC").unwrap(), Layout::Primitive(utc));
        for bad in
            ["", "x", "d:", "d:1", "d:a,b", "d:1,2,3", "d:10,-2", "tsx:", "w:-1", "+w:x", "+r", "tiM", "+vl"]
        {
            assert!(Layout::parse(bad).is_err(), "{bad}");
        }
    }
}
