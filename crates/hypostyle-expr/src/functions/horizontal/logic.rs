//! `all_horizontal(a, b, …)`, `any_horizontal(a, b, …)`: Kleene and/or of the row. Numbers are true where
//! they are not 0; `any_horizontal([true, null], [null, false]) = [true, null]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::boolean;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};

/// `all_horizontal(a, b, …)`
pub(super) const ALL_HORIZONTAL: Function =
    Function::new("all_horizontal", &[params::columns("exprs")], types, |i| run(i, true))
        .doc("Whether all values of a row are true.")
        .example(&["bool [true, true, false]", "bool [true, null, null]"], "bool [true, null, false]");
/// `any_horizontal(a, b, …)`
pub(super) const ANY_HORIZONTAL: Function =
    Function::new("any_horizontal", &[params::columns("exprs")], types, |i| run(i, false))
        .doc("Whether any value of a row is true.")
        .example(&["bool [false, true, false]", "bool [false, null, null]"], "bool [false, true, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let truth =
        |a: &&Arg<'_>| !a.dtype.is_numeric() && !matches!(a.dtype, DataType::Boolean | DataType::Null);
    match args.iter().find(truth) {
        Some(other) => Err(not_defined(name, "booleans", other.dtype)),
        None => Ok(Signature::all(args, DataType::Boolean)),
    }
}

fn run(inputs: &Inputs<'_>, all: bool) -> Result<Column> {
    let start = Column::from_scalar(&all.into(), inputs.len);
    let mut result = start.expect_boolean()?.clone();
    for arg in inputs.args {
        let next = arg.column.expect_boolean()?;
        result = if all { boolean::and(&result, next)? } else { boolean::or(&result, next)? };
    }
    Ok(Column::from_boolean(result))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{booleans, check, check_error, texts};

    #[test]
    fn kleene() {
        let (t, f, n) = (Some(true), Some(false), None);
        let columns = [booleans([t, t, t, f, f, n]), booleans([t, f, n, f, n, n])];
        let both = |name| call(name, [col("a"), col("b")]);
        check(both("all_horizontal"), &columns, "bool [true, false, null, false, false, null]");
        check(both("any_horizontal"), &columns, "bool [true, true, true, false, null, null]");
        let columns = [Column::from_options([Some(1i64), None]), booleans([t, t])];
        check(both("all_horizontal"), &columns, "bool [true, null]");
        check_error(both("any_horizontal"), &[texts([None]), texts([None])], "InvalidOperation");
    }
}
