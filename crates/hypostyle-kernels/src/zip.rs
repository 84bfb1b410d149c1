//! Null handling and broadcasting, written once: elementwise kernels are closures handed to these.

use hypostyle_core::{Bitmap, BooleanArray, Buffer, Error, Native, PrimitiveArray, Result};

use crate::simd::dispatch;

/// The length of the result of an elementwise operation: equal lengths, or one of them 1.
pub fn broadcast_len(a: usize, b: usize) -> Result<usize> {
    match (a, b) {
        (a, b) if a == b => Ok(a),
        (1, b) => Ok(b),
        (a, 1) => Ok(a),
        _ => Err(Error::shape(format!("cannot combine columns of {a} and {b} rows"))),
    }
}

/// The validity of the result of an operation that is null where an input is.
pub fn broadcast_validity(
    a: Option<&Bitmap>,
    a_len: usize,
    b: Option<&Bitmap>,
    b_len: usize,
    len: usize,
) -> Option<Bitmap> {
    let stretch = |v: Option<&Bitmap>, n: usize| match v {
        Some(v) if n == 1 && len != 1 => (!v.get(0)).then(|| Bitmap::constant(false, len)),
        Some(v) => Some(v.clone()),
        None => None,
    };
    Bitmap::and_validity(stretch(a, a_len).as_ref(), stretch(b, b_len).as_ref())
}

/// `f` of every value; nulls stay null.
pub fn unary<A: Native, R: Native>(a: &PrimitiveArray<A>, f: impl Fn(A) -> R) -> PrimitiveArray<R> {
    PrimitiveArray::new(map_slice(a.values(), f), a.validity().cloned())
}

/// `f` of every value, null where it gives `None`.
pub fn unary_checked<A: Native, R: Native>(
    a: &PrimitiveArray<A>,
    f: impl Fn(A) -> Option<R>,
) -> PrimitiveArray<R> {
    let mut values = Vec::with_capacity(a.len());
    let mut valid = hypostyle_core::MutableBitmap::with_capacity(a.len());
    for i in 0..a.len() {
        let result = a.get(i).and_then(&f);
        valid.push(result.is_some());
        values.push(result.unwrap_or_default());
    }
    PrimitiveArray::new(values.into(), valid.into_validity())
}

/// `f` of pairs of values; null where one is null.
pub fn binary<A: Native, B: Native, R: Native>(
    a: &PrimitiveArray<A>,
    b: &PrimitiveArray<B>,
    f: impl Fn(A, B) -> R,
) -> Result<PrimitiveArray<R>> {
    let len = broadcast_len(a.len(), b.len())?;
    let validity = broadcast_validity(a.validity(), a.len(), b.validity(), b.len(), len);
    let values = match (a.len(), b.len()) {
        (x, y) if x == y => zip_slices(a.values(), b.values(), f),
        (_, 1) => {
            let y = b.values()[0];
            map_slice(
                a.values(),
                #[inline(always)]
                |x| f(x, y),
            )
        }
        _ => {
            let x = a.values()[0];
            map_slice(
                b.values(),
                #[inline(always)]
                |y| f(x, y),
            )
        }
    };
    PrimitiveArray::try_new(values, validity)
}

/// `f` of pairs of values, null where one is null or where it gives `None`.
pub fn binary_checked<A: Native, B: Native, R: Native>(
    a: &PrimitiveArray<A>,
    b: &PrimitiveArray<B>,
    f: impl Fn(A, B) -> Option<R>,
) -> Result<PrimitiveArray<R>> {
    let len = broadcast_len(a.len(), b.len())?;
    let mut values = Vec::with_capacity(len);
    let mut valid = hypostyle_core::MutableBitmap::with_capacity(len);
    let at = |array_len: usize, i: usize| if array_len == 1 { 0 } else { i };
    for i in 0..len {
        let result = match (a.get(at(a.len(), i)), b.get(at(b.len(), i))) {
            (Some(x), Some(y)) => f(x, y),
            _ => None,
        };
        valid.push(result.is_some());
        values.push(result.unwrap_or_default());
    }
    PrimitiveArray::try_new(values.into(), valid.into_validity())
}

/// A test of every value; null where the value is.
pub fn test<A: Native>(a: &PrimitiveArray<A>, f: impl Fn(A) -> bool) -> BooleanArray {
    BooleanArray::new(pack_slice(a.values(), f), a.validity().cloned())
}

/// A test of pairs of values; null where one is null.
pub fn test_pairs<A: Native, B: Native>(
    a: &PrimitiveArray<A>,
    b: &PrimitiveArray<B>,
    f: impl Fn(A, B) -> bool,
) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    let validity = broadcast_validity(a.validity(), a.len(), b.validity(), b.len(), len);
    let values = match (a.len(), b.len()) {
        (x, y) if x == y => pack_slices(a.values(), b.values(), f),
        (_, 1) => {
            let y = b.values()[0];
            pack_slice(
                a.values(),
                #[inline(always)]
                |x| f(x, y),
            )
        }
        _ => {
            let x = a.values()[0];
            pack_slice(
                b.values(),
                #[inline(always)]
                |y| f(x, y),
            )
        }
    };
    BooleanArray::try_new(values, validity)
}

fn map_slice<A: Native, R: Native>(a: &[A], f: impl Fn(A) -> R) -> Buffer<R> {
    dispatch(
        #[inline(always)]
        || a.iter().map(|x| f(*x)).collect::<Vec<R>>(),
    )
    .into()
}

