//! Every aggregate of the catalog: states that are exported and imported on the way come to the same.

use hypostyle_core::{Batch, DataType, Field, Schema};
use hypostyle_kernels::gather::gather;
use proptest::prelude::*;

use super::*;
use crate::aggregates::{Ids, State, names};
use crate::dsl::{aggregate, col, len, lit};
use crate::expr::Expr;
use crate::grouped::{Call, GroupedPlan};
use crate::testing::{booleans, dates, decimals, lists as list_column, shown, texts};

/// Columns of every layout: nulls, NaN and both zeros, long numbers, text, nested values.
fn inputs(picks: &[Option<u8>]) -> Vec<Column> {
    const FLOATS: [f64; 5] = [f64::NAN, 0.0, -0.0, 1.5, -1e300];
    const TEXTS: [&str; 5] = ["", "a", "a longer text than that", "ä", "b"];
    const DECIMALS: [&str; 5] = ["0.00", "1.25", "-3.10", "99999999999999999999.99", "0.01"];
    const DATES: [&str; 5] = ["1970-01-01", "2024-02-29", "1900-12-31", "2024-03-01", "2200-01-01"];
    let lists = list_column([
        Some(&[]),
        Some(&[Some(1)]),
        Some(&[Some(1), None]),
        Some(&[Some(2)]),
        Some(&[None]),
        None,
    ]);
    let rows: Vec<u32> = picks.iter().map(|i| u32::from(i.unwrap_or(5))).collect();
    let pick = |i: &Option<u8>| i.map(usize::from);
    let all = || picks.iter().map(pick);
    vec![
        Column::from_options(all().map(|i| i.map(|i| i as i64 * 1_000_003 - 5))),
        Column::from_options(all().map(|i| i.map(|i| i as u8))),
        Column::from_options(all().map(|i| i.map(|i| i128::MAX / 16 * i as i128))),
        Column::from_options(all().map(|i| i.map(|i| FLOATS[i]))),
        booleans(all().map(|i| i.map(|i| i % 2 == 0))),
        texts(all().map(|i| i.map(|i| TEXTS[i]))),
        decimals(30, 2, all().map(|i| i.map(|i| DECIMALS[i]))),
        dates(all().map(|i| i.map(|i| DATES[i]))),
        gather(&lists, &rows).unwrap(),
        Column::full_null(DataType::Null, picks.len()),
    ]
}

/// Calls of an aggregate with as many and as such arguments as it takes.
fn calls(name: &str) -> Vec<Expr> {
    let call = |rest: Vec<Expr>| aggregate(name, std::iter::once(col("a")).chain(rest));
    let mut calls = vec![
        call(vec![]),
        call(vec![col("b")]),
        call(vec![lit(2i64)]),
        call(vec![lit(0.25), lit("linear")]),
        call(vec![lit(false)]),
    ];
    if name == "len" {
        calls.push(len());
    }
    calls
}

/// The result of a state that is fed piece by piece; `moved` says what becomes of the state of each piece.
fn fed(
    call: &Call,
    batch: &Batch,
    ids: &[u32],
    groups: usize,
    cuts: &[usize],
    moved: &dyn Fn(Box<dyn State>) -> Box<dyn State>,
) -> String {
    let all: Vec<u32> = (0..groups as u32).collect();
    let mut result = call.state().unwrap();
    result.resize(groups);
    for cut in cuts.windows(2) {
        let (start, count) = (cut[0], cut[1] - cut[0]);
        let piece = batch.slice(start, count);
        let args: Vec<Column> = call.args().iter().map(|a| a.evaluate(&piece).unwrap().column).collect();
        let mut state = call.state().unwrap();
        state.resize(groups);
        state.update(&args, Ids::Each(&ids[start..start + count]), count).unwrap();
        result.merge(moved(state).as_ref(), &all, &all).unwrap();
    }
    match moved(result).finish() {
        Ok(column) => shown(&column),
        Err(error) => error.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn exported_states_come_to_the_same(
        rows in prop::collection::vec((prop::option::of(0u8..5), prop::option::of(0u8..5), 0u32..4), 0..50),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        const GROUPS: usize = 4;
        const ORDER: [u32; GROUPS] = [2, 0, 3, 1];
        let ids: Vec<u32> = rows.iter().map(|row| row.2).collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        let first = inputs(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
        let second = inputs(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
        for name in names() {
            let mut tried = 0;
            for (a, b) in first.iter().zip(&second) {
                let fields = [("a", a), ("b", b)].map(|(name, c)| Field::new(name, c.dtype().clone()));
                let schema = Schema::try_new(fields.to_vec()).unwrap();
                let batch = Batch::try_new(vec![a.clone(), b.clone()], rows.len()).unwrap();
                for expr in calls(name) {
                    let Ok(plan) = GroupedPlan::new(std::slice::from_ref(&expr), &schema) else { continue };
                    for call in &plan.calls {
                        let is_evaluated = call.args().iter().all(|arg| arg.evaluate(&batch).is_ok());
                        if call.state().is_err() || !is_evaluated {
                            continue;
                        }
                        tried += 1;
                        let plain = fed(call, &batch, &ids, GROUPS, &cuts, &|state| state);
                        let exported = fed(call, &batch, &ids, GROUPS, &cuts, &|state| {
                            let _ = state.size();
                            let columns = state.export().unwrap();
                            assert!(columns.iter().all(|column| column.len() == GROUPS), "{expr}");
                            // Groups go to other places and come back, as when partitions are spilled.
                            let move_rows = |columns: &[Column], order: &[u32]| -> Vec<Column> {
                                columns.iter().map(|column| gather(column, order).unwrap()).collect()
                            };
                            let back: Vec<u32> =
                                (0..4).map(|i| ORDER.iter().position(|o| *o == i).unwrap() as u32).collect();
                            let columns = move_rows(&move_rows(&columns, &ORDER), &back);
                            let mut imported = call.state().unwrap();
                            imported.import(&columns, GROUPS).unwrap();
                            imported
                        });
                        prop_assert_eq!(&plain, &exported, "{} of {}", expr, a.dtype());
                    }
                }
            }
            prop_assert!(tried > 0, "{} was not tried", name);
        }
    }
}

#[test]
fn states_tell_their_size() {
    let schema = Schema::try_new(vec![Field::new("a", DataType::Float64)]).unwrap();
    for expr in [col("a").sum(), col("a").mean(), col("a").max(), col("a").n_unique(), col("a").implode()] {
        let plan = GroupedPlan::new(std::slice::from_ref(&expr), &schema).unwrap();
        let mut state = plan.calls[0].state().unwrap();
        state.resize(1_000);
        let column = Column::from_vec((0..1_000).map(f64::from).collect::<Vec<_>>());
        let ids: Vec<u32> = (0..1_000).collect();
        state.update(&[column], Ids::Each(&ids), 1_000).unwrap();
        assert!((8_000..100_000).contains(&state.size()), "{expr}: {}", state.size());
    }
}
