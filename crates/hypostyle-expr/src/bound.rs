//! Expressions with types and positions, and their evaluation on one batch.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::select::broadcast;

use crate::aggregates::Aggregate;
use crate::binary::BinaryPlan;
use crate::deep::drop_deep;
use crate::evaluate::{Frame, Segments, Window, constant, elementwise};
use crate::functions::Function;
use crate::map::UserFunction;
use crate::rolling::RollingRule;
use crate::tasks::{Inline, Tasks};

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

/// What can make an expression fail while it runs; each is worse than those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Nothing.
    None,
    /// A number of more than 38 digits.
    Overflow,
    /// Some values.
    Values,
}

/// A typed expression. Made by [`crate::bind`].
#[derive(Debug)]
pub struct BoundExpr {
    pub(crate) node: Node,
    pub(crate) dtype: DataType,
    pub(crate) extent: Extent,
    /// Whether this and all that is in it works row by row, or is a constant.
    pub(crate) elementwise: bool,
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
    /// The body is of the values of each list, the first column of its own frame.
    Lists {
        input: Box<BoundExpr>,
        body: Box<BoundExpr>,
        as_lists: bool,
    },
    Map {
        function: UserFunction,
        /// What the inputs are called.
        names: Arc<[Arc<str>]>,
        args: Vec<BoundExpr>,
    },
    /// For the window of each row.
    Rolling {
        input: Box<BoundExpr>,
        index: Box<BoundExpr>,
        rule: RollingRule,
    },
    Len,
}

impl Node {
    /// The inputs that are of the same frame; a window knows its own.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &BoundExpr> {
        let (boxed, list): ([Option<&BoundExpr>; 3], &[BoundExpr]) = match self {
            Self::Column(_) | Self::Literal(_) | Self::Over(_) | Self::Len => ([None; 3], &[]),
            Self::Cast { input, .. } | Self::Lists { input, .. } => ([Some(input), None, None], &[]),
            Self::Binary { left, right, .. } => ([Some(left), Some(right), None], &[]),
            Self::Filter { input, predicate } => ([Some(input), Some(predicate), None], &[]),
            Self::Rolling { input, index, .. } => ([Some(input), Some(index), None], &[]),
            Self::When { predicate, then, otherwise } => {
                ([Some(predicate), Some(then), Some(otherwise)], &[])
            }
            Self::Function { args, .. } | Self::Map { args, .. } => ([None; 3], args),
            Self::Aggregate(node) => ([None; 3], &node.args),
        };
        boxed.into_iter().flatten().chain(list)
    }

    /// Whether it works row by row, whatever its inputs do.
    fn works_by_row(&self) -> bool {
        match self {
            Self::Column(_)
            | Self::Literal(_)
            | Self::Cast { .. }
            | Self::Binary { .. }
            | Self::When { .. }
            | Self::Lists { .. } => true,
            // Without arguments a function has as many values as there are rows, which nobody else knows.
            Self::Function { function, args } => function.extent() == Extent::Row && !args.is_empty(),
            Self::Map { function, args, .. } => function.elementwise && !args.is_empty(),
            Self::Aggregate(_) | Self::Over(_) | Self::Filter { .. } | Self::Rolling { .. } | Self::Len => {
                false
            }
        }
    }
}

