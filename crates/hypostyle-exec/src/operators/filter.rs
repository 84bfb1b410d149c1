//! Filter: conjuncts one after the other, then one gather of the columns that are still needed.

use hypostyle_core::{Batch, Bitmap, Column, DataType, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::filter::mask_to_indices;
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_plan::ValueTest;

use crate::pipeline::Transform;
use crate::runtime_filters::KeyTest;

/// Keeps rows for which all conjuncts hold and that pass the joins' filters, and the columns at `output`.
pub(crate) struct Filter {
    conjuncts: Vec<Conjunct>,
    keys: Vec<KeyTest>,
    output: Vec<usize>,
}

struct Conjunct {
    predicate: BoundExpr,
    columns: Vec<usize>,
}

/// Below this part of the rows, the next conjunct looks at the survivors alone.
const SPARSE: usize = 4;
/// A join's filter that more than this part of the rows passes is not asked.
const PASSES: f64 = 0.85;
/// One that fewer pass is asked before the conjuncts.
const FEW_PASS: f64 = 0.2;

impl Filter {
    pub(crate) fn new(predicates: Vec<BoundExpr>, keys: Vec<KeyTest>, output: Vec<usize>) -> Self {
        let conjuncts = predicates
            .into_iter()
            .map(|predicate| {
                let mut columns = Vec::new();
                predicate.input_columns(&mut columns);
                Conjunct { predicate, columns }
            })
            .collect();
        Self { conjuncts, keys, output }
    }

    /// The same filter with the columns at these places of its output alone.
    pub(crate) fn giving(self, places: &[usize]) -> Self {
        let output = places.iter().map(|place| self.output[*place]).collect();
        Self { output, ..self }
    }

    fn mask(conjunct: &Conjunct, batch: &Batch) -> Result<Bitmap> {
        let rows = conjunct.predicate.evaluate(batch)?.into_rows(batch.len())?;
        Ok(match rows.as_boolean() {
            Some(array) => array.truthy(),
            None => Bitmap::constant(false, batch.len()),
        })
    }

    /// The joins' filters that are worth asking of these rows, those that drop most first, and how many of them to ask
    /// before the conjuncts.
    fn useful_keys(&self, batch: &Batch) -> Result<(Vec<&KeyTest>, usize)> {
        let mut useful = Vec::with_capacity(self.keys.len());
        for test in &self.keys {
            let rate = test.pass_rate(batch.column(test.position))?;
            if rate < PASSES {
                useful.push((rate, test));
            }
        }
        useful.sort_by(|a, b| a.0.total_cmp(&b.0));
        let first = useful.iter().filter(|(rate, _)| *rate < FEW_PASS).count();
        Ok((useful.into_iter().map(|(_, test)| test).collect(), first))
    }
}

/// The rows that are left: all, those of a mask, or a list.
enum Selection {
    All,
    Mask(Bitmap),
    Rows(Vec<u32>),
}

impl Selection {
    /// Leaves the rows for which a test holds; it sees the whole batch or, where few rows are left, these alone.
    fn narrow(
        &mut self,
        whole: impl FnOnce() -> Result<Bitmap>,
        survivors: impl FnOnce(&[u32]) -> Result<Bitmap>,
    ) -> Result<()> {
        let both = match self {
            Self::Rows(rows) => {
                if !rows.is_empty() {
                    let kept = survivors(rows)?;
                    *rows = mask_to_indices(&kept).into_iter().map(|i| rows[i as usize]).collect();
                }
                return Ok(());
            }
            Self::All => whole()?,
            Self::Mask(mask) => mask.zip(&whole()?, |a, b| a & b),
        };
        *self = if both.count_set() * SPARSE < both.len() {
            Self::Rows(mask_to_indices(&both))
        } else {
            Self::Mask(both)
        };
        Ok(())
    }
}

impl Filter {
    /// The rows that are left: those of a mask where most are, so that nobody has to move them; else they are gathered.
    pub(crate) fn select(&self, batch: Batch) -> Result<(Batch, Option<Bitmap>)> {
        match self.selection(&batch)? {
            Selection::Mask(mask) if mask.count_set() >= mask.len() / 4 * 3 && mask.count_unset() > 0 => {
                Ok((batch.project(&self.output), Some(mask)))
            }
            selection => Ok((self.gather(&batch, selection)?, None)),
        }
    }

    fn selection(&self, batch: &Batch) -> Result<Selection> {
        let mut selection = Selection::All;
        let (keys, first) = self.useful_keys(batch)?;
        let ask = |selection: &mut Selection, tests: &[&KeyTest]| {
            tests.iter().try_for_each(|test| {
                let column = batch.column(test.position);
                selection.narrow(|| Ok(test.mask(column)), |rows| Ok(test.mask(&gather(column, rows)?)))
            })
        };
        ask(&mut selection, &keys[..first])?;
        for conjunct in &self.conjuncts {
            selection.narrow(
                || Self::mask(conjunct, batch),
                |rows| Self::mask(conjunct, &survivors(batch, &conjunct.columns, rows)?),
            )?;
        }
        ask(&mut selection, &keys[first..])?;
        Ok(selection)
    }

    fn gather(&self, batch: &Batch, selection: Selection) -> Result<Batch> {
        let projected = batch.project(&self.output);
        let rows = match selection {
            Selection::All => return Ok(projected),
            Selection::Mask(mask) if mask.count_unset() == 0 => return Ok(projected),
            Selection::Mask(mask) => mask_to_indices(&mask),
            Selection::Rows(rows) => rows,
        };
        gather_batch(&projected, &rows)
    }
}

impl Transform for Filter {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        let selection = self.selection(&batch)?;
        self.gather(&batch, selection)
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
