//! The catalog of aggregates. An aggregate is one value that implements [`Aggregate`], in the file of its
//! subject, and one line in `CATALOG`. Parallel execution comes from [`State::merge`].
//!
//! States are merged in the order of the rows they were fed with, so that `first` means first and sums of
//! floats are the same for every number of threads.

mod bitwise;
mod collected;
mod count;
mod covariance;
mod decimal_sum;
mod exported;
mod extreme;
mod extreme_by;
mod first_last;
mod higher_moments;
mod implode;
mod is_sorted;
mod join;
mod kurtosis;
mod mean;
mod moments;
mod n_unique;
mod picks;
mod position;
mod product;
mod quantifier;
mod quantile;
mod skew;
mod sum;
mod top_k;
mod totals;
mod variance;

use std::any::Any;
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::OnceLock;

use hypostyle_core::{Column, DataType, Error, Result, Scalar};

use crate::docs::Docs;
use crate::functions::params::Param;
pub use crate::functions::{Arg, Signature};
use crate::tasks::Tasks;
pub use collected::{Collected, Finish as CollectFinish};
pub use count::RowCount;
pub(crate) use extreme::{MAX, MIN};
pub(crate) use first_last::{FIRST, LAST};
pub(crate) use higher_moments::Powers;
pub(crate) use implode::Implode;
pub(crate) use kurtosis::KURTOSIS;
pub(crate) use mean::Mean;
pub(crate) use n_unique::NUnique;
pub(crate) use position::{ARG_MAX, ARG_MIN};
pub(crate) use quantifier::{ALL, ANY};
pub(crate) use quantile::{MEDIAN, Quantiles};
pub(crate) use skew::SKEW;
pub(crate) use sum::{Sum, sum_type};
pub(crate) use top_k::first_of_sorted;
pub use totals::count_groups;
pub(crate) use variance::{STD, VAR};

/// The group of every row of an update.
#[derive(Clone, Copy, Debug)]
pub enum Ids<'a> {
    /// All rows are of group 0.
    Single,
    /// One group number a row.
    Each(&'a [u32]),
}

impl Ids<'_> {
    /// The group of row `i`.
    #[inline(always)]
    pub fn get(&self, i: usize) -> usize {
        match self {
            Self::Single => 0,
            Self::Each(ids) => ids[i] as usize,
        }
    }
}

/// What an aggregate knows of every group so far.
pub trait State: Send + Sync + Debug {
    /// Makes room for this many groups. Never fewer than before.
    fn resize(&mut self, groups: usize);

    /// Takes in `len` rows. Columns of one row are scalars.
    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()>;

    /// As [`Self::update`], where somebody counted the rows of every group already.
    fn update_counted(&mut self, args: &[Column], ids: &[u32], counts: &[u32]) -> Result<()> {
        let _ = counts;
        self.update(args, Ids::Each(ids), ids.len())
    }

    /// Whether it asks how many rows a group has: [`Self::update_counted`] then saves a pass over them.
    fn counts_rows(&self) -> bool {
        false
    }

    /// Takes in groups of another state of the same aggregate: group `from[k]` of it belongs to group `to[k]`
    /// here.
    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()>;

    /// Whether it keeps its rows as they come: feeding a state with a morsel first, to merge it later, saves nothing.
    fn keeps_rows(&self) -> bool {
        false
    }

    /// One row for each group.
    fn finish(&mut self) -> Result<Column>;

    /// As [`Self::finish`], on what threads there are, where groups are few and large.
    fn finish_with(&mut self, tasks: &dyn Tasks) -> Result<Column> {
        let _ = tasks;
        self.finish()
    }

    /// Bytes it holds.
    fn size(&self) -> usize;

    /// What it knows: columns of one row for each group, which go to a file, or to another process, and come back by
    /// [`Self::import`]. Rows may be put in another order, or left out, on the way: each is a group by itself.
    fn export(&self) -> Result<Vec<Column>>;

    /// Takes in the groups that a state of the same aggregate exported. It must have none of its own.
    ///
    /// # Errors
    ///
    /// If these are not the columns that such a state exports.
    fn import(&mut self, columns: &[Column], groups: usize) -> Result<()>;

