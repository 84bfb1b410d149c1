//! The `dt` namespace. Null gives null; times with a zone are read by their local clock.

mod business_days;
mod cast_time_unit;
mod combine;
mod compose;
mod convert_time_zone;
mod date_time;
mod is_leap_year;
mod month_edge;
mod offset_by;
mod offsets;
mod parts;
mod replace;
mod replace_time_zone;
mod strftime;
mod timestamp;
mod totals;
mod truncate;

use std::sync::Arc;

use hypostyle_core::{Column, DataType, Error, Native, PrimitiveArray, PrimitiveBuilder, Result, TimeUnit};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::time_zone::{Ambiguous, Clock, NonExistent, from_local, to_local};
use hypostyle_kernels::zip::{unary, unary_checked};

use super::{Arg, Function, Inputs, Signature, literal_text, not_defined};

pub(super) use replace_time_zone::choices;

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
    compose::DATE,
    compose::DATETIME,
    date_time::DATE,
    date_time::TIME,
    timestamp::TIMESTAMP,
    cast_time_unit::CAST_TIME_UNIT,
    offset_by::OFFSET_BY,
    truncate::TRUNCATE,
    truncate::ROUND,
    combine::COMBINE,
    replace::REPLACE,
    offsets::BASE_UTC_OFFSET,
    offsets::DST_OFFSET,
    business_days::ADD_BUSINESS_DAYS,
    business_days::IS_BUSINESS_DAY,
    business_days::BUSINESS_DAY_COUNT,
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
pub(super) fn parse_unit(text: &str) -> Result<TimeUnit> {
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

/// A date or datetime as units since 1970, with the unit and the zone.
fn instants(column: &Column) -> Result<(PrimitiveArray<i64>, TimeUnit, Option<Arc<str>>)> {
    match column.dtype() {
        DataType::Datetime(unit, zone) => {
            Ok((column.expect_primitive::<i64>()?.clone(), *unit, zone.clone()))
        }
        _ => {
            let unit = TimeUnit::Milliseconds;
            let at = cast(column, &DataType::Datetime(unit, None), CastMode::Strict)?;
            Ok((at.expect_primitive::<i64>()?.clone(), unit, None))
        }
    }
}

/// The same by the local clock.
fn local_units(column: &Column) -> Result<(PrimitiveArray<i64>, TimeUnit, Option<Arc<str>>)> {
    match column.dtype() {
        DataType::Datetime(unit, zone) => {
            Ok((to_local(column, *unit, zone.as_deref())?, *unit, zone.clone()))
        }
        _ => instants(column),
    }
}

/// Local times as a column of the planned type. Times that occur twice or never are errors.
fn from_units(
    values: &PrimitiveArray<i64>,
    unit: TimeUnit,
    zone: Option<&str>,
    output: &DataType,
) -> Result<Column> {
    let utc = from_local(values, unit, zone, |_| Ok(Some(Ambiguous::Raise)), NonExistent::Raise)?;
    from_instants(utc, unit, zone, output)
}

/// Instants as a column of the planned type.
fn from_instants(
    values: PrimitiveArray<i64>,
    unit: TimeUnit,
    zone: Option<&str>,
    output: &DataType,
) -> Result<Column> {
    let at = Column::from_primitive(DataType::Datetime(unit, zone.map(Into::into)), values);
    cast(&at, output, CastMode::NonStrict)
}

/// A date or datetime and an interval, which is checked when the plan is made if it is a literal.
fn with_interval<T>(name: &str, args: &[Arg<'_>], read: fn(&str) -> Result<T>) -> Result<Signature> {
    if let Some(interval) = literal_text(args, 1) {
        read(interval)?;
    }
    Ok(date_to_same(name, args)?.with(1, DataType::String))
}

/// Moves every time by the interval in the second argument.
fn move_by<T: Clone>(
    inputs: &Inputs<'_>,
    read: fn(&str) -> Result<T>,
    step: fn(&T, &Clock, i64) -> Option<i64>,
) -> Result<Column> {
    let (times, unit, zone) = instants(inputs.column(0))?;
    let clock = Clock::new(unit, zone.as_deref())?;
    let result = if inputs.is_constant(1) {
        let Some(interval) = inputs.text(1).map(read).transpose()? else { return inputs.nulls() };
        unary_checked(&times, |v| step(&interval, &clock, v))
    } else {
        let mut builder = PrimitiveBuilder::<i64>::with_capacity(inputs.len);
        let mut last: Option<(&str, T)> = None;
        for row in 0..inputs.len {
            let value = times.get(if times.len() == 1 { 0 } else { row });
            let Some((value, text)) = value.zip(inputs.text_at(1, row)) else {
                builder.push_null();
                continue;
            };
            let interval = match last.take().filter(|(known, _)| *known == text) {
                Some((_, interval)) => interval,
                None => read(text)?,
            };
            builder.push_option(step(&interval, &clock, value));
            last = Some((text, interval));
        }
        builder.finish_array()
    };
    from_instants(result, unit, zone.as_deref(), inputs.output)
}
