//! The evaluator: what an expression gives for rows and their segments.
//!
//! A [`Frame`] is a batch and its segments: ranges of rows that know nothing of each other. A select has one segment,
//! all rows; the segments of a group-by or a window are its groups; those of `list.eval` are the lists; those of
//! rolling windows overlap. A [`Value`] is a column and its [`Cardinality`]. Which rows an expression reads and what
//! its values belong to is decided here and nowhere else:
//!
//! - what works row by row is computed for all rows at once, on all threads ([`rows`]);
//! - an aggregate updates one state with the segment of every row, and a function of whole columns is told where the
//!   segments start ([`calls`]): nothing costs an allocation for each segment but a user's own function;
//! - a window finds its groups and is a frame of its own ([`window`]).

mod calls;
mod lists;
mod parallel;
mod ranges;
mod rows;
#[cfg(test)]
mod tests;
mod window;

use std::borrow::Cow;
use std::sync::Arc;

use hypostyle_core::{Batch, Column, Error, Result};
use hypostyle_kernels::filter::filter;
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_kernels::select::broadcast;

use crate::bound::{BoundExpr, Evaluated, Extent, Node};
use crate::grouped::{segment_ids, segments_to_lists};
use crate::tasks::Tasks;

pub(crate) use parallel::in_cuts;
pub use ranges::evaluate_ranges;
pub(crate) use rows::{constant, elementwise};
pub(crate) use window::Window;

/// What the values of a column belong to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cardinality {
    /// One value, for all rows of all segments.
    Scalar,
    /// One value for each segment.
    PerSegment,
    /// One value for each row of the frame.
    PerRow,
    /// Any number of values for each segment: where those of each start, and the end.
    Ragged(Arc<[u32]>),
}

/// The result of an expression in a frame.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) column: Column,
    pub(crate) cardinality: Cardinality,
}

/// Ranges of the rows of a batch that know nothing of each other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Segments<'a> {
    /// All rows are one segment.
    Whole,
    /// Segments side by side: where each starts, and the end.
    Adjacent(&'a [u32]),
    /// Any ranges, by their starts and lengths: they may overlap, and leave rows out.
    Ranges { starts: &'a [u32], lengths: &'a [u32] },
}

/// Rows and their segments.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) batch: &'a Batch,
    pub(crate) segments: Segments<'a>,
    /// The threads that there are.
    pub(crate) tasks: &'a dyn Tasks,
}

/// What several values have in common: their columns with as many values each, but for scalars.
struct Aligned {
    columns: Vec<Evaluated>,
    cardinality: Cardinality,
}

impl Aligned {
    /// Number of values; 1 where all are scalars.
    fn len(&self) -> usize {
        self.columns.iter().find(|column| !column.scalar).map_or(1, |column| column.column.len())
    }
}

/// The rows that a value has in each segment.
struct Domain<'a> {
    /// Where each segment starts, and the end; `None` where there is one segment.
    starts: Option<Cow<'a, [u32]>>,
    /// Number of rows.
    len: usize,
}

impl<'a> Frame<'a> {
    /// All rows of a batch as one segment.
    pub(crate) fn whole(batch: &'a Batch, tasks: &'a dyn Tasks) -> Self {
        Self { batch, segments: Segments::Whole, tasks }
    }

    /// Number of segments.
    pub(crate) fn segment_count(&self) -> usize {
        match self.segments {
            Segments::Whole => 1,
            Segments::Adjacent(starts) => starts.len().saturating_sub(1),
            Segments::Ranges { starts, .. } => starts.len(),
        }
    }

    /// The cardinality of a value for each segment. Of one segment it is a scalar.
    fn per_segment(&self) -> Cardinality {
        match self.segments {
            Segments::Whole => Cardinality::Scalar,
            _ => Cardinality::PerSegment,
        }
    }

    /// The cardinality of any number of values for each segment.
    fn ragged(&self, starts: Vec<u32>) -> Cardinality {
        match self.segments {
            Segments::Whole if starts.last().is_some_and(|end| *end as usize == self.batch.len()) => {
                Cardinality::PerRow
            }
            _ => Cardinality::Ragged(starts.into()),
        }
    }

