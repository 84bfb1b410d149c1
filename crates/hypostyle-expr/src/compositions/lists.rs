//! Names of the `list` namespace: expressions over the values of each list.

use hypostyle_core::Error;

use super::{Composition, parts};
use crate::docs::Docs;
use crate::dsl::{call, element, lit, null, when};
use crate::functions::params::{self, Default};

pub(super) static LISTS: &[Composition] = &[
    Composition {
        name: "list.shift",
        docs: Docs::new("The values some places further down.")
            .example(&["list[i64] [[3, 1, null], null, []]", "1"], "list[i64] [[null, 3, 1], null, []]"),
        params: &[params::column("x"), params::optional_or("n", Default::Integer(1))],
        make: |args| {
            let [x, n] = parts(args)?;
            Ok(x.eval_lists(call("shift", [element(), n])))
        },
    },
    Composition {
        name: "list.diff",
        docs: Docs::new("The differences to the values some places before.")
            .example(&["list[i64] [[3, 1, null], null, []]", "1"], "list[i64] [[null, -2, null], null, []]"),
        params: &[params::column("x"), params::optional_or("n", Default::Integer(1))],
        make: |args| {
            let [x, n] = parts(args)?;
            Ok(x.eval_lists(call("diff", [element(), n])))
        },
    },
    Composition {
        name: "list.gather_every",
        docs: Docs::new("Every n-th value from an offset on.")
            .example(&["list[i64] [[3, 1, null], null, []]", "2"], "list[i64] [[3, null], null, []]"),
        params: &[
            params::column("x"),
            params::column("n"),
            params::optional_or("offset", Default::Integer(0)),
        ],
        make: |args| {
            let [x, n, offset] = parts(args)?;
            Ok(x.eval_lists(call("gather_every", [element(), n, offset])))
        },
    },
    Composition {
        name: "list.item",
        docs: Docs::new("The only value of each list; with `allow_empty`, null of an empty list.")
            .example(&["list[i64] [[3], null, []]", "true"], "i64 [3, null, null]"),
        params: &[params::column("x"), params::optional_or("allow_empty", Default::Boolean(false))],
        make: |args| {
            let [x, allow_empty] = parts(args)?;
            Ok(x.aggregate_lists(call("only", [element(), allow_empty]).first()))
        },
    },
    Composition {
        name: "list.filter",
        docs: Docs::new("The values for which a predicate of `element()` holds.")
            .example(&["list[i64] [[3, 1, null], null, []]", "false"], "list[i64] [[], null, []]"),
        params: &[params::column("x"), params::column("predicate")],
        make: |args| {
            let [x, predicate] = parts(args)?;
            Ok(x.eval_lists(element().filter(predicate)))
        },
    },
    Composition {
        name: "list.count_matches",
        docs: Docs::new("How often a value is there.")
            .example(&["list[i64] [[3, 1, null], null, []]", "1"], "u32 [1, null, 0]"),
        params: &[params::column("x"), params::column("element")],
        make: |args| {
            let [x, wanted] = parts(args)?;
            Ok(x.aggregate_lists(element().eq_missing(wanted).sum()))
        },
    },
    Composition {
        name: "list.to_struct",
        docs: Docs::new("The first values as the fields of a struct.").example(
            &["list[i64] [[3, 1, null], null, []]", r#""x""#, r#""y""#],
            "struct[2] [{3, 1}, null, {null, null}]",
        ),
        params: &[params::column("x"), params::columns("fields")],
        make: |args| {
            let mut args = args.into_iter();
            let x = args.next().ok_or_else(|| Error::internal("the number of arguments was checked"))?;
            let value = |place: usize| call("list.get", [x.clone(), lit(place), lit(true)]);
            let names = args.enumerate().flat_map(|(place, name)| [value(place), name]);
            let fields = call("as_struct", names);
            Ok(when(x.clone().is_not_null()).then(fields).otherwise(null()))
        },
    },
];
