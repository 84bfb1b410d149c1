//! `over`: an expression computed for each group of rows, and laid back onto the rows.

use hypostyle_core::{Batch, Column, DataType, Error, Result, Schema};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use crate::bind::bind;
use crate::bound::{BoundExpr, Extent};
use crate::expr::{Expr, WindowMapping};
use crate::grouped::{GroupedPlan, group_order, rows_to_lists};

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
        Ok(Self { input, partition_by, order_by, mapping, dtype, grouped })
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
        let sorted = gather_batch(batch, &order.rows)?;
        let mut parts = Vec::with_capacity(count);
        for bounds in order.offsets.windows(2) {
            let (start, end) = (bounds[0] as usize, bounds[1] as usize);
            let group = sorted.slice(start, end - start);
            parts.push(self.input.evaluate(&group)?);
        }
        if parts.iter().all(|p| p.scalar) {
            let columns: Vec<Column> = parts.into_iter().map(|p| p.column).collect();
            return gather(&concat(&columns)?, &groups.ids);
        }
        let columns: Vec<Column> = parts.into_iter().map(|p| p.column).collect();
        if self.mapping == WindowMapping::Join {
            return gather(&rows_to_lists(&columns)?, &groups.ids);
        }
        for (column, bounds) in columns.iter().zip(order.offsets.windows(2)) {
            let rows = (bounds[1] - bounds[0]) as usize;
            if column.len() != rows {
                return Err(Error::compute(format!(
                    "a window expression gives {} values for a group of {rows} rows; \
                     use an aggregate, or mapping_strategy=\"join\" for lists",
                    column.len()
                )));
            }
        }
        let values = concat(&columns)?;
        let mut back = vec![0u32; len];
        for (position, row) in order.rows.iter().enumerate() {
            back[*row as usize] = position as u32;
        }
        gather(&values, &back)
    }
}
