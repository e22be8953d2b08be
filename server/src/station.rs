//! The station's screen: pages a minute, what was set aside and why, what waits for whom. Read from what `saoy watch` and
//! `saoy digitize` leave in the output folders; nothing is changed here.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;

use crate::app::App;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::review::{queue, words};
use crate::routes::{Access, Routes};
use crate::stations::Listing;
use crate::stations::record::Standing;
use crate::trouble::Trouble;

/// Who may look.
const LOOKERS: Access =
    Access::Roles(&["officer", "clerk", "archivist", "intake", "administrator"]);

/// Files that were set aside, and files that wait, that are shown.
const LISTED: usize = 30;
/// Longest file of a station's state that is read, bytes.
const LONGEST: u64 = 8 << 20;
/// A watcher that has written nothing for so long, seconds, has ended without saying so.
const SILENT: i64 = 60;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/station", LOOKERS, look)
}

/// `status.json` of `saoy watch` (`docs/schemas/station-1.schema.json`).
#[derive(Debug, Deserialize)]
struct Status {
    state: String,
    updated: String,
    started: String,
    #[serde(default)]
    folders: Vec<String>,
    counts: Counts,
    #[serde(default)]
    failed_by_cause: BTreeMap<String, u32>,
    pages_per_minute: f64,
    waiting_count: usize,
    #[serde(default)]
    waiting: Vec<Waiting>,
    #[serde(default)]
    troubles: Vec<Both>,
}

#[derive(Debug, Deserialize)]
struct Counts {
    accepted: u32,
    failed: u32,
    pages: u32,
}

#[derive(Debug, Deserialize)]
struct Waiting {
    path: String,
    state: String,
    #[serde(default)]
    why: Option<Both>,
    seconds: u64,
}

/// A sentence in both languages.
#[derive(Clone, Debug, Deserialize)]
struct Both {
    vi: String,
    en: String,
}

impl Both {
    fn of(&self, l: Language) -> &str {
        l.say(&self.vi, &self.en)
    }
}

/// `batch.json` of the last run (`docs/schemas/batch-1.schema.json`).
#[derive(Debug, Deserialize)]
struct Batch {
    started: String,
    ended: String,
    totals: Totals,
    #[serde(default)]
    documents: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Totals {
    done: u32,
    skipped: u32,
    failed: u32,
    pending: u32,
    pages: u32,
}

#[derive(Debug, Deserialize)]
struct Entry {
    path: String,
    /// The name its outputs have.
    name: String,
    #[serde(default)]
    error: Option<Failure>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    code: String,
    message: Both,
    hint: Both,
}

#[derive(Template)]
#[template(path = "station.html")]
struct Page {
    shell: Shell,
    at: String,
    stations: Vec<View>,
}

struct View {
    name: String,
    folder: String,
    tone: &'static str,
    state: String,
    since: Option<String>,
    folders: Vec<String>,
    /// Name and figure.
    figures: Vec<(String, String)>,
    causes: Vec<(String, u32)>,
    troubles: Vec<String>,
    waiting: Vec<(String, String, String)>,
    waiting_count: usize,
    rejects: Vec<Reject>,
    rejected: usize,
    review: Review,
}

/// What waits for people.
#[derive(Default)]
struct Review {
    documents: usize,
    fields: usize,
    waiting: usize,
    open: usize,
    sent_back: usize,
    accepted: usize,
}

/// A file that was set aside, and why.
struct Reject {
    name: String,
    /// The name of its `.why.txt`, without that ending.
    file: String,
    why: String,
}

async fn look(State(app): State<Arc<App>>, shell: Shell) -> Result<Response, Trouble> {
    let listing = app.documents(false).await?;
    let now = (app.world.now)();
    let l = shell.l;
    let stations = tokio::task::spawn_blocking(move || {
        app.stations
            .folders()
            .iter()
            .enumerate()
            .map(|(number, folder)| {
                View::new(
                    app.stations.name(number),
                    folder,
                    review(&listing, number),
                    now,
                    l,
                )
            })
            .collect()
    })
    .await
    .map_err(Trouble::ours)?;
    Ok(page::html(&Page {
        shell,
        at: clock(&now.to_string()),
        stations,
    }))
}

fn review(listing: &Listing, station: usize) -> Review {
    let mut review = Review::default();
    for document in listing.iter().filter(|one| one.station == station) {
        review.documents += 1;
        let fields = queue::waiting(&document.record);
        review.fields += fields;
        match document.record.standing() {
            Standing::Accepted => review.accepted += 1,
            Standing::SentBack(_) => review.sent_back += 1,
            Standing::Open if fields > 0 => review.waiting += 1,
            Standing::Open => review.open += 1,
        }
    }
    review
}

impl View {
    fn new(name: String, folder: &Path, review: Review, now: Timestamp, l: Language) -> Self {
        let status: Option<Status> = json(&folder.join(".saoy/watch/status.json"));
        let batch: Option<Batch> = json(&folder.join("batch.json"));
        let mut view = Self {
            name,
            folder: words::quiet(&folder.display().to_string()),
            tone: "none",
            state: l.say("chưa chạy lần nào", "has not run yet").to_owned(),
            since: None,
            folders: Vec::new(),
            figures: Vec::new(),
            causes: Vec::new(),
            troubles: Vec::new(),
            waiting: Vec::new(),
            waiting_count: 0,
            rejects: Vec::new(),
            rejected: 0,
            review,
        };
        if let Some(batch) = batch {
            view.ran(&batch, l);
        }
        if let Some(status) = status {
            view.watched(&status, now, l);
            for hot in &status.folders {
                view.set_aside(&Path::new(hot).join("failed"), l);
            }
        }
        view.set_aside(folder, l);
        view.rejected = view.rejects.len();
        view.rejects.truncate(LISTED);
        view
    }

