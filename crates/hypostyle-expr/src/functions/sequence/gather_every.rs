//! `gather_every(x, n, offset)`: every `n`th value from `offset` on; `gather_every([1, 2, 3, 4], 2, 1) = [2, 4]`.

use hypostyle_core::{Error, Result};
use hypostyle_kernels::gather::gather;

use super::super::{Function, Inputs, OptionType, Ragged, params, same_type};
use super::check_rows;

/// `gather_every(x, n, offset)`
pub(super) const GATHER_EVERY: Function = Function::ragged(
    "gather_every",
    &[
        params::column("x"),
        params::option("n", OptionType::Integer, params::Default::Required),
        params::integer("offset", 0),
    ],
    same_type,
    run,
)
.doc("Every n-th value from an offset on.")
.example(&["i64 [1, 2, 3, null]", "2"], "i64 [1, 3]");

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let (n, offset) = (inputs.integer(1).unwrap_or(0), inputs.integer(2).unwrap_or(0));
    let step = usize::try_from(n).ok().filter(|n| *n > 0).ok_or_else(|| {
        Error::invalid_operation(format!("`n` of `{}` must be positive, not {n}", inputs.name))
    })?;
    let offset = usize::try_from(offset).map_err(|_| {
        Error::invalid_operation(format!("`offset` of `{}` must not be negative", inputs.name))
    })?;
    check_rows(inputs.len)?;
    let (mut rows, mut starts) = (Vec::new(), vec![0u32]);
    for range in inputs.segments() {
        rows.extend(range.skip(offset).step_by(step).map(|row| row as u32));
        starts.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather(inputs.column(0), &rows)?, starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, check_groups};

    #[test]
    fn every_nth_value() {
        let a = [Column::from_options([Some(1i64), None, Some(3), Some(4), Some(5)])];
        let every = |n: i64, offset: i64| call("gather_every", [col("a"), lit(n), lit(offset)]);
        check(call("gather_every", [col("a"), lit(2)]), &a, "i64 [1, 3, 5]");
        check(every(2, 1), &a, "i64 [null, 4]");
        check(every(9, 7), &a, "i64 []");
        check_groups(every(2, 0), &a, &[0, 0, 1, 0, 1], "list[i64] [[1, 4], [3]]");
        check_error(every(0, 0), &a, "InvalidOperation");
        check_error(every(1, -1), &a, "InvalidOperation");
    }
}
