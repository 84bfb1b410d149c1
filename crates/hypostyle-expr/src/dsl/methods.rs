//! Methods for entries of the catalogs that need nothing arranged, made from their entries by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::{BinaryNameSpace, DateNameSpace, ListNameSpace, StringNameSpace, aggregate, call, lit, null};
use crate::expr::Expr;

impl Expr {
    /// The angle in radians whose cosine is the value.
    pub fn arccos(self) -> Expr {
        call("arccos", [self])
    }

    /// The angle in radians whose sine is the value.
    pub fn arcsin(self) -> Expr {
        call("arcsin", [self])
    }

    /// The angle in radians whose tangent is the value.
    pub fn arctan(self) -> Expr {
        call("arctan", [self])
    }

    /// The row numbers that would sort the values.
    pub fn arg_sort(self, descending: bool, nulls_last: bool) -> Expr {
        call("arg_sort", [self, lit(descending), lit(nulls_last)])
    }

    /// The row numbers of what is true.
    pub fn arg_true(self) -> Expr {
        call("arg_true", [self])
    }

    /// The row numbers of the first row of each value.
    pub fn arg_unique(self) -> Expr {
        call("arg_unique", [self])
    }

    /// The next value that is not null, in place of null.
    pub fn backward_fill(self, limit: Option<i64>) -> Expr {
        call("backward_fill", [self, limit.map_or_else(null, lit)])
    }

    /// The cube root.
    pub fn cbrt(self) -> Expr {
        call("cbrt", [self])
    }

    /// The cosine of an angle in radians.
    pub fn cos(self) -> Expr {
        call("cos", [self])
    }

    /// The hyperbolic cosine.
    pub fn cosh(self) -> Expr {
        call("cosh", [self])
    }

    /// The cotangent of an angle in radians.
    pub fn cot(self) -> Expr {
        call("cot", [self])
    }

    /// The number of values so far that are not null.
    pub fn cum_count(self, reverse: bool) -> Expr {
        call("cum_count", [self, lit(reverse)])
    }

    /// The largest value so far.
    pub fn cum_max(self, reverse: bool) -> Expr {
        call("cum_max", [self, lit(reverse)])
    }

    /// The smallest value so far.
    pub fn cum_min(self, reverse: bool) -> Expr {
        call("cum_min", [self, lit(reverse)])
    }

    /// The running product.
    pub fn cum_prod(self, reverse: bool) -> Expr {
        call("cum_prod", [self, lit(reverse)])
    }

    /// Radians as degrees.
    pub fn degrees(self) -> Expr {
        call("degrees", [self])
    }

    /// The difference to the value a number of rows before.
    pub fn diff(self, n: impl Into<Expr>) -> Expr {
        call("diff", [self, n.into()])
    }

    /// The values that are not NaN.
    pub fn drop_nans(self) -> Expr {
        call("drop_nans", [self])
    }

    /// The last value before that is not null, in place of null.
    pub fn forward_fill(self, limit: Option<i64>) -> Expr {
        call("forward_fill", [self, limit.map_or_else(null, lit)])
    }

    /// The values at row numbers; negative ones count from the end.
    pub fn gather(self, indices: impl Into<Expr>) -> Expr {
        call("gather", [self, indices.into()])
    }

    /// Every n-th value from an offset on.
    pub fn gather_every(self, n: i64, offset: i64) -> Expr {
        call("gather_every", [self, lit(n), lit(offset)])
    }

    /// Values between their neighbours in place of null.
    ///
    /// `method` is one of `linear`, `nearest`.
    pub fn interpolate(self, method: &str) -> Expr {
        call("interpolate", [self, lit(method)])
    }

    /// Whether the row is the first with its value.
    pub fn is_first_distinct(self) -> Expr {
        call("is_first_distinct", [self])
    }

    /// Whether the row is the last with its value.
    pub fn is_last_distinct(self) -> Expr {
        call("is_last_distinct", [self])
    }

    /// The logarithm to base 10.
    pub fn log10(self) -> Expr {
        call("log10", [self])
    }

    /// The natural logarithm of the value plus one.
    pub fn log1p(self) -> Expr {
        call("log1p", [self])
    }

