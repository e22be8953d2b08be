//! What stands behind a figure: the cases or documents that were counted, one by one.

use jiff::civil::Date;
use rusqlite::params;
use serde::Serialize;

use super::{DOUBTFUL, Definitions, Per, marks};
use crate::cases::Case;
use crate::error::{ArchiveError, Result, sentence};
use crate::records::{self, Figures};
use crate::store::Archive;

/// Which figure, of which unit and days.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// An indicator's code or a figure's key.
    pub code: &'a str,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The unit; nothing for the whole office.
    pub unit: Option<&'a str>,
}

/// What a figure was made of. At most so many of each are given as were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Behind {
    /// Cases of the denominator, the latest first.
    pub cases: Vec<CaseBehind>,
    /// Documents, the latest taken in first.
    pub documents: Vec<DocumentBehind>,
    /// The numerator, counted over all of them.
    pub numerator: u64,
    /// The denominator, counted over all of them; for figures without one, what is listed.
    pub denominator: u64,
    /// Whether the archive can tell what the figure was made of.
    pub known: bool,
}

/// A case of a denominator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseBehind {
    /// The case.
    pub case: Case,
    /// Whether it is in the numerator too.
    pub counted: bool,
}

/// A document that was counted: enough to find it, nothing of what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentBehind {
    /// Its id.
    pub id: String,
    /// Its type.
    pub type_code: Option<String>,
    /// Number and symbol; left out where the document is about a person.
    pub number_symbol: Option<String>,
    /// Whether it is about a person.
    pub personal: bool,
    /// When it was taken in, ISO 8601.
    pub added_at: String,
    /// What it adds to the numerator: 1 or 0, or pages, fields or thousandths of certainty.
    pub adds: u64,
}

impl Archive {
    /// The cases or documents behind a figure of [`Archive::report`], so that it can be followed to what it was made of.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when no figure has this code; [`ArchiveError::Database`].
    pub fn behind(&self, which: Which<'_>, most: usize) -> Result<Behind> {
        let definitions = Definitions::shipped()?;
        if let Some(definition) = definitions
            .indicator
            .iter()
            .find(|one| one.code == which.code)
        {
            return match definition.per {
                Per::Copies => Ok(Behind::default()),
                Per::Case | Per::Procedure => self.cases_behind(definition, which, most),
            };
        }
        match which.code {
            "documents" | "pages" | "searchable" | "signed" | "confidence" | "doubtful"
            | "corrected" => self.documents_behind(which, most),
            "lookup_hits" | "reused" | "copies" | "copy_minutes" | "gaps" => Ok(Behind::default()),
            other => Err(ArchiveError::Missing(sentence!(
                "không có chỉ số {}",
                "there is no figure {}",
                other
            ))),
        }
    }

    fn cases_behind(
        &self,
        definition: &super::Definition,
        which: Which<'_>,
        most: usize,
    ) -> Result<Behind> {
        let mut behind = Behind {
            known: true,
            ..Behind::default()
        };
        let mut cases = self.cases_in(which.from, which.to)?;
        cases.reverse();
        for case in cases {
            if which.unit.is_some_and(|unit| case.unit != unit) {
                continue;
            }
            let marks = marks(&case, which.from, which.to);
            if !definition.is_of(&marks) {
                continue;
            }
            let counted = definition.is_with(&marks);
            behind.denominator += 1;
            behind.numerator += u64::from(counted);
            if behind.cases.len() < most {
                behind.cases.push(CaseBehind { case, counted });
            }
        }
        Ok(behind)
    }

    fn documents_behind(&self, which: Which<'_>, most: usize) -> Result<Behind> {
        let mut behind = Behind {
            known: true,
            ..Behind::default()
        };
        let work = |behind: &mut Behind| -> rusqlite::Result<()> {
            let mut statement = self.db().prepare_cached(
                "SELECT version.number, version.pages, version.figures, uuid, personal,
                 coalesce(json_extract(meta, '$.type'), json_extract(meta, '$.type_code')),
                 json_extract(meta, '$.number_symbol'), version.added_at
                 FROM version JOIN document ON document.id = version.document
                 WHERE substr(version.added_at, 1, 10) BETWEEN ?1 AND ?2
                 AND (?3 IS NULL OR json_extract(meta, '$.unit') = ?3) ORDER BY version.id DESC",
            )?;
            let mut rows = statement.query(params![
                which.from.to_string(),
                which.to.to_string(),
                which.unit
            ])?;
            while let Some(row) = rows.next()? {
                let figures: Figures = records::from_json(row, 2)?;
                let first = row.get::<_, u32>(0)? == 1;
                let pages = u64::from(row.get::<_, Option<u32>>(1)?.unwrap_or_default());
                let Some((adds, of)) = share(which.code, first, pages, &figures) else {
                    continue;
                };
                behind.numerator += adds;
                behind.denominator += of;
                if behind.documents.len() < most {
                    let personal: bool = row.get(4)?;
                    behind.documents.push(DocumentBehind {
                        id: row.get(3)?,
                        type_code: row.get(5)?,
                        number_symbol: if personal { None } else { row.get(6)? },
                        personal,
                        added_at: row.get(7)?,
                        adds,
                    });
                }
            }
            Ok(())
        };
        work(&mut behind).map_err(self.database_error())?;
        Ok(behind)
    }
}

