//! A process that forks while another thread holds the pool's lock would leave it locked in the child for ever. So the
//! lock is held across a fork by the thread that forks.

use std::cell::UnsafeCell;
use std::sync::MutexGuard;

use crate::POOL;
use crate::pages::at_fork;
use crate::pool::State;

struct Held(UnsafeCell<Option<MutexGuard<'static, State>>>);

// SAFETY: only the thread that holds the pool's lock touches the cell.
unsafe impl Sync for Held {}

static HELD: Held = Held(UnsafeCell::new(None));

extern "C" fn lock() {
    let guard = POOL.lock();
    // SAFETY: this thread has the lock.
    unsafe { *HELD.0.get() = Some(guard) };
}

extern "C" fn unlock() {
    // SAFETY: this thread has the lock; it is freed when the cell is empty and the guard outside.
    let guard = unsafe { (*HELD.0.get()).take() };
    drop(guard);
}

/// Called once.
pub(crate) fn watch() {
    at_fork(lock, unlock, unlock);
}
