//! `dt.add_business_days(x, n, week_mask, holidays, roll)`, `dt.is_business_day(x, week_mask, holidays)`,
//! `business_day_count(start, end, week_mask, holidays)`: days that the week mask (from Monday on) has and that are no
//! holidays; `dt.add_business_days([2024-02-29], 2) = [2024-03-04]`. Whole weeks are jumped over, holidays found by
//! binary search.

use std::borrow::Cow;

use hypostyle_core::{BooleanBuilder, Column, DataType, Error, PrimitiveBuilder, Result, Value};
use hypostyle_kernels::time_zone::{Ambiguous, NonExistent, from_local};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Param, Signature, at, not_defined, params};
use super::{date_to_same, local_units};

const WEEK_MASK: Param = params::option("week_mask", OptionType::Booleans, Default::Null);
const HOLIDAYS: Param = params::optional("holidays");

/// `dt.add_business_days(x, n, week_mask, holidays, roll)`
pub(super) const ADD_BUSINESS_DAYS: Function = Function::new(
    "dt.add_business_days",
    &[
        params::column("x"),
        params::column("n"),
        WEEK_MASK,
        HOLIDAYS,
        params::choice("roll", &["raise", "forward", "backward"]),
    ],
    |name, args| {
        if !args[1].dtype.is_integer() && *args[1].dtype != DataType::Null {
            return Err(not_defined(name, "a number of days", args[1].dtype));
        }
        holidays(date_to_same(name, args)?.with(1, DataType::Int64), name, args, 3)
    },
    add,
)
.doc("The day so many business days later.")
.example(&["date [2024-02-29, null]", "2"], "date [2024-03-04, null]");
/// `dt.is_business_day(x, week_mask, holidays)`
pub(super) const IS_BUSINESS_DAY: Function = Function::new(
    "dt.is_business_day",
    &[params::column("x"), WEEK_MASK, HOLIDAYS],
    |name, args| {
        date_to_same(name, args)?;
        holidays(Signature::keep(args, DataType::Boolean), name, args, 2)
    },
    is_business_day,
)
.doc("Whether it is a business day.")
.example(&["date [2024-02-29, 2024-03-02, null]"], "bool [true, false, null]");
/// `business_day_count(start, end, week_mask, holidays)`
pub(super) const BUSINESS_DAY_COUNT: Function = Function::new(
    "business_day_count",
    &[params::column("start"), params::column("end"), WEEK_MASK, HOLIDAYS],
    |name, args| {
        if let Some(other) = args[..2].iter().find(|a| !matches!(a.dtype, DataType::Date | DataType::Null)) {
            return Err(Error::schema(format!("`{name}` takes dates, not {}", other.dtype)));
        }
        let signature =
            Signature::keep(args, DataType::Int32).with(0, DataType::Date).with(1, DataType::Date);
        holidays(signature, name, args, 3)
    },
    count,
)
.doc("The number of business days from a day on until before another.")
.example(&["date [2024-02-29, null]", "date [2024-03-04, 2024-03-04]"], "i32 [2, null]");

/// Holidays are lists of dates.
fn holidays(signature: Signature, name: &str, args: &[Arg<'_>], i: usize) -> Result<Signature> {
    match args.get(i).map(|arg| arg.dtype) {
        None | Some(DataType::Null) => {}
        Some(DataType::List(inner)) if matches!(**inner, DataType::Date | DataType::Null) => {}
        Some(other) => return Err(not_defined(name, "holidays as a list of dates", other)),
    }
    Ok(signature.with(i, DataType::list(DataType::Date)))
}

/// Which days are business days. Days are counted from 1970-01-01.
#[derive(Clone, Debug)]
struct Calendar<'a> {
    /// From Monday on.
    week: [bool; 7],
    /// Business days in a week.
    per_week: i64,
    /// In order; those alone that the week would have as business days.
    holidays: Cow<'a, [i64]>,
}

