//! What joins tell the scans below their probe sides: the keys that have a partner. A row without one would be dropped
//! by the join; dropped at the scan, it costs nothing on the way there.
//!
//! A filter travels down from the join by the names of its columns, for as long as dropping a row below drops nothing
//! but rows that the join drops above. It is a hint: any node may lose it, no result depends on it.

use std::sync::{Arc, OnceLock};

use hypostyle_core::{Batch, Bitmap, Column, DataType, Result, Schema};
use hypostyle_expr::{Expr, output_name};
use hypostyle_kernels::composite_set::CompositeSet;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::key_set::KeySet;
use hypostyle_kernels::keys::integer_range;
use hypostyle_plan::adaptive::sample_places;
use hypostyle_plan::{JoinColumn, JoinKind, JoinValidation, Keep, Plan, ValueTest, ValuesTest, join_columns};

use crate::graph::NodeId;

/// Keys of a build side, known once that is there; the set is made when the first scan asks for it.
#[derive(Debug)]
pub(crate) struct Keys {
    /// The node of the graph that makes the build side.
    node: NodeId,
    known: OnceLock<Known>,
    set: OnceLock<Option<Set>>,
    /// The ends of the keys of one column, where somebody asked for no more than these.
    ends: OnceLock<Option<(i128, i128)>>,
}

#[derive(Debug)]
struct Known {
    columns: Vec<Column>,
    /// Whether looking one of them up costs more than asking whether it can be there at all.
    hashed: bool,
}

#[derive(Debug)]
enum Set {
    One(KeySet),
    Several(CompositeSet),
}

impl Keys {
    /// Keys that a node will make known.
    pub(crate) fn of_node(node: NodeId) -> Arc<Self> {
        Arc::new(Self { node, known: OnceLock::new(), set: OnceLock::new(), ends: OnceLock::new() })
    }

    /// Makes them known, row by row: `hashed` if looking them up costs more than asking for a set of them, which may be there
    /// already. What is never made known filters nothing.
    pub(crate) fn publish(&self, columns: Vec<Column>, hashed: bool, set: Option<KeySet>) {
        if let Some(set) = set {
            self.set.get_or_init(|| Some(Set::One(set)));
        }
        self.known.get_or_init(|| Known { columns, hashed });
    }

    fn columns(&self) -> &[Column] {
        self.known.get().map_or(&[], |known| &known.columns)
    }

    fn set(&self) -> Option<&Set> {
        let make = || match self.columns() {
            [column] => KeySet::build(column).map(Set::One),
            columns => CompositeSet::build(columns).map(Set::Several),
        };
        self.known.get()?;
        self.set.get_or_init(make).as_ref()
    }

    /// Whether any integer from `low` to `high` may be among the keys, for which no set is made: to know their ends costs
    /// as much as to read them once.
    fn may_match(&self, low: i128, high: i128) -> bool {
        let [column] = self.columns() else { return true };
        match self.set.get() {
            Some(Some(Set::One(set))) => return set.may_match(low, high),
            _ if !has_ends(column.dtype()) => return true,
            _ => {}
        }
        // Without a key no row has a partner.
        let ends = self.ends.get_or_init(|| integer_range(column));
        ends.is_some_and(|(first, last)| first.max(low) <= last.min(high))
    }

    /// For each row of these columns whether it may be among the keys.
    fn mask(&self, columns: &[Column]) -> Bitmap {
        match (self.set(), columns) {
            (Some(Set::One(set)), [column]) => set.mask(column),
            (Some(Set::Several(set)), columns) => set.mask(columns),
            _ => Bitmap::constant(true, columns.first().map_or(0, Column::len)),
        }
    }
}

/// Rows whose values of some columns are not together among the keys are not needed.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeFilter {
    columns: Vec<Arc<str>>,
    keys: Arc<Keys>,
    /// Whether there is work between the join and here: right below the join, asking twice saves nothing, unless keys
    /// are hashed.
    pays: bool,
}

impl RuntimeFilter {
    /// What a join tells the input that it probes with: `columns` must have these values, row by row.
    pub(crate) fn new(columns: Vec<Arc<str>>, keys: Arc<Keys>) -> Self {
        Self { columns, keys, pays: false }
    }

    /// The node that makes the keys known.
    pub(crate) fn node(&self) -> NodeId {
        self.keys.node
    }