    /// The values of an expression.
    #[recursive::recursive]
    pub(crate) fn evaluate(&self, expr: &BoundExpr) -> Result<Value> {
        if expr.elementwise {
            return self.rows(expr);
        }
        match &expr.node {
            Node::Column(i) => {
                Ok(Value { column: self.batch.column(*i).clone(), cardinality: Cardinality::PerRow })
            }
            Node::Literal(column) => self.literal(column, expr.extent),
            Node::Cast { .. } | Node::Binary { .. } | Node::When { .. } | Node::Lists { .. } => {
                self.mixed_rows(expr)
            }
            Node::Function { function, args } => match function.extent() {
                Extent::Row if !args.is_empty() => self.mixed_rows(expr),
                _ => self.call(function, args, &expr.dtype),
            },
            Node::Aggregate(node) => self.aggregate(node),
            Node::Len => Ok(self.lengths()),
            Node::Filter { input, predicate } => self.filter(input, predicate),
            Node::Over(window) => self.over(window),
            Node::Rolling { input, index, rule } => self.rolling(input, index, rule),
            Node::Map { function, .. } if function.elementwise => self.mixed_rows(expr),
            Node::Map { function, names, args } => self.map(function, names, args, &expr.dtype),
        }
    }

    /// The values of an expression for a select: the column, and whether it is one value that broadcasts.
    pub(crate) fn select(&self, expr: &BoundExpr) -> Result<Evaluated> {
        let Value { column, cardinality } = self.evaluate(expr)?;
        Ok(Evaluated { column, scalar: matches!(cardinality, Cardinality::Scalar | Cardinality::PerSegment) })
    }

    /// One value for each segment: that of the expression, or a list of its values.
    pub(crate) fn one_for_each(&self, expr: &BoundExpr) -> Result<Column> {
        self.one_per_segment(expr, self.evaluate(expr)?)
    }

    /// One value for each segment: lists of the values where an expression gives several.
    fn one_per_segment(&self, expr: &BoundExpr, value: Value) -> Result<Column> {
        if expr.extent == Extent::Scalar {
            return match value.cardinality {
                Cardinality::Scalar => broadcast(&value.column, self.segment_count()),
                _ => Ok(value.column),
            };
        }
        self.as_lists(value)
    }

    /// The values of each segment as a list.
    fn as_lists(&self, value: Value) -> Result<Column> {
        let value = self.expanded(value)?;
        let domain = self.domain(&value.cardinality, value.column.len());
        let column = match value.cardinality {
            Cardinality::Scalar => broadcast(&value.column, domain.len)?,
            _ => value.column,
        };
        match domain.starts {
            Some(starts) => segments_to_lists(column, &starts),
            None => segments_to_lists(column.clone(), &[0, column.len() as u32]),
        }
    }

    /// A constant, or a user's column, which every segment has whole.
    fn literal(&self, column: &Column, extent: Extent) -> Result<Value> {
        if extent == Extent::Scalar {
            return Ok(Value { column: column.clone(), cardinality: Cardinality::Scalar });
        }
        let (len, segments) = (column.len() as u32, self.segment_count() as u32);
        let starts: Vec<u32> = (0..=segments).map(|segment| segment * len).collect();
        let column = match self.segments {
            Segments::Whole => column.clone(),
            _ => gather(column, &(0..segments).flat_map(|_| 0..len).collect::<Vec<_>>())?,
        };
        Ok(Value { column, cardinality: self.ragged(starts) })
    }

    /// The number of rows of each segment.
    fn lengths(&self) -> Value {
        let lengths = match self.segments {
            Segments::Whole => vec![self.batch.len() as u32],
            Segments::Adjacent(starts) => starts.windows(2).map(|bounds| bounds[1] - bounds[0]).collect(),
            Segments::Ranges { lengths, .. } => lengths.to_vec(),
        };
        Value { column: Column::from_vec(lengths), cardinality: self.per_segment() }
    }

    /// The values for which a predicate is true.
    fn filter(&self, input: &BoundExpr, predicate: &BoundExpr) -> Result<Value> {
        let aligned = self.aligned([input, predicate])?;
        let domain = self.domain(&aligned.cardinality, aligned.len());
        let columns = &aligned.columns;
        let [input, mask] = &columns[..] else { return Err(Error::internal("a filter has two inputs")) };
        let mask = broadcast(&mask.column, domain.len)?.expect_boolean()?.truthy();
        let column = filter(&broadcast(&input.column, domain.len)?, &mask)?;
        let starts = match &domain.starts {
            None => vec![0, column.len() as u32],
            Some(starts) => {
                let mut kept = 0;
                let counts = starts.windows(2).map(|bounds| {
                    kept +=
                        mask.slice(bounds[0] as usize, (bounds[1] - bounds[0]) as usize).count_set() as u32;
                    kept
                });
                std::iter::once(0).chain(counts).collect()
            }
        };
        Ok(Value { column, cardinality: self.ragged(starts) })
    }

