//! Writes a table that lies in memory as Parquet, several times: what the writer alone takes, and what to profile.
//!
//! `parquet_write lineitem.csv zstd|snappy|none [rounds]`

#![forbid(unsafe_code)]

use std::time::Instant;

use hypostyle::prelude::*;
use hypostyle::{ParquetCompression, ParquetWrite, ParquetWriteOptions};

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = || Error::invalid_operation("parquet_write <file.csv> <zstd|snappy|none> [rounds]");
    let path = arguments.next().ok_or_else(usage)?;
    let compression = match arguments.next().as_deref() {
        Some("zstd") => ParquetCompression::Zstd(None),
        Some("snappy") => ParquetCompression::Snappy,
        Some("none") => ParquetCompression::None,
        _ => return Err(usage()),
    };
    let rounds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(3);
    let table = scan_csv(&path, CsvReadOptions { try_parse_dates: true, ..Default::default() }).collect()?;
    let target = std::env::temp_dir().join(format!("parquet_write.{}.parquet", std::process::id()));
    let options = ParquetWriteOptions { compression, ..Default::default() };
    for _ in 0..rounds {
        let start = Instant::now();
        table.write_parquet(&target, &options)?;
        let bytes = std::fs::metadata(&target)?.len();
        println!("{:.3} s, {:.1} MB", start.elapsed().as_secs_f64(), bytes as f64 / 1e6);
    }
    Ok(std::fs::remove_file(&target)?)
}
