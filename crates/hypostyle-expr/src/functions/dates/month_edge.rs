//! `dt.month_start(x)`, `dt.month_end(x)`: the first and the last day of the month, at the same time of day;
//! `dt.month_end([2020-02-10]) = [2020-02-29]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::temporal::{civil_from_days, days_from_civil, days_in_month};
use hypostyle_kernels::zip::unary;

use super::super::{Function, Inputs, params};
use super::{date_to_same, from_units, local_units};

/// `dt.month_start(x)`
pub(super) const MONTH_START: Function =
    Function::new("dt.month_start", params::UNARY, date_to_same, |i| run(i, |_, _| 1))
        .doc("The first day of the month.")
        .example(&["date [2024-02-29, null]"], "date [2024-02-01, null]");
/// `dt.month_end(x)`
pub(super) const MONTH_END: Function =
    Function::new("dt.month_end", params::UNARY, date_to_same, |i| run(i, days_in_month))
        .doc("The last day of the month.")
        .sql(&["last_day"])
        .example(&["date [2024-02-29, null]"], "date [2024-02-29, null]");

fn run(inputs: &Inputs<'_>, day: fn(i64, u32) -> u32) -> Result<Column> {
    let (local, unit, zone) = local_units(inputs.column(0))?;
    let per_day = unit.per_second() * 86_400;
    let moved = unary(&local, |v: i64| {
        let (year, month, _) = civil_from_days(v.div_euclid(per_day));
        days_from_civil(year, month, day(year, month)) * per_day + v.rem_euclid(per_day)
    });
    from_units(&moved, unit, zone.as_deref(), inputs.output)
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, dates, datetimes};

    #[test]
    fn edges() {
        let a = [dates([Some("2020-02-10"), Some("2019-12-31"), None])];
        check(call("dt.month_start", [col("a")]), &a, "date [2020-02-01, 2019-12-01, null]");
        check(call("dt.month_end", [col("a")]), &a, "date [2020-02-29, 2019-12-31, null]");
        let a = [datetimes([Some("1969-12-15 13:00:00")])];
        check(call("dt.month_end", [col("a")]), &a, "datetime[μs] [1969-12-31 13:00:00.000000]");
    }
}
