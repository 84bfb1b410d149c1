//! `is_in(x, list, nulls_equal)`: whether the value is one of a list's, or of the list in its row;
//! `is_in([1, 3, null], [1, 2]) = [true, false, null]`.
//!
//! NaN is in a list that has NaN. Null is in no list, unless `nulls_equal`. Types are compared only where no
//! value can be lost: integers of all widths and decimals among each other, floats among floats, text with
//! its encodings.

use std::collections::HashSet;

use hypostyle_core::{Bitmap, BooleanArray, Column, DataType, Error, MutableBitmap, Result};
use hypostyle_kernels::compare::{Comparison, compare, order_values, test_dict};
use hypostyle_kernels::hash::{BytesTable, KeyTable};
use hypostyle_kernels::keys::{KeyCodec, Keys};
use hypostyle_kernels::short_texts::{pack_known_words, pack_words};

use super::super::{Arg, Function, Inputs, OfNull, Selectivity, Signature, at, params};
use crate::condition::Condition;
use crate::types::supertype;

/// `is_in(x, list, nulls_equal)`
pub(in crate::functions) const IS_IN: Function = Function::new(
    "is_in",
    &[params::column("x"), params::column("other"), params::flag("nulls_equal", false)],
    types,
    run,
)
.infallible()
.of_null(OfNull::NullUnless("nulls_equal"))
.selects(Selectivity::Part(0.2))
.implies(|args| match args {
    [_, list, nulls_equal] if nulls_equal.is_false() => Some(vec![Condition::OneOf(list.constants()?)]),
    _ => None,
})
.doc("Whether the value is one of a list's, or of the list in its row.")
.example(&["i64 [1, 5, null]", "[1, 2]"], "bool [true, false, null]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let (needle, hay) = (args[0].dtype, args[1].dtype);
    let inner = match hay {
        DataType::List(inner) => &**inner,
        other => other,
    };
    let common = if comparable(needle, inner) { supertype(needle, inner) } else { None };
    let common = common.ok_or_else(|| {
        Error::invalid_operation(format!("`is_in` cannot look for {needle} among values of {inner}"))
    })?;
    let wanted = match hay {
        DataType::List(_) => DataType::list(common.clone()),
        _ => common.clone(),
    };
    Ok(Signature::keep(args, DataType::Boolean).with(0, common).with(1, wanted))
}

