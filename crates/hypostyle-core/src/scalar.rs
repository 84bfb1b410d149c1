//! One value with its type: literals, statistics, results of one row.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dispatch::Native;
use crate::dtype::DataType;
use crate::with_native_type;

/// A value of a known type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scalar {
    /// The type.
    pub dtype: DataType,
    /// The value, or null.
    pub value: Value,
}

/// What a scalar holds. Which variant belongs to which type: integers, decimals (scaled), dates and times are
/// `Int` of their stored number, or `UInt128` above the largest `i128`; `String`, `Categorical` and `Enum` are `String`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Value {
    Null,
    Boolean(bool),
    Int(i128),
    /// Above the largest `i128`; whatever fits is an `Int`, so that equal numbers are equal values.
    UInt128(u128),
    Float(f64),
    String(Arc<str>),
    Binary(Arc<[u8]>),
    /// The values of a list, of one length or not, or a struct's in order of its fields.
    List(Arc<[Value]>),
}

impl Value {
    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether this is a value of the type; null is one of every type.
    ///
    /// ```
    /// use hypostyle_core::{DataType, Value};
    /// assert!(Value::Int(100).is_of(&DataType::Int8));
    /// assert!(!Value::Int(300).is_of(&DataType::Int8));
    /// ```
    pub fn is_of(&self, dtype: &DataType) -> bool {
        match (self, dtype) {
            (Self::Null, _)
            | (Self::Boolean(_), DataType::Boolean)
            | (Self::String(_), DataType::String | DataType::Categorical)
            | (Self::Binary(_), DataType::Binary) => true,
            (Self::String(text), DataType::Enum(categories)) => categories.contains(text),
            (Self::List(items), DataType::List(inner)) => items.iter().all(|item| item.is_of(inner)),
            (Self::List(items), DataType::Array(inner, width)) => {
                items.len() == *width && items.iter().all(|item| item.is_of(inner))
            }
            (Self::UInt128(_), dtype) => *dtype == DataType::UInt128 || dtype.is_float(),
            // Fields that are left out are null.
            (Self::List(items), DataType::Struct(fields)) => {
                items.len() <= fields.len() && items.iter().zip(fields).all(|(item, f)| item.is_of(&f.dtype))
            }
            (Self::Float(_) | Self::Int(_), dtype) if dtype.is_float() => true,
            // Digits are not counted: a constant beside decimals may have more of them than theirs.
            (Self::Int(_), DataType::Decimal(..)) => true,
            (Self::Int(v), dtype) => {
                with_native_type!(dtype, |T| <T as Native>::checked_from_i128(*v).is_some(), else false)
            }
            _ => false,
        }
    }
}

/// The value as it is written in messages.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(v) => write!(f, "{v}"),
            Self::Int(v) => write!(f, "{v}"),
            Self::UInt128(v) => write!(f, "{v}"),
            Self::Float(v) => write!(f, "{v:?}"),
            Self::String(v) => write!(f, "{v:?}"),
            Self::Binary(v) => write!(f, "{} bytes", v.len()),
            Self::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// Floats are equal if their bits are: plans are compared and hashed by it.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::UInt128(a), Self::UInt128(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Binary(a), Self::Binary(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (
                Self::Null
                | Self::Boolean(_)
                | Self::Int(_)
                | Self::UInt128(_)
                | Self::Float(_)
                | Self::String(_)
                | Self::Binary(_)
                | Self::List(_),
                _,
            ) => false,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Boolean(v) => v.hash(state),
            Self::Int(v) => v.hash(state),
            Self::UInt128(v) => v.hash(state),
            Self::Float(v) => v.to_bits().hash(state),
            Self::String(v) => v.hash(state),
            Self::Binary(v) => v.hash(state),
            Self::List(v) => v.hash(state),
        }
    }
}

impl Scalar {
    /// A value of a type. The caller says which variant fits (see [`Value`]).
    pub fn new(dtype: DataType, value: Value) -> Self {
        Self { dtype, value }
    }

    /// Null of a type.
    pub fn null(dtype: DataType) -> Self {
        Self { dtype, value: Value::Null }
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// The stored number, if it is one that fits.
    pub fn as_i128(&self) -> Option<i128> {
        match self.value {
            Value::Int(v) => Some(v),
            _ => None,
        }
    }

    /// The number as a float, decimals by their value.
    pub fn as_f64(&self) -> Option<f64> {
        match (&self.value, &self.dtype) {
            (Value::Float(v), _) => Some(*v),
            (Value::Int(v), DataType::Decimal(_, scale)) => Some(*v as f64 / 10f64.powi(i32::from(*scale))),
            (Value::Int(v), _) => Some(*v as f64),
            (Value::UInt128(v), _) => Some(*v as f64),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(v) => Some(v),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Boolean(v) => Some(v),
            _ => None,
        }
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::new(DataType::Boolean, Value::Boolean(value))
    }
}

impl From<&str> for Scalar {
    fn from(value: &str) -> Self {
        Self::new(DataType::String, Value::String(value.into()))
    }
}

impl From<String> for Scalar {
    fn from(value: String) -> Self {
        Self::new(DataType::String, Value::String(value.into()))
    }
}
