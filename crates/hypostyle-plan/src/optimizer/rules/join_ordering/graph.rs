//! Which relations of a region have keys in common, and how many rows they make together.

use hypostyle_core::DataType;
use hypostyle_expr::Expr;

use super::region::{Region, Restriction, Set};
use crate::estimate::{Estimator, Side, pairing};
use crate::plan::{JoinKind, Plan};

/// A key of one relation.
#[derive(Debug)]
pub(in crate::optimizer::rules) struct Member {
    pub(in crate::optimizer::rules) relation: usize,
    pub(in crate::optimizer::rules) key: Expr,
    /// About how many different values it has.
    distinct: f64,
}

/// Keys that are all equal in the rows of the result, at most one of a relation.
#[derive(Debug)]
pub(in crate::optimizer::rules) struct Class {
    pub(in crate::optimizer::rules) members: Vec<Member>,
    /// The relations that have a member.
    pub(in crate::optimizer::rules) relations: Set,
    /// Whether equal keys are the same value of the same type, so that any member stands for any other.
    pub(in crate::optimizer::rules) same: bool,
}

/// A relation's figures.
#[derive(Debug)]
struct Relation {
    rows: f64,
    /// Rows of the table below, before filters.
    table: f64,
}

/// A restriction's figures.
#[derive(Debug)]
pub(super) struct Restricting {
    /// The relations that must be there.
    pub(super) reads: Set,
    /// The part of the region's rows that it leaves.
    pub(super) part: f64,
    /// Rows that are looked up in, and how many different keys they have.
    pub(super) rows: f64,
    pub(super) distinct: f64,
    /// Work of making these that is spared where few keys are wanted.
    pub(super) saved: f64,
    /// The class of its key, if the relations are told which keys have a partner.
    pub(super) class: Option<usize>,
}

/// The keys of a region and what they mean for the number of rows.
#[derive(Debug)]
pub(super) struct Graph {
    relations: Vec<Relation>,
    pub(super) restrictions: Vec<Restricting>,
    pub(super) classes: Vec<Class>,
    /// Relations that a predicate reads, and which part of their pairs pass.
    predicates: Vec<(Set, f64)>,
    /// By class and relation: work of making the relation that a filter on its key would save.
    pub(super) saved: Vec<Vec<f64>>,
}

pub(super) fn bits(set: Set) -> impl Iterator<Item = usize> {
    let mut rest = set;
    std::iter::from_fn(move || {
        let bit = rest.trailing_zeros() as usize;
        (rest != 0).then(|| {
            rest &= rest - 1;
            bit
        })
    })
}

impl Graph {
    pub(super) fn of(region: &Region, estimator: &Estimator) -> Self {
        let relations: Vec<Relation> = region
            .relations
            .iter()
            .map(|plan| {
                let rows = estimator.rows(plan).max(1.0);
                Relation { rows, table: estimator.base_rows(plan).max(rows) }
            })
            .collect();
        let mut classes = classes(region);
        for class in &mut classes {
            // The smallest table is the one that the others refer to.
            let referred = class.members.iter().map(|m| relations[m.relation].table);
            let referred = referred.fold(f64::INFINITY, f64::min);
            for member in &mut class.members {
                let plan = &region.relations[member.relation];
                let known = estimator.distinct(plan, &original(region, &member.key));
                member.distinct = known.unwrap_or(referred).max(1.0);
            }
        }
        let predicates = region.predicates.iter();
        let predicates =
            predicates.map(|(set, predicate)| (*set, crate::estimate::selectivity(predicate))).collect();
        let saved = classes
            .iter()
            .map(|class| {
                let mut saved = vec![0.0; relations.len()];
                for member in &class.members {
                    if let Expr::Column(name) = &original(region, &member.key) {
                        saved[member.relation] =
                            filterable(&region.relations[member.relation], name, estimator);
                    }
                }
                saved
            })
            .collect();
        let restricting = |restriction| restricting(region, restriction, &classes, estimator);
        let restrictions = region.restrictions.iter().map(restricting).collect();
        Self { relations, restrictions, classes, predicates, saved }
    }

    /// How many relations there are.
    pub(super) fn len(&self) -> usize {
        self.relations.len()
    }

