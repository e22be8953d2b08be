//! Legacy PDFs come in with their table of metadata; tables go out.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::metadata::{Meta, Of, Standard};
use crate::people::holds_one;
use crate::records::{Added, Content, Document, Figures, Kind, NewDocument, READERS};
use crate::store::{Act, Archive};
use crate::table::{self, Row};

/// Rows taken in at a time.
const BATCH: usize = 100;

/// Documents under one entry of the log when a table goes out.
const TOLD: usize = 500;

/// Headings of the column that names the file.
const FILE: [&str; 6] = ["file", "filename", "tep", "ten tep", "duong dan", "pdf"];

/// Headings of the column that names the record.
const RECORD: [&str; 5] = ["record", "filecode", "ma ho so", "ho so", "arcfilecode"];

/// What official letter 7197/BKHCN-CĐSQG wants of every row, and its length of a code.
const IN_7197: [&str; 7] = [
    "doc_code",
    "type_name",
    "code_number",
    "code_notation",
    "issued_date",
    "agency",
    "subject",
];
const CODE_IN_7197: usize = 30;

/// What became of a row.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its line in the table.
    pub line: u64,
    /// The document, when it was taken in.
    #[serde(flatten)]
    pub added: Option<Added>,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Sentence>,
}

/// What became of a table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Imported {
    /// Row by row.
    pub lines: Vec<Line>,
    /// Columns that no field of the standard is meant by.
    pub ignored: Vec<String>,
}

/// A row understood.
struct Ready {
    line: u64,
    meta: Meta,
    pdf: PathBuf,
    text: Option<PathBuf>,
    origin: String,
    record: Option<String>,
}

impl Archive {
    /// Takes a folder of PDFs in with their table: columns are those of annex VI or of the circular by tag or name, or the
    /// profile of letter 7197 when there is a column `DocCode`. A row that does not fit is reported, the others go on; run
    /// again, rows already in are known.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the table is none; when nothing can be written.
    pub fn import(
        &mut self,
        act: &Act,
        bytes: &[u8],
        files: &Path,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Imported> {
        let rows = table::read(bytes)?;
        let standard = Standard::on(act.day())?;
        let mut imported = Imported {
            ignored: ignored(standard, &rows),
            ..Imported::default()
        };
        let total = rows.len();
        for some in rows.chunks(BATCH) {
            let mut ready = Vec::new();
            for row in some {
                match understood(standard, row, files) {
                    Ok(row) => ready.push(row),
                    Err(error) => imported.lines.push(refused(row.line, &error)),
                }
            }
            let new: Vec<NewDocument<'_>> = ready.iter().map(Ready::document).collect();
            for (row, outcome) in ready.iter().zip(self.add_all(act, &new)?) {
                imported.lines.push(match outcome {
                    Ok(added) => Line {
                        line: row.line,
                        added: Some(added),
                        error: None,
                    },
                    Err(error) => refused(row.line, &error),
                });
            }
            progress(imported.lines.len(), total);
        }
        imported.lines.sort_by_key(|line| line.line);
        Ok(imported)
    }

    /// Every kept document's metadata as a table, with its id, digest and records. Personal ones are on record with the purpose.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not read here or gives no purpose.
    pub fn table(&mut self, act: &Act, purpose: &str) -> Result<Vec<u8>> {
        let standard = Standard::on(act.day())?;
        let documents = self.taken_out(act, purpose)?;
        let fields: Vec<&crate::metadata::Field> = standard
            .field
            .iter()
            .filter(|field| field.of.contains(&Of::Document))
            .collect();
        let mut headings: Vec<String> = ["Id", "File", "SHA-256", "FileCode"]
            .map(str::to_owned)
            .to_vec();
        headings.extend(fields.iter().map(|field| {
            let tag = field.tag30.as_ref().or(field.tag05.as_ref());
            tag.unwrap_or(&field.key).clone()
        }));
        let rows: Vec<Vec<String>> = documents
            .iter()
            .map(|document| {
                let last = document.versions.last();
                let mut row = vec![
                    document.id.clone(),
                    format!("{}.pdf", document.id),
                    last.map(|version| version.pdf.clone()).unwrap_or_default(),
                    document.records.join(" "),
                ];
                row.extend(
                    fields
                        .iter()
                        .map(|field| document.meta.get(&field.key).cloned().unwrap_or_default()),
                );
                row
            })
            .collect();
        table::write(&headings, &rows)
    }

    /// Every kept document, for a table or a list that leaves the archive: who took it, and what for, is on record.
    ///
    /// # Errors
    /// As [`table`](Self::table).
    pub fn taken_out(&mut self, act: &Act, purpose: &str) -> Result<Vec<Document>> {
        if purpose.trim().is_empty() {
            return Err(ArchiveError::Refused(sentence!(
                "cần ghi mục đích: --purpose",
                "say what it is needed for: --purpose"
            )));
        }
        let mut all = Vec::new();
        self.each_document(|document| {
            if document.kept {
                all.push(document);
            }
            Ok(())
        })?;
        self.change(act, |writer| {
            holds_one(writer, &READERS)?;
            let (by, at) = (act.by.clone(), act.time());
            for some in all.chunks(TOLD) {
                for document in some.iter().filter(|document| document.personal) {
                    let unit = document.meta.get("unit").cloned().unwrap_or_default();
                    writer.insert(
                        "usage",
                        &[
                            ("kind", &"export"),
                            ("document", &document.row),
                            ("purpose", &purpose),
                            ("unit", &unit),
                            ("hits", &1),
                            ("used_by", &by),
                            ("used_at", &at),
                        ],
                    )?;
                }
                writer.log(
                    "table.export",
                    &format!("{} documents", some.len()),
                    &serde_json::json!({}),
                )?;
            }
            Ok(())
        })?;
        Ok(all)
    }
}

impl Ready {
    fn document(&self) -> NewDocument<'_> {
        NewDocument {
            kind: Kind::Document,
            meta: self.meta.clone(),
            pdf: Content::File(&self.pdf),
            text: self.text.as_deref().map(Content::File),
            record: None,
            pages: self
                .meta
                .get("page_count")
                .and_then(|pages| pages.parse().ok()),
            origin: &self.origin,
            figures: Figures {
                pages_with_text: 0,
                ..Figures::default()
            },
            into: self.record.as_deref(),
            replaces: None,
        }
    }
}

