//! The `dt` namespace.

use hypostyle_core::{Column, DataType, Error, PrimitiveArray, Result, StringBuilder, TimeUnit};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::temporal::{
    Interval, civil_from_days, days_from_civil, days_in_month, format_time, from_local, is_leap_year, naive,
    parse_zone, to_local,
};
use hypostyle_kernels::zip::{unary, unary_checked};

use super::{Arg, Function, Signature, expect_args, text};
use crate::bound::Evaluated;

const DAY_NANOS: i64 = 86_400_000_000_000;

pub(super) static FUNCTIONS: &[&dyn Function] = &[
    &Part { name: "dt.year", output: DataType::Int32, part: |d, _| civil_from_days(d).0 },
    &Part { name: "dt.iso_year", output: DataType::Int32, part: |d, _| iso(d).0 },
    &Part {
        name: "dt.quarter",
        output: DataType::Int8,
        part: |d, _| i64::from(civil_from_days(d).1 - 1) / 3 + 1,
    },
    &Part { name: "dt.month", output: DataType::Int8, part: |d, _| civil_from_days(d).1.into() },
    &Part { name: "dt.week", output: DataType::Int8, part: |d, _| iso(d).1 },
    &Part { name: "dt.weekday", output: DataType::Int8, part: |d, _| (d + 3).rem_euclid(7) + 1 },
    &Part { name: "dt.day", output: DataType::Int8, part: |d, _| civil_from_days(d).2.into() },
    &Part {
        name: "dt.ordinal_day",
        output: DataType::Int16,
        part: |d, _| d - days_from_civil(civil_from_days(d).0, 1, 1) + 1,
    },
    &Part {
        name: "dt.days_in_month",
        output: DataType::Int8,
        part: |d, _| {
            let (year, month, _) = civil_from_days(d);
            days_in_month(year, month).into()
        },
    },
    &Part {
        name: "dt.century",
        output: DataType::Int32,
        part: |d, _| (civil_from_days(d).0 + 99).div_euclid(100),
    },
    &Part {
        name: "dt.millennium",
        output: DataType::Int32,
        part: |d, _| (civil_from_days(d).0 + 999).div_euclid(1000),
    },
    &Part { name: "dt.hour", output: DataType::Int8, part: |_, n| n / 3_600_000_000_000 },
    &Part { name: "dt.minute", output: DataType::Int8, part: |_, n| n / 60_000_000_000 % 60 },
    &Part { name: "dt.second", output: DataType::Int8, part: |_, n| n / 1_000_000_000 % 60 },
    &Part { name: "dt.millisecond", output: DataType::Int32, part: |_, n| n / 1_000_000 % 1_000 },
    &Part { name: "dt.microsecond", output: DataType::Int32, part: |_, n| n / 1_000 % 1_000_000 },
    &Part { name: "dt.nanosecond", output: DataType::Int32, part: |_, n| n % 1_000_000_000 },
    &IsLeapYear,
    &Total { name: "dt.total_days", nanos: DAY_NANOS },
    &Total { name: "dt.total_hours", nanos: 3_600_000_000_000 },
    &Total { name: "dt.total_minutes", nanos: 60_000_000_000 },
    &Total { name: "dt.total_seconds", nanos: 1_000_000_000 },
    &Total { name: "dt.total_milliseconds", nanos: 1_000_000 },
    &Total { name: "dt.total_microseconds", nanos: 1_000 },
    &Total { name: "dt.total_nanoseconds", nanos: 1 },
    &ToDateOrTime { name: "dt.date", output: DataType::Date },
    &ToDateOrTime { name: "dt.time", output: DataType::Time },
    &Timestamp,
    &CastUnit,
    &Moved { name: "dt.offset_by", what: Move::Offset },
    &Moved { name: "dt.truncate", what: Move::Truncate },
    &MonthEdge { name: "dt.month_start", end: false },
    &MonthEdge { name: "dt.month_end", end: true },
    &Format,
    &ConvertZone,
    &ReplaceZone,
];

fn need_time(name: &str, dtype: &DataType) -> Result<()> {
    match dtype {
        DataType::Date | DataType::Datetime(..) | DataType::Time => Ok(()),
        other => Err(Error::invalid_operation(format!("`{name}` takes a date or time, not {other}"))),
    }
}

