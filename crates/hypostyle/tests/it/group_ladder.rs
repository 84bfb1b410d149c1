//! Group-by and distinct against plain loops over values, with tables large enough for every rung of the ladder: runs
//! of keys that ascend, totals in lanes, keys by address, packed keys, keys as bytes, morsels that are passed on row by
//! row because their keys hardly repeat, and partitions. Whatever the rung, 1, 2 and 8 threads give the same rows in the
//! same order, floats bit by bit.

#![allow(clippy::panic, reason = "checks of tests, outside any #[test]")]

mod keys;
mod oracle;

use std::collections::HashMap;
use std::sync::Arc;

use hypostyle::core::Batch;
use hypostyle::plan::JoinOrder;
use hypostyle::prelude::*;
use proptest::prelude::*;

use keys::{FORMS, Form, Shape, coded, entries, mix};
use oracle::{Agg, Columns, ROWS, STATES, TOTAL, canonical, exactly};

/// Which rows are aggregated.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Keep {
    All,
    /// Those of a filter that so many of a hundred pass.
    Percent(u8),
    /// Those whose number is not small: a filter that drops whole groups.
    LargeNumbers,
    /// Those with a partner in another table, some of them with two.
    Joined,
}

#[derive(Clone, Debug)]
struct Case {
    shape: Shape,
    rows: u64,
    seed: u64,
    forms: Vec<Form>,
    /// What the second of several keys counts up to.
    base: u64,
    null_keys: bool,
    /// Whether text keys are codes of dictionaries.
    coded: bool,
    /// Whether values are null or NaN now and then.
    odd: bool,
    chunks: &'static [usize],
    /// Whether chunks are slices of one.
    sliced: bool,
    keep: Keep,
    /// Whether a column is computed between filter and group-by.
    computed: bool,
    stable: bool,
    aggs: Vec<Agg>,
}

/// The sizes that the chunks of a table have in turns.
const CHUNKS: &[&[usize]] = &[
    &[1_000_000],
    &[20_001, 40_000, 3, 29_000, 1],
    &[12_000, 8_193, 8_192],
    &[5_000],
    &[30_000, 777, 33_000],
];

const KEYS: [&str; 3] = ["k0", "k1", "k2"];

impl Case {
    fn cases(
        shape: impl Strategy<Value = Shape>,
        rows: &'static [u64],
        wide: bool,
    ) -> impl Strategy<Value = Self> {
        let forms: Vec<Form> = FORMS.iter().filter(|form| form.wide || !wide).copied().collect();
        let first = prop::sample::select(forms);
        let others = prop::collection::vec(prop::sample::select(FORMS.to_vec()), 0..3);
        let keep = prop_oneof![
            3 => Just(Keep::All),
            1 => Just(Keep::Percent(90)),
            1 => Just(Keep::Percent(20)),
            1 => Just(Keep::LargeNumbers),
            1 => Just(Keep::Joined),
        ];
        let some = |of: &[Agg], most| prop::sample::subsequence(of.to_vec(), 1..=most);
        let aggs = prop_oneof![
            some(TOTAL, 7),
            (some(TOTAL, 3), some(STATES, 6)).prop_map(|(a, b)| [a, b].concat()),
            (some(TOTAL, 2), some(STATES, 2), some(ROWS, 4)).prop_map(|(a, b, c)| [a, b, c].concat()),
        ];
        let table = (
            shape,
            prop::sample::select(rows),
            any::<u64>(),
            prop::sample::select(CHUNKS),
            any::<[bool; 5]>(),
        );
        let keys = (first, others, prop::sample::select(vec![7u64, 300, 20_000]));
        (table, keys, keep, prop::bool::weighted(0.3), aggs).prop_map(|(table, keys, keep, stable, aggs)| {
            let (shape, rows, seed, chunks, [null_keys, coded, odd, sliced, computed]) = table;
            let (first, others, base) = keys;
            // One key is what most ask for.
            let others = if seed % 2 == 0 { Vec::new() } else { others };
            let forms = [vec![first], others].concat();
            Self {
                shape,
                rows,
                seed,
                forms,
                base,
                null_keys,
                coded,
                odd,
                chunks,
                sliced,
                keep,
                computed,
                stable,
                aggs,
            }
        })
    }

