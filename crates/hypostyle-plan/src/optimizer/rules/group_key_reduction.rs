//! Group keys that another key determines are not grouped by: their tables are joined after the aggregation.
//!
//! `customer ⋈ orders ⋈ lineitem` by customer number, name and address has the groups of the customer number alone, if
//! that is unique among customers. So orders and line items are grouped by it, and each group finds its one customer.
//! Rows of the inner tables find one partner at most, so that every aggregate sees the rows that it saw.
//!
//! Uniqueness is proven, by the plan or by the data, never guessed.

use std::sync::Arc;

use hypostyle_core::{Result, Schema};
use hypostyle_expr::{Expr, Risk, bind, output_name};

use super::join_ordering::{Class, Order, Region, Scope, Set, classes, part, relation_count, standing_for};
use crate::optimizer::Rule;
use crate::plan::{JoinKind, JoinOptions, Plan};

/// Groups by fewer keys.
pub(in crate::optimizer) struct GroupKeyReduction;

impl Rule for GroupKeyReduction {
    fn name(&self) -> &'static str {
        "group_key_reduction"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        plan.transform_up(&mut |node| {
            let Plan::Aggregate { input, keys, maintain_order: false, .. } = &*node else { return Ok(node) };
            let columns = keys.iter().all(|key| matches!(key.without_alias(), Expr::Column(_)));
            if keys.len() < 2 || !columns || relation_count(input) < 2 {
                return Ok(node);
            }
            Ok(reduce(&node)?.unwrap_or(node))
        })
    }
}

/// Whether no two rows of a plan have the same value in a column, which then has no nulls either.
#[recursive::recursive]
pub(super) fn is_unique(plan: &Plan, column: &str) -> bool {
    match plan {
        Plan::Scan(scan) => scan.schema.position(column).is_some_and(|position| {
            let position = scan.source_position(position);
            scan.source.is_unique(position)
        }),
        Plan::Filter { input, .. }
        | Plan::Sort { input, .. }
        | Plan::Slice { input, .. }
        | Plan::Cache { input, .. } => is_unique(input, column),
        Plan::Distinct { input, subset, .. } => {
            let own = subset.as_ref().is_some_and(|names| names.len() == 1 && *names[0] == *column);
            // A null may be there, once: it pairs with nothing.
            own || is_unique(input, column)
        }
        Plan::Select { input, exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            let named = |e: &&Expr| output_name(e).is_ok_and(|name| *name == *column);
            match exprs.iter().find(named).map(Expr::without_alias) {
                Some(Expr::Column(own)) => is_unique(input, own),
                _ => false,
            }
        }
        Plan::WithColumns { input, exprs, .. } if exprs.iter().all(Expr::is_row_separable) => {
            let made = exprs.iter().any(|e| output_name(e).is_ok_and(|name| *name == *column));
            !made && is_unique(input, column)
        }
        Plan::Aggregate { keys, .. } => {
            matches!(&keys[..], [key] if output_name(key).is_ok_and(|name| *name == *column))
        }
        Plan::RowIndex { input, name, .. } => **name == *column || is_unique(input, column),
        Plan::Join { left, options, .. } if matches!(options.kind, JoinKind::Semi | JoinKind::Anti) => {
            is_unique(left, column)
        }
        _ => false,
    }
}

/// Whether aggregates may be made below a join, of rows that find no partner, too: what a plan computes for rows that the
/// query as written drops may do no worse than to overflow.
pub(super) fn may_go_below(aggs: &[Expr], schema: &Schema) -> bool {
    aggs.iter().all(|agg| bind(agg, schema).is_ok_and(|agg| agg.risk() <= Risk::Overflow))
}

/// Whether a relation has one row at most for each value of a class of keys.
fn determined(region: &Region, class: &Class, relation: usize) -> bool {
    class.members.iter().filter(|m| m.relation == relation).any(|m| match &m.key {
        Expr::Column(name) => region
            .columns
            .get(name)
            .is_some_and(|origin| is_unique(&region.relations[relation], &origin.name)),
        _ => false,
    })
}

