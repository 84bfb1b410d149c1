//! `hash(x, seed)`: a number of 64 bits that is the same for equal values of a type, null and NaN among them, on every
//! machine and in every run of one version; `hash([1, 1])` has one number twice.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::hash::{PackedKey, hash_bytes};
use hypostyle_kernels::keys::KeyCodec;

use super::super::{Arg, Function, Inputs, Signature, params};

/// `hash(x, seed)`
pub(super) const HASH: Function =
    Function::new("hash", &[params::column("x"), params::integer("seed", 0)], types, run)
        .doc("A number that is the same for equal values.")
        .example(&["i64 []"], "u64 []");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, DataType::UInt64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let seed = hash_bytes(&(inputs.integer(1).unwrap_or(0) as u64).to_le_bytes());
    // With a place for null, so that numbers do not depend on other rows.
    let codec = KeyCodec::new(&[column.dtype().clone()], &[true]);
    let hashes = codec.encode(std::slice::from_ref(column), column.len())?.hashes();
    Ok(Column::from_vec(hashes.into_iter().map(|hash| (hash ^ seed).hash()).collect::<Vec<u64>>()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{evaluate, texts};

    fn hashes(column: &Column, seed: i64) -> Vec<u64> {
        let hashes = evaluate(&call("hash", [col("a"), lit(seed)]), std::slice::from_ref(column)).unwrap();
        hashes.expect_primitive::<u64>().unwrap().values().to_vec()
    }

    #[test]
    fn equal_values_have_equal_hashes() {
        let columns = [
            Column::from_options([Some(1i64), Some(2), None, Some(1), None]),
            Column::from_options([Some(0.0), Some(f64::NAN), None, Some(-0.0), None]),
            texts([Some("a"), Some(""), None, Some("a"), None]),
        ];
        for column in columns {
            let found = hashes(&column, 0);
            assert!(found[0] == found[3] && found[2] == found[4], "{found:?}");
            assert!(found[0] != found[1] && found[1] != found[2] && found[0] != found[2], "{found:?}");
            assert_eq!(hashes(&column.slice(1, 1), 0), found[1..2]);
            assert!(hashes(&column, 1).iter().zip(&found).all(|(one, other)| one != other));
        }
    }
}
