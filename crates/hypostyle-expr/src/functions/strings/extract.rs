//! `str.extract(x, pattern, group)`: what a group of a regular expression captures in its first match, null
//! where there is none; `str.extract(["a1", "b"], "(\d)", 1) = ["1", null]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Result};
use hypostyle_kernels::text::{map_text, regex};

use super::super::{Function, Inputs, params};
use super::{string_function, to_text};

/// `str.extract(x, pattern, group)`
pub(super) const EXTRACT: Function = string_function(
    "str.extract",
    &[params::column("x"), params::column("pattern"), params::integer("group_index", 1)],
    to_text,
    run,
)
.doc("What a group of a regular expression captures in its first match.");

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(pattern) = inputs.text(1) else { return inputs.nulls() };
    let compiled = regex(pattern)?;
    let group = inputs.integer(2).unwrap_or(1).max(0) as usize;
    map_text(inputs.column(0), |text| {
        compiled.captures(text).and_then(|c| c.get(group)).map(|m| Cow::Borrowed(m.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn captures() {
        let a = [texts([Some("x12y3"), Some("b"), None])];
        let extract = |group: i64| call("str.extract", [col("a"), lit(r"([a-z])(\d+)"), lit(group)]);
        check(extract(0), &a, "str [\"x12\", null, null]");
        check(extract(2), &a, "str [\"12\", null, null]");
        check(extract(3), &a, "str [null, null, null]");
        check_error(call("str.extract", [col("a"), lit("(")]), &a, "Compute");
    }
}
