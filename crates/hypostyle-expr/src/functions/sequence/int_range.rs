//! `int_range(start, end, step)`: whole numbers from `start` up to `end`, without it, or down where `step` is
//! negative; `int_range(0, 3, 1) = [0, 1, 2]`. With `len()` for an end it numbers the rows. A null bound or a
//! step of 0 is an error.

use hypostyle_core::{Column, DataType, Error, Result};

use super::super::{Arg, Function, Inputs, Ragged, Signature, not_defined, params};
use super::check_rows;

/// `int_range(start, end, step)`
pub(super) const INT_RANGE: Function = Function::ragged(
    "int_range",
    &[params::scalar("start"), params::scalar("end"), params::scalar("step")],
    types,
    run,
).doc("Whole numbers from a start up to an end, which does not belong to them.");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    if let Some(other) = args.iter().find(|a| !a.dtype.is_integer()) {
        return Err(not_defined(name, "integers", other.dtype));
    }
    Ok(Signature::all(args, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let (mut values, mut starts) = (Vec::<i64>::new(), vec![0u32]);
    for segment in 0..inputs.segment_count {
        let bound = |i: usize| {
            let bound = inputs.integer_of(i, segment);
            bound.ok_or_else(|| Error::compute(format!("a bound of `{}` is null", inputs.name)))
        };
        let (start, end) = (bound(0)?, bound(1)?);
        let step = if inputs.args.len() > 2 { bound(2)? } else { 1 };
        if step == 0 {
            return Err(Error::invalid_operation(format!("the step of `{}` is 0", inputs.name)));
        }
        // Bounds are 64 bits wide, so nothing here overflows 128.
        let span = if step > 0 { end - start } else { start - end };
        let count = (span.max(0) + step.abs() - 1) / step.abs();
        check_rows(values.len().saturating_add(usize::try_from(count).unwrap_or(usize::MAX)))?;
        values.extend((0..count).map(|i| (start + i * step) as i64));
        starts.push(values.len() as u32);
    }
    Ok(Ragged { values: Column::from_vec(values), starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, len, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn ranges() {
        let a = [Column::from_vec(vec![5i64, 5, 7])];
        let range = |start: i64, end: i64, step: i64| call("int_range", [lit(start), lit(end), lit(step)]);
        check(range(0, 3, 1), &a, "i64 [0, 1, 2]");
        check(range(0, 7, 3), &a, "i64 [0, 3, 6]");
        check(range(3, 0, -2), &a, "i64 [3, 1]");
        check(range(3, 0, 1), &a, "i64 []");
        check(range(i64::MAX - 1, i64::MAX, 1), &a, &format!("i64 [{}]", i64::MAX - 1));
        let numbers = || call("int_range", [lit(0), len()]);
        check(numbers(), &a, "i64 [0, 1, 2]");
        check(numbers().over([col("a")]), &a, "i64 [0, 1, 0]");
        check_error(range(0, 3, 0), &a, "InvalidOperation");
        check_error(range(i64::MIN, i64::MAX, 1), &a, "OutOfBounds");
        check_error(call("int_range", [lit(0), col("a")]), &a, "InvalidOperation");
    }
}
