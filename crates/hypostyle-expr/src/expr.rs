//! The expression tree: plain data.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hypostyle_core::{Column, Scalar};
use hypostyle_kernels::cast::CastMode;
use serde::{Deserialize, Serialize};

use crate::deep::drop_deep;
use crate::expansion::Expansion;
use crate::functions;
use crate::map::UserFunction;
use crate::names::Rename;
use crate::rolling::RollingWindow;
use crate::selector::Selector;

/// An expression over the columns of a table.
#[derive(Debug, Serialize, Deserialize)]
pub enum Expr {
    /// The column of a name.
    Column(Arc<str>),
    /// A constant.
    Literal(Literal),
    /// The input under another name.
    Alias {
        #[serde(with = "crate::deep")]
        input: Arc<Expr>,
        name: Arc<str>,
    },
    /// The input as another type.
    Cast {
        #[serde(with = "crate::deep")]
        input: Arc<Expr>,
        dtype: hypostyle_core::DataType,
        mode: CastMode,
    },
    /// An operator with two sides.
    Binary {
        #[serde(with = "crate::deep")]
        left: Arc<Expr>,
        op: BinaryOp,
        #[serde(with = "crate::deep")]
        right: Arc<Expr>,
    },
    /// A function of the catalog ([`functions::find`]). Options are literal arguments.
    Function {
        name: Arc<str>,
        #[serde(with = "crate::deep")]
        args: Vec<Expr>,
    },
    /// An aggregate of the catalog ([`crate::aggregates::find`]). Options are literal arguments.
    Aggregate {
        name: Arc<str>,
        #[serde(with = "crate::deep")]
        args: Vec<Expr>,
    },
    /// `then` where the predicate is true, `otherwise` where it is false or null.
    When {
        #[serde(with = "crate::deep")]
        predicate: Arc<Expr>,
        #[serde(with = "crate::deep")]
        then: Arc<Expr>,
        #[serde(with = "crate::deep")]
        otherwise: Arc<Expr>,
    },
    /// The input computed for each group of rows that agree in `partition_by`.
    Over {
        #[serde(with = "crate::deep")]
        input: Arc<Expr>,
        #[serde(with = "crate::deep")]
        partition_by: Vec<Expr>,
        #[serde(with = "crate::deep")]
        order_by: Vec<OrderKey>,
        mapping: WindowMapping,
    },
    /// Rows of the input for which the predicate is true.
    Filter {
        #[serde(with = "crate::deep")]
        input: Arc<Expr>,
        #[serde(with = "crate::deep")]
        predicate: Arc<Expr>,
    },
    /// The input under a name made from its root's.
    Rename {
        #[serde(with = "crate::deep")]
        input: Arc<Expr>,
        rename: Rename,
    },
    /// Stands for every column that it selects.
    Selector(Selector),
    /// `body`, over the column `""`, for the values of each list of the input. The result is a list, or one value where
    /// the body gives one and `as_lists` is false.
    Lists {
        #[serde(with = "crate::deep")]
        input: Arc<Expr>,
        #[serde(with = "crate::deep")]
        body: Arc<Expr>,
        as_lists: bool,
    },
    /// The input for the rows that lie in the window of each row: one value, or a list.
    Rolling {
        #[serde(with = "crate::deep")]
        input: Arc<Expr>,
        #[serde(with = "crate::deep")]
        index: Arc<Expr>,
        window: RollingWindow,
    },
    /// Stands for the expressions that the types of its arguments say.
    Expand {
        #[serde(with = "crate::deep")]
        args: Vec<Expr>,
        expansion: Expansion,
    },
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
            Self::Function { args, .. }
            | Self::Aggregate { args, .. }
            | Self::Map { args, .. }
            | Self::Expand { args, .. } => args.iter().collect(),
            Self::Lists { input, .. } => vec![input],
            Self::When { predicate, then, otherwise } => vec![predicate, then, otherwise],
            Self::Over { input, partition_by, order_by, .. } => {
                let order = order_by.iter().map(|key| &key.expr);
                std::iter::once(&**input).chain(partition_by).chain(order).collect()
            }
            Self::Filter { input, predicate } => vec![input, predicate],
            Self::Rolling { input, index, .. } => vec![input, index],
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
            Self::Expand { args, expansion } => {
                Self::Expand { args: args.iter().map(f).collect(), expansion: expansion.clone() }
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
            Self::Rolling { input, index, window } => {
                Self::Rolling { input: arc(input), index: arc(index), window: window.clone() }
            }
        }
    }

    /// The tree rebuilt from the leaves up: `f` of every node whose inputs are done.
    #[recursive::recursive]
    pub fn transform_up(&self, f: &mut dyn FnMut(Expr) -> Expr) -> Expr {
        let rebuilt = self.map_children(&mut |child| child.transform_up(f));
        f(rebuilt)
    }

    /// Whether a node of the tree satisfies `f`.
    #[recursive::recursive]
    pub fn exists(&self, f: &mut dyn FnMut(&Expr) -> bool) -> bool {
        f(self) || self.children().into_iter().any(|child| child.exists(f))
    }

    /// Calls `f` with the name of every column that the tree reads.
    #[recursive::recursive]
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
        !self.exists(&mut |e| !e.is_row_by_row())
    }

    /// Whether the node itself works row by row, whatever its inputs do.
    pub fn is_row_by_row(&self) -> bool {
        match self {
            Self::Aggregate { .. }
            | Self::Over { .. }
            | Self::Filter { .. }
            | Self::Rolling { .. }
            | Self::Len => false,
            Self::Literal(Literal::Column(_)) => false,
            Self::Map { function, .. } => function.elementwise,
            Self::Function { name, .. } => {
                functions::find(name).is_ok_and(|f| f.extent() == crate::Extent::Row)
            }
            _ => true,
        }
    }

    /// Hashes the node without its inputs.
    pub fn hash_node<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Column(name) | Self::Alias { name, .. } => name.hash(state),
            Self::Literal(literal) => literal.hash(state),
            Self::Cast { dtype, mode, .. } => (dtype, mode).hash(state),
            Self::Binary { op, .. } => op.hash(state),
            Self::Function { name, args } | Self::Aggregate { name, args } => (name, args.len()).hash(state),
            Self::Over { partition_by, order_by, mapping, .. } => {
                (partition_by.len(), order_by.len(), mapping).hash(state);
                order_by.iter().for_each(|key| (key.descending, key.nulls_last).hash(state));
            }
            Self::Rename { rename, .. } => rename.hash(state),
            Self::Rolling { window, .. } => window.hash(state),
            Self::Selector(selector) => selector.hash(state),
            Self::Lists { body, as_lists, .. } => (body, as_lists).hash(state),
            Self::Map { function, args } => (function, args.len()).hash(state),
            Self::Expand { expansion, args } => (expansion, args.len()).hash(state),
            Self::When { .. } | Self::Filter { .. } | Self::Len => {}
        }
    }

    /// Whether the nodes are the same without their inputs.
    fn same_node(&self, other: &Expr) -> bool {
        match (self, other) {
            (Self::Column(a), Self::Column(b)) => a == b,
            (Self::Literal(a), Self::Literal(b)) => a == b,
            (Self::Alias { name: a, .. }, Self::Alias { name: b, .. }) => a == b,
            (Self::Cast { dtype: a, mode: b, .. }, Self::Cast { dtype: x, mode: y, .. }) => (a, b) == (x, y),
            (Self::Binary { op: a, .. }, Self::Binary { op: b, .. }) => a == b,
            (Self::Function { name: a, .. }, Self::Function { name: b, .. })
            | (Self::Aggregate { name: a, .. }, Self::Aggregate { name: b, .. }) => a == b,
            (
                Self::Over { partition_by: a, order_by: b, mapping: c, .. },
                Self::Over { partition_by: x, order_by: y, mapping: z, .. },
            ) => {
                let order = |keys: &[OrderKey]| -> Vec<(bool, bool)> {
                    keys.iter().map(|key| (key.descending, key.nulls_last)).collect()
                };
                a.len() == x.len() && order(b) == order(y) && c == z
            }
            (Self::Rename { rename: a, .. }, Self::Rename { rename: b, .. }) => a == b,
            (Self::Rolling { window: a, .. }, Self::Rolling { window: b, .. }) => a == b,
            (Self::Selector(a), Self::Selector(b)) => a == b,
            (Self::Lists { body: a, as_lists: b, .. }, Self::Lists { body: x, as_lists: y, .. }) => {
                (a, b) == (x, y)
            }
            (Self::Map { function: a, .. }, Self::Map { function: b, .. }) => a == b,
            (Self::Expand { expansion: a, .. }, Self::Expand { expansion: b, .. }) => a == b,
            (Self::When { .. }, Self::When { .. })
            | (Self::Filter { .. }, Self::Filter { .. })
            | (Self::Len, Self::Len) => true,
            _ => false,
        }
    }

    /// Whether the tree has an aggregate, a user's function that is one, or counts rows.
    pub fn has_aggregate(&self) -> bool {
        self.exists(&mut |e| match e {
            Self::Map { function, .. } => function.returns_scalar,
            other => matches!(other, Self::Aggregate { .. } | Self::Len),
        })
    }

    /// Whether the tree calls a user's function.
    pub fn has_user_function(&self) -> bool {
        self.exists(&mut |e| matches!(e, Self::Map { .. }))
    }

    /// The sides of `&`, however deep; the expression itself if it is none.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        let (mut sides, mut waiting) = (Vec::new(), vec![self]);
        while let Some(expr) = waiting.pop() {
            match expr {
                Self::Binary { left, op: BinaryOp::And, right } => waiting.extend([&**right, &**left]),
                other => sides.push(other),
            }
        }
        sides
    }

    /// The tree without an outer alias.
    pub fn without_alias(&self) -> &Expr {
        let mut expr = self;
        while let Self::Alias { input, .. } = expr {
            expr = input;
        }
        expr
    }

    fn is_leaf(&self) -> bool {
        match self {
            Self::Column(_) | Self::Literal(_) | Self::Selector(_) | Self::Len => true,
            Self::Function { args, .. }
            | Self::Aggregate { args, .. }
            | Self::Map { args, .. }
            | Self::Expand { args, .. } => args.is_empty(),
            Self::Lists { .. }
            | Self::Alias { .. }
            | Self::Cast { .. }
            | Self::Binary { .. }
            | Self::When { .. }
            | Self::Over { .. }
            | Self::Filter { .. }
            | Self::Rolling { .. }
            | Self::Rename { .. } => false,
        }
    }
}

