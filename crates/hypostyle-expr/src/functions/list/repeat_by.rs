//! `repeat_by(x, by)`: the value of each row as a list that has it a number of times, null where the number is;
//! `repeat_by([1, 2], [2, 0]) = [[1, 1], []]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::select::broadcast;

use super::super::inputs::at;
use super::super::sequence::check_rows;
use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::list_column;

/// `repeat_by(x, by)`
pub(super) const REPEAT_BY: Function =
    Function::new("repeat_by", &[params::column("x"), params::column("by")], types, run)
        .doc("The value of each row a number of times, as a list.")
        .example(&["i64 [1, null, 3]", "i64 [2, 1, 0]"], "list[i64] [[1, 1], [null], []]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let by = args[1].dtype;
    if !by.is_numeric() && *by != DataType::Null {
        return Err(not_defined(name, "`by` as numbers", by));
    }
    Ok(Signature::keep(args, DataType::list(args[0].dtype.clone())).with(1, DataType::UInt32))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let counts = broadcast(inputs.column(1), inputs.len)?;
    let counts = counts.expect_primitive::<u32>()?;
    check_rows(counts.iter().flatten().map(|count| count as usize).sum())?;
    let (mut rows, mut ends) = (Vec::new(), Vec::with_capacity(inputs.len + 1));
    ends.push(0i64);
    for (row, count) in counts.iter().enumerate() {
        rows.extend(std::iter::repeat_n(at(column, row) as u32, count.unwrap_or(0) as usize));
        ends.push(rows.len() as i64);
    }
    list_column(inputs.output, ends, gather(column, &rows)?, counts.validity().cloned())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn values_several_times() {
        let columns = [
            texts([Some("x"), None, Some("y"), Some("z")]),
            Column::from_options([Some(2i64), Some(1), Some(0), None]),
        ];
        check(
            call("repeat_by", [col("a"), col("b")]),
            &columns,
            "list[str] [[\"x\", \"x\"], [null], [], null]",
        );
        check(
            call("repeat_by", [lit("k"), col("b")]),
            &columns,
            "list[str] [[\"k\", \"k\"], [\"k\"], [], null]",
        );
        check(call("repeat_by", [col("b"), lit(1)]), &columns, "list[i64] [[2], [1], [0], [null]]");
        check_error(call("repeat_by", [col("a"), lit(-1)]), &columns, "InvalidOperation");
        check_error(call("repeat_by", [col("b"), col("a")]), &columns, "InvalidOperation");
    }
}
