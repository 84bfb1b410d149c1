//! Methods of data frames: each is a lazy query that is collected at once.

use hypostyle_core::{DataFrame, Result};
use hypostyle_expr::Expr;

use crate::lazy::{JoinArgs, LazyFrame, SortOptions};

/// Queries on a data frame.
pub trait DataFrameOps: Sized {
    /// A query that reads this frame.
    fn lazy(self) -> LazyFrame;

    /// Keeps the rows for which the predicate is true.
    fn filter(self, predicate: Expr) -> Result<DataFrame> {
        self.lazy().filter(predicate).collect()
    }

    /// Computes columns.
    fn select(self, exprs: impl IntoIterator<Item = Expr>) -> Result<DataFrame> {
        self.lazy().select(exprs).collect()
    }

    /// Adds or replaces columns.
    fn with_columns(self, exprs: impl IntoIterator<Item = Expr>) -> Result<DataFrame> {
        self.lazy().with_columns(exprs).collect()
    }

    /// Pairs rows whose keys are equal.
    fn join(
        self,
        other: DataFrame,
        left_on: impl IntoIterator<Item = Expr>,
        right_on: impl IntoIterator<Item = Expr>,
        args: JoinArgs,
    ) -> Result<DataFrame> {
        self.lazy().join(other.lazy(), left_on, right_on, args).collect()
    }

    /// Sorts by columns.
    fn sort<'a>(self, by: impl IntoIterator<Item = &'a str>, options: SortOptions) -> Result<DataFrame> {
        self.lazy().sort(by, options).collect()
    }
}

impl DataFrameOps for DataFrame {
    fn lazy(self) -> LazyFrame {
        self.into()
    }
}
