//! Where the bytes come from: a file read at offsets, memory, or a stream that is decompressed as it is read.
//!
//! Files are not mapped into memory: a file that shrinks while it is mapped kills the process. Compressed inputs are
//! recognised by their first bytes, and only a window of their text is held.

mod stream;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hypostyle_core::{Buffer, Error, Result};

use self::stream::{Compression, Stream};

/// Something to open: a file, or bytes like those of one.
#[derive(Clone, Debug)]
pub(super) enum Location {
    Path(PathBuf),
    Bytes(Buffer<u8>),
}

impl Location {
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Bytes(_) => None,
        }
    }

    /// Bytes it takes, before decompression.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Path(path) => std::fs::metadata(path).map_or(0, |m| m.len()),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Opens it for one reader, or several that move forward together.
    pub(super) fn open(&self) -> Result<Input> {
        match self {
            Self::Path(path) => {
                let data = open_file(path).map_err(|e| Error::io(path, e))?;
                Ok(Input { path: Some(path.clone()), data })
            }
            Self::Bytes(bytes) => {
                let data = Data::of(Bytes::Memory(bytes.clone()))?;
                Ok(Input { path: None, data })
            }
        }
    }
}

fn open_file(path: &Path) -> std::io::Result<Data> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        let hint = "is a directory; name a file, or several with a pattern such as `*.csv`";
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, hint));
    }
    if metadata.is_file() {
        return Data::of(Bytes::File(Arc::new(file), metadata.len()));
    }
    // A pipe or a device has no length and no offsets.
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Data::of(Bytes::Memory(bytes.into()))
}

/// Bytes that can be read at any offset.
#[derive(Clone, Debug)]
pub(crate) enum Bytes {
    File(Arc<File>, u64),
    Memory(Buffer<u8>),
}

impl Bytes {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::File(_, len) => *len,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Reads until `buffer` is full or the bytes end.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        match self {
            Self::File(file, _) => read_file_at(file, buffer, offset),
            Self::Memory(bytes) => {
                let rest = usize::try_from(offset).ok().and_then(|at| bytes.get(at..)).unwrap_or(&[]);
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
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
pub(super) struct Input {
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
        let mut head = [0; 4];
        let count = bytes.read_at(&mut head, 0)?;
        Ok(match Compression::of(&head[..count]) {
            Some(compression) => Self::Compressed(Mutex::new(Stream::new(bytes, compression)?)),
            None => Self::Plain(bytes),
        })
    }
}

/// A piece of an input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a [u8],
    /// Whether the input ends where the piece does.
    pub(super) at_eof: bool,
}

impl Input {
    pub(super) fn path(&self) -> Option<&Path> {
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
    pub(super) fn read<'a>(&'a self, start: u64, end: u64, scratch: &'a mut Vec<u8>) -> Result<Piece<'a>> {
        let bytes = match &self.data {
            Data::Plain(bytes) => bytes,
            Data::Compressed(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                let (len, at_eof) = stream.read(start, end, scratch).map_err(|e| self.with_path(e))?;
                return Ok(Piece { text: &scratch[..len], at_eof });
            }
        };
        let end = end.min(bytes.len());
        let start = start.min(end);
        let at_eof = end == bytes.len();
        let too_large = |_| Error::unsupported("a CSV row or block larger than this machine can address");
        match bytes {
            Bytes::Memory(bytes) => {
                let range =
                    usize::try_from(start).map_err(too_large)?..usize::try_from(end).map_err(too_large)?;
                Ok(Piece { text: &bytes.as_slice()[range], at_eof })
            }
            Bytes::File(file, _) => {
                let len = usize::try_from(end - start).map_err(too_large)?;
                if scratch.len() < len {
                    scratch.resize(len, 0);
                }
                let read = read_file_at(file, &mut scratch[..len], start).map_err(|e| self.with_path(e))?;
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
    pub(super) fn reaches(&self, start: u64) -> Result<bool> {
        match &self.data {
            Data::Plain(bytes) => Ok(start < bytes.len()),
            Data::Compressed(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                stream.reaches(start).map_err(|e| self.with_path(e))
            }
        }
    }

    /// Says that no text before `offset` will be read again, except at a high price.
    pub(super) fn release(&self, offset: u64) {
        if let Data::Compressed(stream) = &self.data {
            stream.lock().unwrap_or_else(PoisonError::into_inner).release(offset);
        }
    }

    /// How many times `byte` occurs before `end`. For messages: it reads everything again.
    pub(super) fn count_before(&self, end: u64, byte: u8) -> Result<u64> {
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
