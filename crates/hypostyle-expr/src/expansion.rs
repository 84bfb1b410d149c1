//! Expressions that stand for several, or for others: what selectors and expansions become once the columns of a table and
//! their types are known.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hypostyle_core::{DataType, Error, Result, Schema};
use serde::{Deserialize, Serialize};

use crate::bind::bind;
use crate::expr::Expr;
use crate::selector::Selector;

/// What an expression stands for, by the types of its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expansion {
    /// All fields of a struct.
    Fields,
    /// The fields of a struct whose names match a regular expression.
    FieldsLike(Arc<str>),
    /// These fields of a struct, in its order.
    FieldsNamed(Vec<Arc<str>>),
    /// What a user's function makes of the arguments and their types; opaque.
    #[serde(skip)]
    Types(UserExpansion),
}

/// What a user's function makes of expressions and their types.
pub type ExpansionCall = dyn Fn(&[Expr], &[DataType]) -> Result<Expr> + Send + Sync;

/// A user's function of expressions and their types. Two are equal if they are the same object.
#[derive(Clone)]
pub struct UserExpansion(pub Arc<ExpansionCall>);

impl fmt::Debug for UserExpansion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function")
    }
}

impl PartialEq for UserExpansion {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for UserExpansion {}

impl Hash for UserExpansion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

impl fmt::Display for Expansion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fields => f.write_str("struct.unnest"),
            Self::FieldsLike(pattern) => write!(f, "struct.fields[{pattern}]"),
            Self::FieldsNamed(names) => write!(f, "struct.fields{names:?}"),
            Self::Types(_) => f.write_str("pipe_with_dtype"),
        }
    }
}

impl Expansion {
    /// The expressions for arguments of these types.
    fn of(&self, args: &[Expr], dtypes: &[DataType]) -> Result<Vec<Expr>> {
        if let Self::Types(function) = self {
            return Ok(vec![(function.0)(args, dtypes)?]);
        }
        let (Some(arg), Some(DataType::Struct(fields))) = (args.first(), dtypes.first()) else {
            let dtype = dtypes.first().map_or_else(|| "nothing".to_owned(), ToString::to_string);
            return Err(Error::invalid_operation(format!("{self} takes a struct, not {dtype}")));
        };
        let names = fields.iter().map(|field| Arc::clone(&field.name));
        let names = match self {
            Self::Fields | Self::Types(_) => names.collect(),
            Self::FieldsNamed(wanted) => {
                let has = |name: &&Arc<str>| fields.iter().any(|field| field.name == **name);
                if let Some(missing) = wanted.iter().find(|name| !has(name)) {
                    return Err(Error::column_not_found(missing, fields.iter().map(|field| &*field.name)));
                }
                names.filter(|name| wanted.contains(name)).collect()
            }
            Self::FieldsLike(pattern) => {
                let pattern = hypostyle_kernels::text::regex(pattern)?;
                names.filter(|name| pattern.is_match(name)).collect::<Vec<_>>()
            }
        };
        Ok(names.iter().map(|name| arg.clone().field(name)).collect())
    }
}

/// Replaces selectors by the columns they stand for: one expression becomes several. Selectors in one expression
/// go in step; those of one column are used for all.
pub fn expand(expr: &Expr, schema: &Schema) -> Result<Vec<Expr>> {
    if !stands_for_others(expr) {
        return Ok(vec![expr.clone()]);
    }
    let expr = &splice(expr, schema)?;
    let mut selectors: Vec<Selector> = Vec::new();
    expr.exists(&mut |e| {
        if let Expr::Selector(s) = e
            && !selectors.contains(s)
        {
            selectors.push(s.clone());
        }
        false
    });
    if selectors.is_empty() {
        return expand_by_types(expr, schema);
    }
    let resolved = selectors.iter().map(|s| s.resolve(schema)).collect::<Result<Vec<_>>>()?;
    let count = resolved.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(other) = resolved.iter().find(|names| names.len() != count && names.len() != 1) {
        return Err(Error::invalid_operation(format!(
            "the selectors of one expression select {count} and {} columns",
            other.len()
        )));
    }
    let exprs: Vec<Expr> = (0..count)
        .map(|i| {
            expr.transform_up(&mut |e| match &e {
                Expr::Selector(s) => {
                    let names = selectors.iter().position(|other| other == s).map(|k| &resolved[k]);
                    match names.and_then(|names| names.get(i.min(names.len() - 1))) {
                        Some(name) => Expr::Column(name.clone()),
                        None => e,
                    }
                }
                _ => e,
            })
        })
        .collect();
    let mut expanded = Vec::with_capacity(count);
    for expr in &exprs {
        expanded.extend(expand_by_types(expr, schema)?);
    }
    Ok(expanded)
}

