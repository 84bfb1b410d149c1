//! The microbenchmarks with the system's allocator, whose pages are small unless the system is set otherwise.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    hypostyle_bench_micro::main()
}
