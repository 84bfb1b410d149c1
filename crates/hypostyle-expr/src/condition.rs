//! Predicates on one column and constants: what statistics of the column can answer.
//!
//! Deliberately absent: columns that are cast, but to wider numbers. A cast may overflow or round, and the smallest
//! value cast need not be the smallest of the values cast.

use hypostyle_core::{Column, DataType, Scalar, Value};
use hypostyle_kernels::compare::Comparison;

use crate::binary::Kernel;
use crate::bound::{BoundExpr, Extent, Node};

/// A condition on the value of a column. Constants have the column's type, or a wider one whose stored
/// numbers mean the same, and are not null.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The value compares so with a constant. Null does not.
    Compare(Comparison, Scalar),
    /// The value is one of these. Null is not.
    OneOf(Vec<Scalar>),
    /// The value is null.
    IsNull,
    /// The value is not null.
    IsNotNull,
}

impl BoundExpr {
    /// The position of a column and the conditions on it that must all hold where this predicate is true; `None` if it
    /// is no such predicate.
    pub fn conditions(&self) -> Option<(usize, Vec<Condition>)> {
        match &self.node {
            Node::Binary { left, right, plan } => {
                let op = match plan.kernel {
                    Kernel::Compare(op) => op,
                    Kernel::EqMissing { negate: false } => Comparison::Eq,
                    _ => return None,
                };
                match (left.as_widened_column(), right.as_widened_column()) {
                    (Some(column), None) => Some((column, vec![Condition::Compare(op, right.constant()?)])),
                    (None, Some(column)) => {
                        Some((column, vec![Condition::Compare(flipped(op), left.constant()?)]))
                    }
                    _ => None,
                }
            }
            Node::Function { function, args } => {
                Some((args.first()?.as_widened_column()?, function.conditions(args)?))
            }
            _ => None,
        }
    }

    /// The position of the column that this is, perhaps cast to a type that has all its values.
    fn as_widened_column(&self) -> Option<usize> {
        match &self.node {
            Node::Cast { input, .. } if widens(&input.dtype, &self.dtype) => input.as_column(),
            _ => self.as_column(),
        }
    }

    fn literal(&self) -> Option<&Column> {
        match &self.node {
            Node::Literal(column) if self.extent == Extent::Scalar => Some(column),
            _ => None,
        }
    }

    /// The value of a literal that is not null.
    pub(crate) fn constant(&self) -> Option<Scalar> {
        self.literal().map(|column| column.get(0)).filter(|scalar| !scalar.is_null())
    }

    /// Whether it is the literal false.
    pub(crate) fn is_false(&self) -> bool {
        self.constant().is_some_and(|scalar| matches!(scalar.value, Value::Boolean(false)))
    }

    /// The values of a literal list that are not null.
    pub(crate) fn constants(&self) -> Option<Vec<Scalar>> {
        let items = self.literal()?.as_list()?.get(0)?;
        Some((0..items.len()).map(|i| items.get(i)).filter(|scalar| !scalar.is_null()).collect())
    }
}

/// Whether numbers of one type are numbers of the other, too, stored as the same.
fn widens(from: &DataType, to: &DataType) -> bool {
    let same_kind = from.is_float() && to.is_float()
        || from.is_integer() && to.is_signed_integer()
        || from.is_unsigned_integer() && to.is_unsigned_integer();
    same_kind && from.byte_width() < to.byte_width()
}

/// The comparison with its sides exchanged.
fn flipped(op: Comparison) -> Comparison {
    match op {
        Comparison::Eq => Comparison::Eq,
        Comparison::NotEq => Comparison::NotEq,
        Comparison::Lt => Comparison::Gt,
        Comparison::LtEq => Comparison::GtEq,
        Comparison::Gt => Comparison::Lt,
        Comparison::GtEq => Comparison::LtEq,
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Field, Schema};

    use super::*;
    use crate::dsl::{call, col, list, lit};
    use crate::{Expr, bind};

    fn conditions(predicate: Expr) -> Option<(usize, Vec<Condition>)> {
        let fields = [("a", DataType::Int32), ("x", DataType::Float32), ("d", DataType::Date)];
        let schema = Schema::try_new(fields.map(|(n, d)| Field::new(n, d)).to_vec()).unwrap();
        bind(&predicate, &schema).unwrap().conditions()
    }

    fn compare(column: usize, op: Comparison, value: impl Into<Scalar>) -> Option<(usize, Vec<Condition>)> {
        Some((column, vec![Condition::Compare(op, value.into())]))
    }

    #[test]
    fn constants_take_the_type_of_the_column() {
        assert_eq!(conditions(col("a").lt(lit(5))), compare(0, Comparison::Lt, 5i32));
        assert_eq!(conditions(lit(5).lt(col("a"))), compare(0, Comparison::Gt, 5i32));
        assert_eq!(conditions(lit(5).gt_eq(col("x"))), compare(1, Comparison::LtEq, 5f32));
        assert_eq!(conditions(col("x").eq(lit(0.1))), compare(1, Comparison::Eq, 0.1f32));
        let between =
            [(Comparison::GtEq, 1i32), (Comparison::LtEq, 3)].map(|(op, v)| Condition::Compare(op, v.into()));
        assert_eq!(conditions(col("a").is_between(1, 3)), Some((0, between.to_vec())));
        assert_eq!(
            conditions(col("a").is_in(list([1i32, 7]))),
            Some((0, vec![Condition::OneOf(vec![1i32.into(), 7i32.into()])]))
        );
        assert_eq!(
            conditions(call("is_in", [col("a"), list([1i32]), lit(false)])),
            Some((0, vec![Condition::OneOf(vec![1i32.into()])]))
        );
        assert_eq!(conditions(col("d").is_null()), Some((2, vec![Condition::IsNull])));
        assert_eq!(conditions(col("d").is_not_null()), Some((2, vec![Condition::IsNotNull])));
    }

    #[test]
    fn wider_numbers_are_the_same_numbers() {
        assert_eq!(conditions(col("a").lt(lit(1i64 << 40))), compare(0, Comparison::Lt, 1i64 << 40));
        assert_eq!(
            conditions(col("a").is_in(list([1i64]))),
            Some((0, vec![Condition::OneOf(vec![1i64.into()])]))
        );
        assert_eq!(conditions(col("x").lt(lit(Scalar::from(0.1f64)))), compare(1, Comparison::Lt, 0.1f64));
    }

    #[test]
    fn anything_else_is_no_condition() {
        let null = lit(Scalar::null(DataType::Int32));
        for predicate in [
            col("a").lt(col("x")),
            col("a").lt(null),
            // The column is cast, and may be rounded or not fit.
            col("a").gt(lit(0.5)),
            col("a").cast(DataType::Int16).lt(lit(5)),
            col("a").cast(DataType::UInt64).lt(lit(5)),
            (col("a") + lit(1)).eq(lit(3)),
            call("is_in", [col("a"), list([1i32]), lit(true)]),
            col("a").lt(lit(5)).or(col("a").is_null()),
            col("x").is_between(col("x"), 1.0),
            lit(true),
        ] {
            assert_eq!(conditions(predicate.clone()), None, "{predicate}");
        }
    }
}
