//! Measures joins with the allocator that queries have: large blocks on huge pages.
//!
//! ```text
//! cargo run --release -p hypostyle-bench-join -- h2o data/h2o 10000000 [j1,j4] [repeats] [threads]
//! cargo run --release -p hypostyle-bench-join -- indexes
//! cargo run --release -p hypostyle-bench-join --bin small-pages
//! ```
//!
//! The files are those that `benches/compare` makes.

#![forbid(unsafe_code)]

use hypostyle_bench_join::{h2o, indexes};

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

fn main() -> hypostyle::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("h2o") => h2o::run(&arguments[1..]),
        Some("indexes") => {
            indexes::run();
            Ok(())
        }
        _ => {
            eprintln!("hypostyle-bench-join h2o FOLDER ROWS [QUESTIONS] [REPEATS] [THREADS] | indexes");
            Ok(())
        }
    }
}
