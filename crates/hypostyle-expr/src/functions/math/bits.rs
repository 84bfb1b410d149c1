//! Bits of integers, of their own width: how many are one or zero, and how many stand in a row at the highest or the
//! lowest place; `bitwise_count_ones([6]) = [2]`. A boolean has one bit.

use hypostyle_core::{Array, Column, DataType, Native, PrimitiveArray, Result, with_primitive};
use hypostyle_kernels::zip::unary;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};

const fn make(name: &'static str, run: fn(&Inputs<'_>) -> Result<Column>) -> Function {
    Function::new(name, params::UNARY, types, run)
}

/// `bitwise_count_ones(x)`
pub(super) const COUNT_ONES: Function = make("bitwise_count_ones", |i| count(i, |v, _| v.count_ones()))
    .doc("The number of bits that are one.")
    .sql(&["bit_count"])
    .example(&["i64 [6, null, 0]"], "u32 [2, null, 0]");
/// `bitwise_count_zeros(x)`
pub(super) const COUNT_ZEROS: Function =
    make("bitwise_count_zeros", |i| count(i, |v, bits| bits - v.count_ones()))
        .doc("The number of bits that are zero.")
        .example(&["i64 [6, null, 0]"], "u32 [62, null, 64]");
/// `bitwise_leading_ones(x)`
pub(super) const LEADING_ONES: Function =
    make("bitwise_leading_ones", |i| count(i, |v, bits| (v << (128 - bits)).leading_ones()))
        .doc("The number of ones before the first zero, from the highest bit.")
        .example(&["i64 [-1, null, 0]"], "u32 [64, null, 0]");
/// `bitwise_leading_zeros(x)`
pub(super) const LEADING_ZEROS: Function =
    make("bitwise_leading_zeros", |i| count(i, |v, bits| v.leading_zeros() - (128 - bits)))
        .doc("The number of zeros before the first one, from the highest bit.")
        .example(&["i64 [1, null, 0]"], "u32 [63, null, 64]");
/// `bitwise_trailing_ones(x)`
pub(super) const TRAILING_ONES: Function =
    make("bitwise_trailing_ones", |i| count(i, |v, _| v.trailing_ones()))
        .doc("The number of ones before the first zero, from the lowest bit.")
        .example(&["i64 [3, null, 0]"], "u32 [2, null, 0]");
/// `bitwise_trailing_zeros(x)`
pub(super) const TRAILING_ZEROS: Function =
    make("bitwise_trailing_zeros", |i| count(i, |v, bits| v.trailing_zeros().min(bits)))
        .doc("The number of zeros before the first one, from the lowest bit.")
        .example(&["i64 [8, null, 0]"], "u32 [3, null, 64]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Boolean | DataType::Null => {
            Ok(Signature::keep(args, DataType::UInt32).with(0, DataType::Boolean))
        }
        dtype if dtype.is_integer() => Ok(Signature::keep(args, DataType::UInt32)),
        other => Err(not_defined(name, "integers and booleans", other)),
    }
}

/// `count` is given a number and how many of its lowest bits count.
fn count(inputs: &Inputs<'_>, count: impl Fn(u128, u32) -> u32) -> Result<Column> {
    if let Array::Boolean(a) = inputs.column(0).array() {
        let counts = a.values().iter().map(|bit| count(u128::from(bit), 1));
        let counts = PrimitiveArray::try_new(counts.collect::<Vec<u32>>().into(), a.validity().cloned())?;
        return Ok(Column::from_primitive(DataType::UInt32, counts));
    }
    with_primitive!(inputs.column(0).array(), |a: T| {
        let bits = size_of::<T>() as u32 * 8;
        let mask = u128::MAX >> (128 - bits);
        let counts: PrimitiveArray<u32> = unary(a, |v: T| count(v.to_i128() as u128 & mask, bits));
        Ok(Column::from_primitive(DataType::UInt32, counts))
    }, else |_other| Err(inputs.unplanned()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{booleans, check, check_error};

    #[test]
    fn counts() {
        let a = [Column::from_options([Some(-1i8), Some(1), Some(0), None, Some(6)])];
        for (name, expected) in [
            ("bitwise_count_ones", "u32 [8, 1, 0, null, 2]"),
            ("bitwise_count_zeros", "u32 [0, 7, 8, null, 6]"),
            ("bitwise_leading_ones", "u32 [8, 0, 0, null, 0]"),
            ("bitwise_leading_zeros", "u32 [0, 7, 8, null, 5]"),
            ("bitwise_trailing_ones", "u32 [8, 1, 0, null, 0]"),
            ("bitwise_trailing_zeros", "u32 [0, 0, 8, null, 1]"),
        ] {
            check(call(name, [col("a")]), &a, expected);
        }
        let flags = [booleans([Some(true), Some(false), None])];
        check(call("bitwise_leading_ones", [col("a")]), &flags, "u32 [1, 0, null]");
        check(call("bitwise_trailing_zeros", [col("a")]), &flags, "u32 [0, 1, null]");
        check(call("bitwise_count_ones", [col("a")]), &[Column::from_vec(vec![u128::MAX])], "u32 [128]");
        check_error(
            call("bitwise_count_ones", [col("a")]),
            &[Column::from_vec(vec![1.0])],
            "InvalidOperation",
        );
    }
}
