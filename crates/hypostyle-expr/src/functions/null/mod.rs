//! Null and NaN: tests and replacements; the negation of booleans.

mod coalesce;
mod fill_nan;
mod fill_null;
mod is_nan;
mod is_null;
mod not;

use super::Function;

pub(super) static FUNCTIONS: &[Function] = &[
    is_null::IS_NULL,
    is_null::IS_NOT_NULL,
    is_nan::IS_NAN,
    is_nan::IS_NOT_NAN,
    is_nan::IS_FINITE,
    is_nan::IS_INFINITE,
    not::NOT,
    fill_null::FILL_NULL,
    fill_nan::FILL_NAN,
    coalesce::COALESCE,
];
