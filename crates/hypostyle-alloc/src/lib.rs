//! The global allocator of the binaries: small blocks from the system, large ones from a pool.
//!
//! A query allocates and frees column buffers of some hundred KiB to some hundred MiB by the thousand. The system's
//! allocator gives such memory back at once and fetches it again page by page, and every page costs a fault and 4 KiB
//! of zeros. The pool keeps what is freed, up to a limit, and asks for huge pages. See
//! `docs/decisions/0004-allocator.md` for what that is worth.
//!
//! A library must not choose its user's allocator: only binaries (and the Python extension, which is one) install it.
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;
//!
//! # fn main() {
//! drop(vec![1u8; 16 << 20]);
//! hypostyle_alloc::trim();
//! assert_eq!(hypostyle_alloc::kept_bytes(), 0);
//! # }
//! ```
//!
//! Linux with 64-bit addresses only; elsewhere [`Pooled`] is the system's allocator and nothing is kept.

#![cfg_attr(
    not(all(target_os = "linux", target_pointer_width = "64")),
    allow(dead_code, reason = "the pool has no source of pages there")
)]

mod chunk;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod fork;
mod pages;
mod pool;
#[cfg(test)]
mod tests;

use std::alloc::{GlobalAlloc, Layout, System};

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use crate::pages::Mapped;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use crate::pool::Pool;

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
static POOL: Pool<Mapped> = Pool::new(Mapped);

/// Blocks of at least as many bytes come from the pool: a column of four-byte values of a small morsel does.
const LARGE: usize = 16 << 10;

/// The allocator. The pool is one per process, however many values of this type there are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pooled;

/// Gives all memory that is kept for reuse back to the system.
pub fn trim() {
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    {
        POOL.trim();
        pages::trim_system();
    }
}

/// Changes how many bytes are kept for reuse at most. Without a call it is the environment variable
/// `HYPOSTYLE_POOL_LIMIT` (bytes, or with a suffix `K`, `M` or `G`), or a sixteenth of the
/// machine's memory, at least 512 MiB and at most 4 GiB.
pub fn set_limit(bytes: usize) {
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    POOL.set_limit(bytes);
    #[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
    let _ = bytes;
}

/// How many bytes are kept for reuse at the moment: free memory that the process holds in whole huge pages.
pub fn kept_bytes() -> usize {
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    return POOL.kept_bytes();
    #[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
    0
}

/// Whether such a block belongs into the pool.
#[inline(always)]
fn is_large(size: usize, align: usize) -> bool {
    size >= LARGE && align <= chunk::UNIT
}

// SAFETY: blocks come from the system's allocator or from the pool, both of which hand out memory that is as large and
// as aligned as asked for and nobody else's; a block goes back to where it came from, which its size and address tell.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
unsafe impl GlobalAlloc for Pooled {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout.size(), layout.align())
            && let Some(block) = POOL.allocate(layout.size())
        {
            return block.as_ptr();
        }
        // SAFETY: the caller's layout.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout.size(), layout.align())
            && let Some(block) = POOL.allocate_zeroed(layout.size())
        {
            return block.as_ptr();
        }
        // SAFETY: the caller's layout.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_large(layout.size(), layout.align()) && POOL.contains(block) {
            // SAFETY: it was allocated with this size, by the pool because it lies there.
            unsafe { POOL.free(block, layout.size()) };
        } else {
            // SAFETY: it is not the pool's, so it is the system's, with this layout.
            unsafe { System.dealloc(block, layout) };
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let (was_large, is_large) =
            (is_large(layout.size(), layout.align()), is_large(new_size, layout.align()));
        if !was_large && !is_large {
            // SAFETY: small blocks are the system's; the rest is the caller's promise.
            return unsafe { System.realloc(block, layout, new_size) };
        }
        if was_large && is_large && POOL.contains(block) {
            // SAFETY: it was allocated with this size, by the pool because it lies there.
            if unsafe { POOL.resize(block, layout.size(), new_size) } {
                return block;
            }
        }
        // SAFETY: the caller promises that `new_size`, rounded up to the alignment, does not overflow.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: a new block is nobody else's, and what is copied is within both.
        unsafe {
            let new_block = self.alloc(new_layout);
            if !new_block.is_null() {
                new_block.copy_from_nonoverlapping(block, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new_block
        }
    }
}

// SAFETY: it is the system's allocator.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
unsafe impl GlobalAlloc for Pooled {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.realloc(block, layout, new_size) }
    }
}
