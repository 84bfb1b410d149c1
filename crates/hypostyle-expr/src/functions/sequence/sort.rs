//! `sort(x, descending, nulls_last)`: sorted values; null first unless asked, NaN above every number;
//! `sort([2, null, 1]) = [null, 1, 2]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::gather::gather;

use super::super::{Function, Inputs, params, same_type};
use super::{order, sorted_rows};

/// `sort(x, descending, nulls_last)`
pub(crate) const SORT: Function = Function::by_segment(
    "sort",
    &[params::column("x"), params::flag("descending", false), params::flag("nulls_last", false)],
    same_type,
    run,
)
.doc("The values in order.")
.example(&["i64 [3, null, 1, 2]"], "i64 [null, 1, 2, 3]");

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    gather(column, &sorted_rows(inputs, vec![(column.clone(), order(inputs, 1))])?)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, texts};

    #[test]
    fn nulls_and_nan_have_their_places() {
        let a = [Column::from_options([Some(2.0), None, Some(f64::NAN), Some(-1.0)])];
        check(col("a").sort(false, false), &a, "f64 [null, -1.0, 2.0, NaN]");
        check(col("a").sort(true, false), &a, "f64 [null, NaN, 2.0, -1.0]");
        check(col("a").sort(true, true), &a, "f64 [NaN, 2.0, -1.0, null]");
        check(col("a").sort(false, true), &[texts([None, Some("b"), Some("a")])], "str [\"a\", \"b\", null]");
    }

    #[test]
    fn in_windows() {
        let columns = [Column::from_vec(vec![5i64, 9, 3, 7, 4]), Column::from_vec(vec![7i8, 8, 7, 8, 7])];
        check(col("a").sort(false, false).over([col("b")]), &columns, "i64 [3, 7, 4, 9, 5]");
    }
}
