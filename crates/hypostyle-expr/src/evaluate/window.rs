//! `over`: an expression computed for each group of rows, whose values go back to the rows.
//!
//! Many groups are split by the hash of their keys into partitions, which all threads take one after the other; few are
//! found by one thread, and their rows are shared out. Which of the two depends on the keys alone, and neither changes a
//! value.

use std::sync::atomic::{AtomicU32, Ordering};

use hypostyle_core::{Batch, Column, DataType, Error, Result, Schema};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::{Groups, KeyPartitioner, group_rows, has_many_groups};
use hypostyle_kernels::select::broadcast;
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::parallel::{concat_with, gather_with, in_cuts, pieces};
use super::{Cardinality, Frame, Segments, Value, shape_error};
use crate::bind::bind;
use crate::bound::{BoundExpr, Extent};
use crate::expr::{Expr, OrderKey, WindowMapping};
use crate::grouped::{GroupOrder, GroupedPlan, group_order, segment_ids, segments_to_lists};
use crate::tasks::{Inline, Tasks, map};

/// Rows from which on many groups are split into partitions.
const PARTITIONED_ROWS: usize = 1 << 17;
/// Rows of a partition, about.
const ROWS_A_PARTITION: usize = 1 << 15;
/// Partitions at most, as a power of two.
const MOST_PARTITION_BITS: u32 = 8;

/// A bound `over`.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// The input, over the columns that it reads alone.
    input: BoundExpr,
    /// The positions of these columns in the frame.
    used: Vec<usize>,
    partition_by: Vec<BoundExpr>,
    order_by: Vec<(BoundExpr, SortOrder)>,
    mapping: WindowMapping,
    dtype: DataType,
    /// The input as aggregates of all groups at once, where it is one value a group.
    grouped: Option<GroupedPlan>,
}

/// Rows of some groups, and their values.
struct Placed {
    values: Column,
    /// The rows, in ascending order; `None` for all rows of the frame.
    rows: Option<Vec<u32>>,
    /// The place of the value of each of these rows among the values.
    places: Places,
}

/// Where the values of rows are.
enum Places {
    /// All have the first.
    First,
    /// Row `i` has value `i`.
    InOrder,
    /// The place of each.
    Each(Vec<u32>),
}

impl Window {
    pub(crate) fn bind(
        input: &Expr,
        partition_by: &[Expr],
        order_by: &[OrderKey],
        mapping: WindowMapping,
        schema: &Schema,
    ) -> Result<Self> {
        let used = input.columns().iter().map(|name| schema.index_of(name)).collect::<Result<Vec<_>>>()?;
        let part = Schema::try_new(used.iter().map(|i| schema.fields()[*i].clone()).collect())?;
        let bound = bind(input, &part)?;
        let grouped = match bound.extent {
            Extent::Scalar if !part.is_empty() => Some(GroupedPlan::new(std::slice::from_ref(input), &part)?),
            _ => None,
        };
        let dtype = match mapping {
            WindowMapping::Join if bound.extent != Extent::Scalar => DataType::list(bound.dtype.clone()),
            _ => bound.dtype.clone(),
        };
        let order_by = order_by
            .iter()
            .map(|key| {
                let order = SortOrder { descending: key.descending, nulls_last: key.nulls_last };
                Ok((bind(&key.expr, schema)?, order))
            })
            .collect::<Result<_>>()?;
        let partition_by = partition_by.iter().map(|e| bind(e, schema)).collect::<Result<_>>()?;
        Ok(Self { input: bound, used, partition_by, order_by, mapping, dtype, grouped })
    }

    pub(crate) fn dtype(&self) -> &DataType {
        &self.dtype
    }

    /// Whether there is a value for each row.
    pub(crate) fn keeps_length(&self) -> bool {
        self.mapping != WindowMapping::Explode
    }

    pub(crate) fn input_columns(&self, out: &mut Vec<usize>) {
        self.used.iter().for_each(|i| {
            if !out.contains(i) {
                out.push(*i);
            }
        });
        self.partition_by.iter().for_each(|e| e.input_columns(out));
        self.order_by.iter().for_each(|(by, _)| by.input_columns(out));
    }
}

