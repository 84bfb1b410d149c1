//! `drop_nulls(x)`: the values that are not null; NaN stays; `drop_nulls([1, null]) = [1]`.

use super::super::{Function, params, same_type};
use super::keep;

/// `drop_nulls(x)`
pub(in crate::functions) const DROP_NULLS: Function =
    Function::ragged("drop_nulls", params::UNARY, same_type, |i| keep(i, &i.column(0).validity_or_full()))
        .doc("The values that are not null.")
        .example(&["i64 [1, null, 3]"], "i64 [1, 3]");

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::check;

    #[test]
    fn values_that_are_there() {
        let a = [Column::from_options([Some(1.0), None, Some(f64::NAN)])];
        check(col("a").drop_nulls(), &a, "f64 [1.0, NaN]");
    }
}
