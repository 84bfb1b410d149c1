//! `coalesce(a, b, …)`: the first value of the row that is not null, of the type that all have in common; NaN
//! is a value; `coalesce([null, 1], [2, 3]) = [2, 1]`.

use hypostyle_core::{Column, Error, Result};
use hypostyle_kernels::select::coalesce;

use super::super::{Arg, Function, Inputs, Signature, common_type, params};
use crate::types::relaxed_supertype;

/// `coalesce(a, b, …)`
pub(super) const COALESCE: Function = Function::new("coalesce", &[params::columns("exprs")], types, run)
    .doc("The first of several values that is not null.")
    .sql(&["coalesce"])
    .example(&["i64 [1, null, null]", "i64 [7, 2, null]"], "i64 [1, 2, null]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let common = common_type(args, relaxed_supertype);
    common
        .map(|dtype| Signature::all(args, dtype))
        .ok_or_else(|| Error::invalid_operation("the arguments of `coalesce` have no common type"))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    coalesce(&inputs.args.iter().map(|a| a.column.clone()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{coalesce, col, lit};
    use crate::testing::{check, check_error, dates};

    #[test]
    fn the_first_that_is_there() {
        let columns =
            [Column::from_options([None, Some(1i32), None]), Column::from_options([Some(2.5), None, None])];
        check(coalesce([col("a"), col("b")]), &columns, "f64 [2.5, 1.0, null]");
        check(coalesce([col("a"), col("b"), lit(0)]), &columns, "f64 [2.5, 1.0, 0.0]");
        let nan = [Column::from_options([Some(f64::NAN), None])];
        check(coalesce([col("a"), lit(1.0)]), &nan, "f64 [NaN, 1.0]");
        check_error(
            coalesce([col("a"), col("b")]),
            &[columns[0].slice(0, 1), dates([None])],
            "InvalidOperation",
        );
    }
}
