//! `arg_sort(x, descending, nulls_last)`: the rows that would sort the column; `arg_sort([2, null, 1]) = [1,
//! 2, 0]`.

use hypostyle_core::{Column, Result};

use super::super::{Function, Inputs, params, to_index};
use super::{order, sorted_rows};

/// `arg_sort(x, descending, nulls_last)`
pub(super) const ARG_SORT: Function = Function::by_segment(
    "arg_sort",
    &[params::column("x"), params::flag("descending", false), params::flag("nulls_last", false)],
    to_index,
    run,
)
.doc("The row numbers that would sort the values.")
.example(&["i64 [3, null, 1, 2]"], "u32 [1, 2, 3, 0]");

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let mut rows = sorted_rows(inputs, vec![(inputs.column(0).clone(), order(inputs, 1))])?;
    for range in inputs.segments() {
        let start = range.start as u32;
        rows[range].iter_mut().for_each(|row| *row -= start);
    }
    Ok(Column::from_vec(rows))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::check;

    #[test]
    fn rows_in_order() {
        let columns = [Column::from_options([Some(2i64), None, Some(1)]), Column::from_vec(vec![1i8, 2, 1])];
        check(call("arg_sort", [col("a")]), &columns, "u32 [1, 2, 0]");
        check(call("arg_sort", [col("a"), lit(true), lit(true)]), &columns, "u32 [0, 2, 1]");
        check(call("arg_sort", [col("a")]).over([col("b")]), &columns, "u32 [1, 0, 0]");
    }
}
