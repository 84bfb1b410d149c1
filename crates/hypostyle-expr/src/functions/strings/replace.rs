//! `str.replace(x, pattern, value, literal, n)`, `str.replace_all(x, pattern, value, literal)`: the first `n`
//! matches of a regular expression or a literal text, or all of them. In the value `$1` stands for a captured
//! group unless `literal`; `str.replace(["aab"], "a", "x") = ["xab"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Error, Result, StringBuilder};
use hypostyle_kernels::text::map_text;

use super::super::{Function, Inputs, params};
use super::{pattern, string_function, to_text};

/// `str.replace(x, pattern, value, literal, n)`
pub(super) const REPLACE: Function = string_function(
    "str.replace",
    &[
        params::column("x"),
        params::column("pattern"),
        params::column("value"),
        params::flag("literal", false),
        params::integer("n", 1),
    ],
    to_text,
    |i| {
        match i.integer(4).unwrap_or(1) {
            // To the expression engine 0 means all.
            ..=0 => Ok(i.column(0).clone()),
            n => run(i, n as usize),
        }
    },
)
.doc("With the first matches of a pattern replaced.")
.sql(&["regexp_replace"])
.example(&[r#"str ["abab", null]"#, r#""b""#, r#""-""#], r#"str ["a-ab", null]"#);
/// `str.replace_all(x, pattern, value, literal)`
pub(super) const REPLACE_ALL: Function = string_function(
    "str.replace_all",
    &[
        params::column("x"),
        params::column("pattern"),
        params::column("value"),
        params::flag("literal", false),
    ],
    to_text,
    |i| run(i, 0),
)
.doc("With every match of a pattern replaced.")
.sql(&["replace"])
.example(&[r#"str ["abab", null]"#, r#""b""#, r#""-""#], r#"str ["a-a-", null]"#);

fn run(inputs: &Inputs<'_>, count: usize) -> Result<Column> {
    let literal = inputs.flag(3);
    if !inputs.is_constant(1) {
        return Err(Error::unsupported(format!("`{}` with a pattern of its own in each row", inputs.name)));
    }
    let Some(wanted) = inputs.text(1) else { return inputs.nulls() };
    let compiled = pattern(wanted, literal)?;
    let replace = |text: &str, value: &str| -> String {
        if literal {
            compiled.replacen(text, count, regex::NoExpand(value)).into_owned()
        } else {
            compiled.replacen(text, count, value).into_owned()
        }
    };
    if inputs.is_constant(2) {
        let Some(value) = inputs.text(2) else { return inputs.nulls() };
        return map_text(inputs.column(0), |text| Some(Cow::Owned(replace(text, value))));
    }
    let mut builder = StringBuilder::with_capacity(inputs.len, 0);
    for row in 0..inputs.len {
        let pair = inputs.text_at(0, row).zip(inputs.text_at(2, row));
        builder.push_option(pair.map(|(text, value)| replace(text, value)).as_deref());
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn first_and_all() {
        let a = [texts([Some("aab"), Some("a.b"), None]), texts([Some("1"), Some("2"), Some("3")])];
        let replace = |n: i64| call("str.replace", [col("a"), lit("a"), lit("x"), lit(false), lit(n)]);
        check(replace(1), &a, "str [\"xab\", \"x.b\", null]");
        check(replace(2), &a, "str [\"xxb\", \"x.b\", null]");
        check(replace(0), &a, "str [\"aab\", \"a.b\", null]");
        check(col("a").str().replace_all("a", "x"), &a, "str [\"xxb\", \"x.b\", null]");
        check(col("a").str().replace_all("a(.)", "$1"), &a, "str [\"ab\", \".b\", null]");
        let literal = call("str.replace_all", [col("a"), lit("."), lit("$0"), lit(true)]);
        check(literal, &a, "str [\"aab\", \"a$0b\", null]");
        check(col("a").str().replace_all("a", col("b")), &a, "str [\"11b\", \"2.b\", null]");
        check_error(col("a").str().replace_all("(", "x"), &a, "Compute");
    }
}
