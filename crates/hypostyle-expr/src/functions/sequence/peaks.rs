//! `peak_max(x)`, `peak_min(x)`: whether the value is larger, or smaller, than both of its neighbours; beyond the first
//! and the last row lies 0. Null where the value is null, or a neighbour that would decide;
//! `peak_max([1, 3, 2, null]) = [false, true, null, null]`. NaN is larger than every number.

use hypostyle_core::{BooleanBuilder, Column, DataType, Native, PrimitiveArray, Result, with_primitive};

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
        let beats = |value: T, other: T| match largest {
            true => value.total_cmp(&other).is_gt(),
            false => value.total_cmp(&other).is_lt(),
        };
        Ok(match a.validity() {
            None => without_nulls(inputs, a.values(), beats),
            Some(_) => with_nulls(inputs, a, beats),
        })
    }, else |_other| Err(inputs.unplanned()))
}

/// What lies beyond the first and the last row.
fn beyond<T: Native>() -> T {
    T::from_i128(0)
}

fn without_nulls<T: Native>(inputs: &Inputs<'_>, values: &[T], beats: impl Fn(T, T) -> bool) -> Column {
    let beats = &beats;
    let peaks = inputs.segments().flat_map(move |range| {
        let own = &values[range];
        let neighbour =
            move |row: Option<usize>| row.and_then(|row| own.get(row)).copied().unwrap_or_else(beyond);
        (0..own.len()).map(move |row| {
            beats(own[row], neighbour(row.checked_sub(1))) && beats(own[row], neighbour(Some(row + 1)))
        })
    });
    Column::from_bitmap(peaks.collect())
}

fn with_nulls<T: Native>(inputs: &Inputs<'_>, a: &PrimitiveArray<T>, beats: impl Fn(T, T) -> bool) -> Column {
    let mut found = BooleanBuilder::new();
    for range in inputs.segments() {
        for row in range.clone() {
            let before = if row == range.start { Some(beyond()) } else { a.get(row - 1) };
            let after = if row + 1 == range.end { Some(beyond()) } else { a.get(row + 1) };
            let peak = |value: T| {
                let beats = |other: Option<T>| other.map(|other| beats(value, other));
                match (beats(before), beats(after)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    (None, _) | (_, None) => None,
                }
            };
            found.push_option(a.get(row).and_then(peak));
        }
    }
    found.finish()
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
