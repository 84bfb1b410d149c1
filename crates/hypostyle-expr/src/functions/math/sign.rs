//! `sign(x)`: −1, 0 or 1 in the type of the number; `sign([-2.5, 0.0, NaN]) = [-1.0, 0.0, NaN]`.

use hypostyle_core::{Column, DataType, Native, Result, with_primitive};
use hypostyle_kernels::arithmetic::power_of_ten;
use hypostyle_kernels::zip::unary;

use super::super::{Function, Inputs, params};
use super::number_to_same;

/// `sign(x)`
pub(super) const SIGN: Function = Function::new("sign", params::UNARY, number_to_same, run)
    .doc("-1, 0 or 1.")
    .sql(&["sign"])
    .example(&["f64 [-1.5, 0.0, null]"], "f64 [-1.0, 0.0, null]");

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let unit = match inputs.output {
        DataType::Decimal(_, scale) => power_of_ten(*scale),
        _ => 1,
    };
    with_primitive!(inputs.column(0).array(), |a: T| {
        let result = unary(a, |v| {
            if v > T::default() { T::from_i128(unit) }
            else if v < T::default() { T::from_i128(-unit) }
            else { v }
        });
        Ok(Column::from_primitive(inputs.output.clone(), result))
    }, else |_other| Err(inputs.unplanned()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, decimals};

    #[test]
    fn signs() {
        check(
            col("a").sign(),
            &[Column::from_vec(vec![-2.5, 0.0, 7.0, f64::NAN])],
            "f64 [-1.0, 0.0, 1.0, NaN]",
        );
        check(col("a").sign(), &[Column::from_options([Some(200u8), Some(0), None])], "u8 [1, 0, null]");
        let expected = "decimal[10,2] [-1.00, 1.00, 0.00]";
        check(col("a").sign(), &[decimals(10, 2, [Some("-2.55"), Some("1.25"), Some("0")])], expected);
    }
}
