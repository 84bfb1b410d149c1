//! A region put together again in another order: joins, the predicates where their relations meet, and at the top
//! the columns under the names and in the order that the query has them.

use std::collections::HashSet;
use std::sync::Arc;

use hypostyle_core::{Result, Schema};
use hypostyle_expr::Expr;

use super::graph::Class;
use super::region::{Order, Region, Set};
use super::search::relations_of;
use crate::plan::{JoinKind, JoinOptions, Plan};

/// Part of the region, put together.
pub(in crate::optimizer::rules) struct Part {
    pub(in crate::optimizer::rules) plan: Arc<Plan>,
    pub(in crate::optimizer::rules) set: Set,
    /// The member of each class that stands for all of them, if one is here.
    pub(in crate::optimizer::rules) keys: Vec<Option<Expr>>,
}

impl Part {
    /// The member that stands for a class.
    pub(in crate::optimizer::rules) fn key_of(&self, classes: &[Class], class: &Class) -> Option<&Expr> {
        let position = classes.iter().position(|c| std::ptr::eq(c, class))?;
        self.keys[position].as_ref()
    }
}

/// The region in this order, with the schema that it had.
pub(super) fn rebuild(
    region: &Region,
    relations: &[Arc<Plan>],
    classes: &[Class],
    order: &Order,
    schema: &Schema,
) -> Result<Arc<Plan>> {
    let top = part(region, relations, classes, order)?;
    let constant = region.predicates.iter().filter(|(set, _)| *set == 0).map(|(_, p)| p.clone());
    let plan = filtered(top.plan, constant.reduce(Expr::and))?;
    let exprs = schema
        .fields()
        .iter()
        .zip(&region.output)
        .map(|(field, name)| {
            let column = standing_for(classes, &top.keys, &Expr::Column(name.clone()));
            match &column {
                Expr::Column(own) if *own == field.name => column,
                _ => column.alias(&field.name),
            }
        })
        .collect();
    Ok(Arc::new(Plan::select(plan, exprs)?))
}

/// The region's names of all columns that something reads.
fn read_columns(region: &Region) -> HashSet<Arc<str>> {
    let mut read: HashSet<Arc<str>> = region.output.iter().cloned().collect();
    let keys = region.keys.iter().flat_map(|(l, r)| [l, r]);
    let looked_up = region.restrictions.iter().flat_map(|restriction| &restriction.left_on);
    for expr in keys.chain(looked_up).chain(region.predicates.iter().map(|(_, p)| p)) {
        expr.for_each_column(&mut |name| {
            read.insert(name.clone());
        });
    }
    read
}

fn filtered(plan: Arc<Plan>, predicate: Option<Expr>) -> Result<Arc<Plan>> {
    match predicate {
        Some(predicate) => Plan::filter(plan, predicate).map(Arc::new),
        None => Ok(plan),
    }
}

/// The relations of an order, joined.
pub(in crate::optimizer::rules) fn part(
    region: &Region,
    relations: &[Arc<Plan>],
    classes: &[Class],
    order: &Order,
) -> Result<Part> {
    part_of(region, relations, classes, order, &read_columns(region))
}

#[recursive::recursive]
fn part_of(
    region: &Region,
    relations: &[Arc<Plan>],
    classes: &[Class],
    order: &Order,
    read: &HashSet<Arc<str>>,
) -> Result<Part> {
    let set = relations_of(order);
    let inside = |inner: Set| inner != 0 && inner & !set == 0;
    match order {
        Order::Relation(relation) => {
            let keys = classes
                .iter()
                .map(|c| c.members.iter().find(|m| m.relation == *relation).map(|m| m.key.clone()))
                .collect();
            let own = region.predicates.iter().filter(|(inner, _)| inside(*inner)).map(|(_, p)| p.clone());
            let plan = named(region, &relations[*relation], *relation, read)?;
            Ok(Part { plan: filtered(plan, own.reduce(Expr::and))?, set, keys })
        }
        Order::Join(probe, build) => {
            let probe = part_of(region, relations, classes, probe, read)?;
            let build = part_of(region, relations, classes, build, read)?;
            let (mut left_on, mut right_on) = (Vec::new(), Vec::new());
            for (left, right) in probe.keys.iter().zip(&build.keys) {
                if let (Some(left), Some(right)) = (left, right) {
                    left_on.push(left.clone());
                    right_on.push(right.clone());
                }
            }
            let kind = if left_on.is_empty() { JoinKind::Cross } else { JoinKind::Inner };
            // Both sides' keys stay: which of them is read, the projections know.
            let options = JoinOptions { coalesce: Some(false), ..JoinOptions::new(kind) };
            let join = Plan::join(probe.plan, build.plan, left_on, right_on, options)?;
            let keys = probe.keys.into_iter().zip(build.keys).map(|(p, b)| p.or(b)).collect::<Vec<_>>();
            let whole = |inner: Set| inside(inner) && inner & !probe.set != 0 && inner & !build.set != 0;
            let predicate = region
                .predicates
                .iter()
                .filter(|(inner, _)| whole(*inner))
                .map(|(_, p)| standing_for(classes, &keys, p))
                .reduce(Expr::and);
            Ok(Part { plan: filtered(Arc::new(join), predicate)?, set, keys })
        }
        Order::Restricted(order, number) => {
            let part = part_of(region, relations, classes, order, read)?;
            let restriction = &region.restrictions[*number];
            let left_on =
                restriction.left_on.iter().map(|key| standing_for(classes, &part.keys, key)).collect();
            let options = JoinOptions::new(restriction.kind);
            let right = Arc::clone(&restriction.plan);
            let join = Plan::join(part.plan, right, left_on, restriction.right_on.clone(), options)?;
            Ok(Part { plan: Arc::new(join), ..part })
        }
    }
}

/// A relation whose columns have the region's names. If none has to be renamed it stays as it is.
fn named(region: &Region, plan: &Arc<Plan>, relation: usize, read: &HashSet<Arc<str>>) -> Result<Arc<Plan>> {
    let fields = plan.schema().fields();
    let names = &region.names[relation];
    if fields.iter().zip(names).all(|(field, name)| field.name == *name) {
        return Ok(Arc::clone(plan));
    }
    let mut exprs: Vec<Expr> = Vec::new();
    for (field, name) in fields.iter().zip(names) {
        if read.contains(name) {
            let column = Expr::Column(field.name.clone());
            exprs.push(if field.name == *name { column } else { column.alias(name) });
        }
    }
    if exprs.is_empty() {
        // Rows are counted by a column, whether somebody reads it or not.
        exprs.extend(fields.first().zip(names.first()).map(|(f, n)| Expr::Column(f.name.clone()).alias(n)));
    }
    Ok(Arc::new(Plan::select(Arc::clone(plan), exprs)?))
}

/// An expression that reads, of keys that are the same, those that stand for all: the fewer columns are carried.
pub(in crate::optimizer::rules) fn standing_for(
    classes: &[Class],
    keys: &[Option<Expr>],
    expr: &Expr,
) -> Expr {
    expr.transform_up(&mut |e| {
        if !matches!(e, Expr::Column(_)) {
            return e;
        }
        let own = classes
            .iter()
            .zip(keys)
            .find(|(class, _)| class.same && class.members.iter().any(|member| member.key == e));
        match own {
            Some((_, Some(key))) => key.clone(),
            _ => e,
        }
    })
}
