//! `var(x, ddof)`, `std(x, ddof)`: variance and standard deviation over n − `ddof`, 1 where it is not given;
//! null is passed over, NaN spreads, null where nothing is left to divide by; `var([1, 2, null]) = [0.5]`.

use super::moments::{Moment, WITH_DDOF};
use crate::docs::Docs;

/// `var(x, ddof)`
pub(crate) const VAR: Moment = Moment {
    name: "var",
    docs: Docs::new("The sample variance, with `n - ddof` in the denominator.")
        .sql(&["var_samp", "variance", "var"])
        .example(&["i64 [1, 2, null, 6]"], "f64 [7.0]"),
    params: WITH_DDOF,
    inputs: 1,
    value: |group, ddof| group.divided(group.xx, ddof),
};
/// `std(x, ddof)`
pub(crate) const STD: Moment = Moment {
    name: "std",
    docs: Docs::new("The sample standard deviation, with `n - ddof` in the denominator.")
        .sql(&["stddev_samp", "stddev", "stdev"])
        .example(&["i64 [1, 2, null, 6]"], "f64 [2.6457513110645907]"),
    params: WITH_DDOF,
    inputs: 1,
    value: |group, ddof| group.divided(group.xx, ddof).map(f64::sqrt),
};

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, TimeUnit};

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, check_groups, decimals, typed};

    #[test]
    fn spread() {
        let a = [Column::from_options([Some(1i64), Some(4), None, Some(4)])];
        check(col("a").var(1), &a, "f64 [3.0]");
        check(col("a").var(0), &a, "f64 [2.0]");
        check(col("a").std(0), &a, "f64 [1.4142135623730951]");
        check(col("a").std(3), &a, "f64 [null]");
        check_groups(col("a").var(1), &a, &[0, 0, 1, 1], "f64 [4.5, null]");
        check(col("a").var(1), &[Column::from_vec(vec![1.0f32, 2.0])], "f32 [0.5]");
        check(col("a").var(1), &[Column::from_vec(vec![1.0, f64::NAN])], "f64 [NaN]");
        check(col("a").var(1), &[booleans([Some(true), Some(false)])], "f64 [0.5]");
        check(col("a").var(1), &[decimals(10, 2, [Some("1.5"), Some("2.25")])], "f64 [0.28125]");
        let span = typed(DataType::Duration(TimeUnit::Milliseconds), [Some(1i64)]);
        check_error(col("a").std(1), &[span], "InvalidOperation");
    }
}
