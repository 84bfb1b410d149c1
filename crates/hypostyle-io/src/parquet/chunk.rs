//! One column of one row group: where its pages are, and the pages that are ready.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use hypostyle_core::lock::lock;
use hypostyle_core::{Bitmap, Column, DataType, Error, MutableBitmap, PrimitiveArray, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::packed::look_up_bits;
use parquet::basic::Compression;

use super::decode::{
    Ascending, Body, Decompressor, Encoding, Entries, Leaf, Page, Part, Physical, Wanted, look_up_column,
    read_all_codes, read_column, read_entries,
};
use super::file::ParquetFile;
use super::header::{PageHeader, PageKind};
use super::pages::{PagePlaces, Place};
use crate::row_filter::Stage;

/// Pages of which one row of so many is wanted are made ready one at a time.
const SCARCE: usize = 4096;

/// A dictionary of fewer bytes is read in no time.
const WORTHWHILE: usize = 32 << 10;

/// A column chunk that is not nested.
#[derive(Debug)]
pub(super) struct Chunk {
    leaf: Leaf,
    codec: Compression,
    dictionary: Option<Place>,
    entries: OnceLock<Option<Entries>>,
    /// Held by whoever reads the entries.
    reading: Mutex<()>,
    /// What tests say of the entries, by their numbers; `None` if they cannot be asked.
    verdicts: Mutex<HashMap<usize, Option<Arc<Verdicts>>>>,
    pages: Vec<PlacedPage>,
}

/// A test of one column, with its number among those of the scan.
pub(super) struct CodeTest<'a> {
    pub(super) number: usize,
    pub(super) stage: &'a Stage,
}

/// What a test says of each entry of a dictionary, and of null.
#[derive(Debug)]
struct Verdicts {
    entries: Vec<bool>,
    null: bool,
}

impl Verdicts {
    fn ask(entries: &Column, test: &CodeTest<'_>) -> Option<Self> {
        let null = Column::full_null(entries.dtype().clone(), 1);
        let null = test.stage.keeps(vec![null], 1).ok()?.get(0);
        let kept = test.stage.keeps(vec![entries.clone()], entries.len()).ok()?;
        Some(Self { entries: kept.iter().collect(), null })
    }

    /// One bit for each code.
    fn mask(&self, codes: &PrimitiveArray<u32>) -> Result<Bitmap> {
        let count = codes.len();
        if self.entries.is_empty() {
            // Then all rows are null.
            return Ok(Bitmap::constant(self.null, count));
        }
        let mut words = look_up_bits(&self.entries, codes.values())?;
        if let Some(validity) = codes.validity() {
            let null = if self.null { u64::MAX } else { 0 };
            for (word, there) in words.iter_mut().zip(validity.words()) {
                *word = *word & there | null & !there;
            }
        }
        Ok(MutableBitmap::from_words(words, count).freeze())
    }
}

/// Rows of a column as codes of numbers.
pub(super) struct Codes<'a> {
    entries: &'a Column,
    codes: PrimitiveArray<u32>,
}

impl Codes<'_> {
    /// The rows at these places alone.
    pub(super) fn chosen(&mut self, rows: &[u32]) -> Result<()> {
        let codes = Column::from_primitive(DataType::UInt32, self.codes.clone());
        self.codes = gather(&codes, rows)?.expect_primitive::<u32>()?.clone();
        Ok(())
    }

    /// The numbers.
    pub(super) fn values(&self) -> Result<Column> {
        look_up_column(self.entries, &self.codes)
    }
}

#[derive(Debug)]
struct PlacedPage {
    place: Place,
    /// The first row and the number of rows, nulls among them.
    first: usize,
    rows: usize,
    ready: Mutex<Ready>,
}

/// A page that several morsels want is made ready once, and dropped by the last of them.
#[derive(Debug)]
struct Ready {
    page: Option<Arc<Page>>,
    wanted: usize,
}

/// Memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    raw: Vec<u8>,
    decompressor: Decompressor,
}

impl Scratch {
    /// Takes the memory of pages that nobody else needs.
    fn recycle(&mut self, parts: Vec<Part<'_>>) {
        for part in parts {
            if let Ok(page) = Arc::try_unwrap(part.page) {
                self.decompressor.recycle(page);
            }
        }
    }
}

