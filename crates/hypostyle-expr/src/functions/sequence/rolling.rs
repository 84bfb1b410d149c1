//! `rolling_sum(x, window_size, min_samples, center)` and its kin: of each row and those before it, `window_size` rows,
//! the sum, mean, extremes, variance or median; with `center` as many rows after it as before. Null is passed over, and
//! null where fewer values than `min_samples` are left, which is the size of the window where it is not given; NaN
//! spreads; `rolling_sum([1, 2, 3], 2) = [null, 3, 5]`.
//!
//! Values of a window are combined by a queue of two stacks, which takes nothing away again: sums lose no digits to
//! values that have left (Tangwongsan, Hirzel and Schneider, "Low-latency sliding-window aggregation in worst-case
//! constant time", DEBS 2017).

use hypostyle_core::{Column, DataType, Native, PrimitiveBuilder, Result, with_native_type};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::order_statistics::ordered;

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Param, Signature, not_defined, params};
use super::rolling_window::Windows;
use crate::aggregates::{Quantiles, sum_type};

const PARAMS: &[Param] = &[params::column("x"), WINDOW_SIZE, MIN_SAMPLES, params::flag("center", false)];
const WITH_DDOF: &[Param] = &[
    params::column("x"),
    WINDOW_SIZE,
    MIN_SAMPLES,
    params::flag("center", false),
    params::integer("ddof", 1),
];
pub(super) const WINDOW_SIZE: Param = params::option("window_size", OptionType::Integer, Default::Required);
pub(super) const MIN_SAMPLES: Param = params::option("min_samples", OptionType::Integer, Default::Null);

/// `rolling_sum(x, window_size, min_samples, center)`
pub(super) const ROLLING_SUM: Function =
    Function::by_segment("rolling_sum", PARAMS, sum_types, |i| sum(i, &Windows::of_rows(i)?))
        .doc("The sum of the rows of a window that ends with the row.")
        .example(&["i64 [1, 2, null, 4, 6]", "2"], "i64 [null, 3, null, null, 10]");
/// `rolling_min(x, window_size, min_samples, center)`
pub(super) const ROLLING_MIN: Function =
    Function::by_segment("rolling_min", PARAMS, extreme_types, |i| extreme(i, &Windows::of_rows(i)?, false))
        .doc("The smallest value of the rows of a window that ends with the row.")
        .example(&["i64 [1, 2, null, 4, 6]", "2"], "i64 [null, 1, null, null, 4]");
/// `rolling_max(x, window_size, min_samples, center)`
pub(super) const ROLLING_MAX: Function =
    Function::by_segment("rolling_max", PARAMS, extreme_types, |i| extreme(i, &Windows::of_rows(i)?, true))
        .doc("The largest value of the rows of a window that ends with the row.")
        .example(&["i64 [1, 2, null, 4, 6]", "2"], "i64 [null, 2, null, null, 6]");
/// `rolling_mean(x, window_size, min_samples, center)`
pub(super) const ROLLING_MEAN: Function =
    Function::by_segment("rolling_mean", PARAMS, float_types, |i| mean(i, &Windows::of_rows(i)?))
        .doc("The mean of the rows of a window that ends with the row.")
        .example(&["i64 [1, 2, null, 4, 6]", "2"], "f64 [null, 1.5, null, null, 5.0]");
/// `rolling_var(x, window_size, min_samples, center, ddof)`
pub(super) const ROLLING_VAR: Function = Function::by_segment("rolling_var", WITH_DDOF, float_types, |i| {
    variance(i, &Windows::of_rows(i)?, 4, |var| var)
})
.doc("The variance of the rows of a window that ends with the row.")
.example(&["i64 [1, 2, null, 4, 6]", "2"], "f64 [null, 0.5, null, null, 2.0]");
/// `rolling_std(x, window_size, min_samples, center, ddof)`
pub(super) const ROLLING_STD: Function = Function::by_segment("rolling_std", WITH_DDOF, float_types, |i| {
    variance(i, &Windows::of_rows(i)?, 4, f64::sqrt)
})
.doc("The standard deviation of the rows of a window that ends with the row.")
.example(&["i64 [1, 2, null, 4, 6]", "2"], "f64 [null, 0.7071067811865476, null, null, 1.4142135623730951]");
/// `rolling_median(x, window_size, min_samples, center)`
pub(super) const ROLLING_MEDIAN: Function =
    Function::by_segment("rolling_median", PARAMS, float_types, |i| median(i, &Windows::of_rows(i)?))
        .doc("The median of the rows of a window that ends with the row.")
        .example(&["i64 [1, 2, null, 4, 6]", "2"], "f64 [null, 1.5, null, null, 5.0]");

pub(super) fn sum_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    if !dtype.is_integer() && !dtype.is_float() && *dtype != DataType::Boolean {
        return Err(not_defined(name, "numbers", dtype));
    }
    let sum = sum_type(dtype)?;
    Ok(Signature::keep(args, sum.clone()).with(0, sum))
}