    /// The values that are there most often.
    pub fn mode(self) -> Expr {
        call("mode", [self])
    }

    /// The relative difference to the value a number of rows before.
    pub fn pct_change(self, n: impl Into<Expr>) -> Expr {
        call("pct_change", [self, n.into()])
    }

    /// Degrees as radians.
    pub fn radians(self) -> Expr {
        call("radians", [self])
    }

    /// The rank of the value among all.
    ///
    /// `method` is one of `average`, `min`, `max`, `dense`, `ordinal`.
    pub fn rank(self, method: &str, descending: bool) -> Expr {
        call("rank", [self, lit(method), lit(descending)])
    }

    /// Some values for others, the rest as it is.
    pub fn replace(self, old: impl Into<Expr>, new: impl Into<Expr>) -> Expr {
        call("replace", [self, old.into(), new.into()])
    }

    /// The sine of an angle in radians.
    pub fn sin(self) -> Expr {
        call("sin", [self])
    }

    /// The hyperbolic sine.
    pub fn sinh(self) -> Expr {
        call("sinh", [self])
    }

    /// The values from an offset on, as many as a length says.
    pub fn slice(self, offset: impl Into<Expr>, length: impl Into<Expr>) -> Expr {
        call("slice", [self, offset.into(), length.into()])
    }

    /// The tangent of an angle in radians.
    pub fn tan(self) -> Expr {
        call("tan", [self])
    }

    /// The hyperbolic tangent.
    pub fn tanh(self) -> Expr {
        call("tanh", [self])
    }

    /// The numbers that values are stored as.
    pub fn to_physical(self) -> Expr {
        call("to_physical", [self])
    }

    /// How often each value is there, in order of the first rows.
    pub fn unique_counts(self) -> Expr {
        call("unique_counts", [self])
    }

    /// The bits that all values have.
    pub fn bitwise_and(self) -> Expr {
        aggregate("bitwise_and", [self])
    }

    /// The bits that any value has.
    pub fn bitwise_or(self) -> Expr {
        aggregate("bitwise_or", [self])
    }

    /// The bits that an odd number of values has.
    pub fn bitwise_xor(self) -> Expr {
        aggregate("bitwise_xor", [self])
    }

    /// The kurtosis, with `fisher` less the 3 of a normal distribution, with `bias` false corrected.
    pub fn kurtosis(self, fisher: bool, bias: bool) -> Expr {
        aggregate("kurtosis", [self, lit(fisher), lit(bias)])
    }

    /// The skewness of the sample, or with `bias` false corrected for its size.
    pub fn skew(self, bias: bool) -> Expr {
        aggregate("skew", [self, lit(bias)])
    }
}

impl StringNameSpace {
    /// Whether any of some strings is part of it.
    pub fn contains_any(self, patterns: impl Into<Expr>, ascii_case_insensitive: bool) -> Expr {
        call("str.contains_any", [self.0, patterns.into(), lit(ascii_case_insensitive)])
    }

    /// How often a pattern matches.
    pub fn count_matches(self, pattern: impl Into<Expr>, literal: bool) -> Expr {
        call("str.count_matches", [self.0, pattern.into(), lit(literal)])
    }

