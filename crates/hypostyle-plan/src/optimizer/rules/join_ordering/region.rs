//! A region: inner joins with nothing between them but filters, renamings, semi and anti joins, taken apart into the
//! relations below, the keys that must be equal, the predicates that read several relations and the restrictions: what
//! semi and anti joins look up.
//!
//! Within a region every column has a name of its own, so that what reads it need not know where it comes from.

use std::collections::HashMap;
use std::sync::Arc;

use hypostyle_core::{DataType, Result};
use hypostyle_expr::Expr;

use crate::build::join_columns;
use crate::plan::{JoinKind, JoinOrder, JoinValidation, Plan};

/// A set of relations, one bit each.
pub(in crate::optimizer::rules) type Set = u64;

/// More relations than this are left as they are.
pub(in crate::optimizer::rules) const MOST_RELATIONS: usize = Set::BITS as usize;

/// A column of a relation.
#[derive(Clone, Debug)]
pub(in crate::optimizer::rules) struct Origin {
    pub(in crate::optimizer::rules) relation: usize,
    /// The name in the relation's own plan.
    pub(in crate::optimizer::rules) name: Arc<str>,
    pub(in crate::optimizer::rules) dtype: DataType,
}

/// In what order the query joins.
#[derive(Clone, Debug)]
pub(in crate::optimizer::rules) enum Order {
    Relation(usize),
    Join(Box<Order>, Box<Order>),
    /// The rows that a restriction leaves, by its number.
    Restricted(Box<Order>, usize),
}

/// Which joins a region has beside inner ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::optimizer::rules) struct Scope {
    pub(in crate::optimizer::rules) crosses: bool,
    /// Semi and anti joins.
    pub(in crate::optimizer::rules) restrictions: bool,
}

impl Scope {
    /// Inner joins alone.
    pub(in crate::optimizer::rules) const INNER: Self = Self { crosses: false, restrictions: false };
}

/// A semi or anti join: it keeps rows of the region or drops them, and adds no columns.
#[derive(Clone, Debug)]
pub(in crate::optimizer::rules) struct Restriction {
    /// Where keys are looked up.
    pub(in crate::optimizer::rules) plan: Arc<Plan>,
    pub(in crate::optimizer::rules) kind: JoinKind,
    /// The keys of the region's rows, and the relations that these read.
    pub(in crate::optimizer::rules) left_on: Vec<Expr>,
    pub(in crate::optimizer::rules) reads: Set,
    pub(in crate::optimizer::rules) right_on: Vec<Expr>,
}

/// Joins taken apart.
#[derive(Debug)]
pub(in crate::optimizer::rules) struct Region {
    /// What is joined.
    pub(in crate::optimizer::rules) relations: Vec<Arc<Plan>>,
    /// Where the columns come from, by their names in the region.
    pub(in crate::optimizer::rules) columns: HashMap<Arc<str>, Origin>,
    /// The names in the region of each relation's columns, in their order.
    pub(in crate::optimizer::rules) names: Vec<Vec<Arc<str>>>,
    /// Keys that must be equal. Each side reads one relation.
    pub(in crate::optimizer::rules) keys: Vec<(Expr, Expr)>,
    /// Predicates, with the relations that they read.
    pub(in crate::optimizer::rules) predicates: Vec<(Set, Expr)>,
    /// What semi and anti joins ask of rows.
    pub(in crate::optimizer::rules) restrictions: Vec<Restriction>,
    /// The region's names of the columns that come out.
    pub(in crate::optimizer::rules) output: Vec<Arc<str>>,
    /// The order as it was written.
    pub(in crate::optimizer::rules) order: Order,
}

