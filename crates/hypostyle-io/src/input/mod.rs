//! Where the bytes come from: a file read at offsets, memory, or a stream that is decompressed as it is read.
//!
//! Files are not mapped into memory: a file that shrinks while it is mapped kills the process. Compressed inputs are
//! recognised by their first bytes, and only a window of their text is held.

mod remote;
mod stream;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hypostyle_core::lock::lock;
use hypostyle_core::{Buffer, Error, Result};

use self::remote::RemoteFile;
pub use self::remote::{RemoteUrl, StorageOptions};
pub(crate) use self::remote::{is_url, scheme};
use self::stream::{Compression, Stream};
use crate::paths::expand;

/// Bytes as text; an error names the file and the line, `first_line` being that of the first byte.
pub(crate) fn text_of<'a>(bytes: &'a [u8], path: Option<&Path>, first_line: u64) -> Result<&'a str> {
    simdutf8::compat::from_utf8(bytes).map_err(|error| {
        let line = first_line + memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() as u64;
        let file = path.map_or_else(|| "the input".to_owned(), |path| path.display().to_string());
        Error::compute(format!("{file} is not UTF-8, line {line}"))
    })
}

/// What a source reads, as it was named.
#[derive(Clone, Debug)]
pub(crate) enum Locations {
    /// Paths and patterns.
    Paths(Vec<PathBuf>),
    /// Bytes of files.
    Bytes(Vec<Buffer<u8>>),
}

impl Locations {
    /// Every file.
    pub(crate) fn resolve(&self, glob: bool, storage: &StorageOptions) -> Result<Vec<Location>> {
        Ok(match self {
            Self::Paths(paths) => {
                let found = expand(paths, glob, storage)?;
                found.into_iter().map(|path| Location::of_path(path, storage)).collect()
            }
            Self::Bytes(buffers) => buffers.iter().cloned().map(Location::Bytes).collect(),
        })
    }

    /// For `explain`: the first, and how many others.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Bytes(_) => "bytes".to_owned(),
            Self::Paths(paths) => match paths.as_slice() {
                [] => "nothing".to_owned(),
                [path] => path.display().to_string(),
                [path, others @ ..] => format!("{}, … {} others", path.display(), others.len()),
            },
        }
    }

    /// Equal identities name the same files or bytes.
    pub(crate) fn identity(&self) -> String {
        let parts: Vec<String> = match self {
            Self::Paths(paths) => paths.iter().map(|path| path.display().to_string()).collect(),
            // Bytes at the same place are the same bytes.
            Self::Bytes(buffers) => buffers.iter().map(|b| format!("{:p}+{}", b.as_ptr(), b.len())).collect(),
        };
        parts.join(" ")
    }
}

/// Something to open: a file, or bytes like those of one.
#[derive(Clone, Debug)]
pub enum Location {
    /// A file of the file system.
    Path(PathBuf),
    /// A file that is not local.
    Url(RemoteUrl),
    /// The bytes of a file.
    Bytes(Buffer<u8>),
}

impl Location {
    /// What a path names: URLs are files that are not local.
    pub fn of_path(path: PathBuf, storage: &StorageOptions) -> Self {
        if is_url(&path) {
            Self::Url(RemoteUrl { url: path, storage: storage.clone() })
        } else {
            Self::Path(path)
        }
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Url(remote) => Some(&remote.url),
            Self::Bytes(_) => None,
        }
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        self.path().map_or_else(|| "the input".to_owned(), |path| path.display().to_string())
    }

    /// What is wrong with it, as an error that names it.
    pub(crate) fn invalid(&self, what: &str) -> Error {
        Error::compute(format!("{} {what}", self.name()))
    }

    /// Opens it for reading at any offset, as it is.
    pub(crate) fn open_bytes(&self) -> Result<Bytes> {
        match self {
            Self::Path(path) => open_file(path).map_err(|e| Error::io(path, e)),
            Self::Url(url) => Ok(Bytes::Remote(Arc::new(RemoteFile::open(url)?))),
            Self::Bytes(bytes) => Ok(Bytes::Memory(bytes.clone())),
        }
    }

    /// All bytes, after decompression.
    pub(crate) fn read_all(&self) -> Result<Buffer<u8>> {
        let input = self.open()?;
        if let Data::Plain(Bytes::Memory(bytes)) = &input.data {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        let len = input.read(0, u64::MAX - 1, &mut bytes)?.text.len();
        bytes.truncate(len);
        Ok(bytes.into())
    }

    /// Bytes it takes, before decompression.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Path(path) => std::fs::metadata(path).map_or(0, |m| m.len()),
            Self::Url(url) => RemoteFile::open(url).map_or(0, |file| file.len()),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Opens it for one reader, or several that move forward together.
    pub(crate) fn open(&self) -> Result<Input> {
        let path = self.path().map(Path::to_path_buf);
        let data = Data::of(self.open_bytes()?).map_err(|e| match &path {
            Some(path) => Error::io(path, e),
            None => Error::from(e),
        })?;
        Ok(Input { path, data })
    }
}

