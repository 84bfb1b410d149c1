//! `over`: an expression computed for each group of rows, and laid back onto the rows.
//!
//! Most expressions are computed for all groups at once ([`crate::segments`]); what is left is evaluated
//! group by group.

use hypostyle_core::{Batch, Column, DataType, Error, Result, Schema};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::select::broadcast;
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use crate::bind::bind;
use crate::bound::{BoundExpr, Extent};
use crate::expr::{Expr, WindowMapping};
use crate::grouped::{GroupOrder, GroupedPlan, group_order, rows_to_lists, segments_to_lists};
use crate::segments::{Per, Segments, shape};

/// A bound `over`.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    input: BoundExpr,
    partition_by: Vec<BoundExpr>,
    order_by: Option<(BoundExpr, SortOrder)>,
    mapping: WindowMapping,
    dtype: DataType,
    /// The input as aggregates of all groups at once, where it is one value a group.
    grouped: Option<GroupedPlan>,
    /// What the input has a value for, where it can be computed for all groups at once.
    shape: Option<Per>,
}

impl Window {
    pub(crate) fn bind(
        input: &Expr,
        partition_by: &[Expr],
        order_by: Option<&(std::sync::Arc<Expr>, bool, bool)>,
        mapping: WindowMapping,
        schema: &Schema,
    ) -> Result<Self> {
        let expr = input;
        let input = bind(expr, schema)?;
        let grouped = match input.extent() {
            Extent::Scalar => Some(GroupedPlan::new(std::slice::from_ref(expr), schema)?),
            _ => None,
        };
        let dtype = match mapping {
            WindowMapping::Join if input.extent() != Extent::Scalar => DataType::list(input.dtype().clone()),
            _ => input.dtype().clone(),
        };
        let order_by = order_by
            .map(|(by, descending, nulls_last)| {
                Ok::<_, Error>((
                    bind(by, schema)?,
                    SortOrder { descending: *descending, nulls_last: *nulls_last },
                ))
            })
            .transpose()?;
        let partition_by = partition_by.iter().map(|e| bind(e, schema)).collect::<Result<_>>()?;
        let shape = shape(&input);
        Ok(Self { input, partition_by, order_by, mapping, dtype, grouped, shape })
    }

    pub(crate) fn dtype(&self) -> &DataType {
        &self.dtype
    }

    pub(crate) fn input_columns(&self, out: &mut Vec<usize>) {
        self.input.input_columns(out);
        self.partition_by.iter().for_each(|e| e.input_columns(out));
        if let Some((by, _)) = &self.order_by {
            by.input_columns(out);
        }
    }

    /// One value for each row of the batch.
    pub(crate) fn evaluate(&self, batch: &Batch) -> Result<Column> {
        let len = batch.len();
        if len == 0 {
            return Ok(Column::empty(self.dtype.clone()));
        }
        let keys = self
            .partition_by
            .iter()
            .map(|e| e.evaluate(batch)?.into_rows(len))
            .collect::<Result<Vec<_>>>()?;
        let groups = group_rows(&keys, len)?;
        let count = groups.first.len();
        if let (Some(grouped), None) = (&self.grouped, &self.order_by) {
            return gather(&grouped.evaluate(batch, &groups.ids, count)?, &groups.ids);
        }
        // Rows in order of their groups; within a group in order of the frame, or of `order_by`.
        let mut order = group_order(&groups.ids, count);
        if let Some((by, options)) = &self.order_by {
            let by = by.evaluate(batch)?.into_rows(len)?;
            let sorted = sort_indices(&[(by, *options)], len);
            let ids: Vec<u32> = sorted.iter().map(|row| groups.ids[*row as usize]).collect();
            let within = group_order(&ids, count);
            order.rows = within.rows.iter().map(|i| sorted[*i as usize]).collect();
        }
        let sorted = self.sort_inputs(batch, &order)?;
        if self.shape.is_some() {
            return self.at_once(&sorted, &order, &groups.ids);
        }
        self.group_by_group(&sorted, &order, &groups.ids)
    }

    /// The batch with the columns that the input reads in order of the groups; the others are left as they
    /// are.
    fn sort_inputs(&self, batch: &Batch, order: &GroupOrder) -> Result<Batch> {
        if in_place(order) {
            return Ok(batch.clone());
        }
        let mut used = Vec::new();
        self.input.input_columns(&mut used);
        if used.len() == batch.columns().len() {
            return gather_batch(batch, &order.rows);
        }
        let mut columns = batch.columns().to_vec();
        for i in used {
            columns[i] = gather(&columns[i], &order.rows)?;
        }
        Batch::try_new(columns, batch.len())
    }

    fn at_once(&self, sorted: &Batch, order: &GroupOrder, ids: &[u32]) -> Result<Column> {
        let sorted_ids: Vec<u32> = order.rows.iter().map(|row| ids[*row as usize]).collect();
        let segments = Segments { batch: sorted, starts: &order.offsets, ids: &sorted_ids };
        let (values, per) = segments.evaluate(&self.input)?;
        match per {
            Per::All => broadcast(&values, ids.len()),
            Per::Group => gather(&values, ids),
            Per::Row if self.mapping == WindowMapping::Join => {
                gather(&segments_to_lists(values, &order.offsets)?, ids)
            }
            Per::Row => lay_back(&values, order),
        }
    }

