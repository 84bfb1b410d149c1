//! `unique(x)`: distinct values in order of first appearance, null and NaN once each; `unique([1, null, 1]) =
//! [1, null]`.

use hypostyle_core::Result;
use hypostyle_kernels::gather::gather;

use super::super::{Function, Inputs, Ragged, params, same_type};
use super::{group_starts, groups};

/// `unique(x)`
pub(in crate::functions) const UNIQUE: Function = Function::ragged("unique", params::UNARY, same_type, run)
    .doc("Each value once, in order of the first rows.")
    .example(&["i64 [7, 7, 7]"], "i64 [7]");

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let first = groups(inputs)?.first;
    Ok(Ragged { values: gather(inputs.column(0), &first)?, starts: group_starts(inputs, &first) })
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
