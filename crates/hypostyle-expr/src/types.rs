//! Which type two types have in common, and which type a dynamic literal takes.

use std::sync::Arc;

use hypostyle_core::{DataType, Field, TimeUnit};

/// As [`supertype`], for comparisons by order: an enum has one of its own, in which a text has a place only as one of
/// its categories.
pub(crate) fn ordered_supertype(a: &DataType, b: &DataType) -> Option<DataType> {
    match (a, b) {
        (DataType::Enum(_), DataType::String) => Some(a.clone()),
        (DataType::String, DataType::Enum(_)) => Some(b.clone()),
        _ => supertype(a, b),
    }
}

/// The smallest type that holds the values of both, where there is one.
pub fn supertype(a: &DataType, b: &DataType) -> Option<DataType> {
    use DataType as T;
    if a == b {
        return Some(a.clone());
    }
    match (a, b) {
        (T::Null, other) | (other, T::Null) => Some(other.clone()),
        (T::Boolean, other) | (other, T::Boolean) if other.is_integer() || other.is_float() => {
            Some(other.clone())
        }
        (T::Decimal(p, s), other) | (other, T::Decimal(p, s)) if other.is_integer() => {
            let whole = integer_digits(other);
            if whole + s <= 38 {
                Some(T::Decimal((*p).max(whole + s).max(*p), *s))
            } else {
                Some(T::Decimal(38, *s))
            }
        }
        (T::Decimal(..), other) | (other, T::Decimal(..)) if other.is_float() => Some(T::Float64),
        (T::Decimal(p1, s1), T::Decimal(p2, s2)) => {
            let scale = (*s1).max(*s2);
            let whole = (p1 - s1).max(p2 - s2);
            Some(T::Decimal((whole + scale).min(38), scale))
        }
        (x, y) if x.is_numeric() && y.is_numeric() => numeric_supertype(x, y),
        (T::String, T::Binary) | (T::Binary, T::String) => Some(T::Binary),
        (T::String, T::Categorical | T::Enum(_)) | (T::Categorical | T::Enum(_), T::String) => {
            Some(T::String)
        }
        (T::Date, T::Datetime(unit, zone)) | (T::Datetime(unit, zone), T::Date) => {
            Some(T::Datetime(*unit, zone.clone()))
        }
        (T::Datetime(u1, z1), T::Datetime(u2, z2)) if z1 == z2 => {
            Some(T::Datetime(coarser(*u1, *u2), z1.clone()))
        }
        (T::Duration(u1), T::Duration(u2)) => Some(T::Duration(coarser(*u1, *u2))),
        (T::List(x), T::List(y)) | (T::List(x), T::Array(y, _)) | (T::Array(x, _), T::List(y)) => {
            Some(T::list(supertype(x, y)?))
        }
        (T::Array(x, m), T::Array(y, n)) if m == n => Some(T::array(supertype(x, y)?, *m)),
        (T::Struct(x), T::Struct(y)) => {
            let mut fields = Vec::with_capacity(x.len());
            for field in x {
                let dtype = match y.iter().find(|f| f.name == field.name) {
                    Some(other) => supertype(&field.dtype, &other.dtype)?,
                    None => field.dtype.clone(),
                };
                fields.push(Field::new(Arc::clone(&field.name), dtype));
            }
            fields.extend(y.iter().filter(|f| x.iter().all(|g| g.name != f.name)).cloned());
            Some(T::Struct(fields))
        }
        _ => None,
    }
}

/// As [`supertype`], but text takes in whatever has a text: for `fill_null`, relaxed concatenation and `when`.
pub fn relaxed_supertype(a: &DataType, b: &DataType) -> Option<DataType> {
    supertype(a, b).or_else(|| match (a, b) {
        (DataType::String, other) | (other, DataType::String) if !other.is_nested() => Some(DataType::String),
        _ => None,
    })
}

fn coarser(a: TimeUnit, b: TimeUnit) -> TimeUnit {
    if a.per_second() < b.per_second() { a } else { b }
}

fn integer_digits(dtype: &DataType) -> u8 {
    match dtype {
        DataType::Int8 | DataType::UInt8 => 3,
        DataType::Int16 | DataType::UInt16 => 5,
        DataType::Int32 | DataType::UInt32 => 10,
        DataType::Int64 => 19,
        DataType::UInt64 => 20,
        _ => 38,
    }
}

fn numeric_supertype(a: &DataType, b: &DataType) -> Option<DataType> {
    use DataType as T;
    let (wa, wb) = (a.byte_width()?, b.byte_width()?);
    Some(match (a.is_float(), b.is_float()) {
        (true, true) => {
            if wa > wb {
                a.clone()
            } else {
                b.clone()
            }
        }
        (true, false) | (false, true) => {
            let (float, width) = if a.is_float() { (a, wb) } else { (b, wa) };
            match (float, width) {
                (T::Float16, 1) => T::Float16,
                (T::Float16 | T::Float32, ..=2) => T::Float32,
                _ => T::Float64,
            }
        }
        (false, false) => match (a.is_signed_integer(), b.is_signed_integer()) {
            (true, true) => signed(wa.max(wb)),
            (false, false) => unsigned(wa.max(wb)),
            (true, false) => signed(wa.max(wb * 2)),
            (false, true) => signed(wb.max(wa * 2)),
        },
    })
}

