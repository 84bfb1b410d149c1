//! How unit tests say what an expression gives: a type and values, as text.
#![allow(clippy::expect_used, reason = "for tests alone")]

use hypostyle_core::{
    Batch, Column, DataType, Error, Field, PrimitiveArray, Result, Schema, StringBuilder, Value,
};
use hypostyle_kernels::cast::{CastMode, cast};

use crate::bind::bind;
use crate::expr::{Expr, Literal};

/// Evaluates an expression over columns named `a`, `b`, `c`, …
pub(crate) fn evaluate(expr: &Expr, columns: &[Column]) -> Result<Column> {
    let fields =
        columns.iter().zip('a'..='z').map(|(c, name)| Field::new(name.to_string(), c.dtype().clone()));
    let schema = Schema::try_new(fields.collect())?;
    let batch = Batch::try_new(columns.to_vec(), columns.first().map_or(1, Column::len))?;
    let bound = bind(expr, &schema)?;
    let result = bound.evaluate(&batch)?.column;
    assert_eq!(result.dtype(), bound.dtype(), "the type of {expr} is not the one planned");
    Ok(result)
}

/// The expression gives this type and these values: `"i64 [1, null, -3]"`.
#[track_caller]
pub(crate) fn check(expr: Expr, columns: &[Column], expected: &str) {
    match evaluate(&expr, columns) {
        Ok(column) => assert_eq!(shown(&column), expected, "{expr}"),
        Err(error) => assert_eq!(format!("error: {error}"), expected, "{expr}"),
    }
}

/// The expression is an error of this kind: `"InvalidOperation"`.
#[track_caller]
pub(crate) fn check_error(expr: Expr, columns: &[Column], kind: &str) {
    match evaluate(&expr, columns) {
        Ok(column) => assert_eq!(shown(&column), kind, "{expr}"),
        Err(error) => assert_eq!(kind_of(&error), kind, "{expr}: {error}"),
    }
}

fn kind_of(error: &Error) -> String {
    let text = format!("{:?}", error.kind());
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

/// A column of numbers of a logical type.
pub(crate) fn typed<T: hypostyle_core::Native>(
    dtype: DataType,
    values: impl IntoIterator<Item = Option<T>>,
) -> Column {
    let column = Column::from_options(values);
    let array: &PrimitiveArray<T> = column.expect_primitive().expect("made of this type");
    Column::from_primitive(dtype, array.clone())
}

/// A column of text.
pub(crate) fn texts<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Column {
    let mut builder = StringBuilder::new();
    values.into_iter().for_each(|v| builder.push_option(v));
    builder.finish()
}

/// A column of booleans.
pub(crate) fn booleans(values: impl IntoIterator<Item = Option<bool>>) -> Column {
    let mut builder = hypostyle_core::BooleanBuilder::new();
    values.into_iter().for_each(|v| builder.push_option(v));
    builder.finish()
}

/// A column of decimals, from text.
pub(crate) fn decimals<'a>(
    precision: u8,
    scale: u8,
    values: impl IntoIterator<Item = Option<&'a str>>,
) -> Column {
    cast(&texts(values), &DataType::Decimal(precision, scale), CastMode::Strict).expect("decimals")
}

/// A column of dates, from text.
pub(crate) fn dates<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Column {
    evaluate(&crate::dsl::col("a").str().to_date(Some("%Y-%m-%d")), &[texts(values)]).expect("dates")
}

/// A column of datetimes, from text like `2020-01-31 12:00:00.5`.
pub(crate) fn datetimes<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Column {
    let format = crate::dsl::lit("%Y-%m-%d %H:%M:%S%.f");
    let expr = crate::dsl::call("str.to_datetime", [crate::dsl::col("a"), format]);
    evaluate(&expr, &[texts(values)]).expect("datetimes")
}

/// A column of lists of integers.
pub(crate) fn lists<const N: usize>(values: [Option<&[Option<i64>]>; N]) -> Column {
    let values = values.map(|items| match items {
        None => Value::Null,
        Some(items) => {
            Value::List(items.iter().map(|v| v.map_or(Value::Null, |v| Value::Int(v.into()))).collect())
        }
    });
    Column::from_scalars(DataType::list(DataType::Int64), values)
}

/// Type and values as text.
pub(crate) fn shown(column: &Column) -> String {
    let items: Vec<String> = (0..column.len()).map(|i| item(&column.slice(i, 1))).collect();
    format!("{} [{}]", column.dtype(), items.join(", "))
}

fn item(column: &Column) -> String {
    if column.is_null(0) {
        return "null".to_owned();
    }
    match column.dtype() {
        DataType::Decimal(..) | DataType::Time => {
            let text = cast(column, &DataType::String, CastMode::Strict).expect("has a text");
            text.str_at(0).unwrap_or("null").to_owned()
        }
        DataType::List(_) => {
            let items = column.as_list().and_then(|l| l.get(0)).expect("a list");
            let items: Vec<String> = (0..items.len()).map(|i| item(&items.slice(i, 1))).collect();
            format!("[{}]", items.join(", "))
        }
        DataType::Struct(_) => {
            let fields = column.as_struct().expect("a struct").fields();
            let fields: Vec<String> = fields.iter().map(item).collect();
            format!("{{{}}}", fields.join(", "))
        }
        _ => Literal::Scalar(column.get(0)).to_string(),
    }
}
