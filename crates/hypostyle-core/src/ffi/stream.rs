//! Streams of arrays, both ways.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use super::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use super::export::{StringForm, export_batch, export_column};
use super::import::{import_foreign, struct_to_batch};
use super::schema::{Foreign, export_field, export_schema};
use crate::batch::Batch;
use crate::column::Column;
use crate::dtype::DataType;
use crate::error::{Error, Result};
use crate::frame::DataFrame;
use crate::schema::{Field, Schema, SchemaRef};
use crate::series::Series;

/// `EIO`, `EINVAL`: what callbacks return when they fail.
const EIO: c_int = 5;
const EINVAL: c_int = 22;

struct PrivateStream {
    schema: Box<dyn Fn() -> Result<ArrowSchema> + Send>,
    arrays: Box<dyn Iterator<Item = Result<ArrowArray>> + Send>,
    last_error: Option<CString>,
}

impl PrivateStream {
    /// Runs a callback's body; errors and panics become a code and a message.
    fn guard(&mut self, body: impl FnOnce(&mut Self) -> Result<()>) -> c_int {
        let (code, message) = match catch_unwind(AssertUnwindSafe(|| body(self))) {
            Ok(Ok(())) => return 0,
            Ok(Err(error)) => (EINVAL, error.to_string()),
            Err(_) => (EIO, "internal error: a panic while producing Arrow data".to_owned()),
        };
        self.last_error = CString::new(message.replace('\0', " ")).ok();
        code
    }
}

/// The private data of a stream of ours.
///
/// # Safety
/// `stream` must be a stream that [`export_stream`] made and nobody released.
unsafe fn private<'a>(stream: *mut ArrowArrayStream) -> Option<&'a mut PrivateStream> {
    // SAFETY: the caller's promise; `private_data` is cleared on release.
    unsafe { stream.as_mut()?.private_data.cast::<PrivateStream>().as_mut() }
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: consumers pass the struct that the callback came in.
    let Some(private) = (unsafe { private(stream) }) else { return EINVAL };
    private.guard(|private| {
        let schema = (private.schema)()?;
        // SAFETY: `out` is writable and holds nothing that needs a release.
        unsafe { ptr::write(out, schema) };
        Ok(())
    })
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: as in `get_schema`.
    let Some(private) = (unsafe { private(stream) }) else { return EINVAL };
    private.guard(|private| {
        let array = private.arrays.next().transpose()?.unwrap_or_else(ArrowArray::empty);
        // SAFETY: as in `get_schema`.
        unsafe { ptr::write(out, array) };
        Ok(())
    })
}

unsafe extern "C" fn get_last_error(stream: *mut ArrowArrayStream) -> *const c_char {
    // SAFETY: as in `get_schema`.
    let private = unsafe { private(stream) };
    private.and_then(|p| p.last_error.as_ref()).map_or(ptr::null(), |e| e.as_ptr())
}

unsafe extern "C" fn release_stream(stream: *mut ArrowArrayStream) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: as in `get_schema`.
        let stream = unsafe { &mut *stream };
        stream.release = None;
        let private = std::mem::replace(&mut stream.private_data, ptr::null_mut());
        // SAFETY: `build` put the box there; it is taken out once.
        drop(unsafe { Box::from_raw(private.cast::<PrivateStream>()) });
    }));
}

fn build(
    schema: impl Fn() -> Result<ArrowSchema> + Send + 'static,
    arrays: impl Iterator<Item = Result<ArrowArray>> + Send + 'static,
) -> ArrowArrayStream {
    let private =
        Box::new(PrivateStream { schema: Box::new(schema), arrays: Box::new(arrays), last_error: None });
    ArrowArrayStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release_stream),
        private_data: Box::into_raw(private).cast::<c_void>(),
    }
}

