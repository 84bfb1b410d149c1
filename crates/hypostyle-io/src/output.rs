//! Files in the making: they appear under their names when they are complete, or not at all.
//!
//! All bytes go to a temporary file beside the target, which takes the target's place when everything is on disk. If
//! anything fails, or an [`Output`] is dropped before [`finish`](Output::finish), the temporary file is removed and the
//! target stays as it was. Devices and pipes are written in place, and so is whatever else takes bytes.

use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use hypostyle_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::input::is_url;

/// Where a file goes.
pub enum Target {
    /// A file of the file system.
    Path(PathBuf),
    /// Anything that takes bytes. What it got before an error stays with it.
    Writer(Box<dyn Write + Send>),
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
            Self::Writer(_) => f.write_str("Writer"),
        }
    }
}

macro_rules! targets_of_paths {
    ($($path:ty),+) => {
        $(impl From<$path> for Target {
            fn from(path: $path) -> Self {
                Self::Path(path.into())
            }
        })+
    };
}

targets_of_paths!(&str, String, &Path, PathBuf, &PathBuf);

/// Whether and how a file of text is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextCompression {
    /// It is not.
    #[default]
    None,
    /// By gzip, at a level from 0 to 9.
    Gzip(Option<u32>),
    /// By zstd, at a level from 1 to 22.
    Zstd(Option<i32>),
}

/// A file in the making. What is written goes through a buffer, except in large pieces.
#[derive(Debug)]
pub struct Output {
    /// The path that messages name.
    path: Option<PathBuf>,
    temporary: Option<TemporaryFile>,
    writer: BufWriter<Raw>,
}

enum Raw {
    File(File),
    Writer(Box<dyn Write + Send>),
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "File",
            Self::Writer(_) => "Writer",
        })
    }
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Writer(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Writer(writer) => writer.flush(),
        }
    }
}

