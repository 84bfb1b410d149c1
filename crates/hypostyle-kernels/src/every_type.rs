//! Every data type through the kernels that move, compare, group and sort rows, held to what loops over values do.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use hypostyle_core::{Bitmap, Column, DataType as T, Field, Value, f16};
use proptest::prelude::*;

use crate::cast::{CastMode, cast};
use crate::compare::{Comparison, compare, compare_rows, eq_missing, order_values};
use crate::concat::concat;
use crate::filter::filter;
use crate::gather::{NO_ROW, gather, gather_optional};
use crate::group::group_rows;
use crate::key_set::KeySet;
use crate::select::{coalesce, select};
use crate::simd::each_isa;
use crate::sort::{SortOrder, first_indices, sort_indices};

fn types() -> Vec<T> {
    let names: Arc<[Arc<str>]> = ["b", "", "a"].map(Arc::from).into();
    let pair = || T::Struct(vec![Field::new("x", T::array(T::Int8, 2)), Field::new("y", T::Float16)]);
    vec![
        T::Null,
        T::Boolean,
        T::Int8,
        T::Int64,
        T::Int128,
        T::UInt8,
        T::UInt64,
        T::UInt128,
        T::Float16,
        T::Float32,
        T::Float64,
        T::Decimal(38, 2),
        T::Date,
        T::String,
        T::Binary,
        T::Categorical,
        T::Enum(names),
        T::list(T::UInt128),
        T::array(T::Float16, 2),
        T::array(T::String, 1),
        T::array(T::array(T::UInt128, 1), 2),
        T::array(T::Int64, 0),
        T::list(T::array(T::Int8, 2)),
        T::array(pair(), 1),
        pair(),
    ]
}

/// One of few values of a type, which numbers choose; every type has null, and extremes where it has any.
fn value(dtype: &T, dice: &mut impl FnMut() -> u32) -> Value {
    const FLOATS: [f64; 7] = [0.0, -0.0, f64::NAN, 1.5, -1.5, f64::INFINITY, 65504.0];
    if dice().is_multiple_of(5) {
        return Value::Null;
    }
    let number = dice();
    match dtype {
        T::Null => Value::Null,
        T::Boolean => Value::Boolean(number.is_multiple_of(2)),
        T::UInt128 => match number % 6 {
            0 => Value::UInt128(u128::MAX),
            1 => Value::UInt128(1 << 127),
            2 => Value::Int(i128::MAX),
            3 => Value::UInt128((1 << 127) | 5),
            other => Value::Int(i128::from(other) - 4),
        },
        T::Int128 => Value::Int([i128::MIN, i128::MAX, 0, -1, 1, 1 << 64][number as usize % 6]),
        T::Decimal(..) => Value::Int([-(10i128.pow(37)), 10i128.pow(37), 0, -1, 1, 150][number as usize % 6]),
        T::Int64 => Value::Int([i64::MIN, i64::MAX, 0, -1, 1, 1 << 40][number as usize % 6].into()),
        T::UInt64 => Value::Int([u64::MAX, 0, 1, 1 << 63, 2, 3][number as usize % 6].into()),
        T::Int8 | T::Date => Value::Int(i128::from(number % 5) - 2),
        T::UInt8 => Value::Int((number % 3 * 127).into()),
        T::Float16 | T::Float32 | T::Float64 => Value::Float(FLOATS[number as usize % 7]),
        T::String | T::Categorical | T::Enum(_) => Value::String(["a", "", "b"][number as usize % 3].into()),
        T::Binary => Value::Binary([&b"\xff"[..], b"", b"a"][number as usize % 3].into()),
        T::List(_) | T::Array(..) => {
            let count = if let T::Array(_, width) = dtype { *width } else { number as usize % 3 };
            let inner = dtype.items().unwrap();
            Value::List((0..count).map(|_| value(inner, dice)).collect::<Vec<_>>().into())
        }
        T::Struct(fields) => {
            Value::List(fields.iter().map(|field| value(&field.dtype, dice)).collect::<Vec<_>>().into())
        }
        other => unreachable!("{other} is not among the types"),
    }
}

