//! What works row by row: computed for all rows of a frame at once, in pieces on all threads.
//!
//! Where such an expression has parts that do not (aggregates, functions of whole columns, windows), these are computed
//! first and become columns or constants of what is left.

use hypostyle_core::{Batch, Column, Result};
use hypostyle_kernels::cast::cast;
use hypostyle_kernels::select::select;

use super::lists::each_list;
use super::parallel::{concat_with, pieces};
use super::{Aligned, Cardinality, Frame, Value};
use crate::binary;
use crate::bound::{BoundExpr, Evaluated, Extent, Node};
use crate::tasks::{Tasks, map};
use crate::{tiled, tiled_decimals};

impl Frame<'_> {
    /// The values of an expression that works row by row in all its parts.
    pub(super) fn rows(&self, expr: &BoundExpr) -> Result<Value> {
        if expr.extent == Extent::Scalar {
            return Ok(Value { column: constant(expr)?, cardinality: Cardinality::Scalar });
        }
        let column = in_pieces(expr, self.batch, self.tasks)?;
        Ok(Value { column, cardinality: Cardinality::PerRow })
    }

    /// The values of a node that works row by row over parts that may not.
    pub(super) fn mixed_rows(&self, expr: &BoundExpr) -> Result<Value> {
        let mut parts = Parts { frame: self, values: Vec::new(), positions: Vec::new() };
        let rest = parts.split(expr)?;
        let Aligned { columns, cardinality } = self.align(parts.values)?;
        if columns.is_empty() {
            return Ok(Value { column: constant(&rest)?, cardinality: Cardinality::Scalar });
        }
        let columns: Vec<Column> = columns.into_iter().map(|value| value.column).collect();
        let len = columns.first().map_or(0, Column::len);
        let column = in_pieces(&rest, &Batch::try_new(columns, len)?, self.tasks)?;
        Ok(Value { column, cardinality })
    }
}

/// The parts of an expression that are computed before it.
struct Parts<'a> {
    frame: &'a Frame<'a>,
    /// The values of those that are no constants.
    values: Vec<Value>,
    /// The position in the frame of those that are columns of it.
    positions: Vec<Option<usize>>,
}

impl Parts<'_> {
    /// The expression over the values of its parts.
    #[recursive::recursive]
    fn split(&mut self, expr: &BoundExpr) -> Result<BoundExpr> {
        let each = |this: &mut Self, input: &BoundExpr| this.split(input).map(Box::new);
        let node = match &expr.node {
            Node::Column(i) => {
                let known = self.positions.iter().position(|position| *position == Some(*i));
                let place = known.unwrap_or_else(|| {
                    let column = self.frame.batch.column(*i).clone();
                    self.push(Value { column, cardinality: Cardinality::PerRow }, Some(*i))
                });
                Node::Column(place)
            }
            Node::Literal(_) if expr.extent == Extent::Scalar => return Ok(expr.clone()),
            Node::Cast { input, mode } => Node::Cast { input: each(self, input)?, mode: *mode },
            Node::Binary { left, right, plan } => {
                Node::Binary { left: each(self, left)?, right: each(self, right)?, plan: plan.clone() }
            }
            Node::When { predicate, then, otherwise } => Node::When {
                predicate: each(self, predicate)?,
                then: each(self, then)?,
                otherwise: each(self, otherwise)?,
            },
            Node::Function { function, args } if function.extent() == Extent::Row && !args.is_empty() => {
                let args = args.iter().map(|arg| self.split(arg)).collect::<Result<_>>()?;
                Node::Function { function, args }
            }
            Node::Map { function, names, args } if function.elementwise => {
                let args = args.iter().map(|arg| self.split(arg)).collect::<Result<_>>()?;
                Node::Map { function: function.clone(), names: names.clone(), args }
            }
            Node::Lists { input, body, as_lists } => {
                Node::Lists { input: each(self, input)?, body: body.clone(), as_lists: *as_lists }
            }
            _ => {
                let value = self.frame.evaluate(expr)?;
                if value.cardinality == Cardinality::Scalar {
                    return Ok(BoundExpr::new(
                        Node::Literal(value.column),
                        expr.dtype.clone(),
                        Extent::Scalar,
                    ));
                }
                Node::Column(self.push(value, None))
            }
        };
        let extent = if node.inputs().all(|input| input.extent == Extent::Scalar)
            && !matches!(node, Node::Column(_))
        {
            Extent::Scalar
        } else {
            Extent::Row
        };
        Ok(BoundExpr::new(node, expr.dtype.clone(), extent))
    }

    fn push(&mut self, value: Value, position: Option<usize>) -> usize {
        self.values.push(value);
        self.positions.push(position);
        self.values.len() - 1
    }
}

