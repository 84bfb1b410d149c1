//! `fill_null(x, value)`: a value for nulls, both cast to what they have in common; NaN stays;
//! `fill_null([1, null], 2) = [1, 2]`.

use hypostyle_core::{DataType, Error, Result};
use hypostyle_kernels::select::coalesce;

use super::super::{Arg, Function, Signature, common_type, params};
use crate::types::relaxed_supertype;

/// `fill_null(x, value)`
pub(super) const FILL_NULL: Function =
    Function::new("fill_null", &[params::column("x"), params::column("value")], types, |i| {
        coalesce(&[i.column(0).clone(), i.column(1).clone()])
    })
    .doc("The value, or another in place of null.")
    .sql(&["ifnull"])
    .example(&["i64 [1, null]", "0"], "i64 [1, 0]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let (own, value) = (args[0].dtype, args[1].dtype);
    let lone_number = args[1].dynamic && own.is_temporal();
    let common = if lone_number { None } else { common_type(args, relaxed_supertype) };
    // A whole number may have more digits before the point than the column's values.
    let common = match common {
        Some(DataType::Decimal(_, scale)) if args[1].dynamic => Some(DataType::Decimal(38, scale)),
        common => common,
    };
    common.map(|dtype| Signature::all(args, dtype)).ok_or_else(|| {
        Error::invalid_operation(format!("cannot fill nulls of {own} with {value}; cast one of them"))
    })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::{col, lit};
    use crate::testing::{booleans, check, check_error, dates, decimals, texts};

    #[test]
    fn values_for_nulls() {
        let a = [Column::from_options([Some(-3i32), None])];
        check(col("a").fill_null(0), &a, "i32 [-3, 0]");
        check(col("a").fill_null(1.5), &a, "f64 [-3.0, 1.5]");
        check(col("a").fill_null(lit("q")), &a, "str [\"-3\", \"q\"]");
        let a = [Column::from_options([Some(f64::NAN), None])];
        check(col("a").fill_null(0), &a, "f64 [NaN, 0.0]");
        check(col("a").fill_null(true), &[booleans([None, Some(false)])], "bool [true, false]");
        check(col("a").fill_null(0), &[Column::full_null(DataType::Null, 2)], "i32 [0, 0]");
        check(col("a").fill_null(1.5), &[decimals(10, 2, [Some("1.25"), None])], "f64 [1.25, 1.5]");
        check(col("a").fill_null(1), &[decimals(10, 2, [None])], "decimal[38,2] [1.00]");
        check(col("a").fill_null(0), &[texts([Some("x"), None])], "str [\"x\", \"0\"]");
        check_error(col("a").fill_null(0), &[dates([None])], "InvalidOperation");
    }

    #[test]
    fn values_by_row() {
        let columns = [
            Column::from_options([Some(1i8), None, None]),
            Column::from_options([Some(7i64), Some(8), None]),
        ];
        check(col("a").fill_null(col("b")), &columns, "i64 [1, 8, null]");
    }
}
