//! Groups by a key that is unique on one side of a join are made of the other side's rows alone, before the join.
//!
//! `customer ⟕ orders` by the customer number is one group a customer: its orders are aggregated by their customer
//! number, and each customer finds its one group. This is the group-join of Moerkotte and Neumann, *Accelerating
//! queries with group-by and join by groupjoin* (2011), as a plan of nodes that there are: the join then pairs groups
//! and not rows, and what it tells its probe side still reaches the scan below the aggregation.
//!
//! A left row without a partner is a group of one row of nulls: a sum of 0, a count of 0, null for anything else that
//! is taken here.

use std::sync::Arc;

use hypostyle_core::{Result, Schema};
use hypostyle_expr::aggregates::OfNulls;
use hypostyle_expr::{BinaryOp, Expr, aggregates, bind, dsl, output_name};

use super::group_key_reduction::{is_unique, may_go_below};
use crate::build::{join_columns, project_names};
use crate::estimate::Estimator;
use crate::optimizer::Rule;
use crate::plan::{JoinKind, JoinOptions, JoinOrder, JoinValidation, Plan};

/// Groups before it joins.
pub(in crate::optimizer) struct GroupJoin;

impl Rule for GroupJoin {
    fn name(&self) -> &'static str {
        "group_join"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        let estimator = Estimator::default();
        let mut kept = Vec::new();
        plan.transform_up(&mut |node| {
            let grouped = grouped_first(&node, &estimator)?;
            // Estimates are kept by address: no node may be dropped before them.
            kept.push(Arc::clone(&node));
            Ok(grouped.unwrap_or(node))
        })
    }
}

/// The rows that are grouped must not outnumber those that the join would give by more than this.
const MOST_ROWS_FOR_ONE: f64 = 4.0;

/// So many groups at most are made first: as many as fit the nearest caches. Where there are more, rows in no order
/// cost more to group than to pair with a sorted side, whose groups then come one after the other
/// (docs/decisions/0008).
const FEW_GROUPS: f64 = 4096.0;

/// One side of a join and its only key.
#[derive(Clone, Copy)]
struct Side<'a> {
    plan: &'a Arc<Plan>,
    key: &'a Arc<str>,
}

fn grouped_first(node: &Plan, estimator: &Estimator) -> Result<Option<Arc<Plan>>> {
    let Plan::Aggregate { input, keys, aggs, maintain_order: false, schema } = node else { return Ok(None) };
    let Plan::Join { left, right, left_on, right_on, options, .. } = &**input else { return Ok(None) };
    let ([key], [Expr::Column(left_key)], [Expr::Column(right_key)]) =
        (&keys[..], &left_on[..], &right_on[..])
    else {
        return Ok(None);
    };
    let Expr::Column(group_key) = key.without_alias() else { return Ok(None) };
    let plain = matches!(options.kind, JoinKind::Inner | JoinKind::Left)
        && !options.nulls_equal
        && options.validate == JoinValidation::ManyToMany
        && options.maintain_order == JoinOrder::None;
    let (left, right) = (Side { plan: left, key: left_key }, Side { plan: right, key: right_key });
    let dtype = |side: Side<'_>| side.plan.schema().field(side.key).map(|f| f.dtype.clone());
    let (left_type, right_type) = (dtype(left)?, dtype(right)?);
    if !plain || !may_go_below(aggs, input.schema()) {
        return Ok(None);
    }
    // Zeros of both signs are one key and two values.
    if left_type != right_type || left_type.is_float() || left_type.is_nested() {
        return Ok(None);
    }
    let columns = join_columns(left.plan.schema(), right.plan.schema(), left_on, right_on, options)?;
    let origin = |name: &str| {
        let column = columns.iter().find(|c| *c.name == *name)?;
        let side = if column.right { right } else { left };
        Some((column.right, side.plan.schema().fields()[column.position].name.clone()))
    };
    let Some((key_is_right, key_name)) = origin(group_key) else { return Ok(None) };
    let is_inner = options.kind == JoinKind::Inner;
    let key_of = |right_side: bool| if right_side { right.key } else { left.key };
    // A right key of an outer join is null where there is no partner.
    if key_name != *key_of(key_is_right) || (key_is_right && !is_inner) {
        return Ok(None);
    }
    let sides = [(left, right, false), (right, left, true)];
    for (unique, other, unique_is_right) in &sides[..if is_inner { 2 } else { 1 }] {
        let grouped_by = Expr::Column(other.key.clone());
        if estimator.distinct(other.plan, &grouped_by).is_none_or(|groups| groups > FEW_GROUPS) {
            continue;
        }
        let few = is_inner && estimator.rows(other.plan) > MOST_ROWS_FOR_ONE * estimator.rows(input).max(1.0);
        if few || !is_unique(unique.plan, unique.key) {
            continue;
        }
        // Only what stands on the other side may be aggregated; both keys are the same value where there are pairs.
        let renamed = |name: &Arc<str>| {
            let (is_right, own) = origin(name)?;
            match is_right == *unique_is_right {
                true => (is_inner && own == *unique.key).then(|| other.key.clone()),
                false => Some(own),
            }
        };
        let Some(values) = aggs.iter().map(|agg| translated(agg, &renamed)).collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        let fit = |value: &Expr| match is_inner {
            true => is_unordered(value),
            false => of_nulls(value, other.plan.schema()).is_some(),
        };
        if values.iter().all(fit) {
            return assemble(*unique, *other, &values, options.kind, schema).map(Some);
        }
    }
    Ok(None)
}

