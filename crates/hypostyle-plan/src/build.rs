//! Making plan nodes: names are resolved, types checked, schemas computed. Errors show here, not when a query runs.

use std::sync::Arc;

use hypostyle_core::{DataType, Error, Field, Result, Schema, SchemaRef};
use hypostyle_expr::grouped::GroupedPlan;
use hypostyle_expr::types::supertype;
use hypostyle_expr::{BoundExpr, Expr, bind, expand, output_name};

use crate::plan::{
    FetchNode, FrameFunction, JoinKind, JoinOptions, Keep, Plan, ScanNode, SortKey, UnpivotOptions,
};
use crate::source::DataSource;

pub(crate) fn expand_all(exprs: &[Expr], schema: &Schema) -> Result<Vec<Expr>> {
    let mut expanded = Vec::with_capacity(exprs.len());
    for expr in exprs {
        expanded.extend(expand(expr, schema)?);
    }
    Ok(expanded)
}

fn field_of(expr: &Expr, bound: &BoundExpr) -> Result<Field> {
    Ok(Field::new(output_name(expr)?, bound.dtype().clone()))
}

fn boolean(expr: &Expr, schema: &Schema) -> Result<()> {
    let bound = bind(expr, schema)?;
    match bound.dtype() {
        DataType::Boolean | DataType::Null => Ok(()),
        other => Err(Error::invalid_operation(format!("a filter takes a boolean, not {other}: {expr}"))),
    }
}

/// Columns of these names, in this order, as a select.
pub fn project_names(input: Arc<Plan>, names: impl IntoIterator<Item = Arc<str>>) -> Result<Plan> {
    Plan::select(input, names.into_iter().map(Expr::Column).collect())
}

impl Plan {
    /// Reads all of a source.
    pub fn scan(source: Arc<dyn DataSource>) -> Result<Plan> {
        let schema = source.schema()?;
        Ok(Plan::Scan(ScanNode { source, projection: None, limit: None, schema }))
    }

    /// Keeps the rows for which the predicate is true. A selector must hold for all its columns.
    pub fn filter(input: Arc<Plan>, predicate: Expr) -> Result<Plan> {
        let all = expand(&predicate, input.schema())?;
        let Some(predicate) = all.into_iter().reduce(Expr::and) else {
            return Ok(Plan::Slice { input, offset: 0, length: None });
        };
        boolean(&predicate, input.schema())?;
        Ok(Plan::Filter { input, predicate })
    }