    /// The key in a row: its number, split where there are several.
    fn key(&self, place: usize, number: u64, row: u64) -> Value {
        let number = match (place, self.forms.len()) {
            (_, 1) => number,
            (0, _) => number / self.base,
            (1, _) => number % self.base,
            _ => mix(3, number) % 3,
        };
        if self.null_keys && number % 13 == 7 { Value::Null } else { (self.forms[place].value)(number, row) }
    }

    fn dtype(&self, column: &str) -> DataType {
        match column {
            "q" | "x" | "y" | "p" => DataType::Float64,
            "s" => DataType::Int16,
            "u" => DataType::UInt64,
            "f" => DataType::Float32,
            "d" => DataType::Decimal(12, 2),
            "w" => DataType::Decimal(38, 3),
            "b" => DataType::Boolean,
            "t" | "l" => DataType::String,
            "c" => DataType::Categorical,
            "e" => entries(),
            "z" => DataType::Date,
            "k0" => (self.forms[0].dtype)(),
            "k1" => (self.forms[1].dtype)(),
            "k2" => (self.forms[2].dtype)(),
            _ => DataType::Int64,
        }
    }

    fn value(&self, column: &'static str, row: u64) -> Value {
        let number = || self.shape.number(self.seed, row, self.rows);
        let any = mix(self.seed ^ u64::from(column.as_bytes()[0]) << 40, row);
        let (odd, any) = (self.odd && any.is_multiple_of(9), any >> 8);
        let text = |text: String| Value::String(text.into());
        match column {
            "row" => Value::Int(row.into()),
            "n" => Value::Int(number().into()),
            "m" => Value::Int((any % 10).into()),
            "y" => Value::Float((any % 1_000_003) as f64 / 1_000_003.0),
            "x" if odd && any % 3 == 0 => {
                Value::Float([f64::NAN, -0.0, 0.0, f64::INFINITY][any as usize / 3 % 4])
            }
            "k0" => self.key(0, number(), row),
            "k1" => self.key(1, number(), row),
            "k2" => self.key(2, number(), row),
            _ if odd => Value::Null,
            "q" => Value::Float((any % 801) as f64 / 4.0 - 100.0),
            "x" => Value::Float(((any % 2_000_001) as f64 - 1e6) / 997.0),
            "p" => Value::Float([-1.0, 0.5, 1.0, 2.0][any as usize % 4]),
            "i" if any % 40 == 0 => Value::Int([i64::MIN, i64::MAX, 0][any as usize / 40 % 3].into()),
            "i" => Value::Int((any.rotate_left(8) as i64).into()),
            "s" => Value::Int((any as i16 / 30).into()),
            "u" => Value::Int((u64::MAX - any % 1_000).into()),
            "f" => Value::Float((any % 100) as f64 / 4.0),
            "d" => Value::Int((any % 1_000_000).into()),
            "w" => Value::Int(i128::from(any % 2_001) * 10i128.pow(27) - 10i128.pow(30)),
            "b" => Value::Boolean(any % 4 != 0),
            "t" => text(format!("t{}", any % 16)),
            "l" => text(format!("a text of some length {}", any % 5_000)),
            "c" => text(format!("c{}", any % 30)),
            "e" => text(keys::ENTRIES[any as usize % 40].to_owned()),
            "z" => Value::Int((any % 20_000).into()),
            _ => unreachable!("no column {column}"),
        }
    }

    /// The table, value by value.
    fn columns(&self) -> Columns {
        let mut names = vec!["row", "n", "m", "y"];
        names.extend(&KEYS[..self.forms.len()]);
        names.extend(self.aggs.iter().flat_map(|agg| agg.columns()));
        let values = |name| (0..self.rows).map(|row| self.value(name, row)).collect();
        names.into_iter().map(|name| (name, values(name))).collect()
    }

