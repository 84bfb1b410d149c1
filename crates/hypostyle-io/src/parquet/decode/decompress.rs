//! Pages as they were before they were compressed. Sizes are what headers claim: memory is taken for what can be true.

use std::io::Read;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use hypostyle_core::{Error, Result};
use hypostyle_kernels::snappy::{self, Block};
use parquet::basic::Compression;

use super::super::header::{PageHeader, PageKind};
use super::page::Page;

/// Up to here memory is taken at once; what claims to be larger has to prove it.
const TRUSTED: usize = 16 << 20;

/// The part of a page that is compressed.
#[derive(Clone, Copy, Debug)]
pub(in crate::parquet) struct Body<'a> {
    compressed: &'a [u8],
    codec: Compression,
    /// Bytes that come out.
    size: usize,
    /// Whether they are those of numbers.
    numbers: bool,
}

impl<'a> Body<'a> {
    pub(in crate::parquet) fn of(header: &PageHeader, raw: &'a [u8], codec: Compression) -> Result<Self> {
        let PageKind::DataV2 { levels, repetition, compressed, .. } = header.kind else {
            return Ok(Self { compressed: raw, codec, size: header.uncompressed, numbers: false });
        };
        let behind = levels.checked_add(repetition).filter(|n| *n <= raw.len().min(header.uncompressed));
        let behind = behind.ok_or_else(|| Error::compute("its levels end too soon"))?;
        let codec = if compressed { codec } else { Compression::UNCOMPRESSED };
        Ok(Self { compressed: &raw[behind..], codec, size: header.uncompressed - behind, numbers: false })
    }

    /// The same, with what is known of what comes out: numbers or text.
    pub(in crate::parquet) fn of_numbers(self, numbers: bool) -> Self {
        Self { numbers, ..self }
    }
}

/// What decompresses pages, and memory for them: one a worker.
#[derive(Default)]
pub(in crate::parquet) struct Decompressor {
    zstd: Option<zstd::bulk::Decompressor<'static>>,
    buffers: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Decompressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decompressor").field("buffers", &self.buffers.len()).finish_non_exhaustive()
    }
}

/// Buffers that are kept for the next pages.
const KEPT_BUFFERS: usize = 16;

impl Decompressor {
    /// Takes the memory of a page that nobody needs any more.
    pub(in crate::parquet) fn recycle(&mut self, page: Page) {
        self.keep(page.into_bytes());
    }

    pub(super) fn keep(&mut self, buffer: Vec<u8>) {
        if self.buffers.len() < KEPT_BUFFERS {
            self.buffers.push(buffer);
        }
    }

    /// A buffer of whatever size.
    pub(super) fn any_buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    /// A buffer with memory for so many bytes, if there is one; else the one that comes closest. It has bytes of other
    /// pages.
    fn buffer(&mut self, size: usize) -> Vec<u8> {
        let lacks = |buffer: &Vec<u8>| (size.saturating_sub(buffer.capacity()), buffer.capacity());
        let best = (0..self.buffers.len()).min_by_key(|i| lacks(&self.buffers[*i]));
        best.map(|i| self.buffers.swap_remove(i)).unwrap_or_default()
    }

