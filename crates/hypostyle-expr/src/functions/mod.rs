//! The catalog of functions. A function is one [`Function`] in a file of its own (near twins share one), and
//! one line in the `FUNCTIONS` of its family; plans name it by its catalog name.

mod binary;
mod compare;
mod convert;
mod dates;
mod horizontal;
mod list;
mod math;
mod null;
mod ranges;
mod sequence;
mod strings;
mod structs;

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::OnceLock;

use hypostyle_core::{Column, DataType, Error, Result, Scalar};

use crate::bound::{Evaluated, Extent};
use crate::grouped::segment_ids;

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

impl Arg<'_> {
    /// Whether it is a literal text.
    pub(crate) fn is_literal_text(&self) -> bool {
        *self.dtype == DataType::String && self.literal.is_some()
    }
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

    /// Every argument cast to one type, which is also the result's.
    pub fn all(args: &[Arg<'_>], dtype: DataType) -> Self {
        Self { args: vec![dtype.clone(); args.len()], output: dtype }
    }

    /// The same with argument `i`, where it is given, cast to a type.
    pub fn with(mut self, i: usize, dtype: DataType) -> Self {
        if let Some(arg) = self.args.get_mut(i) {
            *arg = dtype;
        }
        self
    }
}

/// How a function finds its types, from its name (for messages) and its arguments.
type Types = fn(&str, &[Arg<'_>]) -> Result<Signature>;

/// A scalar function. Made as a `const` by `Function::new`, in the file of its subject.
#[derive(Debug)]
pub struct Function {
    name: &'static str,
    takes: RangeInclusive<usize>,
    extent: Extent,
    segmented: bool,
    infallible: bool,
    types: Types,
    run: fn(&Inputs<'_>) -> Result<Column>,
}

impl Function {
    /// A function that works row by row. Arguments of `run` have the types that `types` asked for.
    const fn new(
        name: &'static str,
        takes: RangeInclusive<usize>,
        types: Types,
        run: fn(&Inputs<'_>) -> Result<Column>,
    ) -> Self {
        Self { name, takes, extent: Extent::Row, segmented: false, infallible: false, types, run }
    }

    /// The same, reading other rows too.
    const fn extends(mut self, extent: Extent) -> Self {
        self.extent = extent;
        self
    }

    /// The same, keeping to [`Inputs::segments`] and giving a value for each row: windows run it once for all
    /// groups.
    const fn segmented(mut self) -> Self {
        self.segmented = true;
        self
    }

    /// The same, giving a result for any row once its types are right and its options, all arguments but the first, are
    /// literals: filters may then ask it in any order.
    const fn infallible(mut self) -> Self {
        self.infallible = true;
        self
    }

    /// The name in the catalog: `abs`, `str.contains`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Which rows a result depends on.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether it reads any number of arguments as one set.
    pub fn is_variadic(&self) -> bool {
        self.takes == ANY_NUMBER
    }

    /// Whether no row can make it fail, beside literal options.
    pub(crate) fn is_infallible(&self) -> bool {
        self.infallible
    }

    /// Whether it can be evaluated for many groups of rows at once.
    pub(crate) fn is_segmented(&self) -> bool {
        self.segmented
    }

    /// The types for these arguments, or why they do not fit.
    pub fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        if !self.takes.contains(&args.len()) {
            let (least, most) = (self.takes.start(), self.takes.end());
            return Err(Error::invalid_operation(match (least, most) {
                (least, most) if least == most => {
                    format!("`{}` takes {least} arguments, {} given", self.name, args.len())
                }
                (least, &usize::MAX) => {
                    format!("`{}` takes at least {least} arguments, {} given", self.name, args.len())
                }
                _ => format!("`{}` takes {least} to {most} arguments, {} given", self.name, args.len()),
            }));
        }
        (self.types)(self.name, args)
    }

    /// The result. Arguments have the types of the signature; each has `len` rows or is a scalar.
    pub fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        (self.run)(&Inputs { name: self.name, args, output, len, starts: None })
    }

    /// The results for groups of rows that lie side by side: group `k` has rows `starts[k]..starts[k + 1]`.
    pub(crate) fn evaluate_segments(
        &self,
        args: &[Evaluated],
        output: &DataType,
        len: usize,
        starts: &[u32],
    ) -> Result<Column> {
        (self.run)(&Inputs { name: self.name, args, output, len, starts: Some(starts) })
    }
}

/// For functions of a set of arguments; selectors among these stand for all their columns.
const ANY_NUMBER: RangeInclusive<usize> = 0..=usize::MAX;

/// What a function is evaluated on.
#[derive(Clone, Copy, Debug)]
struct Inputs<'a> {
    /// The name of the function, for messages.
    name: &'static str,
    args: &'a [Evaluated],
    /// The type of the result, as planned.
    output: &'a DataType,
    /// The rows of the result; arguments have as many, or one.
    len: usize,
    /// Where each segment starts, and the end; none where all rows are one segment.
    starts: Option<&'a [u32]>,
}

impl<'a> Inputs<'a> {
    /// The ranges of rows that know nothing of each other: the groups of a window, or all rows.
    fn segments(&self) -> impl DoubleEndedIterator<Item = Range<usize>> + 'a {
        let (starts, len) = (self.starts, self.len);
        (0..starts.map_or(1, |s| s.len().saturating_sub(1))).map(move |k| match starts {
            Some(starts) => starts[k] as usize..starts[k + 1] as usize,
            None => 0..len,
        })
    }

    /// The number of the segment of every row, where there are several.
    fn segment_ids(&self) -> Option<Column> {
        self.starts.map(|starts| Column::from_vec(segment_ids(starts)))
    }

    /// The values of an argument.
    fn column(&self, i: usize) -> &'a Column {
        &self.args[i].column
    }

    /// Whether an argument has the same value in every row.
    fn is_constant(&self, i: usize) -> bool {
        self.args[i].scalar || self.column(i).len() == 1
    }

    /// An option: the one value of an argument, if it is given.
    fn option(&self, i: usize) -> Option<&'a Column> {
        self.args.get(i).map(|a| &a.column).filter(|c| c.len() == 1)
    }

    /// A boolean option, or what it is by default.
    fn flag(&self, i: usize, default: bool) -> bool {
        self.option(i).and_then(|c| c.get(0).as_bool()).unwrap_or(default)
    }

    /// An integer option; none where it is null.
    fn integer(&self, i: usize) -> Option<i128> {
        self.option(i).and_then(|c| c.get(0).as_i128())
    }

    /// A text option; none where it is null.
    fn text(&self, i: usize) -> Option<&'a str> {
        self.option(i).and_then(|c| c.str_at(0))
    }

    /// The text of row `row` of an argument, which for a scalar is its one value.
    fn text_at(&self, i: usize, row: usize) -> Option<&'a str> {
        let column = self.column(i);
        column.str_at(at(column, row))
    }

    /// A result of nulls, as many as the rows.
    fn nulls(&self) -> Result<Column> {
        Ok(Column::full_null(self.output.clone(), self.len))
    }

    /// An error for a type that the signature should have kept out.
    fn unplanned(&self) -> Error {
        Error::internal(format!("`{}` runs on what it did not ask for", self.name))
    }
}

