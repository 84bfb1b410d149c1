//! A frame as a table: which cells, how wide, where they break.

use std::fmt::Write as _;

use super::options::{Align, Rule, TableOptions};
use super::{cell, locate};
use crate::dtype::DataType;
use crate::frame::DataFrame;
use crate::schema::Field;
use crate::series::Series;

/// Below this many free characters a line counts as full, and a narrower column is worth it.
const MIN_FREE: usize = 2;

struct Cell {
    lines: Vec<String>,
}

struct TableColumn {
    cells: Vec<Cell>,
    align: Align,
}

/// The whole table.
pub(super) fn render(frame: &DataFrame, options: &TableOptions) -> String {
    let columns = columns(frame, options);
    let widths = widths(&columns, options);
    let mut out = String::new();
    let (rows, cols) = (thousands(frame.height()), thousands(frame.schema().len()));
    let shape = format!("shape: ({rows}, {cols})");
    if !options.hide_shape && !options.shape_below {
        out.push_str(&shape);
        out.push('\n');
    }
    let has_header = !(options.hide_names && options.hide_dtypes);
    let height = columns.first().map_or(0, |c| c.cells.len());
    let border = &options.frame;
    line(&mut out, border.top, &widths, options);
    for i in usize::from(!has_header)..height {
        row(&mut out, &columns, &widths, i, options);
        if i == 0 {
            line(&mut out, border.header, &widths, options);
        } else if i + 1 < height {
            line(&mut out, border.between, &widths, options);
        }
    }
    if columns.is_empty() {
        line(&mut out, border.header, &widths, options);
    }
    line(&mut out, border.bottom, &widths, options);
    out.truncate(out.trim_end_matches('\n').len());
    if !options.hide_shape && options.shape_below {
        out.push('\n');
        out.push_str(&shape);
    }
    out
}

/// A number with its digits in groups.
pub(super) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// One cell without quotes, cut.
pub(super) fn cell(series: &Series, i: usize, options: &TableOptions) -> String {
    let mut out = String::new();
    if let Some((chunk, row)) = locate(series, i) {
        cell::write(&mut out, chunk, row, &cell::Style { options, quoted: false, cut: true });
    }
    // Whatever it is, a cell is cut as a whole; text was cut while it was written.
    if series.dtype() != &DataType::String {
        cut(&mut out, options);
    }
    out
}

fn cut(text: &mut String, options: &TableOptions) {
    if let Some((end, _)) = options.str_len.and_then(|limit| text.char_indices().nth(limit)) {
        text.truncate(end);
        text.push_str(options.frame.ellipsis());
    }
}

fn columns(frame: &DataFrame, options: &TableOptions) -> Vec<TableColumn> {
    let fields = frame.schema().fields();
    let (head, tail) = options.split_rows(frame.height());
    let reduced = head + tail < frame.height();
    let rows = || (0..head).chain(frame.height() - tail..frame.height());
    let ellipsis = options.frame.ellipsis();
    let column = |j: usize| {
        let series = frame.column_at(j);
        let mut cells = vec![Cell::new(&header(&fields[j], options))];
        for (n, i) in rows().enumerate() {
            if reduced && n == head {
                cells.push(Cell::new(ellipsis));
            }
            cells.push(Cell::new(&cell(&series, i, options)));
        }
        if reduced && tail == 0 {
            cells.push(Cell::new(ellipsis));
        }
        let align = options.align_numbers.filter(|_| fields[j].dtype.is_numeric()).unwrap_or(options.align);
        TableColumn { cells, align }
    };
    let (first, last) = options.split_cols(fields.len());
    let mut columns: Vec<_> = (0..first).map(column).collect();
    if first + last < fields.len() {
        let height = 1 + head + tail + usize::from(reduced);
        let cells = (0..height).map(|_| Cell::new(ellipsis)).collect();
        columns.push(TableColumn { cells, align: options.align });
    }
    columns.extend((fields.len() - last..fields.len()).map(column));
    columns
}

fn header(field: &Field, options: &TableOptions) -> String {
    let mut name = field.name.to_string();
    cut(&mut name, options);
    let dtype = field.dtype.to_string();
    match (options.hide_names, options.hide_dtypes) {
        (true, true) => String::new(),
        (true, false) => dtype,
        (false, true) => name,
        (false, false) if options.inline_dtypes => format!("{name} ({dtype})"),
        (false, false) if options.hide_separator => format!("{name}\n{dtype}"),
        (false, false) => format!("{name}\n---\n{dtype}"),
    }
}

impl Cell {
    fn new(text: &str) -> Self {
        Self { lines: text.split('\n').map(str::to_owned).collect() }
    }

    fn width(&self) -> usize {
        self.lines.iter().map(|l| width(l)).max().unwrap_or(0)
    }

    fn wrapped(&self, limit: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for line in &self.lines {
            if width(line) > limit { wrap(line, limit, &mut lines) } else { lines.push(line.clone()) }
        }
        lines
    }
}

