//! Filter: conjuncts one after the other, then one gather of the columns that are still needed.
//!
//! Conjuncts that cannot fail change places while the query runs (`hypostyle_plan::adaptive`).

use std::time::Instant;

use hypostyle_core::{Batch, Bitmap, Column, DataType, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::filter::mask_to_indices;
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_plan::adaptive::{Measured, Rank, Spent, comes_first, ordered, pays};

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
    /// Whether it may change places with its neighbours.
    movable: bool,
    measured: Measured,
}

impl Conjunct {
    fn new(predicate: BoundExpr) -> Self {
        let mut columns = Vec::new();
        predicate.input_columns(&mut columns);
        let movable = predicate.is_infallible();
        Self { predicate, columns, movable, measured: Measured::default() }
    }

    fn mask(&self, batch: &Batch) -> Result<Bitmap> {
        let start = Instant::now();
        let rows = self.predicate.evaluate(batch)?.into_rows(batch.len())?;
        let mask = match rows.as_boolean() {
            Some(array) => array.truthy(),
            None => Bitmap::constant(false, batch.len()),
        };
        let spent = Spent { nanos: start.elapsed().as_nanos() as u64, sunk: 0 };
        self.measured.add(batch.len(), mask.count_set(), spent);
        Ok(mask)
    }
}

/// Below this part of the rows, the next conjunct looks at the survivors alone.
const SPARSE: usize = 4;

impl Filter {
    pub(crate) fn new(predicates: Vec<BoundExpr>, keys: Vec<KeyTest>, output: Vec<usize>) -> Self {
        let conjuncts = predicates.into_iter().map(Conjunct::new).collect();
        Self { conjuncts, keys, output }
    }

    /// The conjuncts in the order in which to ask them: none moves past one that can fail.
    fn ordered(&self) -> Vec<&Conjunct> {
        let written: Vec<usize> = (0..self.conjuncts.len()).collect();
        let rank = |number: usize| {
            let Conjunct { movable, measured, .. } = &self.conjuncts[number];
            movable.then(|| measured.rank().unwrap_or(Rank::UNKNOWN))
        };
        ordered(&written, rank).into_iter().map(|number| &self.conjuncts[number]).collect()
    }

    /// The joins' filters that are worth asking of these rows, those that drop most first, and how many of them to ask
    /// before the conjuncts.
    fn useful_keys(&self, batch: &Batch) -> Result<(Vec<&KeyTest>, usize)> {
        let mut useful = Vec::with_capacity(self.keys.len());
        for test in &self.keys {
            let rate = test.pass_rate(batch)?;
            if pays(rate) {
                useful.push((rate, test));
            }
        }
        useful.sort_by(|a, b| a.0.total_cmp(&b.0));
        let first = useful.iter().filter(|(rate, _)| comes_first(*rate)).count();
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
                selection.narrow(|| test.mask(batch, None), |rows| test.mask(batch, Some(rows)))
            })
        };
        ask(&mut selection, &keys[..first])?;
        for conjunct in self.ordered() {
            selection.narrow(
                || conjunct.mask(batch),
                |rows| conjunct.mask(&survivors(batch, &conjunct.columns, rows)?),
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

#[cfg(test)]
mod tests {
    use hypostyle_core::{DataType, Field, Schema};
    use hypostyle_expr::dsl::col;
    use hypostyle_expr::{Expr, bind};

    use super::*;

    /// Columns `a` and `b`, with nulls, and a filter of these conjuncts over them.
    fn setup(conjuncts: &[Expr]) -> (Filter, Batch) {
        let column =
            |step: i64| Column::from_options((0..5_000).map(|i| (i % 17 != 3).then_some(i * step % 1_009)));
        let schema =
            Schema::try_new(["a", "b"].map(|name| Field::new(name, DataType::Int64)).to_vec()).unwrap();
        let bound = conjuncts.iter().map(|c| bind(c, &schema).unwrap()).collect();
        let batch = Batch::try_new(vec![column(31), column(77)], 5_000).unwrap();
        (Filter::new(bound, Vec::new(), vec![0, 1]), batch)
    }

    #[test]
    fn the_order_of_conjuncts_changes_no_row() {
        let conjuncts = [
            col("a").lt(900),
            (col("a") * 3 + col("b")).gt(700).or(col("b").is_null()),
            col("b").is_between(10, 200),
            col("a").eq(col("b")).or(col("b").lt(20)),
        ];
        let (plain, batch) = setup(&[conjuncts.iter().cloned().reduce(Expr::and).unwrap()]);
        let expected = plain.apply(0, batch.clone()).unwrap();
        assert!(!expected.is_empty());
        for turn in 0..conjuncts.len() {
            let mut turned = conjuncts.clone();
            turned.rotate_left(turn);
            let (filter, batch) = setup(&turned);
            for _ in 0..4 {
                let found = filter.apply(0, batch.clone()).unwrap();
                for (found, expected) in found.columns().iter().zip(expected.columns()) {
                    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
                }
            }
        }
    }

    #[test]
    fn what_drops_more_comes_first_but_not_past_what_can_fail() {
        let fails = col("a").cast(DataType::UInt8).lt(300);
        let conjuncts = [col("a").gt_eq(0), col("b").lt(9), fails, col("b").lt(5)];
        let (filter, _) = setup(&conjuncts);
        assert_eq!(filter.conjuncts.iter().map(|c| c.movable).collect::<Vec<_>>(), [true, true, false, true]);
        let names = |filter: &Filter| {
            let place = |c: &Conjunct| filter.conjuncts.iter().position(|other| std::ptr::eq(other, c));
            filter.ordered().into_iter().filter_map(place).collect::<Vec<_>>()
        };
        assert_eq!(names(&filter), [0, 1, 2, 3]);
        let measured = |conjunct: &Conjunct, passed: usize| {
            conjunct.measured.add(1_000, passed, Spent { nanos: 500, sunk: 0 });
        };
        measured(&filter.conjuncts[0], 1_000);
        measured(&filter.conjuncts[1], 10);
        measured(&filter.conjuncts[3], 1);
        assert_eq!(names(&filter), [1, 0, 2, 3]);
    }
}
