//! The build sides of joins, as sinks: rows and their keys are collected, and indexed when all are there.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_kernels::key_set::KeySet;
use hypostyle_plan::{JoinKind, JoinOptions, JoinValidation};

use super::collect::{KeepBatches, coalesce};
use super::join::{BuildSide, Probe};
use super::one_batch::one_batch;
use super::row_keys::RowKeys;
use crate::context::Context;
use crate::join_index::{JoinIndex, exact_set};
use crate::ordered_table::{OrderedKeys, OrderedTable};
use crate::pipeline::Finished;
use crate::runtime_filters::Keys;
use crate::store::BatchStore;

/// What the collected side came to.
pub(crate) enum Built {
    /// It is indexed.
    Indexed(Box<BuildSide>),
    /// The other side is sooner indexed: the sides change their roles.
    Reversed(Vec<Batch>, OrderedKeys),
}

impl Finished for Built {
    fn rows(&self) -> usize {
        match self {
            Self::Indexed(build) => build.batch.len(),
            Self::Reversed(batches, _) => batches.iter().map(Batch::len).sum(),
        }
    }
}

impl Finished for BuildSide {
    fn rows(&self) -> usize {
        self.batch.len()
    }
}

/// Keys that are published to the scans of the probe side.
pub(crate) struct Published {
    pub(crate) keys: Arc<Keys>,
    /// Which of the join's keys.
    pub(crate) of: Vec<usize>,
    /// No more build rows than this.
    pub(crate) most_rows: f64,
}

/// What is asked of an index.
#[derive(Clone, Debug)]
pub(crate) struct IndexOptions {
    pub(crate) join: JoinOptions,
    /// Whether it remembers which rows found a partner.
    pub(crate) marks: bool,
    /// Whether a set of the keys is of use.
    pub(crate) wants_set: bool,
    /// Whether keys must be unique.
    pub(crate) must_be_unique: bool,
}

/// Collects the side of a join that is looked up in.
pub(crate) struct JoinBuild {
    pub(crate) keys: RowKeys,
    /// The types of the rows and of what is behind them.
    pub(crate) types: Vec<DataType>,
    pub(crate) options: IndexOptions,
    pub(crate) published: Vec<Published>,
    /// The other side, if it may be indexed in its stead.
    pub(crate) other: Option<OrderedTable>,
}

impl KeepBatches for JoinBuild {
    type Output = Built;

    fn keep(&self, batch: Batch) -> Result<Batch> {
        self.keys.put_behind(batch)
    }

    fn finish(self, batches: Vec<Batch>, context: &Context) -> Result<Built> {
        let rows = batches.iter().map(Batch::len).sum();
        if let Some(keys) = self.other.and_then(|other| other.sooner_indexed(rows)) {
            let batches = batches.into_iter().map(|batch| self.keys.without(batch)).collect();
            return Ok(Built::Reversed(batches, keys));
        }
        let (batch, keys) = self.keys.split(one_batch(&self.types, batches, context)?)?;
        let (build, mut set) = build_side(batch, &keys, &self.options, context)?;
        let hashed = build.index.as_ref().is_some_and(JoinIndex::is_hashed);
        for Published { keys: published, of, most_rows } in self.published {
            if rows as f64 <= most_rows {
                // If there is a set, it is of the only key.
                published.publish(
                    of.iter().map(|i| keys[*i].clone()).collect(),
                    hashed && of.len() == 1,
                    set.take(),
                );
            }
        }
        Ok(Built::Indexed(build.into()))
    }
}

/// The rows indexed by these keys, and the set of them if it is wanted and was made.
fn build_side(
    batch: Batch,
    keys: &[Column],
    options: &IndexOptions,
    context: &Context,
) -> Result<(BuildSide, Option<KeySet>)> {
    let IndexOptions { join, marks, wants_set, must_be_unique } = options;
    let len = batch.len();
    if let (JoinKind::Semi | JoinKind::Anti, [key]) = (join.kind, keys)
        && !marks
        && !join.nulls_equal
        && join.validate == JoinValidation::ManyToMany
        && let Some(set) = exact_set(key, context)?
    {
        let wanted = wants_set.then(|| set.clone());
        return Ok((BuildSide::new(batch, None, Some(set), *marks), wanted));
    }
    let (index, set) = if keys.is_empty() || len == 0 {
        (None, None)
    } else {
        let (index, set) = JoinIndex::build(keys, len, join.nulls_equal, *wants_set, context)?;
        (Some(index), set)
    };
    if *must_be_unique && index.as_ref().is_some_and(|index| !index.is_unique()) {
        return Err(validation_error(join.validate));
    }
    Ok((BuildSide::new(batch, index, None, *marks), set))
}

fn validation_error(validation: JoinValidation) -> Error {
    let name = match validation {
        JoinValidation::ManyToMany => "m:m",
        JoinValidation::ManyToOne => "m:1",
        JoinValidation::OneToMany => "1:m",
        JoinValidation::OneToOne => "1:1",
    };
    Error::compute(format!(
        "join keys did not fulfill the validation {name}: a key that must be unique is there twice"
    ))
}

