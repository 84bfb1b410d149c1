//! Which columns a scan has, and where each comes from: header, schema, overrides and inference put together.

use std::sync::Arc;

use hypostyle_core::{DataType, Error, Field, Result, Schema};
use hypostyle_kernels::bytes::Span;

use super::columns::check_supported;
use super::dictionary::DictionaryEncoder;
use super::field::{Content, FieldRules};
use super::infer::Kinds;
use super::input::{Input, Location};
use super::options::{CsvReadOptions, NullValues, SchemaOverrides};
use super::prologue::{Prologue, each_row, read_prologue};

/// Where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The field of each row at this place.
    Field(usize),
    /// Nowhere: it is null.
    Missing,
    RowIndex,
    FilePath,
}

/// One column of the scan.
#[derive(Debug)]
pub(super) struct ColumnLayout {
    pub(super) origin: Origin,
    pub(super) null_values: Vec<Box<[u8]>>,
    pub(super) encoder: Option<DictionaryEncoder>,
}

/// All columns of the scan.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) schema: Arc<Schema>,
    pub(super) columns: Vec<ColumnLayout>,
    /// How many fields a row has.
    pub(super) n_fields: usize,
    /// The names of the file's header, for comparison with further files.
    pub(super) header: Option<Vec<String>>,
    /// Mean bytes of a sampled row.
    pub(super) row_bytes: Option<u64>,
}

impl Layout {
    /// Reads the starts of the files and decides. `None` if the first file is empty.
    pub(super) fn resolve(locations: &[Location], options: &CsvReadOptions) -> Result<Option<Self>> {
        let Some(location) = locations.first() else { return Ok(None) };
        let input = &location.open()?;
        let Some(prologue) = read_prologue(input, options)? else { return Ok(None) };
        let infer = options.infer_schema && options.infer_schema_length != Some(0);
        let length = if infer { options.infer_schema_length } else { Some(1) };
        let sample = Sample::read(input, prologue.data_start, options)?;
        let n_fields = match &prologue.names {
            Some(names) => names.len(),
            None => {
                let mut most = 0;
                each_row(input, prologue.data_start, length, options, |_, row| most = most.max(row.len()))?;
                most
            }
        };
        if n_fields == 0 {
            return Ok(None);
        }
        let mut names = match (&prologue.names, &options.new_columns) {
            (_, Some(new)) => new.clone(),
            (Some(names), None) => names.clone(),
            (None, None) => (0..n_fields).map(|i| format!("column_{i}")).collect(),
        };
        if names.len() != n_fields {
            return Err(Error::schema(format!(
                "`new_columns` names {} columns, but the file has {n_fields}",
                names.len()
            )));
        }
        let mut columns: Vec<(Field, Origin)> = match &options.schema {
            Some(schema) => {
                if prologue.names.is_none() && options.new_columns.is_none() {
                    for (name, field) in names.iter_mut().zip(schema.fields()) {
                        *name = field.name.to_string();
                    }
                }
                by_schema(schema, &names, options)?
            }
            None => {
                let kinds = if infer {
                    infer_kinds(locations, &prologue, &names, options)?
                } else {
                    vec![Kinds::default(); n_fields]
                };
                let field = |(i, name): (usize, &String)| {
                    (Field::new(name.as_str(), kinds[i].dtype()), Origin::Field(i))
                };
                names.iter().enumerate().map(field).collect()
            }
        };
        if options.schema.is_none() {
            apply_overrides(&mut columns, options)?;
        }
        for (field, _) in &columns {
            check_supported(&field.dtype)?;
        }
        let null_values = null_values(&names, options)?;
        if let Some(name) = &options.row_index_name {
            columns.insert(0, (Field::new(name.as_str(), DataType::UInt32), Origin::RowIndex));
        }
        if let Some(name) = &options.include_file_paths {
            columns.push((Field::new(name.as_str(), DataType::String), Origin::FilePath));
        }
        let row_bytes = sample.row_bytes();
        let layouts = columns
            .iter()
            .map(|(field, origin)| {
                let null_values = match origin {
                    Origin::Field(i) => null_values[*i].clone(),
                    _ => Vec::new(),
                };
                let encoder = match origin {
                    Origin::Field(i) if field.dtype == DataType::String => {
                        sample.encoder(*i, &null_values, options)
                    }
                    _ => None,
                };
                ColumnLayout { origin: *origin, null_values, encoder }
            })
            .collect();
        let schema = Schema::try_new(columns.into_iter().map(|(field, _)| field).collect())?;
        Ok(Some(Self {
            schema: Arc::new(schema),
            columns: layouts,
            n_fields,
            header: prologue.names,
            row_bytes,
        }))
    }

