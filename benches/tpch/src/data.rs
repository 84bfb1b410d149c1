//! The eight tables as CSV files, generated once per scale.
//!
//! Parts of tables are generated in parallel and appended to their files in order, so that the files do not depend
//! on the number of threads. A folder under its final name is complete: generation goes to a neighbour that is
//! renamed at the end.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use tpchgen::csv::{
    CustomerCsv, LineItemCsv, NationCsv, OrderCsv, PartCsv, PartSuppCsv, RegionCsv, SupplierCsv,
};
use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator, PartSuppGenerator,
    RegionGenerator, SupplierGenerator,
};

use crate::tables::Money;

/// A table: its name, its header, about how many MB it has at scale 1, and how to write one of its parts.
struct Table {
    name: &'static str,
    header: &'static str,
    megabytes: f64,
    write: fn(Part, &mut Vec<u8>) -> io::Result<()>,
}

/// Part `number` of `count`, counted from one.
#[derive(Clone, Copy)]
struct Part {
    scale: f64,
    number: i32,
    count: i32,
}

/// One unit of work: a part of a table.
struct Job {
    table: usize,
    part: Part,
}

/// Each job's text is held in memory until its turn to be appended, so parts are small.
const MEGABYTES_PER_PART: f64 = 8.0;

macro_rules! table {
    ($name:literal, $megabytes:literal, $generator:ident, $format:ident) => {
        Table {
            name: $name,
            header: $format::header(),
            megabytes: $megabytes,
            write: |part, out| {
                lines($generator::new(part.scale, part.number, part.count).iter().map($format::new), out)
            },
        }
    };
}

/// The tables, the largest first.
fn tables() -> [Table; 8] {
    [
        table!("lineitem", 766.0, LineItemGenerator, LineItemCsv),
        table!("orders", 172.0, OrderGenerator, OrderCsv),
        table!("partsupp", 120.0, PartSuppGenerator, PartSuppCsv),
        table!("part", 24.0, PartGenerator, PartCsv),
        table!("customer", 24.0, CustomerGenerator, CustomerCsv),
        table!("supplier", 1.4, SupplierGenerator, SupplierCsv),
        table!("nation", 0.0, NationGenerator, NationCsv),
        table!("region", 0.0, RegionGenerator, RegionCsv),
    ]
}

/// The folder `data/tpch/sf{scale}` below `root` with the tables; generated if it is not there.
///
/// # Errors
/// What writing the files gave.
pub fn ensure(root: &Path, scale: f64, threads: usize) -> io::Result<PathBuf> {
    let folder = root.join("data/tpch").join(format!("sf{scale}"));
    if !folder.exists() {
        let unfinished = folder.with_file_name(format!("sf{scale}.unfinished-{}", std::process::id()));
        fs::create_dir_all(&unfinished)?;
        let outcome =
            generate(&unfinished, scale, threads).and_then(|()| match fs::rename(&unfinished, &folder) {
                // Somebody else was faster; both wrote the same.
                Err(_) if folder.exists() => fs::remove_dir_all(&unfinished),
                renamed => renamed,
            });
        if outcome.is_err() {
            // The error that counts is the first one.
            let _ = fs::remove_dir_all(&unfinished);
        }
        outcome?;
    }
    Ok(folder)
}

/// The folder with the same tables as Parquet files, beside that of the CSV files.
pub fn parquet_folder(folder: &Path, money: Money) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let decimal = if money == Money::Decimal { "-decimal" } else { "" };
    folder.with_file_name(format!("{name}-parquet{decimal}"))
}

fn generate(folder: &Path, scale: f64, threads: usize) -> io::Result<()> {
    let tables = tables();
    let jobs: Vec<Job> = tables
        .iter()
        .enumerate()
        .flat_map(|(table, description)| {
            let count = ((description.megabytes * scale / MEGABYTES_PER_PART).ceil() as i32).max(1);
            (1..=count).map(move |number| Job { table, part: Part { scale, number, count } })
        })
        .collect();

    let mut files = Vec::with_capacity(tables.len());
    for table in &tables {
        let mut file = File::create(folder.join(format!("{}.csv", table.name)))?;
        writeln!(file, "{}", table.header)?;
        files.push(file);
    }

    let progress = ProgressBar::new(jobs.len() as u64);
    progress.set_style(style());
    progress.set_message(format!("TPC-H data, scale {scale}"));

    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let turn = (Mutex::new(0), Condvar::new());
    let work = || -> io::Result<()> {
        let mut text = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(number) else { return Ok(()) };
            text.clear();
            let mut outcome = (tables[job.table].write)(job.part, &mut text);

            // Jobs are claimed in order, so the one whose turn it is always has a thread at work on it.
            let done = turn.0.lock().unwrap_or_else(PoisonError::into_inner);
            let mut done =
                turn.1.wait_while(done, |done| *done != number).unwrap_or_else(PoisonError::into_inner);
            if outcome.is_ok() && !failed.load(Ordering::Relaxed) {
                outcome = (&files[job.table]).write_all(&text);
            }
            failed.fetch_or(outcome.is_err(), Ordering::Relaxed);
            *done += 1;
            turn.1.notify_all();
            drop(done);
            progress.inc(1);
            outcome?;
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(io::Error::other("a generating thread panicked")))
        })
    })?;
    progress.finish_and_clear();
    Ok(())
}

fn lines(rows: impl Iterator<Item = impl Display>, out: &mut Vec<u8>) -> io::Result<()> {
    for row in rows {
        writeln!(out, "{row}")?;
    }
    Ok(())
}

/// How this program's progress bars look.
pub fn style() -> ProgressStyle {
    // The template is a constant; were it wrong, the default bar would do.
    ProgressStyle::with_template("{msg:32} [{bar:40}] {pos}/{len} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
