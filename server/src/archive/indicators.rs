//! The indicators of digitisation: as `saoy report` computes them, with targets, units in order, and the way back from a
//! figure to what it was made of.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::civil::{Date, date};
use saoy_archive::indicators::behind::{Behind, Which};
use saoy_archive::indicators::{COPIES, Figure, Indicator, Report, UnitReport};
use serde::Deserialize;

use super::chart::{Chart, Given, hundredths};
use super::words::{day, in_path, moment};
use super::{READERS, there};
use crate::app::App;
use crate::guard::Who;
use crate::language::Language;
use crate::page::{self, Shell, in_query};
use crate::routes::Routes;
use crate::trouble::{Trouble, sentence};
use crate::types;

/// What is listed behind a figure at most.
const LISTED: usize = 500;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/archive/indicators", READERS, shown)
        .get("/archive/indicators/report.json", READERS, as_json)
        .get("/archive/indicators/report.csv", READERS, as_csv)
        .get("/archive/indicators/{code}", READERS, behind)
}

/// The period and the unit, as they stand in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    from: String,
    to: String,
    unit: String,
}

impl Asked {
    /// From the first of the year to today, unless it says otherwise.
    fn days(&self, today: Date) -> Result<(Date, Date), Trouble> {
        let parsed = |text: &str| -> Result<Option<Date>, Trouble> {
            if text.is_empty() {
                return Ok(None);
            }
            text.parse().map(Some).map_err(|_| {
                Trouble::bad(sentence!(
                    "ngày cần dạng NĂM-THÁNG-NGÀY, ví dụ 2026-11-25",
                    "a day is of the form YEAR-MONTH-DAY, such as 2026-11-25"
                ))
            })
        };
        let to = parsed(&self.to)?.unwrap_or(today);
        let from = parsed(&self.from)?.unwrap_or(date(to.year(), 1, 1));
        if to < from {
            return Err(Trouble::bad(sentence!(
                "ngày cuối đứng trước ngày đầu",
                "the last day lies before the first"
            )));
        }
        Ok((from, to))
    }

    fn unit(&self) -> Option<String> {
        (!self.unit.is_empty()).then(|| self.unit.clone())
    }
}

/// The part of an address that says period and unit.
fn query(from: Date, to: Date, unit: Option<&str>) -> String {
    let unit = unit.map_or_else(String::new, |unit| format!("&unit={}", in_query(unit)));
    format!("from={from}&to={to}{unit}")
}

