//! The indicators of digitisation (Decision 766/QĐ-TTg) and a station's productivity, from what the archive really holds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use crate::cases::Case;
use crate::error::{ArchiveError, Result};
use crate::store::Archive;

pub mod behind;

mod productivity;
pub use productivity::Figure;
use productivity::{DOUBTFUL, Made};

mod csv;

/// The definitions.
const SHIPPED: &str = include_str!("profiles/indicators-766.toml");

/// The register of electronic certified copies.
pub const COPIES: &str = "SCTĐT/BS";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definitions {
    version: String,
    indicator: Vec<Definition>,
}

impl Definitions {
    fn shipped() -> Result<Self> {
        toml::from_str(SHIPPED)
            .map_err(|error| ArchiveError::Fault(format!("the indicators: {error}")))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    code: String,
    metric: String,
    vi: String,
    en: String,
    max: u64,
    #[serde(default = "hundred")]
    full_at: u64,
    target: Option<u64>,
    #[serde(default)]
    per: Per,
    #[serde(default)]
    of: Vec<Mark>,
    #[serde(default)]
    with: Vec<Mark>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Per {
    #[default]
    Case,
    Procedure,
    Copies,
}

/// What can be true of a case in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Received,
    Finished,
    ReturnsResult,
    ComponentFile,
    ResultFile,
    Digitised,
    Reused,
    Shared,
    ResidentData,
}

/// One indicator of one unit and period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Indicator {
    /// Its number in the decision.
    pub code: String,
    /// Its name in reports to the portal.
    pub metric: String,
    /// What it is called, Vietnamese.
    pub vi: String,
    /// What it is called, English.
    pub en: String,
    /// How many have it.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
    /// Per cent with two decimals, half up; `null` (N/A) when there is nothing to count.
    pub rate: Option<String>,
    /// Points with two decimals, half up; `null` when there is nothing to count.
    pub score: Option<String>,
    /// The most points.
    pub max: u64,
    /// What is asked for, per cent.
    pub target: Option<u64>,
    /// Whether it is reached.
    pub reached: Option<bool>,
}

/// The indicators of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitReport {
    /// The unit; nothing for the whole office.
    pub unit: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The digitisation group.
    pub indicators: Vec<Indicator>,
    /// Points of those that could be counted, and the most they can give.
    pub score: String,
    /// The most points of those that could be counted.
    pub out_of: u64,
    /// Productivity.
    pub productivity: Vec<Figure>,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `saoy.report/1`.
    pub schema: &'static str,
    /// The decision that the definitions follow.
    pub definitions: String,
    /// The office.
    pub office: String,
    /// The whole office first, then unit by unit where asked for.
    pub units: Vec<UnitReport>,
}

fn hundred() -> u64 {
    100
}

