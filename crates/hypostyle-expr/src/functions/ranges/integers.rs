//! `int_range(start, end, step, type)`, `int_ranges(…)`: whole numbers from `start` up to `end`, without it, or down
//! where `step` is negative, of the type of the null `type`; `int_range(0, 3, 1) = [0, 1, 2]`. With `len()` for an end it
//! numbers the rows. A step of 0 is an error.

use hypostyle_core::{DataType, Error, Result};

use super::super::{Arg, Function, Inputs, OptionType, Signature, at, not_defined, params};
use super::{Ranges, each_range, need_scalars, one_range, value_type};
use crate::types::integer_limits;

/// `int_range(start, end, step, type)`
pub(super) const INT_RANGE: Function = Function::ragged(
    "int_range",
    &[
        params::scalar("start"),
        params::scalar("end"),
        params::integer("step", 1),
        params::option("dtype", OptionType::Any, params::Default::Null),
    ],
    one_type,
    |i| run(i, one_range),
)
.doc("Whole numbers from a start up to an end, which does not belong to them.")
.example(&["1", "6", "2"], "i64 [1, 3, 5]");
/// `int_ranges(start, end, step, type)`
pub(super) const INT_RANGES: Function = Function::new(
    "int_ranges",
    &[
        params::column("start"),
        params::column("end"),
        params::optional_or("step", params::Default::Integer(1)),
        params::option("dtype", OptionType::Any, params::Default::Null),
    ],
    each_type,
    |i| run(i, each_range),
)
.doc("A range of whole numbers for each row.")
.example(&["i64 [0, 2, null]", "i64 [3, 2, 1]"], "list[i64] [[0, 1, 2], [], null]");

/// The type of the numbers.
fn types(name: &str, args: &[Arg<'_>]) -> Result<DataType> {
    if let Some(other) = args.iter().take(3).find(|a| !a.dtype.is_numeric() && *a.dtype != DataType::Null) {
        return Err(not_defined(name, "integers", other.dtype));
    }
    let dtype = match args.get(3).map(|a| a.dtype) {
        None | Some(DataType::Null) => DataType::Int64,
        Some(dtype) if dtype.is_integer() => dtype.clone(),
        Some(other) => return Err(Error::schema(format!("`{name}` gives integers, not {other}"))),
    };
    if let Some((least, most)) = integer_limits(&dtype) {
        for value in args.iter().take(2).filter_map(|a| a.literal).filter_map(|l| l.as_i128()) {
            if !(least..=most).contains(&value) {
                return Err(Error::overflow(format!(
                    "an end of `{name}` is {value}, which is not of {dtype}"
                )));
            }
        }
    }
    Ok(dtype)
}

fn signature(args: &[Arg<'_>], output: DataType) -> Signature {
    let signature = Signature::keep(args, output);
    (0..3).fold(signature, |signature, i| signature.with(i, DataType::Int64))
}

fn one_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    need_scalars(name, args, &["start", "end", "step"])?;
    Ok(signature(args, types(name, args)?))
}

fn each_type(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(signature(args, DataType::list(types(name, args)?)))
}

fn run<R>(inputs: &Inputs<'_>, ranges: Ranges<R>) -> Result<R> {
    let steps = match inputs.args.len() > 2 {
        true => Some(inputs.column(2).expect_primitive::<i64>()?),
        false => None,
    };
    ranges(inputs, value_type(inputs), &mut |row, start, end, rows| {
        let step = match steps {
            Some(steps) => steps
                .get(at(inputs.column(2), row))
                .ok_or_else(|| Error::compute(format!("the step of `{}` is null", rows.name)))?,
            None => 1,
        };
        if step == 0 {
            return Err(Error::invalid_operation(format!("the step of `{}` is 0", rows.name)));
        }
        // Ends are 64 bits wide, so nothing here overflows 128.
        let span =
            if step > 0 { i128::from(end) - i128::from(start) } else { i128::from(start) - i128::from(end) };
        let step_size = i128::from(step.unsigned_abs());
        let count = (span.max(0) + step_size - 1) / step_size;
        // What wraps on the way comes back: all results lie between the ends.
        let values = (0..count as i64).map(|i| start.wrapping_add(i.wrapping_mul(step)));
        rows.extend(usize::try_from(count).unwrap_or(usize::MAX), values)
    })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Scalar};

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
        let ends = format!("i64 [{}, {}, {}]", i64::MIN, -1, i64::MAX - 1);
        check(range(i64::MIN, i64::MAX, i64::MAX), &a, &ends);
        check_error(range(0, 3, 0), &a, "InvalidOperation");
        check_error(range(i64::MIN, i64::MAX, 1), &a, "OutOfBounds");
        check_error(call("int_range", [lit(0), col("a")]), &a, "ShapeMismatch");
        let typed = |dtype: DataType, end: i64| {
            call("int_range", [lit(0), lit(end), lit(1), lit(Scalar::null(dtype))])
        };
        check(typed(DataType::Int8, 2), &a, "i8 [0, 1]");
        check_error(typed(DataType::Int8, 300), &a, "Overflow");
        check_error(typed(DataType::Float64, 2), &a, "SchemaMismatch");
    }

    #[test]
    fn a_range_in_each_row() {
        let a = [Column::from_options([Some(1i64), Some(3), None]), Column::from_vec(vec![3i32, 1, 1])];
        check(call("int_ranges", [col("a"), col("b")]), &a, "list[i64] [[1, 2], [], null]");
        let down = call("int_ranges", [col("a"), col("b"), lit(-1)]);
        check(down, &a, "list[i64] [[], [3, 2], null]");
    }
}
