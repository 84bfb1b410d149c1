//! `sum_horizontal(a, b, …)`: the sum of the row, null as zero; booleans count; `sum_horizontal([1, null],
//! [2, null]) = [3, 0]`.

use hypostyle_core::{Column, DataType, Result, Scalar, Value};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::select::{broadcast, coalesce};

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::common;

/// `sum_horizontal(a, b, …)`
pub(super) const SUM_HORIZONTAL: Function =
    Function::new("sum_horizontal", &[params::columns("exprs")], types, run)
        .doc("The sum of each row.")
        .example(&["i64 [1, null]", "i64 [2, 3]"], "i64 [3, 3]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::all(
        args,
        match common(name, args)? {
            DataType::Boolean => DataType::UInt32,
            DataType::Decimal(_, scale) => DataType::Decimal(38, scale),
            dtype @ (DataType::Null | DataType::Duration(_)) => dtype,
            dtype if dtype.is_numeric() => dtype,
            other => return Err(not_defined(name, "numbers", &other)),
        },
    ))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let zero = Column::from_scalar(&zero_of(inputs.output), 1);
    let mut total = broadcast(&zero, inputs.len)?;
    for arg in inputs.args {
        let filled = coalesce(&[arg.column.clone(), zero.clone()])?;
        total = arithmetic(Arithmetic::Add, &total, &filled, inputs.output)?;
    }
    Ok(total)
}

fn zero_of(dtype: &DataType) -> Scalar {
    match dtype {
        DataType::Null => Scalar::null(DataType::Null),
        d if d.is_float() => Scalar::new(d.clone(), Value::Float(0.0)),
        d => Scalar::new(d.clone(), Value::Int(0)),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{col, sum_horizontal};
    use crate::testing::{booleans, check, check_error, dates, decimals};

    #[test]
    fn sums() {
        let both = || sum_horizontal([col("a"), col("b")]);
        let a = Column::from_options([Some(1i8), None]);
        check(both(), &[a, Column::from_options([Some(2.5), None])], "f64 [3.5, 0.0]");
        check(both(), &[Column::from_vec(vec![100i8]), Column::from_vec(vec![100i8])], "i8 [-56]");
        check(both(), &[booleans([Some(true), None]), booleans([Some(true), None])], "u32 [2, 0]");
        let d = decimals(10, 2, [Some("1.5"), None]);
        check(both(), &[d.clone(), d], "decimal[38,2] [3.00, 0.00]");
        check(both(), &[Column::from_vec(vec![f32::NAN]), Column::from_vec(vec![1.0f32])], "f32 [NaN]");
        check_error(both(), &[dates([None]), dates([None])], "InvalidOperation");
    }
}
