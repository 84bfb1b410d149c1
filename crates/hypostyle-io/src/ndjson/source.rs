//! Files of lines of JSON, or bytes like theirs, and how to read them.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use hypostyle_core::{Buffer, DataType, Error, Field, Result, Schema, SchemaRef};
use hypostyle_plan::{DataSource, Scan, ScanRequest};

use super::options::NdjsonReadOptions;
use super::scan::{NdjsonScan, lines_of};
use crate::input::{Location, Locations, text_of};
use crate::json::shape::Shape;

/// Files of lines of JSON. Nothing is opened before the schema or a scan is asked for.
#[derive(Debug)]
pub struct NdjsonSource {
    from: Locations,
    options: NdjsonReadOptions,
    resolved: OnceLock<Arc<Resolved>>,
}

/// Where the text is, and the columns.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) locations: Vec<Location>,
    pub(super) schema: SchemaRef,
    /// Columns of the objects; a column of paths may follow.
    pub(super) n_fields: usize,
    pub(super) options: NdjsonReadOptions,
    /// Bytes of a row, about.
    row_bytes: Option<u64>,
}

impl NdjsonSource {
    /// Files, by path or pattern.
    pub fn from_paths<P: Into<PathBuf>>(
        paths: impl IntoIterator<Item = P>,
        options: NdjsonReadOptions,
    ) -> Self {
        let from = Locations::Paths(paths.into_iter().map(Into::into).collect());
        Self { from, options, resolved: OnceLock::new() }
    }

    /// Bytes of several files, perhaps compressed. They are shared, not copied.
    pub fn from_buffers(buffers: Vec<Buffer<u8>>, options: NdjsonReadOptions) -> Self {
        Self { from: Locations::Bytes(buffers), options, resolved: OnceLock::new() }
    }

    fn resolve(&self) -> Result<&Arc<Resolved>> {
        if let Some(resolved) = self.resolved.get() {
            return Ok(resolved);
        }
        let options = self.options.clone();
        let locations = self.from.resolve(options.glob, &options.storage)?;
        let (mut fields, row_bytes) = match &options.schema {
            Some(schema) => (schema.fields().to_vec(), None),
            None => infer(&locations, &options)?,
        };
        let n_fields = fields.len();
        if let Some(name) = &options.include_file_paths {
            fields.push(Field::new(name.as_str(), DataType::String));
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        let resolved = Resolved { locations, schema, n_fields, options, row_bytes };
        Ok(self.resolved.get_or_init(|| Arc::new(resolved)))
    }
}

/// The columns of the first rows, and about how many bytes a row has.
fn infer(locations: &[Location], options: &NdjsonReadOptions) -> Result<(Vec<Field>, Option<u64>)> {
    let wanted = options.infer_schema_length.unwrap_or(usize::MAX).max(1);
    let mut shape = Shape::default();
    let (mut rows, mut bytes) = (0, 0);
    for location in locations {
        let input = location.open()?;
        let (mut at, mut line) = (0, 0);
        while rows < wanted && input.reaches(at)? {
            let end = at + options.block_size.max(1) as u64;
            let mut scratch = Vec::new();
            let block = lines_of(&input, at, end, &mut scratch)?;
            for text in text_of(block, input.path(), line + 1)?.split('\n') {
                line += 1;
                let text = text.trim_matches([' ', '\t', '\r']);
                if text.is_empty() {
                    continue;
                }
                if rows == wanted {
                    break;
                }
                let place = || format!("{}, line {line}", location.name());
                shape.add(text).map_err(|e| e.into_error(&place()))?;
                if !matches!(shape, Shape::Struct(_)) {
                    return Err(Error::compute(format!("{}: a line must hold a JSON object", place())));
                }
                rows += 1;
                bytes += text.len() as u64 + 1;
            }
            // What follows the last line break was counted as a line.
            line = line.saturating_sub(1);
            at = end;
            input.release(at.saturating_sub(1));
        }
    }
    if rows == 0 {
        let first =
            locations.first().map(|l| l.invalid("holds no rows to infer columns from; give a `schema`"));
        return Err(first.unwrap_or_else(|| Error::compute("there is no file to infer columns from")));
    }
    let fields = crate::json::columns_of(&shape, options.schema_overrides.as_ref())?;
    Ok((fields, Some((bytes / rows as u64).max(1))))
}

impl DataSource for NdjsonSource {
    fn schema(&self) -> Result<SchemaRef> {
        Ok(self.resolve()?.schema.clone())
    }

    fn row_estimate(&self) -> Option<usize> {
        let resolved = self.resolve().ok()?;
        let bytes: u64 = resolved.locations.iter().map(Location::size).sum();
        let rows = usize::try_from(bytes / resolved.row_bytes?).unwrap_or(usize::MAX);
        Some(rows.min(resolved.options.n_rows.unwrap_or(usize::MAX)))
    }

    fn is_text(&self) -> bool {
        true
    }

    fn scan(&self, request: &ScanRequest) -> Result<Box<dyn Scan>> {
        let resolved = self.resolve()?;
        let projection = request.projection.clone().unwrap_or_else(|| (0..resolved.schema.len()).collect());
        let limit = match (request.limit, resolved.options.n_rows) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Ok(Box::new(NdjsonScan::new(Arc::clone(resolved), projection, limit)?))
    }

    fn describe(&self) -> String {
        format!("Ndjson SCAN [{}]", self.from.describe())
    }

    fn identity(&self) -> String {
        format!("ndjson {:?} {}", self.options, self.from.identity())
    }
}