impl Clone for Expr {
    #[recursive::recursive]
    fn clone(&self) -> Self {
        match self {
            Self::Column(name) => Self::Column(name.clone()),
            Self::Literal(literal) => Self::Literal(literal.clone()),
            Self::Alias { input, name } => Self::Alias { input: input.clone(), name: name.clone() },
            Self::Cast { input, dtype, mode } => {
                Self::Cast { input: input.clone(), dtype: dtype.clone(), mode: *mode }
            }
            Self::Binary { left, op, right } => {
                Self::Binary { left: left.clone(), op: *op, right: right.clone() }
            }
            Self::Function { name, args } => Self::Function { name: name.clone(), args: args.clone() },
            Self::Aggregate { name, args } => Self::Aggregate { name: name.clone(), args: args.clone() },
            Self::When { predicate, then, otherwise } => {
                Self::When { predicate: predicate.clone(), then: then.clone(), otherwise: otherwise.clone() }
            }
            Self::Over { input, partition_by, order_by, mapping } => Self::Over {
                input: input.clone(),
                partition_by: partition_by.clone(),
                order_by: order_by.clone(),
                mapping: *mapping,
            },
            Self::Filter { input, predicate } => {
                Self::Filter { input: input.clone(), predicate: predicate.clone() }
            }
            Self::Rolling { input, index, window } => {
                Self::Rolling { input: input.clone(), index: index.clone(), window: window.clone() }
            }
            Self::Lists { input, body, as_lists } => {
                Self::Lists { input: input.clone(), body: body.clone(), as_lists: *as_lists }
            }
            Self::Map { function, args } => Self::Map { function: function.clone(), args: args.clone() },
            Self::Expand { args, expansion } => {
                Self::Expand { args: args.clone(), expansion: expansion.clone() }
            }
            Self::Rename { input, rename } => Self::Rename { input: input.clone(), rename: rename.clone() },
            Self::Selector(selector) => Self::Selector(selector.clone()),
            Self::Len => Self::Len,
        }
    }
}

