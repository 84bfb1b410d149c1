//! One file with two readers: read once for both, or once by each. The optimizer decides by estimated cost
//! (docs/decisions/0012-shared-scans.md); here it is made to do both.

use std::fmt::Write;

use hypostyle::prelude::*;
use hypostyle_core::Buffer;

use crate::harness::{Group, Prepare, Run};

/// Rows and columns of the text, which is about as wide as TPC-H's lineitem.
const ROWS: i64 = 200_000;
const WIDTH: i64 = 16;

/// What one reader reads: so many of the first columns, of the rows that a filter leaves or a join.
#[derive(Clone, Copy)]
struct Reader {
    columns: usize,
    /// Of a thousand rows.
    filtered: i64,
    joined: i64,
}

/// Name and readers.
const WORK: [(&str, [Reader; 2]); 6] = [
    ("all rows of two columns, twice", [read(2, 1_000, 1_000), read(2, 1_000, 1_000)]),
    ("two filters, each a hundredth of eight columns", [read(8, 10, 1_000), read(8, 10, 1_000)]),
    ("two joins, each a hundredth of three columns", [read(3, 1_000, 10), read(3, 1_000, 10)]),
    ("two joins, each a hundredth of eight columns", [read(8, 1_000, 10), read(8, 1_000, 10)]),
    ("all rows of two columns, a hundredth of eight", [read(2, 1_000, 1_000), read(8, 10, 1_000)]),
    ("all rows of two columns, a join's hundredth of all", [read(2, 1_000, 1_000), read(16, 1_000, 10)]),
];

const fn read(columns: usize, filtered: i64, joined: i64) -> Reader {
    Reader { columns, filtered, joined }
}

pub(crate) fn groups() -> Vec<Group> {
    let mut text = (0..WIDTH).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
    text.push('\n');
    for row in 0..ROWS {
        for column in 0..WIDTH {
            let value = row.wrapping_mul(0x9e37_79b9 + 2 * column) >> 7 & 0xfffff;
            let end = if column + 1 == WIDTH { '\n' } else { ',' };
            // Writing to a string does not fail.
            let _ = write!(text, "{}{end}", value % 1_000_000);
        }
    }
    let text: Buffer<u8> = text.into_bytes().into();
    WORK.iter().map(|(name, readers)| group(name, *readers, &text)).collect()
}

fn group(name: &str, readers: [Reader; 2], text: &Buffer<u8>) -> Group {
    let form = |parted: bool| -> Prepare {
        let text = text.clone();
        Box::new(move || run(readers, &text, parted))
    };
    let once = run(readers, text, true)(true);
    Group {
        name: format!("shared scans: {name}"),
        bytes: text.len() as u64,
        answer: once,
        forms: vec![("read once", form(false)), ("read by each", form(true))],
    }
}

fn run(readers: [Reader; 2], text: &Buffer<u8>, parted: bool) -> Run {
    // Sources of different options are different sources.
    let scan = |number: usize| {
        let rows = (parted && number == 1).then_some(usize::MAX);
        scan_csv_bytes(text.clone(), CsvReadOptions { n_rows: rows, ..CsvReadOptions::default() })
    };
    let queries = readers.iter().enumerate().map(|(number, reader)| {
        let mut query = scan(number);
        if reader.filtered < 1_000 {
            query = {
                let from = number as i64 * 500_000;
                query.filter(col("c1").is_between(lit(from), lit(from + 1_000 * reader.filtered)))
            };
        }
        if reader.joined < 1_000 {
            let keys = Column::from_vec((0..1_000_000i64).collect());
            let keys = DataFrame::new([("k", keys)]).map(DataFrameOps::lazy);
            if let Ok(keys) = keys {
                let from = number as i64 * 500_000;
                let few = col("k").is_between(lit(from), lit(from + 1_000 * reader.joined));
                query = query.semi_join(keys.filter(few), col("c1"), col("k"));
            }
        }
        let sums = (0..reader.columns).map(|i| col(&format!("c{i}")).sum());
        query.select([sum_horizontal(sums.collect::<Vec<_>>()).alias("sum")])
    });
    let query = concat(queries.collect::<Vec<_>>(), false);
    let context = Context::new(0);
    Box::new(move |_| match query.clone().and_then(|query| query.collect_with(&context)) {
        Ok(frame) => frame
            .batches()
            .iter()
            .flat_map(|batch| (0..batch.len()).map(|row| batch.column(0).value(row)))
            .map(|value| if let Value::Int(value) = value { value as u64 } else { 0 })
            .fold(0, u64::wrapping_add),
        Err(_) => 0,
    })
}
