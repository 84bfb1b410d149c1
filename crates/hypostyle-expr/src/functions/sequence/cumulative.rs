//! `cum_sum`, `cum_prod`, `cum_min`, `cum_max` `(x, reverse)`: running values. Null stays null and is passed
//! over; NaN spreads in sums and products and yields to numbers in extremes; `cum_sum([1, null, 2]) = [1,
//! null, 3]`.

use hypostyle_core::{Array, Column, DataType, Error, Native, PrimitiveArray, Result, with_primitive};
use hypostyle_kernels::arithmetic::power_of_ten;
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Arg, Function, Inputs, Param, Signature, not_defined, params};
use super::check_rows;
use crate::aggregates::sum_type;

const PARAMS: &[Param] = &[params::column("x"), params::flag("reverse", false)];

/// `cum_sum(x, reverse)`
pub(super) const CUM_SUM: Function = make("cum_sum", sums, |i| run(i, Running::Sum))
    .doc("The running sum.")
    .example(&["i64 [3, null, 1, 2]"], "i64 [3, null, 4, 6]");
/// `cum_prod(x, reverse)`
pub(super) const CUM_PROD: Function = make("cum_prod", products, |i| run(i, Running::Product))
    .doc("The running product.")
    .example(&["i64 [3, null, 1, 2]"], "i64 [3, null, 3, 6]");
/// `cum_min(x, reverse)`
pub(super) const CUM_MIN: Function = make("cum_min", extremes, |i| run(i, Running::Min))
    .doc("The smallest value so far.")
    .example(&["i64 [3, null, 1, 2]"], "i64 [3, null, 1, 1]");
/// `cum_max(x, reverse)`
pub(super) const CUM_MAX: Function = make("cum_max", extremes, |i| run(i, Running::Max))
    .doc("The largest value so far.")
    .example(&["i64 [3, null, 1, 2]"], "i64 [3, null, 3, 3]");