fn refused(line: u64, error: &ArchiveError) -> Line {
    Line {
        line,
        added: None,
        error: Some(error.sentence()),
    }
}

fn is_one_of(heading: &str, names: &[&str]) -> bool {
    let plain = crate::fold::plain(&heading.replace('_', " "));
    names.contains(&plain.as_str())
}

fn ignored(standard: &Standard, rows: &[Row]) -> Vec<String> {
    let headings: BTreeSet<&String> = rows.iter().flat_map(|row| row.values.keys()).collect();
    headings
        .into_iter()
        .filter(|heading| {
            !is_one_of(heading, &FILE)
                && !is_one_of(heading, &RECORD)
                && standard.field(Of::Document, heading).is_none()
        })
        .cloned()
        .collect()
}

fn understood(standard: &Standard, row: &Row, folder: &Path) -> Result<Ready> {
    let mut given = Meta::new();
    let mut named = None;
    let mut record = None;
    for (heading, value) in &row.values {
        if is_one_of(heading, &FILE) {
            named = Some(value.as_str());
        } else if is_one_of(heading, &RECORD) {
            record = Some(value.clone());
        } else if let Some(field) = standard.field(Of::Document, heading) {
            given.insert(field.key.clone(), value.clone());
        }
    }
    let meta = standard.checked(Of::Document, &given)?;
    if let Some(code) = meta.get("doc_code") {
        by_7197(code, &meta)?;
    }
    let pdf = match (named, meta.get("doc_code")) {
        (Some(name), _) => inside(folder, name)?,
        (None, Some(code)) => named_by(folder, code)?,
        (None, None) => {
            return Err(ArchiveError::Refused(sentence!(
                "dòng không có tên tệp: cần cột \"file\" hoặc \"DocCode\"",
                "the row names no file: a column \"file\" or \"DocCode\" is needed"
            )));
        }
    };
    is_pdf(&pdf)?;
    let text = pdf.with_extension("txt");
    Ok(Ready {
        line: row.line,
        origin: pdf
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        text: text.is_file().then_some(text),
        pdf,
        meta,
        record,
    })
}

fn by_7197(code: &str, meta: &Meta) -> Result<()> {
    let missing: Vec<&str> = IN_7197
        .into_iter()
        .filter(|key| !meta.contains_key(*key))
        .collect();
    if !missing.is_empty() {
        return Err(ArchiveError::Refused(sentence!(
            "thiếu trường bắt buộc (công văn 7197): {}",
            "fields that letter 7197 wants are missing: {}",
            missing.join(", ")
        )));
    }
    if code.chars().count() > CODE_IN_7197 {
        return Err(ArchiveError::Refused(sentence!(
            "doc_code: dài {} ký tự, tối đa {}: \"{}\"",
            "doc_code: {} characters, at most {} are allowed: \"{}\"",
            code.chars().count(),
            CODE_IN_7197,
            code
        )));
    }
    Ok(())
}

/// A file by its name in the table, which must not lead out of the folder.
fn inside(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = Path::new(name);
    let plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !plain {
        return Err(ArchiveError::Refused(sentence!(
            "tên tệp dẫn ra ngoài thư mục: {}",
            "the file's name leads out of the folder: {}",
            name
        )));
    }
    Ok(folder.join(path))
}

