//! Windows of time around every row, for any expression.

use std::fmt;
use std::sync::Arc;

use hypostyle_core::{DataType, Error, Result};
use hypostyle_kernels::time_windows::{Closed, Length, TimeScale};
use serde::{Deserialize, Serialize};

/// The window of a row: so long that it ends with the row, or from an offset to it on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RollingWindow {
    /// Its length, such as `2d`, or `3i` of integers.
    pub period: Arc<str>,
    /// Where it begins, seen from the row; so long that it ends with the row if it is not given.
    pub offset: Option<Arc<str>>,
    /// Which ends belong to it: `left`, `right`, `both` or `none`.
    pub closed: Arc<str>,
}

impl fmt::Display for RollingWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "period={:?}", self.period)?;
        if let Some(offset) = &self.offset {
            write!(f, ", offset={offset:?}")?;
        }
        write!(f, ", closed={:?}", self.closed)
    }
}

/// The same on the scale of a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RollingRule {
    pub(crate) scale: TimeScale,
    pub(crate) period: Length,
    pub(crate) offset: Option<Length>,
    pub(crate) closed: Closed,
}

impl RollingWindow {
    /// The window over a column of a type.
    pub(crate) fn rule(&self, index: &DataType) -> Result<RollingRule> {
        let scale = TimeScale::of(index)?.ok_or_else(|| {
            Error::invalid_operation(format!(
                "windows are over a column of dates, datetimes or integers of 32 or 64 bits, not {index}"
            ))
        })?;
        let period = scale.length("the period", &self.period)?;
        if !period.is_positive() {
            return Err(Error::compute(format!(
                "the period of a window is longer than nothing, not {:?}",
                self.period
            )));
        }
        let offset = self.offset.as_deref().map(|offset| scale.length("the offset", offset)).transpose()?;
        let closed = Closed::from_name(&self.closed).ok_or_else(|| {
            Error::invalid_operation(format!(
                "`closed` is \"left\", \"right\", \"both\" or \"none\", not {:?}",
                self.closed
            ))
        })?;
        Ok(RollingRule { scale, period, offset, closed })
    }
}
