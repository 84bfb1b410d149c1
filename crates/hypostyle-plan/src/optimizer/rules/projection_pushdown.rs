//! Only the columns that somebody reads are read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hypostyle_core::{Result, Schema};
use hypostyle_expr::{Expr, output_name};

use crate::build::{join_columns, project_names};
use crate::optimizer::Rule;
use crate::plan::{JoinKind, Plan, ScanNode};

/// Pushes projections.
pub(in crate::optimizer) struct ProjectionPushdown;

impl Rule for ProjectionPushdown {
    fn name(&self) -> &'static str {
        "projection_pushdown"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        let all = all_of(&plan);
        let mut shared = Shared::default();
        find_caches(&plan, &mut shared.caches);
        if !shared.caches.is_empty() {
            // What is read of a shared subplan is known once all its readers have been seen: those above it first.
            push(&plan, &all, &mut shared)?;
            let mut outer_first: Vec<(u64, Arc<Plan>)> =
                shared.caches.iter().map(|(id, input)| (*id, Arc::clone(input))).collect();
            outer_first.sort_by_key(|(id, input)| (std::cmp::Reverse(nodes(input)), *id));
            for (id, input) in outer_first {
                let mut wanted = shared.wanted.remove(&id).unwrap_or_default();
                keep_one(&mut wanted, &input);
                push(&input, &wanted, &mut shared)?;
                shared.wanted.insert(id, wanted);
            }
            shared.known = true;
        }
        push(&plan, &all, &mut shared)
    }
}

/// Subplans with several readers. They give the columns that any of these wants.
#[derive(Default)]
struct Shared {
    caches: HashMap<u64, Arc<Plan>>,
    wanted: HashMap<u64, Names>,
    /// Whether `wanted` is complete; until then, reading only notes what is read.
    known: bool,
    pushed: HashMap<u64, Arc<Plan>>,
}

impl Shared {
    fn read(&mut self, plan: &Arc<Plan>, input: &Arc<Plan>, id: u64, wanted: &Names) -> Result<Arc<Plan>> {
        if !self.known {
            self.wanted.entry(id).or_default().extend(wanted.iter().cloned());
            return narrow_arc(Arc::clone(plan), wanted);
        }
        let cache = match self.pushed.get(&id) {
            Some(cache) => Arc::clone(cache),
            None => {
                let all = self.wanted.get(&id).cloned().unwrap_or_else(|| all_of(input));
                let input = narrow_arc(push(input, &all, self)?, &all)?;
                let cache = Arc::new(Plan::Cache { input, id });
                self.pushed.insert(id, Arc::clone(&cache));
                cache
            }
        };
        narrow_arc(cache, wanted)
    }
}

#[recursive::recursive]
fn find_caches(plan: &Arc<Plan>, caches: &mut HashMap<u64, Arc<Plan>>) {
    if let Plan::Cache { input, id } = &**plan
        && caches.insert(*id, Arc::clone(input)).is_some()
    {
        return;
    }
    plan.children().into_iter().for_each(|child| find_caches(child, caches));
}

/// Number of nodes: a subplan has fewer than any that contains it.
#[recursive::recursive]
fn nodes(plan: &Plan) -> usize {
    1 + plan.children().into_iter().map(|child| nodes(child)).sum::<usize>()
}

type Names = HashSet<Arc<str>>;

fn columns_of<'a>(exprs: impl IntoIterator<Item = &'a Expr>) -> Names {
    exprs.into_iter().flat_map(|e| e.columns()).collect()
}

