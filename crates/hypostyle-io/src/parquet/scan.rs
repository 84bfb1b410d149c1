//! Reading a scan: row groups are cut into morsels, and each is decoded by whoever claims it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Bitmap, Column, DictArray, Dictionary, Error, PrimitiveArray, Result};
use hypostyle_kernels::filter::mask_to_indices;
use hypostyle_kernels::gather::gather;
use hypostyle_plan::adaptive::Spent;
use hypostyle_plan::{MORSEL_ROWS, Scan, ScanRequest};

use super::chunk::{Chunk, CodeTest, Codes, Lacking, Scratch};
use super::file::within;
use super::mapping::{Origin, Place, converted};
use super::nested::Nested;
use super::pruning::RowPruning;
use super::row_ids::first_id;
use super::source::{OpenFile, Resolved};
use crate::hive::constant;
use crate::row_filter::{RowFilter, Stage};

/// One pass over the files of a [`super::ParquetSource`].
#[derive(Debug)]
pub(super) struct ParquetScan {
    resolved: Arc<Resolved>,
    projection: Vec<usize>,
    filter: RowFilter,
    pruning: Option<RowPruning>,
    /// Read no more rows than this, before the filter.
    limit: u64,
    cursor: Mutex<Cursor>,
    any_order: AtomicBool,
}

/// What to claim next.
///
/// Where order does not matter, each worker reads a row group of its own as long as there are any: two that read the
/// same one want the same pages at the same time, and one waits while the other decompresses. Then they share what the
/// slowest has left.
#[derive(Debug, Default)]
struct Cursor {
    file: usize,
    open: Option<Arc<OpenFile>>,
    next_group: usize,
    /// Rows of the files before the next row group, and those of the file.
    rows: u64,
    rows_of_file: u64,
    /// The number of its first morsel.
    morsel: usize,
    /// What hands are idle.
    idle: Vec<Hand>,
    /// What each hand reads next, by its number.
    runs: Vec<Option<Run>>,
}

/// What reads one morsel at a time.
#[derive(Debug)]
struct Hand {
    number: usize,
    scratch: Scratch,
}

/// Morsels of a row group that nobody has claimed.
#[derive(Debug)]
struct Run {
    group: Arc<Group>,
    /// The rows from where on, up to where.
    start: usize,
    end: usize,
    /// The number of the first morsel.
    morsel: usize,
}

impl Run {
    /// Morsels that are left.
    fn len(&self) -> usize {
        (self.end - self.start).div_ceil(self.group.step)
    }

    /// Gives away its last so many morsels; at least one is there.
    fn split(&mut self, morsels: usize) -> Self {
        let kept = self.len() - morsels;
        let start = self.start + kept * self.group.step;
        let rest = Self { group: Arc::clone(&self.group), start, end: self.end, morsel: self.morsel + kept };
        self.end = start;
        rest
    }
}

impl Cursor {
    fn hand(&mut self) -> Hand {
        self.idle.pop().unwrap_or_else(|| {
            self.runs.push(None);
            Hand { number: self.runs.len() - 1, scratch: Scratch::default() }
        })
    }

    /// The next morsel of a hand's run: its number, group, first row and number of rows.
    fn next_of(&mut self, hand: usize) -> Option<(usize, Arc<Group>, usize, usize)> {
        let place = self.runs.get_mut(hand)?;
        let run = place.as_mut()?;
        let (number, group, start) = (run.morsel, Arc::clone(&run.group), run.start);
        let end = start.saturating_add(group.step).min(run.end);
        (run.start, run.morsel) = (end, number + 1);
        if end == run.end {
            // The group's pages and dictionaries go with the last morsel.
            *place = None;
        }
        Some((number, group, start, end - start))
    }

    /// Half of the longest run that is left.
    fn share(&mut self) -> Option<Run> {
        let longest = self.runs.iter_mut().max_by_key(|run| run.as_ref().map_or(0, Run::len))?;
        let run = longest.as_mut()?;
        match run.len() {
            0 | 1 => longest.take(),
            len => Some(run.split(len / 2)),
        }
    }
}

