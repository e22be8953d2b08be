//! Cases of administrative procedures (hồ sơ TTHC) with their components and results: what the indicators count.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::fold;
use crate::metadata::{day, owner};
use crate::people::holds_one;
use crate::records::{self, KEEPERS, Outcome};
use crate::store::{Act, Archive, Writer};
use crate::table::{self, Row};

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Its code (Circular 01/2018/TT-VPCP, article 19), such as `H57.12-261125-0001`.
    pub code: String,
    /// The code of its procedure.
    pub procedure: String,
    /// The unit that deals with it.
    pub unit: String,
    /// The applicant's number.
    pub owner: Option<String>,
    /// The day it was received.
    pub received: Date,
    /// The day the result was promised for.
    pub due: Option<Date>,
    /// The day it was finished.
    pub finished: Option<Date>,
    /// Whether its procedure ends with a paper for the applicant.
    pub returns_result: bool,
    /// Whether it used the population data.
    pub resident_data: bool,
    /// Components and results.
    pub parts: Vec<CasePart>,
}

/// A component or result of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CasePart {
    /// Whether it is a result.
    pub result: bool,
    /// Its code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The document here that it is.
    pub document: Option<String>,
    /// Where its file is otherwise.
    pub file: Option<String>,
    /// Whether something digitised before was used in its place.
    pub reused: bool,
    /// Whether it is in its owner's store.
    pub shared: bool,
}

/// What became of a table of cases.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Taken {
    /// Cases new here.
    pub added: usize,
    /// Cases that changed.
    pub revised: usize,
    /// Cases as they were.
    pub known: usize,
    /// Lines that could not be taken, with the reason.
    pub errors: Vec<(u64, Sentence)>,
}

/// Names of columns: ours first, then those of the national portal and those that people write, folded.
const COLUMNS: [(&str, &[&str]); 17] = [
    ("case", &["mahoso", "ma ho so", "code"]),
    ("procedure", &["matthc", "ma tthc", "thu tuc"]),
    ("unit", &["donvixuly", "don vi xu ly", "don vi"]),
    ("owner", &["sogiaytochuhoso", "so dinh danh", "chu ho so"]),
    ("received", &["ngaytiepnhan", "ngay tiep nhan"]),
    ("due", &["ngayhentra", "ngay hen tra"]),
    ("finished", &["ngayketthucxuly", "ngay ket thuc"]),
    ("returns result", &["co ket qua", "tra ket qua"]),
    ("vneid", &["taikhoanduocxacthucvoivneid"]),
    ("store", &["duoclaytukhodmqg"]),
    ("databases", &["macsdl", "ma csdl"]),
    ("part", &["loai", "thanh phan hay ket qua"]),
    (
        "part code",
        &[
            "mathanhphanhoso",
            "magiaytoketqua",
            "ma thanh phan",
            "ma giay to",
        ],
    ),
    ("part name", &["tengiayto", "tentepdinhkem", "ten giay to"]),
    (
        "file",
        &["duongdantaiteptin", "duongdanteptinketqua", "tep"],
    ),
    ("reused", &["duoctaisudung", "tai su dung"]),
    ("shared", &["dua vao kho", "chia se"]),
];

impl Archive {
    /// Takes a case in, or what changed of it.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not, when the code is none, or when days are turned around.
    pub fn put_case(&mut self, act: &Act, case: &Case) -> Result<Outcome> {
        checked(case)?;
        self.change(act, |writer| {
            holds_one(writer, &KEEPERS)?;
            put(writer, case)
        })
    }

    /// Takes a table of cases in: a line for each component or result, or for a case without any.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when it is no table.
    pub fn import_cases(&mut self, act: &Act, bytes: &[u8]) -> Result<Taken> {
        let mut taken = Taken::default();
        let mut cases: BTreeMap<String, (u64, Case)> = BTreeMap::new();
        for row in table::read(bytes)? {
            match understood(&row) {
                Ok(case) => match cases.get_mut(&case.code) {
                    Some((_, known)) => known.parts.extend(case.parts),
                    None => drop(cases.insert(case.code.clone(), (row.line, case))),
                },
                Err(error) => taken.errors.push((row.line, error.sentence())),
            }
        }
        for (line, case) in cases.into_values() {
            match self.put_case(act, &case) {
                Ok(Outcome::Added) => taken.added += 1,
                Ok(Outcome::Revised) => taken.revised += 1,
                Ok(Outcome::Known) => taken.known += 1,
                Err(error @ (ArchiveError::Refused(_) | ArchiveError::Missing(_))) => {
                    taken.errors.push((line, error.sentence()));
                }
                Err(error) => return Err(error),
            }
        }
        taken.errors.sort_by_key(|error| error.0);
        Ok(taken)
    }

