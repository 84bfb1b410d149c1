//! The only list of physical types: the [`Native`] trait and the macros that go over its implementors.

use std::cmp::Ordering;
use std::fmt::{Debug, Display};
use std::hash::Hash;

use crate::array::{Array, PrimitiveArray};
use crate::dtype::DataType;

/// A number that a primitive array can store.
pub trait Native: Copy + Default + PartialEq + PartialOrd + Debug + Display + Send + Sync + 'static {
    /// The type a column of these has unless a logical type says otherwise.
    const DTYPE: DataType;
    /// Whether this is `f32` or `f64`.
    const IS_FLOAT: bool;
    /// A form of equal width that can be compared and hashed bit by bit.
    type Bits: Copy + Eq + Ord + Hash + Send + Sync + Debug;

    /// Puts a primitive array into the enum.
    fn wrap(array: PrimitiveArray<Self>) -> Array;
    /// Takes it out, if it is of this type.
    fn unwrap(array: &Array) -> Option<&PrimitiveArray<Self>>;
    /// A key that is equal where values are equal: −0.0 is 0.0 and every NaN the same.
    fn key(self) -> Self::Bits;
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
    /// As `i128`, truncated; NaN is 0.
    fn to_i128(self) -> i128;
    /// From `f64`, saturating.
    fn from_f64(value: f64) -> Self;
    /// From `i128`, wrapping.
    fn from_i128(value: i128) -> Self;
}

macro_rules! native_integers {
    ($($t:ty => $variant:ident),+) => {$(
        impl Native for $t {
            const DTYPE: DataType = DataType::$variant;
            const IS_FLOAT: bool = false;
            type Bits = $t;

            fn wrap(array: PrimitiveArray<Self>) -> Array {
                Array::$variant(array)
            }
            fn unwrap(array: &Array) -> Option<&PrimitiveArray<Self>> {
                match array {
                    Array::$variant(array) => Some(array),
                    _ => None,
                }
            }
            #[inline]
            fn key(self) -> $t {
                self
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
            fn from_i128(value: i128) -> Self {
                value as $t
            }
        }
    )+};
}

macro_rules! native_floats {
    ($($t:ty, $bits:ty => $variant:ident),+) => {$(
        impl Native for $t {
            const DTYPE: DataType = DataType::$variant;
            const IS_FLOAT: bool = true;
            type Bits = $bits;

            fn wrap(array: PrimitiveArray<Self>) -> Array {
                Array::$variant(array)
            }
            fn unwrap(array: &Array) -> Option<&PrimitiveArray<Self>> {
                match array {
                    Array::$variant(array) => Some(array),
                    _ => None,
                }
            }
            #[inline]
            fn key(self) -> $bits {
                if self.is_nan() {
                    <$t>::NAN.to_bits()
                } else {
                    // Adding zero turns −0.0 into 0.0 and changes nothing else.
                    (self + 0.0).to_bits()
                }
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
            fn from_i128(value: i128) -> Self {
                value as $t
            }
        }
    )+};
}

native_integers!(
    i8 => Int8, i16 => Int16, i32 => Int32, i64 => Int64, i128 => Int128,
    u8 => UInt8, u16 => UInt16, u32 => UInt32, u64 => UInt64
);
native_floats!(f32, u32 => Float32, f64, u64 => Float64);

/// Runs a body with the primitive array of an [`Array`] bound to a name and its value type to another; the
/// `else` arm takes every array that is not primitive.
#[macro_export]
macro_rules! with_primitive {
    ($array:expr, |$name:ident : $ty:ident| $body:expr, else |$other:ident| $otherwise:expr) => {
        match $array {
            $crate::Array::Int8($name) => {
                #[allow(dead_code)]
                type $ty = i8;
                $body
            }
            $crate::Array::Int16($name) => {
                #[allow(dead_code)]
                type $ty = i16;
                $body
            }
            $crate::Array::Int32($name) => {
                #[allow(dead_code)]
                type $ty = i32;
                $body
            }
            $crate::Array::Int64($name) => {
                #[allow(dead_code)]
                type $ty = i64;
                $body
            }
            $crate::Array::Int128($name) => {
                #[allow(dead_code)]
                type $ty = i128;
                $body
            }
            $crate::Array::UInt8($name) => {
                #[allow(dead_code)]
                type $ty = u8;
                $body
            }
            $crate::Array::UInt16($name) => {
                #[allow(dead_code)]
                type $ty = u16;
                $body
            }
            $crate::Array::UInt32($name) => {
                #[allow(dead_code)]
                type $ty = u32;
                $body
            }
            $crate::Array::UInt64($name) => {
                #[allow(dead_code)]
                type $ty = u64;
                $body
            }
            $crate::Array::Float32($name) => {
                #[allow(dead_code)]
                type $ty = f32;
                $body
            }
            $crate::Array::Float64($name) => {
                #[allow(dead_code)]
                type $ty = f64;
                $body
            }
            $other => $otherwise,
        }
    };
}

/// Runs a body with the value type of a physical numeric [`DataType`] bound to a name.
#[macro_export]
macro_rules! with_native_type {
    ($dtype:expr, |$ty:ident| $body:expr, else $otherwise:expr) => {
        match $dtype.to_physical() {
            $crate::DataType::Int8 => {
                type $ty = i8;
                $body
            }
            $crate::DataType::Int16 => {
                type $ty = i16;
                $body
            }
            $crate::DataType::Int32 => {
                type $ty = i32;
                $body
            }
            $crate::DataType::Int64 => {
                type $ty = i64;
                $body
            }
            $crate::DataType::Int128 => {
                type $ty = i128;
                $body
            }
            $crate::DataType::UInt8 => {
                type $ty = u8;
                $body
            }
            $crate::DataType::UInt16 => {
                type $ty = u16;
                $body
            }
            $crate::DataType::UInt32 => {
                type $ty = u32;
                $body
            }
            $crate::DataType::UInt64 => {
                type $ty = u64;
                $body
            }
            $crate::DataType::Float32 => {
                type $ty = f32;
                $body
            }
            $crate::DataType::Float64 => {
                type $ty = f64;
                $body
            }
            _ => $otherwise,
        }
    };
}
