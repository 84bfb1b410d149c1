//! Expressions over ranges of rows that may overlap: windows of time around every row, and groups of time.

use hypostyle_core::{Batch, Column, Error, Result};
use hypostyle_kernels::select::broadcast;
use hypostyle_kernels::time_windows::{TimeScale, rolling};

use super::parallel::{PIECE_ROWS, concat_with};
use super::{Cardinality, Frame, Segments, Value};
use crate::bound::BoundExpr;
use crate::rolling::RollingRule;
use crate::tasks::{Inline, Tasks, map};

/// What expressions give for ranges of a batch's rows, which may overlap: one value for each, or a list of values.
pub fn evaluate_ranges(
    exprs: &[BoundExpr],
    batch: &Batch,
    starts: &[u32],
    lengths: &[u32],
    tasks: &dyn Tasks,
) -> Result<Vec<Column>> {
    // Ranges side by side that leave nothing out need no copies of rows.
    let mut bounds = Vec::with_capacity(starts.len() + 1);
    bounds.push(0u32);
    for (start, length) in starts.iter().zip(lengths) {
        match bounds.last() {
            Some(end) if end == start => bounds.push(start + length),
            _ => break,
        }
    }
    let is_adjacent =
        bounds.len() == starts.len() + 1 && bounds.last().is_some_and(|end| *end as usize == batch.len());
    if is_adjacent {
        let frame = Frame { batch, segments: Segments::Adjacent(&bounds), tasks };
        return exprs.iter().map(|expr| frame.one_for_each(expr)).collect();
    }
    exprs.iter().map(|expr| over_ranges(expr, batch, starts, lengths, tasks)).collect()
}

/// What an expression gives for each range. Their rows are copied for some ranges at a time, so that memory does not grow
/// with how far they overlap; threads share the pieces.
fn over_ranges(
    expr: &BoundExpr,
    batch: &Batch,
    starts: &[u32],
    lengths: &[u32],
    tasks: &dyn Tasks,
) -> Result<Column> {
    let mut pieces = Vec::new();
    let (mut first, mut rows) = (0, 0);
    for (i, length) in lengths.iter().enumerate() {
        rows += *length as usize;
        if rows >= PIECE_ROWS || i + 1 == lengths.len() {
            pieces.push(first..i + 1);
            (first, rows) = (i + 1, 0);
        }
    }
    if pieces.len() <= 1 {
        return Frame { batch, segments: Segments::Ranges { starts, lengths }, tasks }.one_for_each(expr);
    }
    let columns = map(tasks, pieces.len(), |i| {
        let (starts, lengths) = (&starts[pieces[i].clone()], &lengths[pieces[i].clone()]);
        Frame { batch, segments: Segments::Ranges { starts, lengths }, tasks: &Inline }.one_for_each(expr)
    })?;
    concat_with(tasks, &columns)
}

