//! `rank(x, method, descending)`: `average`, `min`, `max`, `dense`, `ordinal`; null has no rank, NaN ranks
//! above every number; `rank([3, 1, 3, null]) = [2.5, 1.0, 2.5, null]`.

use hypostyle_core::{Column, DataType, Native, Result, with_primitive};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::sort::SortOrder;

use super::super::{Arg, Function, Inputs, Signature, literal_text, params};
use super::sorted_rows;

/// `rank(x, method, descending)`
pub(super) const RANK: Function = Function::by_segment(
    "rank",
    &[
        params::column("x"),
        params::choice("method", &["average", "min", "max", "dense", "ordinal"]),
        params::flag("descending", false),
    ],
    types,
    run,
)
.doc("The rank of the value among all.")
.example(&["i64 [3, null, 1, 3]"], "f64 [2.5, null, 1.0, 2.5]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let output = match literal_text(args, 1) {
        None | Some("average") => DataType::Float64,
        Some(_) => DataType::UInt32,
    };
    Ok(Signature::keep(args, output))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    if *column.dtype() == DataType::Null {
        return inputs.nulls();
    }
    let method = inputs.text(1).unwrap_or("average");
    let order = SortOrder { descending: inputs.flag(2), nulls_last: true };
    let sorted = sorted_rows(inputs, vec![(column.clone(), order)])?;
    // The rank of rows in the order, from the first row of equal ones, the row after the last, the number of different
    // values so far, and the row itself.
    let rank: fn(usize, usize, usize, usize) -> f64 = match method {
        "min" => |start, _, _, _| start as f64 + 1.0,
        "max" => |_, end, _, _| end as f64,
        "dense" => |_, _, dense, _| dense as f64,
        "ordinal" => |_, _, _, place| place as f64 + 1.0,
        _ => |start, end, _, _| (start + 1 + end) as f64 / 2.0,
    };
    let ranks = with_primitive!(column.array(), |a: T| {
        ranks(inputs, &sorted, rank, |i, j| a.values()[i].total_eq(&a.values()[j]))
    }, else |_other| {
        ranks(inputs, &sorted, rank, |i, j| compare_rows(column, i, column, j).is_eq())
    });
    let validity = column.validity().cloned();
    Ok(match inputs.output {
        DataType::Float64 => Column::from_vec(ranks),
        _ => Column::from_vec(ranks.into_iter().map(|rank| rank as u32).collect::<Vec<u32>>()),
    }
    .with_validity(validity))
}

/// The rank of every row; that of a null is anything. `sorted` has the rows of each segment in order, nulls last.
fn ranks(
    inputs: &Inputs<'_>,
    sorted: &[u32],
    rank: impl Fn(usize, usize, usize, usize) -> f64,
    same: impl Fn(usize, usize) -> bool,
) -> Vec<f64> {
    let column = inputs.column(0);
    let has_nulls = column.null_count() > 0;
    let mut ranks = vec![0.0; sorted.len()];
    for range in inputs.segments() {
        let sorted = &sorted[range];
        let known = match has_nulls {
            true => sorted.partition_point(|row| !column.is_null(*row as usize)),
            false => sorted.len(),
        };
        let (mut start, mut dense) = (0, 0);
        while start < known {
            let first = sorted[start] as usize;
            let equal = sorted[start + 1..known].iter().take_while(|row| same(first, **row as usize));
            let end = start + 1 + equal.count();
            dense += 1;
            for (place, row) in (start..end).zip(&sorted[start..end]) {
                ranks[*row as usize] = rank(start, end, dense, place);
            }
            start = end;
        }
    }
    ranks
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
