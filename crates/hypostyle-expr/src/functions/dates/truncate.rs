//! `dt.truncate(x, "1w")`: the start of the window that the time lies in, by the local clock; weeks start on
//! Monday; `dt.truncate([2020-05-31], "1q") = [2020-04-01]`. Windows are counted from 1970, so that they fall where
//! Polars has them. `dt.round(x, "1w")`: the nearer of that start and the next; `dt.round([2020-05-31], "1mo") =
//! [2020-06-01]`.

use hypostyle_core::Result;
use hypostyle_kernels::interval::{Interval, Window};

use super::super::{Function, params};
use super::{move_by, with_interval};

/// `dt.truncate(x, every)`
pub(super) const TRUNCATE: Function = Function::new(
    "dt.truncate",
    &[params::column("x"), params::column("every")],
    |name, args| with_interval(name, args, window),
    |i| move_by(i, window, Window::truncate),
)
.doc("The start of the window that the time lies in.")
.example(
    &["datetime[μs] [2024-02-29 12:30:45.123456, null]", r#""1h""#],
    "datetime[μs] [2024-02-29 12:00:00.000000, null]",
);

/// `dt.round(x, every)`
pub(super) const ROUND: Function = Function::new(
    "dt.round",
    &[params::column("x"), params::column("every")],
    |name, args| with_interval(name, args, window),
    |i| move_by(i, window, Window::round),
)
.doc("The nearest start of a window; of two equally near the later.")
.example(
    &["datetime[μs] [2024-02-29 12:30:45.123456, null]", r#""1h""#],
    "datetime[μs] [2024-02-29 13:00:00.000000, null]",
);

fn window(text: &str) -> Result<Window> {
    Interval::parse(text)?.window()
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, dates, datetimes};

    #[test]
    fn starts_of_windows() {
        let a = [dates([Some("2020-05-31"), Some("1969-12-31"), None])];
        check(col("a").dt().truncate("1mo"), &a, "date [2020-05-01, 1969-12-01, null]");
        check(col("a").dt().truncate("1q"), &a, "date [2020-04-01, 1969-10-01, null]");
        check(col("a").dt().truncate("1y"), &a, "date [2020-01-01, 1969-01-01, null]");
        check(col("a").dt().truncate("1w"), &a, "date [2020-05-25, 1969-12-29, null]");
        let a = [datetimes([Some("2020-05-31 13:47:59.5"), Some("1969-12-31 23:59:59")])];
        let expected = "datetime[μs] [2020-05-31 13:45:00.000000, 1969-12-31 23:45:00.000000]";
        check(col("a").dt().truncate("15m"), &a, expected);
        let expected = "datetime[μs] [2020-05-31 00:00:00.000000, 1969-12-31 00:00:00.000000]";
        check(col("a").dt().truncate("1d"), &a, expected);
        let expected = "datetime[μs] [2020-05-31 14:00:00.000000, 1970-01-01 00:00:00.000000]";
        check(call("dt.round", [col("a"), "1h".into()]), &a, expected);
    }
}
