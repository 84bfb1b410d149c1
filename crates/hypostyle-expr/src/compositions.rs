//! Names for expressions made of others: `top_k` is the beginning of a sort. A call becomes the expression that it
//! stands for when it is made, so that nothing behind this knows of them.

mod arrays;
mod lists;

use std::collections::HashMap;
use std::f64::consts::E;
use std::sync::OnceLock;

use hypostyle_core::{DataType, Error, Result};

use crate::docs::Docs;
use crate::dsl::{call, lit, max_horizontal, null, when};
use crate::expr::Expr;
use crate::functions::params::{self, Default, check_count};
use crate::functions::{OptionType, Param, ParamKind};

/// A name for an expression made of others.
#[derive(Debug)]
pub struct Composition {
    name: &'static str,
    docs: Docs,
    params: &'static [Param],
    make: fn(Vec<Expr>) -> Result<Expr>,
}

impl Composition {
    /// The name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What people read of it.
    pub fn docs(&self) -> &Docs {
        &self.docs
    }

    /// The parameters, in order. All that have a default may be left out.
    pub fn params(&self) -> &'static [Param] {
        self.params
    }

    /// The expression that a call stands for.
    pub fn expand(&self, mut args: Vec<Expr>) -> Result<Expr> {
        let missing = self.params.iter().skip(args.len()).filter_map(|param| match param.kind {
            ParamKind::OptionalColumn(Default::Integer(value)) => Some(lit(value)),
            ParamKind::OptionalColumn(Default::Float(value)) => Some(lit(value)),
            ParamKind::OptionalColumn(Default::Boolean(value)) => Some(lit(value)),
            _ => None,
        });
        args.extend(missing);
        check_count(self.name, self.params, args.len())?;
        (self.make)(args)
    }
}

/// Takes the arguments of a call apart.
fn parts<const N: usize>(args: Vec<Expr>) -> Result<[Expr; N]> {
    args.try_into().map_err(|_| Error::internal("the number of arguments was checked"))
}

/// Sorted values, the largest or smallest first, nulls last.
fn best(args: Vec<Expr>, largest: bool) -> Result<Expr> {
    let [x, k] = parts(args)?;
    Ok(x.sort(largest, true).first_rows(k))
}

/// Values in the order of others, the largest or smallest first. `reverse` has a flag for each of them.
fn best_by(args: Vec<Expr>, largest: bool) -> Result<Expr> {
    let mut args = args.into_iter();
    let (Some(x), Some(k), Some(reverse)) = (args.next(), args.next(), args.next()) else {
        return Err(Error::internal("the number of arguments was checked"));
    };
    let descending = match &reverse {
        Expr::Literal(literal) => flags(literal, largest)?,
        _ => return Err(Error::invalid_operation("`reverse` is a constant, the same for all rows")),
    };
    let nulls_last = crate::dsl::list([true]);
    Ok(call("sort_by", [x, descending, nulls_last].into_iter().chain(args)).first_rows(k))
}

/// The flags of a literal, each turned round where the largest come first.
fn flags(literal: &crate::expr::Literal, largest: bool) -> Result<Expr> {
    use hypostyle_core::Value;
    let scalar = crate::bind::literal_scalar(literal, None);
    let flip = |value: &Value| match value {
        Value::Boolean(flag) => Ok(*flag != largest),
        _ => Err(Error::invalid_operation("`reverse` takes booleans")),
    };
    let flags = match &scalar.value {
        Value::List(items) => items.iter().map(flip).collect::<Result<Vec<bool>>>()?,
        one => vec![flip(one)?],
    };
    Ok(crate::dsl::list(flags))
}

/// The number of each row. A column that is made of another has its number of rows.
fn row_numbers(x: Expr) -> Expr {
    x.is_null().cum_count(false) - lit(1)
}

impl Expr {
    /// As many rows as an expression says.
    fn first_rows(self, n: Expr) -> Expr {
        call("slice", [self, lit(0), n])
    }
}