/// The files below what a URL names, in the order of their names.
pub(crate) fn list_remote(url: &RemoteUrl) -> Result<Vec<PathBuf>> {
    RemoteFile::list(url)
}

fn open_file(path: &Path) -> std::io::Result<Bytes> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        let hint = "is a directory; name a file, or several with a pattern such as `*.csv`";
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, hint));
    }
    if metadata.is_file() {
        return Ok(Bytes::File(Arc::new(file), metadata.len()));
    }
    // A pipe or a device has no length and no offsets.
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Bytes::Memory(bytes.into()))
}

/// Bytes that can be read at any offset.
#[derive(Clone, Debug)]
pub(crate) enum Bytes {
    File(Arc<File>, u64),
    Remote(Arc<RemoteFile>),
    Memory(Buffer<u8>),
}

impl Bytes {
    /// Whether a file that is not local is what it was when it was opened; `None` for others.
    pub(crate) fn remote_is_current(&self) -> Option<bool> {
        match self {
            Self::Remote(file) => Some(file.is_current()),
            Self::File(..) | Self::Memory(_) => None,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::File(_, len) => *len,
            Self::Remote(file) => file.len(),
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Reads until `buffer` is full or the bytes end.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        match self {
            Self::File(file, _) => read_file_at(file, buffer, offset),
            Self::Remote(file) => file.read_at(buffer, offset),
            Self::Memory(bytes) => {
                let rest = usize::try_from(offset).ok().and_then(|at| bytes.get(at..)).unwrap_or(&[]);
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
    }

    /// So many bytes, by way of a buffer; refuses what does not lie within.
    pub(crate) fn read_whole<'a>(
        &self,
        offset: u64,
        len: usize,
        buffer: &'a mut Vec<u8>,
    ) -> Result<&'a [u8]> {
        if offset.checked_add(len as u64).is_none_or(|end| end > self.len()) {
            return Err(Error::compute(format!("{len} bytes at {offset} are past the end of the file")));
        }
        // It never becomes shorter, so that it is filled with zeros but once.
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        let read = &mut buffer[..len];
        if self.read_at(read, offset)? < len {
            return Err(Error::compute("the file has become shorter"));
        }
        Ok(read)
    }
}

fn read_file_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        let at = offset + filled as u64;
        #[cfg(unix)]
        let result = std::os::unix::fs::FileExt::read_at(file, &mut buffer[filled..], at);
        #[cfg(windows)]
        let result = std::os::windows::fs::FileExt::seek_read(file, &mut buffer[filled..], at);
        match result {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// One open file or its like.
#[derive(Debug)]
pub(crate) struct Input {
    path: Option<PathBuf>,
    data: Data,
}

#[derive(Debug)]
enum Data {
    Plain(Bytes),
    Compressed(Mutex<Stream>),
}

impl Data {
    fn of(bytes: Bytes) -> std::io::Result<Self> {
        let mut head = [0; 6];
        let count = bytes.read_at(&mut head, 0)?;
        Ok(match Compression::of(&head[..count]) {
            Some(compression) => Self::Compressed(Mutex::new(Stream::new(bytes, compression)?)),
            None => Self::Plain(bytes),
        })
    }
}

/// A piece of an input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a [u8],
    /// Whether the input ends where the piece does.
    pub(crate) at_eof: bool,
}

impl Input {
    /// Whether reading goes forward only, at a low price.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.data, Data::Compressed(_))
    }

