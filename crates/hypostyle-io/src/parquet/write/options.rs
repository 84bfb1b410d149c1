//! What a user can say about a Parquet file before it is written.

use hypostyle_core::{Error, Result};
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use serde::{Deserialize, Serialize};

use super::encode::Limits;

/// How pages are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ParquetCompression {
    /// They are not.
    None,
    /// By Snappy.
    Snappy,
    /// By LZ4, without frames.
    Lz4,
    /// By gzip, at a level from 0 to 9.
    Gzip(Option<u32>),
    /// By zstd, at a level from 1 to 22; 3 if none is given.
    Zstd(Option<i32>),
}

/// How to write Parquet.
///
/// Plain data: it can be compared, written out and read back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ParquetWriteOptions {
    /// How pages are compressed.
    pub compression: ParquetCompression,
    /// Whether least and greatest values and numbers of nulls are written, for row groups and pages.
    pub statistics: bool,
    /// Rows of a row group; the last one has fewer.
    pub row_group_size: Option<usize>,
    /// About how many bytes a page has before compression.
    pub data_page_size: Option<usize>,
    /// Keys and values that the footer holds beside the columns.
    pub metadata: Vec<(String, String)>,
}

impl Default for ParquetWriteOptions {
    fn default() -> Self {
        Self {
            compression: ParquetCompression::Zstd(None),
            statistics: true,
            row_group_size: None,
            data_page_size: None,
            metadata: Vec::new(),
        }
    }
}

/// Rows of a row group if nobody says how many.
const ROW_GROUP: usize = 1 << 18;
/// The level of zstd if nobody says another.
const ZSTD: i32 = 3;
/// Bytes of a page if nobody says how many.
const PAGE: usize = 1 << 20;

impl ParquetWriteOptions {
    pub(super) fn row_group_rows(&self) -> usize {
        self.row_group_size.unwrap_or(ROW_GROUP).max(1)
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { page_bytes: self.data_page_size.unwrap_or(PAGE).max(1) }
    }

    pub(super) fn codec(&self) -> Result<Compression> {
        let level = |e: parquet::errors::ParquetError| Error::invalid_operation(e.to_string());
        Ok(match self.compression {
            ParquetCompression::None => Compression::UNCOMPRESSED,
            ParquetCompression::Snappy => Compression::SNAPPY,
            ParquetCompression::Lz4 => Compression::LZ4_RAW,
            ParquetCompression::Gzip(None) => Compression::GZIP(GzipLevel::default()),
            ParquetCompression::Gzip(Some(wanted)) => {
                Compression::GZIP(GzipLevel::try_new(wanted).map_err(level)?)
            }
            // As zstd itself, and other engines, where nobody says how much work it is worth.
            ParquetCompression::Zstd(None) => Compression::ZSTD(ZstdLevel::try_new(ZSTD).map_err(level)?),
            ParquetCompression::Zstd(Some(wanted)) => {
                Compression::ZSTD(ZstdLevel::try_new(wanted).map_err(level)?)
            }
        })
    }

    pub(super) fn properties(&self) -> Result<WriterProperties> {
        let compression = self.codec()?;
        let statistics = if self.statistics { EnabledStatistics::Page } else { EnabledStatistics::None };
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("hypostyle version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(compression)
            .set_statistics_enabled(statistics)
            // Row groups are cut before they are encoded.
            .set_max_row_group_row_count(None);
        if let Some(size) = self.data_page_size {
            properties = properties.set_data_page_size_limit(size.max(1));
        }
        if !self.metadata.is_empty() {
            let pairs = self.metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
            properties = properties.set_key_value_metadata(Some(pairs.collect()));
        }
        Ok(properties.build())
    }
}