    /// The bytes that were written in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    pub fn decode(self, encoding: &str, strict: bool) -> Expr {
        call("str.decode", [self.0, lit(encoding), lit(strict)])
    }

    /// The bytes as text in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    pub fn encode(self, encoding: &str) -> Expr {
        call("str.encode", [self.0, lit(encoding)])
    }

    /// The regular expression that matches the string itself.
    pub fn escape_regex(self) -> Expr {
        call("str.escape_regex", [self.0])
    }

    /// What a group of a regular expression captures in its first match.
    pub fn extract(self, pattern: impl Into<Expr>, group_index: i64) -> Expr {
        call("str.extract", [self.0, pattern.into(), lit(group_index)])
    }

    /// All matches of a regular expression, as a list.
    pub fn extract_all(self, pattern: impl Into<Expr>) -> Expr {
        call("str.extract_all", [self.0, pattern.into()])
    }

    /// What the groups of a regular expression capture in its first match, as a struct.
    pub fn extract_groups(self, pattern: &str) -> Expr {
        call("str.extract_groups", [self.0, lit(pattern)])
    }

    /// The parts that are one of some strings, as a list.
    pub fn extract_many(
        self,
        patterns: impl Into<Expr>,
        ascii_case_insensitive: bool,
        overlapping: bool,
        leftmost: bool,
    ) -> Expr {
        call(
            "str.extract_many",
            [self.0, patterns.into(), lit(ascii_case_insensitive), lit(overlapping), lit(leftmost)],
        )
    }

    /// The byte where a pattern matches first.
    pub fn find(self, pattern: impl Into<Expr>, literal: bool, strict: bool) -> Expr {
        call("str.find", [self.0, pattern.into(), lit(literal), lit(strict)])
    }

    /// The bytes where one of some strings starts, as a list.
    pub fn find_many(
        self,
        patterns: impl Into<Expr>,
        ascii_case_insensitive: bool,
        overlapping: bool,
        leftmost: bool,
    ) -> Expr {
        call(
            "str.find_many",
            [self.0, patterns.into(), lit(ascii_case_insensitive), lit(overlapping), lit(leftmost)],
        )
    }

    /// The first characters; of a negative number all but so many at the end.
    pub fn head(self, n: impl Into<Expr>) -> Expr {
        call("str.head", [self.0, n.into()])
    }

    /// In a normalization form of Unicode.
    ///
    /// `form` is one of `NFC`, `NFKC`, `NFD`, `NFKD`.
    pub fn normalize(self, form: &str) -> Expr {
        call("str.normalize", [self.0, lit(form)])
    }

    /// Filled up at the end to a number of characters.
    pub fn pad_end(self, length: impl Into<Expr>, fill_char: &str) -> Expr {
        call("str.pad_end", [self.0, length.into(), lit(fill_char)])
    }

    /// Filled up at the start to a number of characters.
    pub fn pad_start(self, length: impl Into<Expr>, fill_char: &str) -> Expr {
        call("str.pad_start", [self.0, length.into(), lit(fill_char)])
    }

    /// With the first matches of a pattern replaced.
    pub fn replace(self, pattern: impl Into<Expr>, value: impl Into<Expr>, literal: bool, n: i64) -> Expr {
        call("str.replace", [self.0, pattern.into(), value.into(), lit(literal), lit(n)])
    }

    /// With some strings replaced by others.
    pub fn replace_many(
        self,
        patterns: impl Into<Expr>,
        replace_with: impl Into<Expr>,
        ascii_case_insensitive: bool,
        leftmost: bool,
    ) -> Expr {
        call(
            "str.replace_many",
            [self.0, patterns.into(), replace_with.into(), lit(ascii_case_insensitive), lit(leftmost)],
        )
    }

    /// The characters from last to first.
    pub fn reverse(self) -> Expr {
        call("str.reverse", [self.0])
    }

    /// The parts between the first separators, as a struct.
    pub fn split_exact(self, by: impl Into<Expr>, n: i64, inclusive: bool) -> Expr {
        call("str.split_exact", [self.0, by.into(), lit(n), lit(inclusive)])
    }

    /// At most so many parts between separators, as a struct.
    pub fn splitn(self, by: impl Into<Expr>, n: i64) -> Expr {
        call("str.splitn", [self.0, by.into(), lit(n)])
    }

    /// Without the given characters at both ends, or white space.
    pub fn strip_chars(self, characters: Option<Expr>) -> Expr {
        call("str.strip_chars", [self.0, characters.unwrap_or_else(null)])
    }

    /// Without the given characters at the end, or white space.
    pub fn strip_chars_end(self, characters: Option<Expr>) -> Expr {
        call("str.strip_chars_end", [self.0, characters.unwrap_or_else(null)])
    }

    /// Without the given characters at the start, or white space.
    pub fn strip_chars_start(self, characters: Option<Expr>) -> Expr {
        call("str.strip_chars_start", [self.0, characters.unwrap_or_else(null)])
    }

    /// Without a string at the start.
    pub fn strip_prefix(self, prefix: impl Into<Expr>) -> Expr {
        call("str.strip_prefix", [self.0, prefix.into()])
    }

    /// Without a string at the end.
    pub fn strip_suffix(self, suffix: impl Into<Expr>) -> Expr {
        call("str.strip_suffix", [self.0, suffix.into()])
    }

    /// The last characters; of a negative number all but so many at the start.
    pub fn tail(self, n: impl Into<Expr>) -> Expr {
        call("str.tail", [self.0, n.into()])
    }

    /// The date and time that a string spells.
    ///
    /// `time_unit` is one of `ms`, `us`, `ns`.
    pub fn to_datetime(
        self,
        format: Option<&str>,
        strict: bool,
        time_unit: Option<&str>,
        time_zone: Option<&str>,
        ambiguous: Option<Expr>,
    ) -> Expr {
        call(
            "str.to_datetime",
            [
                self.0,
                format.map_or_else(null, lit),
                lit(strict),
                time_unit.map_or_else(null, lit),
                time_zone.map_or_else(null, lit),
                ambiguous.unwrap_or_else(null),
            ],
        )
    }

    /// The decimal that a string spells.
    pub fn to_decimal(self, scale: i64) -> Expr {
        call("str.to_decimal", [self.0, lit(scale)])
    }

    /// The integer that a string spells in a base.
    pub fn to_integer(self, base: Option<Expr>, strict: bool) -> Expr {
        call("str.to_integer", [self.0, base.unwrap_or_else(null), lit(strict)])
    }

    /// The time of day that a string spells.
    pub fn to_time(self, format: Option<&str>, strict: bool) -> Expr {
        call("str.to_time", [self.0, format.map_or_else(null, lit), lit(strict)])
    }

    /// With a capital at the start of each word.
    pub fn to_titlecase(self) -> Expr {
        call("str.to_titlecase", [self.0])
    }

    /// Filled up with zeros after the sign to a number of characters.
    pub fn zfill(self, length: impl Into<Expr>) -> Expr {
        call("str.zfill", [self.0, length.into()])
    }

    /// The strings of all rows as one.
    pub fn join(self, delimiter: &str, ignore_nulls: bool) -> Expr {
        aggregate("str.join", [self.0, lit(delimiter), lit(ignore_nulls)])
    }
}

