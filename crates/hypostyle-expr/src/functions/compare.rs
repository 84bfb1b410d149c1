//! Membership and ranges.

use hypostyle_core::{Bitmap, BooleanArray, Column, DataType, Error, MutableBitmap, Result};
use hypostyle_kernels::boolean;
use hypostyle_kernels::compare::{Comparison, compare, test_dict};
use hypostyle_kernels::hash::{BytesTable, KeyTable};
use hypostyle_kernels::keys::{KeyCodec, Keys};

use super::{Arg, Function, Signature, common_type, expect_args, flag, text};
use crate::bound::Evaluated;
use crate::types::supertype;

pub(super) static FUNCTIONS: &[&dyn Function] = &[&IsIn, &IsBetween];

/// `is_in(x, list, nulls_equal)`: whether the value is one of a literal list's, or of the list in its row.
#[derive(Debug)]
struct IsIn;

impl Function for IsIn {
    fn name(&self) -> &'static str {
        "is_in"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("is_in", args, 2..=3)?;
        let (needle, hay) = (args[0].dtype, args[1].dtype);
        let inner = match hay {
            DataType::List(inner) => &**inner,
            other => other,
        };
        // Literal integers fit any integer column whose type can hold them; floats do not become integers.
        let literal = args[1].literal.is_some() && needle.is_numeric() && inner.is_integer();
        let common = match supertype(needle, inner) {
            _ if literal && needle.is_float() => Some(needle.clone()),
            Some(DataType::Binary) if needle != inner => None,
            Some(common) => Some(common),
            None => None,
        }
        .ok_or_else(|| {
            Error::invalid_operation(format!("`is_in` cannot look for {needle} among values of {inner}"))
        })?;
        let wanted = match hay {
            DataType::List(_) => DataType::list(common.clone()),
            _ => common.clone(),
        };
        let mut types = vec![common, wanted];
        types.extend(args.get(2).map(|a| a.dtype.clone()));
        Ok(Signature { args: types, output: DataType::Boolean })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let needle = &args[0].column;
        let nulls_equal = flag(args, 2, false);
        let hay = match (args[1].column.as_list(), args[1].scalar) {
            (Some(list), true) => match list.get(0) {
                Some(items) => items,
                None => return Ok(Column::full_null(DataType::Boolean, needle.len())),
            },
            (Some(_), false) => return each_in_its_list(needle, &args[1].column, nulls_equal, len),
            (None, _) => args[1].column.clone(),
        };
        let has_null = hay.null_count() > 0;
        let found = member(needle, &hay)?;
        let result = match (needle.validity(), nulls_equal) {
            (_, true) => {
                let valid = needle.validity_or_full();
                let hit = if has_null {
                    found.zip(&valid, |f, v| f & v | !v)
                } else {
                    found.zip(&valid, |f, v| f & v)
                };
                BooleanArray { values: hit, validity: None }
            }
            (validity, false) => BooleanArray { values: found, validity: validity.cloned() },
        };
        Ok(Column::from_boolean(result))
    }
}

