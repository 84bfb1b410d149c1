//! `is_unique`, `is_duplicated`, `is_first_distinct`, `is_last_distinct`: how often a value is there, or
//! whether this row is its first or last. Null and NaN are values; `is_duplicated([1, null, 1]) = [true,
//! false, true]`.

use hypostyle_core::{Column, Result};

use super::super::{Function, Inputs, params, to_boolean};
use super::groups;

/// `is_unique(x)`
pub(super) const IS_UNIQUE: Function = make("is_unique", |i| run(i, |value, _| value.count == 1))
    .doc("Whether the value is there once.")
    .example(&["i64 [1, 2, 1, null]"], "bool [false, true, false, true]");
/// `is_duplicated(x)`
pub(super) const IS_DUPLICATED: Function = make("is_duplicated", |i| run(i, |value, _| value.count > 1))
    .doc("Whether the value is there more than once.")
    .example(&["i64 [1, 2, 1, null]"], "bool [true, false, true, false]");
/// `is_first_distinct(x)`
pub(super) const IS_FIRST_DISTINCT: Function =
    make("is_first_distinct", |i| run(i, |value, row| value.first == row))
        .doc("Whether the row is the first with its value.")
        .example(&["i64 [1, 2, 1, null]"], "bool [true, true, false, true]");
/// `is_last_distinct(x)`
pub(super) const IS_LAST_DISTINCT: Function =
    make("is_last_distinct", |i| run(i, |value, row| value.last == row))
        .doc("Whether the row is the last with its value.")
        .example(&["i64 [1, 2, 1, null]"], "bool [false, true, true, true]");

const fn make(name: &'static str, run: fn(&Inputs<'_>) -> Result<Column>) -> Function {
    Function::by_segment(name, params::UNARY, to_boolean, run)
}

/// How often a value is there, and where.
#[derive(Clone, Copy, Debug)]
struct Occurrences {
    count: u32,
    first: u32,
    last: u32,
}

fn run(inputs: &Inputs<'_>, test: fn(Occurrences, u32) -> bool) -> Result<Column> {
    let groups = groups(inputs)?;
    let mut values: Vec<Occurrences> =
        groups.first.iter().map(|row| Occurrences { count: 0, first: *row, last: *row }).collect();
    for (row, id) in groups.ids.iter().enumerate() {
        let value = &mut values[*id as usize];
        value.count += 1;
        value.last = row as u32;
    }
    let bits = groups.ids.iter().enumerate().map(|(row, id)| test(values[*id as usize], row as u32));
    Ok(Column::from_bitmap(bits.collect()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::check;

    #[test]
    fn occurrences() {
        let columns = [
            Column::from_options([Some(1.0), None, Some(f64::NAN), Some(1.0), Some(f64::NAN)]),
            Column::from_vec(vec![1i8, 1, 1, 2, 1]),
        ];
        check(col("a").is_unique(), &columns, "bool [false, true, false, false, false]");
        check(col("a").is_duplicated(), &columns, "bool [true, false, true, true, true]");
        check(call("is_first_distinct", [col("a")]), &columns, "bool [true, true, true, false, false]");
        check(call("is_last_distinct", [col("a")]), &columns, "bool [false, true, false, true, true]");
        check(col("a").is_unique().over([col("b")]), &columns, "bool [true, true, false, true, false]");
    }
}
