//! The logical plan: a tree of nodes, each with the schema of its output.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hypostyle_core::{DataFrame, Result, SchemaRef};
use hypostyle_expr::Expr;
use hypostyle_expr::deep::drop_deep;

use crate::as_of::AsOfOptions;
use crate::source::DataSource;
use crate::time_groups::TimeGroupOptions;

/// A node of a plan. Nodes are made by the constructors of `build.rs`, which check them.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Reads a source.
    Scan(ScanNode),
    /// Keeps the rows for which the predicate is true.
    Filter { input: Arc<Plan>, predicate: Expr },
    /// Computes columns. Scalars are repeated if any other output has rows.
    Select { input: Arc<Plan>, exprs: Vec<Expr>, schema: SchemaRef },
    /// Adds columns to those of the input, or replaces those of the same name.
    WithColumns { input: Arc<Plan>, exprs: Vec<Expr>, schema: SchemaRef },
    /// One row for each group of rows that agree in the keys. Order is unspecified unless `maintain_order`.
    /// Keys are computed row by row ([`Plan::aggregate`] sees to that).
    Aggregate { input: Arc<Plan>, keys: Vec<Expr>, aggs: Vec<Expr>, maintain_order: bool, schema: SchemaRef },
    /// Pairs rows whose keys are equal.
    Join {
        left: Arc<Plan>,
        right: Arc<Plan>,
        left_on: Vec<Expr>,
        right_on: Vec<Expr>,
        options: JoinOptions,
        schema: SchemaRef,
    },
    /// Orders rows. With a limit only the first rows are kept: top-k.
    Sort { input: Arc<Plan>, by: Vec<SortKey>, maintain_order: bool, limit: Option<usize> },
    /// One row of those that agree in `subset` (all columns if `None`).
    Distinct { input: Arc<Plan>, subset: Option<Vec<Arc<str>>>, keep: Keep, maintain_order: bool },
    /// Rows from `offset` on (counted from the end if negative), at most `length`.
    Slice { input: Arc<Plan>, offset: i64, length: Option<usize> },
    /// The rows of all inputs, one after the other.
    Union { inputs: Vec<Arc<Plan>>, schema: SchemaRef },
    /// The rows of two inputs with the same columns, each in ascending order of the keys with nulls first, in that
    /// order. Of rows with equal keys the left ones come first.
    MergeSorted { left: Arc<Plan>, right: Arc<Plan>, keys: Vec<Arc<str>> },
    /// Groups by windows of a column in ascending order: keys, windows, and what is computed for each.
    TimeGroups {
        input: Arc<Plan>,
        keys: Vec<Expr>,
        aggs: Vec<Expr>,
        options: TimeGroupOptions,
        schema: SchemaRef,
    },
    /// Every left row with the right row whose last key is nearest to its own among those that agree in all other
    /// keys, or nulls. Rows are in ascending order of the last key, on the right within rows that agree in the others.
    AsOfJoin {
        left: Arc<Plan>,
        right: Arc<Plan>,
        left_on: Vec<Expr>,
        right_on: Vec<Expr>,
        options: AsOfOptions,
        schema: SchemaRef,
    },
    /// The columns of all inputs side by side; all have the same number of rows.
    HorizontalConcat { inputs: Vec<Arc<Plan>>, schema: SchemaRef },
    /// Queries that run together, so that what they share runs once. Stands at the root alone, and has no columns.
    Several { inputs: Vec<Arc<Plan>>, schema: SchemaRef },
    /// One row for each value of lists.
    Explode { input: Arc<Plan>, columns: Vec<Arc<str>>, schema: SchemaRef },
    /// Columns become rows of a name and a value.
    Unpivot { input: Arc<Plan>, options: UnpivotOptions, schema: SchemaRef },
    /// Adds a column that counts rows.
    RowIndex { input: Arc<Plan>, name: Arc<str>, offset: u32, schema: SchemaRef },
    /// Adds columns of a source to rows that it gave, which are found by the ids in a column; that goes. A row without
    /// an id has nulls there.
    Fetch { input: Arc<Plan>, ids: Arc<str>, rows: FetchNode, schema: SchemaRef },
    /// Computed once, read by several.
    Cache { input: Arc<Plan>, id: u64 },
    /// A function of a whole frame; opaque.
    MapFrame { input: Arc<Plan>, function: FrameFunction, schema: SchemaRef },
}

