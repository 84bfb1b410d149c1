//! `reverse(x)`: the rows from last to first; `reverse([1, null]) = [null, 1]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::gather::gather;

use super::super::{Function, Inputs, params, same_type};
use super::check_rows;

/// `reverse(x)`
pub(in crate::functions) const REVERSE: Function =
    Function::by_segment("reverse", params::UNARY, same_type, run)
        .doc("The values from last to first.")
        .example(&["i64 [1, 2, null]"], "i64 [null, 2, 1]");

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    check_rows(inputs.len)?;
    let rows: Vec<u32> = inputs.segments().flat_map(|range| range.rev().map(|row| row as u32)).collect();
    gather(inputs.column(0), &rows)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::check;

    #[test]
    fn from_last_to_first() {
        let columns = [Column::from_options([Some(1.5), None, Some(2.5)]), Column::from_vec(vec![1i8, 2, 1])];
        check(col("a").reverse(), &columns, "f64 [2.5, null, 1.5]");
        check(col("a").reverse().over([col("b")]), &columns, "f64 [2.5, null, 1.5]");
    }
}
