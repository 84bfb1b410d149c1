//! `cov(x, y, ddof)`, `corr(x, y)`: over the rows where neither is null; NaN spreads. A correlation with a
//! constant is NaN, and so is a covariance with infinity; `cov([1, 2], [2, 4]) = [1.0]`.

use super::moments::{Centred, Moment, PAIR, PAIR_WITH_DDOF};
use crate::docs::Docs;

/// `cov(x, y, ddof)`
pub(super) const COV: Moment = Moment {
    name: "cov",
    docs: Docs::new("The covariance of two columns, over the rows where neither is null.")
        .sql(&["covar_samp", "covar"])
        .example(&["f64 [1.0, 2.0, null]", "f64 [2.0, 4.0, 9.0]"], "f64 [1.0]"),
    params: PAIR_WITH_DDOF,
    inputs: 2,
    value: covariance,
};

fn covariance(group: &Centred, ddof: f64) -> Option<f64> {
    // Squares are NaN as soon as there is an infinity; products are not where it comes last.
    let unknown = group.xx.is_nan() || group.yy.is_nan();
    group.divided(if unknown { f64::NAN } else { group.xy }, ddof)
}

/// `corr(x, y)`
pub(super) const CORR: Moment = Moment {
    name: "corr",
    docs: Docs::new("The Pearson correlation of two columns, over the rows where neither is null.")
        .sql(&["corr"])
        .example(&["f64 [1.0, 2.0, null]", "f64 [2.0, 4.0, 9.0]"], "f64 [1.0]"),
    params: PAIR,
    inputs: 2,
    value: |group, _| Some(group.xy / (group.xx * group.yy).sqrt()),
};

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{col, corr, cov};
    use crate::testing::{check, check_error, check_groups, texts};

    #[test]
    fn of_pairs() {
        let columns = [
            Column::from_options([Some(1i64), Some(2), Some(3), None]),
            Column::from_options([Some(2.0), Some(4.0), Some(6.0), Some(9.0)]),
        ];
        check(cov(col("a"), col("b"), 1), &columns, "f64 [2.0]");
        check(corr(col("a"), col("b")), &columns, "f64 [1.0]");
        check_groups(cov(col("a"), col("b"), 1), &columns, &[0, 0, 1, 1], "f64 [1.0, null]");
        check(corr(col("a"), crate::dsl::lit(1.0)), &columns, "f64 [NaN]");
        check_error(cov(col("a"), col("b"), 1), &[texts([None]), texts([None])], "InvalidOperation");
        for values in [[1.0, 2.0, f64::INFINITY], [f64::NEG_INFINITY, 2.0, 5.0]] {
            let columns = [Column::from_vec(values.to_vec()), Column::from_vec(vec![3.0, 4.0, 6.0])];
            check(cov(col("a"), col("b"), 1), &columns, "f64 [NaN]");
            check(cov(col("b"), col("a"), 0), &columns, "f64 [NaN]");
            check(corr(col("a"), col("b")), &columns, "f64 [NaN]");
        }
    }
}
