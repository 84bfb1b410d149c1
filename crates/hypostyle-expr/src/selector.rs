//! Expressions that stand for several columns.

use std::fmt;
use std::sync::Arc;

use hypostyle_core::{DataType, Error, Field, Result, Schema};
use serde::{Deserialize, Serialize};

use crate::expr::Expr;

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

/// Replaces selectors by the columns they stand for: one expression becomes several. Selectors in one expression
/// go in step; those of one column are used for all.
pub fn expand(expr: &Expr, schema: &Schema) -> Result<Vec<Expr>> {
    let mut selectors: Vec<Selector> = Vec::new();
    expr.exists(&mut |e| {
        if let Expr::Selector(s) = e
            && !selectors.contains(s)
        {
            selectors.push(s.clone());
        }
        false
    });
    if selectors.is_empty() {
        return Ok(vec![expr.clone()]);
    }
    // A function of many columns takes a selector among its arguments as several arguments.
    if let Some(spliced) = splice(expr, schema)? {
        return Ok(vec![spliced]);
    }
    let resolved = selectors.iter().map(|s| s.resolve(schema)).collect::<Result<Vec<_>>>()?;
    let count = resolved.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(other) = resolved.iter().find(|names| names.len() != count && names.len() != 1) {
        return Err(Error::invalid_operation(format!(
            "the selectors of one expression select {count} and {} columns",
            other.len()
        )));
    }
    Ok((0..count)
        .map(|i| {
            expr.transform_up(&mut |e| match &e {
                Expr::Selector(s) => {
                    let names = selectors.iter().position(|other| other == s).map(|k| &resolved[k]);
                    match names.and_then(|names| names.get(i.min(names.len() - 1))) {
                        Some(name) => Expr::Column(name.clone()),
                        None => e,
                    }
                }
                _ => e,
            })
        })
        .collect())
}

/// Horizontal functions read all their arguments as one set: selectors become several arguments.
#[recursive::recursive]
fn splice(expr: &Expr, schema: &Schema) -> Result<Option<Expr>> {
    match expr {
        Expr::Function { name, args } if crate::functions::find(name)?.is_variadic() => {
            let mut spliced = Vec::new();
            for arg in args {
                spliced.extend(expand(arg, schema)?);
            }
            Ok(Some(Expr::Function { name: name.clone(), args: spliced }))
        }
        Expr::Alias { input, name } => {
            Ok(splice(input, schema)?.map(|input| Expr::Alias { input: Arc::new(input), name: name.clone() }))
        }
        Expr::Cast { input, dtype, mode } => Ok(splice(input, schema)?.map(|input| Expr::Cast {
            input: Arc::new(input),
            dtype: dtype.clone(),
            mode: *mode,
        })),
        _ => Ok(None),
    }
}
