//! From names to positions and types: an expression against a schema.

use hypostyle_core::{Column, DataType, Error, Field, Result, Scalar, Schema};

use crate::aggregates;
use crate::binary;
use crate::bound::{AggregateNode, BoundExpr, Extent, Node};
use crate::evaluate::Window;
use crate::expr::{Expr, Literal};
use crate::functions::params;
use crate::functions::{self, Arg, Param, ParamKind};
use crate::names::output_name;
use crate::types;

/// Gives an expression types and positions. Selectors must have been expanded.
#[recursive::recursive]
pub fn bind(expr: &Expr, schema: &Schema) -> Result<BoundExpr> {
    Ok(match expr {
        Expr::Column(name) => {
            let position = schema.index_of(name)?;
            let dtype = schema.fields()[position].dtype.clone();
            BoundExpr::new(Node::Column(position), dtype, Extent::Row)
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
            BoundExpr::new(node, dtype, extent)
        }
        Expr::Function { name, args } => bind_function(name, args, schema)?,
        Expr::Aggregate { name, args } => {
            let aggregate = aggregates::find(name)?;
            params::check_count(name, aggregate.params(), args.len())?;
            let args = bind_parameters(name, aggregate.params(), args, schema)?;
            let infos: Vec<Arg<'_>> = args.iter().map(Unsettled::info).collect();
            let signature = aggregate.signature(&infos)?;
            let args = settle_all(args, &signature.args)?;
            let node = AggregateNode { aggregate, args, output: signature.output.clone() };
            BoundExpr::new(Node::Aggregate(Box::new(node)), signature.output, Extent::Scalar)
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
            BoundExpr::new(node, dtype, extent)
        }
        Expr::Over { input, partition_by, order_by, mapping } => {
            let window = Window::bind(input, partition_by, order_by, *mapping, schema)?;
            let dtype = window.dtype().clone();
            let extent = if window.keeps_length() { Extent::Whole } else { Extent::Free };
            BoundExpr::new(Node::Over(Box::new(window)), dtype, extent)
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
            BoundExpr::new(node, dtype, Extent::Free)
        }
        Expr::Rolling { input, index, window } => {
            let (input, index) = (bind(input, schema)?, bind(index, schema)?);
            let rule = window.rule(&index.dtype)?;
            let dtype = match input.extent {
                Extent::Scalar => input.dtype.clone(),
                _ => DataType::list(input.dtype.clone()),
            };
            let node = Node::Rolling { input: Box::new(input), index: Box::new(index), rule };
            BoundExpr::new(node, dtype, Extent::Whole)
        }
        Expr::Selector(selector) => {
            return Err(Error::invalid_operation(format!(
                "{selector} selects columns and cannot be used where one value is expected"
            )));
        }
        Expr::Expand { expansion, .. } => {
            return Err(Error::invalid_operation(format!("{expansion} cannot be used in this place")));
        }
        Expr::Lists { input, body, as_lists } => {
            let input = bind(input, schema)?;
            let DataType::List(inner) = &input.dtype else {
                return Err(Error::invalid_operation(format!(
                    "an expression over the values of lists takes a list, not {}",
                    input.dtype
                )));
            };
            let element = Schema::try_new(vec![Field::new("", (**inner).clone())])?;
            let body = bind(body, &element)?;
            let dtype = match body.extent == Extent::Scalar && !as_lists {
                true => body.dtype.clone(),
                false => DataType::list(body.dtype.clone()),
            };
            let extent = input.extent;
            let node = Node::Lists { input: Box::new(input), body: Box::new(body), as_lists: *as_lists };
            BoundExpr::new(node, dtype, extent)
        }
        Expr::Map { function, args } => {
            let names = args.iter().map(output_name).collect::<Result<Vec<_>>>()?;
            let args = args.iter().map(|arg| bind(arg, schema)).collect::<Result<Vec<_>>>()?;
            let types: Vec<DataType> = args.iter().map(|arg| arg.dtype.clone()).collect();
            let dtype = (function.output)(&types)?;
            let inputs = args.iter().map(|arg| arg.extent).max().unwrap_or(Extent::Scalar);
            let extent = match (function.elementwise, function.returns_scalar) {
                (true, _) => inputs,
                (false, true) => Extent::Scalar,
                (false, false) => Extent::Free,
            };
            let node = Node::Map { function: function.clone(), names: names.into(), args };
            BoundExpr::new(node, dtype, extent)
        }
        Expr::Len => BoundExpr::new(Node::Len, DataType::UInt32, Extent::Scalar),
    })
}

