//! `n_unique(x)`: the number of distinct values, of which null is one, NaN one, and 0.0 the same as −0.0;
//! `n_unique([1, 1, null]) = [2]`.
//!
//! Numbers and times are kept as pairs of group and value, appended as they come and put in order of the groups when
//! they are counted or merged. Where groups have many rows, equal values are dropped before; where groups are few as
//! well, pairs stay in the pieces they came in, which are split by hash and counted on what threads there are. Text and
//! nested values are collected ([`super::collected`]).

use std::any::Any;
use std::sync::{Arc, OnceLock};

use hypostyle_core::{Column, DataType, Error, Native, PrimitiveArray, Result, Scalar, with_primitive};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::{group_rows, hardly_repeats};
use hypostyle_kernels::hash::{KeyTable, PackedKey};
use hypostyle_kernels::select::broadcast;

use super::collected::{Collected, Finish};
use super::exported::{bytes_of, read_lists, read_truths, truths};
use super::{Aggregate, Arg, FEW_ROWS, Ids, MANY_ROWS, Param, Signature, State, Traits, same};
use crate::docs::Docs;
use crate::functions::params;
use crate::grouped::{group_offsets, segment_ids, segments_to_lists};
use crate::tasks::{Inline, Tasks, map};

/// `n_unique(x)`
#[derive(Debug)]
pub(crate) struct NUnique;

impl Aggregate for NUnique {
    fn name(&self) -> &'static str {
        "n_unique"
    }

    fn docs(&self) -> &Docs {
        const DOCS: Docs = Docs::new("The number of distinct values, null among them.")
            .example(&["i64 [1, 1, null, 3]"], "u32 [3]");
        &DOCS
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn traits(&self) -> Traits {
        Traits { ignores_order: true, ignores_repetitions: true, counts_distinct: true, ..Traits::default() }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let signature = Signature::keep(args, DataType::UInt32);
        Ok(if *args[0].dtype == DataType::Boolean { signature.with(0, DataType::UInt8) } else { signature })
    }

    fn state(&self, args: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(match args[0].to_physical().byte_width() {
            _ if args[0].is_categorical() => Box::new(Collected::new(args.to_vec(), CountDistinct)),
            Some(16) => Box::new(Distinct::<u128>::default()),
            Some(_) => Box::new(Distinct::<u64>::default()),
            None => Box::new(Collected::new(args.to_vec(), CountDistinct)),
        })
    }
}

/// The bits of a number, equal where numbers are equal.
trait Key: PackedKey + 'static {
    fn of<T: Native>(value: T) -> Self;
    /// Some as a column.
    fn column(values: Vec<Self>) -> Column;
    /// Those of such a column.
    fn read(column: &Column) -> Result<Vec<Self>>;
}

impl Key for u64 {
    #[inline(always)]
    fn of<T: Native>(value: T) -> Self {
        if T::IS_FLOAT { Native::key(value.to_f64()) } else { value.to_i128() as u64 }
    }

    fn column(values: Vec<Self>) -> Column {
        Column::from_vec(values)
    }

    fn read(column: &Column) -> Result<Vec<Self>> {
        Ok(column.expect_primitive::<u64>()?.values().to_vec())
    }
}

impl Key for u128 {
    #[inline(always)]
    fn of<T: Native>(value: T) -> Self {
        value.to_i128() as u128
    }

    fn column(values: Vec<Self>) -> Column {
        Column::from_vec(values.into_iter().map(|value| value as i128).collect())
    }

    fn read(column: &Column) -> Result<Vec<Self>> {
        Ok(column.expect_primitive::<i128>()?.values().iter().map(|value| *value as u128).collect())
    }
}

/// Distinct values of groups: pairs of group and value, and which groups have a null.
#[derive(Debug, Default)]
struct Distinct<K> {
    pairs: Arc<Pairs<K>>,
    /// Those of states with few groups of many values that were merged, and what each of their groups is here.
    merged: Vec<(Arc<Pairs<K>>, Vec<u32>)>,
    nulls: Vec<bool>,
    /// The pairs by group, from the first time on that some groups of this state are merged into another.
    by_group: OnceLock<ByGroup<K>>,
}

/// Values, each with its group.
#[derive(Clone, Debug, Default)]
struct Pairs<K> {
    ids: Vec<u32>,
    values: Vec<K>,
}

/// Values, group by group.
#[derive(Debug)]
struct ByGroup<K> {
    values: Vec<K>,
    offsets: Vec<u32>,
}

