//! Aggregates of each list: `list.sum` and its kin, as the aggregates of the same names are over a group; an
//! empty list is a group without rows; `list.sum([[1, 2], [], null]) = [3, 0, null]`.

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Inputs, Param, Signature, params};
use super::{Lists, inner_type};
use crate::aggregates::{self, Aggregate, Ids};

const WITH_NULLS: &[Param] = &[params::column("x"), params::flag("ignore_nulls", true)];
const WITH_DDOF: &[Param] = &[params::column("x"), params::integer("ddof", 1)];

/// `list.first(x)`
pub(super) const FIRST: Function = Function::new(
    "list.first",
    params::UNARY,
    |name, args| types(&aggregates::FIRST, name, args),
    |i| run(&aggregates::FIRST, i),
)
.doc("The first value.")
.example(&["list[i64] [[3, 1, null], null, []]"], "i64 [3, null, null]");
/// `list.last(x)`
pub(super) const LAST: Function = Function::new(
    "list.last",
    params::UNARY,
    |name, args| types(&aggregates::LAST, name, args),
    |i| run(&aggregates::LAST, i),
)
.doc("The last value.")
.example(&["list[i64] [[3, 1, null], null, []]"], "i64 [null, null, null]");
/// `list.sum(x)`
pub(super) const SUM: Function = Function::new(
    "list.sum",
    params::UNARY,
    |name, args| types(&aggregates::Sum, name, args),
    |i| run(&aggregates::Sum, i),
)
.doc("The sum of the values.")
.sql(&["array_sum"])
.example(&["list[i64] [[3, 1, null], null, []]"], "i64 [4, null, 0]");
/// `list.min(x)`
pub(super) const MIN: Function = Function::new(
    "list.min",
    params::UNARY,
    |name, args| types(&aggregates::MIN, name, args),
    |i| run(&aggregates::MIN, i),
)
.doc("The smallest value.")
.sql(&["list_min", "array_lower"])
.example(&["list[i64] [[3, 1, null], null, []]"], "i64 [1, null, null]");
/// `list.max(x)`
pub(super) const MAX: Function = Function::new(
    "list.max",
    params::UNARY,
    |name, args| types(&aggregates::MAX, name, args),
    |i| run(&aggregates::MAX, i),
)
.doc("The largest value.")
.sql(&["list_max", "array_upper"])
.example(&["list[i64] [[3, 1, null], null, []]"], "i64 [3, null, null]");
/// `list.mean(x)`
pub(super) const MEAN: Function = Function::new(
    "list.mean",
    params::UNARY,
    |name, args| types(&aggregates::Mean, name, args),
    |i| run(&aggregates::Mean, i),
)
.doc("The mean of the values.")
.sql(&["list_avg", "array_mean"])
.example(&["list[i64] [[3, 1, null], null, []]"], "f64 [2.0, null, null]");
/// `list.median(x)`
pub(super) const MEDIAN: Function = Function::new(
    "list.median",
    params::UNARY,
    |name, args| types(&aggregates::MEDIAN, name, args),
    |i| run(&aggregates::MEDIAN, i),
)
.doc("The median of the values.")
.sql(&["list_median"])
.example(&["list[i64] [[3, 1, null], null, []]"], "f64 [2.0, null, null]");
/// `list.n_unique(x)`
pub(super) const N_UNIQUE: Function = Function::new(
    "list.n_unique",
    params::UNARY,
    |name, args| types(&aggregates::NUnique, name, args),
    |i| run(&aggregates::NUnique, i),
)
.doc("The number of different values.")
.example(&["list[i64] [[3, 1, null], null, []]"], "u32 [3, null, 0]");
/// `list.any(x, ignore_nulls)`
pub(super) const ANY: Function = Function::new(
    "list.any",
    WITH_NULLS,
    |name, args| types(&aggregates::ANY, name, args),
    |i| run(&aggregates::ANY, i),
)
.doc("Whether any value is true.")
.example(&["list[bool] [[true, null], [null], []]"], "bool [true, false, false]");
/// `list.all(x, ignore_nulls)`
pub(super) const ALL: Function = Function::new(
    "list.all",
    WITH_NULLS,
    |name, args| types(&aggregates::ALL, name, args),
    |i| run(&aggregates::ALL, i),
)
.doc("Whether all values are true.")
.example(&["list[bool] [[true, null], [null], [false]]"], "bool [true, true, false]");
/// `list.arg_min(x)`
pub(super) const ARG_MIN: Function = Function::new(
    "list.arg_min",
    params::UNARY,
    |name, args| types(&aggregates::ARG_MIN, name, args),
    |i| run(&aggregates::ARG_MIN, i),
)
.doc("The position of the smallest value.")
.example(&["list[i64] [[3, 1, null], null, []]"], "u32 [1, null, null]");
/// `list.arg_max(x)`
pub(super) const ARG_MAX: Function = Function::new(
    "list.arg_max",
    params::UNARY,
    |name, args| types(&aggregates::ARG_MAX, name, args),
    |i| run(&aggregates::ARG_MAX, i),
)
.doc("The position of the largest value.")
.example(&["list[i64] [[3, 1, null], null, []]"], "u32 [0, null, null]");
/// `list.std(x, ddof)`
pub(super) const STD: Function = Function::new(
    "list.std",
    WITH_DDOF,
    |name, args| types(&aggregates::STD, name, args),
    |i| run(&aggregates::STD, i),
)
.doc("The standard deviation of the values.")
.sql(&["list_stddev_samp"])
.example(&["list[i64] [[3, 1, null], null, []]"], "f64 [1.4142135623730951, null, null]");
/// `list.var(x, ddof)`
pub(super) const VAR: Function = Function::new(
    "list.var",
    WITH_DDOF,
    |name, args| types(&aggregates::VAR, name, args),
    |i| run(&aggregates::VAR, i),
)
.doc("The variance of the values.")
.sql(&["list_var_samp"])
.example(&["list[i64] [[3, 1, null], null, []]"], "f64 [2.0, null, null]");