/// The relations that can be joined after grouping by a class of keys: each has one row at most for the group, and
/// nothing but that key to do with the others.
fn looked_up(region: &Region, classes: &[Class], key: &Class, needed: Set) -> Set {
    let mut allowed: Set = !needed;
    loop {
        let mut found: Set = 0;
        loop {
            let reached =
                classes.iter().filter(|c| std::ptr::eq(*c, key) || c.same && c.relations & found != 0);
            let mut next = found;
            for class in reached {
                for member in &class.members {
                    let bit = 1 << member.relation;
                    if allowed & bit != 0 && next & bit == 0 && determined(region, class, member.relation) {
                        next |= bit;
                    }
                }
            }
            if next == found {
                break;
            }
            found = next;
        }
        // Another key in common with what stays is asked of rows, not of groups; so is a predicate over both.
        let rest = |set: Set| set & !found;
        let torn = classes.iter().filter(|c| !std::ptr::eq(*c, key)).map(|c| c.relations);
        let torn = torn.chain(region.predicates.iter().map(|(set, _)| *set));
        let torn = torn.filter(|set| set & found != 0 && rest(*set) != 0).fold(0, |all, set| all | set);
        if torn & found == 0 {
            return found;
        }
        allowed &= !torn;
    }
}

/// An order in which each relation of a set has a key in common with those before it, if there is one.
fn connected_order(classes: &[Class], set: Set) -> Option<Order> {
    let first = set & set.wrapping_neg();
    let (mut order, mut joined) = (Order::Relation(first.trailing_zeros() as usize), first);
    while joined != set {
        let near = classes.iter().filter(|c| c.relations & joined != 0).fold(0, |all, c| all | c.relations);
        let next = near & set & !joined;
        if next == 0 {
            return None;
        }
        let next = next & next.wrapping_neg();
        order = Order::Join(Box::new(order), Box::new(Order::Relation(next.trailing_zeros() as usize)));
        joined |= next;
    }
    Some(order)
}