impl Archive {
    /// Computes the indicators of a period: of the whole office or one unit, and of every unit where asked for.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn report(
        &self,
        from: Date,
        to: Date,
        unit: Option<&str>,
        each_unit: bool,
    ) -> Result<Report> {
        let definitions = Definitions::shipped()?;
        let cases = self.cases_in(from, to)?;
        let mut wanted = vec![unit.map(str::to_owned)];
        if each_unit {
            let mut all: BTreeSet<String> = cases.iter().map(|case| case.unit.clone()).collect();
            all.extend(self.units_of_copies(from, to)?);
            wanted.extend(all.into_iter().filter(|one| !one.is_empty()).map(Some));
        }
        let made = self.made(from, to)?;
        let mut units = Vec::new();
        for unit in wanted {
            let own: Vec<&Case> = cases
                .iter()
                .filter(|case| unit.as_ref().is_none_or(|unit| case.unit == *unit))
                .collect();
            let own_made = match &unit {
                Some(unit) => made.get(unit).cloned().unwrap_or_default(),
                None => made.values().cloned().fold(Made::default(), Made::with),
            };
            units.push(self.of_unit(&definitions, &own, unit, own_made, (from, to))?);
        }
        Ok(Report {
            schema: "saoy.report/1",
            definitions: definitions.version,
            office: self.office().name.clone(),
            units,
        })
    }

    fn of_unit(
        &self,
        definitions: &Definitions,
        cases: &[&Case],
        unit: Option<String>,
        made: Made,
        (from, to): (Date, Date),
    ) -> Result<UnitReport> {
        let served = self.cases_served()?;
        let marked: Vec<(&Case, BTreeSet<Mark>)> = cases
            .iter()
            .map(|case| {
                let mut marks = marks(case, from, to);
                if served.contains(&case.code) {
                    marks.insert(Mark::Reused);
                }
                (*case, marks)
            })
            .collect();
        let copies = self.copies_issued(unit.as_deref(), from, to)?;
        let indicators: Vec<Indicator> = definitions
            .indicator
            .iter()
            .map(|definition| {
                let (numerator, denominator) = match definition.per {
                    Per::Case => per_case(definition, &marked),
                    Per::Procedure => per_procedure(definition, &marked),
                    Per::Copies => (copies, 0),
                };
                indicator(definition, numerator, denominator)
            })
            .collect();
        let counted = indicators.iter().filter(|one| one.score.is_some());
        let out_of = counted.clone().map(|one| one.max).sum();
        let cents: u64 = counted
            .filter_map(|one| one.score.as_deref())
            .map(|score| score.replace('.', "").parse::<u64>().unwrap_or_default())
            .sum();
        Ok(UnitReport {
            productivity: self.productivity(unit.as_deref(), &made, from, to)?,
            unit,
            from,
            to,
            indicators,
            score: decimals(cents),
            out_of,
        })
    }

    /// Cases for which something held here was handed out in place of a paper.
    fn cases_served(&self) -> Result<BTreeSet<String>> {
        let work = || -> rusqlite::Result<BTreeSet<String>> {
            self.db()
                .prepare_cached("SELECT DISTINCT trim(case_code) FROM usage WHERE kind = 'reuse' AND case_code IS NOT NULL")?
                .query_map([], |row| row.get(0))?
                .collect()
        };
        work().map_err(self.database_error())
    }

    /// Electronic certified copies that were issued; a unit's are those of papers that it took in.
    fn copies_issued(&self, unit: Option<&str>, from: Date, to: Date) -> Result<u64> {
        self.db()
            .query_row(
                "SELECT count(*) FROM entry LEFT JOIN certification ON certification.entry = entry.id
                 WHERE register = ?1 AND entry.state = 'issued' AND entry.day BETWEEN ?2 AND ?3
                 AND (?4 IS NULL OR json_extract(details, '$.unit') = ?4)",
                params![COPIES, from.to_string(), to.to_string(), unit],
                |row| counted(row, 0),
            )
            .map_err(self.database_error())
    }

    fn units_of_copies(&self, from: Date, to: Date) -> Result<Vec<String>> {
        let work = || -> rusqlite::Result<Vec<String>> {
            self.db()
                .prepare_cached(
                    "SELECT DISTINCT json_extract(details, '$.unit') AS unit FROM entry JOIN certification ON certification.entry = entry.id
                     WHERE register = ?1 AND entry.day BETWEEN ?2 AND ?3 AND unit IS NOT NULL",
                )?
                .query_map(params![COPIES, from.to_string(), to.to_string()], |row| row.get(0))?
                .collect()
        };
        work().map_err(self.database_error())
    }
}

