//! Ranges of zones: what they would cost a reader that has just decoded a zone, and what they cost the first scan of a
//! table that was read before.

use hypostyle_core::{Column, ZONE_ROWS, ZoneRange};
use hypostyle_kernels::zones::zone_range;

use crate::harness::{Group, Prepare, Run};

/// Zones of the table, whose columns no cache holds.
const ZONES: usize = 256;

pub(crate) fn groups() -> Vec<Group> {
    let integers =
        |zone: usize| Column::from_vec((0..ZONE_ROWS).map(|row| value(zone, row)).collect::<Vec<i64>>());
    let floats = |zone: usize| {
        Column::from_vec((0..ZONE_ROWS).map(|row| value(zone, row) as f64 / 4.0).collect::<Vec<f64>>())
    };
    vec![group("64-bit integers", integers), group("64-bit floats", floats)]
}

fn value(zone: usize, row: usize) -> i64 {
    ((zone * ZONE_ROWS + row) as i64).wrapping_mul(0x9e37_79b9) >> 5 & 0xff_ffff
}

fn group(name: &str, zone: impl Fn(usize) -> Column + Copy + 'static) -> Group {
    let form = |cold: bool| -> Prepare {
        Box::new(move || {
            let zones: Vec<Column> = (0..if cold { ZONES } else { 1 }).map(zone).collect();
            let run: Run = Box::new(move |_| {
                let ranges = (0..ZONES).map(|number| zone_range(&zones[number % zones.len()]));
                ranges.filter(|range| !matches!(range, ZoneRange::Unknown)).count() as u64
            });
            run
        })
    };
    Group {
        name: format!("zones: {name}"),
        bytes: (8 * ZONES * ZONE_ROWS) as u64,
        answer: ZONES as u64,
        forms: vec![("from memory", form(true)), ("in the cache", form(false))],
    }
}