/// A row group of a file.
#[derive(Debug)]
pub(super) struct Group {
    open: Arc<OpenFile>,
    number: usize,
    /// The place of its first row among all rows, and in the file.
    first_row: u64,
    first_of_file: (usize, u64),
    /// Rows of its morsels; the last one may have fewer.
    pub(super) step: usize,
    /// By the file's columns.
    columns: Vec<OnceLock<GroupColumn>>,
}

#[derive(Debug)]
enum GroupColumn {
    Flat(Box<Chunk>),
    Nested(Nested),
}

/// One morsel.
pub(super) struct Claim {
    pub(super) number: usize,
    pub(super) group: Arc<Group>,
    pub(super) start: usize,
    pub(super) len: usize,
    /// The rows that may be wanted, if not all.
    pub(super) rows: Option<Vec<u32>>,
}

/// What is decoded of a morsel: the columns of the scan that are, for the rows that are kept so far.
struct Decoded<'a> {
    columns: Vec<Option<Column>>,
    /// Places of columns of which the codes are known.
    codes: Vec<(usize, Codes<'a>)>,
}

impl Decoded<'_> {
    fn has(&self, place: usize) -> bool {
        self.columns[place].is_some() || self.codes.iter().any(|(known, _)| *known == place)
    }

    /// Forgets the other columns.
    fn retain(&mut self, wanted: impl Fn(usize) -> bool) {
        for (place, column) in self.columns.iter_mut().enumerate() {
            if column.is_some() && !wanted(place) {
                *column = None;
            }
        }
        self.codes.retain(|(place, _)| wanted(*place));
    }

    /// Keeps the rows at these places alone.
    fn choose(&mut self, rows: &[u32]) -> Result<()> {
        for column in self.columns.iter_mut().flatten() {
            *column = gather(column, rows)?;
        }
        self.codes.iter_mut().try_for_each(|(_, codes)| codes.chosen(rows))
    }
}

impl ParquetScan {
    pub(super) fn new(resolved: Arc<Resolved>, request: &ScanRequest) -> Result<Self> {
        let all = resolved.schema.len();
        let projection = request.projection.clone().unwrap_or_else(|| (0..all).collect());
        let tests = request.tests.iter().map(|test| test.column);
        let tests = tests.chain(request.row_tests.iter().flat_map(|test| test.columns.iter().copied()));
        let output = request.output.iter().flatten().copied();
        let mut places = projection.iter().copied().chain(tests).chain(output);
        if let Some(place) = places.find(|place| *place >= all) {
            return Err(Error::out_of_bounds(format!("column {place} of {all} Parquet columns")));
        }
        let mut filter = RowFilter::default();
        if let Some(predicate) = &request.predicate {
            filter.add_predicate(predicate, &resolved.schema)?;
        }
        request.tests.iter().cloned().for_each(|test| filter.add_test(test));
        request.row_tests.iter().cloned().for_each(|test| filter.add_row_test(test));
        let projection = match &request.output {
            Some(output) if !filter.is_empty() => output.clone(),
            _ => projection,
        };
        let pruning = if resolved.options.use_statistics && request.limit.is_none() {
            RowPruning::of_request(request, &resolved)?
        } else {
            None
        };
        let limit = request.limit.unwrap_or(usize::MAX).min(resolved.options.n_rows.unwrap_or(usize::MAX));
        Ok(Self {
            resolved,
            projection,
            filter,
            pruning,
            limit: limit as u64,
            cursor: Mutex::default(),
            any_order: AtomicBool::new(false),
        })
    }

