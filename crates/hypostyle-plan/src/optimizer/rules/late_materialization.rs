//! What only the result needs is read for the rows of the result alone.
//!
//! Under a top-k, columns of a scan by which nobody sorts, filters, joins or computes are not read: an id of the row
//! travels in their place, and the columns of the rows that are left are fetched by it. Abadi et al., "Materialization
//! Strategies in a Column-Oriented DBMS" (ICDE 2007).

use std::collections::HashSet;
use std::sync::Arc;

use hypostyle_core::{DataType, Error, Field, Result, Schema};
use hypostyle_expr::{Expr, output_name};

use crate::build::{join_columns, project_names};
use crate::optimizer::Rule;
use crate::plan::{FetchNode, JoinKind, Plan, ScanNode};

/// Reads late.
pub(in crate::optimizer) struct LateMaterialization;

/// More rows are in so many places that all would be read.
const MOST_ROWS: usize = 1 << 10;

/// Sources with fewer rows for each that is fetched are read at once.
const ROWS_FOR_EACH: usize = 1 << 8;

impl Rule for LateMaterialization {
    fn name(&self) -> &'static str {
        "late_materialization"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        let mut ids = Ids::default();
        plan.transform_up(&mut |node| match &*node {
            Plan::Sort { input, by, limit: Some(limit), .. } if *limit <= MOST_ROWS => {
                let mut payload: Names = node.schema().names().map(Into::into).collect();
                for key in by.iter().flat_map(|key| key.expr.columns()) {
                    payload.remove(&key);
                }
                ids.taken.clear();
                take_names(&node, &mut ids.taken);
                ids.limit = *limit;
                let (input, late) = thin(input, &payload, &mut ids)?;
                if late.is_empty() {
                    return Ok(node);
                }
                let mut top = Arc::new(node.with_children(vec![input]));
                for Late { ids, rows } in late {
                    top = Arc::new(Plan::fetch(top, ids, rows)?);
                }
                let names: Vec<Arc<str>> = node.schema().names().map(Into::into).collect();
                Ok(Arc::new(project_names(top, names)?))
            }
            _ => Ok(node),
        })
    }
}

type Names = HashSet<Arc<str>>;

/// Columns that a plan does not give any more, but ids to fetch them by.
struct Late {
    ids: Arc<str>,
    rows: FetchNode,
}

/// Names for columns of ids.
#[derive(Default)]
struct Ids {
    taken: Names,
    /// Rows that will be fetched, at most.
    limit: usize,
}

impl Ids {
    fn name(&mut self) -> Arc<str> {
        let names = (1..).map(|number| Arc::<str>::from(format!("row id {number}")));
        let free = names.into_iter().find(|name| self.taken.insert(name.clone()));
        // There is a free one among so many.
        free.unwrap_or_default()
    }
}

fn take_names(plan: &Plan, taken: &mut Names) {
    taken.extend(plan.schema().names().map(Into::into));
    plan.children().into_iter().for_each(|child| take_names(child, taken));
}

/// The plan with ids instead of columns of the payload, as far as its sources have them. The payload is no more than
/// what nobody above reads by value.
#[recursive::recursive]
fn thin(plan: &Arc<Plan>, payload: &Names, ids: &mut Ids) -> Result<(Arc<Plan>, Vec<Late>)> {
    let unchanged = || (Arc::clone(plan), Vec::new());
    let without = |exprs: &[&Expr]| -> Names {
        let read: Names = exprs.iter().flat_map(|e| e.columns()).collect();
        payload.difference(&read).cloned().collect()
    };
    let over = |(input, late): (Arc<Plan>, Vec<Late>), make: &dyn Fn(Arc<Plan>) -> Result<Plan>| {
        if late.is_empty() { Ok(unchanged()) } else { Ok((Arc::new(make(input)?), late)) }
    };
    if payload.is_empty() {
        return Ok(unchanged());
    }
    match &**plan {
        Plan::Scan(scan) => Ok(thin_scan(scan, payload, ids).unwrap_or_else(unchanged)),
        Plan::Filter { input, predicate } if predicate.is_row_separable() => {
            let below = thin(input, &without(&[predicate]), ids)?;
            over(below, &|input| Plan::filter(input, predicate.clone()))
        }
        Plan::Sort { input, by, limit: None, .. } if by.iter().all(|key| key.expr.is_row_separable()) => {
            let below = thin(input, &without(&plan.exprs()), ids)?;
            over(below, &|input| Ok(plan.with_children(vec![input])))
        }
        Plan::Slice { input, .. } => {
            let below = thin(input, payload, ids)?;
            over(below, &|input| Ok(plan.with_children(vec![input])))
        }
        Plan::WithColumns { input, exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            let mut payload = without(&plan.exprs());
            for expr in exprs {
                payload.remove(&output_name(expr)?);
            }
            let below = thin(input, &payload, ids)?;
            over(below, &|input| Plan::with_columns(input, exprs.clone()))
        }
        Plan::Select { input, exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            thin_select(plan, input, exprs, payload, ids)
        }
        Plan::Join { .. } => Ok(thin_join(plan, payload, ids)?.unwrap_or_else(unchanged)),
        _ => Ok(unchanged()),
    }
}

