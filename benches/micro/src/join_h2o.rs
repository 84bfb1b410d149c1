//! The five join questions of the H2O benchmark, with tables in memory, so that a profiler sees joins alone.

use std::path::{Path, PathBuf};
use std::time::Instant;

use hypostyle::prelude::*;

/// Question, right side, key, kind.
const QUESTIONS: [(&str, &str, &str, JoinType); 5] = [
    ("j1", "small", "id1", JoinType::Inner),
    ("j2", "medium", "id2", JoinType::Inner),
    ("j3", "medium", "id2", JoinType::Left),
    ("j4", "medium", "id5", JoinType::Inner),
    ("j5", "big", "id3", JoinType::Inner),
];

/// Runs the questions asked for and prints how long each took.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let argument = |i: usize| arguments.get(i).map(String::as_str);
    let folder = argument(0).map_or_else(|| PathBuf::from("data/h2o"), PathBuf::from);
    let rows = argument(1).unwrap_or("10000000");
    let wanted = argument(2).unwrap_or("j1,j2,j3,j4,j5");
    let repeats: usize = argument(3).and_then(|a| a.parse().ok()).unwrap_or(3);
    let threads: usize = argument(4).and_then(|a| a.parse().ok()).unwrap_or(0);
    let context = Context::new(threads);
    let table =
        |name: &str| read_csv(folder.join(format!("j1_{rows}_{name}.csv")), CsvReadOptions::default());
    let left = table("x")?;
    for (question, right, key, kind) in QUESTIONS.iter().filter(|(q, ..)| wanted.split(',').any(|w| w == *q))
    {
        let right = table(right)?;
        let query = left.clone().lazy().join(right.lazy(), [col(key)], [col(key)], JoinArgs::new(*kind));
        let mut best = f64::MAX;
        let mut profile = None;
        for _ in 0..repeats.max(1) {
            let start = Instant::now();
            let (frame, operators) = query.profile(&context)?;
            let seconds = start.elapsed().as_secs_f64();
            best = best.min(seconds);
            profile = Some((frame.shape(), operators));
        }
        println!("{question}: {best:.4} s, peak {} MB", peak_megabytes());
        if let Some((shape, operators)) = profile {
            println!("    {shape:?}");
            for operator in operators.operators {
                println!(
                    "    {:8.1} ms  {:>10} rows  {}",
                    operator.time.as_secs_f64() * 1e3,
                    operator.rows,
                    operator.name
                );
            }
        }
    }
    Ok(())
}

/// The most memory that the process has had; 0 where the system does not say.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