    /// The next morsel for a hand to read.
    fn claim(&self, cursor: &mut Cursor, hand: usize) -> Result<Option<Claim>> {
        // In order, whoever comes takes the next morsel of the one run.
        let in_order = self.limit < u64::MAX || !self.any_order.load(Ordering::Relaxed);
        let hand = if in_order { 0 } else { hand };
        loop {
            if let Some((number, group, start, len)) = cursor.next_of(hand) {
                let rows = match &self.pruning {
                    Some(pruning) => pruning.rows_by_pages(&group.open, group.number, start, len),
                    None => None,
                };
                return Ok(Some(Claim { number, group, start, len, rows }));
            }
            cursor.runs[hand] = match self.next_group(cursor)? {
                Some(run) => Some(run),
                None => cursor.share(),
            };
            if cursor.runs[hand].is_none() {
                return Ok(None);
            }
        }
    }

    /// The next row group that may hold rows.
    fn next_group(&self, cursor: &mut Cursor) -> Result<Option<Run>> {
        loop {
            let left = usize::try_from(self.limit.saturating_sub(cursor.rows)).unwrap_or(usize::MAX);
            if left == 0 {
                return Ok(None);
            }
            let open = match &cursor.open {
                Some(open) => Arc::clone(open),
                None => {
                    if self.pruning.as_ref().is_some_and(|p| !p.may_hold_file(&self.resolved, cursor.file)) {
                        cursor.file += 1;
                        continue;
                    }
                    let Some(open) = self.resolved.open(cursor.file)? else { return Ok(None) };
                    cursor.open = Some(Arc::clone(&open));
                    open
                }
            };
            let number = cursor.next_group;
            let Some(group) = open.file.metadata.row_groups().get(number) else {
                cursor.file += 1;
                cursor.open = None;
                (cursor.next_group, cursor.rows_of_file) = (0, 0);
                continue;
            };
            cursor.next_group += 1;
            let rows = usize::try_from(group.num_rows()).unwrap_or_default();
            let (first_row, of_file) = (cursor.rows, (cursor.file, cursor.rows_of_file));
            cursor.rows = cursor.rows.saturating_add(rows as u64);
            cursor.rows_of_file = cursor.rows_of_file.saturating_add(rows as u64);
            let end = rows.min(left);
            if end == 0 || self.pruning.as_ref().is_some_and(|p| !p.may_hold_group(&open, number)) {
                continue;
            }
            let group = Arc::new(Group::new(open, number, first_row, of_file, rows));
            let run = Run { group, start: 0, end, morsel: cursor.morsel };
            cursor.morsel += run.len();
            return Ok(Some(run));
        }
    }

    /// A batch without rows.
    pub(super) fn no_rows(&self) -> Result<Batch> {
        let empty = |place: &usize| Column::empty(self.resolved.schema.fields()[*place].dtype.clone());
        Batch::try_new(self.projection.iter().map(empty).collect(), 0)
    }

