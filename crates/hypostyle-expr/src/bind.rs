//! From names to positions and types: an expression against a schema.

use hypostyle_core::{Column, DataType, Error, Result, Scalar, Schema};

use crate::aggregates;
use crate::binary;
use crate::bound::{AggregateNode, BoundExpr, Extent, Node};
use crate::expr::{Expr, Literal};
use crate::functions::{self, Arg};
use crate::types;
use crate::window::Window;

/// Gives an expression types and positions. Selectors must have been expanded.
#[recursive::recursive]
pub fn bind(expr: &Expr, schema: &Schema) -> Result<BoundExpr> {
    Ok(match expr {
        Expr::Column(name) => {
            let position = schema.index_of(name)?;
            let dtype = schema.fields()[position].dtype.clone();
            BoundExpr { node: Node::Column(position), dtype, extent: Extent::Row }
        }
        Expr::Literal(literal) => bind_literal(literal, None)?,
        Expr::Alias { input, .. } | Expr::Rename { input, .. } => bind(input, schema)?,
        Expr::Cast { input, dtype, mode } => {
            let input = bind(input, schema)?;
            if !hypostyle_kernels::cast::can_cast(&input.dtype, dtype) {
                return Err(Error::invalid_operation(format!(
                    "casting from {} to {dtype} is not supported{}",
                    input.dtype,
                    if dtype.is_temporal() {
                        "; for text use str.to_date, str.to_datetime or str.to_time"
                    } else {
                        ""
                    }
                )));
            }
            input.cast_to(dtype, *mode)
        }
        Expr::Binary { left, op, right } => {
            let sides = bind_args([&**left, &**right], schema)?;
            let dtypes = resolve_pair(&sides);
            let plan = binary::plan(*op, &dtypes[0], &dtypes[1])?;
            let mut sides = sides.into_iter();
            let (Some(left), Some(right)) = (sides.next(), sides.next()) else {
                return Err(Error::internal("an operator has two sides"));
            };
            let left = left.settle(&dtypes[0])?.coerce(&plan.left);
            let right = right.settle(&dtypes[1])?.coerce(&plan.right);
            let extent = left.extent.max(right.extent);
            let dtype = plan.output.clone();
            let node = Node::Binary { left: Box::new(left), right: Box::new(right), plan: Box::new(plan) };
            BoundExpr { node, dtype, extent }
        }
        Expr::Function { name, args } => bind_function(name, args, schema)?,
        Expr::Aggregate { name, args } => {
            let aggregate = aggregates::find(name)?;
            let args = bind_args(args, schema)?;
            let infos: Vec<Arg<'_>> = args.iter().map(Unsettled::info).collect();
            let signature = aggregate.signature(&infos)?;
            let args = settle_all(args, &signature.args)?;
            BoundExpr {
                node: Node::Aggregate(Box::new(AggregateNode {
                    aggregate,
                    args,
                    output: signature.output.clone(),
                })),
                dtype: signature.output,
                extent: Extent::Scalar,
            }
        }
        Expr::When { predicate, then, otherwise } => {
            let predicate = bind(predicate, schema)?;
            if !matches!(predicate.dtype, DataType::Boolean | DataType::Null) {
                return Err(Error::invalid_operation(format!(
                    "`when` takes a boolean, not {}",
                    predicate.dtype
                )));
            }
            let predicate = predicate.coerce(&DataType::Boolean);
            let sides = bind_args([&**then, &**otherwise], schema)?;
            let dtypes = resolve_branches(&sides);
            let dtype = types::relaxed_supertype(&dtypes[0], &dtypes[1]).ok_or_else(|| {
                Error::schema(format!(
                    "`then` of {} and `otherwise` of {} have no common type; cast one of them",
                    dtypes[0], dtypes[1]
                ))
            })?;
            let mut sides = settle_all(sides, &[dtype.clone(), dtype.clone()])?.into_iter();
            let (Some(then), Some(otherwise)) = (sides.next(), sides.next()) else {
                return Err(Error::internal("`when` has two branches"));
            };
            let extent = predicate.extent.max(then.extent).max(otherwise.extent);
            let node = Node::When {
                predicate: Box::new(predicate),
                then: Box::new(then),
                otherwise: Box::new(otherwise),
            };
            BoundExpr { node, dtype, extent }
        }
        Expr::Over { input, partition_by, order_by, mapping } => {
            let window = Window::bind(input, partition_by, order_by.as_ref(), *mapping, schema)?;
            let dtype = window.dtype().clone();
            BoundExpr { node: Node::Over(Box::new(window)), dtype, extent: Extent::Whole }
        }
        Expr::Filter { input, predicate } => {
            let (input, predicate) = (bind(input, schema)?, bind(predicate, schema)?);
            if !matches!(predicate.dtype, DataType::Boolean | DataType::Null) {
                return Err(Error::invalid_operation(format!(
                    "a filter takes a boolean, not {}",
                    predicate.dtype
                )));
            }
            let predicate = predicate.coerce(&DataType::Boolean);
            let dtype = input.dtype.clone();
            let node = Node::Filter { input: Box::new(input), predicate: Box::new(predicate) };
            BoundExpr { node, dtype, extent: Extent::Free }
        }
        Expr::Selector(selector) => {
            return Err(Error::invalid_operation(format!(
                "{selector} selects columns and cannot be used where one value is expected"
            )));
        }
        Expr::Len => BoundExpr { node: Node::Len, dtype: DataType::UInt32, extent: Extent::Scalar },
    })
}