/// An expression over a join's output as one over a side, if all its columns are there.
fn translated(expr: &Expr, renamed: &dyn Fn(&Arc<str>) -> Option<Arc<str>>) -> Option<Expr> {
    let mut all = true;
    let translated = expr.transform_up(&mut |e| match &e {
        Expr::Column(name) => match renamed(name) {
            Some(name) => Expr::Column(name),
            None => {
                all = false;
                e
            }
        },
        _ => e,
    });
    all.then_some(translated)
}

/// Whether all that an expression reads of a group it reads row by row, in aggregates to which order is nothing.
#[recursive::recursive]
fn is_unordered(expr: &Expr) -> bool {
    match expr {
        Expr::Aggregate { name, args } => {
            let unordered = aggregates::find(name).is_ok_and(|a| a.traits().ignores_order);
            unordered && args.iter().all(Expr::is_row_separable)
        }
        Expr::Len | Expr::Literal(_) => true,
        Expr::Alias { .. } | Expr::Cast { .. } | Expr::Binary { .. } => {
            expr.children().into_iter().all(is_unordered)
        }
        _ => false,
    }
}

/// What an aggregate gives for a group of nothing but nulls: whether it is 0 and not null. `None` if it is not known.
fn of_nulls(expr: &Expr, schema: &Schema) -> Option<bool> {
    let Expr::Aggregate { name, args } = expr.without_alias() else { return None };
    args.first().filter(|value| args.len() == 1 && is_null_of_nulls(value))?;
    match aggregates::find(name).ok()?.traits().of_nulls {
        OfNulls::Unknown => None,
        OfNulls::Null => Some(false),
        // A duration of no length is no number.
        OfNulls::Zero => bind(expr, schema).ok()?.dtype().is_numeric().then_some(true),
    }
}

/// Whether a value is null in a row of nulls: a column, or arithmetic with one.
#[recursive::recursive]
fn is_null_of_nulls(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) => true,
        Expr::Binary { left, op: BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply, right } => {
            let fixed = |e: &Expr| matches!(e, Expr::Literal(_));
            let (l, r) = (is_null_of_nulls(left), is_null_of_nulls(right));
            l && (r || fixed(right)) || r && fixed(left)
        }
        _ => false,
    }
}

