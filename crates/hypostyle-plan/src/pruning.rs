//! Which zones of a frame, or parts of a file, may have rows that a scan is asked for.
//!
//! What a few rows of a zone do not rule out, the whole zone does not: the sample comes first, and the range of a zone
//! is computed only where it may say more. So tables in no order cost next to nothing.

use std::sync::Arc;

use hypostyle_core::{Column, DataFrame, Result, Scalar, Schema, ZonePlace, ZoneRange, Zones};
use hypostyle_expr::{Condition, bind};
use hypostyle_kernels::compare::Comparison;
use hypostyle_kernels::zones::{sampled_range, zone_range};

use crate::source::{ScanRequest, ValueTest};

/// What statistics say of a column in some rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// The ends of the values that are not null.
    pub range: ZoneRange,
    /// Nulls, if they were counted.
    pub nulls: Option<usize>,
    /// Rows.
    pub rows: usize,
}

/// What is asked of each column; all of it must hold.
#[derive(Debug, Default)]
pub struct Pruning {
    columns: Vec<ColumnTests>,
}

#[derive(Debug)]
struct ColumnTests {
    column: usize,
    is_null: bool,
    is_not_null: bool,
    tests: Vec<Test>,
}

/// What is asked of values that are not null.
#[derive(Debug)]
enum Test {
    Integers(Bound<i128>),
    /// Constants that are no NaN.
    Floats(Bound<f64>),
    Keys(Arc<dyn ValueTest>),
}

#[derive(Debug)]
enum Bound<T> {
    Compare(Comparison, T),
    /// Ascending.
    OneOf(Vec<T>),
}

impl Pruning {
    /// The parts of a request that statistics can answer; `None` if there are none.
    ///
    /// # Errors
    /// If the predicate does not fit the schema.
    pub fn of_request(request: &ScanRequest, schema: &Schema) -> Result<Option<Self>> {
        let mut pruning = Self::default();
        for conjunct in request.predicate.iter().flat_map(|predicate| predicate.conjuncts()) {
            if let Some((column, conditions)) = bind(conjunct, schema)?.conditions() {
                conditions.into_iter().for_each(|condition| pruning.add(column, condition));
            }
        }
        for test in &request.tests {
            pruning.of_column(test.column).tests.push(Test::Keys(Arc::clone(&test.test)));
        }
        Ok((!pruning.columns.is_empty()).then_some(pruning))
    }

    fn add(&mut self, column: usize, condition: Condition) {
        let test = match condition {
            Condition::IsNull => return self.of_column(column).is_null = true,
            Condition::IsNotNull => return self.of_column(column).is_not_null = true,
            Condition::Compare(op, constant) => Test::compare(op, &constant),
            Condition::OneOf(constants) => Test::one_of(&constants),
        };
        self.of_column(column).tests.extend(test);
    }

    fn of_column(&mut self, column: usize) -> &mut ColumnTests {
        let at = self.columns.iter().position(|known| known.column == column).unwrap_or_else(|| {
            self.columns.push(ColumnTests { column, is_null: false, is_not_null: false, tests: Vec::new() });
            self.columns.len() - 1
        });
        &mut self.columns[at]
    }

    /// The columns that something is asked of.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|tests| tests.column)
    }

    /// Whether rows of which this much is known may be wanted. Of columns about which nothing is said, nothing is
    /// known.
    pub fn may_hold_by_facts(&self, facts: impl Fn(usize) -> Option<Facts>) -> bool {
        self.columns.iter().all(|tests| {
            let Some(facts) = facts(tests.column) else { return true };
            let ruled_out = tests.is_null && facts.nulls == Some(0)
                || tests.is_not_null && facts.nulls.is_some_and(|nulls| nulls == facts.rows);
            !ruled_out && tests.holds(facts.range)
        })
    }

    /// Whether a zone may have rows that are wanted, by what is known of it already.
    pub(crate) fn may_hold_by_known(&self, zones: &Zones, zone: usize) -> bool {
        self.columns.iter().all(|c| zones.known(c.column, zone).is_none_or(|range| c.holds(range)))
    }

    /// Whether a zone may have rows that are wanted. Looks at its values where it must.
    pub(crate) fn may_hold(&self, frame: &DataFrame, zones: &Zones, zone: usize, place: ZonePlace) -> bool {
        let batch = &frame.batches()[place.batch];
        self.columns.iter().all(|tests| {
            let column = batch.column(tests.column).slice(place.offset, place.len);
            tests.may_hold(&column, zones, zone)
        })
    }
}

