//! The allocator as it is used: installed, under the standard collections, by many threads.

use hypostyle_alloc::{Pooled, kept_bytes, set_limit, trim};

#[global_allocator]
static ALLOCATOR: Pooled = Pooled;

/// Grows vectors from nothing to megabytes, through the system's and the pool's blocks.
fn grow(seed: u64) {
    for round in 0..20 {
        let length = ((seed + round) * 37_129) % 300_000;
        let mut grown = Vec::new();
        for value in 0..length {
            grown.push(value * seed);
        }
        let mut copy = grown.clone();
        copy.truncate(copy.len() / 3);
        copy.shrink_to_fit();
        assert!(grown.iter().enumerate().all(|(at, value)| *value == at as u64 * seed));
        assert!(copy.iter().zip(&grown).all(|(a, b)| a == b));
        let zeros = vec![0u8; length as usize * 9];
        assert!(zeros.iter().all(|byte| *byte == 0));
    }
}

/// One test, since the limit and what is kept are the process's.
#[test]
fn collections_live_in_the_pool() {
    std::thread::scope(|scope| {
        for seed in 1..=8 {
            scope.spawn(move || grow(seed));
        }
    });
    #[repr(align(8192))]
    struct Aligned([u8; 8192]);
    let aligned: Vec<Aligned> = (0..100).map(|n| Aligned([n; 8192])).collect();
    assert_eq!(aligned.as_ptr().addr() % 8192, 0);
    assert!(aligned.iter().enumerate().all(|(n, a)| a.0 == [n as u8; 8192]));

    drop(vec![7u8; 100 << 20]);
    if cfg!(all(target_os = "linux", target_pointer_width = "64")) {
        assert!(kept_bytes() >= 90 << 20);
    }
    set_limit(10 << 20);
    assert!(kept_bytes() <= 10 << 20);
    trim();
    assert_eq!(kept_bytes(), 0);
    assert_eq!(vec![0u8; 200 << 20].iter().position(|byte| *byte != 0), None);
}
