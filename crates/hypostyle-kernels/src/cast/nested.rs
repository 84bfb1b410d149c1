//! Casts of lists, of one length and of any, and of structs: of their values.

use hypostyle_core::{
    Array, Bitmap, Column, DataType, Error, Field, FixedListArray, ListArray, Result, StructArray,
};

use super::{CastMode, cast, unsupported};
use crate::gather::{NO_ROW, gather_optional};

pub(super) fn list_to_list(column: &Column, inner: &DataType, mode: CastMode) -> Result<Column> {
    let Array::List(array) = column.array() else {
        return Err(unsupported(column.dtype(), &DataType::list(inner.clone())));
    };
    let values = cast(array.values(), inner, mode)?;
    let array = ListArray::try_new(array.offsets().clone(), values, array.validity().cloned())?;
    Column::try_new(DataType::list(inner.clone()), Array::List(array))
}

/// The values of every list in another type; a width stays.
pub(super) fn array_to_array(
    column: &Column,
    inner: &DataType,
    width: usize,
    mode: CastMode,
) -> Result<Column> {
    let to = DataType::array(inner.clone(), width);
    let Some(array) = column.as_fixed_list() else { return Err(unsupported(column.dtype(), &to)) };
    if array.width() != width {
        return Err(Error::invalid_operation(format!(
            "cannot cast an Array to a different width (from {} to {width})",
            array.width()
        )));
    }
    let values = cast(&without_hidden(array)?, inner, mode)?;
    let array = FixedListArray::try_new(values, width, array.len(), array.validity().cloned())?;
    Column::try_new(to, Array::FixedList(array))
}

/// Every list of one length as one of any length; those of null rows are empty.
pub(super) fn array_to_list(column: &Column, inner: &DataType, mode: CastMode) -> Result<Column> {
    let to = DataType::list(inner.clone());
    let Some(array) = column.as_fixed_list() else { return Err(unsupported(column.dtype(), &to)) };
    let values = cast(&without_hidden(array)?, inner, mode)?;
    let offsets: Vec<i64> = (0..=array.len()).map(|row| (row * array.width()) as i64).collect();
    let array = ListArray::try_new(offsets.into(), values, array.validity().cloned())?;
    Column::try_new(to, Array::List(array))
}

/// Lists that have all the same length; others are an error in every mode.
pub(super) fn list_to_array(
    column: &Column,
    inner: &DataType,
    width: usize,
    mode: CastMode,
) -> Result<Column> {
    let to = DataType::array(inner.clone(), width);
    let Some(array) = column.as_list() else { return Err(unsupported(column.dtype(), &to)) };
    let mut rows = Vec::with_capacity(array.len() * width);
    for row in 0..array.len() {
        let (start, end) = (array.offsets()[row], array.offsets()[row + 1]);
        if column.is_null(row) {
            rows.resize(rows.len() + width, NO_ROW);
        } else if (end - start) as usize == width {
            rows.extend((start..end).map(|item| item as u32));
        } else {
            return Err(Error::compute(format!(
                "not all elements have the specified width {width}: a list has {}",
                end - start
            )));
        }
    }
    if array.values().len() >= NO_ROW as usize {
        return Err(Error::overflow("more values than 32 bits number cannot become an Array"));
    }
    let values = cast(&gather_optional(array.values(), &rows)?, inner, mode)?;
    let array = FixedListArray::try_new(values, width, array.len(), array.validity().cloned())?;
    Column::try_new(to, Array::FixedList(array))
}

/// The values with null where a row is null: what is there is unspecified, and need not fit another type.
fn without_hidden(array: &FixedListArray) -> Result<Column> {
    let Some(validity) = array.validity().filter(|validity| validity.count_unset() > 0) else {
        return Ok(array.values().clone());
    };
    let spread: Bitmap =
        validity.iter().flat_map(|valid| std::iter::repeat_n(valid, array.width())).collect();
    let values = array.values();
    if matches!(values.array(), Array::Null(_)) {
        return Ok(values.clone());
    }
    Ok(values.clone().with_validity(Bitmap::and_validity(values.validity(), Some(&spread))))
}

/// Every value becomes a list of one; null stays null.
pub(super) fn value_to_list(column: &Column, inner: &DataType, mode: CastMode) -> Result<Column> {
    let values = cast(column, inner, mode)?;
    let offsets: Vec<i64> = (0..=column.len() as i64).collect();
    let array = ListArray::try_new(offsets.into(), values, column.validity().cloned())?;
    Column::try_new(DataType::list(inner.clone()), Array::List(array))
}

/// Fields are matched by name; missing ones become null.
pub(super) fn struct_to_struct(column: &Column, to: &[Field], mode: CastMode) -> Result<Column> {
    let (DataType::Struct(from), Array::Struct(array)) = (column.dtype(), column.array()) else {
        return Err(unsupported(column.dtype(), &DataType::Struct(to.to_vec())));
    };
    let fields = to
        .iter()
        .map(|field| match from.iter().position(|f| f.name == field.name) {
            Some(i) => cast(&array.fields()[i], &field.dtype, mode),
            None => Ok(Column::full_null(field.dtype.clone(), array.len())),
        })
        .collect::<Result<_>>()?;
    let array = StructArray::try_new(fields, array.len(), array.validity().cloned())?;
    Column::try_new(DataType::Struct(to.to_vec()), Array::Struct(array))
}
