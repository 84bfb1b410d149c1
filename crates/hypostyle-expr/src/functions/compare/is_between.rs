//! `is_between(x, low, high, closed)`: whether the value lies between bounds; `closed` is `both`, `left`,
//! `right` or `none`; `is_between([1, 3, null], 1, 2) = [true, false, null]`. NaN is above every number.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::boolean;
use hypostyle_kernels::compare::{Comparison, compare};

use super::super::{Arg, Function, Inputs, OfNull, Selectivity, Signature, common_type, params};
use crate::condition::Condition;
use crate::types::ordered_supertype;

/// `is_between(x, low, high, closed)`
pub(super) const IS_BETWEEN: Function = Function::new(
    "is_between",
    &[params::column("x"), params::column("lower_bound"), params::column("upper_bound"), params::CLOSED],
    types,
    run,
)
.infallible()
.of_null(OfNull::Null)
.selects(Selectivity::Part(0.2))
// Open or closed: a bound that belongs asks less.
.implies(|args| match args {
    [_, low, high, ..] => Some(vec![
        Condition::Compare(Comparison::GtEq, low.constant()?),
        Condition::Compare(Comparison::LtEq, high.constant()?),
    ]),
    _ => None,
})
.doc("Whether the value lies between two bounds.")
.example(&["i64 [1, 5, null]", "2", "5"], "bool [false, true, null]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = common_type(&args[..3], ordered_supertype).ok_or_else(|| {
        Error::compute(format!(
            "cannot compare {} with bounds of {} and {}",
            args[0].dtype, args[1].dtype, args[2].dtype
        ))
    })?;
    let mut signature = Signature::keep(args, DataType::Boolean);
    signature.args[..3].fill(dtype);
    Ok(signature)
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let (low, high) = match inputs.text(3).unwrap_or("both") {
        "both" => (Comparison::GtEq, Comparison::LtEq),
        "left" => (Comparison::GtEq, Comparison::Lt),
        "right" => (Comparison::Gt, Comparison::LtEq),
        "none" => (Comparison::Gt, Comparison::Lt),
        other => {
            return Err(Error::invalid_operation(format!(
                "closed must be \"both\", \"left\", \"right\" or \"none\", not {other:?}"
            )));
        }
    };
    let above = compare(low, inputs.column(0), inputs.column(1))?;
    let below = compare(high, inputs.column(0), inputs.column(2))?;
    boolean::and(&above, &below).map(Column::from_boolean)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, date, lit, null};
    use crate::testing::{check, check_error, dates, texts};

    #[test]
    fn bounds_belong_or_not() {
        let a = [Column::from_options([Some(1i64), Some(2), Some(3), None])];
        let closed = |closed: &str| call("is_between", [col("a"), lit(1), lit(3), lit(closed)]);
        check(col("a").is_between(1, 3), &a, "bool [true, true, true, null]");
        check(closed("left"), &a, "bool [true, true, false, null]");
        check(closed("right"), &a, "bool [false, true, true, null]");
        check(closed("none"), &a, "bool [false, true, false, null]");
        check_error(closed("open"), &a, "InvalidOperation");
        check(col("a").is_between(2.5, 9), &a, "bool [false, false, true, null]");
        // Kleene: below the low bound is false, whatever the other bound.
        check(col("a").is_between(3, null()), &a, "bool [false, false, null, null]");
    }

    #[test]
    fn other_types() {
        check(col("a").is_between(0.0, 1.0), &[Column::from_vec(vec![f64::NAN, 0.5])], "bool [false, true]");
        let a = [dates([Some("2020-01-31"), Some("2020-02-01")])];
        check(col("a").is_between(date(2020, 1, 1), date(2020, 1, 31)), &a, "bool [true, false]");
        check(
            col("a").is_between(lit("b"), lit("c")),
            &[texts([Some("bz"), Some("cz")])],
            "bool [true, false]",
        );
        check_error(col("a").is_between(1, 2), &[texts([Some("1")])], "Compute");
    }
}
