//! `first(x)`, `last(x)`, `first_non_null(x)`: the value of the first or last row, null where it is null, and
//! the first value that is not; null of nothing; `first([null, 1]) = [null]`.

use super::picks::{Choice, Pick};
use crate::docs::Docs;

/// `first(x)`
pub(crate) const FIRST: Pick = Pick {
    name: "first",
    docs: Docs::new("The value of the first row.")
        .sql(&["first"])
        .example(&["i64 [null, 2, 3]"], "i64 [null]"),
    choice: Choice::First,
    by: 0,
};
/// `last(x)`
pub(crate) const LAST: Pick = Pick {
    name: "last",
    docs: Docs::new("The value of the last row.").sql(&["last"]).example(&["i64 [1, 2, null]"], "i64 [null]"),
    choice: Choice::Last,
    by: 0,
};
/// `first_non_null(x)`
pub(crate) const FIRST_NON_NULL: Pick = Pick {
    name: "first_non_null",
    docs: Docs::new("The first value that is not null.")
        .sql(&["any_value"])
        .example(&["i64 [null, 2, 3]"], "i64 [2]"),
    choice: Choice::FirstValid,
    by: 0,
};

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{aggregate, col};
    use crate::testing::{check, check_groups, texts};

    #[test]
    fn ends() {
        let a = [Column::from_options([None, Some(2i64), Some(3), Some(4)])];
        check(col("a").first(), &a, "i64 [null]");
        check(col("a").last(), &a, "i64 [4]");
        check(aggregate("first_non_null", [col("a")]), &a, "i64 [2]");
        check(col("a").last(), &[texts([])], "str [null]");
        check_groups(col("a").first(), &a, &[0, 1, 0, 1], "i64 [null, 2]");
        check_groups(col("a").last(), &a, &[0, 1, 0, 1], "i64 [3, 4]");
        check_groups(aggregate("first_non_null", [col("a")]), &a, &[0, 1, 0, 1], "i64 [3, 2]");
    }
}