/// A plan that gives at least the columns of `wanted`, in the order of the original, and others only where they
/// cost nothing. Exactly those of `wanted` unless the node itself needs more.
#[recursive::recursive]
fn push(plan: &Arc<Plan>, wanted: &Names, shared: &mut Shared) -> Result<Arc<Plan>> {
    Ok(match &**plan {
        Plan::Scan(scan) => {
            let keep: Vec<usize> =
                (0..scan.schema.len()).filter(|i| wanted.contains(&scan.schema.fields()[*i].name)).collect();
            if keep.len() == scan.schema.len() {
                return Ok(Arc::clone(plan));
            }
            let schema = Arc::new(scan.schema.project(&keep));
            let projection = match &scan.projection {
                Some(old) => keep.iter().map(|i| old[*i]).collect(),
                None => keep,
            };
            Arc::new(Plan::Scan(ScanNode { projection: Some(projection), schema, ..scan.clone() }))
        }
        Plan::Filter { input, predicate } => {
            let mut needed = wanted.clone();
            needed.extend(columns_of([predicate]));
            let pushed = push(input, &needed, shared)?;
            // Making a node binds its expressions, which is most of what planning a small query costs.
            let filter = match Arc::ptr_eq(&pushed, input) {
                true => Arc::clone(plan),
                false => Arc::new(Plan::filter(pushed, predicate.clone())?),
            };
            narrow_arc(filter, wanted)?
        }
        Plan::Select { input, exprs, .. } => {
            let mut kept = Vec::with_capacity(exprs.len());
            for expr in exprs {
                if wanted.contains(&output_name(expr)?) {
                    kept.push(expr.clone());
                }
            }
            // Scalars take the height from the columns beside them: without these the height would be lost.
            let rows = |e: &Expr| !e.columns().is_empty() && !e.has_aggregate();
            if !kept.iter().any(rows)
                && let Some(height) = exprs.iter().find(|e| rows(e))
                && !kept.contains(height)
            {
                kept.push(height.clone());
            }
            // Nor is the one row of scalars lost when nobody reads them.
            if kept.is_empty() {
                kept.extend(exprs.first().cloned());
            }
            let input = push(input, &columns_of(&kept), shared)?;
            // What is under it may have been narrowed to just these columns.
            let picks_all = kept.len() == input.schema().len()
                && kept
                    .iter()
                    .zip(input.schema().names())
                    .all(|(e, n)| matches!(e, Expr::Column(c) if **c == *n));
            if picks_all {
                return Ok(input);
            }
            pick(input, kept)?
        }
        Plan::WithColumns { input, exprs, .. } => {
            let mut kept = Vec::with_capacity(exprs.len());
            let mut made = Names::new();
            for expr in exprs {
                let name = output_name(expr)?;
                if wanted.contains(&name) {
                    kept.push(expr.clone());
                    made.insert(name);
                }
            }
            let mut needed: Names = wanted.difference(&made).cloned().collect();
            // A column that is replaced keeps its place only if it is there.
            needed.extend(made.iter().filter(|n| input.schema().contains(n)).cloned());
            needed.extend(columns_of(&kept));
            let input = push(input, &needed, shared)?;
            if kept.is_empty() {
                return narrow_arc(input, wanted);
            }
            narrow(Plan::with_columns(input, kept)?, wanted)?
        }
        Plan::Aggregate { input, keys, aggs, maintain_order, schema } => {
            let mut kept = Vec::with_capacity(aggs.len());
            let mut fields = schema.fields()[..keys.len()].to_vec();
            for (agg, field) in aggs.iter().zip(&schema.fields()[keys.len()..]) {
                if wanted.contains(&field.name) {
                    kept.push(agg.clone());
                    fields.push(field.clone());
                }
            }
            let schema =
                if kept.len() == aggs.len() { schema.clone() } else { Arc::new(Schema::try_new(fields)?) };
            let mut needed = columns_of(keys);
            needed.extend(columns_of(&kept));
            keep_one(&mut needed, input);
            let input = push(input, &needed, shared)?;
            // Columns that nobody reads change no type.
            let (keys, maintain_order) = (keys.clone(), *maintain_order);
            narrow(Plan::Aggregate { input, keys, aggs: kept, maintain_order, schema }, wanted)?
        }
        Plan::Join { left, right, left_on, right_on, options, .. } => {
            let (mut from_left, mut from_right) = (columns_of(left_on), columns_of(right_on));
            if matches!(options.kind, JoinKind::Semi | JoinKind::Anti) {
                from_left.extend(wanted.iter().cloned());
            } else {
                let columns = join_columns(left.schema(), right.schema(), left_on, right_on, options)?;
                for column in columns.iter().filter(|c| wanted.contains(&c.name)) {
                    let schema = if column.right { right.schema() } else { left.schema() };
                    let own = schema.fields()[column.position].name.clone();
                    if column.right {
                        // A suffix stays a suffix only while the left side has the name too.
                        if own != column.name {
                            from_left.insert(own.clone());
                        }
                        from_right.insert(own);
                    } else {
                        from_left.insert(own);
                    }
                }
            }
            keep_one(&mut from_left, left);
            keep_one(&mut from_right, right);
            let (left, right) = (push(left, &from_left, shared)?, push(right, &from_right, shared)?);
            let join = Plan::join(left, right, left_on.clone(), right_on.clone(), options.clone())?;
            narrow(join, wanted)?
        }
        Plan::Sort { input, by, .. } => {
            let mut needed = wanted.clone();
            needed.extend(columns_of(by.iter().map(|key| &key.expr)));
            let input = push(input, &needed, shared)?;
            narrow(plan.with_children(vec![input]), wanted)?
        }
        Plan::Distinct { input, subset, .. } => {
            let needed = match subset {
                Some(names) => wanted.iter().cloned().chain(names.iter().cloned()).collect(),
                None => input.schema().names().map(Into::into).collect(),
            };
            let input = push(input, &needed, shared)?;
            narrow(plan.with_children(vec![input]), wanted)?
        }
        Plan::Slice { input, .. } => Arc::new(plan.with_children(vec![push(input, wanted, shared)?])),
        Plan::Union { inputs, .. } => {
            let inputs = inputs
                .iter()
                .map(|input| {
                    let pushed = push(input, wanted, shared)?;
                    narrow_arc(pushed, wanted)
                })
                .collect::<Result<Vec<_>>>()?;
            Arc::new(Plan::union(inputs, false)?)
        }
        Plan::HorizontalConcat { inputs, .. } => {
            let inputs =
                inputs.iter().map(|input| push(input, &all_of(input), shared)).collect::<Result<Vec<_>>>()?;
            narrow(Plan::horizontal(inputs)?, wanted)?
        }
        Plan::Explode { input, columns, .. } => {
            let needed: Names = wanted.iter().cloned().chain(columns.iter().cloned()).collect();
            let input = push(input, &needed, shared)?;
            let columns = columns.iter().map(|c| Expr::Column(c.clone())).collect();
            narrow(Plan::explode(input, columns)?, wanted)?
        }
        Plan::RowIndex { input, name, offset, .. } => {
            let mut needed: Names = wanted.iter().filter(|n| **n != *name).cloned().collect();
            keep_one(&mut needed, input);
            let input = push(input, &needed, shared)?;
            narrow(Plan::row_index(input, name.clone(), *offset)?, wanted)?
        }
        Plan::Cache { input, id } => shared.read(plan, input, *id, wanted)?,
        // Others read all columns: an unpivot those it names; a user's function sees what it was promised; of queries all is
        // wanted, and what is fetched was wanted before.
        _ => {
            let node = plan.map_children(&mut |input| push(input, &all_of(input), shared))?;
            narrow_arc(node, wanted)?
        }
    })
}

