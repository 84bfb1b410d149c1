//! `unique(x)`: distinct values in order of first appearance, null and NaN once each; `unique([1, null, 1]) =
//! [1, null]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::group_rows;

use super::super::{Function, Inputs, Ragged, params, same_type};

/// `unique(x)`
pub(in crate::functions) const UNIQUE: Function = Function::ragged("unique", params::UNARY, same_type, run)
    .doc("Each value once, in order of the first rows.");

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let column = inputs.column(0);
    let keys: Vec<Column> = inputs.segment_ids().into_iter().chain([column.clone()]).collect();
    // First rows ascend, so those of a segment lie side by side.
    let first = group_rows(&keys, inputs.len)?.first;
    let mut starts = vec![0u32];
    let mut taken = 0;
    for range in inputs.segments() {
        taken += first[taken..].partition_point(|row| (*row as usize) < range.end);
        starts.push(taken as u32);
    }
    Ok(Ragged { values: gather(column, &first)?, starts })
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
