//! Aggregates of each list: `list.sum` and its kin, as the aggregates of the same names are over a group; an
//! empty list is a group without rows; `list.sum([[1, 2], [], null]) = [3, 0, null]`.

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Inputs, Signature};
use super::{Lists, inner_type};
use crate::aggregates::{Ids, find};

/// `list.first(x)`
pub(super) const FIRST: Function = make("list.first");
/// `list.last(x)`
pub(super) const LAST: Function = make("list.last");
/// `list.sum(x)`
pub(super) const SUM: Function = make("list.sum");
/// `list.min(x)`
pub(super) const MIN: Function = make("list.min");
/// `list.max(x)`
pub(super) const MAX: Function = make("list.max");
/// `list.mean(x)`
pub(super) const MEAN: Function = make("list.mean");
/// `list.median(x)`
pub(super) const MEDIAN: Function = make("list.median");
/// `list.n_unique(x)`
pub(super) const N_UNIQUE: Function = make("list.n_unique");
/// `list.any(x)`
pub(super) const ANY: Function = make("list.any");
/// `list.all(x)`
pub(super) const ALL: Function = make("list.all");
/// `list.arg_min(x)`
pub(super) const ARG_MIN: Function = make("list.arg_min");
/// `list.arg_max(x)`
pub(super) const ARG_MAX: Function = make("list.arg_max");
/// `list.std(x, ddof)`
pub(super) const STD: Function = make("list.std");
/// `list.var(x, ddof)`
pub(super) const VAR: Function = make("list.var");

const fn make(name: &'static str) -> Function {
    Function::new(name, 1..=2, types, run)
}

/// The aggregate that a function stands for.
fn aggregate(name: &str) -> &str {
    name.trim_start_matches("list.")
}

/// The signature of the aggregate for the values of the lists.
fn inner_signature(name: &str, inner: &DataType, options: &[Arg<'_>]) -> Result<Signature> {
    let value = Arg { dtype: inner, dynamic: false, literal: None, scalar: false };
    let args: Vec<Arg<'_>> = std::iter::once(value).chain(options.iter().copied()).collect();
    find(aggregate(name))?.signature(&args)
}

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let signature = inner_signature(name, inner_type(name, args)?, &args[1..])?;
    Ok(Signature::keep(args, signature.output))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let options: Vec<Scalar> = inputs.args[1..].iter().map(|a| a.column.get(0)).collect();
    let infos: Vec<Arg<'_>> = options
        .iter()
        .map(|o| Arg { dtype: &o.dtype, dynamic: false, literal: Some(o), scalar: true })
        .collect();
    let signature = inner_signature(inputs.name, lists.values.dtype(), &infos)?;
    let values = cast(&lists.values, &signature.args[0], CastMode::Strict)?;
    let constants: Vec<Option<Scalar>> = std::iter::once(None).chain(options.into_iter().map(Some)).collect();
    let mut state = find(aggregate(inputs.name))?.state(&signature.args, &signature.output, &constants)?;
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