/// Row `i` of a column, which is row 0 of a scalar.
#[inline]
fn at(column: &Column, i: usize) -> usize {
    if column.len() == 1 { 0 } else { i }
}

/// Arguments as they are, and a result of the first one's type.
fn same_type(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, args[0].dtype.clone()))
}

/// Arguments as they are, and a count or a position for a result.
fn to_index(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, DataType::UInt32))
}

/// Arguments as they are, and a boolean for a result.
fn to_boolean(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, DataType::Boolean))
}

/// The error of a function that does not take a type.
fn not_defined(name: &str, takes: &str, dtype: &DataType) -> Error {
    Error::invalid_operation(format!("`{name}` takes {takes}, not {dtype}"))
}

/// A literal text among the arguments, when the plan is made.
fn literal_text<'a>(args: &[Arg<'a>], i: usize) -> Option<&'a str> {
    args.get(i).and_then(|a| a.literal).and_then(|l| l.as_str())
}

/// Every function, by family.
static CATALOG: &[&[Function]] = &[
    math::FUNCTIONS,
    null::FUNCTIONS,
    ranges::FUNCTIONS,
    compare::FUNCTIONS,
    convert::FUNCTIONS,
    horizontal::FUNCTIONS,
    sequence::FUNCTIONS,
    strings::FUNCTIONS,
    dates::FUNCTIONS,
    list::FUNCTIONS,
    structs::FUNCTIONS,
    binary::FUNCTIONS,
];

/// The function of a name.
pub fn find(name: &str) -> Result<&'static Function> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Function>> = OnceLock::new();
    BY_NAME
        .get_or_init(|| CATALOG.iter().flat_map(|family| family.iter()).map(|f| (f.name, f)).collect())
        .get(name)
        .copied()
        .ok_or_else(|| Error::unsupported(format!("there is no function `{name}`")))
}

/// The names of all functions, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = CATALOG.iter().flat_map(|family| family.iter()).map(|f| f.name).collect();
    names.sort_unstable();
    names
}

/// The type that all arguments have in common; dynamic literals take the others', and literal texts that of categories.
fn common_type(args: &[Arg<'_>], join: fn(&DataType, &DataType) -> Option<DataType>) -> Option<DataType> {
    let mut common: Option<DataType> = None;
    let has_categories = args.iter().any(|a| a.dtype.is_categorical());
    let is_category = |a: &Arg<'_>| has_categories && a.is_literal_text();
    for arg in args.iter().filter(|a| !a.dynamic && !is_category(a)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let names = names();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn the_number_of_arguments_is_checked() {
        let error = find("is_in").unwrap().signature(&[]).unwrap_err().to_string();
        assert!(error.contains("`is_in` takes 2 to 3 arguments, 0 given"), "{error}");
    }
}
