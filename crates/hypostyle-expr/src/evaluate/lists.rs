//! Expressions over the values of lists: each list is a segment.

use hypostyle_core::{Array, Batch, Column, DataType, Error, ListArray, Result};
use hypostyle_kernels::select::broadcast;

use super::{Cardinality, Frame, Segments, Value};
use crate::bound::{BoundExpr, Extent};
use crate::tasks::Inline;

/// What an expression gives for the values of each list of a column: lists, or one value for each list where the
/// expression gives one and `as_lists` is false. A null list gives null.
pub(super) fn each_list(
    column: &Column,
    body: &BoundExpr,
    as_lists: bool,
    output: &DataType,
) -> Result<Column> {
    let Some(array) = column.as_list() else { return Err(Error::internal("lists were planned")) };
    let offsets = array.offsets();
    let (first, last) = (offsets[0], offsets[array.len()]);
    if u32::try_from(last - first).is_err() {
        return Err(Error::out_of_bounds("lists of more than 4 billion values in a batch"));
    }
    let values = array.values().slice(first as usize, (last - first) as usize);
    let starts: Vec<u32> = offsets[..=array.len()].iter().map(|offset| (offset - first) as u32).collect();
    let batch = Batch::try_new(vec![values], (last - first) as usize)?;
    let frame = Frame { batch: &batch, segments: Segments::Adjacent(&starts), tasks: &Inline };
    if body.extent == Extent::Scalar && !as_lists {
        let column = frame.one_for_each(body)?;
        let Some(validity) = array.validity() else { return Ok(column) };
        let valid = column.validity_or_full().zip(validity, |value, list| value & list);
        return Ok(column.with_validity(Some(valid)));
    }
    let Value { column, cardinality } = frame.evaluate(body)?;
    let ends: Vec<i64> = match &cardinality {
        // A constant is there for every value.
        Cardinality::PerRow | Cardinality::Scalar => starts.iter().map(|start| i64::from(*start)).collect(),
        Cardinality::Ragged(starts) => starts.iter().map(|start| i64::from(*start)).collect(),
        Cardinality::PerSegment => (0..=array.len() as i64).collect(),
    };
    let column = match cardinality {
        Cardinality::Scalar => broadcast(&column, batch.len())?,
        _ => column,
    };
    let lists = ListArray::try_new(ends.into(), column, array.validity().cloned())?;
    Column::try_new(output.clone(), Array::List(lists))
}
