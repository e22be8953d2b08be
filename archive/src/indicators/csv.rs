//! A report as a table.

use super::Report;
use crate::error::Result;
use crate::table;

/// What stands where there is nothing to count.
const NONE: &str = "N/A";

impl Report {
    /// The report as CSV: a line for each figure of each unit, names in Vietnamese or English.
    ///
    /// # Errors
    /// [`ArchiveError::Fault`](crate::ArchiveError::Fault) when the table cannot be written.
    pub fn csv(&self, vietnamese: bool) -> Result<Vec<u8>> {
        let headings = [
            "unit",
            "from",
            "to",
            "code",
            "name",
            "numerator",
            "denominator",
            "value",
            "score",
            "max",
            "target",
        ]
        .map(str::to_owned);
        let name = |vi: &str, en: &str| if vietnamese { vi } else { en }.to_owned();
        let mut rows = Vec::new();
        for unit in &self.units {
            let start = [
                unit.unit.clone().unwrap_or_default(),
                unit.from.to_string(),
                unit.to.to_string(),
            ];
            let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| NONE.to_owned());
            let number =
                |value: Option<u64>| value.map(|number| number.to_string()).unwrap_or_default();
            for one in &unit.indicators {
                let mut row = start.to_vec();
                row.extend([
                    one.code.clone(),
                    name(&one.vi, &one.en),
                    one.numerator.to_string(),
                    one.denominator.to_string(),
                    or_none(&one.rate),
                    or_none(&one.score),
                    one.max.to_string(),
                    number(one.target),
                ]);
                rows.push(row);
            }
            for one in &unit.productivity {
                let mut row = start.to_vec();
                row.extend([
                    one.key.to_owned(),
                    name(one.vi, one.en),
                    one.numerator.to_string(),
                    number(one.denominator),
                    one.value.clone().unwrap_or_default(),
                    String::new(),
                    String::new(),
                    String::new(),
                ]);
                rows.push(row);
            }
        }
        table::write(&headings, &rows)
    }
}
