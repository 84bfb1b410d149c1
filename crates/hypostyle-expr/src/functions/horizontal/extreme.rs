//! `min_horizontal(a, b, …)`, `max_horizontal(a, b, …)`: the smallest and the largest value of the row. Null
//! and NaN are passed over while there is something else; `max_horizontal([1, null], [2, null]) = [2, null]`.

use hypostyle_core::{Bitmap, BooleanArray, Column, Error, Native, Result, with_primitive};
use hypostyle_kernels::compare::{Comparison, compare};
use hypostyle_kernels::select::{broadcast, coalesce, select};
use hypostyle_kernels::zip::test;

use super::super::{Arg, Function, Inputs, Signature, params};
use super::common;

/// `min_horizontal(a, b, …)`
pub(super) const MIN_HORIZONTAL: Function =
    Function::new("min_horizontal", &[params::columns("exprs")], types, |i| run(i, Comparison::LtEq))
        .doc("The smallest value of each row.")
        .sql(&["least"])
        .example(&["i64 [1, null]", "i64 [2, 3]"], "i64 [1, 3]");
/// `max_horizontal(a, b, …)`
pub(super) const MAX_HORIZONTAL: Function =
    Function::new("max_horizontal", &[params::columns("exprs")], types, |i| run(i, Comparison::GtEq))
        .doc("The largest value of each row.")
        .sql(&["greatest"])
        .example(&["i64 [1, null]", "i64 [2, 3]"], "i64 [2, 3]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::all(args, common(name, args)?))
}

fn run(inputs: &Inputs<'_>, keep_first: Comparison) -> Result<Column> {
    let mut columns = inputs.args.iter().map(|a| broadcast(&a.column, inputs.len));
    let Some(first) = columns.next() else { return Err(Error::no_data("no arguments")) };
    let mut result = first?;
    for column in columns {
        let column = column?;
        let mut keep = compare(keep_first, &result, &column)?;
        if column.dtype().is_float() {
            // NaN is larger than all; as an extreme it yields to any number.
            let (a, b) = (is_nan(&result), is_nan(&column));
            let values = keep.values().zip(&b, |k, b| k | b).zip(&a, |k, a| k & !a);
            let both = a.zip(&b, |a, b| a & b);
            keep = BooleanArray::try_new(values.zip(&both, |k, both| k | both), keep.validity().cloned())?;
        }
        // Where one is null the other stands.
        let chosen = select(&keep.truthy(), &result, &column)?;
        let both_valid = result.validity_or_full().zip(&column.validity_or_full(), |a, b| a & b);
        let other = coalesce(&[result, column])?;
        result = select(&both_valid, &chosen, &other)?;
    }
    Ok(result)
}

fn is_nan(column: &Column) -> Bitmap {
    with_primitive!(column.array(), |a: T| test(a, Native::is_nan).into_parts().0,
        else |_other| Bitmap::constant(false, column.len()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{col, max_horizontal, min_horizontal};
    use crate::testing::{booleans, check, check_error, texts};

    #[test]
    fn extremes() {
        let both = || [col("a"), col("b")];
        let a = [Column::from_options([Some(1i8), None]), Column::from_options([Some(2.5), None])];
        check(min_horizontal(both()), &a, "f64 [1.0, null]");
        check(max_horizontal(both()), &a, "f64 [2.5, null]");
        let a = [
            Column::from_vec(vec![1.0f32, 2.0, f32::NAN]),
            Column::from_options([Some(f32::NAN), None, Some(f32::NAN)]),
        ];
        check(min_horizontal(both()), &a, "f32 [1.0, 2.0, NaN]");
        check(max_horizontal(both()), &a, "f32 [1.0, 2.0, NaN]");
        let a = [booleans([Some(true), None]), booleans([Some(false), None])];
        check(min_horizontal(both()), &a, "bool [false, null]");
        let a = [texts([Some("a"), None]), texts([Some("b"), Some("c")])];
        check(max_horizontal(both()), &a, "str [\"b\", \"c\"]");
        check_error(
            max_horizontal(both()),
            &[Column::from_vec(vec![1i64]), texts([None])],
            "InvalidOperation",
        );
    }
}
