//! States as columns: how running values are written to columns of one row a group, and read back.

use hypostyle_core::{BooleanArray, Column, Error, MutableBitmap, Native, PrimitiveArray, Result};

use crate::grouped::segment_ids;

/// Bytes of a vector's values.
pub(super) fn bytes_of<T>(values: &[T]) -> usize {
    size_of_val(values)
}

/// A number for each group.
pub(super) fn numbers<T: Native>(values: &[T]) -> Column {
    Column::from_vec(values.to_vec())
}

/// The numbers of each group.
pub(super) fn read_numbers<T: Native>(columns: &[Column], place: usize) -> Result<Vec<T>> {
    Ok(column(columns, place)?.expect_primitive::<T>()?.values().to_vec())
}

/// Some numbers for each group, as a column each.
pub(super) fn parts<const N: usize>(groups: impl Iterator<Item = [f64; N]>) -> Vec<Column> {
    let mut columns: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    groups.for_each(|group| columns.iter_mut().zip(group).for_each(|(column, part)| column.push(part)));
    columns.into_iter().map(Column::from_vec).collect()
}

/// The numbers of each group.
pub(super) fn read_parts<const N: usize>(columns: &[Column], groups: usize) -> Result<Vec<[f64; N]>> {
    let mut parts = vec![[0.0; N]; groups];
    for place in 0..N {
        let values = read_numbers::<f64>(columns, place)?;
        parts.iter_mut().zip(values).for_each(|(group, value)| group[place] = value);
    }
    Ok(parts)
}

/// The values of the groups that have seen one; null for the others.
pub(super) fn of_seen<T: Native>(values: Vec<T>, seen: &[bool]) -> Result<PrimitiveArray<T>> {
    let mut valid = MutableBitmap::with_capacity(seen.len());
    seen.iter().for_each(|seen| valid.push(*seen));
    PrimitiveArray::try_new(values.into(), valid.into_validity())
}

/// A truth for each group.
pub(super) fn truths(values: &[bool]) -> Result<Column> {
    Ok(Column::from_boolean(BooleanArray::try_new(values.iter().copied().collect(), None)?))
}

/// The truth of each group.
pub(super) fn read_truths(columns: &[Column], place: usize) -> Result<Vec<bool>> {
    Ok(column(columns, place)?.expect_boolean()?.values().iter().collect())
}

/// The values of lists, and the group of each.
pub(super) fn read_lists(columns: &[Column], place: usize) -> Result<(Column, Vec<u32>)> {
    let column = column(columns, place)?;
    let lists = column.as_list().ok_or_else(|| not_exported("lists"))?;
    // Rows that were gathered or cut may begin anywhere.
    let offsets = lists.offsets();
    let start = offsets[0];
    let ends: Vec<u32> = offsets.iter().map(|offset| (offset - start) as u32).collect();
    let len = ends[ends.len() - 1] as usize;
    Ok((lists.values().slice(start as usize, len), segment_ids(&ends)))
}

/// The column at a place.
pub(super) fn column(columns: &[Column], place: usize) -> Result<&Column> {
    columns.get(place).ok_or_else(|| not_exported("as many columns"))
}

fn not_exported(what: &str) -> Error {
    Error::internal(format!("a state reads {what}, which no state of its aggregate exported"))
}

#[cfg(test)]
mod tests;