impl Frame<'_> {
    /// The values of a window.
    pub(super) fn over(&self, window: &Window) -> Result<Value> {
        if let Segments::Ranges { .. } = self.segments {
            let (batch, starts) = self.expanded_batch()?;
            let frame = Frame { batch: &batch, segments: Segments::Adjacent(&starts), tasks: self.tasks };
            let Value { column, cardinality } = frame.over(window)?;
            let cardinality = match cardinality {
                Cardinality::PerRow => Cardinality::Ragged(starts.into()),
                other => other,
            };
            return Ok(Value { column, cardinality });
        }
        let mut keys = Vec::with_capacity(window.partition_by.len() + 1);
        if let Segments::Adjacent(starts) = self.segments {
            keys.push(Column::from_vec(segment_ids(starts)));
        }
        for key in &window.partition_by {
            keys.push(self.one_per_row(key)?);
        }
        let mut order = Vec::with_capacity(window.order_by.len());
        for (by, direction) in &window.order_by {
            order.push((self.one_per_row(by)?, *direction));
        }
        let columns = window.used.iter().map(|i| self.batch.column(*i).clone()).collect();
        let rows = Rows { batch: Batch::try_new(columns, self.batch.len())?, keys, order, window };
        match window.mapping {
            WindowMapping::Explode => rows.exploded(self),
            _ => Ok(Value { column: rows.values(self.tasks)?, cardinality: Cardinality::PerRow }),
        }
    }

    /// The values of an expression with one for each row.
    fn one_per_row(&self, expr: &BoundExpr) -> Result<Column> {
        let (len, value) = (self.batch.len(), self.evaluate(expr)?);
        match (value.cardinality, self.segments) {
            (Cardinality::PerRow, _) => Ok(value.column),
            (Cardinality::Scalar, _) => broadcast(&value.column, len),
            (Cardinality::PerSegment, Segments::Adjacent(starts)) => {
                gather(&value.column, &segment_ids(starts))
            }
            (Cardinality::Ragged(own), Segments::Adjacent(starts)) if *own == *starts => Ok(value.column),
            _ => Err(shape_error(value.column.len(), len, self.segment_count())),
        }
    }
}

/// What a window reads: the columns of its input, keys and order of all rows.
struct Rows<'a> {
    batch: Batch,
    keys: Vec<Column>,
    order: Vec<(Column, SortOrder)>,
    window: &'a Window,
}

