//! One file an operator.

pub(crate) mod aggregate;
mod clustered;
pub(crate) mod collect;
pub(crate) mod cross;
pub(crate) mod distinct;
pub(crate) mod fetch;
pub(crate) mod filter;
pub(crate) mod join;
mod partition;
pub(crate) mod project;
pub(crate) mod reshape;
pub(crate) mod sort;
pub(crate) mod write;
