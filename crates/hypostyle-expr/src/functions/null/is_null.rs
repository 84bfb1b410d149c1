//! `is_null`, `is_not_null`: never null themselves, NaN is not null; `is_null([1, null]) = [false, true]`.

use hypostyle_core::{BooleanArray, Column};
use hypostyle_kernels::boolean;

use super::super::{Function, OfNull, Selectivity, params, to_boolean};
use crate::condition::Condition;

/// `is_null(x)`
pub(super) const IS_NULL: Function = Function::new("is_null", params::UNARY, to_boolean, |inputs| {
    let valid = BooleanArray::new(inputs.column(0).validity_or_full(), None);
    Ok(Column::from_boolean(boolean::not(&valid)))
})
.infallible()
.selects(Selectivity::Part(0.1))
.implies(|_| Some(vec![Condition::IsNull]))
.doc("Whether the value is null.")
.example(&["i64 [1, null]"], "bool [false, true]");
/// `is_not_null(x)`
pub(super) const IS_NOT_NULL: Function = Function::new("is_not_null", params::UNARY, to_boolean, |inputs| {
    Ok(Column::from_bitmap(inputs.column(0).validity_or_full()))
})
.infallible()
.of_null(OfNull::False)
.implies(|_| Some(vec![Condition::IsNotNull]))
.doc("Whether the value is not null.")
.example(&["i64 [1, null]"], "bool [true, false]");

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::col;
    use crate::testing::{check, lists};

    #[test]
    fn nulls_and_nothing_else() {
        let a = [Column::from_options([Some(1.0), None, Some(f64::NAN)])];
        check(col("a").is_null(), &a, "bool [false, true, false]");
        check(col("a").is_not_null(), &a, "bool [true, false, true]");
        check(col("a").is_null(), &[lists([None, Some(&[None])])], "bool [true, false]");
        check(col("a").is_null(), &[Column::full_null(DataType::Null, 2)], "bool [true, true]");
    }
}
