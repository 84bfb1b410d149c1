//! One file, several readers: whatever of it is read in common, each gets the rows that it would have read alone.

use std::fmt::Write;

use hypostyle::SchemaOverrides;
use hypostyle::prelude::*;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use crate::{check_as_written, frame_rows};

/// What a reader does with the file's columns `a`, `b`, `s`, `d`. Each gives the columns `a`, `n`.
#[derive(Clone, Debug)]
enum Reader {
    Where(Vec<Filter>),
    Groups(Vec<Filter>, bool),
    /// Below a join with few keys, which the scan is told of.
    Few(Vec<Filter>, i64),
    Without(Vec<Filter>, i64),
    First(usize),
}

#[derive(Clone, Debug)]
enum Filter {
    AtLeast(i64),
    Between(i64, i64),
    Text(char),
    Columns,
    Null,
    /// Which can fail, in principle.
    Cast(i64),
    /// Of all rows.
    AboveMean,
}

impl Filter {
    fn expr(&self) -> Expr {
        match self {
            Self::AtLeast(n) => col("a").gt_eq(lit(*n)),
            Self::Between(low, high) => col("b").is_between(lit(*low), lit(*high)),
            Self::Text(start) => col("s").str().starts_with(lit(start.to_string().as_str())),
            Self::Columns => col("a").lt(col("b")),
            Self::Null => col("b").is_null(),
            Self::Cast(n) => col("d").cast(DataType::Int64).lt(lit(*n)),
            Self::AboveMean => col("a").gt(col("a").mean()),
        }
    }
}

fn filters() -> impl Strategy<Value = Vec<Filter>> {
    let filter = prop_oneof![
        4 => (-9i64..9).prop_map(Filter::AtLeast),
        4 => (-9i64..9, 0i64..9).prop_map(|(low, width)| Filter::Between(low, low + width)),
        3 => prop::sample::select(vec!['x', 'y']).prop_map(Filter::Text),
        2 => Just(Filter::Columns),
        2 => Just(Filter::Null),
        1 => (-9i64..9).prop_map(Filter::Cast),
        1 => Just(Filter::AboveMean),
    ];
    prop::collection::vec(filter, 0..3)
}

fn readers() -> impl Strategy<Value = Vec<Reader>> {
    let reader = prop_oneof![
        3 => filters().prop_map(Reader::Where),
        2 => (filters(), any::<bool>()).prop_map(|(f, nulls)| Reader::Groups(f, nulls)),
        2 => (filters(), -9i64..9).prop_map(|(f, n)| Reader::Few(f, n)),
        1 => (filters(), -9i64..9).prop_map(|(f, n)| Reader::Without(f, n)),
        1 => (0usize..9).prop_map(Reader::First),
    ];
    prop::collection::vec(reader, 2..5)
}

fn read(file: &LazyFrame, reader: &Reader) -> LazyFrame {
    let filtered = |filters: &[Filter]| filters.iter().fold(file.clone(), |q, f| q.filter(f.expr()));
    let keys =
        |from: i64| DataFrame::new([("k", Column::from_vec(vec![from, from + 1, from + 5]))]).unwrap().lazy();
    match reader {
        Reader::Where(filters) => filtered(filters).select([col("a"), col("b").alias("n")]),
        Reader::Groups(filters, by_a) => {
            let key = if *by_a { "a" } else { "b" };
            filtered(filters)
                .group_by([col(key).alias("a")])
                .agg([col("d").sum().alias("n")])
                .select([col("a"), col("n").cast(DataType::Int64)])
        }
        Reader::Few(filters, from) => filtered(filters)
            .inner_join(keys(*from), col("a"), col("k"))
            .select([col("a"), col("d").cast(DataType::Int64).alias("n")]),
        Reader::Without(filters, from) => filtered(filters)
            .anti_join(keys(*from), col("b"), col("k"))
            .select([col("a"), col("b").alias("n")]),
        Reader::First(n) => file.clone().limit(*n).select([col("a"), col("b").alias("n")]),
    }
}

