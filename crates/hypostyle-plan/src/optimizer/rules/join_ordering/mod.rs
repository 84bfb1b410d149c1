//! Inner, semi and anti joins run in the order that is estimated to be the cheapest.
//!
//! Only where nobody asked for an order of rows (`maintain_order`), and only if the order as written is estimated to
//! cost noticeably more: who ordered joins by hand keeps them. Two relations have but one order, since the executor
//! chooses the side to build.
//!
//! A semi or anti join keeps rows or drops them, whichever joins they have passed. It comes as soon as its keys are
//! there where it leaves few of many rows, and late where few rows are left that ask for what it looks up.
//!
//! Deliberately absent: outer joins are not moved; what is below them is ordered by itself. So are subplans with
//! several readers, which therefore must be found before.

mod graph;
mod rebuild;
mod region;
mod search;

use std::sync::Arc;

use hypostyle_core::Result;

use self::graph::Graph;
pub(super) use self::graph::{Class, classes};
pub(super) use self::rebuild::{part, standing_for};
use self::region::{MOST_RELATIONS, Restriction, map_relations, size};
pub(super) use self::region::{Order, Region, Scope, Set, relation_count};
use crate::estimate::Estimator;
use crate::optimizer::Rule;
use crate::plan::Plan;

/// Orders joins.
pub(in crate::optimizer) struct JoinOrdering;

/// An order must be estimated to cost less than this part of the written one.
const NOTICEABLE: f64 = 0.9;

impl Rule for JoinOrdering {
    fn name(&self) -> &'static str {
        "join_ordering"
    }

    fn apply(&self, plan: Arc<Plan>) -> Result<Arc<Plan>> {
        if !has_joins_of_joins(&plan) {
            return Ok(plan);
        }
        // Only nodes of this plan are asked about, which outlives the estimates.
        order(&plan, &Estimator::default())
    }
}

/// Whether there is a join with another one somewhere below: fewer have nothing to order.
fn has_joins_of_joins(plan: &Plan) -> bool {
    #[recursive::recursive]
    fn joins(plan: &Plan) -> usize {
        let own = usize::from(matches!(plan, Plan::Join { .. }));
        own + plan.children().into_iter().map(|child| joins(child)).sum::<usize>()
    }
    joins(plan) > 1
}

#[recursive::recursive]
fn order(plan: &Arc<Plan>, estimator: &Estimator) -> Result<Arc<Plan>> {
    let mut tried = Vec::new();
    for (crosses, restrictions) in [(true, true), (false, true), (false, false)] {
        let scope = Scope { crosses, restrictions };
        let size = size(plan, scope);
        // Without what it has not it is the same region.
        if (3..=MOST_RELATIONS).contains(&size)
            && !tried.contains(&size)
            && let Some(ordered) = order_region(plan, scope, estimator)?
        {
            return Ok(ordered);
        }
        tried.push(size);
    }
    plan.map_children(&mut |child| order(child, estimator))
}

/// The region with this join at its top in its best order; `None` if it is no region.
fn order_region(top: &Arc<Plan>, scope: Scope, estimator: &Estimator) -> Result<Option<Arc<Plan>>> {
    let Some(region) = Region::of(top, scope)? else { return Ok(None) };
    let graph = Graph::of(&region, estimator);
    if scope.crosses && !search::all_connected(&graph) {
        return Ok(None);
    }
    let found = search::search(&graph);
    let written = search::cost(&graph, &region.order);
    if found.cost > written * NOTICEABLE {
        // What is below the relations has regions of its own.
        return map_relations(top, scope, &mut |relation| order(relation, estimator)).map(Some);
    }
    let ordered = |plan: &Arc<Plan>| order(plan, estimator);
    let inside = region.relations.iter().map(ordered).collect::<Result<Vec<_>>>()?;
    let looked_up = region.restrictions.iter().map(|r| ordered(&r.plan)).collect::<Result<Vec<_>>>()?;
    let region = Region {
        restrictions: region
            .restrictions
            .iter()
            .zip(looked_up)
            .map(|(restriction, plan)| Restriction { plan, ..restriction.clone() })
            .collect(),
        ..region
    };
    rebuild::rebuild(&region, &inside, &graph.classes, &found.order, top.schema()).map(Some)
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::plan::JoinKind;
    use crate::testing::{check_rule, table};

    #[test]
    fn the_join_that_leaves_few_rows_comes_first() {
        let lines = table("lines", ["order", "part"], 1_000_000);
        let orders = table("orders", ["id", "customer"], 100_000);
        let parts = table("parts", ["id", "size"], 10).filter(col("size").eq(lit(7)));
        let query =
            lines.join(orders, "order", "id", JoinKind::Inner).join(parts, "part", "id", JoinKind::Inner);
        check_rule(
            &JoinOrdering,
            query,
            r#"
            INNER JOIN on [col("part")] = [col("id")]
              INNER JOIN on [col("order")] = [col("id")]
                SCAN lines
                SCAN orders
              FILTER [(col("size")) == (7)]
                SCAN parts
            =>
            SELECT [col("id").alias("order"), col("part"), col("customer"), col("size")]
              INNER JOIN on [col("id")] = [col("order")]
                SCAN orders
                INNER JOIN on [col("part")] = [col("id_2")]
                  SCAN lines
                  SELECT [col("id").alias("id_2"), col("size")]
                    FILTER [(col("size")) == (7)]
                      SCAN parts
            "#,
        );
    }

    #[test]
    fn two_relations_have_one_order() {
        let query = table("l", ["k"], 9).join(table("r", ["id"], 900), "k", "id", JoinKind::Inner);
        check_rule(
            &JoinOrdering,
            query,
            r#"
            INNER JOIN on [col("k")] = [col("id")]
              SCAN l
              SCAN r
            =>
            the same
            "#,
        );
    }
}
