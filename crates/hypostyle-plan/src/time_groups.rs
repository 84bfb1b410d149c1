//! Groups of rows by windows of time: their options, and what comes out of them.

use std::sync::Arc;

use hypostyle_core::{DataType, Error, Field, Result, Schema, TimeUnit};
use hypostyle_expr::grouped::GroupedPlan;
use hypostyle_expr::{Expr, bind, expand, output_name};
use hypostyle_kernels::time_windows::{Closed, Length, StartBy, TimeScale};

use crate::build::expand_all;
use crate::plan::Plan;

/// Windows of rows that are in ascending order of a column of times or integers. Lengths are texts such as `1mo`, or
/// `3i` of integers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeGroupOptions {
    /// The column.
    pub index: Arc<str>,
    /// How long windows are.
    pub period: Arc<str>,
    /// How far from its row, or from a multiple of the distance, a window begins.
    pub offset: Option<Arc<str>>,
    /// Which ends belong to a window: `left`, `right`, `both` or `none`.
    pub closed: Arc<str>,
    /// Windows at a distance from one another; one that ends with each row where there is none.
    pub distances: Option<Distances>,
}

/// Windows at a distance from one another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Distances {
    /// The distance.
    pub every: Arc<str>,
    /// Where the first window begins: `window`, `datapoint` or a day of the week.
    pub start_by: Arc<str>,
    /// What stands in the column: the start of the window (`left`), its end (`right`) or its first row (`datapoint`).
    pub label: Arc<str>,
    /// Whether start and end of the window are columns, too.
    pub include_boundaries: bool,
}

/// [`TimeGroupOptions`], understood.
#[derive(Clone, Copy, Debug)]
pub struct TimeGroupRule {
    /// What the column counts.
    pub scale: TimeScale,
    /// How long windows are.
    pub period: Length,
    /// How far they are moved.
    pub offset: Option<Length>,
    /// Which ends belong to them.
    pub closed: Closed,
    /// The distance between them, and where the first begins.
    pub distances: Option<(Length, StartBy)>,
}

impl TimeGroupOptions {
    /// What they say of a column of a type.
    ///
    /// # Errors
    /// If the type counts neither times nor integers, or an option has no meaning for it.
    pub fn rule(&self, dtype: &DataType) -> Result<TimeGroupRule> {
        let scale = TimeScale::of(dtype)?.ok_or_else(|| {
            Error::invalid_operation(format!(
                "windows are over dates, datetimes or integers of 32 or 64 bits, and {:?} is {dtype}",
                self.index
            ))
        })?;
        let length = |what: &str, text: &str| scale.length(&format!("`{what}`"), text);
        let positive = |what: &str, text: &str| {
            let length = length(what, text)?;
            match length.is_positive() {
                true => Ok(length),
                false => Err(Error::compute(format!("`{what}` is longer than 0, not {text:?}"))),
            }
        };
        let unknown = |what: &str, text: &str| Error::invalid_operation(format!("`{what}` has no {text:?}"));
        let distances = match &self.distances {
            None => None,
            Some(Distances { every, start_by, label, .. }) => {
                if !["left", "right", "datapoint"].contains(&&**label) {
                    return Err(unknown("label", label));
                }
                let start = StartBy::from_name(start_by).ok_or_else(|| unknown("start_by", start_by))?;
                Some((positive("every", every)?, start))
            }
        };
        Ok(TimeGroupRule {
            scale,
            period: positive("period", &self.period)?,
            offset: self.offset.as_deref().map(|offset| length("offset", offset)).transpose()?,
            closed: Closed::from_name(&self.closed).ok_or_else(|| unknown("closed", &self.closed))?,
            distances,
        })
    }

    /// The type of the ends of windows, where they are columns.
    fn boundaries(&self, dtype: &DataType) -> Option<DataType> {
        let wanted = self.distances.as_ref().is_some_and(|distances| distances.include_boundaries);
        wanted.then(|| match dtype {
            DataType::Date => DataType::Datetime(TimeUnit::Microseconds, None),
            other => other.clone(),
        })
    }
}

impl Plan {
    /// One row for each window of rows that agree in the keys: the keys, the window, and what is computed for it.
    pub fn time_groups(
        input: Arc<Plan>,
        keys: Vec<Expr>,
        aggs: Vec<Expr>,
        options: TimeGroupOptions,
    ) -> Result<Plan> {
        let own = input.schema();
        let index = own.fields()[own.index_of(&options.index)?].clone();
        options.rule(&index.dtype)?;
        let keys = expand_all(&keys, own)?;
        let mut fields = Vec::new();
        for key in &keys {
            fields.push(Field::new(output_name(key)?, bind(key, own)?.dtype().clone()));
        }
        // In `agg`, a selector stands for the columns that are neither keys nor the index.
        let rest = own
            .fields()
            .iter()
            .filter(|field| field.name != index.name && fields.iter().all(|key| key.name != field.name));
        let rest = Schema::try_new(rest.cloned().collect())?;
        if let Some(boundary) = options.boundaries(&index.dtype) {
            fields.push(Field::new("_lower_boundary", boundary.clone()));
            fields.push(Field::new("_upper_boundary", boundary));
        }
        fields.push(index);
        let mut expanded = Vec::with_capacity(aggs.len());
        for agg in &aggs {
            let schema = if crate::build::names_columns(agg) { own } else { &rest };
            expanded.extend(expand(agg, schema)?);
        }
        fields.extend(GroupedPlan::fields_of(&expanded, own)?);
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Plan::TimeGroups { input, keys, aggs: expanded, options, schema })
    }
}
