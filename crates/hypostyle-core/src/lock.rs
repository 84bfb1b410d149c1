//! Locks that a panic of their holder does not close.
//!
//! Nothing in the workspace is left half changed under a lock, so a poisoned one is as good as any other. The panic
//! itself reaches the query that it belongs to by another way.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Waits for a lock.
pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a lock that nobody holds any more guards.
pub fn into_unlocked<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Gives the lock up until something changes.
pub fn wait<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

/// Gives the lock up until something changes, but no longer than this.
pub fn wait_at_most<'a, T>(
    changed: &Condvar,
    guard: MutexGuard<'a, T>,
    longest: Duration,
) -> MutexGuard<'a, T> {
    changed.wait_timeout(guard, longest).unwrap_or_else(PoisonError::into_inner).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_under_a_lock_leaves_it_usable() {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            *lock(&mutex) = 2;
            let _held = lock(&mutex);
            panic!("under the lock");
        }));
        assert!(panics.is_err() && mutex.is_poisoned());
        assert_eq!(*wait_at_most(&changed, lock(&mutex), Duration::from_millis(1)), 2);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| {
                let mut guard = lock(&mutex);
                while *guard < 3 {
                    guard = wait(&changed, guard);
                }
                *guard
            });
            *lock(&mutex) = 3;
            changed.notify_all();
            assert_eq!(waits.join().unwrap(), 3);
        });
        assert_eq!(into_unlocked(mutex), 3);
    }
}
