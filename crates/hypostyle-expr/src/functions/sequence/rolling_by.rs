//! Windows of time: `rolling_sum_by(x, window_size, min_samples, closed, by)` and its kin: of each row the rows whose
//! `by` lies within a length of time before its own, such as "2d" or "1mo", or "3i" of integers; `closed` says whether
//! the ends belong to a window. Rows need no order. Null where fewer values than `min_samples` are in the window, and
//! where `by` is null; `rolling_sum_by([1, 2, 3], "2i", 1, "right", [1, 2, 9]) = [1, 3, 3]`.

use hypostyle_core::Result;

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Param, Signature, literal_text, params};
use super::rolling::{extreme, extreme_types, float_types, mean, median, sum, sum_types, variance};
use super::rolling_order::{INTERPOLATION, METHOD, QUANTILE, quantile, rank, rank_types};
use super::rolling_window::{Windows, check_times};

const X: Param = params::column("x");
const WINDOW_SIZE: Param = params::option("window_size", OptionType::String, Default::Required);
const MIN_SAMPLES: Param = params::integer("min_samples", 1);
const CLOSED: Param = params::choice("closed", &["right", "left", "both", "none"]);
const BY: Param = params::column("by");
const PARAMS: &[Param] = &[X, WINDOW_SIZE, MIN_SAMPLES, CLOSED, BY];
const WITH_DDOF: &[Param] = &[X, WINDOW_SIZE, MIN_SAMPLES, CLOSED, BY, params::integer("ddof", 1)];
/// The place of the first option behind those that all have.
const MORE: usize = 5;

