//! One value as text.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeZone as _};

use super::options::TableOptions;
use crate::array::Array;
use crate::column::Column;
use crate::dispatch::Native;
use crate::dtype::{DataType, TimeUnit};
use crate::{with_number_type, with_primitive};

/// How a value is written.
#[derive(Clone, Copy)]
pub(super) struct Style<'a> {
    pub(super) options: &'a TableOptions,
    /// Text in quotes: inside lists and structs, and in series.
    pub(super) quoted: bool,
    /// Text cut to the options' length.
    pub(super) cut: bool,
}

const DAYS_FROM_CE: i64 = 719_163;

/// Writes row `i` of a column.
pub(super) fn write(out: &mut String, column: &Column, i: usize, style: &Style<'_>) {
    if column.is_null(i) {
        out.push_str("null");
        return;
    }
    with_primitive!(column.array(), |a: T| {
        let value = a.values()[i];
        if <T as Native>::IS_FLOAT {
            float(out, Native::to_f64(value), style.options);
        } else if !value.fits_i128() {
            let _ = write!(out, "{value}");
        } else {
            integer(out, column.dtype(), Native::to_i128(value));
        }
    }, match {
        Array::Null(_) => out.push_str("null"),
        Array::Boolean(a) => { let _ = write!(out, "{}", a.values().get(i)); }
        Array::Utf8(_) | Array::Dict(_) => text(out, column.str_at(i).unwrap_or_default(), style),
        Array::Binary(a) => bytes(out, a.value(i), style),
        Array::List(a) => list(out, &a.get(i).unwrap_or_else(|| Column::empty(DataType::Null)), style),
        Array::FixedList(a) => {
            list(out, &a.get(i).unwrap_or_else(|| Column::empty(DataType::Null)), style);
        }
        Array::Struct(a) => {
            let nested = Style { quoted: true, cut: false, ..*style };
            out.push('{');
            for (j, field) in a.fields().iter().enumerate() {
                if j > 0 {
                    out.push(',');
                }
                write(out, field, i, &nested);
            }
            out.push('}');
        }
    });
}

fn list(out: &mut String, items: &Column, style: &Style<'_>) {
    let nested = Style { quoted: true, cut: false, ..*style };
    let limit = style.options.list_len.unwrap_or(usize::MAX);
    let ellipsis = style.options.frame.ellipsis();
    out.push('[');
    if limit == 0 && !items.is_empty() {
        out.push_str(ellipsis);
    } else if items.len() > limit {
        for j in 0..limit - 1 {
            write(out, items, j, &nested);
            out.push_str(", ");
        }
        out.push_str(ellipsis);
        out.push(' ');
        write(out, items, items.len() - 1, &nested);
    } else {
        for j in 0..items.len() {
            if j > 0 {
                out.push_str(", ");
            }
            write(out, items, j, &nested);
        }
    }
    out.push(']');
}

fn text(out: &mut String, value: &str, style: &Style<'_>) {
    let quote = if style.quoted { "\"" } else { "" };
    out.push_str(quote);
    let limit = style.options.str_len.filter(|_| style.cut);
    match limit.and_then(|limit| value.char_indices().nth(limit)) {
        Some((end, _)) => {
            out.push_str(&value[..end]);
            out.push_str(style.options.frame.ellipsis());
        }
        None => {
            out.push_str(value);
            out.push_str(quote);
        }
    }
}