    /// The layout of a scan over nothing: the columns of the given schema, if any, without rows.
    pub(super) fn empty(options: &CsvReadOptions) -> Result<Self> {
        let mut fields = Vec::new();
        if let Some(name) = &options.row_index_name {
            fields.push(Field::new(name.as_str(), DataType::UInt32));
        }
        fields.extend(options.schema.iter().flat_map(|s| s.fields().iter().cloned()));
        if let Some(name) = &options.include_file_paths {
            fields.push(Field::new(name.as_str(), DataType::String));
        }
        let missing = || ColumnLayout { origin: Origin::Missing, null_values: Vec::new(), encoder: None };
        let columns = fields.iter().map(|_| missing()).collect();
        let schema = Arc::new(Schema::try_new(fields)?);
        Ok(Self { schema, columns, n_fields: 1, header: None, row_bytes: None })
    }
}

/// The columns of a schema that the user gave, found by name.
fn by_schema(schema: &Schema, names: &[String], options: &CsvReadOptions) -> Result<Vec<(Field, Origin)>> {
    let extra: Vec<_> = names.iter().filter(|n| !schema.contains(n)).collect();
    if !extra.is_empty() && !options.ignore_extra_columns {
        return Err(Error::schema(format!(
            "the file has {} columns that `schema` does not name, among them {:?}; add them, or ignore extra columns",
            extra.len(),
            extra[0]
        )));
    }
    let mut columns = Vec::with_capacity(schema.len());
    for field in schema.fields() {
        let origin = match names.iter().position(|n| **n == *field.name) {
            Some(at) => Origin::Field(at),
            None if options.insert_missing_columns => Origin::Missing,
            None => {
                return Err(Error::schema(format!(
                    "`schema` names the column {:?}, which the file does not have; its columns are {names:?}",
                    field.name
                )));
            }
        };
        columns.push((field.clone(), origin));
    }
    Ok(columns)
}

fn apply_overrides(columns: &mut [(Field, Origin)], options: &CsvReadOptions) -> Result<()> {
    match &options.schema_overrides {
        None => {}
        Some(SchemaOverrides::ByName(overrides)) => {
            for (name, dtype) in overrides {
                for (field, _) in columns.iter_mut().filter(|(f, _)| *f.name == **name) {
                    field.dtype = dtype.clone();
                }
            }
        }
        Some(SchemaOverrides::ByPosition(dtypes)) => {
            if dtypes.len() != columns.len() {
                return Err(Error::schema(format!(
                    "`schema_overrides` gives {} types, but there are {} columns; give all, or give them by name",
                    dtypes.len(),
                    columns.len()
                )));
            }
            for ((field, _), dtype) in columns.iter_mut().zip(dtypes) {
                field.dtype = dtype.clone();
            }
        }
    }
    Ok(())
}

/// The texts that mean null, by place in the row.
fn null_values(names: &[String], options: &CsvReadOptions) -> Result<Vec<Vec<Box<[u8]>>>> {
    let bytes = |s: &String| Box::from(s.as_bytes());
    Ok(match &options.null_values {
        None => vec![Vec::new(); names.len()],
        Some(NullValues::AllColumns(texts)) => vec![texts.iter().map(bytes).collect(); names.len()],
        Some(NullValues::ByName(pairs)) => {
            let mut all = vec![Vec::new(); names.len()];
            for (name, text) in pairs {
                let Some(at) = names.iter().position(|n| n == name) else {
                    return Err(Error::column_not_found(name, names.iter().map(String::as_str)));
                };
                all[at].push(bytes(text));
            }
            all
        }
    })
}

