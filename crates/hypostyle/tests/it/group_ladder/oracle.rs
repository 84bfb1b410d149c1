//! Every aggregate once more, over values one by one: what the answers of the engine are held to.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use hypostyle::prelude::*;

use super::keys::ENTRIES;

/// The columns of a table by name, value by value.
pub(super) type Columns = BTreeMap<&'static str, Vec<Value>>;

/// An aggregate of the catalog, or an expression of some.
#[derive(Clone, Copy, Debug)]
pub(super) enum Agg {
    Len,
    /// Of one column.
    Of(&'static str, &'static str),
    /// The same over the rows where `y` is below a half.
    Kept(&'static str, &'static str),
    Ddof(&'static str, &'static str, u8),
    /// Of two columns.
    Pair(&'static str, &'static str, &'static str),
    Quantile(&'static str, f64, &'static str),
    Best(&'static str, &'static str, usize),
    /// With nulls as unknown.
    Kleene(&'static str, &'static str),
    /// How far a column is above its minimum, added up.
    Above(&'static str),
    /// The values as a list.
    List(&'static str),
}

use Agg::{Above, Best, Ddof, Kept, Kleene, Len, List, Of, Pair, Quantile};

/// What a filter above may be merged with.
pub(super) static TOTAL: &[Agg] = &[
    Len,
    Of("sum", "q"),
    Of("sum", "x"),
    Of("sum", "y"),
    Of("sum", "i"),
    Of("sum", "s"),
    Of("sum", "u"),
    Of("sum", "f"),
    Of("sum", "d"),
    Of("sum", "b"),
    Of("mean", "q"),
    Of("mean", "x"),
    Of("mean", "y"),
    Of("mean", "i"),
    Of("mean", "s"),
    Of("mean", "f"),
    Of("mean", "d"),
    Of("mean", "w"),
    Of("min", "x"),
    Of("max", "x"),
    Of("min", "i"),
    Of("max", "u"),
    Of("min", "f"),
    Of("max", "d"),
    Of("min", "b"),
    Of("max", "t"),
    Of("min", "l"),
    Of("max", "c"),
    Of("min", "e"),
    Of("max", "z"),
    Of("count", "q"),
    Of("count", "t"),
    Of("len", "i"),
];

/// What is kept as a state of a group.
pub(super) static STATES: &[Agg] = &[
    Of("sum", "w"),
    Of("null_count", "x"),
    Of("nan_min", "x"),
    Of("nan_max", "x"),
    Of("product", "p"),
    Of("product", "s"),
    Of("product", "u"),
    Of("first", "x"),
    Of("first", "l"),
    Of("last", "t"),
    Of("last", "c"),
    Of("first_non_null", "q"),
    Of("first_non_null", "e"),
    Of("n_unique", "x"),
    Of("n_unique", "s"),
    Of("n_unique", "i"),
    Of("n_unique", "w"),
    Of("n_unique", "t"),
    Of("n_unique", "c"),
    Of("n_unique", "b"),
    Of("any", "b"),
    Of("all", "b"),
    Of("any", "q"),
    Of("all", "s"),
    Kleene("any", "b"),
    Kleene("all", "b"),
    Of("arg_min", "x"),
    Of("arg_max", "i"),
    Of("arg_max", "l"),
    Of("arg_min", "e"),
    Ddof("var", "x", 1),
    Ddof("var", "i", 0),
    Ddof("std", "y", 1),
    Ddof("std", "s", 2),
    Ddof("std", "f", 1),
    Pair("cov", "x", "y"),
    Pair("corr", "q", "y"),
    Pair("corr", "s", "x"),
    Pair("min_by", "t", "x"),
    Pair("max_by", "i", "q"),
    Best("top_k", "x", 3),
    Best("bottom_k", "i", 2),
    Best("top_k", "z", 16),
    Kept("sum", "q"),
    Kept("mean", "y"),
    Kept("count", "t"),
    Kept("max", "i"),
];

/// What keeps all rows.
pub(super) static ROWS: &[Agg] = &[
    Of("median", "x"),
    Of("median", "i"),
    Of("median", "f"),
    Of("median", "d"),
    Of("median", "b"),
    Quantile("x", 0.25, "nearest"),
    Quantile("x", 0.9, "lower"),
    Quantile("s", 0.1, "higher"),
    Quantile("y", 0.37, "midpoint"),
    Quantile("x", 0.62, "linear"),
    Quantile("i", 0.5, "equiprobable"),
    Quantile("q", 1.0, "linear"),
    Of("implode", "q"),
    Of("implode", "l"),
    Of("implode", "e"),
    Best("top_k", "y", 40),
    Best("bottom_k", "t", 3),
    Best("top_k", "e", 2),
    Kept("n_unique", "s"),
    Kept("first", "i"),
    Above("q"),
    List("c"),
    List("i"),
];

/// A value, and how far an answer may be from it.
pub(super) struct Expected {
    pub(super) value: Value,
    slack: f64,
}

impl Expected {
    pub(super) fn is(&self, found: &Value) -> bool {
        match (found, &self.value) {
            (Value::Float(a), Value::Float(b)) if a.is_nan() || b.is_nan() => a.is_nan() && b.is_nan(),
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (a - b).abs() <= self.slack,
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(&b[..]).all(|(a, b)| exactly(b.clone()).is(a))
            }
            (a, b) => a == b,
        }
    }
}

pub(super) fn exactly(value: Value) -> Expected {
    Expected { value, slack: 0.0 }
}

fn near(value: f64, slack: f64) -> Expected {
    Expected { value: Value::Float(value), slack }
}

/// The same value for all that are equal as keys.
pub(super) fn canonical(value: &Value) -> Value {
    match value {
        Value::Float(v) if v.is_nan() => Value::Float(f64::NAN),
        Value::Float(v) => Value::Float(v + 0.0),
        Value::List(items) => Value::List(items.iter().map(canonical).collect()),
        other => other.clone(),
    }
}

/// The digits behind the point of the decimals of a column.
fn scale(column: &str) -> f64 {
    match column {
        "d" => 100.0,
        "w" => 1_000.0,
        _ => 1.0,
    }
}

fn number(value: &Value, column: &str) -> Option<f64> {
    match value {
        Value::Int(v) => Some(*v as f64 / scale(column)),
        Value::Float(v) => Some(*v),
        Value::Boolean(v) => Some(f64::from(u8::from(*v))),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Null => None,
        Value::Boolean(v) => Some(*v),
        Value::Float(v) => Some(*v != 0.0),
        other => Some(*other != Value::Int(0)),
    }
}

/// The order of values that are not null; NaN is the largest.
fn order(column: &str, a: &Value, b: &Value) -> Ordering {
    let rank = |text: &Arc<str>| ENTRIES.iter().position(|entry| **entry == **text);
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        (Value::String(a), Value::String(b)) if column == "e" => rank(a).cmp(&rank(b)),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => panic!("{a:?} and {b:?} in {column}"),
    }
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::Float(v) if v.is_nan())
}