impl Chunk {
    /// Finds the pages of a chunk. Morsels of the row group have `step` rows.
    pub(super) fn open(
        file: &ParquetFile,
        group: usize,
        column: usize,
        step: usize,
        scratch: &mut Scratch,
    ) -> Result<Self> {
        let columns = &file.columns[column];
        let leaf = columns.flat.clone().ok_or_else(|| Error::internal("a nested column has no chunk"))?;
        let group = file.metadata.row_group(group);
        let rows = group.num_rows() as usize;
        let chunk = group.column(columns.leaf);
        let mut places = PagePlaces::of(chunk, file.bytes.len())?;
        let mut this = Self {
            leaf,
            codec: chunk.compression(),
            dictionary: None,
            entries: OnceLock::new(),
            reading: Mutex::new(()),
            verdicts: Mutex::default(),
            pages: Vec::new(),
        };
        let mut row = 0;
        while row < rows
            && let Some(place) = places.next(&file.bytes, &mut scratch.raw)?
        {
            match place.header.kind {
                PageKind::Dictionary { .. } if this.dictionary.is_none() && row == 0 => {
                    this.dictionary = Some(place)
                }
                PageKind::Dictionary { .. } => return Err(Error::compute("it has more than one dictionary")),
                PageKind::Data { values, .. } | PageKind::DataV2 { values, .. } => {
                    if let PageKind::DataV2 { rows, .. } = place.header.kind
                        && rows != values
                    {
                        return Err(Error::compute("a page has more values than rows"));
                    }
                    let wanted = morsels(step, row, row + values);
                    let ready = Mutex::new(Ready { page: None, wanted });
                    this.pages.push(PlacedPage { place, first: row, rows: values, ready });
                    row += values;
                }
                PageKind::Other => {}
            }
        }
        if row != rows {
            return Err(Error::compute(format!("it has {row} rows in a row group of {rows}")));
        }
        Ok(this)
    }

    /// The rows `start .. start + len` of the row group, or those of them that are chosen, counted from `start`.
    pub(super) fn read(
        &self,
        file: &ParquetFile,
        start: usize,
        len: usize,
        chosen: Option<&[u32]>,
        scratch: &mut Scratch,
    ) -> Result<Column> {
        // Numbers and codes are read all the faster without places, so that rows are taken out afterwards if most stay.
        let most = chosen.filter(|rows| rows.len() > len / 2 && self.is_fixed(start, len));
        let parts = self.parts(file, start, len, chosen.filter(|_| most.is_none()), scratch)?;
        let coded = parts.iter().any(|part| part.page.is_coded());
        let entries = if coded { self.entries(file, scratch)? } else { None };
        let column = read_column(&self.leaf, &parts, entries);
        scratch.recycle(parts);
        match most {
            Some(rows) => gather(&column?, rows),
            None => column,
        }
    }

    /// Whether the values of these rows take the same number of bytes each, as read.
    fn is_fixed(&self, start: usize, len: usize) -> bool {
        !matches!(self.leaf.physical, Physical::Bytes | Physical::Fixed(_)) || self.are_coded(start, len)
    }

    /// Which of those rows pass a test of this column alone, asked once of each entry: if their values are all in a
    /// dictionary of numbers with no more entries than rows, and if the test can be asked of each of them.
    pub(super) fn test(
        &self,
        file: &ParquetFile,
        start: usize,
        len: usize,
        chosen: Option<&[u32]>,
        test: &CodeTest<'_>,
        scratch: &mut Scratch,
    ) -> Result<Option<(Bitmap, Codes<'_>)>> {
        if self.dictionary.is_none() || !self.are_coded(start, len) {
            return Ok(None);
        }
        let Some(Entries::Values(entries)) = self.entries(file, scratch)? else { return Ok(None) };
        let rows = chosen.map_or(len, <[u32]>::len);
        if entries.len() > rows || !entries.dtype().is_numeric() && !entries.dtype().is_temporal() {
            return Ok(None);
        }
        let Some(verdicts) = self.verdicts(entries, test) else { return Ok(None) };
        let parts = self.parts(file, start, len, chosen, scratch)?;
        let codes = read_all_codes(&parts)?;
        scratch.recycle(parts);
        let mask = verdicts.mask(&codes)?;
        Ok(Some((mask, Codes { entries, codes })))
    }

