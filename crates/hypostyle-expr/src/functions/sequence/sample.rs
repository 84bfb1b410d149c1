//! Rows at random: `shuffle(x, seed)` has all of them in another order, `sample(x, n, fraction, with_replacement,
//! shuffle, seed)` as many as `n` or that part of all, in their order unless `shuffle`, each once unless
//! `with_replacement`. The same seed gives the same rows.

use fastrand::Rng;
use hypostyle_core::{DataType, Error, Result};
use hypostyle_kernels::gather::gather;

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Param, Ragged, Signature, params, same_type};
use super::check_rows;

const SEED: Param = params::option("seed", OptionType::Integer, Default::Required);

/// `shuffle(x, seed)`
pub(super) const SHUFFLE: Function =
    Function::by_segment("shuffle", &[params::column("x"), SEED], same_type, |inputs| {
        check_rows(inputs.len)?;
        let mut rows: Vec<u32> = (0..inputs.len as u32).collect();
        inputs.segments().for_each(|range| source(inputs, 1).shuffle(&mut rows[range]));
        gather(inputs.column(0), &rows)
    })
    .doc("The values in an order by chance.")
    .example(&["i64 [7, 7]", "1"], "i64 [7, 7]");
/// `sample(x, n, fraction, with_replacement, shuffle, seed)`
pub(super) const SAMPLE: Function = Function::ragged(
    "sample",
    &[
        params::column("x"),
        params::scalar("n"),
        params::scalar("fraction"),
        params::flag("with_replacement", false),
        params::flag("shuffle", false),
        SEED,
    ],
    types,
    sample,
)
.doc("Some of the values by chance, a number of them or a part of all.")
.example(&["i64 [7, 7, 7]", "2", "null", "false", "false", "1"], "i64 [7, 7]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, args[0].dtype.clone()).with(1, DataType::Int64).with(2, DataType::Float64))
}

/// Every segment begins with the seed, so that a group has the same rows wherever it stands.
fn source(inputs: &Inputs<'_>, seed: usize) -> Rng {
    Rng::with_seed(inputs.integer(seed).unwrap_or(0) as u64)
}

fn sample(inputs: &Inputs<'_>) -> Result<Ragged> {
    check_rows(inputs.len)?;
    let (with_replacement, shuffle) = (inputs.flag(3), inputs.flag(4));
    let (mut rows, mut starts) = (Vec::new(), vec![0u32]);
    for (segment, range) in inputs.segments().enumerate() {
        let mut source = source(inputs, 5);
        let len = range.len();
        let count =
            match (inputs.integer_of(1, segment), inputs.scalar_of(2, segment).and_then(|f| f.as_f64())) {
                (Some(n), _) => n,
                (None, Some(fraction)) => (fraction * len as f64) as i128,
                (None, None) => 1,
            };
        let count = usize::try_from(count)
            .map_err(|_| Error::invalid_operation("`sample` takes no negative number of rows"))?;
        if count > len && (!with_replacement || len == 0) {
            return Err(Error::shape(format!(
                "cannot take {count} rows of {len} without taking one twice; `with_replacement=True` does"
            )));
        }
        check_rows(rows.len() + count)?;
        let first = rows.len();
        match with_replacement {
            true => rows.extend((0..count).map(|_| source.usize(range.clone()) as u32)),
            false => choose(&mut source, range.start as u32, len, count, &mut rows),
        }
        let chosen = &mut rows[first..];
        if shuffle {
            source.shuffle(chosen);
        } else if with_replacement {
            chosen.sort_unstable();
        }
        starts.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather(inputs.column(0), &rows)?, starts })
}

/// `count` of `len` rows, in their order, each as likely as every other: a row is taken with the probability of what is
/// still wanted among what is still there (Knuth, "The Art of Computer Programming", volume 2, 3.4.2, algorithm S).
fn choose(source: &mut Rng, start: u32, len: usize, count: usize, rows: &mut Vec<u32>) {
    let mut wanted = count;
    for left in (1..=len).rev() {
        if wanted == 0 {
            break;
        }
        if source.usize(0..left) < wanted {
            rows.push(start + (len - left) as u32);
            wanted -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit, null};
    use crate::expr::Expr;
    use crate::testing::{check, check_error, evaluate};

    fn sample(n: Expr, fraction: Expr, twice: bool, shuffle: bool) -> Expr {
        call("sample", [col("a"), n, fraction, lit(twice), lit(shuffle), lit(3)])
    }

    fn numbers(expr: Expr, rows: i64) -> Vec<i64> {
        let column = evaluate(&expr, &[Column::from_vec((0..rows).collect::<Vec<i64>>())]).unwrap();
        column.expect_primitive::<i64>().unwrap().values().to_vec()
    }

    #[test]
    fn each_row_once() {
        let mut shuffled = numbers(call("shuffle", [col("a"), lit(1)]), 100);
        assert_ne!(shuffled, (0..100).collect::<Vec<_>>());
        assert_eq!(shuffled, numbers(call("shuffle", [col("a"), lit(1)]), 100));
        shuffled.sort_unstable();
        assert_eq!(shuffled, (0..100).collect::<Vec<_>>());
        let some = numbers(sample(lit(30), null(), false, false), 100);
        assert!(some.len() == 30 && some.windows(2).all(|pair| pair[0] < pair[1]), "{some:?}");
        assert_eq!(numbers(sample(null(), lit(0.5), false, true), 100).len(), 50);
        assert_eq!(numbers(sample(lit(300), null(), true, false), 100).len(), 300);
        assert_eq!(numbers(sample(null(), null(), false, false), 100).len(), 1);
    }

    #[test]
    fn more_rows_than_there_are() {
        let a = [Column::from_vec(vec![1i64, 1])];
        check(sample(lit(2), null(), false, false), &a, "i64 [1, 1]");
        check(sample(lit(3), null(), true, false), &a, "i64 [1, 1, 1]");
        check_error(sample(lit(3), null(), false, false), &a, "ShapeMismatch");
        check_error(sample(lit(-1), null(), false, false), &a, "InvalidOperation");
        check_error(sample(lit(1), null(), true, false), &[a[0].slice(0, 0)], "ShapeMismatch");
    }
}
