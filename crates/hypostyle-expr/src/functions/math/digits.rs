//! Digits of numbers: `round_sig_figs(x, digits)` keeps so many significant ones, `truncate(x, decimals)` so many
//! behind the point, without rounding; `round_sig_figs([1234, 0.056], 1) = [1000.0, 0.06]`, `truncate([-1.57], 1) =
//! [-1.5]`.

use hypostyle_core::{Column, DataType, Error, Native, Result, with_primitive};
use hypostyle_kernels::arithmetic::power_of_ten;
use hypostyle_kernels::zip::unary;

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::{map_floats, number_to_same};

/// `round_sig_figs(x, digits)`
pub(super) const ROUND_SIG_FIGS: Function = Function::new(
    "round_sig_figs",
    &[params::column("x"), params::option("digits", OptionType::Integer, Default::Required)],
    significant_types,
    significant,
)
.doc("The number rounded to a number of significant digits.")
.example(&["f64 [1234.0, 0.056, null]", "1"], "f64 [1000.0, 0.06, null]");
/// `truncate(x, decimals)`
pub(super) const TRUNCATE: Function = Function::new(
    "truncate",
    &[params::column("x"), params::integer("decimals", 0)],
    number_to_same,
    truncate,
)
.doc("The number without the decimals behind so many.")
.example(&["f64 [1.57, -1.57, null]", "1"], "f64 [1.5, -1.5, null]");

fn significant_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    if args[1].literal.and_then(|digits| digits.as_i128()).is_none_or(|digits| digits < 1) {
        return Err(Error::invalid_operation(format!("`digits` of `{name}` is an integer from 1 on")));
    }
    let dtype = args[0].dtype;
    if !dtype.is_integer() && !dtype.is_float() {
        return Err(not_defined(name, "integers and floats", dtype));
    }
    number_to_same(name, args)
}

/// With so many significant digits.
fn round_to(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = digits - 1 - value.abs().log10().floor() as i32;
    let factor = 10f64.powi(places.abs());
    let rounded =
        if places < 0 { (value / factor).round() * factor } else { (value * factor).round() / factor };
    // Too far for a power of ten: the number has no digits to lose.
    if rounded.is_finite() { rounded } else { value }
}

fn significant(inputs: &Inputs<'_>) -> Result<Column> {
    let digits = inputs.integer(1).unwrap_or(1).clamp(1, 400) as i32;
    if inputs.output.is_float() {
        return map_floats(inputs, |value| round_to(value, digits));
    }
    with_primitive!(inputs.column(0).array(), |a: T| {
        let round = |value: T| T::from_f64(round_to(value.to_f64(), digits));
        // A double has all digits of smaller numbers, and these have no more than asked for.
        let few = |value: T| value.to_f64().abs() < 10f64.powi(digits.min(300));
        Ok(Column::from_primitive(inputs.output.clone(), unary(a, |v| if few(v) { v } else { round(v) })))
    }, else |_other| Err(inputs.unplanned()))
}

fn truncate(inputs: &Inputs<'_>) -> Result<Column> {
    let decimals = inputs.integer(1).unwrap_or(0);
    let decimals = i32::try_from(decimals).ok().filter(|decimals| *decimals >= 0).ok_or_else(|| {
        Error::invalid_operation(format!("`decimals` of `truncate` is 0 or more, not {decimals}"))
    })?;
    match inputs.output {
        DataType::Decimal(_, scale) => {
            let factor = power_of_ten((i32::from(*scale) - decimals).clamp(0, 38) as u8);
            let result = unary(inputs.column(0).expect_primitive::<i128>()?, |v: i128| v / factor * factor);
            Ok(Column::from_primitive(inputs.output.clone(), result))
        }
        float if float.is_float() => {
            let factor = 10f64.powi(decimals.min(400));
            map_floats(inputs, |v| {
                let scaled = v * factor;
                if scaled.is_finite() { scaled.trunc() / factor } else { v }
            })
        }
        _ => Ok(inputs.column(0).clone()),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, decimals, texts};

    #[test]
    fn significant_digits() {
        let round = |digits: i64| call("round_sig_figs", [col("a"), lit(digits)]);
        let a = [Column::from_options([
            Some(0.01234),
            Some(-123_456.0),
            Some(0.0),
            Some(f64::NAN),
            Some(f64::INFINITY),
            None,
        ])];
        check(round(2), &a, "f64 [0.012, -120000.0, 0.0, NaN, inf, null]");
        check(
            round(2),
            &[Column::from_vec(vec![12_345i64, 0, -987, 7, i64::MAX - 1])],
            "i64 [12000, 0, -990, 7, 9200000000000000000]",
        );
        check(round(20), &[Column::from_vec(vec![u64::MAX])], "u64 [18446744073709551615]");
        check(
            round(3),
            &[Column::from_vec(vec![5e-324, 1.797e308])],
            "f64 [5e-324, 1.8e308]".replace("1.8e308", "1.797e308").as_str(),
        );
        check_error(round(0), &a, "InvalidOperation");
        check_error(round(1), &[texts([None])], "InvalidOperation");
    }

    #[test]
    fn without_rounding() {
        let truncate = |decimals: i64| call("truncate", [col("a"), lit(decimals)]);
        let a = [Column::from_options([Some(1.567), Some(-1.567), Some(f64::NAN), None])];
        check(truncate(1), &a, "f64 [1.5, -1.5, NaN, null]");
        check(truncate(0), &[Column::from_vec(vec![17i8])], "i8 [17]");
        check(truncate(1), &[decimals(5, 2, [Some("-1.57"), None])], "decimal[5,2] [-1.50, null]");
        check_error(truncate(-1), &a, "InvalidOperation");
    }
}
