//! Comparison of columns of one type. NaN equals NaN and is the largest; null gives null.

use std::cmp::Ordering;
use std::ops::Range;

use hypostyle_core::{
    Array, BinaryArray, Bitmap, BooleanArray, Column, DataType, DictArray, Error, MutableBitmap, Native,
    Result, Utf8Array, Value, with_primitive,
};

use crate::zip::{broadcast_len, broadcast_validity, test_pairs};

/// The comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Eq,
    /// `!=`
    NotEq,
    /// `<`
    Lt,
    /// `<=`
    LtEq,
    /// `>`
    Gt,
    /// `>=`
    GtEq,
}

impl Comparison {
    /// Whether an ordering of left to right satisfies it.
    #[inline(always)]
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::NotEq => ordering.is_ne(),
            Self::Lt => ordering.is_lt(),
            Self::LtEq => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::GtEq => ordering.is_ge(),
        }
    }

    /// The operator with its sides exchanged.
    pub fn flip(self) -> Self {
        match self {
            Self::Eq | Self::NotEq => self,
            Self::Lt => Self::Gt,
            Self::LtEq => Self::GtEq,
            Self::Gt => Self::Lt,
            Self::GtEq => Self::LtEq,
        }
    }
}

/// `a op b`, row by row. Both must have the same physical type; a column of one row broadcasts.
pub fn compare(op: Comparison, a: &Column, b: &Column) -> Result<BooleanArray> {
    with_primitive!(a.array(), |x: T| {
        let y = b.expect_primitive::<T>()?;
        compare_native(op, x, y)
    }, else |array| match (array, b.array()) {
        (Array::Boolean(x), Array::Boolean(y)) => compare_booleans(op, x, y),
        (Array::Binary(x), Array::Binary(y)) => compare_bytes(op, x, y),
        (Array::Utf8(x), Array::Utf8(y)) => compare_bytes(op, x.as_binary(), y.as_binary()),
        // The order of an enum is that of its definition; codes count in it.
        (Array::Dict(x), Array::Dict(y)) if is_enum(a) && a.dtype() == b.dtype() => {
            compare_native(op, x.codes(), y.codes())
        }
        (Array::Dict(x), Array::Dict(y)) => compare_dicts(op, x, y),
        (Array::Dict(x), Array::Utf8(y)) => compare_dict_utf8(op, x, y),
        (Array::Utf8(x), Array::Dict(y)) => compare_dict_utf8(op.flip(), y, x),
        (Array::Null(n), other) => nulls(*n, other.len()),
        (other, Array::Null(n)) => nulls(other.len(), *n),
        (Array::List(_), Array::List(_))
        | (Array::FixedList(_), Array::FixedList(_))
        | (Array::Struct(_), Array::Struct(_)) => compare_values(op, a, b),
        _ => Err(Error::type_mismatch("comparison", a.dtype(), b.dtype())),
    })
}

/// As `==`, but null equals null and the result is never null.
pub fn eq_missing(a: &Column, b: &Column) -> Result<BooleanArray> {
    let equal = compare(Comparison::Eq, a, b)?;
    let len = equal.len();
    let nulls_of = |c: &Column| {
        let valid = c.validity_or_full();
        if c.len() == len { valid } else { Bitmap::constant(valid.get(0), len) }
    };
    let (va, vb) = (nulls_of(a), nulls_of(b));
    let both_null = va.zip(&vb, |x, y| !x & !y);
    BooleanArray::try_new(equal.truthy().zip(&both_null, |x, y| x | y), None)
}

fn nulls(a: usize, b: usize) -> Result<BooleanArray> {
    let len = broadcast_len(a, b)?;
    BooleanArray::try_new(Bitmap::constant(false, len), Some(Bitmap::constant(false, len)))
}