/// Batches as they come, as structs. A batch must have the schema's types.
pub fn export_stream(
    schema: SchemaRef,
    batches: impl Iterator<Item = Result<Batch>> + Send + 'static,
    strings: StringForm,
) -> ArrowArrayStream {
    build(
        move || export_schema(&schema, strings),
        batches.map(move |batch| batch.map(|b| export_batch(&b, strings))),
    )
}

/// A frame as a stream of structs, one a batch.
pub fn export_frame(frame: &DataFrame, strings: StringForm) -> ArrowArrayStream {
    export_stream(frame.schema().clone(), frame.batches().to_vec().into_iter().map(Ok), strings)
}

/// A series as a stream of its chunks.
pub fn export_series(series: &Series, strings: StringForm) -> ArrowArrayStream {
    let (field, chunks) = (series.field().clone(), series.chunks().to_vec());
    build(
        move || export_field(&field, strings),
        chunks.into_iter().map(move |c| Ok(export_column(&c, strings))),
    )
}

/// Arrays pulled out of a foreign stream, as columns of one type.
#[derive(Debug)]
pub struct StreamReader {
    stream: ArrowArrayStream,
    foreign: Arc<Foreign>,
    done: bool,
}

impl StreamReader {
    /// Asks the stream for its type.
    ///
    /// # Safety
    /// The stream must follow the specification.
    pub unsafe fn try_new(mut stream: ArrowArrayStream) -> Result<Self> {
        let Some(get_schema) = stream.get_schema.filter(|_| !stream.is_released()) else {
            return Err(Error::schema("an Arrow stream was used after its release"));
        };
        let mut schema = ArrowSchema::empty();
        // SAFETY: the stream is alive and `schema` is writable.
        let code = unsafe { get_schema(&mut stream, &mut schema) };
        check(&mut stream, code)?;
        // SAFETY: the producer filled the schema.
        let foreign = Arc::new(unsafe { Foreign::read(&schema)? });
        Ok(Self { stream, foreign, done: false })
    }

    /// Name and type of the arrays.
    pub fn field(&self) -> Field {
        self.foreign.field()
    }

    /// All arrays as chunks of a series.
    pub fn read_series(self) -> Result<Series> {
        let field = self.field();
        let chunks = self.collect::<Result<Vec<Column>>>()?;
        Series::try_new(field, chunks)
    }

    /// All arrays, which must be structs, as batches of a frame.
    pub fn read_frame(self) -> Result<DataFrame> {
        let schema = match self.field().dtype {
            DataType::Struct(fields) => Arc::new(Schema::try_new(fields)?),
            other => return Err(Error::schema(format!("a table needs a stream of structs, not of {other}"))),
        };
        let batches = self.map(|array| struct_to_batch(array?)).collect::<Result<Vec<_>>>()?;
        DataFrame::from_batches(schema, batches)
    }
}

impl Iterator for StreamReader {
    type Item = Result<Column>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let Some(get_next) = self.stream.get_next else {
            self.done = true;
            return Some(Err(Error::schema("an Arrow stream without get_next")));
        };
        let mut array = ArrowArray::empty();
        // SAFETY: the stream is alive and `array` is writable.
        let code = unsafe { get_next(&mut self.stream, &mut array) };
        if let Err(error) = check(&mut self.stream, code) {
            self.done = true;
            return Some(Err(error));
        }
        if array.is_released() {
            self.done = true;
            return None;
        }
        // SAFETY: the producer filled the array, of the type it gave.
        Some(unsafe { import_foreign(array, &self.foreign) })
    }
}

fn check(stream: &mut ArrowArrayStream, code: c_int) -> Result<()> {
    if code == 0 {
        return Ok(());
    }
    let message = stream.get_last_error.and_then(|get_last_error| {
        // SAFETY: the stream is alive; the text is null or ends with zero and lives until the next call.
        unsafe {
            let text = get_last_error(stream);
            (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
        }
    });
    Err(Error::compute(format!(
        "the producer of an Arrow stream failed with code {code}: {}",
        message.unwrap_or_default()
    )))
}
