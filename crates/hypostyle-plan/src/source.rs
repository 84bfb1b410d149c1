//! The traits at which file formats and the executor meet.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use hypostyle_core::{Batch, Bitmap, Column, Error, Result, SchemaRef, ZONE_ROWS};
use hypostyle_expr::Expr;

/// Rows of a morsel: what one worker takes at a time. A morsel of a frame is a zone of it.
pub const MORSEL_ROWS: usize = ZONE_ROWS;

/// Where rows come from: a description of files or a table in memory.
pub trait DataSource: Debug + Send + Sync {
    /// Names and types of all columns.
    fn schema(&self) -> Result<SchemaRef>;

    /// About how many rows there are, if that is cheap to say.
    fn row_estimate(&self) -> Option<usize>;

    /// Whether reading costs nothing, because the rows are in memory already.
    fn in_memory(&self) -> bool {
        false
    }

    /// Whether reading any column means finding the fields of all, as in files of text.
    fn is_text(&self) -> bool {
        false
    }

    /// Some rows from all over the source, if that is cheap: what predicates are tried on.
    fn sample(&self, projection: Option<&[usize]>, rows: usize) -> Option<Batch> {
        let _ = (projection, rows);
        None
    }

    /// About how many different values the column at a position has, if that is cheap to say.
    fn distinct_estimate(&self, column: usize) -> Option<f64> {
        let _ = column;
        None
    }

    /// Whether it is certain that no value of the column at a position is there twice, and none is null.
    fn is_unique(&self, column: usize) -> bool {
        let _ = column;
        false
    }

    /// The first and the last value of the column at a position, if it is certain that its values are integers, each
    /// greater than the one of the row before it, and none null.
    fn ascending_range(&self, column: usize) -> Option<(i128, i128)> {
        let _ = column;
        None
    }

    /// The same source with one more column of `UInt64` behind its own: what [`rows_by_id`](Self::rows_by_id) finds
    /// each row by, which nobody else understands. `None` if finding some rows takes as long as reading all.
    fn with_row_ids(&self, name: &str) -> Option<Arc<dyn DataSource>> {
        let _ = name;
        None
    }

    /// Rows that a scan of this source gave these ids, which ascend: the columns at some positions, none of them
    /// nested. Only of what [`with_row_ids`](Self::with_row_ids) gave, after its scan. Whether to go on is asked now
    /// and then.
    ///
    /// # Errors
    /// `OutOfBounds` for ids that no scan gave; as reading the rows; that of `check`.
    fn rows_by_id(&self, ids: &[u64], columns: &[usize], check: &dyn Fn() -> Result<()>) -> Result<Batch> {
        let _ = (ids, columns, check);
        Err(Error::internal("rows of a source without ids"))
    }

    /// Starts reading.
    fn scan(&self, request: &ScanRequest) -> Result<Box<dyn Scan>>;

    /// One line for `explain`: the format and where.
    fn describe(&self) -> String;

    /// Equal identities read the same rows. Files are identified by path and options, frames by their memory.
    fn identity(&self) -> String;
}

/// What to read.
#[derive(Clone, Debug, Default)]
pub struct ScanRequest {
    /// Positions of the columns to read, in order; all if `None`.
    pub projection: Option<Vec<usize>>,
    /// Read no more rows than this, from the start.
    pub limit: Option<usize>,
    /// Rows for which this is not true are not wanted. A scan that leaves them out says so ([`Scan::is_filtered`]); one
    /// that cannot hands out more, perhaps all. Never together with a limit.
    pub predicate: Option<Expr>,
    /// Positions of columns. If the scan leaves out the rows that the predicate refuses ([`Scan::is_filtered`]), it
    /// gives these, in this order, instead of the projection: columns that only the predicate reads need not be made
    /// for the rows that are left. Only with a predicate.
    pub output: Option<Vec<usize>>,
    /// Rows whose value does not pass are not wanted either, since a join will drop them: hints, which a scan that
    /// leaves rows out by a predicate should follow. Never together with a limit.
    pub tests: Vec<ColumnTest>,
    /// The same of several columns together.
    pub row_tests: Vec<RowTest>,
}

/// Which values of a column are wanted.
pub trait ValueTest: Debug + Send + Sync {
    /// One bit for each row.
    fn mask(&self, column: &Column) -> Bitmap;

    /// Whether any integer from `low` to `high` may pass. If it may, so may one of a wider range.
    fn may_match(&self, low: i128, high: i128) -> bool {
        let _ = (low, high);
        true
    }
}

/// Which combinations of values are wanted.
pub trait ValuesTest: Debug + Send + Sync {
    /// One bit for each row of these columns.
    fn mask(&self, columns: &[Column]) -> Bitmap;
}

/// A test of the columns at some positions among all columns of the source.
#[derive(Clone, Debug)]
pub struct RowTest {
    /// The positions.
    pub columns: Vec<usize>,
    /// The test.
    pub test: Arc<dyn ValuesTest>,
}

/// A test of the column at a position among all columns of the source.
#[derive(Clone, Debug)]
pub struct ColumnTest {
    /// The position.
    pub column: usize,
    /// The test.
    pub test: Arc<dyn ValueTest>,
}

/// A running read. Workers call [`Scan::next`] concurrently; each call claims the next morsel.
pub trait Scan: Send + Sync {
    /// The next morsel and its place: numbers count from 0 without gaps in the order of the rows. `None` at the end.
    /// Where morsels are cut depends on the data, never on the number of workers.
    ///
    /// Morsels are claimed in the order of the rows, unless [`any_order`](Self::any_order) was called.
    fn next(&self) -> Result<Option<(usize, Batch)>>;

    /// Whoever reads does not wait for the morsels before one, so that they may be claimed in any order from now on.
    fn any_order(&self) {}

    /// Whether the rows handed out all satisfy the predicate asked for.
    fn is_filtered(&self) -> bool {
        false
    }

    /// The number of rows, if it is known, or how many there are at most.
    fn rows(&self) -> Option<usize> {
        None
    }
}

/// A piece of a file, encoded: made by any thread, appended in order. What it is only the sink and its encoder know.
pub type Piece = Box<dyn Any + Send>;

/// Where rows go: a file being written. Rows arrive in order, cut into pieces of as many rows as the sink asks for, the
/// last one shorter; where they are cut does not depend on the number of threads. A sink that is dropped before
/// [`finish`](Self::finish) leaves nothing behind.
pub trait DataSink: Send {
    /// Rows of a piece; at least one.
    fn piece_rows(&self) -> usize;

    /// What turns rows into pieces, on any thread and several at once.
    fn encoder(&self) -> Arc<dyn PieceEncoder>;

    /// Takes the next piece in.
    fn append(&mut self, piece: Piece) -> Result<()>;

    /// Makes the result visible, all or nothing.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// The half of a sink that works on many threads.
pub trait PieceEncoder: Send + Sync {
    /// Encodes the rows of one piece: batches, one after the other, none of them empty.
    fn encode(&self, rows: &[Batch]) -> Result<Piece>;
}