fn compare_native<T: Native>(
    op: Comparison,
    a: &hypostyle_core::PrimitiveArray<T>,
    b: &hypostyle_core::PrimitiveArray<T>,
) -> Result<BooleanArray> {
    match op {
        Comparison::Eq => test_pairs(
            a,
            b,
            #[inline(always)]
            |x, y| equal(x, y),
        ),
        Comparison::NotEq => test_pairs(
            a,
            b,
            #[inline(always)]
            |x, y| !equal(x, y),
        ),
        Comparison::Lt => test_pairs(
            a,
            b,
            #[inline(always)]
            |x, y| less(x, y),
        ),
        Comparison::LtEq => test_pairs(
            a,
            b,
            #[inline(always)]
            |x, y| less_or_equal(x, y),
        ),
        Comparison::Gt => test_pairs(
            a,
            b,
            #[inline(always)]
            |x, y| less(y, x),
        ),
        Comparison::GtEq => test_pairs(
            a,
            b,
            #[inline(always)]
            |x, y| less_or_equal(y, x),
        ),
    }
}

// In these three the NaN tests of integers are constant and vanish.

/// `x == y`
#[inline(always)]
pub(crate) fn equal<T: Native>(x: T, y: T) -> bool {
    x == y || (x.is_nan() & y.is_nan())
}

/// `x < y`
#[inline(always)]
pub(crate) fn less<T: Native>(x: T, y: T) -> bool {
    x < y || (!x.is_nan() & y.is_nan())
}

/// `x <= y`
#[inline(always)]
pub(crate) fn less_or_equal<T: Native>(x: T, y: T) -> bool {
    x <= y || y.is_nan()
}

fn compare_booleans(op: Comparison, a: &BooleanArray, b: &BooleanArray) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    let validity = broadcast_validity(a.validity(), a.len(), b.validity(), b.len(), len);
    let stretch = |x: &Bitmap| if x.len() == len { x.clone() } else { Bitmap::constant(x.get(0), len) };
    let values = stretch(a.values()).zip(&stretch(b.values()), |x, y| match op {
        Comparison::Eq => !(x ^ y),
        Comparison::NotEq => x ^ y,
        Comparison::Lt => !x & y,
        Comparison::LtEq => !x | y,
        Comparison::Gt => x & !y,
        Comparison::GtEq => x | !y,
    });
    BooleanArray::try_new(values, validity)
}

fn bytes_holds(op: Comparison, x: &[u8], y: &[u8]) -> bool {
    match op {
        Comparison::Eq => x == y,
        Comparison::NotEq => x != y,
        _ => op.holds(x.cmp(y)),
    }
}

fn compare_bytes(op: Comparison, a: &BinaryArray, b: &BinaryArray) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    let validity = broadcast_validity(a.validity(), a.len(), b.validity(), b.len(), len);
    let values = match (a.len(), b.len()) {
        (x, y) if x == y => (0..len).map(|i| bytes_holds(op, a.value(i), b.value(i))).collect(),
        (_, 1) => {
            let y = b.value(0);
            (0..len).map(|i| bytes_holds(op, a.value(i), y)).collect()
        }
        _ => {
            let x = a.value(0);
            (0..len).map(|i| bytes_holds(op, x, b.value(i))).collect()
        }
    };
    BooleanArray::try_new(values, validity)
}

/// Applies a test of entries to rows: once per entry, then by code.
pub fn test_dict(a: &DictArray, f: impl Fn(&str) -> bool) -> BooleanArray {
    let codes = a.codes();
    if a.dictionary().len() > a.len() {
        let values = (0..a.len()).map(|i| a.get(i).is_some_and(&f)).collect();
        return BooleanArray::new(values, codes.validity().cloned());
    }
    let table: Vec<u8> =
        (0..a.dictionary().len()).map(|i| u8::from(f(a.dictionary().values().value(i)))).collect();
    let words: Vec<u64> = codes
        .values()
        .chunks(64)
        .map(|chunk| {
            chunk.iter().enumerate().fold(0, |word, (k, code)| {
                word | u64::from(table.get(*code as usize).copied().unwrap_or(0)) << k
            })
        })
        .collect();
    BooleanArray::new(MutableBitmap::from_words(words, a.len()).freeze(), codes.validity().cloned())
}

fn compare_dict_utf8(op: Comparison, a: &DictArray, b: &Utf8Array) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    if b.len() == 1 {
        return match b.get(0) {
            Some(y) => Ok(test_dict(a, |x| bytes_holds(op, x.as_bytes(), y.as_bytes()))),
            None => nulls(len, 1),
        };
    }
    let at = |i: usize| if a.len() == 1 { 0 } else { i };
    compare_options(op, len, |i| a.get(at(i)).map(str::as_bytes), |i| b.get(i).map(str::as_bytes))
}

