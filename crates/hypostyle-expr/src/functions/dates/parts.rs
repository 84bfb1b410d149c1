//! Parts of a date or time, read off the calendar or the clock: `dt.year` to `dt.nanosecond`, by ISO 8601
//! where there is a choice; `dt.quarter([2020-05-31]) = [2]`. The parts below a second count from the second:
//! 1.25 s is 250 ms.

use hypostyle_core::{Column, DataType, Error, Native, Result};
use hypostyle_kernels::temporal::{civil_from_days, days_from_civil, days_in_month};

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{map_parts, need_time};

/// `dt.year(x)`
pub(super) const YEAR: Function =
    Function::new("dt.year", params::UNARY, calendar::<i32>, |i| by_day::<i32>(i, |d| civil_from_days(d).0))
        .doc("The year.")
        .sql(&["year"])
        .example(&["date [2024-02-29, null]"], "i32 [2024, null]");
/// `dt.iso_year(x)`, to which the ISO week belongs
pub(super) const ISO_YEAR: Function =
    Function::new("dt.iso_year", params::UNARY, calendar::<i32>, |i| by_day::<i32>(i, |d| iso(d).0))
        .doc("The year that the ISO week belongs to.")
        .sql(&["isoyear"])
        .example(&["date [2021-01-03, null]"], "i32 [2020, null]");
/// `dt.quarter(x)`
pub(super) const QUARTER: Function = Function::new("dt.quarter", params::UNARY, calendar::<i8>, |i| {
    by_day::<i8>(i, |d| i64::from(civil_from_days(d).1 - 1) / 3 + 1)
})
.doc("The quarter, 1 to 4.")
.sql(&["quarter"])
.example(&["date [2024-02-29, null]"], "i8 [1, null]");
/// `dt.month(x)`
pub(super) const MONTH: Function = Function::new("dt.month", params::UNARY, calendar::<i8>, |i| {
    by_day::<i8>(i, |d| civil_from_days(d).1.into())
})
.doc("The month, 1 to 12.")
.sql(&["month"])
.example(&["date [2024-02-29, null]"], "i8 [2, null]");
/// `dt.week(x)` of ISO 8601
pub(super) const WEEK: Function =
    Function::new("dt.week", params::UNARY, calendar::<i8>, |i| by_day::<i8>(i, |d| iso(d).1))
        .doc("The ISO week, 1 to 53.")
        .sql(&["week", "weekofyear"])
        .example(&["date [2021-01-03, null]"], "i8 [53, null]");
/// `dt.weekday(x)`, Monday = 1
pub(super) const WEEKDAY: Function = Function::new("dt.weekday", params::UNARY, calendar::<i8>, |i| {
    by_day::<i8>(i, |d| (d + 3).rem_euclid(7) + 1)
})
.doc("The day of the week, Monday is 1.")
.sql(&["isodow"])
.example(&["date [2024-02-29, null]"], "i8 [4, null]");
/// `dt.day(x)`
pub(super) const DAY: Function = Function::new("dt.day", params::UNARY, calendar::<i8>, |i| {
    by_day::<i8>(i, |d| civil_from_days(d).2.into())
})
.doc("The day of the month.")
.sql(&["day", "dayofmonth"])
.example(&["date [2024-02-29, null]"], "i8 [29, null]");
/// `dt.ordinal_day(x)`, the day of the year
pub(super) const ORDINAL_DAY: Function =
    Function::new("dt.ordinal_day", params::UNARY, calendar::<i16>, |i| {
        by_day::<i16>(i, |d| d - days_from_civil(civil_from_days(d).0, 1, 1) + 1)
    })
    .doc("The day of the year.")
    .sql(&["dayofyear"])
    .example(&["date [2024-02-29, null]"], "i16 [60, null]");
/// `dt.days_in_month(x)`
pub(super) const DAYS_IN_MONTH: Function =
    Function::new("dt.days_in_month", params::UNARY, calendar::<i8>, |i| by_day::<i8>(i, month_length))
        .doc("The number of days of the month.")
        .example(&["date [2024-02-29, null]"], "i8 [29, null]");
/// `dt.century(x)`
pub(super) const CENTURY: Function = Function::new("dt.century", params::UNARY, calendar::<i32>, |i| {
    by_day::<i32>(i, |d| (civil_from_days(d).0 + 99).div_euclid(100))
})
.doc("The century.")
.sql(&["century"])
.example(&["date [2024-02-29, null]"], "i32 [21, null]");
/// `dt.millennium(x)`
pub(super) const MILLENNIUM: Function = Function::new("dt.millennium", params::UNARY, calendar::<i32>, |i| {
    by_day::<i32>(i, |d| (civil_from_days(d).0 + 999).div_euclid(1000))
})
.doc("The millennium.")
.sql(&["millennium"])
.example(&["date [2024-02-29, null]"], "i32 [3, null]");
/// `dt.hour(x)`
pub(super) const HOUR: Function =
    Function::new("dt.hour", params::UNARY, clock::<i8>, |i| by_clock::<i8>(i, |n| n / 3_600_000_000_000))
        .doc("The hour, 0 to 23.")
        .sql(&["hour"])
        .example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]"], "i8 [12, null]");