fn values(column: &Column) -> Vec<Value> {
    (0..column.len()).map(|row| column.value(row)).collect()
}

/// As the kernels order: categories of an enum by their place.
fn order(dtype: &T, a: &Value, b: &Value) -> Ordering {
    match (dtype, a, b) {
        (T::Enum(names), Value::String(x), Value::String(y)) => {
            let place = |name: &Arc<str>| names.iter().position(|n| n == name);
            place(x).cmp(&place(y))
        }
        _ => order_values(a, b),
    }
}

/// Equal where a group-by says so: zeros and NaNs of any sign.
fn same(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| order_values(a, b).is_eq())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_moved_and_compared_as_their_values(
        seed: u32, rows in 1usize..90, from in 0.0..1.0, nulls_last: bool, descending: bool,
    ) {
        let mut state = seed;
        let mut dice = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 9
        };
        for dtype in types() {
            let made: Vec<Value> = (0..rows).map(|_| value(&dtype, &mut dice)).collect();
            let start = (from * rows as f64) as usize;
            let column = Column::from_scalars(dtype.clone(), made.clone()).unwrap().slice(start, rows - start);
            let (made, len) = (&made[start..], rows - start);
            prop_assert!(same(&values(&column), made), "{}", dtype);
            prop_assert_eq!(column.dtype(), &dtype);

            let picked: Vec<u32> = (0..len * 2).map(|_| dice() % len as u32).collect();
            let gathered = gather(&column, &picked).unwrap();
            let expected: Vec<Value> = picked.iter().map(|row| made[*row as usize].clone()).collect();
            prop_assert!(same(&values(&gathered), &expected), "{}", dtype);
            let some: Vec<u32> = picked.iter().map(|row| if dice() % 3 == 0 { NO_ROW } else { *row }).collect();
            let optional = gather_optional(&column, &some).unwrap();
            let expected: Vec<Value> = some
                .iter()
                .map(|row| made.get(*row as usize).filter(|_| *row != NO_ROW).cloned().unwrap_or(Value::Null))
                .collect();
            prop_assert!(same(&values(&optional), &expected), "{}", dtype);
            let mask: Bitmap = (0..len).map(|_| dice() % 2 == 0).collect();
            let kept: Vec<Value> =
                made.iter().zip(mask.iter()).filter(|(_, kept)| *kept).map(|(v, _)| v.clone()).collect();
            prop_assert!(same(&values(&filter(&column, &mask).unwrap()), &kept), "{}", dtype);

            let both = concat(&[optional.clone(), column.clone(), gathered.slice(1, len)]).unwrap();
            let all: Vec<Value> =
                [&expected[..], made, &values(&gathered)[1..=len]].concat();
            prop_assert!(same(&values(&both), &all), "{}", dtype);
            let others = gather(&column, &picked[..len]).unwrap();
            let chosen = select(&mask, &column, &others).unwrap();
            for (row, mask) in mask.iter().enumerate() {
                let expected = if mask { made[row].clone() } else { made[picked[row] as usize].clone() };
                prop_assert!(same(&[chosen.value(row)], &[expected]), "{}", dtype);
            }
            let filled = coalesce(&[column.clone(), others.clone()]).unwrap();
            for row in 0..len {
                let expected = if made[row].is_null() { &made[picked[row] as usize] } else { &made[row] };
                prop_assert!(same(&[filled.value(row)], std::slice::from_ref(expected)), "{}", dtype);
            }

            for _ in each_isa() {
                for row in 0..len.min(12) {
                    for other in 0..len.min(12) {
                        let expected = order(&dtype, &made[row], &made[other]);
                        prop_assert_eq!(compare_rows(&column, row, &column, other), expected, "{}", dtype);
                    }
                }
                let equal = eq_missing(&column, &others).unwrap();
                let less = compare(Comparison::Lt, &column, &others).unwrap();
                for row in 0..len {
                    let (a, b) = (&made[row], &made[picked[row] as usize]);
                    prop_assert_eq!(equal.values().get(row), order_values(a, b).is_eq(), "{} {:?} {:?}", dtype, a, b);
                    let known = (!a.is_null() && !b.is_null()).then(|| order(&dtype, a, b).is_lt());
                    prop_assert_eq!(less.get(row), known, "{} {:?} {:?}", dtype, a, b);
                }
                let groups = group_rows(std::slice::from_ref(&column), len).unwrap();
                let two = group_rows(&[column.clone(), others.clone()], len).unwrap();
                for row in 0..len {
                    let first = (0..len).find(|r| order_values(&made[*r], &made[row]).is_eq()).unwrap();
                    prop_assert_eq!(groups.first[groups.ids[row] as usize] as usize, first, "{}", dtype);
                    let pair = |r: usize| (&made[r], &made[picked[r] as usize]);
                    let first = (0..len).find(|r| {
                        order_values(pair(*r).0, pair(row).0).is_eq() && order_values(pair(*r).1, pair(row).1).is_eq()
                    });
                    prop_assert_eq!(two.first[two.ids[row] as usize] as usize, first.unwrap(), "{}", dtype);
                }
                let options = SortOrder { descending, nulls_last };
                let mut expected: Vec<u32> = (0..len as u32).collect();
                expected.sort_by(|i, j| {
                    let (a, b) = (&made[*i as usize], &made[*j as usize]);
                    match (a.is_null(), b.is_null()) {
                        (false, false) if descending => order(&dtype, b, a),
                        (false, false) => order(&dtype, a, b),
                        (x, y) if nulls_last => x.cmp(&y),
                        (x, y) => y.cmp(&x),
                    }
                });
                let keys = [(column.clone(), options)];
                prop_assert_eq!(&sort_indices(&keys, len), &expected, "{}", dtype);
                prop_assert_eq!(&first_indices(&keys, len, len / 2)[..], &expected[..len / 2], "{}", dtype);
            }

            // A set may let through what is not in it, and never keeps out what is.
            if let Some(set) = KeySet::build(&others) {
                let mask = set.mask(&column);
                for (row, value) in made.iter().enumerate() {
                    let there = (0..len).any(|r| order_values(&others.value(r), value).is_eq());
                    prop_assert!(mask.get(row) || !there || value.is_null(), "{} {:?}", dtype, value);
                }
            }
            let counts = made.iter().fold(BTreeMap::new(), |mut counts, v| {
                *counts.entry(v.is_null()).or_insert(0usize) += 1;
                counts
            });
            prop_assert_eq!(column.null_count(), counts.get(&true).copied().unwrap_or(0), "{}", dtype);
        }
    }

    /// Through every number type and back, as far as values fit: never another number.
    #[test]
    fn casts_of_numbers_keep_them_or_give_null(number: u128, shift in 0u32..128, fraction in -3.0..3.0f64) {
        let number = number >> shift;
        let numbers = [T::Int8, T::Int16, T::Int32, T::Int64, T::Int128, T::UInt8, T::UInt16, T::UInt32, T::UInt64, T::UInt128];
        let made = Column::from_vec(vec![number, number / 2, 0, u128::MAX, 1 << 127]);
        for to in &numbers {
            let there = cast(&made, to, CastMode::NonStrict).unwrap();
            let back = cast(&there, &T::UInt128, CastMode::NonStrict).unwrap();
            let wrapped = cast(&made, to, CastMode::Wrap).unwrap();
            let text = cast(&there, &T::String, CastMode::Strict).unwrap();
            prop_assert!(same(&values(&cast(&text, to, CastMode::Strict).unwrap()), &values(&there)));
            for row in 0..made.len() {
                let value = made.as_primitive::<u128>().unwrap().values()[row];
                let bits = 8 * to.byte_width().unwrap() as u32 - u32::from(to.is_signed_integer());
                let fits = bits >= 128 || value >> bits == 0;
                prop_assert_eq!(!there.is_null(row), fits, "{} as {}", value, to);
                prop_assert!(!fits || back.value(row) == made.value(row), "{} as {}", value, to);
                prop_assert!(!wrapped.is_null(row) && (!fits || wrapped.value(row) == there.value(row)));
            }
            let signed = Column::from_vec(vec![-1i8, 5]);
            let cast = cast(&signed, to, CastMode::NonStrict).unwrap();
            prop_assert_eq!(cast.is_null(0), to.is_unsigned_integer());
        }
        let floats = Column::from_vec(vec![fraction, fraction * 1e38, fraction * 1e5]);
        for to in &numbers {
            let whole = cast(&floats, to, CastMode::NonStrict).unwrap();
            for (row, float) in floats.as_primitive::<f64>().unwrap().values().iter().enumerate() {
                let bits = 8 * to.byte_width().unwrap() as i32 - i32::from(to.is_signed_integer());
                let (end, cut) = (2f64.powi(bits), float.trunc());
                let fits = cut < end && cut >= if to.is_signed_integer() { -end } else { 0.0 };
                prop_assert_eq!(whole.get(row).as_f64(), fits.then_some(cut + 0.0), "{} as {}", float, to);
            }
        }
        let half = cast(&floats, &T::Float16, CastMode::Strict).unwrap();
        let wide = cast(&half, &T::Float64, CastMode::Strict).unwrap();
        for (row, float) in floats.as_primitive::<f64>().unwrap().values().iter().enumerate() {
            let near = f64::from(half.as_primitive::<f16>().unwrap().values()[row]);
            prop_assert_eq!(wide.get(row).as_f64(), Some(near));
            let step = (float.abs() / 1024.0).max(6e-8);
            prop_assert!(near.is_infinite() == (float.abs() >= 65_520.0));
            prop_assert!(near.is_infinite() || (near - float).abs() <= step / 2.0 + 1e-12, "{} {}", near, float);
        }
    }
}

