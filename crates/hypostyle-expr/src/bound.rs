//! Expressions with types and positions, and their evaluation on one batch.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::filter::filter;
use hypostyle_kernels::select::{broadcast, select};

use crate::aggregates::{Aggregate, Ids};
use crate::binary::{self, BinaryPlan};
use crate::functions::Function;
use crate::window::Window;
use crate::{tiled, tiled_decimals};

/// How many rows a result has, and which rows it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// One value, that broadcasts.
    Scalar,
    /// A value for each row, from that row alone.
    Row,
    /// A value for each row, from all rows.
    Whole,
    /// Any number of values.
    Free,
}

/// A typed expression. Made by [`crate::bind`].
#[derive(Debug)]
pub struct BoundExpr {
    pub(crate) node: Node,
    pub(crate) dtype: DataType,
    pub(crate) extent: Extent,
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Column(usize),
    /// One row, or a user's column.
    Literal(Column),
    Cast {
        input: Box<BoundExpr>,
        mode: CastMode,
    },
    Binary {
        left: Box<BoundExpr>,
        right: Box<BoundExpr>,
        plan: Box<BinaryPlan>,
    },
    Function {
        function: &'static Function,
        args: Vec<BoundExpr>,
    },
    Aggregate(Box<AggregateNode>),
    When {
        predicate: Box<BoundExpr>,
        then: Box<BoundExpr>,
        otherwise: Box<BoundExpr>,
    },
    Over(Box<Window>),
    Filter {
        input: Box<BoundExpr>,
        predicate: Box<BoundExpr>,
    },
    Len,
}

impl Clone for BoundExpr {
    #[recursive::recursive]
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), dtype: self.dtype.clone(), extent: self.extent }
    }
}

/// Trees may be deep, and drop glue would need a stack as deep: nodes are dropped on a stack that grows.
impl Drop for BoundExpr {
    fn drop(&mut self) {
        if !matches!(self.node, Node::Column(_) | Node::Literal(_) | Node::Len) {
            drop_deep(std::mem::replace(&mut self.node, Node::Len));
        }
    }
}

#[recursive::recursive]
fn drop_deep(node: Node) {
    drop(node);
}

/// An aggregate over all rows.
#[derive(Clone, Debug)]
pub(crate) struct AggregateNode {
    pub(crate) aggregate: &'static dyn Aggregate,
    pub(crate) args: Vec<BoundExpr>,
    pub(crate) output: DataType,
}

/// The result of an expression. A scalar has one row and stands for any number.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The values.
    pub column: Column,
    /// Whether the one row broadcasts.
    pub scalar: bool,
}

impl Evaluated {
    /// The values for `len` rows: scalars are repeated, other lengths must agree.
    pub fn into_rows(self, len: usize) -> Result<Column> {
        if self.column.len() == len {
            return Ok(self.column);
        }
        if self.scalar {
            return broadcast(&self.column, len);
        }
        Err(Error::shape(format!(
            "an expression gives {} rows where {len} are expected; only scalars are repeated",
            self.column.len()
        )))
    }
}

impl BoundExpr {
    /// The type of the result.
    pub fn dtype(&self) -> &DataType {
        &self.dtype
    }

    /// How many rows the result has.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The position of the column that this is, if it is one and no more.
    pub fn as_column(&self) -> Option<usize> {
        match self.node {
            Node::Column(i) => Some(i),
            _ => None,
        }
    }

    /// Whether no row can make this fail: it may then be evaluated for rows that something else drops, or not.
    #[recursive::recursive]
    pub fn is_infallible(&self) -> bool {
        match &self.node {
            Node::Aggregate(_) => false,
            Node::Binary { plan, .. } if !plan.is_infallible() => false,
            _ => self.inputs_are_infallible(Self::is_infallible),
        }
    }

    /// Whether nothing but a number of more than 38 digits can make this, or an aggregate in it, fail. What a plan
    /// computes for rows that the query as written drops may do no worse.
    #[recursive::recursive]
    pub fn only_overflows(&self) -> bool {
        match &self.node {
            Node::Aggregate(node) => node.args.iter().all(Self::only_overflows),
            Node::Binary { plan, .. } if !plan.is_infallible() && !plan.output.is_decimal() => false,
            Node::Cast { input, .. } if self.dtype.is_decimal() => {
                (input.dtype.is_decimal() || input.dtype.is_integer()) && input.only_overflows()
            }
            _ => self.inputs_are_infallible(Self::only_overflows),
        }
    }

    /// Whether a node cannot fail whose inputs do not, and these do not either. Operators and aggregates are the
    /// caller's to look at.
    fn inputs_are_infallible(&self, is_infallible: fn(&Self) -> bool) -> bool {
        match &self.node {
            Node::Column(_) | Node::Literal(_) | Node::Len => true,
            Node::Binary { left, right, .. } => is_infallible(left) && is_infallible(right),
            Node::Function { function, args } => {
                let mut args = args.iter();
                function.is_infallible()
                    && args.next().is_none_or(is_infallible)
                    && args.all(|option| matches!(option.node, Node::Literal(_)))
            }
            Node::When { predicate, then, otherwise } => {
                [predicate, then, otherwise].into_iter().all(|e| is_infallible(e))
            }
            // Casts that types demand widen numbers; others are not looked at more closely.
            Node::Cast { input, .. } => {
                self.dtype.is_float()
                    && (input.dtype.is_integer() || input.dtype.is_float())
                    && is_infallible(input)
            }
            Node::Aggregate(_) | Node::Over(_) | Node::Filter { .. } => false,
        }
    }

