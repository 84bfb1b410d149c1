//! `min_by(x, by)`, `max_by(x, by)`: the value in the first row where another is smallest or largest; rows
//! where that is null are passed over, NaN while there is a number; `max_by(["a", "b"], [2, 1]) = ["a"]`.

use super::picks::{Choice, Pick};
use crate::docs::Docs;

/// `min_by(x, by)`
pub(super) const MIN_BY: Pick = Pick {
    name: "min_by",
    docs: Docs::new("The value in the row where `by` is smallest.")
        .sql(&["min_by", "arg_min", "argmin"])
        .example(&[r#"str ["a", "b", "c"]"#, "i64 [2, 1, null]"], r#"str ["b"]"#),
    choice: Choice::Smallest,
    by: 1,
};
/// `max_by(x, by)`
pub(super) const MAX_BY: Pick = Pick {
    name: "max_by",
    docs: Docs::new("The value in the row where `by` is largest.")
        .sql(&["max_by", "arg_max", "argmax"])
        .example(&[r#"str ["a", "b", "c"]"#, "i64 [2, 1, null]"], r#"str ["a"]"#),
    choice: Choice::Largest,
    by: 1,
};

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, check_groups, texts};

    #[test]
    fn values_of_other_rows() {
        let columns = [
            texts([Some("a"), Some("b"), None, Some("d"), Some("e")]),
            Column::from_options([Some(2.0), Some(f64::NAN), Some(1.0), None, Some(2.0)]),
        ];
        check(col("a").max_by(col("b")), &columns, "str [\"a\"]");
        check(col("a").min_by(col("b")), &columns, "str [null]");
        check_groups(col("a").min_by(col("b")), &columns, &[0, 1, 0, 2, 1], "str [null, \"e\", null]");
    }
}