    /// What a test says of each entry, asked by whoever comes first.
    fn verdicts(&self, entries: &Column, test: &CodeTest<'_>) -> Option<Arc<Verdicts>> {
        let mut known = lock(&self.verdicts);
        known.entry(test.number).or_insert_with(|| Verdicts::ask(entries, test).map(Arc::new)).clone()
    }

    /// Whether all pages with these rows hold codes.
    fn are_coded(&self, start: usize, len: usize) -> bool {
        self.pages_of(start, len).all(|page| page.encoding().is_dictionary())
    }

    /// Whether a page with some of these rows holds codes.
    fn has_codes(&self, start: usize, len: usize) -> bool {
        self.pages_of(start, len).any(|page| page.encoding().is_dictionary())
    }

    fn pages_of(&self, start: usize, len: usize) -> impl Iterator<Item = &PlacedPage> {
        self.pages[self.first_page(start)..].iter().take_while(move |page| page.first < start + len)
    }

    /// The first page with rows behind `start`.
    fn first_page(&self, start: usize) -> usize {
        self.pages.partition_point(|page| page.first + page.rows <= start)
    }

    /// The pages with these rows, and which of their rows are wanted.
    fn parts<'r>(
        &self,
        file: &ParquetFile,
        start: usize,
        len: usize,
        chosen: Option<&'r [u32]>,
        scratch: &mut Scratch,
    ) -> Result<Vec<Part<'r>>> {
        let end = start + len;
        let mut parts = Vec::new();
        let mut rest = chosen;
        for (number, page) in self.pages.iter().enumerate().skip(self.first_page(start)) {
            if page.first >= end {
                break;
            }
            let from = page.first.max(start);
            let to = (page.first + page.rows).min(end);
            let wanted = match &mut rest {
                None => Wanted::Range { start: from - page.first, len: to - from },
                Some(rows) => {
                    let here = rows.partition_point(|row| start + (*row as usize) < to);
                    let (mine, others) = rows.split_at(here);
                    *rows = others;
                    if mine.is_empty() {
                        continue;
                    }
                    Wanted::Rows(Ascending::shifted(mine, start as isize - page.first as isize))
                }
            };
            // Where few rows are wanted, the next page may have none.
            let likely = wanted.len() >= page.rows / SCARCE;
            parts.push(Part { page: self.ready(file, number, likely, scratch)?, wanted });
        }
        Ok(parts)
    }

    /// A page made ready; the one behind it as well if that is `likely` to be wanted next and takes less time so.
    fn ready(
        &self,
        file: &ParquetFile,
        number: usize,
        likely: bool,
        scratch: &mut Scratch,
    ) -> Result<Arc<Page>> {
        let page = &self.pages[number];
        let mut ready = lock(&page.ready);
        let made = match ready.page.take() {
            Some(made) => made,
            None => {
                let next = self.pages.get(number + 1).filter(|_| likely && self.codec == Compression::SNAPPY);
                let next = next.and_then(|next| Some((next, next.ready.try_lock().ok()?)));
                match next.filter(|(_, ready)| ready.page.is_none() && ready.wanted > 0) {
                    None => Arc::new(self.make(file, page, scratch)?),
                    Some((next, mut next_ready)) => {
                        let [made, behind] = self.make_two(file, [page, next], scratch)?;
                        // Whoever wants it will see what is wrong with it.
                        next_ready.page = behind.ok().map(Arc::new);
                        Arc::new(made?)
                    }
                }
            }
        };
        ready.wanted = ready.wanted.saturating_sub(1);
        if ready.wanted > 0 {
            ready.page = Some(Arc::clone(&made));
        }
        Ok(made)
    }

    fn make(&self, file: &ParquetFile, page: &PlacedPage, scratch: &mut Scratch) -> Result<Page> {
        let Place { at, header } = &page.place;
        let raw = file.bytes.read_whole(*at, header.compressed, &mut scratch.raw)?;
        let bytes = scratch.decompressor.read(self.body(header, raw)?)?;
        Page::of(header, raw, bytes, &self.leaf, page.rows, &mut scratch.decompressor)
    }

    fn body<'p>(&self, header: &PageHeader, raw: &'p [u8]) -> Result<Body<'p>> {
        let numbers = !matches!(self.leaf.physical, Physical::Bytes | Physical::Fixed(_));
        Ok(Body::of(header, raw, self.codec)?.of_numbers(numbers))
    }

    /// Makes two pages, one behind the other in the file.
    fn make_two(
        &self,
        file: &ParquetFile,
        pages: [&PlacedPage; 2],
        scratch: &mut Scratch,
    ) -> Result<[Result<Page>; 2]> {
        let [first, second] = pages.map(|page| page.place);
        // Between them is the header of the second one, and hardly ever anything else.
        let end = second.at + second.header.compressed as u64;
        let raw = file.bytes.read_whole(first.at, (end - first.at) as usize, &mut scratch.raw)?;
        let raws = [&raw[..first.header.compressed], &raw[(second.at - first.at) as usize..]];
        let body = self.body(&first.header, raws[0])?;
        let [one, two] = match self.body(&second.header, raws[1]) {
            Ok(behind) => scratch.decompressor.read_two([body, behind]),
            Err(error) => [scratch.decompressor.read(body), Err(error)],
        };
        let memory = &mut scratch.decompressor;
        let mut make = |bytes: Result<Vec<u8>>, number: usize| {
            let (header, rows) = (&pages[number].place.header, pages[number].rows);
            Page::of(header, raws[number], bytes?, &self.leaf, rows, memory)
        };
        Ok([make(one, 0), make(two, 1)])
    }

    /// The entries that codes stand for, if there is a dictionary.
    fn entries(&self, file: &ParquetFile, scratch: &mut Scratch) -> Result<Option<&Entries>> {
        if let Some(entries) = self.entries.get() {
            return Ok(entries.as_ref());
        }
        let _reading = lock(&self.reading);
        if let Some(entries) = self.entries.get() {
            return Ok(entries.as_ref());
        }
        let entries = match &self.dictionary {
            None => None,
            Some(place) => {
                let PageKind::Dictionary { values, encoding } = place.header.kind else {
                    return Err(Error::internal("a dictionary page was to be read"));
                };
                if encoding != Encoding::PLAIN && encoding != Encoding::PLAIN_DICTIONARY {
                    return Err(Error::unsupported(format!("a dictionary with encoding {}", encoding.0)));
                }
                let raw = file.bytes.read_whole(place.at, place.header.compressed, &mut scratch.raw)?;
                let bytes = scratch.decompressor.read(self.body(&place.header, raw)?)?;
                Some(read_entries(bytes, values, &Leaf { optional: false, ..self.leaf.clone() })?)
            }
        };
        Ok(self.entries.get_or_init(|| entries).as_ref())
    }

    /// Whether these rows need the dictionary and it is not read yet: somebody is at it, or nobody.
    pub(super) fn lacking(&self, start: usize, len: usize) -> Option<Lacking> {
        let size = self.dictionary.as_ref()?.header.uncompressed;
        if size < WORTHWHILE || self.entries.get().is_some() || !self.has_codes(start, len) {
            return None;
        }
        Some(if self.reading.try_lock().is_ok() { Lacking::Unread } else { Lacking::BeingRead })
    }

    /// Reads the dictionary, for others. What is wrong with it is seen by who needs it.
    pub(super) fn read_ahead(&self, file: &ParquetFile, scratch: &mut Scratch) {
        let _ = self.entries(file, scratch);
    }

    /// Keeps the dictionary from being read.
    #[cfg(test)]
    pub(super) fn hold(&self) -> std::sync::MutexGuard<'_, ()> {
        lock(&self.reading)
    }
}

/// The state of a dictionary that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lacking {
    Unread,
    BeingRead,
}

impl PlacedPage {
    fn encoding(&self) -> Encoding {
        match self.place.header.kind {
            PageKind::Data { encoding, .. } | PageKind::DataV2 { encoding, .. } => encoding,
            PageKind::Dictionary { .. } | PageKind::Other => Encoding::PLAIN,
        }
    }
}

/// How many morsels of `step` rows have rows from `start` to `end`.
fn morsels(step: usize, start: usize, end: usize) -> usize {
    if start == end { 0 } else { (end - 1) / step.max(1) - start / step.max(1) + 1 }
}
