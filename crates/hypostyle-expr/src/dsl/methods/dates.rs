//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{DateNameSpace, call, lit, null};
use crate::expr::Expr;

impl DateNameSpace {
    /// What standard time is ahead of UTC.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().base_utc_offset(), &["datetime[μs, Europe/Paris] [2024-07-01 12:00:00.000000, null]"])?;
    /// assert_eq!(x, "duration[ms] [3600000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn base_utc_offset(self) -> Expr {
        call("dt.base_utc_offset", [self.0])
    }

    /// The same time in another unit.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().cast_time_unit("ms"), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "datetime[ms] [2024-02-29 12:30:45.123, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cast_time_unit(self, time_unit: &str) -> Expr {
        call("dt.cast_time_unit", [self.0, lit(time_unit)])
    }

    /// The century.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().century(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i32 [21, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn century(self) -> Expr {
        call("dt.century", [self.0])
    }

    /// The day at a time of day.
    ///
    /// `time_unit` is one of `us`, `ms`, `ns`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().combine(col("b"), "us"), &["date [2024-02-29, null]", "time [12:30:00, 12:30:00]"])?;
    /// assert_eq!(x, "datetime[μs] [2024-02-29 12:30:00.000000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn combine(self, time: impl Into<Expr>, time_unit: &str) -> Expr {
        call("dt.combine", [self.0, time.into(), lit(time_unit)])
    }

    /// The same instant in another time zone.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().convert_time_zone("Asia/Tokyo"), &["datetime[μs, UTC] [2024-02-29 12:00:00.000000, null]"])?;
    /// assert_eq!(x, "datetime[μs, Asia/Tokyo] [2024-02-29 21:00:00.000000+09:00, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn convert_time_zone(self, time_zone: &str) -> Expr {
        call("dt.convert_time_zone", [self.0, lit(time_zone)])
    }

    /// The date.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().date(), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "date [2024-02-29, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn date(self) -> Expr {
        call("dt.date", [self.0])
    }

    /// The day of the month.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().day(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i8 [29, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn day(self) -> Expr {
        call("dt.day", [self.0])
    }

    /// The number of days of the month.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().days_in_month(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i8 [29, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn days_in_month(self) -> Expr {
        call("dt.days_in_month", [self.0])
    }

    /// What daylight saving adds to standard time.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().dst_offset(), &["datetime[μs, Europe/Paris] [2024-07-01 12:00:00.000000, null]"])?;
    /// assert_eq!(x, "duration[ms] [3600000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn dst_offset(self) -> Expr {
        call("dt.dst_offset", [self.0])
    }

    /// The hour, 0 to 23.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().hour(), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "i8 [12, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn hour(self) -> Expr {
        call("dt.hour", [self.0])
    }

    /// Whether the year has a 29th of February.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().is_leap_year(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "bool [true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_leap_year(self) -> Expr {
        call("dt.is_leap_year", [self.0])
    }

    /// The year that the ISO week belongs to.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().iso_year(), &["date [2021-01-03, null]"])?;
    /// assert_eq!(x, "i32 [2020, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn iso_year(self) -> Expr {
        call("dt.iso_year", [self.0])
    }

    /// Microseconds since the second.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().microsecond(), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "i32 [123456, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn microsecond(self) -> Expr {
        call("dt.microsecond", [self.0])
    }

    /// The millennium.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().millennium(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i32 [3, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn millennium(self) -> Expr {
        call("dt.millennium", [self.0])
    }

    /// Milliseconds since the second.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().millisecond(), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "i32 [123, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn millisecond(self) -> Expr {
        call("dt.millisecond", [self.0])
    }

    /// The minute.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().minute(), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "i8 [30, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn minute(self) -> Expr {
        call("dt.minute", [self.0])
    }

    /// The month, 1 to 12.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().month(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i8 [2, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn month(self) -> Expr {
        call("dt.month", [self.0])
    }

    /// The last day of the month.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().month_end(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "date [2024-02-29, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn month_end(self) -> Expr {
        call("dt.month_end", [self.0])
    }

    /// The first day of the month.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().month_start(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "date [2024-02-01, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn month_start(self) -> Expr {
        call("dt.month_start", [self.0])
    }

    /// Nanoseconds since the second.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().nanosecond(), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "i32 [123456000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn nanosecond(self) -> Expr {
        call("dt.nanosecond", [self.0])
    }

    /// The time moved by an interval such as "1mo".
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().offset_by("1mo"), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "date [2024-03-29, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn offset_by(self, by: impl Into<Expr>) -> Expr {
        call("dt.offset_by", [self.0, by.into()])
    }

    /// The day of the year.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().ordinal_day(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i16 [60, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ordinal_day(self) -> Expr {
        call("dt.ordinal_day", [self.0])
    }

    /// The quarter, 1 to 4.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().quarter(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i8 [1, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn quarter(self) -> Expr {
        call("dt.quarter", [self.0])
    }

    /// The same clock reading in another time zone.
    ///
    /// `non_existent` is one of `raise`, `null`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().replace_time_zone(Some("Asia/Tokyo"), None, "raise"), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "datetime[μs, Asia/Tokyo] [2024-02-29 12:30:45.123456+09:00, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn replace_time_zone(
        self,
        time_zone: Option<&str>,
        ambiguous: Option<Expr>,
        non_existent: &str,
    ) -> Expr {
        call(
            "dt.replace_time_zone",
            [
                self.0,
                time_zone.map_or_else(null, lit),
                ambiguous.unwrap_or_else(|| lit("raise")),
                lit(non_existent),
            ],
        )
    }

    /// The nearest start of a window; of two equally near the later.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().round("1h"), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "datetime[μs] [2024-02-29 13:00:00.000000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn round(self, every: impl Into<Expr>) -> Expr {
        call("dt.round", [self.0, every.into()])
    }

    /// The second.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().second(), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "i8 [45, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn second(self) -> Expr {
        call("dt.second", [self.0])
    }

    /// The time of day.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().time(), &["datetime[μs] [2024-02-29 12:30:45.000000, null]"])?;
    /// assert_eq!(x, "time [12:30:45, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn time(self) -> Expr {
        call("dt.time", [self.0])
    }

    /// Units since 1970 in UTC.
    ///
    /// `time_unit` is one of `us`, `ms`, `ns`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().timestamp("ms"), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "i64 [1709209845123, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn timestamp(self, time_unit: &str) -> Expr {
        call("dt.timestamp", [self.0, lit(time_unit)])
    }

    /// A duration in days.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().total_days(false), &["duration[ms] [90061500, null]"])?;
    /// assert_eq!(x, "i64 [1, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn total_days(self, fractional: bool) -> Expr {
        call("dt.total_days", [self.0, lit(fractional)])
    }

    /// A duration in hours.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().total_hours(false), &["duration[ms] [90061500, null]"])?;
    /// assert_eq!(x, "i64 [25, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn total_hours(self, fractional: bool) -> Expr {
        call("dt.total_hours", [self.0, lit(fractional)])
    }

    /// A duration in microseconds.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().total_microseconds(false), &["duration[ms] [90061500, null]"])?;
    /// assert_eq!(x, "i64 [90061500000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn total_microseconds(self, fractional: bool) -> Expr {
        call("dt.total_microseconds", [self.0, lit(fractional)])
    }

    /// A duration in milliseconds.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().total_milliseconds(false), &["duration[ms] [90061500, null]"])?;
    /// assert_eq!(x, "i64 [90061500, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn total_milliseconds(self, fractional: bool) -> Expr {
        call("dt.total_milliseconds", [self.0, lit(fractional)])
    }

    /// A duration in minutes.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().total_minutes(false), &["duration[ms] [90061500, null]"])?;
    /// assert_eq!(x, "i64 [1501, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn total_minutes(self, fractional: bool) -> Expr {
        call("dt.total_minutes", [self.0, lit(fractional)])
    }

    /// A duration in nanoseconds.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().total_nanoseconds(false), &["duration[ms] [90061500, null]"])?;
    /// assert_eq!(x, "i64 [90061500000000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn total_nanoseconds(self, fractional: bool) -> Expr {
        call("dt.total_nanoseconds", [self.0, lit(fractional)])
    }

    /// A duration in seconds.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().total_seconds(true), &["duration[ms] [90061500, null]"])?;
    /// assert_eq!(x, "f64 [90061.5, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn total_seconds(self, fractional: bool) -> Expr {
        call("dt.total_seconds", [self.0, lit(fractional)])
    }

    /// The start of the window that the time lies in.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().truncate("1h"), &["datetime[μs] [2024-02-29 12:30:45.123456, null]"])?;
    /// assert_eq!(x, "datetime[μs] [2024-02-29 12:00:00.000000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn truncate(self, every: impl Into<Expr>) -> Expr {
        call("dt.truncate", [self.0, every.into()])
    }

    /// The ISO week, 1 to 53.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().week(), &["date [2021-01-03, null]"])?;
    /// assert_eq!(x, "i8 [53, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn week(self) -> Expr {
        call("dt.week", [self.0])
    }

    /// The day of the week, Monday is 1.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().weekday(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i8 [4, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn weekday(self) -> Expr {
        call("dt.weekday", [self.0])
    }

    /// The year.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").dt().year(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i32 [2024, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn year(self) -> Expr {
        call("dt.year", [self.0])
    }
}