fn add_kinds(
    kinds: &mut [Kinds],
    text: &[u8],
    row: &[Span],
    null_values: &[Vec<Box<[u8]>>],
    options: &CsvReadOptions,
) {
    for ((kinds, nulls), span) in kinds.iter_mut().zip(null_values).zip(row) {
        match sample_rules(nulls, options).content(text, *span) {
            Content::Null | Content::Text { bytes: [], quoted: false, .. } => {}
            Content::Text { bytes, .. } => kinds.add(bytes, options.try_parse_dates, options.decimal_mark()),
            Content::Malformed => kinds.add(b"\"", false, b'.'),
        }
    }
}

fn sample_rules<'a>(null_values: &'a [Box<[u8]>], options: &CsvReadOptions) -> FieldRules<'a> {
    FieldRules {
        quote: options.quote_char,
        doubled: true,
        null_values,
        empty_is_null: options.empty_string_is_null,
        ignore_errors: options.ignore_errors,
        point: options.decimal_mark(),
    }
}

fn infer_kinds(
    locations: &[Location],
    prologue: &Prologue,
    names: &[String],
    options: &CsvReadOptions,
) -> Result<Vec<Kinds>> {
    let null_values = null_values(names, options)?;
    let mut kinds = vec![Kinds::default(); names.len()];
    for (i, location) in locations.iter().enumerate().take(options.infer_schema_files.max(1)) {
        let input = &location.open()?;
        let mut start = prologue.data_start;
        if i > 0 {
            let Some(next) = read_prologue(input, options)? else { continue };
            check_header(prologue.names.as_deref(), next.names.as_deref(), input)?;
            start = next.data_start;
        }
        each_row(input, start, options.infer_schema_length, options, |text, row| {
            add_kinds(&mut kinds, text, row, &null_values, options);
        })?;
    }
    Ok(kinds)
}

/// All files of a scan have the same header.
pub(super) fn check_header(first: Option<&[String]>, other: Option<&[String]>, input: &Input) -> Result<()> {
    let (Some(first), Some(other)) = (first, other) else { return Ok(()) };
    if first == other {
        return Ok(());
    }
    let path = input.path().map_or_else(|| "an input".to_owned(), |p| p.display().to_string());
    Err(Error::schema(format!(
        "all files of a scan have the same header, but {path} has {other:?} instead of {first:?}"
    )))
}

/// The first rows, for choices that types do not settle.
#[derive(Debug, Default)]
struct Sample {
    text: Vec<u8>,
    rows: Vec<Vec<Span>>,
}

impl Sample {
    /// How many rows the choice of dictionary columns rests on.
    const ROWS: usize = 1000;

    fn read(input: &Input, start: u64, options: &CsvReadOptions) -> Result<Self> {
        let mut sample = Self::default();
        each_row(input, start, Some(Self::ROWS), options, |text, row| {
            // Fields are kept without what is between them.
            let mut keep = |span: &Span| {
                let start = sample.text.len() as u32;
                sample.text.extend_from_slice(span.of(text));
                Span { start, end: sample.text.len() as u32 }
            };
            let row = row.iter().map(&mut keep).collect();
            sample.rows.push(row);
        })?;
        Ok(sample)
    }

    /// Mean bytes of a row with its separators.
    fn row_bytes(&self) -> Option<u64> {
        let separators: usize = self.rows.iter().map(Vec::len).sum();
        Some(((self.text.len() + separators) / self.rows.len().max(1)).max(1) as u64)
            .filter(|_| !self.rows.is_empty())
    }

    fn encoder(
        &self,
        field: usize,
        null_values: &[Box<[u8]>],
        options: &CsvReadOptions,
    ) -> Option<DictionaryEncoder> {
        let rules = sample_rules(null_values, options);
        let mut texts = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let Some(span) = row.get(field).copied() else { continue };
            match rules.content(&self.text, span) {
                Content::Text { bytes: [], quoted: false, .. } | Content::Null => {}
                Content::Text { bytes, escaped: false, .. } => texts.push(bytes),
                // Too rare in repetitive columns to be worth the trouble.
                Content::Text { .. } | Content::Malformed => return None,
            }
        }
        (texts.len() >= Self::ROWS / 4).then(|| DictionaryEncoder::from_sample(texts.into_iter()))?
    }
}