impl DateNameSpace {
    /// The same time in another unit.
    pub fn cast_time_unit(self, time_unit: &str) -> Expr {
        call("dt.cast_time_unit", [self.0, lit(time_unit)])
    }

    /// The century.
    pub fn century(self) -> Expr {
        call("dt.century", [self.0])
    }

    /// The same instant in another time zone.
    pub fn convert_time_zone(self, time_zone: &str) -> Expr {
        call("dt.convert_time_zone", [self.0, lit(time_zone)])
    }

    /// The date.
    pub fn date(self) -> Expr {
        call("dt.date", [self.0])
    }

    /// The number of days of the month.
    pub fn days_in_month(self) -> Expr {
        call("dt.days_in_month", [self.0])
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> Expr {
        call("dt.hour", [self.0])
    }

    /// Whether the year has a 29th of February.
    pub fn is_leap_year(self) -> Expr {
        call("dt.is_leap_year", [self.0])
    }

    /// The year that the ISO week belongs to.
    pub fn iso_year(self) -> Expr {
        call("dt.iso_year", [self.0])
    }

    /// Microseconds since the second.
    pub fn microsecond(self) -> Expr {
        call("dt.microsecond", [self.0])
    }

    /// The millennium.
    pub fn millennium(self) -> Expr {
        call("dt.millennium", [self.0])
    }

    /// Milliseconds since the second.
    pub fn millisecond(self) -> Expr {
        call("dt.millisecond", [self.0])
    }

    /// The minute.
    pub fn minute(self) -> Expr {
        call("dt.minute", [self.0])
    }

    /// The last day of the month.
    pub fn month_end(self) -> Expr {
        call("dt.month_end", [self.0])
    }

    /// The first day of the month.
    pub fn month_start(self) -> Expr {
        call("dt.month_start", [self.0])
    }

    /// Nanoseconds since the second.
    pub fn nanosecond(self) -> Expr {
        call("dt.nanosecond", [self.0])
    }

    /// The day of the year.
    pub fn ordinal_day(self) -> Expr {
        call("dt.ordinal_day", [self.0])
    }

    /// The quarter, 1 to 4.
    pub fn quarter(self) -> Expr {
        call("dt.quarter", [self.0])
    }

    /// The same clock reading in another time zone.
    ///
    /// `non_existent` is one of `raise`, `null`.
    pub fn replace_time_zone(
        self,
        time_zone: Option<&str>,
        ambiguous: Option<Expr>,
        non_existent: &str,
    ) -> Expr {
        call(
            "dt.replace_time_zone",
            [self.0, time_zone.map_or_else(null, lit), ambiguous.unwrap_or_else(null), lit(non_existent)],
        )
    }

    /// The second.
    pub fn second(self) -> Expr {
        call("dt.second", [self.0])
    }

    /// The time of day.
    pub fn time(self) -> Expr {
        call("dt.time", [self.0])
    }

    /// Units since 1970 in UTC.
    ///
    /// `time_unit` is one of `us`, `ms`, `ns`.
    pub fn timestamp(self, time_unit: &str) -> Expr {
        call("dt.timestamp", [self.0, lit(time_unit)])
    }

    /// A duration in days.
    pub fn total_days(self, fractional: bool) -> Expr {
        call("dt.total_days", [self.0, lit(fractional)])
    }

    /// A duration in hours.
    pub fn total_hours(self, fractional: bool) -> Expr {
        call("dt.total_hours", [self.0, lit(fractional)])
    }

    /// A duration in microseconds.
    pub fn total_microseconds(self, fractional: bool) -> Expr {
        call("dt.total_microseconds", [self.0, lit(fractional)])
    }

    /// A duration in milliseconds.
    pub fn total_milliseconds(self, fractional: bool) -> Expr {
        call("dt.total_milliseconds", [self.0, lit(fractional)])
    }

    /// A duration in minutes.
    pub fn total_minutes(self, fractional: bool) -> Expr {
        call("dt.total_minutes", [self.0, lit(fractional)])
    }

    /// A duration in nanoseconds.
    pub fn total_nanoseconds(self, fractional: bool) -> Expr {
        call("dt.total_nanoseconds", [self.0, lit(fractional)])
    }

    /// A duration in seconds.
    pub fn total_seconds(self, fractional: bool) -> Expr {
        call("dt.total_seconds", [self.0, lit(fractional)])
    }

    /// The ISO week, 1 to 53.
    pub fn week(self) -> Expr {
        call("dt.week", [self.0])
    }

    /// The day of the week, Monday is 1.
    pub fn weekday(self) -> Expr {
        call("dt.weekday", [self.0])
    }
}

impl ListNameSpace {
    /// Whether all values are true.
    pub fn all(self, ignore_nulls: bool) -> Expr {
        call("list.all", [self.0, lit(ignore_nulls)])
    }

