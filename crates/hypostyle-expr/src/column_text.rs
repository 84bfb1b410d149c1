//! Columns as text: a type and values, `i64 [1, null]`. Examples in the catalog and their docs are written so.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataType, Error, Field, Result, Scalar, Schema, TimeUnit, Value};
use hypostyle_kernels::cast::{CastMode, cast};

use crate::bind::bind;
use crate::dsl;
use crate::expr::{Expr, Literal};

/// Evaluates an expression over columns named `a`, `b`, `c`, …, and gives the result, all of them as text.
///
/// # Errors
/// If a text is no column, or the expression fails.
///
/// ```
/// use hypostyle_expr::column_text::show;
/// use hypostyle_expr::dsl::col;
///
/// assert_eq!(show(col("a") + col("b"), &["i64 [1, null]", "f64 [0.5, 2.0]"])?, "f64 [1.5, null]");
/// # Ok::<(), hypostyle_core::Error>(())
/// ```
pub fn show(expr: Expr, columns: &[&str]) -> Result<String> {
    let columns = columns.iter().map(|text| parse(text)).collect::<Result<Vec<Column>>>()?;
    write(&evaluate(&expr, &columns)?)
}

/// What an expression gives over columns named `a`, `b`, `c`, …
///
/// # Errors
/// If the expression fails.
pub fn evaluate(expr: &Expr, columns: &[Column]) -> Result<Column> {
    let fields =
        columns.iter().zip('a'..='z').map(|(c, name)| Field::new(name.to_string(), c.dtype().clone()));
    let schema = Schema::try_new(fields.collect())?;
    let batch = Batch::try_new(columns.to_vec(), columns.first().map_or(1, Column::len))?;
    let bound = bind(expr, &schema)?;
    let result = bound.evaluate(&batch)?.column;
    debug_assert_eq!(result.dtype(), bound.dtype(), "the type of {expr} is not the one planned");
    Ok(result)
}

/// Type and values as text.
///
/// # Errors
/// If a value has no text.
pub fn write(column: &Column) -> Result<String> {
    let items = (0..column.len()).map(|i| item(&column.slice(i, 1))).collect::<Result<Vec<String>>>()?;
    Ok(format!("{} [{}]", column.dtype(), items.join(", ")))
}

fn item(column: &Column) -> Result<String> {
    if column.is_null(0) {
        return Ok("null".to_owned());
    }
    match column.dtype() {
        // As a cast writes it: a time without its fraction.
        DataType::Decimal(..) | DataType::Time => {
            let text = cast(column, &DataType::String, CastMode::Strict)?;
            Ok(text.str_at(0).unwrap_or("null").to_owned())
        }
        DataType::List(_) | DataType::Array(..) => {
            let list = column.as_list().and_then(|list| list.get(0));
            let list = list.or_else(|| column.as_fixed_list().and_then(|array| array.get(0)));
            let items = list.ok_or_else(|| Error::internal("a list that is not null"))?;
            let items =
                (0..items.len()).map(|i| item(&items.slice(i, 1))).collect::<Result<Vec<String>>>()?;
            Ok(format!("[{}]", items.join(", ")))
        }
        DataType::Struct(_) => {
            let fields = column.as_struct().ok_or_else(|| Error::internal("a struct"))?.fields();
            let fields = fields.iter().map(item).collect::<Result<Vec<String>>>()?;
            Ok(format!("{{{}}}", fields.join(", ")))
        }
        _ => Ok(Literal::Scalar(column.get(0)).to_string()),
    }
}

/// Whether a text is a constant, and no column.
pub(crate) fn is_constant(text: &str) -> bool {
    matches!(text, "true" | "false" | "null")
        || text.starts_with(['"', '[', '-'])
        || text.starts_with(char::is_numeric)
}

