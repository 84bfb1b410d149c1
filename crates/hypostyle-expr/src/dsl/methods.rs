//! Made by the test in `methods_source.rs`.
