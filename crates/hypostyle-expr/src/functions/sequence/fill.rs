//! `forward_fill(x, limit)`, `backward_fill(x, limit)`: the last (or next) value that is not null, for at
//! most `limit` nulls in a row; NaN is a value; `forward_fill([1, null, null], 1) = [1, 1, null]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Function, Inputs, OptionType, Param, params, same_type};
use super::check_rows;

const PARAMS: &[Param] =
    &[params::column("x"), params::option("limit", OptionType::Integer, params::Default::Null)];

/// `forward_fill(x, limit)`
pub(super) const FORWARD_FILL: Function = make("forward_fill", |i| run(i, true))
    .doc("The last value before that is not null, in place of null.")
    .example(&["i64 [null, 1, null, null]", "1"], "i64 [null, 1, 1, null]");
/// `backward_fill(x, limit)`
pub(super) const BACKWARD_FILL: Function = make("backward_fill", |i| run(i, false))
    .doc("The next value that is not null, in place of null.")
    .example(&["i64 [null, null, 1, null]", "1"], "i64 [null, 1, 1, null]");

const fn make(name: &'static str, run: fn(&Inputs<'_>) -> Result<Column>) -> Function {
    Function::by_segment(name, PARAMS, same_type, run)
}

fn run(inputs: &Inputs<'_>, forward: bool) -> Result<Column> {
    let column = inputs.column(0);
    check_rows(column.len())?;
    let limit = inputs.integer(1).map_or(u32::MAX, |l| l.clamp(0, i128::from(u32::MAX)) as u32);
    let mut rows = vec![NO_ROW; column.len()];
    for range in inputs.segments() {
        let (mut last, mut distance) = (NO_ROW, 0u32);
        let mut step = |i: usize| {
            if column.is_null(i) {
                distance = distance.saturating_add(1);
                if distance <= limit {
                    rows[i] = last;
                }
            } else {
                (last, distance) = (i as u32, 0);
                rows[i] = last;
            }
        };
        if forward {
            range.for_each(&mut step);
        } else {
            range.rev().for_each(&mut step);
        }
    }
    gather_optional(column, &rows)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, texts};

    #[test]
    fn both_ways() {
        let columns = [
            Column::from_options([None, Some(1i64), None, None, Some(5)]),
            Column::from_vec(vec![1i8, 1, 2, 1, 2]),
        ];
        check(call("forward_fill", [col("a")]), &columns, "i64 [null, 1, 1, 1, 5]");
        check(call("forward_fill", [col("a"), lit(1)]), &columns, "i64 [null, 1, 1, null, 5]");
        check(call("backward_fill", [col("a")]), &columns, "i64 [1, 1, 5, 5, 5]");
        check(call("forward_fill", [col("a")]).over([col("b")]), &columns, "i64 [null, 1, null, 1, 5]");
        check(call("backward_fill", [col("a")]).over([col("b")]), &columns, "i64 [1, 1, 5, null, 5]");
        check(call("forward_fill", [col("a")]), &[texts([Some("x"), None])], "str [\"x\", \"x\"]");
    }
}
