//! `drop_nulls(x)`: the values that are not null; NaN stays; `drop_nulls([1, null]) = [1]`.

use hypostyle_kernels::filter::filter;

use super::super::{Function, same_type};
use crate::bound::Extent;

/// `drop_nulls(x)`
pub(super) const DROP_NULLS: Function =
    Function::new("drop_nulls", 1..=1, same_type, |i| filter(i.column(0), &i.column(0).validity_or_full()))
        .extends(Extent::Free);

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
