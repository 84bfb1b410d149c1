//! Expressions of a group-by, taken apart: aggregate calls over rows, then row-wise expressions over their
//! results.

use std::sync::Arc;

use hypostyle_core::{Array, Batch, Column, DataType, Error, Field, ListArray, Result, Scalar, Schema};

use crate::aggregates::{self, Aggregate, Collected, Mean, RowCount, State, Sum, first_of_sorted};
use crate::bind::bind;
use crate::bound::{AggregateNode, BoundExpr, Extent, Node};
use crate::dsl::{null, when};
use crate::evaluate::one_per_segment;
use crate::expr::{Expr, Literal};
use crate::names::output_name;
use crate::tasks::Tasks;

/// The rows of each group side by side.
#[derive(Clone, Debug, Default)]
pub struct GroupOrder {
    /// Rows, group by group; within a group ascending.
    pub rows: Vec<u32>,
    /// Where each group starts, and the end.
    pub offsets: Vec<u32>,
}

/// Where each group starts once rows are in order of their groups, and the end.
pub(crate) fn group_offsets(ids: &[u32], groups: usize) -> Vec<u32> {
    let mut offsets = vec![0u32; groups + 1];
    ids.iter().for_each(|id| offsets[*id as usize + 1] += 1);
    for i in 0..groups {
        offsets[i + 1] += offsets[i];
    }
    offsets
}

/// Sorts rows by group, stably, by counting.
pub fn group_order(ids: &[u32], groups: usize) -> GroupOrder {
    let offsets = group_offsets(ids, groups);
    let mut next = offsets.clone();
    let mut rows = vec![0u32; ids.len()];
    for (row, id) in ids.iter().enumerate() {
        let slot = &mut next[*id as usize];
        rows[*slot as usize] = row as u32;
        *slot += 1;
    }
    GroupOrder { rows, offsets }
}

/// The number of the segment of every row.
pub(crate) fn segment_ids(starts: &[u32]) -> Vec<u32> {
    let mut ids = Vec::with_capacity(starts.last().map_or(0, |end| *end as usize));
    for (segment, end) in starts.iter().skip(1).enumerate() {
        ids.resize(*end as usize, segment as u32);
    }
    ids
}

/// Each segment of the values as one row.
pub(crate) fn segments_to_lists(values: Column, starts: &[u32]) -> Result<Column> {
    let dtype = DataType::list(values.dtype().clone());
    let offsets: Vec<i64> = starts.iter().map(|start| i64::from(*start)).collect();
    Column::try_new(dtype, Array::List(ListArray::try_new(offsets.into(), values, None)?))
}

/// One aggregate to be computed for every group.
#[derive(Clone, Debug)]
pub struct Call {
    args: Vec<BoundExpr>,
    kind: Kind,
    output: DataType,
}

#[derive(Clone, Debug)]
enum Kind {
    Catalog {
        aggregate: &'static dyn Aggregate,
        constants: Vec<Option<Scalar>>,
    },
    Rows,
    /// Any expression, evaluated on the rows of all groups at once.
    Evaluate(Arc<BoundExpr>),
}

impl Call {
    /// The arguments, over the rows of the input.
    pub fn args(&self) -> &[BoundExpr] {
        &self.args
    }

    /// The type of the result.
    pub fn output(&self) -> &DataType {
        &self.output
    }

    /// A state without groups.
    pub fn state(&self) -> Result<Box<dyn State>> {
        let types: Vec<DataType> = self.args.iter().map(|a| a.dtype().clone()).collect();
        match &self.kind {
            Kind::Catalog { aggregate, constants } => aggregate.state(&types, &self.output, constants),
            Kind::Rows => RowCount.state(&types, &self.output, &[]),
            Kind::Evaluate(expr) => {
                let finish = EvaluateGroups { expr: Arc::clone(expr) };
                Ok(Box::new(Collected::new(types, finish)))
            }
        }
    }
}

#[derive(Debug)]
struct EvaluateGroups {
    expr: Arc<BoundExpr>,
}

impl aggregates::CollectFinish for EvaluateGroups {
    fn finish(&self, columns: &[Column], offsets: &[u32], tasks: &dyn Tasks) -> Result<Column> {
        let len = columns.first().map_or(0, Column::len);
        let batch = Batch::try_new(columns.to_vec(), len)?;
        one_per_segment(&self.expr, &batch, offsets, tasks)
    }
}

