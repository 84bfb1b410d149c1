//! Where the pool's memory comes from.

/// A source of pages.
///
/// # Safety
///
/// What `reserve` and `table` return must be aligned to a chunk and a cache line, nobody else's, and stay valid for
/// as long as the program runs; committed memory must be readable and writable, and zero until it is written.
pub(crate) unsafe trait Pages {
    /// Addresses for at most `bytes`, a multiple of a chunk: where they begin, and how many they are.
    fn reserve(&self) -> Option<(*mut u8, usize)>;

    /// As many zeros, ready for use.
    fn table(&self, bytes: usize) -> Option<*mut u8>;

    /// How many bytes are to be kept at most.
    fn limit(&self) -> usize;

    /// Called once, when the first block is about to be handed out.
    fn begin(&self);

    /// Makes reserved memory usable; whether that worked.
    ///
    /// # Safety
    ///
    /// The memory must be reserved and not yet committed.
    unsafe fn commit(&self, start: *mut u8, bytes: usize) -> bool;

    /// Gives committed memory back: it is zero afterwards. Whether that worked.
    ///
    /// # Safety
    ///
    /// The memory must be committed and in nobody's use.
    unsafe fn discard(&self, start: *mut u8, bytes: usize) -> bool;
}

/// Anonymous memory of the system, in huge pages where it has them.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[derive(Debug)]
pub(crate) struct Mapped;

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod linux {
    use std::ptr;

    use super::{Mapped, Pages};
    use crate::chunk::CHUNK;

    fn map(bytes: usize, protection: libc::c_int) -> Option<*mut u8> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a new mapping where the system likes it touches nobody's memory.
        let start = unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, -1, 0) };
        (start != libc::MAP_FAILED).then_some(start.cast())
    }

    /// Bytes of the machine's memory, at least one chunk.
    fn physical_memory() -> usize {
        // SAFETY: asks for numbers.
        let (pages, size) =
            unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
        let bytes = usize::try_from(pages).unwrap_or(0).saturating_mul(usize::try_from(size).unwrap_or(0));
        bytes.max(CHUNK).next_multiple_of(CHUNK)
    }

    // SAFETY: mappings are ours for good; private anonymous memory is zero at first and after `MADV_DONTNEED`.
    unsafe impl Pages for Mapped {
        /// Twice the memory of the machine, so that it never runs out of addresses because of gaps; less if the process
        /// may not have that many.
        fn reserve(&self) -> Option<(*mut u8, usize)> {
            let mut bytes = physical_memory().saturating_mul(2).next_multiple_of(CHUNK);
            loop {
                if let Some(start) = map(bytes + CHUNK, libc::PROT_NONE) {
                    let aligned = start.map_addr(|address| address.next_multiple_of(CHUNK));
                    // Without huge pages it works as well, only slower.
                    // SAFETY: within the mapping just made.
                    unsafe { libc::madvise(aligned.cast(), bytes, libc::MADV_HUGEPAGE) };
                    return Some((aligned, bytes));
                }
                bytes = (bytes / 2).next_multiple_of(CHUNK);
                if bytes < 32 * CHUNK {
                    return None;
                }
            }
        }

        fn table(&self, bytes: usize) -> Option<*mut u8> {
            map(bytes, libc::PROT_READ | libc::PROT_WRITE)
        }

        /// As the user said, or a sixteenth of the machine's memory within bounds.
        fn limit(&self) -> usize {
            limit_of_environment().unwrap_or_else(|| (physical_memory() / 16).clamp(512 << 20, 4 << 30))
        }

        fn begin(&self) {
            crate::fork::watch();
        }

        unsafe fn commit(&self, start: *mut u8, bytes: usize) -> bool {
            // SAFETY: the caller has reserved it.
            unsafe { libc::mprotect(start.cast(), bytes, libc::PROT_READ | libc::PROT_WRITE) == 0 }
        }

        unsafe fn discard(&self, start: *mut u8, bytes: usize) -> bool {
            // SAFETY: nobody uses it, the caller says.
            unsafe { libc::madvise(start.cast(), bytes, libc::MADV_DONTNEED) == 0 }
        }
    }

    /// `HYPOSTYLE_POOL_LIMIT`. Read without the standard library, which allocates what it reads.
    fn limit_of_environment() -> Option<usize> {
        // SAFETY: the name ends with a zero, and so does the value, if there is one.
        let value = unsafe {
            let value = libc::getenv(c"HYPOSTYLE_POOL_LIMIT".as_ptr());
            if value.is_null() {
                return None;
            }
            std::ffi::CStr::from_ptr(value)
        };
        super::parse_bytes(value.to_bytes())
    }

    /// Calls the three when the process forks: before it, and after it in the parent and in the child.
    pub(crate) fn at_fork(
        before: unsafe extern "C" fn(),
        parent: unsafe extern "C" fn(),
        child: unsafe extern "C" fn(),
    ) {
        // If it fails there is no memory for a list entry, and a fork is the least worry.
        // SAFETY: functions live as long as the program.
        unsafe { libc::pthread_atfork(Some(before), Some(parent), Some(child)) };
    }

    /// Lets the system's allocator give its free memory back.
    pub(crate) fn trim_system() {
        #[cfg(target_env = "gnu")]
        // SAFETY: thread-safe, and touches free memory only.
        unsafe {
            libc::malloc_trim(0);
        }
    }
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub(crate) use linux::{at_fork, trim_system};

/// A number of bytes with an optional suffix.
pub(crate) fn parse_bytes(text: &[u8]) -> Option<usize> {
    let (digits, shift) = match text {
        [digits @ .., b'k' | b'K'] => (digits, 10),
        [digits @ .., b'm' | b'M'] => (digits, 20),
        [digits @ .., b'g' | b'G'] => (digits, 30),
        digits => (digits, 0),
    };
    std::str::from_utf8(digits).ok()?.parse::<usize>().ok()?.checked_mul(1 << shift)
}
