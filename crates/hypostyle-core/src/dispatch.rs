//! The only list of number types: a row of [`primitive_types!`](crate::primitive_types) is a variant of [`DataType`] and
//! of [`Array`], an implementation of [`Native`], a conversion into a scalar, and an arm of
//! [`with_primitive!`](crate::with_primitive) and [`with_native_type!`](crate::with_native_type).

use std::cmp::Ordering;
use std::fmt::{Debug, Display};
use std::hash::Hash;

use crate::array::{Array, PrimitiveArray};
use crate::dtype::DataType;
use crate::f16;
use crate::scalar::Value;

/// The table. A row has the type's documentation, the name of its variants, its Rust type, its class, and the name that
/// tables of data show.
///
/// `primitive_types!(name rest…)` calls the exported macro `name` with the rows and then the rest;
/// `primitive_types!(@name rest…)` the macro `name` that is in scope where it stands.
#[doc(hidden)]
#[macro_export]
macro_rules! primitive_types {
    (+ {$($macro:tt)*} $($rest:tt)*) => {
        $($macro)* ! {
            [
                /// 8-bit signed
                (Int8, i8, Signed, "i8")
                /// 16-bit signed
                (Int16, i16, Signed, "i16")
                /// 32-bit signed
                (Int32, i32, Signed, "i32")
                /// 64-bit signed
                (Int64, i64, Signed, "i64")
                /// 128-bit signed
                (Int128, i128, Signed, "i128")
                /// 8-bit unsigned
                (UInt8, u8, Unsigned, "u8")
                /// 16-bit unsigned
                (UInt16, u16, Unsigned, "u16")
                /// 32-bit unsigned
                (UInt32, u32, Unsigned, "u32")
                /// 64-bit unsigned
                (UInt64, u64, Unsigned, "u64")
                /// 128-bit unsigned
                (UInt128, u128, Unsigned, "u128")
                /// IEEE 754 binary16
                (Float16, $crate::f16, Float, "f16")
                /// IEEE 754 binary32
                (Float32, f32, Float, "f32")
                /// IEEE 754 binary64
                (Float64, f64, Float, "f64")
            ]
            $($rest)*
        }
    };
    (@ $macro:ident $($rest:tt)*) => { $crate::primitive_types! { + {$macro} $($rest)* } };
    ($macro:ident $($rest:tt)*) => { $crate::primitive_types! { + {$crate::$macro} $($rest)* } };
}