/// The aggregates of a group-by (or of a select without one).
#[derive(Clone, Debug, Default)]
pub struct GroupedPlan {
    /// What is computed for every group.
    pub calls: Vec<Call>,
    /// The outputs, over the results of the calls.
    pub outputs: Vec<BoundExpr>,
}

impl GroupedPlan {
    /// Takes expressions apart. Selectors must have been expanded.
    pub fn new(exprs: &[Expr], schema: &Schema) -> Result<Self> {
        let mut calls = Calls { schema, sums: sums(exprs), exprs: Vec::new(), calls: Vec::new() };
        let mut posts = Vec::with_capacity(exprs.len());
        for expr in exprs {
            let best = first_of_sorted(expr, schema)?;
            posts.push(match calls.decompose(best.as_ref().unwrap_or(expr))? {
                Some(post) => post,
                None => calls.evaluate(expr)?,
            });
        }
        let fields = calls
            .calls
            .iter()
            .enumerate()
            .map(|(i, call)| Field::new(call_name(i), call.output.clone()))
            .collect();
        let results = Schema::try_new(fields)?;
        let outputs = posts.iter().map(|post| bind(post, &results)).collect::<Result<Vec<_>>>()?;
        Ok(Self { calls: calls.calls, outputs })
    }

    /// Names and types of what expressions give for groups: one value each, or a list of values. Selectors must have
    /// been expanded.
    pub fn fields_of(exprs: &[Expr], schema: &Schema) -> Result<Vec<Field>> {
        let field = |expr: &Expr| {
            let bound = bind(expr, schema)?;
            let dtype = match bound.extent() {
                Extent::Scalar => bound.dtype().clone(),
                Extent::Row | Extent::Whole | Extent::Free => DataType::list(bound.dtype().clone()),
            };
            Ok(Field::new(output_name(expr)?, dtype))
        };
        exprs.iter().map(field).collect()
    }

    /// The first output for the groups of a batch's rows: `ids` says the group of each.
    pub(crate) fn evaluate(&self, batch: &Batch, ids: &[u32], groups: usize) -> Result<Column> {
        let results = self
            .calls
            .iter()
            .map(|call| {
                let mut state = call.state()?;
                state.resize(groups);
                let args =
                    call.args.iter().map(|a| Ok(a.evaluate(batch)?.column)).collect::<Result<Vec<_>>>()?;
                state.update(&args, aggregates::Ids::Each(ids), ids.len())?;
                state.finish()
            })
            .collect::<Result<_>>()?;
        let first = self.finish(results, groups)?.into_iter().next();
        first.ok_or_else(|| Error::internal("a plan of no expression"))
    }

    /// The outputs for groups whose calls gave these results.
    pub fn finish(&self, results: Vec<Column>, groups: usize) -> Result<Vec<Column>> {
        let batch = Batch::try_new(results, groups)?;
        self.outputs.iter().map(|output| output.evaluate(&batch)?.into_rows(groups)).collect()
    }
}

fn call_name(i: usize) -> String {
    format!("#{i}")
}

struct Calls<'a> {
    schema: &'a Schema,
    /// What sums are asked of.
    sums: Vec<Expr>,
    exprs: Vec<Expr>,
    calls: Vec<Call>,
}