    fn frame(&self, columns: &Columns) -> DataFrame {
        let column = |name: &str, values: &[Value]| match self.dtype(name) {
            DataType::String if self.coded && name.starts_with('k') => coded(values),
            dtype => Column::from_scalars(dtype, values.iter().cloned()).unwrap(),
        };
        let whole: Vec<Column> = match self.sliced {
            true => columns.iter().map(|(name, values)| column(name, values)).collect(),
            false => Vec::new(),
        };
        let (mut batches, mut start) = (Vec::new(), 0);
        for length in self.chunks.iter().cycle() {
            let end = (start + length).min(self.rows as usize);
            let parts = match self.sliced {
                true => whole.iter().map(|column| column.slice(start, end - start)).collect(),
                false => columns.iter().map(|(name, values)| column(name, &values[start..end])).collect(),
            };
            batches.push(Batch::try_new(parts, end - start).unwrap());
            start = end;
            if start == self.rows as usize {
                break;
            }
        }
        let fields = columns.keys().map(|name| Field::new(*name, self.dtype(name))).collect();
        DataFrame::from_batches(Arc::new(Schema::try_new(fields).unwrap()), batches).unwrap()
    }

    /// The rows that are aggregated, in the engine's words.
    fn kept(&self, frame: LazyFrame) -> LazyFrame {
        match self.keep {
            Keep::All => frame,
            Keep::Percent(percent) => frame.filter(col("y").lt(lit(f64::from(percent) / 100.0))),
            Keep::LargeNumbers => frame.filter(col("n").gt(lit(3))),
            Keep::Joined => {
                let partners = Column::from_vec(vec![0i64, 1, 2, 3, 3, 4, 6]);
                let partners = DataFrame::new([("m", partners)]).unwrap().lazy();
                let args =
                    JoinArgs { maintain_order: JoinOrder::LeftRight, ..JoinArgs::new(JoinType::Inner) };
                frame.join(partners, [col("m")], [col("m")], args)
            }
        }
    }

    /// The same, row by row.
    fn kept_rows(&self, columns: &Columns) -> Vec<usize> {
        let times = |row: &usize| match self.keep {
            Keep::All => 1,
            Keep::Percent(percent) => match columns["y"][*row] {
                Value::Float(y) => usize::from(y < f64::from(percent) / 100.0),
                _ => 0,
            },
            Keep::LargeNumbers => usize::from(matches!(columns["n"][*row], Value::Int(n) if n > 3)),
            Keep::Joined => match columns["m"][*row] {
                Value::Int(3) => 2,
                Value::Int(0..=4 | 6) => 1,
                _ => 0,
            },
        };
        (0..self.rows as usize).flat_map(|row| std::iter::repeat_n(row, times(&row))).collect()
    }

    /// The rows of every group, in order of its first.
    fn groups(&self, columns: &Columns) -> Vec<Vec<usize>> {
        let mut numbers: HashMap<Vec<Value>, usize> = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for row in self.kept_rows(columns) {
            let key = self.keys().map(|key| canonical(&columns[key][row])).collect();
            let group = *numbers.entry(key).or_insert(groups.len());
            if group == groups.len() {
                groups.push(Vec::new());
            }
            groups[group].push(row);
        }
        groups
    }