fn compare_dicts(op: Comparison, a: &DictArray, b: &DictArray) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    if b.len() == 1 {
        return match b.get(0) {
            Some(y) => Ok(test_dict(a, |x| bytes_holds(op, x.as_bytes(), y.as_bytes()))),
            None => nulls(len, 1),
        };
    }
    if a.len() == 1 {
        return compare_dicts(op.flip(), b, a);
    }
    let same = std::sync::Arc::ptr_eq(a.dictionary(), b.dictionary()) && a.dictionary().is_unique();
    if same && matches!(op, Comparison::Eq | Comparison::NotEq) {
        return compare_native(op, a.codes(), b.codes());
    }
    compare_options(op, len, |i| a.get(i).map(str::as_bytes), |i| b.get(i).map(str::as_bytes))
}

fn compare_options<'a>(
    op: Comparison,
    len: usize,
    a: impl Fn(usize) -> Option<&'a [u8]>,
    b: impl Fn(usize) -> Option<&'a [u8]>,
) -> Result<BooleanArray> {
    let (mut values, mut valid) = (MutableBitmap::with_capacity(len), MutableBitmap::with_capacity(len));
    for i in 0..len {
        let pair = a(i).zip(b(i));
        valid.push(pair.is_some());
        values.push(pair.is_some_and(|(x, y)| bytes_holds(op, x, y)));
    }
    BooleanArray::try_new(values.freeze(), valid.into_validity())
}

fn compare_values(op: Comparison, a: &Column, b: &Column) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    let at = |c: &Column, i: usize| if c.len() == 1 { 0 } else { i };
    let (mut values, mut valid) = (MutableBitmap::with_capacity(len), MutableBitmap::with_capacity(len));
    for i in 0..len {
        let (x, y) = (at(a, i), at(b, i));
        valid.push(!a.is_null(x) && !b.is_null(y));
        values.push(op.holds(compare_rows(a, x, b, y)));
    }
    BooleanArray::try_new(values.freeze(), valid.into_validity())
}

/// Total order of values of one type: null first, NaN last, lists lexicographic.
pub fn order_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Boolean(x), Value::Boolean(y)) => x.cmp(y),
        (Value::Int(x), Value::Int(y)) => x.cmp(y),
        (Value::UInt128(x), Value::UInt128(y)) => x.cmp(y),
        (Value::Int(_), Value::UInt128(_)) => Ordering::Less,
        (Value::UInt128(_), Value::Int(_)) => Ordering::Greater,
        (Value::Float(x), Value::Float(y)) => Native::total_cmp(x, y),
        (Value::String(x), Value::String(y)) => x.cmp(y),
        (Value::Binary(x), Value::Binary(y)) => x.cmp(y),
        (Value::List(x), Value::List(y)) => x
            .iter()
            .zip(y.iter())
            .map(|(x, y)| order_values(x, y))
            .find(|o| o.is_ne())
            .unwrap_or_else(|| x.len().cmp(&y.len())),
        _ => Ordering::Equal,
    }
}

fn is_enum(column: &Column) -> bool {
    matches!(column.dtype(), DataType::Enum(_))
}

