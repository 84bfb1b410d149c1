//! How a query runs: pipelines of operators over morsels, on rayon's pool.
//!
//! `lower` turns a logical plan into a graph of pipelines, which `executor` runs. A pipeline has a source of morsels,
//! transforms that change one batch without state, and a sink with a state for each worker. Joins' build sides,
//! aggregations and sorts are sinks: they end one pipeline, and what they make is the source of the next.
#![forbid(unsafe_code)]

mod context;
mod executor;
mod graph;
pub mod inline;
mod join_index;
mod lower;
mod operators;
mod ordered_table;
mod pipeline;
mod pipeline_plan;
mod profile;
mod query;
mod runtime_filters;
mod store;
mod stream;
mod workers;

pub use context::{CancelToken, Context};
pub use profile::{OperatorProfile, Profile, Progress};
pub use query::{collect, explain_physical, run_all, sink};