    /// A case by its code.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`].
    pub fn case(&self, code: &str) -> Result<Case> {
        let found = select(self.db(), "WHERE code = ?1", params![code.trim()]);
        let found = found.map_err(self.database_error())?.pop();
        found.map(|(_, case)| case).ok_or_else(|| {
            ArchiveError::Missing(sentence!(
                "không có hồ sơ thủ tục {}",
                "there is no case {}",
                code
            ))
        })
    }

    /// Cases received or finished in a period.
    pub(crate) fn cases_in(&self, from: Date, to: Date) -> Result<Vec<Case>> {
        let found = select(
            self.db(),
            "WHERE received BETWEEN ?1 AND ?2 OR finished BETWEEN ?1 AND ?2 ORDER BY id",
            params![from.to_string(), to.to_string()],
        );
        let found = found.map_err(self.database_error())?;
        Ok(found.into_iter().map(|(_, case)| case).collect())
    }
}

fn checked(case: &Case) -> Result<()> {
    if !is_code(&case.code) {
        return Err(ArchiveError::Refused(sentence!(
            "mã hồ sơ \"{}\" không đúng dạng, ví dụ H57.12-261125-0001 hoặc 000.00.12.H57-261125-0001",
            "\"{}\" is no code of a case, such as H57.12-261125-0001 or 000.00.12.H57-261125-0001",
            case.code
        )));
    }
    if case
        .finished
        .is_some_and(|finished| finished < case.received)
    {
        return Err(ArchiveError::Refused(sentence!(
            "hồ sơ {}: ngày kết thúc đứng trước ngày tiếp nhận",
            "case {}: it was finished before it was received",
            case.code
        )));
    }
    Ok(())
}

