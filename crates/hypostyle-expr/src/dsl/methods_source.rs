//! The text of the files in `methods/`, made from the catalog. The test fails where a file is another one; with
//! `HYPOSTYLE_UPDATE=1` it writes them.

use std::fmt::Write as _;

use crate::bound::Extent;
use crate::column_text::is_constant;
use crate::docs::{Entry, EntryKind, entries};
use crate::functions::{self, Function, OptionType, Param, ParamDefault, ParamKind};

const HEADER: &str = "//! Methods for entries of the catalog that need nothing arranged, made from them by the test in\n\
    //! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.\n";

/// Which entries a file has.
type Holds = fn(&Entry) -> bool;

/// Where the entries of a family are methods: prefix and choice of the entries, the class, the file of the methods
/// made here, and the file of those written by hand.
const HOMES: &[(&str, Holds, &str, &str, &str)] = &[
    ("", works_by_row, "Expr", "columns", include_str!("mod.rs")),
    ("", sees_other_rows, "Expr", "sequences", include_str!("mod.rs")),
    ("", is_over_windows, "Expr", "windows", include_str!("mod.rs")),
    ("", is_aggregate, "Expr", "aggregates", include_str!("mod.rs")),
    ("str.", is_call, "StringNameSpace", "strings", include_str!("namespaces.rs")),
    ("dt.", is_call, "DateNameSpace", "dates", include_str!("namespaces.rs")),
    ("list.", is_call, "ListNameSpace", "lists", include_str!("namespaces.rs")),
    ("bin.", is_call, "BinaryNameSpace", "bytes", include_str!("namespaces.rs")),
    ("arr.", is_call, "ArrayNameSpace", "arrays", include_str!("namespaces.rs")),
];

fn is_call(entry: &Entry) -> bool {
    entry.kind != EntryKind::Composition
}

fn is_aggregate(entry: &Entry) -> bool {
    entry.kind == EntryKind::Aggregate
}

fn extent(entry: &Entry) -> Option<Extent> {
    functions::find(entry.name).ok().filter(|_| entry.kind == EntryKind::Function).map(Function::extent)
}

fn works_by_row(entry: &Entry) -> bool {
    extent(entry) == Some(Extent::Row)
}

fn sees_other_rows(entry: &Entry) -> bool {
    extent(entry).is_some_and(|extent| extent != Extent::Row) && !is_over_windows(entry)
}

/// Whether it has rows, or weights, of windows that move.
fn is_over_windows(entry: &Entry) -> bool {
    ["rolling_", "ewm_"].iter().any(|family| entry.name.starts_with(family))
}

/// Operators, and functions whose first argument is not what a method is called on.
const NO_METHODS: &[&str] = &[
    "neg",
    "not",
    "cov",
    "corr",
    "date",
    "datetime",
    "int_ranges",
    "date_ranges",
    "datetime_ranges",
    "time_ranges",
    "business_day_count",
    "concat_arr",
];

/// The text of the file of a family.
fn generated(prefix: &str, holds: Holds, home: &str, source: &str) -> String {
    let methods: Vec<String> = entries()
        .into_iter()
        .filter(holds)
        .filter(|entry| match prefix.is_empty() {
            true => !entry.name.contains('.'),
            false => entry.name.starts_with(prefix),
        })
        .filter(|entry| !is_written(entry, prefix, home, source))
        .filter_map(|entry| method(&entry, prefix))
        .collect();
    let methods = methods.join("\n");
    let mut imports: Vec<&str> =
        ["aggregate", "call", "lit", "null"].into_iter().filter(|name| uses(&methods, name)).collect();
    if !prefix.is_empty() {
        imports.insert(0, home);
    }
    let imports = match &imports[..] {
        [one] => (*one).to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    };
    format!("{HEADER}\nuse super::super::{imports};\nuse crate::expr::Expr;\n\nimpl {home} {{\n{methods}}}\n")
}

