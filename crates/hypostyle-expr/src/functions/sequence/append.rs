//! `append(x, other, upcast)`: the values of one column, then those of another, of the type that both have in common, or of
//! the same type where not `upcast`; `append([1], [2, 3]) = [1, 2, 3]`. `extend_constant(x, value, n)`: with one value
//! `n` times at the end.

use hypostyle_core::{Column, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::gather;

use super::super::inputs::at;
use super::super::{Arg, Function, Inputs, Ragged, Signature, common_type, params, same_type};
use super::check_rows;
use crate::types::relaxed_supertype;

/// `append(x, other, upcast)`
pub(super) const APPEND: Function = Function::ragged(
    "append",
    &[params::column("x"), params::values("other"), params::flag("upcast", true)],
    types,
    append,
)
.doc("The values, then those of another column.")
.example(&["i64 [1, null]", "i64 [3, 4]"], "i64 [1, null, 3, 4]");
/// `extend_constant(x, value, n)`
pub(super) const EXTEND_CONSTANT: Function = Function::ragged(
    "extend_constant",
    &[params::column("x"), params::scalar("value"), params::scalar("n")],
    same_type,
    extend_constant,
)
.doc("The values, then one value a number of times.")
.example(&["i64 [1, null]", "7", "2"], "i64 [1, null, 7, 7]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let upcast = args.get(2).and_then(|arg| arg.literal).and_then(|flag| flag.as_bool());
    let common = common_type(&args[..2], relaxed_supertype);
    match common.filter(|common| upcast != Some(false) || common == args[0].dtype) {
        Some(common) => Ok(Signature::keep(args, common.clone()).with(0, common.clone()).with(1, common)),
        None => Err(Error::schema(format!(
            "`{name}` does not put {} below {}; cast one of them",
            args[1].dtype, args[0].dtype
        ))),
    }
}

fn append(inputs: &Inputs<'_>) -> Result<Ragged> {
    let (column, other) = (inputs.column(0), inputs.column(1));
    let both = concat(&[column.clone(), other.clone()])?;
    check_rows(both.len())?;
    let below = column.len() as u32;
    join(inputs, both, |segment| {
        let own = inputs.own_values(1, segment);
        below + own.start as u32..below + own.end as u32
    })
}

fn extend_constant(inputs: &Inputs<'_>) -> Result<Ragged> {
    let column = inputs.column(0);
    let constants = cast(inputs.column(1), column.dtype(), CastMode::NonStrict)?;
    let counts = (0..inputs.segment_count).map(|segment| {
        let count = inputs.integer_of(2, segment).unwrap_or(0);
        usize::try_from(count).map_err(|_| {
            Error::invalid_operation(format!("`{}` takes no negative number of rows", inputs.name))
        })
    });
    let counts = counts.collect::<Result<Vec<usize>>>()?;
    check_rows(counts.iter().fold(column.len(), |all, count| all.saturating_add(*count)))?;
    // The value of each segment, as often as it is wanted.
    let rows = (0..)
        .zip(&counts)
        .flat_map(|(segment, count)| std::iter::repeat_n(at(&constants, segment) as u32, *count));
    let both = concat(&[column.clone(), gather(&constants, &rows.collect::<Vec<u32>>())?])?;
    let mut end = column.len() as u32;
    let ends: Vec<u32> = counts
        .iter()
        .map(|count| {
            end += *count as u32;
            end
        })
        .collect();
    join(inputs, both, |segment| ends[segment] - counts[segment] as u32..ends[segment])
}

/// The rows of each segment and those of `more`, out of `both`.
fn join(inputs: &Inputs<'_>, both: Column, more: impl Fn(usize) -> std::ops::Range<u32>) -> Result<Ragged> {
    if inputs.starts.is_none() {
        let len = both.len() as u32;
        return Ok(Ragged { values: both, starts: vec![0, len] });
    }
    let (mut rows, mut starts) = (Vec::with_capacity(both.len()), vec![0u32]);
    for (segment, range) in inputs.segments().enumerate() {
        rows.extend(range.start as u32..range.end as u32);
        rows.extend(more(segment));
        starts.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather(&both, &rows)?, starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, check_groups};

    #[test]
    fn below() {
        let columns = [Column::from_options([Some(1i64), None]), Column::from_vec(vec![0.5, 2.0])];
        check(call("append", [col("a"), col("b")]), &columns, "f64 [1.0, null, 0.5, 2.0]");
        check(call("append", [col("a"), lit("x")]), &columns, "str [\"1\", null, \"x\"]");
        check(call("append", [col("a"), col("a").drop_nulls()]), &columns, "i64 [1, null, 1]");
        check_error(call("append", [col("a"), col("b"), lit(false)]), &columns, "SchemaMismatch");
        let extend = |value: crate::expr::Expr, n: i64| call("extend_constant", [col("a"), value, lit(n)]);
        check(extend(lit(7), 2), &columns, "i64 [1, null, 7, 7]");
        check(extend(null(), 1), &columns, "i64 [1, null, null]");
        check_error(extend(lit(7), -1), &columns, "InvalidOperation");
    }

    #[test]
    fn of_groups() {
        let a = [Column::from_vec(vec![1i64, 2, 3])];
        let ids = [0, 1, 0];
        check_groups(call("append", [col("a"), col("a").max()]), &a, &ids, "list[i64] [[1, 3, 3], [2, 2]]");
        let extend = call("extend_constant", [col("a"), col("a").min(), crate::dsl::len()]);
        check_groups(extend, &a, &ids, "list[i64] [[1, 3, 1, 1], [2, 2]]");
    }
}
