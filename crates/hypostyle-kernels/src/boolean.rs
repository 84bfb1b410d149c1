//! Three-valued (Kleene) logic on packed bits.

use hypostyle_core::{Bitmap, BooleanArray, Result};

use crate::zip::{broadcast_len, broadcast_validity};

fn stretch(a: &BooleanArray, len: usize) -> BooleanArray {
    if a.len() == len || a.len() != 1 {
        return a.clone();
    }
    match a.get(0) {
        Some(value) => BooleanArray::new(Bitmap::constant(value, len), None),
        None => BooleanArray::new(Bitmap::constant(false, len), Some(Bitmap::constant(false, len))),
    }
}

/// Bits that are true and bits that are false; null is neither.
fn split(a: &BooleanArray) -> (Bitmap, Bitmap) {
    match a.validity() {
        None => (a.values().clone(), not_bits(a.values())),
        Some(validity) => {
            (a.values().zip(validity, |v, valid| v & valid), a.values().zip(validity, |v, valid| !v & valid))
        }
    }
}

fn not_bits(a: &Bitmap) -> Bitmap {
    Bitmap::new(a.words().map(|w| !w).collect(), 0, a.len())
}

fn join(is_true: Bitmap, is_false: &Bitmap) -> BooleanArray {
    let valid = is_true.zip(is_false, |t, f| t | f);
    let validity = (valid.count_unset() > 0).then_some(valid);
    BooleanArray::new(is_true, validity)
}

/// And: false wins over null.
pub fn and(a: &BooleanArray, b: &BooleanArray) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    let (a, b) = (stretch(a, len), stretch(b, len));
    if a.validity().is_none() && b.validity().is_none() {
        return BooleanArray::try_new(a.values().zip(b.values(), |x, y| x & y), None);
    }
    let ((at, af), (bt, bf)) = (split(&a), split(&b));
    Ok(join(at.zip(&bt, |x, y| x & y), &af.zip(&bf, |x, y| x | y)))
}

/// Or: true wins over null.
pub fn or(a: &BooleanArray, b: &BooleanArray) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    let (a, b) = (stretch(a, len), stretch(b, len));
    if a.validity().is_none() && b.validity().is_none() {
        return BooleanArray::try_new(a.values().zip(b.values(), |x, y| x | y), None);
    }
    let ((at, af), (bt, bf)) = (split(&a), split(&b));
    Ok(join(at.zip(&bt, |x, y| x | y), &af.zip(&bf, |x, y| x & y)))
}

/// Exclusive or: null if one is null.
pub fn xor(a: &BooleanArray, b: &BooleanArray) -> Result<BooleanArray> {
    let len = broadcast_len(a.len(), b.len())?;
    let validity = broadcast_validity(a.validity(), a.len(), b.validity(), b.len(), len);
    let (a, b) = (stretch(a, len), stretch(b, len));
    BooleanArray::try_new(a.values().zip(b.values(), |x, y| x ^ y), validity)
}

/// Not: null stays null.
pub fn not(a: &BooleanArray) -> BooleanArray {
    BooleanArray::new(not_bits(a.values()), a.validity().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(values: &[Option<bool>]) -> BooleanArray {
        BooleanArray::new(
            values.iter().map(|v| v.unwrap_or(true)).collect(),
            Some(values.iter().map(Option::is_some).collect()),
        )
    }

    /// Kleene's truth tables, by hand.
    #[test]
    fn truth_tables() {
        let (t, f, n) = (Some(true), Some(false), None);
        let a = array(&[t, t, t, f, f, f, n, n, n]);
        let b = array(&[t, f, n, t, f, n, t, f, n]);
        let rows = |x: BooleanArray| x.iter().collect::<Vec<_>>();
        assert_eq!(rows(and(&a, &b).unwrap()), [t, f, n, f, f, f, n, f, n]);
        assert_eq!(rows(or(&a, &b).unwrap()), [t, t, t, t, f, n, t, n, n]);
        assert_eq!(rows(xor(&a, &b).unwrap()), [f, t, n, t, f, n, n, n, n]);
        assert_eq!(rows(not(&b)), [f, t, n, f, t, n, f, t, n]);
        assert_eq!(rows(and(&a, &array(&[n])).unwrap()), [n, n, n, f, f, f, n, n, n]);
    }
}
