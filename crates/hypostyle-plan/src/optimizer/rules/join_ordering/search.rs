//! The cheapest order: dynamic programming over all sets of relations while there are few, pair by pair if not.

use super::graph::Graph;
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
    /// The probe side and the build side, unless it is a single relation.
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
        }
    }
    entry(graph, order).cost
}

/// The cheapest order that is found.
pub(super) fn search(graph: &Graph, relations: usize) -> Found {
    if relations <= EXHAUSTIVE { exhaustive(graph, relations) } else { greedy(graph, relations) }
}

/// Every set is joined in the cheapest of all ways, from smaller sets that are. Sides have a key in common wherever
/// the relations are connected at all.
fn exhaustive(graph: &Graph, relations: usize) -> Found {
    let all: Set = (1 << relations) - 1;
    let mut best: Vec<Option<Entry>> = vec![None; 1 << relations];
    for set in 1..=all {
        if set.count_ones() == 1 {
            best[set as usize] = Some(Entry::relation(graph, set.trailing_zeros() as usize));
            continue;
        }
        let connected = is_connected(graph, set);
        if !connected && set != all {
            continue;
        }
        let mut cheapest: Option<Entry> = None;
        // Halves that have the lowest relation, so that each pair is seen once.
        let lowest = set & set.wrapping_neg();
        let mut rest = (set ^ lowest) & (set ^ lowest).wrapping_sub(1);
        loop {
            let left = rest | lowest;
            let right = set ^ left;
            if let (Some(l), Some(r)) = (&best[left as usize], &best[right as usize])
                && (!connected || graph.joins(left, right))
            {
                let mut entry = Entry::join(graph, l, r);
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
    Found { order: order(all, &look_up), cost }
}

fn order<'a>(set: Set, best: &dyn Fn(Set) -> Option<&'a Entry>) -> Order {
    match best(set).and_then(|entry| entry.sides) {
        Some((probe, build)) => Order::Join(Box::new(order(probe, best)), Box::new(order(build, best))),
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

/// The join that is cheapest by itself comes next, again and again.
fn greedy(graph: &Graph, relations: usize) -> Found {
    let mut open: Vec<(Entry, Order)> =
        (0..relations).map(|r| (Entry::relation(graph, r), Order::Relation(r))).collect();
    while open.len() > 1 {
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
    }
}

/// Whether every relation is reached from every other over keys.
pub(super) fn all_connected(graph: &Graph, relations: usize) -> bool {
    is_connected(graph, if relations >= Set::BITS as usize { Set::MAX } else { (1 << relations) - 1 })
}
