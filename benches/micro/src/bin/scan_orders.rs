//! Filters written in their best and in their worst order over one table in files, and joins whose keys are few: what
//! scans make of them. Run by two builds in turns, it compares them.
//!
//! `scan_orders lineitem.csv [rounds] [threads]`; prints the median and the fastest of the rounds in milliseconds.
//! Every answer is compared with that of the query as it was written, filters and joins one after the other.

#![forbid(unsafe_code)]

use std::time::Instant;

use hypostyle::ParquetWrite;
use hypostyle::prelude::*;

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

/// Rows of the tables that are joined in memory, sorted by key.
const ROWS: i64 = 1 << 24;

/// Begins a query over a file.
type Reader<'a> = Box<dyn Fn() -> LazyFrame + 'a>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = || Error::invalid_operation("scan_orders <lineitem.csv> [rounds] [threads]");
    let path = arguments.next().ok_or_else(usage)?;
    let mut number = |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rounds, threads) = (number(7), number(2));
    let context = Context::new(threads);
    let csv = || scan_csv(&path, CsvReadOptions { try_parse_dates: true, ..Default::default() });
    let folder = std::env::temp_dir();
    let parquet = folder.join(format!("scan_orders.{}.parquet", std::process::id()));
    csv().collect_with(&context)?.write_parquet(&parquet, &Default::default())?;
    let files: [(&str, Reader<'_>); 2] =
        [("csv", Box::new(csv)), ("parquet", Box::new(|| scan_parquet(&parquet, Default::default())))];
    for (format, scan) in &files {
        let text = || col("l_comment").str().contains(lit("special"));
        let rare = || col("l_linenumber").eq(lit(7i64));
        let some = || col("l_quantity").lt(lit(24i64));
        let parts = Column::from_vec((1..200_000i64).step_by(400).collect::<Vec<_>>());
        let parts = DataFrame::new([("p", parts)])?.lazy();
        let few = |query: LazyFrame| query.inner_join(parts.clone(), col("l_partkey"), col("p"));
        let queries = [
            ("text, then a rare number", scan().filter(text().and(rare()))),
            ("a rare number, then text", scan().filter(rare().and(text()))),
            ("numbers, the rare one last", scan().filter(some().and(rare()))),
            ("numbers, the rare one first", scan().filter(rare().and(some()))),
            ("text, then few keys of a join", few(scan().filter(text()))),
            ("a rare number, then a join", few(scan().filter(rare()))),
        ];
        for (name, query) in queries {
            let query = query.select([col("l_extendedprice").sum()]);
            measure(&format!("{format}: {name}"), &query, rounds, &context)?;
        }
    }
    let sorted = |step: i64| {
        let key = Column::from_vec((0..ROWS).map(|i| i * step).collect::<Vec<_>>());
        let value = Column::from_vec((0..ROWS).map(|i| i * 7 % 1_001).collect::<Vec<_>>());
        DataFrame::new([("k", key), ("v", value)])
    };
    // Keys of one zone of the probe side, close together or too far apart for bits.
    for (name, step) in [("close", 1), ("far apart", 1 << 20)] {
        let keys = (0..50_000).map(|i| (ROWS / 2 + i % 500 * 100) * step);
        let build = DataFrame::new([("k", Column::from_vec(keys.collect::<Vec<_>>()))])?.lazy();
        let table = sorted(step)?;
        let file = folder.join(format!("scan_orders.{}.sorted.parquet", std::process::id()));
        table.write_parquet(&file, &Default::default())?;
        let sides = [("memory", table.lazy()), ("parquet", scan_parquet(&file, Default::default()))];
        for (format, probe) in sides {
            let query = probe.inner_join(build.clone(), col("k"), col("k")).select([col("v").sum()]);
            measure(&format!("{format}: sorted by key, keys {name}"), &query, rounds, &context)?;
        }
        std::fs::remove_file(&file)?;
    }
    Ok(std::fs::remove_file(&parquet)?)
}

fn measure(name: &str, query: &LazyFrame, rounds: usize, context: &Context) -> Result<()> {
    let mut times = Vec::with_capacity(rounds);
    let found = query.collect_with(context)?;
    let written = query.collect_unoptimized(&Context::new(1).without_runtime_filters())?;
    if found.to_string() != written.to_string() {
        return Err(Error::invalid_operation(format!("{name}: {found} is not {written}")));
    }
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        query.collect_with(context)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    println!("{name:<45} {:8.1} {:8.1}", times[times.len() / 2], times[0]);
    Ok(())
}