/// What a scan reads.
#[derive(Clone, Debug)]
pub struct ScanNode {
    /// The source.
    pub source: Arc<dyn DataSource>,
    /// Positions of the columns read; all if `None`.
    pub projection: Option<Vec<usize>>,
    /// No more rows than this.
    pub limit: Option<usize>,
    /// The columns read.
    pub schema: SchemaRef,
}

impl ScanNode {
    /// The position among all columns of the source of a column of the scan.
    pub fn source_position(&self, position: usize) -> usize {
        self.projection.as_ref().map_or(position, |all| all[position])
    }
}

/// Columns that are read late.
#[derive(Clone, Debug)]
pub struct FetchNode {
    /// The source, with row ids.
    pub source: Arc<dyn DataSource>,
    /// The positions of the columns among all of the source, and their names in the output.
    pub columns: Vec<(usize, Arc<str>)>,
}

/// A user's function from frame to frame.
#[derive(Clone)]
pub struct FrameFunction {
    /// For `explain`.
    pub name: Arc<str>,
    /// The function.
    pub call: Arc<dyn Fn(DataFrame) -> Result<DataFrame> + Send + Sync>,
}

impl std::fmt::Debug for FrameFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// One key of a sort.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The value sorted by.
    pub expr: Expr,
    /// Largest first.
    pub descending: bool,
    /// Nulls after all values.
    pub nulls_last: bool,
}

/// Which of the rows that agree is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// Any of them.
    Any,
    /// The first.
    First,
    /// The last.
    Last,
    /// None, if there are several.
    None,
}

/// Which rows a join gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// Pairs.
    Inner,
    /// Pairs, and left rows without a partner.
    Left,
    /// Pairs, and right rows without a partner.
    Right,
    /// Pairs, and rows of both sides without a partner.
    Full,
    /// Left rows that have a partner.
    Semi,
    /// Left rows that have none.
    Anti,
    /// All pairs.
    Cross,
}

/// Whether keys must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinValidation {
    /// No demands.
    ManyToMany,
    /// Unique on the right.
    ManyToOne,
    /// Unique on the left.
    OneToMany,
    /// Unique on both sides.
    OneToOne,
}

/// Which order of rows is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinOrder {
    None,
    Left,
    Right,
    LeftRight,
    RightLeft,
}

/// The options of a join.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JoinOptions {
    /// Which rows.
    pub kind: JoinKind,
    /// Put after names of the right side that the left has too.
    pub suffix: Arc<str>,
    /// Whether both sides' keys become one column; `None`: as the kind has it.
    pub coalesce: Option<bool>,
    /// Whether null keys match null keys.
    pub nulls_equal: bool,
    /// Whether keys must be unique.
    pub validate: JoinValidation,
    /// Which order is kept.
    pub maintain_order: JoinOrder,
}

impl JoinOptions {
    /// The defaults of a kind.
    pub fn new(kind: JoinKind) -> Self {
        Self {
            kind,
            suffix: "_right".into(),
            coalesce: None,
            nulls_equal: false,
            validate: JoinValidation::ManyToMany,
            maintain_order: JoinOrder::None,
        }
    }

    /// Whether both sides' keys become one column.
    pub fn coalesces(&self) -> bool {
        self.coalesce.unwrap_or(!matches!(self.kind, JoinKind::Full))
    }
}

/// The options of an unpivot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnpivotOptions {
    /// Columns that become values; all but the index if `None`.
    pub on: Vec<Arc<str>>,
    /// Columns that are kept.
    pub index: Vec<Arc<str>>,
    /// The name of the column of names.
    pub variable_name: Arc<str>,
    /// The name of the column of values.
    pub value_name: Arc<str>,
}