#[test]
fn lists_become_arrays_and_back() {
    let ints = |items: &[Option<i128>]| {
        Value::List(items.iter().map(|item| item.map_or(Value::Null, Value::Int)).collect::<Vec<_>>().into())
    };
    let rows = [ints(&[Some(1), Some(2)]), Value::Null, ints(&[Some(300), None]), ints(&[Some(5), Some(6)])];
    let lists = Column::from_scalars(T::list(T::Int64), rows.clone()).unwrap().slice(1, 3);
    let arrays = cast(&lists, &T::array(T::Int64, 2), CastMode::Strict).unwrap();
    assert_eq!(values(&arrays), rows[1..]);
    let back = cast(&arrays.slice(1, 2), &T::list(T::Float64), CastMode::Strict).unwrap();
    assert_eq!(back.value(1), Value::List([Value::Float(5.0), Value::Float(6.0)].into()));
    for mode in [CastMode::Strict, CastMode::NonStrict] {
        let error = cast(&lists, &T::array(T::Int64, 3), mode).unwrap_err();
        assert!(error.to_string().contains("width 3"), "{error}");
        assert!(cast(&arrays, &T::array(T::Int64, 3), mode).is_err());
    }
    assert!(cast(&arrays, &T::array(T::Int8, 2), CastMode::Strict).is_err());
    let narrow = cast(&arrays, &T::array(T::Int8, 2), CastMode::NonStrict).unwrap();
    assert_eq!(values(&narrow)[1], ints(&[None, None]));
    // What lies under a null need not fit.
    let hidden = cast(&lists.slice(1, 1), &T::array(T::Int64, 2), CastMode::Strict).unwrap();
    let hidden = hidden.with_validity(Some([false].into_iter().collect()));
    let narrow = cast(&hidden, &T::array(T::Int8, 2), CastMode::Strict).unwrap();
    assert_eq!(values(&narrow), [Value::Null]);
    assert!(cast(&arrays, &T::String, CastMode::Strict).is_err());
    let nulls = Column::full_null(T::Null, 2);
    assert_eq!(cast(&nulls, &T::array(T::Int8, 2), CastMode::Strict).unwrap().null_count(), 2);
}
