//! `hist(x, bins, bin_count, include_category, include_breakpoint)`: how many values lie between each two of ascending
//! `bins`, the first of which has its left end, too; without `bins` between the ends of `bin_count` ranges of one width
//! from the smallest to the largest value, 10 where that is not given. With the right end and a text of each range
//! where asked for, in a struct; `hist([1, 2, 3], [1, 2, 4]) = [2, 1]`.

use hypostyle_core::{Array, Column, DataType, Error, Field, Result, Scalar, StringBuilder, StructArray};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::compare::numbers;
use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Ragged, Signature, not_defined, params};

/// `hist(x, bins, bin_count, include_category, include_breakpoint)`
pub(super) const HIST: Function = Function::ragged(
    "hist",
    &[
        params::column("x"),
        params::option("bins", OptionType::Any, Default::Null),
        params::option("bin_count", OptionType::Integer, Default::Null),
        params::flag("include_category", false),
        params::flag("include_breakpoint", false),
    ],
    types,
    run,
)
.doc("How many values lie between each two of ascending numbers.")
.example(&["i64 [1, 2, null, 3]", "[1, 2, 4]"], "u32 [2, 1]");

const DEFAULT_BINS: usize = 10;

/// The bins of a call, where it has them.
fn bins(name: &str, given: Option<&Scalar>) -> Result<Option<Vec<f64>>> {
    let Some(given) = given.filter(|given| !given.is_null()) else { return Ok(None) };
    let bins = numbers(name, "bins", Some(given))?;
    match bins.windows(2).all(|pair| pair[0] < pair[1]) {
        true => Ok(Some(bins)),
        false => Err(Error::compute(format!("`bins` of `{name}` must increase"))),
    }
}

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let literal = |i: usize| args.get(i).and_then(|arg| arg.literal);
    let flag = |i: usize| literal(i).and_then(|flag| flag.as_bool()) == Some(true);
    if !args[0].dtype.is_numeric() && *args[0].dtype != DataType::Null {
        return Err(not_defined(name, "numbers", args[0].dtype));
    }
    if bins(name, literal(1))?.is_some() && literal(2).is_some_and(|count| !count.is_null()) {
        return Err(Error::compute(format!("`{name}` takes `bins` or `bin_count`, not both")));
    }
    let breakpoint = flag(4).then(|| Field::new("breakpoint", DataType::Float64));
    let category = flag(3).then(|| Field::new("category", DataType::Categorical));
    let mut fields: Vec<Field> = breakpoint.into_iter().chain(category).collect();
    let output = match fields.is_empty() {
        true => DataType::UInt32,
        false => {
            fields.push(Field::new("count", DataType::UInt32));
            DataType::Struct(fields)
        }
    };
    Ok(Signature::keep(args, output).with(0, DataType::Float64))
}

/// The ends of so many ranges between values.
fn ranges(values: impl Iterator<Item = f64> + Clone, count: usize) -> Vec<f64> {
    if count == 0 {
        return Vec::new();
    }
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = match (low <= high, low < high) {
        (false, _) => (0.0, 1.0),
        (true, false) => (low - 0.5, low + 0.5),
        (true, true) => (low, high),
    };
    let width = (high - low) / count as f64;
    (0..count).map(|i| low + width * i as f64).chain([high]).collect()
}

/// A number with six decimals at most.
fn text(value: f64) -> String {
    format!("{:?}", (value * 1e6).round() / 1e6)
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let values = inputs.column(0).expect_primitive::<f64>()?;
    let given = bins(inputs.name, inputs.args.get(1).map(|arg| arg.column.get(0)).as_ref())?;
    let count = match inputs.integer(2) {
        None => DEFAULT_BINS,
        Some(count) => usize::try_from(count)
            .map_err(|_| Error::compute(format!("`bin_count` of `{}` is no negative number", inputs.name)))?,
    };
    let mut texts = StringBuilder::new();
    let (mut ends, mut counts, mut starts) = (Vec::new(), Vec::new(), vec![0u32]);
    for range in inputs.segments() {
        let known = range.filter_map(|row| values.get(row)).filter(|value| !value.is_nan());
        let edges = given.clone().unwrap_or_else(|| ranges(known.clone(), count));
        let mut own = vec![0u32; edges.len().saturating_sub(1)];
        for value in known {
            let place = edges.partition_point(|edge| *edge < value);
            // The first range has its left end.
            let place = if edges.first() == Some(&value) { 1 } else { place };
            if let Some(count) = place.checked_sub(1).and_then(|place| own.get_mut(place)) {
                *count += 1;
            }
        }
        for (i, pair) in edges.windows(2).enumerate() {
            texts.push(&format!("{}{}, {}]", if i == 0 { '[' } else { '(' }, text(pair[0]), text(pair[1])));
        }
        ends.extend(edges.into_iter().skip(1));
        counts.extend(own);
        starts.push(counts.len() as u32);
    }
    let DataType::Struct(fields) = inputs.output else {
        return Ok(Ragged { values: Column::from_vec(counts), starts });
    };
    let len = counts.len();
    let categories = cast(&texts.finish(), &DataType::Categorical, CastMode::Strict)?;
    let mut columns = vec![Column::from_vec(ends), categories, Column::from_vec(counts)].into_iter();
    let mut of = |name: &str| columns.next().filter(|_| fields.iter().any(|field| &*field.name == name));
    let columns = ["breakpoint", "category", "count"].into_iter().filter_map(&mut of).collect();
    let array = StructArray::try_new(columns, len, None)?;
    Ok(Ragged { values: Column::try_new(inputs.output.clone(), Array::Struct(array))?, starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, list, lit, null};
    use crate::testing::{check, check_error, texts};

    /// Values of Polars 2.1.0.
    #[test]
    fn counts() {
        let a = [Column::from_options([Some(1i64), Some(2), Some(3), Some(3), Some(10), None])];
        check(call("hist", [col("a"), list([1, 3, 5])]), &a, "u32 [4, 0]");
        check(call("hist", [col("a"), null(), lit(4)]), &a, "u32 [4, 0, 0, 1]");
        check(call("hist", [col("a")]), &a, "u32 [1, 1, 2, 0, 0, 0, 0, 0, 0, 1]");
        let both = call("hist", [col("a"), null(), lit(2), lit(true), lit(true)]);
        check(both, &a, r#"struct[3] [{5.5, "[1.0, 5.5]", 4}, {10.0, "(5.5, 10.0]", 1}]"#);
        let ends = call("hist", [col("a"), list([1, 3]), null(), lit(false), lit(true)]);
        check(ends, &a, "struct[2] [{3.0, 4}]");
        check(call("hist", [col("a"), null(), lit(2)]), &[Column::from_vec(vec![2i8, 2])], "u32 [2, 0]");
        check(call("hist", [col("a"), null(), lit(0)]), &a, "u32 []");
        check(call("hist", [col("a"), null(), lit(3)]), &[a[0].slice(5, 1)], "u32 [0, 0, 0]");
        check_error(call("hist", [col("a"), list([2, 1])]), &a, "Compute");
        check_error(call("hist", [col("a"), list([1, 2]), lit(3)]), &a, "Compute");
        check_error(call("hist", [col("a")]), &[texts([None])], "InvalidOperation");
    }
}