/// Removed unless it was kept.
#[derive(Debug)]
struct TemporaryFile {
    path: PathBuf,
    target: PathBuf,
    kept: bool,
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.kept {
            // There is nobody left to tell.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Output {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// `Io` with the path if it cannot be written; `Unsupported` for a URL.
    pub fn create(target: Target) -> Result<Self> {
        let (path, raw, temporary) = match target {
            Target::Writer(writer) => (None, Raw::Writer(writer), None),
            Target::Path(path) => {
                refuse_url(&path)?;
                let (file, temporary) = create_file(&path).map_err(|e| Error::io(&path, e))?;
                (Some(path), Raw::File(file), temporary)
            }
        };
        Ok(Self { path, temporary, writer: BufWriter::with_capacity(1 << 17, raw) })
    }

    /// An error with the path.
    pub fn failed(&self, error: std::io::Error) -> Error {
        match &self.path {
            Some(path) => Error::io(path, error),
            None => Error::from(error),
        }
    }

    /// Completes the file: all of it is on disk and under its name when this returns.
    pub fn finish(mut self) -> Result<()> {
        let flushed = self.writer.flush();
        flushed.map_err(|e| self.failed(e))?;
        let Self { path, temporary, writer } = self;
        let Some(mut temporary) = temporary else { return Ok(()) };
        let failed = |e| match &path {
            Some(path) => Error::io(path, e),
            None => Error::from(e),
        };
        let raw = writer.into_inner().map_err(|e| failed(e.into_error()))?;
        if let Raw::File(file) = raw {
            file.sync_all().map_err(failed)?;
        }
        std::fs::rename(&temporary.path, &temporary.target).map_err(failed)?;
        temporary.kept = true;
        // The new name is on disk when the directory is; where directories cannot be synced, there is no more to do.
        if let Ok(directory) = File::open(directory_of(&temporary.target)) {
            let _ = directory.sync_all();
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

/// URLs are no names of folders and files.
pub(crate) fn refuse_url(path: &Path) -> Result<()> {
    if is_url(path) {
        let path = path.display();
        return Err(Error::unsupported(format!(
            "{path}: files that are not local are read, but not written"
        )));
    }
    Ok(())
}

/// A file of text in the making, compressed on the way if that is wanted.
pub(crate) struct TextOutput(Encoder);

enum Encoder {
    Plain(Output),
    Gzip(Box<flate2::write::GzEncoder<Output>>),
    Zstd(zstd::stream::write::Encoder<'static, Output>),
}

impl fmt::Debug for TextOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextOutput").field(self.output()).finish()
    }
}

impl TextOutput {
    /// Begins a file.
    pub(crate) fn create(target: Target, compression: TextCompression) -> Result<Self> {
        let output = Output::create(target)?;
        Ok(Self(match compression {
            TextCompression::None => Encoder::Plain(output),
            TextCompression::Gzip(level) => {
                let level =
                    level.map_or(flate2::Compression::default(), |l| flate2::Compression::new(l.min(9)));
                Encoder::Gzip(Box::new(flate2::write::GzEncoder::new(output, level)))
            }
            TextCompression::Zstd(level) => {
                Encoder::Zstd(zstd::stream::write::Encoder::new(output, level.unwrap_or(0))?)
            }
        }))
    }

    fn output(&self) -> &Output {
        match &self.0 {
            Encoder::Plain(output) => output,
            Encoder::Gzip(encoder) => encoder.get_ref(),
            Encoder::Zstd(encoder) => encoder.get_ref(),
        }
    }

    /// Appends text.
    pub(crate) fn write(&mut self, text: &[u8]) -> Result<()> {
        let result = match &mut self.0 {
            Encoder::Plain(output) => output.write_all(text),
            Encoder::Gzip(encoder) => encoder.write_all(text),
            Encoder::Zstd(encoder) => encoder.write_all(text),
        };
        result.map_err(|e| self.output().failed(e))
    }

    /// Completes the file.
    pub(crate) fn finish(self) -> Result<()> {
        let path = self.output().path.clone();
        let failed = |e| match &path {
            Some(path) => Error::io(path, e),
            None => Error::from(e),
        };
        let output = match self.0 {
            Encoder::Plain(output) => output,
            Encoder::Gzip(encoder) => encoder.finish().map_err(failed)?,
            Encoder::Zstd(encoder) => encoder.finish().map_err(failed)?,
        };
        output.finish()
    }
}

/// A file for the bytes of `path`: a temporary one beside it, or `path` itself if it is no ordinary file.
fn create_file(path: &Path) -> std::io::Result<(File, Option<TemporaryFile>)> {
    // A link keeps pointing to the file; the file is what is replaced.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let existing = std::fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "is a directory"));
    }
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return Ok((File::options().write(true).open(&target)?, None));
    }
    let (file, path) = create_beside(&target)?;
    let temporary = TemporaryFile { path, target, kept: false };
    if let Some(metadata) = existing {
        file.set_permissions(metadata.permissions())?;
    }
    Ok((file, Some(temporary)))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_old_or_new() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, "old").unwrap();
        let mut output = Output::create(Target::from(&path)).unwrap();
        output.write_all(b"new").unwrap();
        assert_eq!(names_in(dir.path()).len(), 2);
        drop(output);
        assert_eq!(names_in(dir.path()), ["x"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        let mut output = Output::create(Target::from(&path)).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert_eq!(names_in(dir.path()), ["x"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_keeps_the_permissions_of_the_old() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        Output::create(Target::from(&path)).unwrap().finish().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn whatever_takes_bytes_gets_them() {
        struct Failing;
        impl Write for Failing {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("no more"))
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut output =
            TextOutput::create(Target::Writer(Box::new(Failing)), TextCompression::None).unwrap();
        output.write(b"text").unwrap();
        assert_eq!(output.finish().unwrap_err().to_string(), "no more");
    }
}