    fn group_by_group(&self, sorted: &Batch, order: &GroupOrder, ids: &[u32]) -> Result<Column> {
        let mut parts = Vec::with_capacity(order.offsets.len());
        for bounds in order.offsets.windows(2) {
            let (start, end) = (bounds[0] as usize, bounds[1] as usize);
            let group = sorted.slice(start, end - start);
            parts.push(self.input.evaluate(&group)?);
        }
        let scalars = parts.iter().all(|p| p.scalar);
        let columns: Vec<Column> = parts.into_iter().map(|p| p.column).collect();
        if scalars {
            return gather(&concat(&columns)?, ids);
        }
        if self.mapping == WindowMapping::Join {
            return gather(&rows_to_lists(&columns)?, ids);
        }
        for (column, bounds) in columns.iter().zip(order.offsets.windows(2)) {
            let rows = (bounds[1] - bounds[0]) as usize;
            if column.len() != rows {
                return Err(Error::shape(format!(
                    "a window expression gives {} values for a group of {rows} rows; \
                     use an aggregate, or mapping_strategy=\"join\" for lists",
                    column.len()
                )));
            }
        }
        lay_back(&concat(&columns)?, order)
    }
}

/// Whether rows are in order of their groups already, as in a table sorted by them.
fn in_place(order: &GroupOrder) -> bool {
    order.rows.iter().enumerate().all(|(position, row)| position == *row as usize)
}

/// Values in order of the groups, brought to the rows that they belong to.
fn lay_back(values: &Column, order: &GroupOrder) -> Result<Column> {
    if in_place(order) {
        return Ok(values.clone());
    }
    let mut back = vec![0u32; order.rows.len()];
    for (position, row) in order.rows.iter().enumerate() {
        back[*row as usize] = position as u32;
    }
    gather(values, &back)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Batch, Column};

    use super::*;
    use crate::dsl::{self, call, col, lit};
    use crate::testing::{check, evaluate, shown, texts};

    fn columns() -> Vec<Column> {
        let n = 200i64;
        vec![
            Column::from_options((0..n).map(|i| (i % 11 != 3).then_some(i * 7919 % 83 - 40))),
            Column::from_vec((0..n).map(|i| i * i % 37).collect::<Vec<i64>>()),
            Column::from_vec((0..n).map(|i| i * 31 % n).collect::<Vec<i64>>()),
        ]
    }

    /// At once and group by group give the same.
    #[test]
    fn both_ways_agree() {
        let columns = columns();
        let fields = ["a", "b", "c"].map(|n| hypostyle_core::Field::new(n, DataType::Int64)).to_vec();
        let schema = Schema::try_new(fields).unwrap();
        let batch = Batch::try_new(columns.clone(), columns[0].len()).unwrap();
        let a = || col("a");
        let list = |flag: bool| dsl::list([flag]);
        for expr in [
            a().shift(2),
            call("shift", [a(), lit(-1), lit(7)]),
            a().cum_sum(false),
            a().cum_sum(true),
            call("cum_max", [a()]),
            call("cum_count", [a()]),
            call("diff", [a()]),
            call("rank", [a(), lit("dense"), lit(true)]),
            call("rank", [a()]),
            a().reverse(),
            a().sort(true, true),
            call("arg_sort", [a()]),
            call("sort_by", [a(), list(true), list(false), col("c")]),
            call("forward_fill", [a()]),
            call("backward_fill", [a(), lit(1)]),
            a().is_duplicated(),
            call("is_last_distinct", [a()]),
            a() - a().mean(),
            a() * 2 + col("c").max() - dsl::len(),
            dsl::when(a().gt(a().first())).then(a().shift(1)).otherwise(lit(0)),
            (a() - a().shift(1)).cum_sum(false).fill_null(a().min()),
            a().sum() + a().first(),
            lit(5),
        ] {
            for order_by in [None, Some((std::sync::Arc::new(col("c")), true, false))] {
                let keys = [col("b")];
                let mapping = WindowMapping::GroupToRows;
                let mut window = Window::bind(&expr, &keys, order_by.as_ref(), mapping, &schema).unwrap();
                assert!(window.shape.is_some(), "{expr}");
                window.grouped = None;
                let at_once = window.evaluate(&batch).unwrap();
                window.shape = None;
                assert_eq!(shown(&at_once), shown(&window.evaluate(&batch).unwrap()), "{expr}");
            }
        }
    }

    #[test]
    fn what_has_no_shape_is_still_right() {
        let columns = [Column::from_vec(vec![3i64, 1, 2, 5]), texts([Some("x"), Some("y"), Some("x"), None])];
        check(col("a").filter(col("a").gt(2)).sum().over([col("b")]), &columns, "i64 [3, 0, 3, 5]");
        let nested = (col("a") - col("a").max().over([col("b")])).min().over([col("b")]);
        check(nested, &columns, "i64 [-1, 0, -1, 0]");
        let short = evaluate(&col("a").head(1).over([col("b")]), &columns);
        assert!(short.unwrap_err().to_string().contains("gives 1 values for a group of 2 rows"));
    }

    #[test]
    fn groups_as_lists() {
        let columns = [Column::from_vec(vec![3i64, 1, 2]), Column::from_vec(vec![1i64, 2, 1])];
        let lists = Expr::Over {
            input: std::sync::Arc::new(col("a").shift(1)),
            partition_by: vec![col("b")],
            order_by: None,
            mapping: WindowMapping::Join,
        };
        check(lists, &columns, "list[i64] [[null, 3], [null], [null, 3]]");
    }
}
