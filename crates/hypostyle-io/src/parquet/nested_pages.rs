//! Pages of a row group as arrow-rs takes them: found and decompressed here, by the code that does it for all other
//! columns.
//!
//! So sizes in headers are checked before memory is taken, and every codec is known that is known there.

use std::sync::{Arc, Mutex};

use hypostyle_core::lock::lock;
use hypostyle_core::{Error, Result};
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::{Compression, Encoding as Foreign};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ForeignResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::decode::{Body, Decompressor, Encoding};
use super::file::ParquetFile;
use super::header::PageKind;
use super::pages::{PagePlaces, Place};
use crate::input::Bytes;

/// What went wrong here. Errors that pass through arrow-rs are texts at the other end.
#[derive(Clone, Debug, Default)]
pub(super) struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    fn keep(&self, error: Error) -> ParquetError {
        let told = ParquetError::General(error.to_string());
        *lock(&self.0) = Some(error);
        told
    }

    pub(super) fn take(&self) -> Option<Error> {
        lock(&self.0).take()
    }
}

/// A row group whose pages are read here.
pub(super) struct NestedGroup<'a> {
    pub(super) file: &'a ParquetFile,
    pub(super) group: usize,
    pub(super) failure: Failure,
}

impl RowGroups for NestedGroup<'_> {
    fn num_rows(&self) -> usize {
        self.file.metadata.row_group(self.group).num_rows() as usize
    }

    fn column_chunks(&self, leaf: usize) -> ForeignResult<Box<dyn PageIterator>> {
        let chunk = self.file.metadata.row_group(self.group).column(leaf);
        let bytes = self.file.bytes.clone();
        let pages = ChunkPages {
            places: PagePlaces::of(chunk, bytes.len()).map_err(|e| self.failure.keep(e))?,
            bytes,
            codec: chunk.compression(),
            next: None,
            raw: Vec::new(),
            decompressor: Decompressor::default(),
            failure: self.failure.clone(),
        };
        Ok(Box::new(OneChunk(Some(pages))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.file.metadata.row_group(self.group)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.file.metadata
    }
}

struct OneChunk(Option<ChunkPages>);

impl Iterator for OneChunk {
    type Item = ForeignResult<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(Ok(Box::new(self.0.take()?)))
    }
}

impl PageIterator for OneChunk {}

struct ChunkPages {
    places: PagePlaces,
    bytes: Bytes,
    codec: Compression,
    /// The next page, if it has been looked at.
    next: Option<Place>,
    raw: Vec<u8>,
    decompressor: Decompressor,
    failure: Failure,
}

impl ChunkPages {
    /// The next page that holds something.
    fn peek(&mut self) -> Result<Option<Place>> {
        while self.next.is_none() {
            let Some(place) = self.places.next(&self.bytes, &mut self.raw)? else { return Ok(None) };
            self.next = Some(place).filter(|place| place.header.kind != PageKind::Other);
        }
        Ok(self.next)
    }

    fn take(&mut self) -> Result<Option<Page>> {
        let Some(Place { at, header }) = self.peek()? else { return Ok(None) };
        self.next = None;
        let raw = self.bytes.read_whole(at, header.compressed, &mut self.raw)?;
        let mut bytes = self.decompressor.read(Body::of(&header, raw, self.codec)?)?;
        // Levels that are not compressed come first.
        let levels = header.uncompressed.saturating_sub(bytes.len());
        if levels > 0 {
            bytes.splice(0..0, raw[..levels].iter().copied());
        }
        let buf = bytes.into();
        Ok(Some(match header.kind {
            PageKind::Dictionary { values, encoding } => Page::DictionaryPage {
                buf,
                num_values: values as u32,
                encoding: foreign(encoding)?,
                is_sorted: false,
            },
            PageKind::Data { values, encoding, levels, repetition } => Page::DataPage {
                buf,
                num_values: values as u32,
                encoding: foreign(encoding)?,
                def_level_encoding: foreign(levels)?,
                rep_level_encoding: foreign(repetition)?,
                statistics: None,
            },
            PageKind::DataV2 { values, nulls, rows, encoding, levels, repetition, compressed } => {
                Page::DataPageV2 {
                    buf,
                    num_values: values as u32,
                    encoding: foreign(encoding)?,
                    num_nulls: nulls as u32,
                    num_rows: rows as u32,
                    def_levels_byte_len: levels as u32,
                    rep_levels_byte_len: repetition as u32,
                    is_compressed: compressed,
                    statistics: None,
                }
            }
            PageKind::Other => return Err(Error::internal("a page without values was to be read")),
        }))
    }
}

impl Iterator for ChunkPages {
    type Item = ForeignResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for ChunkPages {
    fn get_next_page(&mut self) -> ForeignResult<Option<Page>> {
        self.take().map_err(|e| self.failure.keep(e))
    }

    fn peek_next_page(&mut self) -> ForeignResult<Option<PageMetadata>> {
        let next = self.peek().map_err(|e| self.failure.keep(e))?;
        Ok(next.map(|place| {
            let (num_rows, num_levels, is_dict) = match place.header.kind {
                PageKind::Data { values, .. } => (None, Some(values), false),
                PageKind::DataV2 { values, rows, .. } => (Some(rows), Some(values), false),
                PageKind::Dictionary { .. } | PageKind::Other => (None, None, true),
            };
            PageMetadata { num_rows, num_levels, is_dict }
        }))
    }

    fn skip_next_page(&mut self) -> ForeignResult<()> {
        self.peek().map_err(|e| self.failure.keep(e))?;
        self.next = None;
        Ok(())
    }
}

fn foreign(encoding: Encoding) -> Result<Foreign> {
    #[expect(deprecated, reason = "old files have such levels")]
    let packed = Foreign::BIT_PACKED;
    Ok(match encoding.0 {
        0 => Foreign::PLAIN,
        2 => Foreign::PLAIN_DICTIONARY,
        3 => Foreign::RLE,
        4 => packed,
        5 => Foreign::DELTA_BINARY_PACKED,
        6 => Foreign::DELTA_LENGTH_BYTE_ARRAY,
        7 => Foreign::DELTA_BYTE_ARRAY,
        8 => Foreign::RLE_DICTIONARY,
        9 => Foreign::BYTE_STREAM_SPLIT,
        other => return Err(Error::unsupported(format!("a page with encoding {other}"))),
    })
}