    /// The positions of the columns that this reads.
    #[recursive::recursive]
    pub fn input_columns(&self, out: &mut Vec<usize>) {
        match &self.node {
            Node::Column(i) if !out.contains(i) => out.push(*i),
            Node::Column(_) | Node::Literal(_) | Node::Len => {}
            Node::Cast { input, .. } => input.input_columns(out),
            Node::Binary { left, right, .. } => {
                left.input_columns(out);
                right.input_columns(out);
            }
            Node::Function { args, .. } => args.iter().for_each(|a| a.input_columns(out)),
            Node::Aggregate(node) => node.args.iter().for_each(|a| a.input_columns(out)),
            Node::When { predicate, then, otherwise } => {
                [predicate, then, otherwise].into_iter().for_each(|e| e.input_columns(out));
            }
            Node::Over(window) => window.input_columns(out),
            Node::Filter { input, predicate } => {
                input.input_columns(out);
                predicate.input_columns(out);
            }
        }
    }

    /// A strict cast of the result; nothing where the type is right already.
    pub(crate) fn cast_to(self, dtype: &DataType, mode: CastMode) -> Self {
        if self.dtype == *dtype {
            return self;
        }
        // Constants are cast once, when the plan is made; failures show when it runs.
        if let Node::Literal(column) = &self.node
            && let Ok(column) = cast(column, dtype, mode)
        {
            return Self { node: Node::Literal(column), dtype: dtype.clone(), extent: self.extent };
        }
        let extent = self.extent;
        Self { node: Node::Cast { input: Box::new(self), mode }, dtype: dtype.clone(), extent }
    }

    /// A cast that types demand.
    pub(crate) fn coerce(self, dtype: &DataType) -> Self {
        self.cast_to(dtype, CastMode::Strict)
    }

    /// The result for a batch.
    #[recursive::recursive]
    pub fn evaluate(&self, batch: &Batch) -> Result<Evaluated> {
        let tiled = match self.dtype {
            DataType::Decimal(..) => tiled_decimals::evaluate(self, batch)?,
            _ => tiled::evaluate(self, batch)?,
        };
        if let Some(column) = tiled {
            return Ok(Evaluated { column, scalar: false });
        }
        let column = match &self.node {
            Node::Column(i) => batch.column(*i).clone(),
            Node::Literal(column) => column.clone(),
            Node::Cast { input, mode } => cast(&input.evaluate(batch)?.column, &self.dtype, *mode)?,
            Node::Binary { left, right, plan } => {
                binary::evaluate(plan, &left.evaluate(batch)?.column, &right.evaluate(batch)?.column)?
            }
            Node::Function { function, args } => {
                let args = args.iter().map(|a| a.evaluate(batch)).collect::<Result<Vec<_>>>()?;
                let len = match args.iter().find(|a| !a.scalar) {
                    Some(arg) => arg.column.len(),
                    None if args.is_empty() => batch.len(),
                    None => 1,
                };
                function.evaluate(&args, &self.dtype, len)?
            }
            Node::Aggregate(node) => {
                let mut state = node.aggregate.state(&node.dtypes(), &node.output, &node.constants())?;
                let args =
                    node.args.iter().map(|a| Ok(a.evaluate(batch)?.column)).collect::<Result<Vec<_>>>()?;
                let len = args.first().map_or(batch.len(), Column::len);
                state.resize(1);
                state.update(&args, Ids::Single, len)?;
                state.finish()?
            }
            Node::When { predicate, then, otherwise } => {
                let mask = predicate.evaluate(batch)?;
                let (then, otherwise) = (then.evaluate(batch)?, otherwise.evaluate(batch)?);
                let len =
                    [&mask, &then, &otherwise].into_iter().find(|e| !e.scalar).map_or(1, |e| e.column.len());
                let bits = mask.into_rows(len)?.expect_boolean()?.truthy();
                select(&bits, &then.column, &otherwise.column)?
            }
            Node::Over(window) => window.evaluate(batch)?,
            Node::Filter { input, predicate } => {
                let input = input.evaluate(batch)?;
                let mask = predicate.evaluate(batch)?;
                let len = if mask.scalar { input.column.len() } else { mask.column.len() };
                let mask = mask.into_rows(len)?;
                filter(&input.into_rows(len)?, &mask.expect_boolean()?.truthy())?
            }
            Node::Len => Column::from_vec(vec![batch.len() as u32]),
        };
        Ok(Evaluated { column, scalar: self.extent == Extent::Scalar })
    }
}

impl AggregateNode {
    pub(crate) fn dtypes(&self) -> Vec<DataType> {
        self.args.iter().map(|a| a.dtype.clone()).collect()
    }

    /// The literal value of every argument that is one.
    pub(crate) fn constants(&self) -> Vec<Option<hypostyle_core::Scalar>> {
        self.args
            .iter()
            .map(|a| match &a.node {
                Node::Literal(column) if a.extent == Extent::Scalar => Some(column.get(0)),
                _ => None,
            })
            .collect()
    }
}