    /// Computes columns.
    pub fn select(input: Arc<Plan>, exprs: Vec<Expr>) -> Result<Plan> {
        let exprs = expand_all(&exprs, input.schema())?;
        let fields =
            exprs.iter().map(|e| field_of(e, &bind(e, input.schema())?)).collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::Select { input, exprs, schema })
    }

    /// Adds or replaces columns.
    pub fn with_columns(input: Arc<Plan>, exprs: Vec<Expr>) -> Result<Plan> {
        let exprs = expand_all(&exprs, input.schema())?;
        let mut fields = input.schema().fields().to_vec();
        let mut names: Vec<Arc<str>> = Vec::with_capacity(exprs.len());
        for expr in &exprs {
            let field = field_of(expr, &bind(expr, input.schema())?)?;
            if names.contains(&field.name) {
                return Err(Error::duplicate(&*field.name));
            }
            names.push(field.name.clone());
            match fields.iter_mut().find(|f| f.name == field.name) {
                Some(old) => *old = field,
                None => fields.push(field),
            }
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::WithColumns { input, exprs, schema })
    }

    /// One row a group. Keys that are not row by row are computed of all rows, in columns of their own beneath.
    pub fn aggregate(
        input: Arc<Plan>,
        keys: Vec<Expr>,
        aggs: Vec<Expr>,
        maintain_order: bool,
    ) -> Result<Plan> {
        let keys = expand_all(&keys, input.schema())?;
        let mut fields = Vec::with_capacity(keys.len() + aggs.len());
        for key in &keys {
            fields.push(field_of(key, &bind(key, input.schema())?)?);
        }
        // In `agg`, a selector stands for the columns that are not keys.
        let rest: Vec<Field> = input
            .schema()
            .fields()
            .iter()
            .filter(|f| fields.iter().all(|key| key.name != f.name))
            .cloned()
            .collect();
        let rest = Schema::try_new(rest)?;
        let mut expanded = Vec::with_capacity(aggs.len());
        for agg in &aggs {
            let schema = if names_columns(agg) { input.schema() } else { &rest };
            expanded.extend(expand(agg, schema)?);
        }
        fields.extend(GroupedPlan::fields_of(&expanded, input.schema())?);
        let schema = Arc::new(Schema::try_new(fields)?);
        let (input, keys) = keys_by_row(input, keys)?;
        Ok(Plan::Aggregate { input, keys, aggs: expanded, maintain_order, schema })
    }

    /// Pairs rows.
    pub fn join(
        left: Arc<Plan>,
        right: Arc<Plan>,
        left_on: Vec<Expr>,
        right_on: Vec<Expr>,
        options: JoinOptions,
    ) -> Result<Plan> {
        if options.kind == JoinKind::Cross && !(left_on.is_empty() && right_on.is_empty()) {
            return Err(Error::invalid_operation("a cross join has no keys"));
        }
        let (left_keys, right_keys) = match options.kind {
            JoinKind::Cross => (Vec::new(), Vec::new()),
            _ => join_keys("a join", &left, &right, &left_on, &right_on)?,
        };
        let schema = join_schema(&left, &right, &left_keys, &right_keys, &options)?;
        Ok(Plan::Join { left, right, left_on: left_keys, right_on: right_keys, options, schema })
    }

    /// Orders rows.
    pub fn sort(input: Arc<Plan>, by: Vec<SortKey>, maintain_order: bool) -> Result<Plan> {
        let mut keys = Vec::with_capacity(by.len());
        for key in by {
            for expr in expand(&key.expr, input.schema())? {
                let bound = bind(&expr, input.schema())?;
                if bound.dtype().is_nested() && matches!(bound.dtype(), DataType::Struct(f) if f.is_empty()) {
                    return Err(Error::invalid_operation("cannot sort by a struct without fields"));
                }
                keys.push(SortKey { expr, ..key });
            }
        }
        if keys.is_empty() {
            return Ok(Plan::Slice { input, offset: 0, length: None });
        }
        Ok(Plan::Sort { input, by: keys, maintain_order, limit: None })
    }

    /// Drops rows that agree with another.
    pub fn distinct(
        input: Arc<Plan>,
        subset: Option<Vec<Expr>>,
        keep: Keep,
        maintain_order: bool,
    ) -> Result<Plan> {
        let subset = match subset {
            None => None,
            Some(exprs) => {
                let mut names = Vec::new();
                for expr in expand_all(&exprs, input.schema())? {
                    let name = output_name(&expr)?;
                    input.schema().index_of(&name)?;
                    names.push(name);
                }
                Some(names)
            }
        };
        Ok(Plan::Distinct { input, subset, keep, maintain_order })
    }

    /// Rows from an offset on.
    pub fn slice(input: Arc<Plan>, offset: i64, length: Option<usize>) -> Plan {
        Plan::Slice { input, offset, length }
    }

    /// The rows of all inputs. Names must agree; with `relaxed` types may differ and meet in their supertype. Inputs
    /// without columns add nothing.
    pub fn union(inputs: Vec<Arc<Plan>>, relaxed: bool) -> Result<Plan> {
        let inputs = without_empty(inputs);
        let Some(first) = inputs.first() else {
            return Err(Error::no_data("cannot concatenate no frames"));
        };
        let mut fields = first.schema().fields().to_vec();
        for other in &inputs[1..] {
            let names = |s: &SchemaRef| s.names().map(str::to_owned).collect::<Vec<_>>();
            if names(other.schema()) != names(first.schema()) {
                return Err(Error::shape(format!(
                    "cannot concatenate columns {:?} with {:?}; a diagonal concatenation takes different columns",
                    names(first.schema()),
                    names(other.schema())
                )));
            }
            for (field, other) in fields.iter_mut().zip(other.schema().fields()) {
                if field.dtype == other.dtype {
                    continue;
                }
                let common = relaxed
                    .then(|| hypostyle_expr::types::relaxed_supertype(&field.dtype, &other.dtype))
                    .flatten()
                    .ok_or_else(|| {
                        Error::schema(format!(
                            "column {:?} is {} in one frame and {} in another; \
                             a relaxed concatenation finds a common type, or cast one of them",
                            field.name, field.dtype, other.dtype
                        ))
                    })?;
                field.dtype = common;
            }
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        let inputs = inputs
            .into_iter()
            .map(|input| {
                if *input.schema() == schema {
                    return Ok(input);
                }
                let exprs = schema
                    .fields()
                    .iter()
                    .map(|f| Expr::Column(f.name.clone()).cast(f.dtype.clone()))
                    .collect();
                Plan::select(input, exprs).map(Arc::new)
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Plan::Union { inputs, schema })
    }

    /// The rows of two inputs of the same columns, which are in ascending order of the keys, in that order.
    pub fn merge_sorted(left: Arc<Plan>, right: Arc<Plan>, keys: Vec<Arc<str>>) -> Result<Plan> {
        if left.schema() != right.schema() {
            let shown = |schema: &Schema| -> String {
                let fields = schema.fields().iter();
                fields.map(|f| format!("{}: {}", f.name, f.dtype)).collect::<Vec<_>>().join(", ")
            };
            return Err(Error::schema(format!(
                "frames that are merged have the same columns, not [{}] and [{}]",
                shown(left.schema()),
                shown(right.schema())
            )));
        }
        if keys.is_empty() {
            return Err(Error::invalid_operation("frames are merged by one key at least"));
        }
        for key in &keys {
            left.schema().index_of(key)?;
        }
        Ok(Plan::MergeSorted { left, right, keys })
    }

    /// The columns of all inputs. Those without columns add nothing.
    pub fn horizontal(inputs: Vec<Arc<Plan>>) -> Result<Plan> {
        let inputs = without_empty(inputs);
        let fields = inputs.iter().flat_map(|i| i.schema().fields().iter().cloned()).collect();
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::HorizontalConcat { inputs, schema })
    }

    /// Queries that run together.
    pub fn several(inputs: Vec<Arc<Plan>>) -> Plan {
        Plan::Several { inputs, schema: Arc::default() }
    }

    /// One row for each value of lists.
    pub fn explode(input: Arc<Plan>, columns: Vec<Expr>) -> Result<Plan> {
        let mut names = Vec::new();
        for expr in expand_all(&columns, input.schema())? {
            names.push(output_name(&expr)?);
        }
        let mut fields = input.schema().fields().to_vec();
        for name in &names {
            let position = input.schema().index_of(name)?;
            match &fields[position].dtype {
                DataType::List(inner) => fields[position].dtype = (**inner).clone(),
                other => {
                    return Err(Error::invalid_operation(format!(
                        "cannot explode {name:?} of {other}; it must be a list"
                    )));
                }
            }
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::Explode { input, columns: names, schema })
    }

    /// Columns become rows.
    pub fn unpivot(input: Arc<Plan>, options: UnpivotOptions) -> Result<Plan> {
        let mut fields = Vec::new();
        for name in &options.index {
            fields.push(input.schema().field(name)?.clone());
        }
        let mut value: Option<DataType> = None;
        for name in &options.on {
            let dtype = input.schema().dtype(name)?;
            value = Some(match value {
                None => dtype.clone(),
                Some(value) => hypostyle_expr::types::relaxed_supertype(&value, dtype).ok_or_else(|| {
                    Error::schema(format!("cannot unpivot columns of {value} and {dtype} into one"))
                })?,
            });
        }
        fields.push(Field::new(options.variable_name.clone(), DataType::String));
        fields.push(Field::new(options.value_name.clone(), value.unwrap_or(DataType::Null)));
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::Unpivot { input, options, schema })
    }

    /// Counts rows in a new first column of `UInt32`.
    pub fn row_index(input: Arc<Plan>, name: Arc<str>, offset: u32) -> Result<Plan> {
        let mut fields = vec![Field::new(name.clone(), DataType::UInt32)];
        fields.extend(input.schema().fields().iter().cloned());
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::RowIndex { input, name, offset, schema })
    }

    /// Puts columns of a source behind those of its rows, instead of their ids.
    pub fn fetch(input: Arc<Plan>, ids: Arc<str>, rows: FetchNode) -> Result<Plan> {
        let source = rows.source.schema()?;
        let own = input.schema().fields().iter().filter(|field| field.name != ids).cloned();
        let mut fields: Vec<Field> = own.collect();
        for (position, name) in &rows.columns {
            fields.push(Field::new(name.clone(), source.fields()[*position].dtype.clone()));
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::Fetch { input, ids, rows, schema })
    }

    /// A user's function of the whole frame, which gives this schema.
    pub fn map_frame(input: Arc<Plan>, function: FrameFunction, schema: SchemaRef) -> Plan {
        Plan::MapFrame { input, function, schema }
    }
}

