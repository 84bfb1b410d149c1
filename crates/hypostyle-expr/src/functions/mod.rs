//! The catalog of functions. A function is one value that implements [`Function`], in the file of its subject, and one
//! line in [`CATALOG`]; plans name it by its catalog name.

mod compare;
mod horizontal;
mod math;
mod null;
mod sequence;
mod string;
mod temporal;

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::OnceLock;

use hypostyle_core::{Column, DataType, Error, Result, Scalar};

use crate::bound::{Evaluated, Extent};

/// What a function knows of an argument when the plan is made.
#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    /// Its type; for a dynamic literal the type it has alone.
    pub dtype: &'a DataType,
    /// Whether it is a literal that takes the type of its surroundings.
    pub dynamic: bool,
    /// Its value, if it is a literal.
    pub literal: Option<&'a Scalar>,
    /// Whether it is one value that broadcasts.
    pub scalar: bool,
}

/// The types a function asks for and the type it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The type that each argument is cast to.
    pub args: Vec<DataType>,
    /// The type of the result.
    pub output: DataType,
}

impl Signature {
    /// Arguments as they are.
    pub fn keep(args: &[Arg<'_>], output: DataType) -> Self {
        Self { args: args.iter().map(|a| a.dtype.clone()).collect(), output }
    }
}

/// A scalar function.
pub trait Function: Debug + Sync {
    /// The name in the catalog: `abs`, `str.contains`.
    fn name(&self) -> &'static str;

    /// Which rows a result depends on.
    fn extent(&self) -> Extent {
        Extent::Row
    }

    /// Whether it reads any number of arguments as one set.
    fn is_variadic(&self) -> bool {
        false
    }

    /// The types for these arguments, or why they do not fit.
    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature>;

    /// The result. Arguments have the types of the signature; each has `len` rows or is a scalar.
    fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column>;
}

/// Every function, by subject.
static CATALOG: &[&[&dyn Function]] = &[
    math::FUNCTIONS,
    null::FUNCTIONS,
    compare::FUNCTIONS,
    horizontal::FUNCTIONS,
    sequence::FUNCTIONS,
    string::FUNCTIONS,
    temporal::FUNCTIONS,
];

/// The function of a name.
pub fn find(name: &str) -> Result<&'static dyn Function> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static dyn Function>> = OnceLock::new();
    BY_NAME
        .get_or_init(|| CATALOG.iter().flat_map(|family| family.iter()).map(|f| (f.name(), *f)).collect())
        .get(name)
        .copied()
        .ok_or_else(|| Error::unsupported(format!("there is no function `{name}`")))
}

/// The names of all functions, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = CATALOG.iter().flat_map(|family| family.iter()).map(|f| f.name()).collect();
    names.sort_unstable();
    names
}

/// Checks the number of arguments.
pub(crate) fn expect_args(
    name: &str,
    args: &[Arg<'_>],
    range: std::ops::RangeInclusive<usize>,
) -> Result<()> {
    if range.contains(&args.len()) {
        return Ok(());
    }
    Err(Error::invalid_operation(format!(
        "`{name}` takes {} to {} arguments, {} given",
        range.start(),
        range.end(),
        args.len()
    )))
}

/// A literal option among evaluated arguments.
pub(crate) fn option(args: &[Evaluated], i: usize) -> Option<&Column> {
    args.get(i).map(|a| &a.column).filter(|c| c.len() == 1)
}

/// A boolean option, or what it is by default.
pub(crate) fn flag(args: &[Evaluated], i: usize, default: bool) -> bool {
    option(args, i).and_then(|c| c.get(0).as_bool()).unwrap_or(default)
}

/// An integer option.
pub(crate) fn integer(args: &[Evaluated], i: usize) -> Option<i128> {
    option(args, i).and_then(|c| c.get(0).as_i128())
}

/// A text option.
pub(crate) fn text(args: &[Evaluated], i: usize) -> Option<String> {
    option(args, i).and_then(|c| c.str_at(0).map(str::to_owned))
}

/// Row `i` of an argument, which is row 0 of a scalar.
#[inline]
pub(crate) fn row(column: &Column, i: usize) -> usize {
    if column.len() == 1 { 0 } else { i }
}

/// The type that all arguments have in common; dynamic literals take the others'.
pub(crate) fn common_type(
    args: &[Arg<'_>],
    join: fn(&DataType, &DataType) -> Option<DataType>,
) -> Option<DataType> {
    let mut common: Option<DataType> = None;
    for arg in args.iter().filter(|a| !a.dynamic) {
        common = Some(match common {
            None => arg.dtype.clone(),
            Some(common) => join(&common, arg.dtype)?,
        });
    }
    for arg in args.iter().filter(|a| a.dynamic) {
        let own = match (&common, arg.literal) {
            (Some(common), Some(scalar)) => match scalar.as_i128() {
                Some(v) if arg.dtype.is_integer() => crate::types::integer_beside(v, common),
                _ => crate::types::float_beside(common),
            },
            _ => arg.dtype.clone(),
        };
        common = Some(match common {
            None => own,
            Some(common) => join(&common, &own)?,
        });
    }
    common
}
