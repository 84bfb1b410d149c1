//! Values as JSON text.

use std::fmt::Write;
use std::ops::Range;

use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use hypostyle_core::{
    Array, Batch, Column, DataType, DictArray, Error, ListArray, PrimitiveArray, Result, Schema, TimeUnit,
    Utf8Array,
};

use crate::csv::CsvWriteOptions;
use crate::csv::write::cell::Cells;

/// Writes rows as objects. It holds no state but the names, so any number of threads may share it.
#[derive(Clone, Debug)]
pub(crate) struct JsonFormat {
    /// `"name":` of every column.
    keys: Vec<Vec<u8>>,
    /// How numbers look: as CSV writes them.
    numbers: CsvWriteOptions,
}

impl JsonFormat {
    /// A format for columns of these names and types.
    ///
    /// # Errors
    ///
    /// `Compute` if JSON has no text for one of the types.
    pub(crate) fn try_new(schema: &Schema) -> Result<Self> {
        let keys = schema.names().map(key).collect();
        let format = Self { keys, numbers: CsvWriteOptions::default() };
        for field in schema.fields() {
            Values::new(&Column::empty(field.dtype.clone()), &format.numbers)?;
        }
        Ok(format)
    }

    /// Appends rows, each followed by `end`.
    pub(crate) fn rows(&self, batch: &Batch, end: u8, out: &mut Vec<u8>) -> Result<()> {
        let columns =
            batch.columns().iter().map(|c| Values::new(c, &self.numbers)).collect::<Result<Vec<_>>>()?;
        out.reserve(batch.len() * columns.len() * 16);
        for row in 0..batch.len() {
            out.push(b'{');
            for (i, (key, values)) in self.keys.iter().zip(&columns).enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(key);
                values.write(row, out)?;
            }
            out.extend_from_slice(&[b'}', end]);
        }
        Ok(())
    }
}

/// A name with quotes and a colon.
fn key(name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() + 3);
    string(name, &mut key);
    key.push(b':');
    key
}

