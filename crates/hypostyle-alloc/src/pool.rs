//! The pool: blocks of whole pages, first fit, out of one range of addresses.
//!
//! Lowest addresses first keeps what is in use together, so that freed memory gathers at the top in whole chunks. Only
//! those count as kept, and only those are given back when there are too many of them: to take a page out of a huge
//! page would break it up. Nothing is stored in the blocks; callers know their sizes.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::chunk::{CHUNK, Chunk, UNIT, UNITS};
use crate::pages::Pages;

/// Chunks that are made usable at a time, so that the system is asked seldom.
const GROWTH: usize = 32;
/// Chunks given back at a time when there are too many: freeing a little must not cost a system call each time.
const SURPLUS: usize = 16;

/// A pool over a source of pages.
#[derive(Debug)]
pub(crate) struct Pool<P> {
    pages: P,
    /// Addresses of the blocks. Fixed before the first block is handed out.
    start: AtomicUsize,
    end: AtomicUsize,
    state: Mutex<State>,
}

/// What the lock protects.
#[derive(Debug)]
pub(crate) struct State {
    phase: Phase,
    /// Chunks kept at most.
    limit: usize,
    limit_is_set: bool,
    arena: Arena,
}

#[derive(Debug)]
enum Phase {
    Untouched,
    Ready,
    /// There are no addresses to be had.
    Unusable,
}

impl<P: Pages> Pool<P> {
    pub(crate) const fn new(pages: P) -> Self {
        let state = State { phase: Phase::Untouched, limit: 0, limit_is_set: false, arena: Arena::EMPTY };
        Self { pages, start: AtomicUsize::new(0), end: AtomicUsize::new(0), state: Mutex::new(state) }
    }

    /// A poisoned lock is none here: nothing panics while it is held.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the address belongs to a block of the pool.
    #[inline]
    pub(crate) fn contains(&self, block: *mut u8) -> bool {
        // Whoever has a block of the pool got it from a thread that saw the bounds.
        let address = block.addr();
        address >= self.start.load(Ordering::Relaxed) && address < self.end.load(Ordering::Relaxed)
    }

    /// A block, aligned to a page, of unspecified contents; `None` if the pool cannot give one.
    pub(crate) fn allocate(&self, bytes: usize) -> Option<NonNull<u8>> {
        let mut state = self.lock();
        if !self.is_ready(&mut state) {
            return None;
        }
        let unit = state.arena.allocate(bytes.div_ceil(UNIT), &self.pages)?;
        NonNull::new(state.arena.address(unit))
    }