/// Whether a node is a join whose rows may come in any order, and may be made in any.
fn is_free(plan: &Plan, scope: Scope) -> bool {
    let Plan::Join { options, .. } = plan else { return false };
    let kind = match options.kind {
        JoinKind::Inner => true,
        JoinKind::Cross => scope.crosses,
        JoinKind::Semi | JoinKind::Anti => scope.restrictions,
        JoinKind::Left | JoinKind::Right | JoinKind::Full => false,
    };
    kind && options.maintain_order == JoinOrder::None
        && options.validate == JoinValidation::ManyToMany
        && !options.nulls_equal
}

fn restricts(plan: &Plan) -> bool {
    matches!(plan, Plan::Join { options, .. } if matches!(options.kind, JoinKind::Semi | JoinKind::Anti))
}

/// The input of a node that regions look through.
fn looked_through(plan: &Plan) -> Option<&Arc<Plan>> {
    match plan {
        Plan::Filter { input, predicate } if predicate.is_row_separable() => Some(input),
        Plan::Select { input, exprs, .. }
            if exprs.iter().all(|e| matches!(e.without_alias(), Expr::Column(_))) =>
        {
            Some(input)
        }
        _ => None,
    }
}

/// Whether a node, or what is under filters and renamings, is a free join.
#[recursive::recursive]
fn leads_to_join(plan: &Plan, scope: Scope) -> bool {
    is_free(plan, scope) || looked_through(plan).is_some_and(|input| leads_to_join(input, scope))
}

/// How many relations inner joins join under a node, perhaps below filters and renamings.
#[recursive::recursive]
pub(in crate::optimizer::rules) fn relation_count(plan: &Plan) -> usize {
    if is_free(plan, Scope::INNER) {
        return size(plan, Scope::INNER);
    }
    looked_through(plan).map_or(0, |input| relation_count(input))
}

/// How many relations and restrictions a region with this join at its top has; 0 if it is no such join.
pub(in crate::optimizer::rules) fn size(plan: &Plan, scope: Scope) -> usize {
    #[recursive::recursive]
    fn count(plan: &Plan, scope: Scope) -> usize {
        match plan {
            Plan::Join { left, .. } if is_free(plan, scope) && restricts(plan) => count(left, scope) + 1,
            Plan::Join { left, right, .. } if is_free(plan, scope) => {
                count(left, scope) + count(right, scope)
            }
            _ => match looked_through(plan) {
                Some(input) if leads_to_join(input, scope) => count(input, scope),
                _ => 1,
            },
        }
    }
    if is_free(plan, scope) { count(plan, scope) } else { 0 }
}

/// The region with this join at its top over other relations and restrictions.
#[recursive::recursive]
pub(in crate::optimizer::rules) fn map_relations(
    plan: &Arc<Plan>,
    scope: Scope,
    f: &mut dyn FnMut(&Arc<Plan>) -> Result<Arc<Plan>>,
) -> Result<Arc<Plan>> {
    if !leads_to_join(plan, scope) {
        return f(plan);
    }
    // What a restriction looks up, its second input, is no part of the region.
    let (restricts, mut inputs) = (restricts(plan), 0..);
    plan.map_children(&mut |child| {
        let outside = restricts && inputs.next() == Some(1);
        if outside { f(child) } else { map_relations(child, scope, f) }
    })
}

impl Region {
    /// Takes a region apart, with other joins in it or beneath it. `None` if a key reads several relations.
    pub(in crate::optimizer::rules) fn of(top: &Arc<Plan>, scope: Scope) -> Result<Option<Self>> {
        let mut region = Self {
            relations: Vec::new(),
            columns: HashMap::new(),
            names: Vec::new(),
            keys: Vec::new(),
            predicates: Vec::new(),
            restrictions: Vec::new(),
            output: Vec::new(),
            order: Order::Relation(0),
        };
        let (order, output) = region.take(top, scope)?;
        region.order = order;
        region.output = output;
        let one = |e: &Expr| region.reads(e).count_ones() == 1;
        let simple = region.keys.iter().all(|(l, r)| one(l) && one(r))
            && region.restrictions.iter().all(|restriction| restriction.left_on.iter().all(one));
        Ok(simple.then_some(region))
    }

