//! `mode(x)`: the values that are there most often, all of them where several are; `unique_counts(x)`: how often each
//! value is there; `value_counts(x, values, counts, sort, normalize)`: both as a struct with fields of these names, the
//! most frequent first where `sort` is true, as parts of all rows where `normalize` is. All in order of the values'
//! first rows; null and NaN are values; `mode([1, 2, 2]) = [2]`.

use std::cmp::Reverse;

use hypostyle_core::{Array, Column, DataType, Field, Result, Schema, StructArray};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::Groups;

use super::super::{Arg, Function, Inputs, Ragged, Signature, literal_text, params, same_type, to_index};
use super::{group_starts, groups};

/// `mode(x)`
pub(super) const MODE: Function = Function::ragged("mode", params::UNARY, same_type, |i| {
    let Counted { first, counts, starts } = Counted::of(i)?;
    let (mut rows, mut ends) = (Vec::new(), vec![0u32]);
    for bounds in starts.windows(2) {
        let own = bounds[0] as usize..bounds[1] as usize;
        let most = counts[own.clone()].iter().max().copied();
        rows.extend(own.filter(|value| Some(counts[*value]) == most).map(|value| first[value]));
        ends.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather(i.column(0), &rows)?, starts: ends })
})
.doc("The values that are there most often.")
.example(&["i64 [1, 2, 2, null]"], "i64 [2]");
/// `unique_counts(x)`
pub(super) const UNIQUE_COUNTS: Function = Function::ragged("unique_counts", params::UNARY, to_index, |i| {
    let Counted { counts, starts, .. } = Counted::of(i)?;
    Ok(Ragged { values: Column::from_vec(counts), starts })
})
.doc("How often each value is there, in order of the first rows.")
.example(&[r#"str ["a", "b", "a", null]"#], "u32 [2, 1, 1]");

/// `value_counts(x, values, counts, sort, normalize)`
pub(super) const VALUE_COUNTS: Function = Function::ragged(
    "value_counts",
    &[
        params::column("x"),
        params::text_or("values", "value"),
        params::text_or("counts", "count"),
        params::flag("sort", false),
        params::flag("normalize", false),
    ],
    value_counts_types,
    value_counts,
)
.doc("Each value and how often it is there.")
.example(&["i64 [1, null, 1]"], "struct[2] [{1, 2}, {null, 1}]");

fn value_counts_types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let normalize = args.get(4).and_then(|arg| arg.literal).and_then(|flag| flag.as_bool());
    let count = if normalize == Some(true) { DataType::Float64 } else { DataType::UInt32 };
    let name = |i: usize, default: &'static str| literal_text(args, i).unwrap_or(default).to_owned();
    let fields =
        vec![Field::new(name(1, "value"), args[0].dtype.clone()), Field::new(name(2, "count"), count)];
    Schema::try_new(fields.clone())?;
    Ok(Signature::keep(args, DataType::Struct(fields)))
}

fn value_counts(inputs: &Inputs<'_>) -> Result<Ragged> {
    let Counted { mut first, mut counts, starts } = Counted::of(inputs)?;
    if inputs.flag(3) {
        for bounds in starts.windows(2) {
            let own = bounds[0] as usize..bounds[1] as usize;
            let mut order: Vec<usize> = own.clone().collect();
            order.sort_by_key(|value| Reverse(counts[*value]));
            let sorted = order.iter().map(|value| (first[*value], counts[*value])).collect::<Vec<_>>();
            for (value, (row, count)) in own.zip(sorted) {
                (first[value], counts[value]) = (row, count);
            }
        }
    }
    let len = first.len();
    let counts = match inputs.flag(4) {
        false => Column::from_vec(counts),
        true => {
            let rows = inputs.segments().map(|range| range.len() as f64);
            let parts = rows.zip(starts.windows(2)).flat_map(|(rows, bounds)| {
                counts[bounds[0] as usize..bounds[1] as usize]
                    .iter()
                    .map(move |count| f64::from(*count) / rows)
            });
            Column::from_vec(parts.collect::<Vec<f64>>())
        }
    };
    let fields = StructArray::try_new(vec![gather(inputs.column(0), &first)?, counts], len, None)?;
    Ok(Ragged { values: Column::try_new(inputs.output.clone(), Array::Struct(fields))?, starts })
}

/// The different values of every segment.
struct Counted {
    /// The first row of each.
    first: Vec<u32>,
    /// How often each is there.
    counts: Vec<u32>,
    /// Where the values of each segment start, and the end.
    starts: Vec<u32>,
}

impl Counted {
    fn of(inputs: &Inputs<'_>) -> Result<Self> {
        let Groups { ids, first } = groups(inputs)?;
        let mut counts = vec![0u32; first.len()];
        ids.iter().for_each(|id| counts[*id as usize] += 1);
        let starts = group_starts(inputs, &first);
        Ok(Self { first, counts, starts })
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, check_groups};

    #[test]
    fn how_often() {
        let a = [Column::from_options([Some(1i64), None, Some(2), None, Some(2), Some(3)])];
        check(call("mode", [col("a")]), &a, "i64 [null, 2]");
        check(call("unique_counts", [col("a")]), &a, "u32 [1, 2, 2, 1]");
        let ids = [0, 1, 0, 1, 0, 1];
        check_groups(call("mode", [col("a")]), &a, &ids, "list[i64] [[2], [null]]");
        check_groups(call("unique_counts", [col("a")]), &a, &ids, "list[u32] [[1, 2], [2, 1]]");
        check(call("mode", [col("a")]), &[a[0].slice(0, 0)], "i64 []");
    }
    #[test]
    fn values_and_counts() {
        let a = [Column::from_options([Some(1i64), None, Some(2), None, Some(2), None])];
        let counts = |sort: bool, normalize: bool| {
            call("value_counts", [col("a"), lit("a"), lit("n"), lit(sort), lit(normalize)])
        };
        check(counts(false, false), &a, "struct[2] [{1, 1}, {null, 3}, {2, 2}]");
        check(
            counts(true, true),
            &a,
            "struct[2] [{null, 0.5}, {2, 0.3333333333333333}, {1, 0.16666666666666666}]",
        );
        let groups = "list[struct[2]] [[{2, 2}, {1, 1}], [{null, 3}]]";
        check_groups(counts(true, false), &a, &[0, 1, 0, 1, 0, 1], groups);
        check_error(call("value_counts", [col("a"), lit("n"), lit("n")]), &a, "Duplicate");
    }
}