/// Hands every input of a node to a closure: shared or mutable, as the node is. The only list of them.
macro_rules! for_each_input {
    ($plan:expr, $visit:expr) => {{
        #[allow(unused_mut, reason = "some closures change nothing of their own")]
        let mut visit = $visit;
        match $plan {
            Plan::Scan(_) => {}
            Plan::Filter { input, .. }
            | Plan::Select { input, .. }
            | Plan::WithColumns { input, .. }
            | Plan::Aggregate { input, .. }
            | Plan::TimeGroups { input, .. }
            | Plan::Sort { input, .. }
            | Plan::Distinct { input, .. }
            | Plan::Slice { input, .. }
            | Plan::Explode { input, .. }
            | Plan::Unpivot { input, .. }
            | Plan::RowIndex { input, .. }
            | Plan::Fetch { input, .. }
            | Plan::Cache { input, .. }
            | Plan::MapFrame { input, .. } => visit(input),
            Plan::Join { left, right, .. }
            | Plan::AsOfJoin { left, right, .. }
            | Plan::MergeSorted { left, right, .. } => {
                visit(left);
                visit(right);
            }
            Plan::Union { inputs, .. }
            | Plan::HorizontalConcat { inputs, .. }
            | Plan::Several { inputs, .. } => inputs.into_iter().for_each(visit),
        }
    }};
}

/// Hands every expression of a node to a closure: shared or mutable, as the node is. The only list of them.
macro_rules! for_each_expr {
    ($plan:expr, $visit:expr) => {{
        let mut visit = $visit;
        match $plan {
            Plan::Filter { predicate, .. } => visit(predicate),
            Plan::Select { exprs, .. } | Plan::WithColumns { exprs, .. } => exprs.into_iter().for_each(visit),
            Plan::Aggregate { keys: first, aggs: second, .. }
            | Plan::TimeGroups { keys: first, aggs: second, .. }
            | Plan::Join { left_on: first, right_on: second, .. }
            | Plan::AsOfJoin { left_on: first, right_on: second, .. } => {
                first.into_iter().chain(second).for_each(visit);
            }
            Plan::Sort { by, .. } => {
                for SortKey { expr, .. } in by {
                    visit(expr);
                }
            }
            Plan::Scan(_)
            | Plan::Distinct { .. }
            | Plan::Slice { .. }
            | Plan::Union { .. }
            | Plan::MergeSorted { .. }
            | Plan::HorizontalConcat { .. }
            | Plan::Several { .. }
            | Plan::Explode { .. }
            | Plan::Unpivot { .. }
            | Plan::RowIndex { .. }
            | Plan::Fetch { .. }
            | Plan::Cache { .. }
            | Plan::MapFrame { .. } => {}
        }
    }};
}

impl Plan {
    /// Names and types of the output.
    #[recursive::recursive]
    pub fn schema(&self) -> &SchemaRef {
        match self {
            Self::Scan(scan) => &scan.schema,
            Self::Filter { input, .. }
            | Self::Sort { input, .. }
            | Self::Distinct { input, .. }
            | Self::Slice { input, .. }
            | Self::MergeSorted { left: input, .. }
            | Self::Cache { input, .. } => input.schema(),
            Self::Select { schema, .. }
            | Self::WithColumns { schema, .. }
            | Self::Aggregate { schema, .. }
            | Self::TimeGroups { schema, .. }
            | Self::Join { schema, .. }
            | Self::AsOfJoin { schema, .. }
            | Self::Union { schema, .. }
            | Self::HorizontalConcat { schema, .. }
            | Self::Several { schema, .. }
            | Self::Explode { schema, .. }
            | Self::Unpivot { schema, .. }
            | Self::RowIndex { schema, .. }
            | Self::Fetch { schema, .. }
            | Self::MapFrame { schema, .. } => schema,
        }
    }

