//! `slice(x, offset, length)`: some rows; a negative offset counts from the end, a null length goes to the
//! end, a negative one leaves out so many at the end; `slice([1, 2, 3], -2, 1) = [2]`.

use hypostyle_core::{DataType, Result};
use hypostyle_kernels::gather::gather;

use super::super::{Arg, Function, Inputs, Ragged, Signature, params};

/// `slice(x, offset, length)`
pub(crate) const SLICE: Function = Function::ragged(
    "slice",
    &[params::column("x"), params::scalar("offset"), params::scalar("length")],
    types,
    run,
)
.doc("The values from an offset on, as many as a length says.")
.example(&["i64 [1, 2, null]", "1", "2"], "i64 [2, null]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let signature = Signature::keep(args, args[0].dtype.clone());
    Ok(signature.with(1, DataType::Int64).with(2, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let column = inputs.column(0);
    let bounds = |segment: usize, len: usize| {
        let offset = inputs.integer_of(1, segment).unwrap_or(0) as i64;
        let length = inputs.integer_of(2, segment).map(|l| l as i64);
        slice_bounds(len, offset, length)
    };
    if inputs.starts.is_none() {
        let (start, take) = bounds(0, column.len());
        return Ok(Ragged { values: column.slice(start, take), starts: vec![0, take as u32] });
    }
    let (mut rows, mut starts) = (Vec::new(), vec![0u32]);
    for (segment, range) in inputs.segments().enumerate() {
        let (start, take) = bounds(segment, range.len());
        let first = (range.start + start) as u32;
        rows.extend(first..first + take as u32);
        starts.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather(column, &rows)?, starts })
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
