//! Sets of columns of a table.

use std::fmt;
use std::sync::Arc;

use hypostyle_core::{DataType, Error, Field, Result, Schema};
use serde::{Deserialize, Serialize};

/// A set of columns, resolved against a schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Selector {
    /// Every column.
    All,
    /// Columns of these names, in this order. `strict`: a missing one is an error.
    ByName { names: Vec<Arc<str>>, strict: bool },
    /// Columns whose name matches a regular expression.
    Matches(Arc<str>),
    /// Columns of these types; for `Datetime`, `Duration` and `Decimal` parameters must agree.
    ByDtype(Vec<DataType>),
    /// Columns of a class of types.
    Class(DtypeClass),
    /// Columns at these positions; negative ones count from the end.
    ByIndex { indices: Vec<i64>, strict: bool },
    /// Columns of both.
    And(Arc<Selector>, Arc<Selector>),
    /// Columns of either.
    Or(Arc<Selector>, Arc<Selector>),
    /// Columns of the first that are not of the second.
    Minus(Arc<Selector>, Arc<Selector>),
}

/// Classes of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DtypeClass {
    Numeric,
    Integer,
    SignedInteger,
    UnsignedInteger,
    Float,
    Decimal,
    Temporal,
    Date,
    Time,
    Datetime,
    Duration,
    String,
    Categorical,
    Enum,
    Boolean,
    Binary,
    Nested,
    List,
    Array,
    Struct,
}

impl DtypeClass {
    /// Whether a type is of the class.
    pub fn contains(self, dtype: &DataType) -> bool {
        match self {
            Self::Numeric => dtype.is_numeric(),
            Self::Integer => dtype.is_integer(),
            Self::SignedInteger => dtype.is_signed_integer(),
            Self::UnsignedInteger => dtype.is_unsigned_integer(),
            Self::Float => dtype.is_float(),
            Self::Decimal => dtype.is_decimal(),
            Self::Temporal => dtype.is_temporal(),
            Self::Date => matches!(dtype, DataType::Date),
            Self::Time => matches!(dtype, DataType::Time),
            Self::Datetime => matches!(dtype, DataType::Datetime(..)),
            Self::Duration => matches!(dtype, DataType::Duration(_)),
            Self::String => matches!(dtype, DataType::String),
            Self::Categorical => matches!(dtype, DataType::Categorical),
            Self::Enum => matches!(dtype, DataType::Enum(_)),
            Self::Boolean => matches!(dtype, DataType::Boolean),
            Self::Binary => matches!(dtype, DataType::Binary),
            Self::Nested => dtype.is_nested(),
            Self::List => matches!(dtype, DataType::List(_)),
            Self::Array => matches!(dtype, DataType::Array(..)),
            Self::Struct => matches!(dtype, DataType::Struct(_)),
        }
    }
}

impl Selector {
    /// The names selected, in the schema's order but for `ByName` and `ByIndex`, which keep theirs.
    #[recursive::recursive]
    pub fn resolve(&self, schema: &Schema) -> Result<Vec<Arc<str>>> {
        let pick = |f: &dyn Fn(&Field) -> bool| -> Vec<Arc<str>> {
            schema.fields().iter().filter(|field| f(field)).map(|field| field.name.clone()).collect()
        };
        Ok(match self {
            Self::All => pick(&|_| true),
            Self::ByName { names, strict } => {
                let mut found = Vec::with_capacity(names.len());
                for name in names {
                    match schema.position(name) {
                        Some(_) => found.push(name.clone()),
                        None if *strict => return Err(Error::column_not_found(name, schema.names())),
                        None => {}
                    }
                }
                found
            }
            Self::Matches(pattern) => {
                let regex = hypostyle_kernels::text::regex(pattern)?;
                pick(&|field| regex.is_match(&field.name))
            }
            Self::ByDtype(dtypes) => pick(&|field| dtypes.contains(&field.dtype)),
            Self::Class(class) => pick(&|field| class.contains(&field.dtype)),
            Self::ByIndex { indices, strict } => {
                let mut found = Vec::with_capacity(indices.len());
                for index in indices {
                    let position = if *index < 0 { *index + schema.len() as i64 } else { *index };
                    let field = usize::try_from(position).ok().and_then(|i| schema.fields().get(i));
                    match field {
                        Some(field) => found.push(field.name.clone()),
                        None if *strict => {
                            return Err(Error::column_not_found(&format!("#{index}"), schema.names()));
                        }
                        None => {}
                    }
                }
                found
            }
            Self::And(a, b) => {
                let b = b.resolve(schema)?;
                a.resolve(schema)?.into_iter().filter(|name| b.contains(name)).collect()
            }
            Self::Or(a, b) => {
                let (a, b) = (a.resolve(schema)?, b.resolve(schema)?);
                pick(&|field| a.contains(&field.name) || b.contains(&field.name))
            }
            Self::Minus(a, b) => {
                let b = b.resolve(schema)?;
                a.resolve(schema)?.into_iter().filter(|name| !b.contains(name)).collect()
            }
        })
    }
}

impl fmt::Display for Selector {
    #[recursive::recursive]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all()"),
            Self::ByName { names, .. } => write!(f, "by_name({names:?})"),
            Self::Matches(pattern) => write!(f, "matches({pattern:?})"),
            Self::ByDtype(dtypes) => {
                let names: Vec<String> = dtypes.iter().map(ToString::to_string).collect();
                write!(f, "by_dtype([{}])", names.join(", "))
            }
            Self::Class(class) => write!(f, "{}()", format!("{class:?}").to_lowercase()),
            Self::ByIndex { indices, .. } => write!(f, "by_index({indices:?})"),
            Self::And(a, b) => write!(f, "({a} & {b})"),
            Self::Or(a, b) => write!(f, "({a} | {b})"),
            Self::Minus(a, b) => write!(f, "({a} - {b})"),
        }
    }
}