    /// One line: the node without its inputs.
    pub fn describe(&self) -> String {
        match self {
            Self::Scan(scan) => {
                let columns = match &scan.projection {
                    Some(_) => {
                        let names: Vec<&str> = scan.schema.names().collect();
                        format!(" columns: [{}]", names.join(", "))
                    }
                    None => String::new(),
                };
                let limit = scan.limit.map(|n| format!(" limit: {n}")).unwrap_or_default();
                format!("SCAN {}{columns}{limit}", scan.source.describe())
            }
            Self::Filter { predicate, .. } => format!("FILTER {predicate}"),
            Self::Select { exprs, .. } => format!("SELECT {}", list(exprs)),
            Self::WithColumns { exprs, .. } => format!("WITH_COLUMNS {}", list(exprs)),
            Self::Aggregate { keys, aggs, maintain_order, .. } => {
                let order = if *maintain_order { " in order" } else { "" };
                format!("AGGREGATE by {}{order}: {}", list(keys), list(aggs))
            }
            Self::TimeGroups { keys, aggs, options, .. } => {
                let every =
                    options.distances.as_ref().map_or(String::new(), |d| format!(" every {}", d.every));
                let windows = format!("WINDOWS of {}{every} by {}", options.period, options.index);
                format!("{windows} {} compute {}", list(keys), list(aggs))
            }
            Self::AsOfJoin { left_on, right_on, options, .. } => {
                let strategy = format!("{:?}", options.strategy).to_uppercase();
                format!("AS-OF JOIN {strategy} on {} = {}", list(left_on), list(right_on))
            }
            Self::Join { left_on, right_on, options, .. } => {
                let kind = format!("{:?}", options.kind).to_uppercase();
                if left_on.is_empty() {
                    format!("{kind} JOIN")
                } else {
                    format!("{kind} JOIN on {} = {}", list(left_on), list(right_on))
                }
            }
            Self::Sort { by, limit, .. } => {
                let keys: Vec<String> = by
                    .iter()
                    .map(|k| {
                        let direction = if k.descending { " desc" } else { "" };
                        let nulls = if k.nulls_last { " nulls last" } else { "" };
                        format!("{}{direction}{nulls}", k.expr)
                    })
                    .collect();
                match limit {
                    Some(limit) => format!("TOP {limit} by [{}]", keys.join(", ")),
                    None => format!("SORT by [{}]", keys.join(", ")),
                }
            }
            Self::Distinct { subset, keep, .. } => match subset {
                Some(names) => format!("DISTINCT [{}] keep {keep:?}", names.join(", ")),
                None => format!("DISTINCT keep {keep:?}"),
            },
            Self::Slice { offset, length, .. } => match length {
                Some(length) => format!("SLICE {offset}, {length}"),
                None => format!("SLICE {offset}"),
            },
            Self::Union { .. } => "UNION".to_owned(),
            Self::MergeSorted { keys, .. } => format!("MERGE SORTED by [{}]", keys.join(", ")),
            Self::HorizontalConcat { .. } => "HORIZONTAL CONCAT".to_owned(),
            Self::Several { inputs, .. } => format!("{} QUERIES", inputs.len()),
            Self::Explode { columns, .. } => format!("EXPLODE [{}]", columns.join(", ")),
            Self::Unpivot { options, .. } => {
                format!("UNPIVOT [{}] index [{}]", options.on.join(", "), options.index.join(", "))
            }
            Self::RowIndex { name, offset, .. } => format!("ROW INDEX {name:?} from {offset}"),
            Self::Fetch { rows, .. } => {
                let names: Vec<&str> = rows.columns.iter().map(|(_, name)| &**name).collect();
                format!("FETCH [{}] of {}", names.join(", "), rows.source.describe())
            }
            Self::Cache { id, .. } => format!("CACHE {id}"),
            Self::MapFrame { function, .. } => format!("MAP {function:?}"),
        }
    }

    /// The inputs.
    pub fn children(&self) -> Vec<&Arc<Plan>> {
        let mut inputs = Vec::new();
        for_each_input!(self, |input| inputs.push(input));
        inputs
    }

    /// The same node over other inputs of the same schemas.
    pub fn with_children(&self, children: Vec<Arc<Plan>>) -> Plan {
        let mut plan = self.clone();
        let mut children = children.into_iter();
        for_each_input!(&mut plan, |input: &mut Arc<Plan>| {
            if let Some(child) = children.next() {
                *input = child;
            }
        });
        plan
    }

    /// The same node over what `f` makes of its inputs, one after the other; this very node where it changes none.
    pub fn map_children(
        self: &Arc<Plan>,
        f: &mut dyn FnMut(&Arc<Plan>) -> Result<Arc<Plan>>,
    ) -> Result<Arc<Plan>> {
        let children = self.children();
        let mapped = children.iter().map(|child| f(child)).collect::<Result<Vec<_>>>()?;
        let same = mapped.iter().zip(&children).all(|(new, old)| Arc::ptr_eq(new, old));
        Ok(if same { Arc::clone(self) } else { Arc::new(self.with_children(mapped)) })
    }

    /// The tree rebuilt from the leaves up by `f`, which sees nodes whose inputs are done.
    #[recursive::recursive]
    pub fn transform_up(
        self: &Arc<Plan>,
        f: &mut dyn FnMut(Arc<Plan>) -> Result<Arc<Plan>>,
    ) -> Result<Arc<Plan>> {
        let rebuilt = self.map_children(&mut |child| child.transform_up(f))?;
        f(rebuilt)
    }

