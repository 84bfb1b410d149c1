//! `unique(x)`: distinct values in order of first appearance, null and NaN once each; `unique([1, null, 1]) =
//! [1, null]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::group_rows;

use super::super::{Function, Inputs, same_type};
use crate::bound::Extent;

/// `unique(x)`
pub(super) const UNIQUE: Function = Function::new("unique", 1..=1, same_type, run).extends(Extent::Free);

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    gather(column, &group_rows(std::slice::from_ref(column), column.len())?.first)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, texts};

    #[test]
    fn distinct_values() {
        let a = [Column::from_options([Some(f64::NAN), Some(0.0), None, Some(-0.0), None, Some(f64::NAN)])];
        check(col("a").unique(), &a, "f64 [NaN, 0.0, null]");
        check(col("a").unique(), &[texts([Some("b"), Some("a"), Some("b")])], "str [\"b\", \"a\"]");
    }
}
