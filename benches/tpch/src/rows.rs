//! Results as text, to be compared with answers.

use hypostyle::prelude::*;

use crate::answers::Rows;

/// Every row of a frame, row by row: meant for the small results of TPC-H.
///
/// # Errors
/// Types that no answer has.
pub fn rows(frame: &DataFrame) -> Result<Rows> {
    let columns: Vec<Series> = (0..frame.width()).map(|index| frame.column_at(index)).collect();
    let rows = (0..frame.height())
        .map(|row| columns.iter().map(|column| Ok(text(&column.get(row)?))).collect())
        .collect::<Result<_>>()?;
    Ok(Rows { names: columns.iter().map(|column| column.name().to_owned()).collect(), rows })
}

fn text(scalar: &Scalar) -> String {
    match (&scalar.value, &scalar.dtype) {
        (Value::Null, _) => String::new(),
        (Value::Int(days), DataType::Date) => date(*days as i64),
        (Value::Int(number), DataType::Decimal(_, scale)) => decimal(*number, *scale),
        (Value::Int(number), _) => number.to_string(),
        (Value::Float(number), _) => format!("{number:?}"),
        (Value::String(text), _) => text.to_string(),
        (value, _) => format!("{value:?}"),
    }
}

/// All digits, with a point.
fn decimal(number: i128, scale: u8) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", number.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// ISO 8601, from days since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn date(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::{date, decimal};

    #[test]
    fn decimals() {
        for (number, scale, text) in [(-5, 2, "-0.05"), (123, 2, "1.23"), (7, 0, "7"), (0, 3, "0.000")] {
            assert_eq!(decimal(number, scale), text);
        }
    }

    #[test]
    fn dates() {
        for (days, text) in
            [(0, "1970-01-01"), (-1, "1969-12-31"), (9_204, "1995-03-15"), (11_016, "2000-02-29")]
        {
            assert_eq!(date(days), text);
        }
    }
}