    /// The expressions of this node.
    pub fn exprs(&self) -> Vec<&Expr> {
        let mut exprs = Vec::new();
        for_each_expr!(self, |expr| exprs.push(expr));
        exprs
    }

    /// The same node with every expression changed by `f`, which must keep names and types.
    pub fn map_exprs(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Plan {
        let mut plan = self.clone();
        for_each_expr!(&mut plan, |expr: &mut Expr| *expr = f(expr));
        plan
    }

    /// What makes two plans the same computation: the nodes without their inputs.
    fn same_node(&self, other: &Plan) -> bool {
        match (self, other) {
            (Self::Scan(a), Self::Scan(b)) => {
                a.projection == b.projection
                    && a.limit == b.limit
                    && (Arc::ptr_eq(&a.source, &b.source) || a.source.identity() == b.source.identity())
            }
            (Self::Filter { predicate: a, .. }, Self::Filter { predicate: b, .. }) => a == b,
            (Self::Select { exprs: a, .. }, Self::Select { exprs: b, .. })
            | (Self::WithColumns { exprs: a, .. }, Self::WithColumns { exprs: b, .. }) => a == b,
            (
                Self::Aggregate { keys: a, aggs: b, maintain_order: c, .. },
                Self::Aggregate { keys: x, aggs: y, maintain_order: z, .. },
            ) => (a, b, c) == (x, y, z),
            (
                Self::Join { left_on: a, right_on: b, options: c, .. },
                Self::Join { left_on: x, right_on: y, options: z, .. },
            ) => (a, b, c) == (x, y, z),
            (
                Self::TimeGroups { keys: a, aggs: b, options: c, .. },
                Self::TimeGroups { keys: x, aggs: y, options: z, .. },
            ) => (a, b, c) == (x, y, z),
            (
                Self::AsOfJoin { left_on: a, right_on: b, options: c, .. },
                Self::AsOfJoin { left_on: x, right_on: y, options: z, .. },
            ) => (a, b, c) == (x, y, z),
            (
                Self::Sort { by: a, maintain_order: b, limit: c, .. },
                Self::Sort { by: x, maintain_order: y, limit: z, .. },
            ) => (a, b, c) == (x, y, z),
            (
                Self::Distinct { subset: a, keep: b, maintain_order: c, .. },
                Self::Distinct { subset: x, keep: y, maintain_order: z, .. },
            ) => (a, b, c) == (x, y, z),
            (Self::Slice { offset: a, length: b, .. }, Self::Slice { offset: x, length: y, .. }) => {
                (a, b) == (x, y)
            }
            (Self::Union { .. }, Self::Union { .. })
            | (Self::HorizontalConcat { .. }, Self::HorizontalConcat { .. })
            | (Self::Several { .. }, Self::Several { .. }) => true,
            (Self::MergeSorted { keys: a, .. }, Self::MergeSorted { keys: b, .. }) => a == b,
            (Self::Explode { columns: a, .. }, Self::Explode { columns: b, .. }) => a == b,
            (Self::Unpivot { options: a, .. }, Self::Unpivot { options: b, .. }) => a == b,
            (Self::RowIndex { name: a, offset: b, .. }, Self::RowIndex { name: x, offset: y, .. }) => {
                (a, b) == (x, y)
            }
            (Self::Fetch { ids: a, rows: b, .. }, Self::Fetch { ids: x, rows: y, .. }) => {
                (a, &b.columns, b.source.identity()) == (x, &y.columns, y.source.identity())
            }
            (Self::Cache { id: a, .. }, Self::Cache { id: b, .. }) => a == b,
            (Self::MapFrame { function: a, .. }, Self::MapFrame { function: b, .. }) => {
                Arc::ptr_eq(&a.call, &b.call)
            }
            _ => false,
        }
    }
}

fn list(exprs: &[Expr]) -> String {
    let texts: Vec<String> = exprs.iter().map(ToString::to_string).collect();
    format!("[{}]", texts.join(", "))
}

impl PartialEq for Plan {
    #[recursive::recursive]
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.children(), other.children());
        self.same_node(other)
            && a.len() == b.len()
            && a.iter().zip(&b).all(|(x, y)| Arc::ptr_eq(x, y) || x == y)
    }
}

