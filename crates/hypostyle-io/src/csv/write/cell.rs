//! The text of one value.

use std::fmt::Write;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use hypostyle_core::{
    Array, BooleanArray, Column, DataType, DictArray, Error, Native, PrimitiveArray, Result, TimeUnit,
    Utf8Array, f16,
};

use super::options::CsvWriteOptions;

/// Writes the values of one column.
pub(crate) enum Cells<'a> {
    Null,
    Boolean(&'a BooleanArray),
    Number(Numbers<'a>, Floats),
    Decimal(&'a PrimitiveArray<i128>, u8, u8),
    Date(&'a PrimitiveArray<i32>, Option<&'a str>),
    Time(&'a PrimitiveArray<i64>, Option<&'a str>),
    Datetime(&'a PrimitiveArray<i64>, TimeUnit, Option<Tz>, Option<&'a str>),
    Utf8(&'a Utf8Array),
    Dict(&'a DictArray),
}

macro_rules! define_numbers {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {
        /// A column of plain numbers.
        pub(crate) enum Numbers<'a> {
            $($variant(&'a PrimitiveArray<$t>),)+
        }

        impl<'a> Numbers<'a> {
            fn of(array: &'a Array) -> Option<Self> {
                match array {
                    $(Array::$variant(a) => Some(Self::$variant(a)),)+
                    _ => None,
                }
            }

            fn are_floats(&self) -> bool {
                match self {
                    $(Self::$variant(_) => <$t as Native>::IS_FLOAT,)+
                }
            }

            fn is_finite(&self, row: usize) -> bool {
                match self {
                    $(Self::$variant(a) => !<$t as Native>::IS_FLOAT || Native::to_f64(a.values()[row]).is_finite(),)+
                }
            }

            #[inline]
            fn write(&self, row: usize, floats: Floats, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant(a) => define_numbers!($class a.values()[row], floats, out),)+
                }
            }
        }
    };
    (Float $value:expr, $floats:ident, $out:ident) => { $floats.write(Printed::printed($value), $out) };
    // Signed and Unsigned.
    ($class:ident $value:expr, $floats:ident, $out:ident) => { integer($value, $out) };
}

hypostyle_core::primitive_types!(@define_numbers);

/// A float as the one whose digits are written.
trait Printed {
    type As;
    fn printed(self) -> Self::As;
}

impl Printed for f16 {
    type As = f32;

    fn printed(self) -> f32 {
        self.into()
    }
}

impl Printed for f32 {
    type As = f32;

    fn printed(self) -> f32 {
        self
    }
}

impl Printed for f64 {
    type As = f64;

    fn printed(self) -> f64 {
        self
    }
}

/// How floats look.
#[derive(Clone, Copy)]
pub(crate) struct Floats {
    scientific: Option<bool>,
    precision: Option<usize>,
    comma: bool,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(column: &'a Column, options: &'a CsvWriteOptions) -> Result<Self> {
        let floats = Floats {
            scientific: options.float_scientific,
            precision: options.float_precision,
            comma: options.decimal_comma,
        };
        let point = if options.decimal_comma { b',' } else { b'.' };
        Ok(match (column.dtype(), column.array()) {
            (DataType::Decimal(_, scale), Array::Int128(a)) => Self::Decimal(a, *scale, point),
            (DataType::Date, Array::Int32(a)) => Self::Date(a, options.date_format.as_deref()),
            (DataType::Time, Array::Int64(a)) => Self::Time(a, options.time_format.as_deref()),
            (DataType::Datetime(unit, zone), Array::Int64(a)) => {
                let zone = zone.as_deref().map(|zone| zone.parse::<Tz>());
                let zone = zone
                    .transpose()
                    .map_err(|e| Error::compute(format!("time zone of a CSV column: {e}")))?;
                Self::Datetime(a, *unit, zone, options.datetime_format.as_deref())
            }
            (dtype @ (DataType::Duration(_) | DataType::Binary), _) => {
                return Err(Error::compute(format!(
                    "CSV has no text for {dtype}; cast the column to String or Int64, or write another format"
                )));
            }
            (DataType::List(_) | DataType::Array(..) | DataType::Struct(_), _) => {
                return Err(Error::compute(
                    "CSV has no nested data; unnest or explode the column, or write another format",
                ));
            }
            (_, Array::Null(_)) => Self::Null,
            (_, Array::Boolean(a)) => Self::Boolean(a),
            (_, Array::Utf8(a)) => Self::Utf8(a),
            (_, Array::Dict(a)) => Self::Dict(a),
            (dtype, array) => match Numbers::of(array) {
                Some(numbers) => Self::Number(numbers, floats),
                None => {
                    return Err(Error::internal(format!(
                        "a CSV column of type {dtype} in another type's array"
                    )));
                }
            },
        })
    }

    /// Appends the text of a value that is not null.
    pub(crate) fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Null => {}
            Self::Boolean(a) => out.extend_from_slice(if a.values().get(row) { b"true" } else { b"false" }),
            Self::Number(numbers, floats) => numbers.write(row, *floats, out),
            Self::Decimal(a, scale, point) => decimal(a.values()[row], *scale, *point, out),
            Self::Date(a, format) => date(a.values()[row], *format, out)?,
            Self::Time(a, format) => time(a.values()[row], *format, out)?,
            Self::Datetime(a, unit, zone, format) => datetime(a.values()[row], *unit, *zone, *format, out)?,
            Self::Utf8(a) => out.extend_from_slice(a.value(row).as_bytes()),
            Self::Dict(a) => {
                out.extend_from_slice(
                    a.dictionary().values().value(a.codes().values()[row] as usize).as_bytes(),
                );
            }
        }
        Ok(())
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Utf8(_) | Self::Dict(_))
    }

    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self, Self::Number(..) | Self::Decimal(..))
    }

    /// Whether a decimal comma may occur.
    pub(crate) fn has_decimals(&self) -> bool {
        match self {
            Self::Number(numbers, _) => numbers.are_floats(),
            Self::Decimal(..) => true,
            Self::Null
            | Self::Boolean(_)
            | Self::Date(..)
            | Self::Time(..)
            | Self::Datetime(..)
            | Self::Utf8(_)
            | Self::Dict(_) => false,
        }
    }

    /// Whether a value is a number that is neither NaN nor infinite.
    pub(crate) fn is_finite(&self, row: usize) -> bool {
        match self {
            Self::Number(numbers, _) => numbers.is_finite(row),
            Self::Null
            | Self::Boolean(_)
            | Self::Decimal(..)
            | Self::Date(..)
            | Self::Time(..)
            | Self::Datetime(..)
            | Self::Utf8(_)
            | Self::Dict(_) => true,
        }
    }

    /// Whether a format of the user decides what the text is.
    pub(crate) fn is_custom(&self) -> bool {
        matches!(self, Self::Date(_, Some(_)) | Self::Time(_, Some(_)) | Self::Datetime(.., Some(_)))
    }
}

