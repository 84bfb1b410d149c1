//! The pool against a model: no two blocks overlap, contents stay, zeroed memory is zero, nothing is lost.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::chunk::{CHUNK, UNIT};
use crate::pages::{Pages, parse_bytes};
use crate::pool::Pool;

/// Pages out of the system's allocator.
#[derive(Debug, Default)]
struct Plain {
    owned: Mutex<Vec<(usize, Layout)>>,
}

impl Plain {
    /// Zeros of this alignment, freed with the source. Aligned by hand, since the system writes its aligned zeros.
    fn zeros(&self, bytes: usize, align: usize) -> *mut u8 {
        let layout = Layout::from_size_align(bytes + align, 16).unwrap();
        // SAFETY: the layout is not empty.
        let start = unsafe { System.alloc_zeroed(layout) };
        self.owned.lock().unwrap().push((start.expose_provenance(), layout));
        start.wrapping_add(start.align_offset(align))
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        for (start, layout) in self.owned.get_mut().unwrap().drain(..) {
            // SAFETY: allocated with this layout; the pool is gone.
            unsafe { System.dealloc(std::ptr::with_exposed_provenance_mut(start), layout) };
        }
    }
}

const CAPACITY: usize = 40 * CHUNK;

// SAFETY: zeros of the system's allocator, for as long as the pool lives, and zeros again after `discard`.
unsafe impl Pages for Plain {
    fn reserve(&self) -> Option<(*mut u8, usize)> {
        Some((self.zeros(CAPACITY, CHUNK), CAPACITY))
    }

    fn table(&self, bytes: usize) -> Option<*mut u8> {
        Some(self.zeros(bytes, 64))
    }

    fn limit(&self) -> usize {
        4 * CHUNK
    }

    fn begin(&self) {}

    unsafe fn commit(&self, _: *mut u8, _: usize) -> bool {
        true
    }

    unsafe fn discard(&self, start: *mut u8, bytes: usize) -> bool {
        // SAFETY: the caller's promise.
        unsafe { start.write_bytes(0, bytes) };
        true
    }
}

/// A block, filled with one byte.
#[derive(Debug)]
struct Block {
    start: *mut u8,
    bytes: usize,
    fill: u8,
}

impl Block {
    fn new(start: *mut u8, bytes: usize, fill: u8) -> Self {
        // SAFETY: the block is as long.
        unsafe { start.write_bytes(fill, bytes) };
        Self { start, bytes, fill }
    }

    fn contents(&self) -> &[u8] {
        // SAFETY: the block is as long and filled.
        unsafe { std::slice::from_raw_parts(self.start, self.bytes) }
    }

    fn check(&self) {
        assert!(self.contents().iter().all(|byte| *byte == self.fill), "a block of {}", self.bytes);
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Allocate { bytes: usize, zeroed: bool },
    Free { which: usize },
    Resize { which: usize, bytes: usize },
    Trim,
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1usize..20 * UNIT, 2 => 1usize..CHUNK, 1 => 1usize..6 * CHUNK]
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (sizes(), any::<bool>()).prop_map(|(bytes, zeroed)| Step::Allocate { bytes, zeroed }),
        6 => any::<usize>().prop_map(|which| Step::Free { which }),
        3 => (any::<usize>(), sizes()).prop_map(|(which, bytes)| Step::Resize { which, bytes }),
        1 => Just(Step::Trim),
    ];
    proptest::collection::vec(step, 1..most)
}

