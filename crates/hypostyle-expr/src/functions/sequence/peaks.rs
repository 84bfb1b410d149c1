//! `peak_max(x)`, `peak_min(x)`: whether the value is larger, or smaller, than both of its neighbours; beyond the first
//! and the last row lies 0. Null where the value is null, or a neighbour that would decide;
//! `peak_max([1, 3, 2, null]) = [false, true, null, null]`. NaN is larger than every number.

use hypostyle_core::{BooleanBuilder, Column, DataType, Native, Result, with_primitive};

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};

/// `peak_max(x)`
pub(super) const PEAK_MAX: Function =
    Function::by_segment("peak_max", params::UNARY, types, |i| run(i, true))
        .doc("Whether the value is larger than both of its neighbours.")
        .example(&["i64 [1, 3, 2, 4]"], "bool [false, true, false, true]");
/// `peak_min(x)`
pub(super) const PEAK_MIN: Function =
    Function::by_segment("peak_min", params::UNARY, types, |i| run(i, false))
        .doc("Whether the value is smaller than both of its neighbours.")
        .example(&["i64 [1, -3, 2, 4]"], "bool [false, true, false, false]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let signature = Signature::keep(args, DataType::Boolean);
    match args[0].dtype {
        DataType::Boolean | DataType::Null => Ok(signature.with(0, DataType::UInt8)),
        dtype if dtype.is_numeric() || dtype.is_temporal() => Ok(signature),
        other => Err(not_defined(name, "numbers and times", other)),
    }
}

fn run(inputs: &Inputs<'_>, largest: bool) -> Result<Column> {
    with_primitive!(inputs.column(0).array(), |a: T| {
        let mut found = BooleanBuilder::new();
        let beats = |value: T, other: Option<T>| {
            other.map(|other| match largest {
                true => value.total_cmp(&other).is_gt(),
                false => value.total_cmp(&other).is_lt(),
            })
        };
        for range in inputs.segments() {
            for row in range.clone() {
                let zero = Some(T::from_i128(0));
                let before = if row == range.start { zero } else { a.get(row - 1) };
                let after = if row + 1 == range.end { zero } else { a.get(row + 1) };
                found.push_option(a.get(row).and_then(|value| match (beats(value, before), beats(value, after)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    (None, _) | (_, None) => None,
                }));
            }
        }
        Ok(found.finish())
    }, else |_other| Err(inputs.unplanned()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{booleans, check, check_error, texts};

    #[test]
    fn neighbours() {
        let a =
            [Column::from_options([Some(1i64), Some(2), Some(2), Some(3), Some(1), None, Some(5), Some(4)])];
        let peaks = "bool [false, false, false, true, false, null, null, false]";
        check(call("peak_max", [col("a")]), &a, peaks);
        let dips = "bool [false, false, false, false, null, null, false, false]";
        check(call("peak_min", [col("a")]), &a, dips);
        let a = [Column::from_vec(vec![1.0, f64::NAN, -0.5])];
        check(call("peak_max", [col("a")]), &a, "bool [false, true, false]");
        check(call("peak_min", [col("a")]), &a, "bool [false, false, true]");
        check(
            call("peak_max", [col("a")]),
            &[booleans([Some(true), Some(false), None])],
            "bool [true, false, null]",
        );
        check(call("peak_max", [col("a")]), &[Column::from_vec(vec![-1i8])], "bool [false]");
        check_error(call("peak_max", [col("a")]), &[texts([None])], "InvalidOperation");
    }

    #[test]
    fn in_windows() {
        let columns =
            [Column::from_vec(vec![1u8, 9, 2, 8, 1, 7]), Column::from_vec(vec![1i8, 2, 1, 2, 1, 2])];
        let over = call("peak_max", [col("a")]).over([col("b")]);
        check(over, &columns, "bool [false, true, true, false, false, false]");
    }
}