pub(super) fn extreme_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    if !dtype.is_integer() && !dtype.is_float() && !dtype.is_temporal() {
        return Err(not_defined(name, "numbers or times", dtype));
    }
    Ok(Signature::keep(args, dtype.clone()))
}

pub(super) fn float_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    let output = match dtype {
        DataType::Float16 | DataType::Float32 => dtype.clone(),
        DataType::Boolean => DataType::Float64,
        dtype if dtype.is_numeric() => DataType::Float64,
        other => return Err(not_defined(name, "numbers", other)),
    };
    Ok(Signature::keep(args, output).with(0, DataType::Float64))
}

/// Halves as they were.
pub(super) fn floats(inputs: &Inputs<'_>, found: Result<Column>) -> Result<Column> {
    cast(&found?, inputs.output, CastMode::NonStrict)
}

/// Values in the order in which they come and go, and all of them combined.
struct Queue<A> {
    /// Of each value that came long ago: it and those after it that did.
    front: Vec<A>,
    back: Vec<A>,
    total: Option<A>,
}

impl<A: Copy> Queue<A> {
    fn push(&mut self, value: A, join: impl Fn(A, A) -> A) {
        self.total = Some(self.total.map_or(value, |total| join(total, value)));
        self.back.push(value);
    }

    fn pop(&mut self, join: impl Fn(A, A) -> A) {
        if self.front.is_empty() {
            for value in self.back.drain(..).rev() {
                self.front.push(self.front.last().map_or(value, |after| join(value, *after)));
            }
            self.total = None;
        }
        self.front.pop();
    }

    fn all(&self, join: impl Fn(A, A) -> A) -> Option<A> {
        match (self.front.last(), self.total) {
            (Some(front), Some(back)) => Some(join(*front, back)),
            (front, back) => front.copied().or(back),
        }
    }
}

/// The values of each window, combined; `finish` is given how many there are, and nothing where there are none.
pub(super) fn rolling<T: Native, A: Copy, R: Native>(
    inputs: &Inputs<'_>,
    windows: &Windows,
    begin: impl Fn(T) -> A,
    join: impl Fn(A, A) -> A + Copy,
    finish: impl Fn(Option<A>, usize) -> Option<R>,
) -> Result<Column> {
    let array = inputs.column(0).expect_primitive::<T>()?;
    let (values, validity) = (array.values(), array.validity());
    let valid = |row: usize| validity.is_none_or(|valid| valid.get(row));
    let mut found = PrimitiveBuilder::<R>::with_capacity(inputs.len);
    let mut state = (Queue { front: Vec::new(), back: Vec::new(), total: None }, 0usize);
    windows.slide(
        inputs,
        &mut state,
        |(queue, count), row| {
            if valid(row) {
                queue.push(begin(values[row]), join);
                *count += 1;
            }
        },
        |(queue, count), row| {
            if valid(row) {
                queue.pop(join);
                *count -= 1;
            }
        },
        |(queue, count), _| {
            let enough = *count >= windows.least;
            found.push_option(if enough { finish(queue.all(join), *count) } else { None });
        },
    );
    windows.in_order(inputs, found.finish(R::DTYPE))
}

pub(super) fn sum(inputs: &Inputs<'_>, windows: &Windows) -> Result<Column> {
    with_native_type!(inputs.output, |T| {
        // Of no values the sum is 0, where that many are enough.
        rolling(inputs, windows, |v: T| v, add::<T>, |total, _| Some(total.unwrap_or_default()))
    }, else Err(inputs.unplanned()))
}

pub(super) fn mean(inputs: &Inputs<'_>, windows: &Windows) -> Result<Column> {
    let mean = |total: Option<f64>, count: usize| total.map(|total| total / count as f64);
    floats(inputs, rolling(inputs, windows, |v: f64| v, |a, b| a + b, mean))
}

fn add<T: Native>(a: T, b: T) -> T {
    match T::IS_FLOAT {
        true => T::from_f64(a.to_f64() + b.to_f64()),
        false => T::from_i128(a.to_i128().wrapping_add(b.to_i128())),
    }
}

pub(super) fn extreme(inputs: &Inputs<'_>, windows: &Windows, largest: bool) -> Result<Column> {
    with_native_type!(inputs.output, |T| {
        // NaN wins; no other value is neither smaller nor larger nor equal.
        let best = |a: T, b: T| match (a.is_nan(), b.is_nan()) {
            (true, _) => a,
            (false, true) => b,
            (false, false) if (b > a) == largest && b != a => b,
            (false, false) => a,
        };
        rolling(inputs, windows, |v: T| v, best, |best, _| best)?.with_dtype(inputs.output.clone())
    }, else Err(inputs.unplanned()))
}

