//! The three structs of the specification, as C sees them.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// A type: format string, name, metadata, children.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowSchema {
    pub(super) format: *const c_char,
    pub(super) name: *const c_char,
    pub(super) metadata: *const c_char,
    pub(super) flags: i64,
    pub(super) n_children: i64,
    pub(super) children: *mut *mut ArrowSchema,
    pub(super) dictionary: *mut ArrowSchema,
    pub(super) release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub(super) private_data: *mut c_void,
}

/// Values: buffers, children.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArray {
    pub(super) length: i64,
    pub(super) null_count: i64,
    pub(super) offset: i64,
    pub(super) n_buffers: i64,
    pub(super) n_children: i64,
    pub(super) buffers: *mut *const c_void,
    pub(super) children: *mut *mut ArrowArray,
    pub(super) dictionary: *mut ArrowArray,
    pub(super) release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub(super) private_data: *mut c_void,
}

/// A pull stream of arrays of one type.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArrayStream {
    pub(super) get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub(super) get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub(super) get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub(super) release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub(super) private_data: *mut c_void,
}

/// The flag that says that values may be null.
pub(super) const FLAG_NULLABLE: i64 = 2;
/// The flag that says that a dictionary's order means something.
pub(super) const FLAG_DICTIONARY_ORDERED: i64 = 1;

impl ArrowSchema {
    /// A released schema: what a producer writes into.
    pub fn empty() -> Self {
        Self {
            format: ptr::null(),
            name: ptr::null(),
            metadata: ptr::null(),
            flags: 0,
            n_children: 0,
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: None,
            private_data: ptr::null_mut(),
        }
    }

    /// Whether there is nothing in it (any more).
    pub fn is_released(&self) -> bool {
        self.release.is_none()
    }
}

impl ArrowArray {
    /// A released array: what a producer writes into.
    pub fn empty() -> Self {
        Self {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: ptr::null_mut(),
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: None,
            private_data: ptr::null_mut(),
        }
    }

    /// Whether there is nothing in it (any more).
    pub fn is_released(&self) -> bool {
        self.release.is_none()
    }
}

impl ArrowArrayStream {
    /// A released stream: what a producer writes into.
    pub fn empty() -> Self {
        Self {
            get_schema: None,
            get_next: None,
            get_last_error: None,
            release: None,
            private_data: ptr::null_mut(),
        }
    }

    /// Whether there is nothing in it (any more).
    pub fn is_released(&self) -> bool {
        self.release.is_none()
    }
}

macro_rules! owned {
    ($($name:ident),+) => {$(
        impl $name {
            /// Moves the content out of foreign memory and marks the source released, as the specification says a
            /// consumer must.
            ///
            /// # Safety
            /// `source` must be valid for reads and writes and hold a struct that follows the specification.
            pub unsafe fn take(source: *mut Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { ptr::replace(source, Self::empty()) }
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: a release callback that is still there has not been called; it clears itself.
                    unsafe { release(self) };
                    self.release = None;
                }
            }
        }
    )+};
}

owned!(ArrowSchema, ArrowArray, ArrowArrayStream);

// SAFETY: the specification lets any one thread at a time use and release these structs.
unsafe impl Send for ArrowSchema {}
// SAFETY: as above.
unsafe impl Send for ArrowArray {}
// SAFETY: shared references only read, and what they read does not change until the release.
unsafe impl Sync for ArrowArray {}
// SAFETY: as above.
unsafe impl Send for ArrowArrayStream {}