    pub(super) fn read(&self, claim: &Claim, scratch: &mut Scratch) -> Result<Batch> {
        if claim.rows.as_ref().is_some_and(Vec::is_empty) {
            return self.no_rows();
        }
        let mut kept = claim.rows.clone();
        let mut decoded = Decoded { columns: vec![None; self.resolved.schema.len()], codes: Vec::new() };
        let order = self.order();
        for (at, number) in order.iter().copied().enumerate() {
            let stage = self.filter.stage(number);
            let len = kept.as_ref().map_or(claim.len, Vec::len);
            let start = Instant::now();
            let tested = match stage.columns[..] {
                [place] if stage.is_simple() && !decoded.has(place) => {
                    self.test_codes(claim, place, kept.as_deref(), &CodeTest { number, stage }, scratch)?
                }
                _ => None,
            };
            let (mask, passed) = match tested {
                Some((mask, codes)) => {
                    decoded.codes.push((stage.columns[0], codes));
                    let passed = mask.count_set();
                    (Some(mask), passed)
                }
                None => {
                    let mut inputs = Vec::with_capacity(stage.columns.len());
                    for place in &stage.columns {
                        inputs.push(self.decode(claim, *place, kept.as_deref(), &mut decoded, scratch)?);
                    }
                    match stage.pass_rate(&inputs)? {
                        rate if Stage::pays(rate) => {
                            let mask = stage.keeps(inputs, len)?;
                            let passed = mask.count_set();
                            (Some(mask), passed)
                        }
                        rate => (None, (rate.unwrap_or(1.0) * len as f64) as usize),
                    }
                }
            };
            let spent = Spent { nanos: start.elapsed().as_nanos() as u64, sunk: 0 };
            self.filter.measure(number, len, passed, spent);
            let Some(mask) = mask.filter(|_| passed < len) else { continue };
            let rows = mask_to_indices(&mask);
            decoded.retain(|place| self.filter.is_read_by(&order[at + 1..], place, &self.projection));
            decoded.choose(&rows)?;
            let none = rows.is_empty();
            kept = Some(match &kept {
                Some(kept) => rows.iter().map(|row| kept[*row as usize]).collect(),
                None => rows,
            });
            if none {
                break;
            }
        }
        let len = kept.as_ref().map_or(claim.len, Vec::len);
        let mut columns = Vec::with_capacity(self.projection.len());
        for place in &self.projection {
            columns.push(match len {
                0 => Column::empty(self.resolved.schema.fields()[*place].dtype.clone()),
                _ => self.decode(claim, *place, kept.as_deref(), &mut decoded, scratch)?,
            });
        }
        Batch::try_new(columns, len)
    }