    /// The rows of each segment that values of a cardinality have. One value for all is one for each segment.
    fn domain<'b>(&'b self, cardinality: &'b Cardinality, len: usize) -> Domain<'b> {
        let starts: Option<Cow<'b, [u32]>> = match (self.segments, cardinality) {
            (Segments::Whole, Cardinality::PerRow | Cardinality::Ragged(_)) => {
                return Domain { starts: None, len };
            }
            (Segments::Whole, _) => return Domain { starts: None, len: 1 },
            (_, Cardinality::Ragged(starts)) => Some(Cow::Borrowed(&starts[..])),
            (Segments::Adjacent(starts), Cardinality::PerRow) => Some(Cow::Borrowed(starts)),
            // Values of rows are expanded before anybody asks for their segments.
            (Segments::Ranges { .. }, Cardinality::PerRow) => None,
            (_, Cardinality::Scalar | Cardinality::PerSegment) => {
                Some((0..=self.segment_count() as u32).collect::<Vec<_>>().into())
            }
        };
        let len = starts.as_ref().and_then(|starts| starts.last()).map_or(len, |end| *end as usize);
        Domain { starts, len }
    }

    /// Values of rows as values of segments, where segments overlap or leave rows out: each segment with its own copy.
    fn expanded(&self, value: Value) -> Result<Value> {
        match (self.segments, &value.cardinality) {
            (Segments::Ranges { .. }, Cardinality::PerRow) => {
                let (rows, starts) = self.range_rows();
                Ok(Value {
                    column: gather(&value.column, &rows)?,
                    cardinality: Cardinality::Ragged(starts.into()),
                })
            }
            _ => Ok(value),
        }
    }

    /// The rows of all ranges, one range after the other, and where each begins.
    fn range_rows(&self) -> (Vec<u32>, Vec<u32>) {
        let Segments::Ranges { starts, lengths } = self.segments else { return (Vec::new(), vec![0]) };
        let (mut rows, mut ends) = (Vec::new(), vec![0u32]);
        for (start, length) in starts.iter().zip(lengths) {
            rows.extend(*start..start + length);
            ends.push(rows.len() as u32);
        }
        (rows, ends)
    }

    /// The batch with a copy of the rows of each range, and where each begins.
    fn expanded_batch(&self) -> Result<(Batch, Vec<u32>)> {
        let (rows, starts) = self.range_rows();
        Ok((gather_batch(self.batch, &rows)?, starts))
    }

    /// Values with rows of their own in each segment, with as many as the others: a single row of a segment stands for
    /// all rows that another has there.
    fn repeat_single_rows(&self, values: Vec<Value>) -> Result<Vec<Value>> {
        let mut rows: Vec<Cow<'_, [u32]>> = Vec::new();
        for value in &values {
            match (&value.cardinality, self.segments) {
                (Cardinality::Ragged(starts), _) => rows.push(Cow::Borrowed(starts)),
                (Cardinality::PerRow, Segments::Whole) => {
                    rows.push(vec![0, value.column.len() as u32].into())
                }
                (Cardinality::PerRow, Segments::Adjacent(starts)) => rows.push(Cow::Borrowed(starts)),
                _ => {}
            }
        }
        let Some(first) = rows.first() else { return Ok(values) };
        if rows.iter().all(|starts| starts == first) {
            return Ok(values);
        }
        let mut common = vec![0u32];
        for segment in 0..self.segment_count() {
            let mut len = 1;
            for starts in &rows {
                let own = starts[segment + 1] - starts[segment];
                if own != 1 && len != 1 && own != len {
                    return Err(shape_error(own as usize, len as usize, self.segment_count()));
                }
                len = if own == 1 { len } else { own };
            }
            common.push(common[segment] + len);
        }
        let mut rows = rows.into_iter().map(Cow::into_owned).collect::<Vec<_>>().into_iter();
        values
            .into_iter()
            .map(|value| {
                let has_rows = matches!(value.cardinality, Cardinality::PerRow | Cardinality::Ragged(_));
                let Some(own) = has_rows.then(|| rows.next()).flatten() else { return Ok(value) };
                let column = match own == common {
                    true => value.column,
                    false => gather(&value.column, &repeated(&own, &common))?,
                };
                Ok(Value { column, cardinality: self.of_starts(&common) })
            })
            .collect()
    }

    /// The cardinality of values whose segments start there.
    fn of_starts(&self, starts: &[u32]) -> Cardinality {
        match self.segments {
            Segments::Adjacent(own) if own == starts => Cardinality::PerRow,
            _ => self.ragged(starts.to_vec()),
        }
    }

    /// The values of several expressions, [aligned](Self::align).
    fn aligned<'e>(&self, exprs: impl IntoIterator<Item = &'e BoundExpr>) -> Result<Aligned> {
        let values = exprs.into_iter().map(|expr| self.expanded(self.evaluate(expr)?));
        self.align(values.collect::<Result<_>>()?)
    }

    /// Several values with one for the same rows each: those of segments are repeated where another has one a row.
    fn align(&self, values: Vec<Value>) -> Result<Aligned> {
        let ranges = matches!(self.segments, Segments::Ranges { .. });
        let of_segments =
            |value: &Value| matches!(value.cardinality, Cardinality::PerSegment | Cardinality::Ragged(_));
        // A row of several ranges has a value for each of them.
        let values = match ranges && values.iter().any(of_segments) {
            true => values.into_iter().map(|value| self.expanded(value)).collect::<Result<Vec<_>>>()?,
            false => values,
        };
        let values = self.repeat_single_rows(values)?;
        let rank = |cardinality: &Cardinality| match cardinality {
            Cardinality::Scalar => 0,
            Cardinality::PerSegment => 1,
            Cardinality::PerRow => 2,
            Cardinality::Ragged(_) => 3,
        };
        let widest = values.iter().map(|value| rank(&value.cardinality)).max().unwrap_or(0);
        let cardinality = values
            .iter()
            .find(|value| rank(&value.cardinality) == widest)
            .map_or(Cardinality::Scalar, |value| value.cardinality.clone());
        if values
            .iter()
            .all(|value| value.cardinality == cardinality || value.cardinality == Cardinality::Scalar)
        {
            let columns = values.into_iter().map(|value| Evaluated {
                scalar: value.cardinality == Cardinality::Scalar,
                column: value.column,
            });
            return Ok(Aligned { columns: columns.collect(), cardinality });
        }
        let len = values
            .iter()
            .find(|value| rank(&value.cardinality) == widest)
            .map_or(0, |value| value.column.len());
        let domain = self.domain(&cardinality, len);
        let mut columns = Vec::with_capacity(values.len());
        for value in &values {
            let column = match &value.cardinality {
                Cardinality::Scalar => value.column.clone(),
                Cardinality::PerSegment => match &domain.starts {
                    Some(starts) => gather(&value.column, &segment_ids(starts))?,
                    None => value.column.clone(),
                },
                // As many rows in each segment, by now.
                Cardinality::PerRow | Cardinality::Ragged(_) => value.column.clone(),
            };
            columns.push(Evaluated { column, scalar: value.cardinality == Cardinality::Scalar });
        }
        Ok(Aligned { columns, cardinality })
    }
}

