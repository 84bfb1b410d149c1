//! `date_range(start, end, interval, closed)`, `date_ranges(…)`: dates from one end to the other at an interval of whole
//! days; `date_range(2020-01-31, 2020-03-31, "1mo", "both") = [2020-01-31, 2020-02-29, 2020-03-31]`.

use hypostyle_core::{DataType, Error, Result, TimeUnit};
use hypostyle_kernels::interval::Interval;
use hypostyle_kernels::time_zone::Clock;

use super::super::{Arg, Function, Inputs, Signature, literal_text, params};
use super::closed::Closed;
use super::{Ranges, each_range, interval, need_scalars, one_range};

/// `date_range(start, end, interval, closed)`
pub(super) const DATE_RANGE: Function = Function::ragged(
    "date_range",
    &[params::scalar("start"), params::scalar("end"), interval("1d"), params::CLOSED],
    one_type,
    |i| run(i, one_range),
)
.doc("Dates from one end to the other.")
.example(&["2024-02-28", "2024-03-01"], "date [2024-02-28, 2024-02-29, 2024-03-01]");
/// `date_ranges(start, end, interval, closed)`
pub(super) const DATE_RANGES: Function = Function::new(
    "date_ranges",
    &[params::column("start"), params::column("end"), interval("1d"), params::CLOSED],
    each_type,
    |i| run(i, each_range),
)
.doc("A range of dates for each row.")
.example(
    &["date [2024-02-28, null]", "date [2024-03-01, 2024-03-01]"],
    "list[date] [[2024-02-28, 2024-02-29, 2024-03-01], null]",
);

fn types(name: &str, args: &[Arg<'_>], output: DataType) -> Result<Signature> {
    for (arg, what) in args.iter().zip(["start", "end"]) {
        if !matches!(arg.dtype, DataType::Date | DataType::Datetime(..)) {
            return Err(Error::compute(format!("the {what} of `{name}` is a date, not {}", arg.dtype)));
        }
    }
    read(name, literal_text(args, 2).unwrap_or("1d"))?;
    Ok(Signature::keep(args, output).with(0, DataType::Date).with(1, DataType::Date))
}

fn one_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_scalars(name, args, &["start", "end"])?;
    types(name, args, DataType::Date)
}

fn each_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    types(name, args, DataType::list(DataType::Date))
}

fn read(name: &str, interval: &str) -> Result<Interval> {
    let interval = Interval::parse(interval)?;
    match interval.is_calendar() {
        true => Ok(interval),
        false => Err(Error::compute(format!("the interval of `{name}` is a number of whole days"))),
    }
}

fn run<R>(inputs: &Inputs<'_>, ranges: Ranges<R>) -> Result<R> {
    let interval = read(inputs.name, inputs.text(2).unwrap_or("1d"))?;
    let closed = Closed::parse(inputs.text(3).unwrap_or("both"))?;
    // Days are counted as milliseconds are, by the same clock.
    let clock = Clock::new(TimeUnit::Milliseconds, None)?;
    const DAY: i64 = 86_400_000;
    ranges(inputs, &DataType::Date, &mut |_, low, high, rows| {
        closed.walk(rows.name, &clock, &interval, low * DAY, high * DAY, &mut |at| rows.push(at / DAY))
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, date, lit};
    use crate::testing::{check, check_error, dates};

    /// Expected values from Polars 2.1.0.
    #[test]
    fn days_and_months() {
        let range =
            |from, to, every: &str, closed: &str| call("date_range", [from, to, lit(every), lit(closed)]);
        let (first, last) = (|| date(2024, 1, 31), || date(2024, 3, 31));
        check(range(first(), last(), "1mo", "both"), &[], "date [2024-01-31, 2024-02-29, 2024-03-31]");
        check(range(first(), last(), "1mo", "none"), &[], "date [2024-02-29]");
        check(range(last(), first(), "1mo", "both"), &[], "date []");
        check_error(range(first(), last(), "12h", "both"), &[], "Compute");
        check_error(range(first(), last(), "-1d", "both"), &[], "Compute");
        let a = [dates([Some("1969-12-30"), None]), dates([Some("1970-01-02"), Some("1970-01-01")])];
        check(range(col("a").min(), col("b").min(), "1d", "left"), &a, "date [1969-12-30, 1969-12-31]");
        check_error(range(col("a"), col("b"), "1d", "left"), &a, "ShapeMismatch");
        let each = call("date_ranges", [col("a"), col("b"), lit("2d"), lit("both")]);
        check(each, &a, "list[date] [[1969-12-30, 1970-01-01], null]");
    }
}
