//! Compression of pages: contexts and memory that are used again and again.

use std::io::Write;

use hypostyle_core::{Error, Result};
use parquet::basic::Compression;

/// What compresses pages: one a worker.
pub(in crate::parquet) struct Compressor {
    codec: Compression,
    snappy: snap::raw::Encoder,
    zstd: Option<zstd::bulk::Compressor<'static>>,
    room: Vec<u8>,
}

impl std::fmt::Debug for Compressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compressor").field("codec", &self.codec).finish_non_exhaustive()
    }
}

impl Compressor {
    pub(in crate::parquet) fn new(codec: Compression) -> Result<Self> {
        let zstd = match codec {
            Compression::ZSTD(level) => Some(zstd::bulk::Compressor::new(level.compression_level())?),
            _ => None,
        };
        Ok(Self { codec, snappy: snap::raw::Encoder::new(), zstd, room: Vec::new() })
    }

    pub(super) fn codec(&self) -> Compression {
        self.codec
    }

    /// The compressed form of some bytes.
    pub(in crate::parquet) fn compress<'a>(&'a mut self, bytes: &'a [u8]) -> Result<&'a [u8]> {
        let failed = |e: &dyn std::fmt::Display| Error::compute(format!("a page cannot be compressed: {e}"));
        let room = |room: &mut Vec<u8>, size: usize| {
            // Only what it did not have before is filled with zeros.
            if room.len() < size {
                room.resize(size, 0);
            }
        };
        let len = match (self.codec, &mut self.zstd) {
            (Compression::UNCOMPRESSED, _) => return Ok(bytes),
            (Compression::SNAPPY, _) => {
                room(&mut self.room, snap::raw::max_compress_len(bytes.len()));
                self.snappy.compress(bytes, &mut self.room).map_err(|e| failed(&e))?
            }
            (Compression::LZ4_RAW, _) => {
                room(&mut self.room, lz4_flex::block::get_maximum_output_size(bytes.len()));
                lz4_flex::block::compress_into(bytes, &mut self.room).map_err(|e| failed(&e))?
            }
            (Compression::GZIP(level), _) => {
                self.room.clear();
                let level = flate2::Compression::new(level.compression_level());
                let mut encoder = flate2::write::GzEncoder::new(&mut self.room, level);
                encoder.write_all(bytes)?;
                encoder.finish()?.len()
            }
            (Compression::ZSTD(_), Some(zstd)) => {
                room(&mut self.room, zstd::zstd_safe::compress_bound(bytes.len()));
                zstd.compress_to_buffer(bytes, &mut self.room[..]).map_err(|e| failed(&e))?
            }
            (codec, _) => return Err(Error::internal(format!("pages compressed as {codec:?}"))),
        };
        Ok(&self.room[..len])
    }
}