    /// What the last run of `saoy digitize` did.
    fn ran(&mut self, batch: &Batch, l: Language) {
        self.state = l
            .say("lượt số hóa gần nhất đã xong", "the last run has ended")
            .to_owned();
        self.since = Some(clock(&batch.ended));
        let pages = per_minute(batch.totals.pages, &batch.started, &batch.ended);
        self.figures = vec![
            (
                l.say("Trang mỗi phút", "Pages a minute").to_owned(),
                pages.map_or_else(|| "–".to_owned(), |pages| format!("{pages:.1}")),
            ),
            figure(l.say("Trang đã đọc", "Pages read"), batch.totals.pages),
            figure(
                l.say("Văn bản xong", "Documents done"),
                batch.totals.done.saturating_add(batch.totals.skipped),
            ),
            figure(l.say("Bị loại", "Set aside"), batch.totals.failed),
        ];
        if batch.totals.pending > 0 {
            self.tone = "open";
            self.figures.push(figure(
                l.say("Chưa tới lượt", "Not reached"),
                batch.totals.pending,
            ));
        }
        let mut causes: BTreeMap<String, u32> = BTreeMap::new();
        for entry in &batch.documents {
            let Some(error) = &entry.error else { continue };
            *causes.entry(error.code.clone()).or_default() += 1;
            self.rejects.push(Reject {
                name: words::quiet(&file_name(&entry.path)),
                file: entry.name.clone(),
                why: words::quiet(&format!("{} {}", error.message.of(l), error.hint.of(l))),
            });
        }
        self.causes = causes
            .into_iter()
            .map(|(code, count)| (cause(l, &code), count))
            .collect();
    }

