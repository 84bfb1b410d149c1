//! Functions of whole columns, aggregates and users' functions in a frame: told where the segments start.

use std::sync::Arc;

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::select::broadcast;

use super::parallel::pieces;
use super::{Aligned, Cardinality, Domain, Frame, Segments, Value};
use crate::aggregates::{Ids, State};
use crate::bound::{AggregateNode, BoundExpr, Evaluated, Extent};
use crate::functions::{Function, ParamKind, Ragged};
use crate::grouped::segment_ids;
use crate::map::UserFunction;
use crate::tasks::map;

impl Frame<'_> {
    /// The values of a function that reads other rows of its segment.
    pub(super) fn call(
        &self,
        function: &'static Function,
        args: &[BoundExpr],
        output: &DataType,
    ) -> Result<Value> {
        let mut aligned = Vec::new();
        let mut prepared: Vec<Option<Evaluated>> = vec![None; args.len()];
        let mut own_starts: Vec<Option<Vec<u32>>> = Vec::new();
        let kinds: Vec<ParamKind> = function.params_of(args.len()).map(|param| param.kind).collect();
        for (i, (arg, kind)) in args.iter().zip(&kinds).enumerate() {
            let value = self.evaluate(arg)?;
            match kind {
                ParamKind::Column | ParamKind::OptionalColumn(_) | ParamKind::Columns => {
                    aligned.push((i, self.expanded(value)?));
                }
                ParamKind::Option(..) => prepared[i] = Some(Evaluated { column: value.column, scalar: true }),
                ParamKind::Scalar => {
                    let scalar = value.cardinality == Cardinality::Scalar;
                    if !scalar && value.cardinality != Cardinality::PerSegment {
                        return Err(Error::invalid_operation(format!(
                            "`{}` takes one value for this argument, not one for each row",
                            function.name()
                        )));
                    }
                    prepared[i] = Some(Evaluated { column: value.column, scalar });
                }
                ParamKind::Values => {
                    let value = self.expanded(value)?;
                    own_starts.resize(args.len(), None);
                    if value.cardinality != Cardinality::Scalar {
                        let domain = self.domain(&value.cardinality, value.column.len());
                        own_starts[i] = domain.starts.map(|starts| starts.into_owned());
                    }
                    prepared[i] = Some(Evaluated { column: value.column, scalar: false });
                }
            }
        }
        let (places, values): (Vec<usize>, Vec<Value>) = aligned.into_iter().unzip();
        let aligned = self.align(values)?;
        let len = aligned.len();
        let Aligned { columns, cardinality } = aligned;
        let per_segment = |value: &Option<Evaluated>| value.as_ref().is_some_and(|value| !value.scalar);
        let cardinality = match cardinality {
            // The same for all segments, unless an option differs between them.
            Cardinality::Scalar if prepared.iter().any(per_segment) => self.per_segment(),
            other => other,
        };
        let one_for_all = cardinality == Cardinality::Scalar && function.extent() == Extent::Whole;
        let (domain, segments) = match one_for_all {
            true => (Domain { starts: None, len: 1 }, 1),
            false => (self.domain(&cardinality, len), self.segment_count()),
        };
        // Single values alone are as many rows as there are segments; what sees other rows has rows to go over.
        let alone = columns.iter().all(|column| column.scalar);
        for (i, (place, value)) in places.into_iter().zip(columns).enumerate() {
            let as_rows = alone || i == 0 && value.scalar && function.extent() != Extent::Row;
            let column = if as_rows { broadcast(&value.column, domain.len)? } else { value.column };
            prepared[place] = Some(Evaluated { column, scalar: value.scalar && !as_rows });
        }
        let prepared: Option<Vec<Evaluated>> = prepared.into_iter().collect();
        let prepared = prepared.ok_or_else(|| Error::internal("every argument has a parameter"))?;
        let Ragged { values, starts } = function.evaluate_frame(
            &prepared,
            output,
            domain.len,
            domain.starts.as_deref(),
            segments,
            &own_starts,
        )?;
        let cardinality = match (function.extent(), cardinality) {
            // As many values as before.
            (Extent::Whole, Cardinality::Ragged(_)) => self.ragged(starts),
            (Extent::Whole, same) => same,
            (_, _) if matches!(self.segments, Segments::Whole) => self.ragged(vec![0, values.len() as u32]),
            _ => Cardinality::Ragged(starts.into()),
        };
        Ok(Value { column: values, cardinality })
    }

    /// The value of an aggregate for each segment.
    pub(super) fn aggregate(&self, node: &AggregateNode) -> Result<Value> {
        let aligned = self.aligned(&node.args)?;
        let len = aligned.len();
        let Aligned { columns, cardinality } = aligned;
        let args: Vec<Column> = columns.into_iter().map(|value| value.column).collect();
        let mut state = self.state(node)?;
        let column = match (self.segments, &cardinality) {
            (Segments::Whole, _) => return self.aggregate_whole(node, &args, len),
            (_, Cardinality::Scalar) => {
                state.resize(1);
                state.update(&args, Ids::Single, 1)?;
                return Ok(Value { column: state.finish()?, cardinality: Cardinality::Scalar });
            }
            _ => {
                state.resize(self.segment_count());
                let domain = self.domain(&cardinality, len);
                let ids = segment_ids(domain.starts.as_deref().unwrap_or_default());
                state.update(&args, Ids::Each(&ids), domain.len)?;
                state.finish_with(self.tasks)?
            }
        };
        Ok(Value { column, cardinality: Cardinality::PerSegment })
    }

    fn state(&self, node: &AggregateNode) -> Result<Box<dyn State>> {
        node.aggregate.state(&node.dtypes(), &node.output, &node.constants())
    }

    /// The value of an aggregate over all rows: pieces on all threads, merged in their order.
    fn aggregate_whole(&self, node: &AggregateNode, args: &[Column], len: usize) -> Result<Value> {
        let mut state = self.state(node)?;
        state.resize(1);
        let pieces = pieces(len);
        if pieces.len() <= 1 || state.keeps_rows() {
            state.update(args, Ids::Single, len)?;
        } else {
            let states = map(self.tasks, pieces.len(), |i| {
                let (start, rows) = (pieces[i].start, pieces[i].len());
                let args: Vec<Column> = args
                    .iter()
                    .map(|arg| if arg.len() == len { arg.slice(start, rows) } else { arg.clone() })
                    .collect();
                let mut state = self.state(node)?;
                state.resize(1);
                state.update(&args, Ids::Single, rows)?;
                Ok(state)
            })?;
            for piece in states {
                state.merge(piece.as_ref(), &[0], &[0])?;
            }
        }
        Ok(Value { column: state.finish_with(self.tasks)?, cardinality: Cardinality::Scalar })
    }

    /// The values of a user's function that reads all rows of a segment: called once for each segment.
    pub(super) fn map(
        &self,
        function: &UserFunction,
        names: &[Arc<str>],
        args: &[BoundExpr],
        output: &DataType,
    ) -> Result<Value> {
        let aligned = self.aligned(args)?;
        let domain = self.domain(&aligned.cardinality, aligned.len());
        let columns = &aligned.columns;
        let columns = columns.iter().map(|c| broadcast(&c.column, domain.len)).collect::<Result<Vec<_>>>()?;
        let Some(starts) = &domain.starts else {
            let column = function.apply(names, columns, output)?;
            if function.returns_scalar {
                return Ok(Value { column, cardinality: Cardinality::Scalar });
            }
            let starts = vec![0, column.len() as u32];
            return Ok(Value { column, cardinality: self.ragged(starts) });
        };
        let mut results = Vec::with_capacity(starts.len());
        let mut ends = vec![0u32];
        for bounds in starts.windows(2) {
            let (start, rows) = (bounds[0] as usize, (bounds[1] - bounds[0]) as usize);
            let columns: Vec<Column> = columns.iter().map(|column| column.slice(start, rows)).collect();
            let result = function.apply(names, columns, output)?;
            ends.push(ends[ends.len() - 1] + result.len() as u32);
            results.push(result);
        }
        let column = if results.is_empty() { Column::empty(output.clone()) } else { concat(&results)? };
        let cardinality = match function.returns_scalar {
            true => Cardinality::PerSegment,
            false => Cardinality::Ragged(ends.into()),
        };
        Ok(Value { column, cardinality })
    }
}