fn bind_function(name: &str, args: &[Expr], schema: &Schema) -> Result<BoundExpr> {
    let function = functions::find(name)?;
    let args = bind_args(args, schema)?;
    let infos: Vec<Arg<'_>> = args.iter().map(Unsettled::info).collect();
    let signature = function.signature(&infos)?;
    let args = settle_all(args, &signature.args)?;
    let inputs = args.iter().map(|a| a.extent).max().unwrap_or(Extent::Scalar);
    let extent = match function.extent() {
        Extent::Row => inputs,
        other => other.max(inputs),
    };
    let dtype = signature.output;
    Ok(BoundExpr { node: Node::Function { function, args }, dtype, extent })
}

fn bind_literal(literal: &Literal, beside: Option<&DataType>) -> Result<BoundExpr> {
    let (column, extent) = match literal {
        Literal::Column(literal) => ((*literal.column).clone(), Extent::Whole),
        _ => {
            let Scalar { dtype, value } = literal_scalar(literal, beside);
            (Column::from_scalars(dtype, [value])?, Extent::Scalar)
        }
    };
    let dtype = column.dtype().clone();
    Ok(BoundExpr { node: Node::Literal(column), dtype, extent })
}

/// A literal as a value, typed by what stands beside it.
pub(crate) fn literal_scalar(literal: &Literal, beside: Option<&DataType>) -> Scalar {
    use hypostyle_core::Value;
    match literal {
        Literal::DynInt(v) => {
            let dtype = beside.map_or_else(|| types::lone_integer(*v), |d| types::integer_beside(*v, d));
            match &dtype {
                d if d.is_float() => Scalar::new(dtype, Value::Float(*v as f64)),
                DataType::Decimal(_, scale) => {
                    let scaled = v.saturating_mul(hypostyle_kernels::arithmetic::power_of_ten(*scale));
                    Scalar::new(dtype, Value::Int(scaled))
                }
                _ => Scalar::new(dtype, Value::Int(*v)),
            }
        }
        Literal::DynFloat(bits) => {
            let dtype = beside.map_or(DataType::Float64, types::float_beside);
            Scalar::new(dtype, Value::Float(f64::from_bits(*bits)))
        }
        Literal::Scalar(scalar) => scalar.clone(),
        Literal::Column(literal) => Scalar::null(literal.column.dtype().clone()),
    }
}

/// An argument whose type is not final while it is a dynamic literal.
struct Unsettled {
    bound: BoundExpr,
    dynamic: Option<Literal>,
    constant: Option<Scalar>,
}

impl Unsettled {
    fn info(&self) -> Arg<'_> {
        Arg {
            dtype: &self.bound.dtype,
            dynamic: self.dynamic.is_some(),
            literal: self.constant.as_ref(),
            scalar: self.bound.extent == Extent::Scalar,
        }
    }

    /// A dynamic literal takes this type if it can hold it; anything else stays.
    fn settle(self, dtype: &DataType) -> Result<BoundExpr> {
        match &self.dynamic {
            Some(literal) => bind_literal(literal, Some(dtype)),
            None => Ok(self.bound),
        }
    }
}

fn bind_args<'a>(args: impl IntoIterator<Item = &'a Expr>, schema: &Schema) -> Result<Vec<Unsettled>> {
    args.into_iter()
        .map(|arg| {
            let literal = match arg.without_alias() {
                Expr::Literal(literal) => Some(literal),
                _ => None,
            };
            let dynamic = literal.filter(|l| matches!(l, Literal::DynInt(_) | Literal::DynFloat(_))).cloned();
            let constant =
                literal.filter(|l| !matches!(l, Literal::Column(_))).map(|l| literal_scalar(l, None));
            Ok(Unsettled { bound: bind(arg, schema)?, dynamic, constant })
        })
        .collect()
}

/// The types of two sides after dynamic literals looked at the other side.
fn resolve_pair(sides: &[Unsettled]) -> Vec<DataType> {
    let beside = |literal: &Literal, other: &DataType| literal_scalar(literal, Some(other)).dtype;
    match sides {
        [a, b] => match (&a.dynamic, &b.dynamic) {
            (Some(x), None) => vec![beside(x, &b.bound.dtype), b.bound.dtype.clone()],
            (None, Some(y)) => vec![a.bound.dtype.clone(), beside(y, &a.bound.dtype)],
            _ => vec![a.bound.dtype.clone(), b.bound.dtype.clone()],
        },
        _ => sides.iter().map(|s| s.bound.dtype.clone()).collect(),
    }
}

/// As [`resolve_pair`], where a literal text beside categories is one of them.
fn resolve_branches(sides: &[Unsettled]) -> Vec<DataType> {
    match sides {
        [a, b] if a.info().is_literal_text() && b.bound.dtype.is_categorical() => {
            vec![b.bound.dtype.clone(); 2]
        }
        [a, b] if b.info().is_literal_text() && a.bound.dtype.is_categorical() => {
            vec![a.bound.dtype.clone(); 2]
        }
        _ => resolve_pair(sides),
    }
}

fn settle_all(args: Vec<Unsettled>, wanted: &[DataType]) -> Result<Vec<BoundExpr>> {
    if args.len() != wanted.len() {
        return Err(Error::internal("a signature has as many types as there are arguments"));
    }
    args.into_iter().zip(wanted).map(|(arg, dtype)| Ok(arg.settle(dtype)?.coerce(dtype))).collect()
}
