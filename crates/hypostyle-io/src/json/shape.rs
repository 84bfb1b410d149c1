//! What type a JSON value has, and the one type that many of them fit in.

use std::fmt;

use hypostyle_core::{DataType, Error, Field, Result};
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Values nested deeper than this are refused.
const DEEPEST: usize = 120;

/// Why a value has no place beside the others.
#[derive(Debug)]
pub(crate) enum Misshapen {
    /// It is no JSON.
    Text(String),
    /// No column can hold both.
    Types(String),
}

impl From<serde_json::Error> for Misshapen {
    fn from(error: serde_json::Error) -> Self {
        Self::Text(error.to_string())
    }
}

impl Misshapen {
    /// The error, with what is known of the place.
    pub(crate) fn into_error(self, place: &str) -> Error {
        match self {
            Self::Text(message) => Error::compute(format!("{place}: {message}")),
            Self::Types(message) => Error::schema(format!("{place}: {message}")),
        }
    }
}

/// The type of the values seen so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Shape {
    #[default]
    Null,
    Boolean,
    /// Within 64 bits.
    Integer,
    /// Beyond 64 bits.
    LongInteger,
    Float,
    String,
    List(Box<Shape>),
    Struct(Vec<(String, Shape)>),
}

impl Shape {
    /// Takes in the value of a JSON text.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), Misshapen> {
        self.add_within(text.trim_matches([' ', '\t', '\r', '\n']), DEEPEST)
    }

    fn add_within(&mut self, text: &str, depth: usize) -> Result<(), Misshapen> {
        let Some(below) = depth.checked_sub(1) else {
            return Err(Misshapen::Text(format!("values are nested deeper than {DEEPEST} levels")));
        };
        let found = match text.as_bytes().first() {
            // Whatever it holds, it stays text.
            Some(b'[' | b'{') if *self == Self::String => {
                serde_json::from_str::<IgnoredAny>(text)?;
                return Ok(());
            }
            Some(b'[') => {
                let mut inner = match self {
                    Self::List(inner) => std::mem::take(&mut **inner),
                    _ => Self::Null,
                };
                let mut deserializer = serde_json::Deserializer::from_str(text);
                let items = deserializer.deserialize_seq(Items)?;
                deserializer.end()?;
                items.into_iter().try_for_each(|item| inner.add_within(item.get(), below))?;
                Self::List(Box::new(inner))
            }
            Some(b'{') => {
                let mut fields = match self {
                    Self::Struct(fields) => std::mem::take(fields),
                    _ => Vec::new(),
                };
                let mut deserializer = serde_json::Deserializer::from_str(text);
                let members = deserializer.deserialize_map(Members)?;
                deserializer.end()?;
                for (i, (name, value)) in members.into_iter().enumerate() {
                    // Objects of one kind have their members in one order.
                    let place = match fields.get(i) {
                        Some((known, _)) if *known == name => Some(i),
                        _ => fields.iter().position(|(known, _)| *known == name),
                    };
                    let place = place.unwrap_or_else(|| {
                        fields.push((name, Self::Null));
                        fields.len() - 1
                    });
                    fields[place].1.add_within(value.get(), below)?;
                }
                Self::Struct(fields)
            }
            _ => {
                let raw: &RawValue = serde_json::from_str(text)?;
                Self::of_scalar(raw.get())
            }
        };
        let before = std::mem::take(self);
        *self = before.join(found)?;
        Ok(())
    }

    /// The type of a valid value that is not nested.
    fn of_scalar(text: &str) -> Self {
        match text.as_bytes().first() {
            Some(b'"') => Self::String,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') | None => Self::Null,
            _ if text.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) => Self::Float,
            _ if text.parse::<i64>().is_ok() => Self::Integer,
            _ if text.parse::<i128>().is_ok() => Self::LongInteger,
            _ => Self::Float,
        }
    }

    /// The type of two.
    fn join(self, other: Self) -> Result<Self, Misshapen> {
        use Shape as S;
        Ok(match (self, other) {
            (a, b) if a == b => a,
            (S::Null, other) | (other, S::Null) => other,
            (S::String, _) | (_, S::String) => S::String,
            (S::List(a), S::List(b)) => S::List(Box::new(a.join(*b)?)),
            (S::Struct(mut fields), S::Struct(others)) => {
                for (name, shape) in others {
                    match fields.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = std::mem::take(known).join(shape)?,
                        None => fields.push((name, shape)),
                    }
                }
                S::Struct(fields)
            }
            (a @ (S::List(_) | S::Struct(_)), b) | (a, b @ (S::List(_) | S::Struct(_))) => {
                return Err(Misshapen::Types(format!("the same field holds {} and {}", a.name(), b.name())));
            }
            (S::Float, _) | (_, S::Float) => S::Float,
            (S::LongInteger, _) | (_, S::LongInteger) => S::LongInteger,
            (S::Integer, _) | (_, S::Integer) => S::Integer,
            (S::Boolean, S::Boolean) => S::Boolean,
        })
    }

    /// What JSON calls such values.
    fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Integer | Self::LongInteger | Self::Float => "numbers",
            Self::String => "strings",
            Self::List(_) => "arrays",
            Self::Struct(_) => "objects",
        }
    }

    /// The type of a column of such values.
    fn dtype(&self) -> DataType {
        match self {
            Self::Null => DataType::Null,
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::LongInteger => DataType::Int128,
            Self::Float => DataType::Float64,
            Self::String => DataType::String,
            Self::List(inner) => DataType::list(inner.dtype()),
            Self::Struct(fields) => DataType::Struct(Self::fields(fields)),
        }
    }

    fn fields(fields: &[(String, Shape)]) -> Vec<Field> {
        fields.iter().map(|(name, shape)| Field::new(name.as_str(), shape.dtype())).collect()
    }

    /// The columns of rows of this shape; an error names what the rows are instead of objects.
    pub(crate) fn columns(&self) -> Result<Vec<Field>> {
        match self {
            Self::Struct(fields) => Ok(Self::fields(fields)),
            other => Err(Error::compute(format!("rows must be JSON objects, not {}", other.name()))),
        }
    }
}