#[derive(Template)]
#[template(path = "archive/indicators.html")]
struct Page {
    shell: Shell,
    office: String,
    definitions: String,
    unit: Option<String>,
    from: String,
    to: String,
    /// Periods that are chosen often: name, where they are.
    periods: Vec<(&'static str, String)>,
    score: String,
    out_of: u64,
    chart: Option<Chart>,
    indicators: Vec<IndicatorView>,
    ranking: Option<Chart>,
    units: Vec<UnitView>,
    figures: Vec<FigureView>,
    whole: String,
    query: String,
}

struct IndicatorView {
    code: String,
    name: String,
    numerator: u64,
    denominator: u64,
    rate: String,
    score: String,
    max: u64,
    target: Option<u64>,
    reached: Option<bool>,
    link: String,
}

struct UnitView {
    place: usize,
    name: String,
    score: String,
    out_of: u64,
    share: String,
    link: String,
}

struct FigureView {
    name: &'static str,
    numerator: u64,
    denominator: Option<u64>,
    value: String,
    link: String,
}

async fn report(app: &Arc<App>, who: &Who, asked: &Asked) -> Result<Report, Trouble> {
    let (from, to) = asked.days(app.act(&who.login).day())?;
    let unit = asked.unit();
    let each = unit.is_none();
    there(app)?
        .archive(move |archive| Ok(archive.report(from, to, unit.as_deref(), each)?))
        .await
}

async fn shown(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let today = app.act(&shell.who.login).day();
    let report = report(&app, &shell.who, &asked).await?;
    let Some((first, units)) = report.units.split_first() else {
        return Err(Trouble::ours("a report without a unit"));
    };
    let l = shell.l;
    let units = ranked(units);
    Ok(page::html(&Page {
        chart: Chart::new(
            first
                .indicators
                .iter()
                .filter_map(|one| bar(one, l))
                .collect(),
        ),
        indicators: first
            .indicators
            .iter()
            .map(|one| IndicatorView::new(one, first, l))
            .collect(),
        ranking: Chart::new(units.iter().map(UnitView::bar).collect()),
        figures: first
            .productivity
            .iter()
            .map(|one| FigureView::new(one, first, l))
            .collect(),
        units,
        periods: periods(today, first.unit.as_deref(), l),
        whole: format!("/archive/indicators?{}", query(first.from, first.to, None)),
        query: query(first.from, first.to, first.unit.as_deref()),
        unit: first.unit.clone(),
        from: first.from.to_string(),
        to: first.to.to_string(),
        score: first.score.clone(),
        out_of: first.out_of,
        office: report.office,
        definitions: report.definitions,
        shell,
    }))
}

fn periods(today: Date, unit: Option<&str>, l: Language) -> Vec<(&'static str, String)> {
    let quarter = (today.month() - 1) / 3 * 3 + 1;
    let last_year = today.year() - 1;
    [
        (
            l.say("Tháng này", "This month"),
            today.first_of_month(),
            today,
        ),
        (
            l.say("Quý này", "This quarter"),
            date(today.year(), quarter, 1),
            today,
        ),
        (l.say("Năm nay", "This year"), today.first_of_year(), today),
        (
            l.say("Năm trước", "Last year"),
            date(last_year, 1, 1),
            date(last_year, 12, 31),
        ),
    ]
    .into_iter()
    .map(|(name, from, to)| {
        (
            name,
            format!("/archive/indicators?{}", query(from, to, unit)),
        )
    })
    .collect()
}

fn or_none(value: Option<&String>) -> String {
    value.cloned().unwrap_or_else(|| "N/A".to_owned())
}

/// Indicators without a rate are no bar.
fn bar(one: &Indicator, l: Language) -> Option<Given> {
    if one.rate.is_none() && one.score.is_some() {
        return None;
    }
    let mark = match one.reached {
        Some(true) => " ✔",
        Some(false) => " ✖",
        None => "",
    };
    Some(Given {
        name: format!("{} {}", one.code, l.say(&one.vi, &one.en)),
        value: match &one.rate {
            Some(rate) => format!("{rate} %{mark}"),
            None => "N/A".to_owned(),
        },
        share: one.rate.as_deref().and_then(hundredths),
        target: one.target,
        reached: one.reached,
    })
}

impl IndicatorView {
    fn new(one: &Indicator, unit: &UnitReport, l: Language) -> Self {
        Self {
            code: one.code.clone(),
            name: l.say(&one.vi, &one.en).to_owned(),
            numerator: one.numerator,
            denominator: one.denominator,
            rate: or_none(one.rate.as_ref()),
            score: or_none(one.score.as_ref()),
            max: one.max,
            target: one.target,
            reached: one.reached,
            link: link(&one.code, unit),
        }
    }
}

fn link(code: &str, unit: &UnitReport) -> String {
    format!(
        "/archive/indicators/{}?{}",
        in_path(code),
        query(unit.from, unit.to, unit.unit.as_deref())
    )
}

impl FigureView {
    fn new(one: &Figure, unit: &UnitReport, l: Language) -> Self {
        Self {
            name: l.say(one.vi, one.en),
            numerator: one.numerator,
            denominator: one.denominator,
            value: match one.denominator {
                Some(_) => or_none(one.value.as_ref()),
                None => String::new(),
            },
            link: link(one.key, unit),
        }
    }
}

/// Hundredths of a per cent of the points that a unit could have.
fn share(unit: &UnitReport) -> u64 {
    let points = hundredths(&unit.score).unwrap_or_default();
    (points * 100).checked_div(unit.out_of).unwrap_or_default()
}

/// The units, the best first; those with the same share of their points share a place.
fn ranked(units: &[UnitReport]) -> Vec<UnitView> {
    let mut all: Vec<&UnitReport> = units.iter().collect();
    all.sort_by(|left, right| {
        share(right)
            .cmp(&share(left))
            .then(left.unit.cmp(&right.unit))
    });
    let mut place = 0;
    let mut before = None;
    all.into_iter()
        .enumerate()
        .map(|(index, unit)| {
            let share = share(unit);
            if before != Some(share) {
                place = index + 1;
                before = Some(share);
            }
            UnitView {
                place,
                name: unit.unit.clone().unwrap_or_default(),
                score: unit.score.clone(),
                out_of: unit.out_of,
                share: format!("{}.{:02}", share / 100, share % 100),
                link: format!(
                    "/archive/indicators?{}",
                    query(unit.from, unit.to, unit.unit.as_deref())
                ),
            }
        })
        .collect()
}

impl UnitView {
    fn bar(&self) -> Given {
        Given {
            name: format!("{}. {}", self.place, self.name),
            value: format!("{}/{}", self.score, self.out_of),
            share: hundredths(&self.share),
            target: None,
            reached: None,
        }
    }
}

async fn as_json(
    State(app): State<Arc<App>>,
    who: Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let report = report(&app, &who, &asked).await?;
    let text = serde_json::to_vec_pretty(&report).map_err(Trouble::ours)?;
    Ok(page::download(
        "application/json",
        &name(&report, "json"),
        text,
    ))
}

async fn as_csv(
    State(app): State<Arc<App>>,
    who: Who,
    l: Language,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let report = report(&app, &who, &asked).await?;
    let text = report.csv(l == Language::Vi)?;
    Ok(page::download(
        "text/csv; charset=utf-8",
        &name(&report, "csv"),
        text,
    ))
}

fn name(report: &Report, ending: &str) -> String {
    let days = report
        .units
        .first()
        .map(|unit| format!("{}_{}", unit.from, unit.to));
    format!("saoy-report-{}.{ending}", days.unwrap_or_default())
}

#[derive(Template)]
#[template(path = "archive/behind.html")]
struct BehindPage {
    shell: Shell,
    name: String,
    unit: Option<String>,
    from: String,
    to: String,
    numerator: u64,
    denominator: Option<u64>,
    value: String,
    back: String,
    /// Whether the archive can list what was counted.
    known: bool,
    /// Where else it can be looked at.
    elsewhere: Option<(&'static str, String)>,
    cases: Vec<CaseView>,
    documents: Vec<DocumentView>,
    listed: usize,
    more: bool,
}

struct CaseView {
    code: String,
    procedure: String,
    unit: String,
    received: String,
    finished: String,
    /// Component or result, its name, and the document here that it is.
    parts: Vec<(&'static str, String, Option<String>)>,
    counted: bool,
}

struct DocumentView {
    id: String,
    name: String,
    personal: bool,
    added: String,
    adds: u64,
}

/// What stands behind a figure.
async fn behind(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (from, to) = asked.days(app.act(&shell.who.login).day())?;
    let unit = asked.unit();
    let (wanted, of) = (code.clone(), unit.clone());
    let (report, behind) = there(&app)?
        .archive(move |archive| {
            let which = Which {
                code: &wanted,
                from,
                to,
                unit: of.as_deref(),
            };
            let behind = archive.behind(which, LISTED)?;
            Ok((archive.report(from, to, of.as_deref(), false)?, behind))
        })
        .await?;
    let l = shell.l;
    let figure = report
        .units
        .first()
        .and_then(|unit| Told::of(unit, &code, l))
        .ok_or_else(|| {
            Trouble::missing(sentence!(
                "không có chỉ số {} của đơn vị này",
                "this unit has no figure {}",
                code
            ))
        })?;
    let listed = behind.cases.len() + behind.documents.len();
    Ok(page::html(&BehindPage {
        back: format!("/archive/indicators?{}", query(from, to, unit.as_deref())),
        from: day(&from.to_string(), l),
        to: day(&to.to_string(), l),
        elsewhere: elsewhere(&code, to, l),
        known: behind.known,
        more: listed == LISTED,
        listed,
        name: figure.name,
        numerator: figure.numerator,
        denominator: figure.denominator,
        value: figure.value,
        unit,
        documents: documents(&behind, l),
        cases: cases(behind, l),
        shell,
    }))
}

/// A figure in words.
struct Told {
    name: String,
    numerator: u64,
    denominator: Option<u64>,
    value: String,
}

impl Told {
    fn of(unit: &UnitReport, code: &str, l: Language) -> Option<Self> {
        let indicator = unit.indicators.iter().find(|one| one.code == code);
        let indicator = indicator.map(|one| Self {
            name: format!("{} {}", one.code, l.say(&one.vi, &one.en)),
            numerator: one.numerator,
            denominator: one.rate.is_some().then_some(one.denominator),
            value: one
                .rate
                .as_ref()
                .map_or_else(String::new, |rate| format!("{rate} %")),
        });
        indicator.or_else(|| {
            let figure = unit.productivity.iter().find(|one| one.key == code)?;
            Some(Self {
                name: l.say(figure.vi, figure.en).to_owned(),
                numerator: figure.numerator,
                denominator: figure.denominator,
                value: figure.value.clone().unwrap_or_default(),
            })
        })
    }
}

/// Where what stands behind a figure can be seen when it is neither cases nor documents.
fn elsewhere(code: &str, to: Date, l: Language) -> Option<(&'static str, String)> {
    match code {
        "CT" | "copies" | "copy_minutes" => Some((
            l.say(
                "Sổ chứng thực bản sao điện tử",
                "Register of electronic certified copies",
            ),
            format!(
                "/archive/registers?register={}&month={}",
                in_query(COPIES),
                to.strftime("%Y-%m")
            ),
        )),
        "gaps" => Some((
            l.say("Các sổ", "Registers"),
            "/archive/registers".to_owned(),
        )),
        _ => None,
    }
}

fn cases(behind: Behind, l: Language) -> Vec<CaseView> {
    behind
        .cases
        .into_iter()
        .map(|one| CaseView {
            received: day(&one.case.received.to_string(), l),
            finished: one
                .case
                .finished
                .map_or_else(|| "–".to_owned(), |at| day(&at.to_string(), l)),
            parts: one
                .case
                .parts
                .into_iter()
                .map(|part| {
                    let kind = if part.result {
                        l.say("kết quả", "result")
                    } else {
                        l.say("thành phần", "component")
                    };
                    let name = if part.name.is_empty() {
                        part.code
                    } else {
                        part.name
                    };
                    (kind, name, part.document)
                })
                .collect(),
            code: one.case.code,
            procedure: one.case.procedure,
            unit: one.case.unit,
            counted: one.counted,
        })
        .collect()
}

fn documents(behind: &Behind, l: Language) -> Vec<DocumentView> {
    behind
        .documents
        .iter()
        .map(|one| {
            let kind = one.type_code.as_deref();
            let kind = kind.map(|code| types::named(code, l));
            let parts = [kind, one.number_symbol.clone()];
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            DocumentView {
                id: one.id.clone(),
                name: if name.is_empty() {
                    one.id.clone()
                } else {
                    name
                },
                personal: one.personal,
                added: moment(&one.added_at, l),
                adds: one.adds,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, score: &str, out_of: u64) -> UnitReport {
        UnitReport {
            unit: Some(name.to_owned()),
            from: date(2026, 1, 1),
            to: date(2026, 1, 31),
            indicators: Vec::new(),
            score: score.to_owned(),
            out_of,
            productivity: Vec::new(),
        }
    }

    #[test]
    fn units_stand_by_their_share_of_the_points_they_could_have() {
        let units = [
            unit("Địa chính", "5.00", 20),
            unit("Tư pháp", "11.00", 22),
            unit("Văn phòng", "0.00", 0),
            unit("Y tế", "10.00", 20),
        ];
        let told: Vec<(usize, String, String)> = ranked(&units)
            .into_iter()
            .map(|one| (one.place, one.name, one.share))
            .collect();
        let wanted = [
            (1, "Tư pháp", "50.00"),
            (1, "Y tế", "50.00"),
            (3, "Địa chính", "25.00"),
            (4, "Văn phòng", "0.00"),
        ];
        let told: Vec<(usize, &str, &str)> = told
            .iter()
            .map(|(place, name, share)| (*place, name.as_str(), share.as_str()))
            .collect();
        assert_eq!(told, wanted);
    }

    #[test]
    fn periods_are_days_that_exist_in_order() {
        let today = date(2026, 11, 30);
        let asked = |from: &str, to: &str| Asked {
            from: from.to_owned(),
            to: to.to_owned(),
            ..Asked::default()
        };
        assert_eq!(
            asked("", "").days(today).expect("days"),
            (date(2026, 1, 1), today)
        );
        assert!(asked("2026-02-30", "").days(today).is_err());
        assert!(asked("2026-12-01", "2026-11-01").days(today).is_err());
        assert!(
            periods(today, None, Language::En)[1]
                .1
                .contains("from=2026-10-01")
        );
    }
}
