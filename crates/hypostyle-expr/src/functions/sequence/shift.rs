//! `shift(x, n, fill)`: rows moved down by `n`, or up where it is negative; what comes in is null, or `fill`;
//! `shift([1, 2, 3], 1) = [null, 1, 2]`.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::{NO_ROW, gather, gather_optional};
use hypostyle_kernels::select::select;

use super::super::{Arg, Function, Inputs, Signature, params};
use super::check_rows;

/// `shift(x, n, fill)`
pub(super) const SHIFT: Function = Function::by_segment(
    "shift",
    &[params::column("x"), params::scalar("n"), params::scalar("fill_value")],
    types,
    run,
)
.doc("The values moved down by a number of rows, or up where it is negative.")
.example(&["i64 [1, 2, null]", "1"], "i64 [null, 1, 2]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::all(args, args[0].dtype.clone()).with(1, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let by = |segment: usize| {
        inputs.integer_of(1, segment).ok_or_else(|| Error::compute("`shift` by a null number of rows"))
    };
    if inputs.starts.is_some() {
        let rows = rows_before(inputs, by)?;
        let shifted = gather_optional(column, &rows)?;
        let Some(fill) = inputs.args.get(2) else { return Ok(shifted) };
        let kept = rows.iter().map(|row| *row != NO_ROW).collect();
        // One value for each segment, for all of its rows.
        let fill = match (fill.column.len(), inputs.segment_ids()) {
            (2.., Some(ids)) => gather(&fill.column, ids.expect_primitive::<u32>()?.values())?,
            _ => fill.column.clone(),
        };
        return select(&kept, &shifted, &fill);
    }
    let len = column.len() as i128;
    let by = by(0)?.clamp(-len, len);
    let missing = by.unsigned_abs() as usize;
    let fill = match inputs.args.get(2) {
        Some(fill) => Column::from_scalar(&fill.column.get(0), missing),
        None => Column::full_null(inputs.output.clone(), missing),
    };
    let kept = column.len() - missing;
    if by >= 0 {
        concat(&[fill, column.slice(0, kept)])
    } else {
        concat(&[column.slice(missing, kept), fill])
    }
}

/// For every row the one so many rows before it in its segment, or none; `by` gives the number of a segment.
pub(super) fn rows_before(inputs: &Inputs<'_>, by: impl Fn(usize) -> Result<i128>) -> Result<Vec<u32>> {
    check_rows(inputs.len)?;
    let mut rows = Vec::with_capacity(inputs.len);
    for (segment, range) in inputs.segments().enumerate() {
        let len = range.len();
        // Clamped to the length, so that it fits.
        let by = by(segment)?.clamp(-(len as i128), len as i128) as i64;
        let missing = by.unsigned_abs() as usize;
        let (start, end) = (range.start as u32, range.end as u32);
        if by >= 0 {
            rows.resize(rows.len() + missing, NO_ROW);
            rows.extend(start..end - missing as u32);
        } else {
            rows.extend(start + missing as u32..end);
            rows.resize(rows.len() + missing, NO_ROW);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, texts};

    #[test]
    fn down_and_up() {
        let a = [Column::from_options([Some(1i64), None, Some(3)])];
        check(col("a").shift(1), &a, "i64 [null, 1, null]");
        check(col("a").shift(-1), &a, "i64 [null, 3, null]");
        check(col("a").shift(5), &a, "i64 [null, null, null]");
        check(call("shift", [col("a"), lit(-1), lit(0)]), &a, "i64 [null, 3, 0]");
        check(col("a").shift(1), &[texts([Some("x"), Some("y")])], "str [null, \"x\"]");
    }

    #[test]
    fn in_windows() {
        let columns = [Column::from_vec(vec![1i64, 2, 3, 4, 5]), Column::from_vec(vec![7i8, 8, 7, 8, 7])];
        check(col("a").shift(1).over([col("b")]), &columns, "i64 [null, null, 1, 2, 3]");
        let filled = call("shift", [col("a"), lit(-1), lit(0)]).over([col("b")]);
        check(filled, &columns, "i64 [3, 4, 5, 0, 0]");
    }
}
