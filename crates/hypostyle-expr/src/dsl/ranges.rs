//! Columns of regular numbers and times, and of one value.

use super::{call, lit, null};
use crate::expr::Expr;

/// A range of whole numbers for each row, as [`super::int_range`] makes one.
pub fn int_ranges(start: impl Into<Expr>, end: impl Into<Expr>, step: impl Into<Expr>) -> Expr {
    call("int_ranges", [start.into(), end.into(), step.into()])
}

/// Dates from one end to the other at an interval such as `"1mo"`; `closed` says which ends belong to them: `"both"`,
/// `"left"`, `"right"` or `"none"`.
pub fn date_range(start: Expr, end: Expr, interval: &str, closed: &str) -> Expr {
    call("date_range", [start, end, lit(interval), lit(closed)])
}

/// A range of dates for each row, as [`date_range`] makes one.
pub fn date_ranges(start: Expr, end: Expr, interval: &str, closed: &str) -> Expr {
    call("date_ranges", [start, end, lit(interval), lit(closed)])
}

/// Points in time from one end to the other at an interval such as `"1h"`, in a time zone if one is given.
pub fn datetime_range(start: Expr, end: Expr, interval: &str, closed: &str, zone: Option<&str>) -> Expr {
    call("datetime_range", [start, end, lit(interval), lit(closed), null(), zone.map_or_else(null, lit)])
}

/// A range of points in time for each row, as [`datetime_range`] makes one.
pub fn datetime_ranges(start: Expr, end: Expr, interval: &str, closed: &str, zone: Option<&str>) -> Expr {
    call("datetime_ranges", [start, end, lit(interval), lit(closed), null(), zone.map_or_else(null, lit)])
}

/// Times of day from one end to the other at an interval such as `"15m"`.
pub fn time_range(start: Expr, end: Expr, interval: &str, closed: &str) -> Expr {
    call("time_range", [start, end, lit(interval), lit(closed)])
}

/// A range of times of day for each row, as [`time_range`] makes one.
pub fn time_ranges(start: Expr, end: Expr, interval: &str, closed: &str) -> Expr {
    call("time_ranges", [start, end, lit(interval), lit(closed)])
}

/// One value, a number of times.
pub fn repeat(value: impl Into<Expr>, n: impl Into<Expr>) -> Expr {
    call("repeat", [value.into(), n.into()])
}

impl Expr {
    /// Some values for others; the rest becomes `default`, or is an error if there is none. Both are lists of as many
    /// values, or `new` is one value for all.
    pub fn replace_strict(self, old: Expr, new: Expr, default: Option<Expr>) -> Expr {
        call("replace_strict", [self, old, new, null()].into_iter().chain(default))
    }
}
