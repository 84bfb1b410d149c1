//! Exponentially weighted values of all rows up to each: `ewm_mean(x, alpha, adjust, min_samples, ignore_nulls)`,
//! `ewm_var` and `ewm_std` with `bias`, and `ewm_sum(x, alpha, min_samples, ignore_nulls)`. A value weighs `1 - alpha`
//! times as much with each row that follows, null rows among them unless `ignore_nulls`; without `adjust` each mean is
//! `alpha` times the value and the rest the mean before. Null stays null, and so do rows with fewer than `min_samples`
//! values so far; `ewm_mean([1, 2], 0.5) = [1.0, 1.6666666666666665]`.
//!
//! Definitions as in pandas' user guide, "Exponentially weighted window".

use hypostyle_core::{Column, DataType, PrimitiveBuilder, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Param, Signature, not_defined, params};

const ALPHA: Param = params::option("alpha", OptionType::Float, Default::Required);
const ADJUST: Param = params::flag("adjust", true);
const MIN_SAMPLES: Param = params::integer("min_samples", 1);
const IGNORE_NULLS: Param = params::flag("ignore_nulls", false);
const MEAN: &[Param] = &[params::column("x"), ALPHA, ADJUST, MIN_SAMPLES, IGNORE_NULLS];
const VARIANCE: &[Param] =
    &[params::column("x"), ALPHA, ADJUST, params::flag("bias", false), MIN_SAMPLES, IGNORE_NULLS];
const SUM: &[Param] = &[params::column("x"), ALPHA, MIN_SAMPLES, IGNORE_NULLS];

/// `ewm_mean(x, alpha, adjust, min_samples, ignore_nulls)`
pub(super) const EWM_MEAN: Function = Function::by_segment("ewm_mean", MEAN, types, |i| {
    run(i, Options { adjust: i.flag(2), least: i.integer(3), ignore_nulls: i.flag(4) }, |state| {
        Some(state.mean)
    })
})
.doc("The mean of the values so far, each weighing less with every row that follows.")
.example(&["f64 [1.0, null, 3.0]", "0.5"], "f64 [1.0, null, 2.6]");
/// `ewm_var(x, alpha, adjust, bias, min_samples, ignore_nulls)`
pub(super) const EWM_VAR: Function =
    Function::by_segment("ewm_var", VARIANCE, types, |i| variance(i, |var| var))
        .doc("The variance of the values so far, each weighing less with every row that follows.")
        .example(&["f64 [1.0, 3.0, null]", "0.5"], "f64 [null, 2.0, null]");
/// `ewm_std(x, alpha, adjust, bias, min_samples, ignore_nulls)`
pub(super) const EWM_STD: Function =
    Function::by_segment("ewm_std", VARIANCE, types, |i| variance(i, f64::sqrt))
        .doc("The standard deviation of the values so far, each weighing less with every row that follows.")
        .example(&["f64 [1.0, 3.0, null]", "0.5"], "f64 [null, 1.4142135623730951, null]");
/// `ewm_sum(x, alpha, min_samples, ignore_nulls)`
pub(super) const EWM_SUM: Function = Function::by_segment("ewm_sum", SUM, types, |i| {
    run(i, Options { adjust: true, least: i.integer(2), ignore_nulls: i.flag(3) }, |state| Some(state.sum))
})
.doc("The sum of the values so far, each weighing less with every row that follows.")
.example(&["f64 [1.0, null, 3.0]", "0.5"], "f64 [1.0, null, 3.25]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = match args[0].dtype {
        float if float.is_float() => float.clone(),
        number if number.is_numeric() => DataType::Float64,
        DataType::Boolean | DataType::Null => DataType::Float64,
        other => return Err(not_defined(name, "numbers", other)),
    };
    Ok(Signature::keep(args, dtype).with(0, DataType::Float64))
}

struct Options {
    adjust: bool,
    least: Option<i128>,
    ignore_nulls: bool,
}

/// What is known of the rows so far. Weights are relative to that of the row itself.
#[derive(Clone, Copy)]
struct State {
    values: i128,
    sum: f64,
    mean: f64,
    /// The mean of squared distances from the mean.
    variance: f64,
    weight: f64,
    squared_weights: f64,
}

