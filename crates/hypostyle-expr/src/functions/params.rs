//! The parameters of a function or aggregate: their names, which take values of rows and which are options, and what
//! an option is where it is not given.

use hypostyle_core::{DataType, Error, Result, Scalar};

/// A parameter. Made by the functions of this module, in the entry of a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Param {
    /// The name, as in Python.
    pub name: &'static str,
    /// What is given for it.
    pub kind: ParamKind,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamKind {
    /// A value for each row; one value stands for all rows.
    Column,
    /// The same, which may be left out and is then this value.
    OptionalColumn(Default),
    /// Any number of columns.
    Columns,
    /// Values of their own, any number of them: row numbers to gather, for example.
    Values,
    /// One value for each group of rows, which may be computed. It may be left out.
    Scalar,
    /// A constant that is known when the expression is bound.
    Option(OptionType, Default),
}

/// What kind of constant an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionType {
    /// true, false
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A string.
    String,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// A list of true and false, one for each column that it speaks of.
    Booleans,
    /// Any constant: the function itself says which.
    Any,
}

/// What an option is where it is not given, or null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    /// It has to be given.
    Required,
    /// Null, which means whatever the function says.
    Null,
    /// true, false
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// A string.
    String(&'static str),
}

/// The parameters of a function of one column.
pub(crate) const UNARY: &[Param] = &[column("x")];

/// A value for each row.
pub(crate) const fn column(name: &'static str) -> Param {
    Param { name, kind: ParamKind::Column }
}

/// A value for each row, which may be left out.
pub(crate) const fn optional(name: &'static str) -> Param {
    optional_or(name, Default::Null)
}

/// A value for each row, which is this one where it is left out.
pub(crate) const fn optional_or(name: &'static str, default: Default) -> Param {
    Param { name, kind: ParamKind::OptionalColumn(default) }
}

/// Any number of columns.
pub(crate) const fn columns(name: &'static str) -> Param {
    Param { name, kind: ParamKind::Columns }
}

/// Values of their own.
pub(crate) const fn values(name: &'static str) -> Param {
    Param { name, kind: ParamKind::Values }
}

/// One value for each group of rows.
pub(crate) const fn scalar(name: &'static str) -> Param {
    Param { name, kind: ParamKind::Scalar }
}

/// A boolean option.
pub(crate) const fn flag(name: &'static str, default: bool) -> Param {
    option(name, OptionType::Boolean, Default::Boolean(default))
}

/// An integer option.
pub(crate) const fn integer(name: &'static str, default: i64) -> Param {
    option(name, OptionType::Integer, Default::Integer(default))
}

/// A string option, null where it is not given.
pub(crate) const fn text(name: &'static str) -> Param {
    option(name, OptionType::String, Default::Null)
}

/// A string option, this one where it is not given.
pub(crate) const fn text_or(name: &'static str, default: &'static str) -> Param {
    option(name, OptionType::String, Default::String(default))
}