    /// The relations that an expression reads.
    pub(in crate::optimizer::rules) fn reads(&self, expr: &Expr) -> Set {
        let mut set = 0;
        expr.for_each_column(&mut |name| {
            if let Some(origin) = self.columns.get(name) {
                set |= 1 << origin.relation;
            }
        });
        set
    }

    /// Takes a node apart; gives the region's names of its output.
    #[recursive::recursive]
    fn take(&mut self, plan: &Arc<Plan>, scope: Scope) -> Result<(Order, Vec<Arc<str>>)> {
        match &**plan {
            Plan::Join { left, right, left_on, right_on, options, .. }
                if is_free(plan, scope) && restricts(plan) =>
            {
                let (order, names) = self.take(left, scope)?;
                let own = |e: &Expr| renamed(e, left, &names).without_alias().clone();
                let left_on: Vec<Expr> = left_on.iter().map(own).collect();
                let reads = left_on.iter().fold(0, |set, key| set | self.reads(key));
                let number = self.restrictions.len();
                self.restrictions.push(Restriction {
                    plan: Arc::clone(right),
                    kind: options.kind,
                    left_on,
                    reads,
                    right_on: right_on.clone(),
                });
                Ok((Order::Restricted(Box::new(order), number), names))
            }
            Plan::Join { left, right, left_on, right_on, options, .. } if is_free(plan, scope) => {
                let (left_order, left_names) = self.take(left, scope)?;
                let (right_order, right_names) = self.take(right, scope)?;
                for (l, r) in left_on.iter().zip(right_on) {
                    let l = renamed(l, left, &left_names).without_alias().clone();
                    let r = renamed(r, right, &right_names).without_alias().clone();
                    self.keys.push((l, r));
                }
                let columns = join_columns(left.schema(), right.schema(), left_on, right_on, options)?;
                let name = |right: bool, position: usize| {
                    if right { right_names[position].clone() } else { left_names[position].clone() }
                };
                let output = columns.iter().map(|c| name(c.right, c.position)).collect();
                Ok((Order::Join(Box::new(left_order), Box::new(right_order)), output))
            }
            Plan::Filter { input, predicate } if leads_to_join(plan, scope) => {
                let (order, names) = self.take(input, scope)?;
                for conjunct in predicate.conjuncts() {
                    let conjunct = renamed(conjunct, input, &names);
                    self.predicates.push((self.reads(&conjunct), conjunct));
                }
                Ok((order, names))
            }
            Plan::Select { input, exprs, .. } if leads_to_join(plan, scope) => {
                let (order, names) = self.take(input, scope)?;
                let mut output = Vec::with_capacity(exprs.len());
                for expr in exprs {
                    if let Expr::Column(name) = expr.without_alias() {
                        output.push(names[input.schema().index_of(name)?].clone());
                    }
                }
                Ok((order, output))
            }
            _ => {
                let relation = self.relations.len();
                self.relations.push(Arc::clone(plan));
                let names: Vec<Arc<str>> = plan
                    .schema()
                    .fields()
                    .iter()
                    .map(|field| {
                        let mut name = field.name.clone();
                        while self.columns.contains_key(&name) {
                            name = format!("{name}_{relation}").into();
                        }
                        let origin =
                            Origin { relation, name: field.name.clone(), dtype: field.dtype.clone() };
                        self.columns.insert(name.clone(), origin);
                        name
                    })
                    .collect();
                self.names.push(names.clone());
                Ok((Order::Relation(relation), names))
            }
        }
    }
}

/// An expression over a node's columns, by the region's names of these.
fn renamed(expr: &Expr, plan: &Plan, names: &[Arc<str>]) -> Expr {
    expr.transform_up(&mut |e| match &e {
        Expr::Column(name) => match plan.schema().position(name) {
            Some(position) => Expr::Column(names[position].clone()),
            None => e,
        },
        _ => e,
    })
}
