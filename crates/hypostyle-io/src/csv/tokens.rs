//! Stage 1 on one block: the rows that start in it and the bounds of their fields.
//!
//! Rows that all have as many fields as there should be are indexed by the fields that are wanted; the structural index
//! answers for other regular text. Text with irregular quotes, comments, or an open quote at the end of the file is
//! read again by [`RecordReader`], which decides. All give the same rows (the tests of `csv` hold them to it), so which
//! one was used does not show.

use std::sync::Arc;

use hypostyle_kernels::bytes::{
    Dialect, RowPattern, Span, StructuralIndex, UniformRows, column_spans, starts_inside,
};

use super::records::{RecordReader, Step, without_return};

/// How rows are told apart, and how many fields they should have.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) dialect: Dialect,
    pub(super) comment: Option<String>,
    pub(super) n_fields: usize,
    /// Whether fields beyond `n_fields` are dropped.
    pub(super) truncate: bool,
    /// The fields that will be asked for; `None` if there are too many for a pattern.
    pub(super) wanted: Option<Arc<RowPattern>>,
    /// Whether to use the reference only.
    pub(super) reference: bool,
}

/// The rows of one block.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    uniform: UniformRows,
    index: StructuralIndex,
    /// Where the structural index begins to count within the text, if it was made.
    indexed_from: Option<usize>,
    /// Whether the text was guessed to start inside quotes.
    inside: bool,
    /// Bounds of the fields, `n_fields` to a row, where they cannot be read off an index.
    spans: Vec<Span>,
    form: Form,
    start: usize,
    rows: usize,
    n_fields: usize,
    dialect: Option<Dialect>,
}

/// Where the fields of the rows are.
#[derive(Clone, Debug, Default)]
enum Form {
    /// In `spans`.
    #[default]
    Spans,
    /// In the structural index: every row has `n_fields` ends from this one on.
    Index(usize),
    /// In the index of uniform rows, by their pattern, from this end on.
    Uniform(Arc<RowPattern>, usize),
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

