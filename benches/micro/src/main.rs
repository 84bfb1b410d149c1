//! Microbenchmarks: forms of one piece of work side by side, and what the memory of this machine gives.
//!
//! ```text
//! cargo run --release -p hypostyle-bench-micro -- [words of the groups' names]
//! ```
//!
//! A group is data: texts or sizes, and forms that have to give the same answer. The answer is checked before a time
//! counts; the forms take turns, and the best turn of each is printed in gigabytes per second and as a ratio to the
//! first form, which is the one that the engine takes.

mod csv_index;
mod csv_input;
mod expressions;
mod harness;
mod memory;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let groups = [csv_index::groups, csv_input::groups, expressions::groups, memory::groups];
    let mut right = true;
    for group in groups.iter().flat_map(|groups| groups()) {
        if wanted.is_empty() || wanted.iter().any(|word| group.name.contains(word)) {
            right &= group.run();
        }
    }
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
