//! Frames, series and values as text: `Display` by default options, [`DataFrame::render`] by others.

mod cell;
mod options;
mod table;

use std::fmt::{self, Write as _};

use crate::column::Column;
use crate::frame::DataFrame;
use crate::scalar::Scalar;
use crate::series::Series;

pub use options::{Align, Frame as TableFrame, Rule, TableOptions};

impl DataFrame {
    /// The frame as a table: head and tail of the rows and of the columns, as the options say.
    ///
    /// ```
    /// use hypostyle_core::{Column, DataFrame};
    ///
    /// let frame = DataFrame::new([("a", Column::from_vec(vec![1i64, 2]))])?;
    /// assert!(frame.to_string().starts_with("shape: (2, 1)\n┌─────┐"));
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn render(&self, options: &TableOptions) -> String {
        table::render(self, options)
    }

    /// Row `i` of every column as text, whole and unquoted: what an HTML table shows.
    pub fn cells(&self, i: usize, options: &TableOptions) -> Vec<String> {
        (0..self.schema().len()).map(|j| table::cell(&self.column_at(j), i, options)).collect()
    }
}

impl Series {
    /// The series as a list: head and tail of the rows, as the options say.
    pub fn render(&self, options: &TableOptions) -> String {
        let mut out = String::new();
        if !options.hide_shape {
            let _ = writeln!(out, "shape: ({},)", table::thousands(self.len()));
        }
        let _ = writeln!(out, "Series: '{}' [{}]\n[", self.name(), self.dtype());
        let (head, tail) = options.split_rows(self.len());
        let style = cell::Style { options, quoted: true, cut: true };
        let mut rows: Vec<Option<usize>> = (0..head).map(Some).collect();
        if head + tail < self.len() {
            rows.push(None);
        }
        rows.extend((self.len() - tail..self.len()).map(Some));
        for row in rows {
            out.push('\t');
            match row.and_then(|i| locate(self, i)) {
                Some((chunk, i)) => cell::write(&mut out, chunk, i, &style),
                None => out.push('…'),
            }
            out.push('\n');
        }
        out.push(']');
        out
    }
}

/// The chunk that row `i` is in, and its row there.
fn locate(series: &Series, i: usize) -> Option<(&Column, usize)> {
    let mut left = i;
    for chunk in series.chunks() {
        if left < chunk.len() {
            return Some((chunk, left));
        }
        left -= chunk.len();
    }
    None
}

impl fmt::Display for DataFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&TableOptions::default()))
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&TableOptions::default()))
    }
}

/// The value as a cell shows it; text in quotes.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = Column::from_scalar(self, 1);
        let mut out = String::new();
        let options = TableOptions::default();
        cell::write(&mut out, &column, 0, &cell::Style { options: &options, quoted: true, cut: false });
        f.write_str(&out)
    }
}

#[cfg(test)]
mod tests;