/// Replaces expansions, the innermost first, by the expressions that the types of their arguments say.
#[recursive::recursive]
fn expand_by_types(expr: &Expr, schema: &Schema) -> Result<Vec<Expr>> {
    // Found last is innermost: nodes are visited before their inputs.
    let mut innermost = None;
    expr.exists(&mut |e| {
        if matches!(e, Expr::Expand { .. }) {
            innermost = Some(e.clone());
        }
        false
    });
    let Some(node) = innermost else { return Ok(vec![expr.clone()]) };
    let Expr::Expand { args, expansion } = &node else { return Ok(vec![expr.clone()]) };
    let dtypes = args.iter().map(|arg| Ok(bind(arg, schema)?.dtype().clone())).collect::<Result<Vec<_>>>()?;
    let mut expanded = Vec::new();
    for with in expansion.of(args, &dtypes)? {
        let expr = expr.transform_up(&mut |e| if e == node { with.clone() } else { e });
        expanded.extend(expand_by_types(&expr, schema)?);
    }
    Ok(expanded)
}

/// Whether there is a selector or an expansion in an expression.
fn stands_for_others(expr: &Expr) -> bool {
    expr.exists(&mut |e| matches!(e, Expr::Selector(_) | Expr::Expand { .. }))
}

/// Horizontal functions, wherever they stand, read all their arguments as one set: what stands for several expressions among
/// them becomes several arguments.
fn splice(expr: &Expr, schema: &Schema) -> Result<Expr> {
    let mut failed = None;
    let spliced = |name: &Arc<str>, args: &[Expr]| -> Result<Option<Expr>> {
        if !args.iter().any(stands_for_others) || !crate::functions::find(name)?.is_variadic() {
            return Ok(None);
        }
        let args = args.iter().map(|arg| expand(arg, schema)).collect::<Result<Vec<_>>>()?.concat();
        Ok(Some(Expr::Function { name: name.clone(), args }))
    };
    let expr = expr.transform_up(&mut |e| match &e {
        Expr::Function { name, args } => match spliced(name, args) {
            Ok(Some(expr)) => expr,
            Ok(None) => e,
            Err(error) => {
                failed.get_or_insert(error);
                e
            }
        },
        _ => e,
    });
    failed.map_or(Ok(expr), Err)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Field;

    use super::*;
    use crate::dsl::{all, call, col, lit};

    fn expanded(expr: &Expr) -> Result<Vec<String>> {
        let fields = ["x", "yy"].map(|name| Field::new(name, DataType::Int64)).to_vec();
        let s = |name: &str| Field::new(name, DataType::Struct(fields.clone()));
        let schema = Schema::try_new(vec![s("s"), s("t")])?;
        Ok(expand(expr, &schema)?.iter().map(ToString::to_string).collect())
    }

    fn expansion(expr: Expr, expansion: Expansion) -> Expr {
        Expr::Expand { args: vec![expr], expansion }
    }

    #[test]
    fn fields_of_structs() {
        let fields = |expr: Expr| expansion(expr, Expansion::Fields);
        let x = |column: &str, name: &str| col(column).field(name).to_string();
        assert_eq!(expanded(&fields(col("s"))).unwrap(), [x("s", "x"), x("s", "yy")]);
        assert_eq!(expanded(&fields(all())).unwrap(), [x("s", "x"), x("s", "yy"), x("t", "x"), x("t", "yy")]);
        let like = expansion(col("s"), Expansion::FieldsLike("^y".into()));
        assert_eq!(expanded(&like.sum()).unwrap(), [format!("{}.sum()", x("s", "yy"))]);
        let named = expansion(col("s"), Expansion::FieldsNamed(vec!["yy".into(), "x".into()]));
        assert_eq!(expanded(&named).unwrap(), [x("s", "x"), x("s", "yy")]);
        assert!(expanded(&expansion(col("s"), Expansion::FieldsNamed(vec!["z".into()]))).is_err());
        let largest = call("max_horizontal", [fields(col("s"))]);
        let both = call("max_horizontal", [col("s").field("x"), col("s").field("yy")]);
        assert_eq!(expanded(&largest).unwrap(), [both.to_string()]);
        assert!(expanded(&fields(lit(1))).is_err());
    }

    #[test]
    fn sets_of_columns_within_other_expressions() {
        let null = |name: &str| col(name).is_null();
        let any = |args: Vec<Expr>| call("any_horizontal", args);
        let every = any(vec![all().is_null()]);
        let both = || any(vec![null("s"), null("t")]);
        assert_eq!(expanded(&every.clone().eq(lit(false))).unwrap(), [both().eq(lit(false)).to_string()]);
        let nested = any(vec![every.clone(), all().is_null()]);
        assert_eq!(expanded(&nested).unwrap(), [any(vec![both(), null("s"), null("t")]).to_string()]);
        // Beside the set, a selector stands for one column at a time.
        let beside = null("s").eq(both()).to_string();
        assert_eq!(expanded(&all().is_null().eq(every)).unwrap(), [beside, null("t").eq(both()).to_string()]);
    }

    #[test]
    fn by_types() {
        let by_type = UserExpansion(Arc::new(|args: &[Expr], dtypes: &[DataType]| match &dtypes[0] {
            DataType::Int64 => Ok(args[0].clone() + 1),
            _ => Ok(args[0].clone()),
        }));
        let typed = |expr: Expr| expansion(expr, Expansion::Types(by_type.clone()));
        assert_eq!(expanded(&typed(col("s"))).unwrap(), [col("s").to_string()]);
        let both = typed(expansion(col("s"), Expansion::FieldsLike("x".into())));
        let x = col("s").field("x");
        assert_eq!(expanded(&both).unwrap(), [(x + 1).to_string()]);
    }
}
