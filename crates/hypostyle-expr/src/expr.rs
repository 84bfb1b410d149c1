//! The expression tree: plain data.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hypostyle_core::{Column, Scalar};
use hypostyle_kernels::cast::CastMode;
use serde::{Deserialize, Serialize};

use crate::functions;
use crate::map::UserFunction;
use crate::names::Rename;
use crate::selector::Selector;

/// An expression over the columns of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// The column of a name.
    Column(Arc<str>),
    /// A constant.
    Literal(Literal),
    /// The input under another name.
    Alias { input: Arc<Expr>, name: Arc<str> },
    /// The input as another type.
    Cast { input: Arc<Expr>, dtype: hypostyle_core::DataType, mode: CastMode },
    /// An operator with two sides.
    Binary { left: Arc<Expr>, op: BinaryOp, right: Arc<Expr> },
    /// A function of the catalog ([`functions::find`]). Options are literal arguments.
    Function { name: Arc<str>, args: Vec<Expr> },
    /// An aggregate of the catalog ([`crate::aggregates::find`]). Options are literal arguments.
    Aggregate { name: Arc<str>, args: Vec<Expr> },
    /// `then` where the predicate is true, `otherwise` where it is false or null.
    When { predicate: Arc<Expr>, then: Arc<Expr>, otherwise: Arc<Expr> },
    /// The input computed for each group of rows that agree in `partition_by`.
    Over { input: Arc<Expr>, partition_by: Vec<Expr>, order_by: Vec<OrderKey>, mapping: WindowMapping },
    /// Rows of the input for which the predicate is true.
    Filter { input: Arc<Expr>, predicate: Arc<Expr> },
    /// The input under a name made from its root's.
    Rename { input: Arc<Expr>, rename: Rename },
    /// Stands for every column that it selects.
    Selector(Selector),
    /// `body`, over the column `""`, for the values of each list of the input. The result is a list, or one value where
    /// the body gives one and `as_lists` is false.
    Lists { input: Arc<Expr>, body: Arc<Expr>, as_lists: bool },
    /// A user's function of columns; opaque.
    #[serde(skip)]
    Map { function: UserFunction, args: Vec<Expr> },
    /// Number of rows.
    Len,
}

/// What rows are sorted by within their group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderKey {
    /// The values.
    pub expr: Expr,
    /// Largest first.
    pub descending: bool,
    /// Nulls after all values.
    pub nulls_last: bool,
}

/// How the values of a group go back to the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WindowMapping {
    /// Each value to its row, a scalar to every row of the group.
    GroupToRows,
    /// The group's values as a list, to every row of the group.
    Join,
    /// The values of all groups one after the other, any number of each.
    Explode,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Literal {
    /// An integer that takes the type of its surroundings.
    DynInt(i128),
    /// A float that takes the type of its surroundings; kept as bits.
    DynFloat(u64),
    /// A value of a fixed type.
    Scalar(Scalar),
    /// A whole column of a user; opaque.
    #[serde(skip)]
    Column(ColumnLiteral),
}

/// A column in an expression. Compared by identity.
#[derive(Clone, Debug)]
pub struct ColumnLiteral {
    /// Its name.
    pub name: Arc<str>,
    /// Its values.
    pub column: Arc<Column>,
}

impl PartialEq for ColumnLiteral {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.column, &other.column) && self.name == other.name
    }
}

impl Eq for ColumnLiteral {}

impl Hash for ColumnLiteral {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.column).hash(state);
    }
}

/// The operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    /// True division.
    Divide,
    FloorDivide,
    TruncDivide,
    Modulo,
    Eq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
    /// Null equals null.
    EqMissing,
    /// Null does not differ from null.
    NotEqMissing,
    And,
    Or,
    Xor,
}

impl BinaryOp {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::TruncDivide => "truncdiv",
            Self::Modulo => "%",
            Self::Eq => "==",
            Self::NotEq => "!=",
            Self::Lt => "<",
            Self::LtEq => "<=",
            Self::Gt => ">",
            Self::GtEq => ">=",
            Self::EqMissing => "==v",
            Self::NotEqMissing => "!=v",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }

    /// `==`, `<` and their kin.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Eq
                | Self::NotEq
                | Self::Lt
                | Self::LtEq
                | Self::Gt
                | Self::GtEq
                | Self::EqMissing
                | Self::NotEqMissing
        )
    }

    /// `&`, `|`, `^`
    pub fn is_logical(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Xor)
    }

    /// `+`, `-` and their kin.
    pub fn is_arithmetic(self) -> bool {
        !self.is_comparison() && !self.is_logical()
    }
}

