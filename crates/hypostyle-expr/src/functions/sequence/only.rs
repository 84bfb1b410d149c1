//! `only(x, allow_empty)`: the one value that there is; another number of values is an error, but for none at all,
//! which is null where `allow_empty`; `only([7]) = [7]`. `lowest(x)`, `highest(x)`: the least and the largest value
//! that the type has.

use hypostyle_core::{Column, DataType, Error, Result, Value};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Arg, Function, Inputs, Ragged, Signature, params, same_type};
use crate::types::integer_limits;

/// `only(x, allow_empty)`
pub(super) const ONLY: Function =
    Function::ragged("only", &[params::column("x"), params::flag("allow_empty", false)], same_type, only)
        .doc("The one value that there is.")
        .example(&["i64 [7]"], "i64 [7]");
/// `lowest(x)`
pub(super) const LOWEST: Function =
    Function::ragged("lowest", params::UNARY, limit_types, |i| limit(i, false))
        .doc("The least value that the type has.")
        .example(&["i8 [7, null]"], "i8 [-128]");
/// `highest(x)`
pub(super) const HIGHEST: Function =
    Function::ragged("highest", params::UNARY, limit_types, |i| limit(i, true))
        .doc("The largest value that the type has.")
        .example(&["i8 [7, null]"], "i8 [127]");

fn only(inputs: &Inputs<'_>) -> Result<Ragged> {
    let allow_empty = inputs.flag(1);
    let rows = inputs.segments().map(|range| match range.len() {
        1 => Ok(range.start as u32),
        0 if allow_empty => Ok(NO_ROW),
        0 => Err(Error::compute("`item` takes one value, and there is none")),
        len => Err(Error::compute(format!("`item` takes one value, and there are {len}"))),
    });
    let rows = rows.collect::<Result<Vec<u32>>>()?;
    let starts = (0..=rows.len() as u32).collect();
    Ok(Ragged { values: gather_optional(inputs.column(0), &rows)?, starts })
}

fn limit_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let stored = args[0].dtype.to_physical();
    if !stored.is_float() && *args[0].dtype != DataType::Boolean && integer_limits(&stored).is_none() {
        return Err(super::super::not_defined(name, "numbers, times and booleans", args[0].dtype));
    }
    Ok(Signature::keep(args, if stored.is_integer() { stored } else { args[0].dtype.clone() }))
}

fn limit(inputs: &Inputs<'_>, highest: bool) -> Result<Ragged> {
    let value = match inputs.output {
        DataType::Boolean => Value::Boolean(highest),
        float if float.is_float() => Value::Float(if highest { f64::INFINITY } else { f64::NEG_INFINITY }),
        DataType::UInt128 if highest => Value::UInt128(u128::MAX),
        integer => match integer_limits(integer) {
            Some((low, high)) => Value::Int(if highest { high } else { low }),
            None => return Err(inputs.unplanned()),
        },
    };
    let values = std::iter::repeat_n(value, inputs.segment_count);
    let starts = (0..=inputs.segment_count as u32).collect();
    Ok(Ragged { values: Column::from_scalars(inputs.output.clone(), values)?, starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::{call, col, lit};
    use crate::testing::{booleans, check, check_error, check_groups, dates, texts};

    #[test]
    fn one_value() {
        let a = [texts([None])];
        check(call("only", [col("a")]), &a, "str [null]");
        check(call("only", [col("a"), lit(true)]), &[a[0].slice(0, 0)], "str [null]");
        check_error(call("only", [col("a")]), &[a[0].slice(0, 0)], "Compute");
        check_error(call("only", [col("a")]), &[Column::from_vec(vec![1i64, 1])], "Compute");
        check_groups(
            call("only", [col("a")]).first(),
            &[Column::from_vec(vec![1i64, 2])],
            &[1, 0],
            "i64 [2, 1]",
        );
    }

    #[test]
    fn limits() {
        let of =
            |name: &str, column: Column, expected: &str| check(call(name, [col("a")]), &[column], expected);
        of("lowest", Column::empty(DataType::Int16), "i16 [-32768]");
        of("highest", Column::from_vec(vec![1u128]), "u128 [340282366920938463463374607431768211455]");
        of("highest", Column::from_vec(vec![1.0f32]), "f32 [inf]");
        of("lowest", booleans([None]), "bool [false]");
        of("lowest", dates([None]), "i32 [-2147483648]");
        check_error(call("lowest", [col("a")]), &[texts([None])], "InvalidOperation");
    }
}