fn integer<T: itoa::Integer>(value: T, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// A vector that `write!` appends to.
struct Text<'a>(&'a mut Vec<u8>);

impl Write for Text<'_> {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.0.extend_from_slice(s.as_bytes());
        Ok(())
    }
}

impl Floats {
    fn write<T: zmij::Float + std::fmt::Display + std::fmt::LowerExp>(self, value: T, out: &mut Vec<u8>) {
        let start = out.len();
        // Writing to a vector does not fail.
        let _ = match (self.scientific, self.precision) {
            (None, None) => Text(out).write_str(zmij::Buffer::new().format(value)),
            (Some(true), None) => write!(Text(out), "{value:e}"),
            (Some(true), Some(precision)) => write!(Text(out), "{value:.precision$e}"),
            (Some(false), None) => write!(Text(out), "{value}"),
            (_, Some(precision)) => write!(Text(out), "{value:.precision$}"),
        };
        if self.comma
            && let Some(point) = out[start..].iter().position(|b| *b == b'.')
        {
            out[start + point] = b',';
        }
    }
}

fn decimal(value: i128, scale: u8, point: u8, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value.unsigned_abs()).as_bytes();
    let scale = usize::from(scale);
    let (whole, places) = digits.split_at(digits.len().saturating_sub(scale));
    out.extend_from_slice(if whole.is_empty() { b"0" } else { whole });
    if scale > 0 {
        out.push(point);
        out.resize(out.len() + scale - places.len(), b'0');
        out.extend_from_slice(places);
    }
}

