//! `str.slice(x, offset, length)`, `str.head(x, n)`, `str.tail(x, n)`: characters; negative offsets count from the end, a
//! null length goes to the end, a negative length or `n` leaves out so many; `str.slice(["abc"], -2, 1) = ["b"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, DataType, Result, StringBuilder};
use hypostyle_kernels::text::{map_text, slice_ascii};

use super::super::sequence::{slice_bounds, tail_bounds};
use super::super::{Arg, Function, Inputs, Signature, at, params};
use super::{string_function, to_text};

/// `str.slice(x, offset, length)`
pub(super) const SLICE: Function = string_function(
    "str.slice",
    &[params::column("x"), params::column("offset"), params::optional("length")],
    types,
    |i| run(i, |offset, length| (offset, length)),
)
.doc("Characters from an offset on.")
.example(&[r#"str ["hällo", null]"#, "1", "3"], r#"str ["äll", null]"#);
/// `str.head(x, n)`
pub(super) const HEAD: Function =
    string_function("str.head", &[params::column("x"), params::column("n")], types, |i| {
        run(i, |n, _| (0, Some(n)))
    })
    .doc("The first characters; of a negative number all but so many at the end.")
    .sql(&["left"])
    .example(&[r#"str ["hällo", null]"#, "2"], r#"str ["hä", null]"#);
/// `str.tail(x, n)`
pub(super) const TAIL: Function =
    string_function("str.tail", &[params::column("x"), params::column("n")], types, |i| {
        run(i, |n, _| tail_bounds(n))
    })
    .doc("The last characters; of a negative number all but so many at the start.")
    .sql(&["right"])
    .example(&[r#"str ["hällo", null]"#, "2"], r#"str ["lo", null]"#);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(to_text(name, args)?.with(1, DataType::Int64).with(2, DataType::Int64))
}

/// Offset and length out of the options.
fn run(inputs: &Inputs<'_>, bounds: fn(i64, Option<i64>) -> (i64, Option<i64>)) -> Result<Column> {
    let constant = |i: usize| i >= inputs.args.len() || inputs.is_constant(i);
    if constant(1) && constant(2) {
        let Some(offset) = inputs.integer(1) else { return inputs.nulls() };
        let (offset, length) = bounds(offset as i64, inputs.integer(2).map(|l| l as i64));
        let within = |characters: usize| slice_bounds(characters, offset, length);
        if let Some(sliced) = slice_ascii(inputs.column(0), within)? {
            return Ok(sliced);
        }
        return map_text(inputs.column(0), |text| Some(Cow::Borrowed(substring(text, offset, length))));
    }
    let number = |i: usize, row: usize| {
        let column = inputs.args.get(i).map(|a| &a.column);
        column.and_then(|c| c.get(at(c, row)).as_i128()).map(|v| v as i64)
    };
    let mut builder = StringBuilder::with_capacity(inputs.len, 0);
    for row in 0..inputs.len {
        let part = inputs.text_at(0, row).zip(number(1, row));
        builder.push_option(part.map(|(text, offset)| {
            let (offset, length) = bounds(offset, number(2, row));
            substring(text, offset, length)
        }));
    }
    Ok(builder.finish())
}

fn substring(text: &str, offset: i64, length: Option<i64>) -> &str {
    if text.is_ascii() {
        let (start, take) = slice_bounds(text.len(), offset, length);
        return &text[start..start + take];
    }
    let (start, take) = slice_bounds(text.chars().count(), offset, length);
    let byte = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(i, _)| i);
    &text[byte(start)..byte(start + take)]
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, texts};

    #[test]
    fn characters() {
        let a = [texts([Some("abcd"), Some("äöü"), Some("x"), None])];
        check(col("a").str().slice(1, Some(2)), &a, "str [\"bc\", \"öü\", \"\", null]");
        check(col("a").str().slice(-3, Some(2)), &a, "str [\"bc\", \"äö\", \"\", null]");
        check(col("a").str().slice(-2, None), &a, "str [\"cd\", \"öü\", \"x\", null]");
        let ascii = [texts([Some("abcd"), Some(""), Some("x"), None])];
        check(col("a").str().slice(1, Some(2)), &ascii, "str [\"bc\", \"\", \"\", null]");
        check(col("a").str().slice(-3, Some(2)), &ascii, "str [\"bc\", \"\", \"\", null]");
        check(col("a").str().slice(-2, None), &[ascii[0].slice(1, 3)], "str [\"\", \"x\", null]");
        let named = |name: &str, n: i64| call(name, [col("a"), lit(n)]);
        check(named("str.head", 2), &a, "str [\"ab\", \"äö\", \"x\", null]");
        check(named("str.head", -1), &a, "str [\"abc\", \"äö\", \"\", null]");
        check(named("str.tail", 2), &a, "str [\"cd\", \"öü\", \"x\", null]");
        check(named("str.tail", -1), &a, "str [\"bcd\", \"öü\", \"\", null]");
        check(named("str.tail", -9), &a, "str [\"\", \"\", \"\", null]");
        check(call("str.slice", [col("a"), null(), lit(1)]), &a, "str [null, null, null, null]");
        let columns = [a[0].clone(), Column::from_options([Some(0i32), Some(-1), Some(5), Some(0)])];
        check(call("str.slice", [col("a"), col("b"), null()]), &columns, "str [\"abcd\", \"ü\", \"\", null]");
    }
}
