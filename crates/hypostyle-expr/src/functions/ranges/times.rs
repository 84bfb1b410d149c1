//! `time_range(start, end, interval, closed)`, `time_ranges(…)`: times of day from one end to the other;
//! `time_range(01:00, 03:00, "1h", "left") = [01:00, 02:00]`.

use hypostyle_core::{DataType, Error, Result, TimeUnit};
use hypostyle_kernels::interval::Interval;
use hypostyle_kernels::time_zone::Clock;

use super::super::{Arg, Function, Inputs, Signature, literal_text, params};
use super::closed::Closed;
use super::{Ranges, each_range, interval, need_scalars, one_range};

/// `time_range(start, end, interval, closed)`
pub(super) const TIME_RANGE: Function = Function::ragged(
    "time_range",
    &[params::scalar("start"), params::scalar("end"), interval("1h"), params::CLOSED],
    one_type,
    |i| run(i, one_range),
)
.doc("Times of day from one end to the other.")
.example(&["22:00:00", "23:30:00"], "time [22:00:00, 23:00:00]");
/// `time_ranges(start, end, interval, closed)`
pub(super) const TIME_RANGES: Function = Function::new(
    "time_ranges",
    &[params::column("start"), params::column("end"), interval("1h"), params::CLOSED],
    each_type,
    |i| run(i, each_range),
)
.doc("A range of times of day for each row.")
.example(&["time [22:00:00, null]", "time [23:30:00, 23:30:00]"], "list[time] [[22:00:00, 23:00:00], null]");

fn types(name: &str, args: &[Arg<'_>], output: DataType) -> Result<Signature> {
    for (arg, what) in args.iter().zip(["start", "end"]) {
        if *arg.dtype != DataType::Time {
            return Err(Error::compute(format!(
                "the {what} of `{name}` is a time of day, not {}",
                arg.dtype
            )));
        }
    }
    read(name, literal_text(args, 2).unwrap_or("1h"))?;
    Ok(Signature::keep(args, output))
}

fn one_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_scalars(name, args, &["start", "end"])?;
    types(name, args, DataType::Time)
}

fn each_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    types(name, args, DataType::list(DataType::Time))
}

fn read(name: &str, interval: &str) -> Result<Interval> {
    let interval = Interval::parse(interval)?;
    match (interval.months, interval.weeks, interval.days) {
        (0, 0, 0) => Ok(interval),
        _ => Err(Error::compute(format!("the interval of `{name}` has no days, weeks or months"))),
    }
}

fn run<R>(inputs: &Inputs<'_>, ranges: Ranges<R>) -> Result<R> {
    let interval = read(inputs.name, inputs.text(2).unwrap_or("1h"))?;
    let closed = Closed::parse(inputs.text(3).unwrap_or("both"))?;
    let clock = Clock::new(TimeUnit::Nanoseconds, None)?;
    ranges(inputs, &DataType::Time, &mut |_, low, high, rows| {
        closed.walk(rows.name, &clock, &interval, low, high, &mut |at| rows.push(at))
    })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, typed};

    #[test]
    fn hours() {
        let hour = 3_600_000_000_000i64;
        let a: [Column; 2] = [1, 3].map(|h| typed(DataType::Time, [Some(h * hour)]));
        let named =
            |name: &str, every: &str| call(name, [col("a").min(), col("b").min(), lit(every), lit("left")]);
        check(named("time_range", "1h"), &a, "time [01:00:00, 02:00:00]");
        check(named("time_ranges", "90m"), &a, "list[time] [[01:00:00, 02:30:00]]");
        check_error(named("time_range", "1d"), &a, "Compute");
        check_error(named("time_range", "0h"), &a, "Compute");
    }
}
