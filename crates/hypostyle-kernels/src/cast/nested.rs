//! Casts of lists and structs: of their values.

use hypostyle_core::{Array, Column, DataType, Field, ListArray, Result, StructArray};

use super::{CastMode, cast, unsupported};

pub(super) fn list_to_list(column: &Column, inner: &DataType, mode: CastMode) -> Result<Column> {
    let Array::List(array) = column.array() else {
        return Err(unsupported(column.dtype(), &DataType::list(inner.clone())));
    };
    let values = cast(array.values(), inner, mode)?;
    let array = ListArray::try_new(array.offsets().clone(), values, array.validity().cloned())?;
    Column::try_new(DataType::list(inner.clone()), Array::List(array))
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
