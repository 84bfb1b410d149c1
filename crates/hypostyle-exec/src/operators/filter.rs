//! Filter: conjuncts one after the other, then one gather of the columns that are still needed.

use hypostyle_core::{Batch, Bitmap, Column, DataType, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::filter::{filter, mask_to_indices};
use hypostyle_kernels::gather::gather;

use crate::pipeline::Transform;

/// Keeps rows for which all conjuncts hold, and the columns at `output`.
pub(crate) struct Filter {
    conjuncts: Vec<Conjunct>,
    output: Vec<usize>,
}

struct Conjunct {
    predicate: BoundExpr,
    columns: Vec<usize>,
}

impl Filter {
    pub(crate) fn new(predicates: Vec<BoundExpr>, output: Vec<usize>) -> Self {
        let conjuncts = predicates
            .into_iter()
            .map(|predicate| {
                let mut columns = Vec::new();
                predicate.input_columns(&mut columns);
                Conjunct { predicate, columns }
            })
            .collect();
        Self { conjuncts, output }
    }

    fn mask(conjunct: &Conjunct, batch: &Batch) -> Result<Bitmap> {
        let rows = conjunct.predicate.evaluate(batch)?.into_rows(batch.len())?;
        Ok(match rows.as_boolean() {
            Some(array) => array.truthy(),
            None => Bitmap::constant(false, batch.len()),
        })
    }
}

/// Below this part of the rows, the next conjunct looks at the survivors alone.
const SPARSE: usize = 4;

impl Transform for Filter {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        let len = batch.len();
        let mut selected: Option<Vec<u32>> = None;
        let mut mask: Option<Bitmap> = None;
        for conjunct in &self.conjuncts {
            if let Some(rows) = &mut selected {
                if rows.is_empty() {
                    break;
                }
                let survivors = Self::mask(conjunct, &survivors(&batch, &conjunct.columns, rows)?)?;
                *rows = mask_to_indices(&survivors).into_iter().map(|i| rows[i as usize]).collect();
                continue;
            }
            let next = Self::mask(conjunct, &batch)?;
            let both = match &mask {
                Some(mask) => mask.zip(&next, |a, b| a & b),
                None => next,
            };
            if both.count_set() * SPARSE < len {
                selected = Some(mask_to_indices(&both));
                mask = None;
            } else {
                mask = Some(both);
            }
        }
        let projected = batch.project(&self.output);
        match (selected, mask) {
            (Some(rows), _) => {
                let columns = projected.columns().iter().map(|c| gather(c, &rows)).collect::<Result<_>>()?;
                Batch::try_new(columns, rows.len())
            }
            (None, Some(mask)) => {
                let columns = projected.columns().iter().map(|c| filter(c, &mask)).collect::<Result<_>>()?;
                Batch::try_new(columns, mask.count_set())
            }
            (None, None) => Ok(projected),
        }
    }
}

/// The rows of the columns that a conjunct reads, in their places; the others are null.
fn survivors(batch: &Batch, columns: &[usize], rows: &[u32]) -> Result<Batch> {
    let gathered = batch
        .columns()
        .iter()
        .enumerate()
        .map(|(i, column)| {
            if columns.contains(&i) {
                gather(column, rows)
            } else {
                Ok(Column::full_null(DataType::Null, rows.len()))
            }
        })
        .collect::<Result<_>>()?;
    Batch::try_new(gathered, rows.len())
}