/// The place of the first extreme; NaN is one only where there is nothing else.
fn extreme(column: &str, values: &[&Value], largest: bool) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (place, value) in values.iter().enumerate().filter(|(_, value)| !value.is_null()) {
        let wins = match best.map(|best| values[best]) {
            None => true,
            Some(_) if is_nan(value) => false,
            Some(old) if is_nan(old) => true,
            Some(old) if largest => order(column, value, old).is_gt(),
            Some(old) => order(column, value, old).is_lt(),
        };
        if wins {
            best = Some(place);
        }
    }
    best
}

fn at(values: &[&Value], place: Option<usize>) -> Expected {
    exactly(place.map_or(Value::Null, |place| values[place].clone()))
}

fn count(count: usize) -> Expected {
    exactly(Value::Int(count as i128))
}

fn integers<'a>(values: &'a [&Value]) -> impl Iterator<Item = i128> + 'a {
    values.iter().filter_map(|value| match value {
        Value::Int(v) => Some(*v),
        Value::Boolean(v) => Some(i128::from(*v)),
        _ => None,
    })
}

/// An integer as the type of a column's sums and products holds it.
fn wrapped(column: &str, value: i128) -> Expected {
    exactly(Value::Int(match column {
        "u" => i128::from(value as u64),
        "d" | "w" => value,
        _ => i128::from(value as i64),
    }))
}

/// Sums of squares around the first value, over n − `ddof`.
fn covariance(pairs: &[(f64, f64)], ddof: f64) -> Option<f64> {
    let (x0, y0) = pairs.first().copied()?;
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64, first: f64| pairs.iter().map(|p| of(p) - first).sum::<f64>() / n;
    let (mx, my) = (mean(|p| p.0, x0), mean(|p| p.1, y0));
    let sum: f64 = pairs.iter().map(|(x, y)| (x - x0 - mx) * (y - y0 - my)).sum();
    (n > ddof).then(|| sum / (n - ddof))
}

fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.filter(|v| v.is_finite()).fold(1.0, |a, b| a.max(b.abs()))
}

fn quantile(mut numbers: Vec<f64>, q: f64, interpolation: &str) -> Option<f64> {
    // NaN of either sign is the largest.
    numbers.sort_by(|a, b| a.is_nan().cmp(&b.is_nan()).then(a.total_cmp(b)));
    let last = numbers.len().checked_sub(1)?;
    let position = q * last as f64;
    let (low, high) = (numbers[position.floor() as usize], numbers[position.ceil() as usize]);
    Some(match interpolation {
        "nearest" => numbers[position.round() as usize],
        "lower" => low,
        "higher" => high,
        "midpoint" if position.fract() == 0.0 => low,
        "midpoint" => (low + high) / 2.0,
        "equiprobable" => numbers[((q * numbers.len() as f64).ceil() as usize).max(1) - 1],
        _ if low == high => low,
        _ if position.fract() == 0.0 => low,
        _ => low + (high - low) * position.fract(),
    })
}

impl Agg {
    /// The expression, in the engine's words.
    pub(super) fn expr(self) -> Expr {
        match self {
            Len => len(),
            Of(name, column) => aggregate(name, [col(column)]),
            Kept(name, column) => aggregate(name, [col(column).filter(col("y").lt(lit(0.5)))]),
            Ddof(name, column, ddof) => aggregate(name, [col(column), lit(i64::from(ddof))]),
            Pair("cov", x, y) => cov(col(x), col(y), 1),
            Pair(name, x, y) => aggregate(name, [col(x), col(y)]),
            Quantile(column, q, interpolation) => col(column).quantile(q, interpolation),
            Best(name, column, k) => aggregate(name, [col(column), lit(k)]),
            Kleene(name, column) => aggregate(name, [col(column), lit(false)]),
            Above(column) => (col(column) - col(column).min()).sum(),
            List(column) => col(column),
        }
    }

    /// The columns that it reads.
    pub(super) fn columns(self) -> Vec<&'static str> {
        match self {
            Len => Vec::new(),
            Pair(_, x, y) => vec![x, y],
            Of(_, column)
            | Kept(_, column)
            | Ddof(_, column, _)
            | Quantile(column, ..)
            | Best(_, column, _)
            | Kleene(_, column)
            | Above(column)
            | List(column) => vec![column],
        }
    }

    /// The value for the group of these rows.
    pub(super) fn of(self, table: &Columns, rows: &[usize]) -> Expected {
        let values = |column: &str| rows.iter().map(|row| &table[column][*row]).collect::<Vec<&Value>>();
        match self {
            Len => count(rows.len()),
            Of(name, column) => of(name, column, &values(column)),
            Kept(name, column) => {
                let kept = |row: &&usize| matches!(table["y"][**row], Value::Float(y) if y < 0.5);
                let values: Vec<&Value> = rows.iter().filter(kept).map(|row| &table[column][*row]).collect();
                of(name, column, &values)
            }
            Ddof(name, column, ddof) => {
                let numbers: Vec<f64> = values(column).iter().filter_map(|v| number(v, column)).collect();
                let pairs: Vec<(f64, f64)> = numbers.iter().map(|v| (*v, *v)).collect();
                let most = largest(numbers.iter().copied());
                match covariance(&pairs, f64::from(ddof)) {
                    None => exactly(Value::Null),
                    Some(var) if name == "var" => near(var, most * most * 1e-9),
                    Some(var) => near(var.sqrt(), most * 1e-4),
                }
            }
            Pair(name @ ("min_by" | "max_by"), x, y) => {
                at(&values(x), extreme(y, &values(y), name == "max_by"))
            }
            Pair(name, x, y) => {
                let pairs: Vec<(f64, f64)> = values(x)
                    .iter()
                    .zip(values(y))
                    .filter_map(|(a, b)| number(a, x).zip(number(b, y)))
                    .collect();
                if name == "corr" {
                    let of = |pairs: Vec<(f64, f64)>| covariance(&pairs, 0.0).unwrap_or(0.0);
                    let xx = of(pairs.iter().map(|p| (p.0, p.0)).collect());
                    let yy = of(pairs.iter().map(|p| (p.1, p.1)).collect());
                    return near(of(pairs) / (xx * yy).sqrt(), 1e-6);
                }
                let most = largest(pairs.iter().flat_map(|p| [p.0, p.1]));
                covariance(&pairs, 1.0).map_or(exactly(Value::Null), |cov| near(cov, most * most * 1e-9))
            }
            Quantile(column, q, interpolation) => {
                let numbers: Vec<f64> = values(column).iter().filter_map(|v| number(v, column)).collect();
                quantile(numbers, q, interpolation).map_or(exactly(Value::Null), |v| near(v, 0.0))
            }
            Best(name, column, k) => {
                let mut values = values(column);
                values.sort_by(|a, b| {
                    a.is_null().cmp(&b.is_null()).then_with(|| match (name, a.is_null()) {
                        (_, true) => Ordering::Equal,
                        ("top_k", _) => order(column, b, a),
                        _ => order(column, a, b),
                    })
                });
                exactly(Value::List(values.into_iter().take(k).cloned().collect()))
            }
            Kleene(name, column) => {
                let truths: Vec<Option<bool>> = values(column).into_iter().map(truth).collect();
                let decides = name == "any";
                exactly(if truths.contains(&Some(decides)) {
                    Value::Boolean(decides)
                } else if truths.contains(&None) {
                    Value::Null
                } else {
                    Value::Boolean(!decides)
                })
            }
            Above(column) => {
                let numbers: Vec<f64> = values(column).iter().filter_map(|v| number(v, column)).collect();
                let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
                near(numbers.iter().map(|v| v - least).sum(), 0.0)
            }
            List(column) => exactly(Value::List(values(column).into_iter().cloned().collect())),
        }
    }
}