fn bind_function(name: &str, args: &[Expr], schema: &Schema) -> Result<BoundExpr> {
    let function = functions::find(name)?;
    function.check_count(args.len())?;
    let mut args = bind_parameters(name, function.params(), args, schema)?;
    if function.extent() == Extent::Row {
        // What works row by row has values of other rows as a list, the same for all rows.
        let given = args.len();
        for (arg, param) in args.iter_mut().zip(function.params_of(given)) {
            if param.kind == ParamKind::Values && arg.bound.extent != Extent::Scalar {
                arg.bound = as_one_list(std::mem::replace(&mut arg.bound, BoundExpr::null()));
            }
        }
    }
    let infos: Vec<Arg<'_>> = args.iter().map(Unsettled::info).collect();
    let signature = function.signature(&infos)?;
    let args = settle_all(args, &signature.args)?;
    let inputs = args.iter().map(|a| a.extent).max().unwrap_or(Extent::Scalar);
    let extent = match function.extent() {
        // What keeps the number of values keeps it at one.
        Extent::Row => inputs,
        Extent::Whole if inputs == Extent::Scalar => inputs,
        other => other.max(inputs),
    };
    Ok(BoundExpr::new(Node::Function { function, args }, signature.output, extent))
}

/// All values of an expression as one list.
fn as_one_list(values: BoundExpr) -> BoundExpr {
    let output = DataType::list(values.dtype.clone());
    let node = AggregateNode { aggregate: &aggregates::Implode, args: vec![values], output: output.clone() };
    BoundExpr::new(Node::Aggregate(Box::new(node)), output, Extent::Scalar)
}

/// The arguments of a call: options as constants of their types, those that were left out too.
fn bind_parameters(name: &str, params: &[Param], args: &[Expr], schema: &Schema) -> Result<Vec<Unsettled>> {
    let mut bound = bind_args(args, schema)?;
    for (arg, position) in bound.iter_mut().zip(params::positions(params, args.len())) {
        let param = &params[position];
        match param.kind {
            ParamKind::Option(..) => {
                let value = match &arg.dynamic {
                    Some(literal) => Some(literal_scalar(literal, None)),
                    None => arg.bound.constant_value()?,
                };
                let value = value.ok_or_else(|| {
                    Error::invalid_operation(format!(
                        "`{}` of `{name}` is a constant, the same for all rows",
                        param.name
                    ))
                })?;
                *arg = Unsettled::constant(param.option_value(name, Some(&value))?)?;
            }
            ParamKind::Scalar if arg.bound.extent != Extent::Scalar => {
                return Err(Error::shape(format!(
                    "`{}` of `{name}` is one value, not one for each row",
                    param.name
                )));
            }
            _ => {}
        }
    }
    if params.iter().any(|param| param.kind == ParamKind::Columns) {
        return Ok(bound);
    }
    // What was left out behind the last option is not there at all.
    let end =
        params.iter().rposition(|param| matches!(param.kind, ParamKind::Option(..))).map_or(0, |i| i + 1);
    for param in params.iter().take(end).skip(args.len()) {
        bound.push(Unsettled::constant(match param.kind {
            ParamKind::Option(..) => param.option_value(name, None)?,
            ParamKind::OptionalColumn(default) => {
                default.scalar().unwrap_or_else(|| Scalar::null(DataType::Null))
            }
            _ => Scalar::null(DataType::Null),
        })?);
    }
    Ok(bound)
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
    Ok(BoundExpr::new(Node::Literal(column), dtype, extent))
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
    /// A value of a fixed type.
    fn constant(value: Scalar) -> Result<Self> {
        let bound = bind_literal(&Literal::Scalar(value.clone()), None)?;
        Ok(Self { bound, dynamic: None, constant: Some(value) })
    }

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