/// Runs a body with the primitive array of an [`Array`] bound to a name and its value type to another. The other
/// layouts are the arms of a `match`, which the compiler wants complete; `else` takes them all at once, and is for
/// errors and for what is the same whatever the layout.
///
/// ```
/// use hypostyle_core::{Array, Column, with_primitive};
///
/// fn width(array: &Array) -> Option<usize> {
///     with_primitive!(array, |_a: T| Some(size_of::<T>()), else |_other| None)
/// }
/// assert_eq!(width(Column::from_vec(vec![1i16]).array()), Some(2));
/// assert_eq!(width(Column::from_strs(["a"]).array()), None);
/// ```
#[macro_export]
macro_rules! with_primitive {
    ($array:expr, |$name:ident : $ty:ident| $body:expr, match { $($arms:tt)* }) => {
        $crate::primitive_types! { primitive_arms ($array) $name $ty ($body) { $($arms)* } }
    };
    ($array:expr, |$name:ident : $ty:ident| $body:expr, else |$other:ident| $otherwise:expr) => {
        $crate::primitive_types! { primitive_arms ($array) $name $ty ($body) { $other => $otherwise } }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! primitive_arms {
    (
        [$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]
        ($array:expr) $name:ident $ty:ident ($body:expr) { $($arms:tt)* }
    ) => {
        match $array {
            $($crate::Array::$variant($name) => {
                #[allow(dead_code)]
                type $ty = $t;
                $body
            })+
            $($arms)*
        }
    };
}

/// Runs a body with the value type of a physical numeric [`DataType`] bound to a name.
#[macro_export]
macro_rules! with_native_type {
    ($dtype:expr, |$ty:ident| $body:expr, else $otherwise:expr) => {
        $crate::with_number_type!($dtype.to_physical(), |$ty| $body, match { _ => $otherwise })
    };
}

/// Runs a body with the value type of a plain number [`DataType`] bound to a name. The other types are the arms of a
/// `match`, which the compiler wants complete; nothing is said there of types that are stored as numbers.
#[macro_export]
macro_rules! with_number_type {
    ($dtype:expr, |$ty:ident| $body:expr, match { $($arms:tt)* }) => {
        $crate::primitive_types! { number_type_arms ($dtype) $ty ($body) { $($arms)* } }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! number_type_arms {
    (
        [$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]
        ($dtype:expr) $ty:ident ($body:expr) { $($arms:tt)* }
    ) => {
        match $dtype {
            $($crate::DataType::$variant => {
                #[allow(dead_code)]
                type $ty = $t;
                $body
            })+
            $($arms)*
        }
    };
}

/// Whether numbers have a sign, and a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberClass {
    /// Integers below zero, too.
    Signed,
    /// Integers from zero on.
    Unsigned,
    /// Floating point.
    Float,
}

/// A number that a primitive array can store.
pub trait Native: Copy + Default + PartialEq + PartialOrd + Debug + Display + Send + Sync + 'static {
    /// The type a column of these has unless a logical type says otherwise.
    const DTYPE: DataType;
    /// What sort of number it is.
    const CLASS: NumberClass;
    /// Whether this is a float.
    const IS_FLOAT: bool = matches!(Self::CLASS, NumberClass::Float);
    /// A form of equal width that can be compared and hashed bit by bit.
    type Bits: Copy + Eq + Ord + Hash + Send + Sync + Debug;

    /// Puts a primitive array into the enum.
    fn wrap(array: PrimitiveArray<Self>) -> Array;
    /// Takes it out, if it is of this type.
    fn unwrap(array: &Array) -> Option<&PrimitiveArray<Self>>;
    /// A key that is equal where values are equal: −0.0 is 0.0 and every NaN the same.
    fn key(self) -> Self::Bits;
    /// The key in the low bits of an integer; the bits above are unspecified.
    fn wide_key(self) -> u128;
    /// Total order; NaN is the largest.
    fn total_cmp(&self, other: &Self) -> Ordering;
    /// Total equality; NaN equals NaN.
    #[inline]
    fn total_eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
    /// Whether this is a NaN.
    #[inline]
    fn is_nan(self) -> bool {
        false
    }
    /// As `f64`, rounded to nearest.
    fn to_f64(self) -> f64;
    /// As `i128`: integers wrap, floats are truncated; NaN is 0.
    fn to_i128(self) -> i128;
    /// Whether [`Self::to_i128`] keeps an integer. Only 128 unsigned bits may not fit.
    #[inline]
    fn fits_i128(self) -> bool {
        true
    }
    /// From `f64`: integers saturate.
    fn from_f64(value: f64) -> Self;
    /// From `f64`, truncated; `None` if there is no such integer. Floats are rounded.
    fn checked_from_f64(value: f64) -> Option<Self>;
    /// From `i128`: integers wrap.
    fn from_i128(value: i128) -> Self;
    /// From `i128`; `None` if there is no such integer. Floats are rounded.
    #[inline]
    fn checked_from_i128(value: i128) -> Option<Self> {
        let result = Self::from_i128(value);
        (Self::IS_FLOAT || result.fits_i128() && result.to_i128() == value).then_some(result)
    }
    /// As what a scalar holds.
    fn to_value(self) -> Value;
    /// From what a scalar holds: integers wrap; `None` for what is no number.
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(v) => Some(Self::from_i128(*v)),
            Value::UInt128(v) if Self::IS_FLOAT => Some(Self::from_f64(*v as f64)),
            Value::UInt128(v) => Some(Self::from_i128(*v as i128)),
            Value::Float(v) => Some(Self::from_f64(*v)),
            Value::Null | Value::Boolean(_) | Value::String(_) | Value::Binary(_) | Value::List(_) => None,
        }
    }
}

/// What the implementations of [`Native`] need of a float.
#[doc(hidden)]
pub trait Float: Copy {
    /// An integer of equal width.
    type Bits;
    fn round(value: f64) -> Self;
    fn round_integer(value: i128) -> Self;
    /// Turns −0.0 into 0.0 and changes nothing else.
    fn without_sign_of_zero(self) -> Self;
}

impl Float for f16 {
    type Bits = u16;

