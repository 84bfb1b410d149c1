//! `cov(x, y, ddof)`, `corr(x, y)`: over the rows where neither is null; NaN spreads. A correlation with a
//! constant is NaN; `cov([1, 2], [2, 4]) = [1.0]`.

use super::moments::Moment;

/// `cov(x, y, ddof)`
pub(super) const COV: Moment =
    Moment { name: "cov", inputs: 2, value: |group, ddof| group.divided(group.xy, ddof) };
/// `corr(x, y)`
pub(super) const CORR: Moment =
    Moment { name: "corr", inputs: 2, value: |group, _| Some(group.xy / (group.xx * group.yy).sqrt()) };

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
    }
}
