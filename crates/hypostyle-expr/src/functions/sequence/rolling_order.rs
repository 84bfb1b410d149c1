//! More of windows of rows, with the parameters of [`super::rolling`] first: `rolling_quantile(…, quantile,
//! interpolation)`, `rolling_rank(…, method)`, the rank of the row among its window, `rolling_skew(…, bias)` and
//! `rolling_kurtosis(…, fisher, bias)`; `rolling_rank([3, 1, 2], 2) = [null, 1.0, 2.0]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::order_statistics::ordered;

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Param, Signature, literal_text, params};
use super::rolling::{MIN_SAMPLES, WINDOW_SIZE, float_types, floats, over_sorted, rolling};
use super::rolling_window::Windows;
use crate::aggregates::{KURTOSIS, Powers, Quantiles, SKEW};

const CENTER: Param = params::flag("center", false);
pub(super) const METHOD: Param = params::choice("method", &["average", "min", "max", "dense"]);
pub(super) const QUANTILE: Param = params::option("quantile", OptionType::Float, Default::Required);
pub(super) const INTERPOLATION: Param =
    params::choice("interpolation", &["nearest", "higher", "lower", "midpoint", "linear", "equiprobable"]);

/// `rolling_quantile(x, window_size, min_samples, center, quantile, interpolation)`
pub(super) const ROLLING_QUANTILE: Function = Function::by_segment(
    "rolling_quantile",
    &[params::column("x"), WINDOW_SIZE, MIN_SAMPLES, CENTER, QUANTILE, INTERPOLATION],
    float_types,
    |i| quantile(i, &Windows::of_rows(i)?, 4),
)
.doc("The quantile of the rows of a window that ends with the row.")
.example(
    &["i64 [1, 2, null, 4, 6]", "2", "1", "false", "0.5", "\"linear\""],
    "f64 [1.0, 1.5, 2.0, 4.0, 5.0]",
);
/// `rolling_rank(x, window_size, min_samples, center, method)`
pub(super) const ROLLING_RANK: Function = Function::by_segment(
    "rolling_rank",
    &[params::column("x"), WINDOW_SIZE, MIN_SAMPLES, CENTER, METHOD],
    |name, args| rank_types(name, args, 4),
    |i| rank(i, &Windows::of_rows(i)?, 4),
)
.doc("The rank of the row among the rows of a window that ends with it.")
.example(&["i64 [3, 1, null, 2, 2]", "2", "1"], "f64 [1.0, 1.0, null, 1.0, 1.5]");
/// `rolling_skew(x, window_size, min_samples, center, bias)`
pub(super) const ROLLING_SKEW: Function = Function::by_segment(
    "rolling_skew",
    &[params::column("x"), WINDOW_SIZE, MIN_SAMPLES, CENTER, params::flag("bias", true)],
    float_types,
    |i| moments(i, &Windows::of_rows(i)?, |powers| (SKEW.value)(powers, &[i.flag(4)])),
)
.doc("The skewness of the rows of a window that ends with the row.")
.example(&["i64 [1, 2, 2, null]", "3"], "f64 [null, null, -0.7071067811865475, null]");
/// `rolling_kurtosis(x, window_size, min_samples, center, fisher, bias)`
pub(super) const ROLLING_KURTOSIS: Function = Function::by_segment(
    "rolling_kurtosis",
    &[
        params::column("x"),
        WINDOW_SIZE,
        MIN_SAMPLES,
        CENTER,
        params::flag("fisher", true),
        params::flag("bias", true),
    ],
    float_types,
    |i| moments(i, &Windows::of_rows(i)?, |powers| (KURTOSIS.value)(powers, &[i.flag(4), i.flag(5)])),
)
.doc("The kurtosis of the rows of a window that ends with the row.")
.example(&["i64 [1, 3, 1, null]", "2", "2"], "f64 [null, -2.0, -2.0, null]");