fn all_of(plan: &Plan) -> Names {
    plan.schema().names().map(Into::into).collect()
}

/// A node that counts rows still needs a column to see them by.
fn keep_one(needed: &mut Names, input: &Plan) {
    if needed.is_empty()
        && let Some(field) = narrowest(input)
    {
        needed.insert(field);
    }
}

fn narrowest(input: &Plan) -> Option<Arc<str>> {
    let fields = input.schema().fields();
    fields.iter().min_by_key(|f| f.dtype.byte_width().unwrap_or(64)).map(|f| f.name.clone())
}

/// A select; over one that does no more than pick columns, in its place.
pub(super) fn pick(input: Arc<Plan>, exprs: Vec<Expr>) -> Result<Arc<Plan>> {
    if let Plan::Select { input: inner, exprs: picked, .. } = &*input
        && exprs.iter().all(|e| matches!(e.without_alias(), Expr::Column(_)))
        && picked.iter().all(|e| matches!(e, Expr::Column(_)))
    {
        return Ok(Arc::new(Plan::select(Arc::clone(inner), exprs)?));
    }
    Ok(Arc::new(Plan::select(input, exprs)?))
}

/// Drops columns that are not wanted, where there are any.
fn narrow(plan: Plan, wanted: &Names) -> Result<Arc<Plan>> {
    narrow_arc(Arc::new(plan), wanted)
}

fn narrow_arc(plan: Arc<Plan>, wanted: &Names) -> Result<Arc<Plan>> {
    let names: Vec<Arc<str>> =
        plan.schema().fields().iter().map(|f| f.name.clone()).filter(|n| wanted.contains(n)).collect();
    if names.len() == plan.schema().len() || names.is_empty() {
        return Ok(plan);
    }
    Ok(Arc::new(project_names(plan, names)?))
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::testing::{check_rule, table};

    #[test]
    fn scans_read_what_somebody_asks_for() {
        let query =
            table("t", ["a", "b", "c", "d"], 9).filter(col("b").is_not_null()).sort("c").select([col("a")]);
        check_rule(
            &ProjectionPushdown,
            query,
            r#"
            SELECT [col("a")]
              SORT by [col("c")]
                FILTER col("b").is_not_null()
                  SCAN t
            =>
            SELECT [col("a")]
              SORT by [col("c")]
                SELECT [col("a"), col("c")]
                  FILTER col("b").is_not_null()
                    SCAN t columns: [a, b, c]
            "#,
        );
    }

    #[test]
    fn joins_read_their_keys() {
        let right = table("r", ["id", "x", "y"], 9);
        let query = table("l", ["k", "a", "b"], 9).join(right, "k", "id", JoinKind::Inner).select([col("x")]);
        check_rule(
            &ProjectionPushdown,
            query,
            r#"
            SELECT [col("x")]
              INNER JOIN on [col("k")] = [col("id")]
                SCAN l
                SCAN r
            =>
            SELECT [col("x")]
              INNER JOIN on [col("k")] = [col("id")]
                SCAN l columns: [k]
                SCAN r columns: [id, x]
            "#,
        );
    }

    /// The number of rows is asked of a column, if of none in particular.
    #[test]
    fn counting_rows_reads_one_column() {
        let query = table("t", ["a", "b"], 9).select([hypostyle_expr::dsl::len()]);
        check_rule(
            &ProjectionPushdown,
            query,
            r#"
            SELECT [len()]
              SCAN t
            =>
            SELECT [len()]
              SCAN t columns: []
            "#,
        );
    }
}