    /// For [`Self::merge`] to find its own kind.
    fn as_any(&self) -> &dyn Any;
}

/// An aggregate function.
pub trait Aggregate: Debug + Sync {
    /// The name in the catalog.
    fn name(&self) -> &'static str;

    /// What people read of it.
    fn docs(&self) -> &Docs;

    /// The parameters, in order.
    fn params(&self) -> &'static [Param];

    /// What plans may rest on.
    fn traits(&self) -> Traits {
        Traits::default()
    }

    /// The types for these arguments, or why they do not fit. Options are among them, those left out too.
    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature>;

    /// A state without groups, for arguments of these types. `constants` are the literal arguments.
    fn state(
        &self,
        args: &[DataType],
        output: &DataType,
        constants: &[Option<Scalar>],
    ) -> Result<Box<dyn State>>;
}

/// What an aggregate gives for a group of nothing but nulls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OfNulls {
    /// Not known.
    #[default]
    Unknown,
    /// Null.
    Null,
    /// 0
    Zero,
}

/// What plans may rest on: the default promises nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Whether rows in which the argument is null change nothing.
    pub ignores_nulls: bool,
    /// Whether the order of rows does not matter, but for the last bits of floats.
    pub ignores_order: bool,
    /// Whether it does not matter how often a row comes, if it comes.
    pub ignores_repetitions: bool,
    /// Whether it counts the different values of its argument, null among them.
    pub counts_distinct: bool,
    /// What it gives for a group of nothing but nulls, and for a group without rows.
    pub of_nulls: OfNulls,
    /// Whether it cannot fail, but for sums of more than 38 digits.
    pub infallible: bool,
}

/// Rows of a group that are so few that comparing each with each beats a table.
const FEW_ROWS: usize = 16;
/// Rows that are worth several threads.
pub(crate) const MANY_ROWS: usize = 1 << 16;

/// Every aggregate.
static CATALOG: &[&dyn Aggregate] = &[
    &sum::Sum,
    &product::Product,
    &mean::Mean,
    &count::COUNT,
    &count::NULL_COUNT,
    &count::LEN,
    &quantifier::ANY,
    &quantifier::ALL,
    &extreme::MIN,
    &extreme::MAX,
    &extreme::NAN_MIN,
    &extreme::NAN_MAX,
    &variance::VAR,
    &variance::STD,
    &covariance::COV,
    &covariance::CORR,
    &first_last::FIRST,
    &first_last::LAST,
    &first_last::FIRST_NON_NULL,
    &extreme_by::MIN_BY,
    &extreme_by::MAX_BY,
    &position::ARG_MIN,
    &position::ARG_MAX,
    &implode::Implode,
    &quantile::MEDIAN,
    &quantile::QUANTILE,
    &n_unique::NUnique,
    &top_k::TOP_K,
    &top_k::BOTTOM_K,
    &SKEW,
    &KURTOSIS,
    &is_sorted::IsSorted,
    &join::Join,
    &bitwise::BITWISE_AND,
    &bitwise::BITWISE_OR,
    &bitwise::BITWISE_XOR,
];

/// The aggregate of a name.
pub fn find(name: &str) -> Result<&'static dyn Aggregate> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static dyn Aggregate>> = OnceLock::new();
    BY_NAME
        .get_or_init(|| CATALOG.iter().map(|a| (a.name(), *a)).collect())
        .get(name)
        .copied()
        .ok_or_else(|| Error::unsupported(format!("there is no aggregate `{name}`")))
}

/// The names of all aggregates, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = CATALOG.iter().map(|a| a.name()).collect();
    names.sort_unstable();
    names
}

/// The other state as one's own kind.
pub(crate) fn same<S: 'static>(other: &dyn State) -> Result<&S> {
    other.as_any().downcast_ref().ok_or_else(|| Error::internal("merged states of two aggregates"))
}

/// The error of an aggregate that does not take a type.
fn not_defined(name: &str, dtype: &DataType) -> Error {
    Error::invalid_operation(format!("`{name}` is not defined for {dtype}"))
}