impl Calls<'_> {
    /// The expression over the results of calls, if it can be taken apart.
    #[recursive::recursive]
    fn decompose(&mut self, expr: &Expr) -> Result<Option<Expr>> {
        Ok(match expr {
            Expr::Literal(Literal::Column(_))
            | Expr::Column(_)
            | Expr::Over { .. }
            | Expr::Filter { .. }
            | Expr::Rolling { .. } => None,
            Expr::Map { function, .. } if !function.elementwise => None,
            Expr::Literal(_) => Some(expr.clone()),
            Expr::Len => Some(self.add(expr.clone(), |_| {
                Ok(Call { args: Vec::new(), kind: Kind::Rows, output: DataType::UInt32 })
            })?),
            Expr::Aggregate { name, args } => {
                let args: Vec<Expr> = args.iter().map(|a| filter_to_null(name, a)).collect();
                if !args.iter().all(Expr::is_row_separable) {
                    return Ok(None);
                }
                if !args.is_empty() && args.iter().all(|arg| arg.columns().is_empty()) {
                    return constant(expr).map(Some);
                }
                if let (true, [arg]) = (**name == *Mean.name(), &args[..])
                    && self.sums.contains(arg)
                    && has_exact_mean(bind(arg, self.schema)?.dtype())
                {
                    return self.decompose(&mean_of_sum(arg));
                }
                let expr = Expr::Aggregate { name: name.clone(), args };
                Some(self.add(expr.clone(), |schema| {
                    let mut bound = bind(&expr, schema)?;
                    match std::mem::replace(&mut bound.node, Node::Len) {
                        Node::Aggregate(node) => Ok(catalog_call(*node)),
                        _ => Err(Error::internal("an aggregate binds to one")),
                    }
                })?)
            }
            _ => {
                if let Expr::Function { name, .. } = expr
                    && crate::functions::find(name)?.extent() != Extent::Row
                {
                    return Ok(None);
                }
                let mut children = Vec::new();
                for child in expr.children() {
                    match self.decompose(child)? {
                        Some(child) => children.push(child),
                        None => return Ok(None),
                    }
                }
                let mut children = children.into_iter();
                Some(expr.map_children(&mut |child| children.next().unwrap_or_else(|| child.clone())))
            }
        })
    }

    /// A call for the whole expression, group by group.
    fn evaluate(&mut self, expr: &Expr) -> Result<Expr> {
        let whole = bind(expr, self.schema)?;
        let mut columns = Vec::new();
        whole.input_columns(&mut columns);
        if columns.is_empty() {
            // `len` and its kin still need to know how many rows a group has.
            columns.push(0);
        }
        if self.schema.is_empty() {
            return Err(Error::invalid_operation(format!("{expr} needs a table with columns")));
        }
        let fields = columns.iter().map(|i| self.schema.fields()[*i].clone()).collect();
        let part = Schema::try_new(fields)?;
        let bound = bind(expr, &part)?;
        let args = part
            .names()
            .map(|name| bind(&Expr::Column(name.into()), self.schema))
            .collect::<Result<Vec<_>>>()?;
        let output = match bound.extent() {
            Extent::Scalar => bound.dtype().clone(),
            _ => DataType::list(bound.dtype().clone()),
        };
        self.add(expr.clone(), |_| Ok(Call { args, kind: Kind::Evaluate(Arc::new(bound)), output }))
    }

    /// The column of a call's result; equal expressions share a call.
    fn add(&mut self, expr: Expr, make: impl FnOnce(&Schema) -> Result<Call>) -> Result<Expr> {
        let position = match self.exprs.iter().position(|e| *e == expr) {
            Some(position) => position,
            None => {
                self.calls.push(make(self.schema)?);
                self.exprs.push(expr);
                self.exprs.len() - 1
            }
        };
        Ok(Expr::Column(call_name(position).into()))
    }
}

/// The value of an aggregate that reads no column: its argument is one value, however many rows a group has.
fn constant(expr: &Expr) -> Result<Expr> {
    let value = bind(expr, &Schema::default())?.evaluate(&Batch::try_new(Vec::new(), 1)?)?;
    Ok(Expr::Literal(Literal::Scalar(value.column.get(0))))
}

/// What the sums among expressions are of.
fn sums(exprs: &[Expr]) -> Vec<Expr> {
    let mut sums = Vec::new();
    for expr in exprs {
        expr.exists(&mut |part| {
            if let Expr::Aggregate { name, args } = part
                && **name == *Sum.name()
            {
                sums.extend(args.iter().map(|arg| filter_to_null(name, arg)));
            }
            false
        });
    }
    sums
}

/// Whether the mean is the sum over the count to the last bit. Sums of integers wrap, and those of
/// decimals of very many digits may be an error.
fn has_exact_mean(dtype: &DataType) -> bool {
    matches!(dtype, DataType::Float64 | DataType::Decimal(..=28, _))
}

/// The mean by a sum that is computed anyway.
fn mean_of_sum(arg: &Expr) -> Expr {
    let count = || arg.clone().count();
    when(count().gt(0)).then(arg.clone().sum().cast(DataType::Float64) / count()).otherwise(null())
}

