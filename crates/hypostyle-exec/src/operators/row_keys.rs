//! Keys beside rows that are kept until all are there: of a sort, or of a join's build side. Those that are no columns
//! are computed morsel by morsel, by all workers.

use hypostyle_core::Schema;
use hypostyle_core::{Batch, Column, DataType, Result};
use hypostyle_expr::{BoundExpr, Expr, bind};

/// Where the keys of rows are.
#[derive(Clone, Debug)]
enum Place {
    /// A column of the rows.
    Own(usize),
    /// A column put behind them.
    Behind(usize),
    /// Nowhere, until all rows are there: it depends on others than its own.
    Last(BoundExpr),
}

/// The keys of rows.
#[derive(Clone, Debug)]
pub(crate) struct RowKeys {
    /// The columns of the rows.
    width: usize,
    places: Vec<Place>,
    /// What is computed of each row and put behind it.
    computed: Vec<BoundExpr>,
}

impl RowKeys {
    /// These keys of rows of a schema.
    pub(crate) fn new<'a>(keys: impl IntoIterator<Item = &'a Expr>, schema: &Schema) -> Result<Self> {
        let mut computed = Vec::new();
        let place = |key: &Expr| {
            let bound = bind(key, schema)?;
            if let Some(position) = bound.as_column() {
                return Ok(Place::Own(position));
            }
            if !key.is_row_separable() {
                return Ok(Place::Last(bound));
            }
            computed.push(bound);
            Ok(Place::Behind(schema.len() + computed.len() - 1))
        };
        let places = keys.into_iter().map(place).collect::<Result<_>>()?;
        Ok(Self { width: schema.len(), places, computed })
    }

    /// The types of the columns behind those of the rows.
    pub(crate) fn types(&self) -> impl Iterator<Item = DataType> {
        self.computed.iter().map(|key| key.dtype().clone())
    }

    /// Rows with their keys behind them.
    pub(crate) fn put_behind(&self, batch: Batch) -> Result<Batch> {
        if self.computed.is_empty() {
            return Ok(batch);
        }
        let len = batch.len();
        let keys = self.computed.iter().map(|key| key.evaluate(&batch)?.into_rows(len));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        let mut columns = batch.into_columns();
        columns.extend(keys);
        Batch::try_new(columns, len)
    }

    /// Rows without the keys behind them.
    pub(crate) fn without(&self, batch: Batch) -> Batch {
        if self.computed.is_empty() { batch } else { batch.project(&(0..self.width).collect::<Vec<_>>()) }
    }

    /// All rows, and their keys.
    pub(crate) fn split(&self, batch: Batch) -> Result<(Batch, Vec<Column>)> {
        let keys = self.places.iter().map(|place| match place {
            Place::Own(position) | Place::Behind(position) => Ok(batch.column(*position).clone()),
            // It names columns of the rows, which come first.
            Place::Last(key) => key.evaluate(&batch)?.into_rows(batch.len()),
        });
        let keys = keys.collect::<Result<_>>()?;
        Ok((self.without(batch), keys))
    }
}