/// `dt.minute(x)`
pub(super) const MINUTE: Function = Function::new("dt.minute", params::UNARY, clock::<i8>, |i| {
    by_clock::<i8>(i, |n| n / 60_000_000_000 % 60)
})
.doc("The minute.")
.sql(&["minute"])
.example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]"], "i8 [30, null]");
/// `dt.second(x)`
pub(super) const SECOND: Function =
    Function::new("dt.second", params::UNARY, clock::<i8>, |i| by_clock::<i8>(i, |n| n / 1_000_000_000 % 60))
        .doc("The second.")
        .sql(&["second"])
        .example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]"], "i8 [45, null]");
/// `dt.millisecond(x)`
pub(super) const MILLISECOND: Function = Function::new("dt.millisecond", params::UNARY, clock::<i32>, |i| {
    by_clock::<i32>(i, |n| n / 1_000_000 % 1_000)
})
.doc("Milliseconds since the second.")
.example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]"], "i32 [123, null]");
/// `dt.microsecond(x)`
pub(super) const MICROSECOND: Function = Function::new("dt.microsecond", params::UNARY, clock::<i32>, |i| {
    by_clock::<i32>(i, |n| n / 1_000 % 1_000_000)
})
.doc("Microseconds since the second.")
.example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]"], "i32 [123456, null]");
/// `dt.nanosecond(x)`
pub(super) const NANOSECOND: Function = Function::new("dt.nanosecond", params::UNARY, clock::<i32>, |i| {
    by_clock::<i32>(i, |n| n % 1_000_000_000)
})
.doc("Nanoseconds since the second.")
.example(&["datetime[μs] [2024-02-29 12:30:45.123456, null]"], "i32 [123456000, null]");

/// A part of the calendar: of dates and datetimes.
fn calendar<R: Native>(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    super::date_to_same(name, args)?;
    Ok(Signature::keep(args, R::DTYPE))
}

/// A part of the clock: of datetimes and times of day.
fn clock<R: Native>(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_time(name, args)?;
    if *args[0].dtype == DataType::Date {
        return Err(Error::invalid_operation(format!("`{name}` takes a datetime or a time, not date")));
    }
    Ok(Signature::keep(args, R::DTYPE))
}

fn by_day<R: Native>(inputs: &Inputs<'_>, part: fn(i64) -> i64) -> Result<Column> {
    map_parts(inputs.column(0), R::DTYPE, |day, _| R::from_i128(part(day).into()))
}

fn by_clock<R: Native>(inputs: &Inputs<'_>, part: fn(i64) -> i64) -> Result<Column> {
    map_parts(inputs.column(0), R::DTYPE, |_, nanos| R::from_i128(part(nanos).into()))
}

/// ISO 8601 year and week of a day.
fn iso(days: i64) -> (i64, i64) {
    // The week belongs to the year of its Thursday.
    let thursday = days - (days + 3).rem_euclid(7) + 3;
    let year = civil_from_days(thursday).0;
    (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
}

fn month_length(days: i64) -> i64 {
    let (year, month, _) = civil_from_days(days);
    days_in_month(year, month).into()
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{DataType, TimeUnit};

    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, dates, datetimes, typed};

    #[test]
    fn of_the_calendar() {
        let a = [dates([Some("2021-01-03"), Some("1900-12-31"), Some("2024-02-29"), None])];
        for (name, expected) in [
            ("year", "i32 [2021, 1900, 2024, null]"),
            ("iso_year", "i32 [2020, 1901, 2024, null]"),
            ("quarter", "i8 [1, 4, 1, null]"),
            ("month", "i8 [1, 12, 2, null]"),
            ("week", "i8 [53, 1, 9, null]"),
            ("weekday", "i8 [7, 1, 4, null]"),
            ("day", "i8 [3, 31, 29, null]"),
            ("ordinal_day", "i16 [3, 365, 60, null]"),
            ("days_in_month", "i8 [31, 31, 29, null]"),
            ("century", "i32 [21, 19, 21, null]"),
            ("millennium", "i32 [3, 2, 3, null]"),
        ] {
            check(call(&format!("dt.{name}"), [col("a")]), &a, expected);
        }
        check_error(call("dt.hour", [col("a")]), &a, "InvalidOperation");
        check_error(call("dt.year", [col("a")]), &[typed(DataType::Time, [Some(0i64)])], "InvalidOperation");
    }

    #[test]
    fn of_the_clock() {
        // Before 1970, where a truncating division would be off by one.
        let a = [datetimes([Some("1969-12-31 23:59:58.123456"), None])];
        for (name, expected) in [
            ("year", "i32 [1969, null]"),
            ("hour", "i8 [23, null]"),
            ("minute", "i8 [59, null]"),
            ("second", "i8 [58, null]"),
            ("millisecond", "i32 [123, null]"),
            ("microsecond", "i32 [123456, null]"),
            ("nanosecond", "i32 [123456000, null]"),
        ] {
            check(call(&format!("dt.{name}"), [col("a")]), &a, expected);
        }
        check(call("dt.minute", [col("a")]), &[typed(DataType::Time, [Some(90_000_000_000i64)])], "i8 [1]");
        let zoned = DataType::Datetime(TimeUnit::Milliseconds, Some("Asia/Kathmandu".into()));
        check(call("dt.minute", [col("a")]), &[typed(zoned, [Some(1_577_836_800_000i64)])], "i8 [45]");
    }
}