impl Expr {
    /// The direct inputs.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Column(_) | Self::Literal(_) | Self::Selector(_) | Self::Len => Vec::new(),
            Self::Alias { input, .. } | Self::Cast { input, .. } | Self::Rename { input, .. } => vec![input],
            Self::Binary { left, right, .. } => vec![left, right],
            Self::Function { args, .. } | Self::Aggregate { args, .. } | Self::Map { args, .. } => {
                args.iter().collect()
            }
            Self::Lists { input, .. } => vec![input],
            Self::When { predicate, then, otherwise } => vec![predicate, then, otherwise],
            Self::Over { input, partition_by, order_by, .. } => {
                let order = order_by.iter().map(|key| &key.expr);
                std::iter::once(&**input).chain(partition_by).chain(order).collect()
            }
            Self::Filter { input, predicate } => vec![input, predicate],
        }
    }

    /// The same node over inputs changed by `f`.
    pub fn map_children(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Expr {
        let mut arc = |e: &Arc<Expr>| Arc::new(f(e));
        match self {
            Self::Column(_) | Self::Literal(_) | Self::Selector(_) | Self::Len => self.clone(),
            Self::Alias { input, name } => Self::Alias { input: arc(input), name: name.clone() },
            Self::Cast { input, dtype, mode } => {
                Self::Cast { input: arc(input), dtype: dtype.clone(), mode: *mode }
            }
            Self::Rename { input, rename } => Self::Rename { input: arc(input), rename: rename.clone() },
            Self::Binary { left, op, right } => Self::Binary { left: arc(left), op: *op, right: arc(right) },
            Self::Function { name, args } => {
                Self::Function { name: name.clone(), args: args.iter().map(f).collect() }
            }
            Self::Aggregate { name, args } => {
                Self::Aggregate { name: name.clone(), args: args.iter().map(f).collect() }
            }
            Self::Map { function, args } => {
                Self::Map { function: function.clone(), args: args.iter().map(f).collect() }
            }
            Self::Lists { input, body, as_lists } => {
                Self::Lists { input: arc(input), body: body.clone(), as_lists: *as_lists }
            }
            Self::When { predicate, then, otherwise } => {
                Self::When { predicate: arc(predicate), then: arc(then), otherwise: arc(otherwise) }
            }
            Self::Over { input, partition_by, order_by, mapping } => Self::Over {
                input: arc(input),
                partition_by: partition_by.iter().map(&mut *f).collect(),
                order_by: order_by.iter().map(|key| OrderKey { expr: f(&key.expr), ..key.clone() }).collect(),
                mapping: *mapping,
            },
            Self::Filter { input, predicate } => {
                Self::Filter { input: arc(input), predicate: arc(predicate) }
            }
        }
    }

    /// The tree rebuilt from the leaves up: `f` of every node whose inputs are done.
    pub fn transform_up(&self, f: &mut dyn FnMut(Expr) -> Expr) -> Expr {
        let rebuilt = self.map_children(&mut |child| child.transform_up(f));
        f(rebuilt)
    }

    /// Whether a node of the tree satisfies `f`.
    pub fn exists(&self, f: &mut dyn FnMut(&Expr) -> bool) -> bool {
        f(self) || self.children().into_iter().any(|child| child.exists(f))
    }

    /// Calls `f` with the name of every column that the tree reads.
    pub fn for_each_column<'a>(&'a self, f: &mut dyn FnMut(&'a Arc<str>)) {
        if let Self::Column(name) = self {
            f(name);
        }
        for child in self.children() {
            child.for_each_column(f);
        }
    }

    /// The columns that the tree reads, each once, in order of appearance.
    pub fn columns(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        self.for_each_column(&mut |name| {
            if !names.contains(name) {
                names.push(name.clone());
            }
        });
        names
    }

    /// Whether each row of the result depends on the same row of the input alone.
    pub fn is_row_separable(&self) -> bool {
        !self.exists(&mut |e| match e {
            Self::Aggregate { .. } | Self::Over { .. } | Self::Filter { .. } | Self::Len => true,
            Self::Literal(Literal::Column(_)) => true,
            Self::Map { function, .. } => !function.elementwise,
            Self::Function { name, .. } => {
                functions::find(name).map_or(true, |f| f.extent() != crate::Extent::Row)
            }
            _ => false,
        })
    }

    /// Whether the tree has an aggregate or counts rows.
    pub fn has_aggregate(&self) -> bool {
        self.exists(&mut |e| matches!(e, Self::Aggregate { .. } | Self::Len))
    }

    /// The sides of `&`, however deep; the expression itself if it is none.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        match self {
            Self::Binary { left, op: BinaryOp::And, right } => {
                let mut sides = left.conjuncts();
                sides.extend(right.conjuncts());
                sides
            }
            other => vec![other],
        }
    }

    /// The tree without an outer alias.
    pub fn without_alias(&self) -> &Expr {
        match self {
            Self::Alias { input, .. } => input.without_alias(),
            other => other,
        }
    }
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |f: &mut std::fmt::Formatter<'_>, items: &[Expr]| {
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    f.write_str(", ")?;
                }
                write!(f, "{item}")?;
            }
            Ok(())
        };
        match self {
            Self::Column(name) => write!(f, "col({name:?})"),
            Self::Literal(literal) => write!(f, "{literal}"),
            Self::Alias { input, name } => write!(f, "{input}.alias({name:?})"),
            Self::Cast { input, dtype, .. } => write!(f, "{input}.cast({dtype})"),
            Self::Binary { left, op, right } => write!(f, "[({left}) {} ({right})]", op.symbol()),
            Self::Function { name, args } => match args.split_first() {
                Some((first, rest)) => {
                    write!(f, "{first}.{name}(")?;
                    list(f, rest)?;
                    f.write_str(")")
                }
                None => write!(f, "{name}()"),
            },
            Self::Aggregate { name, args } => match args.split_first() {
                Some((first, rest)) => {
                    write!(f, "{first}.{name}(")?;
                    list(f, rest)?;
                    f.write_str(")")
                }
                None => write!(f, "{name}()"),
            },
            Self::When { predicate, then, otherwise } => {
                write!(f, "when({predicate}).then({then}).otherwise({otherwise})")
            }
            Self::Over { input, partition_by, .. } => {
                write!(f, "{input}.over([")?;
                list(f, partition_by)?;
                f.write_str("])")
            }
            Self::Filter { input, predicate } => write!(f, "{input}.filter({predicate})"),
            Self::Lists { input, body, as_lists } => {
                write!(f, "{input}.list.{}({body})", if *as_lists { "eval" } else { "agg" })
            }
            Self::Map { function, args } => {
                write!(f, "{function:?}(")?;
                list(f, args)?;
                f.write_str(")")
            }
            Self::Rename { input, rename } => write!(f, "{input}.name.{rename}"),
            Self::Selector(selector) => write!(f, "{selector}"),
            Self::Len => f.write_str("len()"),
        }
    }
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::DynInt(v) => write!(f, "{v}"),
            Self::DynFloat(bits) => write!(f, "{:?}", f64::from_bits(*bits)),
            Self::Scalar(scalar) => write_value(f, &scalar.value, &scalar.dtype),
            Self::Column(literal) => write!(f, "Series({:?}, {} rows)", literal.name, literal.column.len()),
        }
    }
}

