//! Ranges of text in statistics.
//!
//! Ends may be cut short: a smallest value then is a prefix of the real one, which is no greater; a largest one a
//! prefix whose last byte is one more. Writers have been known to cut and not add one, so a largest value that is not
//! said to be exact stands for all texts that begin with it, too. Only an order that the file declares to be that of
//! bytes is trusted.

use hypostyle_core::{DataType, Scalar};
use hypostyle_expr::Condition;
use hypostyle_kernels::compare::Comparison;
use parquet::basic::{ColumnOrder, SortOrder};
use parquet::file::metadata::page_index::RowGroupPageIndex;
use parquet::file::page_index::column_index::ColumnIndexMetaData;

use super::decode::Physical;
use super::pruning::stored;
use super::source::OpenFile;

/// What is asked of columns of text.
#[derive(Debug, Default)]
pub(super) struct TextTests(Vec<(usize, Test)>);

#[derive(Debug)]
enum Test {
    Compare(Comparison, Vec<u8>),
    OneOf(Vec<Vec<u8>>),
}

/// The ends of some texts.
#[derive(Clone, Copy, Debug)]
struct Ends<'a> {
    low: &'a [u8],
    high: &'a [u8],
    /// Whether both are values.
    exact: bool,
}

impl TextTests {
    /// Takes a condition on a column, if its constants are texts.
    pub(super) fn add(&mut self, column: usize, condition: &Condition) {
        let text = |constant: &Scalar| constant.as_str().map(|text| text.as_bytes().to_vec());
        let test = match condition {
            Condition::Compare(op, constant) => text(constant).map(|text| Test::Compare(*op, text)),
            Condition::OneOf(constants) => constants.iter().map(text).collect::<Option<_>>().map(Test::OneOf),
            _ => None,
        };
        self.0.extend(test.map(|test| (column, test)));
    }

    /// Whether a row group may have rows that are wanted.
    pub(super) fn may_hold_group(&self, open: &OpenFile, group: usize) -> bool {
        let metadata = open.file.metadata.row_group(group);
        self.0.iter().all(|(column, test)| {
            let Some(place) = place(open, *column) else { return true };
            let Some(statistics) = metadata.column(place).statistics() else { return true };
            // Those that are deprecated were made in another order.
            if statistics.is_min_max_deprecated() {
                return true;
            }
            let exact = statistics.min_is_exact() && statistics.max_is_exact();
            match (statistics.min_bytes_opt(), statistics.max_bytes_opt()) {
                (Some(low), Some(high)) => test.may_hold(Ends { low, high, exact }),
                _ => true,
            }
        })
    }

    /// Whether a page of the column at `place` of a file may have rows that are wanted.
    pub(super) fn may_hold_page(
        &self,
        column: usize,
        open: &OpenFile,
        leaf: usize,
        index: &RowGroupPageIndex,
        page: usize,
    ) -> bool {
        let mut tests = self.0.iter().filter(|(known, _)| *known == column).peekable();
        if tests.peek().is_none() || place(open, column) != Some(leaf) {
            return true;
        }
        let Some(ColumnIndexMetaData::BYTE_ARRAY(index)) = index.column_index(leaf) else { return true };
        if page as u64 >= index.num_pages() {
            return true;
        }
        match (index.min_value(page), index.max_value(page)) {
            // Which ends of pages are cut nobody says.
            (Some(low), Some(high)) => tests.all(|(_, test)| test.may_hold(Ends { low, high, exact: false })),
            _ => true,
        }
    }
}

/// Where a column of text is in the file, if its ends can be trusted.
fn place(open: &OpenFile, column: usize) -> Option<usize> {
    let (leaf, place) = stored(open, column)?;
    let order = open.file.metadata.file_metadata().column_order(place);
    (leaf.physical == Physical::Bytes
        && leaf.dtype == DataType::String
        && order == ColumnOrder::TYPE_DEFINED_ORDER(SortOrder::UNSIGNED))
    .then_some(place)
}

