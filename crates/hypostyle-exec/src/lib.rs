//! How a query runs: pipelines, operators, scheduler; the only crate that names rayon