    /// What two pages were compressed from. Where two at once take less time than one after the other, they are.
    pub(in crate::parquet) fn read_two(&mut self, bodies: [Body<'_>; 2]) -> [Result<Vec<u8>>; 2] {
        let [first, second] = bodies;
        if (first.codec, second.codec) != (Compression::SNAPPY, Compression::SNAPPY) {
            return bodies.map(|body| self.read(body));
        }
        match bodies.map(|body| self.snappy_room(body)) {
            [Ok(mut one), Ok(mut two)] => {
                let done = snappy::decompress_two(
                    Block { compressed: first.compressed, out: &mut one, short: first.numbers },
                    Block { compressed: second.compressed, out: &mut two, short: second.numbers },
                );
                let [first, second] = done.map(|done| done.map_err(|e| refused(&e)));
                [first.map(|()| one), second.map(|()| two)]
            }
            rooms => {
                self.buffers.extend(rooms.into_iter().flatten());
                bodies.map(|body| self.read(body))
            }
        }
    }

    fn snappy_room(&mut self, body: Body<'_>) -> Result<Vec<u8>> {
        if snappy::size(body.compressed) != Some(body.size) {
            return Err(contradiction());
        }
        Ok(self.buffer(body.size))
    }

    /// The bytes that a page was compressed from, as many as it says.
    pub(in crate::parquet) fn read(&mut self, body: Body<'_>) -> Result<Vec<u8>> {
        let Body { compressed: raw, codec, size, numbers } = body;
        let bytes = match codec {
            Compression::UNCOMPRESSED => {
                let mut bytes = self.buffer(raw.len());
                bytes.clear();
                bytes.extend_from_slice(raw);
                bytes
            }
            _ if size == 0 => Vec::new(),
            Compression::SNAPPY => {
                let mut bytes = self.snappy_room(body)?;
                let block = Block { compressed: raw, out: &mut bytes, short: numbers };
                snappy::decompress(block).map_err(|e| refused(&e))?;
                bytes
            }
            Compression::LZ4_RAW => {
                // A byte stands for 255 at most.
                if size / 256 > raw.len() {
                    return Err(contradiction());
                }
                let mut bytes = self.buffer(size);
                bytes.resize(size, 0);
                let len = lz4_flex::block::decompress_into(raw, &mut bytes).map_err(|e| refused(&e))?;
                bytes.truncate(len);
                bytes
            }
            Compression::ZSTD(_) if size <= TRUSTED => {
                let mut bytes = self.buffer(size);
                bytes.clear();
                bytes.reserve(size);
                if self.zstd.is_none() {
                    self.zstd = Some(zstd::bulk::Decompressor::new()?);
                }
                if let Some(zstd) = &mut self.zstd {
                    zstd.decompress_to_buffer(raw, &mut bytes).map_err(|e| refused(&e))?;
                }
                bytes
            }
            Compression::ZSTD(_) => {
                let stream = zstd::stream::Decoder::with_buffer(raw).map_err(|e| refused(&e))?;
                read_up_to(stream, size).map_err(|e| refused(&e))?
            }
            Compression::GZIP(_) => {
                read_up_to(flate2::bufread::MultiGzDecoder::new(raw), size).map_err(|e| refused(&e))?
            }
            Compression::BROTLI(_) => brotli(raw, size, self.buffer(size.min(TRUSTED)))?,
            other => return Err(Error::unsupported(format!("compression {other:?} cannot be read"))),
        };
        if bytes.len() != size {
            return Err(refused(&format!("{} bytes came out where {size} were promised", bytes.len())));
        }
        Ok(bytes)
    }
}

fn refused(why: &dyn std::fmt::Display) -> Error {
    Error::compute(format!("it cannot be decompressed: {why}"))
}

fn contradiction() -> Error {
    refused(&"its sizes contradict each other")
}

/// What a Brotli stream was compressed from, if that is no more than promised. It comes into a buffer that is there
/// already.
fn brotli(raw: &[u8], size: usize, mut bytes: Vec<u8>) -> Result<Vec<u8>> {
    let memory = StandardAlloc::default;
    // Windows of more than 16 MiB are no part of the format that files may have.
    let mut state = BrotliState::new_strict(memory(), memory(), memory());
    let (mut left, mut at, mut written, mut total) = (raw.len(), 0, 0, 0);
    loop {
        let room = size.min(TRUSTED.max(2 * written));
        bytes.resize(room, 0);
        let mut space = room - written;
        let done = BrotliDecompressStream(
            &mut left,
            &mut at,
            raw,
            &mut space,
            &mut written,
            &mut bytes,
            &mut total,
            &mut state,
        );
        match done {
            BrotliResult::ResultSuccess => break,
            BrotliResult::NeedsMoreOutput if written < size => {}
            BrotliResult::NeedsMoreOutput => return Err(contradiction()),
            BrotliResult::NeedsMoreInput => return Err(refused(&"it ends too soon")),
            BrotliResult::ResultFailure => return Err(refused(&"it is no Brotli stream")),
        }
    }
    bytes.truncate(written);
    Ok(bytes)
}

/// One byte more than promised is enough to know that the promise was broken.
fn read_up_to(stream: impl Read, size: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size.min(TRUSTED));
    stream.take(size as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::super::write::Compressor;
    use super::*;

    fn codecs() -> [Compression; 5] {
        [
            Compression::SNAPPY,
            Compression::LZ4_RAW,
            Compression::GZIP(Default::default()),
            Compression::ZSTD(Default::default()),
            Compression::BROTLI(Default::default()),
        ]
    }

    fn compressed(codec: Compression, bytes: &[u8]) -> Vec<u8> {
        if let Compression::BROTLI(_) = codec {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 22);
            encoder.write_all(bytes).unwrap();
            return encoder.into_inner();
        }
        Compressor::new(codec).unwrap().compress(bytes).unwrap().to_vec()
    }

