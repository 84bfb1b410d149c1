//! `abs(x)`: the absolute value of a number or duration; `abs([-1, null]) = [1, null]`. The smallest integer
//! of a type has no positive counterpart and stays.

use hypostyle_core::{Column, DataType, Native, Result, with_primitive};
use hypostyle_kernels::arithmetic::negate;
use hypostyle_kernels::zip::binary;

use super::super::{Arg, Function, Inputs, Signature, params, same_type};
use super::number_to_same;

/// `abs(x)`
pub(super) const ABS: Function = Function::new("abs", params::UNARY, types, run)
    .doc("The absolute value.")
    .sql(&["abs"])
    .example(&["i64 [-3, null, 2]"], "i64 [3, null, 2]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Duration(_) => same_type(name, args),
        _ => number_to_same(name, args),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    if inputs.output.is_unsigned_integer() {
        return Ok(column.clone());
    }
    let negative = negate(column)?;
    with_primitive!(column.array(), |a: T| {
        let b = negative.expect_primitive::<T>()?;
        let is_negative = |x: T| x < T::default() || T::IS_FLOAT && x.to_f64().is_sign_negative();
        let result = binary(a, b, |x, y| if is_negative(x) { y } else { x })?;
        Ok(Column::from_primitive(inputs.output.clone(), result))
    }, else |_other| Err(inputs.unplanned()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, TimeUnit};

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, decimals, typed};

    #[test]
    fn absolute_values() {
        check(col("a").abs(), &[Column::from_options([Some(-1i64), None, Some(2)])], "i64 [1, null, 2]");
        check(col("a").abs(), &[Column::from_vec(vec![-128i8, -1])], "i8 [-128, 1]");
        check(col("a").abs(), &[Column::from_vec(vec![250u8])], "u8 [250]");
        check(col("a").abs(), &[Column::from_vec(vec![-0.0, -1.5, f64::NAN])], "f64 [0.0, 1.5, NaN]");
        check(col("a").abs(), &[decimals(10, 2, [Some("-2.55")])], "decimal[10,2] [2.55]");
        let span = DataType::Duration(TimeUnit::Milliseconds);
        check(col("a").abs(), &[typed(span, [Some(-5i64), None])], "duration[ms] [5, null]");
        check_error(col("a").abs(), &[booleans([Some(true)])], "InvalidOperation");
    }
}