    /// A column of the rows that are kept, decoded if it is not yet.
    fn decode<'a>(
        &'a self,
        claim: &'a Claim,
        place: usize,
        kept: Option<&[u32]>,
        decoded: &mut Decoded<'a>,
        scratch: &mut Scratch,
    ) -> Result<Column> {
        if let Some(column) = &decoded.columns[place] {
            return Ok(column.clone());
        }
        let column = match decoded.codes.iter().find(|(known, _)| *known == place) {
            Some((_, codes)) => codes.values()?,
            None => {
                self.read_ahead(claim, place, decoded, scratch);
                self.column(claim, place, kept, scratch)?
            }
        };
        decoded.columns[place] = Some(column.clone());
        Ok(column)
    }

    /// While another worker reads the dictionary that a column needs, reads others, rather than to wait: those of
    /// columns that will be decoded after it, if rows are left then. Two workers that begin with a row group at the
    /// same moment would otherwise wait for each other at every column.
    fn read_ahead(&self, claim: &Claim, place: usize, decoded: &Decoded<'_>, scratch: &mut Scratch) {
        let open = &claim.group.open;
        let lacking = |place: usize, scratch: &mut Scratch| {
            let column = open.mapping.flat_column(place, &open.file)?;
            let GroupColumn::Flat(chunk) = claim.group.column(column, scratch).ok()? else { return None };
            Some((chunk.lacking(claim.start, claim.len)?, &**chunk))
        };
        let columns = self.filter.columns().chain(self.projection.iter().copied());
        for other in columns.filter(|other| *other != place && !decoded.has(*other)) {
            if !matches!(lacking(place, scratch), Some((Lacking::BeingRead, _))) {
                return;
            }
            if let Some((Lacking::Unread, chunk)) = lacking(other, scratch) {
                chunk.read_ahead(&open.file, scratch);
            }
        }
    }

    /// A test of a column asked of the entries of its dictionary, if it can be.
    fn test_codes<'a>(
        &self,
        claim: &'a Claim,
        place: usize,
        kept: Option<&[u32]>,
        test: &CodeTest<'_>,
        scratch: &mut Scratch,
    ) -> Result<Option<(Bitmap, Codes<'a>)>> {
        let group = &*claim.group;
        let file = &group.open.file;
        let Some(column) = group.open.mapping.flat_column(place, file) else { return Ok(None) };
        let read = group.column(column, scratch).and_then(|open| match open {
            GroupColumn::Flat(chunk) => chunk.test(file, claim.start, claim.len, kept, test, scratch),
            GroupColumn::Nested(_) => Ok(None),
        });
        read.map_err(|e| within(e, &format!("{}: column {:?}", file.name, file.schema.fields()[column].name)))
    }

    /// A column of the scan's schema: the rows of a morsel, or those that are kept.
    fn column(
        &self,
        claim: &Claim,
        place: usize,
        kept: Option<&[u32]>,
        scratch: &mut Scratch,
    ) -> Result<Column> {
        let group = &*claim.group;
        let len = kept.map_or(claim.len, <[u32]>::len);
        match group.open.mapping.place(place) {
            Some(Place::Column { column, cast }) => {
                let field = &self.resolved.schema.fields()[place];
                let mut read = || -> Result<Column> {
                    let read = group.read(*column, claim.start, claim.len, kept, scratch)?;
                    if read.len() != len {
                        return Err(Error::internal(format!("{} rows where {len} were wanted", read.len())));
                    }
                    converted(read, cast.as_ref())
                };
                read().map_err(|e| within(e, &format!("{}: column {:?}", group.open.file.name, field.name)))
            }
            Some(Place::Missing(dtype)) => Ok(Column::full_null(dtype.clone(), len)),
            Some(Place::Constant(value)) => Ok(constant(value, len)),
            Some(Place::RowIndex) => self.row_index(claim, kept),
            Some(Place::RowId) => {
                let (file, row) = group.first_of_file;
                let first = first_id(file, row + claim.start as u64, claim.len)?;
                Ok(Column::from_vec(match kept {
                    Some(kept) => kept.iter().map(|row| first + u64::from(*row)).collect(),
                    None => (first..first + len as u64).collect(),
                }))
            }
            Some(Place::FilePath) => constant_text(&group.open.file.name, len),
            None => Err(Error::internal("a column without a place")),
        }
    }

    /// The same with stages that are asked in the order of these times. For tests.
    #[cfg(test)]
    pub(super) fn told(mut self, nanos: &[u64]) -> Self {
        self.filter.tell(nanos);
        self
    }

    /// The order in which to ask stages.
    pub(super) fn order(&self) -> Vec<usize> {
        self.filter.ordered(&self.filter.written(), |number| {
            // Rows that are too many to be numbered are an error, if any is left by then.
            !self.filter.stage(number).columns.iter().any(|place| self.is_row_index(*place))
        })
    }

    fn is_row_index(&self, place: usize) -> bool {
        matches!(self.resolved.origins[place], Origin::RowIndex)
    }

    fn row_index(&self, claim: &Claim, kept: Option<&[u32]>) -> Result<Column> {
        let offset = u64::from(self.resolved.options.row_index_offset);
        let first = offset + claim.group.first_row + claim.start as u64;
        let last = first + claim.len as u64;
        if last > u64::from(u32::MAX) {
            return Err(Error::overflow(format!(
                "row number {last} does not fit the row index, which is u32"
            )));
        }
        let first = first as u32;
        Ok(Column::from_vec(match kept {
            Some(kept) => kept.iter().map(|row| first + row).collect(),
            None => (first..last as u32).collect(),
        }))
    }
}

impl Group {
    /// A row group whose first row has that place among all, and that one in its file.
    pub(super) fn new(
        open: Arc<OpenFile>,
        number: usize,
        first_row: u64,
        first_of_file: (usize, u64),
        rows: usize,
    ) -> Self {
        let step = rows.div_ceil(rows.div_ceil(MORSEL_ROWS).max(1)).max(1);
        let columns = (0..open.file.columns.len()).map(|_| OnceLock::new()).collect();
        Self { open, number, first_row, first_of_file, step, columns }
    }

    /// A column of the file: the rows `start .. start + len`, or those of them that are kept.
    pub(super) fn read(
        &self,
        column: usize,
        start: usize,
        len: usize,
        kept: Option<&[u32]>,
        scratch: &mut Scratch,
    ) -> Result<Column> {
        let file = &self.open.file;
        match self.column(column, scratch)? {
            GroupColumn::Flat(chunk) => chunk.read(file, start, len, kept, scratch),
            GroupColumn::Nested(nested) => {
                let read = nested.read(file, start, len)?;
                match kept {
                    Some(rows) => gather(&read, rows),
                    None => Ok(read),
                }
            }
        }
    }