type Row = (i64, Option<i64>, Option<&'static str>, i32);

fn text(rows: &[Row], width: usize) -> String {
    let mut text = String::from("a,b,s,d");
    (0..width).for_each(|i| write!(text, ",w{i}").unwrap());
    text.push('\n');
    for (a, b, s, d) in rows {
        let b = b.map(|b| b.to_string()).unwrap_or_default();
        write!(text, "{a},{b},{},{}", s.unwrap_or_default(), f64::from(*d) / 4.0).unwrap();
        (0..width).for_each(|i| write!(text, ",{i}").unwrap());
        text.push('\n');
    }
    text
}

fn scan(text: &str) -> LazyFrame {
    let names = [("a", DataType::Int64), ("b", DataType::Int64), ("s", DataType::String)];
    let mut types: Vec<_> = names.iter().map(|(n, t)| ((*n).to_owned(), t.clone())).collect();
    types.push(("d".to_owned(), DataType::Float64));
    let options = CsvReadOptions {
        schema_overrides: Some(SchemaOverrides::ByName(types)),
        block_size: 256,
        ..CsvReadOptions::default()
    };
    scan_csv_bytes(text.as_bytes().to_vec(), options)
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = prop::option::of(prop::sample::select(vec!["x", "xy", "y", "zz"]));
    prop::collection::vec((-9i64..9, prop::option::of(-9i64..9), text, -40i32..40), 0..120)
}

proptest! {
    #[test]
    fn readers_of_one_file_get_their_rows(rows in rows(), readers in readers(), width in prop::sample::select(vec![0usize, 2, 30])) {
        let file = scan(&text(&rows, width));
        let query = concat(readers.iter().map(|reader| read(&file, reader)), false).unwrap();
        check_as_written(&query);
    }
}

fn reads(query: &LazyFrame) -> usize {
    query.explain(true).unwrap().matches("SCAN Csv").count()
}

/// A file and what is read of it: groups of one half of its rows and rows of the other.
#[test]
fn what_all_readers_drop_is_not_read() {
    let file = scan(&text(&[(1, Some(2), Some("x"), 3), (4, None, None, 7), (8, Some(5), Some("y"), 1)], 0));
    let some = file.clone().filter(col("a").gt(lit(2)).and(col("b").is_null()));
    let others = file.filter(col("a").gt(lit(2)).and(col("b").eq(lit(5))));
    let query = concat([some, others].map(|q| q.select([col("a"), col("d")])), false).unwrap();
    let plan = query.explain(true).unwrap();
    assert_eq!(reads(&query), 1, "{plan}");
    // What both ask is asked once, by the scan, and what either asks is asked there, too.
    assert_eq!(plan.matches("(col(\"a\")) > (2)").count(), 1, "{plan}");
    assert_eq!(plan.matches("col(\"b\").is_null()").count(), 2, "{plan}");
    assert_eq!(frame_rows(&query.collect().unwrap()), ["4|1.75", "8|0.25"]);
}

/// Joins leave next to nothing of what each reads of many columns: finding the rows twice costs less than keeping them.
/// Of few columns it does not.
#[test]
fn scans_are_parted_where_joins_leave_little() {
    let rows: Vec<Row> = (0..50_000).map(|i| (i % 100, Some(i), Some("x"), i as i32)).collect();
    let file = scan(&text(&rows, 20));
    let keys = DataFrame::new([("k", Column::from_vec((0..100i64).collect()))]).unwrap();
    let keys = keys.lazy().filter(col("k").is_between(lit(3), lit(4)));
    let few = |column: &str| {
        let joined = file.clone().inner_join(keys.clone(), col(column), col("k"));
        let all = (0..20).map(|i| col(&format!("w{i}"))).chain([col("a"), col("b"), col("s"), col("d")]);
        joined.select(all)
    };
    let thin = concat([few("a"), few("b")], false).unwrap();
    assert_eq!(reads(&thin), 2, "{}", thin.explain(true).unwrap());
    assert_eq!(thin.collect().unwrap().height(), 1_002);
    let wide = scan(&text(&rows, 40));
    let few = |column: &str| {
        let joined = wide.clone().inner_join(keys.clone(), col(column), col("k"));
        joined.select([col("a"), col("b")])
    };
    let wide = concat([few("a"), few("b")], false).unwrap();
    assert_eq!(reads(&wide), 1, "{}", wide.explain(true).unwrap());
}
