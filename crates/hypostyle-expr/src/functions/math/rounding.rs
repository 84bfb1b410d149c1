//! `floor`, `ceil`: the whole number below and above; `floor([-2.5, NaN]) = [-3.0, NaN]`. Integers stay as
//! they are; decimals keep their scale and get a digit, where there is room for one.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::arithmetic::power_of_ten;
use hypostyle_kernels::zip::unary;

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{map_floats, number_to_same};

/// `floor(x)`
pub(super) const FLOOR: Function = Function::new("floor", params::UNARY, types, |i| {
    to_whole(i, f64::floor, |v, factor| v.div_euclid(factor))
})
.doc("The largest whole number that is not larger.")
.sql(&["floor"])
.example(&["f64 [1.5, -1.5, null]"], "f64 [1.0, -2.0, null]");
/// `ceil(x)`
pub(super) const CEIL: Function = Function::new("ceil", params::UNARY, types, |i| {
    to_whole(i, f64::ceil, |v, factor| -(-v).div_euclid(factor))
})
.doc("The smallest whole number that is not smaller.")
.sql(&["ceil", "ceiling"])
.example(&["f64 [1.5, -1.5, null]"], "f64 [2.0, -1.0, null]");

/// As the number, a decimal with one more digit: rounding 9.9 needs it.
pub(super) fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let mut signature = number_to_same(name, args)?;
    if let DataType::Decimal(precision, scale) = args[0].dtype {
        signature.output = DataType::Decimal((precision + 1).min(38), *scale);
    }
    Ok(signature)
}

fn to_whole(inputs: &Inputs<'_>, float: fn(f64) -> f64, whole: fn(i128, i128) -> i128) -> Result<Column> {
    match inputs.output {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => map_floats(inputs, float),
        DataType::Decimal(_, scale) => {
            let factor = power_of_ten(*scale);
            let result =
                unary(inputs.column(0).expect_primitive::<i128>()?, |v: i128| whole(v, factor) * factor);
            Ok(Column::from_primitive(inputs.output.clone(), result))
        }
        _ => Ok(inputs.column(0).clone()),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, decimals};

    #[test]
    fn whole_numbers() {
        let a = [Column::from_options([Some(-2.5), Some(0.5), Some(f64::NAN), None])];
        check(col("a").floor(), &a, "f64 [-3.0, 0.0, NaN, null]");
        check(col("a").ceil(), &a, "f64 [-2.0, 1.0, NaN, null]");
        let a = [decimals(10, 2, [Some("-2.55"), Some("1.25"), None])];
        check(col("a").floor(), &a, "decimal[11,2] [-3.00, 1.00, null]");
        check(col("a").ceil(), &a, "decimal[11,2] [-2.00, 2.00, null]");
        check(col("a").ceil(), &[Column::from_vec(vec![3u16])], "u16 [3]");
        check_error(col("a").floor(), &[booleans([Some(true)])], "InvalidOperation");
    }
}