/// Days since 1970 and nanoseconds since midnight by the local clock of every row, handed to `f`.
fn map_parts<R: hypostyle_core::Native>(
    column: &Column,
    output: DataType,
    f: impl Fn(i64, i64) -> R,
) -> Result<Column> {
    let result = match column.dtype() {
        DataType::Date => unary(column.expect_primitive::<i32>()?, |d: i32| f(i64::from(d), 0)),
        DataType::Time => unary(column.expect_primitive::<i64>()?, |n: i64| f(0, n)),
        DataType::Datetime(unit, zone) => {
            let per_day = unit.per_second() * 86_400;
            let scale = 1_000_000_000 / unit.per_second();
            let local = to_local(column, *unit, zone.as_deref())?;
            unary(&local, |v: i64| f(v.div_euclid(per_day), v.rem_euclid(per_day) * scale))
        }
        other => return Err(Error::internal(format!("a date or time was planned, not {other}"))),
    };
    Ok(Column::from_primitive(output, result))
}

/// ISO 8601 year and week of a day.
fn iso(days: i64) -> (i64, i64) {
    // The week belongs to the year of its Thursday.
    let thursday = days - (days + 3).rem_euclid(7) + 3;
    let year = civil_from_days(thursday).0;
    (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
}

/// A number read off the calendar or the clock.
#[derive(Debug)]
struct Part {
    name: &'static str,
    output: DataType,
    part: fn(i64, i64) -> i64,
}

impl Function for Part {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=1)?;
        need_time(self.name, args[0].dtype)?;
        Ok(Signature::keep(args, self.output.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let part = self.part;
        match output {
            DataType::Int8 => map_parts(column, output.clone(), |d, n| part(d, n) as i8),
            DataType::Int16 => map_parts(column, output.clone(), |d, n| part(d, n) as i16),
            _ => map_parts(column, output.clone(), |d, n| part(d, n) as i32),
        }
    }
}

#[derive(Debug)]
struct IsLeapYear;

impl Function for IsLeapYear {
    fn name(&self) -> &'static str {
        "dt.is_leap_year"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("dt.is_leap_year", args, 1..=1)?;
        need_time("dt.is_leap_year", args[0].dtype)?;
        Ok(Signature::keep(args, DataType::Boolean))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let years = map_parts(&args[0].column, DataType::Int64, |d, _| civil_from_days(d).0)?;
        let leap = hypostyle_kernels::zip::test(years.expect_primitive::<i64>()?, is_leap_year);
        Ok(Column::from_boolean(leap))
    }
}

/// A duration in whole units, rounded towards zero.
#[derive(Debug)]
struct Total {
    name: &'static str,
    nanos: i64,
}

impl Function for Total {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=2)?;
        match args[0].dtype {
            DataType::Duration(_) => Ok(Signature::keep(args, DataType::Int64)),
            other => Err(Error::invalid_operation(format!("`{}` takes a duration, not {other}", self.name))),
        }
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let DataType::Duration(unit) = column.dtype() else {
            return Err(Error::internal("a duration was planned"));
        };
        let own = 1_000_000_000 / unit.per_second();
        let values = column.expect_primitive::<i64>()?;
        let result = if self.nanos >= own {
            unary(values, |v| v / (self.nanos / own))
        } else {
            unary_checked(values, |v| v.checked_mul(own / self.nanos))
        };
        Ok(Column::from_primitive(DataType::Int64, result))
    }
}

/// The local date or time of day.
#[derive(Debug)]
struct ToDateOrTime {
    name: &'static str,
    output: DataType,
}

impl Function for ToDateOrTime {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=1)?;
        need_time(self.name, args[0].dtype)?;
        Ok(Signature::keep(args, self.output.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        match (column.dtype(), output) {
            (DataType::Date, DataType::Time) => map_parts(column, DataType::Time, |_, _| 0i64),
            (dtype, output) if dtype == output => Ok(column.clone()),
            _ => cast(column, output, CastMode::Strict),
        }
    }
}

fn parse_unit(text: &str) -> Result<TimeUnit> {
    match text {
        "ms" => Ok(TimeUnit::Milliseconds),
        "us" | "μs" => Ok(TimeUnit::Microseconds),
        "ns" => Ok(TimeUnit::Nanoseconds),
        other => Err(Error::invalid_operation(format!("a time unit is ms, us or ns, not {other:?}"))),
    }
}

/// `timestamp(x, unit)`: units since 1970 UTC.
#[derive(Debug)]
struct Timestamp;