/// Whether code calls a function, or hands it over. What stands in docs is no code.
fn uses(text: &str, name: &str) -> bool {
    text.lines().filter(|line| !line.trim_start().starts_with("///")).any(|line| {
        line.match_indices(name).any(|(at, _)| {
            line[at + name.len()..].starts_with(['(', ')', ',']) && line[..at].ends_with([' ', '[', '('])
        })
    })
}

/// Whether an entry has a method that was written by hand.
fn is_written(entry: &Entry, prefix: &str, home: &str, source: &str) -> bool {
    let method = entry.name.trim_start_matches(prefix);
    if prefix.is_empty() {
        return NO_METHODS.contains(&method) || source.contains(&format!("pub fn {method}(self"));
    }
    let own = source.split("\nimpl ").find(|text| text.starts_with(home)).unwrap_or_default();
    own.contains(&format!("pub fn {method}(self"))
}

/// A parameter of a method: its type, and as what the method gives it to the entry.
fn parameter(param: &Param) -> Option<(&'static str, String)> {
    let name = param.name;
    Some(match param.kind {
        ParamKind::Column | ParamKind::Values | ParamKind::Scalar => {
            ("impl Into<Expr>", format!("{name}.into()"))
        }
        ParamKind::OptionalColumn(default) => {
            let default = match default {
                ParamDefault::Boolean(value) => format!("|| lit({value})"),
                ParamDefault::Integer(value) => format!("|| lit({value})"),
                ParamDefault::Float(value) => format!("|| lit({value:?})"),
                ParamDefault::String(value) => format!("|| lit({value:?})"),
                ParamDefault::Null | ParamDefault::Required => "null".to_owned(),
            };
            ("Option<Expr>", format!("{name}.unwrap_or_else({default})"))
        }
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
            match kind.starts_with("Option") {
                true => (kind, format!("{name}.map_or_else(null, lit)")),
                false => (kind, format!("lit({name})")),
            }
        }
    })
}

/// What an example gives for a parameter, in Rust.
fn argument(kind: &str, param: &Param, given: Option<&str>) -> String {
    let number = |text: &str| text.parse::<i64>().is_ok();
    match (kind, given) {
        ("impl Into<Expr>", None | Some("null")) => "null()".to_owned(),
        ("impl Into<Expr>", Some(text)) => {
            match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(values) => {
                    let values = values.split(", ");
                    let values: Vec<String> =
                        values.map(|v| if number(v) { format!("{v}i64") } else { v.to_owned() }).collect();
                    format!("list([{}])", values.join(", "))
                }
                None => text.to_owned(),
            }
        }
        ("Option<Expr>", Some(text)) if text.starts_with("col(") => format!("Some({text})"),
        ("Option<Expr>", Some(text)) => format!("Some(lit({text}))"),
        (kind, Some(text)) if kind.starts_with("Option") => format!("Some({text})"),
        (kind, None) if kind.starts_with("Option") => "None".to_owned(),
        (_, Some(text)) => text.to_owned(),
        (_, None) => match param.kind {
            ParamKind::Option(_, ParamDefault::Boolean(value)) => value.to_string(),
            ParamKind::Option(_, ParamDefault::Integer(value)) => value.to_string(),
            ParamKind::Option(_, ParamDefault::Float(value)) => format!("{value:?}"),
            ParamKind::Option(_, ParamDefault::String(value)) => format!("{value:?}"),
            _ => "null()".to_owned(),
        },
    }
}

/// A text in Rust.
fn quoted(text: &str) -> String {
    if text.contains('"') { format!("r#\"{text}\"#") } else { format!("\"{text}\"") }
}