    fn column(&self, column: usize, scratch: &mut Scratch) -> Result<&GroupColumn> {
        let place =
            self.columns.get(column).ok_or_else(|| Error::internal("a column that the file lacks"))?;
        if let Some(open) = place.get() {
            return Ok(open);
        }
        let file = &self.open.file;
        let open = if file.columns[column].flat.is_some() {
            GroupColumn::Flat(Box::new(Chunk::open(file, self.number, column, self.step, scratch)?))
        } else {
            GroupColumn::Nested(Nested::open(file, self.number, column, self.step)?)
        };
        Ok(place.get_or_init(|| open))
    }
}

impl Scan for ParquetScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        let mut cursor = lock(&self.cursor);
        let mut hand = cursor.hand();
        let claim = self.claim(&mut cursor, hand.number);
        drop(cursor);
        let read = match claim {
            Ok(Some(claim)) => self.read(&claim, &mut hand.scratch).map(|batch| Some((claim.number, batch))),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        lock(&self.cursor).idle.push(hand);
        read
    }

    fn any_order(&self) {
        self.any_order.store(true, Ordering::Relaxed);
    }

    fn is_filtered(&self) -> bool {
        !self.filter.is_empty()
    }

    fn rows(&self) -> Option<usize> {
        let [_] = &self.resolved.locations[..] else { return None };
        let open = self.resolved.open(0).ok()??;
        usize::try_from(open.file.rows().min(self.limit)).ok()
    }
}

fn constant_text(text: &str, rows: usize) -> Result<Column> {
    let dictionary = Dictionary::try_new([Some(text)].into_iter().collect())?.assert_unique(true);
    let codes = PrimitiveArray::from_vec(vec![0; rows]);
    Ok(Column::from_dict(DictArray::try_new(codes, Arc::new(dictionary))?))
}

#[cfg(test)]
mod tests {
    use super::super::tests::written_columns;
    use super::super::{ParquetReadOptions, ParquetSource};
    use super::*;

    #[test]
    fn dictionaries_are_read_while_another_is_waited_for() {
        // Dictionaries of 80,056 bytes.
        let numbers = |step: i64| Column::from_vec((0..20_000i64).map(|i| i * step % 10_007).collect());
        let bytes = written_columns(&[numbers(1), numbers(3), numbers(5)]);
        let source = ParquetSource::from_bytes(bytes, ParquetReadOptions::default());
        let scan = ParquetScan::new(source.resolve().unwrap(), &ScanRequest::default()).unwrap();
        let mut cursor = lock(&scan.cursor);
        let mut hand = cursor.hand();
        let claim = scan.claim(&mut cursor, hand.number).unwrap().unwrap();
        let decoded = Decoded { columns: vec![None; 3], codes: Vec::new() };
        let chunk = |column: usize| match claim.group.column(column, &mut Scratch::default()).unwrap() {
            GroupColumn::Flat(chunk) => chunk,
            GroupColumn::Nested(_) => panic!("it is not nested"),
        };
        let unread = || [0, 1, 2].map(|column| chunk(column).lacking(claim.start, claim.len).is_some());
        scan.read_ahead(&claim, 1, &decoded, &mut hand.scratch);
        assert_eq!(unread(), [true; 3], "nobody is at it");
        let held = chunk(1).hold();
        scan.read_ahead(&claim, 1, &decoded, &mut hand.scratch);
        assert_eq!(unread(), [false, true, false]);
        drop(held);
        let batch = scan.read(&claim, &mut hand.scratch).unwrap();
        assert_eq!(batch.column(1).value(7), numbers(3).value(7));
        assert_eq!(unread(), [false; 3]);
    }
}
