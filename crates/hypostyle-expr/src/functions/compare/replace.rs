//! `replace(x, old, new)`: some values for others, the rest as it is, of the type of `x`; `replace([1, 2], [1], [9]) =
//! [9, 2]`. `replace_strict(x, old, new, type, default)`: of the type of `new`, or of the null `type` if that has one; the
//! rest becomes `default`, null stays null, and what else is not among `old` is an error.
//!
//! `old` and `new` are lists, or columns of values; `new` has as many values as `old`, or one for all. Null and NaN are
//! equal to themselves.

use hypostyle_core::{Bitmap, Column, DataType, Error, Result};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::{NO_ROW, gather_optional};
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::select::{broadcast, select};

use super::super::{Arg, Function, Inputs, OptionType, Signature, params};
use crate::types::relaxed_supertype;

/// `replace(x, old, new)`
pub(super) const REPLACE: Function = Function::new(
    "replace",
    &[params::column("x"), params::values("old"), params::values("new")],
    types,
    replace,
)
.doc("Some values for others, the rest as it is.")
.example(&["i64 [1, 2, null]", "[1]", "[10]"], "i64 [10, 2, null]");
/// `replace_strict(x, old, new, type, default)`
pub(super) const REPLACE_STRICT: Function = Function::new(
    "replace_strict",
    &[
        params::column("x"),
        params::values("old"),
        params::values("new"),
        params::option("return_dtype", OptionType::Any, params::Default::Null),
        params::optional("default"),
    ],
    strict_types,
    replace_strict,
)
.doc("Some values for others; the rest becomes a default, or is an error.")
.example(&["i64 [1, 2]", "[1, 2]", "[10, 20]"], "i64 [10, 20]");

/// Whether an argument has its values in a list, as an `x` of the type has none.
fn is_list_of_values(arg: &Arg<'_>, x: &DataType) -> bool {
    match (arg.dtype, x) {
        (DataType::List(inner), DataType::List(_)) => arg.scalar && inner.is_nested(),
        (DataType::List(_), _) => arg.scalar,
        _ => false,
    }
}

/// The type of an argument whose values shall be of a type.
fn values_of(arg: &Arg<'_>, x: &DataType, dtype: &DataType) -> DataType {
    if is_list_of_values(arg, x) { DataType::list(dtype.clone()) } else { dtype.clone() }
}

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let own = args[0].dtype;
    Ok(Signature::keep(args, own.clone())
        .with(1, values_of(&args[1], own, own))
        .with(2, values_of(&args[2], own, own)))
}

fn strict_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let own = args[0].dtype;
    let new = match args[2].dtype {
        DataType::List(inner) if is_list_of_values(&args[2], own) => inner,
        other => other,
    };
    let common = match (args[3].dtype, args.get(4)) {
        (DataType::Null, None) => new.clone(),
        (DataType::Null, Some(default)) => relaxed_supertype(new, default.dtype).ok_or_else(|| {
            Error::schema(format!(
                "`{name}` gives {new} or, by default, {}, which have no common type; cast one of them",
                default.dtype
            ))
        })?,
        (asked, _) => asked.clone(),
    };
    let output = common.clone();
    Ok(Signature::keep(args, output)
        .with(1, values_of(&args[1], own, own))
        .with(2, values_of(&args[2], own, &common))
        .with(3, DataType::Null)
        .with(4, common))
}

/// The values of an argument.
fn values(inputs: &Inputs<'_>, i: usize) -> Column {
    let (column, x) = (inputs.column(i), inputs.column(0).dtype());
    match column.as_list() {
        Some(list) if inputs.args[i].scalar && column.dtype() != x => {
            list.get(0).unwrap_or_else(|| Column::full_null(list.values().dtype().clone(), 1))
        }
        _ => column.clone(),
    }
}

/// For every row the replacement, and where there is one.
fn replacements(inputs: &Inputs<'_>) -> Result<(Column, Bitmap)> {
    // One value stands beside a default of each row.
    let (x, old, new) = (broadcast(inputs.column(0), inputs.len)?, values(inputs, 1), values(inputs, 2));
    if new.len() != old.len() && new.len() != 1 {
        return Err(Error::invalid_operation(format!(
            "`{}` has {} values for {}; give one for each, or one for all",
            inputs.name,
            new.len(),
            old.len()
        )));
    }
    let groups = group_rows(&[concat(&[old.clone(), x.clone()])?], old.len() + x.len())?;
    let mut place = vec![NO_ROW; groups.first.len()];
    for (i, id) in groups.ids[..old.len()].iter().enumerate() {
        if std::mem::replace(&mut place[*id as usize], i as u32) != NO_ROW {
            return Err(Error::invalid_operation(format!(
                "`{}` has two values for {}",
                inputs.name,
                old.value(i)
            )));
        }
    }
    let found = groups.ids[old.len()..].iter().map(|id| place[*id as usize]);
    let known: Bitmap = found.clone().map(|row| row != NO_ROW).collect();
    let one = new.len() == 1;
    let rows: Vec<u32> = found.map(|row| if one && row != NO_ROW { 0 } else { row }).collect();
    Ok((gather_optional(&new, &rows)?, known))
}