/// `ddof` is the place of that option.
pub(super) fn variance(
    inputs: &Inputs<'_>,
    windows: &Windows,
    ddof: usize,
    finish: fn(f64) -> f64,
) -> Result<Column> {
    let ddof = inputs.integer(ddof).unwrap_or(1) as f64;
    // Count, mean and sum of squared distances from it.
    let join = |(n, mean, m2): (f64, f64, f64), (k, other, o2): (f64, f64, f64)| {
        let (all, delta) = (n + k, other - mean);
        (all, mean + delta * k / all, m2 + o2 + delta * delta * n * k / all)
    };
    let begin = |v: f64| (1.0, v, if v.is_finite() { 0.0 } else { f64::NAN });
    let value = |all: Option<(f64, f64, f64)>, _| {
        all.and_then(|(n, _, m2)| (n > ddof).then(|| finish(m2 / (n - ddof))))
    };
    floats(inputs, rolling(inputs, windows, begin, join, value))
}

pub(super) fn median(inputs: &Inputs<'_>, windows: &Windows) -> Result<Column> {
    let median = Quantiles::new(0.5, "linear")?;
    floats(inputs, over_sorted(inputs, windows, |sorted, _| median.of_sorted(sorted)))
}

/// What is made of the values of each window, in ascending order as [`ordered`] has them, for the row of the window.
pub(super) fn over_sorted(
    inputs: &Inputs<'_>,
    windows: &Windows,
    of: impl Fn(&[i64], usize) -> Option<f64>,
) -> Result<Column> {
    let array = inputs.column(0).expect_primitive::<f64>()?;
    let mut found = PrimitiveBuilder::<f64>::with_capacity(inputs.len);
    let mut sorted: Vec<i64> = Vec::new();
    windows.slide(
        inputs,
        &mut sorted,
        |sorted, row| {
            if let Some(value) = array.get(row).map(ordered) {
                sorted.insert(sorted.partition_point(|other| *other < value), value);
            }
        },
        |sorted, row| {
            if let Some(value) = array.get(row).map(ordered) {
                sorted.remove(sorted.partition_point(|other| *other < value));
            }
        },
        |sorted, row| {
            let enough = !sorted.is_empty() && sorted.len() >= windows.least;
            found.push_option(if enough { of(sorted, row) } else { None });
        },
    );
    windows.in_order(inputs, found.finish(DataType::Float64))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit, null};
    use crate::expr::Expr;
    use crate::testing::{check, check_error, texts};

    fn of(name: &str, size: i64, least: Option<i64>, center: bool) -> Expr {
        call(&format!("rolling_{name}"), [col("a"), lit(size), least.map_or_else(null, lit), lit(center)])
    }

    #[test]
    fn windows_of_rows() {
        let a = [Column::from_options([Some(1i64), Some(2), None, Some(4), Some(5), Some(6)])];
        check(of("sum", 2, None, false), &a, "i64 [null, 3, null, null, 9, 11]");
        check(of("sum", 3, Some(1), true), &a, "i64 [3, 3, 6, 9, 15, 11]");
        check(of("sum", 4, Some(1), true), &a, "i64 [3, 3, 7, 11, 15, 15]");
        check(of("mean", 2, Some(1), false), &a, "f64 [1.0, 1.5, 2.0, 4.0, 4.5, 5.5]");
        check(of("min", 3, Some(2), false), &a, "i64 [null, 1, 1, 2, 4, 4]");
        check(of("max", 3, Some(1), false), &a, "i64 [1, 2, 2, 4, 5, 6]");
        check(of("var", 2, None, false), &a, "f64 [null, 0.5, null, null, 0.5, 0.5]");
        check(of("median", 3, Some(1), false), &a, "f64 [1.0, 1.5, 1.5, 3.0, 4.5, 5.0]");
        check(of("sum", 9, Some(1), true), &[a[0].slice(0, 1)], "i64 [1]");
        check_error(of("sum", 2, Some(3), false), &a, "InvalidOperation");
        check_error(of("sum", -1, None, false), &a, "InvalidOperation");
        check_error(of("sum", 2, None, false), &[texts([None])], "InvalidOperation");
    }

    #[test]
    fn values_that_are_not_finite_leave_nothing_behind() {
        let a = [Column::from_vec(vec![1.0, f64::NAN, 3.0, 4.0, f64::INFINITY, 1.0, 2.0])];
        check(of("sum", 2, None, false), &a, "f64 [null, NaN, NaN, 7.0, inf, inf, 3.0]");
        check(of("min", 2, None, false), &a, "f64 [null, NaN, NaN, 3.0, 4.0, 1.0, 1.0]");
        check(of("var", 2, None, false), &a, "f64 [null, NaN, NaN, 0.5, NaN, NaN, 0.5]");
        let wide = [Column::from_vec(vec![u128::MAX, 1, u128::MAX - 1])];
        check(
            of("max", 2, Some(1), false),
            &wide,
            &format!("u128 [{0}, {0}, {1}]", u128::MAX, u128::MAX - 1),
        );
        check(of("min", 2, Some(1), false), &wide, &format!("u128 [{}, 1, 1]", u128::MAX));
    }
}