/// The one value of an expression that works row by row and is computed from constants alone.
pub(crate) fn constant(expr: &BoundExpr) -> Result<Column> {
    match &expr.node {
        Node::Literal(column) => Ok(column.clone()),
        _ => Ok(elementwise(expr, &Batch::try_new(Vec::new(), 1)?)?.column),
    }
}

/// An expression that works row by row, for all rows of a batch, on all threads.
fn in_pieces(expr: &BoundExpr, batch: &Batch, tasks: &dyn Tasks) -> Result<Column> {
    if let Node::Column(i) = expr.node {
        return Ok(batch.column(i).clone());
    }
    let pieces = pieces(batch.len());
    if pieces.len() <= 1 || tasks.threads() == 1 {
        return elementwise(expr, batch)?.into_rows(batch.len());
    }
    let columns = map(tasks, pieces.len(), |i| {
        let piece = batch.slice(pieces[i].start, pieces[i].len());
        elementwise(expr, &piece)?.into_rows(piece.len())
    })?;
    concat_with(tasks, &columns)
}

/// An expression that works row by row, for the rows of a batch.
#[recursive::recursive]
pub(crate) fn elementwise(expr: &BoundExpr, batch: &Batch) -> Result<Evaluated> {
    let tiled = match expr.dtype {
        hypostyle_core::DataType::Decimal(..) => tiled_decimals::evaluate(expr, batch)?,
        _ => tiled::evaluate(expr, batch)?,
    };
    if let Some(column) = tiled {
        return Ok(Evaluated { column, scalar: false });
    }
    let column = match &expr.node {
        Node::Column(i) => batch.column(*i).clone(),
        Node::Literal(column) => column.clone(),
        Node::Cast { input, mode } => cast(&elementwise(input, batch)?.column, &expr.dtype, *mode)?,
        Node::Binary { left, right, plan } => {
            binary::evaluate(plan, &elementwise(left, batch)?.column, &elementwise(right, batch)?.column)?
        }
        Node::Function { function, args } => {
            let args = args.iter().map(|arg| elementwise(arg, batch)).collect::<Result<Vec<_>>>()?;
            let len = args.iter().find(|arg| !arg.scalar).map_or(1, |arg| arg.column.len());
            function.evaluate(&args, &expr.dtype, len)?
        }
        Node::When { predicate, then, otherwise } => {
            let mask = elementwise(predicate, batch)?;
            let (then, otherwise) = (elementwise(then, batch)?, elementwise(otherwise, batch)?);
            let len =
                [&mask, &then, &otherwise].into_iter().find(|e| !e.scalar).map_or(1, |e| e.column.len());
            let bits = mask.into_rows(len)?.expect_boolean()?.truthy();
            select(&bits, &then.column, &otherwise.column)?
        }
        Node::Map { function, names, args } => {
            let args = args
                .iter()
                .map(|arg| elementwise(arg, batch)?.into_rows(batch.len()))
                .collect::<Result<Vec<_>>>()?;
            function.apply(names, args, &expr.dtype)?
        }
        Node::Lists { input, body, as_lists } => {
            each_list(&elementwise(input, batch)?.column, body, *as_lists, &expr.dtype)?
        }
        Node::Aggregate(_) | Node::Over(_) | Node::Filter { .. } | Node::Rolling { .. } | Node::Len => {
            return Err(hypostyle_core::Error::internal(
                "what depends on other rows is computed before what works row by row",
            ));
        }
    };
    Ok(Evaluated { column, scalar: expr.extent == Extent::Scalar })
}