/// Every composition.
static CATALOG: &[Composition] = &[
    Composition {
        name: "top_k",
        docs: Docs::new("The `k` largest values, nulls last.")
            .example(&["i64 [3, null, 1, 2]", "2"], "i64 [3, 2]"),
        params: &[params::column("x"), params::optional_or("k", Default::Integer(5))],
        make: |args| best(args, true),
    },
    Composition {
        name: "bottom_k",
        docs: Docs::new("The `k` smallest values, nulls last.")
            .example(&["i64 [3, null, 1, 2]", "2"], "i64 [1, 2]"),
        params: &[params::column("x"), params::optional_or("k", Default::Integer(5))],
        make: |args| best(args, false),
    },
    Composition {
        name: "top_k_by",
        docs: Docs::new("The values for which another expression is largest.")
            .example(&[r#"str ["a", "b", "c"]"#, "2", "false", "i64 [2, null, 1]"], r#"str ["a", "c"]"#),
        params: &[params::column("x"), params::scalar("k"), params::scalar("reverse"), params::columns("by")],
        make: |args| best_by(args, true),
    },
    Composition {
        name: "bottom_k_by",
        docs: Docs::new("The values for which another expression is smallest.")
            .example(&[r#"str ["a", "b", "c"]"#, "2", "false", "i64 [2, null, 1]"], r#"str ["c", "a"]"#),
        params: &[params::column("x"), params::scalar("k"), params::scalar("reverse"), params::columns("by")],
        make: |args| best_by(args, false),
    },
    Composition {
        name: "is_close",
        docs: Docs::new(
            "Whether two numbers differ by no more than a tolerance, as Python's `math.isclose` has it.",
        )
        .example(&["f64 [1.0, 1.1, null]", "1.0"], "bool [true, false, null]"),
        params: &[
            params::column("x"),
            params::column("other"),
            params::optional_or("abs_tol", Default::Float(0.0)),
            params::optional_or("rel_tol", Default::Float(1e-9)),
            params::optional_or("nans_equal", Default::Boolean(false)),
        ],
        make: |args| {
            let [x, other, abs_tol, rel_tol, nans_equal] = parts(args)?;
            let largest = max_horizontal([x.clone().abs(), other.clone().abs()]);
            let allowed = max_horizontal([largest * rel_tol, abs_tol]);
            let near = (x.clone() - other.clone()).abs().lt_eq(allowed);
            let finite = call("is_finite", [x.clone()]).and(call("is_finite", [other.clone()]));
            let same = x.clone().eq(other).and(x.is_not_nan().or(nans_equal));
            Ok(near.and(finite).or(same))
        },
    },
    Composition {
        name: "has_nulls",
        docs: Docs::new("Whether there is a null.").example(&["i64 [1, null]"], "bool [true]"),
        params: params::UNARY,
        make: |args| {
            let [x] = parts(args)?;
            Ok(x.null_count().gt(lit(0)))
        },
    },
    Composition {
        name: "is_empty",
        docs: Docs::new("Whether there is no value, or none that is not null.")
            .example(&["i64 [null]"], "bool [false]"),
        params: &[params::column("x"), params::optional_or("ignore_nulls", Default::Boolean(false))],
        make: |args| {
            let [x, ignore_nulls] = parts(args)?;
            let counted = match ignore_nulls {
                Expr::Literal(_) if ignore_nulls == lit(true) => x.count(),
                _ => x.is_null().count(),
            };
            Ok(counted.eq(lit(0)))
        },
    },
    Composition {
        name: "item",
        docs: Docs::new(
            "The one value that there is; it is an error if there are more or, unless that is allowed, none.",
        )
        .example(&["i64 [7]"], "i64 [7]"),
        params: &[params::column("x"), params::optional_or("allow_empty", Default::Boolean(false))],
        make: |args| Ok(call("only", args).first()),
    },
    Composition {
        name: "lower_bound",
        docs: Docs::new("The least value that the type has.").example(&["i8 [1, 2]"], "i8 [-128]"),
        params: params::UNARY,
        make: |args| Ok(call("lowest", args).first()),
    },
    Composition {
        name: "upper_bound",
        docs: Docs::new("The largest value that the type has.").example(&["i8 [1, 2]"], "i8 [127]"),
        params: params::UNARY,
        make: |args| Ok(call("highest", args).first()),
    },
    Composition {
        name: "index_of",
        docs: Docs::new("The first position of a value, null among them; null if it is not there.")
            .example(&["i64 [5, null, 7]", "7"], "u32 [2]"),
        params: &[params::column("x"), params::scalar("element")],
        make: |args| {
            let [x, element] = parts(args)?;
            let found = x.eq_missing(element);
            Ok(when(found.clone().any()).then(found.arg_max()).otherwise(null()))
        },
    },
    Composition {
        name: "row_index",
        docs: Docs::new("The number of each row, from 0 on.")
            .example(&["str [\"a\", null, \"b\"]"], "u32 [0, 1, 2]"),
        params: params::UNARY,
        make: |args| {
            let [x] = parts(args)?;
            Ok(row_numbers(x))
        },
    },
    Composition {
        name: "arg_sort_by",
        docs: Docs::new("The row numbers that put rows in the order of expressions.")
            .example(&["[false]", "[false]", "i64 [3, null, 1]"], "u32 [1, 2, 0]"),
        params: &[
            params::option("descending", OptionType::Booleans, Default::Required),
            params::option("nulls_last", OptionType::Booleans, Default::Required),
            params::columns("by"),
        ],
        make: |args| {
            let rows = args.get(2).cloned().map(row_numbers);
            let rows =
                rows.ok_or_else(|| Error::invalid_operation("`arg_sort_by` takes an expression at least"))?;
            Ok(call("sort_by", std::iter::once(rows).chain(args)))
        },
    },
    Composition {
        name: "approx_n_unique",
        docs: Docs::new("The number of different values: exact.")
            .example(&["i64 [1, 1, null, 3]"], "u32 [3]"),
        params: params::UNARY,
        make: |args| {
            let [x] = parts(args)?;
            Ok(x.n_unique())
        },
    },
    Composition {
        name: "dot",
        docs: Docs::new("The sum of products.").example(&["i64 [1, 2, null]", "i64 [3, 4, 5]"], "i64 [11]"),
        params: &[params::column("x"), params::column("other")],
        make: |args| {
            let [x, other] = parts(args)?;
            Ok((x * other).sum())
        },
    },
    Composition {
        name: "entropy",
        docs: Docs::new("The entropy of values that are probabilities, or weights to be normalized.")
            .example(&["f64 [1.0, 3.0, null]"], "f64 [0.5623351446188083]"),
        params: &[
            params::column("x"),
            params::optional_or("base", Default::Float(E)),
            params::optional_or("normalize", Default::Boolean(true)),
        ],
        make: |args| {
            let [x, base, normalize] = parts(args)?;
            let total = when(normalize).then(x.clone().sum().cast(DataType::Float64)).otherwise(lit(1.0));
            let share = x / total;
            Ok(-(share.clone() * call("log", [share, base])).sum())
        },
    },
];

/// Those of columns, of lists and of arrays.
fn all() -> impl Iterator<Item = &'static Composition> {
    CATALOG.iter().chain(lists::LISTS).chain(arrays::arrays())
}

/// The composition of a name, if there is one.
pub fn find(name: &str) -> Option<&'static Composition> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Composition>> = OnceLock::new();
    BY_NAME.get_or_init(|| all().map(|c| (c.name, c)).collect()).get(name).copied()
}

/// The names of all compositions, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = all().map(|c| c.name).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use super::*;
    use crate::dsl::{col, list};
    use crate::testing::check;

    fn composed(name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
        find(name).unwrap().expand(args.into_iter().collect()).unwrap()
    }

    #[test]
    fn what_they_stand_for() {
        let a = [
            Column::from_options([Some(2i64), None, Some(5), Some(3)]),
            Column::from_vec(vec![1i64, 2, 3, 4]),
        ];
        check(composed("top_k", [col("a"), lit(2)]), &a, "i64 [5, 3]");
        check(composed("bottom_k", [col("a")]), &a, "i64 [2, 3, 5, null]");
        check(composed("top_k_by", [col("a"), lit(2), lit(false), col("b")]), &a, "i64 [3, 5]");
        check(composed("bottom_k_by", [col("a"), lit(2), list([true]), col("b")]), &a, "i64 [3, 5]");
        check(composed("has_nulls", [col("a")]), &a, "bool [true]");
        check(composed("index_of", [col("a"), lit(5)]), &a, "u32 [2]");
        check(composed("index_of", [col("a"), null()]), &a, "u32 [1]");
        check(composed("index_of", [col("a"), lit(7)]), &a, "u32 [null]");
        check(composed("approx_n_unique", [col("a")]), &a, "u32 [4]");
        check(composed("dot", [col("a"), col("b")]), &a, "i64 [29]");
        let a = [Column::from_options([Some(1.0), Some(1.0 + 1e-12), Some(2.0), Some(f64::NAN), None])];
        let close = |nans: bool| composed("is_close", [col("a"), lit(1.0), lit(0.0), lit(1e-9), lit(nans)]);
        check(close(false), &a, "bool [true, true, false, false, null]");
        let a = [Column::from_vec(vec![0.2, 0.3])];
        check(composed("entropy", [col("a")]), &a, "f64 [0.6730116670092565]");
        let l = [crate::testing::lists([Some(&[Some(3), Some(1), None, Some(1)]), Some(&[]), None])];
        let of = |name: &str, args: &[Expr]| composed(name, [&[col("a")], args].concat());
        check(of("list.shift", &[]), &l, "list[i64] [[null, 3, 1, null], [], null]");
        check(of("list.diff", &[lit(2)]), &l, "list[i64] [[null, null, null, 0], [], null]");
        check(of("list.gather_every", &[lit(2), lit(1)]), &l, "list[i64] [[1, 1], [], null]");
        check(of("list.filter", &[crate::dsl::element().gt(lit(1))]), &l, "list[i64] [[3], [], null]");
        check(of("list.count_matches", &[lit(1)]), &l, "u32 [2, 0, null]");
        check(of("list.count_matches", &[null()]), &l, "u32 [1, 0, null]");
        let second = call("struct.field", [of("list.to_struct", &[lit("x"), lit("y")]), lit("y")]);
        check(second, &l, "i64 [1, null, null]");
        let array = call("list.to_array", [col("a"), lit(2)]);
        let pairs = [crate::testing::lists([Some(&[Some(3), Some(1)]), None])];
        check(composed("arr.sum", [array.clone()]), &pairs, "i64 [4, null]");
        check(composed("arr.get", [array.clone(), lit(-1)]), &pairs, "i64 [1, null]");
        check(composed("arr.sort", [array.clone()]), &pairs, "array[i64, 2] [[1, 3], null]");
        check(composed("arr.shift", [array]), &pairs, "array[i64, 2] [[null, 3], null]");
        assert!(find("top_k").unwrap().expand(Vec::new()).is_err());
    }
}
