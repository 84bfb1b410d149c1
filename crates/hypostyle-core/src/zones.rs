//! Zone statistics: what is known of the rows of a frame, a few tens of thousands at a time.
//!
//! Nothing is computed here and nothing in advance. Whoever reads a zone of a column for the first time leaves what it
//! found; buffers are immutable, so it stays true. Nulls are not counted: each slice of a bitmap counts its own.

use std::sync::OnceLock;

use crate::batch::Batch;

/// Rows of a zone. The last zone of a batch has fewer.
pub const ZONE_ROWS: usize = 1 << 16;

/// Frames of fewer rows have no statistics: reading them all is soon done.
const FEWEST_ROWS: usize = 2 * ZONE_ROWS;

/// Where a zone lies in its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZonePlace {
    /// The number of the batch.
    pub batch: usize,
    /// The first row in that batch.
    pub offset: usize,
    /// The number of rows; never 0.
    pub len: usize,
}

/// The zones of a frame's batches, in order. Their positions here are their numbers.
pub fn zone_places(batches: &[Batch]) -> Vec<ZonePlace> {
    let zones = |(batch, rows): (usize, &Batch)| {
        let rows = rows.len();
        let len = move |offset| ZONE_ROWS.min(rows - offset);
        (0..rows).step_by(ZONE_ROWS).map(move |offset| ZonePlace { batch, offset, len: len(offset) })
    };
    batches.iter().enumerate().flat_map(zones).collect()
}

/// Between which ends all values of a zone lie that are not null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ZoneRange {
    /// There are none.
    Nothing,
    /// Stored integers, so also decimals, dates and times.
    Integers { low: i128, high: i128 },
    /// Floats, none of them NaN.
    Floats { low: f64, high: f64 },
    /// They have no ends: there is a NaN, or the type has no order that statistics know.
    Unknown,
}

/// Ranges of one column, zone by zone.
type ColumnRanges = OnceLock<Box<[OnceLock<ZoneRange>]>>;

/// The statistics of a frame, shared by its copies.
#[derive(Debug)]
pub struct Zones {
    columns: Box<[ColumnRanges]>,
    count: usize,
}

impl Zones {
    /// A place for the statistics of these batches; `None` if there are too few rows.
    pub(crate) fn for_batches(batches: &[Batch], columns: usize) -> Option<Self> {
        let rows: usize = batches.iter().map(Batch::len).sum();
        let count = batches.iter().map(|batch| batch.len().div_ceil(ZONE_ROWS)).sum();
        let columns = || (0..columns).map(|_| OnceLock::new()).collect();
        (rows >= FEWEST_ROWS).then(|| Self { columns: columns(), count })
    }

    /// The range of a column in a zone, if somebody has computed it.
    pub fn known(&self, column: usize, zone: usize) -> Option<ZoneRange> {
        self.columns.get(column)?.get()?.get(zone)?.get().copied()
    }

    /// The range of a column in a zone, computed now if nobody has.
    ///
    /// # Panics
    /// If there is no such column or zone.
    pub fn range(&self, column: usize, zone: usize, compute: impl FnOnce() -> ZoneRange) -> ZoneRange {
        let zones = self.columns[column].get_or_init(|| (0..self.count).map(|_| OnceLock::new()).collect());
        *zones[zone].get_or_init(compute)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Batch, Column, DataFrame, DataType, Field, Schema};

    use super::*;

    fn frame(chunks: &[usize]) -> DataFrame {
        let schema = Schema::try_new(vec![Field::new("a", DataType::Int8)]).unwrap();
        let batch = |len: &usize| Batch::try_new(vec![Column::from_vec(vec![1i8; *len])], *len).unwrap();
        DataFrame::from_batches(schema.into(), chunks.iter().map(batch).collect()).unwrap()
    }

    #[test]
    fn zones_cover_every_row_once() {
        let frame = frame(&[ZONE_ROWS, 3, 0, 2 * ZONE_ROWS + 1]);
        let places: Vec<_> =
            zone_places(frame.batches()).iter().map(|p| (p.batch, p.offset, p.len)).collect();
        let expected = [
            (0, 0, ZONE_ROWS),
            (1, 0, 3),
            (2, 0, ZONE_ROWS),
            (2, ZONE_ROWS, ZONE_ROWS),
            (2, 2 * ZONE_ROWS, 1),
        ];
        assert_eq!(places, expected);
        assert_eq!(zone_places(&[]), []);
    }

    #[test]
    fn copies_share_what_one_of_them_learns() {
        let frame = frame(&[FEWEST_ROWS]);
        let copy = frame.clone();
        let range = ZoneRange::Integers { low: 1, high: 1 };
        assert_eq!(frame.zones().unwrap().known(0, 1), None);
        assert_eq!(frame.zones().unwrap().range(0, 1, || range), range);
        assert_eq!(copy.zones().unwrap().range(0, 1, || unreachable!()), range);
        assert_eq!(copy.zones().unwrap().known(0, 1), Some(range));
        assert_eq!(copy.zones().unwrap().known(0, 0), None);
    }

    #[test]
    fn other_rows_or_columns_start_anew() {
        let frame = frame(&[FEWEST_ROWS + 5]);
        frame.zones().unwrap().range(0, 0, || ZoneRange::Nothing);
        assert_eq!(frame.slice(5, FEWEST_ROWS).zones().unwrap().known(0, 0), None);
        assert_eq!(frame.project(&[0]).zones().unwrap().known(0, 0), None);
        assert!(frame.slice(0, FEWEST_ROWS - 1).zones().is_none());
        assert!(DataFrame::default().zones().is_none());
    }
}
