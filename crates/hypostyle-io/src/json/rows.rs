//! Rows from the texts of JSON objects, and what is wrong with those that are none.

use std::path::Path;

use hypostyle_core::{Column, Error, ErrorKind, Field, Result};
use serde::de::{DeserializeSeed, SeqAccess, Visitor};

use super::columns::{Fields, Misfit, ObjectSeed, Reading};

/// Columns that grow by objects, each of which is a part of one text.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    fields: Fields,
    reading: Reading<'a>,
}

/// What is wrong with a row.
#[derive(Debug)]
pub(crate) struct Fault {
    message: String,
    /// Lines and bytes from the start of what was read.
    line: usize,
    column: usize,
    misfit: Option<Misfit>,
}

impl Fault {
    fn new(error: &serde_json::Error, misfit: Option<Misfit>) -> Self {
        let message = error.to_string();
        let end = message.rfind(" at line ").unwrap_or(message.len());
        Self { message: message[..end].to_owned(), line: error.line().max(1), column: error.column(), misfit }
    }

    /// The error, if what was read begins in this line of a file.
    pub(crate) fn into_error(self, path: Option<&Path>, first_line: u64) -> Error {
        let line = first_line + self.line as u64 - 1;
        match self.misfit {
            Some(Misfit { value, path: names, dtype }) => Error::new(ErrorKind::Parse {
                path: path.map(Path::to_path_buf),
                line,
                column: names.join("."),
                dtype: dtype.to_string(),
                field: value,
                hint:
                    "raise `infer_schema_length`, name the type in `schema_overrides`, or set `ignore_errors`"
                        .into(),
            }),
            None => {
                let file = path.map_or_else(|| "JSON".to_owned(), |path| path.display().to_string());
                Error::compute(format!("{file}, line {line}, byte {}: {}", self.column, self.message))
            }
        }
    }
}

impl<'a> Rows<'a> {
    /// Columns for the members of these names; objects are parts of `text`.
    pub(crate) fn new(fields: &[Field], text: &'a str, ignore_errors: bool) -> Result<Self> {
        let reading = Reading { text: text.as_bytes(), ignore_errors, misfit: None };
        Ok(Self { fields: Fields::new(fields)?, reading })
    }

    /// Rows so far.
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Appends one object.
    pub(crate) fn push(&mut self, object: &str) -> Result<(), Fault> {
        let Self { fields, reading } = self;
        let mut deserializer = serde_json::Deserializer::from_str(object);
        let seed = ObjectSeed { fields, reading };
        let result = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        result.map_err(|error| Fault::new(&error, self.reading.misfit.take()))
    }

    /// Appends the objects of an array, or one object.
    pub(crate) fn push_document(&mut self, document: &str) -> Result<(), Fault> {
        let Self { fields, reading } = self;
        let mut deserializer = serde_json::Deserializer::from_str(document);
        let seed = DocumentSeed { fields, reading };
        let result = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        result.map_err(|error| Fault::new(&error, self.reading.misfit.take()))
    }

    /// The columns.
    pub(crate) fn finish(self) -> Result<Vec<Column>> {
        self.fields.finish()
    }
}

/// An array of objects, or one.
struct DocumentSeed<'b, 'a> {
    fields: &'b mut Fields,
    reading: &'b mut Reading<'a>,
}

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of JSON objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { fields, reading } = self;
        while items.next_element_seed(ObjectSeed { fields, reading })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let Self { fields, reading } = self;
        ObjectSeed { fields, reading }.visit_map(members)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Err(E::invalid_type(serde::de::Unexpected::Unit, &self))
    }
}
