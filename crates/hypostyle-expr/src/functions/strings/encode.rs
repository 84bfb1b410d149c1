//! `str.encode(x, encoding)`, `bin.encode`: bytes as hexadecimal digits or in base 64; `str.decode(x, encoding, strict)`,
//! `bin.decode`: the bytes that were written so, null or an error where it is not so written (RFC 4648, with padding);
//! `str.encode(["ab"], "hex") = ["6162"]`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hypostyle_core::{BinaryBuilder, Column, DataType, Error, Result, StringBuilder};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Param, Signature, at, not_defined, params};
use super::{from_text, string_function};

const ENCODING: Param = params::option("encoding", OptionType::Choice(&["hex", "base64"]), Default::Required);

/// `str.encode(x, encoding)`
pub(super) const ENCODE: Function =
    string_function("str.encode", &[params::column("x"), ENCODING], super::to_text, encode)
        .doc("The bytes as text in an encoding.")
        .example(&[r#"str ["ab", null]"#, r#""hex""#], r#"str ["6162", null]"#);
/// `str.decode(x, encoding, strict)`
pub(super) const DECODE: Function = string_function(
    "str.decode",
    &[params::column("x"), ENCODING, params::flag("strict", true)],
    |name, args| from_text(name, args, DataType::Binary),
    decode,
)
.doc("The bytes that were written in an encoding.")
.example(&[r#"str ["6162", null]"#, r#""hex""#], r#"binary [b"ab", null]"#);
/// `bin.encode(x, encoding)`
pub(in crate::functions) const ENCODE_BYTES: Function = string_function(
    "bin.encode",
    &[params::column("x"), ENCODING],
    |name, args| of_bytes(name, args, DataType::String),
    encode,
)
.doc("The bytes as text in an encoding.")
.example(&[r#"binary [b"ab", null]"#, r#""base64""#], r#"str ["YWI=", null]"#);
/// `bin.decode(x, encoding, strict)`
pub(in crate::functions) const DECODE_BYTES: Function = string_function(
    "bin.decode",
    &[params::column("x"), ENCODING, params::flag("strict", true)],
    |name, args| of_bytes(name, args, DataType::Binary),
    decode,
)
.doc("The bytes that were written in an encoding.")
.example(&[r#"binary [b"YWI=", null]"#, r#""base64""#], r#"binary [b"ab", null]"#);

pub(in crate::functions) fn of_bytes(name: &str, args: &[Arg<'_>], output: DataType) -> Result<Signature> {
    match args[0].dtype {
        DataType::Binary | DataType::Null => Ok(Signature::keep(args, output).with(0, DataType::Binary)),
        other => Err(not_defined(name, "bytes", other)),
    }
}

/// The bytes of a row of text or bytes.
fn bytes_at(column: &Column, row: usize) -> Option<&[u8]> {
    let row = at(column, row);
    match column.as_binary() {
        Some(bytes) => bytes.get(row),
        None => column.str_at(row).map(str::as_bytes),
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn encode(inputs: &Inputs<'_>) -> Result<Column> {
    let (column, hex) = (inputs.column(0), inputs.text(1) == Some("hex"));
    let (mut out, mut text) = (StringBuilder::with_capacity(inputs.len, 0), String::new());
    for row in 0..inputs.len {
        let Some(bytes) = bytes_at(column, row) else {
            out.push_null();
            continue;
        };
        text.clear();
        if hex {
            for byte in bytes {
                text.push(DIGITS[usize::from(byte >> 4)].into());
                text.push(DIGITS[usize::from(byte & 15)].into());
            }
        } else {
            BASE64.encode_string(bytes, &mut text);
        }
        out.push(&text);
    }
    Ok(out.finish())
}

fn decode(inputs: &Inputs<'_>) -> Result<Column> {
    let (column, hex, strict) = (inputs.column(0), inputs.text(1) == Some("hex"), inputs.flag(2));
    let (mut out, mut bytes) = (BinaryBuilder::with_capacity(inputs.len, 0), Vec::new());
    for row in 0..inputs.len {
        let Some(text) = bytes_at(column, row) else {
            out.push_option(None);
            continue;
        };
        bytes.clear();
        let read = if hex { read_hex(text, &mut bytes) } else { BASE64.decode_vec(text, &mut bytes).ok() };
        if strict && read.is_none() {
            let shown = String::from_utf8_lossy(text);
            let encoding = if hex { "hex" } else { "base64" };
            return Err(Error::compute(format!("{shown:?} (row {row}) is not written in {encoding}")));
        }
        out.push_option(read.map(|()| &bytes[..]));
    }
    Ok(out.finish())
}

fn read_hex(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    for pair in text.chunks_exact(2) {
        out.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn written_and_read() {
        let a = [texts([Some(""), Some("f"), Some("fo"), Some("foo"), Some("foob"), Some("é"), None])];
        let encode = |encoding: &str| call("str.encode", [col("a"), lit(encoding)]);
        let expected = "str [\"\", \"66\", \"666f\", \"666f6f\", \"666f6f62\", \"c3a9\", null]";
        check(encode("hex"), &a, expected);
        let expected = "str [\"\", \"Zg==\", \"Zm8=\", \"Zm9v\", \"Zm9vYg==\", \"w6k=\", null]";
        check(encode("base64"), &a, expected);
        for encoding in ["hex", "base64"] {
            let back = call("str.decode", [encode(encoding), lit(encoding)]);
            let bytes = call("bin.encode", [back, lit("hex")]);
            check(bytes.eq(encode("hex")), &a, "bool [true, true, true, true, true, true, null]");
        }
        check_error(encode("rot13"), &a, "InvalidOperation");
    }

    #[test]
    fn what_is_not_so_written() {
        let a = [texts([
            Some("0"),
            Some("0g"),
            Some("AF"),
            Some("YWI"),
            Some("YWI="),
            Some("YWJ="),
            Some("=YWI"),
        ])];
        let decode = |encoding: &str| call("str.decode", [col("a"), lit(encoding), lit(false)]).is_null();
        check(decode("hex"), &a, "bool [true, true, false, true, true, true, true]");
        check(decode("base64"), &a, "bool [true, true, true, true, false, true, true]");
        check_error(call("str.decode", [col("a"), lit("hex")]), &a, "Compute");
    }
}