impl Test {
    fn may_hold(&self, ends: Ends<'_>) -> bool {
        // Ends in the wrong order say nothing.
        if ends.low > ends.high && !ends.low.starts_with(ends.high) {
            return true;
        }
        match self {
            Self::Compare(op, value) => ends.may_hold(*op, value),
            Self::OneOf(values) => values.iter().any(|value| ends.may_hold(Comparison::Eq, value)),
        }
    }
}

impl Ends<'_> {
    fn may_hold(&self, op: Comparison, value: &[u8]) -> bool {
        let (low, high) = (self.low, self.high);
        let beyond = !self.exact && value.starts_with(high);
        match op {
            Comparison::Eq => low <= value && (value <= high || beyond),
            Comparison::NotEq => !self.exact || low != value || high != value,
            Comparison::Lt => low < value,
            Comparison::LtEq => low <= value,
            Comparison::Gt => high > value || beyond,
            Comparison::GtEq => high >= value || beyond,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_assert, proptest};

    use super::*;

    const OPERATORS: [Comparison; 6] = [
        Comparison::Eq,
        Comparison::NotEq,
        Comparison::Lt,
        Comparison::LtEq,
        Comparison::Gt,
        Comparison::GtEq,
    ];

    fn holds(op: Comparison, value: &[u8], constant: &[u8]) -> bool {
        match op {
            Comparison::Eq => value == constant,
            Comparison::NotEq => value != constant,
            Comparison::Lt => value < constant,
            Comparison::LtEq => value <= constant,
            Comparison::Gt => value > constant,
            Comparison::GtEq => value >= constant,
        }
    }

    fn texts() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(0u8..3, 0..5)
    }

    #[test]
    fn ends_rule_out_what_they_can() {
        let ends = Ends { low: b"bb", high: b"dd", exact: true };
        let ruled_out = |op, text: &str, ends: Ends<'_>| !ends.may_hold(op, text.as_bytes());
        assert!(ruled_out(Comparison::Eq, "a", ends) && ruled_out(Comparison::Eq, "dda", ends));
        assert!(ruled_out(Comparison::Gt, "dd", ends) && ruled_out(Comparison::Lt, "bb", ends));
        let cut = Ends { exact: false, ..ends };
        assert!(!ruled_out(Comparison::Eq, "dda", cut) && ruled_out(Comparison::Eq, "de", cut));
        let one = Ends { low: b"x", high: b"x", exact: true };
        assert!(ruled_out(Comparison::NotEq, "x", one));
        assert!(!Test::OneOf(vec![b"a".to_vec(), b"e".to_vec()]).may_hold(ends));
        assert!(Test::OneOf(vec![b"a".to_vec()]).may_hold(Ends { low: b"z", high: b"b", exact: true }));
    }

    proptest! {
        #[test]
        fn no_wanted_text_is_ruled_out(
            values in proptest::collection::vec(texts(), 1..6),
            constant in texts(),
            length in 1usize..4,
            cut in any::<bool>(),
            raised in any::<bool>(),
        ) {
            let mut low = values.iter().min().unwrap().clone();
            let mut high = values.iter().max().unwrap().clone();
            let exact = !cut || low.len() <= length && high.len() <= length;
            if cut {
                low.truncate(length);
                if high.len() > length {
                    high.truncate(length);
                    if raised {
                        high[length - 1] += 1;
                    }
                }
            }
            for op in OPERATORS {
                let wanted = values.iter().any(|value| holds(op, value, &constant));
                let test = Test::Compare(op, constant.clone());
                prop_assert!(!wanted || test.may_hold(Ends { low: &low, high: &high, exact }), "{op:?}");
                prop_assert!(!wanted || test.may_hold(Ends { low: &low, high: &high, exact: false }), "{op:?}");
            }
        }
    }
}
