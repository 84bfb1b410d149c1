//! Logical data types: values, not generics. Physical layouts are in [`crate::array`].

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::schema::Field;

/// The unit of a `Datetime` or `Duration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TimeUnit {
    /// 10⁻³ s
    Milliseconds,
    /// 10⁻⁶ s
    Microseconds,
    /// 10⁻⁹ s
    Nanoseconds,
}

impl TimeUnit {
    /// How many of this unit a second has.
    pub const fn per_second(self) -> i64 {
        match self {
            Self::Milliseconds => 1_000,
            Self::Microseconds => 1_000_000,
            Self::Nanoseconds => 1_000_000_000,
        }
    }

    /// The abbreviation: `ms`, `μs`, `ns`.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Microseconds => "μs",
            Self::Nanoseconds => "ns",
        }
    }
}

/// The logical type of a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DataType {
    /// No values but null.
    Null,
    /// true, false
    Boolean,
    /// 8-bit signed
    Int8,
    /// 16-bit signed
    Int16,
    /// 32-bit signed
    Int32,
    /// 64-bit signed
    Int64,
    /// 128-bit signed
    Int128,
    /// 8-bit unsigned
    UInt8,
    /// 16-bit unsigned
    UInt16,
    /// 32-bit unsigned
    UInt32,
    /// 64-bit unsigned
    UInt64,
    /// IEEE 754 binary32
    Float32,
    /// IEEE 754 binary64
    Float64,
    /// Fixed point: precision (at most 38) and scale, stored as `i128`.
    Decimal(u8, u8),
    /// UTF-8 text, as offsets or as a dictionary.
    String,
    /// Bytes
    Binary,
    /// Days since 1970-01-01, `i32`.
    Date,
    /// Nanoseconds since midnight, `i64`.
    Time,
    /// Units since 1970-01-01T00:00 UTC (or local where there is no zone), `i64`.
    Datetime(TimeUnit, Option<Arc<str>>),
    /// A difference of times, `i64`.
    Duration(TimeUnit),
    /// Text of few distinct values; codes in a dictionary that grows.
    Categorical,
    /// Text out of a fixed list, ordered as the list.
    Enum(Arc<[Arc<str>]>),
    /// A variable number of values a row.
    List(Box<DataType>),
    /// Named columns side by side.
    Struct(Vec<Field>),
}

impl DataType {
    /// A list of this type.
    pub fn list(inner: DataType) -> Self {
        Self::List(Box::new(inner))
    }

    /// Signed or unsigned integers.
    pub fn is_integer(&self) -> bool {
        self.is_signed_integer() || self.is_unsigned_integer()
    }

    /// `Int8` … `Int128`
    pub fn is_signed_integer(&self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64 | Self::Int128)
    }

    /// `UInt8` … `UInt64`
    pub fn is_unsigned_integer(&self) -> bool {
        matches!(self, Self::UInt8 | Self::UInt16 | Self::UInt32 | Self::UInt64)
    }

    /// `Float32`, `Float64`
    pub fn is_float(&self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }

    /// `Decimal`
    pub fn is_decimal(&self) -> bool {
        matches!(self, Self::Decimal(..))
    }

    /// Integers, floats and decimals.
    pub fn is_numeric(&self) -> bool {
        self.is_integer() || self.is_float() || self.is_decimal()
    }

    /// `Date`, `Time`, `Datetime`, `Duration`
    pub fn is_temporal(&self) -> bool {
        matches!(self, Self::Date | Self::Time | Self::Datetime(..) | Self::Duration(_))
    }

    /// `List`, `Struct`
    pub fn is_nested(&self) -> bool {
        matches!(self, Self::List(_) | Self::Struct(_))
    }

    /// `Categorical`, `Enum`
    pub fn is_categorical(&self) -> bool {
        matches!(self, Self::Categorical | Self::Enum(_))
    }

    /// Text, whatever its form: `String`, `Categorical`, `Enum`.
    pub fn is_textual(&self) -> bool {
        matches!(self, Self::String | Self::Categorical | Self::Enum(_))
    }

    /// The type of the stored numbers: `Date` is `Int32`, `Datetime` `Int64`, `Categorical` `UInt32`, …
    pub fn to_physical(&self) -> DataType {
        match self {
            Self::Date => Self::Int32,
            Self::Time | Self::Datetime(..) | Self::Duration(_) => Self::Int64,
            Self::Decimal(..) => Self::Int128,
            Self::Categorical | Self::Enum(_) => Self::UInt32,
            Self::List(inner) => Self::list(inner.to_physical()),
            Self::Struct(fields) => Self::Struct(
                fields.iter().map(|f| Field::new(f.name.clone(), f.dtype.to_physical())).collect(),
            ),
            other => other.clone(),
        }
    }

    /// Width in bytes of one stored value, if it is fixed.
    pub fn byte_width(&self) -> Option<usize> {
        Some(match self {
            Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 | Self::Date => 4,
            Self::Categorical | Self::Enum(_) => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 => 8,
            Self::Time | Self::Datetime(..) | Self::Duration(_) => 8,
            Self::Int128 | Self::Decimal(..) => 16,
            Self::Null | Self::Boolean | Self::String | Self::Binary | Self::List(_) | Self::Struct(_) => {
                return None;
            }
        })
    }
}

/// The short names that tables show: `i64`, `str`, `datetime[μs, UTC]`, `list[i64]`.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Null => "null",
            Self::Boolean => "bool",
            Self::Int8 => "i8",
            Self::Int16 => "i16",
            Self::Int32 => "i32",
            Self::Int64 => "i64",
            Self::Int128 => "i128",
            Self::UInt8 => "u8",
            Self::UInt16 => "u16",
            Self::UInt32 => "u32",
            Self::UInt64 => "u64",
            Self::Float32 => "f32",
            Self::Float64 => "f64",
            Self::Decimal(precision, scale) => return write!(f, "decimal[{precision},{scale}]"),
            Self::String => "str",
            Self::Binary => "binary",
            Self::Date => "date",
            Self::Time => "time",
            Self::Datetime(unit, None) => return write!(f, "datetime[{}]", unit.symbol()),
            Self::Datetime(unit, Some(zone)) => return write!(f, "datetime[{}, {zone}]", unit.symbol()),
            Self::Duration(unit) => return write!(f, "duration[{}]", unit.symbol()),
            Self::Categorical => "cat",
            Self::Enum(_) => "enum",
            Self::List(inner) => return write!(f, "list[{inner}]"),
            Self::Struct(fields) => return write!(f, "struct[{}]", fields.len()),
        };
        f.write_str(name)
    }
}
