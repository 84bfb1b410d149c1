//! Stage 1 on one block: the rows that start in it and the bounds of their fields.
//!
//! The structural index answers for regular text. Text with irregular quotes, comments, or an open quote at the end of
//! the file is read again by [`RecordReader`], which decides. Both give the same rows (the tests of `csv` hold them to
//! it), so which one was used does not show.

use hypostyle_kernels::bytes::{Dialect, StructuralIndex};

use super::records::{RecordReader, Span, Step, without_return};

/// How rows are told apart, and how many fields they should have.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) dialect: Dialect,
    pub(super) comment: Option<String>,
    pub(super) n_fields: usize,
    /// Whether fields beyond `n_fields` are dropped.
    pub(super) truncate: bool,
    /// Whether to use the reference only.
    pub(super) reference: bool,
}

/// The rows of one block.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    index: StructuralIndex,
    /// Where the index begins to count within the text.
    indexed_from: usize,
    /// Bounds of the fields, `n_fields` to a row, where they cannot be read off the index.
    spans: Vec<Span>,
    /// Whether `spans` holds the fields; otherwise every row has `n_fields` ends in the index from `first_end` on.
    explicit: bool,
    first_end: usize,
    start: usize,
    rows: usize,
    n_fields: usize,
    dialect: Option<Dialect>,
}

/// How it went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The first row of the next block starts at `next`.
    Rows { next: usize },
    /// The last row is longer than the text.
    Incomplete,
    /// The row that starts at `at` has more fields than columns.
    TooManyFields { at: usize, fields: usize },
}

impl Tokens {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Indexes the text on the guess that it does not start inside quotes.
    pub(super) fn speculate(&mut self, text: &[u8], shape: &Shape) {
        self.indexed_from = 0;
        if !shape.reference {
            self.index.build(text, shape.dialect);
        }
    }

    /// Finds the rows that start in `start..owned`, where `start` is known to be the start of a row; the guess made
    /// for this text is taken if it was right. Rows after `most_rows` are not wanted, and what is wrong with them does
    /// not matter.
    pub(super) fn resolve(
        &mut self,
        text: &[u8],
        start: usize,
        owned: usize,
        at_eof: bool,
        most_rows: usize,
        shape: &Shape,
    ) -> Outcome {
        self.rows = 0;
        self.start = start;
        self.n_fields = shape.n_fields;
        self.dialect = Some(shape.dialect);
        self.explicit = false;
        self.first_end = 0;
        if start >= owned {
            return Outcome::Rows { next: start };
        }
        if shape.reference || has_comment(text, start, shape) {
            return self.read_records(text, owned, at_eof, most_rows, shape);
        }
        let guessed_right = self.indexed_from == 0
            && (!self.index.has_quotes || (self.index.regular && !odd_quotes(&text[..start], shape.dialect)));
        if !guessed_right {
            self.index.build(&text[start..], shape.dialect);
            self.indexed_from = start;
        }
        if !self.index.regular || (self.index.open && at_eof) {
            return self.read_records(text, owned, at_eof, most_rows, shape);
        }
        self.use_index(text, owned, at_eof, most_rows, shape)
    }

    fn use_index(
        &mut self,
        text: &[u8],
        owned: usize,
        at_eof: bool,
        most_rows: usize,
        shape: &Shape,
    ) -> Outcome {
        let base = self.indexed_from as u32;
        if at_eof && text.last() != Some(&shape.dialect.newline) && text.len() > self.start {
            // The end of the file ends the last row.
            self.index.row_ends.push(self.index.field_ends.len() as u32);
            self.index.field_ends.push(text.len() as u32 - base);
        }
        let index = &self.index;
        // Rows before `start` belong to the block before.
        let first_row = if self.indexed_from == self.start {
            0
        } else {
            index
                .row_ends
                .partition_point(|place| ((index.field_ends[*place as usize] + base) as usize) < self.start)
        };
        self.first_end = if first_row == 0 { 0 } else { index.row_ends[first_row - 1] as usize + 1 };
        let ends = &index.row_ends[first_row..];
        // The last row of the block is the first whose end reaches the last byte of the block.
        let last =
            ends.partition_point(|place| ((index.field_ends[*place as usize] + base) as usize) + 1 < owned);
        let next = match ends.get(last) {
            Some(place) => {
                self.rows = last + 1;
                (index.field_ends[*place as usize] + base) as usize + 1
            }
            None if at_eof => {
                self.rows = ends.len();
                text.len()
            }
            None => return Outcome::Incomplete,
        };
        self.rows = self.rows.min(most_rows);
        let ends = &ends[..self.rows];
        let uniform = ends
            .iter()
            .zip((self.first_end + shape.n_fields - 1..).step_by(shape.n_fields))
            .fold(true, |all, (place, expected)| all & (*place as usize == expected));
        if uniform {
            return Outcome::Rows { next: next.min(text.len()) };
        }
        self.explicit = true;
        self.spans.clear();
        let mut row_start = self.start as u32;
        let mut place = self.first_end;
        for row_end in ends {
            let fields = *row_end as usize + 1 - place;
            if fields > shape.n_fields && !shape.truncate {
                return Outcome::TooManyFields { at: row_start as usize, fields };
            }
            let filled = self.spans.len();
            for end in index.field_ends[place..=*row_end as usize].iter().take(shape.n_fields) {
                let end = end + base;
                self.spans.push(Span { start: row_start, end });
                row_start = end + 1;
            }
            if fields <= shape.n_fields
                && let Some(last) = self.spans.last_mut()
            {
                *last = without_return(text, *last, shape.dialect);
            }
            self.spans.resize(filled + shape.n_fields, Span::MISSING);
            place = *row_end as usize + 1;
            row_start = index.field_ends[*row_end as usize] + base + 1;
        }
        Outcome::Rows { next: next.min(text.len()) }
    }

