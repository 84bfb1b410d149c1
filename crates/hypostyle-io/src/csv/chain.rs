//! Where each block's first row starts, handed from block to block.
//!
//! Whether a newline ends a row depends on every quote before it. Each block therefore learns where its first row
//! starts from the block before, which tells it as soon as stage 1 knows. Meanwhile the block has read its text and
//! indexed it on the guess that it starts outside quotes, so that in the common case the news is all that was missing:
//! the chain moves at the speed of a lock, not of a pass over the file. Row numbers come along for free.
//!
//! Nobody waits for a block that nobody works on: blocks are claimed in order, and a claimed block needs only the
//! ones before it.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard};

use hypostyle_core::lock::{lock, wait};

/// What a block learns from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Where in the file its first row starts; of no meaning to the first block of a file, which knows.
    pub(super) offset: u64,
    /// How many rows there are before it in all files.
    pub(super) rows: u64,
}

#[derive(Debug)]
struct State {
    /// The block that `link` is for.
    block: usize,
    link: Link,
    /// All blocks before this one are finished,
    finished: usize,
    /// and these after it.
    finished_early: BTreeSet<usize>,
    /// The first block known to have failed. Those after it are not wanted any more.
    failed: Option<usize>,
}

impl State {
    fn failed_before(&self, block: usize) -> bool {
        self.failed.is_some_and(|failed| failed < block)
    }
}

/// The chain of one scan.
#[derive(Debug)]
pub(super) struct Chain {
    state: Mutex<State>,
    moved: Condvar,
}

impl Chain {
    pub(super) fn new() -> Self {
        let link = Link { offset: 0, rows: 0 };
        let state = State { block: 0, link, finished: 0, finished_early: BTreeSet::new(), failed: None };
        Self { state: Mutex::new(state), moved: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic happens under the lock, so the state is whole.
        lock(&self.state)
    }

    /// Waits for the news for a block; `None` if it is not wanted any more.
    pub(super) fn wait(&self, block: usize) -> Option<Link> {
        let mut state = self.lock();
        loop {
            if state.failed_before(block) {
                return None;
            }
            if state.block == block {
                return Some(state.link);
            }
            state = wait(&self.moved, state);
        }
    }

    /// Tells the block after `block`.
    pub(super) fn tell_next(&self, block: usize, link: Link) {
        let mut state = self.lock();
        state.block = block + 1;
        state.link = link;
        drop(state);
        self.moved.notify_all();
    }

    /// Says that all went well with a block.
    pub(super) fn finish(&self, block: usize) {
        let mut state = self.lock();
        state.finished_early.insert(block);
        loop {
            let next = state.finished;
            if !state.finished_early.remove(&next) {
                break;
            }
            state.finished += 1;
        }
        let waited_for = state.failed.is_some();
        drop(state);
        if waited_for {
            self.moved.notify_all();
        }
    }

    /// Says that a block failed, and waits until those before it are through: whether it is the first that did. Which
    /// error is reported then does not depend on who was faster.
    pub(super) fn fail(&self, block: usize) -> bool {
        let mut state = self.lock();
        state.failed = Some(state.failed.map_or(block, |failed| failed.min(block)));
        self.moved.notify_all();
        loop {
            if state.failed_before(block) {
                return false;
            }
            if state.finished >= block {
                return true;
            }
            state = wait(&self.moved, state);
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.lock().failed.is_some()
    }
}

/// Ends the scan for all who wait if a panic passes by.
pub(super) struct FailOnPanic<'a>(pub(super) &'a Chain);

impl Drop for FailOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.lock();
            state.failed = Some(0);
            state.finished = usize::MAX;
            drop(state);
            self.0.moved.notify_all();
        }
    }
}
