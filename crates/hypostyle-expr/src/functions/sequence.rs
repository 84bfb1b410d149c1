//! Functions of whole columns: order, shifts, running values.

use hypostyle_core::{
    Column, DataType, Error, Native, PrimitiveArray, PrimitiveBuilder, Result, with_primitive,
};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::filter::filter;
use hypostyle_kernels::gather::{NO_ROW, gather, gather_optional};
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::{Arg, Function, Signature, expect_args, flag, integer};
use crate::aggregates::sum_type;
use crate::bound::{Evaluated, Extent};

pub(super) static FUNCTIONS: &[&dyn Function] = &[
    &Shift,
    &Reverse,
    &Slice,
    &Sort,
    &SortBy,
    &ArgSort,
    &Unique,
    &DropNulls,
    &Gather,
    &Running { name: "cum_sum", kind: Kind::Sum },
    &Running { name: "cum_prod", kind: Kind::Product },
    &Running { name: "cum_min", kind: Kind::Min },
    &Running { name: "cum_max", kind: Kind::Max },
    &CumCount,
    &Diff,
    &Fill { name: "forward_fill", forward: true },
    &Fill { name: "backward_fill", forward: false },
    &Duplicates { name: "is_unique", kind: Multiplicity::Once },
    &Duplicates { name: "is_duplicated", kind: Multiplicity::Several },
    &Duplicates { name: "is_first_distinct", kind: Multiplicity::First },
    &Duplicates { name: "is_last_distinct", kind: Multiplicity::Last },
    &Rank,
];

fn bad_index() -> Error {
    Error::out_of_bounds("a column of more than 4 billion rows cannot be reordered")
}

fn rows(len: usize) -> Result<u32> {
    u32::try_from(len).map_err(|_| bad_index())
}

/// `shift(x, n, fill)`
#[derive(Debug)]
struct Shift;

impl Function for Shift {
    fn name(&self) -> &'static str {
        "shift"
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("shift", args, 2..=3)?;
        let dtype = args[0].dtype.clone();
        let mut types = vec![dtype.clone(), DataType::Int64];
        types.extend(args.get(2).map(|_| dtype.clone()));
        Ok(Signature { args: types, output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let len = column.len() as i128;
        let by = integer(args, 1).unwrap_or(0).clamp(-len, len);
        let missing = by.unsigned_abs() as usize;
        let fill = match args.get(2) {
            Some(fill) => Column::from_scalar(&fill.column.get(0), missing),
            None => Column::full_null(output.clone(), missing),
        };
        let kept = column.len() - missing;
        if by >= 0 {
            concat(&[fill, column.slice(0, kept)])
        } else {
            concat(&[column.slice(missing, kept), fill])
        }
    }
}

#[derive(Debug)]
struct Reverse;

impl Function for Reverse {
    fn name(&self) -> &'static str {
        "reverse"
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("reverse", args, 1..=1)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        gather(column, &(0..rows(column.len())?).rev().collect::<Vec<_>>())
    }
}

/// `slice(x, offset, length)`; a negative offset counts from the end, a null length goes to the end.
#[derive(Debug)]
struct Slice;

impl Function for Slice {
    fn name(&self) -> &'static str {
        "slice"
    }

    fn extent(&self) -> Extent {
        Extent::Free
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("slice", args, 3..=3)?;
        let dtype = args[0].dtype.clone();
        Ok(Signature { args: vec![dtype.clone(), DataType::Int64, DataType::Int64], output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let offset = integer(args, 1).unwrap_or(0) as i64;
        let (start, take) = slice_bounds(column.len(), offset, integer(args, 2).map(|l| l.max(0) as usize));
        Ok(column.slice(start, take))
    }
}

/// Start and number of the rows that a slice takes out of `len`.
pub(crate) fn slice_bounds(len: usize, offset: i64, length: Option<usize>) -> (usize, usize) {
    let (start, lost) = if offset >= 0 {
        ((offset as usize).min(len), 0)
    } else {
        let back = offset.unsigned_abs() as usize;
        (len.saturating_sub(back), back.saturating_sub(len))
    };
    let take = length.map_or(len, |l| l.saturating_sub(lost));
    (start, take.min(len - start))
}

/// `sort(x, descending, nulls_last)`
#[derive(Debug)]
struct Sort;

impl Function for Sort {
    fn name(&self) -> &'static str {
        "sort"
    }

    fn extent(&self) -> Extent {
        Extent::Free
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("sort", args, 1..=3)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        rows(column.len())?;
        let order = SortOrder { descending: flag(args, 1, false), nulls_last: flag(args, 2, false) };
        gather(column, &sort_indices(&[(column.clone(), order)], column.len()))
    }
}