fn assemble(
    unique: Side<'_>,
    other: Side<'_>,
    values: &[Expr],
    kind: JoinKind,
    schema: &Schema,
) -> Result<Arc<Plan>> {
    let mut names: Vec<Arc<str>> = Vec::with_capacity(values.len());
    let mut grouped = Vec::with_capacity(values.len());
    for (i, value) in values.iter().enumerate() {
        let mut name: Arc<str> = output_name(value)?;
        while name == *unique.key || name == *other.key || names.contains(&name) {
            name = format!("{name}_{i}").into();
        }
        grouped.push(value.without_alias().clone().alias(&name));
        names.push(name);
    }
    let groups =
        Plan::aggregate(Arc::clone(other.plan), vec![Expr::Column(other.key.clone())], grouped, false)?;
    let keys = project_names(Arc::clone(unique.plan), vec![unique.key.clone()])?;
    let on = |key: &Arc<str>| vec![Expr::Column(key.clone())];
    // The other key goes, and no other name is there twice, so that none is given a suffix.
    let options = JoinOptions { coalesce: Some(true), ..JoinOptions::new(kind) };
    let joined = Plan::join(Arc::new(keys), Arc::new(groups), on(unique.key), on(other.key), options)?;
    let values = names.into_iter().zip(values).map(|(name, value)| {
        let column = Expr::Column(name);
        match kind == JoinKind::Left && of_nulls(value, other.plan.schema()) == Some(true) {
            true => column.fill_null(dsl::lit(0)),
            false => column,
        }
    });
    let outputs = std::iter::once(Expr::Column(unique.key.clone())).chain(values);
    let exprs = schema.fields().iter().zip(outputs).map(|(field, value)| match &value {
        Expr::Column(name) if *name == field.name => value,
        _ => value.alias(&field.name),
    });
    Ok(Arc::new(Plan::select(Arc::new(joined), exprs.collect())?))
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::testing::{Query, check_rule, table};

    fn joined(kind: JoinKind) -> Query {
        table("customers", ["id", "name"], 100).join(
            table("orders", ["customer", "amount"], 900),
            "id",
            "customer",
            kind,
        )
    }

    #[test]
    fn groups_by_a_unique_key_are_made_before_the_join() {
        check_rule(
            &GroupJoin,
            joined(JoinKind::Inner).aggregate(["id"], [col("amount").sum()]),
            r#"
            AGGREGATE by [col("id")]: [col("amount").sum()]
              INNER JOIN on [col("id")] = [col("customer")]
                SCAN customers
                SCAN orders
            =>
            SELECT [col("id"), col("amount")]
              INNER JOIN on [col("id")] = [col("customer")]
                SELECT [col("id")]
                  SCAN customers
                AGGREGATE by [col("customer")]: [col("amount").sum().alias("amount")]
                  SCAN orders
            "#,
        );
    }

    /// Customers without orders have a sum of 0 and a maximum of null.
    #[test]
    fn customers_without_orders_keep_their_group() {
        let query = joined(JoinKind::Left)
            .aggregate(["id"], [col("amount").sum(), col("amount").max().alias("most")]);
        check_rule(
            &GroupJoin,
            query,
            r#"
            AGGREGATE by [col("id")]: [col("amount").sum(), col("amount").max().alias("most")]
              LEFT JOIN on [col("id")] = [col("customer")]
                SCAN customers
                SCAN orders
            =>
            SELECT [col("id"), col("amount").fill_null(0).alias("amount"), col("most")]
              LEFT JOIN on [col("id")] = [col("customer")]
                SELECT [col("id")]
                  SCAN customers
                AGGREGATE by [col("customer")]: [col("amount").sum().alias("amount"), col("amount").max().alias("most")]
                  SCAN orders
            "#,
        );
    }

    /// `first` depends on the order in which the join gives rows.
    #[test]
    fn aggregates_that_see_order_stay() {
        check_rule(
            &GroupJoin,
            joined(JoinKind::Inner).aggregate(["id"], [col("amount").first()]),
            r#"
            AGGREGATE by [col("id")]: [col("amount").first()]
              INNER JOIN on [col("id")] = [col("customer")]
                SCAN customers
                SCAN orders
            =>
            the same
            "#,
        );
    }
}