/// Which rows are equal to a value of `hay`; rows that are null have any answer.
fn member(needle: &Column, hay: &Column) -> Result<Bitmap> {
    if let Some(dict) = needle.as_dict() {
        let wanted: std::collections::HashSet<&str> = (0..hay.len()).filter_map(|i| hay.str_at(i)).collect();
        return Ok(test_dict(dict, |entry| wanted.contains(entry)).values);
    }
    if hay.is_empty() {
        return Ok(Bitmap::constant(false, needle.len()));
    }
    // A handful of numbers: one comparison each.
    if hay.len() <= 8 && needle.dtype().is_numeric() {
        let mut found = Bitmap::constant(false, needle.len());
        for i in (0..hay.len()).filter(|i| !hay.is_null(*i)) {
            let equal = compare(Comparison::Eq, needle, &hay.slice(i, 1))?;
            found = found.zip(&equal.values, |a, b| a | b);
        }
        return Ok(found);
    }
    let codec = KeyCodec::new(&[needle.dtype().clone()], &[true]);
    let keys = codec.encode(std::slice::from_ref(needle), needle.len())?;
    let wanted = codec.encode(std::slice::from_ref(hay), hay.len())?;
    let valid: Vec<usize> = (0..hay.len()).filter(|i| !hay.is_null(*i)).collect();
    Ok(match (keys, wanted) {
        (Keys::U64(keys), Keys::U64(wanted)) => {
            let mut table = KeyTable::with_capacity(valid.len());
            valid.iter().for_each(|i| {
                table.insert(wanted[*i]);
            });
            keys.iter().map(|k| table.find(*k).is_some()).collect()
        }
        (Keys::U128(keys), Keys::U128(wanted)) => {
            let mut table = KeyTable::with_capacity(valid.len());
            valid.iter().for_each(|i| {
                table.insert(wanted[*i]);
            });
            keys.iter().map(|k| table.find(*k).is_some()).collect()
        }
        (Keys::Bytes(keys), Keys::Bytes(wanted)) => {
            let mut table = BytesTable::default();
            valid.iter().for_each(|i| {
                table.insert(wanted.get(*i), wanted.hash(*i));
            });
            (0..keys.len()).map(|i| table.find(keys.get(i), keys.hash(i)).is_some()).collect()
        }
        _ => return Err(Error::internal("one codec gives keys of one width")),
    })
}

fn each_in_its_list(needle: &Column, lists: &Column, nulls_equal: bool, len: usize) -> Result<Column> {
    let Some(array) = lists.as_list() else { return Err(Error::internal("is_in needs lists")) };
    let (mut values, mut valid) = (MutableBitmap::with_capacity(len), MutableBitmap::with_capacity(len));
    for i in 0..len {
        let value = needle.value(super::row(needle, i));
        let items = array.get(i);
        valid.push(items.is_some() && (nulls_equal || !value.is_null()));
        values.push(items.is_some_and(|items| {
            (0..items.len()).any(|j| {
                let item = items.value(j);
                (nulls_equal || !item.is_null())
                    && hypostyle_kernels::compare::order_values(&value, &item).is_eq()
            })
        }));
    }
    Ok(Column::from_boolean(BooleanArray { values: values.freeze(), validity: valid.into_validity() }))
}

/// `is_between(x, low, high, closed)`, where closed is `both`, `left`, `right` or `none`.
#[derive(Debug)]
struct IsBetween;

impl Function for IsBetween {
    fn name(&self) -> &'static str {
        "is_between"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("is_between", args, 3..=4)?;
        let dtype = common_type(&args[..3], supertype).ok_or_else(|| {
            Error::compute(format!(
                "cannot compare {} with bounds of {} and {}",
                args[0].dtype, args[1].dtype, args[2].dtype
            ))
        })?;
        let mut types = vec![dtype; 3];
        types.extend(args.get(3).map(|a| a.dtype.clone()));
        Ok(Signature { args: types, output: DataType::Boolean })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let closed = text(args, 3).unwrap_or_else(|| "both".to_owned());
        let (low, high) = match closed.as_str() {
            "both" => (Comparison::GtEq, Comparison::LtEq),
            "left" => (Comparison::GtEq, Comparison::Lt),
            "right" => (Comparison::Gt, Comparison::LtEq),
            "none" => (Comparison::Gt, Comparison::Lt),
            other => {
                return Err(Error::invalid_operation(format!(
                    "closed must be \"both\", \"left\", \"right\" or \"none\", not {other:?}"
                )));
            }
        };
        let above = compare(low, &args[0].column, &args[1].column)?;
        let below = compare(high, &args[0].column, &args[2].column)?;
        boolean::and(&above, &below).map(Column::from_boolean)
    }
}
