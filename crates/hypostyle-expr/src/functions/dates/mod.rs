//! The `dt` namespace. Null gives null; times with a zone are read by their local clock.

mod cast_time_unit;
mod convert_time_zone;
mod date_time;
mod is_leap_year;
mod month_edge;
mod offset_by;
mod parts;
mod replace_time_zone;
mod strftime;
mod timestamp;
mod totals;
mod truncate;

use std::sync::Arc;

use hypostyle_core::{Column, DataType, Error, Native, PrimitiveArray, PrimitiveBuilder, Result, TimeUnit};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::temporal::{Interval, from_local, to_local};
use hypostyle_kernels::zip::{unary, unary_checked};

use super::{Arg, Function, Inputs, Signature, literal_text, not_defined};

pub(super) static FUNCTIONS: &[Function] = &[
    parts::YEAR,
    parts::ISO_YEAR,
    parts::QUARTER,
    parts::MONTH,
    parts::WEEK,
    parts::WEEKDAY,
    parts::DAY,
    parts::ORDINAL_DAY,
    parts::DAYS_IN_MONTH,
    parts::CENTURY,
    parts::MILLENNIUM,
    parts::HOUR,
    parts::MINUTE,
    parts::SECOND,
    parts::MILLISECOND,
    parts::MICROSECOND,
    parts::NANOSECOND,
    is_leap_year::IS_LEAP_YEAR,
    totals::TOTAL_DAYS,
    totals::TOTAL_HOURS,
    totals::TOTAL_MINUTES,
    totals::TOTAL_SECONDS,
    totals::TOTAL_MILLISECONDS,
    totals::TOTAL_MICROSECONDS,
    totals::TOTAL_NANOSECONDS,
    date_time::DATE,
    date_time::TIME,
    timestamp::TIMESTAMP,
    cast_time_unit::CAST_TIME_UNIT,
    offset_by::OFFSET_BY,
    truncate::TRUNCATE,
    month_edge::MONTH_START,
    month_edge::MONTH_END,
    strftime::STRFTIME,
    convert_time_zone::CONVERT_TIME_ZONE,
    replace_time_zone::REPLACE_TIME_ZONE,
];

/// The first argument is a date, a datetime or a time of day.
fn need_time(name: &str, args: &[Arg<'_>]) -> Result<()> {
    match args[0].dtype {
        DataType::Date | DataType::Datetime(..) | DataType::Time => Ok(()),
        other => Err(not_defined(name, "a date or time", other)),
    }
}

/// The first argument is a date or a datetime, which is also the result's type.
fn date_to_same(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Date | DataType::Datetime(..) => super::same_type(name, args),
        other => Err(not_defined(name, "a date or datetime", other)),
    }
}

/// A unit by its abbreviation.
fn parse_unit(text: &str) -> Result<TimeUnit> {
    match text {
        "ms" => Ok(TimeUnit::Milliseconds),
        "us" | "μs" => Ok(TimeUnit::Microseconds),
        "ns" => Ok(TimeUnit::Nanoseconds),
        other => Err(Error::invalid_operation(format!("a time unit is ms, us or ns, not {other:?}"))),
    }
}

/// Days since 1970 and nanoseconds since midnight by the local clock of every row, handed to `f`.
fn map_parts<R: Native>(column: &Column, output: DataType, f: impl Fn(i64, i64) -> R) -> Result<Column> {
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

/// A date or datetime as units by the local clock, with the unit and the zone.
fn local_units(column: &Column) -> Result<(PrimitiveArray<i64>, TimeUnit, Option<Arc<str>>)> {
    match column.dtype() {
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

/// An interval, checked when the plan is made if it is a literal.
fn with_interval(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    if let Some(interval) = literal_text(args, 1) {
        Interval::parse(interval)?;
    }
    Ok(date_to_same(name, args)?.with(1, DataType::String))
}

/// Moves every time by the interval in the second argument, by the local clock.
fn move_by(inputs: &Inputs<'_>, step: fn(&Interval, i64, TimeUnit) -> Option<i64>) -> Result<Column> {
    let (local, unit, zone) = local_units(inputs.column(0))?;
    let result = if inputs.is_constant(1) {
        let Some(interval) = inputs.text(1).map(Interval::parse).transpose()? else { return inputs.nulls() };
        unary_checked(&local, |v| step(&interval, v, unit))
    } else {
        let mut builder = PrimitiveBuilder::<i64>::with_capacity(inputs.len);
        for row in 0..inputs.len {
            let interval = inputs.text_at(1, row).map(Interval::parse).transpose()?;
            let value = local.get(if local.len() == 1 { 0 } else { row });
            builder.push_option(value.zip(interval).and_then(|(v, interval)| step(&interval, v, unit)));
        }
        builder.finish_array()
    };
    from_units(&result, unit, zone.as_deref(), inputs.output)
}