#[recursive::recursive]
fn reduce(node: &Plan) -> Result<Option<Arc<Plan>>> {
    let Plan::Aggregate { input, keys, aggs, schema, .. } = node else { return Ok(None) };
    let Some(region) = Region::of(input, Scope::INNER)? else { return Ok(None) };
    if !may_go_below(aggs, input.schema()) {
        return Ok(None);
    }
    let classes = classes(&region);
    let in_region = |expr: &Expr| {
        expr.transform_up(&mut |e| match &e {
            Expr::Column(name) => match input.schema().position(name) {
                Some(position) => Expr::Column(region.output[position].clone()),
                None => e,
            },
            _ => e,
        })
    };
    let group_keys: Vec<Expr> = keys.iter().map(|key| in_region(key.without_alias())).collect();
    let values: Vec<Expr> = aggs.iter().map(in_region).collect();
    let needed = values.iter().fold(0, |set, value| set | region.reads(value));
    let all: Set = (0..region.relations.len()).fold(0, |set, relation| set | 1 << relation);

    // The key that spares most of the others.
    let mut best: Option<(usize, &Class, Set)> = None;
    for key in &group_keys {
        let Some(class) = classes.iter().find(|c| c.same && c.members.iter().any(|m| m.key == *key)) else {
            continue;
        };
        let found = looked_up(&region, &classes, class, needed);
        let rest = all & !found;
        let spared = group_keys.iter().filter(|k| **k != *key && region.reads(k) & found != 0).count();
        let grouped_there = class.relations & rest != 0;
        if spared > 0 && grouped_there && best.is_none_or(|(most, ..)| spared > most) {
            best = Some((spared, class, found));
        }
    }
    let Some((_, class, found)) = best else { return Ok(None) };
    let Some(order) = connected_order(&classes, all & !found) else { return Ok(None) };
    let inner = part(&region, &region.relations, &classes, &order)?;

    // Grouped by the key and by those that nothing determines.
    let mut inner_keys: Vec<Expr> = Vec::new();
    let mut add = |key: Expr| {
        if !inner_keys.contains(&key) {
            inner_keys.push(key);
        }
    };
    let own_key = inner.key_of(&classes, class);
    let Some(own_key) = own_key else { return Ok(None) };
    add(own_key.clone());
    for key in group_keys.iter().filter(|key| region.reads(key) & found == 0) {
        add(standing_for(&classes, &inner.keys, key));
    }
    let mut names = Vec::with_capacity(values.len());
    let mut inner_aggs = Vec::with_capacity(values.len());
    for (i, (value, agg)) in values.iter().zip(aggs).enumerate() {
        let mut name: Arc<str> = output_name(agg)?;
        while region.columns.contains_key(&name) || names.contains(&name) {
            name = format!("{name}_{i}").into();
        }
        inner_aggs.push(standing_for(&classes, &inner.keys, value).alias(&name));
        names.push(name);
    }
    let mut plan = Arc::new(Plan::aggregate(inner.plan.clone(), inner_keys, inner_aggs, false)?);

    // Each group finds its rows of the other tables.
    let mut joined: Set = inner.set;
    let mut at_hand = inner.keys.clone();
    for (i, c) in classes.iter().enumerate() {
        if !std::ptr::eq(c, class) {
            at_hand[i] = None;
        }
    }
    while joined != all {
        let reachable = |relation: &usize| {
            let bit = 1 << relation;
            joined & bit == 0
                && classes.iter().zip(&at_hand).any(|(c, key)| key.is_some() && c.relations & bit != 0)
        };
        let Some(relation) = (0..region.relations.len()).find(reachable) else { return Ok(None) };
        let other = part(&region, &region.relations, &classes, &Order::Relation(relation))?;
        let (mut left_on, mut right_on) = (Vec::new(), Vec::new());
        for (left, right) in at_hand.iter().zip(&other.keys) {
            if let (Some(left), Some(right)) = (left, right) {
                left_on.push(left.clone());
                right_on.push(right.clone());
            }
        }
        let options = JoinOptions { coalesce: Some(false), ..JoinOptions::new(JoinKind::Inner) };
        plan = Arc::new(Plan::join(plan, other.plan, left_on, right_on, options)?);
        at_hand = at_hand.into_iter().zip(other.keys).map(|(own, new)| own.or(new)).collect();
        let before = joined;
        joined |= 1 << relation;
        let whole = |set: Set| set & !joined == 0 && set & !before != 0 && set & before & found != 0;
        let predicate = region.predicates.iter().filter(|(set, _)| whole(*set)).map(|(_, p)| p.clone());
        if let Some(predicate) = predicate.reduce(Expr::and) {
            plan = Arc::new(Plan::filter(plan, standing_for(&classes, &at_hand, &predicate))?);
        }
    }
    if let Some(predicate) =
        region.predicates.iter().filter(|(set, _)| *set == 0).map(|(_, p)| p.clone()).reduce(Expr::and)
    {
        plan = Arc::new(Plan::filter(plan, predicate)?);
    }

    let outputs = group_keys.iter().map(|key| standing_for(&classes, &at_hand, key));
    let outputs = outputs.chain(names.into_iter().map(Expr::Column));
    let exprs = schema.fields().iter().zip(outputs).map(|(field, expr)| match &expr {
        Expr::Column(name) if *name == field.name => expr,
        _ => expr.alias(&field.name),
    });
    Ok(Some(Arc::new(Plan::select(plan, exprs.collect())?)))
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::testing::{Query, check_rule, table};

    fn joined(key: &'static str) -> Query {
        let customers = table("customers", [key, "name"], 9);
        table("orders", ["customer", "amount"], 9_000).join(customers, "customer", key, JoinKind::Inner)
    }

    #[test]
    fn what_a_unique_key_determines_is_looked_up_later() {
        let query = joined("id").aggregate(["customer", "name"], [col("amount").sum()]);
        check_rule(
            &GroupKeyReduction,
            query,
            r#"
            AGGREGATE by [col("customer"), col("name")]: [col("amount").sum()]
              INNER JOIN on [col("customer")] = [col("id")]
                SCAN orders
                SCAN customers
            =>
            SELECT [col("customer"), col("name"), col("amount_0").alias("amount")]
              INNER JOIN on [col("customer")] = [col("id")]
                AGGREGATE by [col("customer")]: [col("amount").sum().alias("amount_0")]
                  SCAN orders
                SCAN customers
            "#,
        );
    }

    #[test]
    fn keys_of_a_table_without_a_unique_key_stay() {
        let query = joined("number").aggregate(["customer", "name"], [col("amount").sum()]);
        check_rule(
            &GroupKeyReduction,
            query,
            r#"
            AGGREGATE by [col("customer"), col("name")]: [col("amount").sum()]
              INNER JOIN on [col("customer")] = [col("number")]
                SCAN orders
                SCAN customers
            =>
            the same
            "#,
        );
    }
}