    /// Rows of a relation alone.
    pub(super) fn rows(&self, relation: usize) -> f64 {
        self.relations[relation].rows
    }

    /// The relations that have a key in common with one of the set.
    pub(super) fn neighbours(&self, set: Set) -> Set {
        let shared = self.classes.iter().filter(|class| class.relations & set != 0);
        shared.fold(0, |all, class| all | class.relations) & !set
    }

    /// Whether some key joins two sets.
    pub(super) fn joins(&self, left: Set, right: Set) -> bool {
        self.classes.iter().any(|class| class.relations & left != 0 && class.relations & right != 0)
    }

    /// The part of all pairs of rows of two sets that a join of them gives, by its keys.
    pub(super) fn selectivity(&self, left: Set, right: Set) -> f64 {
        let shared: Vec<&Class> =
            self.classes.iter().filter(|c| c.relations & left != 0 && c.relations & right != 0).collect();
        if shared.is_empty() {
            return 1.0;
        }
        let (l, r) = (self.side(&shared, left), self.side(&shared, right));
        if shared.len() > 1 && (l.is_none() || r.is_none()) {
            // Keys of several relations on one side are combinations of chance: each pairs by itself.
            return shared
                .iter()
                .map(|class| 1.0 / self.distinct(class, left).max(self.distinct(class, right)))
                .product();
        }
        let (l, r) = (l.unwrap_or_default(), r.unwrap_or_default());
        pairing(&Side { keys: &l.0, rows: l.1 }, &Side { keys: &r.0, rows: r.1 })
    }

    /// Distinct counts of the keys within a set, and the rows of their table, if one relation has them all.
    fn side(&self, shared: &[&Class], set: Set) -> Option<(Vec<f64>, f64)> {
        let common = shared.iter().fold(set, |all, class| all & class.relations);
        if shared.len() == 1 {
            return Some((vec![self.distinct(shared[0], set)], f64::INFINITY));
        }
        let relation = bits(common).next()?;
        let keys = shared
            .iter()
            .flat_map(|class| class.members.iter().filter(|m| m.relation == relation))
            .map(|m| m.distinct)
            .collect();
        Some((keys, self.relations[relation].table))
    }

    /// The number of different values of a class that are left in a set: those of the member that has fewest.
    fn distinct(&self, class: &Class, set: Set) -> f64 {
        let members = class.members.iter().filter(|m| set >> m.relation & 1 == 1);
        members.map(|m| m.distinct).fold(f64::INFINITY, f64::min)
    }

    /// The part of the pairs that pass the predicates which a join of two sets is the first to see whole.
    pub(super) fn passing(&self, left: Set, right: Set) -> f64 {
        let whole = |set: Set, all: Set| set & !all == 0;
        self.predicates
            .iter()
            .filter(|(set, _)| whole(*set, left | right) && !whole(*set, left) && !whole(*set, right))
            .map(|(_, part)| part)
            .product()
    }

    /// The part of one side's rows that keys of the other leave, by one class.
    pub(super) fn kept(&self, class: usize, filtered: Set, by: Set, rows: f64) -> f64 {
        let class = &self.classes[class];
        let (all, there) = (self.distinct(class, filtered), self.distinct(class, by).min(rows));
        (there / all.max(1.0)).min(1.0)
    }
}

/// What a semi or anti join is estimated to leave. Where nothing is known of the region's keys they are taken for
/// foreign ones: there are as many as in the table that is looked up in, before filters.
fn restricting(
    region: &Region,
    restriction: &Restriction,
    classes: &[Class],
    estimator: &Estimator,
) -> Restricting {
    let plan = &restriction.plan;
    let rows = estimator.rows(plan).max(1.0);
    let values = |keys: &[Expr], of: &dyn Fn(&Expr) -> Option<f64>| -> Option<f64> {
        keys.iter().map(of).product::<Option<f64>>()
    };
    let own = values(&restriction.right_on, &|key| estimator.distinct(plan, key));
    let distinct = own.unwrap_or(rows).clamp(1.0, rows);
    let wanted = values(&restriction.left_on, &|key| {
        let relation = region.reads(key).trailing_zeros() as usize;
        estimator.distinct(region.relations.get(relation)?, &original(region, key))
    });
    let wanted = wanted.unwrap_or_else(|| estimator.base_rows(plan)).max(1.0);
    let paired = (distinct / wanted).min(1.0);
    let saved = restriction.right_on.iter().map(|key| match key {
        Expr::Column(name) => filterable(plan, name, estimator),
        _ => 0.0,
    });
    let is_semi = restriction.kind == JoinKind::Semi;
    let class = match &restriction.left_on[..] {
        [key] if is_semi => classes.iter().position(|class| class.members.iter().any(|m| m.key == *key)),
        _ => None,
    };
    Restricting {
        reads: restriction.reads,
        // Nobody asks for what leaves everything or nothing.
        part: if is_semi { paired.max(0.001) } else { (1.0 - paired).max(0.05) },
        rows,
        distinct,
        saved: saved.fold(0.0, f64::max),
        class,
    }
}