impl ColumnTests {
    fn may_hold(&self, column: &Column, zones: &Zones, zone: usize) -> bool {
        if self.is_null && column.null_count() == 0 || self.is_not_null && column.null_count() == column.len()
        {
            return false;
        }
        if self.tests.is_empty() {
            return true;
        }
        match zones.known(self.column, zone) {
            Some(range) => self.holds(range),
            None => {
                self.holds(sampled_range(column))
                    || self.holds(zones.range(self.column, zone, || zone_range(column)))
            }
        }
    }

    fn holds(&self, range: ZoneRange) -> bool {
        self.tests.iter().all(|test| test.may_hold(range))
    }
}

impl Test {
    fn compare(op: Comparison, constant: &Scalar) -> Option<Self> {
        match (constant.as_i128(), constant.as_f64()) {
            (Some(v), _) => Some(Self::Integers(Bound::Compare(op, v))),
            // NaN has a place in the order of values, above all numbers, but not in that of `<`.
            (None, Some(v)) if !v.is_nan() => Some(Self::Floats(Bound::Compare(op, v))),
            (None, _) => None,
        }
    }

    fn one_of(constants: &[Scalar]) -> Option<Self> {
        if let Some(mut values) = constants.iter().map(Scalar::as_i128).collect::<Option<Vec<_>>>() {
            values.sort_unstable();
            return Some(Self::Integers(Bound::OneOf(values)));
        }
        let mut values = constants.iter().map(Scalar::as_f64).collect::<Option<Vec<_>>>()?;
        // A zone with a NaN has no range that could rule it out.
        values.retain(|v| !v.is_nan());
        values.sort_unstable_by(f64::total_cmp);
        Some(Self::Floats(Bound::OneOf(values)))
    }

    /// Whether a value of this range may pass. What a range may hold, a wider one may.
    fn may_hold(&self, range: ZoneRange) -> bool {
        match (self, range) {
            (_, ZoneRange::Nothing) => false,
            (Self::Integers(bound), ZoneRange::Integers { low, high }) => bound.may_hold(&low, &high),
            (Self::Floats(bound), ZoneRange::Floats { low, high }) => bound.may_hold(&low, &high),
            (Self::Keys(test), ZoneRange::Integers { low, high }) => test.may_match(low, high),
            (Self::Integers(_), ZoneRange::Floats { .. } | ZoneRange::Unknown)
            | (Self::Floats(_), ZoneRange::Integers { .. } | ZoneRange::Unknown)
            | (Self::Keys(_), ZoneRange::Floats { .. } | ZoneRange::Unknown) => true,
        }
    }
}

impl<T: PartialOrd> Bound<T> {
    fn may_hold(&self, low: &T, high: &T) -> bool {
        match self {
            Self::Compare(Comparison::Eq, v) => low <= v && v <= high,
            Self::Compare(Comparison::NotEq, v) => low != v || high != v,
            Self::Compare(Comparison::Lt, v) => low < v,
            Self::Compare(Comparison::LtEq, v) => low <= v,
            Self::Compare(Comparison::Gt, v) => high > v,
            Self::Compare(Comparison::GtEq, v) => high >= v,
            Self::OneOf(values) => values.get(values.partition_point(|v| v < low)).is_some_and(|v| v <= high),
        }
    }
}

#[cfg(test)]
mod tests;
