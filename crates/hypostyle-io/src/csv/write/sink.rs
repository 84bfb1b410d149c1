//! A CSV file in the making. It appears under its name when it is complete, or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use hypostyle_core::{Batch, Error, Result, Schema};

use super::format::CsvFormat;
use super::options::{CsvCompression, CsvWriteOptions};

/// Writes one file: formatted text in the order of the calls.
///
/// The text goes to a temporary file beside the target, which takes the target's place when all is on disk. If
/// anything fails, or the sink is dropped before [`finish`](Self::finish), the temporary file is removed and the target
/// stays as it was. Devices and pipes are written in place.
#[derive(Debug)]
pub struct CsvSink {
    format: CsvFormat,
    target: PathBuf,
    temporary: Option<TemporaryFile>,
    output: Output,
    scratch: Vec<u8>,
}

#[derive(Debug)]
enum Output {
    Plain(BufWriter<File>),
    Gzip(Box<flate2::write::GzEncoder<BufWriter<File>>>),
    Zstd(ZstdFile),
}

/// An encoder, which has no `Debug` of its own.
struct ZstdFile(zstd::stream::write::Encoder<'static, BufWriter<File>>);

impl std::fmt::Debug for ZstdFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ZstdFile")
    }
}

/// Removed unless it was kept.
#[derive(Debug)]
struct TemporaryFile(Option<PathBuf>);

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // There is nobody left to tell.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl CsvSink {
    /// Creates the file and writes the header.
    ///
    /// # Errors
    ///
    /// `Io` with the path if the file cannot be written, `InvalidOperation` if the options contradict one another.
    pub fn create(path: &Path, schema: &Schema, options: CsvWriteOptions) -> Result<Self> {
        let format = CsvFormat::try_new(options)?;
        // A link keeps pointing to the file; the file is what is replaced.
        let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let failed = |e| Error::io(path, e);
        let existing = std::fs::metadata(&target).ok();
        if existing.as_ref().is_some_and(std::fs::Metadata::is_dir) {
            return Err(failed(std::io::Error::new(std::io::ErrorKind::IsADirectory, "is a directory")));
        }
        let (file, temporary) = match &existing {
            Some(metadata) if !metadata.is_file() => {
                (File::options().write(true).open(&target).map_err(failed)?, None)
            }
            _ => {
                let (file, temporary) = create_beside(&target).map_err(failed)?;
                let temporary = TemporaryFile(Some(temporary));
                if let Some(metadata) = existing {
                    file.set_permissions(metadata.permissions()).map_err(failed)?;
                }
                (file, Some(temporary))
            }
        };
        let file = BufWriter::with_capacity(1 << 20, file);
        let output = match format.options().compression {
            CsvCompression::None => Output::Plain(file),
            CsvCompression::Gzip(level) => {
                let level =
                    level.map_or(flate2::Compression::default(), |l| flate2::Compression::new(l.min(9)));
                Output::Gzip(Box::new(flate2::write::GzEncoder::new(file, level)))
            }
            CsvCompression::Zstd(level) => {
                let encoder = zstd::stream::write::Encoder::new(file, level.unwrap_or(0)).map_err(failed)?;
                Output::Zstd(ZstdFile(encoder))
            }
        };
        let mut sink = Self { format, target: path.to_path_buf(), temporary, output, scratch: Vec::new() };
        let mut header = Vec::new();
        sink.format.header(schema, &mut header);
        sink.write_text(&header)?;
        Ok(sink)
    }

    /// What turns batches into text for [`write_text`](Self::write_text), on whatever thread.
    pub fn format(&self) -> &CsvFormat {
        &self.format
    }

    /// Appends text made by [`format`](Self::format).
    pub fn write_text(&mut self, text: &[u8]) -> Result<()> {
        let result = match &mut self.output {
            Output::Plain(file) => file.write_all(text),
            Output::Gzip(file) => file.write_all(text),
            Output::Zstd(file) => file.0.write_all(text),
        };
        result.map_err(|e| Error::io(&self.target, e))
    }

    /// Formats and appends a batch.
    pub fn write_batch(&mut self, batch: &Batch) -> Result<()> {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        self.format.batch(batch, &mut text)?;
        let result = self.write_text(&text);
        self.scratch = text;
        result
    }

    /// Formats batches on `threads` threads and appends them in order.
    pub fn write_batches(&mut self, batches: &[Batch], threads: usize) -> Result<()> {
        /// Rows that one thread formats at a time.
        const ROWS: usize = 1 << 14;
        let mut pieces = batches.iter().flat_map(|batch| {
            (0..batch.len()).step_by(ROWS).map(|at| batch.slice(at, ROWS.min(batch.len() - at)))
        });
        let threads = threads.max(1);
        let mut texts = vec![Vec::new(); 4 * threads];
        loop {
            // As much as is held in memory at once: a few pieces for each thread.
            let window: Vec<Batch> = pieces.by_ref().take(texts.len()).collect();
            if window.is_empty() {
                return Ok(());
            }
            let share = window.len().div_ceil(threads);
            let format = &self.format;
            let work = |(batches, texts): (&[Batch], &mut [Vec<u8>])| {
                batches.iter().zip(texts).try_for_each(|(batch, text)| {
                    text.clear();
                    format.batch(batch, text)
                })
            };
            std::thread::scope(|scope| {
                let mut shares = window.chunks(share).zip(texts.chunks_mut(share));
                let first = shares.next();
                let others: Vec<_> = shares.map(|share| scope.spawn(move || work(share))).collect();
                let mut results = vec![first.map_or(Ok(()), work)];
                for other in others {
                    results.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
                }
                results.into_iter().collect::<Result<()>>()
            })?;
            for text in &texts[..window.len()] {
                self.write_text(text)?;
            }
        }
    }

    /// Completes the file: all of it is on disk and under its name when this returns.
    pub fn finish(self) -> Result<()> {
        let Self { target, temporary, output, .. } = self;
        let failed = |e| Error::io(&target, e);
        let buffered = match output {
            Output::Plain(file) => file,
            Output::Gzip(file) => file.finish().map_err(failed)?,
            Output::Zstd(file) => file.0.finish().map_err(failed)?,
        };
        let file = buffered.into_inner().map_err(|e| failed(e.into_error()))?;
        let Some(mut temporary) = temporary else { return Ok(()) };
        file.sync_all().map_err(failed)?;
        drop(file);
        let resolved = std::fs::canonicalize(&target).unwrap_or_else(|_| target.clone());
        if let Some(path) = &temporary.0 {
            std::fs::rename(path, &resolved).map_err(failed)?;
        }
        temporary.0 = None;
        // The new name is on disk when the directory is; where directories cannot be synced, there is no more to do.
        if let Ok(directory) = File::open(directory_of(&resolved)) {
            let _ = directory.sync_all();
        }
        Ok(())
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A new file in the same directory, so that it can be renamed.
fn create_beside(target: &Path) -> std::io::Result<(File, PathBuf)> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = target.file_name().map(|n| n.to_string_lossy().into_owned());
    let Some(name) = name else {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "is not the name of a file"));
    };
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = directory_of(target).join(format!(".{name}.{}-{number}.tmp", std::process::id()));
        match File::options().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
}
