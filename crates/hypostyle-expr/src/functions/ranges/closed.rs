//! Which ends belong to a range, and the walk from one to the other.

use hypostyle_core::{Error, Result};
use hypostyle_kernels::interval::Interval;
use hypostyle_kernels::time_zone::Clock;

/// Which ends belong to a range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closed {
    left: bool,
    right: bool,
}

impl Closed {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (left, right) = match text {
            "both" => (true, true),
            "left" => (true, false),
            "right" => (false, true),
            "none" => (false, false),
            other => {
                return Err(Error::invalid_operation(format!(
                    "`closed` is \"both\", \"left\", \"right\" or \"none\", not {other:?}"
                )));
            }
        };
        Ok(Self { left, right })
    }

    /// Instants from `low` to `high`. Each is so many intervals after the first, so that a range of months from the 31st
    /// keeps to the last days.
    pub(super) fn walk(
        self,
        function: &str,
        clock: &Clock,
        interval: &Interval,
        low: i64,
        high: i64,
        push: &mut dyn FnMut(i64) -> Result<()>,
    ) -> Result<()> {
        if low > high {
            return Ok(());
        }
        if interval.is_negative() || interval.is_zero() {
            return Err(Error::compute(format!("the interval of `{function}` does not move forward")));
        }
        for count in 0.. {
            let Some(at) = interval.times(count).and_then(|all| all.offset(clock, low)) else { break };
            if at > high {
                break;
            }
            let belongs = (self.left || at != low) && (self.right || at != high);
            if belongs {
                push(at)?;
            }
        }
        Ok(())
    }
}
