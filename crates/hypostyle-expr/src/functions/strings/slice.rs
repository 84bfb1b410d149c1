//! `str.slice(x, offset, length)`: characters; negative offsets count from the end, a null length goes to the
//! end; `str.slice(["abc"], -2, 1) = ["b"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, DataType, Result, StringBuilder};
use hypostyle_kernels::text::{map_text, slice_ascii};

use super::super::sequence::slice_bounds;
use super::super::{Arg, Function, Inputs, Signature, at, params};
use super::{string_function, to_text};

/// `str.slice(x, offset, length)`
pub(super) const SLICE: Function = string_function(
    "str.slice",
    &[params::column("x"), params::column("offset"), params::optional("length")],
    types,
    run,
).doc("Characters from an offset on.");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(to_text(name, args)?.with(1, DataType::Int64).with(2, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let positive = |length: i128| length.max(0) as usize;
    if inputs.is_constant(1) && inputs.is_constant(2) {
        let Some(offset) = inputs.integer(1) else { return inputs.nulls() };
        let length = inputs.integer(2).map(positive);
        let bounds = |characters: usize| slice_bounds(characters, offset as i64, length);
        if let Some(sliced) = slice_ascii(inputs.column(0), bounds)? {
            return Ok(sliced);
        }
        return map_text(inputs.column(0), |text| {
            Some(Cow::Borrowed(substring(text, offset as i64, length)))
        });
    }
    let number = |i: usize, row: usize| inputs.column(i).get(at(inputs.column(i), row)).as_i128();
    let mut builder = StringBuilder::with_capacity(inputs.len, 0);
    for row in 0..inputs.len {
        let part = inputs.text_at(0, row).zip(number(1, row));
        let length = number(2, row).map(positive);
        builder.push_option(part.map(|(text, offset)| substring(text, offset as i64, length)));
    }
    Ok(builder.finish())
}

fn substring(text: &str, offset: i64, length: Option<usize>) -> &str {
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
        check(call("str.slice", [col("a"), null(), lit(1)]), &a, "str [null, null, null, null]");
        let columns = [a[0].clone(), Column::from_options([Some(0i32), Some(-1), Some(5), Some(0)])];
        check(call("str.slice", [col("a"), col("b"), null()]), &columns, "str [\"abcd\", \"ü\", \"\", null]");
    }
}
