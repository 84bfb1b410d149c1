//! The cheapest order: dynamic programming over all sets of relations and restrictions while there are few, pair by
//! pair if not.
//!
//! In a set, restrictions have the bits after those of the relations. A set with a restriction has the relations that
//! this reads, and the restriction as one of its halves stands for a semi or anti join of the other.

use super::graph::{Graph, bits};
use super::region::{Order, Set};

/// Sets of up to so many relations are all looked at.
const EXHAUSTIVE: usize = 10;

// What a row costs, in units of probing one. Building an index is done by one thread, after a copy of the rows.
const BUILD: f64 = 4.0;
const PROBE: f64 = 1.0;
/// A row that a join gives.
pub(super) const ROW: f64 = 1.0;
/// A row that is put into its group.
pub(super) const GROUP: f64 = 4.0;

/// A way to join a set of relations.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) set: Set,
    pub(super) cost: f64,
    pub(super) rows: f64,
    /// The probe side and the build side, or what is restricted and the restriction, unless it is a single relation.
    sides: Option<(Set, Set)>,
    /// By class: which part of the cost a filter on its keys would save.
    saved: Vec<f64>,
}

impl Entry {
    fn relation(graph: &Graph, relation: usize) -> Self {
        let saved: Vec<f64> = graph.saved.iter().map(|class| class[relation]).collect();
        // What it costs at all, it costs in any order; only what can be saved matters.
        let cost = saved.iter().copied().fold(0.0, f64::max);
        Self { set: 1 << relation, cost, rows: graph.rows(relation), sides: None, saved }
    }

    /// The join of two sets; the one with fewer rows is built.
    fn join(graph: &Graph, left: &Entry, right: &Entry) -> Self {
        let (probe, build) = if left.rows < right.rows { (right, left) } else { (left, right) };
        let rows = left.rows
            * right.rows
            * graph.selectivity(left.set, right.set)
            * graph.passing(left.set, right.set);
        // The build side runs first, and tells the scans under the probe side which keys it has.
        let kept = |class: usize| graph.kept(class, probe.set, build.set, build.rows);
        let shared = |class: &usize| {
            let relations = graph.classes[*class].relations;
            relations & probe.set != 0 && relations & build.set != 0
        };
        let savings = (0..graph.classes.len()).filter(shared).map(|c| probe.saved[c] * (1.0 - kept(c)));
        let saving = savings.fold(0.0, f64::max).min(probe.cost);
        let left_over = if probe.cost > 0.0 { 1.0 - saving / probe.cost } else { 1.0 };
        Self {
            set: left.set | right.set,
            cost: probe.cost - saving + build.cost + build.rows * BUILD + probe.rows * PROBE + rows * ROW,
            rows: rows.max(1.0),
            sides: Some((probe.set, build.set)),
            saved: probe.saved.iter().zip(&build.saved).map(|(p, b)| p * left_over + b).collect(),
        }
    }

    /// The rows that a restriction leaves; of its side and the other the one with fewer rows is built.
    fn restricted(graph: &Graph, left: &Entry, number: usize) -> Self {
        let own = &graph.restrictions[number];
        let rows = (left.rows * own.part).max(1.0);
        let (mut cost, mut left_over) = (left.cost + own.saved + rows * ROW, 1.0);
        if left.rows < own.rows {
            // Only the keys that are asked for are made.
            let kept = (left.rows / own.distinct).min(1.0);
            cost += left.rows * BUILD + own.rows * kept * PROBE - own.saved * (1.0 - kept);
        } else {
            let saving = own.class.map_or(0.0, |class| left.saved[class] * (1.0 - own.part)).min(left.cost);
            left_over = if left.cost > 0.0 { 1.0 - saving / left.cost } else { 1.0 };
            cost += own.rows * BUILD + left.rows * PROBE - saving;
        }
        let (set, bit) = (left.set, 1 << (graph.len() + number));
        let saved = left.saved.iter().map(|saved| saved * left_over).collect();
        Self { set: set | bit, cost, rows, sides: Some((set, bit)), saved }
    }
}

/// An order of joins with its cost; the left side of each join is the one to probe with.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) order: Order,
    pub(super) cost: f64,
}

/// What the order of the query costs.
pub(super) fn cost(graph: &Graph, order: &Order) -> f64 {
    fn entry(graph: &Graph, order: &Order) -> Entry {
        match order {
            Order::Relation(relation) => Entry::relation(graph, *relation),
            Order::Join(left, right) => Entry::join(graph, &entry(graph, left), &entry(graph, right)),
            Order::Restricted(left, number) => Entry::restricted(graph, &entry(graph, left), *number),
        }
    }
    entry(graph, order).cost
}

/// The cheapest order that is found.
pub(super) fn search(graph: &Graph) -> Found {
    if graph.len() + graph.restrictions.len() <= EXHAUSTIVE { exhaustive(graph) } else { greedy(graph) }
}