/// The items of an array as text.
struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            found.push(item);
        }
        Ok(found)
    }
}

/// The members of an object; of those of one name the first.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found: Vec<(String, &RawValue)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some((name, value)) = members.next_entry::<String, &RawValue>()? {
            if names.insert(name.clone()) {
                found.push((name, value));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(texts: &[&str]) -> Result<String> {
        let mut shape = Shape::default();
        texts.iter().try_for_each(|text| shape.add(text).map_err(|e| e.into_error("here")))?;
        Ok(shape.dtype().to_string())
    }

    #[test]
    fn values_meet_in_one_type() {
        for (texts, expected) in [
            (&["1", "null", "-2"][..], "i64"),
            (&["1", "2.5"], "f64"),
            (&["1e3"], "f64"),
            (&["9223372036854775808", "1"], "i128"),
            (&["1", "\"x\""], "str"),
            (&["[1]", "\"x\""], "str"),
            (&["[]", "[null, 1]", "[2.5]"], "list[f64]"),
            (&["{\"a\": 1}", "{\"b\": [true]}", "{\"a\": 1.5}"], "struct[2]"),
        ] {
            assert_eq!(shape(texts).unwrap(), expected, "{texts:?}");
        }
        assert!(shape(&["1", "[1]"]).unwrap_err().to_string().contains("numbers and arrays"));
        assert!(shape(&["[1]", "{\"a\": 1}"]).is_err());
        assert!(shape(&["[1, ]"]).is_err() && shape(&["[1] 2"]).is_err() && shape(&["01"]).is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(shape(&[&nested(100)]).is_ok());
        assert!(shape(&[&nested(100_000)]).unwrap_err().to_string().contains("levels"));
    }
}
