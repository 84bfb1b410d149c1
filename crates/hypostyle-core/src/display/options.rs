//! What a table looks like.

/// How tables, series and their values are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct TableOptions {
    /// Rows at most; `None` is all of them.
    pub rows: Option<usize>,
    /// Columns at most; `None` is all of them.
    pub cols: Option<usize>,
    /// Characters a line at most; `None` is no limit.
    pub width: Option<usize>,
    /// Characters of a text at most; `None` is all of them.
    pub str_len: Option<usize>,
    /// Items of a list at most; `None` is all of them.
    pub list_len: Option<usize>,
    /// Digits after the point; `None` is as many as the value needs, within reason.
    pub float_precision: Option<usize>,
    /// Floats in full.
    pub float_full: bool,
    /// No line with the data types.
    pub hide_dtypes: bool,
    /// No line with the names.
    pub hide_names: bool,
    /// No `---` between names and data types.
    pub hide_separator: bool,
    /// Types beside the names, as `a (i64)`.
    pub inline_dtypes: bool,
    /// No `shape: (3, 2)`.
    pub hide_shape: bool,
    /// The shape below the table.
    pub shape_below: bool,
    /// How cells are aligned.
    pub align: Align,
    /// How cells of numbers are aligned, if otherwise.
    pub align_numbers: Option<Align>,
    /// The lines around cells.
    pub frame: Frame,
}

/// Where text stands in its cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            rows: Some(10),
            cols: Some(8),
            width: Some(100),
            str_len: Some(30),
            list_len: Some(3),
            float_precision: None,
            float_full: false,
            hide_dtypes: false,
            hide_names: false,
            hide_separator: false,
            inline_dtypes: false,
            hide_shape: false,
            shape_below: false,
            align: Align::Left,
            align_numbers: None,
            frame: Frame::UTF8_FULL_CONDENSED,
        }
    }
}

impl TableOptions {
    /// How many of the first and of the last rows are shown.
    pub(super) fn split_rows(&self, height: usize) -> (usize, usize) {
        split(self.rows, height)
    }

    /// How many of the first and of the last columns are shown.
    pub(super) fn split_cols(&self, width: usize) -> (usize, usize) {
        split(self.cols, width)
    }
}

fn split(limit: Option<usize>, len: usize) -> (usize, usize) {
    match limit {
        Some(limit) if limit < len => (limit.div_ceil(2), limit / 2),
        _ => (len, 0),
    }
}

/// A horizontal line: left end, fill, crossing, right end.
pub type Rule = [char; 4];

/// The lines around cells; a missing one is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Above the header.
    pub top: Option<Rule>,
    /// Below the header.
    pub header: Option<Rule>,
    /// Between rows.
    pub between: Option<Rule>,
    /// Below the last row.
    pub bottom: Option<Rule>,
    /// Left of a row, between its cells, and right of it.
    pub sides: [Option<char>; 3],
}

const fn rule(text: [char; 4]) -> Option<Rule> {
    Some(text)
}

impl Frame {
    /// The default.
    pub const UTF8_FULL_CONDENSED: Self = Self {
        top: rule(['┌', '─', '┬', '┐']),
        header: rule(['╞', '═', '╪', '╡']),
        between: None,
        bottom: rule(['└', '─', '┴', '┘']),
        sides: [Some('│'), Some('┆'), Some('│')],
    };

    /// What stands for things left out: three dots where everything else is ASCII.
    pub(super) fn ellipsis(&self) -> &'static str {
        let ascii = |rule: Option<Rule>| rule.is_some_and(|r| r[1].is_ascii());
        if ascii(self.top) || ascii(self.header) || self.sides.contains(&Some('|')) { "..." } else { "…" }
    }

    /// The frame of a name that Polars gives it.
    pub fn named(name: &str) -> Option<Self> {
        let condensed = Self::UTF8_FULL_CONDENSED;
        let ascii_condensed = Self {
            top: rule(['+', '-', '+', '+']),
            header: rule(['+', '=', '=', '+']),
            between: None,
            bottom: rule(['+', '-', '+', '+']),
            sides: [Some('|'); 3],
        };
        let none = Self { top: None, header: None, between: None, bottom: None, sides: [None; 3] };
        let open = [None, Some('┆'), None];
        let ascii_open = [None, Some('|'), None];
        Some(match name {
            "UTF8_FULL_CONDENSED" => condensed,
            "UTF8_FULL" => Self { between: rule(['├', '╌', '┼', '┤']), ..condensed },
            "UTF8_NO_BORDERS" => Self {
                top: None,
                bottom: None,
                between: rule(['╌', '╌', '┼', '╌']),
                header: rule(['═', '═', '╪', '═']),
                sides: open,
            },
            "UTF8_BORDERS_ONLY" => Self {
                top: rule(['┌', '─', '─', '┐']),
                header: rule(['╞', '═', '═', '╡']),
                bottom: rule(['└', '─', '─', '┘']),
                between: None,
                sides: [Some('│'), Some(' '), Some('│')],
            },
            "UTF8_HORIZONTAL_ONLY" => Self {
                top: rule(['─'; 4]),
                header: rule(['═'; 4]),
                between: rule(['─'; 4]),
                bottom: rule(['─'; 4]),
                sides: [None, Some(' '), None],
            },
            "ASCII_FULL" => Self { between: rule(['|', '-', '+', '|']), ..ascii_condensed },
            "ASCII_FULL_CONDENSED" => ascii_condensed,
            "ASCII_NO_BORDERS" => Self {
                top: None,
                bottom: None,
                between: rule(['-', '-', '+', '-']),
                header: rule(['=', '=', '=', '=']),
                sides: ascii_open,
            },
            "ASCII_BORDERS_ONLY" => Self {
                top: rule(['+', '-', '-', '+']),
                header: rule(['+', '=', '=', '+']),
                between: rule(['|', ' ', ' ', '|']),
                bottom: rule(['+', '-', '-', '+']),
                sides: [Some('|'), Some(' '), Some('|')],
            },
            "ASCII_BORDERS_ONLY_CONDENSED" => Self {
                top: rule(['+', '-', '-', '+']),
                header: rule(['+', '=', '=', '+']),
                between: None,
                bottom: rule(['+', '-', '-', '+']),
                sides: [Some('|'), Some(' '), Some('|')],
            },
            "ASCII_HORIZONTAL_ONLY" => Self {
                top: rule(['-'; 4]),
                header: rule(['='; 4]),
                between: rule(['-'; 4]),
                bottom: rule(['-'; 4]),
                sides: [None, Some(' '), None],
            },
            "ASCII_MARKDOWN" | "MARKDOWN" => {
                Self { header: rule(['|', '-', '|', '|']), sides: [Some('|'); 3], ..none }
            }
            "NOTHING" => none,
            _ => return None,
        })
    }
}
