//! Join by inequalities: the rows of one side are put in order of a key; each row of the other side, which streams, has its
//! partners in a range of them, whose ends are found by binary search. What comes out is all that the range has: what
//! else is asked of pairs, a filter behind this asks.

use hypostyle_core::{Batch, Column, Error, Native, Result, with_primitive};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::filter::{filter, filter_batch};
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_kernels::search::first_not;
use hypostyle_kernels::sort::{SortOrder, sort_indices};
use hypostyle_plan::MORSEL_ROWS;

use super::join::{Output, assemble};
use crate::pipeline::{Transform, all_pieces};

/// Which keys in order are partners of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Those that are less than it.
    Less,
    /// Those that are not greater.
    LessOrEqual,
    /// Those that are greater.
    Greater,
    /// Those that are not less.
    GreaterOrEqual,
}

/// An end of the range: a key of the side that streams, and which keys in order lie on its right side.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) key: BoundExpr,
    pub(crate) end: End,
}

/// Puts beside every row the rows of the other side that lie in its range.
#[derive(Debug)]
pub(crate) struct IntervalJoin {
    /// In order of the key, without rows whose key is null.
    build: Batch,
    key: Column,
    bounds: Vec<Bound>,
    output: Vec<Output>,
}

impl IntervalJoin {
    /// The side that is put in order, by its key; keys of both sides are compared as a type.
    pub(crate) fn try_new(
        build: &Batch,
        key: &BoundExpr,
        dtype: &hypostyle_core::DataType,
        bounds: Vec<Bound>,
        output: Vec<Output>,
    ) -> Result<Self> {
        let key = cast(&key.evaluate(build)?.into_rows(build.len())?, dtype, CastMode::Strict)?;
        let (build, key) = match key.validity() {
            Some(valid) => (filter_batch(build, valid)?, filter(&key, valid)?),
            None => (build.clone(), key),
        };
        let order = sort_indices(&[(key.clone(), SortOrder::default())], build.len());
        Ok(Self { build: gather_batch(&build, &order)?, key: gather(&key, &order)?, bounds, output })
    }

    /// The range of each row: its first place in order, and the one behind its last.
    fn ranges(&self, batch: &Batch) -> Result<Vec<(usize, usize)>> {
        let mut ranges = vec![(0, self.build.len()); batch.len()];
        for bound in &self.bounds {
            let key = cast(
                &bound.key.evaluate(batch)?.into_rows(batch.len())?,
                self.key.dtype(),
                CastMode::Strict,
            )?;
            with_primitive!(key.array(), |own: T| {
                let (own, other) = (own.values(), self.key.expect_primitive::<T>()?.values());
                narrow(&mut ranges, &key, bound.end, |place, row| other[place].total_cmp(&own[row]));
            }, else |_other| {
                narrow(&mut ranges, &key, bound.end, |place, row| compare_rows(&self.key, place, &key, row));
            });
        }
        Ok(ranges)
    }

    fn pairs(&self, batch: &Batch, of_batch: &[u32], of_build: &[u32]) -> Result<Batch> {
        assemble(
            &self.output,
            of_batch.len(),
            |i| gather(batch.column(i), of_batch),
            |i| gather(self.build.column(i), of_build),
        )
    }
}

/// Narrows the range of each row to the places on the right side of its key; a null has none.
fn narrow(
    ranges: &mut [(usize, usize)],
    key: &Column,
    end: End,
    compare: impl Fn(usize, usize) -> std::cmp::Ordering,
) {
    let mut from = 0;
    for (row, (first, behind)) in ranges.iter_mut().enumerate() {
        if key.is_null(row) || first >= behind {
            *behind = *first;
            continue;
        }
        // Keys near one another have ends near one another.
        from = match end {
            End::Less | End::GreaterOrEqual => {
                first_not(*first..*behind, from, |place| compare(place, row).is_lt())
            }
            End::LessOrEqual | End::Greater => {
                first_not(*first..*behind, from, |place| compare(place, row).is_le())
            }
        };
        match end {
            End::Less | End::LessOrEqual => *behind = from,
            End::Greater | End::GreaterOrEqual => *first = from,
        }
    }
}

impl Transform for IntervalJoin {
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch> {
        all_pieces(self, index, batch)
    }

    fn apply_in_pieces(
        &self,
        _index: usize,
        batch: Batch,
        next: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<()> {
        let (mut of_batch, mut of_build) = (Vec::new(), Vec::new());
        let mut handed_on = false;
        for (row, (first, behind)) in self.ranges(&batch)?.into_iter().enumerate() {
            let row = u32::try_from(row)
                .map_err(|_| Error::out_of_bounds("a morsel of more than 4 billion rows"))?;
            let mut place = first;
            while place < behind {
                let end = behind.min(place + MORSEL_ROWS - of_build.len());
                of_batch.extend(std::iter::repeat_n(row, end - place));
                of_build.extend(place as u32..end as u32);
                place = end;
                if of_build.len() == MORSEL_ROWS {
                    handed_on = true;
                    if !next(self.pairs(&batch, &of_batch, &of_build)?)? {
                        return Ok(());
                    }
                    of_batch.clear();
                    of_build.clear();
                }
            }
        }
        if !of_build.is_empty() || !handed_on {
            next(self.pairs(&batch, &of_batch, &of_build)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{DataType, Field, Schema};
    use hypostyle_expr::bind;
    use hypostyle_expr::dsl::col;
    use proptest::prelude::*;

    use super::*;
    use crate::operators::testing::rows;

    fn batch(values: &[Option<i64>]) -> Batch {
        Batch::try_new(vec![Column::from_options(values.iter().copied())], values.len()).unwrap()
    }

    fn key() -> BoundExpr {
        bind(&col("a"), &Schema::try_new(vec![Field::new("a", DataType::Int64)]).unwrap()).unwrap()
    }

    proptest! {
        /// The pairs that a plain loop finds.
        #[test]
        fn as_a_plain_loop(
            build in prop::collection::vec(prop::option::of(-5i64..5), 0..12),
            probe in prop::collection::vec(prop::option::of(-6i64..6), 0..12),
            ends in prop::collection::vec(
                prop::sample::select(vec![End::Less, End::LessOrEqual, End::Greater, End::GreaterOrEqual]),
                1..3,
            ),
        ) {
            let bounds = ends.iter().map(|end| Bound { key: key(), end: *end }).collect();
            let output = vec![Output::Probe(0), Output::Build(0)];
            let join = IntervalJoin::try_new(&batch(&build), &key(), &DataType::Int64, bounds, output).unwrap();
            let mut expected = Vec::new();
            for p in probe.iter().flatten() {
                for b in build.iter().flatten() {
                    let fits = ends.iter().all(|end| match end {
                        End::Less => b < p,
                        End::LessOrEqual => b <= p,
                        End::Greater => b > p,
                        End::GreaterOrEqual => b >= p,
                    });
                    if fits {
                        expected.push(vec![p.to_string(), b.to_string()]);
                    }
                }
            }
            let mut found = rows(&[join.apply(0, batch(&probe)).unwrap()]);
            found.sort();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }
}
