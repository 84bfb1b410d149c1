//! The `bin` namespace. Null gives null.

mod contains;
mod get;
mod reinterpret;
mod size;
mod slice;

use hypostyle_core::{BinaryArray, DataType, Result};

use super::strings::encode::{DECODE_BYTES, ENCODE_BYTES, of_bytes};
use super::{Arg, Function, Inputs, Signature, at};

pub(super) static FUNCTIONS: &[Function] = &[
    size::SIZE,
    contains::CONTAINS,
    contains::STARTS_WITH,
    contains::ENDS_WITH,
    get::GET,
    slice::SLICE,
    slice::HEAD,
    slice::TAIL,
    reinterpret::REINTERPRET,
    ENCODE_BYTES,
    DECODE_BYTES,
];

/// Bytes and whole numbers behind them.
fn bytes_and_numbers(name: &str, args: &[Arg<'_>], output: DataType) -> Result<Signature> {
    Ok(of_bytes(name, args, output)?.with(1, DataType::Int64).with(2, DataType::Int64))
}

/// The bytes of an argument.
fn bytes<'a>(inputs: &Inputs<'a>, i: usize) -> Result<&'a BinaryArray> {
    inputs.column(i).as_binary().ok_or_else(|| inputs.unplanned())
}

/// The whole number of a row; none where it is null or not given.
fn number(inputs: &Inputs<'_>, i: usize, row: usize) -> Option<i64> {
    let column = &inputs.args.get(i)?.column;
    column.get(at(column, row)).as_i128().map(|v| v as i64)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{BinaryBuilder, Column};

    /// A column of bytes.
    pub(super) fn bytes<const N: usize>(values: [Option<&str>; N]) -> Column {
        let mut builder = BinaryBuilder::new();
        values.iter().for_each(|value| builder.push_option(value.map(str::as_bytes)));
        builder.finish()
    }
}
