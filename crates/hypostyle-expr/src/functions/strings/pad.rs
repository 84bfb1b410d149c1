//! `str.pad_start(x, length, character)`, `str.pad_end(x, length, character)`: filled up to a number of
//! characters, longer text stays; `str.pad_start(["a"], 3, "*") = ["**a"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Result, StringBuilder};
use hypostyle_kernels::text::map_text;

use super::super::{Function, Inputs, OptionType, at, params};
use super::{string_function, to_text};

/// `str.pad_start(x, length, character)`
pub(super) const PAD_START: Function = string_function(
    "str.pad_start",
    &[
        params::column("x"),
        params::column("length"),
        params::option("fill_char", OptionType::String, params::Default::String(" ")),
    ],
    to_text,
    |i| run(i, |text, padding| padding + text),
)
.doc("Filled up at the start to a number of characters.")
.sql(&["lpad"])
.example(&[r#"str ["ab", null]"#, "4", r#""*""#], r#"str ["**ab", null]"#);
/// `str.pad_end(x, length, character)`
pub(super) const PAD_END: Function = string_function(
    "str.pad_end",
    &[
        params::column("x"),
        params::column("length"),
        params::option("fill_char", OptionType::String, params::Default::String(" ")),
    ],
    to_text,
    |i| run(i, |text, padding| text.to_owned() + &padding),
)
.doc("Filled up at the end to a number of characters.")
.sql(&["rpad"])
.example(&[r#"str ["ab", null]"#, "4", r#""*""#], r#"str ["ab**", null]"#);

fn run(inputs: &Inputs<'_>, join: fn(&str, String) -> String) -> Result<Column> {
    let fill = inputs.text(2).unwrap_or(" ");
    let pad = |text: &str, width: i128| {
        let missing = (width.max(0) as usize).saturating_sub(text.chars().count());
        (missing > 0).then(|| join(text, fill.repeat(missing)))
    };
    if inputs.is_constant(1) {
        let Some(width) = inputs.integer(1) else { return inputs.nulls() };
        return map_text(inputs.column(0), |text| {
            Some(pad(text, width).map_or(Cow::Borrowed(text), Cow::Owned))
        });
    }
    let mut builder = StringBuilder::with_capacity(inputs.len, 0);
    for row in 0..inputs.len {
        let width = inputs.column(1).get(at(inputs.column(1), row)).as_i128();
        match inputs.text_at(0, row).zip(width) {
            Some((text, width)) => builder.push(pad(text, width).as_deref().unwrap_or(text)),
            None => builder.push_null(),
        }
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, texts};

    #[test]
    fn both_ends() {
        let a = [texts([Some("ä"), Some("abcd"), None]), Column::from_options([Some(2i64), None, Some(1)])];
        check(call("str.pad_start", [col("a"), lit(3), lit("*")]), &a, "str [\"**ä\", \"abcd\", null]");
        check(call("str.pad_end", [col("a"), lit(3)]), &a, "str [\"ä  \", \"abcd\", null]");
        check(call("str.pad_end", [col("a"), col("b"), lit("-")]), &a, "str [\"ä-\", null, null]");
    }
}