impl PartialEq for Expr {
    #[recursive::recursive]
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || self.same_node(other) && {
                let (a, b) = (self.children(), other.children());
                a.len() == b.len() && a.into_iter().zip(b).all(|(x, y)| x == y)
            }
    }
}

impl Eq for Expr {}

impl Hash for Expr {
    #[recursive::recursive]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash_node(state);
        self.children().into_iter().for_each(|child| child.hash(state));
    }
}

/// Trees may be deep, and drop glue would need a stack as deep: inputs that this expression alone holds, and that have
/// inputs themselves, are dropped one level at a time on a stack that grows.
impl Drop for Expr {
    fn drop(&mut self) {
        let release = |input: &mut Arc<Expr>| {
            if Arc::get_mut(input).is_some_and(|inner| !inner.is_leaf()) {
                drop_deep(std::mem::replace(input, leaf()));
            }
        };
        let release_all = |inputs: &mut Vec<Expr>| {
            if inputs.iter().any(|input| !input.is_leaf()) {
                drop_deep(std::mem::take(inputs));
            }
        };
        match self {
            Self::Column(_) | Self::Literal(_) | Self::Selector(_) | Self::Len => {}
            Self::Alias { input, .. } | Self::Cast { input, .. } | Self::Rename { input, .. } => {
                release(input)
            }
            Self::Binary { left, right, .. } => {
                release(left);
                release(right);
            }
            Self::Function { args, .. }
            | Self::Aggregate { args, .. }
            | Self::Map { args, .. }
            | Self::Expand { args, .. } => release_all(args),
            Self::Lists { input, body, .. } => {
                release(input);
                release(body);
            }
            Self::When { predicate, then, otherwise } => {
                [predicate, then, otherwise].into_iter().for_each(release);
            }
            Self::Over { input, partition_by, order_by, .. } => {
                release(input);
                release_all(partition_by);
                if order_by.iter().any(|key| !key.expr.is_leaf()) {
                    drop_deep(std::mem::take(order_by));
                }
            }
            Self::Rolling { input, index, .. } => {
                release(input);
                release(index);
            }
            Self::Filter { input, predicate } => {
                release(input);
                release(predicate);
            }
        }
    }
}

/// An expression that stands where another was.
fn leaf() -> Arc<Expr> {
    static LEAF: std::sync::LazyLock<Arc<Expr>> = std::sync::LazyLock::new(|| Arc::new(Expr::Len));
    Arc::clone(&LEAF)
}

impl std::fmt::Display for Expr {
    #[recursive::recursive]
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
            Self::Rolling { input, index, window } => write!(f, "{input}.rolling({index}, {window})"),
            Self::Lists { input, body, as_lists } => {
                write!(f, "{input}.list.{}({body})", if *as_lists { "eval" } else { "agg" })
            }
            Self::Map { function, args } => {
                write!(f, "{function:?}(")?;
                list(f, args)?;
                f.write_str(")")
            }
            Self::Expand { args, expansion } => {
                write!(f, "{expansion}(")?;
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
        (Value::UInt128(v), _) => write!(f, "{v}"),
        (Value::Float(v), _) => write!(f, "{v:?}"),
        (Value::String(v), _) => write!(f, "{v:?}"),
        (Value::Binary(v), _) => write!(f, "b{:?}", String::from_utf8_lossy(v)),
        (Value::List(items), DataType::List(inner) | DataType::Array(inner, _)) => {
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