/// Whether values of the two types can be equal without a cast that loses something.
fn comparable(a: &DataType, b: &DataType) -> bool {
    use DataType as T;
    let exact = |t: &DataType| t.is_integer() || t.is_decimal();
    match (a, b) {
        (T::Null, _) | (_, T::Null) => true,
        (T::Datetime(_, x), T::Datetime(_, y)) => x == y,
        (T::Duration(_), T::Duration(_)) => true,
        (a, b) if a == b => true,
        (a, b) => exact(a) && exact(b) || a.is_float() && b.is_float() || a.is_textual() && b.is_textual(),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let (needle, lists) = (inputs.column(0), inputs.column(1));
    let nulls_equal = inputs.flag(2);
    let hay = match (lists.as_list(), inputs.args[1].scalar) {
        (Some(list), true) => match list.get(0) {
            Some(items) => items,
            None => return inputs.nulls(),
        },
        (Some(_), false) => return each_in_its_list(inputs, nulls_equal),
        (None, _) => lists.clone(),
    };
    let has_null = hay.null_count() > 0;
    let found = member(needle, &hay)?;
    let result = match (needle.validity(), nulls_equal) {
        (_, true) => {
            let valid = needle.validity_or_full();
            let hit =
                if has_null { found.zip(&valid, |f, v| f & v | !v) } else { found.zip(&valid, |f, v| f & v) };
            BooleanArray::new(hit, None)
        }
        (validity, false) => BooleanArray::new(found, validity.cloned()),
    };
    if *needle.dtype() == DataType::Null && !nulls_equal {
        return inputs.nulls();
    }
    Ok(Column::from_boolean(result))
}

/// Which rows are equal to a value of `hay`; rows that are null have any answer.
fn member(needle: &Column, hay: &Column) -> Result<Bitmap> {
    if let Some(dict) = needle.as_dict() {
        let wanted: HashSet<&str> = (0..hay.len()).filter_map(|i| hay.str_at(i)).collect();
        return Ok(test_dict(dict, |entry| wanted.contains(entry)).into_parts().0);
    }
    if hay.is_empty() {
        return Ok(Bitmap::constant(false, needle.len()));
    }
    // Short texts are compared as numbers; of the longer ones none is among them.
    if let (Some(wanted), Some(words)) = (pack_words(hay), pack_known_words(needle)) {
        return member(&words, &wanted);
    }
    // A handful of numbers: one comparison each.
    if hay.len() <= 8 && needle.dtype().is_numeric() {
        let mut found = Bitmap::constant(false, needle.len());
        for i in (0..hay.len()).filter(|i| !hay.is_null(*i)) {
            let equal = compare(Comparison::Eq, needle, &hay.slice(i, 1))?;
            found = found.zip(equal.values(), |a, b| a | b);
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

fn each_in_its_list(inputs: &Inputs<'_>, nulls_equal: bool) -> Result<Column> {
    let (needle, len) = (inputs.column(0), inputs.len);
    let Some(array) = inputs.column(1).as_list() else { return Err(inputs.unplanned()) };
    let (mut values, mut valid) = (MutableBitmap::with_capacity(len), MutableBitmap::with_capacity(len));
    for i in 0..len {
        let value = needle.value(at(needle, i));
        let items = array.get(i);
        valid.push(items.is_some() && (nulls_equal || !value.is_null()));
        values.push(items.is_some_and(|items| {
            (0..items.len()).any(|j| {
                let item = items.value(j);
                (nulls_equal || !item.is_null()) && order_values(&value, &item).is_eq()
            })
        }));
    }
    Ok(Column::from_boolean(BooleanArray::try_new(values.freeze(), valid.into_validity())?))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, Scalar};

    use crate::dsl::{call, col, list, lit};
    use crate::testing::{booleans, check, check_error, dates, decimals, lists, texts};

    #[test]
    fn members() {
        let a = [Column::from_options([Some(1i32), Some(3), None])];
        check(col("a").is_in(list([1i64, 2])), &a, "bool [true, false, null]");
        check(col("a").is_in(list((0..20).map(|v| v * 3 + (1i64 << 40)))), &a, "bool [false, false, null]");
        let many: Vec<i64> = (2..20).collect();
        check(col("a").is_in(list(many)), &a, "bool [false, true, null]");
        check(
            col("a").is_in(list(["x"])),
            &[texts([Some("x"), Some("y"), None])],
            "bool [true, false, null]",
        );
        let a = [Column::from_options([Some(f64::NAN), Some(-0.0), None])];
        check(col("a").is_in(list([0.0])), &a, "bool [false, true, null]");
        check(col("a").is_in(list([f64::NAN])), &a, "bool [true, false, null]");
        check(
            col("a").is_in(list([1i64])),
            &[decimals(10, 2, [Some("1"), Some("1.5")])],
            "bool [true, false]",
        );
        check(col("a").is_in(list([-1i64])), &[Column::from_vec(vec![255u8])], "bool [false]");
    }

    #[test]
    fn short_and_long_texts() {
        let a = [texts([Some(""), Some("seven b"), Some("eight by"), Some("\0"), None, Some("ä")])];
        check(col("a").is_in(list(["", "seven b", "ä"])), &a, "bool [true, true, false, false, null, true]");
        check(col("a").is_in(list(["eight by", "\0"])), &a, "bool [false, false, true, true, null, false]");
    }

    #[test]
    fn null_is_in_no_list_unless_asked() {
        let a = [Column::from_options([Some(1i64), None])];
        let values = || col("b").implode();
        let b = Column::from_options([Some(1i64), None]);
        check(col("a").is_in(values()), &[a[0].clone(), b.clone()], "bool [true, null]");
        check(call("is_in", [col("a"), values(), lit(true)]), &[a[0].clone(), b], "bool [true, true]");
        check(call("is_in", [col("a"), list([1i64]), lit(true)]), &a, "bool [true, false]");
    }

    #[test]
    fn a_list_in_each_row() {
        let columns = [
            Column::from_options([Some(1i64), Some(1), None, Some(1)]),
            lists([Some(&[Some(1)]), Some(&[Some(2), None]), Some(&[None]), None]),
        ];
        check(col("a").is_in(col("b")), &columns, "bool [true, false, null, null]");
        check(call("is_in", [col("a"), col("b"), lit(true)]), &columns, "bool [true, false, true, null]");
    }

    #[test]
    fn types_that_lose_values_are_refused() {
        let int = Column::from_vec(vec![1i64]);
        let float = Column::from_vec(vec![1.0]);
        let text = texts([Some("1")]);
        let date = dates([Some("1970-01-02")]);
        let truth = booleans([Some(true)]);
        for column in [&float, &text, &date, &truth] {
            check_error(col("a").is_in(list([1i64])), std::slice::from_ref(column), "InvalidOperation");
        }
        for column in [&int, &text, &date, &truth] {
            check_error(col("a").is_in(list([1.0])), std::slice::from_ref(column), "InvalidOperation");
        }
        let empty: [Scalar; 0] = [];
        for column in [&int, &float, &text, &date, &truth] {
            check(col("a").is_in(list(empty.clone())), std::slice::from_ref(column), "bool [false]");
        }
    }
}
