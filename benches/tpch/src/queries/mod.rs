//! The 22 queries, one file each: the specification's, with its validation parameters.
//!
//! Written as a user writes them who knows the data: filters early, joins in a good order.

mod q01;
mod q02;
mod q03;
mod q04;
mod q05;
mod q06;
mod q07;
mod q08;
mod q09;
mod q10;
mod q11;
mod q12;
mod q13;
mod q14;
mod q15;
mod q16;
mod q17;
mod q18;
mod q19;
mod q20;
mod q21;
mod q22;

use hypostyle::prelude::*;

use crate::tables::Tables;

/// All queries; number `n` stands at `n - 1`.
pub const QUERIES: [fn(&Tables) -> LazyFrame; 22] = [
    q01::query,
    q02::query,
    q03::query,
    q04::query,
    q05::query,
    q06::query,
    q07::query,
    q08::query,
    q09::query,
    q10::query,
    q11::query,
    q12::query,
    q13::query,
    q14::query,
    q15::query,
    q16::query,
    q17::query,
    q18::query,
    q19::query,
    q20::query,
    q21::query,
    q22::query,
];

/// What a customer pays before tax.
pub(crate) fn discounted() -> Expr {
    col("l_extendedprice") * (lit(1) - col("l_discount"))
}

/// Whether a date lies in a time that ends before `end`.
fn within(date: Expr, start: Expr, end: Expr) -> Expr {
    date.clone().gt_eq(start).and(date.lt(end))
}