fn bytes(out: &mut String, value: &[u8], style: &Style<'_>) {
    let limit = style.options.str_len.filter(|_| style.cut).unwrap_or(usize::MAX);
    out.push_str("b\"");
    for byte in value.iter().take(limit.saturating_mul(2)) {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            0x20..0x7f => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push_str(if value.len() > limit.saturating_mul(2) { style.options.frame.ellipsis() } else { "\"" });
}

/// Whole numbers below a million with `.0`, what nine characters hold as it is, the rest with six digits after the
/// point or in scientific form.
fn float(out: &mut String, value: f64, options: &TableOptions) {
    if let Some(precision) = options.float_precision {
        let fixed = format!("{value:.precision$}");
        let _ = if fixed.len() > 19 { write!(out, "{value:.precision$e}") } else { write!(out, "{fixed}") };
        return;
    }
    let plain = value.to_string();
    let whole = value.fract() == 0.0;
    let _ = if options.float_full || !value.is_finite() {
        write!(out, "{plain}")
    } else if whole && value.abs() < 1e6 {
        write!(out, "{value:.1}")
    } else if plain.len() > 9 {
        if (0.000_001..=999_999.0).contains(&value.abs()) {
            let six = format!("{value:.6}");
            let trimmed = six.trim_end_matches('0');
            let point = if trimmed.ends_with('.') { "0" } else { "" };
            write!(out, "{trimmed}{point}")
        } else {
            write!(out, "{value:.4e}")
        }
    } else if whole {
        write!(out, "{value:e}")
    } else {
        write!(out, "{plain}")
    };
}

fn integer(out: &mut String, dtype: &DataType, value: i128) {
    // Temporal types are stored as 32- or 64-bit numbers.
    let number = value as i64;
    with_number_type!(dtype, |T| { let _ = write!(out, "{value}"); }, match {
        DataType::Decimal(_, scale) => decimal(out, value, usize::from(*scale)),
        DataType::Date => match date(number) {
            Some(date) => drop(write!(out, "{date}")),
            None => out.push_str("<out of range>"),
        },
        DataType::Time => match time(number) {
            Some(time) => drop(write!(out, "{time}")),
            None => out.push_str("<out of range>"),
        },
        DataType::Datetime(unit, zone) => datetime(out, number, *unit, zone.as_deref()),
        DataType::Duration(unit) => duration(out, number, *unit),
        // Of the others none is stored as numbers.
        DataType::Null
        | DataType::Boolean
        | DataType::String
        | DataType::Binary
        | DataType::Categorical
        | DataType::Enum(_)
        | DataType::List(_)
        | DataType::Array(..)
        | DataType::Struct(_) => drop(write!(out, "{value}")),
    })
}

fn decimal(out: &mut String, value: i128, scale: usize) {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    let point = if scale > 0 { "." } else { "" };
    let _ = write!(out, "{sign}{whole}{point}{fraction}");
}

fn date(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days + DAYS_FROM_CE).ok()?)
}

fn time(nanoseconds: i64) -> Option<NaiveTime> {
    let (seconds, rest) = (nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000));
    NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(seconds).ok()?, rest as u32)
}

fn datetime(out: &mut String, value: i64, unit: TimeUnit, zone: Option<&str>) {
    let per_second = unit.per_second();
    let nanoseconds = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let Some(utc) = DateTime::from_timestamp(value.div_euclid(per_second), nanoseconds as u32) else {
        out.push_str("<out of range>");
        return;
    };
    let show = |out: &mut String, local: NaiveDateTime| {
        let _ = write!(out, "{} {}", local.date(), local.time());
    };
    match zone {
        None => show(out, utc.naive_utc()),
        Some(name) => match name.parse::<chrono_tz::Tz>() {
            Ok(zone) => {
                let offset = zone.offset_from_utc_datetime(&utc.naive_utc());
                show(out, utc.naive_utc() + offset.fix());
                let _ = write!(out, " {offset}");
            }
            Err(_) => {
                show(out, utc.naive_utc());
                let _ = write!(out, " UTC ({name})");
            }
        },
    }
}

/// The largest units first; what is left below a second in the coarsest unit that holds it.
fn duration(out: &mut String, value: i64, unit: TimeUnit) {
    let (per_second, symbol) = (unit.per_second(), small_symbol(unit));
    if value == 0 {
        let _ = write!(out, "0{symbol}");
        return;
    }
    let mut left = value;
    let mut space = "";
    for (size, symbol) in [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")] {
        let count = left / (size * per_second);
        left %= size * per_second;
        if count != 0 {
            let _ = write!(out, "{space}{count}{symbol}");
            space = " ";
        }
    }
    if left != 0 {
        let units = [TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds];
        for coarse in units {
            let ratio = per_second / coarse.per_second().min(per_second);
            if left % ratio == 0 {
                let _ = write!(out, "{space}{}{}", left / ratio, small_symbol(coarse));
                break;
            }
        }
    }
}

fn small_symbol(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Milliseconds => "ms",
        // The micro sign, where the type's name has a Greek letter: as Polars.
        TimeUnit::Microseconds => "µs",
        TimeUnit::Nanoseconds => "ns",
    }
}
