//! Where the pages of a column chunk are.

use hypostyle_core::{Error, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use super::header::{PageHeader, Refused};
use crate::input::Bytes;

/// Bytes that a page header is read from at first, and at last.
const HEADER: usize = 256;
const LONGEST_HEADER: usize = 4 << 20;

/// A page in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Where the page begins, behind its header.
    pub(super) at: u64,
    pub(super) header: PageHeader,
}

/// The pages of a chunk, one after the other, by their headers alone.
#[derive(Debug)]
pub(super) struct PagePlaces {
    at: u64,
    end: u64,
}

impl PagePlaces {
    /// The pages of a chunk in a file of `size` bytes.
    pub(super) fn of(chunk: &ColumnChunkMetaData, size: u64) -> Result<Self> {
        let number = |what: i64| {
            u64::try_from(what).map_err(|_| Error::compute("its place in the file is a negative number"))
        };
        let data = number(chunk.data_page_offset())?;
        // Some writers name a dictionary page that is not there.
        let at = match chunk.dictionary_page_offset() {
            Some(at) if at > 0 => number(at)?.min(data),
            _ => data,
        };
        let end = at.checked_add(number(chunk.compressed_size())?).filter(|end| *end <= size);
        let end = end.ok_or_else(|| Error::compute("it lies past the end of the file"))?;
        Ok(Self { at, end })
    }

    /// The next page, by way of a buffer; `None` behind the last one.
    pub(super) fn next(&mut self, bytes: &Bytes, buffer: &mut Vec<u8>) -> Result<Option<Place>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let header = read_header(bytes, self.at, self.end, buffer)?;
        let at = self.at + header.len as u64;
        self.at = at + header.compressed as u64;
        if self.at > self.end {
            return Err(Error::compute("a page lies past the end of its column"));
        }
        Ok(Some(Place { at, header }))
    }
}

fn read_header(bytes: &Bytes, at: u64, end: u64, buffer: &mut Vec<u8>) -> Result<PageHeader> {
    let mut len = HEADER;
    loop {
        let most = usize::try_from(end - at).unwrap_or(usize::MAX);
        let here = len.min(most);
        match PageHeader::parse(bytes.read_whole(at, here, buffer)?) {
            Ok(header) => return Ok(header),
            Err(Refused::TooShort) if here == len && len < LONGEST_HEADER => len *= 8,
            Err(Refused::TooShort) => return Err(Error::compute("a page header does not end")),
            Err(Refused::Invalid(why)) => return Err(Error::compute(format!("a page header {why}"))),
        }
    }
}
