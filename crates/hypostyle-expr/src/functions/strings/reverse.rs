//! `str.reverse(x)`: the characters from last to first; `str.reverse(["äb"]) = ["bä"]`.

use std::borrow::Cow;

use hypostyle_kernels::text::map_text;

use super::super::{Function, params};
use super::{string_function, to_text};

/// `str.reverse(x)`
pub(super) const REVERSE: Function = string_function("str.reverse", params::UNARY, to_text, |i| {
    map_text(i.column(0), |text| Some(Cow::Owned(text.chars().rev().collect())))
})
.doc("The characters from last to first.")
.sql(&["reverse"])
.example(&[r#"str ["ab", null]"#], r#"str ["ba", null]"#);

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, texts};

    #[test]
    fn from_last_to_first() {
        check(call("str.reverse", [col("a")]), &[texts([Some("äb"), None])], "str [\"bä\", null]");
    }
}
