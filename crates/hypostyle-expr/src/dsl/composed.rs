//! Methods for names of expressions that are made of others ([`crate::compositions`]).

use super::lit;
use crate::compositions;
use crate::expr::Expr;

impl Expr {
    pub(super) fn composed(self, name: &str, others: impl IntoIterator<Item = Expr>) -> Expr {
        let args: Vec<Expr> = std::iter::once(self).chain(others).collect();
        let composed = compositions::find(name).and_then(|c| c.expand(args.clone()).ok());
        // A wrong call shows where the expression is bound.
        composed.unwrap_or_else(|| Expr::Function { name: name.into(), args })
    }

    /// The `k` values for which another expression is largest.
    pub fn top_k_by(self, by: Expr, k: impl Into<Expr>) -> Expr {
        self.composed("top_k_by", [k.into(), lit(false), by])
    }

    /// The `k` values for which another expression is smallest.
    pub fn bottom_k_by(self, by: Expr, k: impl Into<Expr>) -> Expr {
        self.composed("bottom_k_by", [k.into(), lit(false), by])
    }

    /// Whether two numbers differ by no more than a tolerance, absolute or relative to the larger.
    pub fn is_close(self, other: impl Into<Expr>, abs_tol: f64, rel_tol: f64, nans_equal: bool) -> Expr {
        self.composed("is_close", [other.into(), lit(abs_tol), lit(rel_tol), lit(nans_equal)])
    }

    /// Whether there is a null.
    pub fn has_nulls(self) -> Expr {
        self.composed("has_nulls", [])
    }

    /// The first position of a value, null among them; null if it is not there.
    pub fn index_of(self, element: impl Into<Expr>) -> Expr {
        self.composed("index_of", [element.into()])
    }

    /// The number of different values.
    pub fn approx_n_unique(self) -> Expr {
        self.composed("approx_n_unique", [])
    }

    /// The sum of products with another column.
    pub fn dot(self, other: impl Into<Expr>) -> Expr {
        self.composed("dot", [other.into()])
    }

    /// The entropy of values that are probabilities, or weights to be normalized.
    pub fn entropy(self, base: f64, normalize: bool) -> Expr {
        self.composed("entropy", [lit(base), lit(normalize)])
    }

    /// The one value that there is; more, or none, are an error.
    pub fn item(self) -> Expr {
        self.composed("item", [])
    }

    /// Whether there is no value.
    pub fn is_empty(self) -> Expr {
        self.composed("is_empty", [])
    }

    /// The least value that the type has.
    pub fn lower_bound(self) -> Expr {
        self.composed("lower_bound", [])
    }

    /// The largest value that the type has.
    pub fn upper_bound(self) -> Expr {
        self.composed("upper_bound", [])
    }
}