    fn read_records(
        &mut self,
        text: &[u8],
        owned: usize,
        at_eof: bool,
        most_rows: usize,
        shape: &Shape,
    ) -> Outcome {
        self.explicit = true;
        self.spans.clear();
        self.rows = 0;
        let mut reader = RecordReader::new(shape.dialect, shape.comment.as_deref());
        let mut fields = Vec::new();
        let mut at = self.start;
        loop {
            if at >= owned || self.rows >= most_rows {
                return Outcome::Rows { next: at };
            }
            match reader.read(text, at, at_eof, &mut fields) {
                Step::Row { start, .. } if start >= owned => return Outcome::Rows { next: start },
                Step::Row { start, next } => {
                    if fields.len() > shape.n_fields && !shape.truncate {
                        return Outcome::TooManyFields { at: start, fields: fields.len() };
                    }
                    fields.resize(shape.n_fields, Span::MISSING);
                    self.spans.extend_from_slice(&fields);
                    self.rows += 1;
                    at = next;
                }
                Step::Incomplete => return Outcome::Incomplete,
                Step::End => return Outcome::Rows { next: text.len() },
            }
        }
    }

    /// The bounds of one column's fields replace `out`.
    pub(super) fn column(&self, text: &[u8], column: usize, out: &mut Vec<Span>) {
        out.clear();
        let n = self.n_fields;
        if self.explicit {
            out.extend(self.spans.iter().skip(column).step_by(n).take(self.rows));
            return;
        }
        let base = self.indexed_from as u32;
        let ends = &self.index.field_ends[self.first_end..self.first_end + self.rows * n];
        if n == 1 {
            let mut start = self.start as u32;
            out.extend(ends.iter().map(|end| {
                let span = Span { start, end: end + base };
                start = end + base + 1;
                span
            }));
        } else if column == 0 {
            let mut start = self.start as u32;
            out.extend(ends.chunks_exact(n).map(|row| {
                let span = Span { start, end: row[0] + base };
                start = row[n - 1] + base + 1;
                span
            }));
        } else {
            out.extend(
                ends.chunks_exact(n)
                    .map(|row| Span { start: row[column - 1] + base + 1, end: row[column] + base }),
            );
        }
        if column == n - 1
            && let Some(dialect) = self.dialect
        {
            for span in out {
                *span = without_return(text, *span, dialect);
            }
        }
    }

    /// Whether the block may hold quotes.
    pub(super) fn may_have_quotes(&self) -> bool {
        self.explicit || self.index.has_quotes
    }

    /// Whether a quoted field of the block may hold a quote, or be malformed.
    pub(super) fn may_have_doubled(&self) -> bool {
        self.explicit || self.index.has_doubled
    }

    /// Where the given row starts, for messages.
    pub(super) fn row_start(&self, text: &[u8], row: usize) -> usize {
        let mut spans = Vec::new();
        self.column(text, 0, &mut spans);
        spans.get(row).map_or(self.start, |s| s.start as usize)
    }
}

/// Whether a comment may start in the text from `start` on.
fn has_comment(text: &[u8], start: usize, shape: &Shape) -> bool {
    let Some(comment) = shape.comment.as_deref().filter(|c| !c.is_empty()) else { return false };
    let (comment, text) = (comment.as_bytes(), &text[start..]);
    let mut line_start = vec![shape.dialect.newline];
    line_start.extend_from_slice(comment);
    text.starts_with(comment)
        || (text.len() < comment.len() && comment.starts_with(text))
        || memchr::memmem::find(text, &line_start).is_some()
}

/// Whether a text that starts outside quotes ends inside, if its quotes are regular.
fn odd_quotes(text: &[u8], dialect: Dialect) -> bool {
    dialect.quote.is_some_and(|quote| memchr::memchr_iter(quote, text).count() % 2 == 1)
}