/// `H57.12-261125-0001`, or with the older three groups of digits before.
fn is_code(code: &str) -> bool {
    let mut parts = code.split('-');
    let (Some(office), Some(day), Some(number), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = office.split('.').collect();
    let letters = groups
        .iter()
        .filter(|group| group.starts_with(|letter: char| letter.is_ascii_uppercase()))
        .count();
    let whole = groups.iter().all(|group| {
        digits(group) && group.len() <= 3
            || group.len() == 3
                && group.starts_with(|letter: char| letter.is_ascii_uppercase())
                && group.get(1..).is_some_and(digits)
    });
    letters == 1
        && whole
        && groups.len() <= 7
        && day.len() == 6
        && digits(day)
        && number.len() >= 4
        && digits(number)
}

fn put(writer: &mut Writer<'_>, case: &Case) -> Result<Outcome> {
    let known =
        select(writer.db(), "WHERE code = ?1", params![case.code]).map_err(writer.error())?;
    let known = known.into_iter().next();
    let received = case.received.to_string();
    let due = case.due.map(|day| day.to_string());
    let finished = case.finished.map(|day| day.to_string());
    let values: [(&str, &dyn rusqlite::ToSql); 9] = [
        ("code", &case.code),
        ("procedure", &case.procedure),
        ("unit", &case.unit),
        ("owner", &case.owner),
        ("received", &received),
        ("due", &due),
        ("finished", &finished),
        ("returns_result", &case.returns_result),
        ("resident_data", &case.resident_data),
    ];
    let (row, outcome) = match &known {
        Some((_, before)) if covers(before, case) => return Ok(Outcome::Known),
        Some((row, _)) => {
            writer.update("case_file", *row, &values)?;
            (*row, Outcome::Revised)
        }
        None => (writer.insert("case_file", &values)?, Outcome::Added),
    };
    for part in &case.parts {
        put_part(writer, row, part)?;
    }
    writer.log(
        "case.put",
        &case.code,
        &serde_json::json!({ "parts": case.parts.len() }),
    )?;
    Ok(outcome)
}

/// Whether what is known says all of this already.
fn covers(known: &Case, case: &Case) -> bool {
    let bare = |case: &Case| Case {
        parts: Vec::new(),
        ..case.clone()
    };
    bare(known) == bare(case) && case.parts.iter().all(|part| known.parts.contains(part))
}

fn put_part(writer: &mut Writer<'_>, case: i64, part: &CasePart) -> Result<()> {
    let document = match &part.document {
        Some(id) => Some(
            records::wanted(writer.db(), id)
                .map_err(writer.error())??
                .row,
        ),
        None => None,
    };
    let kind = if part.result { "result" } else { "component" };
    let known: Option<i64> = writer
        .db()
        .query_row(
            "SELECT id FROM part WHERE case_file = ? AND kind = ? AND code = ?",
            params![case, kind, part.code],
            |row| row.get(0),
        )
        .optional()
        .map_err(writer.error())?;
    let values: [(&str, &dyn rusqlite::ToSql); 8] = [
        ("case_file", &case),
        ("kind", &kind),
        ("code", &part.code),
        ("name", &part.name),
        ("document", &document),
        ("file", &part.file),
        ("reused", &part.reused),
        ("shared", &part.shared),
    ];
    match known {
        Some(row) => writer.update("part", row, &values),
        None => writer.insert("part", &values).map(|_| ()),
    }
}

fn understood(row: &Row) -> Result<Case> {
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    for (heading, value) in &row.values {
        let plain = fold::plain(&heading.replace('_', " "));
        let column = COLUMNS
            .iter()
            .find(|(name, aliases)| *name == plain || aliases.contains(&plain.as_str()));
        if let Some((name, _)) = column {
            values.insert(name, value);
        }
    }
    let get = |name: &str| values.get(name).copied();
    let text = |name: &str| {
        get(name).map(str::to_owned).ok_or_else(|| {
            ArchiveError::Refused(sentence!(
                "thiếu cột \"{}\"",
                "the column \"{}\" is missing or empty",
                name
            ))
        })
    };
    let date = |name: &str| -> Result<Option<Date>> {
        // The portal writes a time behind the day.
        let text = get(name).and_then(|text| text.split(['T', ' ']).next());
        text.map(|text| {
            day(text).ok_or_else(|| {
                ArchiveError::Refused(sentence!(
                    "{}: \"{}\" không phải ngày",
                    "{}: \"{}\" is no day",
                    name,
                    text
                ))
            })
        })
        .transpose()
    };
    let number = get("owner").map(|text| owner(text).ok_or_else(|| bad_owner(text)));
    let missing = || {
        ArchiveError::Refused(sentence!(
            "thiếu ngày tiếp nhận",
            "the day received is missing"
        ))
    };
    Ok(Case {
        code: text("case")?,
        procedure: text("procedure")?,
        unit: get("unit").unwrap_or_default().to_owned(),
        owner: number.transpose()?,
        received: date("received")?.ok_or_else(missing)?,
        due: date("due")?,
        finished: date("finished")?,
        // Most procedures return a paper; a table that knows better says so.
        returns_result: get("returns result").is_none_or(is_yes),
        resident_data: ["vneid", "store"]
            .iter()
            .any(|name| get(name).is_some_and(is_yes))
            || get("databases").is_some(),
        parts: part(&values).into_iter().collect(),
    })
}

fn bad_owner(text: &str) -> ArchiveError {
    ArchiveError::Refused(sentence!(
        "số định danh {} không đúng",
        "{} is no identity number or tax code",
        crate::metadata::masked(text)
    ))
}

fn part(values: &BTreeMap<&str, &str>) -> Option<CasePart> {
    let get = |name: &str| values.get(name).copied();
    let name = get("part name").or_else(|| get("part code"))?;
    let file = get("file").map(str::to_owned);
    // A document of this archive is named by its id.
    let here = file.as_deref().is_some_and(|file| {
        file.len() == 36 && file.matches('-').count() == 4 && !file.contains('/')
    });
    let kind = fold::plain(get("part").unwrap_or_default());
    Some(CasePart {
        result: matches!(kind.as_str(), "result" | "ket qua" | "kq"),
        code: get("part code").unwrap_or(name).to_owned(),
        name: name.to_owned(),
        document: file.clone().filter(|_| here),
        file: file.filter(|_| !here),
        // The portal has 1 and 2 for the two ways in which something is reused.
        reused: get("reused").is_some_and(|text| is_yes(text) || text == "2"),
        shared: get("shared").is_some_and(is_yes),
    })
}

fn is_yes(text: &str) -> bool {
    matches!(
        fold::plain(text).as_str(),
        "1" | "co" | "yes" | "true" | "x"
    )
}

fn select(
    db: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<(i64, Case)>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT id, code, procedure, unit, owner, received, due, finished, returns_result, resident_data FROM case_file {rest}"
    ))?;
    let rows = statement.query_map(values, |row| {
        let id: i64 = row.get(0)?;
        let date = |column: usize| -> rusqlite::Result<Option<Date>> {
            let text: Option<String> = row.get(column)?;
            text.map(|text| crate::people::day(&text, column))
                .transpose()
        };
        Ok((
            id,
            Case {
                code: row.get(1)?,
                procedure: row.get(2)?,
                unit: row.get(3)?,
                owner: row.get(4)?,
                received: date(5)?.unwrap_or_default(),
                due: date(6)?,
                finished: date(7)?,
                returns_result: row.get(8)?,
                resident_data: row.get(9)?,
                parts: parts(db, id)?,
            },
        ))
    })?;
    rows.collect()
}

fn parts(db: &Connection, case: i64) -> rusqlite::Result<Vec<CasePart>> {
    db.prepare_cached(
        "SELECT part.kind, code, name, document.uuid, file, reused, shared
         FROM part LEFT JOIN document ON document.id = part.document WHERE case_file = ? ORDER BY part.id",
    )?
    .query_map([case], |row| {
        Ok(CasePart {
            result: row.get::<_, String>(0)? == "result",
            code: row.get(1)?,
            name: row.get(2)?,
            document: row.get(3)?,
            file: row.get(4)?,
            reused: row.get(5)?,
            shared: row.get(6)?,
        })
    })?
    .collect()
}
