//! `str.escape_regex(x)`: the regular expression that matches the text itself; `str.escape_regex(["a.b"]) = ["a\.b"]`.

use std::borrow::Cow;

use hypostyle_kernels::text::map_text;

use super::super::{Function, params};
use super::{string_function, to_text};

/// `str.escape_regex(x)`
pub(super) const ESCAPE_REGEX: Function = string_function("str.escape_regex", params::UNARY, to_text, |i| {
    map_text(i.column(0), |text| Some(Cow::Owned(regex::escape(text))))
})
.doc("The regular expression that matches the string itself.")
.example(&[r#"str ["a.b", null]"#], r#"str ["a\\.b", null]"#);

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, texts};

    #[test]
    fn signs_with_a_meaning() {
        let a = [texts([Some("a.b*"), Some("-& é"), None])];
        check(call("str.escape_regex", [col("a")]), &a, r#"str ["a\\.b\\*", "\\-\\& é", null]"#);
    }
}