    /// What `saoy watch` is doing.
    fn watched(&mut self, status: &Status, now: Timestamp, l: Language) {
        let age = status.updated.parse::<Timestamp>().map_or(i64::MAX, |at| {
            now.as_second().saturating_sub(at.as_second())
        });
        let (tone, state) = match status.state.as_str() {
            "stopped" => ("none", l.say("đã dừng", "has stopped")),
            _ if age > SILENT => (
                "bad",
                l.say(
                    "không còn báo gì: saoy watch có thể đã tắt đột ngột",
                    "says nothing any more: saoy watch may have ended all of a sudden",
                ),
            ),
            "working" => ("good", l.say("đang làm", "working")),
            "held" => ("bad", l.say("bị giữ lại", "held up")),
            _ => ("good", l.say("đang đợi tệp", "waiting for files")),
        };
        self.tone = tone;
        self.state = state.to_owned();
        self.since = Some(clock(&status.updated));
        self.folders = status.folders.iter().map(|one| words::quiet(one)).collect();
        self.figures = vec![
            (
                l.say("Trang mỗi phút", "Pages a minute").to_owned(),
                format!("{:.1}", status.pages_per_minute),
            ),
            figure(l.say("Trang đã đọc", "Pages read"), status.counts.pages),
            figure(
                l.say("Tệp đã nhận", "Files accepted"),
                status.counts.accepted,
            ),
            figure(l.say("Bị loại", "Set aside"), status.counts.failed),
            (
                l.say("Chạy từ", "Running since").to_owned(),
                clock(&status.started),
            ),
        ];
        self.causes = status
            .failed_by_cause
            .iter()
            .map(|(code, count)| (cause(l, code), *count))
            .collect();
        self.troubles = status
            .troubles
            .iter()
            .map(|one| one.of(l).to_owned())
            .collect();
        self.waiting_count = status.waiting_count;
        self.waiting = status
            .waiting
            .iter()
            .take(LISTED)
            .map(|one| {
                let why = one.why.as_ref().map_or_else(
                    || waits(l, &one.state).to_owned(),
                    |why| why.of(l).to_owned(),
                );
                (
                    words::quiet(&file_name(&one.path)),
                    why,
                    ago(one.seconds, l),
                )
            })
            .collect();
    }

    /// Reasons that lie beside files: `NAME.why.txt`. Those of secret papers lie in a folder that only its owner enters.
    fn set_aside(&mut self, folder: &Path, l: Language) {
        let mut found: Vec<_> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                let of = name.strip_suffix(".why.txt")?.to_owned();
                let facts = entry.metadata().ok()?;
                facts
                    .is_file()
                    .then(|| (facts.modified().ok(), of, entry.path()))
            })
            .collect();
        found.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        for (_, name, path) in found {
            if self.rejects.iter().any(|one| one.file == name) {
                continue;
            }
            let text = read(&path).unwrap_or_default();
            self.rejects.push(Reject {
                name: words::quiet(&name),
                why: words::quiet(in_language(&text, l)),
                file: name,
            });
        }
    }
}

/// The part of a reason that is in a language: it is written in Vietnamese, then in English, then its code.
fn in_language(text: &str, l: Language) -> &str {
    let mut parts = text.trim().split("\n\n");
    match (parts.next(), parts.next()) {
        (Some(vi), Some(en)) => l.say(vi, en),
        _ => text.trim(),
    }
}

fn read(path: &Path) -> Option<String> {
    let mut text = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(LONGEST).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_str(&read(path)?).ok()
}

fn figure(name: &str, count: u32) -> (String, String) {
    (name.to_owned(), count.to_string())
}

/// The last part of a path, whichever way its system writes it.
fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

/// Day and minute of a moment as it is written in records.
fn clock(moment: &str) -> String {
    /// Vietnam's zone: UTC+7 all year, whatever the machine's is.
    const HOURS: i8 = 7;
    match moment.parse::<Timestamp>() {
        Ok(at) => {
            let zone = TimeZone::fixed(Offset::constant(HOURS));
            at.to_zoned(zone).strftime("%H:%M %d/%m/%Y").to_string()
        }
        Err(_) => moment.to_owned(),
    }
}

fn per_minute(pages: u32, from: &str, to: &str) -> Option<f64> {
    let seconds = |moment: &str| {
        moment
            .parse::<Timestamp>()
            .ok()
            .map(Timestamp::as_millisecond)
    };
    let took = u32::try_from(seconds(to)?.checked_sub(seconds(from)?)?).ok()?;
    (took > 0 && pages > 0).then(|| f64::from(pages) * 60_000.0 / f64::from(took))
}

fn ago(seconds: u64, l: Language) -> String {
    match seconds {
        0..=99 => format!("{seconds} {}", l.say("giây", "s")),
        100..=5_999 => format!("{} {}", seconds / 60, l.say("phút", "min")),
        _ => format!("{} {}", seconds / 3_600, l.say("giờ", "h")),
    }
}