    fn keys(&self) -> impl Iterator<Item = &'static str> {
        KEYS.into_iter().take(self.forms.len())
    }

    fn check_groups(&self) {
        let columns = self.columns();
        let mut rows = self.kept(self.frame(&columns).lazy());
        if self.computed {
            // The same numbers again.
            rows = rows.with_columns([(col("row") + col("m") - col("m")).alias("row")]);
        }
        let keys = self.keys().map(col);
        let groups = if self.stable { rows.group_by_stable(keys) } else { rows.group_by(keys) };
        let aggs = self.aggs.iter().enumerate().map(|(place, agg)| agg.expr().alias(&format!("a{place}")));
        let query = groups.agg(aggs.chain([col("row").min().alias("first row")]));
        let mut found = same_rows(&query, self);
        let first = |row: &Vec<Value>| match row.last() {
            Some(Value::Int(first)) => *first as usize,
            other => panic!("{other:?} is no row of {self:?}"),
        };
        if !self.stable {
            found.sort_by_key(first);
        }
        let groups = self.groups(&columns);
        assert_eq!(found.len(), groups.len(), "groups of {self:?}");
        for (found, rows) in found.iter().zip(&groups) {
            assert_eq!(first(found), rows[0], "the first row of {rows:?} of {self:?}");
            for (key, found) in self.keys().zip(found) {
                let key = exactly(columns[key][rows[0]].clone());
                assert!(key.is(found), "{found:?} is not the key {:?} of {self:?}", key.value);
            }
            for (agg, found) in self.aggs.iter().zip(&found[self.forms.len()..]) {
                let expected = agg.of(&columns, rows);
                assert!(
                    expected.is(found),
                    "{agg:?} is {found:?}, not {:?}, for {} rows from row {} of {self:?}",
                    expected.value,
                    rows.len(),
                    rows[0],
                );
            }
        }
    }

    fn check_distinct(&self, keep: UniqueKeep) {
        let columns = self.columns();
        let rows = self.kept(self.frame(&columns).lazy());
        let query = rows.unique_stable(Some(self.keys().map(col).collect()), keep).select([col("row")]);
        let found: Vec<Vec<Value>> = same_rows(&query, self);
        let groups = self.groups(&columns);
        let mut expected: Vec<usize> = groups
            .iter()
            .filter_map(|rows| match keep {
                UniqueKeep::Any | UniqueKeep::First => rows.first(),
                UniqueKeep::Last => rows.last(),
                UniqueKeep::None => rows.first().filter(|_| rows.len() == 1),
            })
            .copied()
            .collect();
        expected.sort_unstable();
        let expected: Vec<Vec<Value>> =
            expected.into_iter().map(|row| vec![Value::Int(row as i128)]).collect();
        assert!(found == expected, "{} rows, not {}, of {self:?}", found.len(), expected.len());
    }
}

/// The rows of a query on 1, 2 and 8 threads, which are the same bit by bit.
fn same_rows(query: &LazyFrame, case: &Case) -> Vec<Vec<Value>> {
    let run = |threads| {
        let frame = query.collect_with(&Context::new(threads)).unwrap_or_else(|e| panic!("{e} in {case:?}"));
        let mut rows = Vec::with_capacity(frame.height());
        for batch in frame.batches() {
            let row = |row| batch.columns().iter().map(|column| column.value(row)).collect::<Vec<Value>>();
            rows.extend((0..batch.len()).map(row));
        }
        rows
    };
    let one = run(1);
    for threads in [2, 8] {
        let found = run(threads);
        let other = one.iter().zip(&found).find(|(one, found)| one != found);
        assert!(other.is_none() && one.len() == found.len(), "{threads} threads: {other:?} in {case:?}");
    }
    one
}

/// One case for each rung: how keys repeat, their forms, rows, the sizes of chunks, and what is kept.
type Rung = (Shape, &'static [&'static str], u64, &'static [usize], Keep);

const RUNGS: &[Rung] = &[
    // Runs: morsels that meet at their borders, with one key and with two.
    (Shape::Runs(40), &["dense"], 70_000, CHUNKS[1], Keep::All),
    (Shape::Runs(5), &["int 32", "negative"], 70_000, CHUNKS[4], Keep::Joined),
    // A handful of groups in lanes; by address; with a filter that most rows pass; in one morsel.
    (Shape::Few(3), &["dense"], 70_000, CHUNKS[1], Keep::All),
    (Shape::Few(5_000), &["negative", "booleans"], 70_000, CHUNKS[0], Keep::All),
    (Shape::Few(100), &["decimals"], 70_000, CHUNKS[1], Keep::Percent(90)),
    (Shape::Few(6_000), &["multiples"], 30_000, CHUNKS[0], Keep::All),
    // Row by row into partitions: by address, by hash in 64 bits, in 128 bits, and as bytes.
    (Shape::Hardly, &["dense"], 70_000, CHUNKS[1], Keep::All),
    (Shape::Hardly, &["sparse"], 70_000, CHUNKS[0], Keep::Percent(90)),
    (Shape::Hardly, &["extreme", "scattered"], 70_000, CHUNKS[4], Keep::All),
    (Shape::Hardly, &["texts"], 70_000, CHUNKS[1], Keep::Joined),
    (Shape::Hardly, &["long texts"], 70_000, CHUNKS[2], Keep::All),
    (Shape::Hardly, &["structs", "floats"], 70_000, CHUNKS[0], Keep::All),
    // Some morsels row by row and others aggregated, in partitions and in one table.
    (Shape::ThenHardly, &["sparse"], 70_000, CHUNKS[4], Keep::All),
    (Shape::HardlyThen, &["words"], 70_000, CHUNKS[1], Keep::All),
    (Shape::HardlyThen, &["sparse"], 30_000, CHUNKS[2], Keep::All),
    (Shape::ThenHardly, &["extreme", "scattered"], 30_000, CHUNKS[2], Keep::All),
    (Shape::ThenHardly, &["long texts"], 30_000, CHUNKS[2], Keep::LargeNumbers),
    // Aggregated morsels in partitions.
    (Shape::Skewed, &["largest"], 70_000, CHUNKS[3], Keep::All),
    (Shape::Skewed, &["wide"], 70_000, CHUNKS[3], Keep::All),
    (Shape::Skewed, &["categories"], 70_000, CHUNKS[3], Keep::All),
    (Shape::Skewed, &["some long texts"], 70_000, CHUNKS[3], Keep::All),
];

