//! Checking a result against its answer file.
//!
//! Answers compare as sets of rows: where an ORDER BY leaves ties, every order of the tied rows is right. Floats
//! compare to a relative 1e-9, because the answers were added up in another order.

use std::fmt;
use std::path::{Path, PathBuf};

const TOLERANCE: f64 = 1e-9;

/// A result as text: names, and rows of fields as they stand in CSV (nulls empty, dates in ISO 8601).
#[derive(Clone, Debug)]
pub struct Rows {
    /// The columns' names.
    pub names: Vec<String>,
    /// Row by row, as many fields each as there are names.
    pub rows: Vec<Vec<String>>,
}

/// How a result compares with its answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every field is what it should be.
    Right,
    /// What is wrong first.
    Wrong(String),
    /// There is no answer for this scale.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right => formatter.write_str("right"),
            Self::Wrong(why) => write!(formatter, "WRONG: {why}"),
            Self::Unknown => formatter.write_str("no answer to compare with"),
        }
    }
}

/// The answer file of a query.
pub fn path(root: &Path, scale: f64, query: usize) -> PathBuf {
    root.join(format!("data/answers/sf{scale}/q{query:02}.csv"))
}

/// Compares a result with an answer file.
pub fn check(actual: &Rows, answer: &Path) -> Verdict {
    match std::fs::read_to_string(answer) {
        Ok(text) => compare(actual, &parse(&text)),
        Err(_) => Verdict::Unknown,
    }
}

fn compare(actual: &Rows, expected: &Rows) -> Verdict {
    if actual.names != expected.names {
        return Verdict::Wrong(format!("columns {:?}, expected {:?}", actual.names, expected.names));
    }
    if actual.rows.len() != expected.rows.len() {
        return Verdict::Wrong(format!("{} rows, expected {}", actual.rows.len(), expected.rows.len()));
    }
    for (row, wanted) in sorted(&actual.rows).into_iter().zip(sorted(&expected.rows)) {
        for ((name, field), right) in actual.names.iter().zip(row).zip(wanted) {
            if !same(field, right) {
                return Verdict::Wrong(format!("{name} is {field:?}, expected {right:?} in {wanted:?}"));
            }
        }
    }
    Verdict::Right
}

/// Rows ordered by their exact fields first: floats that differ in the last digits must not change the order.
fn sorted(rows: &[Vec<String>]) -> Vec<&Vec<String>> {
    let is_float = |field: &&String| field.contains('.') && field.parse::<f64>().is_ok();
    let exact = |row: &[String]| row.iter().filter(|field| !is_float(field)).cloned().collect::<Vec<_>>();
    let floats = |row: &[String]| -> Vec<f64> {
        row.iter().filter(is_float).filter_map(|field| field.parse().ok()).collect()
    };
    let mut rows: Vec<_> = rows.iter().map(|row| (exact(row), floats(row), row)).collect();
    rows.sort_by(|left, right| {
        let floats = || left.1.iter().map(|x| x.to_bits()).cmp(right.1.iter().map(|x| x.to_bits()));
        left.0.cmp(&right.0).then_with(floats)
    });
    rows.into_iter().map(|(_, _, row)| row).collect()
}

fn same(field: &str, right: &str) -> bool {
    if field == right {
        return true;
    }
    match (field.parse::<f64>(), right.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()),
        _ => false,
    }
}

/// Reads an answer: a small CSV file with a header, quoted where needed. Deliberately not the reader under test.
fn parse(text: &str) -> Rows {
    let mut lines = Vec::new();
    let mut row = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                lines.push(std::mem::take(&mut row));
            }
            _ => field.push(character),
        }
    }
    let mut lines = lines.into_iter();
    Rows { names: lines.next().unwrap_or_default(), rows: lines.collect() }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, compare, parse};

    #[test]
    fn order_and_last_digits_do_not_matter() {
        let expected = parse("k,v\na,1.5\n\"b, \"\"c\"\"\",2.0\n");
        let actual = parse("k,v\n\"b, \"\"c\"\"\",2.0000000001\na,1.5\n");
        assert_eq!(compare(&actual, &expected), Verdict::Right);
    }

    #[test]
    fn differences_are_found() {
        let expected = parse("k,v\na,1.5\nb,2.0\n");
        for wrong in ["k,w\na,1.5\nb,2.0\n", "k,v\na,1.5\n", "k,v\na,1.5\nb,2.00001\n", "k,v\na,2.0\nb,1.5\n"]
        {
            assert!(matches!(compare(&parse(wrong), &expected), Verdict::Wrong(_)), "{wrong}");
        }
    }
}
