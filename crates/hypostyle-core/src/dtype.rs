//! Logical data types: values, not generics. Physical layouts are in [`crate::array`].

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dispatch::NumberClass;
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

macro_rules! define_data_type {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {
        /// The logical type of a column.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum DataType {
            /// No values but null.
            Null,
            /// true, false
            Boolean,
            $($(#[$doc])* $variant,)+
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
            /// As many values in every row.
            Array(Box<DataType>, usize),
            /// Named columns side by side.
            Struct(Vec<Field>),
        }

        impl DataType {
            /// The class of a plain number.
            pub fn number_class(&self) -> Option<NumberClass> {
                match self {
                    $(Self::$variant => Some(NumberClass::$class),)+
                    Self::Null
                    | Self::Boolean
                    | Self::Decimal(..)
                    | Self::String
                    | Self::Binary
                    | Self::Date
                    | Self::Time
                    | Self::Datetime(..)
                    | Self::Duration(_)
                    | Self::Categorical
                    | Self::Enum(_)
                    | Self::List(_)
                    | Self::Array(..)
                    | Self::Struct(_) => None,
                }
            }

            /// The type of the stored numbers: `Date` is `Int32`, `Datetime` `Int64`, `Categorical` `UInt32`, …
            pub fn to_physical(&self) -> DataType {
                match self {
                    Self::Date => Self::Int32,
                    Self::Time | Self::Datetime(..) | Self::Duration(_) => Self::Int64,
                    Self::Decimal(..) => Self::Int128,
                    Self::Categorical | Self::Enum(_) => Self::UInt32,
                    Self::List(inner) => Self::list(inner.to_physical()),
                    Self::Array(inner, width) => Self::array(inner.to_physical(), *width),
                    Self::Struct(fields) => Self::Struct(
                        fields.iter().map(|f| Field::new(f.name.clone(), f.dtype.to_physical())).collect(),
                    ),
                    Self::Null | Self::Boolean | Self::String | Self::Binary $(| Self::$variant)+ => self.clone(),
                }
            }

            /// Width in bytes of one stored value, if it is fixed.
            pub fn byte_width(&self) -> Option<usize> {
                match self {
                    $(Self::$variant => Some(size_of::<$t>()),)+
                    Self::Date | Self::Categorical | Self::Enum(_) => Some(4),
                    Self::Time | Self::Datetime(..) | Self::Duration(_) => Some(8),
                    Self::Decimal(..) => Some(16),
                    Self::Null
                    | Self::Boolean
                    | Self::String
                    | Self::Binary
                    | Self::List(_)
                    | Self::Array(..)
                    | Self::Struct(_) => None,
                }
            }

            /// The plain number type of a name, as `Int64` or `i64`.
            pub fn number_from_name(name: &str) -> Option<Self> {
                $(if name == stringify!($variant) || name == $short {
                    return Some(Self::$variant);
                })+
                None
            }
        }

        /// The short names that tables show: `i64`, `str`, `datetime[μs, UTC]`, `list[i64]`.
        impl fmt::Display for DataType {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($short),)+
                    Self::Null => f.write_str("null"),
                    Self::Boolean => f.write_str("bool"),
                    Self::Decimal(precision, scale) => write!(f, "decimal[{precision},{scale}]"),
                    Self::String => f.write_str("str"),
                    Self::Binary => f.write_str("binary"),
                    Self::Date => f.write_str("date"),
                    Self::Time => f.write_str("time"),
                    Self::Datetime(unit, None) => write!(f, "datetime[{}]", unit.symbol()),
                    Self::Datetime(unit, Some(zone)) => write!(f, "datetime[{}, {zone}]", unit.symbol()),
                    Self::Duration(unit) => write!(f, "duration[{}]", unit.symbol()),
                    Self::Categorical => f.write_str("cat"),
                    Self::Enum(_) => f.write_str("enum"),
                    Self::List(inner) => write!(f, "list[{inner}]"),
                    Self::Array(inner, width) => {
                        let (mut leaf, mut shape) = (&**inner, width.to_string());
                        while let Self::Array(inner, width) = leaf {
                            (leaf, shape) = (&**inner, format!("{shape}, {width}"));
                        }
                        match **inner {
                            Self::Array(..) => write!(f, "array[{leaf}, ({shape})]"),
                            _ => write!(f, "array[{leaf}, {shape}]"),
                        }
                    }
                    Self::Struct(fields) => write!(f, "struct[{}]", fields.len()),
                }
            }
        }
    };
}

crate::primitive_types!(@define_data_type);

impl DataType {
    /// A list of this type.
    pub fn list(inner: DataType) -> Self {
        Self::List(Box::new(inner))
    }

    /// Lists of this type with `width` values each.
    pub fn array(inner: DataType, width: usize) -> Self {
        Self::Array(Box::new(inner), width)
    }

    /// The type of the values of lists, of one length or not.
    pub fn items(&self) -> Option<&DataType> {
        match self {
            Self::List(inner) | Self::Array(inner, _) => Some(inner),
            _ => None,
        }
    }

    /// Signed or unsigned integers.
    pub fn is_integer(&self) -> bool {
        self.number_class().is_some_and(|class| class != NumberClass::Float)
    }

    /// `Int8` … `Int128`
    pub fn is_signed_integer(&self) -> bool {
        self.number_class() == Some(NumberClass::Signed)
    }

    /// `UInt8` … `UInt128`
    pub fn is_unsigned_integer(&self) -> bool {
        self.number_class() == Some(NumberClass::Unsigned)
    }

    /// `Float32`, `Float64`
    pub fn is_float(&self) -> bool {
        self.number_class() == Some(NumberClass::Float)
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

    /// `List`, `Array`, `Struct`
    pub fn is_nested(&self) -> bool {
        matches!(self, Self::List(_) | Self::Array(..) | Self::Struct(_))
    }

    /// `Categorical`, `Enum`
    pub fn is_categorical(&self) -> bool {
        matches!(self, Self::Categorical | Self::Enum(_))
    }

    /// Text, whatever its form: `String`, `Categorical`, `Enum`.
    pub fn is_textual(&self) -> bool {
        matches!(self, Self::String | Self::Categorical | Self::Enum(_))
    }
}
