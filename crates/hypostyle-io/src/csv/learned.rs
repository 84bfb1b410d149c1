//! What the planner asks of CSV files: samples, read once from places all over the text, and which columns are known to
//! have no value twice because a scan has seen that they ascend. Both hold as long as sizes and times of change of the
//! files do.
//!
//! Deliberately absent: reading anything to prove that a column is unique. A whole column of text costs as much as a
//! query.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Column, Native, with_primitive};
use hypostyle_kernels::bytes::starts_inside;
use hypostyle_plan::SAMPLE;

use super::input::Location;
use super::layout::{ColumnLayout, Layout, Origin};
use super::options::CsvReadOptions;
use super::prologue::read_prologue;
use super::scan::{CsvScan, Resolved};

/// Places of the files that a sample is taken from.
const SAMPLE_RUNS: u64 = 8;

/// What is known of files.
#[derive(Debug, Default)]
pub(super) struct Learned(Mutex<Known>);

/// Size and time of change of each file.
pub(super) type Stamp = Vec<Option<(u64, SystemTime)>>;

#[derive(Debug, Default)]
struct Known {
    stamp: Stamp,
    /// Rows of the files as a source of their own; `None` within if they cannot be had.
    sample: Option<Option<Arc<Resolved>>>,
    /// Columns of the sample.
    columns: HashMap<usize, Option<Column>>,
    /// Columns that have no value twice.
    unique: HashSet<usize>,
}

impl Known {
    /// Forgets what was known of other files than these.
    fn of(&mut self, stamp: Stamp) -> &mut Self {
        if self.stamp != stamp {
            *self = Self { stamp, ..Self::default() };
        }
        self
    }
}

impl Resolved {
    /// What tells whether the files are still the same; `None` if nothing does.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let stamp = |location: &Location| match location {
            Location::Path(path) => {
                let metadata = std::fs::metadata(path).ok()?;
                Some(Some((metadata.len(), metadata.modified().ok()?)))
            }
            Location::Url(_) => None,
            // They cannot change.
            Location::Bytes(_) => Some(None),
        };
        self.locations.iter().map(stamp).collect()
    }

    /// Some rows from all over the files.
    pub(super) fn sample(&self, places: &[usize], rows: usize) -> Option<Batch> {
        if rows != SAMPLE {
            return None;
        }
        let mut known = lock(&self.learned.0);
        let known = known.of(self.stamp()?);
        let mut columns = Vec::with_capacity(places.len());
        for place in places {
            if !known.columns.contains_key(place) {
                let source = known.sample.get_or_insert_with(|| self.take_sample()).clone();
                let column = source.and_then(|source| self.column_of(&source, *place));
                known.columns.insert(*place, column);
            }
            columns.push(known.columns.get(place)?.clone()?);
        }
        let len = columns.first()?.len();
        Batch::try_new(columns, len).ok()
    }

    fn column_of(&self, sample: &Arc<Self>, place: usize) -> Option<Column> {
        let Origin::Field(_) = self.layout.columns.get(place)?.origin else { return None };
        let batches = CsvScan::new(Arc::clone(sample), Some(&[place]), None).ok()?.collect(1).ok()?;
        hypostyle_kernels::concat::concat_batches(&batches).ok()?.into_columns().pop()
    }

    /// Pieces of the files, each of whole rows, as one text.
    fn take_sample(&self) -> Option<Arc<Self>> {
        let options = &self.options;
        // Lines that are no rows would be sampled for such.
        if options.n_rows.is_some() || options.comment_prefix.is_some() {
            return None;
        }
        let inputs = self.locations.iter().map(Location::open).collect::<Result<Vec<_>, _>>().ok()?;
        if inputs.iter().any(|input| input.is_stream()) {
            return None;
        }
        let starts = inputs.iter().map(|input| Some(read_prologue(input, options).ok()??.data_start));
        let starts = starts.collect::<Option<Vec<_>>>()?;
        let sizes = self.locations.iter().zip(&starts).map(|(l, start)| l.size().saturating_sub(*start));
        let sizes: Vec<u64> = sizes.collect();
        let total: u64 = sizes.iter().sum();
        let row = self.layout.row_bytes?;
        let whole = total <= row * SAMPLE as u64;
        let runs = if whole { inputs.len() as u64 } else { SAMPLE_RUNS };
        let window = if whole { total } else { row * (SAMPLE as u64 / runs + 2) };
        let (mut text, mut scratch) = (Vec::new(), Vec::new());
        for run in 0..runs {
            let (file, mut at) = match whole {
                true => (run as usize, 0),
                false => {
                    let mut at = total / runs * run;
                    let mut file = 0;
                    while at >= sizes[file] {
                        at -= sizes[file];
                        file += 1;
                    }
                    (file, at)
                }
            };
            at += starts[file];
            let piece = inputs[file].read(at, at + window, &mut scratch).ok()?;
            let rows = self.rows_of(piece.text, at == starts[file], piece.at_eof);
            text.extend_from_slice(rows);
            if !rows.is_empty() && text.last() != Some(&options.eol_char) {
                text.push(options.eol_char);
            }
        }
        let options = CsvReadOptions {
            has_header: false,
            skip_rows: 0,
            skip_lines: 0,
            skip_rows_after_header: 0,
            n_threads: None,
            block_size: CsvReadOptions::default().block_size,
            ..options.clone()
        };
        let columns = self.layout.columns.iter().map(|column| ColumnLayout {
            origin: column.origin,
            null_values: column.null_values.clone(),
            encoder: None,
        });
        let layout = Layout {
            schema: Arc::clone(&self.layout.schema),
            columns: columns.collect(),
            n_fields: self.layout.n_fields,
            header: None,
            row_bytes: None,
        };
        let locations = vec![Location::Bytes(text.into())];
        Some(Arc::new(Self { locations, layout, options, learned: Learned::default() }))
    }

    /// The whole rows of a piece of text. Where it starts is guessed, and may be wrong: a sample is an estimate.
    fn rows_of<'a>(&self, text: &'a [u8], at_start: bool, at_eof: bool) -> &'a [u8] {
        let dialect = self.options.dialect();
        let mut inside = !at_start && starts_inside(text, dialect);
        let (mut start, mut end) = (at_start.then_some(0), 0);
        for (i, byte) in text.iter().enumerate() {
            if Some(*byte) == dialect.quote {
                inside = !inside;
            } else if *byte == dialect.newline && !inside {
                start.get_or_insert(i + 1);
                end = i + 1;
            }
        }
        let start = start.unwrap_or(text.len());
        &text[start..if at_eof { text.len() } else { end.max(start) }]
    }

    /// Whether it is certain that no value of a column is there twice, and none is null.
    pub(super) fn is_unique(&self, place: usize) -> bool {
        self.stamp().is_some_and(|stamp| lock(&self.learned.0).of(stamp).unique.contains(&place))
    }
}