    /// The test of rows of this schema that are in memory, if it pays and its keys are of the columns' types.
    pub(crate) fn test(&self, schema: &Schema) -> Option<KeyTest> {
        let pays = self.pays || self.keys.known.get().is_some_and(|known| known.hashed);
        if pays { self.scan_test(schema) } else { None }
    }

    /// The test of rows that are still to be decoded, which always pays.
    pub(crate) fn scan_test(&self, schema: &Schema) -> Option<KeyTest> {
        let positions = self.columns.iter().map(|name| schema.position(name)).collect::<Option<Vec<_>>>()?;
        let mut dtypes = positions.iter().map(|position| &schema.fields()[*position].dtype);
        let fits = match self.keys.set()? {
            Set::One(set) => dtypes.all(|dtype| set.fits(dtype)),
            Set::Several(set) => set.fits(dtypes),
        };
        fits.then(|| KeyTest { positions, keys: Arc::clone(&self.keys) })
    }

    /// What leaves out zones of rows in memory: the test, if that pays, and else the ends of the keys, for which no set
    /// has to be made.
    pub(crate) fn zone_test(&self, schema: &Schema) -> Option<ZoneTest> {
        let positions = match self.test(schema) {
            Some(test) => return Some(ZoneTest(test)),
            None => self.columns.iter().map(|name| schema.position(name)).collect::<Option<Vec<_>>>()?,
        };
        let ([position], [keys]) = (&positions[..], self.keys.columns()) else { return None };
        let fits = has_ends(keys.dtype()) && schema.fields()[*position].dtype == *keys.dtype();
        fits.then(|| ZoneTest(KeyTest { positions, keys: Arc::clone(&self.keys) }))
    }

    /// The same of other columns; `None` if one has no other.
    fn mapped(&self, own: impl Fn(&Arc<str>) -> Option<Arc<str>>, pays: bool) -> Option<Self> {
        let columns = self.columns.iter().map(own).collect::<Option<Vec<_>>>()?;
        Some(Self { columns, keys: Arc::clone(&self.keys), pays: self.pays || pays })
    }
}

/// A filter on the columns at some positions.
#[derive(Clone, Debug)]
pub(crate) struct KeyTest {
    pub(crate) positions: Vec<usize>,
    keys: Arc<Keys>,
}

impl KeyTest {
    /// One bit for each row, or for each of some.
    pub(crate) fn mask(&self, batch: &Batch, rows: Option<&[u32]>) -> Result<Bitmap> {
        let columns = self.positions.iter().map(|position| match rows {
            Some(rows) => gather(batch.column(*position), rows),
            None => Ok(batch.column(*position).clone()),
        });
        Ok(self.keys.mask(&columns.collect::<Result<Vec<_>>>()?))
    }

    /// About what part of the rows will pass.
    pub(crate) fn pass_rate(&self, batch: &Batch) -> Result<f64> {
        let rows = sample_places(batch.len());
        let passed = self.mask(batch, Some(&rows))?.count_set();
        Ok(passed as f64 / rows.len().max(1) as f64)
    }
}

impl ValueTest for KeyTest {
    fn mask(&self, column: &Column) -> Bitmap {
        self.keys.mask(std::slice::from_ref(column))
    }

    fn may_match(&self, low: i128, high: i128) -> bool {
        match self.keys.set() {
            Some(Set::One(set)) => set.may_match(low, high),
            _ => true,
        }
    }
}

/// Whether keys of a type have ends that zones know as well.
fn has_ends(dtype: &DataType) -> bool {
    dtype.is_integer() && *dtype != DataType::UInt128 || dtype.is_temporal() || dtype.is_decimal()
}

/// A test that knows zones alone.
#[derive(Debug)]
pub(crate) struct ZoneTest(pub(crate) KeyTest);

impl ValueTest for ZoneTest {
    fn mask(&self, column: &Column) -> Bitmap {
        ValueTest::mask(&self.0, column)
    }

    fn may_match(&self, low: i128, high: i128) -> bool {
        self.0.keys.may_match(low, high)
    }
}

impl ValuesTest for KeyTest {
    fn mask(&self, columns: &[Column]) -> Bitmap {
        self.keys.mask(columns)
    }
}

