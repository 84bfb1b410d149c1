//! `dt.is_leap_year(x)`: whether the year has a 29th of February; `dt.is_leap_year([1900-01-01]) = [false]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::temporal::{civil_from_days, is_leap_year};
use hypostyle_kernels::zip::test;

use super::super::{Arg, Function, Inputs, Signature, params, to_boolean};
use super::{date_to_same, map_parts};

/// `dt.is_leap_year(x)`
pub(super) const IS_LEAP_YEAR: Function = Function::new("dt.is_leap_year", params::UNARY, types, run)
    .doc("Whether the year has a 29th of February.")
    .example(&["date [2024-02-29, null]"], "bool [true, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    date_to_same(name, args)?;
    to_boolean(name, args)
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let years = map_parts(inputs.column(0), DataType::Int64, |day, _| civil_from_days(day).0)?;
    Ok(Column::from_boolean(test(years.expect_primitive::<i64>()?, is_leap_year)))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, dates};

    #[test]
    fn centuries_by_four_hundred() {
        let a =
            [dates([Some("1900-01-01"), Some("2000-01-01"), Some("2024-06-01"), Some("2023-01-01"), None])];
        check(call("dt.is_leap_year", [col("a")]), &a, "bool [false, true, true, false, null]");
    }
}