/// Every set is joined in the cheapest of all ways, from smaller sets that are. Sides have a key in common wherever
/// the relations are connected at all.
fn exhaustive(graph: &Graph) -> Found {
    let relations = graph.len();
    let every_relation: Set = (1 << relations) - 1;
    let all: Set = (1 << (relations + graph.restrictions.len())) - 1;
    let mut best: Vec<Option<Entry>> = vec![None; all as usize + 1];
    for set in 1..=all {
        if set.count_ones() == 1 && set & every_relation != 0 {
            best[set as usize] = Some(Entry::relation(graph, set.trailing_zeros() as usize));
            continue;
        }
        let joined = set & every_relation;
        let restricted = || bits(set >> relations).all(|r| graph.restrictions[r].reads & !joined == 0);
        if joined == 0 || !restricted() {
            continue;
        }
        let connected = is_connected(graph, joined);
        if !connected && joined != every_relation {
            continue;
        }
        let mut cheapest: Option<Entry> = None;
        // Halves that have the lowest relation, so that each pair is seen once.
        let lowest = set & set.wrapping_neg();
        let mut rest = (set ^ lowest) & (set ^ lowest).wrapping_sub(1);
        loop {
            let left = rest | lowest;
            let right = set ^ left;
            let entry = match (&best[left as usize], &best[right as usize]) {
                (Some(l), Some(r)) if !connected || graph.joins(left, right) => {
                    Some(Entry::join(graph, l, r))
                }
                (Some(l), None) if right.count_ones() == 1 => {
                    Some(Entry::restricted(graph, l, right.trailing_zeros() as usize - relations))
                }
                _ => None,
            };
            if let Some(mut entry) = entry {
                if let Some(known) = &cheapest {
                    // How many rows a set has does not depend on how it is joined, whatever the estimates say.
                    entry.cost += (known.rows - entry.rows) * ROW;
                    entry.rows = known.rows;
                }
                if cheapest.as_ref().is_none_or(|known| entry.cost < known.cost) {
                    cheapest = Some(entry);
                }
            }
            if rest == 0 {
                break;
            }
            rest = (rest - 1) & (set ^ lowest);
        }
        best[set as usize] = cheapest;
    }
    let look_up = |set: Set| best[set as usize].as_ref();
    let cost = look_up(all).map_or(f64::INFINITY, |entry| entry.cost);
    Found { order: order(all, relations, &look_up), cost }
}

fn order<'a>(set: Set, relations: usize, best: &dyn Fn(Set) -> Option<&'a Entry>) -> Order {
    let inner = |set| Box::new(order(set, relations, best));
    match best(set).and_then(|entry| entry.sides) {
        Some((left, bit)) if bit >> relations != 0 && bit.count_ones() == 1 => {
            Order::Restricted(inner(left), bit.trailing_zeros() as usize - relations)
        }
        Some((probe, build)) => Order::Join(inner(probe), inner(build)),
        None => Order::Relation(set.trailing_zeros() as usize),
    }
}

fn is_connected(graph: &Graph, set: Set) -> bool {
    let mut reached = set & set.wrapping_neg();
    loop {
        let next = reached | graph.neighbours(reached) & set;
        if next == reached {
            return reached == set;
        }
        reached = next;
    }
}

/// The join that is cheapest by itself comes next, again and again. Restrictions come as soon as they can if they leave
/// less than half of the rows, and last if not.
fn greedy(graph: &Graph) -> Found {
    let mut open: Vec<(Entry, Order)> =
        (0..graph.len()).map(|r| (Entry::relation(graph, r), Order::Relation(r))).collect();
    let mut waiting: Vec<usize> = (0..graph.restrictions.len()).collect();
    loop {
        let last = open.len() == 1;
        waiting.retain(|number| {
            let own = &graph.restrictions[*number];
            let place = open.iter_mut().find(|(entry, _)| own.reads & !entry.set == 0);
            let Some((entry, order)) = place.filter(|_| last || own.part < 0.5) else { return true };
            *entry = Entry::restricted(graph, entry, *number);
            let inner = std::mem::replace(order, Order::Relation(0));
            *order = Order::Restricted(Box::new(inner), *number);
            false
        });
        if last {
            break;
        }
        let mut next: Option<(bool, f64, usize, usize, Entry)> = None;
        for j in 1..open.len() {
            for i in 0..j {
                let (left, right) = (&open[i].0, &open[j].0);
                let apart = !graph.joins(left.set, right.set);
                let entry = Entry::join(graph, left, right);
                let own = entry.cost - left.cost - right.cost;
                if next.as_ref().is_none_or(|(a, c, ..)| (apart, own) < (*a, *c)) {
                    next = Some((apart, own, i, j, entry));
                }
            }
        }
        let Some((_, _, i, j, entry)) = next else { break };
        let (right, left) = (open.remove(j), open.remove(i));
        let probes_left = entry.sides.is_none_or(|(probe, _)| probe == left.0.set);
        let (probe, build) = if probes_left { (left.1, right.1) } else { (right.1, left.1) };
        open.push((entry, Order::Join(Box::new(probe), Box::new(build))));
    }
    match open.pop() {
        Some((entry, order)) => Found { order, cost: entry.cost },
        None => Found { order: Order::Relation(0), cost: f64::INFINITY },
    }
}

/// The relations of an order.
pub(super) fn relations_of(order: &Order) -> Set {
    match order {
        Order::Relation(relation) => 1 << relation,
        Order::Join(left, right) => relations_of(left) | relations_of(right),
        Order::Restricted(order, _) => relations_of(order),
    }
}

/// Whether every relation is reached from every other over keys.
pub(super) fn all_connected(graph: &Graph) -> bool {
    let relations = graph.len();
    is_connected(graph, if relations >= Set::BITS as usize { Set::MAX } else { (1 << relations) - 1 })
}