impl<K: Key> Pairs<K> {
    /// Takes rows in; `null` is told the groups of those that are null.
    fn append<T: Native>(&mut self, array: &PrimitiveArray<T>, ids: Ids<'_>, mut null: impl FnMut(usize)) {
        self.ids.reserve(array.len());
        self.values.reserve(array.len());
        match array.validity() {
            None => {
                self.values.extend(array.values().iter().map(|v| K::of(*v)));
                match ids {
                    Ids::Single => self.ids.resize(self.values.len(), 0),
                    Ids::Each(ids) => self.ids.extend_from_slice(ids),
                }
            }
            Some(validity) => {
                for (i, valid) in validity.iter().enumerate() {
                    let id = ids.get(i);
                    if valid {
                        self.values.push(K::of(array.values()[i]));
                        self.ids.push(id as u32);
                    } else {
                        null(id);
                    }
                }
            }
        }
    }

    /// The values in order of their groups.
    fn by_group(self, groups: usize) -> ByGroup<K> {
        // Input that is clustered by its keys numbers its groups as it goes.
        match self.ids.is_sorted() {
            true => ByGroup { offsets: group_offsets(&self.ids, groups), values: self.values },
            false => in_order(&self.ids, &self.values, groups),
        }
    }
}

impl<K: Key> ByGroup<K> {
    /// Each value of a group once.
    fn distinct(self) -> Self {
        let Self { mut values, mut offsets } = self;
        let mut end = 0;
        let mut start = 0;
        for offset in offsets.iter_mut().skip(1) {
            let stop = *offset as usize;
            let distinct = distinct_first(&mut values[start..stop]);
            values.copy_within(start..start + distinct, end);
            end += distinct;
            (*offset, start) = (end as u32, stop);
        }
        values.truncate(end);
        Self { values, offsets }
    }
}

/// Values in order of their groups, copied.
fn in_order<K: Key>(ids: &[u32], values: &[K], groups: usize) -> ByGroup<K> {
    let offsets = group_offsets(ids, groups);
    let mut next = offsets.clone();
    let mut ordered = vec![K::default(); values.len()];
    for (id, value) in ids.iter().zip(values) {
        let slot = &mut next[*id as usize];
        ordered[*slot as usize] = *value;
        *slot += 1;
    }
    ByGroup { values: ordered, offsets }
}

/// Groups up to which the values of all of them are split by hash, so that tables stay in the cache.
const FEW_GROUPS: usize = 256;
/// Pieces that values are cut into, all groups of a piece together.
const CUTS: usize = 2_048;
const MOST_CUTS_A_GROUP: usize = 64;

impl<K: Key> Distinct<K> {
    /// How many distinct values each of few groups has.
    fn count_in_cuts(&self, tasks: &dyn Tasks) -> Result<Vec<u32>> {
        let groups = self.nulls.len();
        let cuts = (CUTS / groups).next_power_of_two().min(MOST_CUTS_A_GROUP);
        let own: Vec<u32> = (0..groups as u32).collect();
        let pieces: Vec<(&Pairs<K>, &[u32], usize)> = std::iter::once((&*self.pairs, &own[..]))
            .chain(self.merged.iter().map(|(pairs, to)| (&**pairs, &to[..])))
            .flat_map(|(pairs, to)| {
                (0..pairs.ids.len()).step_by(MANY_ROWS).map(move |start| (pairs, to, start))
            })
            .collect();
        // Each in order of the last bits of its hashes, then of the groups.
        let pieces = map(tasks, pieces.len(), |i| {
            let (pairs, to, start) = pieces[i];
            let end = pairs.ids.len().min(start + MANY_ROWS);
            let (ids, values) = (&pairs.ids[start..end], &pairs.values[start..end]);
            let places = ids
                .iter()
                .zip(values)
                .map(|(id, value)| (value.hash() as usize & (cuts - 1)) * groups + to[*id as usize] as usize);
            let places: Vec<u32> = places.map(|place| place as u32).collect();
            Ok(in_order(&places, values, cuts * groups))
        })?;
        let counts = map(tasks, cuts, |cut| {
            Ok((cut * groups..(cut + 1) * groups)
                .map(|place| {
                    let values = pieces.iter().map(|piece| {
                        &piece.values[piece.offsets[place] as usize..piece.offsets[place + 1] as usize]
                    });
                    let mut table = KeyTable::with_capacity(FEW_ROWS);
                    values.flatten().for_each(|value| {
                        table.insert(*value);
                    });
                    table.len() as u32
                })
                .collect::<Vec<u32>>())
        })?;
        Ok((0..groups).map(|group| counts.iter().map(|counts| counts[group]).sum()).collect())
    }