fn replace(inputs: &Inputs<'_>) -> Result<Column> {
    let (replaced, known) = replacements(inputs)?;
    select(&known, &replaced, inputs.column(0))
}

fn replace_strict(inputs: &Inputs<'_>) -> Result<Column> {
    let x = inputs.column(0);
    if inputs.args.len() == 4 && values(inputs, 1).is_empty() && !x.is_empty() {
        return Err(Error::invalid_operation(format!("`{}` has no values to replace", inputs.name)));
    }
    let (replaced, known) = replacements(inputs)?;
    match inputs.args.get(4) {
        Some(default) => select(&known, &replaced, &default.column),
        None => match (0..x.len()).find(|row| !known.get(*row) && !x.is_null(*row)) {
            None => Ok(replaced),
            Some(row) => Err(Error::invalid_operation(format!(
                "incomplete mapping for `{}`, which lacks: {}; give it a value, or a default for all others",
                inputs.name,
                x.value(row)
            ))),
        },
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Scalar};

    use crate::dsl::{call, col, list, lit};
    use crate::testing::{check, check_error, texts};

    /// Expected values from Polars 2.1.0.
    #[test]
    fn some_values_for_others() {
        let a = [Column::from_options([Some(1i64), Some(2), None, Some(3)])];
        let replace = |old: crate::Expr, new: crate::Expr| call("replace", [col("a"), old, new]);
        check(replace(list([1i64, 2]), list([9i64, 8])), &a, "i64 [9, 8, null, 3]");
        check(replace(list([1i64, 2]), list([9i64])), &a, "i64 [9, 9, null, 3]");
        check(replace(list([Scalar::null(DataType::Int64)]), list([9i64])), &a, "i64 [1, 2, 9, 3]");
        check(replace(col("a").max(), lit(7i64)), &a, "i64 [1, 2, null, 7]");
        check_error(replace(list([1i64, 1]), list([2i64, 3])), &a, "InvalidOperation");
        check_error(replace(list([1i64, 2]), list([2i64, 3, 4])), &a, "InvalidOperation");
        check_error(replace(list([1i64]), list(["x"])), &a, "InvalidOperation");
        let nan = [Column::from_options([Some(f64::NAN), Some(1.5), None])];
        check(replace(list([f64::NAN]), list([0.0])), &nan, "f64 [0.0, 1.5, null]");
        check(replace(list(["x"]), list(["y"])), &[texts([Some("x"), Some("z")])], "str [\"y\", \"z\"]");
    }

    #[test]
    fn every_value_has_its_replacement() {
        let a = [Column::from_options([Some(1i64), Some(2), None])];
        let strict = |old: [i64; 2], new: crate::Expr, rest: &[crate::Expr]| {
            let own = [col("a"), list(old), new];
            call("replace_strict", own.into_iter().chain(rest.iter().cloned()))
        };
        let untyped = || lit(Scalar::null(DataType::Null));
        let typed = || lit(Scalar::null(DataType::UInt8));
        check(strict([1, 2], list(["x", "y"]), &[untyped()]), &a, "str [\"x\", \"y\", null]");
        check_error(strict([1, 3], list(["x", "y"]), &[untyped()]), &a, "InvalidOperation");
        check(strict([1, 3], list(["x", "y"]), &[untyped(), lit("z")]), &a, "str [\"x\", \"z\", \"z\"]");
        check(strict([1, 3], list([7i64, 8]), &[untyped(), lit(0.5)]), &a, "f64 [7.0, 0.5, 0.5]");
        check(strict([1, 3], list([7i64, 8]), &[typed(), lit(0)]), &a, "u8 [7, 0, 0]");
        check(strict([1, 3], list([7i64, 8]), &[untyped(), col("a")]), &a, "i64 [7, 2, null]");
        let one = |x: i64| call("replace_strict", [lit(x), list([1i64]), list([7i64]), untyped(), col("a")]);
        check(one(1), &a, "i64 [7, 7, 7]");
        check(one(2), &a, "i64 [1, 2, null]");
    }
}