/// Whether not to read columns of these types is worth an id.
fn pays<'a>(types: impl Iterator<Item = &'a DataType>) -> bool {
    let cost = |dtype: &DataType| if dtype.is_numeric() || dtype.is_temporal() { 1 } else { 2 };
    types.map(cost).sum::<u32>() >= 2
}

fn thin_scan(scan: &ScanNode, payload: &Names, ids: &mut Ids) -> Option<(Arc<Plan>, Vec<Late>)> {
    let few = scan.source.row_estimate()? / ROWS_FOR_EACH < ids.limit;
    let fields = scan.schema.fields();
    let (late, kept): (Vec<usize>, Vec<usize>) = (0..fields.len()).partition(|position| {
        let Field { name, dtype } = &fields[*position];
        payload.contains(name) && !dtype.is_nested()
    });
    if few || !pays(late.iter().map(|position| &fields[*position].dtype)) {
        return None;
    }
    let name = ids.name();
    let source = scan.source.with_row_ids(&name)?;
    let id = source.schema().ok()?.len() - 1;
    let projection = kept.iter().map(|kept| scan.source_position(*kept)).chain([id]).collect();
    let id = Field::new(name.clone(), DataType::UInt64);
    let schema = Schema::try_new(kept.iter().map(|kept| fields[*kept].clone()).chain([id]).collect()).ok()?;
    let columns = late.iter().map(|late| (scan.source_position(*late), fields[*late].name.clone())).collect();
    let rows = FetchNode { source: Arc::clone(&source), columns };
    let scan = ScanNode { source, projection: Some(projection), limit: scan.limit, schema: Arc::new(schema) };
    Some((Arc::new(Plan::Scan(scan)), vec![Late { ids: name, rows }]))
}

/// Columns that are passed on, each to one output, may be late below.
fn thin_select(
    plan: &Arc<Plan>,
    input: &Arc<Plan>,
    exprs: &[Expr],
    payload: &Names,
    ids: &mut Ids,
) -> Result<(Arc<Plan>, Vec<Late>)> {
    let mut passed = Vec::new();
    for expr in exprs {
        let readers = |name: &Arc<str>| exprs.iter().filter(|e| e.columns().contains(name)).count();
        if let Expr::Column(name) = expr.without_alias()
            && payload.contains(&output_name(expr)?)
            && readers(name) == 1
        {
            passed.push((name.clone(), output_name(expr)?));
        }
    }
    let below: Names = passed.iter().map(|(name, _)| name.clone()).collect();
    let (thinned, mut late) = thin(input, &below, ids)?;
    if late.is_empty() {
        return Ok((Arc::clone(plan), late));
    }
    let gone = rename(&mut late, &passed);
    let mut kept = Vec::with_capacity(exprs.len());
    for expr in exprs {
        if !gone.contains(&output_name(expr)?) {
            kept.push(expr.clone());
        }
    }
    kept.extend(late.iter().map(|late| Expr::Column(late.ids.clone())));
    Ok((Arc::new(Plan::select(thinned, kept)?), late))
}

