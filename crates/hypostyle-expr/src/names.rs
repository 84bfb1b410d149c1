//! The name of an expression's output.

use std::fmt;
use std::sync::Arc;

use hypostyle_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::expr::{Expr, Literal};

/// How `name.*` makes a name from the root column's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rename {
    /// The root column's name.
    Keep,
    /// Put before it.
    Prefix(Arc<str>),
    /// Put after it.
    Suffix(Arc<str>),
    /// In lower case.
    Lowercase,
    /// In upper case.
    Uppercase,
    /// Every occurrence of a text replaced.
    Replace { from: Arc<str>, to: Arc<str> },
}

impl Rename {
    /// The new name.
    pub fn apply(&self, root: &str) -> Arc<str> {
        match self {
            Self::Keep => root.into(),
            Self::Prefix(prefix) => format!("{prefix}{root}").into(),
            Self::Suffix(suffix) => format!("{root}{suffix}").into(),
            Self::Lowercase => root.to_lowercase().into(),
            Self::Uppercase => root.to_uppercase().into(),
            Self::Replace { from, to } => root.replace(&**from, to).into(),
        }
    }
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("keep()"),
            Self::Prefix(prefix) => write!(f, "prefix({prefix:?})"),
            Self::Suffix(suffix) => write!(f, "suffix({suffix:?})"),
            Self::Lowercase => f.write_str("to_lowercase()"),
            Self::Uppercase => f.write_str("to_uppercase()"),
            Self::Replace { from, to } => write!(f, "replace({from:?}, {to:?})"),
        }
    }
}

/// The name of the output: that of the leftmost input; a lone literal is `literal`, a `when` takes its `then`.
#[recursive::recursive]
pub fn output_name(expr: &Expr) -> Result<Arc<str>> {
    match expr {
        Expr::Column(name) => Ok(name.clone()),
        Expr::Literal(Literal::Column(literal)) => Ok(literal.name.clone()),
        Expr::Literal(_) => Ok("literal".into()),
        Expr::Alias { name, .. } => Ok(name.clone()),
        Expr::Cast { input, .. } | Expr::Over { input, .. } | Expr::Filter { input, .. } => {
            output_name(input)
        }
        Expr::Lists { input, .. } => output_name(input),
        Expr::Map { function, args } => match args.first() {
            Some(first) => output_name(first),
            None => Ok(function.name.clone()),
        },
        Expr::Binary { left, .. } => output_name(left),
        Expr::Function { name, args } | Expr::Aggregate { name, args } => match args.first() {
            Some(first) => output_name(first),
            None => Ok(name.clone()),
        },
        Expr::When { then, .. } => output_name(then),
        Expr::Rename { input, rename } => match input.columns().first() {
            Some(root) => Ok(rename.apply(root)),
            None => Ok(rename.apply(&output_name(input)?)),
        },
        Expr::Selector(selector) => {
            Err(Error::invalid_operation(format!("{selector} selects columns; it has no single name")))
        }
        Expr::Len => Ok("len".into()),
    }
}