/// The types of a function of rows, where `by` says when they are.
fn with_times(
    name: &str,
    args: &[Arg<'_>],
    types: fn(&str, &[Arg<'_>]) -> Result<Signature>,
) -> Result<Signature> {
    check_times(name, &args[4], literal_text(args, 1))?;
    types(name, args)
}

/// `rolling_sum_by(x, window_size, min_samples, closed, by)`
pub(super) const ROLLING_SUM_BY: Function = Function::by_segment(
    "rolling_sum_by",
    PARAMS,
    |name, args| with_times(name, args, sum_types),
    |i| sum(i, &Windows::of_times(i)?),
)
.doc("The sum of the rows within a time before the row.")
.example(&["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"], "i64 [1, 4, null, 6]");
/// `rolling_mean_by(x, window_size, min_samples, closed, by)`
pub(super) const ROLLING_MEAN_BY: Function = Function::by_segment(
    "rolling_mean_by",
    PARAMS,
    |name, args| with_times(name, args, float_types),
    |i| mean(i, &Windows::of_times(i)?),
)
.doc("The mean of the rows within a time before the row.")
.example(
    &["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"],
    "f64 [1.0, 2.0, null, 6.0]",
);
/// `rolling_min_by(x, window_size, min_samples, closed, by)`
pub(super) const ROLLING_MIN_BY: Function = Function::by_segment(
    "rolling_min_by",
    PARAMS,
    |name, args| with_times(name, args, extreme_types),
    |i| extreme(i, &Windows::of_times(i)?, false),
)
.doc("The smallest value of the rows within a time before the row.")
.example(&["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"], "i64 [1, 1, null, 6]");
/// `rolling_max_by(x, window_size, min_samples, closed, by)`
pub(super) const ROLLING_MAX_BY: Function = Function::by_segment(
    "rolling_max_by",
    PARAMS,
    |name, args| with_times(name, args, extreme_types),
    |i| extreme(i, &Windows::of_times(i)?, true),
)
.doc("The largest value of the rows within a time before the row.")
.example(&["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"], "i64 [1, 3, null, 6]");
/// `rolling_var_by(x, window_size, min_samples, closed, by, ddof)`
pub(super) const ROLLING_VAR_BY: Function = Function::by_segment(
    "rolling_var_by",
    WITH_DDOF,
    |name, args| with_times(name, args, float_types),
    |i| variance(i, &Windows::of_times(i)?, MORE, |var| var),
)
.doc("The variance of the rows within a time before the row.")
.example(
    &["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"],
    "f64 [null, 2.0, null, null]",
);
/// `rolling_std_by(x, window_size, min_samples, closed, by, ddof)`
pub(super) const ROLLING_STD_BY: Function = Function::by_segment(
    "rolling_std_by",
    WITH_DDOF,
    |name, args| with_times(name, args, float_types),
    |i| variance(i, &Windows::of_times(i)?, MORE, f64::sqrt),
)
.doc("The standard deviation of the rows within a time before the row.")
.example(
    &["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"],
    "f64 [null, 1.4142135623730951, null, null]",
);
/// `rolling_median_by(x, window_size, min_samples, closed, by)`
pub(super) const ROLLING_MEDIAN_BY: Function = Function::by_segment(
    "rolling_median_by",
    PARAMS,
    |name, args| with_times(name, args, float_types),
    |i| median(i, &Windows::of_times(i)?),
)
.doc("The median of the rows within a time before the row.")
.example(
    &["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"],
    "f64 [1.0, 2.0, null, 6.0]",
);
/// `rolling_quantile_by(x, window_size, min_samples, closed, by, quantile, interpolation)`
pub(super) const ROLLING_QUANTILE_BY: Function = Function::by_segment(
    "rolling_quantile_by",
    &[X, WINDOW_SIZE, MIN_SAMPLES, CLOSED, BY, QUANTILE, INTERPOLATION],
    |name, args| with_times(name, args, float_types),
    |i| quantile(i, &Windows::of_times(i)?, MORE),
)
.doc("The quantile of the rows within a time before the row.")
.example(
    &["i64 [1, 3, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]", "0.5", "\"linear\""],
    "f64 [1.0, 2.0, null, 6.0]",
);
/// `rolling_rank_by(x, window_size, min_samples, closed, by, method)`
pub(super) const ROLLING_RANK_BY: Function = Function::by_segment(
    "rolling_rank_by",
    &[X, WINDOW_SIZE, MIN_SAMPLES, CLOSED, BY, METHOD],
    |name, args| with_times(name, args, |name, args| rank_types(name, args, MORE)),
    |i| rank(i, &Windows::of_times(i)?, MORE),
)
.doc("The rank of the row among the rows within a time before it.")
.example(
    &["i64 [3, 1, null, 6]", "\"2i\"", "1", "\"right\"", "i64 [1, 2, 9, 10]"],
    "f64 [1.0, 1.0, null, 1.0]",
);

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::{call, col, lit};
    use crate::expr::Expr;
    use crate::testing::{check, check_error, dates};

    fn sums(size: &str, least: i64, closed: &str) -> Expr {
        call("rolling_sum_by", [col("a"), lit(size), lit(least), lit(closed), col("b")])
    }

    /// Values of Polars 2.1.0.
    #[test]
    fn ends_of_windows() {
        let a = Column::from_options([Some(1i64), Some(2), Some(3), None, Some(5), Some(6)]);
        let b = Column::from_vec(vec![1i64, 2, 2, 4, 5, 9]);
        let columns = [a.clone(), b.clone()];
        check(sums("2i", 0, "right"), &columns, "i64 [1, 6, 6, 0, 5, 6]");
        check(sums("2i", 0, "left"), &columns, "i64 [0, 1, 1, 5, 0, 0]");
        check(sums("2i", 0, "both"), &columns, "i64 [1, 6, 6, 5, 5, 6]");
        check(sums("2i", 0, "none"), &columns, "i64 [0, 1, 1, 0, 0, 0]");
        check(sums("2i", 2, "right"), &columns, "i64 [null, 6, 6, null, null, null]");
        let days = dates(
            ["2020-01-31", "2020-02-01", "2020-02-29", "2020-03-01", "2020-03-31", "2020-04-01"].map(Some),
        );
        check(sums("1mo", 1, "right"), &[a, days], "i64 [1, 3, 6, 3, 5, 11]");
    }

    #[test]
    fn rows_in_any_order() {
        let columns = [
            Column::from_vec(vec![6i64, 5, 3, 7, 1]),
            Column::from_options([Some(9i64), Some(5), Some(4), None, Some(1)]),
            Column::from_vec(vec![1i8, 1, 2, 1, 2]),
        ];
        check(sums("2i", 1, "right"), &columns, "i64 [6, 8, 3, null, 1]");
        check(sums("9i", 1, "right").over([col("c")]), &columns, "i64 [11, 5, 4, null, 1]");
    }

    #[test]
    fn one_value_for_all_rows() {
        let a = [Column::from_vec(vec![1i64, 2, 9])];
        let of = |name: &str| {
            call(&format!("rolling_{name}_by"), [lit(5), lit("2i"), lit(1), lit("right"), col("a")])
        };
        check(of("sum"), &a, "i32 [5, 10, 5]");
        check(of("median"), &a, "f64 [5.0, 5.0, 5.0]");
    }

    #[test]
    fn lengths_are_checked() {
        let integers = [Column::from_vec(vec![1i64]), Column::from_vec(vec![1i64])];
        for size in ["2d", "0i", "-1i", ""] {
            check_error(sums(size, 1, "right"), &integers, "InvalidOperation");
        }
        let floats = [Column::from_vec(vec![1i64]), Column::from_vec(vec![1.0])];
        check_error(sums("2i", 1, "right"), &floats, "InvalidOperation");
        let times = [Column::from_vec(vec![1i64]), Column::empty(DataType::Date)];
        check_error(sums("0d", 1, "right"), &[times[0].slice(0, 0), times[1].clone()], "InvalidOperation");
    }
}