const fn make(
    name: &'static str,
    types: fn(&str, &[Arg<'_>]) -> Result<Signature>,
    run: fn(&Inputs<'_>) -> Result<Column>,
) -> Function {
    Function::by_segment(name, PARAMS, types, run)
}

#[derive(Clone, Copy, Debug)]
enum Running {
    Sum,
    Product,
    Min,
    Max,
}

fn sums(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = sum_type(args[0].dtype)?;
    Ok(Signature::keep(args, dtype.clone()).with(0, dtype))
}

fn products(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = match args[0].dtype {
        float if float.is_float() => float.clone(),
        wide @ (DataType::UInt64 | DataType::Int128 | DataType::UInt128) => wide.clone(),
        d if d.is_integer() || matches!(d, DataType::Boolean | DataType::Null) => DataType::Int64,
        other => return Err(not_defined(name, "a number", other)),
    };
    Ok(Signature::keep(args, dtype.clone()).with(0, dtype))
}

fn extremes(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    if dtype.is_nested() {
        return Err(not_defined(name, "values that have an order", dtype));
    }
    super::super::same_type(name, args)
}

fn run(inputs: &Inputs<'_>, kind: Running) -> Result<Column> {
    if let (Running::Sum, DataType::Decimal(..), Array::Int128(a)) =
        (kind, &inputs.output, inputs.column(0).array())
    {
        return decimal_sums(inputs, a);
    }
    if let (Running::Sum | Running::Product, DataType::Float16) = (kind, inputs.output) {
        // The running value has more digits than each of the results.
        let wide = cast(inputs.column(0), &DataType::Float64, CastMode::NonStrict)?;
        let wide = wide.expect_primitive::<f64>()?;
        let result = match kind {
            Running::Product => fold(inputs, wide, |t, v| t * v),
            Running::Sum | Running::Min | Running::Max => fold(inputs, wide, |t, v| t + v),
        };
        return cast(&Column::from_primitive(DataType::Float64, result), inputs.output, CastMode::NonStrict);
    }
    with_primitive!(inputs.column(0).array(), |a: T| {
        let result = match kind {
            Running::Sum if T::IS_FLOAT => fold(inputs, a, |t, v| T::from_f64(t.to_f64() + v.to_f64())),
            Running::Sum => fold(inputs, a, |t, v| T::from_i128(t.to_i128().wrapping_add(v.to_i128()))),
            Running::Product if T::IS_FLOAT => fold(inputs, a, |t, v| T::from_f64(t.to_f64() * v.to_f64())),
            Running::Product => fold(inputs, a, |t, v| T::from_i128(t.to_i128().wrapping_mul(v.to_i128()))),
            Running::Min => fold(inputs, a, |t, v| if v < t || Native::is_nan(t) { v } else { t }),
            Running::Max => fold(inputs, a, |t, v| if v > t || Native::is_nan(t) { v } else { t }),
        };
        Ok(Column::from_primitive(inputs.output.clone(), result))
    }, else |_other| extreme_rows(inputs, matches!(kind, Running::Max)))
}

/// Running sums of 38 digits; more are an error.
fn decimal_sums(inputs: &Inputs<'_>, a: &PrimitiveArray<i128>) -> Result<Column> {
    let limit = power_of_ten(38).unsigned_abs();
    let mut too_large = false;
    let sums = fold(inputs, a, |t, v| {
        let sum = t.checked_add(v).filter(|sum| sum.unsigned_abs() < limit);
        too_large |= sum.is_none();
        sum.unwrap_or_default()
    });
    if too_large {
        return Err(Error::overflow("a running sum does not fit 38 digits"));
    }
    Ok(Column::from_primitive(inputs.output.clone(), sums))
}

/// Running extremes of what is no number: the row that holds each.
fn extreme_rows(inputs: &Inputs<'_>, largest: bool) -> Result<Column> {
    let column = inputs.column(0);
    check_rows(column.len())?;
    let mut rows = vec![NO_ROW; column.len()];
    let reverse = inputs.flag(1);
    for range in inputs.segments() {
        let mut best: Option<usize> = None;
        let mut step = |i: usize| {
            if column.is_null(i) {
                return;
            }
            let wins = |old: usize| {
                let order = compare_rows(column, i, column, old);
                if largest { order.is_gt() } else { order.is_lt() }
            };
            let row = best.filter(|old| !wins(*old)).unwrap_or(i);
            best = Some(row);
            rows[i] = row as u32;
        };
        if reverse {
            range.rev().for_each(&mut step);
        } else {
            range.for_each(&mut step);
        }
    }
    gather_optional(column, &rows)
}

fn fold<T: Native>(
    inputs: &Inputs<'_>,
    a: &PrimitiveArray<T>,
    mut join: impl FnMut(T, T) -> T,
) -> PrimitiveArray<T> {
    let mut values = vec![T::default(); a.len()];
    let reverse = inputs.flag(1);
    for range in inputs.segments() {
        let mut total: Option<T> = None;
        let mut step = |i: usize| {
            let Some(v) = a.get(i) else { return };
            let next = total.map_or(v, |t| join(t, v));
            total = Some(next);
            values[i] = next;
        };
        if reverse {
            range.rev().for_each(&mut step);
        } else {
            range.for_each(&mut step);
        }
    }
    PrimitiveArray::new(values.into(), a.validity().cloned())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{booleans, check, check_error, dates, decimals, lists, texts};

    #[test]
    fn running_values() {
        let a = [Column::from_options([Some(3i64), None, Some(1), Some(2)])];
        check(col("a").cum_sum(false), &a, "i64 [3, null, 4, 6]");
        check(col("a").cum_sum(true), &a, "i64 [6, null, 3, 2]");
        check(call("cum_prod", [col("a")]), &a, "i64 [3, null, 3, 6]");
        check(call("cum_min", [col("a")]), &a, "i64 [3, null, 1, 1]");
        check(call("cum_max", [col("a")]), &a, "i64 [3, null, 3, 3]");
        check(col("a").cum_sum(false), &[booleans([Some(true), Some(true), None])], "u32 [1, 2, null]");
        check(col("a").cum_sum(false), &[Column::from_vec(vec![100i8, 100])], "i64 [100, 200]");
        let d = [decimals(10, 2, [Some("1.5"), Some("2")])];
        check(col("a").cum_sum(false), &d, "decimal[38,2] [1.50, 3.50]");
    }

    #[test]
    fn sums_of_more_than_38_digits_are_an_error() {
        let nines = "9".repeat(38);
        let a = [decimals(38, 0, [Some(&*nines), None, Some("-1"), Some("1")])];
        let expected = format!("decimal[38,0] [{nines}, null, {}8, {nines}]", "9".repeat(37));
        check(col("a").cum_sum(false), &a, &expected);
        for more in ["1", &*nines] {
            check_error(col("a").cum_sum(false), &[decimals(38, 0, [Some(&*nines), Some(more)])], "Overflow");
        }
    }

    #[test]
    fn nan_and_times() {
        let a = [Column::from_vec(vec![f64::NAN, 2.0, 1.0])];
        check(col("a").cum_sum(false), &a, "f64 [NaN, NaN, NaN]");
        check(call("cum_max", [col("a")]), &a, "f64 [NaN, 2.0, 2.0]");
        let a = [dates([Some("2020-01-02"), Some("2020-01-01")])];
        check(call("cum_min", [col("a")]), &a, "date [2020-01-02, 2020-01-01]");
        let a = [texts([Some("b"), None, Some("a"), Some("c")])];
        check(call("cum_max", [col("a")]), &a, "str [\"b\", null, \"b\", \"c\"]");
        check(call("cum_min", [col("a")]), &[booleans([Some(true), Some(false)])], "bool [true, false]");
        check_error(call("cum_max", [col("a")]), &[lists([None])], "InvalidOperation");
    }

    #[test]
    fn in_windows() {
        let columns = [
            Column::from_options([Some(1i64), Some(2), None, Some(4), Some(5)]),
            Column::from_vec(vec![7i8, 8, 7, 8, 7]),
        ];
        check(col("a").cum_sum(false).over([col("b")]), &columns, "i64 [1, 2, null, 6, 6]");
        check(col("a").cum_sum(true).over([col("b")]), &columns, "i64 [6, 6, null, 4, 5]");
    }
}
