//! How a query runs: pipelines of operators over morsels, on rayon's pool.
//!
//! `lower` turns a logical plan into pipelines. A pipeline has a source of morsels, transforms that change one batch
//! without state, and a sink with a state for each worker. Joins' build sides, aggregations and sorts are sinks: they
//! end one pipeline and begin the next.
#![forbid(unsafe_code)]

mod context;
mod join_index;
mod lower;
mod operators;
mod pipeline;
mod profile;
mod runtime_filters;
mod stream;
mod workers;

pub use context::{CancelToken, Context};
pub use lower::{collect, run_all, sink};
pub use profile::{OperatorProfile, Profile};