/// The signature of the aggregate for the values of the lists.
fn inner_signature(aggregate: &dyn Aggregate, inner: &DataType, options: &[Arg<'_>]) -> Result<Signature> {
    let value = Arg { dtype: inner, dynamic: false, literal: None, scalar: false };
    let args: Vec<Arg<'_>> = std::iter::once(value).chain(options.iter().copied()).collect();
    aggregate.signature(&args)
}

fn types(aggregate: &dyn Aggregate, name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let signature = inner_signature(aggregate, inner_type(name, args)?, &args[1..])?;
    Ok(Signature::keep(args, signature.output))
}

fn run(aggregate: &dyn Aggregate, inputs: &Inputs<'_>) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let options: Vec<Scalar> = inputs.args[1..].iter().map(|a| a.column.get(0)).collect();
    let infos: Vec<Arg<'_>> = options
        .iter()
        .map(|o| Arg { dtype: &o.dtype, dynamic: false, literal: Some(o), scalar: true })
        .collect();
    let signature = inner_signature(aggregate, lists.values.dtype(), &infos)?;
    let values = cast(&lists.values, &signature.args[0], CastMode::Strict)?;
    let constants: Vec<Option<Scalar>> = std::iter::once(None).chain(options.into_iter().map(Some)).collect();
    let mut state = aggregate.state(&signature.args, &signature.output, &constants)?;
    state.resize(lists.len());
    let args: Vec<Column> =
        std::iter::once(values).chain(inputs.args[1..].iter().map(|a| a.column.clone())).collect();
    state.update(&args, Ids::Each(&lists.ids()), lists.values.len())?;
    Ok(lists.one_each(state.finish()?))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, lists, texts};

    #[test]
    fn of_each_list() {
        let a = [lists([Some(&[Some(3), Some(1), None, Some(1)]), Some(&[]), None, Some(&[Some(2)])])];
        for (name, expected) in [
            ("first", "i64 [3, null, null, 2]"),
            ("last", "i64 [1, null, null, 2]"),
            ("sum", "i64 [5, 0, null, 2]"),
            ("min", "i64 [1, null, null, 2]"),
            ("max", "i64 [3, null, null, 2]"),
            ("mean", "f64 [1.6666666666666667, null, null, 2.0]"),
            ("median", "f64 [1.0, null, null, 2.0]"),
            ("n_unique", "u32 [3, 0, null, 1]"),
            ("any", "bool [true, false, null, true]"),
            ("all", "bool [true, true, null, true]"),
            ("arg_min", "u32 [1, null, null, 0]"),
            ("arg_max", "u32 [0, null, null, 0]"),
            ("var", "f64 [1.3333333333333335, null, null, null]"),
        ] {
            check(call(&format!("list.{name}"), [col("a")]), &a, expected);
        }
        check(call("list.var", [col("a"), lit(0i8)]), &a, "f64 [0.888888888888889, null, null, 0.0]");
        check(col("a").list().sum(), &[a[0].slice(1, 3)], "i64 [0, null, 2]");
        let parts = [texts([Some("b,a"), None])];
        check(col("a").str().split(",").list().max(), &parts, "str [\"b\", null]");
        check_error(col("a").str().split(",").list().sum(), &parts, "InvalidOperation");
    }
}
