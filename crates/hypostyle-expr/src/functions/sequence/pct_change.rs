//! `pct_change(x, n)`: the relative difference to the value `n` rows before, null where there is none;
//! `pct_change([1, 4, null], 1) = [null, 3.0, null]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::gather::gather_optional;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::shift::rows_before;

/// `pct_change(x, n)`
pub(super) const PCT_CHANGE: Function =
    Function::by_segment("pct_change", &[params::column("x"), params::scalar("n")], types, run)
        .doc("The relative difference to the value a number of rows before.")
        .example(&["f64 [2.0, 3.0, null, 6.0]", "1"], "f64 [null, 0.5, null, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = match args[0].dtype {
        float if float.is_float() => float.clone(),
        number if number.is_numeric() => DataType::Float64,
        DataType::Boolean | DataType::Duration(_) | DataType::Null => DataType::Float64,
        other => return Err(not_defined(name, "numbers", other)),
    };
    Ok(Signature::keep(args, dtype.clone()).with(0, dtype).with(1, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let rows = rows_before(inputs, |segment| Ok(inputs.integer_of(1, segment).unwrap_or(1)))?;
    let ratio = arithmetic(Arithmetic::Divide, column, &gather_optional(column, &rows)?, inputs.output)?;
    let one = Column::from_scalar(&1.0f64.into(), 1);
    let one = hypostyle_kernels::cast::cast(&one, inputs.output, hypostyle_kernels::cast::CastMode::Strict)?;
    arithmetic(Arithmetic::Subtract, &ratio, &one, inputs.output)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::check;

    #[test]
    fn relative_differences() {
        let a = [Column::from_options([Some(1i64), Some(4), None, Some(2)])];
        check(call("pct_change", [col("a")]), &a, "f64 [null, 3.0, null, null]");
        check(call("pct_change", [col("a"), lit(-1)]), &a, "f64 [-0.75, null, null, null]");
        check(call("pct_change", [col("a")]), &[Column::from_vec(vec![2.0f32, 3.0])], "f32 [null, 0.5]");
    }
}