    /// Indexes the text on a guess whether it starts inside quotes; `outside` if that is known not to be so.
    pub(super) fn speculate(&mut self, text: &[u8], outside: bool, shape: &Shape) {
        self.inside = !outside && starts_inside(text, shape.dialect);
        self.indexed_from = None;
        self.uniform.uniform = false;
        if shape.reference {
            return;
        }
        if let Some(wanted) = &shape.wanted {
            self.uniform.build(text, shape.dialect, self.inside, wanted);
        }
        if !self.uniform.uniform {
            self.index.build(text, shape.dialect, self.inside);
            self.indexed_from = Some(0);
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
        self.form = Form::Spans;
        if start >= owned {
            return Outcome::Rows { next: start };
        }
        if shape.reference || has_comment(text, start, shape) {
            return self.read_records(text, owned, at_eof, most_rows, shape);
        }
        if let Some(outcome) = self.use_uniform(text, owned, at_eof, most_rows, shape) {
            return outcome;
        }
        let guessed_right = self.indexed_from == Some(0)
            && if self.index.has_quotes {
                self.index.regular && odd_quotes(&text[..start], shape.dialect) == self.inside
            } else {
                !self.inside
            };
        if !guessed_right {
            self.index.build(&text[start..], shape.dialect, false);
            self.indexed_from = Some(start);
        }
        if !self.index.regular || (self.index.open && at_eof) {
            return self.read_records(text, owned, at_eof, most_rows, shape);
        }
        self.use_index(text, owned, at_eof, most_rows, shape)
    }

    /// By the index of uniform rows, if that is what they are and the guess was right.
    fn use_uniform(
        &mut self,
        text: &[u8],
        owned: usize,
        at_eof: bool,
        most_rows: usize,
        shape: &Shape,
    ) -> Option<Outcome> {
        let wanted = shape.wanted.as_ref().filter(|_| self.uniform.uniform)?;
        let uniform = &mut self.uniform;
        let (start, stride) = (self.start, wanted.stride());
        let starts_inside = uniform.has_quotes && odd_quotes(&text[..start], shape.dialect);
        let guessed_right = starts_inside == self.inside;
        if !guessed_right || (uniform.open && at_eof) {
            return None;
        }
        // The text starts in a row of the block before, or with one of this block.
        let skipped = match start {
            0 if uniform.include_first(text, shape.dialect, wanted) => 0,
            _ if start == uniform.second as usize => 1,
            _ => return None,
        };
        if at_eof && text.last() != Some(&shape.dialect.newline) {
            // The end of the file ends the last row.
            if uniform.open_fields + 1 != shape.n_fields {
                return None;
            }
            uniform.ends.push(text.len() as u32);
        }
        let rows = uniform.ends.chunks_exact(stride);
        let (count, row_end) = (rows.len(), |row: usize| uniform.ends[(row + 1) * stride - 1] as usize);
        // The last row of the block is the first whose end reaches the last byte of the block.
        let (mut last, mut after) = (skipped, count);
        while last < after {
            let middle = last.midpoint(after);
            if row_end(middle) + 1 < owned { last = middle + 1 } else { after = middle }
        }
        let next = if last < count {
            self.rows = last + 1 - skipped;
            row_end(last) + 1
        } else if at_eof {
            self.rows = count - skipped;
            text.len()
        } else {
            return Some(Outcome::Incomplete);
        };
        self.rows = self.rows.min(most_rows);
        self.form = Form::Uniform(wanted.clone(), skipped * stride);
        Some(Outcome::Rows { next: next.min(text.len()) })
    }

    fn use_index(
        &mut self,
        text: &[u8],
        owned: usize,
        at_eof: bool,
        most_rows: usize,
        shape: &Shape,
    ) -> Outcome {
        let from = self.indexed_from.unwrap_or_default();
        let base = from as u32;
        if at_eof && text.last() != Some(&shape.dialect.newline) && text.len() > self.start {
            // The end of the file ends the last row.
            self.index.row_ends.push(self.index.field_ends.len() as u32);
            self.index.field_ends.push(text.len() as u32 - base);
        }
        let index = &self.index;
        // Rows before `start` belong to the block before.
        let first_row = if from == self.start {
            0
        } else {
            index
                .row_ends
                .partition_point(|place| ((index.field_ends[*place as usize] + base) as usize) < self.start)
        };
        let first_end = if first_row == 0 { 0 } else { index.row_ends[first_row - 1] as usize + 1 };
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
            .zip((first_end + shape.n_fields - 1..).step_by(shape.n_fields))
            .fold(true, |all, (place, expected)| all & (*place as usize == expected));
        if uniform {
            self.form = Form::Index(first_end);
            return Outcome::Rows { next: next.min(text.len()) };
        }
        self.spans.clear();
        let mut row_start = self.start as u32;
        let mut place = first_end;
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
        self.form = Form::Spans;
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

    /// The bounds of one column's fields, which are among those wanted, replace `out`.
    pub(super) fn column(&self, text: &[u8], column: usize, out: &mut Vec<Span>) {
        out.clear();
        let (n, start) = (self.n_fields, self.start as u32);
        match &self.form {
            Form::Spans => {
                out.extend(self.spans.iter().skip(column).step_by(n).take(self.rows));
                return;
            }
            Form::Index(from) => {
                let base = self.indexed_from.unwrap_or_default() as u32;
                let ends = &self.index.field_ends[*from..*from + self.rows * n];
                column_spans(ends, n, column, start, base, out);
            }
            Form::Uniform(wanted, from) => {
                let stride = wanted.stride();
                let ends = &self.uniform.ends[*from..*from + self.rows * stride];
                // A column that was not announced has no rows, which cannot pass for a column of the block.
                debug_assert!(wanted.slot(column).is_some());
                if let Some(slot) = wanted.slot(column) {
                    column_spans(ends, stride, slot, start, 0, out);
                }
            }
        }
        if column == n - 1
            && let Some(dialect) = self.dialect
        {
            for span in out {
                *span = without_return(text, *span, dialect);
            }
        }
    }

    /// The bounds of one column's fields in some rows of the block.
    pub(super) fn some_of_column(&self, text: &[u8], column: usize, rows: &[u32], out: &mut Vec<Span>) {
        out.clear();
        let (ends, base, stride, slot) = match &self.form {
            Form::Spans => {
                out.extend(rows.iter().map(|row| self.spans[*row as usize * self.n_fields + column]));
                return;
            }
            Form::Index(from) => {
                let base = self.indexed_from.unwrap_or_default() as u32;
                (&self.index.field_ends[*from..], base, self.n_fields, column)
            }
            Form::Uniform(wanted, from) => {
                let Some(slot) = wanted.slot(column) else { return };
                (&self.uniform.ends[*from..], 0, wanted.stride(), slot)
            }
        };
        let last = self.dialect.filter(|_| column == self.n_fields - 1);
        out.extend(rows.iter().map(|row| {
            let place = *row as usize * stride + slot;
            let start = place.checked_sub(1).map_or(self.start as u32, |before| ends[before] + base + 1);
            let span = Span { start, end: ends[place] + base };
            last.map_or(span, |dialect| without_return(text, span, dialect))
        }));
    }

    /// Whether each field of the block is text that can be read: UTF-8, its quotes where they should be. It may say no
    /// where it is so.
    pub(super) fn is_sound(&self, text: &[u8]) -> bool {
        let ascii = self.dialect.is_some_and(|dialect| {
            let bytes = [dialect.separator, dialect.newline, dialect.quote.unwrap_or_default()];
            bytes.is_ascii()
        });
        // Rows that were read one by one may have quotes anywhere.
        let regular = !matches!(self.form, Form::Spans) && !self.may_have_doubled();
        let rows = text.get(self.start..self.row_start(self.rows).min(text.len()));
        ascii && regular && rows.is_some_and(|rows| simdutf8::basic::from_utf8(rows).is_ok())
    }

    /// Whether the block may hold quotes.
    pub(super) fn may_have_quotes(&self) -> bool {
        match self.form {
            Form::Spans => true,
            Form::Index(_) => self.index.has_quotes,
            Form::Uniform(..) => self.uniform.has_quotes,
        }
    }

    /// Whether a quoted field of the block may hold a quote, or be malformed.
    pub(super) fn may_have_doubled(&self) -> bool {
        match self.form {
            Form::Spans => true,
            Form::Index(_) => self.index.has_doubled,
            Form::Uniform(..) => self.uniform.has_doubled,
        }
    }

    /// Where the given row starts, for messages.
    pub(super) fn row_start(&self, row: usize) -> usize {
        // The end of the row before, if rows are in an index.
        let after = |ends: &[u32], from: usize, stride: usize| {
            let place = (from + row * stride).checked_sub(1).filter(|_| row > 0)?;
            ends.get(place).map(|end| *end as usize + 1)
        };
        let start = match &self.form {
            Form::Spans => self.spans.get(row * self.n_fields).map(|span| span.start as usize),
            Form::Index(from) => after(&self.index.field_ends, *from, self.n_fields)
                .map(|at| at + self.indexed_from.unwrap_or_default()),
            Form::Uniform(wanted, from) => after(&self.uniform.ends, *from, wanted.stride()),
        };
        start.unwrap_or(self.start)
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