    #[inline]
    fn round(value: f64) -> Self {
        // Rounding to `f32` first would round twice. Cut off instead, with a last bit that says whether anything was
        // (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd",
        // 2008), it decides nothing wrongly.
        let near = value as f32;
        if f64::from(near) == value || value.is_nan() {
            return Self::from_f32(near);
        }
        let too_far = f64::from(near).abs() > value.abs();
        Self::from_f32(f32::from_bits((near.to_bits() - u32::from(too_far)) | 1))
    }
    #[inline]
    fn round_integer(value: i128) -> Self {
        // What `f64` has no room for is infinite here.
        Self::round(value as f64)
    }
    #[inline]
    fn without_sign_of_zero(self) -> Self {
        self + Self::ZERO
    }
}

impl Float for f32 {
    type Bits = u32;

    #[inline]
    fn round(value: f64) -> Self {
        value as f32
    }
    #[inline]
    fn round_integer(value: i128) -> Self {
        value as f32
    }
    #[inline]
    fn without_sign_of_zero(self) -> Self {
        self + 0.0
    }
}

impl Float for f64 {
    type Bits = u64;

    #[inline]
    fn round(value: f64) -> Self {
        value
    }
    #[inline]
    fn round_integer(value: i128) -> Self {
        value as f64
    }
    #[inline]
    fn without_sign_of_zero(self) -> Self {
        self + 0.0
    }
}

macro_rules! implement_native {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {$(
        impl Native for $t {
            const DTYPE: DataType = DataType::$variant;
            const CLASS: NumberClass = NumberClass::$class;
            implement_native!($class $t);

            fn wrap(array: PrimitiveArray<Self>) -> Array {
                Array::$variant(array)
            }
            fn unwrap(array: &Array) -> Option<&PrimitiveArray<Self>> {
                match array {
                    Array::$variant(array) => Some(array),
                    _ => None,
                }
            }
        }

        impl From<$t> for crate::Scalar {
            fn from(value: $t) -> Self {
                Self::new(DataType::$variant, value.to_value())
            }
        }
    )+};
    (Signed $t:ty) => {
        implement_native!(integer $t);

        #[inline]
        fn to_value(self) -> Value {
            Value::Int(self.to_i128())
        }
    };
    (Unsigned $t:ty) => {
        implement_native!(integer $t);

        #[inline]
        fn fits_i128(self) -> bool {
            i128::try_from(self).is_ok()
        }
        #[inline]
        fn to_value(self) -> Value {
            if self.fits_i128() { Value::Int(self.to_i128()) } else { Value::UInt128(self.into()) }
        }
    };
    (integer $t:ty) => {
        type Bits = $t;

        #[inline]
        fn key(self) -> $t {
            self
        }
        #[inline]
        fn wide_key(self) -> u128 {
            self as u128
        }
        #[inline]
        fn total_cmp(&self, other: &Self) -> Ordering {
            self.cmp(other)
        }
        #[inline]
        fn to_f64(self) -> f64 {
            self as f64
        }
        #[inline]
        fn to_i128(self) -> i128 {
            self as i128
        }
        #[inline]
        fn from_f64(value: f64) -> Self {
            value as $t
        }
        #[inline]
        fn checked_from_f64(value: f64) -> Option<Self> {
            // One more than the largest integer is a power of two, hence a float; so is the smallest.
            let whole = value.trunc();
            let end = 2.0 * ((<$t>::MAX / 2 + 1) as f64);
            (whole >= <$t>::MIN as f64 && whole < end).then_some(whole as $t)
        }
        #[inline]
        fn from_i128(value: i128) -> Self {
            value as $t
        }
    };
    (Float $t:ty) => {
        type Bits = <$t as Float>::Bits;

        #[inline]
        fn key(self) -> Self::Bits {
            if <$t>::is_nan(self) { <$t>::NAN.to_bits() } else { self.without_sign_of_zero().to_bits() }
        }
        #[inline]
        fn wide_key(self) -> u128 {
            u128::from(self.key())
        }
        #[inline]
        fn total_cmp(&self, other: &Self) -> Ordering {
            match self.partial_cmp(other) {
                Some(ordering) => ordering,
                None => <$t>::is_nan(*self).cmp(&<$t>::is_nan(*other)),
            }
        }
        #[inline]
        fn is_nan(self) -> bool {
            <$t>::is_nan(self)
        }
        #[inline]
        fn to_f64(self) -> f64 {
            f64::from(self)
        }
        #[inline]
        fn to_i128(self) -> i128 {
            f64::from(self) as i128
        }
        #[inline]
        fn from_f64(value: f64) -> Self {
            Float::round(value)
        }
        #[inline]
        fn checked_from_f64(value: f64) -> Option<Self> {
            Some(Float::round(value))
        }
        #[inline]
        fn from_i128(value: i128) -> Self {
            Float::round_integer(value)
        }
        #[inline]
        fn to_value(self) -> Value {
            Value::Float(f64::from(self))
        }
    };
}