/// A file by the rule of letter 7197: `CODE_YYYYMMDD_DESC.pdf`, or the code alone.
fn named_by(folder: &Path, code: &str) -> Result<PathBuf> {
    let entries = std::fs::read_dir(folder).map_err(ArchiveError::file(folder))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
            let stem = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            ending.is_some_and(|ending| ending == "pdf")
                && stem.is_some_and(|stem| {
                    stem == code
                        || stem
                            .strip_prefix(code)
                            .is_some_and(|rest| rest.starts_with('_'))
                })
        })
        .collect();
    found.sort();
    match found.len() {
        1 => found
            .pop()
            .ok_or_else(|| ArchiveError::Fault("a file".to_owned())),
        0 => Err(ArchiveError::Refused(sentence!(
            "không có tệp {0}.pdf hay {0}_….pdf trong thư mục",
            "there is no file {0}.pdf or {0}_….pdf in the folder",
            code
        ))),
        count => Err(ArchiveError::Refused(sentence!(
            "có {1} tệp tên {0}_….pdf; hãy ghi rõ ở cột \"file\"",
            "{1} files are named {0}_….pdf; name one in a column \"file\"",
            code,
            count
        ))),
    }
}

fn is_pdf(path: &Path) -> Result<()> {
    let mut start = [0; 1024];
    let mut file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ArchiveError::Refused(sentence!(
            "không có tệp {}",
            "there is no file {}",
            path.display()
        )),
        _ => ArchiveError::file(path)(error),
    })?;
    let read = file.read(&mut start).map_err(ArchiveError::file(path))?;
    let start = start.get(..read).unwrap_or_default();
    if start.windows(5).any(|window| window == b"%PDF-") {
        return Ok(());
    }
    Err(ArchiveError::Refused(sentence!(
        "{} không phải PDF",
        "{} is no PDF",
        path.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Outcome;
    use crate::store::tests::{act, office};

    const TABLE: &str = "DocCode,TypeName,CodeNumber,CodeNotation,IssuedDate,OrganName,Subject,Ghi chú lạ\n\
        G09.01_CV_000001_V1,Quyết định,5,QĐ-UBND,2020-01-05,UBND phường,Về việc giao đất,x\n\
        G09.01_CV_000002_V1,Quyết định,6,QĐ-UBND,2020-13-05,UBND phường,Về việc,\n\
        G09.01_CV_000003_V1,Quyết định,7,QĐ-UBND,2020-01-07,UBND phường,Về việc,\n\
        G09.01_CV_000004_V1,Quyết định,8,QĐ-UBND,2020-01-07,,Về việc,\n\
        G09.01_CV_000005_V1,Quyết định,9,QĐ-UBND,2020-01-07,UBND phường,=HYPERLINK(1),\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("G09.01_CV_000001_V1_20200105_giao-dat.pdf", "%PDF-1.4 one"),
            ("G09.01_CV_000003_V1.pdf", "no paper"),
            ("G09.01_CV_000004_V1.pdf", "%PDF-1.4 four"),
            ("G09.01_CV_000005_V1.pdf", "%PDF-1.4 five"),
        ] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        folder
    }

    #[test]
    fn rows_that_do_not_fit_are_reported_and_the_rest_goes_on() {
        let (_kept, mut archive) = office();
        let files = folder();
        let act = act("clerk");
        let done = archive
            .import(&act, TABLE.as_bytes(), files.path(), |_, _| {})
            .unwrap();
        let lines: Vec<(u64, bool)> = done
            .lines
            .iter()
            .map(|line| (line.line, line.added.is_some()))
            .collect();
        assert_eq!(
            lines,
            [(2, true), (3, false), (4, false), (5, false), (6, true)]
        );
        assert_eq!(done.ignored, ["Ghi chú lạ"]);
        let why = |at: usize| done.lines[at].error.clone().unwrap().en;
        assert!(
            why(1).contains("2020-13-05") && why(2).contains("no PDF") && why(3).contains("agency")
        );
        // Mended and run again: what is in is known, what was wrong comes in.
        std::fs::write(
            files.path().join("G09.01_CV_000003_V1.pdf"),
            "%PDF-1.4 three",
        )
        .unwrap();
        let again = archive
            .import(&act, TABLE.as_bytes(), files.path(), |_, _| {})
            .unwrap();
        let outcomes: Vec<Option<Outcome>> = again
            .lines
            .iter()
            .map(|line| line.added.as_ref().map(|added| added.outcome))
            .collect();
        assert_eq!(
            outcomes,
            [
                Some(Outcome::Known),
                None,
                Some(Outcome::Added),
                None,
                Some(Outcome::Known)
            ]
        );
    }

    #[test]
    fn names_do_not_lead_out_and_what_goes_out_comes_back() {
        let (_kept, mut archive) = office();
        let files = folder();
        let act = act("clerk");
        let outside = "file,Subject\n../../etc/passwd,x\n/etc/passwd,x\n";
        let done = archive
            .import(&act, outside.as_bytes(), files.path(), |_, _| {})
            .unwrap();
        assert!(
            done.lines
                .iter()
                .all(|line| line.error.as_ref().unwrap().en.contains("leads out"))
        );
        archive
            .import(&act, TABLE.as_bytes(), files.path(), |_, _| {})
            .unwrap();
        assert!(archive.table(&act, " ").is_err());
        let out = archive.table(&act, "báo cáo năm").unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        assert!(text.contains("'=HYPERLINK(1)") && !text.contains(",=HYPERLINK"));
        let rows = table::read(&out).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].values["Subject"], "=HYPERLINK(1)");
        assert_eq!(rows[0].values["IssuedDate"], "2020-01-05");
    }
}
