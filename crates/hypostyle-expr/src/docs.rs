//! What people read of an entry of the catalog: a sentence, its names in SQL, and an example that tests run.

use hypostyle_core::Result;

use crate::aggregates;
use crate::column_text::{constant, is_constant, show};
use crate::compositions;
use crate::dsl::{aggregate, call, col};
use crate::expr::Expr;
use crate::functions::{self, Param};

/// What people read of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Docs {
    /// What it gives, in a sentence.
    pub description: &'static str,
    /// The names under which SQL (DuckDB's, or that of Polars) calls it with the same arguments.
    pub sql: &'static [&'static str],
    /// A call and its result.
    pub example: Example,
}

impl Docs {
    /// A sentence alone.
    pub(crate) const fn new(description: &'static str) -> Self {
        Self { description, sql: &[], example: Example { args: &[], result: "" } }
    }

    /// The same with names in SQL.
    pub(crate) const fn sql(mut self, names: &'static [&'static str]) -> Self {
        self.sql = names;
        self
    }

    /// The same with an example.
    pub(crate) const fn example(mut self, args: &'static [&'static str], result: &'static str) -> Self {
        self.example = Example { args, result };
        self
    }
}

/// A call of an entry and what it gives. Columns are written as type and values (`i64 [1, null]`), constants as in Rust.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The arguments, in the order of the parameters.
    pub args: &'static [&'static str],
    /// Type and values of the result.
    pub result: &'static str,
}

impl Example {
    /// The texts of its columns, which the call knows as `a`, `b`, …
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.args.iter().copied().filter(|arg| !is_constant(arg))
    }
}

/// What kind of entry it is, which says how an expression calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// [`functions`]
    Function,
    /// [`aggregates`]
    Aggregate,
    /// [`compositions`]
    Composition,
}

impl EntryKind {
    /// `function`, `aggregate`, `composition`
    pub fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Aggregate => "aggregate",
            Self::Composition => "composition",
        }
    }
}

/// An entry of any kind.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name in the catalog.
    pub name: &'static str,
    /// What kind of entry it is.
    pub kind: EntryKind,
    /// The parameters, in order.
    pub params: &'static [Param],
    /// What people read of it.
    pub docs: &'static Docs,
}

impl Entry {
    /// The call of its example, over columns `a`, `b`, …
    ///
    /// # Errors
    /// If an argument is not written as it should be.
    pub fn example_call(&self) -> Result<Expr> {
        let mut names = 'a'..='z';
        let args = self.docs.example.args.iter().map(|&arg| match is_constant(arg) {
            true => constant(arg),
            false => Ok(col(&names.next().unwrap_or('z').to_string())),
        });
        let args = args.collect::<Result<Vec<Expr>>>()?;
        match self.kind {
            EntryKind::Function => Ok(call(self.name, args)),
            EntryKind::Aggregate => Ok(aggregate(self.name, args)),
            EntryKind::Composition => match compositions::find(self.name) {
                Some(composition) => composition.expand(args),
                None => Ok(call(self.name, args)),
            },
        }
    }

    /// What the call of its example gives.
    ///
    /// # Errors
    /// If the call fails.
    pub fn example_result(&self) -> Result<String> {
        let columns: Vec<&str> = self.docs.example.columns().collect();
        show(self.example_call()?, &columns)
    }
}

/// All entries: functions, aggregates, compositions.
pub fn entries() -> Vec<Entry> {
    let functions = functions::names().into_iter().filter_map(|name| {
        let f = functions::find(name).ok()?;
        Some(Entry { name, kind: EntryKind::Function, params: f.params(), docs: f.docs() })
    });
    let aggregates = aggregates::names().into_iter().filter_map(|name| {
        let a = aggregates::find(name).ok()?;
        Some(Entry { name, kind: EntryKind::Aggregate, params: a.params(), docs: a.docs() })
    });
    let compositions = compositions::names().into_iter().filter_map(|name| {
        let c = compositions::find(name)?;
        Some(Entry { name, kind: EntryKind::Composition, params: c.params(), docs: c.docs() })
    });
    functions.chain(aggregates).chain(compositions).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_entry_says_what_it_gives() {
        let silent: Vec<_> =
            entries().into_iter().filter(|e| e.docs.description.is_empty()).map(|e| e.name).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }

    /// Each example gives what it says. `py-bindings/tests/test_examples.py` holds them against Polars.
    #[test]
    fn every_entry_has_an_example_that_runs() {
        let wrong = entries().into_iter().filter_map(|entry| {
            let found = entry.example_result().unwrap_or_else(|error| format!("error: {error}"));
            let said = entry.docs.example.result;
            (found != said || entry.docs.example.args.is_empty() && !entry.params.is_empty())
                .then(|| format!("{}\t{found}\t{said}", entry.name))
        });
        let wrong: Vec<String> = wrong.collect();
        assert!(wrong.is_empty(), "name, result, example:\n{}", wrong.join("\n"));
    }

    /// A name in SQL means one entry: SQL knows no method that would tell them apart.
    #[test]
    fn names_in_sql_are_lower_case_and_mean_one_entry() {
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for entry in entries() {
            for name in entry.docs.sql {
                assert!(
                    name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
                    "{name}"
                );
                let other = owners.insert(name, entry.name);
                assert!(other.is_none(), "`{name}` is claimed by {} and {other:?}", entry.name);
            }
        }
        assert!(owners.len() > 50);
    }
}