fn zip_slices<A: Native, B: Native, R: Native>(a: &[A], b: &[B], f: impl Fn(A, B) -> R) -> Buffer<R> {
    dispatch(
        #[inline(always)]
        || a.iter().zip(b).map(|(x, y)| f(*x, *y)).collect::<Vec<R>>(),
    )
    .into()
}

/// Bits of a test, 64 at a time: the bytes of 8 results are gathered by one multiplication.
fn pack_slice<A: Native>(a: &[A], f: impl Fn(A) -> bool) -> Bitmap {
    let words: Vec<u64> = dispatch(
        #[inline(always)]
        || {
            a.chunks(64)
                .map(|chunk| {
                    let mut bytes = [0u8; 64];
                    for (byte, x) in bytes.iter_mut().zip(chunk) {
                        *byte = u8::from(f(*x));
                    }
                    pack_bytes(&bytes)
                })
                .collect()
        },
    );
    Bitmap::new(words.into(), 0, a.len())
}

fn pack_slices<A: Native, B: Native>(a: &[A], b: &[B], f: impl Fn(A, B) -> bool) -> Bitmap {
    let words: Vec<u64> = dispatch(
        #[inline(always)]
        || {
            a.chunks(64)
                .zip(b.chunks(64))
                .map(|(xs, ys)| {
                    let mut bytes = [0u8; 64];
                    for (byte, (x, y)) in bytes.iter_mut().zip(xs.iter().zip(ys)) {
                        *byte = u8::from(f(*x, *y));
                    }
                    pack_bytes(&bytes)
                })
                .collect()
        },
    );
    Bitmap::new(words.into(), 0, a.len())
}

/// 64 bytes of 0 or 1 to 64 bits.
#[inline(always)]
pub(crate) fn pack_bytes(bytes: &[u8; 64]) -> u64 {
    let mut word = 0;
    let mut i = 0;
    while i < 8 {
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes[i * 8..i * 8 + 8]);
        // Each byte's low bit moves to its place in the top byte; no two land on the same bit.
        let packed = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= packed << (i * 8);
        i += 1;
    }
    word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::each_isa;

    proptest! {
        /// Everything that has a loop of its own, on lanes of one, four and eight bytes.
        #[test]
        fn every_side_agrees_with_a_plain_loop(pairs in prop::collection::vec(any::<(i64, i64)>(), 0..300)) {
            fn check<A: Native>(pairs: &[(A, A)], f: impl Fn(A, A) -> A + Copy, t: impl Fn(A, A) -> bool + Copy) {
                let (xs, ys): (Vec<A>, Vec<A>) = pairs.iter().copied().unzip();
                let mapped: Vec<A> = xs.iter().map(|x| f(*x, *x)).collect();
                let zipped: Vec<A> = xs.iter().zip(&ys).map(|(x, y)| f(*x, *y)).collect();
                let tested: Vec<bool> = xs.iter().map(|x| t(*x, *x)).collect();
                let tested_pairs: Vec<bool> = xs.iter().zip(&ys).map(|(x, y)| t(*x, *y)).collect();
                let (a, b) = (PrimitiveArray::from_vec(xs), PrimitiveArray::from_vec(ys));
                for side in each_isa() {
                    assert_eq!(&unary(&a, |x| f(x, x)).values()[..], mapped, "{side:?}");
                    assert_eq!(&binary(&a, &b, f).unwrap().values()[..], zipped, "{side:?}");
                    assert!(test(&a, |x| t(x, x)).values().iter().eq(tested.iter().copied()), "{side:?}");
                    let found = test_pairs(&a, &b, t).unwrap().into_parts().0;
                    assert!(found.iter().eq(tested_pairs.iter().copied()), "{side:?}");
                }
            }
            check(&pairs, |x, y| x.wrapping_mul(y) ^ x >> 7, |x, y| x <= y);
            let pairs: Vec<(i32, i32)> = pairs.iter().map(|(x, y)| (*x as i32 % 9, (*y >> 32) as i32 % 9)).collect();
            check(&pairs, |x, y| x.wrapping_mul(y) - y, |x, y| x == y);
            let pairs: Vec<(u8, u8)> = pairs.iter().map(|(x, y)| (*x as u8, *y as u8)).collect();
            check(&pairs, |x, y| x.wrapping_add(y) / 3, |x, y| x & y != 0);
        }
    }

    #[test]
    fn packed_tests_agree_with_a_loop() {
        for len in [0, 1, 7, 63, 64, 65, 200] {
            let a: Vec<i32> = (0..len).map(|i| (i * 37) % 11).collect();
            let array = PrimitiveArray::from_vec(a.clone());
            let packed = test(&array, |x| x > 5);
            assert_eq!(
                packed.values().iter().collect::<Vec<_>>(),
                a.iter().map(|x| *x > 5).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_null_constant_makes_everything_null() {
        let a = PrimitiveArray::from_vec(vec![1i64, 2, 3]);
        let null = PrimitiveArray::new(vec![0i64].into(), Some(Bitmap::constant(false, 1)));
        let sum = binary(&a, &null, |x, y| x + y).unwrap();
        assert!(sum.iter().all(|v| v.is_none()));
        assert!(binary(&a, &PrimitiveArray::from_vec(vec![1i64, 2]), |x, y| x + y).is_err());
    }
}
