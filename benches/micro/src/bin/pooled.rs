//! The microbenchmarks with the allocator that queries have.

#![forbid(unsafe_code)]

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

fn main() -> std::process::ExitCode {
    hypostyle_bench_micro::main()
}
