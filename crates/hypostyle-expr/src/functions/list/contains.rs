//! `list.contains(x, item, nulls_equal)`: whether a value is in the list; null is in a list that has null,
//! unless not `nulls_equal`; `list.contains([[1], null], 1) = [true, null]`.

use hypostyle_core::{Column, DataType, Result};

use super::super::compare::IS_IN;
use super::super::{Arg, Function, Inputs, Signature, params};
use super::inner_type;
use crate::bound::Evaluated;

/// `list.contains(x, item, nulls_equal)`: `is_in` from the list's side, with nulls equal by default.
pub(super) const CONTAINS: Function = Function::new(
    "list.contains",
    &[params::column("x"), params::column("item"), params::flag("nulls_equal", true)],
    types,
    run,
)
.doc("Whether a value is in the list.")
.sql(&["list_contains", "array_contains", "list_has", "array_has"])
.example(&["list[i64] [[3, 1, null], null, []]", "3"], "bool [true, null, false]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let inner = inner_type(name, args)?;
    // A literal without a type takes that of the values, where it can hold it.
    let beside = match args[1].literal.and_then(|l| l.as_i128()) {
        Some(value) if args[1].dynamic => crate::types::integer_beside(value, inner),
        _ => args[1].dtype.clone(),
    };
    let item = Arg { dtype: &beside, dynamic: false, ..args[1] };
    let signature = IS_IN.signature(&[item, args[0]])?;
    let (item, list) = (signature.args[0].clone(), signature.args[1].clone());
    Ok(Signature::keep(args, DataType::Boolean).with(0, list).with(1, item))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let nulls_equal = Column::from_scalar(&inputs.flag(2).into(), 1);
    let args =
        [inputs.args[1].clone(), inputs.args[0].clone(), Evaluated { column: nulls_equal, scalar: true }];
    IS_IN.evaluate(&args, inputs.output, inputs.len)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, lists, texts};

    #[test]
    fn items() {
        let a = [
            lists([Some(&[Some(3), None]), Some(&[]), None, Some(&[Some(2)])]),
            Column::from_options([Some(3i8), Some(1), Some(1), None]),
        ];
        check(col("a").list().contains(lit(3)), &a, "bool [true, false, null, false]");
        check(col("a").list().contains(null()), &a, "bool [true, false, null, false]");
        check(col("a").list().contains(col("b")), &a, "bool [true, false, null, false]");
        let unequal = call("list.contains", [col("a"), null(), lit(false)]);
        check(unequal, &a, "bool [null, null, null, null]");
        check_error(col("a").list().contains(lit(1.5)), &a, "InvalidOperation");
        let parts = col("a").str().split(",");
        check(parts.list().contains(lit("b")), &[texts([Some("a,b"), Some("c")])], "bool [true, false]");
    }
}
