//! The Python package of Hypostyle: thin bindings over the `hypostyle` crate.
