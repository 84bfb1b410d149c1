//! `diff(x, n)`: the difference to the value `n` rows before, null where there is none; `diff([1, 4, null]) =
//! [null, 3, null]`. Unsigned integers become the next signed type, times become durations.

use hypostyle_core::{Column, DataType, Result, TimeUnit};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::gather::gather_optional;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::shift::rows_before;

/// `diff(x, n)`
pub(super) const DIFF: Function =
    Function::by_segment("diff", &[params::column("x"), params::scalar("n")], types, run)
        .doc("The difference to the value a number of rows before.")
        .example(&["i64 [1, 3, null, 6]", "1"], "i64 [null, 2, null, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let own = args[0].dtype;
    let (input, output) = match own {
        DataType::UInt8 => (DataType::Int16, DataType::Int16),
        DataType::UInt16 => (DataType::Int32, DataType::Int32),
        DataType::UInt32 | DataType::UInt64 => (DataType::Int64, DataType::Int64),
        DataType::Decimal(_, scale) => (own.clone(), DataType::Decimal(38, *scale)),
        DataType::Datetime(unit, _) => (own.clone(), DataType::Duration(*unit)),
        DataType::Date => {
            let unit = TimeUnit::Microseconds;
            (DataType::Datetime(unit, None), DataType::Duration(unit))
        }
        DataType::Time => (DataType::Time, DataType::Duration(TimeUnit::Nanoseconds)),
        DataType::Duration(_) | DataType::Null => (own.clone(), own.clone()),
        number if number.is_numeric() => (number.clone(), number.clone()),
        other => return Err(not_defined(name, "numbers and times", other)),
    };
    Ok(Signature::keep(args, output).with(0, input).with(1, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let before = gather_optional(
        column,
        &rows_before(inputs, |segment| Ok(inputs.integer_of(1, segment).unwrap_or(1)))?,
    )?;
    arithmetic(Arithmetic::Subtract, column, &before, inputs.output)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, dates, texts};

    #[test]
    fn differences() {
        let a = [
            Column::from_options([Some(1i64), Some(4), None, Some(9)]),
            Column::from_vec(vec![1i8, 2, 1, 2]),
        ];
        check(call("diff", [col("a")]), &a, "i64 [null, 3, null, null]");
        check(call("diff", [col("a"), lit(-2)]), &a, "i64 [null, -5, null, null]");
        check(call("diff", [col("a")]).over([col("b")]), &a, "i64 [null, null, null, 5]");
        check(call("diff", [col("a")]), &[Column::from_vec(vec![5u8, 3])], "i16 [null, -2]");
        let a = [dates([Some("2020-01-02"), Some("2020-01-01")])];
        check(call("diff", [col("a")]), &a, "duration[μs] [null, -86400000000]");
        check_error(call("diff", [col("a")]), &[texts([Some("x")])], "InvalidOperation");
    }
}
