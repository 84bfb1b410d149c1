//! `dt.offset_by(x, "1mo")`: moved by an interval: months, weeks and days by the local clock, hours and less by exact
//! time; a day that a month does not have becomes its last; `dt.offset_by([2020-01-31], "1mo") = [2020-02-29]`.

use hypostyle_kernels::interval::Interval;

use super::super::{Function, params};
use super::{move_by, with_interval};

/// `dt.offset_by(x, interval)`
pub(super) const OFFSET_BY: Function = Function::new(
    "dt.offset_by",
    &[params::column("x"), params::column("by")],
    |name, args| with_interval(name, args, Interval::parse),
    |i| move_by(i, Interval::parse, Interval::offset),
)
.doc("The time moved by an interval such as \"1mo\".")
.example(&["date [2024-02-29, null]", r#""1mo""#], "date [2024-03-29, null]");

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, dates, datetimes, texts};

    #[test]
    fn by_calendar_and_clock() {
        let a = [
            dates([Some("2020-01-31"), Some("2019-12-31"), None]),
            texts([Some("1y"), Some("-2d"), Some("1d")]),
        ];
        check(col("a").dt().offset_by("1mo"), &a, "date [2020-02-29, 2020-01-31, null]");
        check(col("a").dt().offset_by("-1q"), &a, "date [2019-10-31, 2019-09-30, null]");
        check(col("a").dt().offset_by("1y1d"), &a, "date [2021-02-01, 2021-01-01, null]");
        check(call("dt.offset_by", [col("a"), col("b")]), &a, "date [2021-01-31, 2019-12-29, null]");
        let a = [datetimes([Some("2020-01-31 23:30:00")])];
        check(col("a").dt().offset_by("1h15m"), &a, "datetime[μs] [2020-02-01 00:45:00.000000]");
        check_error(col("a").dt().offset_by("1 month"), &a, "InvalidOperation");
    }
}
