//! Calls of decoders that panic on some broken files. The panic ends here, and is not told on the way: the caller has
//! an error.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    /// How many such calls this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Inside of a call, until dropped.
struct Inside;

impl Inside {
    fn enter() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// What `call` gives, or `None` if it panics.
pub(crate) fn unless_it_panics<T>(call: impl FnOnce() -> T) -> Option<T> {
    keep_quiet();
    let _inside = Inside::enter();
    panic::catch_unwind(AssertUnwindSafe(call)).ok()
}

/// Makes the hook of the process pass over panics within such calls. All others go to the hook that was there; one that
/// is put in place later takes over, and hears all again.
fn keep_quiet() {
    static HOOK: Once = Once::new();
    // Hooks cannot be changed while the thread panics.
    if std::thread::panicking() {
        return;
    }
    HOOK.call_once(|| panic::set_hook(passing_over(panic::take_hook())));
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// A hook that leaves out panics within such calls.
fn passing_over(others: Hook) -> Hook {
    Box::new(move |information| {
        // Threads that are ending have no such counter any more.
        if DEPTH.try_with(Cell::get).unwrap_or(0) == 0 {
            others(information);
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn others_are_told() {
        static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
        keep_quiet();
        // Other tests of this process may panic meanwhile, and be told.
        panic::set_hook(passing_over(Box::new(|information| {
            let payload = information.payload();
            let text = payload.downcast_ref::<&str>().copied().unwrap_or_default();
            TOLD.lock().unwrap().push(text.to_owned());
        })));
        assert_eq!(unless_it_panics(|| 7), Some(7));
        assert_eq!(unless_it_panics(|| -> u8 { panic!("quiet") }), None);
        let nested =
            || unless_it_panics(|| -> u8 { panic!("quiet, too") }).unwrap_or_else(|| panic!("quiet again"));
        assert_eq!(unless_it_panics(nested), None);
        let other = std::thread::spawn(|| {
            assert!(panic::catch_unwind(|| panic!("told")).is_err());
        });
        other.join().unwrap();
        assert!(panic::catch_unwind(|| panic!("told here")).is_err());
        drop(panic::take_hook());
        let told = TOLD.lock().unwrap();
        assert!(!told.iter().any(|text| text.starts_with("quiet")), "{told:?}");
        assert!(
            told.iter().any(|text| text == "told") && told.iter().any(|text| text == "told here"),
            "{told:?}"
        );
    }
}
