//! One file a rule, and the order in which they are applied.

mod common_exprs;
mod common_subplans;
mod distinct_counts;
mod group_join;
mod group_key_reduction;
mod join_ordering;
mod late_materialization;
mod null_rejection;
mod predicate_pushdown;
mod projection_pushdown;
mod shared_scans;
mod simplify;
mod slice_pushdown;
mod unused_joins;
mod unused_sorts;

use super::Rule;

/// The rules in order. The reason for each place stands beside it.
pub static RULES: &[&dyn Rule] = &[
    // First: constants decide which predicates there are to push.
    &simplify::Simplify,
    // Before projections: a predicate moved down needs its columns there and nowhere above.
    &predicate_pushdown::PredicatePushdown,
    // After predicates, so that a limit does not stop at a filter that has moved away.
    &slice_pushdown::SlicePushdown,
    // After slices, which look at the order of rows, and make a sort the first rows of it; before what compares
    // subplans and moves joins, which a sort stops.
    &unused_sorts::UnusedSorts,
    // After predicates have taken apart what they pass, before projections: shared columns read columns, too.
    &common_exprs::CommonExprs,
    // After what moves nodes, so that equal subplans look equal; before projections, which make them differ by reader.
    &common_subplans::CommonSubplans,
    // Before joins are ordered: it makes joins of aggregations, and more than one order of them.
    &group_key_reduction::GroupKeyReduction,
    // After predicates, which thin out relations and become keys; after shared subplans, which an order of their own
    // for each reader would tear apart; before projections, since both sides' keys stay until somebody drops them.
    &join_ordering::JoinOrdering,
    // After joins are ordered, which knows no aggregations between them; before projections, which drop the rest of the
    // side that is only looked up.
    &group_join::GroupJoin,
    // After what moves aggregations, none of which is to move this one; before projections, which read for it alone.
    &distinct_counts::DistinctCounts,
    // After all that moves and puts filters over readers; before projections, since what the scan filters by nobody
    // else need read.
    &shared_scans::SharedScans,
    // After all that moves: what is read is known only when nothing does any more.
    &projection_pushdown::ProjectionPushdown,
    // After projections, which show of which side of a join nobody reads anything.
    &unused_joins::UnusedJoins,
    // Last: it takes columns out of scans that projections would not know of.
    &late_materialization::LateMaterialization,
];
