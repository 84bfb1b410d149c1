//! Measures joins: whole questions of the H2O benchmark, and the structures that find partners.
//!
//! ```text
//! cargo run --release -p hypostyle-bench-join -- h2o data/h2o 10000000 [j1,j4] [repeats] [threads]
//! ```
//!
//! The files are those that `benches/compare` makes.

#![forbid(unsafe_code)]

mod h2o;

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

fn main() -> hypostyle::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("h2o") => h2o::run(&arguments[1..]),
        _ => {
            eprintln!("hypostyle-bench-join h2o FOLDER ROWS [QUESTIONS] [REPEATS] [THREADS]");
            Ok(())
        }
    }
}
