//! `gather(x, indices)`: rows by number; a negative one counts from the end, a null one gives null, one past
//! the end is an error; `gather([1, 2, 3], [-1, 0, null]) = [3, 1, null]`.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Arg, Function, Inputs, Signature};
use super::check_rows;
use crate::bound::Extent;

/// `gather(x, indices)`
pub(super) const GATHER: Function = Function::new("gather", 2..=2, types, run).extends(Extent::Free);

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, args[0].dtype.clone()).with(1, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    check_rows(column.len())?;
    let len = column.len() as i64;
    let rows = inputs.column(1).expect_primitive::<i64>()?.iter().map(|i| {
        let Some(i) = i else { return Ok(NO_ROW) };
        let position = if i < 0 { i + len } else { i };
        if (0..len).contains(&position) {
            return Ok(position as u32);
        }
        Err(Error::out_of_bounds(format!("cannot gather row {i} out of {len} rows")))
    });
    gather_optional(column, &rows.collect::<Result<Vec<u32>>>()?)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn rows_by_number() {
        let columns = [Column::from_vec(vec![1i64, 2, 3]), Column::from_options([Some(-1i8), Some(0), None])];
        check(call("gather", [col("a"), col("b")]), &columns, "i64 [3, 1, null]");
        check_error(call("gather", [col("a"), lit(3)]), &columns, "OutOfBounds");
        check_error(call("gather", [col("a"), lit(-4)]), &columns, "OutOfBounds");
    }
}
