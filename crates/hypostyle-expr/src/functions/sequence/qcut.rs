//! `qcut(x, quantiles, labels, left_closed, allow_duplicates, include_breaks)`: as `cut`, between the quantiles of the
//! values at these probabilities, by linear interpolation; the labels are categories. The same quantile twice is an
//! error unless `allow_duplicates`; `qcut([1, 2, 3], [0.5]) = ["(-inf, 2]", "(-inf, 2]", "(2, inf]"]`.

use hypostyle_core::{Column, DataType, Error, Result, StringBuilder};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::gather::NO_ROW;
use hypostyle_kernels::order_statistics::ordered;

use super::super::compare::{interval, interval_type, intervals, labels, numbers, strings};
use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use crate::aggregates::Quantiles;

/// `qcut(x, quantiles, labels, left_closed, allow_duplicates, include_breaks)`
pub(super) const QCUT: Function = Function::by_segment(
    "qcut",
    &[
        params::column("x"),
        params::option("quantiles", OptionType::Any, Default::Required),
        params::option("labels", OptionType::Any, Default::Null),
        params::flag("left_closed", false),
        params::flag("allow_duplicates", false),
        params::flag("include_breaks", false),
    ],
    types,
    run,
)
.doc("The interval between quantiles in which the number lies.")
.example(&["i64 [1, 2, null, 3]", "[0.5]"], r#"cat ["(-inf, 2]", "(-inf, 2]", null, "(2, inf]"]"#);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let literal = |i: usize| args.get(i).and_then(|arg| arg.literal);
    if !args[0].dtype.is_numeric() && *args[0].dtype != DataType::Null {
        return Err(not_defined(name, "numbers", args[0].dtype));
    }
    let probabilities = numbers(name, "quantiles", literal(1))?;
    probabilities.iter().try_for_each(|p| Quantiles::new(*p, "linear").map(|_| ()))?;
    strings(name, literal(2))?;
    let include_breaks = literal(5).and_then(|flag| flag.as_bool()) == Some(true);
    let output = interval_type(DataType::Categorical, include_breaks);
    Ok(Signature::keep(args, output).with(0, DataType::Float64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let constant = |i: usize| inputs.args.get(i).map(|arg| arg.column.get(0));
    let mut probabilities = numbers(inputs.name, "quantiles", constant(1).as_ref())?;
    probabilities.sort_unstable_by(f64::total_cmp);
    let quantiles = probabilities.iter().map(|p| Quantiles::new(*p, "linear")).collect::<Result<Vec<_>>>()?;
    let given = strings(inputs.name, constant(2).as_ref())?;
    let left_closed = inputs.flag(3);
    let values = inputs.column(0).expect_primitive::<f64>()?;
    let mut texts = StringBuilder::new();
    let (mut found, mut ends) = (Vec::with_capacity(inputs.len), Vec::new());
    for range in inputs.segments() {
        let mut known: Vec<i64> = range.clone().filter_map(|row| values.get(row)).map(ordered).collect();
        if known.is_empty() {
            found.extend(range.map(|_| NO_ROW));
            continue;
        }
        known.sort_unstable();
        let mut breaks: Vec<f64> =
            quantiles.iter().filter_map(|quantile| quantile.of_sorted(&known)).collect();
        let all = breaks.len();
        breaks.dedup();
        if breaks.len() < all && !inputs.flag(4) {
            return Err(Error::duplicate_value(
                "several quantiles are the same number; `allow_duplicates=True` takes it once",
            ));
        }
        let first = ends.len();
        let labels = labels(inputs.name, &breaks, given.clone(), left_closed)?;
        labels.iter().for_each(|label| texts.push(label));
        found.extend(range.map(|row| match values.get(row) {
            Some(value) if !value.is_nan() => (first + interval(&breaks, value, left_closed)) as u32,
            _ => NO_ROW,
        }));
        ends.extend(breaks);
        ends.push(f64::INFINITY);
    }
    let labels = cast(&texts.finish(), &DataType::Categorical, CastMode::Strict)?;
    intervals(inputs.output, &ends, &labels, &found)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, list, lit, null};
    use crate::expr::Expr;
    use crate::testing::{check, check_error};

    fn qcut(labels: Expr, left_closed: bool, duplicates: bool) -> Expr {
        call("qcut", [col("a"), list([0.25, 0.5]), labels, lit(left_closed), lit(duplicates)])
    }

    #[test]
    fn between_quantiles() {
        let a = [Column::from_options([Some(-2i64), Some(-1), Some(0), Some(1), Some(2), None])];
        let right = r#"cat ["(-inf, -1]", "(-inf, -1]", "(-1, 0]", "(0, inf]", "(0, inf]", null]"#;
        check(qcut(null(), false, false), &a, right);
        check(qcut(list(["x", "y", "z"]), true, false), &a, r#"cat ["x", "y", "z", "z", "z", null]"#);
        let same = [Column::from_vec(vec![1i64, 1, 1, 2])];
        check_error(qcut(null(), false, false), &same, "DuplicateValue");
        check(qcut(null(), false, true), &same, r#"cat ["(-inf, 1]", "(-inf, 1]", "(-inf, 1]", "(1, inf]"]"#);
        check(qcut(null(), false, false), &[a[0].slice(5, 1)], "cat [null]");
        check_error(call("qcut", [col("a"), list([1.5])]), &a, "Compute");
    }

    #[test]
    fn in_windows() {
        let columns = [Column::from_vec(vec![1i64, 10, 2, 20]), Column::from_vec(vec![1i8, 2, 1, 2])];
        let over = call("qcut", [col("a"), list([0.5])]).over([col("b")]);
        check(over, &columns, r#"cat ["(-inf, 1.5]", "(-inf, 15]", "(1.5, inf]", "(15, inf]"]"#);
    }
}