/// Widths of the columns' contents. What does not fit the line is shared out: columns that need less than the average
/// get what they need, then those that break well, and the rest get equal parts.
fn widths(columns: &[TableColumn], options: &TableOptions) -> Vec<usize> {
    // No column is wider than a text that was cut; a longer data type is broken.
    let widest = options.str_len.map_or(usize::MAX, |n| n + width(options.frame.ellipsis()));
    let natural: Vec<usize> =
        columns.iter().map(|c| c.cells.iter().map(Cell::width).max().unwrap_or(0).min(widest)).collect();
    let sides = options.frame.sides;
    let lines = usize::from(sides[0].is_some())
        + usize::from(sides[2].is_some())
        + columns.len().saturating_sub(1) * usize::from(sides[1].is_some());
    let taken = lines + 2 * columns.len();
    let Some(limit) = options.width else { return natural };
    if natural.iter().sum::<usize>() + taken <= limit {
        return natural;
    }
    let mut left = limit.saturating_sub(taken);
    let mut open = columns.len();
    let mut fixed: Vec<Option<usize>> = vec![None; columns.len()];
    let mut pass = |need: &dyn Fn(usize, usize) -> Option<usize>, fixed: &mut Vec<Option<usize>>| {
        let mut found = true;
        while found && open > 0 {
            found = false;
            for (i, fixed) in fixed.iter_mut().enumerate() {
                if open == 0 || fixed.is_some() {
                    continue;
                }
                if let Some(width) = need(i, left / open) {
                    *fixed = Some(width);
                    left = left.saturating_sub(width);
                    open -= 1;
                    found = true;
                }
            }
        }
        (left, open)
    };
    pass(&|i, average| Some(natural[i]).filter(|n| *n <= average), &mut fixed);
    let broken = |i: usize, average: usize| {
        let lines = columns[i].cells.iter().flat_map(|c| c.wrapped(average.max(1)));
        // In bytes, as comfy-table has it, which Polars prints with: an ellipsis takes three.
        let longest = lines.map(|l| l.len()).max().unwrap_or(0);
        Some(longest).filter(|n| average.saturating_sub(*n) > MIN_FREE)
    };
    let (left, open) = pass(&broken, &mut fixed);
    let (share, mut extra) = (left / open.max(1), left % open.max(1));
    fixed
        .into_iter()
        .map(|width| {
            width.unwrap_or_else(|| {
                let one = usize::from(extra > 0);
                extra -= one;
                (share + one).max(1)
            })
        })
        .collect()
}

/// Breaks a line at spaces; words that no line holds are cut.
fn wrap(text: &str, limit: usize, lines: &mut Vec<String>) {
    let mut words: Vec<String> = text.split(' ').rev().map(str::to_owned).collect();
    let mut line = String::new();
    while let Some(word) = words.pop() {
        let space = usize::from(!line.is_empty());
        let used = width(&line) + space;
        let room = limit.saturating_sub(used);
        if width(&word) <= room && used <= limit {
            line.extend((space == 1).then_some(' '));
            line.push_str(&word);
        } else if space == 1 && room <= MIN_FREE {
            words.push(word);
            lines.push(std::mem::take(&mut line));
            continue;
        } else if width(&word) > limit {
            line.extend((space == 1).then_some(' '));
            let (start, rest) = cut_word(&word, room.max(1));
            line.push_str(start);
            words.push(rest.to_owned());
            lines.push(std::mem::take(&mut line));
            continue;
        } else {
            lines.push(std::mem::replace(&mut line, word));
        }
        if width(&line) > limit.saturating_sub(MIN_FREE) {
            lines.push(std::mem::take(&mut line));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
}

/// As much of a word as the width holds, at least one character.
fn cut_word(word: &str, limit: usize) -> (&str, &str) {
    let mut used = 0;
    for (i, c) in word.char_indices() {
        used += char_width(c);
        if used > limit && i > 0 {
            return word.split_at(i);
        }
    }
    (word, "")
}

fn line(out: &mut String, rule: Option<Rule>, widths: &[usize], options: &TableOptions) {
    let Some([left, fill, cross, right]) = rule else { return };
    let sides = options.frame.sides;
    out.extend(sides[0].map(|_| left));
    for (i, width) in widths.iter().enumerate() {
        if i > 0 && sides[1].is_some() {
            out.push(cross);
        }
        out.extend(std::iter::repeat_n(fill, width + 2));
    }
    out.extend(sides[2].map(|_| right));
    out.push('\n');
}

fn row(out: &mut String, columns: &[TableColumn], widths: &[usize], i: usize, options: &TableOptions) {
    let sides = options.frame.sides;
    let cells: Vec<Vec<String>> = columns.iter().zip(widths).map(|(c, w)| c.cells[i].wrapped(*w)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for n in 0..height {
        out.extend(sides[0]);
        for (j, lines) in cells.iter().enumerate() {
            if j > 0 {
                out.extend(sides[1]);
            }
            let text = lines.get(n).map_or("", String::as_str);
            let free = widths[j].saturating_sub(width(text));
            let before = match columns[j].align {
                Align::Left => 0,
                Align::Center => free.div_ceil(2),
                Align::Right => free,
            };
            let _ = write!(out, " {:before$}{text}{:after$} ", "", "", after = free - before);
        }
        out.extend(sides[2]);
        out.push('\n');
    }
}

fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.bytes().filter(|b| *b >= 0x20).count()
    } else {
        text.chars().map(char_width).sum()
    }
}

/// Columns that a terminal gives a character: none for combining marks, two for East Asian wide ones and emoji (the
/// ranges of UAX #11 that matter; the full table is not worth its weight here).
fn char_width(c: char) -> usize {
    match u32::from(c) {
        0..0x20 | 0x7f..0xa0 => 0,
        0x300..0x370 | 0x200b..0x2010 | 0x20d0..0x2100 | 0xfe00..0xfe10 | 0xfe20..0xfe30 => 0,
        0x1100..0x1160
        | 0x2e80..0x303f
        | 0x3041..0xa4d0
        | 0xac00..0xd7a4
        | 0xf900..0xfb00
        | 0xfe30..0xfe70
        | 0xff00..0xff61
        | 0xffe0..0xffe7
        | 0x1f300..0x1f650
        | 0x1f680..0x1f700
        | 0x1f900..0x1fb00
        | 0x20000..0x3fffe => 2,
        _ => 1,
    }
}