/// Compares rows `i` and `j` of two columns of one type: nulls are equal to each other and first.
pub fn compare_rows(a: &Column, i: usize, b: &Column, j: usize) -> Ordering {
    match (a.is_null(i), b.is_null(j)) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        (false, false) => {}
    }
    with_primitive!(a.array(), |x: T| match b.as_primitive::<T>() {
        Some(y) => Native::total_cmp(&x.values()[i], &y.values()[j]),
        None => Ordering::Equal,
    }, match {
        // A column of another type is a mistake of the caller.
        Array::Null(_) => Ordering::Equal,
        Array::Boolean(x) => {
            b.as_boolean().map_or(Ordering::Equal, |y| x.values().get(i).cmp(&y.values().get(j)))
        }
        Array::Dict(x) if is_enum(a) && a.dtype() == b.dtype() => {
            b.as_dict().map_or(Ordering::Equal, |y| x.codes().values()[i].cmp(&y.codes().values()[j]))
        }
        Array::Utf8(_) | Array::Dict(_) => a.str_at(i).cmp(&b.str_at(j)),
        Array::Binary(x) => b.as_binary().map_or(Ordering::Equal, |y| x.value(i).cmp(y.value(j))),
        Array::List(x) => b.as_list().map_or(Ordering::Equal, |y| {
            let (items, others) = (items(x.offsets(), i), items(y.offsets(), j));
            compare_lists(x.values(), items, y.values(), others)
        }),
        Array::FixedList(x) => b.as_fixed_list().map_or(Ordering::Equal, |y| {
            let items = |width: usize, row: usize| row * width..(row + 1) * width;
            compare_lists(x.values(), items(x.width(), i), y.values(), items(y.width(), j))
        }),
        Array::Struct(x) => {
            let others = b.as_struct().map_or(&[][..], |y| y.fields());
            let fields = x.fields().iter().zip(others);
            fields.map(|(x, y)| compare_rows(x, i, y, j)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        }
    })
}

/// The order of the first values that differ; of lists that begin alike the shorter is first.
fn compare_lists(a: &Column, x: Range<usize>, b: &Column, y: Range<usize>) -> Ordering {
    let lengths = x.len().cmp(&y.len());
    let pairs = x.zip(y);
    pairs.map(|(x, y)| compare_rows(a, x, b, y)).find(|o| o.is_ne()).unwrap_or(lengths)
}