impl Calendar<'_> {
    fn is_weekday(&self, day: i64) -> bool {
        // 1970-01-01 was a Thursday.
        self.week[(day + 3).rem_euclid(7) as usize]
    }

    fn is_business_day(&self, day: i64) -> bool {
        self.is_weekday(day) && self.holidays.binary_search(&day).is_err()
    }

    /// Holidays before a day.
    fn holidays_before(&self, day: i64) -> i64 {
        self.holidays.partition_point(|holiday| *holiday < day) as i64
    }

    /// The day itself if it is a business day, or the next one in a direction.
    fn roll(&self, mut day: i64, step: i64) -> i64 {
        while !self.is_business_day(day) {
            day += step;
        }
        day
    }

    /// So many business days later, if there were no holidays.
    fn later_without_holidays(&self, mut day: i64, days: i64) -> Option<i64> {
        day = (days / self.per_week).checked_mul(7)?.checked_add(day)?;
        let mut rest = days % self.per_week;
        while rest != 0 {
            day = day.checked_add(rest.signum())?;
            rest -= if self.is_weekday(day) { rest.signum() } else { 0 };
        }
        Some(day)
    }

    /// So many business days later than a business day.
    fn later(&self, day: i64, days: i64) -> Option<i64> {
        let (mut from, mut day, mut days) = (day, day, days);
        while days != 0 {
            day = self.later_without_holidays(from, days)?;
            // As many more as there are holidays on the way.
            days = match days > 0 {
                true => self.holidays_before(day.checked_add(1)?) - self.holidays_before(from + 1),
                false => self.holidays_before(day) - self.holidays_before(from),
            };
            from = day;
        }
        Some(day)
    }

    /// Business days from a day on until before a later one.
    fn between(&self, start: i64, end: i64) -> i64 {
        let weeks = (end - start).div_euclid(7);
        let rest = (start + weeks * 7..end).filter(|day| self.is_weekday(*day)).count() as i64;
        weeks * self.per_week + rest - (self.holidays_before(end) - self.holidays_before(start))
    }
}

/// The calendar of each row, the same for all where the holidays are constant.
fn for_each_row(
    inputs: &Inputs<'_>,
    mask: usize,
    mut f: impl FnMut(usize, Option<&Calendar<'_>>) -> Result<()>,
) -> Result<()> {
    let mut week = [true, true, true, true, true, false, false];
    if let Some(Value::List(given)) = inputs.args.get(mask).map(|arg| arg.column.get(0).value)
        && let Ok(given) = <&[Value; 7]>::try_from(&given[..])
    {
        week = given.clone().map(|value| matches!(value, Value::Boolean(true)));
    } else if inputs.args.get(mask).is_some_and(|arg| !arg.column.is_null(0)) {
        return Err(Error::compute("a week mask has a value for each of the seven days of a week"));
    }
    let per_week = week.iter().filter(|day| **day).count() as i64;
    if per_week == 0 {
        return Err(Error::compute("a week mask has at least one business day"));
    }
    let none = Calendar { week, per_week, holidays: Cow::Borrowed(&[]) };
    let Some(lists) = inputs.args.get(mask + 1).map(|arg| &arg.column) else {
        return (0..inputs.len).try_for_each(|row| f(row, Some(&none)));
    };
    let calendar = |row: usize| -> Result<Option<Calendar<'_>>> {
        let list = lists.as_list().ok_or_else(|| inputs.unplanned())?;
        if lists.is_null(row) {
            // Holidays that are not given are none; those of a row may be unknown.
            return Ok((lists.len() == 1).then(|| none.clone()));
        }
        let (start, end) = (list.offsets()[row] as usize, list.offsets()[row + 1] as usize);
        let days = list.values().expect_primitive::<i32>()?;
        let days = (start..end).map(|i| days.get(i).map(i64::from)).collect::<Option<Vec<i64>>>();
        let mut days = days.ok_or_else(|| Error::compute("a list of holidays has a null"))?;
        days.retain(|day| none.is_weekday(*day));
        days.sort_unstable();
        days.dedup();
        Ok(Some(Calendar { holidays: Cow::Owned(days), ..none.clone() }))
    };
    if lists.len() == 1 {
        let known = calendar(0)?;
        return (0..inputs.len).try_for_each(|row| f(row, known.as_ref()));
    }
    (0..inputs.len).try_for_each(|row| f(row, calendar(row)?.as_ref()))
}