/// Looks whether the values of columns ascend while a scan passes over them, which proves that there is none twice.
#[derive(Debug)]
pub(super) struct Watch {
    /// What the files were when the scan began.
    stamp: Option<Stamp>,
    columns: Vec<Watched>,
}

#[derive(Debug)]
struct Watched {
    place: usize,
    /// Whether they do not.
    failed: AtomicBool,
    /// By block: the first and the last value; `None` if there is none.
    blocks: Mutex<BTreeMap<usize, Option<(f64, f64)>>>,
}

impl Watch {
    /// Watches the columns at these places.
    pub(super) fn new(resolved: &Resolved, places: impl IntoIterator<Item = usize>) -> Self {
        let fields = resolved.layout.schema.fields();
        let integers = places.into_iter().filter(|place| fields[*place].dtype.is_integer());
        let watched =
            |place| Watched { place, failed: AtomicBool::new(false), blocks: Mutex::new(BTreeMap::new()) };
        let stamp = resolved.stamp();
        // What cannot be told to be the same later need not be looked at.
        let columns = integers.filter(|_| stamp.is_some()).map(watched).collect();
        Self { stamp, columns }
    }

    /// All values of a column in a block.
    pub(super) fn see(&self, block: usize, place: usize, column: &Column) {
        let Some(own) = self.columns.iter().find(|own| own.place == place) else { return };
        if own.failed.load(Ordering::Relaxed) {
            return;
        }
        match ascent(column) {
            Some(ends) => {
                lock(&own.blocks).insert(block, ends);
            }
            None => own.failed.store(true, Ordering::Relaxed),
        }
    }

    /// The scan is over; `blocks` were all blocks there are.
    pub(super) fn finish(&self, resolved: &Resolved, blocks: usize) {
        let mut known = lock(&resolved.learned.0);
        let Some(stamp) = resolved.stamp().filter(|stamp| Some(stamp) == self.stamp.as_ref()) else { return };
        let known = known.of(stamp);
        for own in self.columns.iter().filter(|own| !own.failed.load(Ordering::Relaxed)) {
            let seen = lock(&own.blocks);
            let ends: Vec<(f64, f64)> = seen.values().flatten().copied().collect();
            // Ends that a float cannot tell apart are not told to ascend.
            if seen.len() == blocks && ends.windows(2).all(|pair| pair[0].1 < pair[1].0) {
                known.unique.insert(own.place);
            }
        }
    }
}

/// The ends of a column whose values ascend without an equal pair or a null; `Some(None)` if it is empty.
fn ascent(column: &Column) -> Option<Option<(f64, f64)>> {
    if column.is_empty() {
        return Some(None);
    }
    if column.null_count() > 0 {
        return None;
    }
    with_primitive!(column.array(), |a: T| {
        let values: &[T] = a.values();
        let ends = (values[0].to_f64(), values[values.len() - 1].to_f64());
        values.windows(2).all(|pair| pair[0] < pair[1]).then_some(Some(ends))
    }, else |_other| None)
}

#[cfg(test)]
mod tests {
    use hypostyle_plan::{DataSource, ScanRequest};
    use proptest::prelude::*;

    use super::super::CsvSource;
    use super::*;