/// The rows of a probe side of columns of these types, once it is certain that their keys are unique.
pub(crate) fn check_unique(
    batches: Vec<Batch>,
    keys: &RowKeys,
    types: &[DataType],
    options: &IndexOptions,
    context: &Context,
) -> Result<BatchStore> {
    let (batch, keys) = keys.split(one_batch(types, batches, context)?)?;
    let (checked, _) = build_side(batch, &keys, options, context)?;
    Ok(BatchStore::new(vec![checked.batch]))
}

/// What came through a join, and then the rows of its build side that found a partner, or none, beside columns of these
/// types.
pub(crate) fn with_build_rows(
    mut batches: Vec<Batch>,
    probe: &Probe,
    partnered: bool,
    probe_types: &[DataType],
    context: &Context,
) -> Result<BatchStore> {
    batches.extend(coalesce(context, probe.build_rows(partnered, probe_types, context)?)?);
    Ok(BatchStore::new(batches))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::DataType;
    use hypostyle_expr::bind;
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::operators::collect::Keeping;
    use crate::operators::join::{Output, ProbeKind};
    use crate::operators::testing::{batch, check_transform, finished, rows, schema_of};
    use crate::pipeline::Transform;

    fn side(keys: &[Option<i64>], values: &[i64]) -> Batch {
        batch(vec![Column::from_options(keys.to_vec()), Column::from_vec(values.to_vec())])
    }

    /// The build side of two morsels, by keys that are computed.
    fn built(
        kind: JoinKind,
        marks: bool,
        must_be_unique: bool,
        publish: Option<&Arc<Keys>>,
    ) -> Result<Built> {
        let batches = [side(&[Some(1), None, Some(2)], &[10, 20, 30]), side(&[Some(1), Some(4)], &[40, 50])];
        let keys = RowKeys::new([&(col("a") * 2)], &schema_of(&batches[0])).unwrap();
        let options = IndexOptions { join: JoinOptions::new(kind), marks, wants_set: false, must_be_unique };
        let types = vec![DataType::Int64; 3];
        let published = publish.map(|keys| Published { keys: Arc::clone(keys), of: vec![0], most_rows: 9.0 });
        let published = published.into_iter().collect();
        let build = JoinBuild { keys, types, options, published, other: None };
        finished(Keeping::of(build), &batches, &Context::new(2))
    }

    fn probe(kind: ProbeKind, marks: bool) -> (Probe, Batch) {
        let batch = side(&[Some(4), Some(2), None, Some(8)], &[1, 2, 3, 4]);
        let keys = vec![bind(&col("a"), &schema_of(&batch)).unwrap()];
        let Ok(Built::Indexed(build)) = built(JoinKind::Inner, marks, false, None) else {
            panic!("the other side is no table");
        };
        let output = vec![Output::Probe(1), Output::Build(1)];
        (Probe { build: Arc::from(build), keys, kind, output }, batch)
    }

    #[test]
    fn rows_find_their_partners() {
        let (inner, batch) = probe(ProbeKind::Inner, false);
        check_transform(&inner, &batch, &[&["1", "30"], &["2", "10"], &["2", "40"], &["4", "50"]]);
        let (outer, batch) = probe(ProbeKind::Outer, false);
        let expected: [&[&str]; 5] = [&["1", "30"], &["2", "10"], &["2", "40"], &["3", "null"], &["4", "50"]];
        check_transform(&outer, &batch, &expected);
    }

    #[test]
    fn build_rows_without_a_partner_come_after_the_others() {
        let (probe, batch) = probe(ProbeKind::Inner, true);
        let few = probe.apply(0, batch.slice(0, 1)).unwrap();
        let types = [DataType::Int64, DataType::Int64];
        let all = with_build_rows(vec![few], &probe, false, &types, &Context::new(2)).unwrap();
        let expected = [["1", "30"], ["null", "10"], ["null", "20"], ["null", "40"], ["null", "50"]];
        assert_eq!(rows(&all.into_batches()), expected);
    }

    #[test]
    fn keys_that_repeat_are_an_error_where_they_must_not() {
        assert!(built(JoinKind::Inner, false, true, None).is_err());
    }

    #[test]
    fn keys_are_made_known() {
        use crate::runtime_filters::RuntimeFilter;

        let schema = schema_of(&side(&[], &[]));
        let keys = Keys::of_node(3);
        let filter = RuntimeFilter::new(vec!["a".into()], Arc::clone(&keys));
        assert_eq!(filter.node(), 3);
        assert!(filter.scan_test(&schema).is_none(), "nothing is known yet");
        built(JoinKind::Inner, false, false, Some(&keys)).unwrap();
        let test = filter.scan_test(&schema).unwrap();
        let asked = side(&[Some(4), Some(3), None, Some(8)], &[0; 4]);
        let mask: Vec<bool> = test.mask(&asked, None).unwrap().iter().collect();
        assert_eq!(mask, [true, false, false, true]);
    }
}
