//! What is said about text that cannot be read: where it is, and what to do.

use std::path::Path;

use hypostyle_core::{Error, ErrorKind, Result};

use super::chain::Link;
use super::columns::Failure;
use super::field::BadField;
use super::input::Input;
use super::scan::{Claim, CsvScan};
use super::tokens::Tokens;

impl Failure {
    /// Where in the text of its block the field is; no field is before everything.
    pub(super) fn position(&self, tokens: &Tokens) -> usize {
        match self {
            Self::Other(_) => 0,
            Self::Field(bad) | Self::Utf8(bad) if bad.span.is_missing() => tokens.row_start(bad.row),
            Self::Field(bad) | Self::Utf8(bad) => bad.span.start as usize,
        }
    }
}

impl CsvScan {
    /// The error for a field that does not fit, with all that helps to find it.
    pub(super) fn explain(
        &self,
        failure: Failure,
        claim: &Claim,
        text: &[u8],
        at: usize,
        place: usize,
    ) -> Result<Error> {
        let (BadField { span, .. }, utf8) = match failure {
            Failure::Other(error) => return Ok(error),
            Failure::Field(bad) => (bad, false),
            Failure::Utf8(bad) => (bad, true),
        };
        let field = &self.resolved.layout.schema.fields()[place];
        let bytes = span.of(text);
        let quoted = self.shape.dialect.quote.is_some_and(|q| bytes.first() == Some(&q));
        let closed = quoted && bytes.len() > 1 && bytes.last() == self.shape.dialect.quote.as_ref();
        let hint = if utf8 {
            "it is not UTF-8; convert the file, or read it with the encoding `utf8-lossy`"
        } else if quoted && !closed {
            "the quote is not closed, or text follows it; double quotes that belong to the text, or set `quote_char` to none"
        } else {
            "raise `infer_schema_length`, give the type in `schema_overrides`, list texts that mean null in \
             `null_values`, or set `ignore_errors` to read such fields as null"
        };
        let line = 1 + claim.input.count_before(claim.start + at as u64, self.shape.dialect.newline)?;
        Ok(Error::new(ErrorKind::Parse {
            path: claim.input.path().map(Path::to_path_buf),
            line,
            column: field.name.to_string(),
            dtype: field.dtype.to_string(),
            field: shorten(&String::from_utf8_lossy(bytes)),
            hint: hint.to_owned(),
        }))
    }

    /// The error for a row with more fields than columns.
    pub(super) fn too_many_fields(&self, input: &Input, at: u64, fields: usize) -> Result<Error> {
        let line = 1 + input.count_before(at, self.shape.dialect.newline)?;
        let columns = self.shape.n_fields;
        Ok(Error::compute(format!(
            "line {line} of {} has {fields} fields, but there are {columns} columns; set `truncate_ragged_lines` to drop \
             the rest, or check `separator` and `quote_char`",
            name_of(input)
        )))
    }

    /// The error for a row that does not end within what is tokenised at once.
    pub(super) fn endless_row(&self, claim: &Claim, link: Option<Link>) -> Result<Error> {
        let at = link.filter(|_| !claim.first).map_or(claim.start, |l| l.offset);
        let line = 1 + claim.input.count_before(at, self.shape.dialect.newline)?;
        Ok(Error::compute(format!(
            "a row that starts at or after line {line} of {} is longer than 2 GiB; is a quote never closed?",
            name_of(&claim.input)
        )))
    }
}

fn name_of(input: &Input) -> String {
    input.path().map_or_else(|| "the CSV".to_owned(), |p| p.display().to_string())
}

/// At most a line's worth of a field.
fn shorten(field: &str) -> String {
    const MOST: usize = 120;
    if field.chars().count() <= MOST {
        return field.to_owned();
    }
    field.chars().take(MOST).chain(['…']).collect()
}
