//! `rank(x, method, descending)`: `average`, `min`, `max`, `dense`, `ordinal`; null has no rank, NaN ranks
//! above every number; `rank([3, 1, 3, null]) = [2.5, 1.0, 2.5, null]`.

use hypostyle_core::{Column, DataType, Error, PrimitiveBuilder, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::sort::SortOrder;

use super::super::{Arg, Function, Inputs, Signature, literal_text};
use super::sorted_rows;
use crate::bound::Extent;

/// `rank(x, method, descending)`
pub(super) const RANK: Function = Function::new("rank", 1..=3, types, run).extends(Extent::Whole).segmented();

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let output = match literal_text(args, 1).unwrap_or("average") {
        "average" => DataType::Float64,
        "min" | "max" | "dense" | "ordinal" => DataType::UInt32,
        other => {
            return Err(Error::invalid_operation(format!(
                "rank method must be average, min, max, dense or ordinal, not {other:?}"
            )));
        }
    };
    Ok(Signature::keep(args, output))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let method = inputs.text(1).unwrap_or("average");
    let order = SortOrder { descending: inputs.flag(2, false), nulls_last: true };
    let sorted = sorted_rows(inputs, vec![(column.clone(), order)])?;
    let mut ranks = vec![None; column.len()];
    for range in inputs.segments() {
        let sorted = &sorted[range];
        let (mut start, mut dense) = (0, 0u32);
        while start < sorted.len() && !column.is_null(sorted[start] as usize) {
            let mut end = start + 1;
            let same = |i: u32, j: u32| compare_rows(column, i as usize, column, j as usize).is_eq();
            while end < sorted.len()
                && !column.is_null(sorted[end] as usize)
                && same(sorted[start], sorted[end])
            {
                end += 1;
            }
            dense += 1;
            for (k, row) in sorted[start..end].iter().enumerate() {
                ranks[*row as usize] = Some(match method {
                    "min" => start as f64 + 1.0,
                    "max" => end as f64,
                    "dense" => f64::from(dense),
                    "ordinal" => (start + k) as f64 + 1.0,
                    _ => (start + 1 + end) as f64 / 2.0,
                });
            }
            start = end;
        }
    }
    let mut builder = PrimitiveBuilder::<f64>::with_capacity(column.len());
    ranks.into_iter().for_each(|rank| builder.push_option(rank));
    cast(&builder.finish(DataType::Float64), inputs.output, CastMode::NonStrict)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn ranks() {
        let columns = [
            Column::from_options([Some(3i64), Some(1), Some(3), None, Some(2)]),
            Column::from_vec(vec![1i8, 1, 2, 2, 2]),
        ];
        let rank = |method: &str, descending: bool| call("rank", [col("a"), lit(method), lit(descending)]);
        check(call("rank", [col("a")]), &columns, "f64 [3.5, 1.0, 3.5, null, 2.0]");
        check(rank("min", false), &columns, "u32 [3, 1, 3, null, 2]");
        check(rank("max", false), &columns, "u32 [4, 1, 4, null, 2]");
        check(rank("dense", true), &columns, "u32 [1, 3, 1, null, 2]");
        check(rank("ordinal", false), &columns, "u32 [3, 1, 4, null, 2]");
        check(rank("ordinal", true), &columns, "u32 [1, 4, 2, null, 3]");
        check(rank("min", false).over([col("b")]), &columns, "u32 [2, 1, 2, null, 1]");
        check_error(rank("best", false), &columns, "InvalidOperation");
        check(call("rank", [col("a")]), &[Column::from_vec(vec![f64::NAN, 1.0])], "f64 [2.0, 1.0]");
    }
}
