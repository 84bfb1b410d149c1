//! `str.starts_with(x, prefix)`, `str.ends_with(x, suffix)`: literal, null where either is;
//! `str.starts_with(["ab", null], "a") = [true, null]`.

use hypostyle_core::{DataType, Result};

use super::super::{Arg, Function, Signature};
use super::{from_text, test_pairs};

/// `str.starts_with(x, prefix)`
pub(super) const STARTS_WITH: Function = Function::new("str.starts_with", 2..=2, types, |i| {
    test_pairs(i, |text, prefix| text.starts_with(prefix))
})
.infallible();
/// `str.ends_with(x, suffix)`
pub(super) const ENDS_WITH: Function =
    Function::new("str.ends_with", 2..=2, types, |i| test_pairs(i, |text, suffix| text.ends_with(suffix)))
        .infallible();

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
