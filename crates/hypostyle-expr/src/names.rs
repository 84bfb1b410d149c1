//! The name of an expression's output.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hypostyle_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::expr::{Expr, Literal};

/// How `name.*` makes a name from the one that an expression has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rename {
    /// The root column's name, whatever aliases came since.
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
    /// Every match of a pattern replaced; `$1` stands for a group of the match.
    ReplacePattern { pattern: Arc<str>, to: Arc<str> },
    /// Without this text at its beginning.
    StripPrefix(Arc<str>),
    /// Without this text at its end.
    StripSuffix(Arc<str>),
    /// What a user's function makes of it; opaque.
    #[serde(skip)]
    Map(UserRename),
}

/// What a user's function makes of a name.
pub type RenameCall = dyn Fn(&str) -> Result<Arc<str>> + Send + Sync;

/// A user's function of names. Two are equal if they are the same object.
#[derive(Clone)]
pub struct UserRename(pub Arc<RenameCall>);

impl fmt::Debug for UserRename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function")
    }
}

impl PartialEq for UserRename {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for UserRename {}

impl Hash for UserRename {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

impl Rename {
    /// The new name. [`Self::Keep`] knows no root here: the name stays.
    pub fn apply(&self, name: &str) -> Result<Arc<str>> {
        Ok(match self {
            Self::Keep => name.into(),
            Self::Prefix(prefix) => format!("{prefix}{name}").into(),
            Self::Suffix(suffix) => format!("{name}{suffix}").into(),
            Self::Lowercase => name.to_lowercase().into(),
            Self::Uppercase => name.to_uppercase().into(),
            Self::Replace { from, to } => name.replace(&**from, to).into(),
            Self::ReplacePattern { pattern, to } => {
                hypostyle_kernels::text::regex(pattern)?.replace_all(name, &**to).into()
            }
            Self::StripPrefix(prefix) => name.strip_prefix(&**prefix).unwrap_or(name).into(),
            Self::StripSuffix(suffix) => name.strip_suffix(&**suffix).unwrap_or(name).into(),
            Self::Map(function) => return (function.0)(name),
        })
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
            Self::ReplacePattern { pattern, to } => write!(f, "replace(/{pattern}/, {to:?})"),
            Self::StripPrefix(prefix) => write!(f, "strip_prefix({prefix:?})"),
            Self::StripSuffix(suffix) => write!(f, "strip_suffix({suffix:?})"),
            Self::Map(_) => f.write_str("map(a function)"),
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
        Expr::Cast { input, .. }
        | Expr::Over { input, .. }
        | Expr::Filter { input, .. }
        | Expr::Rolling { input, .. } => output_name(input),
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
        Expr::Rename { input, rename } => match (rename, input.columns().first()) {
            (Rename::Keep, Some(root)) => Ok(Arc::clone(root)),
            _ => rename.apply(&output_name(input)?),
        },
        Expr::Selector(selector) => {
            Err(Error::invalid_operation(format!("{selector} selects columns; it has no single name")))
        }
        Expr::Expand { expansion, .. } => Err(Error::invalid_operation(format!(
            "the name of {expansion} is known when the types of its columns are"
        ))),
        Expr::Len => Ok("len".into()),
    }
}
