//! How many threads read at once.
//!
//! `n_threads` bounds the threads that read and parse, not those that work on what was read: whoever drives a scan may
//! have more workers, and those that find the gate full wait at it. A thread inside waits for earlier blocks only
//! (`chain`), whose threads are inside too or through, so the gate cannot lock up.

use std::sync::{Condvar, Mutex};

use hypostyle_core::lock::{lock, wait};

/// Lets a number of threads in at once.
#[derive(Debug)]
pub(super) struct Gate {
    /// How many more may come in; `None` if there is no limit.
    free: Option<Mutex<usize>>,
    left: Condvar,
}

/// A place inside, until it is dropped.
#[derive(Debug)]
pub(super) struct Pass<'a>(&'a Gate);

impl Gate {
    /// A gate for `most` threads, one at least; `None` is all that come.
    pub(super) fn new(most: Option<usize>) -> Self {
        Self { free: most.map(|most| Mutex::new(most.max(1))), left: Condvar::new() }
    }

    /// Waits until there is a place.
    pub(super) fn enter(&self) -> Pass<'_> {
        if let Some(free) = &self.free {
            let mut free = lock(free);
            while *free == 0 {
                free = wait(&self.left, free);
            }
            *free -= 1;
        }
        Pass(self)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some(free) = &self.0.free {
            *lock(free) += 1;
            self.0.left.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// The most of eight threads that were inside at once.
    fn most_inside(gate: &Gate) -> usize {
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _pass = gate.enter();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        most.into_inner()
    }

    #[test]
    fn no_more_than_may_are_inside() {
        for most in 1..4 {
            assert!(most_inside(&Gate::new(Some(most))) <= most);
        }
        assert_eq!(most_inside(&Gate::new(Some(0))), 1);
        assert!(most_inside(&Gate::new(None)) <= 8);
    }

    #[test]
    fn a_panic_inside_gives_the_place_back() {
        let gate = Gate::new(Some(1));
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _pass = gate.enter();
            panic!("inside");
        }));
        assert!(panic.is_err());
        drop(gate.enter());
    }
}
