//! Stage 2 on one block: its rows become a batch.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use hypostyle_core::{Batch, Column, DataType, DictArray, Dictionary, Error, PrimitiveArray, Result};
use hypostyle_kernels::bytes::Span;
use hypostyle_kernels::filter::mask_to_indices;
use hypostyle_kernels::gather::gather;
use hypostyle_plan::adaptive::Spent;

use super::columns::{Failure, decode};
use super::field::FieldRules;
use super::layout::Origin;
use super::options::CsvEncoding;
use super::scan::{Claim, CsvScan};
use super::tokens::Tokens;
use crate::row_filter::{Stage, overtaken, sampled};

/// The rows of a block that are wanted.
struct Block<'a> {
    claim: &'a Claim,
    text: &'a [u8],
    tokens: &'a Tokens,
    first_row: u64,
    /// Those that the filter keeps, if it does not keep all.
    kept: Option<Vec<u32>>,
}

impl Block<'_> {
    fn len(&self) -> usize {
        self.kept.as_ref().map_or(self.tokens.rows(), Vec::len)
    }
}

impl CsvScan {
    /// All projected columns of the rows found; `None` if there are enough rows already.
    pub(super) fn decode(
        &self,
        claim: &Claim,
        text: &[u8],
        tokens: &Tokens,
        spans: &mut Vec<Span>,
        first_row: u64,
    ) -> Result<Option<Batch>> {
        if first_row >= self.limit {
            self.exhausted.store(true, Ordering::Relaxed);
            return Ok(None);
        }
        let mut block = Block { claim, text, tokens, first_row, kept: None };
        let due = self.due(&block, spans)?;
        let mut written = self.filter.written();
        // What is asked in any case comes before what is tried first, so that this does not depend on the order.
        let may_move = |number: usize| self.filter.stage(number).is_predicate() || due.contains(&number);
        written.sort_by_key(|number| !may_move(*number));
        let order = self.filter.ordered(&written, may_move);
        if order != written && tokens.is_sound(text) {
            match self.decode_in_order(&mut block, spans, &order, &written, &due) {
                Ok(batch) => return Ok(Some(batch)),
                // Asked as written, rows may be dropped before what is wrong with them is seen; and what is seen first
                // may be something else.
                Err(_) => block.kept = None,
            }
            let batch = self.decode_in_order(&mut block, spans, &written, &written, &due)?;
            self.filter.settle();
            return Ok(Some(batch));
        }
        self.decode_in_order(&mut block, spans, &written, &written, &due).map(Some)
    }

    /// The tests of joins that few rows of a sample pass, which are asked in any case. That depends on the rows of the
    /// block alone.
    fn due(&self, block: &Block<'_>, spans: &mut Vec<Span>) -> Result<Vec<usize>> {
        let mut due = Vec::new();
        if !self.filter.is_adaptive() {
            return Ok(due);
        }
        let rows = sampled(block.tokens.rows());
        for number in self.filter.written() {
            let stage = self.filter.stage(number);
            let Some(place) = stage.key() else { continue };
            let Origin::Field(at) = self.resolved.layout.columns[place].origin else { continue };
            let is_due = match &rows {
                None => true,
                Some(rows) => {
                    block.tokens.some_of_column(block.text, at, rows, spans);
                    // What cannot be read is found by whoever reads it for good.
                    match self.fields(block.tokens, block.text, place, spans) {
                        Ok(sample) => stage.is_due(sample)?,
                        Err(_) => false,
                    }
                }
            };
            if is_due {
                due.push(number);
            }
        }
        Ok(due)
    }

    /// The block with its stages asked in an order. Columns in which a field may be wrong are decoded before what
    /// overtakes their stage drops a row, so that what is wrong is seen no less than as it was written.
    fn decode_in_order(
        &self,
        block: &mut Block<'_>,
        spans: &mut Vec<Span>,
        order: &[usize],
        written: &[usize],
        due: &[usize],
    ) -> Result<Batch> {
        let mut decoded: Vec<Option<Column>> = vec![None; self.resolved.layout.columns.len()];
        for (at, number) in order.iter().enumerate() {
            for before in overtaken(&order[at..], written) {
                let risky = self.filter.stage(before).columns.iter().copied();
                let risky: Vec<usize> = risky.filter(|place| self.is_risky(*place)).collect();
                let spent = self.add_columns(block, &risky, spans, &mut decoded)?;
                self.filter.measure_sunk(before, block.len(), spent);
                self.watch_stage(block, before, &decoded);
            }
            let stage = self.filter.stage(*number);
            let len = block.len();
            let mut spent = self.add_columns(block, &stage.columns, spans, &mut decoded)?;
            self.watch_stage(block, *number, &decoded);
            let start = Instant::now();
            let inputs: Vec<Column> =
                stage.columns.iter().filter_map(|place| decoded[*place].clone()).collect();
            if !due.contains(number) && !Stage::pays(stage.pass_rate(&inputs)?) {
                continue;
            }
            let mask = stage.keeps(inputs, len)?;
            spent.nanos += start.elapsed().as_nanos() as u64;
            let passed = mask.count_set();
            self.filter.measure(*number, len, passed, spent);
            if passed == len {
                continue;
            }
            let rows = mask_to_indices(&mask);
            for (place, kept) in decoded.iter_mut().enumerate() {
                let Some(column) = kept else { continue };
                let read = self.filter.is_read_by(&order[at + 1..], place, &self.projection);
                *kept = if read { Some(gather(column, &rows)?) } else { None };
            }
            block.kept = Some(match &block.kept {
                Some(kept) => rows.iter().map(|row| kept[*row as usize]).collect(),
                None => rows,
            });
        }
        self.add_columns(block, &self.projection, spans, &mut decoded)?;
        self.watch(block, &self.projection, &decoded);
        let columns = self.projection.iter().filter_map(|place| decoded[*place].clone()).collect();
        Batch::try_new(columns, block.len())
    }

