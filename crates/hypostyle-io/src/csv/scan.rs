//! Reading a scan: blocks are claimed, tokenised and decoded by as many threads as care to call.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Buffer, DataFrame, Error, Result, Schema};
use hypostyle_expr::Expr;
use hypostyle_kernels::bytes::{RowPattern, Span};
use hypostyle_plan::{ColumnTest, RowTest};

use super::chain::{Chain, FailOnPanic, Link};
use super::gate::Gate;
use super::input::{Input, Location, Piece};
use super::layout::{Layout, Origin, check_header};
use super::learned::{Learned, Watch};
use super::options::CsvReadOptions;
use super::prologue::read_prologue;
use super::tokens::{Outcome, Shape, Tokens};
use crate::paths::expand;
use crate::row_filter::RowFilter;

/// What is read after the end of a block at first, to find the end of its last row.
const TAIL: u64 = 16 << 10;
/// The longest text that is tokenised at once.
const LONGEST_TEXT: u64 = (u32::MAX / 2) as u64;

/// CSV files, or bytes like theirs, and how to read them.
///
/// Nothing is opened before the schema or a scan is asked for.
///
/// ```
/// use hypostyle_io::csv::{CsvReadOptions, CsvSource};
///
/// let source = CsvSource::from_bytes(b"a,b\n1,x\n2,y\n".to_vec(), CsvReadOptions::default());
/// let frame = source.read()?;
/// assert_eq!(frame.shape(), (2, 2));
/// # Ok::<_, hypostyle_core::Error>(())
/// ```
#[derive(Debug)]
pub struct CsvSource {
    from: From,
    options: CsvReadOptions,
    resolved: OnceLock<Arc<Resolved>>,
}

#[derive(Debug)]
enum From {
    Paths(Vec<PathBuf>),
    Bytes(Vec<Buffer<u8>>),
}

/// Where the text is, and the columns.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) locations: Vec<Location>,
    pub(super) layout: Layout,
    pub(super) options: CsvReadOptions,
    pub(super) learned: Learned,
}

impl CsvSource {
    /// Files, by path or pattern.
    pub fn from_paths<P: Into<PathBuf>>(paths: impl IntoIterator<Item = P>, options: CsvReadOptions) -> Self {
        let paths = paths.into_iter().map(Into::into).collect();
        Self { from: From::Paths(paths), options, resolved: OnceLock::new() }
    }

    /// Bytes of one file, perhaps compressed. They are shared, not copied.
    pub fn from_bytes(bytes: impl Into<Buffer<u8>>, options: CsvReadOptions) -> Self {
        Self::from_buffers(vec![bytes.into()], options)
    }

    /// Bytes of several files.
    pub fn from_buffers(buffers: Vec<Buffer<u8>>, options: CsvReadOptions) -> Self {
        Self { from: From::Bytes(buffers), options, resolved: OnceLock::new() }
    }

    /// The paths and patterns as they were given; none for bytes.
    pub fn paths(&self) -> &[PathBuf] {
        match &self.from {
            From::Paths(paths) => paths,
            From::Bytes(_) => &[],
        }
    }

    /// The bytes as they were given; none for paths.
    pub fn buffers(&self) -> &[Buffer<u8>] {
        match &self.from {
            From::Paths(_) => &[],
            From::Bytes(buffers) => buffers,
        }
    }

    /// How the files are read.
    pub fn options(&self) -> &CsvReadOptions {
        &self.options
    }

    pub(super) fn resolve(&self) -> Result<&Arc<Resolved>> {
        if let Some(resolved) = self.resolved.get() {
            return Ok(resolved);
        }
        let options = self.options.clone();
        options.validate()?;
        let locations: Vec<_> = match &self.from {
            From::Paths(paths) => {
                let found = expand(paths, options.glob, &options.storage)?;
                found.into_iter().map(|path| Location::of_path(path, &options.storage)).collect()
            }
            From::Bytes(buffers) => buffers.iter().cloned().map(Location::Bytes).collect(),
        };
        let layout = match Layout::resolve(&locations, &options)? {
            Some(layout) => layout,
            None if options.raise_if_empty && (options.has_header || options.schema.is_none()) => {
                return Err(no_data(&locations, &options));
            }
            None => Layout::empty(&options)?,
        };
        Ok(self
            .resolved
            .get_or_init(|| Arc::new(Resolved { locations, layout, options, learned: Learned::default() })))
    }

    /// The columns: a row index first, file paths last.
    ///
    /// # Errors
    ///
    /// `Io` if a file cannot be read, `NoData` if it is empty, `SchemaMismatch` and `ColumnNotFound` if the options
    /// do not fit it.
    pub fn schema(&self) -> Result<Arc<Schema>> {
        Ok(self.resolve()?.layout.schema.clone())
    }

