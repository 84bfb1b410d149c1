//! Group-by. Each morsel is grouped and aggregated by itself; then groups of all morsels are merged, partition by
//! partition, in the order of the morsels. So results are the same for every number of threads, in floats too.
//!
//! A morsel whose keys hardly repeat is passed on row by row: aggregating it twice would cost more than it saves. So is
//! one where an aggregate keeps all rows anyway, unless its groups are few. What a morsel does depends on its rows alone.

use std::sync::Arc;

use hypostyle_core::{Batch, Bitmap, Column, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_expr::aggregates::{Ids, State, count_groups};
use hypostyle_expr::grouped::{Call, GroupedPlan};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::filter::filter_batch;
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_kernels::group::{Groups, group_rows, hardly_repeats, has_many_groups};
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::clustered::merge_borders;
use super::filter::Filter;
use super::partition::{Scattered, Scheme, encode_keys};
use crate::context::Context;
use crate::pipeline::{Kept, Sink, Step, parallel};
use crate::profile::Counter;
use crate::store::BatchStore;

/// Groups of a morsel up to which rows that do not count are grouped with the others.
const MASKED_GROUPS: usize = 4_096;

/// A group-by over the batches of a pipeline.
pub(crate) struct Aggregate {
    keys: Vec<BoundExpr>,
    plan: GroupedPlan,
    arguments: Arguments,
    /// Whether a call keeps all rows until the end.
    keeps_rows: bool,
    maintain_order: bool,
    fused: Option<Fused>,
    kept: Kept<Partial>,
}

/// What the calls read: a column that several of them read is there once.
struct Arguments {
    distinct: Vec<BoundExpr>,
    /// For each call the places of its arguments among these.
    calls: Vec<Vec<usize>>,
}

impl Arguments {
    fn new(calls: &[Call]) -> Self {
        let mut distinct: Vec<BoundExpr> = Vec::new();
        let mut place = |arg: &BoundExpr| {
            let same = |other: &BoundExpr| arg.as_column().is_some() && other.as_column() == arg.as_column();
            distinct.iter().position(same).unwrap_or_else(|| {
                distinct.push(arg.clone());
                distinct.len() - 1
            })
        };
        let calls = calls.iter().map(|call| call.args().iter().map(&mut place).collect()).collect();
        Self { distinct, calls }
    }

    fn evaluate(&self, batch: &Batch) -> Result<Vec<Column>> {
        self.distinct
            .iter()
            .map(|arg| {
                let value = arg.evaluate(batch)?;
                if value.scalar { Ok(value.column) } else { value.into_rows(batch.len()) }
            })
            .collect()
    }

    /// The arguments of a call.
    fn of(&self, call: usize, columns: &[Column]) -> Vec<Column> {
        self.calls[call].iter().map(|place| columns[*place].clone()).collect()
    }
}

/// A filter, and what is computed after it, done by the aggregation itself: where most rows pass, all are computed and
/// grouped in place, and those that do not pass count for no group. It costs less than moving the others.
pub(crate) struct Fused {
    pub(crate) filter: Filter,
    pub(crate) counter: Option<Arc<Counter>>,
    pub(crate) steps: Vec<Step>,
}

impl Fused {
    fn apply(&self, index: usize, batch: Batch) -> Result<(Batch, Option<Bitmap>)> {
        let (mut batch, mask) = match &self.counter {
            None => self.filter.select(batch)?,
            Some(counter) => counter.measure(
                || self.filter.select(batch),
                |r| r.as_ref().map_or(0, |(b, mask)| mask.as_ref().map_or(b.len(), Bitmap::count_set)),
            )?,
        };
        for step in &self.steps {
            batch = step.apply(index, batch)?;
        }
        Ok((batch, mask))
    }
}

/// What one morsel came to.
#[derive(Debug)]
pub(crate) struct Partial {
    pub(super) index: usize,
    /// The keys of its groups, or of its rows.
    pub(super) keys: Vec<Column>,
    pub(super) len: usize,
    pub(super) rows: Rows,
}

#[derive(Debug)]
pub(crate) enum Rows {
    /// A state for each group.
    Aggregated(Vec<Box<dyn State>>),
    /// The arguments, row by row.
    Raw(Vec<Column>),
}

impl Partial {
    /// The bytes it holds.
    fn size(&self) -> usize {
        let columns = |columns: &[Column]| columns.iter().map(Column::estimated_size).sum::<usize>();
        columns(&self.keys)
            + match &self.rows {
                Rows::Aggregated(states) => states.iter().map(|state| state.size()).sum(),
                Rows::Raw(arguments) => columns(arguments),
            }
    }
}

impl Aggregate {
    pub(crate) fn new(keys: Vec<BoundExpr>, plan: GroupedPlan, maintain_order: bool) -> Self {
        let arguments = Arguments::new(&plan.calls);
        let keeps_rows = plan.calls.iter().any(|call| call.state().is_ok_and(|state| state.keeps_rows()));
        let kept = Kept::default();
        Self { keys, plan, arguments, keeps_rows, maintain_order, fused: None, kept }
    }

    /// With a filter and steps of its own. There must be keys, and order must not be kept.
    pub(crate) fn with_fused(mut self, fused: Fused) -> Self {
        self.fused = Some(fused);
        self
    }

    fn states(&self, groups: usize) -> Result<Vec<Box<dyn State>>> {
        self.plan
            .calls
            .iter()
            .map(|call| {
                let mut state = call.state()?;
                state.resize(groups);
                Ok(state)
            })
            .collect()
    }

    /// Without keys there is one group, also of no rows.
    fn merge_single(&self, context: &Context, partials: &[Partial]) -> Result<Vec<Batch>> {
        let mut states = self.states(1)?;
        for partial in partials {
            if let Rows::Aggregated(others) = &partial.rows {
                for (state, other) in states.iter_mut().zip(others) {
                    state.merge(other.as_ref(), &[0], &[0])?;
                }
            }
        }
        let columns = self.plan.finish(results(context, &mut states, 1)?, 1)?;
        Ok(vec![Batch::try_new(columns, 1)?])
    }

    fn merge_keyed(&self, context: &Context, mut partials: Vec<Partial>) -> Result<Vec<Batch>> {
        // Only one morsel, aggregated already: nothing to merge.
        if let [Partial { rows: Rows::Aggregated(_), .. }] = &partials[..] {
            let Some(Partial { keys, len, rows: Rows::Aggregated(mut states), .. }) =
                partials.into_iter().next()
            else {
                return Ok(Vec::new());
            };
            let mut columns = keys;
            columns.extend(self.plan.finish(results(context, &mut states, len)?, len)?);
            return Ok(vec![Batch::try_new(columns, len)?]);
        }
        if let Some(gone) = merge_borders(context, &mut partials)? {
            let pieces: Vec<(Partial, Vec<u32>)> = partials.into_iter().zip(gone).collect();
            return parallel(context, pieces, |(partial, gone)| self.finish_partial(context, partial, &gone));
        }
        let total: usize = partials.iter().map(|p| p.len).sum();
        let (codec, partials) = encode_keys(context, partials, self.keys.len())?;
        let scheme = Scheme::new(&codec, total);
        let parts: Vec<Arc<Scattered>> =
            parallel(context, partials, |partial| Scattered::new(partial, &codec, scheme).map(Arc::new))?;
        let partitions = scheme.partitions();
        let merged = parallel(context, (0..partitions).collect(), |partition| {
            self.merge_partition(context, &parts, partition, scheme)
        })?;
        let batches: Vec<(Batch, Vec<u64>)> = merged.into_iter().filter(|(b, _)| !b.is_empty()).collect();
        if !self.maintain_order {
            return Ok(batches.into_iter().map(|(batch, _)| batch).collect());
        }
        let first: Vec<u64> = batches.iter().flat_map(|(_, first)| first.iter().copied()).collect();
        let batches: Vec<Batch> = batches.into_iter().map(|(batch, _)| batch).collect();
        let all = hypostyle_kernels::concat::concat_batches(&batches)?;
        let order = sort_indices(&[(Column::from_vec(first), SortOrder::default())], all.len());
        Ok(vec![gather_batch(&all, &order)?])
    }

    /// Keys and outputs of the groups of a morsel but those that are gone, which ascend.
    fn finish_partial(&self, context: &Context, partial: Partial, gone: &[u32]) -> Result<Batch> {
        let Partial { keys: mut columns, len, rows, .. } = partial;
        if let Rows::Aggregated(mut states) = rows {
            columns.extend(self.plan.finish(results(context, &mut states, len)?, len)?);
        }
        let batch = Batch::try_new(columns, len)?;
        if gone.iter().zip(0..).all(|(group, first)| *group == first) {
            // Those at the border come first, where keys grow within the morsel as well.
            return Ok(batch.slice(gone.len(), len - gone.len()));
        }
        let mut gone = gone.iter().copied().peekable();
        let left: Vec<u32> = (0..len as u32).filter(|group| gone.next_if_eq(group).is_none()).collect();
        gather_batch(&batch, &left)
    }

    /// Groups of one partition, and where each was first seen.
    fn merge_partition(
        &self,
        context: &Context,
        parts: &[Arc<Scattered>],
        partition: usize,
        scheme: Scheme,
    ) -> Result<(Batch, Vec<u64>)> {
        let mut table = scheme.table();
        let mut states = self.states(0)?;
        let mut key_pieces: Vec<Vec<Column>> = vec![Vec::new(); self.keys.len()];
        let mut first_seen = Vec::new();
        let (mut ids, mut new_rows) = (Vec::new(), Vec::new());
        for (number, part) in parts.iter().enumerate() {
            let places = part.places(partition);
            if places.is_empty() {
                continue;
            }
            ids.clear();
            new_rows.clear();
            part.number(places.clone(), &mut table, &mut ids, |row| {
                new_rows.push(row);
                first_seen.push((number as u64) << 32 | u64::from(row));
            });
            for (pieces, column) in key_pieces.iter_mut().zip(&part.partial.keys) {
                if !new_rows.is_empty() {
                    pieces.push(gather(column, &new_rows)?);
                }
            }
            // One row that stands for all, or all rows in the order of the partitions.
            let own = |c: &Column| match c.len() == part.partial.len {
                true => c.slice(places.start, places.len()),
                false => c.clone(),
            };
            let arguments: Vec<Column> = match &part.partial.rows {
                Rows::Aggregated(_) => Vec::new(),
                Rows::Raw(arguments) => arguments.iter().map(own).collect(),
            };
            for (call, state) in states.iter_mut().enumerate() {
                state.resize(first_seen.len());
                match &part.partial.rows {
                    Rows::Aggregated(others) => {
                        state.merge(others[call].as_ref(), &part.order[places.clone()], &ids)?;
                    }
                    Rows::Raw(_) => {
                        let arguments = self.arguments.of(call, &arguments);
                        state.update(&arguments, Ids::Each(&ids), places.len())?;
                    }
                }
            }
        }
        let groups = first_seen.len();
        let mut columns = Vec::with_capacity(self.keys.len() + self.plan.outputs.len());
        for (pieces, key) in key_pieces.iter().zip(&self.keys) {
            columns.push(if pieces.is_empty() {
                Column::empty(key.dtype().clone())
            } else {
                concat(pieces)?
            });
        }
        columns.extend(self.plan.finish(results(context, &mut states, groups)?, groups)?);
        Ok((Batch::try_new(columns, groups)?, first_seen))
    }
}

impl Sink for Aggregate {
    type Local = Vec<Partial>;
    type Output = BatchStore;

    fn local(&self) -> Result<Self::Local> {
        Ok(Vec::new())
    }

    fn consume(&self, local: &mut Self::Local, index: usize, batch: Batch) -> Result<()> {
        let (batch, mask) = match &self.fused {
            Some(fused) => fused.apply(index, batch)?,
            None => (batch, None),
        };
        let partial = match mask {
            Some(mask) => match self.group_masked(index, &batch, &mask)? {
                Some(partial) => partial,
                None => self.group(index, &filter_batch(&batch, &mask)?)?,
            },
            None => self.group(index, &batch)?,
        };
        local.push(partial);
        Ok(())
    }

    fn combine(&self, local: Self::Local) -> Result<()> {
        self.kept.add(local.into_iter().map(|partial| (partial.index, partial)));
        Ok(())
    }

    /// Keys and outputs.
    fn finish(mut self, context: &Context) -> Result<BatchStore> {
        let mut partials = std::mem::take(&mut self.kept).in_order();
        if self.keys.is_empty() {
            return Ok(BatchStore::new(self.merge_single(context, &partials)?));
        }
        partials.retain(|partial| partial.len > 0);
        if partials.is_empty() {
            return Ok(BatchStore::default());
        }
        Ok(BatchStore::new(self.merge_keyed(context, partials)?))
    }

    fn size(&self, local: &Self::Local) -> usize {
        local.iter().map(Partial::size).sum()
    }
}

impl Aggregate {
    fn evaluate_keys(&self, batch: &Batch) -> Result<Vec<Column>> {
        self.keys.iter().map(|key| key.evaluate(batch)?.into_rows(batch.len())).collect()
    }

    /// A morsel by itself.
    fn group(&self, index: usize, batch: &Batch) -> Result<Partial> {
        let len = batch.len();
        if self.keys.is_empty() {
            let mut states = self.states(1)?;
            let arguments = self.arguments.evaluate(batch)?;
            for (call, state) in states.iter_mut().enumerate() {
                state.update(&self.arguments.of(call, &arguments), Ids::Single, len)?;
            }
            return Ok(Partial { index, keys: Vec::new(), len, rows: Rows::Aggregated(states) });
        }
        let keys = self.evaluate_keys(batch)?;
        let is_raw = match self.keeps_rows {
            true => has_many_groups(&keys, len)?,
            false => hardly_repeats(&keys, len)?,
        };
        if is_raw {
            let arguments = self.arguments.evaluate(batch)?;
            return Ok(Partial { index, keys, len, rows: Rows::Raw(arguments) });
        }
        let Groups { ids, first } = group_rows(&keys, len)?;
        let states = self.update(batch, &ids, first.len())?;
        let keys = keys.iter().map(|key| gather(key, &first)).collect::<Result<Vec<_>>>()?;
        Ok(Partial { index, keys, len: first.len(), rows: Rows::Aggregated(states) })
    }

    /// A morsel of which only the rows of the mask count: the others go to a group behind the last. `None` if there are
    /// many groups, or one that has none of the rows that count.
    fn group_masked(&self, index: usize, batch: &Batch, mask: &Bitmap) -> Result<Option<Partial>> {
        let keys = self.evaluate_keys(batch)?;
        let Groups { mut ids, first } = group_rows(&keys, batch.len())?;
        let groups = first.len();
        if groups > MASKED_GROUPS {
            return Ok(None);
        }
        mask.map(|word| !word).for_each_set(|row| ids[row] = groups as u32);
        // The key of a group is that of its first row that counts: zeros of both signs are one key and two values.
        let mut seen = vec![None; groups];
        let mut missing = groups;
        for (row, id) in (0u32..).zip(&ids) {
            let Some(place) = seen.get_mut(*id as usize) else { continue };
            if place.is_none() {
                *place = Some(row);
                missing -= 1;
                if missing == 0 {
                    break;
                }
            }
        }
        if missing > 0 {
            return Ok(None);
        }
        let first: Vec<u32> = seen.into_iter().flatten().collect();
        let states = self.update(batch, &ids, groups + 1)?;
        let keys = keys.iter().map(|key| gather(key, &first)).collect::<Result<Vec<_>>>()?;
        Ok(Some(Partial { index, keys, len: groups, rows: Rows::Aggregated(states) }))
    }

    fn update(&self, batch: &Batch, ids: &[u32], groups: usize) -> Result<Vec<Box<dyn State>>> {
        let mut states = self.states(groups)?;
        let arguments = self.arguments.evaluate(batch)?;
        // Several means of the same groups: their rows are counted once.
        let mut counts = Vec::new();
        if states.iter().filter(|state| state.counts_rows()).count() > 1 {
            counts = vec![0u32; groups];
            count_groups(&mut counts, ids);
        }
        for (call, state) in states.iter_mut().enumerate() {
            let arguments = self.arguments.of(call, &arguments);
            match counts.is_empty() {
                true => state.update(&arguments, Ids::Each(ids), batch.len())?,
                false => state.update_counted(&arguments, ids, &counts)?,
            }
        }
        Ok(states)
    }
}

/// The results of the first groups of some states; a group behind them holds rows that do not count.
fn results(context: &Context, states: &mut [Box<dyn State>], groups: usize) -> Result<Vec<Column>> {
    states
        .iter_mut()
        .map(|state| {
            let column = state.finish_with(context)?;
            Ok(if column.len() > groups { column.slice(0, groups) } else { column })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::bind;
    use hypostyle_expr::dsl::{col, len};

    use super::*;
    use crate::operators::testing::{batch, check_sink, rows, run_sink, schema_of};

    fn inputs() -> [Batch; 3] {
        let pairs = |keys: &[Option<i64>], values: &[i64]| {
            batch(vec![Column::from_options(keys.to_vec()), Column::from_vec(values.to_vec())])
        };
        [
            pairs(&[Some(7), None, Some(7)], &[1, 2, 3]),
            pairs(&[Some(-1), None], &[4, 5]),
            pairs(&[Some(7), Some(-1)], &[6, 7]),
        ]
    }

    fn aggregate(keys: &[&str], batch: &Batch) -> Aggregate {
        let schema = schema_of(batch);
        let aggs = [col("b").sum(), col("b").max().alias("most"), len()];
        let keys = keys.iter().map(|key| bind(&col(key), &schema).unwrap()).collect();
        Aggregate::new(keys, GroupedPlan::new(&aggs, &schema).unwrap(), true)
    }

    #[test]
    fn groups_of_several_morsels() {
        let inputs = inputs();
        let expected: [&[&str]; 3] =
            [&["7", "10", "6", "3"], &["null", "7", "5", "2"], &["-1", "11", "7", "2"]];
        check_sink(|| aggregate(&["a"], &inputs[0]), &inputs, &expected);
        check_sink(|| aggregate(&[], &inputs[0]), &inputs, &[&["28", "7", "7"]]);
        let empty = [inputs[0].slice(0, 0)];
        check_sink(|| aggregate(&["a"], &inputs[0]), &empty, &[]);
        check_sink(|| aggregate(&[], &inputs[0]), &empty, &[&["0", "null", "0"]]);
    }

    /// Keys that hardly repeat are passed on row by row, others are aggregated morsel by morsel; both are merged in
    /// partitions.
    #[test]
    fn many_groups_for_every_number_of_threads() {
        for spread in [1, 1_000_003] {
            let key = |i: i64| i * 7_919 % 40_009 * spread;
            let make = |morsel: i64| {
                let of = |f: &dyn Fn(i64) -> i64| {
                    Column::from_vec((0..20_000).map(|i| f(morsel * 20_000 + i)).collect::<Vec<_>>())
                };
                batch(vec![of(&key), of(&|i| i)])
            };
            let batches: Vec<Batch> = (0..5).map(make).collect();
            let mut expected: Vec<(i64, i64, i64, i64)> = Vec::new();
            let mut places = std::collections::HashMap::new();
            for i in 0..100_000 {
                let place = *places.entry(key(i)).or_insert_with(|| {
                    expected.push((key(i), 0, i, 0));
                    expected.len() - 1
                });
                let group = &mut expected[place];
                *group = (group.0, group.1 + i, group.2.max(i), group.3 + 1);
            }
            let expected: Vec<Vec<String>> = expected
                .into_iter()
                .map(|(key, sum, most, rows)| [key, sum, most, rows].map(|v| v.to_string()).to_vec())
                .collect();
            for threads in [1, 2] {
                let found = run_sink(aggregate(&["a"], &batches[0]), &batches, &Context::new(threads));
                assert!(rows(&found.unwrap()) == expected, "{threads} threads, {spread}");
            }
        }
    }
}