/// Inputs with columns, if there are any.
fn without_empty(mut inputs: Vec<Arc<Plan>>) -> Vec<Arc<Plan>> {
    if inputs.iter().any(|input| !input.schema().is_empty()) {
        inputs.retain(|input| !input.schema().is_empty());
    }
    inputs
}

/// The same keys over an input that has a column for each of them that is not row by row: morsels have some rows each.
fn keys_by_row(input: Arc<Plan>, keys: Vec<Expr>) -> Result<(Arc<Plan>, Vec<Expr>)> {
    let schema = Arc::clone(input.schema());
    let names = (0u32..).map(|i| Arc::<str>::from(format!("__key_{i}")));
    let mut names = names.filter(|name| !schema.contains(name));
    let mut columns = Vec::new();
    let mut by_row = Vec::with_capacity(keys.len());
    for key in keys {
        if key.is_row_separable() {
            by_row.push(key);
            continue;
        }
        let name = names.next().unwrap_or_default();
        by_row.push(Expr::Column(Arc::clone(&name)).alias(&output_name(&key)?));
        columns.push(key.without_alias().clone().alias(&name));
    }
    if columns.is_empty() {
        return Ok((input, by_row));
    }
    Ok((Arc::new(Plan::with_columns(input, columns)?), by_row))
}