crate::primitive_types!(@implement_native);

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number type once, with what its row says.
    #[test]
    fn rows_say_what_their_types_are() {
        macro_rules! check {
            ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {$(
                let dtype = DataType::$variant;
                assert_eq!((<$t as Native>::DTYPE, <$t as Native>::CLASS), (dtype.clone(), NumberClass::$class));
                assert_eq!((dtype.number_class(), dtype.byte_width()), (Some(NumberClass::$class), Some(size_of::<$t>())));
                assert_eq!(dtype.to_string(), $short);
                for name in [stringify!($variant), $short] {
                    assert_eq!(DataType::number_from_name(name), Some(dtype.clone()));
                }
                let column = crate::Column::from_vec(vec![<$t as Native>::from_i128(3)]);
                assert_eq!((column.dtype(), column.get(0).as_f64()), (&dtype, Some(3.0)));
                let scalar = crate::Scalar::from(<$t as Native>::from_i128(3));
                assert_eq!(scalar, column.get(0));
                assert_eq!(<$t as Native>::from_value(&scalar.value), column.as_primitive::<$t>().unwrap().get(0));
            )+};
        }
        crate::primitive_types!(@check);
    }

    #[test]
    fn the_largest_integers() {
        let most = u128::MAX;
        assert!(!most.fits_i128() && (1u128 << 127).checked_sub(1).unwrap().fits_i128());
        assert_eq!(most.to_value(), Value::UInt128(most));
        assert_eq!(7u128.to_value(), Value::Int(7));
        assert_eq!(u128::from_value(&Value::UInt128(most)), Some(most));
        assert_eq!(u128::checked_from_i128(-1), None);
        assert_eq!(u64::checked_from_i128(1 << 64), None);
        assert_eq!(most.to_f64(), 2f64.powi(128));
        // One more than the largest is a float, the largest is none.
        assert_eq!(u128::checked_from_f64(2f64.powi(128)), None);
        assert_eq!(u128::checked_from_f64(-0.5), Some(0));
        assert_eq!(i64::checked_from_f64(2f64.powi(63)), None);
        assert_eq!(i64::checked_from_f64(-2f64.powi(63)), Some(i64::MIN));
        assert_eq!(i8::checked_from_f64(-128.9), Some(-128));
        assert_eq!((i8::checked_from_f64(128.0), u8::checked_from_f64(f64::NAN)), (None, None));
    }

    /// Against all halves: the nearest is chosen, of two as near the one that ends in zero.
    #[test]
    fn halves_are_rounded_once() {
        let finite: Vec<f16> = (0..=f16::MAX.to_bits()).map(f16::from_bits).collect();
        for pair in finite.windows(2) {
            let (low, high) = (f64::from(pair[0]), f64::from(pair[1]));
            let middle = (low + high) / 2.0;
            let even = if pair[0].to_bits() % 2 == 0 { pair[0] } else { pair[1] };
            let (below, above) = (middle.next_down(), middle.next_up());
            for (value, expected) in [(low, pair[0]), (below, pair[0]), (middle, even), (above, pair[1])] {
                assert_eq!(<f16 as Native>::from_f64(value).to_bits(), expected.to_bits(), "{value}");
                assert_eq!(<f16 as Native>::from_f64(-value).to_bits(), (-expected).to_bits(), "{value}");
            }
        }
        let rounded = <f16 as Native>::from_f64;
        assert_eq!(rounded(65_519.999), f16::MAX);
        assert_eq!(rounded(65_520.0), f16::INFINITY);
        assert_eq!(rounded(1e300), f16::INFINITY);
        assert_eq!(rounded(-1e-300).to_bits(), (-f16::ZERO).to_bits());
        assert!(rounded(f64::NAN).is_nan());
        assert_eq!(Native::key(-f16::ZERO), Native::key(f16::ZERO));
        assert_eq!(Native::key(f16::NAN), Native::key(-f16::NAN));
        assert_eq!(Native::total_cmp(&f16::NAN, &f16::INFINITY), Ordering::Greater);
    }
}
