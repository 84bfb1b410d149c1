//! Keys of random tables: which numbers they stand for, row by row, and the forms that numbers take.

use std::fmt;
use std::sync::Arc;

use hypostyle::core::{Array, DictArray, Dictionary};
use hypostyle::prelude::*;

/// Pseudo-random numbers (a step of SplitMix64).
pub(super) fn mix(seed: u64, i: u64) -> u64 {
    let mut z = (seed ^ i.wrapping_mul(0xd6e8_feb8_6659_fd93)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How the numbers of the rows repeat.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// So many numbers, in no order.
    Few(u64),
    /// Runs of so many rows, which ascend; one run covers several morsels.
    Runs(u64),
    /// One number has a third of the rows, the others have few each.
    Skewed,
    /// Hardly any number twice.
    Hardly,
    /// Few numbers in the first part of the rows, then hardly any twice.
    ThenHardly,
    /// The other way round.
    HardlyThen,
}

impl Shape {
    /// The number of a row, of so many.
    pub(super) fn number(self, seed: u64, row: u64, rows: u64) -> u64 {
        let any = mix(seed, row);
        match self {
            Self::Few(count) => any % count,
            Self::Runs(length) if (rows * 3 / 10..rows * 6 / 10).contains(&row) => rows * 3 / 10 / length,
            Self::Runs(length) => row / length,
            Self::Skewed if any.is_multiple_of(3) => 7,
            Self::Skewed | Self::Hardly => (any >> 8) % (rows * 2),
            Self::ThenHardly if row < rows * 2 / 5 => any % 60,
            Self::HardlyThen if row > rows * 3 / 5 => any % 60,
            Self::ThenHardly | Self::HardlyThen => (any >> 8) % (rows * 9),
        }
    }
}

/// What a number looks like as a key.
#[derive(Clone, Copy)]
pub(super) struct Form {
    name: &'static str,
    pub(super) dtype: fn() -> DataType,
    /// The value of a number; equal ones may look different from row to row.
    pub(super) value: fn(u64, u64) -> Value,
    /// Whether numbers that differ have keys that differ, or nearly so.
    pub(super) wide: bool,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

/// Zeros of both signs, NaN of both signs, and quarters.
fn float(n: u64, row: u64) -> Value {
    Value::Float(match n % 11 {
        3 if row.is_multiple_of(2) => f64::NAN,
        3 => -f64::NAN,
        5 if row.is_multiple_of(2) => -0.0,
        5 => 0.0,
        _ => n as f64 / 4.0 - 100.0,
    })
}

pub(super) const ENTRIES: [&str; 40] = [
    "z", "y", "x", "w", "v", "u", "t", "s", "r", "q", "p", "o", "n", "m", "l", "k", "j", "i", "h", "g", "f",
    "e", "d", "c", "b", "a", "", "zz", "zy", "zx", "zw", "zv", "zu", "zt", "zs", "zr", "zq", "zp", "zo",
    "zn",
];

/// An enum whose order is not that of the texts.
pub(super) fn entries() -> DataType {
    DataType::Enum(ENTRIES.iter().map(|entry| Arc::from(*entry)).collect())
}

const fn form(name: &'static str, dtype: fn() -> DataType, value: fn(u64, u64) -> Value) -> Form {
    Form { name, dtype, value, wide: true }
}

const fn narrow(name: &'static str, dtype: fn() -> DataType, value: fn(u64, u64) -> Value) -> Form {
    Form { name, dtype, value, wide: false }
}

fn int(value: impl Into<i128>) -> Value {
    Value::Int(value.into())
}

/// Every form that a key has.
pub(super) static FORMS: &[Form] = &[
    form("dense", || DataType::Int64, |n, _| int(n)),
    form("negative", || DataType::Int64, |n, _| int(n as i64 - 40_000)),
    form("multiples", || DataType::Int64, |n, _| int(n * 64)),
    form("sparse", || DataType::Int64, |n, _| int(n * 1_000_000_007)),
    form(
        "extreme",
        || DataType::Int64,
        |n, _| int(if n % 2 == 0 { i64::MIN + n as i64 } else { i64::MAX - n as i64 }),
    ),
    form("largest", || DataType::UInt64, |n, _| int(u64::MAX - n)),
    form("scattered", || DataType::UInt64, |n, _| int(mix(1, n))),
    form("int 32", || DataType::Int32, |n, _| int(n as i32 + i32::MIN)),
    form("wide", || DataType::Int128, |n, _| Value::Int((n as i128 - 9) << 90)),
    form("floats", || DataType::Float64, float),
    form("single floats", || DataType::Float32, float),
    form("dates", || DataType::Date, |n, _| int(n as i64 - 40_000)),
    form("times", || DataType::Time, |n, _| int(n * 1_001)),
    form(
        "datetimes",
        || DataType::Datetime(TimeUnit::Milliseconds, None),
        |n, _| int(n as i64 * -86_400_000),
    ),
    form("durations", || DataType::Duration(TimeUnit::Microseconds), |n, _| int(n as i64 - 5)),
    form("decimals", || DataType::Decimal(12, 2), |n, _| int(n as i64 * 25 - 1_000)),
    form(
        "long decimals",
        || DataType::Decimal(38, 10),
        |n, _| Value::Int((n as i128 - 50) * 1_000_000_000_000_000_000_000),
    ),
    form("words", || DataType::String, |n, _| text(&format!("k{n}"))),
    form("texts", || DataType::String, |n, _| text(&format!("key {n}"))),
    form("long texts", || DataType::String, |n, _| text(&format!("a longer key: {n}"))),
    form(
        "some long texts",
        || DataType::String,
        |n, _| match n % 40 {
            0 => text(&"\0".repeat(n as usize % 33)),
            1 => text(&format!("one of the longer ones {n}")),
            _ => text(&format!("{n}\0")),
        },
    ),
    form("bytes", || DataType::Binary, |n, _| Value::Binary(n.to_le_bytes()[..3].into())),
    form("categories", || DataType::Categorical, |n, _| text(&format!("c{n}"))),
    form(
        "lists",
        || DataType::list(DataType::Int64),
        |n, _| match n % 10 {
            0 => Value::List(Arc::new([])),
            1 => Value::List(Arc::new([Value::Null, int(n)])),
            _ => Value::List(Arc::new([int(n / 10), int(n % 10)])),
        },
    ),
    form(
        "structs",
        || {
            let fields = [("a", DataType::Int32), ("b", DataType::String), ("c", DataType::Float64)];
            DataType::Struct(fields.map(|(name, dtype)| Field::new(name, dtype)).to_vec())
        },
        |n, row| {
            let last = if n % 3 == 0 { Value::Null } else { float(n, row) };
            Value::List(Arc::new([int(n as i32), text(&format!("{}", n % 9)), last]))
        },
    ),
    narrow("int 8", || DataType::Int8, |n, _| int(n as i8)),
    narrow("bytes of numbers", || DataType::UInt8, |n, _| int(n as u8)),
    narrow("int 16", || DataType::Int16, |n, _| int(n as i16)),
    narrow("booleans", || DataType::Boolean, |n, _| Value::Boolean(n % 3 == 0)),
    narrow("entries", entries, |n, _| text(ENTRIES[n as usize % ENTRIES.len()])),
    narrow("nulls", || DataType::Null, |_, _| Value::Null),
    narrow("one number", || DataType::Int64, |_, _| int(-5)),
    narrow("one text", || DataType::String, |_, _| text("always the same text")),
];

/// Texts as codes of a dictionary with an entry that no row uses.
pub(super) fn coded(values: &[Value]) -> Column {
    let text = |value: &Value| if let Value::String(text) = value { Some(text.clone()) } else { None };
    let mut entries: Vec<Arc<str>> = values.iter().filter_map(text).chain([Arc::from("unused")]).collect();
    entries.sort_unstable();
    entries.dedup();
    let dictionary = Dictionary::try_new(entries.iter().map(|entry| Some(&**entry)).collect()).unwrap();
    let code = |text: Arc<str>| entries.partition_point(|entry| *entry < text) as u32;
    let codes = Column::from_options(values.iter().map(|value| text(value).map(code)));
    let Array::UInt32(codes) = codes.array() else { unreachable!() };
    Column::from_dict(DictArray::try_new(codes.clone(), Arc::new(dictionary.assert_unique(false))).unwrap())
}