    /// Whether a field of a column may be wrong in a block that is sound, or its rows should all be seen.
    fn is_risky(&self, place: usize) -> bool {
        let dtype = &self.resolved.layout.schema.fields()[place].dtype;
        match self.resolved.layout.columns[place].origin {
            Origin::Missing | Origin::FilePath => false,
            Origin::RowIndex => true,
            // Integers are watched.
            Origin::Field(_) => match dtype {
                DataType::String => false,
                _ => !self.resolved.options.ignore_errors || dtype.is_integer(),
            },
        }
    }

    /// Learns from columns of which no row was left out.
    fn watch(&self, block: &Block<'_>, places: &[usize], decoded: &[Option<Column>]) {
        let (Some(watch), None) = (&self.watch, &block.kept) else { return };
        for place in places {
            decoded[*place].iter().for_each(|column| watch.see(block.claim.block, *place, column));
        }
    }

    /// The same of the columns of a stage, if it does not depend on the order whether it sees all rows.
    fn watch_stage(&self, block: &Block<'_>, number: usize, decoded: &[Option<Column>]) {
        if number == 0 || !self.filter.is_adaptive() {
            self.watch(block, &self.filter.stage(number).columns, decoded);
        }
    }

    /// Decodes columns of the rows that are wanted, those that are not decoded yet, and says how long that took. If
    /// several cannot be read, the error is that of the first field in the text.
    fn add_columns(
        &self,
        block: &Block<'_>,
        places: &[usize],
        spans: &mut Vec<Span>,
        decoded: &mut [Option<Column>],
    ) -> Result<Spent> {
        let mut spent = Spent::default();
        let mut first: Option<(usize, usize, Failure)> = None;
        for place in places {
            if decoded[*place].is_some() {
                continue;
            }
            let start = Instant::now();
            match self.column(block, *place, spans) {
                Ok(column) => decoded[*place] = Some(column),
                Err(failure) => {
                    let at = failure.position(block.tokens);
                    if first.as_ref().is_none_or(|(earliest, ..)| at < *earliest) {
                        first = Some((at, *place, failure));
                    }
                }
            }
            let nanos = start.elapsed().as_nanos() as u64;
            *(if self.is_risky(*place) { &mut spent.sunk } else { &mut spent.nanos }) += nanos;
        }
        match first {
            None => Ok(spent),
            Some((at, place, failure)) => Err(self.explain(failure, block.claim, block.text, at, place)?),
        }
    }

    fn column(&self, block: &Block<'_>, place: usize, spans: &mut Vec<Span>) -> Result<Column, Failure> {
        let layout = &self.resolved.layout;
        let (column, field) = (&layout.columns[place], &layout.schema.fields()[place]);
        let at = match column.origin {
            Origin::Missing => return Ok(Column::full_null(field.dtype.clone(), block.len())),
            Origin::RowIndex => return Ok(self.row_index(block)?),
            Origin::FilePath => return Ok(file_path(block.claim.input.path(), block.len())?),
            Origin::Field(at) => at,
        };
        block.tokens.column(block.text, at, spans);
        if let Some(kept) = &block.kept {
            // Ascending and distinct, so that nothing is overwritten before it is moved.
            for (to, from) in kept.iter().enumerate() {
                spans[to] = spans[*from as usize];
            }
            spans.truncate(kept.len());
        }
        self.fields(block.tokens, block.text, place, spans)
    }

    /// A column of these fields.
    fn fields(&self, tokens: &Tokens, text: &[u8], place: usize, spans: &[Span]) -> Result<Column, Failure> {
        let options = &self.resolved.options;
        let layout = &self.resolved.layout;
        let (column, field) = (&layout.columns[place], &layout.schema.fields()[place]);
        let rules = FieldRules {
            quote: options.quote_char.filter(|_| tokens.may_have_quotes()),
            doubled: tokens.may_have_doubled(),
            null_values: &column.null_values,
            empty_is_null: options.empty_string_is_null,
            ignore_errors: options.ignore_errors,
            point: options.decimal_mark(),
        };
        let lossy = options.encoding == CsvEncoding::Utf8Lossy;
        decode(&field.dtype, text, spans, &rules, lossy, column.encoder.as_ref())
    }

    fn row_index(&self, block: &Block<'_>) -> Result<Column> {
        let first = u64::from(self.resolved.options.row_index_offset) + block.first_row;
        let last = first + block.tokens.rows() as u64;
        if last > u64::from(u32::MAX) {
            return Err(Error::overflow(format!(
                "row number {last} does not fit the row index, which is u32"
            )));
        }
        let first = first as u32;
        Ok(Column::from_vec(match &block.kept {
            Some(kept) => kept.iter().map(|row| first + row).collect(),
            None => (first..last as u32).collect(),
        }))
    }
}

fn file_path(path: Option<&Path>, rows: usize) -> Result<Column> {
    let name = path.map_or("in-mem".into(), Path::to_string_lossy);
    let dictionary = Dictionary::try_new([Some(&*name)].into_iter().collect())?.assert_unique(true);
    let codes = PrimitiveArray::from_vec(vec![0; rows]);
    Ok(Column::from_dict(DictArray::try_new(codes, Arc::new(dictionary))?))
}
