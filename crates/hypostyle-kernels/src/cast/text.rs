//! Casts from and to text, bytes and categories.

use std::fmt::Write;
use std::sync::Arc;

use hypostyle_core::{
    Array, BinaryArray, BinaryBuilder, Column, DataType, DictArray, Dictionary, PrimitiveArray,
    PrimitiveBuilder, Result, StringBuilder, Utf8Array, Value, with_native_type, with_number_type,
};

use super::{CastMode, number, temporal, unsupported};
use crate::concat::DictionaryMerger;

/// Row `i` as text for messages: text in quotes.
pub(super) fn display(column: &Column, i: usize) -> String {
    match column.str_at(i) {
        Some(text) => format!("{text:?}"),
        None => {
            let mut out = String::new();
            write_value(&mut out, column, i);
            out
        }
    }
}

/// Every row as text; null stays null.
pub(super) fn from_values(column: &Column) -> Result<Column> {
    let mut builder = StringBuilder::with_capacity(column.len(), column.len() * 8);
    let mut out = String::new();
    for i in 0..column.len() {
        if column.is_null(i) {
            builder.push_null();
            continue;
        }
        out.clear();
        if !write_value(&mut out, column, i) {
            return Err(unsupported(column.dtype(), &DataType::String));
        }
        builder.push(&out);
    }
    Ok(builder.finish())
}

/// Writes row `i`; says whether the type has a text.
fn write_value(out: &mut String, column: &Column, i: usize) -> bool {
    if column.is_null(i) {
        out.push_str("null");
        return true;
    }
    with_number_type!(column.dtype(), |T| number::number_text(out, column, i), match {
        DataType::Duration(_) | DataType::Null => return false,
        DataType::Decimal(..) => number::number_text(out, column, i),
        DataType::Date | DataType::Time | DataType::Datetime(..) => temporal::value_text(out, column, i),
        DataType::List(_) | DataType::Array(..) => {
            let items = match column.as_list() {
                Some(lists) => lists.get(i),
                None => column.as_fixed_list().and_then(|lists| lists.get(i)),
            };
            if let Some(items) = items {
                out.push('[');
                for j in 0..items.len() {
                    if j > 0 {
                        out.push_str(", ");
                    }
                    write_item(out, &items, j);
                }
                out.push(']');
            }
        }
        DataType::Struct(_) => {
            if let Some(array) = column.as_struct() {
                out.push('{');
                for (k, field) in array.fields().iter().enumerate() {
                    if k > 0 {
                        out.push(',');
                    }
                    write_item(out, field, i);
                }
                out.push('}');
            }
        }
        DataType::Boolean => out.push_str(match column.value(i) {
            Value::Boolean(true) => "true",
            _ => "false",
        }),
        DataType::String | DataType::Categorical | DataType::Enum(_) => {
            out.push_str(column.str_at(i).unwrap_or_default());
        }
        DataType::Binary => {
            if let Some(bytes) = column.as_binary().and_then(|a| a.get(i)) {
                let _ = write!(out, "{}", String::from_utf8_lossy(bytes));
            }
        }
    });
    true
}

fn write_item(out: &mut String, column: &Column, i: usize) {
    match column.str_at(i) {
        Some(text) => {
            let _ = write!(out, "{text:?}");
        }
        None => {
            write_value(out, column, i);
        }
    }
}

