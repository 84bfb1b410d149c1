//! `kurtosis(x, fisher, bias)`: the fourth central moment over the variance squared, less 3 where `fisher`, so that a normal
//! distribution has 0; where not `bias`, corrected for the size of the sample, null of three values and fewer. Null is
//! passed over, NaN spreads, NaN of values that are all the same; `kurtosis([0, 4, 2, 2]) = [-1.0]`.

use super::higher_moments::HigherMoment;
use crate::docs::Docs;
use crate::functions::params;

/// `kurtosis(x, fisher, bias)`
pub(crate) const KURTOSIS: HigherMoment = HigherMoment {
    name: "kurtosis", docs: Docs::new("The kurtosis, with `fisher` less the 3 that a normal distribution has; with `bias` false corrected for the size of the sample.").sql(&["kurtosis_pop"]).example(&["f64 [1.0, 2.0, null, 6.0]"], "f64 [-1.5000000000000004]"), 
    params: &[params::column("x"), params::flag("fisher", true), params::flag("bias", true)],
    value: |group, flags| {
        let n = group.count;
        let variance = group.second / n;
        let plain = (group.fourth / n) / (variance * variance);
        let (fisher, bias) = match flags {
            [fisher, bias, ..] => (*fisher, *bias),
            _ => (true, true),
        };
        let kurtosis = match bias {
            true => Some(plain),
            false => (n > 3.0)
                .then(|| (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * plain - 3.0 * (n - 1.0)) + 3.0),
        };
        kurtosis.map(|value| if fisher { value - 3.0 } else { value })
    },
};

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, check_error, check_groups, texts};

    /// Values of Polars 2.1.0 (and SciPy's `kurtosis`).
    #[test]
    fn flat_and_pointed() {
        let kurtosis = |fisher: bool, bias: bool| col("a").kurtosis(fisher, bias);
        let a = [Column::from_options([Some(0i64), Some(4), None, Some(2), Some(2)])];
        check(kurtosis(true, true), &a, "f64 [-1.0]");
        check(kurtosis(false, true), &a, "f64 [2.0]");
        check(kurtosis(true, false), &a, "f64 [1.5]");
        check(kurtosis(true, false), &[a[0].slice(0, 4)], "f64 [null]");
        check(kurtosis(true, true), &[Column::from_vec(vec![1i64, 1])], "f64 [NaN]");
        check(kurtosis(true, true), &[Column::from_options([None::<i64>])], "f64 [null]");
        let a = [Column::from_vec(vec![0i64, 5, 4, 2, 2])];
        check_groups(kurtosis(true, true), &a, &[0, 1, 0, 0, 0], "f64 [-1.0, NaN]");
        check_error(kurtosis(true, true), &[texts([None])], "InvalidOperation");
    }
}
