//! The TPC-H harness: `cargo tpch`.
//!
//! Generates the data if it is not there, runs the queries, checks every answer, prints a table. Ends with 1 if an
//! answer is wrong.

#![forbid(unsafe_code)]

mod arguments;
mod report;

use std::process::ExitCode;
use std::time::Instant;

use hypostyle::{Context, LazyFrame};
use hypostyle_tpch::answers::{self, Verdict};
use hypostyle_tpch::naive::NAIVE;
use hypostyle_tpch::queries::QUERIES;
use hypostyle_tpch::rows::rows;
use hypostyle_tpch::tables::{Money, Tables};
use hypostyle_tpch::{data, root};
use indicatif::ProgressBar;

use crate::arguments::{Arguments, Format, USAGE};
use crate::report::Measured;

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(mistake) => {
            eprintln!("{mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every answer was right.
fn run(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let threads =
        arguments.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let folder = data::ensure(arguments.data_root.as_deref().unwrap_or(root()), arguments.scale, threads)?;
    if arguments.data_only {
        println!("{}", folder.display());
        return Ok(true);
    }

    let money = if arguments.decimal { Money::Decimal } else { Money::Float };
    let mut tables = Tables::scan(&folder, arguments.scale, money);
    if arguments.format == Format::Parquet {
        let parquet = data::parquet_folder(&folder, money);
        tables.write_parquet(&parquet, &Context::new(threads))?;
        tables = Tables::scan_parquet(&parquet, arguments.scale, money);
    }
    if arguments.explain {
        for &query in &arguments.queries {
            println!("query {query}\n{}", queries(arguments)[query - 1](&tables).explain(true)?);
        }
        return Ok(true);
    }
    if arguments.format == Format::Memory {
        tables = tables.load()?;
    }

    let context = Context::new(threads);
    let progress = ProgressBar::new(arguments.queries.len() as u64).with_style(data::style());
    let measured: Vec<Measured> = arguments
        .queries
        .iter()
        .map(|&query| {
            progress.set_message(format!("query {query}"));
            let measured = measure(query, &tables, &context, arguments);
            progress.inc(1);
            measured
        })
        .collect();
    progress.finish_and_clear();

    print!("{}", report::table(&measured));
    if let Some(path) = &arguments.json {
        let format = arguments.format.name().to_owned() + if arguments.decimal { "-decimal" } else { "" };
        let document = report::document(&measured, arguments.scale, &format);
        std::fs::write(path, format!("{document:#}\n"))?;
    }
    Ok(measured.iter().all(|one| !matches!(one.verdict, Verdict::Wrong(_))))
}

fn queries(arguments: &Arguments) -> &'static [fn(&Tables) -> LazyFrame; 22] {
    if arguments.naive { &NAIVE } else { &QUERIES }
}

/// Runs a query as often as asked for. Planning counts; checking the answer does not.
fn measure(query: usize, tables: &Tables, context: &Context, arguments: &Arguments) -> Measured {
    let mut measured = Measured { query, times: Vec::new(), rows: 0, verdict: Verdict::Unknown };
    for _ in 0..arguments.repeat {
        let start = Instant::now();
        let outcome = queries(arguments)[query - 1](tables).collect_with(context);
        measured.times.push(start.elapsed());
        let verdict = outcome.and_then(|frame| {
            measured.rows = frame.height();
            Ok(answers::check(&rows(&frame)?, &answers::path(root(), arguments.scale, query)))
        });
        measured.verdict = verdict.unwrap_or_else(|error| Verdict::Wrong(error.to_string()));
        if measured.verdict != Verdict::Right {
            break;
        }
    }
    if arguments.profile
        && let Ok((_, profile)) = queries(arguments)[query - 1](tables).profile(context)
    {
        println!("query {query}: milliseconds, rows, operator");
        for operator in profile.operators {
            println!("{:9.2} {:9}  {}", operator.time.as_secs_f64() * 1e3, operator.rows, operator.name);
        }
    }
    measured
}