/// Writes the values of one column.
struct Values<'a> {
    column: &'a Column,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// As CSV writes it.
    Plain(Cells<'a>),
    /// The same with quotes.
    Quoted(Cells<'a>),
    Utf8(&'a Utf8Array),
    Dict(&'a DictArray),
    Time(&'a PrimitiveArray<i64>),
    Datetime(&'a PrimitiveArray<i64>, TimeUnit, Option<Tz>),
    Duration(&'a PrimitiveArray<i64>, TimeUnit),
    List(&'a ListArray, Box<Values<'a>>),
    /// Of this length.
    FixedList(usize, Box<Values<'a>>),
    Struct(Vec<(Vec<u8>, Values<'a>)>),
}

impl<'a> Values<'a> {
    fn new(column: &'a Column, numbers: &'a CsvWriteOptions) -> Result<Self> {
        let cells = || Cells::new(column, numbers);
        let kind = match (column.dtype(), column.array()) {
            (DataType::Date | DataType::Decimal(..), _) => Kind::Quoted(cells()?),
            (DataType::Time, Array::Int64(a)) => Kind::Time(a),
            (DataType::Datetime(unit, zone), Array::Int64(a)) => {
                let zone = zone.as_deref().map(|zone| zone.parse::<Tz>()).transpose();
                let zone = zone.map_err(|e| Error::compute(format!("time zone of a JSON column: {e}")))?;
                Kind::Datetime(a, *unit, zone)
            }
            (DataType::Duration(unit), Array::Int64(a)) => Kind::Duration(a, *unit),
            (DataType::Binary, _) => {
                return Err(Error::compute(
                    "JSON has no text for bytes; encode the column with `bin.encode`, or write another format",
                ));
            }
            (DataType::List(_), Array::List(a)) => Kind::List(a, Box::new(Self::new(a.values(), numbers)?)),
            (DataType::Array(..), Array::FixedList(a)) => {
                Kind::FixedList(a.width(), Box::new(Self::new(a.values(), numbers)?))
            }
            (DataType::Struct(fields), Array::Struct(a)) => {
                let values = a.fields().iter().map(|column| Self::new(column, numbers));
                let keys = fields.iter().map(|field| key(&field.name));
                Kind::Struct(keys.zip(values).map(|(key, values)| Ok((key, values?))).collect::<Result<_>>()?)
            }
            (_, Array::Utf8(a)) => Kind::Utf8(a),
            (_, Array::Dict(a)) => Kind::Dict(a),
            _ => Kind::Plain(cells()?),
        };
        Ok(Self { column, kind })
    }

    /// Appends a value.
    fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        if self.column.is_null(row) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        match &self.kind {
            // JSON has neither NaN nor infinity.
            Kind::Plain(cells) if !cells.is_finite(row) => out.extend_from_slice(b"null"),
            Kind::Plain(cells) => cells.write(row, out)?,
            Kind::Quoted(cells) => {
                out.push(b'"');
                cells.write(row, out)?;
                out.push(b'"');
            }
            Kind::Utf8(a) => string(a.value(row), out),
            Kind::Dict(a) => string(a.dictionary().values().value(a.codes().values()[row] as usize), out),
            Kind::Time(a) => quoted(time(a.values()[row])?, out),
            Kind::Datetime(a, unit, zone) => {
                let moment = moment(a.values()[row], *unit)?;
                match zone {
                    None => quoted(moment.naive_utc(), out),
                    Some(zone) => quoted(zone.from_utc_datetime(&moment.naive_utc()).to_rfc3339(), out),
                }
            }
            Kind::Duration(a, unit) => quoted(duration(a.values()[row], *unit), out),
            Kind::List(a, items) => {
                items.write_list(a.offsets()[row] as usize..a.offsets()[row + 1] as usize, out)?;
            }
            Kind::FixedList(width, items) => items.write_list(row * width..(row + 1) * width, out)?,
            Kind::Struct(fields) => {
                out.push(b'{');
                for (i, (key, values)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(key);
                    values.write(row, out)?;
                }
                out.push(b'}');
            }
        }
        Ok(())
    }
}

impl Values<'_> {
    fn write_list(&self, items: Range<usize>, out: &mut Vec<u8>) -> Result<()> {
        out.push(b'[');
        let start = items.start;
        for item in items {
            if item > start {
                out.push(b',');
            }
            self.write(item, out)?;
        }
        out.push(b']');
        Ok(())
    }
}

fn time(nanoseconds: i64) -> Result<NaiveTime> {
    let seconds = u32::try_from(nanoseconds.div_euclid(1_000_000_000)).ok();
    let fraction = nanoseconds.rem_euclid(1_000_000_000) as u32;
    seconds
        .and_then(|seconds| NaiveTime::from_num_seconds_from_midnight_opt(seconds, fraction))
        .ok_or_else(|| Error::out_of_bounds(format!("{nanoseconds} nanoseconds is not a time of day")))
}

fn moment(value: i64, unit: TimeUnit) -> Result<DateTime<Utc>> {
    let per_second = unit.per_second();
    let nanoseconds = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    DateTime::from_timestamp(value.div_euclid(per_second), nanoseconds as u32).ok_or_else(|| {
        Error::out_of_bounds(format!("{value} {} is not a datetime that can be written", unit.symbol()))
    })
}

/// A duration as ISO 8601 writes it.
fn duration(value: i64, unit: TimeUnit) -> TimeDelta {
    match unit {
        TimeUnit::Milliseconds => TimeDelta::milliseconds(value.max(-i64::MAX)),
        TimeUnit::Microseconds => TimeDelta::microseconds(value),
        TimeUnit::Nanoseconds => TimeDelta::nanoseconds(value),
    }
}

/// Text that needs no escapes.
fn quoted(text: impl std::fmt::Display, out: &mut Vec<u8>) {
    struct Text<'a>(&'a mut Vec<u8>);
    impl Write for Text<'_> {
        fn write_str(&mut self, s: &str) -> std::fmt::Result {
            self.0.extend_from_slice(s.as_bytes());
            Ok(())
        }
    }
    // Writing to a vector does not fail.
    let _ = write!(Text(out), "\"{text}\"");
}

/// Whether a byte needs an escape.
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escaped[byte] = true;
        byte += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped
};

/// Text with quotes, and with escapes where JSON needs them.
fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| ESCAPED[usize::from(*byte)]) {
        out.extend_from_slice(&rest[..at]);
        match rest[at] {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            other => {
                let digit = |value: u8| b"0123456789abcdef"[usize::from(value & 15)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(other >> 4), digit(other)]);
            }
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}
