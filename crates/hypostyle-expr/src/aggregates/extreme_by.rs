//! `min_by(x, by)`, `max_by(x, by)`: the value in the first row where another is smallest or largest; rows
//! where that is null are passed over, NaN while there is a number; `max_by(["a", "b"], [2, 1]) = ["a"]`.

use super::picks::{Choice, Pick};

/// `min_by(x, by)`
pub(super) const MIN_BY: Pick = Pick { name: "min_by", choice: Choice::Smallest, by: 1 };
/// `max_by(x, by)`
pub(super) const MAX_BY: Pick = Pick { name: "max_by", choice: Choice::Largest, by: 1 };

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