    fn read(codec: Compression, compressed: &[u8], size: usize) -> Result<Vec<u8>> {
        Decompressor::default().read(Body { compressed, codec, size, numbers: false })
    }

    /// Bytes of which some repeat.
    fn bytes(len: usize) -> Vec<u8> {
        (0..len).map(|i| ((i * i) >> 5) as u8 & 31).collect()
    }

    #[test]
    fn what_was_compressed_comes_out() {
        for codec in codecs() {
            for len in [0, 1, 100, 70_000, TRUSTED + 5] {
                let bytes = bytes(len);
                let page = compressed(codec, &bytes);
                assert!(read(codec, &page, len).unwrap() == bytes, "{codec:?}, {len} bytes");
            }
        }
    }

    /// Memory of pages before is used again, and leaves no trace.
    #[test]
    fn buffers_are_used_again() {
        let mut decompressor = Decompressor::default();
        for codec in codecs() {
            for len in [70_000, 5, 9_000] {
                let bytes = bytes(len);
                let compressed = compressed(codec, &bytes);
                let read = decompressor
                    .read(Body { compressed: &compressed, codec, size: len, numbers: true })
                    .unwrap();
                assert!(read == bytes, "{codec:?}, {len} bytes");
                decompressor.keep(read);
            }
        }
    }

    #[test]
    fn sizes_are_what_was_promised() {
        for codec in codecs() {
            let page = compressed(codec, &bytes(1_000));
            for size in [1, 999, 1_001, TRUSTED, TRUSTED + 1, i32::MAX as usize] {
                let error = read(codec, &page, size).unwrap_err().to_string();
                assert!(error.contains("it cannot be decompressed"), "{codec:?}, {size} bytes: {error}");
            }
        }
    }

    #[test]
    fn broken_pages_are_refused_or_read() {
        for codec in codecs() {
            let bytes = bytes(600);
            let page = compressed(codec, &bytes);
            for len in 0..page.len() {
                // The last bytes may be a checksum, or an end that nobody needs.
                let outcome = read(codec, &page[..len], 600);
                assert!(outcome.is_err() || len + 9 > page.len(), "{codec:?}, {len} of {}", page.len());
            }
            for place in 0..page.len() {
                for mask in 1..=255 {
                    let mut broken = page.clone();
                    broken[place] ^= mask;
                    for size in [600, 601] {
                        let outcome = read(codec, &broken, size);
                        assert!(outcome.is_err() || outcome.unwrap().len() == size);
                    }
                }
            }
        }
    }

    #[test]
    fn other_codecs_are_refused_by_name() {
        let error = read(Compression::LZO, &[1, 2, 3], 5).unwrap_err().to_string();
        assert!(error.contains("LZO"), "{error}");
    }
}
