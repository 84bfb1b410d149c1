//! Every function, aggregate and operator of the table in `oracle/polars.tsv` gives what Polars 2.1.0 gives,
//! for columns of all types; what differs on purpose is listed with its reason.

use std::sync::Arc;

use hypostyle_core::{Column, DataType, TimeUnit};

use crate::dsl::{aggregate, call, col, lit, null};
use crate::expr::{BinaryOp, Expr};
use crate::testing::{booleans, dates, datetimes, decimals, evaluate, kind_of, shown, texts, typed};

const TABLE: &str = include_str!("../oracle/polars.tsv");

/// The column of a type: four rows, one of them null. The same as in `oracle/make.py`.
fn column(dtype: &str) -> Column {
    macro_rules! integers {
        ($t:ty, $low:expr) => {
            Column::from_options([Some(3 as $t), Some($low), None, Some(100)])
        };
    }
    match dtype {
        "i8" => integers!(i8, -7),
        "i16" => integers!(i16, -7),
        "i32" => integers!(i32, -7),
        "i64" => integers!(i64, -7),
        "i128" => integers!(i128, -7),
        "u8" => integers!(u8, 0),
        "u16" => integers!(u16, 0),
        "u32" => integers!(u32, 0),
        "u64" => integers!(u64, 0),
        "f32" => Column::from_options([Some(2.5f32), Some(-0.5), None, Some(f32::NAN)]),
        "f64" => Column::from_options([Some(2.5), Some(-0.5), None, Some(f64::NAN)]),
        "bool" => booleans([Some(true), Some(false), None, Some(true)]),
        "str" => texts([Some("b"), Some(""), None, Some("äb")]),
        "date" => dates([Some("2020-02-29"), Some("1969-12-31"), None, Some("2021-01-01")]),
        "datetime" => datetimes([
            Some("2020-02-29 12:30:01"),
            Some("1969-12-31 23:59:59"),
            None,
            Some("2021-01-01 00:00:00"),
        ]),
        "time" => {
            let second = 1_000_000_000i64;
            typed(DataType::Time, [Some(45_001 * second), Some(0), None, Some(86_399 * second)])
        }
        "duration" => {
            typed(DataType::Duration(TimeUnit::Milliseconds), [Some(90_061_000i64), Some(-1), None, Some(5)])
        }
        "decimal" => decimals(10, 2, [Some("2.55"), Some("-0.25"), None, Some("10")]),
        "null" => Column::full_null(DataType::Null, 4),
        other => panic!("no column of {other}"),
    }
}

fn option(value: &serde_json::Value) -> Expr {
    match value {
        serde_json::Value::Bool(v) => lit(*v),
        serde_json::Value::String(v) => lit(v.as_str()),
        serde_json::Value::Number(v) => v.as_i64().map_or_else(|| lit(v.as_f64().unwrap()), lit),
        _ => null(),
    }
}

fn operator(symbol: &str) -> BinaryOp {
    use BinaryOp as Op;
    [
        Op::Add,
        Op::Subtract,
        Op::Multiply,
        Op::Divide,
        Op::FloorDivide,
        Op::Modulo,
        Op::Eq,
        Op::Lt,
        Op::EqMissing,
    ]
    .into_iter()
    .find(|op| op.symbol() == symbol)
    .unwrap_or(Op::And)
}

/// Equal as text, or as numbers but for the last digits.
fn agree(ours: &str, theirs: &str) -> bool {
    let words = |text: &str| text.split([' ', ',']).map(str::to_owned).collect::<Vec<_>>();
    let number = |word: &str| word.trim_matches(['[', ']']).parse::<f64>().ok();
    let (ours, theirs) = (words(ours), words(theirs));
    let same = |x: &String, y: &String| match (number(x), number(y)) {
        _ if x == y => true,
        (Some(x), Some(y)) => x.is_nan() && y.is_nan() || (x - y).abs() <= 1e-6 * y.abs(),
        _ => false,
    };
    ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(x, y)| same(x, y))
}

#[test]
fn polars_agrees() {
    let mut differences = Vec::new();
    for line in TABLE.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, name, options, left, right, expected] = fields[..] else { panic!("{line}") };
        let options: Vec<serde_json::Value> = serde_json::from_str(options).unwrap();
        let args = || std::iter::once(col("a")).chain(options.iter().map(option));
        let (expr, columns) = match kind {
            "function" => (call(name, args()), vec![column(left)]),
            "aggregate" => (aggregate(name, args()), vec![column(left)]),
            _ => {
                let sides = (Arc::new(col("a")), Arc::new(col("b")));
                let reversed = evaluate(&col("a").reverse(), &[column(right)]).unwrap();
                let expr = Expr::Binary { left: sides.0, op: operator(name), right: sides.1 };
                (expr, vec![column(left), reversed])
            }
        };
        let ours = match evaluate(&expr, &columns) {
            Ok(column) => shown(&column),
            Err(error) => kind_of(&error),
        };
        let error = |text: &str| !text.contains('[');
        // What is known is who refuses; where both give values, these are the same but for a type.
        let known = KNOWN.iter().any(|k| k.covers(kind, name, left, right));
        // Both refuse; which of two errors an operator gives is told apart for comparisons alone.
        let refused = kind == "operator" && error(&ours) && error(expected);
        let refused = refused && (ours == "TypeMismatch" || name == "&");
        if !agree(&ours, expected)
            && !(known && (error(&ours) || error(expected) || left == "null"))
            && !refused
        {
            differences.push(format!("{kind} {name} {left} {right}: {ours}, not {expected}"));
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// Differences on purpose: what, of which types (`*` for all), and why.
struct Known(&'static [&'static str], &'static [&'static str], #[expect(dead_code)] &'static str);

impl Known {
    fn covers(&self, kind: &str, name: &str, left: &str, right: &str) -> bool {
        let types =
            self.1.contains(&"*") || self.1.contains(&left) || kind == "operator" && self.1.contains(&right);
        self.0.contains(&name) && types
    }
}

const KNOWN: &[Known] = &[
    Known(&["neg"], &["i128"], "128 bits have a sign too"),
    Known(&["not", "&"], &["null"], "a null predicate is a boolean that nobody typed"),
    Known(&["fill_nan"], &["null"], "a column of nulls has no NaN, and keeps its type"),
    Known(&["cum_sum", "cum_prod", "cum_min", "cum_max"], &["null"], "running values of nulls are null"),
    Known(
        &["str.len_chars", "str.len_bytes", "str.to_uppercase", "str.contains"],
        &["null"],
        "null is any text",
    ),
    Known(&["is_between"], &["date", "datetime", "time", "duration"], "a time is compared with no number"),
    Known(
        &["==", "==v", "<"],
        &["date", "datetime", "time", "duration"],
        "a time is compared with no number",
    ),
    Known(&["==", "==v", "<"], &["str"], "text is compared with no number, and not by its first characters"),
    Known(&["dt.time"], &["date"], "a date begins at midnight"),
    Known(&["dt.timestamp"], &["*"], "a number is no time"),
    Known(&["+"], &["str"], "text and booleans are not joined"),
    Known(&["/"], &["bool"], "a boolean is no decimal"),
    Known(&["//", "%"], &["null"], "null is any number, and no duration"),
];