    /// About how many rows there are, judged by the length of the first ones.
    pub fn row_estimate(&self) -> Option<usize> {
        let resolved = self.resolve().ok()?;
        let bytes: u64 = resolved.locations.iter().map(Location::size).sum();
        let rows = bytes / resolved.layout.row_bytes?;
        let limit = self.options.n_rows.unwrap_or(usize::MAX);
        Some(usize::try_from(rows).unwrap_or(usize::MAX).min(limit))
    }

    /// Starts a scan of the columns with these places in the schema (all if `None`), of `limit` rows at most.
    pub fn scan(&self, projection: Option<&[usize]>, limit: Option<usize>) -> Result<CsvScan> {
        CsvScan::new(self.resolve()?.clone(), projection, limit)
    }

    /// Reads everything, on threads of its own.
    pub fn read(&self) -> Result<DataFrame> {
        let scan = self.scan(None, None)?;
        let threads = self
            .options
            .n_threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
        let batches = scan.collect(threads)?;
        DataFrame::from_batches(self.schema()?, batches)
    }
}

fn no_data(locations: &[Location], options: &CsvReadOptions) -> Error {
    let first = locations.first();
    let which =
        first.and_then(Location::path).map_or_else(|| "the CSV".to_owned(), |p| p.display().to_string());
    let what = match (first.map_or(0, Location::size), options.has_header) {
        (0, _) => "is empty",
        (_, true) => "has no header after what is skipped",
        (_, false) => "has no rows after what is skipped",
    };
    Error::no_data(format!("{which} {what}; set `raise_if_empty` to false to get an empty frame"))
}

/// One pass over the files of a [`CsvSource`].
///
/// `next` may be called by any number of threads at once; where the option `n_threads` is set, no more than that read
/// at the same time and the others wait. What a morsel holds depends on files and options only.
#[derive(Debug)]
pub struct CsvScan {
    pub(super) resolved: Arc<Resolved>,
    pub(super) shape: Shape,
    pub(super) projection: Vec<usize>,
    pub(super) filter: RowFilter,
    pub(super) limit: u64,
    /// What is learned on the way.
    pub(super) watch: Option<Watch>,
    cursor: Mutex<Cursor>,
    chain: Chain,
    gate: Gate,
    pub(super) exhausted: AtomicBool,
    workspaces: Mutex<Vec<Workspace>>,
}

impl Drop for CsvScan {
    fn drop(&mut self) {
        if let (Some(watch), Some(blocks)) = (&self.watch, self.all_read()) {
            watch.finish(&self.resolved, blocks);
        }
    }
}

/// The next block to claim.
#[derive(Debug)]
struct Cursor {
    file: usize,
    /// The file and where its rows start, once its beginning was read.
    open: Option<(Arc<Input>, u64)>,
    next: u64,
    block: usize,
}

/// One block of one file.
pub(super) struct Claim {
    pub(super) block: usize,
    pub(super) input: Arc<Input>,
    pub(super) start: u64,
    pub(super) end: u64,
    /// Whether the first row starts at `start`, because the rows of the file do.
    pub(super) first: bool,
}

/// What a thread needs to read a block, kept for the next one.
#[derive(Debug, Default)]
struct Workspace {
    scratch: Vec<u8>,
    tokens: Tokens,
    spans: Vec<Span>,
}

impl CsvScan {
    /// A scan of the columns with these places.
    pub(super) fn new(
        resolved: Arc<Resolved>,
        projection: Option<&[usize]>,
        limit: Option<usize>,
    ) -> Result<Self> {
        let all = resolved.layout.columns.len();
        let projection = match projection {
            None => (0..all).collect(),
            Some(places) => places.to_vec(),
        };
        if let Some(place) = projection.iter().find(|p| **p >= all) {
            return Err(Error::out_of_bounds(format!("column {place} of {all} CSV columns")));
        }
        let options = &resolved.options;
        let limit = limit.unwrap_or(usize::MAX).min(options.n_rows.unwrap_or(usize::MAX));
        let shape = Shape {
            dialect: options.dialect(),
            comment: options.comment_prefix.clone(),
            n_fields: resolved.layout.n_fields,
            truncate: options.truncate_ragged_lines || options.ignore_extra_columns,
            wanted: None,
            reference: false,
        };
        let scan = Self {
            shape,
            watch: (limit == usize::MAX).then(|| Watch::new(&resolved, projection.iter().copied())),
            projection,
            filter: RowFilter::default(),
            limit: limit as u64,
            cursor: Mutex::new(Cursor { file: 0, open: None, next: 0, block: 0 }),
            chain: Chain::new(),
            gate: Gate::new(options.n_threads),
            exhausted: AtomicBool::new(false),
            workspaces: Mutex::new(Vec::new()),
            resolved,
        };
        Ok(scan.announce())
    }

