//! A filter over all pairs of rows that compares a key of one side with a key of the other: an interval join.

use std::sync::Arc;

use hypostyle_core::{DataType, Result, Schema};
use hypostyle_expr::{BinaryOp, BoundExpr, Expr, bind, types};
use hypostyle_plan::{JoinColumn, JoinKind, Plan, join_columns};

use super::Lowering;
use super::scan::bind_conjuncts;
use crate::operators::filter::Filter;
use crate::operators::interval::{Bound, End, IntervalJoin};
use crate::operators::join::Output;
use crate::operators::project::Pick;
use crate::pipeline_plan::PipelinePlan;

/// A comparison of keys of both sides, in the names of each.
struct Comparison {
    left: Expr,
    right: Expr,
    /// Which right keys are partners of a left key.
    end: End,
    /// Which conjunct it is.
    conjunct: usize,
}

/// The same comparison with its sides exchanged.
fn flipped(end: End) -> End {
    match end {
        End::Less => End::Greater,
        End::LessOrEqual => End::GreaterOrEqual,
        End::Greater => End::Less,
        End::GreaterOrEqual => End::LessOrEqual,
    }
}

/// An expression of a join's output in the names of one side, if it reads that side and nothing else.
fn of_side(expr: &Expr, columns: &[JoinColumn], right: bool, side: &Schema) -> Option<Expr> {
    let own = |name: &Arc<str>| columns.iter().find(|c| c.name == *name && c.right == right);
    let read = expr.columns();
    if read.is_empty() || !read.iter().all(|name| own(name).is_some()) {
        return None;
    }
    Some(expr.transform_up(&mut |e| match &e {
        Expr::Column(name) => match own(name) {
            Some(column) => Expr::Column(side.fields()[column.position].name.clone()),
            None => e,
        },
        _ => e,
    }))
}

/// The comparisons among conjuncts.
fn comparisons(
    conjuncts: &[&Expr],
    columns: &[JoinColumn],
    left: &Schema,
    right: &Schema,
) -> Vec<Comparison> {
    let comparison = |(conjunct, expr): (usize, &&Expr)| {
        let Expr::Binary { left: a, op, right: b } = expr else { return None };
        // Of `left op right`, the right keys on that side of the left one.
        let end = match op {
            BinaryOp::Lt => End::Greater,
            BinaryOp::LtEq => End::GreaterOrEqual,
            BinaryOp::Gt => End::Less,
            BinaryOp::GtEq => End::LessOrEqual,
            _ => return None,
        };
        let sides =
            |a: &Expr, b: &Expr| Some((of_side(a, columns, false, left)?, of_side(b, columns, true, right)?));
        match sides(a, b) {
            Some((left, right)) => Some(Comparison { left, right, end, conjunct }),
            None => {
                let (left, right) = sides(b, a)?;
                Some(Comparison { left, right, end: flipped(end), conjunct })
            }
        }
    };
    conjuncts.iter().enumerate().filter_map(comparison).collect()
}

/// The type that keys are compared as, if their order is that of the comparison.
fn common_type(a: &DataType, b: &DataType) -> Option<DataType> {
    let ordered = |dtype: &DataType| dtype.is_numeric() || dtype.is_temporal() || *dtype == DataType::String;
    types::supertype(a, b)
        .filter(|common| ordered(a) && ordered(b) && ordered(common) && a.is_decimal() == b.is_decimal())
}

impl Lowering<'_> {
    /// The filter and the join below it, if that has all pairs and a conjunct compares keys of its sides. Of several
    /// comparisons, those that share a key of one side are the ends of one range; the others are left to a filter.
    pub(super) fn lower_interval_join(
        &mut self,
        plan: &Arc<Plan>,
        join: &Arc<Plan>,
        predicate: &Expr,
        output: &[usize],
    ) -> Result<Option<PipelinePlan>> {
        let Plan::Join { left, right, left_on, right_on, options, .. } = &**join else { return Ok(None) };
        if options.kind != JoinKind::Cross {
            return Ok(None);
        }
        let columns = join_columns(left.schema(), right.schema(), left_on, right_on, options)?;
        let conjuncts = predicate.conjuncts();
        let found = comparisons(&conjuncts, &columns, left.schema(), right.schema());
        let Some(first) = found.first() else { return Ok(None) };
        let shares = |swap: bool| {
            let key = |c: &Comparison| if swap { c.left.clone() } else { c.right.clone() };
            found.iter().filter(|c| key(c) == key(first)).count()
        };
        // The side whose key has both ends of the range is put in order.
        let swap = shares(true) > shares(false);
        let (build, probe) = if swap { (left, right) } else { (right, left) };
        let build_key = if swap { &first.left } else { &first.right };
        let key = bind(build_key, build.schema())?;
        let mut dtype: Option<DataType> = None;
        let (mut bounds, mut used) = (Vec::new(), Vec::new());
        for comparison in &found {
            let (own, other, end) = match swap {
                true => (&comparison.left, &comparison.right, flipped(comparison.end)),
                false => (&comparison.right, &comparison.left, comparison.end),
            };
            if own != build_key {
                continue;
            }
            let other = bind(other, probe.schema())?;
            let Some(common) = common_type(key.dtype(), other.dtype()) else { continue };
            if dtype.get_or_insert_with(|| common.clone()) != &common {
                continue;
            }
            bounds.push(Bound { key: other, end });
            used.push(comparison.conjunct);
        }
        let Some(dtype) = dtype else { return Ok(None) };
        let rest = conjuncts.iter().enumerate().filter(|(i, _)| !used.contains(i));
        let rest =
            rest.map(|(_, conjunct)| bind_conjuncts(conjunct, join.schema())).collect::<Result<Vec<_>>>()?;
        let rest: Vec<BoundExpr> = rest.into_iter().flatten().collect();
        let side = |c: &JoinColumn| match c.right == swap {
            true => Output::Probe(c.position),
            false => Output::Build(c.position),
        };
        let sides: Vec<Output> = columns.iter().map(side).collect();
        let operator = self.operator(join);
        let sorted = self.lower_one_batch(build, &[])?;
        let mut pipeline = self.lower(probe, &[])?;
        pipeline.push_late(&[sorted.node()], operator, move |_| {
            Ok(Box::new(IntervalJoin::try_new(&sorted.take_filled()?, &key, &dtype, bounds, sides)?))
        });
        let operator = self.operator(plan);
        match rest.is_empty() {
            true => pipeline.push(Box::new(Pick::new(output.to_vec())), operator),
            false => pipeline.push(Box::new(Filter::new(rest, Vec::new(), output.to_vec())), operator),
        }
        Ok(Some(pipeline))
    }
}
