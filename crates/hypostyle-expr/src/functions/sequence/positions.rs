//! Row numbers within the segment, from 0 on: `arg_true(x)` of the values that are true, `arg_unique(x)` of the first row
//! of each value; `arg_true([false, true, null, true]) = [1, 3]`.

use hypostyle_core::{Column, DataType, Result};

use super::super::{Arg, Function, Inputs, Ragged, Signature, not_defined, params, to_index};
use super::{check_rows, groups};

/// `arg_true(x)`
pub(super) const ARG_TRUE: Function = Function::ragged("arg_true", params::UNARY, boolean, |i| {
    let mask = i.column(0).expect_boolean()?.truthy();
    positions(i, |row| mask.get(row))
})
.doc("The row numbers of what is true.")
.example(&["bool [true, false, null, true]"], "u32 [0, 3]");
/// `arg_unique(x)`
pub(super) const ARG_UNIQUE: Function = Function::ragged("arg_unique", params::UNARY, to_index, |i| {
    // First rows ascend.
    let mut first = groups(i)?.first.into_iter().peekable();
    positions(i, |row| first.next_if_eq(&(row as u32)).is_some())
})
.doc("The row numbers of the first row of each value.")
.example(&["i64 [1, 1, null, 2]"], "u32 [0, 2, 3]");

fn boolean(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Boolean | DataType::Null => Ok(to_index(name, args)?.with(0, DataType::Boolean)),
        other => Err(not_defined(name, "booleans", other)),
    }
}

/// The rows that are wanted, numbered in each segment. `wants` is asked for every row in order.
fn positions(inputs: &Inputs<'_>, mut wants: impl FnMut(usize) -> bool) -> Result<Ragged> {
    check_rows(inputs.len)?;
    let (mut found, mut starts) = (Vec::new(), vec![0u32]);
    for range in inputs.segments() {
        let start = range.start;
        found.extend(range.filter(|row| wants(*row)).map(|row| (row - start) as u32));
        starts.push(found.len() as u32);
    }
    Ok(Ragged { values: Column::from_vec(found), starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{booleans, check, check_error, check_groups};

    #[test]
    fn row_numbers() {
        let a = [booleans([Some(false), Some(true), None, Some(true)])];
        check(call("arg_true", [col("a")]), &a, "u32 [1, 3]");
        check_groups(call("arg_true", [col("a")]), &a, &[0, 1, 0, 1], "list[u32] [[], [0, 1]]");
        let a = [Column::from_options([Some(1i64), None, Some(1), None, Some(2)])];
        check(call("arg_unique", [col("a")]), &a, "u32 [0, 1, 4]");
        check_groups(call("arg_unique", [col("a")]), &a, &[0, 1, 0, 1, 1], "list[u32] [[0], [0, 2]]");
        check_error(call("arg_true", [col("a")]), &a, "InvalidOperation");
    }
}
