//! `skew(x, bias)`: the third central moment over the standard deviation cubed, by default of the sample itself (Fisher
//! and Pearson's g1); where not `bias`, corrected for its size, null of two values and fewer. Null is passed over, NaN
//! spreads, NaN of values that are all the same; `skew([1, 2, 6]) = [0.5951700641394972]`.

use super::higher_moments::HigherMoment;
use crate::docs::Docs;
use crate::functions::params;

/// `skew(x, bias)`
pub(crate) const SKEW: HigherMoment = HigherMoment {
    name: "skew",
    docs: Docs::new("The skewness of the sample, or with `bias` false corrected for its size.")
        .example(&["f64 [1.0, 2.0, null, 6.0]"], "f64 [0.5951700641394972]"),
    params: &[params::column("x"), params::flag("bias", true)],
    value: |group, flags| {
        let n = group.count;
        let skew = (group.third / n) / (group.second / n).powf(1.5);
        match flags {
            [false, ..] => (n > 2.0).then(|| skew * (n * (n - 1.0)).sqrt() / (n - 2.0)),
            _ => Some(skew),
        }
    },
};

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{aggregate, col, lit};
    use crate::testing::{check, check_error, check_groups, texts};

    /// Values of Polars 2.1.0 (and SciPy's `skew`).
    #[test]
    fn skewness() {
        let skew = || aggregate("skew", [col("a")]);
        let a = [Column::from_options([Some(1i64), Some(2), None, Some(6)])];
        check(skew(), &a, "f64 [0.5951700641394972]");
        let unbiased = aggregate("skew", [col("a"), lit(false)]);
        check(unbiased.clone(), &a, "f64 [1.4578629673213046]");
        check(unbiased, &[Column::from_vec(vec![1i64, 2])], "f64 [null]");
        check(skew(), &[Column::from_vec(vec![1i64, 1])], "f64 [NaN]");
        check(skew(), &[Column::from_options([None::<i64>])], "f64 [null]");
        check_groups(
            skew(),
            &[Column::from_vec(vec![1i64, 5, 2, 5, 6])],
            &[0, 1, 0, 2, 0],
            "f64 [0.5951700641394972, NaN, NaN]",
        );
        check_error(skew(), &[texts([None])], "InvalidOperation");
    }
}