/// A key as its relation's plan has it.
pub(super) fn original(region: &Region, key: &Expr) -> Expr {
    key.transform_up(&mut |e| match &e {
        Expr::Column(name) => match region.columns.get(name) {
            Some(origin) => Expr::Column(origin.name.clone()),
            None => e,
        },
        _ => e,
    })
}

/// Keys that are equal to a common one are equal. Where that would equate two keys of one relation, it is left out.
pub(in crate::optimizer::rules) fn classes(region: &Region) -> Vec<Class> {
    let member = |key: &Expr| Member {
        relation: region.reads(key).trailing_zeros() as usize,
        key: key.clone(),
        distinct: 0.0,
    };
    let mut classes: Vec<Class> = Vec::new();
    for (left, right) in &region.keys {
        let (left, right) = (member(left), member(right));
        let mut merged = vec![left, right];
        let mut rest = Vec::with_capacity(classes.len());
        for class in classes {
            let touches = class.members.iter().any(|m| merged.iter().any(|n| n.key == m.key));
            let new = |m: &&Member| merged.iter().all(|n| n.key != m.key);
            let clashes =
                class.members.iter().filter(new).any(|m| merged.iter().any(|n| n.relation == m.relation));
            if touches && !clashes {
                let added: Vec<Member> = class.members.into_iter().filter(|m| new(&m)).collect();
                merged.extend(added);
            } else {
                rest.push(class);
            }
        }
        let relations = merged.iter().fold(0, |set, m| set | 1 << m.relation);
        rest.push(Class { members: merged, relations, same: false });
        classes = rest;
    }
    for class in &mut classes {
        let dtype = |m: &Member| match &m.key {
            Expr::Column(name) => region.columns.get(name).map(|origin| &origin.dtype),
            _ => None,
        };
        let first = class.members.first().and_then(dtype);
        // Zeros of both signs are equal keys, and so are all NaN.
        let exact = first.is_some_and(|d: &DataType| !d.is_float() && !d.is_nested());
        class.same = exact && class.members.iter().all(|m| dtype(m) == first);
    }
    classes
}

/// The work under a node that is saved where only some values of a column are wanted: what an aggregation or a join
/// does for groups and rows that nobody asks for.
#[recursive::recursive]
fn filterable(plan: &Plan, column: &str, estimator: &Estimator) -> f64 {
    match plan {
        Plan::Filter { input, .. } | Plan::Distinct { input, .. } => filterable(input, column, estimator),
        Plan::Select { input, exprs, .. } => exprs
            .iter()
            .filter(|e| hypostyle_expr::output_name(e).is_ok_and(|name| *name == *column))
            .find_map(|e| match e.without_alias() {
                Expr::Column(own) => Some(filterable(input, own, estimator)),
                _ => None,
            })
            .unwrap_or(0.0),
        Plan::Aggregate { input, keys, .. } => {
            let own = keys.iter().any(|k| matches!(k, Expr::Column(name) if **name == *column));
            if own {
                estimator.rows(input) * super::search::GROUP + filterable(input, column, estimator)
            } else {
                0.0
            }
        }
        Plan::Join { left, right, .. } => {
            let side = if left.schema().contains(column) { left } else { right };
            estimator.rows(plan) * super::search::ROW + filterable(side, column, estimator)
        }
        _ => 0.0,
    }
}
