//! What was measured, as a table and as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::answers::Verdict;

/// One query's runs.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) query: usize,
    pub(crate) times: Vec<Duration>,
    pub(crate) rows: usize,
    pub(crate) verdict: Verdict,
}

impl Measured {
    /// The fastest run in seconds.
    pub(crate) fn best(&self) -> f64 {
        self.times.iter().min().map_or(f64::NAN, Duration::as_secs_f64)
    }
}

/// The table on the terminal.
pub(crate) fn table(measured: &[Measured]) -> String {
    let mut text = String::from("query   seconds     rows  answer\n");
    for one in measured {
        text += &format!("q{:02}   {:>9.4} {:>8}  {}\n", one.query, one.best(), one.rows, one.verdict);
    }
    let right = measured.iter().filter(|one| one.verdict == Verdict::Right).count();
    text += &format!(
        "sum   {:>9.4}           {right} of {} right\nmean  {:>9.4}           geometric\n",
        measured.iter().map(Measured::best).sum::<f64>(),
        measured.len(),
        geometric_mean(measured),
    );
    text
}

/// The same for programs.
pub(crate) fn document(measured: &[Measured], scale: f64, format: &str) -> Value {
    let queries: Vec<Value> = measured
        .iter()
        .map(|one| {
            json!({
                "query": one.query,
                "seconds": one.times.iter().map(Duration::as_secs_f64).collect::<Vec<_>>(),
                "rows": one.rows,
                "answer": one.verdict.to_string(),
            })
        })
        .collect();
    json!({ "scale": scale, "format": format, "geometric_mean": geometric_mean(measured), "queries": queries })
}

fn geometric_mean(measured: &[Measured]) -> f64 {
    let logarithms: f64 = measured.iter().map(|one| one.best().ln()).sum();
    (logarithms / measured.len().max(1) as f64).exp()
}