fn add(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let (local, unit, zone) = local_units(column)?;
    let (per_day, roll) = (unit.per_second() * 86_400, inputs.text(4).unwrap_or("raise"));
    let numbers = inputs.column(1).expect_primitive::<i64>()?;
    let mut moved = PrimitiveBuilder::<i64>::with_capacity(inputs.len);
    for_each_row(inputs, 2, |row, calendar| {
        let given = local.get(at(column, row)).zip(numbers.get(at(inputs.column(1), row)));
        let Some(((value, n), calendar)) = given.zip(calendar) else {
            moved.push_null();
            return Ok(());
        };
        let day = value.div_euclid(per_day);
        let start = match roll {
            "forward" => calendar.roll(day, 1),
            "backward" => calendar.roll(day, -1),
            _ if calendar.is_business_day(day) => day,
            _ => {
                return Err(Error::compute(format!(
                    "{} (row {row}) is not a business day; use `roll` to start from the next or the previous one",
                    column.get(at(column, row))
                )));
            }
        };
        let units = calendar.later(start, n).and_then(|day| day.checked_mul(per_day));
        moved.push_option(units.and_then(|units| units.checked_add(value.rem_euclid(per_day))));
        Ok(())
    })?;
    let (zone, raise) = (zone.as_deref(), |_| Ok(Some(Ambiguous::Raise)));
    let utc = from_local(&moved.finish_array(), unit, zone, raise, NonExistent::Raise)?;
    super::from_instants(utc, unit, zone, inputs.output)
}

fn is_business_day(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let (local, unit, _) = local_units(column)?;
    let per_day = unit.per_second() * 86_400;
    let mut out = BooleanBuilder::new();
    for_each_row(inputs, 1, |row, calendar| {
        let day = local.get(at(column, row)).map(|value| value.div_euclid(per_day));
        out.push_option(day.zip(calendar).map(|(day, calendar)| calendar.is_business_day(day)));
        Ok(())
    })?;
    Ok(out.finish())
}

fn count(inputs: &Inputs<'_>) -> Result<Column> {
    let ends = [0, 1].map(|i| inputs.column(i).expect_primitive::<i32>());
    let [starts, ends] = [ends[0].clone()?, ends[1].clone()?];
    let mut out = PrimitiveBuilder::<i32>::with_capacity(inputs.len);
    for_each_row(inputs, 2, |row, calendar| {
        let days = starts.get(at(inputs.column(0), row)).zip(ends.get(at(inputs.column(1), row)));
        out.push_option(days.zip(calendar).map(|((start, end), calendar)| {
            let (start, end) = (i64::from(start), i64::from(end));
            // Backwards, the day that is counted from belongs to it too, the other not.
            let days = match start <= end {
                true => calendar.between(start, end),
                false => -calendar.between(end + 1, start + 1),
            };
            days as i32
        }));
        Ok(())
    })?;
    Ok(out.finish(DataType::Int32))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, dates};

    #[test]
    fn days_of_business() {
        let a = [dates([Some("2020-01-03"), Some("2020-02-29"), None])];
        check(call("dt.is_business_day", [col("a")]), &a, "bool [true, false, null]");
        let add =
            |n: i64, roll: &str| call("dt.add_business_days", [col("a"), lit(n), null(), null(), lit(roll)]);
        check(add(1, "forward"), &a, "date [2020-01-06, 2020-03-03, null]");
        check(add(-1, "backward"), &a, "date [2020-01-02, 2020-02-27, null]");
        check_error(add(1, "raise"), &a, "Compute");
        let b = [a[0].clone(), dates([Some("2020-01-10"), Some("2020-02-20"), None])];
        check(call("business_day_count", [col("a"), col("b")]), &b, "i32 [5, -6, null]");
    }

    proptest! {
        /// Jumps over weeks and counts of holidays give what going day by day gives.
        #[test]
        fn as_day_by_day(
            week in prop::array::uniform7(any::<bool>()),
            mut holidays in prop::collection::vec(-40i64..40, 0..12),
            start in -30i64..30,
            days in -25i64..25,
            end in -30i64..30,
        ) {
            let per_week = week.iter().filter(|day| **day).count() as i64;
            prop_assume!(per_week > 0);
            let plain = Calendar { week, per_week, holidays: Cow::Borrowed(&[]) };
            holidays.retain(|day| plain.is_weekday(*day));
            holidays.sort_unstable();
            holidays.dedup();
            let calendar = Calendar { holidays: Cow::Owned(holidays), ..plain };
            let start = calendar.roll(start, 1);
            let (mut day, mut left) = (start, days);
            while left != 0 {
                day += days.signum();
                left -= if calendar.is_business_day(day) { days.signum() } else { 0 };
            }
            prop_assert_eq!(calendar.later(start, days), Some(day));
            if start <= end {
                let counted = (start..end).filter(|day| calendar.is_business_day(*day)).count() as i64;
                prop_assert_eq!(calendar.between(start, end), counted);
            }
        }
    }
}
