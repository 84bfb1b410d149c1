//! Scans, and filters, which scans take over where they can.

use std::sync::Arc;

use hypostyle_core::{Error, Result, Schema, SchemaRef};
use hypostyle_expr::{BoundExpr, Expr, bind};
use hypostyle_plan::{ColumnTest, Plan, RowTest, ScanNode, ScanRequest};

use super::{Lowering, types};
use crate::context::Context;
use crate::graph::{NodeId, Operator};
use crate::operators::filter::Filter;
use crate::operators::one_batch::Evaluation;
use crate::operators::project::Pick;
use crate::pipeline::{Pipeline, Step, Transform};
use crate::pipeline_plan::PipelinePlan;
use crate::runtime_filters::{KeyTest, RuntimeFilter};

impl Lowering<'_> {
    pub(super) fn lower_scan(
        &mut self,
        plan: &Arc<Plan>,
        scan: &ScanNode,
        filters: &[RuntimeFilter],
    ) -> PipelinePlan {
        scan_measured(self.operator(plan), scan, filters)
    }

    /// A filter that gives the columns at `output` alone, all if `None`.
    pub(super) fn lower_filter(
        &mut self,
        plan: &Arc<Plan>,
        output: Option<Vec<usize>>,
        filters: &[RuntimeFilter],
    ) -> Result<PipelinePlan> {
        let Plan::Filter { input, predicate } = &**plan else {
            return Err(Error::internal("a filter was planned"));
        };
        if !predicate.is_row_separable() {
            let evaluation = Evaluation::Filter(bind(predicate, input.schema())?);
            let all = self.lower(input, filters)?;
            let mut rows = self.breaker(plan, all, evaluation.sink(types(input.schema())));
            if let Some(output) = output.filter(|output| output.len() != plan.schema().len()) {
                rows.push(Box::new(Pick::new(output)), Operator::text("PICK COLUMNS"));
            }
            return Ok(rows);
        }
        let output = output.unwrap_or_else(|| (0..plan.schema().len()).collect());
        if let Plan::Join { .. } = &**input
            && let Some(pipeline) = self.lower_interval_join(plan, input, predicate, &output)?
        {
            return Ok(pipeline);
        }
        let bound = bind_conjuncts(predicate, input.schema())?;
        if let Plan::Scan(scan) = &**input
            && scan.limit.is_none()
        {
            let (scanned, filtered) = (self.operator(input), self.operator(plan));
            return Ok(filtered_scan(
                scan.clone(),
                predicate.clone(),
                bound,
                output,
                filters,
                [scanned, filtered],
            ));
        }
        let mut pipeline = self.lower(input, filters)?;
        pipeline.push(Box::new(Filter::new(bound, Vec::new(), output)), self.operator(plan));
        Ok(pipeline)
    }
}

/// The nodes that make the keys of filters known.
pub(super) fn nodes_of(filters: &[RuntimeFilter]) -> Vec<NodeId> {
    filters.iter().map(RuntimeFilter::node).collect()
}

/// A scan that leaves out what it can of the rows that do not pass the filters.
pub(super) fn scan_measured(operator: Operator, scan: &ScanNode, filters: &[RuntimeFilter]) -> PipelinePlan {
    let (scan, filters) = (scan.clone(), filters.to_vec());
    let counter = operator.counter.clone();
    let open = {
        let filters = filters.clone();
        move |_: &Context| {
            let mut pipeline = Pipeline::new(scan.source.scan(&request(&scan, None, &filters))?);
            pipeline.source_counter = counter;
            if !pipeline.source.is_filtered()
                && let Some(filter) = key_filter(&filters, &scan.schema)
            {
                pipeline.push(filter, None);
            }
            Ok(pipeline)
        }
    };
    PipelinePlan::new(vec![operator], nodes_of(&filters), open)
}