fn variance(inputs: &Inputs<'_>, finish: fn(f64) -> f64) -> Result<Column> {
    let options = Options { adjust: inputs.flag(2), least: inputs.integer(4), ignore_nulls: inputs.flag(5) };
    let bias = inputs.flag(3);
    run(inputs, options, |state| {
        if bias {
            return Some(finish(state.variance));
        }
        let squared = state.weight * state.weight;
        let rest = squared - state.squared_weights;
        (rest > 0.0).then(|| finish(state.variance * squared / rest))
    })
}

fn run(inputs: &Inputs<'_>, options: Options, finish: impl Fn(&State) -> Option<f64>) -> Result<Column> {
    let values = inputs.column(0).expect_primitive::<f64>()?;
    let alpha = inputs.float(1).unwrap_or(1.0);
    let kept = 1.0 - alpha;
    let least = options.least.unwrap_or(1).max(1);
    let mut found = PrimitiveBuilder::<f64>::with_capacity(inputs.len);
    for range in inputs.segments() {
        let mut state: Option<State> = None;
        // How much a value of the row before weighs now.
        let mut decay = 1.0;
        for row in range {
            let Some(value) = values.get(row) else {
                if !options.ignore_nulls {
                    decay *= kept;
                }
                found.push_null();
                continue;
            };
            decay *= kept;
            let next = match state {
                None => State {
                    values: 1,
                    sum: value,
                    mean: value,
                    variance: 0.0,
                    weight: 1.0,
                    squared_weights: 1.0,
                },
                Some(last) => {
                    last.then(value, decay, if options.adjust { 1.0 } else { alpha }, options.adjust)
                }
            };
            decay = 1.0;
            found.push_option(Some(next).filter(|next| next.values >= least).and_then(|next| finish(&next)));
            state = Some(next);
        }
    }
    cast(&found.finish(DataType::Float64), inputs.output, CastMode::NonStrict)
}

impl State {
    /// With one value more, of this weight, when what was so far weighs `decay` times as much.
    fn then(self, value: f64, decay: f64, own: f64, adjust: bool) -> Self {
        let old = self.weight * decay;
        let weight = old + own;
        let delta = value - self.mean;
        let mean = self.mean + delta * own / weight;
        let variance =
            (old * (self.variance + (self.mean - mean).powi(2)) + own * (value - mean).powi(2)) / weight;
        let squared_weights = self.squared_weights * decay * decay + own * own;
        // Without adjusting, all that was so far and the value together weigh 1.
        let scale = if adjust { 1.0 } else { weight.recip() };
        Self {
            values: self.values + 1,
            sum: self.sum * decay + value,
            mean,
            variance,
            weight: weight * scale,
            squared_weights: squared_weights * scale * scale,
        }
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn as_pandas_has_them() {
        let a = [Column::from_options([Some(1.0), None, Some(3.0), Some(4.0)])];
        let mean = |adjust: bool, ignore: bool| {
            call("ewm_mean", [col("a"), lit(0.5), lit(adjust), lit(1), lit(ignore)])
        };
        check(mean(true, false), &a, "f64 [1.0, null, 2.6, 3.4615384615384617]");
        check(mean(false, true), &a, "f64 [1.0, null, 2.0, 3.0]");
        check(mean(false, false), &[a[0].slice(1, 3)], "f64 [null, 3.0, 3.5]");
        let a = [Column::from_vec(vec![1i8, 3, 4])];
        check(call("ewm_sum", [col("a"), lit(0.5), lit(2)]), &a, "f64 [null, 3.5, 5.75]");
        check(call("ewm_var", [col("a"), lit(1.0)]), &a, "f64 [null, null, null]");
        check(
            call("ewm_mean", [col("a"), lit(0.5)]),
            &[Column::from_vec(vec![1.0f32, 3.0])],
            "f32 [1.0, 2.3333332538604736]",
        );
        check_error(call("ewm_mean", [col("a"), lit(0.5)]), &[texts([None])], "InvalidOperation");
    }
}