/// `sort_by(x, descending, nulls_last, by…)`: flags are lists of booleans, one for each key.
#[derive(Debug)]
struct SortBy;

impl Function for SortBy {
    fn name(&self) -> &'static str {
        "sort_by"
    }

    fn extent(&self) -> Extent {
        Extent::Free
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("sort_by", args, 4..=1000)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let flags = |i: usize, key: usize| -> bool {
            args[i].column.as_list().and_then(|l| l.get(0)).is_some_and(|items| {
                !items.is_empty() && items.get(key.min(items.len() - 1)).as_bool() == Some(true)
            })
        };
        let keys = args[3..]
            .iter()
            .enumerate()
            .map(|(k, by)| {
                let order = SortOrder { descending: flags(1, k), nulls_last: flags(2, k) };
                Ok((by.clone().into_rows(len)?, order))
            })
            .collect::<Result<Vec<_>>>()?;
        gather(&args[0].clone().into_rows(len)?, &sort_indices(&keys, len))
    }
}

/// `arg_sort(x, descending, nulls_last)`
#[derive(Debug)]
struct ArgSort;

impl Function for ArgSort {
    fn name(&self) -> &'static str {
        "arg_sort"
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("arg_sort", args, 1..=3)?;
        Ok(Signature::keep(args, DataType::UInt32))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let order = SortOrder { descending: flag(args, 1, false), nulls_last: flag(args, 2, false) };
        Ok(Column::from_vec(sort_indices(&[(column.clone(), order)], column.len())))
    }
}

/// Distinct values in order of first appearance.
#[derive(Debug)]
struct Unique;

impl Function for Unique {
    fn name(&self) -> &'static str {
        "unique"
    }

    fn extent(&self) -> Extent {
        Extent::Free
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("unique", args, 1..=1)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        gather(column, &group_rows(std::slice::from_ref(column), column.len())?.first)
    }
}

#[derive(Debug)]
struct DropNulls;

impl Function for DropNulls {
    fn name(&self) -> &'static str {
        "drop_nulls"
    }

    fn extent(&self) -> Extent {
        Extent::Free
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("drop_nulls", args, 1..=1)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        filter(&args[0].column, &args[0].column.validity_or_full())
    }
}

/// `gather(x, indices)`; negative indices count from the end, null indices give null.
#[derive(Debug)]
struct Gather;

impl Function for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }

    fn extent(&self) -> Extent {
        Extent::Free
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("gather", args, 2..=2)?;
        let dtype = args[0].dtype.clone();
        Ok(Signature { args: vec![dtype.clone(), DataType::Int64], output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let len = column.len() as i64;
        let indices = args[1]
            .column
            .expect_primitive::<i64>()?
            .iter()
            .map(|i| match i {
                None => Ok(NO_ROW),
                Some(i) => {
                    let position = if i < 0 { i + len } else { i };
                    if (0..len).contains(&position) {
                        u32::try_from(position).map_err(|_| bad_index())
                    } else {
                        Err(Error::out_of_bounds(format!("cannot gather row {i} out of {len} rows")))
                    }
                }
            })
            .collect::<Result<Vec<u32>>>()?;
        gather_optional(column, &indices)
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Sum,
    Product,
    Min,
    Max,
}

/// Running values: null stays null and is passed over. `cum_*(x, reverse)`
#[derive(Debug)]
struct Running {
    name: &'static str,
    kind: Kind,
}

impl Function for Running {
    fn name(&self) -> &'static str {
        self.name
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=2)?;
        let dtype = match self.kind {
            Kind::Sum => sum_type(args[0].dtype)?,
            Kind::Product if args[0].dtype.is_float() => args[0].dtype.clone(),
            Kind::Product => DataType::Int64,
            Kind::Min | Kind::Max => args[0].dtype.clone(),
        };
        let mut signature = Signature::keep(args, dtype.clone());
        signature.args[0] = dtype;
        Ok(signature)
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let reverse = flag(args, 1, false);
        with_primitive!(column.array(), |a: T| {
            Ok(Column::from_primitive(output.clone(), run(a, self.kind, reverse)))
        }, else |_other| Err(Error::invalid_operation(format!("`{}` is not defined for {output}", self.name))))
    }
}