    /// The text of the [`read`](Self::read) before, of `start` and `len` bytes, which is in memory or in `scratch`.
    pub(crate) fn again<'a>(&'a self, start: u64, len: usize, scratch: &'a [u8]) -> &'a [u8] {
        match &self.data {
            Data::Plain(Bytes::Memory(bytes)) => {
                let rest = usize::try_from(start).ok().and_then(|start| bytes.get(start..)).unwrap_or(&[]);
                &rest[..len.min(rest.len())]
            }
            _ => &scratch[..len.min(scratch.len())],
        }
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    fn with_path(&self, error: std::io::Error) -> Error {
        match &self.path {
            Some(path) => Error::io(path, error),
            None => Error::from(error),
        }
    }

    /// The text of `start..end`, as far as there is any; `scratch` holds it if it is not in memory. It only ever
    /// grows, and what it holds beyond the text is of no meaning.
    pub(crate) fn read<'a>(&'a self, start: u64, end: u64, scratch: &'a mut Vec<u8>) -> Result<Piece<'a>> {
        let bytes = match &self.data {
            Data::Plain(bytes) => bytes,
            Data::Compressed(stream) => {
                let mut stream = lock(stream);
                let (len, at_eof) = stream.read(start, end, scratch).map_err(|e| self.with_path(e))?;
                return Ok(Piece { text: &scratch[..len], at_eof });
            }
        };
        let end = end.min(bytes.len());
        let start = start.min(end);
        let at_eof = end == bytes.len();
        let too_large = |_| Error::unsupported("a row or block larger than this machine can address");
        match bytes {
            Bytes::Memory(bytes) => {
                let range =
                    usize::try_from(start).map_err(too_large)?..usize::try_from(end).map_err(too_large)?;
                Ok(Piece { text: &bytes.as_slice()[range], at_eof })
            }
            Bytes::File(..) | Bytes::Remote(_) => {
                let len = usize::try_from(end - start).map_err(too_large)?;
                if scratch.len() < len {
                    scratch.resize(len, 0);
                }
                let read = bytes.read_at(&mut scratch[..len], start).map_err(|e| self.with_path(e))?;
                if read < len {
                    let changed = "the file became shorter while it was read";
                    let error = std::io::Error::new(std::io::ErrorKind::UnexpectedEof, changed);
                    return Err(self.with_path(error));
                }
                Ok(Piece { text: &scratch[..len], at_eof })
            }
        }
    }

    /// Whether there is text from `start` on.
    pub(crate) fn reaches(&self, start: u64) -> Result<bool> {
        match &self.data {
            Data::Plain(bytes) => Ok(start < bytes.len()),
            Data::Compressed(stream) => {
                let mut stream = lock(stream);
                stream.reaches(start).map_err(|e| self.with_path(e))
            }
        }
    }

    /// Says that no text before `offset` will be read again, except at a high price.
    pub(crate) fn release(&self, offset: u64) {
        if let Data::Compressed(stream) = &self.data {
            lock(stream).release(offset);
        }
    }

    /// How many times `byte` occurs before `end`. For messages: it reads everything again.
    pub(crate) fn count_before(&self, end: u64, byte: u8) -> Result<u64> {
        let mut scratch = Vec::new();
        let mut count = 0;
        let mut at = 0;
        while at < end {
            let piece = self.read(at, (at + (1 << 20)).min(end), &mut scratch)?;
            count += memchr::memchr_iter(byte, piece.text).count() as u64;
            at += piece.text.len() as u64;
            self.release(at);
            if piece.at_eof {
                break;
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_cannot_be_read_say_which() {
        let open = |path: &Path| Location::Path(path.to_path_buf()).open().unwrap_err().to_string();
        let missing = open(Path::new("/no/such/file.csv"));
        assert!(missing.contains("/no/such/file.csv"), "{missing}");
        let directory = open(&std::env::temp_dir());
        assert!(directory.contains("is a directory"), "{directory}");
    }

    #[test]
    fn pieces_end_with_the_input() {
        let input = Location::Bytes(b"abcdef".to_vec().into()).open().unwrap();
        let mut scratch = Vec::new();
        let piece = input.read(2, 4, &mut scratch).unwrap();
        assert_eq!((piece.text, piece.at_eof), (&b"cd"[..], false));
        let piece = input.read(4, 100, &mut scratch).unwrap();
        assert_eq!((piece.text, piece.at_eof), (&b"ef"[..], true));
        assert!(input.reaches(5).unwrap() && !input.reaches(6).unwrap());
        assert_eq!(input.count_before(6, b'c').unwrap(), 1);
    }
}
