//! Reads and writes TPC-H lineitem as CSV and says how many megabytes of text that is per second.
//!
//! ```text
//! cargo run --release -p hypostyle-bench-csv -- [scale factor] [threads] [directory]
//! cargo run --release -p hypostyle-bench-csv -- --file <path> [threads] [block size]
//! ```
//!
//! The file is generated into the directory (the system's temporary one by default) unless it is there. Reading is from
//! the page cache into typed columns: integers, floats, dates, dictionaries, strings. Of a file of one's own all
//! columns are read, by blocks of a size of one's own, again and again: what a profiler wants.

#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use hypostyle::{Context, CsvWriteOptions, LazyFrame};
use hypostyle_core::{DataFrame, Error, Result};
use hypostyle_io::csv::{CsvReadOptions, CsvSource};
use tpchgen::csv::LineItemCsv;
use tpchgen::generators::LineItemGenerator;

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

/// What is read, by name: everything, and selections that show where the time goes.
const SELECTIONS: [(&str, Option<&[usize]>); 6] = [
    ("all columns", None),
    ("one integer", Some(&[0])),
    ("one decimal", Some(&[5])),
    ("one date", Some(&[10])),
    ("one dictionary", Some(&[14])),
    ("comments", Some(&[15])),
];

/// Each measurement is the best of this many.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if arguments.next_if_eq("--file").is_some() {
        let path = PathBuf::from(arguments.next().unwrap_or_default());
        let threads = arguments.next().and_then(|a| a.parse().ok()).unwrap_or(cores);
        let block_size = arguments.next().and_then(|a| a.parse().ok());
        return whole(&path, threads, block_size);
    }
    let scale_factor = arguments.next().and_then(|a| a.parse().ok()).unwrap_or(1.0);
    let threads = arguments.next().and_then(|a| a.parse().ok()).unwrap_or(cores);
    let directory = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let path = directory.join(format!("lineitem-{scale_factor}.csv"));
    if !path.exists() {
        generate(&path, scale_factor).map_err(|e| Error::io(&path, e))?;
    }
    let bytes = std::fs::metadata(&path).map_err(|e| Error::io(&path, e))?.len();
    let options = CsvReadOptions { try_parse_dates: true, ..Default::default() };
    for (name, projection) in SELECTIONS {
        let seconds = best(|| {
            let source = CsvSource::from_paths([&path], options.clone());
            source.scan(projection, None)?.collect(threads)
        })?;
        report("read", name, bytes, seconds);
    }
    let source = CsvSource::from_paths([&path], options);
    let frame = DataFrame::from_batches(source.schema()?, source.scan(None, None)?.collect(threads)?)?;
    let copy = directory.join(format!("lineitem-{scale_factor}-copy.csv"));
    let seconds = best(|| {
        let query = LazyFrame::from(frame.clone());
        query.sink_csv(&copy, CsvWriteOptions::default(), &Context::new(threads))
    })?;
    let written = std::fs::metadata(&copy).map_err(|e| Error::io(&copy, e))?.len();
    report("write", "all columns", written, seconds);
    std::fs::remove_file(&copy).map_err(|e| Error::io(&copy, e))
}

/// Reads all columns of a file.
fn whole(path: &Path, threads: usize, block_size: Option<usize>) -> Result<()> {
    let bytes = std::fs::metadata(path).map_err(|e| Error::io(path, e))?.len();
    let defaults = CsvReadOptions::default();
    let options = CsvReadOptions {
        try_parse_dates: true,
        block_size: block_size.unwrap_or(defaults.block_size),
        ..defaults
    };
    let seconds = best(|| CsvSource::from_paths([path], options.clone()).scan(None, None)?.collect(threads))?;
    report("read", "all columns", bytes, seconds);
    Ok(())
}

fn generate(path: &Path, scale_factor: f64) -> std::io::Result<()> {
    let partial = path.with_extension("partial");
    let mut file = BufWriter::new(File::create(&partial)?);
    writeln!(file, "{}", LineItemCsv::header())?;
    for row in LineItemGenerator::new(scale_factor, 1, 1).iter() {
        writeln!(file, "{}", LineItemCsv::new(row))?;
    }
    file.flush()?;
    std::fs::rename(partial, path)
}

/// The least seconds that it took.
fn best<T>(run: impl Fn() -> Result<T>) -> Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let result = run()?;
        least = least.min(start.elapsed().as_secs_f64());
        drop(result);
    }
    Ok(least)
}

fn report(what: &str, selection: &str, bytes: u64, seconds: f64) {
    println!("{what:5} {selection:15} {seconds:7.3} s {:6.0} MB/s", bytes as f64 / seconds / 1e6);
}
