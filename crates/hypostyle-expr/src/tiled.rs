//! Which expressions run as tiled programs: arithmetic of two steps or more on `Float64`.

use hypostyle_core::{Array, Batch, Bitmap, Column, DataType, PrimitiveArray, Result};
use hypostyle_kernels::tiles::{Operand, Program, Step};

use crate::binary::Kernel;
use crate::bound::{BoundExpr, Extent, Node};

/// The result for a batch, or `None` if the expression, or what it reads, is nothing that tiles can do.
pub(crate) fn evaluate(expr: &BoundExpr, batch: &Batch) -> Result<Option<Column>> {
    if expr.extent != Extent::Row || steps(expr) < 2 {
        return Ok(None);
    }
    let mut inputs = Inputs { program: Program::default(), columns: Vec::new() };
    if inputs.add(expr, batch)?.is_none() {
        return Ok(None);
    }
    let len = batch.len();
    let mut validity: Option<Bitmap> = None;
    let mut slices = Vec::with_capacity(inputs.columns.len());
    for column in &inputs.columns {
        let Array::Float64(array) = column.array() else { return Ok(None) };
        if array.len() != len {
            return Ok(None);
        }
        validity = Bitmap::and_validity(validity.as_ref(), array.validity.as_ref());
        slices.push(&array.values[..]);
    }
    let Some(values) = inputs.program.run(&slices, len) else { return Ok(None) };
    let array = PrimitiveArray::try_new(values.into(), validity)?;
    Ok(Some(Column::from_primitive(DataType::Float64, array)))
}

/// The sides of a step that tiles can do.
fn sides(expr: &BoundExpr) -> Option<(&BoundExpr, &BoundExpr, hypostyle_kernels::arithmetic::Arithmetic)> {
    let Node::Binary { left, right, plan } = &expr.node else { return None };
    let Kernel::Arithmetic(op, stored) = &plan.kernel else { return None };
    let float = |dtype: &DataType| *dtype == DataType::Float64;
    let all = [&left.dtype, &right.dtype, stored, &plan.output].into_iter().all(float);
    (all && Program::has(*op)).then_some((left, right, *op))
}

fn steps(expr: &BoundExpr) -> usize {
    sides(expr).map_or(0, |(left, right, _)| 1 + steps(left) + steps(right))
}

struct Inputs {
    program: Program,
    columns: Vec<Column>,
}

impl Inputs {
    /// Where the value of an expression is found; `None` if it is a constant that is null.
    fn add(&mut self, expr: &BoundExpr, batch: &Batch) -> Result<Option<Operand>> {
        if let Some((left, right, op)) = sides(expr) {
            let (Some(left), Some(right)) = (self.add(left, batch)?, self.add(right, batch)?) else {
                return Ok(None);
            };
            self.program.steps.push(Step { op, left, right });
            return Ok(Some(Operand::Step(self.program.steps.len() - 1)));
        }
        let value = expr.evaluate(batch)?;
        if value.scalar {
            return Ok(value.column.get(0).as_f64().map(Operand::Constant));
        }
        self.columns.push(value.column);
        Ok(Some(Operand::Input(self.columns.len() - 1)))
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Batch, Column, DataType, Field, Schema};

    use crate::bind;
    use crate::dsl::{col, lit};

    #[test]
    fn nulls_scalars_and_other_types_beside_tiles() {
        let x = Column::from_options([Some(1.5), None, Some(f64::NAN), Some(-2.0)]);
        let y = Column::from_options([Some(2i64), Some(3), None, Some(4)]);
        let batch = Batch::try_new(vec![x, y], 4).unwrap();
        let fields = [Field::new("x", DataType::Float64), Field::new("y", DataType::Int64)];
        let schema = Schema::try_new(fields.to_vec()).unwrap();
        let rows = |expr: crate::Expr| {
            let column = bind(&expr, &schema).unwrap().evaluate(&batch).unwrap().into_rows(4).unwrap();
            (0..4).map(|i| format!("{:?}", column.get(i).as_f64())).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(rows(col("x") * (lit(1) - col("x"))), "Some(-0.75) None Some(NaN) Some(-6.0)");
        assert_eq!(rows((col("x") + col("y")) * lit(2.0)), "Some(7.0) None None Some(4.0)");
        assert_eq!(rows((col("x") + col("x").max()) / lit(2)), "Some(1.5) None Some(NaN) Some(-0.25)");
        let null = lit(1.0).cast(DataType::Float64) * crate::dsl::null();
        assert_eq!(rows((col("x") + null) * lit(2.0)), "None None None None");
    }
}