/// Random cases reach each of these now and then; these do always.
#[test]
fn every_rung() {
    let all = [TOTAL, STATES, ROWS].concat();
    for (number, (shape, forms, rows, chunks, keep)) in RUNGS.iter().enumerate() {
        let named = |name: &&str| *FORMS.iter().find(|form| format!("{form:?}") == *name).unwrap();
        // Aggregates that keep rows would take every morsel row by row.
        let of = if number % 5 == 4 { &all[..] } else { &all[..TOTAL.len() + STATES.len()] };
        let aggs = if number == 4 { TOTAL } else { of };
        let case = Case {
            shape: *shape,
            rows: *rows,
            seed: number as u64,
            forms: forms.iter().map(named).collect(),
            base: 300,
            null_keys: false,
            coded: false,
            odd: number % 2 == 1,
            chunks,
            sliced: number % 3 == 0,
            keep: *keep,
            computed: number % 4 == 0,
            stable: number % 6 == 5,
            aggs: aggs.iter().skip(number * 5 % 17).step_by(17).copied().collect(),
        };
        case.check_groups();
    }
}

/// So many cases, unless the environment asks for more; tables are too large to shrink for long.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(cases),
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(6))]

    /// A handful of groups in lanes, more by address or in a small table.
    #[test]
    fn few_groups(
        case in Case::cases(
            prop_oneof![1u64..5, 100u64..140, 500u64..6_000].prop_map(Shape::Few), &[9_000, 30_000, 90_000], false,
        ),
    ) {
        case.check_groups();
    }

    /// Keys that ascend: each morsel by its rises, morsels merged at their borders.
    #[test]
    fn runs(case in Case::cases((1u64..300).prop_map(Shape::Runs), &[30_000, 90_000], true)) {
        case.check_groups();
    }

    /// Morsels passed on row by row, also beside others that are aggregated, and partitions of both.
    #[test]
    fn keys_that_hardly_repeat(
        case in Case::cases(
            prop_oneof![Just(Shape::Hardly), Just(Shape::ThenHardly), Just(Shape::HardlyThen)],
            &[12_000, 30_000, 90_000],
            true,
        ),
    ) {
        case.check_groups();
    }

    /// Many groups of aggregated morsels, in partitions.
    #[test]
    fn many_groups(case in Case::cases(Just(Shape::Skewed), &[90_000], true)) {
        case.check_groups();
    }

    #[test]
    fn distinct_rows(
        case in Case::cases(
            prop_oneof![(1u64..6_000).prop_map(Shape::Few), Just(Shape::Skewed), (1u64..9).prop_map(Shape::Runs)],
            &[9_000, 90_000],
            false,
        ),
        keep in prop::sample::select(vec![UniqueKeep::Any, UniqueKeep::First, UniqueKeep::Last, UniqueKeep::None]),
    ) {
        case.check_distinct(keep);
    }
}
