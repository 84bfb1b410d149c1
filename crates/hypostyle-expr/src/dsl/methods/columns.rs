//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{call, lit};
use crate::expr::Expr;

impl Expr {
    /// The absolute value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").abs(), &["i64 [-3, null, 2]"])?;
    /// assert_eq!(x, "i64 [3, null, 2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn abs(self) -> Expr {
        call("abs", [self])
    }

    /// The angle in radians whose cosine is the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arccos(), &["f64 [1.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arccos(self) -> Expr {
        call("arccos", [self])
    }

    /// The value whose hyperbolic cosine is this; NaN below 1.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arccosh(), &["f64 [1.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arccosh(self) -> Expr {
        call("arccosh", [self])
    }

    /// The angle in radians whose sine is the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arcsin(), &["f64 [1.0, null]"])?;
    /// assert_eq!(x, "f64 [1.5707963267948966, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arcsin(self) -> Expr {
        call("arcsin", [self])
    }

    /// The value whose hyperbolic sine is this.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arcsinh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arcsinh(self) -> Expr {
        call("arcsinh", [self])
    }

    /// The angle in radians whose tangent is the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arctan(), &["f64 [1.0, null]"])?;
    /// assert_eq!(x, "f64 [0.7853981633974483, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arctan(self) -> Expr {
        call("arctan", [self])
    }

    /// The angle in radians of the point (x, y) as seen from the origin.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arctan2(col("b")), &["f64 [1.0, null]", "f64 [1.0, 1.0]"])?;
    /// assert_eq!(x, "f64 [0.7853981633974483, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arctan2(self, x: impl Into<Expr>) -> Expr {
        call("arctan2", [self, x.into()])
    }

    /// The value whose hyperbolic tangent is this; NaN outside of -1 and 1.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arctanh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arctanh(self) -> Expr {
        call("arctanh", [self])
    }

    /// The number of bits that are one.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_count_ones(), &["i64 [6, null, 0]"])?;
    /// assert_eq!(x, "u32 [2, null, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_count_ones(self) -> Expr {
        call("bitwise_count_ones", [self])
    }

    /// The number of bits that are zero.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_count_zeros(), &["i64 [6, null, 0]"])?;
    /// assert_eq!(x, "u32 [62, null, 64]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_count_zeros(self) -> Expr {
        call("bitwise_count_zeros", [self])
    }

    /// The number of ones before the first zero, from the highest bit.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_leading_ones(), &["i64 [-1, null, 0]"])?;
    /// assert_eq!(x, "u32 [64, null, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_leading_ones(self) -> Expr {
        call("bitwise_leading_ones", [self])
    }

    /// The number of zeros before the first one, from the highest bit.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_leading_zeros(), &["i64 [1, null, 0]"])?;
    /// assert_eq!(x, "u32 [63, null, 64]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_leading_zeros(self) -> Expr {
        call("bitwise_leading_zeros", [self])
    }

    /// The number of ones before the first zero, from the lowest bit.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_trailing_ones(), &["i64 [3, null, 0]"])?;
    /// assert_eq!(x, "u32 [2, null, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_trailing_ones(self) -> Expr {
        call("bitwise_trailing_ones", [self])
    }

    /// The number of zeros before the first one, from the lowest bit.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_trailing_zeros(), &["i64 [8, null, 0]"])?;
    /// assert_eq!(x, "u32 [3, null, 64]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_trailing_zeros(self) -> Expr {
        call("bitwise_trailing_zeros", [self])
    }

    /// The cube root.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cbrt(), &["f64 [8.0, null]"])?;
    /// assert_eq!(x, "f64 [2.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cbrt(self) -> Expr {
        call("cbrt", [self])
    }

    /// The smallest whole number that is not smaller.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").ceil(), &["f64 [1.5, -1.5, null]"])?;
    /// assert_eq!(x, "f64 [2.0, -1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ceil(self) -> Expr {
        call("ceil", [self])
    }

    /// The value, or the bound that it lies beyond.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").clip(1, 3), &["i64 [0, 5, null]"])?;
    /// assert_eq!(x, "i64 [1, 3, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn clip(self, lower_bound: impl Into<Expr>, upper_bound: impl Into<Expr>) -> Expr {
        call("clip", [self, lower_bound.into(), upper_bound.into()])
    }

    /// The cosine of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cos(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cos(self) -> Expr {
        call("cos", [self])
    }

    /// The hyperbolic cosine.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cosh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cosh(self) -> Expr {
        call("cosh", [self])
    }

    /// The cotangent of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cot(), &["f64 [0.5, null]"])?;
    /// assert_eq!(x, "f64 [1.830487721712452, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cot(self) -> Expr {
        call("cot", [self])
    }

    /// Radians as degrees.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").degrees(), &["f64 [3.141592653589793, null]"])?;
    /// assert_eq!(x, "f64 [180.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn degrees(self) -> Expr {
        call("degrees", [self])
    }

    /// The error function.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").erf(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn erf(self) -> Expr {
        call("erf", [self])
    }

    /// One less the error function, exact for large values too.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").erfc(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn erfc(self) -> Expr {
        call("erfc", [self])
    }

    /// e to the power of the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").exp(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn exp(self) -> Expr {
        call("exp", [self])
    }

    /// The value, or another in place of NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").fill_nan(0.0), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "f64 [1.5, 0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn fill_nan(self, value: impl Into<Expr>) -> Expr {
        call("fill_nan", [self, value.into()])
    }

    /// The value, or another in place of null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").fill_null(0), &["i64 [1, null]"])?;
    /// assert_eq!(x, "i64 [1, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn fill_null(self, value: impl Into<Expr>) -> Expr {
        call("fill_null", [self, value.into()])
    }

    /// The largest whole number that is not larger.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").floor(), &["f64 [1.5, -1.5, null]"])?;
    /// assert_eq!(x, "f64 [1.0, -2.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn floor(self) -> Expr {
        call("floor", [self])
    }

    /// A number that is the same for equal values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").hash(0), &["i64 []"])?;
    /// assert_eq!(x, "u64 []");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn hash(self, seed: i64) -> Expr {
        call("hash", [self, lit(seed)])
    }

    /// Whether the value is neither infinite nor NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_finite(), &["f64 [1.5, NaN, inf, null]"])?;
    /// assert_eq!(x, "bool [true, false, false, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_finite(self) -> Expr {
        call("is_finite", [self])
    }

    /// Whether the value is infinite.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_infinite(), &["f64 [1.5, NaN, inf, null]"])?;
    /// assert_eq!(x, "bool [false, false, true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_infinite(self) -> Expr {
        call("is_infinite", [self])
    }

    /// Whether the value is NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_nan(), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "bool [false, true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_nan(self) -> Expr {
        call("is_nan", [self])
    }

    /// Whether the value is not NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_not_nan(), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "bool [true, false, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_not_nan(self) -> Expr {
        call("is_not_nan", [self])
    }

    /// Whether the value is not null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_not_null(), &["i64 [1, null]"])?;
    /// assert_eq!(x, "bool [true, false]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_not_null(self) -> Expr {
        call("is_not_null", [self])
    }

    /// Whether the value is null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_null(), &["i64 [1, null]"])?;
    /// assert_eq!(x, "bool [false, true]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_null(self) -> Expr {
        call("is_null", [self])
    }

    /// The logarithm to base 10.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").log10(), &["f64 [100.0, 0.0, null]"])?;
    /// assert_eq!(x, "f64 [2.0, -inf, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn log10(self) -> Expr {
        call("log10", [self])
    }

    /// The natural logarithm of the value plus one.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").log1p(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn log1p(self) -> Expr {
        call("log1p", [self])
    }

    /// The base to the power of the exponent.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").pow(3), &["i64 [2, null, 3]"])?;
    /// assert_eq!(x, "i64 [8, null, 27]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn pow(self, exponent: impl Into<Expr>) -> Expr {
        call("pow", [self, exponent.into()])
    }

    /// Degrees as radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").radians(), &["f64 [180.0, null]"])?;
    /// assert_eq!(x, "f64 [3.141592653589793, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn radians(self) -> Expr {
        call("radians", [self])
    }

    /// The same bits as a number of another type.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").reinterpret("u64"), &["i64 [-1, null]"])?;
    /// assert_eq!(x, "u64 [18446744073709551615, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn reinterpret(self, dtype: &str) -> Expr {
        call("reinterpret", [self, lit(dtype)])
    }

    /// The value of each row a number of times, as a list.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").repeat_by(col("b")), &["i64 [1, null, 3]", "i64 [2, 1, 0]"])?;
    /// assert_eq!(x, "list[i64] [[1, 1], [null], []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn repeat_by(self, by: impl Into<Expr>) -> Expr {
        call("repeat_by", [self, by.into()])
    }

    /// Some values for others, the rest as it is.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, list}};
    ///
    /// let x = show(col("a").replace(list([1i64]), list([10i64])), &["i64 [1, 2, null]"])?;
    /// assert_eq!(x, "i64 [10, 2, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn replace(self, old: impl Into<Expr>, new: impl Into<Expr>) -> Expr {
        call("replace", [self, old.into(), new.into()])
    }

    /// The number rounded to a number of significant digits.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").round_sig_figs(1), &["f64 [1234.0, 0.056, null]"])?;
    /// assert_eq!(x, "f64 [1000.0, 0.06, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn round_sig_figs(self, digits: i64) -> Expr {
        call("round_sig_figs", [self, lit(digits)])
    }

    /// -1, 0 or 1.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sign(), &["f64 [-1.5, 0.0, null]"])?;
    /// assert_eq!(x, "f64 [-1.0, 0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sign(self) -> Expr {
        call("sign", [self])
    }

    /// The sine of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sin(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sin(self) -> Expr {
        call("sin", [self])
    }

    /// The hyperbolic sine.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sinh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sinh(self) -> Expr {
        call("sinh", [self])
    }

    /// The square root.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sqrt(), &["f64 [4.0, -1.0, null]"])?;
    /// assert_eq!(x, "f64 [2.0, NaN, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sqrt(self) -> Expr {
        call("sqrt", [self])
    }

    /// The tangent of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").tan(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn tan(self) -> Expr {
        call("tan", [self])
    }

    /// The hyperbolic tangent.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").tanh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn tanh(self) -> Expr {
        call("tanh", [self])
    }

    /// The number without the decimals behind so many.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").truncate(1), &["f64 [1.57, -1.57, null]"])?;
    /// assert_eq!(x, "f64 [1.5, -1.5, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn truncate(self, decimals: i64) -> Expr {
        call("truncate", [self, lit(decimals)])
    }
}
