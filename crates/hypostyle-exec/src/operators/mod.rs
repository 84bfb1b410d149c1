//! One file an operator.

pub(crate) mod aggregate;
pub(crate) mod as_of;
mod clustered;
pub(crate) mod collect;
pub(crate) mod cross;
pub(crate) mod distinct;
pub(crate) mod fetch;
pub(crate) mod filter;
pub(crate) mod interval;
pub(crate) mod join;
pub(crate) mod join_build;
pub(crate) mod merge_sorted;
pub(crate) mod one_batch;
mod partition;
pub(crate) mod project;
pub(crate) mod reshape;
pub(crate) mod row_keys;
pub(crate) mod sort;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod time_groups;
pub(crate) mod write;