    fn source(text: String, block_size: usize) -> CsvSource {
        CsvSource::from_bytes(text.into_bytes(), CsvReadOptions { block_size, ..CsvReadOptions::default() })
    }

    /// Reads all blocks, on so many threads.
    fn read(source: &CsvSource, threads: usize) {
        source.scan(None, None).unwrap().collect(threads).unwrap();
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn unique_is_what_a_scan_has_seen_to_ascend(
            mut values in prop::collection::vec(prop::option::weighted(0.98, -50i64..500), 0..80),
            sorts in any::<bool>(),
            threads in prop::sample::select(vec![1usize, 2, 8]),
            block_size in 1usize..64,
        ) {
            if sorts {
                values.sort_unstable();
                values.dedup();
            }
            let mut text = String::from("a,b\n");
            for value in &values {
                text += &format!("{},7\n", value.map(|v| v.to_string()).unwrap_or_default());
            }
            let source = source(text, block_size);
            prop_assert!(!source.is_unique(0));
            read(&source, threads);
            let ascends = values.windows(2).all(|pair| pair[0] < pair[1]);
            let known = values.iter().all(Option::is_some) && ascends && !values.is_empty();
            prop_assert!(!source.is_unique(0) || (known || values.is_empty()));
            // A column without a value is of text.
            prop_assert_eq!(source.is_unique(0), known);
            prop_assert_eq!(source.is_unique(1), values.len() == 1);
        }

        #[test]
        fn samples_are_rows_of_the_file(
            rows in prop::collection::vec((any::<i32>(), "[a\", \n]{0,12}"), 1..3_000),
            quotes in any::<bool>(),
        ) {
            let mut text = String::from("n,i,s\n");
            for (i, (n, s)) in rows.iter().enumerate() {
                let s = if quotes { format!("\"{}\"", s.replace('"', "\"\"")) } else { "x".to_owned() };
                text += &format!("{n},{i},{s}\n");
            }
            let source = source(text, 1 << 20);
            // What is guessed wrong inside of quotes may give no sample, and may give other rows.
            let Some(sample) = DataSource::sample(&source, Some(&[0, 1]), SAMPLE) else {
                prop_assert!(quotes);
                return Ok(());
            };
            prop_assert!(sample.len() <= 2 * SAMPLE);
            if !quotes {
                let (n, i) = (sample.column(0), sample.column(1));
                for row in 0..sample.len() {
                    let number = i.get(row).as_i128().unwrap() as usize;
                    prop_assert_eq!(n.get(row).as_i128(), Some(i128::from(rows[number].0)));
                }
                prop_assert!(sample.len() >= rows.len().min(SAMPLE / 2));
                let last = i.get(sample.len() - 1).as_i128().unwrap() as usize;
                prop_assert!(last >= rows.len() * 3 / 4);
            }
        }
    }

    #[test]
    fn nothing_is_learned_of_parts() {
        let text = || (0..100).fold(String::from("a,b\n"), |text, i| text + &format!("{i},{}\n", i % 7));
        let limited = source(text(), 32);
        limited.scan(None, Some(50)).unwrap().collect(1).unwrap();
        assert!(!limited.is_unique(0));
        let filtered = source(text(), 32);
        let schema = DataSource::schema(&filtered).unwrap();
        let predicate = hypostyle_expr::dsl::col("b").eq(3);
        assert_eq!(schema.len(), 2);
        let request = ScanRequest { predicate: Some(predicate), ..ScanRequest::default() };
        let scan = DataSource::scan(&filtered, &request).unwrap();
        while scan.next().unwrap().is_some() {}
        drop(scan);
        assert!(!filtered.is_unique(0));
        let stopped = source(text(), 32);
        let scan = stopped.scan(None, None).unwrap();
        scan.next().unwrap();
        drop(scan);
        assert!(!stopped.is_unique(0));
        let all = source(text(), 32);
        read(&all, 2);
        assert!(all.is_unique(0) && !all.is_unique(1));
        assert_eq!(DataSource::distinct_estimate(&all, 1), Some(7.0));
    }

    #[test]
    fn other_files_are_learned_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "a\n1\n2\n3\n").unwrap();
        let source = CsvSource::from_paths([&path], CsvReadOptions::default());
        read(&source, 1);
        assert!(source.is_unique(0));
        assert_eq!(DataSource::sample(&source, Some(&[0]), SAMPLE).unwrap().len(), 3);
        std::fs::write(&path, "a\n1\n1\n3\n4\n").unwrap();
        assert!(!source.is_unique(0));
        assert_eq!(DataSource::sample(&source, Some(&[0]), SAMPLE).unwrap().len(), 4);
        read(&source, 1);
        assert!(!source.is_unique(0));
        // A file that changes while it is read.
        std::fs::write(&path, "a\n1\n2\n").unwrap();
        let scan = source.scan(None, None).unwrap();
        while scan.next().unwrap().is_some() {}
        std::fs::write(&path, "a\n1\n2\n2\n").unwrap();
        drop(scan);
        assert!(!source.is_unique(0));
    }
}