/// One of these strings, the first where it is not given.
pub(crate) const fn choice(name: &'static str, choices: &'static [&'static str]) -> Param {
    option(name, OptionType::Choice(choices), Default::String(choices[0]))
}

/// Which ends belong to a range.
pub(crate) const CLOSED: Param = choice("closed", &["both", "left", "right", "none"]);

/// An option.
pub(crate) const fn option(name: &'static str, accepts: OptionType, default: Default) -> Param {
    Param { name, kind: ParamKind::Option(accepts, default) }
}

impl Param {
    /// Whether a call may leave it out.
    pub fn is_optional(&self) -> bool {
        match self.kind {
            ParamKind::Column | ParamKind::Values => false,
            ParamKind::OptionalColumn(_) | ParamKind::Columns | ParamKind::Scalar => true,
            ParamKind::Option(_, default) => default != Default::Required,
        }
    }

    /// The constant that a call gives for this option, or what it is by default; `function` is for messages.
    pub(crate) fn option_value(&self, function: &str, given: Option<&Scalar>) -> Result<Scalar> {
        let ParamKind::Option(accepts, default) = self.kind else {
            return Err(Error::internal(format!("`{}` of `{function}` is no option", self.name)));
        };
        // A null of a type says the type, to those who take any constant.
        let known = |given: &&Scalar| !given.is_null() || accepts == OptionType::Any;
        let Some(given) = given.filter(known) else {
            return default.scalar().ok_or_else(|| {
                Error::invalid_operation(format!("`{function}` needs a value for `{}`", self.name))
            });
        };
        if accepts.takes(&given.dtype) {
            if let (OptionType::Choice(choices), Some(text)) = (accepts, given.as_str())
                && !choices.contains(&text)
            {
                let choices: Vec<String> = choices.iter().map(|choice| format!("{choice:?}")).collect();
                return Err(Error::invalid_operation(format!(
                    "`{}` of `{function}` must be one of {}, not {text:?}",
                    self.name,
                    choices.join(", ")
                )));
            }
            return Ok(given.clone());
        }
        Err(Error::invalid_operation(format!(
            "`{}` of `{function}` takes {}, not {}",
            self.name,
            accepts.name(),
            given.dtype
        )))
    }
}

impl OptionType {
    fn takes(self, dtype: &DataType) -> bool {
        match self {
            Self::Boolean => *dtype == DataType::Boolean,
            Self::Integer => dtype.is_integer() || dtype.is_temporal(),
            Self::Float => dtype.is_numeric(),
            Self::String | Self::Choice(_) => dtype.is_textual(),
            Self::Booleans => match dtype {
                DataType::Boolean => true,
                DataType::List(inner) => matches!(**inner, DataType::Boolean | DataType::Null),
                _ => false,
            },
            Self::Any => true,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Integer => "an integer",
            Self::Float => "a number",
            Self::String | Self::Choice(_) => "a string",
            Self::Booleans => "a list of booleans",
            Self::Any => "a constant",
        }
    }
}

impl Default {
    /// The value; none where it has to be given.
    pub(crate) fn scalar(self) -> Option<Scalar> {
        Some(match self {
            Self::Required => return None,
            Self::Null => Scalar::null(DataType::Null),
            Self::Boolean(value) => value.into(),
            Self::Integer(value) => value.into(),
            Self::Float(value) => value.into(),
            Self::String(value) => value.into(),
        })
    }
}

/// Which parameter each of `given` arguments is for: as many of those in front of and behind [`ParamKind::Columns`] as
/// there are, which takes the others.
pub(crate) fn positions(params: &[Param], given: usize) -> impl Iterator<Item = usize> + '_ {
    let variadic = params.iter().position(|param| param.kind == ParamKind::Columns);
    (0..given).map(move |i| match variadic {
        Some(first) => {
            let behind = params.len() - first - 1;
            match i {
                i if i < first => i,
                i if i + behind >= given => params.len() + i - given,
                _ => first,
            }
        }
        None => i,
    })
}

/// Whether a number of arguments fits the parameters; an error that says how many do.
pub(crate) fn check_count(function: &str, params: &[Param], given: usize) -> Result<()> {
    let variadic = params.iter().any(|param| param.kind == ParamKind::Columns);
    // With any number of columns, options are told from them by their place: all are given.
    let least = match variadic {
        true => params.len() - 1,
        false => params.len() - params.iter().rev().take_while(|param| param.is_optional()).count(),
    };
    if given >= least && (variadic || given <= params.len()) {
        return Ok(());
    }
    let names: Vec<&str> = params.iter().map(|param| param.name).collect();
    let count = match (least, params.len()) {
        (least, _) if variadic => format!("at least {least}"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    Err(Error::invalid_operation(format!(
        "`{function}` takes {count} arguments ({}), {given} given",
        names.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_find_their_parameters() {
        let fixed = [column("x"), flag("literal", false)];
        assert_eq!(positions(&fixed, 1).collect::<Vec<_>>(), [0]);
        let last = [columns("exprs"), text("separator"), flag("ignore_nulls", false)];
        assert_eq!(positions(&last, 4).collect::<Vec<_>>(), [0, 0, 1, 2]);
        assert_eq!(positions(&last, 2).collect::<Vec<_>>(), [1, 2]);
        let middle = [column("x"), flag("descending", false), columns("by")];
        assert_eq!(positions(&middle, 4).collect::<Vec<_>>(), [0, 1, 2, 2]);
    }

    #[test]
    fn options_are_checked() {
        let error =
            |param: Param, given: Scalar| param.option_value("f", Some(&given)).unwrap_err().to_string();
        let method = choice("method", &["average", "min"]);
        assert_eq!(method.option_value("f", None).unwrap().as_str(), Some("average"));
        assert!(error(method, "best".into()).contains("must be one of \"average\", \"min\", not \"best\""));
        assert!(
            error(flag("strict", true), 1i64.into()).contains("`strict` of `f` takes true or false, not i64")
        );
        let required = option("zone", OptionType::String, Default::Required);
        assert!(required.option_value("f", None).is_err());
    }
}