/// Whether every selector of the expression names its columns.
pub(crate) fn names_columns(expr: &Expr) -> bool {
    !expr.exists(
        &mut |e| matches!(e, Expr::Selector(s) if !matches!(s, hypostyle_expr::Selector::ByName { .. })),
    )
}

/// The keys of both sides of a join, which `what` says of which kind, in the types in which they are compared.
pub(crate) fn join_keys(
    what: &str,
    left: &Plan,
    right: &Plan,
    left_on: &[Expr],
    right_on: &[Expr],
) -> Result<(Vec<Expr>, Vec<Expr>)> {
    let (left_on, right_on) = (expand_all(left_on, left.schema())?, expand_all(right_on, right.schema())?);
    if left_on.len() != right_on.len() || left_on.is_empty() {
        return Err(Error::invalid_operation(format!(
            "{what} needs the same number of keys on both sides, at least one; {} and {} given",
            left_on.len(),
            right_on.len()
        )));
    }
    let (mut left_keys, mut right_keys) = (Vec::new(), Vec::new());
    for (l, r) in left_on.into_iter().zip(right_on) {
        let (a, b) = (bind(&l, left.schema())?, bind(&r, right.schema())?);
        if let Some(key) = [&l, &r].into_iter().find(|key| !key.is_row_separable()) {
            return Err(Error::invalid_operation(format!(
                "a key of a join is computed row by row, and {key} is not; compute it before, in `with_columns`"
            )));
        }
        let common = join_key_type(a.dtype(), b.dtype()).ok_or_else(|| {
            Error::schema(format!(
                "the join keys {l} of {} and {r} of {} have different types; cast one of them",
                a.dtype(),
                b.dtype()
            ))
        })?;
        left_keys.push(if *a.dtype() == common { l } else { l.cast(common.clone()) });
        right_keys.push(if *b.dtype() == common { r } else { r.cast(common) });
    }
    Ok((left_keys, right_keys))
}