impl Eq for Plan {}

impl Plan {
    /// Hashes the node without its inputs.
    pub fn hash_node<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Scan(scan) => {
                scan.source.identity().hash(state);
                scan.projection.hash(state);
                scan.limit.hash(state);
            }
            Self::Join { options, .. } => options.hash(state),
            Self::AsOfJoin { options, .. } => options.hash(state),
            Self::TimeGroups { options, .. } => options.hash(state),
            Self::Slice { offset, length, .. } => (offset, length).hash(state),
            Self::Fetch { rows, .. } => rows.columns.hash(state),
            _ => {}
        }
        self.exprs().iter().for_each(|e| e.hash(state));
    }
}

impl Hash for Plan {
    #[recursive::recursive]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash_node(state);
        self.children().iter().for_each(|c| c.hash(state));
    }
}

/// Trees may be deep, and drop glue would need a stack as deep: inputs that this plan alone holds, and that have
/// inputs themselves, are dropped one level at a time on a stack that grows.
impl Drop for Plan {
    fn drop(&mut self) {
        for_each_input!(self, |input: &mut Arc<Plan>| {
            if Arc::get_mut(input).is_some_and(|inner| !inner.children().is_empty()) {
                drop_deep(std::mem::replace(input, empty()));
            }
        });
    }
}

/// A plan that stands where another was.
fn empty() -> Arc<Plan> {
    static EMPTY: std::sync::LazyLock<Arc<Plan>> = std::sync::LazyLock::new(|| {
        Arc::new(Plan::Several { inputs: Vec::new(), schema: SchemaRef::default() })
    });
    Arc::clone(&EMPTY)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::FrameSource;

    fn scan(value: i64) -> Arc<Plan> {
        let frame = DataFrame::new([("a", Column::from_vec(vec![value]))]).unwrap();
        Arc::new(Plan::scan(Arc::new(FrameSource::new(frame))).unwrap())
    }

    fn nodes() -> Vec<Arc<Plan>> {
        let keys = || vec![col("a")];
        let cross = JoinOptions::new(JoinKind::Cross);
        let inner = JoinOptions::new(JoinKind::Inner);
        let key = SortKey { expr: col("a"), descending: false, nulls_last: false };
        [
            Plan::filter(scan(0), col("a").gt(0)),
            Plan::select(scan(0), keys()),
            Plan::aggregate(scan(0), keys(), vec![col("a").sum().alias("s")], false),
            Plan::join(scan(0), scan(1), Vec::new(), Vec::new(), cross),
            Plan::join(scan(0), scan(1), keys(), keys(), inner),
            Plan::sort(scan(0), vec![key], false),
            Plan::union(vec![scan(0), scan(1), scan(2)], false),
            Plan::row_index(scan(0), "i".into(), 0),
        ]
        .map(|plan| Arc::new(plan.unwrap()))
        .to_vec()
    }

    #[test]
    fn inputs_are_replaced_in_their_order() {
        for node in nodes() {
            let count = node.children().len();
            assert!(
                node.map_children(&mut |child| Ok(Arc::clone(child)))
                    .is_ok_and(|same| Arc::ptr_eq(&same, &node))
            );
            for place in 0..count {
                let mut seen = 0..;
                let other = scan(9);
                let changed = node.map_children(&mut |child| {
                    Ok(Arc::clone(if seen.next() == Some(place) { &other } else { child }))
                });
                let changed = changed.unwrap();
                assert_eq!(seen.next(), Some(count));
                for (i, (new, old)) in changed.children().into_iter().zip(node.children()).enumerate() {
                    assert!(Arc::ptr_eq(new, if i == place { &other } else { old }));
                }
                assert_ne!(changed, node);
            }
            assert!(node.map_children(&mut |_| Err(hypostyle_core::Error::internal("no"))).is_err());
        }
    }

    #[test]
    fn expressions_are_replaced_in_their_order() {
        for node in nodes() {
            let count = node.exprs().len();
            let mut seen = 0;
            let changed = node.map_exprs(&mut |expr| {
                seen += 1;
                expr.clone().alias("a")
            });
            assert_eq!(seen, count);
            let expected: Vec<Expr> = node.exprs().into_iter().map(|expr| expr.clone().alias("a")).collect();
            assert_eq!(changed.exprs(), expected.iter().collect::<Vec<_>>());
        }
    }
}