impl Frame<'_> {
    /// What an expression gives for the window of each row, within its segment.
    pub(super) fn rolling(&self, input: &BoundExpr, index: &BoundExpr, rule: &RollingRule) -> Result<Value> {
        if let Segments::Ranges { .. } = self.segments {
            let (batch, starts) = self.expanded_batch()?;
            let frame = Frame { batch: &batch, segments: Segments::Adjacent(&starts), tasks: self.tasks };
            let column = frame.rolling(input, index, rule)?.column;
            return Ok(Value { column, cardinality: Cardinality::Ragged(starts.into()) });
        }
        let len = self.batch.len();
        let value = self.evaluate(index)?;
        let index = match value.cardinality {
            Cardinality::PerRow => value.column,
            Cardinality::Scalar => broadcast(&value.column, len)?,
            Cardinality::PerSegment | Cardinality::Ragged(_) => {
                return Err(Error::shape(
                    "the column that windows are over has another length than the rows",
                ));
            }
        };
        if index.null_count() > 0 {
            return Err(Error::compute(
                "the column that windows are over has nulls; fill or drop them first",
            ));
        }
        let places = TimeScale::places(&index)?;
        let places = places.expect_primitive::<i64>()?.values();
        let whole = [0, len as u32];
        let bounds = match self.segments {
            Segments::Adjacent(starts) => starts,
            Segments::Whole | Segments::Ranges { .. } => &whole,
        };
        let (mut starts, mut lengths) = (Vec::with_capacity(len), Vec::with_capacity(len));
        for bounds in bounds.windows(2) {
            let own = &places[bounds[0] as usize..bounds[1] as usize];
            if !own.is_sorted() {
                return Err(Error::invalid_operation(
                    "the column that windows are over is not in ascending order; sort by it first",
                ));
            }
            for (start, end) in rolling(own, &rule.scale, &rule.period, rule.offset.as_ref(), rule.closed)? {
                starts.push(bounds[0] + start);
                lengths.push(end - start);
            }
        }
        let column = over_ranges(input, self.batch, &starts, &lengths, self.tasks)?;
        Ok(Value { column, cardinality: Cardinality::PerRow })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hypostyle_core::Column;

    use crate::dsl::{col, lit};
    use crate::expr::Expr;
    use crate::rolling::RollingWindow;
    use crate::testing::{check, check_error};

    fn rolling(input: Expr, period: &str, offset: Option<&str>) -> Expr {
        let window =
            RollingWindow { period: period.into(), offset: offset.map(Into::into), closed: "right".into() };
        Expr::Rolling { input: Arc::new(input), index: Arc::new(col("a")), window }
    }

    /// Values of Polars 2.1.0.
    #[test]
    fn windows_of_rows() {
        let columns = [
            Column::from_vec(vec![1i64, 2, 2, 4, 9]),
            Column::from_vec(vec![1i64, 2, 3, 4, 5]),
            Column::from_vec(vec![1i8, 1, 1, 2, 2]),
        ];
        check(rolling(col("b").sum(), "2i", None), &columns, "i64 [1, 6, 6, 4, 5]");
        check(rolling(col("b"), "2i", None), &columns, "list[i64] [[1], [1, 2, 3], [1, 2, 3], [4], [5]]");
        let mixed = col("b") - rolling(col("b").mean(), "2i", None);
        check(mixed, &columns, "f64 [0.0, 0.0, 1.0, 0.0, 0.0]");
        check(rolling(col("b").sum(), "3i", Some("0i")), &columns, "i64 [9, 4, 4, 0, 0]");
        check(rolling(lit(3), "3i", None), &columns, "i32 [3, 3, 3, 3, 3]");
        check(rolling(col("b").sum(), "8i", None).over([col("c")]), &columns, "i64 [1, 6, 6, 4, 9]");
        let empty: Vec<Column> = columns.iter().map(|column| column.slice(0, 0)).collect();
        check(rolling(col("b").sum(), "2i", None), &empty, "i64 []");
    }

    /// More rows than a piece has, and as many windows as rows.
    #[test]
    fn windows_that_overlap_far() {
        let rows = 2_000i64;
        let columns = [Column::from_vec((0..rows).collect()), Column::from_vec(vec![1i64; rows as usize])];
        let equal =
            rolling(col("b").sum(), "500i", None).eq(crate::dsl::min_horizontal([col("a") + 1, lit(500i64)]));
        check(equal.all(), &columns, "bool [true]");
    }

    #[test]
    fn what_windows_are_not_over() {
        let b = Column::from_vec(vec![1i64, 2]);
        let sum = || rolling(col("b").sum(), "2i", None);
        check_error(sum(), &[Column::from_vec(vec![2i64, 1]), b.clone()], "InvalidOperation");
        check_error(sum(), &[Column::from_options([Some(2i64), None]), b.clone()], "Compute");
        check_error(sum(), &[Column::from_vec(vec![1.0, 2.0]), b.clone()], "InvalidOperation");
        check_error(rolling(col("b"), "-2i", None), &[b.clone(), b], "Compute");
    }
}
