//! What a station wants to know besides: how much it takes in, how well that is read, how often it is used again.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::params;
use serde::Serialize;

use super::{COPIES, counted, mean, rate};
use crate::error::Result;
use crate::records::Figures;
use crate::store::Archive;

/// Below this mean certainty a document's reading is doubtful, in thousandths.
pub(super) const DOUBTFUL: u32 = 700;

/// A figure with what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Its key.
    pub key: &'static str,
    /// What it is called, Vietnamese.
    pub vi: &'static str,
    /// What it is called, English.
    pub en: &'static str,
    /// How many, or the sum.
    pub numerator: u64,
    /// Of how many; nothing for plain counts.
    pub denominator: Option<u64>,
    /// Two decimals, half up: per cent for shares, the mean for sums; `null` when there is nothing to count.
    pub value: Option<String>,
}

impl Archive {
    /// Figures that no decree asks for, and every station wants to know.
    pub(super) fn productivity(
        &self,
        unit: Option<&str>,
        made: &Made,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figure>> {
        let looked = self.usages("lookup", unit, from, to)?;
        let reused = self.usages("reuse", unit, from, to)?;
        let (copies, minutes) = self.copy_minutes(unit, from, to)?;
        let gaps = u64::try_from(self.gaps()?.len()).unwrap_or(u64::MAX);
        let share = |key, vi, en, numerator, denominator| Figure {
            key,
            vi,
            en,
            numerator,
            denominator: Some(denominator),
            value: rate(numerator, denominator),
        };
        let count = |key, vi, en, numerator| Figure {
            key,
            vi,
            en,
            numerator,
            denominator: None,
            value: None,
        };
        let mut all = vec![
            count(
                "documents",
                "Tài liệu đưa vào kho",
                "Documents taken in",
                made.documents,
            ),
            count("pages", "Số trang", "Pages", made.pages),
            share(
                "searchable",
                "Trang có lớp chữ",
                "Pages with text",
                made.with_text,
                made.pages,
            ),
            share(
                "signed",
                "Tài liệu đã ký số",
                "Documents signed",
                made.signed.min(made.documents),
                made.documents,
            ),
            Figure {
                key: "confidence",
                vi: "Độ tin cậy đọc trung bình (%)",
                en: "Mean certainty of reading (%)",
                numerator: made.certainty,
                denominator: Some(made.read),
                value: mean(made.certainty * 10, made.read),
            },
            share(
                "doubtful",
                "Tài liệu đọc chưa chắc",
                "Documents read doubtfully",
                made.doubtful,
                made.read,
            ),
            count(
                "corrected",
                "Trường sửa bằng tay",
                "Fields put right by hand",
                made.corrected,
            ),
            share(
                "lookup_hits",
                "Lần tra cứu có kết quả",
                "Look-ups that found something",
                looked.1,
                looked.0,
            ),
            count(
                "reused",
                "Lần tái sử dụng",
                "Times something was reused",
                reused.0,
            ),
            count(
                "copies",
                "Bản sao điện tử đã cấp",
                "Electronic certified copies issued",
                copies,
            ),
            Figure {
                key: "copy_minutes",
                vi: "Số phút trung bình cho một bản sao",
                en: "Mean minutes for a certified copy",
                numerator: minutes,
                denominator: Some(copies),
                value: mean(minutes * 100, copies),
            },
        ];
        if unit.is_none() {
            all.push(count(
                "gaps",
                "Số thiếu trong sổ",
                "Numbers missing in registers",
                gaps,
            ));
        }
        Ok(all)
    }

    /// What was taken in, by unit; those of no unit under the empty name.
    pub(super) fn made(&self, from: Date, to: Date) -> Result<BTreeMap<String, Made>> {
        let work = || -> rusqlite::Result<BTreeMap<String, Made>> {
            let mut all: BTreeMap<String, Made> = BTreeMap::new();
            let mut statement = self.db().prepare_cached(
                "SELECT version.number, pages, figures, json_extract(meta, '$.unit') FROM version
                 JOIN document ON document.id = version.document
                 WHERE substr(version.added_at, 1, 10) BETWEEN ? AND ?",
            )?;
            let mut rows = statement.query(params![from.to_string(), to.to_string()])?;
            while let Some(row) = rows.next()? {
                let unit: Option<String> = row.get(3)?;
                let made = all.entry(unit.unwrap_or_default()).or_default();
                let figures: Figures = crate::records::from_json(row, 2)?;
                made.signed += u64::from(figures.signed);
                // A later version is the same paper again.
                if row.get::<_, u32>(0)? > 1 {
                    continue;
                }
                made.documents += 1;
                made.pages += u64::from(row.get::<_, Option<u32>>(1)?.unwrap_or_default());
                made.with_text += u64::from(figures.pages_with_text);
                made.corrected += u64::from(figures.corrected);
                if let Some(certainty) = figures.confidence {
                    made.read += 1;
                    made.certainty += u64::from(certainty);
                    made.doubtful += u64::from(certainty < DOUBTFUL);
                }
            }
            Ok(all)
        };
        work().map_err(self.database_error())
    }

    /// How many, and how many with a find.
    fn usages(&self, kind: &str, unit: Option<&str>, from: Date, to: Date) -> Result<(u64, u64)> {
        self.db()
            .query_row(
                "SELECT count(*), coalesce(sum(hits > 0), 0) FROM usage
                 WHERE kind = ?1 AND (?2 IS NULL OR unit = ?2) AND substr(used_at, 1, 10) BETWEEN ?3 AND ?4",
                params![kind, unit, from.to_string(), to.to_string()],
                |row| Ok((counted(row, 0)?, counted(row, 1)?)),
            )
            .map_err(self.database_error())
    }

    /// Certified copies sealed in the period, and the minutes from intake to seal of all of them.
    fn copy_minutes(&self, unit: Option<&str>, from: Date, to: Date) -> Result<(u64, u64)> {
        self.db()
            .query_row(
                "SELECT count(*), coalesce(sum(max(0, unixepoch(sealed_at) - unixepoch(prepared_at))), 0) / 60
                 FROM certification JOIN entry ON entry.id = certification.entry
                 WHERE register = ?1 AND sealed_at IS NOT NULL AND substr(sealed_at, 1, 10) BETWEEN ?2 AND ?3
                 AND (?4 IS NULL OR json_extract(details, '$.unit') = ?4)",
                params![COPIES, from.to_string(), to.to_string(), unit],
                |row| Ok((counted(row, 0)?, counted(row, 1)?)),
            )
            .map_err(self.database_error())
    }
}

/// What was taken in.
#[derive(Clone, Default)]
pub(super) struct Made {
    documents: u64,
    pages: u64,
    with_text: u64,
    signed: u64,
    read: u64,
    certainty: u64,
    doubtful: u64,
    corrected: u64,
}

impl Made {
    /// Both together.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            documents: self.documents + other.documents,
            pages: self.pages + other.pages,
            with_text: self.with_text + other.with_text,
            signed: self.signed + other.signed,
            read: self.read + other.read,
            certainty: self.certainty + other.certainty,
            doubtful: self.doubtful + other.doubtful,
            corrected: self.corrected + other.corrected,
        }
    }
}