/// Applies a cast of text once per dictionary entry, or per row.
pub(super) fn from_text(column: &Column, to: &DataType, mode: CastMode) -> Result<Column> {
    let from = column.dtype();
    match to {
        DataType::String => {
            return Ok(match column.array() {
                Array::Dict(array) => Column::from_dict(array.clone()),
                _ => column.clone(),
            });
        }
        DataType::Categorical => return to_categorical(column),
        DataType::Enum(categories) => return to_enum(column, categories, to),
        DataType::Binary => {
            let mut builder = BinaryBuilder::with_capacity(column.len(), 0);
            (0..column.len()).for_each(|i| builder.push_option(column.str_at(i).map(str::as_bytes)));
            return Ok(builder.finish());
        }
        _ if from.is_categorical() && to.is_integer() => {
            let Array::Dict(array) = column.array() else { return Err(unsupported(from, to)) };
            let codes = Column::from_primitive(DataType::UInt32, array.codes().clone());
            return super::cast(&codes, to, mode);
        }
        DataType::Decimal(precision, scale) => {
            let mut builder = PrimitiveBuilder::<i128>::with_capacity(column.len());
            for i in 0..column.len() {
                builder.push_option(
                    column.str_at(i).and_then(|text| number::parse_decimal(text, *precision, *scale)),
                );
            }
            return Ok(builder.finish(to.clone()));
        }
        _ if !to.is_numeric() => return Err(unsupported(from, to)),
        _ => {}
    }
    if let Array::Dict(array) = column.array()
        && array.dictionary().len() < array.len()
    {
        let entries = Column::from_utf8(array.dictionary().values().clone());
        let parsed = from_text(&entries, to, mode)?;
        // Null rows may carry any code.
        let codes: Vec<u32> =
            array.codes().iter().map(|code| code.unwrap_or(crate::gather::NO_ROW)).collect();
        return crate::gather::gather_optional(&parsed, &codes);
    }
    with_native_type!(
        to,
        |T| {
            let mut builder = PrimitiveBuilder::<T>::with_capacity(column.len());
            for i in 0..column.len() {
                builder.push_option(column.str_at(i).and_then(number::parse::<T>));
            }
            Ok(builder.finish(to.clone()))
        },
        else Err(unsupported(from, to))
    )
}

fn to_categorical(column: &Column) -> Result<Column> {
    if let Array::Dict(array) = column.array()
        && array.dictionary().is_unique()
    {
        return Column::try_new(DataType::Categorical, Array::Dict(array.clone()));
    }
    let mut merger = DictionaryMerger::default();
    let mut codes = PrimitiveBuilder::<u32>::with_capacity(column.len());
    for i in 0..column.len() {
        codes.push_option(column.str_at(i).map(|text| merger.add_entry(text)));
    }
    let array = DictArray::try_new(codes.finish_array(), Arc::new(merger.finish()?))?;
    Column::try_new(DataType::Categorical, Array::Dict(array))
}

fn to_enum(column: &Column, categories: &Arc<[Arc<str>]>, to: &DataType) -> Result<Column> {
    let (dictionary, positions) = enum_dictionary(categories)?;
    let mut codes = PrimitiveBuilder::<u32>::with_capacity(column.len());
    for i in 0..column.len() {
        codes.push_option(column.str_at(i).and_then(|text| positions.get(text).copied()));
    }
    Column::try_new(to.clone(), Array::Dict(DictArray::try_new(codes.finish_array(), dictionary)?))
}

type Positions<'a> = hashbrown::HashMap<&'a str, u32, foldhash::fast::FixedState>;

fn enum_dictionary(categories: &Arc<[Arc<str>]>) -> Result<(Arc<Dictionary>, Positions<'_>)> {
    let values: Utf8Array = categories.iter().map(|c| Some(&**c)).collect();
    let positions = categories.iter().enumerate().map(|(i, c)| (&**c, i as u32)).collect();
    Ok((Arc::new(Dictionary::try_new(values)?.assert_unique(false)), positions))
}

pub(super) fn codes_to_enum(column: &Column, to: &DataType, mode: CastMode) -> Result<Column> {
    let DataType::Enum(categories) = to else { return Err(unsupported(column.dtype(), to)) };
    let (dictionary, _) = enum_dictionary(categories)?;
    let codes = number::convert(column, &DataType::UInt32, mode)?;
    let entries = dictionary.len() as u32;
    let codes: PrimitiveArray<u32> =
        crate::zip::unary_checked(codes.expect_primitive::<u32>()?, |code| (code < entries).then_some(code));
    Column::try_new(to.clone(), Array::Dict(DictArray::try_new(codes, dictionary)?))
}

/// Bytes that are UTF-8 become text; others fail.
pub(super) fn binary_to_text(column: &Column, mode: CastMode) -> Result<Column> {
    let Array::Binary(array) = column.array() else {
        return Err(unsupported(column.dtype(), &DataType::String));
    };
    let whole: Result<Utf8Array> = Utf8Array::from_binary(BinaryArray::clone(array));
    match (whole, mode) {
        (Ok(text), _) => Ok(Column::from_utf8(text)),
        _ => {
            let mut builder = StringBuilder::new();
            array
                .iter()
                .for_each(|bytes| builder.push_option(bytes.and_then(|b| std::str::from_utf8(b).ok())));
            Ok(builder.finish())
        }
    }
}
