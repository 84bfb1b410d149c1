//! `cum_count(x, reverse)`: the number of values that are not null so far; `cum_count([1, null, 2]) = [1, 1,
//! 2]`.

use hypostyle_core::{Column, Result};

use super::super::{Function, Inputs, params, to_index};

/// `cum_count(x, reverse)`
pub(super) const CUM_COUNT: Function =
    Function::by_segment("cum_count", &[params::column("x"), params::flag("reverse", false)], to_index, run)
        .doc("The number of values so far that are not null.")
        .example(&["i64 [1, null, 3]"], "u32 [1, 1, 2]");

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let valid = inputs.column(0).validity_or_full();
    let mut counts = vec![0u32; valid.len()];
    let reverse = inputs.flag(1);
    for range in inputs.segments() {
        let mut count = 0;
        let mut step = |i: usize| {
            count += u32::from(valid.get(i));
            counts[i] = count;
        };
        if reverse {
            range.rev().for_each(&mut step);
        } else {
            range.for_each(&mut step);
        }
    }
    Ok(Column::from_vec(counts))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::check;

    #[test]
    fn counts() {
        let columns =
            [Column::from_options([Some(1.5), None, Some(f64::NAN)]), Column::from_vec(vec![1i8, 1, 2])];
        check(call("cum_count", [col("a")]), &columns, "u32 [1, 1, 2]");
        check(call("cum_count", [col("a"), lit(true)]), &columns, "u32 [2, 1, 1]");
        check(call("cum_count", [col("a")]).over([col("b")]), &columns, "u32 [1, 1, 1]");
    }
}