/// The example of an entry as a test in the docs of its method.
fn example(entry: &Entry, method: &str, prefix: &str, kinds: &[&str]) -> String {
    let example = &entry.docs.example;
    let mut names = 'a'..='z';
    let given: Vec<String> = example
        .args
        .iter()
        .map(|text| match is_constant(text) {
            true => (*text).to_owned(),
            false => format!("col(\"{}\")", names.next().unwrap_or('z')),
        })
        .collect();
    let others = entry.params.iter().skip(1).zip(kinds).enumerate();
    let others: Vec<String> = others
        .map(|(i, (param, kind))| argument(kind, param, given.get(i + 1).map(String::as_str)))
        .collect();
    let namespace = match prefix {
        "" => String::new(),
        prefix => format!(".{}()", prefix.trim_end_matches('.')),
    };
    let call = format!("{}{namespace}.{method}({})", given[0], others.join(", "));
    let columns: Vec<String> = example.columns().map(quoted).collect();
    let mut imports = vec!["col"];
    imports.extend(["list", "lit", "null"].iter().filter(|name| {
        call.match_indices(&format!("{name}(")).any(|(at, _)| !call[..at].ends_with(['.', '_']))
    }));
    let imports = match &imports[..] {
        [one] => (*one).to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    };
    let lines = [
        "```".to_owned(),
        format!("use hypostyle_expr::{{column_text::show, dsl::{imports}}};"),
        String::new(),
        format!("let x = show({call}, &[{}])?;", columns.join(", ")),
        format!("assert_eq!(x, {});", quoted(example.result)),
        "# Ok::<(), hypostyle_core::Error>(())".to_owned(),
        "```".to_owned(),
    ];
    lines.map(|line| format!("    /// {line}").trim_end().to_owned() + "\n").concat()
}

/// The method of an entry; `None` if its arguments take more than a type each.
fn method(entry: &Entry, prefix: &str) -> Option<String> {
    let name = entry.name;
    let (first, others) = entry.params.split_first()?;
    if first.kind != ParamKind::Column {
        return None;
    }
    let (mut parameters, mut arguments, mut kinds) = (String::new(), String::new(), Vec::new());
    for param in others {
        let (kind, argument) = parameter(param)?;
        let _ = write!(parameters, ", {}: {kind}", param.name);
        let _ = write!(arguments, ", {argument}");
        kinds.push(kind);
    }
    let (method, receiver) = match prefix {
        "" => (name, "self"),
        _ => (name.trim_start_matches(prefix), "self.0"),
    };
    let mut doc = format!("    /// {}\n", entry.docs.description);
    for param in others {
        if let ParamKind::Option(OptionType::Choice(choices), _) = param.kind {
            let choices: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
            let _ = writeln!(doc, "    ///\n    /// `{}` is one of {}.", param.name, choices.join(", "));
        }
    }
    let _ = write!(doc, "    ///\n{}", example(entry, method, prefix, &kinds));
    let call = if entry.kind == EntryKind::Aggregate { "aggregate" } else { "call" };
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
    for (prefix, holds, home, file, source) in HOMES {
        let path = format!("{}/src/dsl/methods/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let expected = generated(prefix, *holds, home, source);
        if std::env::var_os("HYPOSTYLE_UPDATE").is_some() {
            std::fs::write(path, &expected).unwrap();
            continue;
        }
        let found = std::fs::read_to_string(&path).unwrap();
        assert_eq!(plain(&found), plain(&expected), "HYPOSTYLE_UPDATE=1 makes {path} anew");
    }
}

/// Every entry can be called from Rust by a method, an operator or a function of its own.
#[test]
fn every_entry_has_a_name_in_rust() {
    let sources = [
        include_str!("mod.rs"),
        include_str!("namespaces.rs"),
        include_str!("methods/columns.rs"),
        include_str!("methods/sequences.rs"),
        include_str!("methods/windows.rs"),
        include_str!("methods/aggregates.rs"),
        include_str!("methods/strings.rs"),
        include_str!("methods/dates.rs"),
        include_str!("methods/lists.rs"),
        include_str!("methods/bytes.rs"),
        include_str!("methods/arrays.rs"),
        include_str!("intervals.rs"),
        include_str!("ranges.rs"),
    ]
    .concat();
    let mentioned = |name: &str| {
        let short = name.split_once('.').map_or(name, |(_, method)| method);
        sources.contains(&format!("\"{name}\"")) || sources.contains(&format!("self.call(\"{short}\""))
    };
    let names =
        entries().into_iter().filter(|entry| entry.kind != EntryKind::Composition).map(|entry| entry.name);
    let without: Vec<_> = names.filter(|name| !mentioned(name)).collect();
    assert!(without.is_empty(), "{without:?}");
}