/// Runs the steps and frees everything at the end.
fn run(pool: &Pool<Plain>, steps: &[Step]) {
    let mut blocks: Vec<Block> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let fill = number as u8 | 1;
        match *step {
            Step::Allocate { bytes, zeroed } => {
                let start = if zeroed { pool.allocate_zeroed(bytes) } else { pool.allocate(bytes) };
                let Some(start) = start.map(std::ptr::NonNull::as_ptr) else { continue };
                assert!(pool.contains(start) && pool.contains(start.wrapping_add(bytes - 1)));
                assert_eq!(start.addr() % UNIT, 0);
                if zeroed {
                    // SAFETY: zeroed memory is initialised.
                    let contents = unsafe { std::slice::from_raw_parts(start, bytes) };
                    assert!(contents.iter().all(|byte| *byte == 0));
                }
                blocks.push(Block::new(start, bytes, fill));
            }
            Step::Free { which } if !blocks.is_empty() => {
                let at = which % blocks.len();
                let block = blocks.swap_remove(at);
                block.check();
                // SAFETY: allocated with these bytes, and not used any more.
                unsafe { pool.free(block.start, block.bytes) };
            }
            Step::Resize { which, bytes } if !blocks.is_empty() => {
                let at = which % blocks.len();
                let block = &mut blocks[at];
                block.check();
                // SAFETY: allocated with these bytes.
                if unsafe { pool.resize(block.start, block.bytes, bytes) } {
                    *block = Block::new(block.start, bytes, fill);
                }
            }
            Step::Free { .. } | Step::Resize { .. } => {}
            Step::Trim => pool.trim(),
        }
    }
    for block in blocks {
        block.check();
        // SAFETY: allocated with these bytes, and not used any more.
        unsafe { pool.free(block.start, block.bytes) };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 60 }))]

    #[test]
    fn blocks_are_apart_and_keep_their_contents(steps in steps(if cfg!(miri) { 8 } else { 120 })) {
        let pool = Pool::new(Plain::default());
        run(&pool, &steps);
        // All is free again: one block can have everything, and trimming leaves nothing behind.
        let everything = pool.allocate(CAPACITY).unwrap().as_ptr();
        prop_assert!(pool.allocate(1).is_none());
        // SAFETY: just allocated.
        unsafe { pool.free(everything, CAPACITY) };
        pool.trim();
        prop_assert_eq!(pool.kept_bytes(), 0);
    }
}

#[test]
fn threads_share_a_pool() {
    let pool = Pool::new(Plain::default());
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tree = steps(if cfg!(miri) { 10 } else { 200 });
    let plans: Vec<Vec<Step>> = (0..8).map(|_| tree.new_tree(&mut runner).unwrap().current()).collect();
    std::thread::scope(|scope| {
        for plan in &plans {
            scope.spawn(|| run(&pool, plan));
        }
    });
    assert!(pool.allocate(CAPACITY).is_some());
}

#[test]
fn what_is_kept_has_a_limit() {
    let pool = Pool::new(Plain::default());
    pool.set_limit(8 * CHUNK);
    let block = pool.allocate(39 * CHUNK).unwrap().as_ptr();
    assert_eq!(pool.kept_bytes(), 0);
    // SAFETY: just allocated.
    unsafe { pool.free(block, 39 * CHUNK) };
    assert_eq!(pool.kept_bytes(), 8 * CHUNK);
    let block = pool.allocate(3 * CHUNK).unwrap().as_ptr();
    assert_eq!(pool.kept_bytes(), 5 * CHUNK, "what is kept is used first");
    // SAFETY: just allocated.
    unsafe { pool.free(block, 3 * CHUNK) };
    pool.set_limit(CHUNK);
    assert_eq!(pool.kept_bytes(), CHUNK);
}

#[test]
fn blocks_grow_where_there_is_room() {
    let pool = Pool::new(Plain::default());
    let block = pool.allocate(10 * UNIT).unwrap().as_ptr();
    // SAFETY: allocated with these sizes, one after the other.
    unsafe {
        assert!(pool.resize(block, 10 * UNIT, 3 * CHUNK));
        assert!(pool.resize(block, 3 * CHUNK, 20 * UNIT));
        let next = pool.allocate(UNIT).unwrap().as_ptr();
        assert_eq!(next, block.add(20 * UNIT));
        assert!(!pool.resize(block, 20 * UNIT, 21 * UNIT));
        assert!(!pool.resize(next, UNIT, CAPACITY));
    }
}

#[test]
fn limits_have_suffixes() {
    assert_eq!(parse_bytes(b"123"), Some(123));
    assert_eq!(parse_bytes(b"64K"), Some(64 << 10));
    assert_eq!(parse_bytes(b"5m"), Some(5 << 20));
    assert_eq!(parse_bytes(b"2G"), Some(2 << 30));
    for bad in [&b""[..], b"G", b"-1", b"1T", b"99999999999G", b"\xff"] {
        assert_eq!(parse_bytes(bad), None);
    }
}