/// An aggregate of one column.
fn of(name: &str, column: &str, values: &[&Value]) -> Expected {
    let numbers = || values.iter().filter_map(|v| number(v, column)).collect::<Vec<f64>>();
    let is_float = matches!(column, "q" | "x" | "y" | "p" | "f");
    // Quarters and powers of two are added up and multiplied exactly.
    let slack = if matches!(column, "x" | "y") { 1e-11 } else { 0.0 };
    match name {
        "sum" if is_float => {
            let numbers = numbers();
            near(numbers.iter().fold(0.0, |a, b| a + b), slack * numbers.iter().map(|v| v.abs()).sum::<f64>())
        }
        "sum" => wrapped(column, integers(values).fold(0, i128::wrapping_add)),
        "product" if is_float => near(numbers().iter().product(), 0.0),
        "product" => {
            let product =
                integers(values).fold(1, |a: i128, b| i128::from((a as i64).wrapping_mul(b as i64)));
            wrapped(column, product)
        }
        "mean" => {
            let numbers = numbers();
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            let single = if column == "f" { 1e-7 } else { 1e-11 };
            match numbers.is_empty() {
                true => exactly(Value::Null),
                false => near(mean, single * largest(numbers.into_iter())),
            }
        }
        "min" | "max" => at(values, extreme(column, values, name == "max")),
        "nan_min" | "nan_max" => match values.iter().position(|value| is_nan(value)) {
            Some(place) => at(values, Some(place)),
            None => at(values, extreme(column, values, name == "nan_max")),
        },
        "count" => count(values.iter().filter(|v| !v.is_null()).count()),
        "null_count" => count(values.iter().filter(|v| v.is_null()).count()),
        "len" => count(values.len()),
        "first" => at(values, (!values.is_empty()).then_some(0)),
        "last" => at(values, values.len().checked_sub(1)),
        "first_non_null" => at(values, values.iter().position(|v| !v.is_null())),
        "n_unique" => count(values.iter().map(|v| canonical(v)).collect::<HashSet<_>>().len()),
        "any" => exactly(Value::Boolean(values.iter().any(|v| truth(v) == Some(true)))),
        "all" => exactly(Value::Boolean(!values.iter().any(|v| truth(v) == Some(false)))),
        "arg_min" | "arg_max" => {
            let place = extreme(column, values, name == "arg_max");
            exactly(place.map_or(Value::Null, |place| Value::Int(place as i128)))
        }
        "median" => {
            let slack = if column == "f" { 1e-4 } else { 0.0 };
            quantile(numbers(), 0.5, "linear").map_or(exactly(Value::Null), |v| near(v, slack))
        }
        "implode" => exactly(Value::List(values.iter().map(|v| (*v).clone()).collect())),
        _ => panic!("no {name}"),
    }
}
