//! What joins tell the scans below their probe sides: the keys that have a partner. A row without one would be dropped
//! by the join; dropped at the scan, it costs nothing on the way there.
//!
//! A filter travels down from the join by the name of its column, for as long as dropping a row below drops nothing
//! but rows that the join drops above. It is a hint: any node may lose it, no result depends on it.

use std::sync::{Arc, OnceLock};

use hypostyle_core::{Bitmap, Column, Result, Schema};
use hypostyle_expr::{Expr, output_name};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::key_set::KeySet;
use hypostyle_plan::{JoinKind, JoinValidation, Keep, Plan, ValueTest, join_columns};

/// Keys of a build side; the set is made when the first scan asks for it.
#[derive(Debug)]
struct Keys {
    column: Column,
    set: OnceLock<Option<KeySet>>,
}

impl Keys {
    fn set(&self) -> Option<&KeySet> {
        self.set.get_or_init(|| KeySet::build(&self.column)).as_ref()
    }
}

/// Rows whose value of a column is not among the keys are not needed.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeFilter {
    column: Arc<str>,
    keys: Arc<Keys>,
    /// Whether there is work between the join and here: right below the join, asking twice saves nothing.
    pays: bool,
}

impl RuntimeFilter {
    /// What a join tells the input that it probes with: `column` must have one of these values. `pays` if that is worth
    /// knowing right below the join.
    pub(crate) fn new(column: Arc<str>, values: Column, pays: bool) -> Self {
        Self { column, keys: Arc::new(Keys { column: values, set: OnceLock::new() }), pays }
    }

    /// The test of rows of this schema that are in memory, if it pays and its keys are of the column's type.
    pub(crate) fn test(&self, schema: &Schema) -> Option<KeyTest> {
        if self.pays { self.scan_test(schema) } else { None }
    }

    /// The test of rows that are still to be decoded, which always pays.
    pub(crate) fn scan_test(&self, schema: &Schema) -> Option<KeyTest> {
        let position = schema.position(&self.column)?;
        self.keys.set().filter(|set| set.fits(&schema.fields()[position].dtype))?;
        Some(KeyTest { position, keys: Arc::clone(&self.keys) })
    }

    fn renamed(&self, column: &Arc<str>, pays: bool) -> Self {
        Self { column: column.clone(), keys: Arc::clone(&self.keys), pays: self.pays || pays }
    }
}

/// A filter on the column at a position.
#[derive(Clone, Debug)]
pub(crate) struct KeyTest {
    pub(crate) position: usize,
    keys: Arc<Keys>,
}

/// Rows that are looked at to see what part passes.
const SAMPLE: usize = 512;

impl KeyTest {
    /// About what part of the rows will pass. It depends on the rows alone, as everything does that a morsel decides.
    pub(crate) fn pass_rate(&self, column: &Column) -> Result<f64> {
        let stride = column.len().div_ceil(SAMPLE).max(1);
        let rows: Vec<u32> = (0..column.len() as u32).step_by(stride).collect();
        let passed = self.mask(&gather(column, &rows)?).count_set();
        Ok(passed as f64 / rows.len().max(1) as f64)
    }
}

impl ValueTest for KeyTest {
    fn mask(&self, column: &Column) -> Bitmap {
        match self.keys.set() {
            Some(set) => set.mask(column),
            None => Bitmap::constant(true, column.len()),
        }
    }

    fn may_match(&self, low: i128, high: i128) -> bool {
        self.keys.set().is_none_or(|set| set.may_match(low, high))
    }
}

