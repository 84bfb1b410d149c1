//! Shared, immutable, typed memory with checked O(1) slices.
//!
//! The memory belongs to an `arrow2` buffer or to a foreign owner (the Arrow C Data Interface). Slices keep
//! a pointer and a length of their own: `arrow2`'s own slicing adds offset and length without an overflow
//! check, and its `into_mut` forgets the offset, so neither is used.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::error::{Error, Result};

/// Shared immutable memory of `T`.
pub struct Buffer<T> {
    pointer: *const T,
    len: usize,
    owner: Arc<dyn Any + Send + Sync>,
}

// SAFETY: a buffer only hands out `&[T]` of memory that its (Send + Sync) owner keeps alive and unchanged.
unsafe impl<T: Send + Sync> Send for Buffer<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Buffer<T> {}

impl<T> Buffer<T> {
    /// Memory that somebody else owns.
    ///
    /// # Safety
    /// `pointer` must be aligned and point to `len` valid `T` which stay unchanged as long as `owner` lives.
    pub unsafe fn from_foreign(pointer: *const T, len: usize, owner: Arc<dyn Any + Send + Sync>) -> Self {
        Self { pointer, len, owner }
    }

    /// The values.
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: pointer and len describe valid memory for as long as `owner`, hence `self`, lives.
        unsafe { std::slice::from_raw_parts(self.pointer, self.len) }
    }

    /// `len` values from `offset` on, without a copy. Fails if they are not all there.
    pub fn try_slice(&self, offset: usize, len: usize) -> Result<Self> {
        match offset.checked_add(len) {
            Some(end) if end <= self.len => Ok(Self {
                // SAFETY: offset <= self.len, so the pointer stays within or one past the allocation.
                pointer: unsafe { self.pointer.add(offset) },
                len,
                owner: self.owner.clone(),
            }),
            _ => Err(Error::out_of_bounds(format!(
                "cannot slice {len} values from {offset} on out of {}",
                self.len
            ))),
        }
    }

    /// As [`Self::try_slice`].
    ///
    /// # Panics
    /// If the range is not within the buffer.
    #[track_caller]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        match self.try_slice(offset, len) {
            Ok(buffer) => buffer,
            #[expect(clippy::panic, reason = "documented; callers that take user input use try_slice")]
            Err(error) => panic!("{error}"),
        }
    }
}

impl<T: Send + Sync + 'static> From<Vec<T>> for Buffer<T> {
    fn from(values: Vec<T>) -> Self {
        let owner: arrow2::buffer::Buffer<T> = values.into();
        let (pointer, len) = (owner.as_slice().as_ptr(), owner.len());
        Self { pointer, len, owner: Arc::new(owner) }
    }
}

impl<T: Send + Sync + 'static> Default for Buffer<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: Send + Sync + 'static> FromIterator<T> for Buffer<T> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        iter.into_iter().collect::<Vec<_>>().into()
    }
}

impl<T> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Self { pointer: self.pointer, len: self.len, owner: self.owner.clone() }
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: fmt::Debug> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_share_memory() {
        let buffer: Buffer<i32> = vec![1, 2, 3, 4].into();
        let slice = buffer.slice(1, 2);
        assert_eq!(&*slice, &[2, 3]);
        assert_eq!(slice.as_ptr(), &buffer[1] as *const i32);
        assert_eq!(&*slice.slice(2, 0), &[] as &[i32]);
    }

    /// arrow2: `offset + length` wraps around in `sliced`, so the check passes and memory is read out of bounds.
    #[test]
    fn slicing_past_the_address_space_is_refused() {
        let buffer: Buffer<u64> = vec![1, 2, 3].into();
        assert!(buffer.try_slice(usize::MAX, 2).is_err());
        assert!(buffer.try_slice(2, usize::MAX).is_err());
        assert!(buffer.try_slice(3, 1).is_err());
        assert!(buffer.try_slice(3, 0).is_ok());
    }

    /// arrow2: `into_mut` on a sliced buffer gives the whole allocation. A `Buffer` is never handed out mutably:
    /// changing values starts from a copy of the slice.
    #[test]
    fn a_copy_of_a_slice_is_the_slice() {
        let buffer: Buffer<u8> = vec![1, 2, 3, 4].into();
        let slice = buffer.slice(2, 2);
        drop(buffer);
        let mut copy = slice.to_vec();
        copy[0] = 9;
        assert_eq!(copy, [9, 4]);
        assert_eq!(&*slice, &[3, 4]);
    }
}
