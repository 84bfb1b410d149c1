//! Names for expressions made of others: `top_k` is the beginning of a sort. A call becomes the expression that it stands
//! for when it is made, so that nothing behind this knows of them.

use std::collections::HashMap;
use std::f64::consts::E;
use std::sync::OnceLock;

use hypostyle_core::{DataType, Error, Result};

use crate::dsl::{call, lit, max_horizontal, null, when};
use crate::expr::Expr;
use crate::functions::params::{self, Default, check_count};
use crate::functions::{Param, ParamKind};

/// A name for an expression made of others.
#[derive(Debug)]
pub struct Composition {
    name: &'static str,
    params: &'static [Param],
    make: fn(Vec<Expr>) -> Result<Expr>,
}

impl Composition {
    /// The name.
    pub fn name(&self) -> &'static str {
        self.name
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

impl Expr {
    /// As many rows as an expression says.
    fn first_rows(self, n: Expr) -> Expr {
        call("slice", [self, lit(0), n])
    }
}

/// Every composition.
static CATALOG: &[Composition] = &[
    // The `k` largest values, nulls last.
    Composition {
        name: "top_k",
        params: &[params::column("x"), params::optional_or("k", Default::Integer(5))],
        make: |args| best(args, true),
    },
    // The `k` smallest values, nulls last.
    Composition {
        name: "bottom_k",
        params: &[params::column("x"), params::optional_or("k", Default::Integer(5))],
        make: |args| best(args, false),
    },
    // The values for which another expression is largest.
    Composition {
        name: "top_k_by",
        params: &[params::column("x"), params::scalar("k"), params::scalar("reverse"), params::columns("by")],
        make: |args| best_by(args, true),
    },
    // The values for which another expression is smallest.
    Composition {
        name: "bottom_k_by",
        params: &[params::column("x"), params::scalar("k"), params::scalar("reverse"), params::columns("by")],
        make: |args| best_by(args, false),
    },
    // Whether two numbers differ by no more than a tolerance, as Python's `math.isclose` has it.
    Composition {
        name: "is_close",
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
    // Whether there is a null.
    Composition {
        name: "has_nulls",
        params: params::UNARY,
        make: |args| {
            let [x] = parts(args)?;
            Ok(x.null_count().gt(lit(0)))
        },
    },
    // The first position of a value, null among them; null if it is not there.
    Composition {
        name: "index_of",
        params: &[params::column("x"), params::scalar("element")],
        make: |args| {
            let [x, element] = parts(args)?;
            let found = x.eq_missing(element);
            Ok(when(found.clone().any()).then(found.arg_max()).otherwise(null()))
        },
    },
    // The number of different values: exact.
    Composition {
        name: "approx_n_unique",
        params: params::UNARY,
        make: |args| {
            let [x] = parts(args)?;
            Ok(x.n_unique())
        },
    },
    // The sum of products.
    Composition {
        name: "dot",
        params: &[params::column("x"), params::column("other")],
        make: |args| {
            let [x, other] = parts(args)?;
            Ok((x * other).sum())
        },
    },
    // The entropy of values that are probabilities, or weights to be normalized.
    Composition {
        name: "entropy",
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

/// The composition of a name, if there is one.
pub fn find(name: &str) -> Option<&'static Composition> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Composition>> = OnceLock::new();
    BY_NAME.get_or_init(|| CATALOG.iter().map(|c| (c.name, c)).collect()).get(name).copied()
}

/// The names of all compositions, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = CATALOG.iter().map(|c| c.name).collect();
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
        assert!(find("top_k").unwrap().expand(Vec::new()).is_err());
    }
}