/// A scan that filters, or a filter over a scan that does not. Its operators are the scan and the filter.
fn filtered_scan(
    scan: ScanNode,
    predicate: Expr,
    bound: Vec<BoundExpr>,
    output: Vec<usize>,
    filters: &[RuntimeFilter],
    operators: [Operator; 2],
) -> PipelinePlan {
    let filters = filters.to_vec();
    let counters = operators.clone().map(|operator| operator.counter);
    PipelinePlan::new(operators.into(), nodes_of(&filters), move |_| {
        let mut request = request(&scan, Some(&predicate), &filters);
        request.output = Some(output.iter().map(|position| scan.source_position(*position)).collect());
        let mut pipeline = Pipeline::new(scan.source.scan(&request)?);
        let [scanned, filtered] = counters;
        pipeline.source_counter = scanned;
        let transform: Box<dyn Transform> = if pipeline.source.is_filtered() {
            // Nothing is left to do but to be counted.
            Box::new(Pick::new((0..output.len()).collect()))
        } else {
            Box::new(Filter::new(bound, key_tests(&filters, &scan.schema), output))
        };
        pipeline.steps.push(Step { transform, counter: filtered });
        Ok(pipeline)
    })
}

/// What is asked of a scan. Tables in memory leave out zones alone: rows are filtered by the pipeline, which looks
/// first whether that pays.
pub(super) fn request(scan: &ScanNode, predicate: Option<&Expr>, filters: &[RuntimeFilter]) -> ScanRequest {
    let (mut tests, mut row_tests) = (Vec::new(), Vec::new());
    let places = |test: &KeyTest| -> Vec<usize> {
        test.positions.iter().map(|position| scan.source_position(*position)).collect()
    };
    if scan.limit.is_some() {
        // Nothing is left out.
    } else if scan.source.in_memory() {
        for test in filters.iter().filter_map(|filter| filter.zone_test(&scan.schema)) {
            // Zones know ranges of single columns alone.
            if let [column] = places(&test.0)[..] {
                tests.push(ColumnTest { column, test: Arc::new(test) });
            }
        }
    } else {
        for test in filters.iter().filter_map(|filter| filter.scan_test(&scan.schema)) {
            let columns = places(&test);
            match columns[..] {
                [column] => tests.push(ColumnTest { column, test: Arc::new(test) }),
                _ => row_tests.push(RowTest { columns, test: Arc::new(test) }),
            }
        }
    }
    ScanRequest {
        projection: scan.projection.clone(),
        limit: scan.limit,
        predicate: predicate.cloned(),
        output: None,
        tests,
        row_tests,
    }
}

/// The tests of those filters that pay, on columns of this schema.
pub(super) fn key_tests(filters: &[RuntimeFilter], schema: &Schema) -> Vec<KeyTest> {
    filters.iter().filter_map(|filter| filter.test(schema)).collect()
}

/// What drops rows that do not pass the filters, where that pays.
fn key_filter(filters: &[RuntimeFilter], schema: &Schema) -> Option<Box<dyn Transform>> {
    let tests = key_tests(filters, schema);
    if tests.is_empty() {
        return None;
    }
    Some(Box::new(Filter::new(Vec::new(), tests, (0..schema.len()).collect())))
}

/// Drops rows that do not pass the filters.
pub(super) fn filter_keys(pipeline: &mut PipelinePlan, filters: &[RuntimeFilter], schema: &SchemaRef) {
    if filters.is_empty() {
        return;
    }
    let (schema, known) = (schema.clone(), filters.to_vec());
    pipeline.push_late(&nodes_of(filters), Operator::text("FILTER by keys of joins"), move |_| {
        let all = || Pick::new((0..schema.len()).collect());
        Ok(key_filter(&known, &schema).unwrap_or_else(|| Box::new(all())))
    });
}

/// The conjuncts of a predicate.
pub(super) fn bind_conjuncts(predicate: &Expr, schema: &Schema) -> Result<Vec<BoundExpr>> {
    predicate.conjuncts().into_iter().map(|part| bind(part, schema)).collect()
}