/// The rows of segments that start at `own`, as many as those that start at `common` have: all of them, or the only
/// one again and again.
fn repeated(own: &[u32], common: &[u32]) -> Vec<u32> {
    let mut rows = Vec::with_capacity(common.last().map_or(0, |end| *end as usize));
    for (own, common) in own.windows(2).zip(common.windows(2)) {
        match (own[1] - own[0], common[1] - common[0]) {
            (1, len) => rows.extend(std::iter::repeat_n(own[0], len as usize)),
            _ => rows.extend(own[0]..own[1]),
        }
    }
    rows
}

/// What an expression gives for each segment, which lie side by side: one value, or a list of its values. All threads
/// share the segments.
pub(crate) fn one_per_segment(
    expr: &BoundExpr,
    batch: &Batch,
    starts: &[u32],
    tasks: &dyn Tasks,
) -> Result<Column> {
    let value = in_cuts(expr, batch, starts, tasks)?;
    Frame { batch, segments: Segments::Adjacent(starts), tasks }.one_per_segment(expr, value)
}

/// The error of values that do not stand beside each other.
fn shape_error(a: usize, b: usize, segments: usize) -> Error {
    let of = if segments == 1 { "" } else { ", or as many in other groups" };
    Error::shape(format!(
        "an expression has {a} values where another has {b}{of}; only single values are repeated"
    ))
}