fn catalog_call(node: AggregateNode) -> Call {
    let constants = node.constants();
    Call {
        kind: Kind::Catalog { aggregate: node.aggregate, constants },
        args: node.args,
        output: node.output,
    }
}

/// `x.filter(p)` under an aggregate that passes over nulls is `x` with null where `p` does not hold.
fn filter_to_null(aggregate: &str, arg: &Expr) -> Expr {
    let ignores_nulls = aggregates::find(aggregate).is_ok_and(|a| a.traits().ignores_nulls);
    match arg {
        Expr::Filter { input, predicate } if ignores_nulls => Expr::When {
            predicate: predicate.clone(),
            then: input.clone(),
            otherwise: Arc::new(Expr::Literal(Literal::Scalar(Scalar::null(DataType::Null)))),
        },
        _ => arg.clone(),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Batch, Column, DataType, Field, Schema};

    use super::GroupedPlan;
    use crate::dsl::{call, col, lit};
    use crate::testing::{check_groups, decimals, shown};

    #[test]
    fn expressions_that_are_no_aggregate() {
        let a = [Column::from_options([Some(3i64), Some(1), None, Some(5), Some(4)])];
        let ids = [0, 1, 0, 0, 1];
        let group = |expr, expected: &str| check_groups(expr, &a, &ids, expected);
        group(col("a"), "list[i64] [[3, null, 5], [1, 4]]");
        group(col("a") * 2, "list[i64] [[6, null, 10], [2, 8]]");
        group(col("a").cum_sum(false), "list[i64] [[3, null, 8], [1, 5]]");
        group(col("a").sort(true, true), "list[i64] [[5, 3, null], [4, 1]]");
        group(col("a").sort(true, true).first(), "i64 [5, 4]");
        group((col("a") - col("a").shift(1)).max(), "i64 [null, 3]");
        group(col("a") - col("a").mean(), "list[f64] [[-1.0, null, 1.0], [-1.5, 1.5]]");
        group(call("rank", [col("a")]).last() + col("a").sum(), "f64 [10.0, 7.0]");
        // A value a group is there once.
        group(col("a").max().sum() + col("a").min().count(), "i64 [6, 5]");
        group((lit(2) * col("a").max()).sum(), "i64 [10, 8]");
        // Fewer values than rows: group by group.
        group(col("a").head(1), "list[i64] [[3], [1]]");
        group(col("a").drop_nulls().last(), "i64 [5, 4]");
        group(col("a").filter(col("a").gt(lit(1))).first(), "i64 [3, 4]");
    }

    /// A mean beside a sum of the same is not computed anew, and is the same.
    #[test]
    fn means_beside_sums() {
        let floats = Column::from_options([Some(0.1), Some(0.2), None, Some(f64::NAN), Some(0.3), None]);
        let money = decimals(20, 2, [Some("0.10"), None, Some("-7.25"), Some("99.99"), Some("0.00"), None]);
        let whole = Column::from_options([Some(1i64), None, Some(2), Some(i64::MAX), Some(i64::MAX), None]);
        let ids = [0, 0, 0, 1, 0, 2];
        for (column, calls) in [(floats, 2), (money, 2), (whole, 2)] {
            let schema = Schema::try_new(vec![Field::new("a", column.dtype().clone())]).unwrap();
            let batch = Batch::try_new(vec![column], ids.len()).unwrap();
            let evaluate = |exprs: &[crate::Expr]| {
                let plan = GroupedPlan::new(exprs, &schema).unwrap();
                (plan.calls.len(), shown(&plan.evaluate(&batch, &ids, 3).unwrap()))
            };
            let mean = || col("a").mean();
            let (own, alone) = evaluate(&[mean()]);
            let (shared, beside) = evaluate(&[mean(), col("a").sum()]);
            assert_eq!((own, shared, beside), (1, calls, alone));
        }
        let schema = Schema::try_new(vec![Field::new("a", DataType::Float64)]).unwrap();
        let plan = |exprs: &[crate::Expr]| GroupedPlan::new(exprs, &schema).unwrap().calls.len();
        assert_eq!(plan(&[col("a").mean(), col("a").sum(), col("a").count()]), 2);
        assert_eq!(plan(&[col("a").mean(), (col("a") + 1).sum()]), 2);
    }
}
