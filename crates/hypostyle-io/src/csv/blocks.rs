//! Stage 2 on one block: its rows become a batch.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hypostyle_core::{Batch, Column, DictArray, Dictionary, Error, PrimitiveArray, Result};
use hypostyle_kernels::bytes::Span;
use hypostyle_kernels::filter::mask_to_indices;
use hypostyle_kernels::gather::gather;

use super::columns::{Failure, decode};
use super::field::FieldRules;
use super::layout::Origin;
use super::options::CsvEncoding;
use super::scan::{Claim, CsvScan};
use super::tokens::Tokens;

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
        let mut decoded: Vec<Option<Column>> = vec![None; self.resolved.layout.columns.len()];
        for (number, stage) in self.filter.stages().iter().enumerate() {
            let missing: Vec<usize> =
                stage.columns.iter().copied().filter(|place| decoded[*place].is_none()).collect();
            for (place, column) in missing.iter().zip(self.columns(&block, &missing, spans)?) {
                self.watch(&block, *place, &column);
                decoded[*place] = Some(column);
            }
            let inputs: Vec<Column> =
                stage.columns.iter().filter_map(|place| decoded[*place].clone()).collect();
            if !stage.pays(&inputs)? {
                continue;
            }
            let mask = stage.keeps(inputs, block.len())?;
            if mask.count_unset() == 0 {
                continue;
            }
            let rows = mask_to_indices(&mask);
            for (place, kept) in decoded.iter_mut().enumerate() {
                let Some(column) = kept else { continue };
                let read = self.filter.is_read_after(number, place, &self.projection);
                *kept = if read { Some(gather(column, &rows)?) } else { None };
            }
            block.kept = Some(match &block.kept {
                Some(kept) => rows.iter().map(|row| kept[*row as usize]).collect(),
                None => rows,
            });
        }
        let missing: Vec<usize> = self.projection.iter().copied().filter(|p| decoded[*p].is_none()).collect();
        for (place, column) in missing.iter().zip(self.columns(&block, &missing, spans)?) {
            self.watch(&block, *place, &column);
            decoded[*place] = Some(column);
        }
        let columns = self.projection.iter().filter_map(|place| decoded[*place].clone()).collect();
        Ok(Some(Batch::try_new(columns, block.len())?))
    }

    /// Learns from a column of which no row was left out.
    fn watch(&self, block: &Block<'_>, place: usize, column: &Column) {
        if let (Some(watch), None) = (&self.watch, &block.kept) {
            watch.see(block.claim.block, place, column);
        }
    }

    /// Columns of the rows that are wanted. If several cannot be read, the error is that of the first field in the
    /// text.
    fn columns(&self, block: &Block<'_>, places: &[usize], spans: &mut Vec<Span>) -> Result<Vec<Column>> {
        let mut columns = Vec::with_capacity(places.len());
        let mut first: Option<(usize, usize, Failure)> = None;
        for place in places {
            match self.column(block, *place, spans) {
                Ok(column) => columns.push(column),
                Err(failure) => {
                    let at = failure.position(block.tokens);
                    if first.as_ref().is_none_or(|(earliest, ..)| at < *earliest) {
                        first = Some((at, *place, failure));
                    }
                }
            }
        }
        match first {
            None => Ok(columns),
            Some((at, place, failure)) => Err(self.explain(failure, block.claim, block.text, at, place)?),
        }
    }

    fn column(&self, block: &Block<'_>, place: usize, spans: &mut Vec<Span>) -> Result<Column, Failure> {
        let options = &self.resolved.options;
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
        let rules = FieldRules {
            quote: options.quote_char.filter(|_| block.tokens.may_have_quotes()),
            doubled: block.tokens.may_have_doubled(),
            null_values: &column.null_values,
            empty_is_null: options.empty_string_is_null,
            ignore_errors: options.ignore_errors,
            point: options.decimal_mark(),
        };
        let lossy = options.encoding == CsvEncoding::Utf8Lossy;
        decode(&field.dtype, block.text, spans, &rules, lossy, column.encoder.as_ref())
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
