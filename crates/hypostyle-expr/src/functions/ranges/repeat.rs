//! `repeat(value, n)`: one value, `n` times; `repeat("x", 2) = ["x", "x"]`.

use hypostyle_core::{DataType, Error, Result};
use hypostyle_kernels::gather::gather;

use super::super::{Arg, Function, Inputs, Ragged, Signature, at, not_defined, params};
use super::{MOST_ROWS, need_scalars};

/// `repeat(value, n)`
pub(super) const REPEAT: Function =
    Function::ragged("repeat", &[params::scalar("value"), params::scalar("n")], types, run)
        .doc("One value, a number of times.")
        .example(&[r#""a""#, "3"], r#"str ["a", "a", "a"]"#);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_scalars(name, args, &["value", "number"])?;
    if !args[1].dtype.is_integer() {
        return Err(not_defined(name, "a number of times", args[1].dtype));
    }
    Ok(Signature::keep(args, args[0].dtype.clone()).with(1, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let (mut rows, mut starts) = (Vec::new(), vec![0u32]);
    for segment in 0..inputs.segment_count {
        let times = inputs.integer_of(1, segment).and_then(|n| usize::try_from(n).ok());
        let times = times.filter(|n| rows.len() + *n <= MOST_ROWS).ok_or_else(|| {
            Error::compute(format!("`{}` takes a number from 0 to {MOST_ROWS} of times", inputs.name))
        })?;
        rows.resize(rows.len() + times, at(inputs.column(0), segment) as u32);
        starts.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather(inputs.column(0), &rows)?, starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, len, lit, null};
    use crate::testing::{check, check_error};

    #[test]
    fn one_value_many_times() {
        let a = [Column::from_vec(vec![5i64, 5, 7])];
        check(call("repeat", [lit("x"), lit(2)]), &a, "str [\"x\", \"x\"]");
        check(call("repeat", [col("a").max(), len()]), &a, "i64 [7, 7, 7]");
        check(call("repeat", [null(), lit(0)]), &a, "null []");
        check_error(call("repeat", [lit(1), lit(-1)]), &a, "Compute");
        check_error(call("repeat", [col("a"), lit(1)]), &a, "ShapeMismatch");
    }
}