impl Clone for BoundExpr {
    #[recursive::recursive]
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            dtype: self.dtype.clone(),
            extent: self.extent,
            elementwise: self.elementwise,
        }
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
    pub(crate) fn new(node: Node, dtype: DataType, extent: Extent) -> Self {
        let column = matches!(node, Node::Literal(_)) && extent != Extent::Scalar;
        let elementwise = !column && node.works_by_row() && node.inputs().all(|input| input.elementwise);
        Self { node, dtype, extent, elementwise }
    }

    /// The null that has no type.
    pub(crate) fn null() -> Self {
        Self::new(Node::Literal(Column::full_null(DataType::Null, 1)), DataType::Null, Extent::Scalar)
    }

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

    /// Whether no row can make this fail, or change what it gives for another: it may then be evaluated for rows that
    /// something else drops, or not.
    pub fn is_infallible(&self) -> bool {
        self.risk() == Risk::None && !self.has_aggregate()
    }

    #[recursive::recursive]
    fn has_aggregate(&self) -> bool {
        matches!(self.node, Node::Aggregate(_)) || self.node.inputs().any(Self::has_aggregate)
    }

    /// What can make this fail while it runs, or what is in it. The only place that knows, for operators, casts and
    /// aggregates; functions say it in their entries.
    #[recursive::recursive]
    pub fn risk(&self) -> Risk {
        let own = match &self.node {
            Node::Column(_) | Node::Literal(_) | Node::Len | Node::When { .. } => Risk::None,
            Node::Binary { plan, .. } if plan.is_infallible() => Risk::None,
            Node::Binary { plan, .. } if plan.output.is_decimal() => Risk::Overflow,
            Node::Binary { .. } => Risk::Values,
            Node::Function { function, args } => {
                let mut options = args.iter().skip(1);
                let constant = options.all(|option| matches!(option.node, Node::Literal(_)));
                if function.is_infallible() && constant { Risk::None } else { Risk::Values }
            }
            // Casts that types demand widen numbers; others are not looked at more closely.
            Node::Cast { input, .. } => match (&input.dtype, &self.dtype) {
                (DataType::Boolean, to) if to.is_float() => Risk::None,
                (from, to) if to.is_float() && (from.is_integer() || from.is_float()) => Risk::None,
                (from, to) if to.is_decimal() && (from.is_integer() || from.is_decimal()) => Risk::Overflow,
                _ => Risk::Values,
            },
            Node::Aggregate(node) => node.risk(),
            Node::Over(_)
            | Node::Filter { .. }
            | Node::Rolling { .. }
            | Node::Lists { .. }
            | Node::Map { .. } => Risk::Values,
        };
        match own {
            Risk::Values => Risk::Values,
            own => self.node.inputs().map(Self::risk).fold(own, Risk::max),
        }
    }

    /// The positions of the columns that this reads.
    #[recursive::recursive]
    pub fn input_columns(&self, out: &mut Vec<usize>) {
        match &self.node {
            Node::Column(i) if !out.contains(i) => out.push(*i),
            Node::Over(window) => window.input_columns(out),
            node => node.inputs().for_each(|input| input.input_columns(out)),
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
            return Self::new(Node::Literal(column), dtype.clone(), self.extent);
        }
        let extent = self.extent;
        Self::new(Node::Cast { input: Box::new(self), mode }, dtype.clone(), extent)
    }

    /// A cast that types demand.
    pub(crate) fn coerce(self, dtype: &DataType) -> Self {
        self.cast_to(dtype, CastMode::Strict)
    }

    /// The result for a batch, whose rows are one segment.
    pub fn evaluate(&self, batch: &Batch) -> Result<Evaluated> {
        if self.elementwise { elementwise(self, batch) } else { self.evaluate_with(batch, &Inline) }
    }

    /// As [`Self::evaluate`], on all threads.
    pub fn evaluate_with(&self, batch: &Batch, tasks: &dyn Tasks) -> Result<Evaluated> {
        Frame::whole(batch, tasks).select(self)
    }

    /// One value for each range of a batch's rows, by starts and lengths: that of the expression, or a list of its values.
    /// Ranges may overlap and leave rows out, as those of rolling windows do.
    pub fn evaluate_ranges(
        &self,
        batch: &Batch,
        starts: &[u32],
        lengths: &[u32],
        tasks: &dyn Tasks,
    ) -> Result<Column> {
        let fits = |(start, length): (&u32, &u32)| *start as usize + *length as usize <= batch.len();
        if starts.len() != lengths.len() || !starts.iter().zip(lengths).all(fits) {
            return Err(Error::out_of_bounds(format!("a range ends after the {} rows", batch.len())));
        }
        Frame { batch, segments: Segments::Ranges { starts, lengths }, tasks }.one_for_each(self)
    }

    /// The value, if this is a constant: a literal, or what is computed from literals alone.
    pub(crate) fn constant_value(&self) -> Result<Option<hypostyle_core::Scalar>> {
        if !self.elementwise || self.extent != Extent::Scalar {
            return Ok(None);
        }
        Ok(Some(constant(self)?.get(0)))
    }
}

impl AggregateNode {
    /// What can make it fail, whatever its arguments do. Totals of numbers that are long already may not fit.
    fn risk(&self) -> Risk {
        let is_long = |arg: &BoundExpr| matches!(arg.dtype, DataType::Decimal(29.., _));
        if self.aggregate.traits().infallible && !self.args.iter().any(is_long) {
            Risk::None
        } else {
            Risk::Overflow
        }
    }

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

#[cfg(test)]
mod tests {
    use hypostyle_core::{DataType, Field, Schema};

    use super::Risk;
    use crate::dsl::{col, lit};
    use crate::{Expr, bind};

    #[test]
    fn what_can_fail_is_known_before_it_runs() {
        let types = [
            ("a", DataType::Int64),
            ("f", DataType::Float64),
            ("d", DataType::Decimal(10, 2)),
            ("long", DataType::Decimal(38, 2)),
            ("t", DataType::String),
        ];
        let schema = Schema::try_new(types.map(|(name, dtype)| Field::new(name, dtype)).to_vec()).unwrap();
        let check = |expr: Expr, risk: Risk, infallible: bool| {
            let bound = bind(&expr, &schema).unwrap();
            assert_eq!((bound.risk(), bound.is_infallible()), (risk, infallible), "{expr:?}");
        };
        check(col("a") * 2 + col("f"), Risk::None, true);
        check(col("t").is_null().or(col("a").is_between(1, 3)), Risk::None, true);
        check(col("d") * col("d"), Risk::Overflow, false);
        check(col("a").cast(DataType::UInt8), Risk::Values, false);
        check(col("a").gt(1).and(col("t").cast(DataType::Int64).lt(lit(3))), Risk::Values, false);
        // Aggregates do not work row by row: they see the rows that are dropped.
        check(col("a").sum(), Risk::None, false);
        check(col("a").gt(col("f").mean()), Risk::None, false);
        check(col("d").sum(), Risk::None, false);
        check(col("long").sum(), Risk::Overflow, false);
        check(col("long").count(), Risk::Overflow, false);
        check(col("f").median(), Risk::Overflow, false);
        check(col("t").cast(DataType::Int64).sum(), Risk::Values, false);
    }
}