/// Why a file waits.
fn waits(l: Language, state: &str) -> &str {
    match state {
        "settling" => l.say("vừa đến, đợi ổn định", "just came, is left to settle"),
        "temporary_name" => l.say("đang mang tên tạm", "has a temporary name"),
        "being_written" => l.say("đang được ghi", "is being written"),
        "not_whole" => l.say("chưa đủ tệp", "is not whole yet"),
        "queued" => l.say("đợi đến lượt", "waits for its turn"),
        "putting_away" => l.say("đang cất", "is being put away"),
        other => other,
    }
}

/// Causes for which files are set aside, by their code.
fn cause(l: Language, code: &str) -> String {
    let said = match code {
        "incomplete" => l.say("tệp không trọn vẹn", "not whole"),
        "damaged" => l.say("tệp hỏng", "damaged"),
        "unreadable" => l.say("không đọc được", "cannot be read"),
        "unknown_format" => l.say("định dạng lạ", "format not known"),
        "secret_mark" => l.say("có dấu độ mật", "mark of secrecy"),
        "encrypted" => l.say("bị khóa mật khẩu", "locked with a password"),
        "too_large" => l.say("quá lớn", "too large"),
        "name_taken" => l.say("trùng tên", "name taken"),
        "changed" => l.say("bị sửa trong lúc đọc", "changed while it was read"),
        "program_ended" => l.say("làm chương trình dừng", "ended the program"),
        other => return other.replace('_', " "),
    };
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_rates_are_read_from_records() {
        assert_eq!(clock("2026-11-30T18:22:09+07:00"), "18:22 30/11/2026");
        assert_eq!(clock("2026-11-30T18:22:09Z"), "01:22 01/12/2026");
        assert_eq!(clock("?"), "?");
        let rate = per_minute(30, "2026-11-30T18:00:00+07:00", "2026-11-30T18:02:00+07:00");
        assert!((rate.unwrap() - 15.0).abs() < 1e-9);
        assert_eq!(per_minute(3, "x", "y"), None);
        assert_eq!(file_name("C:\\scans\\a.tif"), "a.tif");
    }

    #[test]
    fn reasons_are_shown_once_and_a_silent_watcher_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let hot = folder.path().join("in");
        put("in/failed/b.tif.why.txt", "tệp hỏng <script>");
        put("in/failed/b.tif", "");
        put(
            "c.why.txt",
            "không đọc được\nquét lại\n\ncannot be read\nscan again\n\ndamaged\n",
        );
        let status = |state: &str| {
            serde_json::json!({
                "schema": "saoy.station/1", "producer": "p", "state": state, "started": "2026-11-30T10:00:00Z",
                "updated": "2026-11-30T10:00:00Z", "folders": [hot], "out": "o",
                "counts": {"accepted": 3, "failed": 1, "pages": 9}, "failed_by_cause": {"damaged": 1},
                "pages_per_minute": 12.5, "waiting_count": 1,
                "waiting": [{"path": "/in/079090000001.tif", "state": "queued", "seconds": 200}],
                "troubles": []
            })
            .to_string()
        };
        put(".saoy/watch/status.json", &status("working"));
        let at = |moment: &str| {
            let now = moment.parse().unwrap();
            View::new(
                "s".into(),
                folder.path(),
                Review::default(),
                now,
                Language::En,
            )
        };
        let view = at("2026-11-30T10:00:05Z");
        assert_eq!((view.tone, view.state.as_str()), ("good", "working"));
        assert_eq!(view.figures[0].1, "12.5");
        assert_eq!(view.causes, [("damaged".to_owned(), 1)]);
        assert_eq!(view.waiting[0].0, "079*****0001.tif");
        assert_eq!(view.waiting[0].2, "3 min");
        let names: Vec<_> = view.rejects.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["b.tif", "c"]);
        assert_eq!(view.rejects[1].why, "cannot be read\nscan again");
        assert_eq!(at("2026-11-30T10:05:00Z").tone, "bad");
        put(".saoy/watch/status.json", &status("stopped"));
        assert_eq!(at("2026-11-30T10:05:00Z").tone, "none");
    }
}
