//! `str.strip_chars(x, characters)` and its `_start` and `_end`: without any of a set of characters at the
//! ends, white space where no set is given; `str.strip_chars([" a "]) = ["a"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Result};
use hypostyle_kernels::text::map_text;

use super::super::{Function, Inputs, params};
use super::{string_function, to_text};

/// `str.strip_chars(x, characters)`
pub(super) const STRIP_CHARS: Function = string_function(
    "str.strip_chars",
    &[params::column("x"), params::optional("characters")],
    to_text,
    |i| run(i, true, true),
)
.doc("Without the given characters at both ends, or white space.")
.sql(&["trim"])
.example(&[r#"str [" a ", null]"#], r#"str ["a", null]"#);
/// `str.strip_chars_start(x, characters)`
pub(super) const STRIP_CHARS_START: Function = string_function(
    "str.strip_chars_start",
    &[params::column("x"), params::optional("characters")],
    to_text,
    |i| run(i, true, false),
)
.doc("Without the given characters at the start, or white space.")
.sql(&["ltrim"])
.example(&[r#"str [" a ", null]"#], r#"str ["a ", null]"#);
/// `str.strip_chars_end(x, characters)`
pub(super) const STRIP_CHARS_END: Function = string_function(
    "str.strip_chars_end",
    &[params::column("x"), params::optional("characters")],
    to_text,
    |i| run(i, false, true),
)
.doc("Without the given characters at the end, or white space.")
.sql(&["rtrim"])
.example(&[r#"str [" a ", null]"#], r#"str [" a", null]"#);

fn run(inputs: &Inputs<'_>, start: bool, end: bool) -> Result<Column> {
    let set = inputs.text(1);
    let strips = |c: char| match set {
        Some(set) => set.contains(c),
        None => c.is_whitespace(),
    };
    map_text(inputs.column(0), |text| {
        let text = if start { text.trim_start_matches(strips) } else { text };
        Some(Cow::Borrowed(if end { text.trim_end_matches(strips) } else { text }))
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, texts};

    #[test]
    fn ends_are_stripped() {
        let a = [texts([Some(" \ta b\n"), Some("xyax"), None])];
        check(call("str.strip_chars", [col("a")]), &a, "str [\"a b\", \"xyax\", null]");
        check(call("str.strip_chars", [col("a"), lit("yx")]), &a, "str [\" \\ta b\\n\", \"a\", null]");
        check(call("str.strip_chars_start", [col("a"), lit("yx")]), &a, "str [\" \\ta b\\n\", \"ax\", null]");
        check(call("str.strip_chars_end", [col("a")]), &a, "str [\" \\ta b\", \"xyax\", null]");
    }
}