impl Rows<'_> {
    /// One value for each row.
    fn values(&self, tasks: &dyn Tasks) -> Result<Column> {
        let len = self.batch.len();
        if len == 0 {
            return Ok(Column::empty(self.window.dtype.clone()));
        }
        if len < PARTITIONED_ROWS || self.keys.is_empty() || !has_many_groups(&self.keys, len)? {
            let Placed { values, places, .. } = self.of_groups(None, tasks)?;
            return match places {
                Places::First => broadcast(&values, len),
                Places::InOrder => Ok(values),
                Places::Each(places) => gather_with(tasks, &values, &places),
            };
        }
        let partitions = self.partitions(tasks)?;
        let placed = map(tasks, partitions.len(), |i| self.of_groups(Some(partitions[i].concat()), &Inline))?;
        self.bring_back(&placed, tasks)
    }

    /// The rows of each partition, in the pieces that they were found in.
    fn partitions(&self, tasks: &dyn Tasks) -> Result<Vec<Vec<Vec<u32>>>> {
        let len = self.batch.len();
        let bits = (len / ROWS_A_PARTITION).next_power_of_two().ilog2().min(MOST_PARTITION_BITS);
        let count = 1usize << bits;
        let partitioner = KeyPartitioner::new(&self.keys);
        let pieces = pieces(len);
        let orders = map(tasks, pieces.len(), |i| {
            let (start, rows) = (pieces[i].start, pieces[i].len());
            let mut order = group_order(&partitioner.partitions(start, rows, bits)?, count);
            order.rows.iter_mut().for_each(|row| *row += start as u32);
            Ok(order)
        })?;
        Ok((0..count)
            .map(|partition| {
                let of_piece = |order: &GroupOrder| {
                    let (start, end) = (order.offsets[partition], order.offsets[partition + 1]);
                    order.rows[start as usize..end as usize].to_vec()
                };
                orders.iter().map(of_piece).collect()
            })
            .collect())
    }

    /// The values of groups: of these rows, or of all.
    fn of_groups(&self, rows: Option<Vec<u32>>, tasks: &dyn Tasks) -> Result<Placed> {
        let window = self.window;
        let len = rows.as_ref().map_or(self.batch.len(), Vec::len);
        if len == 0 {
            return Ok(Placed { values: Column::empty(window.dtype.clone()), rows, places: Places::InOrder });
        }
        let Groups { ids, first } = self.group(rows.as_deref(), len)?;
        let count = first.len();
        if let (Some(grouped), true) = (&window.grouped, self.order.is_empty()) {
            let batch = self.gather(rows.as_deref(), tasks)?;
            let values = grouped.evaluate(&batch, &ids, count)?;
            return Ok(Placed { values, rows, places: Places::Each(ids) });
        }
        let order = self.order_groups(&ids, count, rows.as_deref())?;
        let in_place = in_place(&order);
        let batch = match (in_place, &rows) {
            (true, rows) => self.gather(rows.as_deref(), tasks)?,
            (false, None) => self.gather(Some(&order.rows), tasks)?,
            (false, Some(rows)) => {
                let sorted: Vec<u32> = order.rows.iter().map(|i| rows[*i as usize]).collect();
                self.gather(Some(&sorted), tasks)?
            }
        };
        let value = in_cuts(&window.input, &batch, &order.offsets, tasks)?;
        let (values, places) = match (value.cardinality, window.mapping) {
            (Cardinality::Scalar, _) if window.input.extent == Extent::Scalar => {
                (value.column, Places::First)
            }
            (Cardinality::PerSegment, _) if window.input.extent == Extent::Scalar => {
                (value.column, Places::Each(ids))
            }
            (cardinality, WindowMapping::Join) => {
                let starts = match &cardinality {
                    Cardinality::Ragged(starts) => &starts[..],
                    _ => &order.offsets,
                };
                (segments_to_lists(value.column, starts)?, Places::Each(ids))
            }
            (Cardinality::Ragged(starts), _) if *starts != order.offsets[..] => {
                return Err(wrong_lengths(&starts, &order.offsets));
            }
            (_, _) if in_place => (value.column, Places::InOrder),
            (_, _) => {
                let mut places = vec![0u32; len];
                order.rows.iter().zip(0..).for_each(|(row, place)| places[*row as usize] = place);
                (value.column, Places::Each(places))
            }
        };
        Ok(Placed { values, rows, places })
    }

    fn group(&self, rows: Option<&[u32]>, len: usize) -> Result<Groups> {
        if self.keys.is_empty() {
            return Ok(Groups { ids: vec![0; len], first: vec![0] });
        }
        match rows {
            None => group_rows(&self.keys, len),
            Some(rows) => {
                let keys = self.keys.iter().map(|key| gather(key, rows)).collect::<Result<Vec<_>>>()?;
                group_rows(&keys, len)
            }
        }
    }

    /// The columns of the input in these rows, or all.
    fn gather(&self, rows: Option<&[u32]>, tasks: &dyn Tasks) -> Result<Batch> {
        let Some(rows) = rows else { return Ok(self.batch.clone()) };
        let columns =
            self.batch.columns().iter().map(|c| gather_with(tasks, c, rows)).collect::<Result<_>>()?;
        Batch::try_new(columns, rows.len())
    }

    /// Rows in order of their groups; within a group in order of the frame, or of `order_by`.
    fn order_groups(&self, ids: &[u32], count: usize, rows: Option<&[u32]>) -> Result<GroupOrder> {
        if self.order.is_empty() {
            return Ok(group_order(ids, count));
        }
        let by = self.order.iter().map(|(by, order)| {
            let by = match rows {
                Some(rows) => gather(by, rows)?,
                None => by.clone(),
            };
            Ok((by, *order))
        });
        let sorted = sort_indices(&by.collect::<Result<Vec<_>>>()?, ids.len());
        let sorted_ids: Vec<u32> = sorted.iter().map(|row| ids[*row as usize]).collect();
        let mut order = group_order(&sorted_ids, count);
        order.rows.iter_mut().for_each(|i| *i = sorted[*i as usize]);
        Ok(order)
    }

    /// Values of partitions, each to its row.
    fn bring_back(&self, placed: &[Placed], tasks: &dyn Tasks) -> Result<Column> {
        let mut bases = Vec::with_capacity(placed.len());
        let mut base = 0u32;
        for part in placed {
            bases.push(base);
            base += part.values.len() as u32;
        }
        // No two partitions have the same row.
        let places: Vec<AtomicU32> = (0..self.batch.len()).map(|_| AtomicU32::new(0)).collect();
        tasks.each(placed.len(), &|i| {
            let (part, base) = (&placed[i], bases[i]);
            for (k, row) in part.rows.iter().flatten().enumerate() {
                let place = match &part.places {
                    Places::First => 0,
                    Places::InOrder => k as u32,
                    Places::Each(places) => places[k],
                };
                places[*row as usize].store(base + place, Ordering::Relaxed);
            }
            Ok(())
        })?;
        let places: Vec<u32> = places.into_iter().map(AtomicU32::into_inner).collect();
        let columns: Vec<Column> = placed.iter().map(|part| part.values.clone()).collect();
        gather_with(tasks, &concat_with(tasks, &columns)?, &places)
    }

    /// The values of all groups, one group after the other in order of their first rows.
    fn exploded(&self, frame: &Frame<'_>) -> Result<Value> {
        let len = self.batch.len();
        let Groups { ids, first } = match len {
            0 => Groups::default(),
            _ => self.group(None, len)?,
        };
        let order = self.order_groups(&ids, first.len(), None)?;
        let batch = match in_place(&order) {
            true => self.batch.clone(),
            false => self.gather(Some(&order.rows), frame.tasks)?,
        };
        let value = in_cuts(&self.window.input, &batch, &order.offsets, frame.tasks)?;
        let groups = first.len();
        let (column, ends): (Column, Vec<u32>) = match &value.cardinality {
            Cardinality::Scalar => (broadcast(&value.column, groups)?, (0..=groups as u32).collect()),
            Cardinality::PerSegment => (value.column, (0..=groups as u32).collect()),
            Cardinality::PerRow => (value.column, order.offsets.clone()),
            Cardinality::Ragged(starts) => (value.column, starts.to_vec()),
        };
        let Segments::Adjacent(starts) = frame.segments else {
            let cardinality = frame.ragged(vec![0, column.len() as u32]);
            return Ok(Value { column, cardinality });
        };
        // Groups of a segment follow each other, since rows of a segment do.
        let mut of_segments = vec![0u32];
        let mut group = 0;
        for bounds in starts.windows(2) {
            while group < groups && first[group] < bounds[1] {
                group += 1;
            }
            of_segments.push(ends[group]);
        }
        Ok(Value { column, cardinality: Cardinality::Ragged(of_segments.into()) })
    }
}

/// Whether rows are in order of their groups already, as in a table sorted by them.
fn in_place(order: &GroupOrder) -> bool {
    order.rows.iter().zip(0..).all(|(row, place)| *row == place)
}

/// The error of a group that has more or fewer values than rows.
fn wrong_lengths(starts: &[u32], offsets: &[u32]) -> Error {
    let lengths = starts.windows(2).map(|b| b[1] - b[0]).zip(offsets.windows(2).map(|b| b[1] - b[0]));
    let (values, rows) = lengths.into_iter().find(|(values, rows)| values != rows).unwrap_or_default();
    Error::shape(format!(
        "a window expression gives {values} values for a group of {rows} rows; use an aggregate, or \
         mapping_strategy=\"join\" for lists, or \"explode\" for values in order of the groups"
    ))
}