/// A constant as it is written in Rust (`true`, `3`, `0.5`, `"a"`, `null`, `[1, 2]`), or a date or time.
pub(crate) fn constant(text: &str) -> Result<Expr> {
    if text == "null" {
        return Ok(dsl::null());
    }
    if let Some(values) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let scalars = split(values).into_iter().map(scalar).collect::<Result<Vec<Scalar>>>()?;
        return Ok(dsl::list(scalars));
    }
    match scalar(text)? {
        Scalar { dtype: DataType::Int64, value: Value::Int(value) } => {
            Ok(Expr::Literal(Literal::DynInt(value)))
        }
        Scalar { dtype: DataType::Float64, value: Value::Float(value) } => Ok(dsl::lit(value)),
        other => Ok(dsl::lit(other)),
    }
}

fn scalar(text: &str) -> Result<Scalar> {
    let wrong = || Error::invalid_operation(format!("{text} is not a constant"));
    Ok(match text {
        "null" => Scalar::null(DataType::Null),
        "true" => true.into(),
        "false" => false.into(),
        text if text.starts_with('"') => unquoted(text).ok_or_else(wrong)?.as_str().into(),
        text => match text.parse::<i64>() {
            Ok(value) => value.into(),
            Err(_) => match (text.matches('-').count(), text.contains(':')) {
                (2, false) => Scalar::new(DataType::Date, value(&DataType::Date, text)?),
                (0, true) => Scalar::new(DataType::Time, value(&DataType::Time, text)?),
                (_, true) => {
                    let dtype = DataType::Datetime(TimeUnit::Microseconds, None);
                    Scalar::new(dtype.clone(), value(&dtype, text)?)
                }
                (_, false) => text.parse::<f64>().map_err(|_| wrong())?.into(),
            },
        },
    })
}

/// The column of a text.
///
/// # Errors
/// If it is not written as it should be.
///
/// ```
/// use hypostyle_expr::column_text::{parse, write};
///
/// let text = "list[date] [[2024-02-29, null], null, []]";
/// assert_eq!(write(&parse(text)?)?, text);
/// # Ok::<(), hypostyle_core::Error>(())
/// ```
pub fn parse(text: &str) -> Result<Column> {
    let wrong = || Error::invalid_operation(format!("{text} is not a column: write a type and values"));
    let (dtype, values) = text.split_once(" [").ok_or_else(wrong)?;
    let dtype = data_type(dtype)?;
    let values = values.strip_suffix(']').ok_or_else(wrong)?;
    let values = split(values).into_iter().map(|text| value(&dtype, text)).collect::<Result<Vec<Value>>>()?;
    Column::from_scalars(dtype, values)
}

/// The type of a text.
fn data_type(text: &str) -> Result<DataType> {
    let unit = |text: &str| match text {
        "ms" => Ok(TimeUnit::Milliseconds),
        "μs" => Ok(TimeUnit::Microseconds),
        "ns" => Ok(TimeUnit::Nanoseconds),
        other => Err(Error::invalid_operation(format!("{other} is no unit of time"))),
    };
    let (name, inner) = match text.split_once('[') {
        Some((name, inner)) => (name, inner.strip_suffix(']').unwrap_or(inner)),
        None => (text, ""),
    };
    let parts = split(inner);
    Ok(match (name, parts.as_slice()) {
        ("list", [inner]) => DataType::list(data_type(inner)?),
        ("array", [inner, width]) => DataType::array(data_type(inner)?, width.parse().unwrap_or(0)),
        ("struct", fields) => {
            let field = |text: &&str| {
                let (name, dtype) = text.split_once(": ").unwrap_or((text, "null"));
                Ok(Field::new(name, data_type(dtype)?))
            };
            DataType::Struct(fields.iter().map(field).collect::<Result<Vec<Field>>>()?)
        }
        ("decimal", [precision, scale]) => {
            DataType::Decimal(precision.parse().unwrap_or(38), scale.parse().unwrap_or(0))
        }
        ("duration", [u]) => DataType::Duration(unit(u)?),
        ("datetime", [u]) => DataType::Datetime(unit(u)?, None),
        ("datetime", [u, zone]) => DataType::Datetime(unit(u)?, Some((*zone).into())),
        ("bool", _) => DataType::Boolean,
        ("null", _) => DataType::Null,
        ("str", _) => DataType::String,
        ("binary", _) => DataType::Binary,
        ("date", _) => DataType::Date,
        ("time", _) => DataType::Time,
        ("cat", _) => DataType::Categorical,
        _ => DataType::number_from_name(name)
            .ok_or_else(|| Error::invalid_operation(format!("{text} is not a type")))?,
    })
}