/// The type in which keys are compared: integers widen, text meets categories, all else must agree.
fn join_key_type(a: &DataType, b: &DataType) -> Option<DataType> {
    if a == b {
        return Some(a.clone());
    }
    match (a, b) {
        (a, b) if a.is_integer() && b.is_integer() => supertype(a, b),
        (a, b) if a.is_float() && b.is_float() => supertype(a, b),
        (a, b) if a.is_decimal() && (b.is_decimal() || b.is_integer()) => supertype(a, b),
        (a, b) if b.is_decimal() && a.is_integer() => supertype(a, b),
        (DataType::Null, other) | (other, DataType::Null) => Some(other.clone()),
        (DataType::Datetime(_, x), DataType::Datetime(_, y)) if x == y => supertype(a, b),
        _ => None,
    }
}

/// Names and types of a join's output: left columns, then right ones, keys once where they are coalesced.
fn join_schema(
    left: &Plan,
    right: &Plan,
    left_on: &[Expr],
    right_on: &[Expr],
    options: &JoinOptions,
) -> Result<SchemaRef> {
    if matches!(options.kind, JoinKind::Semi | JoinKind::Anti) {
        return Ok(left.schema().clone());
    }
    schema_of(&join_columns(left.schema(), right.schema(), left_on, right_on, options)?, left, right)
}

/// Names and types of columns of two sides.
pub(crate) fn schema_of(columns: &[JoinColumn], left: &Plan, right: &Plan) -> Result<SchemaRef> {
    let field = |column: &JoinColumn| {
        let side = if column.right { right.schema() } else { left.schema() };
        Field::new(column.name.clone(), side.fields()[column.position].dtype.clone())
    };
    Schema::try_new(columns.iter().map(field).collect()).map(Arc::new)
}

/// Where an output column of a join comes from.
#[derive(Clone, Debug)]
pub struct JoinColumn {
    /// Its name in the output.
    pub name: Arc<str>,
    /// Whether it comes from the right side.
    pub right: bool,
    /// Its position there.
    pub position: usize,
}

/// The columns of a join's output, for every kind but semi and anti.
pub fn join_columns(
    left: &Schema,
    right: &Schema,
    left_on: &[Expr],
    right_on: &[Expr],
    options: &JoinOptions,
) -> Result<Vec<JoinColumn>> {
    let coalesce = options.coalesces();
    // Keys are coalesced only where both sides are columns.
    let pairs: Vec<(usize, usize)> = left_on
        .iter()
        .zip(right_on)
        .filter_map(|(l, r)| Some((key_position(left, l)?, key_position(right, r)?)))
        .collect();
    let dropped_left: Vec<usize> = match options.kind {
        JoinKind::Right if coalesce => pairs.iter().map(|p| p.0).collect(),
        _ => Vec::new(),
    };
    let dropped_right: Vec<usize> = match options.kind {
        JoinKind::Inner | JoinKind::Left | JoinKind::Full if coalesce => pairs.iter().map(|p| p.1).collect(),
        _ => Vec::new(),
    };
    side_by_side(left, right, &dropped_left, &dropped_right, &options.suffix)
}

/// The column that a key is, if it is one.
pub(crate) fn key_position(schema: &Schema, key: &Expr) -> Option<usize> {
    match key {
        Expr::Column(name) => schema.position(name),
        // A key that was cast to the common type is still that column.
        Expr::Cast { input, .. } => match &**input {
            Expr::Column(name) => schema.position(name),
            _ => None,
        },
        _ => None,
    }
}

/// The columns of two sides but those that are dropped; the suffix stands after names that the left side has.
pub(crate) fn side_by_side(
    left: &Schema,
    right: &Schema,
    dropped_left: &[usize],
    dropped_right: &[usize],
    suffix: &str,
) -> Result<Vec<JoinColumn>> {
    let mut columns: Vec<JoinColumn> = Vec::with_capacity(left.len() + right.len());
    for (position, field) in left.fields().iter().enumerate() {
        if !dropped_left.contains(&position) {
            columns.push(JoinColumn { name: field.name.clone(), right: false, position });
        }
    }
    let taken = columns.len();
    for (position, field) in right.fields().iter().enumerate() {
        if dropped_right.contains(&position) {
            continue;
        }
        let clash = columns[..taken].iter().any(|c| c.name == field.name);
        let name = if clash { format!("{}{suffix}", field.name).into() } else { field.name.clone() };
        if columns.iter().any(|c| c.name == name) {
            return Err(Error::duplicate(&*name));
        }
        columns.push(JoinColumn { name, right: true, position });
    }
    Ok(columns)
}
