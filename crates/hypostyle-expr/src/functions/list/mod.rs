//! The `list` namespace. A null list gives null. What is done with the values of a list is done for the lists
//! of all rows at once: aggregates with the row as the group, functions of whole columns with the lists as
//! segments.

mod aggregates;
mod arrays;
mod columns;
mod concat;
mod contains;
mod gather;
mod get;
mod join;
mod len;
mod repeat_by;
mod sets;
mod to_array;

use hypostyle_core::{Array, Bitmap, Column, DataType, ListArray, Result};
use hypostyle_kernels::select::broadcast;

use super::{Arg, Function, Inputs, Signature, not_defined};
use crate::grouped::segment_ids;

pub(super) static FUNCTIONS: &[Function] = &[
    len::LEN,
    get::GET,
    aggregates::FIRST,
    aggregates::LAST,
    aggregates::SUM,
    aggregates::MIN,
    aggregates::MAX,
    aggregates::MEAN,
    aggregates::MEDIAN,
    aggregates::STD,
    aggregates::VAR,
    aggregates::N_UNIQUE,
    aggregates::ANY,
    aggregates::ALL,
    aggregates::ARG_MIN,
    aggregates::ARG_MAX,
    contains::CONTAINS,
    join::JOIN,
    columns::UNIQUE,
    columns::DROP_NULLS,
    columns::SORT,
    columns::REVERSE,
    columns::SLICE,
    columns::HEAD,
    columns::TAIL,
    gather::GATHER,
    sets::UNION,
    sets::INTERSECTION,
    sets::DIFFERENCE,
    sets::SYMMETRIC_DIFFERENCE,
    to_array::TO_ARRAY,
    arrays::TO_LIST,
    arrays::OF_WIDTH,
    concat::CONCAT_LIST,
    concat::CONCAT_ARR,
    repeat_by::REPEAT_BY,
];

/// The type of the values of the lists in the first argument.
fn inner_type<'a>(name: &str, args: &[Arg<'a>]) -> Result<&'a DataType> {
    match args[0].dtype {
        DataType::List(inner) => Ok(inner),
        other => Err(not_defined(name, "a list", other)),
    }
}

/// Lists to lists of the same type.
fn to_list(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    inner_type(name, args)?;
    super::same_type(name, args)
}

/// The lists of a column, with the values of all of them side by side.
#[derive(Debug)]
struct Lists {
    values: Column,
    /// Where the list of each row starts, and the end.
    starts: Vec<u32>,
    validity: Option<Bitmap>,
}

impl Lists {
    fn of(inputs: &Inputs<'_>) -> Result<Self> {
        Self::of_argument(inputs, 0)
    }

    /// The same of another argument.
    fn of_argument(inputs: &Inputs<'_>, i: usize) -> Result<Self> {
        let column = match inputs.args[i].scalar {
            true => broadcast(inputs.column(i), inputs.len)?,
            false => inputs.column(i).clone(),
        };
        let Some(array) = column.as_list() else { return Err(inputs.unplanned()) };
        let offsets = array.offsets();
        let first = offsets[0];
        let values = array.values().slice(first as usize, (offsets[array.len()] - first) as usize);
        super::sequence::check_rows(values.len())?;
        let starts = offsets[..=array.len()].iter().map(|offset| (offset - first) as u32).collect();
        Ok(Self { values, starts, validity: array.validity().cloned() })
    }

    /// Number of lists.
    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn is_null(&self, row: usize) -> bool {
        self.validity.as_ref().is_some_and(|v| !v.get(row))
    }

    /// The first and the past-the-last value of a list.
    fn bounds(&self, row: usize) -> (usize, usize) {
        (self.starts[row] as usize, self.starts[row + 1] as usize)
    }

    /// The row of every value.
    fn ids(&self) -> Vec<u32> {
        segment_ids(&self.starts)
    }

    /// One value for each list, null where the list is.
    fn one_each(&self, column: Column) -> Column {
        let Some(validity) = &self.validity else { return column };
        let valid = column.validity_or_full().zip(validity, |value, list| value & list);
        column.with_validity(Some(valid))
    }
}

fn list_column(dtype: &DataType, ends: Vec<i64>, values: Column, validity: Option<Bitmap>) -> Result<Column> {
    Column::try_new(dtype.clone(), Array::List(ListArray::try_new(ends.into(), values, validity)?))
}