    /// The same, of zeros.
    pub(crate) fn allocate_zeroed(&self, bytes: usize) -> Option<NonNull<u8>> {
        let block = self.allocate(bytes)?;
        let mut done = 0;
        let first = self.lock().arena.unit_of(block.as_ptr());
        for (chunk, units) in chunks_of(first..first + bytes.div_ceil(UNIT)) {
            // Pages that were never used are zero, and looking at them would cost a fault each.
            let (offset, length) = (units.start, units.len());
            let runs = self.lock().arena.chunk(chunk).dirty_runs(units);
            for run in runs {
                // SAFETY: within the block, which is the caller's alone.
                unsafe { block.add((done + run.start - offset) * UNIT).write_bytes(0, run.len() * UNIT) };
            }
            done += length;
        }
        Some(block)
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// It must have come from this pool with as many bytes, and not be used any more.
    pub(crate) unsafe fn free(&self, block: *mut u8, bytes: usize) {
        let mut state = self.lock();
        let first = state.arena.unit_of(block);
        state.arena.release(first..first + bytes.div_ceil(UNIT), true);
        let limit = state.limit;
        if state.arena.kept > limit.saturating_add(SURPLUS) {
            self.give_back(state, limit);
        }
    }

    /// Changes the size of a block where it is; whether that was possible.
    ///
    /// # Safety
    ///
    /// It must have come from this pool with as many bytes.
    pub(crate) unsafe fn resize(&self, block: *mut u8, bytes: usize, new_bytes: usize) -> bool {
        let (units, new_units) = (bytes.div_ceil(UNIT), new_bytes.div_ceil(UNIT));
        if units == new_units {
            return true;
        }
        let mut state = self.lock();
        let first = state.arena.unit_of(block);
        if new_units < units {
            state.arena.release(first + new_units..first + units, true);
            return true;
        }
        state.arena.take_exactly(first + units..first + new_units, &self.pages)
    }

    /// Gives back all free memory, down to single pages.
    pub(crate) fn trim(&self) {
        self.give_back(self.lock(), 0);
        let mut chunk = 0;
        loop {
            let mut state = self.lock();
            if chunk >= state.arena.committed {
                return;
            }
            for run in state.arena.chunk(chunk).free_dirty_runs() {
                // Under the lock: a call is rare, and the pieces are small.
                // SAFETY: free units of a committed chunk.
                if unsafe {
                    let start = state.arena.address(chunk * UNITS + run.start);
                    self.pages.discard(start, run.len() * UNIT)
                } {
                    state.arena.chunk_mut(chunk).set_dirty(run, false);
                }
            }
            chunk += 1;
        }
    }

    pub(crate) fn set_limit(&self, bytes: usize) {
        let mut state = self.lock();
        state.limit = bytes / CHUNK;
        state.limit_is_set = true;
        self.give_back(state, bytes / CHUNK);
    }

    pub(crate) fn kept_bytes(&self) -> usize {
        self.lock().arena.kept * CHUNK
    }

    fn is_ready(&self, state: &mut State) -> bool {
        if matches!(state.phase, Phase::Untouched) {
            state.phase = match Arena::reserve(&self.pages) {
                None => Phase::Unusable,
                Some(arena) => {
                    self.start.store(arena.start.addr(), Ordering::Relaxed);
                    self.end.store(arena.start.addr() + arena.chunks * CHUNK, Ordering::Relaxed);
                    state.arena = arena;
                    if !state.limit_is_set {
                        state.limit = self.pages.limit() / CHUNK;
                    }
                    self.pages.begin();
                    Phase::Ready
                }
            };
        }
        matches!(state.phase, Phase::Ready)
    }

    /// Gives whole chunks back until no more than `limit` are kept, highest first.
    fn give_back<'a>(&'a self, mut state: MutexGuard<'a, State>, limit: usize) {
        let mut below = state.arena.committed;
        while state.arena.kept > limit {
            let Some(run) = state.arena.kept_run(below, state.arena.kept - limit) else { return };
            below = run.start;
            let units = run.start * UNITS..run.end * UNITS;
            let start = state.arena.address(units.start);
            // Nobody else gets it while the system is busy with it; the lock is free meanwhile.
            state.arena.take(units.clone());
            drop(state);
            // SAFETY: whole chunks, committed as all that was ever used, and taken for this.
            let clean = unsafe { self.pages.discard(start, units.len() * UNIT) };
            state = self.lock();
            state.arena.release(units, !clean);
        }
    }
}

/// The addresses and what is known of them.
#[derive(Debug)]
struct Arena {
    start: *mut u8,
    table: *mut Chunk,
    /// How many chunks there are addresses for, and how many of them are usable.
    chunks: usize,
    committed: usize,
    /// Free chunks that the process may hold memory for.
    kept: usize,
    /// For each class of lengths: no free run so long lies wholly in the chunks before this one.
    hints: [u32; CLASSES],
}

// SAFETY: the pointers are to memory that is the arena's alone.
unsafe impl Send for Arena {}

impl Arena {
    const EMPTY: Self = Self {
        start: std::ptr::null_mut(),
        table: std::ptr::null_mut(),
        chunks: 0,
        committed: 0,
        kept: 0,
        hints: [0; CLASSES],
    };

    fn reserve(pages: &impl Pages) -> Option<Self> {
        let (start, bytes) = pages.reserve()?;
        let chunks = (bytes / CHUNK).min(u32::MAX as usize);
        let table = pages.table(chunks * size_of::<Chunk>())?;
        Some(Self { start, table: table.cast(), chunks, ..Self::EMPTY })
    }

    fn address(&self, unit: usize) -> *mut u8 {
        self.start.wrapping_add(unit * UNIT)
    }

    fn unit_of(&self, block: *mut u8) -> usize {
        (block.addr() - self.start.addr()) / UNIT
    }

    fn chunk(&self, chunk: usize) -> &Chunk {
        debug_assert!(chunk < self.committed, "only committed chunks are looked at");
        // SAFETY: the table has room for every chunk, all zeros is a valid one, and it is the arena's alone.
        unsafe { &*self.table.add(chunk) }
    }

    fn chunk_mut(&mut self, chunk: usize) -> &mut Chunk {
        debug_assert!(chunk < self.committed, "only committed chunks are looked at");
        // SAFETY: as above.
        unsafe { &mut *self.table.add(chunk) }
    }

    /// The first free run of this length, taken.
    fn allocate(&mut self, units: usize, pages: &impl Pages) -> Option<usize> {
        if units > self.chunks * UNITS {
            return None;
        }
        let found = self.find(units);
        if found + units > self.committed * UNITS && !self.commit(found + units, pages) {
            return None;
        }
        self.take(found..found + units);
        Some(found)
    }

