//! `str.starts_with(x, prefix)`, `str.ends_with(x, suffix)`: literal, null where either is;
//! `str.starts_with(["ab", null], "a") = [true, null]`.

use hypostyle_core::{DataType, Result};

use super::super::{Arg, Function, Selectivity, Signature, params};
use super::{from_text, string_function, test_pairs};

/// `str.starts_with(x, prefix)`
pub(super) const STARTS_WITH: Function =
    string_function("str.starts_with", &[params::column("x"), params::column("prefix")], types, |i| {
        test_pairs(i, |text, prefix| text.starts_with(prefix))
    })
    .infallible()
    .selects(Selectivity::Part(0.1))
    .doc("Whether it starts with a string.")
    .sql(&["starts_with", "prefix"])
    .example(&[r#"str ["ab", null]"#, r#""a""#], "bool [true, null]");
/// `str.ends_with(x, suffix)`
pub(super) const ENDS_WITH: Function =
    string_function("str.ends_with", &[params::column("x"), params::column("suffix")], types, |i| {
        test_pairs(i, |text, suffix| text.ends_with(suffix))
    })
    .infallible()
    .selects(Selectivity::Part(0.1))
    .doc("Whether it ends with a string.")
    .sql(&["ends_with", "suffix"])
    .example(&[r#"str ["ab", null]"#, r#""b""#], "bool [true, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    from_text(name, args, DataType::Boolean)
}

#[cfg(test)]
mod tests {
    use crate::dsl::{col, null};
    use crate::testing::{check, texts};

    #[test]
    fn both_ends() {
        let a = [texts([Some("ab"), Some("ba"), None]), texts([Some("a"), None, Some("a")])];
        check(col("a").str().starts_with("a"), &a, "bool [true, false, null]");
        check(col("a").str().ends_with("a"), &a, "bool [false, true, null]");
        check(col("a").str().starts_with(col("b")), &a, "bool [true, null, null]");
        check(col("a").str().ends_with(null()), &a, "bool [null, null, null]");
        check(col("a").str().ends_with(""), &a, "bool [true, true, null]");
    }
}
