//! The text of `methods.rs`, made from the catalogs of functions and aggregates. The test fails where the file is another one; with
//! `HYPOSTYLE_UPDATE=1` it writes the file.

use std::fmt::Write as _;

use crate::aggregates;
use crate::functions::{self, OptionType, Param, ParamDefault, ParamKind};

const HEADER: &str = "//! Methods for entries of the catalogs that need nothing arranged, made from their entries by the test in\n\
    //! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.\n";

/// Where the functions of a family are methods, and the files with methods that were written by hand.
const HOMES: &[(&str, &str, &str)] = &[
    ("", "Expr", include_str!("mod.rs")),
    ("str.", "StringNameSpace", include_str!("namespaces.rs")),
    ("dt.", "DateNameSpace", include_str!("namespaces.rs")),
    ("list.", "ListNameSpace", include_str!("namespaces.rs")),
    ("bin.", "BinaryNameSpace", include_str!("namespaces.rs")),
];

/// What an entry of a catalog says of itself.
struct Entry {
    name: &'static str,
    params: &'static [Param],
    description: &'static str,
    /// The function that makes the call.
    call: &'static str,
}

fn entries() -> Vec<Entry> {
    let functions = functions::names().into_iter().filter_map(|name| functions::find(name).ok());
    let functions = functions.map(|f| Entry {
        name: f.name(),
        params: f.params(),
        description: f.description(),
        call: "call",
    });
    let aggregates = aggregates::names().into_iter().filter_map(|name| aggregates::find(name).ok());
    let aggregates = aggregates.map(|a| Entry {
        name: a.name(),
        params: a.params(),
        description: a.description(),
        call: "aggregate",
    });
    functions.chain(aggregates).collect()
}

/// Operators, and functions whose first argument is not what a method is called on.
const NO_METHODS: &[&str] =
    &["neg", "not", "date", "datetime", "int_ranges", "date_ranges", "datetime_ranges", "time_ranges"];

fn generated() -> String {
    let mut out = HEADER.to_owned();
    out.push_str(
        "\nuse super::{BinaryNameSpace, DateNameSpace, ListNameSpace, StringNameSpace, aggregate, call, lit, null};\n",
    );
    out.push_str("use crate::expr::Expr;\n");
    for (prefix, home, source) in HOMES {
        let methods: Vec<String> = entries()
            .into_iter()
            .filter(|entry| match prefix.is_empty() {
                true => !entry.name.contains('.'),
                false => entry.name.starts_with(prefix),
            })
            .filter(|entry| !is_written(entry, prefix, home, source))
            .filter_map(|entry| method(&entry, prefix))
            .collect();
        if !methods.is_empty() {
            let _ = write!(out, "\nimpl {home} {{\n{}}}\n", methods.join("\n"));
        }
    }
    out
}

/// Whether an entry has a method that was written by hand.
fn is_written(entry: &Entry, prefix: &str, home: &str, source: &str) -> bool {
    let method = entry.name.trim_start_matches(prefix);
    if prefix.is_empty() {
        let listed = format!("{method} => \"{}\"", entry.name);
        return NO_METHODS.contains(&method)
            || source.contains(&format!("pub fn {method}("))
            || source.contains(&listed);
    }
    let own = source.split("\nimpl ").find(|text| text.starts_with(home)).unwrap_or_default();
    own.contains(&format!("pub fn {method}("))
}

/// The method of an entry; `None` if its arguments take more than a type each.
fn method(entry: &Entry, prefix: &str) -> Option<String> {
    let Entry { name, params, description, call } = entry;
    let (first, others) = params.split_first()?;
    if first.kind != ParamKind::Column {
        return None;
    }
    let (mut parameters, mut arguments) = (String::new(), String::new());
    for param in others {
        let (kind, argument) = match param.kind {
            ParamKind::Column | ParamKind::Values | ParamKind::Scalar => {
                ("impl Into<Expr>", format!("{}.into()", param.name))
            }
            ParamKind::OptionalColumn(_) => ("Option<Expr>", format!("{}.unwrap_or_else(null)", param.name)),
            ParamKind::Columns => return None,
            ParamKind::Option(accepts, default) => {
                let optional = default == ParamDefault::Null;
                let kind = match (accepts, optional) {
                    (OptionType::Boolean, _) => "bool",
                    (OptionType::Integer, false) => "i64",
                    (OptionType::Integer, true) => "Option<i64>",
                    (OptionType::Float, _) => "f64",
                    (OptionType::String | OptionType::Choice(_), false) => "&str",
                    (OptionType::String | OptionType::Choice(_), true) => "Option<&str>",
                    (OptionType::Booleans | OptionType::Any, _) => return None,
                };
                let argument = match kind.starts_with("Option") {
                    true => format!("{}.map_or_else(null, lit)", param.name),
                    false => format!("lit({})", param.name),
                };
                (kind, argument)
            }
        };
        let _ = write!(parameters, ", {}: {kind}", param.name);
        let _ = write!(arguments, ", {argument}");
    }
    let (method, receiver) = match prefix {
        "" => (*name, "self"),
        _ => (name.trim_start_matches(prefix), "self.0"),
    };
    let mut doc = format!("    /// {description}\n");
    for param in others {
        if let ParamKind::Option(OptionType::Choice(choices), _) = param.kind {
            let choices: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
            let _ = writeln!(doc, "    ///\n    /// `{}` is one of {}.", param.name, choices.join(", "));
        }
    }
    Some(format!(
        "{doc}    pub fn {method}(self{parameters}) -> Expr {{\n        {call}(\"{name}\", [{receiver}{arguments}])\n    }}\n"
    ))
}

/// A text without white space and the commas that formatting adds.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect()
}

#[test]
fn methods_are_those_of_the_catalog() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/dsl/methods.rs");
    let expected = generated();
    if std::env::var_os("HYPOSTYLE_UPDATE").is_some() {
        std::fs::write(path, &expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(path).unwrap();
    assert_eq!(plain(&found), plain(&expected), "HYPOSTYLE_UPDATE=1 makes the file anew");
}

/// Every entry can be called from Rust by a method, an operator or a function of its own.
#[test]
fn every_entry_has_a_name_in_rust() {
    let sources = [
        include_str!("mod.rs"),
        include_str!("namespaces.rs"),
        include_str!("methods.rs"),
        include_str!("ranges.rs"),
    ]
    .concat();
    let mentioned = |name: &str| {
        let short = name.split_once('.').map_or(name, |(_, method)| method);
        sources.contains(&format!("\"{name}\"")) || sources.contains(&format!("self.call(\"{short}\""))
    };
    let names = entries().into_iter().map(|entry| entry.name);
    let without: Vec<_> = names.filter(|name| !mentioned(name)).collect();
    assert!(without.is_empty(), "{without:?}");
}