fn padded(value: u32, width: usize, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value).as_bytes();
    out.resize(out.len() + width.saturating_sub(digits.len()), b'0');
    out.extend_from_slice(digits);
}

fn write_date(date: NaiveDate, out: &mut Vec<u8>) {
    match u32::try_from(date.year()) {
        Ok(year @ 0..=9999) => {
            padded(year, 4, out);
            out.push(b'-');
            padded(date.month(), 2, out);
            out.push(b'-');
            padded(date.day(), 2, out);
        }
        // Signed, as ISO 8601 has it.
        _ => {
            let _ = write!(Text(out), "{}", date.format("%Y-%m-%d"));
        }
    }
}

fn write_time(time: NaiveTime, digits: usize, out: &mut Vec<u8>) {
    for (value, mark) in [(time.hour(), b':'), (time.minute(), b':'), (time.second(), b'.')] {
        padded(value, 2, out);
        out.push(mark);
    }
    padded(time.nanosecond() / 10u32.pow(9 - digits as u32), digits, out);
}

/// `strftime`, with a format that may not suit the value.
fn formatted(text: impl std::fmt::Display, dtype: &str, format: &str, out: &mut Vec<u8>) -> Result<()> {
    write!(Text(out), "{text}").map_err(|_| {
        Error::compute(format!(
            "cannot write {dtype} with the format {format:?}; see strftime for what there is"
        ))
    })
}

fn date(days: i32, format: Option<&str>, out: &mut Vec<u8>) -> Result<()> {
    let date = days.checked_add(719_163).and_then(NaiveDate::from_num_days_from_ce_opt);
    let Some(date) = date else {
        return Err(Error::out_of_bounds(format!(
            "{days} days from 1970-01-01 is not a date that can be written"
        )));
    };
    match format {
        None => write_date(date, out),
        Some(format) => formatted(date.format(format), "a date", format, out)?,
    }
    Ok(())
}

fn time(nanoseconds: i64, format: Option<&str>, out: &mut Vec<u8>) -> Result<()> {
    let seconds = u32::try_from(nanoseconds.div_euclid(1_000_000_000)).ok();
    let fraction = nanoseconds.rem_euclid(1_000_000_000) as u32;
    let Some(time) = seconds.and_then(|s| NaiveTime::from_num_seconds_from_midnight_opt(s, fraction)) else {
        return Err(Error::out_of_bounds(format!("{nanoseconds} nanoseconds is not a time of day")));
    };
    match format {
        None => write_time(time, 9, out),
        Some(format) => formatted(time.format(format), "a time", format, out)?,
    }
    Ok(())
}

fn datetime(
    value: i64,
    unit: TimeUnit,
    zone: Option<Tz>,
    format: Option<&str>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let per_second = unit.per_second();
    let nanoseconds = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let Some(moment) = DateTime::<Utc>::from_timestamp(value.div_euclid(per_second), nanoseconds as u32)
    else {
        return Err(Error::out_of_bounds(format!(
            "{value} {} is not a datetime that can be written",
            unit.symbol()
        )));
    };
    let digits = match unit {
        TimeUnit::Milliseconds => 3,
        TimeUnit::Microseconds => 6,
        TimeUnit::Nanoseconds => 9,
    };
    let plain = |local: NaiveDateTime, out: &mut Vec<u8>| {
        write_date(local.date(), out);
        out.push(b'T');
        write_time(local.time(), digits, out);
    };
    match (zone, format) {
        (None, None) => plain(moment.naive_utc(), out),
        (None, Some(format)) => formatted(moment.naive_utc().format(format), "a datetime", format, out)?,
        (Some(zone), None) => {
            let local = zone.from_utc_datetime(&moment.naive_utc());
            plain(local.naive_local(), out);
            formatted(local.format("%z"), "a datetime", "%z", out)?;
        }
        (Some(zone), Some(format)) => {
            let local = zone.from_utc_datetime(&moment.naive_utc());
            formatted(local.format(format), "a datetime", format, out)?;
        }
    }
    Ok(())
}
