//! Casts between data types, strict or not.
//!
//! A value that does not fit is an error (`Strict`), null (`NonStrict`) or wraps around (`Wrap`, integers only).
//! Casts of text to dates and times are deliberately absent: `str.to_date` and its kin say the format.

mod nested;
mod number;
mod temporal;
mod text;

pub use number::float_text;
pub use temporal::{date_text, datetime_text, time_text};

use hypostyle_core::{Array, Bitmap, Column, DataType, Error, Result};
use serde::{Deserialize, Serialize};

/// What happens to values that do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CastMode {
    /// An error.
    Strict,
    /// Null.
    NonStrict,
    /// Integers wrap around; other values become null.
    Wrap,
}

/// The column as another type.
pub fn cast(column: &Column, to: &DataType, mode: CastMode) -> Result<Column> {
    if column.dtype() == to {
        return Ok(column.clone());
    }
    let result = convert(column, to, mode)?;
    if mode == CastMode::Strict && result.null_count() > column.null_count() {
        return Err(failure(column, &result, to));
    }
    Ok(result)
}

/// Whether a cast between these types exists, whatever the values.
pub fn can_cast(from: &DataType, to: &DataType) -> bool {
    cast(&Column::empty(from.clone()), to, CastMode::NonStrict).is_ok()
}

fn unsupported(from: &DataType, to: &DataType) -> Error {
    Error::invalid_operation(format!("casting from {from} to {to} is not supported"))
}

fn failure(column: &Column, result: &Column, to: &DataType) -> Error {
    let failed: Vec<usize> =
        (0..column.len()).filter(|i| result.is_null(*i) && !column.is_null(*i)).collect();
    let shown: Vec<String> = failed.iter().take(5).map(|i| crate::cast::text::display(column, *i)).collect();
    let more = if failed.len() > 5 { ", …" } else { "" };
    Error::invalid_operation(format!(
        "conversion from `{}` to `{to}` failed for {} out of {} values: [{}{more}]; \
         a cast that is not strict gives null for them",
        column.dtype(),
        failed.len(),
        column.len(),
        shown.join(", ")
    ))
}

fn convert(column: &Column, to: &DataType, mode: CastMode) -> Result<Column> {
    use DataType as T;
    let from = column.dtype();
    match (from, to) {
        (T::Null, _) => Ok(Column::full_null(to.clone(), column.len())),
        (_, T::Null) => Ok(Column::full_null(T::Null, column.len())),
        (T::List(_), T::List(inner)) => nested::list_to_list(column, inner, mode),
        (T::Struct(_), T::Struct(fields)) => nested::struct_to_struct(column, fields, mode),
        (T::Array(..), T::Array(inner, width)) => nested::array_to_array(column, inner, *width, mode),
        (T::Array(..), T::List(inner)) => nested::array_to_list(column, inner, mode),
        (T::List(_), T::Array(inner, width)) => nested::list_to_array(column, inner, *width, mode),
        (T::Array(..), _) | (_, T::Array(..)) => Err(unsupported(from, to)),
        (T::List(_) | T::Struct(_), T::String) => text::from_values(column),
        (T::List(_) | T::Struct(_), _) => Err(unsupported(from, to)),
        (_, T::List(inner)) => nested::value_to_list(column, inner, mode),
        (_, T::Struct(_)) => Err(unsupported(from, to)),
        (T::String | T::Categorical | T::Enum(_), _) => text::from_text(column, to, mode),
        (T::Binary, T::String) => text::binary_to_text(column, mode),
        (T::Binary, _) => Err(unsupported(from, to)),
        (_, T::Binary) => cast(&convert(column, &T::String, mode)?, &T::Binary, mode),
        (T::Boolean, _) => boolean_to(column, to, mode),
        (_, T::Boolean) if from.is_numeric() => number::to_boolean(column),
        (_, T::String) => text::from_values(column),
        (_, T::Categorical | T::Enum(_)) if from.is_integer() && matches!(to, T::Enum(_)) => {
            text::codes_to_enum(column, to, mode)
        }
        (_, T::Categorical) => cast(&convert(column, &T::String, mode)?, to, mode),
        _ if from.is_temporal() || to.is_temporal() => temporal::convert(column, to, mode),
        _ => number::convert(column, to, mode),
    }
}

fn boolean_to(column: &Column, to: &DataType, mode: CastMode) -> Result<Column> {
    let array = column.expect_boolean()?;
    match to {
        DataType::String => {
            Ok(Column::from_utf8(array.iter().map(|v| v.map(|v| if v { "true" } else { "false" })).collect()))
        }
        _ if to.is_numeric() => {
            let ones = Column::from_options(array.iter().map(|v| v.map(u8::from)));
            cast(&ones, to, mode)
        }
        _ => Err(unsupported(&DataType::Boolean, to)),
    }
}

/// A column of the same layout under other validity: both must hold.
fn with_added_nulls(array: Array, dtype: DataType, valid: Option<Bitmap>) -> Column {
    let validity = Bitmap::and_validity(array.validity(), valid.as_ref());
    Column::from_array(dtype, array.with_validity(validity))
}
