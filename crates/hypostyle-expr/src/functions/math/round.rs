//! `round(x, decimals, mode)`: to a number of decimals, half to even, or half away from zero;
//! `round([0.5, 1.5, NaN], 0) = [0.0, 2.0, NaN]`. Integers stay as they are.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::arithmetic::{divide_half_even, power_of_ten};
use hypostyle_kernels::zip::unary;

use super::super::{Arg, Function, Inputs, Signature, literal_text, params};
use super::{map_floats, rounding};

/// `round(x, decimals, mode)`
pub(super) const ROUND: Function = Function::new(
    "round",
    &[
        params::column("x"),
        params::integer("decimals", 0),
        params::choice("mode", &["half_to_even", "half_away_from_zero"]),
    ],
    types,
    run,
)
.doc("The value rounded to a number of decimals, halves to the even digit or away from zero.")
.sql(&["round_even"])
.example(&["f64 [0.125, 2.5, null]", "2"], "f64 [0.12, 2.5, null]");

const AWAY: &str = "half_away_from_zero";

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    if let Some(mode) = literal_text(args, 2).filter(|mode| ![AWAY, "half_to_even"].contains(mode)) {
        return Err(Error::invalid_operation(format!("rounding is half_to_even or {AWAY}, not {mode:?}")));
    }
    Ok(rounding::types(name, args)?.with(1, DataType::Int32))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let decimals = inputs.integer(1).unwrap_or(0).clamp(-400, 400) as i32;
    let away = inputs.text(2) == Some(AWAY);
    match inputs.output {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let factor = 10f64.powi(decimals);
            map_floats(inputs, |v| {
                let scaled = v * factor;
                if !scaled.is_finite() || factor == 0.0 {
                    return v;
                }
                (if away { scaled.round() } else { scaled.round_ties_even() }) / factor
            })
        }
        DataType::Decimal(_, scale) => {
            let digits = (i32::from(*scale) - decimals).clamp(0, 38) as u8;
            let factor = power_of_ten(digits);
            let result = unary(inputs.column(0).expect_primitive::<i128>()?, |v: i128| {
                if away {
                    (v + v.signum() * (factor / 2)) / factor * factor
                } else {
                    divide_half_even(v, factor) * factor
                }
            });
            Ok(Column::from_primitive(inputs.output.clone(), result))
        }
        _ => Ok(inputs.column(0).clone()),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, decimals};

    #[test]
    fn half_goes_to_even_or_away() {
        let a = [Column::from_options([Some(-2.5), Some(0.5), Some(1.5), Some(f64::NAN), None])];
        check(col("a").round(0), &a, "f64 [-2.0, 0.0, 2.0, NaN, null]");
        let away = |decimals: u32| call("round", [col("a"), lit(decimals), lit("half_away_from_zero")]);
        check(away(0), &a, "f64 [-3.0, 1.0, 2.0, NaN, null]");
        let a = [decimals(10, 2, [Some("-2.55"), Some("1.25"), None])];
        check(col("a").round(0), &a, "decimal[11,2] [-3.00, 1.00, null]");
        check(away(1), &a, "decimal[11,2] [-2.60, 1.30, null]");
        check(col("a").round(5), &a, "decimal[11,2] [-2.55, 1.25, null]");
        check(col("a").round(0), &[Column::from_vec(vec![7u8])], "u8 [7]");
        check(col("a").round(2), &[Column::from_vec(vec![1.005, 1e300])], "f64 [1.0, 1e300]");
        check_error(call("round", [col("a"), lit(0), lit("up")]), &a, "InvalidOperation");
    }
}
