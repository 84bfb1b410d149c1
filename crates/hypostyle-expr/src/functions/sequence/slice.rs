//! `slice(x, offset, length)`: some rows; a negative offset counts from the end, a null length goes to the
//! end, a negative one leaves out so many at the end; `slice([1, 2, 3], -2, 1) = [2]`.

use hypostyle_core::{Column, DataType, Result};

use super::super::{Arg, Function, Inputs, Signature};
use crate::bound::Extent;

/// `slice(x, offset, length)`
pub(super) const SLICE: Function = Function::new("slice", 3..=3, types, run).extends(Extent::Free);

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let signature = Signature::keep(args, args[0].dtype.clone());
    Ok(signature.with(1, DataType::Int64).with(2, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let offset = inputs.integer(1).unwrap_or(0) as i64;
    let length = inputs.integer(2).map(|l| l as i64);
    let (start, take) = slice_bounds(column.len(), offset, length);
    Ok(column.slice(start, take))
}

/// Start and number of the rows that a slice takes out of `len`; a negative length leaves out so many at the end.
pub(crate) fn slice_bounds(len: usize, offset: i64, length: Option<i64>) -> (usize, usize) {
    let (start, lost) = if offset >= 0 {
        ((offset as usize).min(len), 0)
    } else {
        let back = offset.unsigned_abs() as usize;
        (len.saturating_sub(back), back.saturating_sub(len))
    };
    let rest = len - start;
    let take = match length {
        None => rest,
        Some(length @ 0..) => (length as usize).saturating_sub(lost).min(rest),
        Some(length) => rest.saturating_sub(length.unsigned_abs() as usize),
    };
    (start, take)
}

/// Offset and length of the last `n` of anything; of all but the first where `n` is negative.
pub(crate) fn tail_bounds(n: i64) -> (i64, Option<i64>) {
    if n < 0 { (n.saturating_neg(), None) } else { (-n, Some(n)) }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use super::slice_bounds;
    use crate::dsl::{call, col, lit, null};
    use crate::testing::check;

    #[test]
    fn some_rows() {
        let a = [Column::from_options([Some(1i64), None, Some(3)])];
        check(call("slice", [col("a"), lit(-2), lit(1)]), &a, "i64 [null]");
        check(call("slice", [col("a"), lit(1), null()]), &a, "i64 [null, 3]");
        check(col("a").head(2), &a, "i64 [1, null]");
        check(col("a").tail(9), &a, "i64 [1, null, 3]");
        check(call("slice", [col("a"), lit(0), lit(-1)]), &a, "i64 [1, null]");
        check(call("slice", [col("a"), lit(-2), lit(-1)]), &a, "i64 [null]");
    }

    #[test]
    fn what_lies_before_the_start_is_lost() {
        assert_eq!(slice_bounds(3, -5, Some(3)), (0, 1));
        assert_eq!(slice_bounds(3, 5, Some(3)), (3, 0));
        assert_eq!(slice_bounds(3, i64::MIN, None), (0, 3));
        assert_eq!(slice_bounds(3, -5, Some(-1)), (0, 2));
        assert_eq!(slice_bounds(3, 2, Some(i64::MIN)), (2, 0));
    }
}
