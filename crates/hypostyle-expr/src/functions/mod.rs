//! The catalog of functions. A function is one [`Function`] in a file of its own (near twins share one), and
//! one line in the `FUNCTIONS` of its family; plans name it by its catalog name.

mod binary;
mod compare;
mod convert;
mod dates;
mod entry;
mod horizontal;
mod inputs;
mod list;
mod math;
mod null;
pub(crate) mod params;
mod ranges;
mod sequence;
mod strings;
mod structs;

use std::collections::HashMap;
use std::sync::OnceLock;

use hypostyle_core::{DataType, Error, Result};

pub use entry::{Arg, Cost, Function, OfNull, Selectivity, Signature};
use inputs::at;
pub(crate) use inputs::{Inputs, Ragged};
pub use params::{Default as ParamDefault, OptionType, Param, ParamKind};
pub(crate) use sequence::{SLICE, SORT};
pub use strings::times_have_offset;

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
        .get_or_init(|| CATALOG.iter().flat_map(|family| family.iter()).map(|f| (f.name(), f)).collect())
        .get(name)
        .copied()
        .ok_or_else(|| Error::unsupported(format!("there is no function `{name}`")))
}

/// The names of all functions, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = CATALOG.iter().flat_map(|family| family.iter()).map(Function::name).collect();
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
        let error = find("is_in").unwrap().check_count(0).unwrap_err().to_string();
        assert!(error.contains("`is_in` takes 2 to 3 arguments (x, other, nulls_equal), 0 given"), "{error}");
    }
}
