//! Choosing values: `when/then/otherwise`, `coalesce`, `fill_null`.

use hypostyle_core::{
    Array, Bitmap, Column, Error, MutableBitmap, Native, PrimitiveArray, Result, with_primitive,
};

use crate::concat::concat;
use crate::gather::gather;
use crate::zip::broadcast_len;

/// Rows of `then` where the mask is set, rows of `otherwise` elsewhere. Both have the same type; a column of one
/// row broadcasts to the mask's length.
pub fn select(mask: &Bitmap, then: &Column, otherwise: &Column) -> Result<Column> {
    let len = mask.len();
    for side in [then, otherwise] {
        if side.len() != len && side.len() != 1 {
            return Err(Error::shape(format!("cannot choose from {} rows by a mask of {len}", side.len())));
        }
    }
    with_primitive!(then.array(), |a: T| {
        let b = otherwise.expect_primitive::<T>()?;
        return Ok(Column::from_primitive(then.dtype().clone(), select_native(mask, a, b)));
    }, else |_array| {});
    // Any other layout: gather from both, one after the other.
    let both = concat(&[then.clone(), otherwise.clone()])?;
    let base = then.len() as u32;
    let indices: Vec<u32> = mask
        .iter()
        .enumerate()
        .map(|(i, chosen)| match chosen {
            true if then.len() == 1 => 0,
            true => i as u32,
            false if otherwise.len() == 1 => base,
            false => base + i as u32,
        })
        .collect();
    gather(&both, &indices)
}

fn select_native<T: Native>(
    mask: &Bitmap,
    a: &PrimitiveArray<T>,
    b: &PrimitiveArray<T>,
) -> PrimitiveArray<T> {
    let len = mask.len();
    let at = |values: &[T], i: usize| if values.len() == 1 { values[0] } else { values[i] };
    let mut values = Vec::with_capacity(len);
    for (w, word) in mask.words().enumerate() {
        let start = w * 64;
        for k in 0..64.min(len - start) {
            let (x, y) = (at(a.values(), start + k), at(b.values(), start + k));
            values.push(if word >> k & 1 == 1 { x } else { y });
        }
    }
    let validity = (a.validity().is_some() || b.validity().is_some()).then(|| {
        let stretch = |v: Option<&Bitmap>| match v {
            None => Bitmap::constant(true, len),
            Some(v) if v.len() == len => v.clone(),
            Some(v) => Bitmap::constant(v.get(0), len),
        };
        let (va, vb) = (stretch(a.validity()), stretch(b.validity()));
        let words: Vec<u64> =
            mask.words().zip(va.words().zip(vb.words())).map(|(m, (x, y))| (m & x) | (!m & y)).collect();
        MutableBitmap::from_words(words, len).freeze()
    });
    PrimitiveArray::new(values.into(), validity.filter(|v| v.count_unset() > 0))
}

/// The first value that is not null, column by column. All have the same type.
pub fn coalesce(columns: &[Column]) -> Result<Column> {
    let mut columns = columns.iter();
    let Some(first) = columns.next() else {
        return Err(Error::no_data("coalesce needs at least one column"));
    };
    let mut result = first.clone();
    for column in columns {
        if result.null_count() == 0 && result.len() >= column.len() {
            break;
        }
        let len = broadcast_len(result.len(), column.len())?;
        if result.len() != len {
            result = gather(&result, &vec![0; len])?;
        }
        if matches!(result.array(), Array::Null(_)) {
            result = if column.len() == len { column.clone() } else { gather(column, &vec![0; len])? };
            continue;
        }
        let valid = result.validity_or_full();
        result = select(&valid, &result, column)?;
    }
    Ok(result)
}

/// `len` rows out of a column of one row.
pub fn broadcast(column: &Column, len: usize) -> Result<Column> {
    if column.len() == len {
        return Ok(column.clone());
    }
    if column.len() != 1 {
        return Err(Error::shape(format!("cannot stretch {} rows to {len}", column.len())));
    }
    Ok(Column::from_scalar(&column.get(0), len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hypostyle_core::Value;

    #[test]
    fn every_layout_chooses_alike() {
        let mask: Bitmap = (0..70).map(|i| i % 3 == 0).collect();
        let numbers = Column::from_options((0..70).map(|i| (i % 5 != 0).then_some(i64::from(i))));
        let picked = select(&mask, &numbers, &Column::from_vec(vec![-1i64])).unwrap();
        let text: Vec<String> = (0..70).map(|i| i.to_string()).collect();
        let strings = Column::from_strs(text.iter().map(String::as_str));
        let chosen = select(&mask, &strings, &Column::from_strs(["-1"])).unwrap();
        for (i, text) in text.iter().enumerate() {
            let expected = match (i % 3 == 0, i % 5 == 0) {
                (false, _) => Value::Int(-1),
                (true, true) => Value::Null,
                (true, false) => Value::Int(i as i128),
            };
            assert_eq!(picked.value(i), expected);
            let expected = if i % 3 == 0 { text.clone() } else { "-1".to_owned() };
            assert_eq!(chosen.str_at(i), Some(expected.as_str()));
        }
    }

    #[test]
    fn coalesce_takes_the_first_value() {
        let a = Column::from_options([Some(1i32), None, None]);
        let b = Column::from_options([Some(9), Some(2), None]);
        let c = coalesce(&[a, b, Column::from_vec(vec![7i32])]).unwrap();
        assert_eq!(c.as_primitive::<i32>().unwrap().values().to_vec(), [1, 2, 7]);
    }
}
