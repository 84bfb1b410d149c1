//! `bin.slice(x, offset, length)`, `bin.head(x, n)`, `bin.tail(x, n)`: some of the bytes; negative offsets count from
//! the end, a null length goes to the end, a negative `n` leaves out so many; `bin.slice([b"abc"], -2, 1) = [b"b"]`.

use hypostyle_core::{BinaryBuilder, Column, DataType, Result};

use super::super::sequence::{slice_bounds, tail_bounds};
use super::super::{Arg, Function, Inputs, Signature, at, params};
use super::{bytes, bytes_and_numbers, number};

/// `bin.slice(x, offset, length)`
pub(super) const SLICE: Function = Function::new(
    "bin.slice",
    &[params::column("x"), params::column("offset"), params::optional("length")],
    types,
    |i| run(i, |offset, length| (offset, length)),
)
.doc("Bytes from an offset on.")
.example(&[r#"binary [b"abcd", null]"#, "1", "2"], r#"binary [b"bc", null]"#);
/// `bin.head(x, n)`
pub(super) const HEAD: Function =
    Function::new("bin.head", &[params::column("x"), params::column("n")], types, |i| {
        run(i, |n, _| (0, Some(n)))
    })
    .doc("The first bytes; of a negative number all but so many at the end.")
    .example(&[r#"binary [b"abcd", null]"#, "2"], r#"binary [b"ab", null]"#);
/// `bin.tail(x, n)`
pub(super) const TAIL: Function =
    Function::new("bin.tail", &[params::column("x"), params::column("n")], types, |i| {
        run(i, |n, _| tail_bounds(n))
    })
    .doc("The last bytes; of a negative number all but so many at the start.")
    .example(&[r#"binary [b"abcd", null]"#, "2"], r#"binary [b"cd", null]"#);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    bytes_and_numbers(name, args, DataType::Binary)
}

/// Offset and length out of the numbers of a row.
fn run(inputs: &Inputs<'_>, bounds: fn(i64, Option<i64>) -> (i64, Option<i64>)) -> Result<Column> {
    let array = bytes(inputs, 0)?;
    let mut out = BinaryBuilder::with_capacity(inputs.len, 0);
    for row in 0..inputs.len {
        let part = array.get(at(inputs.column(0), row)).zip(number(inputs, 1, row));
        out.push_option(part.map(|(bytes, offset)| {
            let (offset, length) = bounds(offset, number(inputs, 2, row));
            let (start, take) = slice_bounds(bytes.len(), offset, length);
            &bytes[start..start + take]
        }));
    }
    Ok(out.finish())
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit, null};
    use crate::functions::binary::tests::bytes;
    use crate::testing::check;

    #[test]
    fn some_of_the_bytes() {
        let a = [bytes([Some("abcd"), Some("x"), None])];
        let named = |name: &str, n: i64| call(name, [col("a"), lit(n)]);
        check(named("bin.head", 2), &a, r#"binary [b"ab", b"x", null]"#);
        check(named("bin.head", -1), &a, r#"binary [b"abc", b"", null]"#);
        check(named("bin.tail", 2), &a, r#"binary [b"cd", b"x", null]"#);
        check(named("bin.tail", -1), &a, r#"binary [b"bcd", b"", null]"#);
        check(call("bin.slice", [col("a"), lit(-3), lit(2)]), &a, r#"binary [b"bc", b"", null]"#);
        check(call("bin.slice", [col("a"), lit(1), null()]), &a, r#"binary [b"bcd", b"", null]"#);
        check(call("bin.slice", [col("a"), null(), lit(1)]), &a, "binary [null, null, null]");
    }
}
