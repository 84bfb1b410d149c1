//! One file a rule.

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

pub(super) use common_exprs::CommonExprs;
pub(super) use common_subplans::CommonSubplans;
pub(super) use distinct_counts::DistinctCounts;
pub(super) use group_join::GroupJoin;
pub(super) use group_key_reduction::GroupKeyReduction;
pub(super) use join_ordering::JoinOrdering;
pub(super) use late_materialization::LateMaterialization;
pub(super) use predicate_pushdown::PredicatePushdown;
pub(super) use projection_pushdown::ProjectionPushdown;
pub(super) use shared_scans::SharedScans;
pub(super) use simplify::Simplify;
pub(super) use slice_pushdown::SlicePushdown;
pub(super) use unused_joins::UnusedJoins;