fn run<T: Native>(a: &PrimitiveArray<T>, kind: Kind, reverse: bool) -> PrimitiveArray<T> {
    let mut values = vec![T::default(); a.len()];
    let mut total: Option<T> = None;
    let mut step = |i: usize| {
        let Some(v) = a.get(i) else { return };
        let next = match (kind, total) {
            (_, None) => v,
            (Kind::Sum, Some(t)) if T::IS_FLOAT => T::from_f64(t.to_f64() + v.to_f64()),
            (Kind::Sum, Some(t)) => T::from_i128(t.to_i128().wrapping_add(v.to_i128())),
            (Kind::Product, Some(t)) if T::IS_FLOAT => T::from_f64(t.to_f64() * v.to_f64()),
            (Kind::Product, Some(t)) => T::from_i128(t.to_i128().wrapping_mul(v.to_i128())),
            (Kind::Min, Some(t)) => {
                if v < t || t.is_nan() {
                    v
                } else {
                    t
                }
            }
            (Kind::Max, Some(t)) => {
                if v > t || t.is_nan() {
                    v
                } else {
                    t
                }
            }
        };
        total = Some(next);
        values[i] = next;
    };
    if reverse {
        (0..a.len()).rev().for_each(&mut step);
    } else {
        (0..a.len()).for_each(&mut step);
    }
    PrimitiveArray { values: values.into(), validity: a.validity.clone() }
}

/// Number of values that are not null so far. `cum_count(x, reverse)`
#[derive(Debug)]
struct CumCount;

impl Function for CumCount {
    fn name(&self) -> &'static str {
        "cum_count"
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("cum_count", args, 1..=2)?;
        Ok(Signature::keep(args, DataType::UInt32))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let valid = args[0].column.validity_or_full();
        let mut counts = vec![0u32; valid.len()];
        let mut count = 0;
        let mut step = |i: usize| {
            count += u32::from(valid.get(i));
            counts[i] = count;
        };
        if flag(args, 1, false) {
            (0..valid.len()).rev().for_each(&mut step);
        } else {
            (0..valid.len()).for_each(&mut step);
        }
        Ok(Column::from_vec(counts))
    }
}

/// `diff(x, n)`: the difference to the value `n` rows before.
#[derive(Debug)]
struct Diff;

impl Function for Diff {
    fn name(&self) -> &'static str {
        "diff"
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("diff", args, 1..=2)?;
        use hypostyle_core::TimeUnit;
        let (input, output) = match args[0].dtype {
            DataType::UInt8 => (DataType::Int16, DataType::Int16),
            DataType::UInt16 => (DataType::Int32, DataType::Int32),
            DataType::UInt32 => (DataType::Int64, DataType::Int64),
            DataType::UInt64 => (DataType::Int64, DataType::Int64),
            DataType::Datetime(unit, _) => (args[0].dtype.clone(), DataType::Duration(*unit)),
            DataType::Date => {
                (DataType::Datetime(TimeUnit::Microseconds, None), DataType::Duration(TimeUnit::Microseconds))
            }
            DataType::Time => (DataType::Time, DataType::Duration(TimeUnit::Nanoseconds)),
            other => (other.clone(), other.clone()),
        };
        let mut types = vec![input];
        types.extend(args.get(1).map(|_| DataType::Int64));
        Ok(Signature { args: types, output })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let by = integer(args, 1).unwrap_or(1);
        let len = column.len() as i128;
        let indices: Vec<u32> =
            (0..len).map(|i| if (0..len).contains(&(i - by)) { (i - by) as u32 } else { NO_ROW }).collect();
        let before = gather_optional(column, &indices)?;
        arithmetic(Arithmetic::Subtract, column, &before, output)
    }
}

/// The last (or next) value that is not null, at most `limit` rows away.
#[derive(Debug)]
struct Fill {
    name: &'static str,
    forward: bool,
}