fn write_value(
    f: &mut std::fmt::Formatter<'_>,
    value: &hypostyle_core::Value,
    dtype: &hypostyle_core::DataType,
) -> std::fmt::Result {
    use hypostyle_core::{DataType, Value};
    match (value, dtype) {
        (Value::Null, _) => f.write_str("null"),
        (Value::Boolean(v), _) => write!(f, "{v}"),
        (Value::Int(v), DataType::Date) => {
            let mut text = String::new();
            hypostyle_kernels::cast::date_text(&mut text, *v as i32);
            f.write_str(&text)
        }
        (Value::Int(v), DataType::Datetime(unit, zone)) => {
            let mut text = String::new();
            hypostyle_kernels::cast::datetime_text(&mut text, *v as i64, *unit, zone.as_deref());
            f.write_str(&text)
        }
        (Value::Int(v), _) => write!(f, "{v}"),
        (Value::Float(v), _) => write!(f, "{v:?}"),
        (Value::String(v), _) => write!(f, "{v:?}"),
        (Value::Binary(v), _) => write!(f, "b{:?}", String::from_utf8_lossy(v)),
        (Value::List(items), DataType::List(inner)) => {
            f.write_str("[")?;
            for (i, item) in items.iter().enumerate() {
                if i == 8 {
                    return write!(f, ", … {} more]", items.len() - i);
                }
                if i > 0 {
                    f.write_str(", ")?;
                }
                write_value(f, item, inner)?;
            }
            f.write_str("]")
        }
        (Value::List(items), _) => write!(f, "{{{} fields}}", items.len()),
    }
}

#[cfg(test)]
mod tests {
    use crate::dsl::{col, date, list, lit, when};
    use crate::expr::Expr;

    #[test]
    fn what_is_written_out_is_read_back() {
        let expr = when(col("a").is_in(list([1i64, 2])).and(col("d").gt(date(2020, 1, 31))))
            .then(col("s").str().contains("x.y"))
            .otherwise(lit(f64::NAN).is_nan())
            .over([col("k")])
            .alias("out");
        let text = serde_json::to_string(&expr).unwrap();
        assert_eq!(serde_json::from_str::<Expr>(&text).unwrap(), expr);
    }

    #[test]
    fn a_column_of_the_user_is_opaque() {
        let column = crate::dsl::column("c", hypostyle_core::Column::from_vec(vec![1i64]));
        assert!(serde_json::to_string(&column).is_err());
        assert_eq!(column, column.clone());
    }
}