    /// Whether any value is true.
    pub fn any(self, ignore_nulls: bool) -> Expr {
        call("list.any", [self.0, lit(ignore_nulls)])
    }

    /// The position of the largest value.
    pub fn arg_max(self) -> Expr {
        call("list.arg_max", [self.0])
    }

    /// The position of the smallest value.
    pub fn arg_min(self) -> Expr {
        call("list.arg_min", [self.0])
    }

    /// The values that are not null.
    pub fn drop_nulls(self) -> Expr {
        call("list.drop_nulls", [self.0])
    }

    /// The median of the values.
    pub fn median(self) -> Expr {
        call("list.median", [self.0])
    }

    /// The number of different values.
    pub fn n_unique(self) -> Expr {
        call("list.n_unique", [self.0])
    }

    /// The standard deviation of the values.
    pub fn std(self, ddof: i64) -> Expr {
        call("list.std", [self.0, lit(ddof)])
    }

    /// The variance of the values.
    pub fn var(self, ddof: i64) -> Expr {
        call("list.var", [self.0, lit(ddof)])
    }
}

impl BinaryNameSpace {
    /// The bytes that were written in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    pub fn decode(self, encoding: &str, strict: bool) -> Expr {
        call("bin.decode", [self.0, lit(encoding), lit(strict)])
    }

    /// The bytes as text in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    pub fn encode(self, encoding: &str) -> Expr {
        call("bin.encode", [self.0, lit(encoding)])
    }

    /// The number of bytes.
    pub fn size(self) -> Expr {
        call("bin.size", [self.0])
    }
}