/// The filters that may be applied to the output of each input of a node, if these may be applied to its own output.
pub(crate) fn below(plan: &Plan, filters: &[RuntimeFilter]) -> Result<Vec<Vec<RuntimeFilter>>> {
    let through = |pays: bool| vec![filters.iter().map(|f| f.renamed(&f.column, pays)).collect()];
    Ok(match plan {
        Plan::Filter { predicate, .. } if predicate.is_row_separable() => through(true),
        Plan::Select { exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            let computes = !exprs.iter().all(|e| matches!(e, Expr::Column(_)));
            vec![renamed(filters, exprs, computes)?]
        }
        Plan::WithColumns { exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            let made = exprs.iter().map(output_name).collect::<Result<Vec<_>>>()?;
            let kept = filters.iter().filter(|f| !made.contains(&f.column));
            vec![kept.map(|f| f.renamed(&f.column, true)).collect()]
        }
        // All rows of a group have its key: whole groups go.
        Plan::Aggregate { keys, .. } if keys.iter().all(Expr::is_row_separable) => {
            vec![renamed(filters, keys, true)?]
        }
        Plan::Join { .. } => below_join(plan, filters)?,
        Plan::Sort { limit: None, by, .. } if by.iter().all(|k| k.expr.is_row_separable()) => through(true),
        Plan::Distinct { subset, keep, .. } if *keep != Keep::None => {
            let agreed = |f: &&RuntimeFilter| subset.as_ref().is_none_or(|names| names.contains(&f.column));
            vec![filters.iter().filter(agreed).map(|f| f.renamed(&f.column, true)).collect()]
        }
        Plan::Union { inputs, .. } => inputs.iter().map(|_| filters.to_vec()).collect(),
        Plan::Explode { columns, .. } => {
            let kept = filters.iter().filter(|f| !columns.contains(&f.column));
            vec![kept.map(|f| f.renamed(&f.column, true)).collect()]
        }
        _ => plan.children().iter().map(|_| Vec::new()).collect(),
    })
}

/// Filters on outputs that are columns of the input, as filters on these.
fn renamed(filters: &[RuntimeFilter], exprs: &[Expr], pays: bool) -> Result<Vec<RuntimeFilter>> {
    let mut kept = Vec::new();
    for expr in exprs {
        if let Expr::Column(column) = expr.without_alias() {
            let name = output_name(expr)?;
            kept.extend(filters.iter().filter(|f| f.column == name).map(|f| f.renamed(column, pays)));
        }
    }
    Ok(kept)
}

fn below_join(plan: &Plan, filters: &[RuntimeFilter]) -> Result<Vec<Vec<RuntimeFilter>>> {
    let (mut to_left, mut to_right) = (Vec::new(), Vec::new());
    let Plan::Join { left, right, left_on, right_on, options, .. } = plan else {
        return Ok(Vec::new());
    };
    // Filtering first could hide a duplicate key that the validation must report.
    if options.validate != JoinValidation::ManyToMany {
        return Ok(vec![to_left, to_right]);
    }
    let columns = match options.kind {
        JoinKind::Semi | JoinKind::Anti => Vec::new(),
        _ => join_columns(left.schema(), right.schema(), left_on, right_on, options)?,
    };
    let (from_left, from_right) = match options.kind {
        JoinKind::Inner | JoinKind::Cross => (true, true),
        JoinKind::Left | JoinKind::Semi | JoinKind::Anti => (true, false),
        JoinKind::Right => (false, true),
        JoinKind::Full => (false, false),
    };
    for filter in filters {
        let (right_side, own) = match columns.iter().find(|c| c.name == filter.column) {
            Some(column) => {
                let schema = if column.right { right.schema() } else { left.schema() };
                (column.right, schema.fields()[column.position].name.clone())
            }
            None => (false, filter.column.clone()),
        };
        if !(if right_side { from_right } else { from_left }) {
            continue;
        }
        // A filter on one key holds for the other side's too: other rows of it could only pair with rows that go.
        let (own_keys, other_keys) = if right_side { (right_on, left_on) } else { (left_on, right_on) };
        let (same, other) =
            if right_side { (&mut to_right, &mut to_left) } else { (&mut to_left, &mut to_right) };
        same.push(filter.renamed(&own, true));
        for (own_key, other_key) in own_keys.iter().zip(other_keys) {
            if let (Expr::Column(a), Expr::Column(b)) = (own_key, other_key)
                && *a == own
                && !options.nulls_equal
            {
                other.push(filter.renamed(b, true));
            }
        }
    }
    Ok(vec![to_left, to_right])
}