/// The value of a text, of a type.
fn value(dtype: &DataType, text: &str) -> Result<Value> {
    let wrong = || Error::invalid_operation(format!("{text} is not a value of {dtype}"));
    if text == "null" {
        return Ok(Value::Null);
    }
    let within = |open: char, close: char| {
        text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).map(split).ok_or_else(wrong)
    };
    Ok(match dtype {
        DataType::List(inner) | DataType::Array(inner, _) => {
            let items = within('[', ']')?.into_iter().map(|text| value(inner, text));
            Value::List(items.collect::<Result<Vec<Value>>>()?.into())
        }
        DataType::Struct(fields) => {
            let items = within('{', '}')?;
            let items = items.into_iter().zip(fields.iter()).map(|(text, field)| value(&field.dtype, text));
            Value::List(items.collect::<Result<Vec<Value>>>()?.into())
        }
        DataType::String | DataType::Categorical | DataType::Enum(_) => {
            Value::String(unquoted(text).ok_or_else(wrong)?.into())
        }
        DataType::Binary => {
            let text = text.strip_prefix('b').and_then(unquoted).ok_or_else(wrong)?;
            Value::Binary(Arc::from(text.as_bytes()))
        }
        DataType::Boolean => Value::Boolean(text.parse().map_err(|_| wrong())?),
        DataType::Duration(_) => Value::Int(text.parse().map_err(|_| wrong())?),
        other => {
            let column = Column::from_scalars(DataType::String, [Value::String(text.into())])?;
            let text = dsl::col("a").str();
            let value = match other {
                DataType::Date => evaluate(&text.to_date(Some("%Y-%m-%d")), &[column])?,
                DataType::Time => evaluate(&text.to_time(Some("%H:%M:%S%.f"), true), &[column])?,
                DataType::Datetime(unit, zone) => {
                    let unit = Some(unit.symbol().replace('μ', "u"));
                    let local =
                        text.to_datetime(Some("%Y-%m-%d %H:%M:%S%.f"), true, unit.as_deref(), None, None);
                    let zoned = match zone {
                        Some(zone) => local.dt().replace_time_zone(Some(zone), None, "raise"),
                        None => local,
                    };
                    evaluate(&zoned, &[column])?
                }
                other => cast(&column, other, CastMode::Strict)?,
            };
            value.get(0).value
        }
    })
}

/// The text between quotes. A backslash stands before quotes and backslashes; `\n` is a new line.
fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                other => out.push(other),
            },
            c => out.push(c),
        }
    }
    Some(out)
}

/// The parts between commas that stand in no brackets and no quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut quoted, mut escaped, mut start) = (Vec::new(), 0i32, false, false, 0);
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !(last.is_empty() && parts.is_empty()) {
        parts.push(last);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_back_from_their_text() {
        for text in [
            "i64 [1, null, -3]",
            "u8 []",
            "f64 [1.5, NaN, inf, null]",
            r#"str ["a, b", "", null, "\"q\"", "]"]"#,
            "bool [true, null]",
            "decimal[10,2] [1.50, null]",
            "date [2024-02-29, null]",
            "time [12:30:00]",
            "datetime[μs] [2024-02-29 12:30:00.000000, null]",
            "duration[ms] [1500]",
            "list[list[i8]] [[[1, null], []], null]",
            "array[i64, 2] [[1, null], null]",
            r#"binary [b"ab"]"#,
        ] {
            assert_eq!(write(&parse(text).unwrap()).unwrap(), text);
        }
        let fields = parse(r#"struct[n: i64, s: list[str]] [{1, ["a"]}, null]"#).unwrap();
        assert_eq!(write(&fields).unwrap(), r#"struct[2] [{1, ["a"]}, null]"#);
        for wrong in ["i64", "i63 [1]", "i64 [x]", "str [a]", "i64 [1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