/// The filters that may be applied to the output of each input of a node, if these may be applied to its own output.
pub(crate) fn below(plan: &Plan, filters: &[RuntimeFilter]) -> Result<Vec<Vec<RuntimeFilter>>> {
    let mapped = |own: &dyn Fn(&Arc<str>) -> Option<Arc<str>>, pays: bool| {
        vec![filters.iter().filter_map(|f| f.mapped(own, pays)).collect()]
    };
    let unless = |changed: &dyn Fn(&Arc<str>) -> bool| {
        mapped(&|name| Some(name).filter(|name| !changed(name)).cloned(), true)
    };
    Ok(match plan {
        Plan::Filter { predicate, .. } if predicate.is_row_separable() => unless(&|_| false),
        Plan::Select { exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            let computes = !exprs.iter().all(|e| matches!(e, Expr::Column(_)));
            let columns = columns_behind(exprs)?;
            mapped(&|name| behind(&columns, name), computes)
        }
        Plan::WithColumns { exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            let made = exprs.iter().map(output_name).collect::<Result<Vec<_>>>()?;
            unless(&|name| made.contains(name))
        }
        // All rows of a group have its key: whole groups go.
        Plan::Aggregate { keys, .. } if keys.iter().all(Expr::is_row_separable) => {
            let columns = columns_behind(keys)?;
            mapped(&|name| behind(&columns, name), true)
        }
        Plan::Join { .. } => below_join(plan, filters)?,
        Plan::Sort { limit: None, by, .. } if by.iter().all(|k| k.expr.is_row_separable()) => {
            unless(&|_| false)
        }
        Plan::Distinct { subset, keep, .. } if *keep != Keep::None => {
            unless(&|name| subset.as_ref().is_some_and(|names| !names.contains(name)))
        }
        Plan::Union { inputs, .. } => inputs.iter().map(|_| filters.to_vec()).collect(),
        Plan::Explode { columns, .. } => unless(&|name| columns.contains(name)),
        _ => plan.children().iter().map(|_| Vec::new()).collect(),
    })
}

/// Outputs that are columns of the input, with these.
fn columns_behind(exprs: &[Expr]) -> Result<Vec<(Arc<str>, Arc<str>)>> {
    let mut columns = Vec::with_capacity(exprs.len());
    for expr in exprs {
        if let Expr::Column(column) = expr.without_alias() {
            columns.push((output_name(expr)?, column.clone()));
        }
    }
    Ok(columns)
}

fn behind(columns: &[(Arc<str>, Arc<str>)], name: &Arc<str>) -> Option<Arc<str>> {
    columns.iter().find(|(made, _)| made == name).map(|(_, column)| column.clone())
}

fn below_join(plan: &Plan, filters: &[RuntimeFilter]) -> Result<Vec<Vec<RuntimeFilter>>> {
    let Plan::Join { left, right, left_on, right_on, options, .. } = plan else {
        return Ok(Vec::new());
    };
    // Filtering first could hide a duplicate key that the validation must report.
    if options.validate != JoinValidation::ManyToMany {
        return Ok(vec![Vec::new(), Vec::new()]);
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
    // An output column as a column of one side, or as a key of the other side that is equal to it: other rows of that
    // could only pair with rows that go.
    let own = |name: &Arc<str>, to_right: bool| -> Option<Arc<str>> {
        let (from, column) = match columns.iter().find(|c| c.name == *name) {
            Some(JoinColumn { right: from, position, .. }) => {
                let schema = if *from { right.schema() } else { left.schema() };
                (*from, schema.fields()[*position].name.clone())
            }
            None => (false, name.clone()),
        };
        if !(if from { from_right } else { from_left }) {
            return None;
        }
        if from == to_right {
            return Some(column);
        }
        let (its_keys, other_keys) = if from { (right_on, left_on) } else { (left_on, right_on) };
        let mut pairs = its_keys.iter().zip(other_keys).filter(|_| !options.nulls_equal);
        pairs.find_map(|pair| match pair {
            (Expr::Column(key), Expr::Column(other)) if *key == column => Some(other.clone()),
            _ => None,
        })
    };
    let to = |right: bool| filters.iter().filter_map(|f| f.mapped(|name| own(name, right), true)).collect();
    Ok(vec![to(false), to(true)])
}