/// Gives late columns the names that they have further up, and says which these are.
fn rename(late: &mut [Late], passed: &[(Arc<str>, Arc<str>)]) -> Names {
    let mut gone = Names::new();
    for (_, name) in late.iter_mut().flat_map(|late| &mut late.rows.columns) {
        if let Some((_, output)) = passed.iter().find(|(own, _)| own == name) {
            *name = output.clone();
        }
        gone.insert(name.clone());
    }
    gone
}

/// `None` if nothing is late, or if names would change with the columns that go.
fn thin_join(join: &Plan, payload: &Names, ids: &mut Ids) -> Result<Option<(Arc<Plan>, Vec<Late>)>> {
    let Plan::Join { left, right, left_on, right_on, options, schema } = join else { return Ok(None) };
    // The columns of each side that may be late, with their names in the output.
    let mut passed = [Vec::new(), Vec::new()];
    match options.kind {
        JoinKind::Semi | JoinKind::Anti => {
            passed[0] = payload.iter().map(|name| (name.clone(), name.clone())).collect();
        }
        JoinKind::Inner | JoinKind::Left => {
            let columns = join_columns(left.schema(), right.schema(), left_on, right_on, options)?;
            for column in columns.iter().filter(|column| payload.contains(&column.name)) {
                let side = if column.right { right } else { left };
                let own = side.schema().fields()[column.position].name.clone();
                passed[usize::from(column.right)].push((own, column.name.clone()));
            }
        }
        JoinKind::Right | JoinKind::Full | JoinKind::Cross => return Ok(None),
    }
    let mut side = |side: &Arc<Plan>, passed: &[(Arc<str>, Arc<str>)], on: &[Expr]| {
        let mut below: Names = passed.iter().map(|(own, _)| own.clone()).collect();
        for key in on.iter().flat_map(Expr::columns) {
            below.remove(&key);
        }
        let (thinned, mut late) = thin(side, &below, ids)?;
        let gone = rename(&mut late, passed);
        Ok::<_, Error>((thinned, late, gone))
    };
    let (left, mut late, mut gone) = side(left, &passed[0], left_on)?;
    let (right, late_right, gone_right) = side(right, &passed[1], right_on)?;
    late.extend(late_right);
    gone.extend(gone_right);
    if late.is_empty() {
        return Ok(None);
    }
    let thinned = Plan::join(left, right, left_on.clone(), right_on.clone(), options.clone())?;
    // A suffix is there only while the left side has the name, too.
    let ids: Names = late.iter().map(|late| late.ids.clone()).collect();
    let kept: HashSet<&str> = schema.names().filter(|name| !gone.contains(*name)).collect();
    let found: HashSet<&str> = thinned.schema().names().filter(|name| !ids.contains(*name)).collect();
    Ok((kept == found).then(|| (Arc::new(thinned), late)))
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::testing::{Query, check_rule, file};

    #[test]
    fn columns_that_only_the_result_needs_are_fetched() {
        let query =
            file("t", ["a", "b", "c", "d"], 1_000_000).filter(col("b").gt(lit(1))).sort("a").slice(0, 5);
        let query = Query(crate::optimizer::rules::slice_pushdown::SlicePushdown.apply(query.0).unwrap());
        check_rule(
            &LateMaterialization,
            query,
            r#"
            TOP 5 by [col("a")]
              FILTER [(col("b")) > (1)]
                SCAN t
            =>
            SELECT [col("a"), col("b"), col("c"), col("d")]
              FETCH [c, d] of t
                TOP 5 by [col("a")]
                  FILTER [(col("b")) > (1)]
                    SCAN t columns: [a, b, row id 1]
            "#,
        );
    }

    #[test]
    fn a_small_file_is_read_at_once() {
        let query = file("t", ["a", "b", "c", "d"], 1_000).sort("a").slice(0, 5);
        let query = Query(crate::optimizer::rules::slice_pushdown::SlicePushdown.apply(query.0).unwrap());
        check_rule(
            &LateMaterialization,
            query,
            r#"
            TOP 5 by [col("a")]
              SCAN t
            =>
            the same
            "#,
        );
    }
}
