//! Reading lines of JSON: blocks are claimed, and their lines become columns, by as many threads as care to call.

use std::sync::{Arc, Mutex};

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Column, Error, Field, Result, Scalar};
use hypostyle_plan::Scan;

use super::source::Resolved;
use crate::input::{Input, text_of};
use crate::json::Rows;

/// What is read after the end of a block at first, to find the end of its last line.
const TAIL: u64 = 16 << 10;

/// One pass over the files.
#[derive(Debug)]
pub(super) struct NdjsonScan {
    resolved: Arc<Resolved>,
    /// Positions of the columns, in order.
    projection: Vec<usize>,
    /// The columns among them that are members of the objects.
    fields: Vec<Field>,
    cursor: Mutex<Cursor>,
    /// How many rows are still wanted, if there is a limit: blocks are then read one after the other.
    left: Option<Mutex<usize>>,
}

/// The next block to claim.
#[derive(Debug)]
struct Cursor {
    file: usize,
    open: Option<Arc<Input>>,
    next: u64,
    block: usize,
}

/// A block of a file, with its lines if they had to be read in order.
struct Claim {
    block: usize,
    input: Arc<Input>,
    start: u64,
    end: u64,
    text: Option<Vec<u8>>,
}

impl NdjsonScan {
    pub(super) fn new(resolved: Arc<Resolved>, projection: Vec<usize>, limit: Option<usize>) -> Result<Self> {
        let all = resolved.schema.fields();
        if let Some(place) = projection.iter().find(|place| **place >= all.len()) {
            return Err(Error::out_of_bounds(format!("column {place} of {}", all.len())));
        }
        let members = projection.iter().filter(|place| **place < resolved.n_fields);
        let fields = members.map(|place| all[*place].clone()).collect();
        let cursor = Mutex::new(Cursor { file: 0, open: None, next: 0, block: 0 });
        Ok(Self { fields, projection, cursor, left: limit.map(Mutex::new), resolved })
    }

    fn claim(&self) -> Result<Option<Claim>> {
        let mut cursor = lock(&self.cursor);
        loop {
            let input = match &cursor.open {
                Some(input) => Arc::clone(input),
                None => {
                    let Some(location) = self.resolved.locations.get(cursor.file) else { return Ok(None) };
                    let input = Arc::new(location.open()?);
                    cursor.open = Some(Arc::clone(&input));
                    cursor.next = 0;
                    input
                }
            };
            if !input.reaches(cursor.next)? {
                cursor.open = None;
                cursor.file += 1;
                continue;
            }
            let start = cursor.next;
            let end = start + self.resolved.options.block_size.max(1) as u64;
            // A stream goes forward only.
            let text = if input.is_stream() {
                let mut scratch = Vec::new();
                let text = lines_of(&input, start, end, &mut scratch)?.to_vec();
                input.release(end - 1);
                Some(text)
            } else {
                None
            };
            cursor.next = end;
            cursor.block += 1;
            return Ok(Some(Claim { block: cursor.block - 1, input, start, end, text }));
        }
    }

    /// The rows of a block, no more than `most`.
    fn read(&self, claim: &Claim, most: usize) -> Result<Batch> {
        let mut scratch = Vec::new();
        let bytes = match &claim.text {
            Some(text) => text,
            None => lines_of(&claim.input, claim.start, claim.end, &mut scratch)?,
        };
        let path = claim.input.path();
        // Where a line is in the file is counted when somebody asks.
        let lines_before = || {
            let start = claim.start.saturating_sub(1);
            let skipped = u64::from(claim.start > 0);
            Ok::<_, Error>(claim.input.count_before(start, b'\n')? + skipped)
        };
        let text = match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => text_of(bytes, path, lines_before()? + 1)?,
        };
        let mut rows = Rows::new(&self.fields, text, self.resolved.options.ignore_errors)?;
        let mut at = 0;
        let mut line = 0;
        while at < text.len() && rows.len() < most {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(text.len(), |found| at + found);
            let object = text[at..end].trim_matches([' ', '\t', '\r']);
            if !object.is_empty()
                && let Err(fault) = rows.push(object)
            {
                return Err(fault.into_error(path, lines_before()? + line + 1));
            }
            at = end + 1;
            line += 1;
        }
        let len = rows.len();
        let mut columns = rows.finish()?.into_iter();
        let columns = self.projection.iter().map(|place| {
            if *place < self.resolved.n_fields {
                return columns.next().ok_or_else(|| Error::internal("a column is missing"));
            }
            let path = path.map_or_else(|| "in-memory".to_owned(), |path| path.display().to_string());
            Ok(Column::from_scalar(&Scalar::from(path.as_str()), len))
        });
        Batch::try_new(columns.collect::<Result<_>>()?, len)
    }
}

impl Scan for NdjsonScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        let Some(left) = &self.left else {
            let Some(claim) = self.claim()? else { return Ok(None) };
            return Ok(Some((claim.block, self.read(&claim, usize::MAX)?)));
        };
        let mut left = lock(left);
        if *left == 0 {
            return Ok(None);
        }
        let Some(claim) = self.claim()? else { return Ok(None) };
        let batch = self.read(&claim, *left)?;
        *left -= batch.len();
        Ok(Some((claim.block, batch)))
    }
}

/// The lines that begin in `start..end`, whole.
pub(super) fn lines_of<'a>(
    input: &'a Input,
    start: u64,
    end: u64,
    scratch: &'a mut Vec<u8>,
) -> Result<&'a [u8]> {
    // A line begins after a line break: one byte before the block counts, too.
    let from = start.saturating_sub(1);
    let mut tail = TAIL;
    let (first, last) = loop {
        let piece = input.read(from, end.saturating_add(tail), scratch)?;
        let within = usize::try_from(end - from).unwrap_or(usize::MAX).min(piece.text.len());
        let first = match start {
            0 => 0,
            _ => match memchr::memchr(b'\n', &piece.text[..within.saturating_sub(1)]) {
                Some(found) => found + 1,
                // No line begins here; one may end.
                None => break (0, 0),
            },
        };
        // The last byte of the block may be a line break; the next line is then another block's.
        let search = within.saturating_sub(1);
        match memchr::memchr(b'\n', &piece.text[search..]) {
            Some(found) => break (first, search + found + 1),
            None if piece.at_eof => break (first, piece.text.len()),
            None => tail = tail.saturating_mul(4),
        }
    };
    Ok(input.again(from, last, scratch).get(first..).unwrap_or(&[]))
}
