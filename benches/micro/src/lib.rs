//! Microbenchmarks: forms of one piece of work side by side, what the memory of this machine gives, joins alone.
//!
//! ```text
//! cargo run --release -p hypostyle-bench-micro -- [words of the groups' names]
//! cargo run --release -p hypostyle-bench-micro --bin pooled -- indexes
//! cargo run --release -p hypostyle-bench-micro --bin pooled -- tags
//! cargo run --release -p hypostyle-bench-micro --bin pooled -- h2o data/h2o 10000000 [j1,j4] [repeats] [threads]
//! ```
//!
//! A group is data: texts or sizes, and forms that have to give the same answer. The answer is checked before a time
//! counts; the forms take turns, and the best turn of each is printed in gigabytes per second and as a ratio to the
//! first form, which is the one that the engine takes.
//!
//! The programs differ in their allocator: `pooled` has the one that queries have, large blocks on huge pages, the
//! other one the system's. The files of `h2o` are those that `benches/compare` makes.

mod csv_index;
mod csv_input;
mod expressions;
mod harness;
mod join_h2o;
mod join_indexes;
mod join_tags;
mod masks;
mod memory;
mod shared_scans;
mod zones;

use std::process::ExitCode;

/// Runs what the program's arguments name.
pub fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted.first().is_some_and(|word| word == "h2o") {
        return match join_h2o::run(&wanted[1..]) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));
    let groups = [
        csv_index::groups,
        csv_input::groups,
        expressions::groups,
        memory::groups,
        shared_scans::groups,
        zones::groups,
    ];
    let mut right = true;
    for group in groups.iter().flat_map(|groups| groups()) {
        if is_wanted(&group.name) {
            right &= group.run();
        }
    }
    if is_wanted("indexes") {
        join_indexes::run();
    }
    if is_wanted("tags") {
        right &= join_tags::run();
    }
    if is_wanted("masks") {
        masks::run();
    }
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
