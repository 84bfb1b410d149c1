//! Functions across columns, row by row.

mod as_struct;
mod concat_str;
mod extreme;
mod logic;
mod mean;
mod sum;

use hypostyle_core::{DataType, Error, Result};

use super::{Arg, Function, common_type};
use crate::types::supertype;

pub(super) static FUNCTIONS: &[Function] = &[
    extreme::MIN_HORIZONTAL,
    extreme::MAX_HORIZONTAL,
    sum::SUM_HORIZONTAL,
    mean::MEAN_HORIZONTAL,
    logic::ALL_HORIZONTAL,
    logic::ANY_HORIZONTAL,
    concat_str::CONCAT_STR,
    as_struct::AS_STRUCT,
];

/// The type that all columns are cast to.
fn common(name: &str, args: &[Arg<'_>]) -> Result<DataType> {
    common_type(args, supertype)
        .ok_or_else(|| Error::invalid_operation(format!("the arguments of `{name}` have no common type")))
}