/// Where the values of a list lie.
fn items(offsets: &[i64], row: usize) -> Range<usize> {
    offsets[row] as usize..offsets[row + 1] as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_isa;
    use hypostyle_core::{Field, Scalar};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_side_agrees_with_a_plain_loop(
            pairs in prop::collection::vec((0u32..9, 0u32..9), 1..300),
            constant in any::<bool>(),
        ) {
            const FLOATS: [f64; 9] =
                [0.0, -0.0, f64::NAN, -f64::NAN, 1.5, -1.5, f64::INFINITY, f64::NEG_INFINITY, 5e-324];
            const INTEGERS: [i64; 9] = [0, -1, 1, i64::MIN, i64::MAX, 1 << 32, -1 << 32, 255, 256];
            const OPS: [Comparison; 6] = [
                Comparison::Eq, Comparison::NotEq, Comparison::Lt, Comparison::LtEq, Comparison::Gt, Comparison::GtEq,
            ];
            fn check<T: Native>(xs: Vec<T>, ys: Vec<T>, order: impl Fn(T, T) -> Ordering) {
                let y = |row: usize| if ys.len() == 1 { ys[0] } else { ys[row] };
                let (a, b) = (Column::from_vec(xs.clone()), Column::from_vec(ys.clone()));
                for (side, op) in each_isa().flat_map(|side| OPS.map(|op| (side, op))) {
                    let expected: Vec<bool> =
                        xs.iter().enumerate().map(|(row, x)| op.holds(order(*x, y(row)))).collect();
                    let found = compare(op, &a, &b).unwrap().into_parts().0;
                    assert!(found.iter().eq(expected.iter().copied()), "{side:?} {op:?} {a:?} {b:?}");
                }
            }
            let ys = if constant { &pairs[..1] } else { &pairs };
            let float = |place: u32| FLOATS[place as usize];
            let integer = |place: u32| INTEGERS[place as usize];
            // All NaNs are equal and largest.
            let order = |x: f64, y: f64| x.partial_cmp(&y).unwrap_or_else(|| x.is_nan().cmp(&y.is_nan()));
            let (lefts, rights) = (pairs.iter().map(|(x, _)| *x), ys.iter().map(|(_, y)| *y));
            check(lefts.clone().map(float).collect(), rights.clone().map(float).collect(), order);
            let narrow = |x: f64| x as f32;
            check(
                lefts.clone().map(float).map(narrow).collect(),
                rights.clone().map(float).map(narrow).collect(),
                |x: f32, y: f32| order(x.into(), y.into()),
            );
            check(lefts.clone().map(integer).collect(), rights.clone().map(integer).collect(), |x: i64, y| x.cmp(&y));
            let byte = |place: u32| integer(place) as u8;
            check(lefts.map(byte).collect(), rights.map(byte).collect(), |x: u8, y| x.cmp(&y));
        }
    }

    #[test]
    fn nan_is_equal_to_itself_and_largest() {
        let a = Column::from_vec(vec![1.0, f64::NAN, f64::NAN, f64::INFINITY, -0.0]);
        let b = Column::from_vec(vec![f64::NAN, f64::NAN, 1.0, f64::NAN, 0.0]);
        let rows = |op| compare(op, &a, &b).unwrap().values().iter().collect::<Vec<_>>();
        assert_eq!(rows(Comparison::Eq), [false, true, false, false, true]);
        assert_eq!(rows(Comparison::NotEq), [true, false, true, true, false]);
        assert_eq!(rows(Comparison::Lt), [true, false, false, true, false]);
        assert_eq!(rows(Comparison::LtEq), [true, true, false, true, true]);
        assert_eq!(rows(Comparison::Gt), [false, false, true, false, false]);
        assert_eq!(rows(Comparison::GtEq), [false, true, true, false, true]);
    }

    #[test]
    fn text_forms_agree() {
        let text = ["b", "a", "", "c", "b"];
        let plain = Column::from_strs(text);
        let dict = crate::concat::concat(&text.map(|t| Column::from_scalar(&Scalar::from(t), 2).slice(0, 1)))
            .unwrap();
        assert!(dict.as_dict().is_some());
        let constants = [Column::from_strs(["b"]), Column::from_scalar(&Scalar::from("b"), 2).slice(0, 1)];
        for op in [Comparison::Eq, Comparison::NotEq, Comparison::Lt, Comparison::GtEq] {
            let expected: Vec<bool> = text.iter().map(|t| op.holds(t.cmp(&"b"))).collect();
            for column in [&plain, &dict] {
                for constant in &constants {
                    let found: Vec<_> = compare(op, column, constant).unwrap().values().iter().collect();
                    assert_eq!(found, expected);
                    let flipped: Vec<_> =
                        compare(op.flip(), constant, column).unwrap().values().iter().collect();
                    assert_eq!(flipped, expected);
                }
            }
            let same = compare(op, &dict, &plain).unwrap();
            assert!(same.values().iter().all(|b| b == op.holds(Ordering::Equal)));
        }
    }

    #[test]
    fn nested_rows_compare_as_their_values() {
        let list = DataType::list(DataType::Int64);
        let pair = DataType::Struct(vec![Field::new("a", list.clone()), Field::new("b", DataType::Float64)]);
        let items = |ints: &[Option<i128>]| {
            Value::List(ints.iter().map(|i| i.map_or(Value::Null, Value::Int)).collect())
        };
        let lists = [
            Value::Null,
            items(&[]),
            items(&[None]),
            items(&[Some(1)]),
            items(&[Some(1), None]),
            items(&[Some(2)]),
        ];
        let structs = lists.iter().flat_map(|list| {
            [Value::Null, Value::Float(-0.0), Value::Float(f64::NAN)]
                .map(|float| Value::List(vec![list.clone(), float].into()))
        });
        let structs: Vec<Value> = structs.chain([Value::Null]).collect();
        for (dtype, values) in [(list, lists.to_vec()), (pair, structs)] {
            let column = Column::from_scalars(dtype, values.clone()).unwrap();
            for (i, x) in values.iter().enumerate() {
                for (j, y) in values.iter().enumerate() {
                    assert_eq!(compare_rows(&column, i, &column, j), order_values(x, y), "{x:?} {y:?}");
                }
            }
        }
    }

    #[test]
    fn enums_in_lists_compare_by_definition() {
        let levels = DataType::Enum(["lo", "mid", "hi"].map(Into::into).to_vec().into());
        let values = ["lo", "mid", "hi"].map(|level| Value::List(vec![Value::String(level.into())].into()));
        let column = Column::from_scalars(DataType::list(levels), values).unwrap();
        assert_eq!(compare_rows(&column, 1, &column, 2), Ordering::Less);
        let shifted = column.slice(1, 2);
        let less = compare(Comparison::Lt, &column.slice(0, 2), &shifted).unwrap();
        assert!(less.values().iter().all(|less| less));
    }
}