fn signed(width: usize) -> DataType {
    match width {
        1 => DataType::Int8,
        2 => DataType::Int16,
        4 => DataType::Int32,
        8 => DataType::Int64,
        _ => DataType::Int128,
    }
}

fn unsigned(width: usize) -> DataType {
    match width {
        1 => DataType::UInt8,
        2 => DataType::UInt16,
        4 => DataType::UInt32,
        8 => DataType::UInt64,
        _ => DataType::UInt128,
    }
}

/// Smallest and largest value of an integer type.
pub fn integer_limits(dtype: &DataType) -> Option<(i128, i128)> {
    Some(match dtype {
        DataType::Int8 => (i8::MIN.into(), i8::MAX.into()),
        DataType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        DataType::Int32 => (i32::MIN.into(), i32::MAX.into()),
        DataType::Int64 => (i64::MIN.into(), i64::MAX.into()),
        DataType::Int128 => (i128::MIN, i128::MAX),
        DataType::UInt8 => (0, u8::MAX.into()),
        DataType::UInt16 => (0, u16::MAX.into()),
        DataType::UInt32 => (0, u32::MAX.into()),
        DataType::UInt64 => (0, u64::MAX.into()),
        // As far as the other end can be said.
        DataType::UInt128 => (0, i128::MAX),
        _ => return None,
    })
}

fn fits(value: i128, dtype: &DataType) -> bool {
    integer_limits(dtype).is_some_and(|(low, high)| (low..=high).contains(&value))
}

/// The type of an integer literal alone.
pub fn lone_integer(value: i128) -> DataType {
    [DataType::Int32, DataType::Int64, DataType::UInt64]
        .into_iter()
        .find(|dtype| fits(value, dtype))
        .unwrap_or(DataType::Int128)
}

/// The type that an integer literal takes beside a column of a type.
pub fn integer_beside(value: i128, other: &DataType) -> DataType {
    if other.is_float() || other.is_decimal() || fits(value, other) {
        return other.clone();
    }
    if !other.is_integer() {
        return lone_integer(value);
    }
    // The smallest signed (or, for unsigned columns and positive literals, unsigned) type that holds it.
    let unsigned = other.is_unsigned_integer() && value >= 0;
    let candidates = if unsigned {
        vec![DataType::UInt8, DataType::UInt16, DataType::UInt32, DataType::UInt64]
    } else {
        vec![DataType::Int8, DataType::Int16, DataType::Int32, DataType::Int64]
    };
    let own = candidates.into_iter().find(|dtype| fits(value, dtype)).unwrap_or(DataType::Int128);
    supertype(other, &own).unwrap_or(own)
}

/// The type that a float literal takes beside a column of a type.
pub fn float_beside(other: &DataType) -> DataType {
    if other.is_float() { other.clone() } else { DataType::Float64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataType as T;

    /// The table of the API: names and types of Polars 2.1.0.
    #[test]
    fn supertypes() {
        for (a, b, expected) in [
            (T::Int8, T::UInt8, Some(T::Int16)),
            (T::Int64, T::UInt32, Some(T::Int64)),
            (T::Int64, T::UInt64, Some(T::Int128)),
            (T::UInt64, T::UInt128, Some(T::UInt128)),
            (T::Float16, T::Int8, Some(T::Float16)),
            (T::Float16, T::UInt16, Some(T::Float32)),
            (T::Float16, T::Int32, Some(T::Float64)),
            (T::Float16, T::Float32, Some(T::Float32)),
            (T::Float16, T::Float64, Some(T::Float64)),
            (T::Boolean, T::Float16, Some(T::Float16)),
            (T::Int8, T::UInt128, Some(T::Int128)),
            (T::UInt128, T::Float32, Some(T::Float64)),
            (T::Float32, T::Int16, Some(T::Float32)),
            (T::Float32, T::Int32, Some(T::Float64)),
            (T::Boolean, T::Int8, Some(T::Int8)),
            (T::Null, T::String, Some(T::String)),
            (T::String, T::Int64, None),
            (T::String, T::Binary, Some(T::Binary)),
            (T::list(T::Int8), T::array(T::Int64, 2), Some(T::list(T::Int64))),
            (T::array(T::Int8, 2), T::array(T::Int64, 2), Some(T::array(T::Int64, 2))),
            (T::array(T::Int8, 2), T::array(T::Int64, 3), None),
        ] {
            assert_eq!(supertype(&a, &b), expected, "{a} {b}");
            assert_eq!(supertype(&b, &a), expected, "{b} {a}");
        }
    }

    #[test]
    fn literals() {
        assert_eq!(integer_beside(300, &T::Int8), T::Int16);
        assert_eq!(integer_beside(-1, &T::UInt8), T::Int16);
        assert_eq!(integer_beside(5, &T::UInt8), T::UInt8);
        assert_eq!(integer_beside(5, &T::Float32), T::Float32);
        assert_eq!(lone_integer(1 << 31), T::Int64);
    }
}