impl Function for Timestamp {
    fn name(&self) -> &'static str {
        "dt.timestamp"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("dt.timestamp", args, 1..=2)?;
        match args[0].dtype {
            DataType::Date | DataType::Datetime(..) => Ok(Signature::keep(args, DataType::Int64)),
            other => {
                Err(Error::invalid_operation(format!("`dt.timestamp` takes a date or datetime, not {other}")))
            }
        }
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let unit = parse_unit(&text(args, 1).unwrap_or_else(|| "us".to_owned()))?;
        let column = &args[0].column;
        let zone = match column.dtype() {
            DataType::Datetime(_, zone) => zone.clone(),
            _ => None,
        };
        let at = cast(column, &DataType::Datetime(unit, zone), CastMode::Strict)?;
        cast(&at, &DataType::Int64, CastMode::Strict)
    }
}

/// `cast_time_unit(x, unit)`
#[derive(Debug)]
struct CastUnit;

impl Function for CastUnit {
    fn name(&self) -> &'static str {
        "dt.cast_time_unit"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("dt.cast_time_unit", args, 2..=2)?;
        let unit = parse_unit(args[1].literal.and_then(|l| l.as_str()).unwrap_or_default())?;
        let output = match args[0].dtype {
            DataType::Datetime(_, zone) => DataType::Datetime(unit, zone.clone()),
            DataType::Duration(_) => DataType::Duration(unit),
            other => {
                return Err(Error::invalid_operation(format!(
                    "`dt.cast_time_unit` takes a datetime or duration, not {other}"
                )));
            }
        };
        Ok(Signature::keep(args, output))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        cast(&args[0].column, output, CastMode::Strict)
    }
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Offset,
    Truncate,
}

/// `offset_by(x, "1mo")` and `truncate(x, "1w")`, by the local clock.
#[derive(Debug)]
struct Moved {
    name: &'static str,
    what: Move,
}

impl Function for Moved {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 2..=2)?;
        match args[0].dtype {
            DataType::Date | DataType::Datetime(..) => {}
            other => {
                return Err(Error::invalid_operation(format!(
                    "`{}` takes a date or datetime, not {other}",
                    self.name
                )));
            }
        }
        if let Some(every) = args[1].literal.and_then(|l| l.as_str()) {
            Interval::parse(every)?;
        }
        let mut signature = Signature::keep(args, args[0].dtype.clone());
        signature.args[1] = DataType::String;
        Ok(signature)
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        let (column, by) = (&args[0].column, &args[1].column);
        let (local, unit, zone) = local_units(column, output)?;
        let moved = |interval: &Interval, v: i64| match self.what {
            Move::Offset => interval.move_time(v, unit),
            Move::Truncate => interval.truncate(v, unit),
        };
        let result = if by.len() == 1 {
            let interval = by.str_at(0).map(Interval::parse).transpose()?;
            unary_checked(&local, |v| interval.as_ref().and_then(|i| moved(i, v)))
        } else {
            let mut builder = hypostyle_core::PrimitiveBuilder::<i64>::with_capacity(len);
            for i in 0..len {
                let interval = by.str_at(i).map(Interval::parse).transpose()?;
                let value = local.get(if local.len() == 1 { 0 } else { i });
                builder.push_option(value.zip(interval).and_then(|(v, interval)| moved(&interval, v)));
            }
            builder.finish_array()
        };
        from_units(&result, unit, zone.as_deref(), output)
    }
}

/// A date or datetime as units by the local clock.
fn local_units(
    column: &Column,
    dtype: &DataType,
) -> Result<(PrimitiveArray<i64>, TimeUnit, Option<std::sync::Arc<str>>)> {
    match dtype {
        DataType::Datetime(unit, zone) => {
            Ok((to_local(column, *unit, zone.as_deref())?, *unit, zone.clone()))
        }
        _ => {
            let unit = TimeUnit::Milliseconds;
            let at = cast(column, &DataType::Datetime(unit, None), CastMode::Strict)?;
            Ok((at.expect_primitive::<i64>()?.clone(), unit, None))
        }
    }
}

fn from_units(
    values: &PrimitiveArray<i64>,
    unit: TimeUnit,
    zone: Option<&str>,
    output: &DataType,
) -> Result<Column> {
    let utc = from_local(values, unit, zone)?;
    let at = Column::from_primitive(DataType::Datetime(unit, zone.map(Into::into)), utc);
    cast(&at, output, CastMode::NonStrict)
}

/// The first or last day of the month; the time of day is kept.
#[derive(Debug)]
struct MonthEdge {
    name: &'static str,
    end: bool,
}

