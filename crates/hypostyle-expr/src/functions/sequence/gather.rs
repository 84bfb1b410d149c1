//! `gather(x, indices)`: rows by number; a negative one counts from the end, a null one gives null, one past
//! the end is an error; `gather([1, 2, 3], [-1, 0, null]) = [3, 1, null]`.

use hypostyle_core::{DataType, Error, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Arg, Function, Inputs, Ragged, Signature, params};
use super::check_rows;

/// `gather(x, indices)`
pub(super) const GATHER: Function =
    Function::ragged("gather", &[params::column("x"), params::values("indices")], types, run)
        .doc("The values at row numbers; negative ones count from the end.")
        .example(&["i64 [5, 6, null]", "i64 [2, 0, -2]"], "i64 [null, 5, 6]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, args[0].dtype.clone()).with(1, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let column = inputs.column(0);
    check_rows(column.len())?;
    let indices = inputs.column(1).expect_primitive::<i64>()?;
    let (mut rows, mut starts) = (Vec::new(), vec![0u32]);
    for (segment, range) in inputs.segments().enumerate() {
        let len = range.len() as i64;
        for index in inputs.own_values(1, segment) {
            rows.push(match indices.get(index) {
                None => NO_ROW,
                Some(i) => {
                    let position = if i < 0 { i + len } else { i };
                    if !(0..len).contains(&position) {
                        return Err(Error::out_of_bounds(format!("cannot gather row {i} out of {len} rows")));
                    }
                    range.start as u32 + position as u32
                }
            });
        }
        starts.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather_optional(column, &rows)?, starts })
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
