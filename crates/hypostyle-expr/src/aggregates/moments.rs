//! Variance, standard deviation, covariance and correlation.
//!
//! Means and centred sums are updated value by value and merged pairwise: Chan, Golub and LeVeque, "Updating
//! Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).

use std::any::Any;

use hypostyle_core::{Column, DataType, Error, Result, Scalar};
use hypostyle_kernels::cast::{CastMode, cast};

use super::{Aggregate, Arg, Ids, Signature, State, need, same};

pub(super) static AGGREGATES: &[&dyn Aggregate] = &[
    &Moment { name: "var", output: Output::Variance },
    &Moment { name: "std", output: Output::Deviation },
    &Moment { name: "cov", output: Output::Covariance },
    &Moment { name: "corr", output: Output::Correlation },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    Variance,
    Deviation,
    Covariance,
    Correlation,
}

/// `var(x, ddof)`, `std(x, ddof)`, `cov(x, y, ddof)`, `corr(x, y)`
#[derive(Debug)]
struct Moment {
    name: &'static str,
    output: Output,
}

impl Moment {
    fn inputs(&self) -> usize {
        match self.output {
            Output::Variance | Output::Deviation => 1,
            Output::Covariance | Output::Correlation => 2,
        }
    }
}

impl Aggregate for Moment {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let inputs = self.inputs();
        if args.len() != inputs {
            need(self.name, args, inputs + 1)?;
        }
        for arg in &args[..inputs] {
            let number = arg.dtype.is_numeric() || matches!(arg.dtype, DataType::Boolean | DataType::Null);
            let span = matches!(arg.dtype, DataType::Duration(_)) && self.output != Output::Variance;
            if !number && !span {
                return Err(Error::invalid_operation(format!(
                    "`{}` is not defined for {}",
                    self.name, arg.dtype
                )));
            }
        }
        let single = |a: &Arg<'_>| *a.dtype == DataType::Float32;
        let output = match args[0].dtype {
            DataType::Float32 if inputs == 1 => DataType::Float32,
            // Of two columns, one in single precision is enough, unless the other is in double.
            x if inputs == 2
                && args[..2].iter().any(single)
                && *x != DataType::Float64
                && *args[1].dtype != DataType::Float64 =>
            {
                DataType::Float32
            }
            span @ DataType::Duration(_) if inputs == 1 => span.clone(),
            _ => DataType::Float64,
        };
        let mut types = vec![DataType::Float64; inputs];
        types.extend(args.get(inputs).map(|_| DataType::Int64));
        Ok(Signature { args: types, output })
    }

    fn state(
        &self,
        _: &[DataType],
        output: &DataType,
        constants: &[Option<Scalar>],
    ) -> Result<Box<dyn State>> {
        let ddof = constants.get(self.inputs()).and_then(|c| c.as_ref()?.as_i128()).unwrap_or(1);
        Ok(Box::new(Moments {
            groups: Vec::new(),
            kind: self.output,
            ddof: ddof as f64,
            output: output.clone(),
        }))
    }
}

/// Count, means and centred sums of one group.
#[derive(Clone, Copy, Debug, Default)]
struct Centred {
    count: f64,
    mean_x: f64,
    mean_y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Centred {
    #[inline]
    fn add(&mut self, x: f64, y: f64) {
        self.count += 1.0;
        let (dx, dy) = (x - self.mean_x, y - self.mean_y);
        self.mean_x += dx / self.count;
        self.mean_y += dy / self.count;
        self.xx += dx * (x - self.mean_x);
        self.yy += dy * (y - self.mean_y);
        self.xy += dx * (y - self.mean_y);
    }

    fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        let count = self.count + other.count;
        let (dx, dy) = (other.mean_x - self.mean_x, other.mean_y - self.mean_y);
        let weight = self.count * other.count / count;
        self.xx += other.xx + dx * dx * weight;
        self.yy += other.yy + dy * dy * weight;
        self.xy += other.xy + dx * dy * weight;
        self.mean_x += dx * other.count / count;
        self.mean_y += dy * other.count / count;
        self.count = count;
    }
}

#[derive(Debug)]
struct Moments {
    groups: Vec<Centred>,
    kind: Output,
    ddof: f64,
    output: DataType,
}

impl State for Moments {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Centred::default());
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let x = hypostyle_kernels::select::broadcast(&args[0], len)?;
        let y = match self.kind {
            Output::Covariance | Output::Correlation => hypostyle_kernels::select::broadcast(&args[1], len)?,
            _ => x.clone(),
        };
        let (xs, ys) = (x.expect_primitive::<f64>()?, y.expect_primitive::<f64>()?);
        for i in 0..len {
            if let (Some(x), Some(y)) = (xs.get(i), ys.get(i)) {
                self.groups[ids.get(i)].add(x, y);
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            self.groups[*to as usize].merge(&other.groups[*from as usize]);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let (kind, ddof) = (self.kind, self.ddof);
        let values = self.groups.iter().map(|g| {
            let divided = |sum: f64| (g.count > ddof).then(|| sum / (g.count - ddof));
            match kind {
                Output::Variance => divided(g.xx),
                Output::Deviation => divided(g.xx).map(f64::sqrt),
                Output::Covariance => divided(g.xy),
                Output::Correlation => Some(g.xy / (g.xx * g.yy).sqrt()),
            }
        });
        cast(&Column::from_options(values), &self.output, CastMode::NonStrict)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
