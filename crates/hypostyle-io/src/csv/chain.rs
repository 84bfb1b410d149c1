//! Where each block's first row starts, handed from block to block.
//!
//! Whether a newline ends a row depends on every quote before it. Each block therefore learns where its first row
//! starts from the block before, which tells it as soon as stage 1 knows. Meanwhile the block has read its text and
//! indexed it on the guess that it starts outside quotes, so that in the common case the news is all that was missing:
//! the chain moves at the speed of a lock, not of a pass over the file. Row numbers come along for free.
//!
//! Nobody waits for a block that nobody works on: blocks are claimed in order, and a claimed block needs only the
//! ones before it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

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
    stopped: bool,
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
        Self { state: Mutex::new(State { block: 0, link, stopped: false }), moved: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is written in one assignment, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the news for a block; `None` if the scan stopped.
    pub(super) fn wait(&self, block: usize) -> Option<Link> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            if state.block == block {
                return Some(state.link);
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Tells the block after `block`.
    pub(super) fn tell_next(&self, block: usize, link: Link) {
        let mut state = self.lock();
        debug_assert_eq!(state.block, block);
        state.block = block + 1;
        state.link = link;
        drop(state);
        self.moved.notify_all();
    }

    /// Ends the scan for all who wait.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.moved.notify_all();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.lock().stopped
    }
}

/// Stops the chain unless told that all went well; also when a panic passes by.
pub(super) struct StopOnDrop<'a>(pub(super) Option<&'a Chain>);

impl StopOnDrop<'_> {
    pub(super) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(chain) = self.0 {
            chain.stop();
        }
    }
}
