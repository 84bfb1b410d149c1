//! The command line.

use std::path::PathBuf;

pub(crate) const USAGE: &str = "\
usage: cargo tpch [options]

  --scale S        0.01, 0.1 (the default), 1 or 10; other scales have no answers to check against
  --format F       csv (the default) or parquet: every query scans the files; memory: the tables are loaded first
  --decimal        money as DECIMAL(15, 2), which the specification asks for, instead of floats
  --naive          the queries as a beginner writes them: joins in the order of FROM, filters last
  --queries LIST   such as 1,3,5-7; all by default
  --threads N      as many as there are processors by default
  --repeat N       runs of each query, of which the fastest counts; 1 by default
  --json FILE      write what was measured to a file
  --explain        print the optimized plans, run nothing
  --profile        print what each operator of the last run did: rows, and milliseconds over all threads
  --data-only      make the data, run nothing
  --data-root DIR  the folder that holds data/tpch; the checkout by default";

/// Where the tables come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Parquet,
    Memory,
}

impl Format {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Memory => "memory",
        }
    }
}

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) scale: f64,
    pub(crate) format: Format,
    /// Whether money is decimal.
    pub(crate) decimal: bool,
    /// Whether the queries are those of `naive.rs`.
    pub(crate) naive: bool,
    /// Numbers of queries, from 1 to 22.
    pub(crate) queries: Vec<usize>,
    pub(crate) threads: Option<usize>,
    pub(crate) repeat: usize,
    pub(crate) json: Option<PathBuf>,
    pub(crate) explain: bool,
    pub(crate) profile: bool,
    pub(crate) data_only: bool,
    pub(crate) data_root: Option<PathBuf>,
}

impl Arguments {
    /// Reads the words after the program's name; the error says which word is wrong.
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            scale: 0.1,
            format: Format::Csv,
            decimal: false,
            naive: false,
            queries: (1..=22).collect(),
            threads: None,
            repeat: 1,
            json: None,
            explain: false,
            profile: false,
            data_only: false,
            data_root: None,
        };
        let mut words = words.into_iter();
        while let Some(option) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{option} needs a value"));
            match option.as_str() {
                "--scale" => arguments.scale = number(&option, &value()?)?,
                "--format" => arguments.format = format(&value()?)?,
                "--queries" => arguments.queries = queries(&value()?)?,
                "--threads" => arguments.threads = Some(number(&option, &value()?)?),
                "--repeat" => arguments.repeat = number(&option, &value()?)?,
                "--json" => arguments.json = Some(PathBuf::from(value()?)),
                "--decimal" => arguments.decimal = true,
                "--naive" => arguments.naive = true,
                "--explain" => arguments.explain = true,
                "--profile" => arguments.profile = true,
                "--data-only" => arguments.data_only = true,
                "--data-root" => arguments.data_root = Some(PathBuf::from(value()?)),
                _ => return Err(format!("unknown option {option}")),
            }
        }
        if arguments.scale <= 0.0 || arguments.repeat == 0 || arguments.threads == Some(0) {
            return Err("--scale, --repeat and --threads are positive".to_owned());
        }
        Ok(arguments)
    }
}

fn number<T: std::str::FromStr>(option: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{option}: {text:?} is no number"))
}

fn format(text: &str) -> Result<Format, String> {
    match text {
        "csv" => Ok(Format::Csv),
        "parquet" => Ok(Format::Parquet),
        "memory" => Ok(Format::Memory),
        _ => Err(format!("--format: {text:?} is none of csv, parquet and memory")),
    }
}

/// `1,3,5-7`
fn queries(text: &str) -> Result<Vec<usize>, String> {
    let mut numbers = Vec::new();
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (usize, usize) = (number("--queries", first)?, number("--queries", last)?);
        if first < 1 || last > 22 || first > last {
            return Err(format!("--queries: {range:?} is not within 1-22"));
        }
        numbers.extend(first..=last);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Format};

    fn parse(text: &str) -> Result<Arguments, String> {
        Arguments::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn lists_and_ranges_of_queries() {
        let arguments =
            parse("--queries 1,3,5-7 --decimal --format memory --repeat 3 --data-root x").unwrap();
        assert_eq!(arguments.queries, [1, 3, 5, 6, 7]);
        assert_eq!(arguments.data_root.as_deref(), Some(std::path::Path::new("x")));
        assert_eq!((arguments.format, arguments.repeat), (Format::Memory, 3));
        assert!(arguments.decimal && !arguments.naive);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in
            [("--queries 0-3", "0-3"), ("--scale", "--scale"), ("--fast", "--fast"), ("--threads x", "\"x\"")]
        {
            let message = parse(text).unwrap_err();
            assert!(message.contains(word), "{message}");
        }
    }
}
