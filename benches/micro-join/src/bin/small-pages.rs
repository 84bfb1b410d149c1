//! The measurements of indexes with the system's allocator, whose pages are small unless the system is set otherwise.

#![forbid(unsafe_code)]

fn main() {
    hypostyle_bench_join::indexes::run();
}
