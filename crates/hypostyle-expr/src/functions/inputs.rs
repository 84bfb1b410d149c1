//! What a function is evaluated on.

use std::ops::Range;

use hypostyle_core::{Column, DataType, Error, Result, Scalar};

use crate::bound::Evaluated;
use crate::grouped::segment_ids;

/// Arguments, and the segments of rows that know nothing of each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs<'a> {
    /// The name of the function, for messages.
    pub(super) name: &'static str,
    pub(super) args: &'a [Evaluated],
    /// The type of the result, as planned.
    pub(super) output: &'a DataType,
    /// The rows of the arguments, but those that are scalars or [values of their
    /// own](super::params::ParamKind::Values).
    pub(super) len: usize,
    /// Where each segment starts, and the end; none where all rows are one segment, or no argument has rows.
    pub(super) starts: Option<&'a [u32]>,
    /// Number of segments.
    pub(super) segment_count: usize,
    /// The same of arguments with values of their own, by argument.
    pub(super) own_starts: &'a [Option<Vec<u32>>],
}

/// Values of segments, any number of each.
#[derive(Clone, Debug)]
pub(crate) struct Ragged {
    /// The values, segment by segment.
    pub(crate) values: Column,
    /// Where the values of each segment start, and the end.
    pub(crate) starts: Vec<u32>,
}

impl<'a> Inputs<'a> {
    /// All rows are one segment.
    pub(super) fn of_rows(
        name: &'static str,
        args: &'a [Evaluated],
        output: &'a DataType,
        len: usize,
    ) -> Self {
        Self { name, args, output, len, starts: None, segment_count: 1, own_starts: &[] }
    }

    /// The ranges of rows that know nothing of each other.
    pub(super) fn segments(&self) -> impl DoubleEndedIterator<Item = Range<usize>> + 'a {
        let (starts, len) = (self.starts, self.len);
        (0..self.segment_count).map(move |k| match starts {
            Some(starts) => starts[k] as usize..starts[k + 1] as usize,
            None => 0..len,
        })
    }

    /// The values of a segment in an argument that has values of its own.
    pub(super) fn own_values(&self, i: usize, segment: usize) -> Range<usize> {
        match self.own_starts.get(i).and_then(Option::as_ref) {
            Some(starts) => starts[segment] as usize..starts[segment + 1] as usize,
            // The same for all segments.
            None => 0..self.column(i).len(),
        }
    }

    /// The number of the segment of every row, where there are several.
    pub(super) fn segment_ids(&self) -> Option<Column> {
        self.starts.map(|starts| Column::from_vec(segment_ids(starts)))
    }

    /// The values of an argument.
    pub(super) fn column(&self, i: usize) -> &'a Column {
        &self.args[i].column
    }

    /// Whether an argument has the same value in every row.
    pub(super) fn is_constant(&self, i: usize) -> bool {
        self.args[i].scalar || self.column(i).len() == 1
    }

    /// The one value of an option, or of an argument that is [constant](Self::is_constant).
    fn constant(&self, i: usize) -> Option<&'a Column> {
        self.args.get(i).map(|a| &a.column).filter(|c| c.len() == 1)
    }

    /// A boolean option.
    pub(super) fn flag(&self, i: usize) -> bool {
        self.constant(i).and_then(|c| c.get(0).as_bool()).unwrap_or(false)
    }

    /// An integer option; none where it is null.
    pub(super) fn integer(&self, i: usize) -> Option<i128> {
        self.constant(i).and_then(|c| c.get(0).as_i128())
    }

    /// A number as an option; none where it is null.
    pub(super) fn float(&self, i: usize) -> Option<f64> {
        self.constant(i).and_then(|c| c.get(0).as_f64())
    }

    /// A string option; none where it is null.
    pub(super) fn text(&self, i: usize) -> Option<&'a str> {
        self.constant(i).and_then(|c| c.str_at(0))
    }

    /// The integer of a segment in an argument that has one value for each; none where it is null or not given.
    pub(super) fn integer_of(&self, i: usize, segment: usize) -> Option<i128> {
        self.scalar_of(i, segment)?.as_i128()
    }

    /// The value of a segment in an argument that has one for each; none where it is not given.
    pub(super) fn scalar_of(&self, i: usize, segment: usize) -> Option<Scalar> {
        let column = &self.args.get(i)?.column;
        Some(column.get(at(column, segment)))
    }

    /// The text of row `row` of an argument, which for a scalar is its one value.
    pub(super) fn text_at(&self, i: usize, row: usize) -> Option<&'a str> {
        let column = self.column(i);
        column.str_at(at(column, row))
    }

    /// A result of nulls, as many as the rows.
    pub(super) fn nulls(&self) -> Result<Column> {
        Ok(Column::full_null(self.output.clone(), self.len))
    }

    /// An error for a type that the signature should have kept out.
    pub(super) fn unplanned(&self) -> Error {
        Error::internal(format!("`{}` runs on what it did not ask for", self.name))
    }
}

/// Row `i` of a column, which is row 0 of a scalar.
#[inline]
pub(super) fn at(column: &Column, i: usize) -> usize {
    if column.len() == 1 { 0 } else { i }
}