impl Function for Fill {
    fn name(&self) -> &'static str {
        self.name
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=2)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let limit = integer(args, 1).map_or(u32::MAX, |l| l.clamp(0, i128::from(u32::MAX)) as u32);
        let len = rows(column.len())?;
        let mut indices = vec![NO_ROW; column.len()];
        let (mut last, mut distance) = (NO_ROW, 0u32);
        let mut step = |i: u32| {
            if column.is_null(i as usize) {
                distance = distance.saturating_add(1);
                if distance <= limit {
                    indices[i as usize] = last;
                }
            } else {
                (last, distance) = (i, 0);
                indices[i as usize] = i;
            }
        };
        if self.forward {
            (0..len).for_each(&mut step);
        } else {
            (0..len).rev().for_each(&mut step);
        }
        gather_optional(column, &indices)
    }
}

#[derive(Clone, Copy, Debug)]
enum Multiplicity {
    Once,
    Several,
    First,
    Last,
}

/// How often a value is there, or whether this row is its first or last.
#[derive(Debug)]
struct Duplicates {
    name: &'static str,
    kind: Multiplicity,
}

impl Function for Duplicates {
    fn name(&self) -> &'static str {
        self.name
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=1)?;
        Ok(Signature::keep(args, DataType::Boolean))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let groups = group_rows(std::slice::from_ref(column), column.len())?;
        let (mut counts, mut last) = (vec![0u32; groups.first.len()], groups.first.clone());
        for (row, id) in groups.ids.iter().enumerate() {
            counts[*id as usize] += 1;
            last[*id as usize] = row as u32;
        }
        let bits = groups.ids.iter().enumerate().map(|(row, id)| {
            let (id, row) = (*id as usize, row as u32);
            match self.kind {
                Multiplicity::Once => counts[id] == 1,
                Multiplicity::Several => counts[id] > 1,
                Multiplicity::First => groups.first[id] == row,
                Multiplicity::Last => last[id] == row,
            }
        });
        Ok(Column::from_bitmap(bits.collect()))
    }
}

/// `rank(x, method, descending)`: `average`, `min`, `max`, `dense`, `ordinal`; null has no rank.
#[derive(Debug)]
struct Rank;

impl Function for Rank {
    fn name(&self) -> &'static str {
        "rank"
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("rank", args, 1..=3)?;
        let method = args.get(1).and_then(|a| a.literal).and_then(|l| l.as_str()).unwrap_or("average");
        let output = match method {
            "average" => DataType::Float64,
            "min" | "max" | "dense" | "ordinal" => DataType::UInt32,
            other => {
                return Err(Error::invalid_operation(format!(
                    "rank method must be average, min, max, dense or ordinal, not {other:?}"
                )));
            }
        };
        Ok(Signature::keep(args, output))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let method = super::text(args, 1).unwrap_or_else(|| "average".to_owned());
        let order = SortOrder { descending: flag(args, 2, false), nulls_last: true };
        let sorted = sort_indices(&[(column.clone(), order)], column.len());
        let valid = column.len() - column.null_count();
        let mut ranks = vec![0f64; column.len()];
        let (mut start, mut dense) = (0, 0);
        while start < valid {
            let mut end = start + 1;
            let same =
                |i: usize, j: usize| hypostyle_kernels::compare::compare_rows(column, i, column, j).is_eq();
            while end < valid && same(sorted[start] as usize, sorted[end] as usize) {
                end += 1;
            }
            dense += 1;
            for (k, row) in sorted[start..end].iter().enumerate() {
                ranks[*row as usize] = match method.as_str() {
                    "min" => start as f64 + 1.0,
                    "max" => end as f64,
                    "dense" => f64::from(dense),
                    "ordinal" => (start + k) as f64 + 1.0,
                    _ => (start + 1 + end) as f64 / 2.0,
                };
            }
            start = end;
        }
        let mut builder = PrimitiveBuilder::<f64>::with_capacity(column.len());
        for (i, rank) in ranks.into_iter().enumerate() {
            builder.push_option((!column.is_null(i)).then_some(rank));
        }
        cast(&builder.finish(DataType::Float64), output, CastMode::NonStrict)
    }
}
