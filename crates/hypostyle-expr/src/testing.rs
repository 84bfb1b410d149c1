//! How unit tests say what an expression gives: a type and values, as text.
#![allow(clippy::expect_used, reason = "for tests alone")]

use std::ops::Range;

use hypostyle_core::{Batch, Column, DataType, Error, Field, PrimitiveArray, Schema, StringBuilder, Value};
use hypostyle_kernels::cast::{CastMode, cast};

use crate::aggregates::{Ids, State};
pub(crate) use crate::column_text::evaluate;
use crate::expr::Expr;
use crate::grouped::{Call, GroupedPlan};

/// The expression gives this type and these values: `"i64 [1, null, -3]"`.
#[track_caller]
pub(crate) fn check(expr: Expr, columns: &[Column], expected: &str) {
    match evaluate(&expr, columns) {
        Ok(column) => assert_eq!(shown(&column), expected, "{expr}"),
        Err(error) => assert_eq!(format!("error: {error}"), expected, "{expr}"),
    }
}

/// An aggregate gives these values for groups: fed at once, and fed in pieces that are merged, in pieces that
/// know the groups by other numbers.
#[track_caller]
pub(crate) fn check_groups(expr: Expr, columns: &[Column], ids: &[u32], expected: &str) {
    let groups = ids.iter().max().map_or(0, |id| *id as usize + 1);
    let fields =
        columns.iter().zip('a'..='z').map(|(c, name)| Field::new(name.to_string(), c.dtype().clone()));
    let schema = Schema::try_new(fields.collect()).expect("names differ");
    let plan = GroupedPlan::new(std::slice::from_ref(&expr), &schema).expect("an aggregate");
    let feed = |state: &mut Box<dyn State>, call: &Call, rows: Range<usize>, ids: &[u32]| {
        let columns = columns.iter().map(|c| c.slice(rows.start, rows.len())).collect();
        let batch = Batch::try_new(columns, rows.len()).expect("equal lengths");
        let args: Vec<Column> =
            call.args().iter().map(|a| a.evaluate(&batch).expect("arguments").column).collect();
        state.update(&args, Ids::Each(ids), rows.len()).expect("an update");
    };
    let finish = |results: Vec<Column>| shown(&plan.finish(results, groups).expect("results")[0]);
    let at_once = plan.calls.iter().map(|call| {
        let mut state = call.state().expect("a state");
        state.resize(groups);
        feed(&mut state, call, 0..ids.len(), ids);
        state.finish().expect("a result")
    });
    assert_eq!(finish(at_once.collect()), expected, "{expr}, at once");
    for size in [1, ids.len().div_ceil(2)] {
        let in_pieces = plan.calls.iter().map(|call| {
            let mut whole = call.state().expect("a state");
            whole.resize(groups);
            for start in (0..ids.len()).step_by(size) {
                let rows = start..(start + size).min(ids.len());
                // The piece numbers its groups by appearance.
                let mut known: Vec<u32> = Vec::new();
                let own: Vec<u32> = ids[rows.clone()]
                    .iter()
                    .map(|id| {
                        let position = known.iter().position(|k| k == id).unwrap_or(known.len());
                        if position == known.len() {
                            known.push(*id);
                        }
                        position as u32
                    })
                    .collect();
                let mut piece = call.state().expect("a state");
                piece.resize(known.len());
                feed(&mut piece, call, rows, &own);
                let all: Vec<u32> = (0..known.len() as u32).collect();
                let (some, rest) = all.split_at(all.len() / 2);
                for part in [some, rest] {
                    let to: Vec<u32> = part.iter().map(|id| known[*id as usize]).collect();
                    whole.merge(piece.as_ref(), part, &to).expect("a merge");
                }
            }
            whole.finish().expect("a result")
        });
        assert_eq!(finish(in_pieces.collect()), expected, "{expr}, in pieces of {size}");
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

pub(crate) fn kind_of(error: &Error) -> String {
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
    Column::from_scalars(DataType::list(DataType::Int64), values).expect("integers")
}

/// Type and values as text.
pub(crate) fn shown(column: &Column) -> String {
    crate::column_text::write(column).expect("a column has a text")
}