/// `quantile` is the place of that option; the one after it is the interpolation.
pub(super) fn quantile(inputs: &Inputs<'_>, windows: &Windows, quantile: usize) -> Result<Column> {
    let probability = inputs.float(quantile).unwrap_or(f64::NAN);
    let quantile = Quantiles::new(probability, inputs.text(quantile + 1).unwrap_or("nearest"))?;
    floats(inputs, over_sorted(inputs, windows, |sorted, _| quantile.of_sorted(sorted)))
}

/// `method` is the place of that option.
pub(super) fn rank_types(name: &str, args: &[Arg<'_>], method: usize) -> Result<Signature> {
    let mut signature = float_types(name, args)?;
    signature.output = match literal_text(args, method) {
        None | Some("average") => DataType::Float64,
        Some(_) => DataType::UInt32,
    };
    Ok(signature)
}

pub(super) fn rank(inputs: &Inputs<'_>, windows: &Windows, method: usize) -> Result<Column> {
    let values = inputs.column(0).expect_primitive::<f64>()?;
    let method = inputs.text(method).unwrap_or("average");
    let ranks = over_sorted(inputs, windows, |sorted, row| {
        let value = ordered(values.get(row)?);
        let less = sorted.partition_point(|other| *other < value);
        let equal = sorted[less..].partition_point(|other| *other == value);
        Some(match method {
            "min" => less as f64 + 1.0,
            "max" => (less + equal) as f64,
            "dense" => sorted[..less].chunk_by(|a, b| a == b).count() as f64 + 1.0,
            _ => less as f64 + (equal as f64 + 1.0) / 2.0,
        })
    });
    floats(inputs, ranks)
}

fn moments(inputs: &Inputs<'_>, windows: &Windows, value: impl Fn(&Powers) -> Option<f64>) -> Result<Column> {
    let begin = |value: f64| {
        let mut powers = Powers::default();
        powers.add(value);
        powers
    };
    let join = |mut a: Powers, b: Powers| {
        a.merge(&b);
        a
    };
    floats(inputs, rolling(inputs, windows, begin, join, |powers, _| value(&powers?)))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    /// Values of Polars 2.1.0.
    #[test]
    fn windows_of_rows() {
        let a = [Column::from_options([Some(3i64), Some(1), None, Some(1), Some(2), Some(1), Some(5)])];
        let rank = |method: &str, center: bool| {
            call("rolling_rank", [col("a"), lit(3), lit(1), lit(center), lit(method)])
        };
        check(rank("average", false), &a, "f64 [1.0, 1.0, null, 1.5, 2.0, 1.5, 3.0]");
        check(rank("average", true), &a, "f64 [2.0, 1.0, null, 1.0, 3.0, 1.0, 2.0]");
        check(rank("max", false), &a, "u32 [1, 1, null, 2, 2, 2, 3]");
        check(rank("dense", false), &a, "u32 [1, 1, null, 1, 2, 1, 3]");
        let quantile = |interpolation: &str| {
            call("rolling_quantile", [col("a"), lit(4), lit(1), lit(false), lit(0.3), lit(interpolation)])
        };
        check(quantile("linear"), &a, "f64 [3.0, 1.6, 1.6, 1.0, 1.0, 1.0, 1.0]");
        check(quantile("higher"), &a, "f64 [3.0, 3.0, 3.0, 1.0, 1.0, 1.0, 1.0]");
        let skew = call("rolling_skew", [col("a"), lit(2), lit(1)]);
        check(skew, &a, "f64 [NaN, 0.0, NaN, NaN, 0.0, 0.0, 0.0]");
        let kurtosis = call("rolling_kurtosis", [col("a"), lit(2), lit(2)]);
        check(kurtosis, &a, "f64 [null, -2.0, null, null, -2.0, -2.0, -2.0]");
        check_error(rank("best", false), &a, "InvalidOperation");
        check_error(call("rolling_skew", [col("a"), lit(2)]), &[texts([None])], "InvalidOperation");
    }
}