    /// All pairs in one, `own` being those of this state.
    fn with_merged(&self, mut own: Pairs<K>) -> Pairs<K> {
        for (theirs, to) in &self.merged {
            own.values.extend_from_slice(&theirs.values);
            own.ids.extend(theirs.ids.iter().map(|id| to[*id as usize]));
        }
        own
    }
}

/// Brings the distinct values to the front, and counts them.
fn distinct_first<K: Key>(values: &mut [K]) -> usize {
    let mut count = 0;
    if values.len() <= FEW_ROWS {
        for i in 0..values.len() {
            let value = values[i];
            if values[..count].iter().all(|v| *v != value) {
                values[count] = value;
                count += 1;
            }
        }
        return count;
    }
    let mut table = KeyTable::with_capacity(FEW_ROWS);
    for i in 0..values.len() {
        if table.insert(values[i]) as usize == count {
            values[count] = values[i];
            count += 1;
        }
    }
    count
}

impl<K: Key> State for Distinct<K> {
    fn resize(&mut self, groups: usize) {
        self.nulls.resize(groups, false);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        self.by_group = OnceLock::new();
        let mut column = broadcast(&args[0], len)?;
        let mut first_ids = Vec::new();
        let mut ids = ids;
        if len > FEW_ROWS * self.nulls.len() {
            // Many rows a group: equal ones are dropped at once, by address where values lie close together.
            let groups = match ids {
                Ids::Single => None,
                Ids::Each(ids) => Some(Column::from_vec(ids.to_vec())),
            };
            let keys: Vec<Column> = groups.into_iter().chain([column.clone()]).collect();
            if !hardly_repeats(&keys, len)? {
                let first = group_rows(&keys, len)?.first;
                column = gather(&column, &first)?;
                if let Ids::Each(all) = ids {
                    first_ids.extend(first.iter().map(|row| all[*row as usize]));
                    ids = Ids::Each(&first_ids);
                }
            }
        }
        let (pairs, nulls) = (Arc::make_mut(&mut self.pairs), &mut self.nulls);
        with_primitive!(column.array(), |a: T| pairs.append(a, ids, |group| nulls[group] = true),
            else |_array| return Err(Error::internal("distinct values of no number")));
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        self.by_group = OnceLock::new();
        from.iter().zip(to).for_each(|(from, to)| self.nulls[*to as usize] |= other.nulls[*from as usize]);
        let groups = other.nulls.len();
        if from.len() == groups && groups * FEW_ROWS < other.pairs.ids.len() && other.merged.is_empty() {
            let mut here = vec![0; groups];
            from.iter().zip(to).for_each(|(from, to)| here[*from as usize] = *to);
            self.merged.push((Arc::clone(&other.pairs), here));
            return Ok(());
        }
        let theirs = other
            .by_group
            .get_or_init(|| other.with_merged(Pairs::clone(&other.pairs)).by_group(groups).distinct());
        let pairs = Arc::make_mut(&mut self.pairs);
        for (from, to) in from.iter().zip(to) {
            let (start, end) =
                (theirs.offsets[*from as usize] as usize, theirs.offsets[*from as usize + 1] as usize);
            pairs.values.extend_from_slice(&theirs.values[start..end]);
            pairs.ids.resize(pairs.values.len(), *to);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        self.finish_with(&Inline)
    }

    fn finish_with(&mut self, tasks: &dyn Tasks) -> Result<Column> {
        let groups = self.nulls.len();
        let pairs =
            self.pairs.ids.len() + self.merged.iter().map(|(pairs, _)| pairs.ids.len()).sum::<usize>();
        let counts = if pairs >= MANY_ROWS && groups <= FEW_GROUPS {
            self.count_in_cuts(tasks)?
        } else {
            let own = Arc::unwrap_or_clone(std::mem::take(&mut self.pairs));
            let ByGroup { mut values, offsets } = self.with_merged(own).by_group(groups);
            let bounds = offsets.windows(2).map(|bounds| bounds[0] as usize..bounds[1] as usize);
            bounds.map(|bounds| distinct_first(&mut values[bounds]) as u32).collect()
        };
        let counts = counts.iter().zip(&self.nulls).map(|(distinct, null)| distinct + u32::from(*null));
        Ok(Column::from_vec(counts.collect::<Vec<u32>>()))
    }

    fn size(&self) -> usize {
        let of_pairs = |pairs: &Pairs<K>| bytes_of(&pairs.ids) + bytes_of(&pairs.values);
        let merged = self.merged.iter().map(|(pairs, to)| of_pairs(pairs) + bytes_of(to)).sum::<usize>();
        of_pairs(&self.pairs) + merged + bytes_of(&self.nulls)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let pairs = self.with_merged(Pairs::clone(&self.pairs));
        let ByGroup { values, offsets } = pairs.by_group(self.nulls.len()).distinct();
        Ok(vec![segments_to_lists(K::column(values), &offsets)?, truths(&self.nulls)?])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        let (values, ids) = read_lists(columns, 0)?;
        self.pairs = Arc::new(Pairs { ids, values: K::read(&values)? });
        self.nulls = read_truths(columns, 1)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Distinct values among those that were collected.
#[derive(Debug)]
struct CountDistinct;

impl Finish for CountDistinct {
    fn finish(&self, columns: &[Column], offsets: &[u32], tasks: &dyn Tasks) -> Result<Column> {
        let groups = offsets.len().saturating_sub(1);
        if columns[0].len() >= MANY_ROWS * groups {
            // Few and large: each by itself.
            let counts = map(tasks, groups, |group| {
                let (start, end) = (offsets[group] as usize, offsets[group + 1] as usize);
                Ok(group_rows(&[columns[0].slice(start, end - start)], end - start)?.first.len() as u32)
            })?;
            return Ok(Column::from_vec(counts));
        }
        let ids = segment_ids(offsets);
        let mut counts = vec![0u32; groups];
        let len = ids.len();
        let distinct = group_rows(&[Column::from_vec(ids.clone()), columns[0].clone()], len)?;
        distinct.first.iter().for_each(|row| counts[ids[*row as usize] as usize] += 1);
        Ok(Column::from_vec(counts))
    }

    fn distinct(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use hypostyle_core::{Column, DataType};

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_groups, dates, decimals, lists, texts};

    #[test]
    fn distinct_values() {
        let n = || col("a").n_unique();
        check(n(), &[Column::from_options([Some(1i64), Some(1), None, None, Some(-1)])], "u32 [3]");
        check(n(), &[Column::from_vec(vec![0.0, -0.0, f64::NAN, -f64::NAN, 1.0])], "u32 [3]");
        check(n(), &[Column::from_vec(vec![0.0f32, -0.0, 0.1])], "u32 [2]");
        check(n(), &[Column::from_vec(vec![u64::MAX, 0, u64::MAX])], "u32 [2]");
        check(n(), &[Column::from_vec(vec![i128::MIN, i128::MAX, i128::MIN, 1 << 64, 0])], "u32 [4]");
        check(n(), &[booleans([Some(true), None, Some(false), Some(true)])], "u32 [3]");
        check(n(), &[texts([Some("a"), None, Some("b"), Some("a")])], "u32 [3]");
        check(n(), &[dates([Some("2020-01-01"), Some("2020-01-01")])], "u32 [1]");
        check(n(), &[decimals(10, 2, [Some("1.5"), Some("1.50"), None])], "u32 [2]");
        check(n(), &[lists([Some(&[Some(1)]), Some(&[Some(1)]), Some(&[]), None])], "u32 [3]");
        check(n(), &[Column::full_null(DataType::Null, 2)], "u32 [1]");
        check(n(), &[Column::empty(DataType::Int64)], "u32 [0]");
    }

    /// Many and few rows a group, clustered or not, merged in pieces: all as a set of each group would count.
    #[test]
    fn groups_of_all_sizes() {
        for (rows, groups, values) in [(40, 20, 3), (1000, 3, 7), (1000, 3, 1_000_000), (3000, 100, 40)] {
            for clustered in [true, false] {
                let ids: Vec<u32> =
                    (0..rows).map(|i| if clustered { i * groups / rows } else { i * 31 % groups }).collect();
                let value =
                    |i: u32| (i % 13 != 5).then_some(i64::from(i.wrapping_mul(2_654_435_761) % values) - 5);
                let column = Column::from_options((0..rows).map(value));
                let mut sets = vec![HashSet::new(); groups as usize];
                ids.iter().zip(0..rows).for_each(|(id, i)| {
                    sets[*id as usize].insert(value(i));
                });
                let counts: Vec<String> = sets.iter().map(|set| set.len().to_string()).collect();
                let expected = format!("u32 [{}]", counts.join(", "));
                check_groups(col("a").n_unique(), &[column], &ids, &expected);
            }
        }
    }
}