    /// Reads the next block: its place in the order of the files, from 0 without gaps, and its rows. `None` when all
    /// blocks are taken; other threads may still be at theirs.
    ///
    /// # Errors
    ///
    /// `Parse` if a field does not fit its column; `Compute` if a row has too many fields; `Io`. If there are several,
    /// only the first in the order of the files is reported, and after it there is nothing more to read.
    pub fn next(&self) -> Result<Option<(usize, Batch)>> {
        // Before the block is claimed: a claimed block that waits could keep those inside waiting for it.
        let _pass = self.gate.enter();
        let _guard = FailOnPanic(&self.chain);
        let (block, result) = match self.claim() {
            Ok(Some(claim)) => {
                let mut workspace = lock(&self.workspaces).pop().unwrap_or_default();
                let result = self.read_block(&claim, &mut workspace);
                lock(&self.workspaces).push(workspace);
                (claim.block, result)
            }
            Ok(None) => return Ok(None),
            Err((block, error)) => (block, Err(error)),
        };
        match result {
            Ok(batch) => {
                self.chain.finish(block);
                Ok(batch.map(|batch| (block, batch)))
            }
            Err(error) if self.chain.fail(block) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Drops rows for which the predicate is not true, before their other columns are decoded. What is wrong with a
    /// dropped row in another column is then not seen.
    ///
    /// # Errors
    ///
    /// If the predicate names columns that there are not, or is not of type `Boolean`.
    pub fn with_predicate(mut self, predicate: &Expr) -> Result<Self> {
        self.filter.add_predicate(predicate, &self.resolved.layout.schema)?;
        Ok(self.announce())
    }

    /// Drops rows whose values do not pass, after those that a predicate drops.
    ///
    /// # Errors
    ///
    /// If there is no column at the test's position.
    pub fn with_test(mut self, test: ColumnTest) -> Result<Self> {
        self.check_places(&[test.column])?;
        self.filter.add_test(test);
        Ok(self.announce())
    }

    /// The same of several columns.
    ///
    /// # Errors
    ///
    /// If there is no column at one of the test's positions.
    pub fn with_row_test(mut self, test: RowTest) -> Result<Self> {
        self.check_places(&test.columns)?;
        self.filter.add_row_test(test);
        Ok(self.announce())
    }

    /// Gives these columns instead of the projection's, of which statistics are still learned while reading.
    ///
    /// # Errors
    ///
    /// If there is no column at one of the positions.
    pub fn with_output(mut self, output: &[usize]) -> Result<Self> {
        self.check_places(output)?;
        self.projection = output.to_vec();
        Ok(self.announce())
    }

    fn check_places(&self, places: &[usize]) -> Result<()> {
        let all = self.resolved.layout.columns.len();
        match places.iter().find(|place| **place >= all) {
            Some(place) => Err(Error::out_of_bounds(format!("column {place} of {all} CSV columns"))),
            None => Ok(()),
        }
    }

    /// Whether all blocks have been read, and how many they were.
    fn all_read(&self) -> Option<usize> {
        let cursor = lock(&self.cursor);
        let at_end = cursor.file == self.resolved.locations.len();
        (at_end && !self.exhausted.load(Ordering::Relaxed) && !self.chain.has_failed())
            .then_some(cursor.block)
    }

    /// Tells stage 1 which fields will be asked for, if they are few: finding only some ends costs a little more than
    /// finding any, and writing fewer of them down saves more (docs/decisions/0006-csv-reading.md).
    fn announce(mut self) -> Self {
        let few = |wanted: &RowPattern| 2 * wanted.stride() <= self.shape.n_fields;
        self.shape.wanted = self.pattern().filter(few).map(Arc::new);
        self
    }

    /// The fields that will be asked for.
    fn pattern(&self) -> Option<RowPattern> {
        let columns = &self.resolved.layout.columns;
        let wanted = self.projection.iter().copied().chain(self.filter.columns());
        let fields = wanted.filter_map(|place| match columns[place].origin {
            Origin::Field(at) => Some(at),
            Origin::Missing | Origin::RowIndex | Origin::FilePath => None,
        });
        RowPattern::new(self.shape.n_fields, fields)
    }

    /// Whether rows are dropped.
    pub fn is_filtered(&self) -> bool {
        !self.filter.is_empty()
    }

    /// Reads all blocks on `threads` threads, in the order of the files.
    pub fn collect(&self, threads: usize) -> Result<Vec<Batch>> {
        let work = || {
            let mut mine = Vec::new();
            while let Some(batch) = self.next()? {
                mine.push(batch);
            }
            Ok(mine)
        };
        let all: Vec<Result<Vec<(usize, Batch)>>> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut all = vec![work()];
            for other in others {
                all.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            all
        });
        let mut batches = Vec::new();
        for part in all {
            batches.extend(part?);
        }
        batches.sort_unstable_by_key(|(block, _)| *block);
        Ok(batches.into_iter().map(|(_, batch)| batch).collect())
    }

    /// Gives up the guessing and reads by the reference only. For tests.
    #[cfg(test)]
    pub(super) fn by_reference(mut self) -> Self {
        self.shape.reference = true;
        self
    }

    /// Asks stages in the order of these times. For tests.
    #[cfg(test)]
    pub(super) fn told(mut self, nanos: &[u64]) -> Self {
        self.filter.tell(nanos);
        self
    }

    /// Tells stage 1 which fields will be asked for, however many. For tests.
    #[cfg(test)]
    pub(super) fn by_pattern(mut self) -> Self {
        self.shape.wanted = self.pattern().map(Arc::new);
        self
    }

    /// The next block. An error comes with the number that the block would have had.
    fn claim(&self) -> Result<Option<Claim>, (usize, Error)> {
        if self.exhausted.load(Ordering::Relaxed) || self.chain.has_failed() {
            return Ok(None);
        }
        let mut cursor = lock(&self.cursor);
        let claim = self.advance(&mut cursor);
        claim.map_err(|error| (cursor.block, error))
    }

    fn advance(&self, cursor: &mut Cursor) -> Result<Option<Claim>> {
        let options = &self.resolved.options;
        loop {
            let (input, data_start) = match &cursor.open {
                Some((input, start)) => (input.clone(), *start),
                None => {
                    let Some(location) = self.resolved.locations.get(cursor.file) else { return Ok(None) };
                    let input = Arc::new(location.open()?);
                    let Some(prologue) = read_prologue(&input, options)? else {
                        cursor.file += 1;
                        continue;
                    };
                    check_header(self.resolved.layout.header.as_deref(), prologue.names.as_deref(), &input)?;
                    cursor.next = prologue.data_start;
                    cursor.open = Some((input.clone(), prologue.data_start));
                    (input, prologue.data_start)
                }
            };
            let start = cursor.next;
            if !input.reaches(start)? {
                cursor.file += 1;
                cursor.open = None;
                continue;
            }
            let end = start.saturating_add((options.block_size as u64).clamp(1, LONGEST_TEXT / 2));
            let block = cursor.block;
            cursor.next = end;
            cursor.block += 1;
            return Ok(Some(Claim { block, input, start, end, first: start == data_start }));
        }
    }

    /// The rows of a block; `None` if they are not wanted any more.
    fn read_block(&self, claim: &Claim, workspace: &mut Workspace) -> Result<Option<Batch>> {
        let Workspace { scratch, tokens, spans } = workspace;
        let input = &claim.input;
        // Stage 1 on a guess, before the news from the block before.
        // Small blocks, which only tests have, get a small tail, so that the case that it does not suffice is tested.
        let mut tail = TAIL.min(self.resolved.options.block_size as u64);
        let mut link = None;
        loop {
            let longest = claim.start.saturating_add(LONGEST_TEXT);
            let text_end = claim.end.saturating_add(tail);
            let Piece { text, at_eof } = input.read(claim.start, text_end.min(longest), scratch)?;
            let end = claim.end.min(claim.start + text.len() as u64);
            tokens.speculate(text, claim.first, &self.shape);
            let news = match link {
                Some(news) => news,
                None => match self.chain.wait(claim.block) {
                    Some(news) => *link.insert(news),
                    None => return Ok(None),
                },
            };
            let offset = if claim.first { claim.start } else { news.offset };
            if offset >= end {
                input.release(end);
                self.chain.tell_next(claim.block, news);
                let empty = tokens.resolve(text, text.len(), 0, at_eof, 0, &self.shape);
                debug_assert!(matches!(empty, Outcome::Rows { .. }));
                return self.decode(claim, text, tokens, spans, news.rows);
            }
            let (start, owned) = ((offset - claim.start) as usize, (end - claim.start) as usize);
            let most_rows = usize::try_from(self.limit.saturating_sub(news.rows)).unwrap_or(usize::MAX);
            match tokens.resolve(text, start, owned, at_eof, most_rows, &self.shape) {
                Outcome::Incomplete if text_end > longest => return Err(self.endless_row(claim, link)?),
                Outcome::Incomplete => tail = tail.saturating_mul(8),
                Outcome::TooManyFields { at, fields } => {
                    return Err(self.too_many_fields(input, claim.start + at as u64, fields)?);
                }
                Outcome::Rows { next } => {
                    // All blocks before this one have their text too.
                    input.release(end);
                    let rows = news.rows + tokens.rows() as u64;
                    self.chain.tell_next(claim.block, Link { offset: claim.start + next as u64, rows });
                    return self.decode(claim, text, tokens, spans, news.rows);
                }
            }
        }
    }
}
