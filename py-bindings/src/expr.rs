//! The Rust half of `Expr`: constructors of nodes. Which functions there are is the catalog's business.

use std::sync::Arc;

use hypostyle_core::{DataType, Scalar, Schema};
use hypostyle_expr::{
    BinaryOp, CastMode, ColumnLiteral, DtypeClass, Expansion, Expr, Literal, OrderKey, Rename, RollingWindow,
    Selector, WindowMapping, output_name,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::types::{PyAnyMethods, PyBool, PyBytes, PyFloat, PyInt};
use pyo3::{Bound, Py, PyAny, PyRef, PyResult, Python, pyclass, pymethods};
use serde::Deserialize;

use crate::errors::OrRaise;
use crate::series::PySeries;
use crate::user::{self, Output};
use crate::{dtype, values};

/// An expression.
#[pyclass(module = "hypostyle._hypostyle", name = "PyExpr", frozen)]
#[derive(Clone, Debug)]
pub(crate) struct PyExpr {
    pub(crate) expr: Expr,
}

impl From<Expr> for PyExpr {
    fn from(expr: Expr) -> Self {
        Self { expr }
    }
}

/// The expressions themselves.
pub(crate) fn exprs(list: &[PyRef<'_, PyExpr>]) -> Vec<Expr> {
    list.iter().map(|e| e.expr.clone()).collect()
}

#[pymethods]
impl PyExpr {
    #[staticmethod]
    fn col(name: &str) -> Self {
        Expr::Column(name.into()).into()
    }

    /// Number of rows.
    #[staticmethod]
    fn len() -> Self {
        Expr::Len.into()
    }

    /// A constant. Without a data type, plain ints and floats take the type of their surroundings.
    #[staticmethod]
    #[pyo3(signature = (value, description=None))]
    fn literal(value: &Bound<'_, PyAny>, description: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let literal = match description {
            Some(description) => {
                let dtype = dtype::from_py(description)?;
                let value = values::one(value, &dtype, true)?;
                Literal::Scalar(Scalar::new(dtype, value))
            }
            None if value.is_exact_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() => {
                Literal::DynInt(value.extract()?)
            }
            None if value.is_exact_instance_of::<PyFloat>() => {
                Literal::DynFloat(value.extract::<f64>()?.to_bits())
            }
            None => {
                let dtype = values::infer(std::slice::from_ref(value), false)?;
                let value = values::one(value, &dtype, false)?;
                Literal::Scalar(Scalar::new(dtype, value))
            }
        };
        Ok(Expr::Literal(literal).into())
    }

    /// The values of a series.
    #[staticmethod]
    fn series(series: PyRef<'_, PySeries>) -> PyResult<Self> {
        let literal = ColumnLiteral { name: series.series.name().into(), column: Arc::new(series.column()?) };
        Ok(Expr::Literal(Literal::Column(literal)).into())
    }

    /// A function of the catalog, or a name for an expression made of several.
    #[staticmethod]
    fn call(name: &str, args: Vec<PyRef<'_, PyExpr>>) -> PyResult<Self> {
        if let Some(composition) = hypostyle_expr::compositions::find(name) {
            return Ok(composition.expand(exprs(&args)).or_raise()?.into());
        }
        hypostyle_expr::functions::find(name).or_raise()?;
        Ok(Expr::Function { name: name.into(), args: exprs(&args) }.into())
    }

    /// An aggregate of the catalog.
    #[staticmethod]
    fn aggregate(name: &str, args: Vec<PyRef<'_, PyExpr>>) -> PyResult<Self> {
        hypostyle_expr::aggregates::find(name).or_raise()?;
        Ok(Expr::Aggregate { name: name.into(), args: exprs(&args) }.into())
    }

    /// A Python function of expressions. `output` is the description of a type, or a function that finds one for
    /// descriptions of the inputs' types.
    #[staticmethod]
    fn map(
        call: Py<PyAny>,
        inputs: Vec<PyRef<'_, PyExpr>>,
        output: &Bound<'_, PyAny>,
        elementwise: bool,
        returns_scalar: bool,
    ) -> PyResult<Self> {
        let output = match output.is_callable() {
            true => Output::Asked(output.clone().unbind()),
            false => Output::Known(dtype::from_py(output)?),
        };
        let function = user::function(call, output, elementwise, returns_scalar);
        Ok(Expr::Map { function, args: exprs(&inputs) }.into())
    }

    #[staticmethod]
    fn when(predicate: PyRef<'_, Self>, then: PyRef<'_, Self>, otherwise: PyRef<'_, Self>) -> Self {
        Expr::When {
            predicate: Arc::new(predicate.expr.clone()),
            then: Arc::new(then.expr.clone()),
            otherwise: Arc::new(otherwise.expr.clone()),
        }
        .into()
    }

    /// Columns side by side as a struct, under the names that they have by themselves.
    #[staticmethod]
    fn r#struct(fields: Vec<PyRef<'_, PyExpr>>) -> PyResult<Self> {
        let mut args = Vec::with_capacity(fields.len() * 2);
        for field in fields {
            let name = output_name(&field.expr).or_raise()?;
            args.push(field.expr.clone());
            args.push(Expr::Literal(Literal::Scalar(Scalar::from(&*name))));
        }
        Ok(Expr::Function { name: "as_struct".into(), args }.into())
    }

    /// A set of columns.
    #[staticmethod]
    fn selector(kind: &str, argument: &Bound<'_, PyAny>) -> PyResult<Self> {
        let selector = match kind {
            "all" => Selector::All,
            "by_name" => {
                let (names, strict): (Vec<String>, bool) = argument.extract()?;
                Selector::ByName { names: names.into_iter().map(Arc::from).collect(), strict }
            }
            "by_index" => {
                let (indices, strict): (Vec<i64>, bool) = argument.extract()?;
                Selector::ByIndex { indices, strict }
            }
            "matches" => Selector::Matches(argument.extract::<String>()?.into()),
            "by_dtype" => Selector::ByDtype(
                argument.try_iter()?.map(|d| dtype::from_py(&d?)).collect::<PyResult<Vec<DataType>>>()?,
            ),
            "class" => Selector::Class(class(&argument.extract::<String>()?)?),
            other => return Err(PyValueError::new_err(format!("no selector {other:?}"))),
        };
        Ok(Expr::Selector(selector).into())
    }

    fn selector_op(&self, op: &str, other: PyRef<'_, Self>) -> PyResult<Self> {
        let (a, b) = (Arc::new(self.as_selector()?), Arc::new(other.as_selector()?));
        Ok(Expr::Selector(match op {
            "and" => Selector::And(a, b),
            "or" => Selector::Or(a, b),
            "minus" => Selector::Minus(a, b),
            other => return Err(PyValueError::new_err(format!("no set operation {other:?}"))),
        })
        .into())
    }

    /// The same over fewer columns: wherever the tree stands for several, these are taken out.
    fn exclude(&self, excluded: PyRef<'_, Self>) -> PyResult<Self> {
        let excluded = Arc::new(excluded.as_selector()?);
        if !self.has_selector() {
            return Err(PyTypeError::new_err(
                "`exclude` takes columns out of an expression that stands for several",
            ));
        }
        Ok(self
            .expr
            .transform_up(&mut |e| match &e {
                Expr::Selector(selector) => {
                    Expr::Selector(Selector::Minus(Arc::new(selector.clone()), excluded.clone()))
                }
                _ => e,
            })
            .into())
    }

    /// The names that a selector stands for in `[(name, description)]`.
    fn resolve_selector(&self, fields: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        let mut schema = Vec::new();
        for field in fields.try_iter()? {
            let (name, description): (String, Bound<'_, PyAny>) = field?.extract()?;
            schema.push(hypostyle_core::Field::new(name, dtype::from_py(&description)?));
        }
        let schema = Schema::try_new(schema).or_raise()?;
        let names = self.as_selector()?.resolve(&schema).or_raise()?;
        Ok(names.iter().map(|n| n.to_string()).collect())
    }

    fn binary(&self, op: &str, other: PyRef<'_, Self>) -> PyResult<Self> {
        let op = match op {
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            "//" => BinaryOp::FloorDivide,
            "truncdiv" => BinaryOp::TruncDivide,
            "%" => BinaryOp::Modulo,
            "==" => BinaryOp::Eq,
            "!=" => BinaryOp::NotEq,
            "<" => BinaryOp::Lt,
            "<=" => BinaryOp::LtEq,
            ">" => BinaryOp::Gt,
            ">=" => BinaryOp::GtEq,
            "eq_missing" => BinaryOp::EqMissing,
            "ne_missing" => BinaryOp::NotEqMissing,
            "&" => BinaryOp::And,
            "|" => BinaryOp::Or,
            "^" => BinaryOp::Xor,
            other => return Err(PyValueError::new_err(format!("no operator {other:?}"))),
        };
        let (left, right) = (Arc::new(self.expr.clone()), Arc::new(other.expr.clone()));
        Ok(Expr::Binary { left, op, right }.into())
    }

    fn alias(&self, name: &str) -> Self {
        Expr::Alias { input: Arc::new(self.expr.clone()), name: name.into() }.into()
    }

    fn cast(&self, description: &Bound<'_, PyAny>, mode: &str) -> PyResult<Self> {
        let dtype = dtype::from_py(description)?;
        Ok(Expr::Cast { input: Arc::new(self.expr.clone()), dtype, mode: cast_mode(mode)? }.into())
    }

    #[pyo3(signature = (partition_by, order_by, descending, nulls_last, mapping))]
    fn over(
        &self,
        partition_by: Vec<PyRef<'_, Self>>,
        order_by: Vec<PyRef<'_, Self>>,
        descending: bool,
        nulls_last: bool,
        mapping: &str,
    ) -> PyResult<Self> {
        let mapping = match mapping {
            "group_to_rows" => WindowMapping::GroupToRows,
            "join" => WindowMapping::Join,
            "explode" => WindowMapping::Explode,
            other => return Err(PyValueError::new_err(format!("no mapping strategy {other:?}"))),
        };
        Ok(Expr::Over {
            input: Arc::new(self.expr.clone()),
            partition_by: exprs(&partition_by),
            order_by: order_by
                .iter()
                .map(|by| OrderKey { expr: by.expr.clone(), descending, nulls_last })
                .collect(),
            mapping,
        }
        .into())
    }

    /// `body`, which reads the values of a list as the column `""`, for each list.
    fn lists(&self, body: PyRef<'_, Self>, as_lists: bool) -> Self {
        let (input, body) = (Arc::new(self.expr.clone()), Arc::new(body.expr.clone()));
        Expr::Lists { input, body, as_lists }.into()
    }

    /// For the rows in the window of each row.
    fn rolling(&self, index: PyRef<'_, Self>, period: &str, offset: Option<&str>, closed: &str) -> Self {
        let window =
            RollingWindow { period: period.into(), offset: offset.map(Into::into), closed: closed.into() };
        self.expr.clone().rolling(index.expr.clone(), window).into()
    }

    fn filter(&self, predicate: PyRef<'_, Self>) -> Self {
        let (input, predicate) = (Arc::new(self.expr.clone()), Arc::new(predicate.expr.clone()));
        Expr::Filter { input, predicate }.into()
    }

    fn rename(&self, kind: &str, texts: Vec<String>) -> PyResult<Self> {
        let text = |i: usize| -> Arc<str> { texts.get(i).map_or("", String::as_str).into() };
        let rename = match kind {
            "keep" => Rename::Keep,
            "prefix" => Rename::Prefix(text(0)),
            "suffix" => Rename::Suffix(text(0)),
            "to_lowercase" => Rename::Lowercase,
            "to_uppercase" => Rename::Uppercase,
            "replace" => Rename::Replace { from: text(0), to: text(1) },
            "replace_pattern" => Rename::ReplacePattern { pattern: text(0), to: text(1) },
            "strip_prefix" => Rename::StripPrefix(text(0)),
            "strip_suffix" => Rename::StripSuffix(text(0)),
            other => return Err(PyValueError::new_err(format!("no renaming {other:?}"))),
        };
        Ok(Expr::Rename { input: Arc::new(self.expr.clone()), rename }.into())
    }

    /// The struct with further fields, or a struct of these fields alone.
    fn with_fields(&self, fields: Vec<PyRef<'_, Self>>, keep: bool) -> PyResult<Self> {
        let (own, fields) = (self.expr.clone(), exprs(&fields));
        let with = if keep { own.with_fields(fields) } else { own.eval_fields(fields) };
        Ok(with.or_raise()?.into())
    }

    /// Fields of the struct: all, those whose names match a regular expression, or those of these names.
    #[pyo3(signature = (pattern=None, names=None))]
    fn fields(&self, pattern: Option<&str>, names: Option<Vec<String>>) -> Self {
        let fields = match (pattern, names) {
            (Some(pattern), _) => Expansion::FieldsLike(pattern.into()),
            (None, Some(names)) => Expansion::FieldsNamed(names.into_iter().map(Arc::from).collect()),
            (None, None) => Expansion::Fields,
        };
        self.expr.clone().fields(fields).into()
    }

    /// The expression that a Python function makes of expressions and their types.
    #[staticmethod]
    fn by_types(function: Py<PyAny>, args: Vec<PyRef<'_, Self>>) -> Self {
        Expr::Expand { args: exprs(&args), expansion: Expansion::Types(user::by_types(function)) }.into()
    }

    /// Under the name that a Python function makes of its own.
    fn rename_by(&self, function: Py<PyAny>) -> Self {
        Expr::Rename { input: Arc::new(self.expr.clone()), rename: Rename::Map(user::renaming(function)) }
            .into()
    }

    fn output_name(&self) -> PyResult<String> {
        Ok(output_name(&self.expr).or_raise()?.to_string())
    }

    fn root_names(&self) -> Vec<String> {
        self.expr.columns().iter().map(|n| n.to_string()).collect()
    }

    fn has_selector(&self) -> bool {
        self.expr.exists(&mut |e| matches!(e, Expr::Selector(_) | Expr::Expand { .. }))
    }

    fn undo_aliases(&self) -> Self {
        let mut expr = &self.expr;
        while let Expr::Rename { input, .. } | Expr::Alias { input, .. } = expr {
            expr = input;
        }
        expr.clone().into()
    }

    /// What stands at the top.
    fn kind(&self) -> &'static str {
        match self.expr {
            Expr::Column(_) => "column",
            Expr::Literal(_) => "literal",
            Expr::Selector(_) => "selector",
            _ => "other",
        }
    }

    fn equals(&self, other: PyRef<'_, Self>) -> bool {
        self.expr == other.expr
    }

    fn serialize<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = serde_json::to_vec(&self.expr).map_err(|e| {
            crate::errors::ComputeError::new_err(format!("the expression cannot be written out: {e}"))
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[staticmethod]
    fn deserialize(bytes: &[u8]) -> PyResult<Self> {
        // The stack grows with what is read (`Expr`), so its depth needs no limit.
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        reader.disable_recursion_limit();
        let expr = Expr::deserialize(&mut reader).and_then(|expr| reader.end().map(|()| expr));
        let expr =
            expr.map_err(|e| crate::errors::ComputeError::new_err(format!("this is no expression: {e}")))?;
        Ok(expr.into())
    }

    fn __str__(&self) -> String {
        self.expr.to_string()
    }
}

impl PyExpr {
    fn as_selector(&self) -> PyResult<Selector> {
        match &self.expr {
            Expr::Selector(selector) => Ok(selector.clone()),
            Expr::Column(name) => Ok(Selector::ByName { names: vec![name.clone()], strict: true }),
            other => Err(PyTypeError::new_err(format!("{other} does not select columns"))),
        }
    }
}

/// A cast mode by name.
pub(crate) fn cast_mode(name: &str) -> PyResult<CastMode> {
    match name {
        "strict" => Ok(CastMode::Strict),
        "nonstrict" => Ok(CastMode::NonStrict),
        "wrap" => Ok(CastMode::Wrap),
        other => Err(PyValueError::new_err(format!("no cast mode {other:?}"))),
    }
}

fn class(name: &str) -> PyResult<DtypeClass> {
    Ok(match name {
        "Numeric" => DtypeClass::Numeric,
        "Integer" => DtypeClass::Integer,
        "SignedInteger" => DtypeClass::SignedInteger,
        "UnsignedInteger" => DtypeClass::UnsignedInteger,
        "Float" => DtypeClass::Float,
        "Decimal" => DtypeClass::Decimal,
        "Temporal" => DtypeClass::Temporal,
        "Date" => DtypeClass::Date,
        "Time" => DtypeClass::Time,
        "Datetime" => DtypeClass::Datetime,
        "Duration" => DtypeClass::Duration,
        "String" => DtypeClass::String,
        "Categorical" => DtypeClass::Categorical,
        "Enum" => DtypeClass::Enum,
        "Boolean" => DtypeClass::Boolean,
        "Binary" => DtypeClass::Binary,
        "Nested" => DtypeClass::Nested,
        "List" => DtypeClass::List,
        "Array" => DtypeClass::Array,
        "Struct" => DtypeClass::Struct,
        other => return Err(PyValueError::new_err(format!("no class of data types {other:?}"))),
    })
}