/// What a version adds to numerator and denominator of a figure; nothing where it does not count.
fn share(key: &str, first: bool, pages: u64, figures: &Figures) -> Option<(u64, u64)> {
    // A later version is the same paper again; only its signature is new.
    if key == "signed" {
        return (first || figures.signed).then(|| (u64::from(figures.signed), u64::from(first)));
    }
    if !first {
        return None;
    }
    match key {
        "documents" => Some((1, 1)),
        "pages" => Some((pages, pages)),
        "searchable" => Some((u64::from(figures.pages_with_text), pages)),
        "confidence" => figures.confidence.map(|one| (u64::from(one), 1)),
        "doubtful" => figures.confidence.map(|one| (u64::from(one < DOUBTFUL), 1)),
        "corrected" => {
            (figures.corrected > 0).then(|| (u64::from(figures.corrected), u64::from(first)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{act, office};
    use jiff::civil::date;

    #[test]
    fn what_is_listed_is_what_was_counted() {
        let (_folder, mut archive) = office();
        let table = "MaHoSo;MaTTHC;DonViXuLy;NgayTiepNhan;NgayKetThucXuLy;Có kết quả;part;part_code;file;reused;shared;vneid\n\
            H57.12-260105-0001;1.001;Tư pháp;2026-01-05;2026-01-08;1;component;TP1;a.pdf;1;0;1\n\
            H57.12-260105-0001;1.001;Tư pháp;2026-01-05;2026-01-08;1;result;KQ1;b.pdf;0;1;1\n\
            H57.12-260106-0001;1.001;Tư pháp;2026-01-06;2026-02-01;1;component;TP1;c.pdf;0;0;0\n\
            H57.12-260107-0001;2.002;Địa chính;2026-01-07;;0;component;TP1;;0;0;0\n";
        archive
            .import_cases(&act("officer"), table.as_bytes())
            .unwrap();
        for (pdf, confidence, signed) in [("a", 900, true), ("b", 600, false)] {
            let mut new = crate::search::tests::paper(pdf, "x", &[("unit", "Tư pháp")]);
            new.pages = Some(2);
            new.figures = Figures {
                confidence: Some(confidence),
                pages_with_text: 1,
                corrected: 3,
                signed,
            };
            archive.add(&act("clerk"), &new).unwrap();
        }
        let (from, to) = (date(2026, 1, 1), date(2026, 11, 30));
        for unit in [None, Some("Tư pháp"), Some("Địa chính")] {
            let report = archive.report(from, to, unit, false).unwrap();
            let which = |code| Which {
                code,
                from,
                to,
                unit,
            };
            for one in &report.units[0].indicators {
                let behind = archive.behind(which(&one.code), 100).unwrap();
                // A procedure is counted once however many cases it has.
                if behind.known && one.code != "4.5a" {
                    assert_eq!(
                        (behind.numerator, behind.denominator),
                        (one.numerator, one.denominator),
                        "{} {unit:?}",
                        one.code
                    );
                    let counted = behind.cases.iter().filter(|case| case.counted).count();
                    assert_eq!(counted as u64, one.numerator);
                }
            }
            for one in &report.units[0].productivity {
                let behind = archive.behind(which(one.key), 100).unwrap();
                if behind.known {
                    let all: u64 = behind.documents.iter().map(|document| document.adds).sum();
                    assert_eq!((behind.numerator, all), (one.numerator, all), "{}", one.key);
                    assert!(
                        one.denominator.is_none_or(|of| of == behind.denominator),
                        "{}",
                        one.key
                    );
                }
            }
        }
        assert!(
            archive
                .behind(
                    Which {
                        code: "9.9",
                        from,
                        to,
                        unit: None
                    },
                    1
                )
                .is_err()
        );
        let few = archive
            .behind(
                Which {
                    code: "documents",
                    from,
                    to,
                    unit: None,
                },
                1,
            )
            .unwrap();
        assert_eq!((few.documents.len(), few.numerator), (1, 2));
    }
}