impl Function for MonthEdge {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=1)?;
        match args[0].dtype {
            dtype @ (DataType::Date | DataType::Datetime(..)) => Ok(Signature::keep(args, dtype.clone())),
            other => Err(Error::invalid_operation(format!(
                "`{}` takes a date or datetime, not {other}",
                self.name
            ))),
        }
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let (local, unit, zone) = local_units(&args[0].column, output)?;
        let per_day = unit.per_second() * 86_400;
        let moved = unary(&local, |v: i64| {
            let (year, month, _) = civil_from_days(v.div_euclid(per_day));
            let day = if self.end { days_in_month(year, month) } else { 1 };
            days_from_civil(year, month, day) * per_day + v.rem_euclid(per_day)
        });
        from_units(&moved, unit, zone.as_deref(), output)
    }
}

/// `strftime(x, format)`
#[derive(Debug)]
struct Format;

impl Function for Format {
    fn name(&self) -> &'static str {
        "dt.strftime"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("dt.strftime", args, 2..=2)?;
        need_time("dt.strftime", args[0].dtype)?;
        Ok(Signature::keep(args, DataType::String))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let column = &args[0].column;
        let Some(format) = text(args, 1) else { return Ok(Column::full_null(DataType::String, len)) };
        let (units, unit, zone) = match column.dtype() {
            DataType::Datetime(unit, zone) => (column.clone(), *unit, zone.clone()),
            DataType::Time => {
                let at = DataType::Datetime(TimeUnit::Nanoseconds, None);
                (column.clone().with_dtype(at)?, TimeUnit::Nanoseconds, None)
            }
            _ => {
                let unit = TimeUnit::Milliseconds;
                (cast(column, &DataType::Datetime(unit, None), CastMode::Strict)?, unit, None)
            }
        };
        let values = units.expect_primitive::<i64>()?;
        let mut builder = StringBuilder::with_capacity(len, len * 10);
        for value in values.iter() {
            let Some(at) = value.and_then(|v| naive(v, unit)) else {
                builder.push_null();
                continue;
            };
            let formatted = format_time(at, zone.as_deref(), &format)
                .ok_or_else(|| Error::compute(format!("invalid format {format:?} for {}", column.dtype())))?;
            builder.push(&formatted);
        }
        Ok(builder.finish())
    }
}

/// `convert_time_zone(x, zone)`: the same instant by another clock.
#[derive(Debug)]
struct ConvertZone;

impl Function for ConvertZone {
    fn name(&self) -> &'static str {
        "dt.convert_time_zone"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("dt.convert_time_zone", args, 2..=2)?;
        let zone = args[1].literal.and_then(|l| l.as_str()).unwrap_or("UTC");
        parse_zone(zone)?;
        match args[0].dtype {
            DataType::Datetime(unit, _) => {
                Ok(Signature::keep(args, DataType::Datetime(*unit, Some(zone.into()))))
            }
            other => Err(Error::invalid_operation(format!("a time zone belongs to a datetime, not {other}"))),
        }
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        args[0].column.clone().with_dtype(output.clone())
    }
}

/// `replace_time_zone(x, zone)`: the same clock reading in another zone; a null zone makes it naive.
#[derive(Debug)]
struct ReplaceZone;

impl Function for ReplaceZone {
    fn name(&self) -> &'static str {
        "dt.replace_time_zone"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("dt.replace_time_zone", args, 2..=2)?;
        let zone = args[1].literal.and_then(|l| l.as_str());
        if let Some(zone) = zone {
            parse_zone(zone)?;
        }
        match args[0].dtype {
            DataType::Datetime(unit, _) => {
                Ok(Signature::keep(args, DataType::Datetime(*unit, zone.map(Into::into))))
            }
            other => Err(Error::invalid_operation(format!("a time zone belongs to a datetime, not {other}"))),
        }
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let (DataType::Datetime(unit, from), DataType::Datetime(_, to)) = (column.dtype(), output) else {
            return Err(Error::internal("a datetime was planned"));
        };
        let local = to_local(column, *unit, from.as_deref())?;
        let utc = from_local(&local, *unit, to.as_deref())?;
        let result = Column::from_primitive(output.clone(), utc);
        if result.null_count() > column.null_count() {
            return Err(Error::compute(
                "a local time does not exist in the time zone (clocks moved forward over it)",
            ));
        }
        Ok(result)
    }
}