/// A count, which SQLite has as a signed number.
fn counted(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let count: i64 = row.get(column)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

fn marks(case: &Case, from: Date, to: Date) -> BTreeSet<Mark> {
    let within = |day: Date| from <= day && day <= to;
    let has_file = |result: bool| {
        case.parts
            .iter()
            .any(|part| part.result == result && (part.document.is_some() || part.file.is_some()))
    };
    let (component, result) = (has_file(false), has_file(true));
    let truths = [
        (Mark::Received, within(case.received)),
        (Mark::Finished, case.finished.is_some_and(within)),
        (Mark::ReturnsResult, case.returns_result),
        (Mark::ComponentFile, component),
        (Mark::ResultFile, result),
        (Mark::Digitised, component || result),
        (
            Mark::Reused,
            case.parts.iter().any(|part| part.reused && !part.result),
        ),
        (Mark::Shared, case.parts.iter().any(|part| part.shared)),
        (Mark::ResidentData, case.resident_data),
    ];
    truths
        .into_iter()
        .filter_map(|(mark, is)| is.then_some(mark))
        .collect()
}

impl Definition {
    /// Whether a case with these marks counts in the denominator.
    fn is_of(&self, marks: &BTreeSet<Mark>) -> bool {
        self.of.iter().all(|mark| marks.contains(mark))
    }

    /// Whether one that does counts in the numerator too.
    fn is_with(&self, marks: &BTreeSet<Mark>) -> bool {
        self.with.iter().all(|mark| marks.contains(mark))
    }
}

fn per_case(definition: &Definition, cases: &[(&Case, BTreeSet<Mark>)]) -> (u64, u64) {
    let of = cases.iter().filter(|(_, marks)| definition.is_of(marks));
    let denominator = of.clone().count() as u64;
    let numerator = of.filter(|(_, marks)| definition.is_with(marks)).count() as u64;
    (numerator, denominator)
}

/// A procedure has what any of its cases has.
fn per_procedure(definition: &Definition, cases: &[(&Case, BTreeSet<Mark>)]) -> (u64, u64) {
    let mut all: BTreeMap<&str, bool> = BTreeMap::new();
    for (case, marks) in cases {
        if definition.is_of(marks) {
            *all.entry(&case.procedure).or_default() |= definition.is_with(marks);
        }
    }
    (
        all.values().filter(|has| **has).count() as u64,
        all.len() as u64,
    )
}

fn indicator(definition: &Definition, numerator: u64, denominator: u64) -> Indicator {
    let score = match definition.per {
        // Offered and used, or not.
        Per::Copies => Some(if numerator > 0 {
            definition.max * 100
        } else {
            0
        }),
        _ => half_up(
            numerator * definition.max * 100 * 100,
            denominator * definition.full_at,
        )
        .map(|cents| cents.min(definition.max * 100)),
    };
    Indicator {
        code: definition.code.clone(),
        metric: definition.metric.clone(),
        vi: definition.vi.clone(),
        en: definition.en.clone(),
        numerator,
        denominator,
        rate: match definition.per {
            Per::Copies => None,
            _ => rate(numerator, denominator),
        },
        score: score.map(decimals),
        max: definition.max,
        target: definition.target,
        reached: definition
            .target
            .filter(|_| denominator > 0)
            .map(|target| numerator * 100 >= target * denominator),
    }
}

/// Per cent with two decimals.
fn rate(numerator: u64, denominator: u64) -> Option<String> {
    half_up(numerator * 100 * 100, denominator).map(decimals)
}

/// A mean of hundredths with two decimals.
fn mean(hundredths: u64, count: u64) -> Option<String> {
    half_up(hundredths, count).map(decimals)
}

fn half_up(numerator: u64, denominator: u64) -> Option<u64> {
    (2 * numerator + denominator).checked_div(2 * denominator)
}

fn decimals(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Figures;
    use crate::store::tests::{act, office};
    use jiff::civil::date;

    const TABLE: &str = "MaHoSo;MaTTHC;DonViXuLy;NgayTiepNhan;NgayKetThucXuLy;Có kết quả;part;part_code;file;reused;shared;vneid\n\
        H57.12-260105-0001;1.001;Tư pháp;2026-01-05;2026-01-08;1;component;TP1;a.pdf;1;0;1\n\
        H57.12-260105-0001;1.001;Tư pháp;2026-01-05;2026-01-08;1;result;KQ1;b.pdf;0;1;1\n\
        H57.12-260106-0001;1.001;Tư pháp;2026-01-06;2026-02-01;1;component;TP1;c.pdf;0;0;0\n\
        000.00.12.H57-260107-0001;2.002;Địa chính;2026-01-07;;0;component;TP1;;0;0;0\n\
        H57.12-251230-0001;3.003;Địa chính;30/12/2025;2026-01-02;1;result;KQ1;d.pdf;0;0;0\n\
        H57-1;1.001;Tư pháp;2026-01-07;;0;;;;0;0;0\n\
        H57.12-260108-0002;1.001;Tư pháp;mai;;0;;;;0;0;0\n";

    fn by_code<'a>(report: &'a UnitReport, code: &str) -> &'a Indicator {
        report
            .indicators
            .iter()
            .find(|one| one.code == code)
            .unwrap()
    }

    #[test]
    fn numerators_denominators_and_scores_are_those_of_the_decision() {
        let (_folder, mut archive) = office();
        let taken = archive
            .import_cases(&act("officer"), TABLE.as_bytes())
            .unwrap();
        assert_eq!((taken.added, taken.revised, taken.known), (4, 0, 0));
        let lines: Vec<u64> = taken.errors.iter().map(|error| error.0).collect();
        assert_eq!(lines, [7, 8]);
        let again = archive
            .import_cases(&act("officer"), TABLE.as_bytes())
            .unwrap();
        assert_eq!((again.added, again.revised, again.known), (0, 0, 4));
        let report = archive
            .report(date(2026, 1, 1), date(2026, 1, 31), None, true)
            .unwrap();
        let whole = &report.units[0];
        let figures = |code: &str| {
            let one = by_code(whole, code);
            (
                one.numerator,
                one.denominator,
                one.rate.as_deref(),
                one.score.as_deref(),
            )
        };
        // Finished in January with a paper to return: the first and the one of December.
        assert_eq!(figures("4.1"), (2, 2, Some("100.00"), Some("6.00")));
        // 1 of 3: 33.33 %; of 80 % that is 0.41667, times 4 points.
        assert_eq!(figures("4.2"), (1, 3, Some("33.33"), Some("1.67")));
        assert_eq!(figures("4.3"), (1, 3, Some("33.33"), Some("0.83")));
        assert_eq!(figures("4.4"), (1, 2, Some("50.00"), Some("2.00")));
        assert_eq!(figures("4.5a"), (1, 2, Some("50.00"), Some("1.00")));
        assert_eq!(figures("4.5b"), (1, 3, Some("33.33"), Some("0.67")));
        assert_eq!(figures("CT"), (0, 0, None, Some("0.00")));
        assert_eq!((whole.score.as_str(), whole.out_of), ("12.17", 22));
        assert_eq!(by_code(whole, "4.3").reached, Some(false));
        let units: Vec<Option<&str>> = report
            .units
            .iter()
            .map(|unit| unit.unit.as_deref())
            .collect();
        assert_eq!(units, [None, Some("Tư pháp"), Some("Địa chính")]);
        assert_eq!(by_code(&report.units[2], "4.4").score, None);
    }

    #[test]
    fn copies_count_for_the_unit_that_took_the_paper_in() {
        use crate::certification::tests::{copy, details, stored};
        let (_folder, mut archive) = office();
        for (title, unit) in [
            ("A", "Tư pháp"),
            ("B", "Tư pháp"),
            ("C", ""),
            ("D", "Địa chính"),
        ] {
            let mut known = details();
            unit.clone_into(&mut known.unit);
            let new = copy(&archive, "chung-thuc", title, known);
            let code = archive.prepare_copy(&act("officer"), &new).unwrap().code;
            // That of the last unit is not issued yet.
            if title != "D" {
                let file = stored(&archive, title.as_bytes());
                archive.sign_copy(&act("chair"), &code, file, "aa").unwrap();
                archive.seal_copy(&act("clerk"), &code, file, "bb").unwrap();
            }
        }
        let report = archive
            .report(date(2026, 11, 1), date(2026, 11, 30), None, true)
            .unwrap();
        let figures: Vec<(Option<&str>, u64, u64)> = report
            .units
            .iter()
            .map(|unit| {
                let copies = unit.productivity.iter().find(|one| one.key == "copies");
                (
                    unit.unit.as_deref(),
                    by_code(unit, "CT").numerator,
                    copies.unwrap().numerator,
                )
            })
            .collect();
        assert_eq!(
            figures,
            [
                (None, 3, 3),
                (Some("Tư pháp"), 2, 2),
                (Some("Địa chính"), 0, 0)
            ]
        );
    }

    #[test]
    fn nothing_to_count_is_not_nought() {
        let (_folder, archive) = office();
        let report = archive
            .report(date(2020, 1, 1), date(2020, 12, 31), None, false)
            .unwrap();
        let one = by_code(&report.units[0], "4.2");
        assert_eq!(
            (one.rate.as_deref(), one.score.as_deref(), one.reached),
            (None, None, None)
        );
        assert_eq!(report.units[0].out_of, 2);
        assert!(archive.check(None, "", false).unwrap().findings.is_empty());
    }

    #[test]
    fn halves_go_up() {
        assert_eq!(rate(1, 3).unwrap(), "33.33");
        assert_eq!(rate(2, 3).unwrap(), "66.67");
        assert_eq!(rate(1, 800).unwrap(), "0.13");
        assert_eq!(rate(1, 0), None);
    }

    #[test]
    fn productivity_counts_what_was_taken_in() {
        let (_folder, mut archive) = office();
        for (pdf, confidence, signed) in [("a", 900, true), ("b", 600, false), ("c", 801, false)] {
            let mut new = crate::search::tests::paper(pdf, "x", &[("unit", "Tư pháp")]);
            new.pages = Some(2);
            new.figures = Figures {
                confidence: Some(confidence),
                pages_with_text: 1,
                corrected: 1,
                signed,
            };
            archive.add(&act("clerk"), &new).unwrap();
        }
        let report = archive
            .report(
                date(2026, 11, 1),
                date(2026, 11, 30),
                Some("Tư pháp"),
                false,
            )
            .unwrap();
        let figure = |key: &str| {
            let all = &report.units[0].productivity;
            let one = all.iter().find(|one| one.key == key).unwrap();
            (one.numerator, one.denominator, one.value.as_deref())
        };
        assert_eq!(figure("documents"), (3, None, None));
        assert_eq!(figure("searchable"), (3, Some(6), Some("50.00")));
        assert_eq!(figure("signed"), (1, Some(3), Some("33.33")));
        assert_eq!(figure("confidence"), (2301, Some(3), Some("76.70")));
        assert_eq!(figure("doubtful"), (1, Some(3), Some("33.33")));
        assert_eq!(figure("copies").0, 0);
        let other = archive
            .report(date(2026, 10, 1), date(2026, 10, 31), None, false)
            .unwrap();
        assert_eq!(other.units[0].productivity[0].numerator, 0);
    }
}