    /// Where the first free run of this length begins, counting what is not committed yet as free.
    fn find(&mut self, units: usize) -> usize {
        let mut chunk = self.hints[class_below(units)] as usize;
        // A run may begin before the hint and go on beyond.
        while chunk > 0 && self.chunk(chunk - 1).tail() > 0 {
            chunk -= 1;
            if !self.chunk(chunk).is_free() {
                break;
            }
        }
        let mut before = 0;
        let found = loop {
            if chunk == self.committed {
                break chunk * UNITS - before;
            }
            let state = self.chunk(chunk);
            if before + state.head() >= units {
                break chunk * UNITS - before;
            }
            if state.longest() >= units
                && let Some(at) = state.find(units)
            {
                break chunk * UNITS + at;
            }
            before = if state.is_free() { before + UNITS } else { state.tail() };
            chunk += 1;
        };
        // The chunk of the run exists, since no more are reserved than the type holds.
        let chunk = (found / UNITS) as u32;
        self.hints[class_above(units)..].iter_mut().for_each(|hint| *hint = (*hint).max(chunk));
        found
    }

    /// Takes these units if they are free.
    fn take_exactly(&mut self, units: Range<usize>, pages: &impl Pages) -> bool {
        if units.end > self.chunks * UNITS {
            return false;
        }
        let usable = self.committed * UNITS;
        let free = chunks_of(units.start..units.end.min(usable))
            .all(|(chunk, part)| self.chunk(chunk).free_from(part.start) >= part.len());
        if !free || (units.end > usable && !self.commit(units.end, pages)) {
            return false;
        }
        self.take(units);
        true
    }

    /// Makes memory up to this unit usable.
    fn commit(&mut self, units: usize, pages: &impl Pages) -> bool {
        let wanted = units.div_ceil(UNITS);
        let end = wanted.next_multiple_of(GROWTH).min(self.chunks);
        if wanted > end {
            return false;
        }
        let start = self.address(self.committed * UNITS);
        // SAFETY: reserved, and the first time that these chunks are committed.
        if !unsafe { pages.commit(start, (end - self.committed) * CHUNK) } {
            return false;
        }
        for chunk in std::mem::replace(&mut self.committed, end)..end {
            self.chunk_mut(chunk).summarize();
        }
        true
    }

    fn take(&mut self, units: Range<usize>) {
        for (chunk, part) in chunks_of(units) {
            self.kept -= usize::from(self.chunk(chunk).is_kept());
            self.chunk_mut(chunk).take(part);
        }
    }

    /// Makes units free; `dirty` says whether they may hold anything but zeros.
    fn release(&mut self, units: Range<usize>, dirty: bool) {
        let first = (units.start / UNITS) as u32;
        self.hints.iter_mut().for_each(|hint| *hint = (*hint).min(first));
        for (chunk, part) in chunks_of(units) {
            let state = self.chunk_mut(chunk);
            state.set_dirty(part.clone(), dirty);
            state.release(part);
            let kept = state.is_kept();
            self.kept += usize::from(kept);
        }
    }

    /// The highest run of kept chunks below the given one, or the upper end of it if it is longer than `most`.
    fn kept_run(&self, below: usize, most: usize) -> Option<Range<usize>> {
        let last = (0..below).rev().find(|chunk| self.chunk(*chunk).is_kept())?;
        let length = (0..=last).rev().take(most).take_while(|chunk| self.chunk(*chunk).is_kept()).count();
        Some(last + 1 - length..last + 1)
    }
}

/// The chunks that units lie in, each with the units counted within it.
fn chunks_of(units: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
    let mut at = units.start;
    std::iter::from_fn(move || {
        if at >= units.end {
            return None;
        }
        let chunk = at / UNITS;
        let end = units.end.min((chunk + 1) * UNITS);
        let part = at - chunk * UNITS..end - chunk * UNITS;
        at = end;
        Some((chunk, part))
    })
}

/// Classes of lengths, four for each power of two.
const CLASSES: usize = 4 * usize::BITS as usize;

/// The class whose shortest length is no longer than this one.
fn class_below(units: usize) -> usize {
    match units {
        0..4 => units,
        _ => {
            let power = units.ilog2() as usize;
            4 * (power - 1) + ((units >> (power - 2)) & 3)
        }
    }
}

/// The class whose shortest length is no shorter than this one, which is at least 1.
fn class_above(units: usize) -> usize {
    class_below(units - 1) + 1
}
