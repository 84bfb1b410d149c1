//! `str.count_matches(x, pattern, literal)`, `str.find(x, pattern, literal)`: how often a regular expression
//! or literal text matches without overlap, and the byte where it matches first, null where nowhere;
//! `str.find(["äab", "x"], "b") = [3, null]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::text::map_text_to;

use super::super::{Function, Inputs, params};
use super::{pattern, string_function, to_count};

/// `str.count_matches(x, pattern, literal)`
pub(super) const COUNT_MATCHES: Function = string_function(
    "str.count_matches",
    &[params::column("x"), params::column("pattern"), params::flag("literal", false)],
    to_count,
    |i| run(i, |regex, text| Some(regex.find_iter(text).count())),
)
.doc("How often a pattern matches.")
.example(&[r#"str ["abab", "", null]"#, r#""ab""#], "u32 [2, 0, null]");
/// `str.find(x, pattern, literal)`
pub(super) const FIND: Function = string_function(
    "str.find",
    &[
        params::column("x"),
        params::column("pattern"),
        params::flag("literal", false),
        params::flag("strict", true),
    ],
    to_count,
    |i| run(i, |regex, text| regex.find(text).map(|m| m.start())),
)
.doc("The byte where a pattern matches first.")
.example(&[r#"str ["aab", "b", null]"#, r#""ab""#], "u32 [1, null, null]");

fn run(inputs: &Inputs<'_>, f: fn(&regex::Regex, &str) -> Option<usize>) -> Result<Column> {
    let Some(wanted) = inputs.text(1) else { return inputs.nulls() };
    let compiled = pattern(wanted, inputs.flag(2))?;
    map_text_to(inputs.column(0), DataType::UInt32, |text| f(&compiled, text).map(|n| n as u32))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, texts};

    #[test]
    fn counts_and_places() {
        let a = [texts([Some("äa.a"), Some("xyz"), None])];
        check(call("str.count_matches", [col("a"), lit("a")]), &a, "u32 [2, 0, null]");
        check(call("str.count_matches", [col("a"), lit("."), lit(true)]), &a, "u32 [1, 0, null]");
        check(call("str.find", [col("a"), lit("a")]), &a, "u32 [2, null, null]");
        check(call("str.find", [col("a"), lit("."), lit(true)]), &a, "u32 [3, null, null]");
        check(call("str.find", [col("a"), null()]), &a, "u32 [null, null, null]");
    }
}
