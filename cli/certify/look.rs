//! `saoy certify look` and `preview`: what a paper is and what its copy will look like, before any number is taken.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use jiff::civil::Date;
use saoy_archive::blob::BlobId;
use saoy_archive::payload::Payload;
use saoy_archive::people::Appointment;
use saoy_archive::profile::{CopyKind, Placement, Profile};
use saoy_archive::{Act, Archive, ArchiveError, Sentence};
use saoy_pdf::Document;
use saoy_pipeline::ingest::Limits;
use serde::Serialize;

use super::statement::{self, Facts};
use super::{hints, prepare, put, reading, scan};
use crate::archive::{act, by, json, open, print};
use crate::args::given;
use crate::words::Ui;
use crate::{render, sign};

/// The look-up code in a preview: none is taken yet.
const NO_CODE: &str = "00000000000000000000";
/// The name of a year's first volume.
const FIRST_VOLUME: &str = "01";

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 2] {
    let kind = || {
        Arg::new("kind")
            .long("kind")
            .value_name("KIND")
            .default_value("chung-thuc")
            .value_parser(PossibleValuesParser::new([
                "chung-thuc",
                "sao-y",
                "sao-luc",
                "trich-sao",
            ]))
            .help(ui.say("Loại bản sao", "Kind of copy"))
    };
    [
        Command::new("look")
            .about(ui.say(
                "Đọc bản quét trước khi lấy số: là giấy gì, dấu hiệu phải từ chối, đã có sẵn chưa; prepare dùng lại kết quả",
                "Read a scan before a number is taken: what it is, signs of reasons to refuse, what is held; prepare goes on from it",
            ))
            .arg(
                Arg::new("input")
                    .required(true)
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help(ui.say("Bản quét của một bản chính", "The scan of one original")),
            )
            .arg(
                Arg::new("owner")
                    .long("owner")
                    .value_name("NUMBER")
                    .help(ui.say(
                        "Số định danh của chủ giấy tờ (mặc định: máy đọc)",
                        "Identity number of the paper's owner (default: as read)",
                    )),
            )
            .arg(
                Arg::new("forget")
                    .long("forget")
                    .action(ArgAction::SetTrue)
                    .help(ui.say(
                        "Xóa những gì đã đọc của bản quét này",
                        "Take away what was read of this scan",
                    )),
            )
            .arg(kind())
            .arg(scan::sealed())
            .arg(super::pages(ui))
            .arg(
                Arg::new("reader")
                    .long("reader")
                    .hide(true)
                    .value_parser(value_parser!(PathBuf)),
            )
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("preview")
            .about(ui.say(
                "Xem trước bản sao với lời chứng; ký bằng khóa thử, không có giá trị",
                "The copy with its statement, to look at; signed with a throw-away key and without value",
            ))
            .arg(
                Arg::new("copy")
                    .required(true)
                    .value_name("CODE|SHA256")
                    .help(ui.say(
                        "Mã tra cứu, hoặc mã băm của bản quét đã đọc bằng look",
                        "The look-up code, or the digest of a scan that look has read",
                    )),
            )
            .arg(
                Arg::new("out")
                    .long("out")
                    .short('o')
                    .required_unless_present("picture")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help(ui.say("Tệp PDF để xem", "The PDF to look at")),
            )
            .arg(
                Arg::new("picture")
                    .long("picture")
                    .hide(true)
                    .value_name("PX")
                    .value_parser(value_parser!(u32).range(16..=4000)),
            )
            .arg(kind())
            .arg(super::pages(ui))
            .arg(by(ui))
            .arg(json(ui)),
    ]
}

/// What is known of a paper before its number is taken.
#[derive(Serialize)]
struct Looked {
    schema: &'static str,
    /// SHA-256 of the scan.
    scan: String,
    /// The PDF/A that was made of it; nothing where it is kept encrypted.
    pdf: Option<PathBuf>,
    pages: u32,
    /// As the register would have it.
    title: String,
    type_code: Option<String>,
    type_name: Option<String>,
    number_symbol: Option<String>,
    owner_number: Option<String>,
    /// A signed electronic document, of which no certified copy is made.
    signed_original: bool,
    /// A true copy itself, by its stamp: of such a one *sao lục* is made, and of no other paper.
    true_copy: bool,
    /// What is held of the same paper.
    held: Vec<String>,
    /// The checklist with what the machine saw.
    questions: Vec<Question>,
}

#[derive(Serialize)]
struct Question {
    code: String,
    text: Sentence,
    hint: Option<Sentence>,
}

/// Runs `look`.
pub(super) fn look(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let archive = open(matches)?;
    let act = act(matches);
    archive.is_preparer(&act)?;
    let scan = scan::Scan::of(matches, &archive, given::<PathBuf>(matches, "input")?)?;
    let (input, original) = (scan.path(), scan.digest);
    if matches.get_flag("forget") {
        reading::forget(&archive, original)?;
        return Ok(ExitCode::SUCCESS);
    }
    let profile = Profile::on(act.day())?;
    let kind = profile.copy(given::<String>(matches, "kind")?)?;
    let pages = chosen(matches, kind)?;
    let paper = match reading::paper(matches, &archive, (input, original), &pages, ui)? {
        Ok(paper) => paper,
        Err(code) => return Ok(code),
    };
    let field = |name: &str| {
        let field = paper.record.fields.get(name)?;
        field.value.clone()
    };
    let owner = matches
        .get_one::<String>("owner")
        .cloned()
        .filter(|owner| !owner.is_empty())
        .or_else(|| field("owner_number"));
    let type_code = paper.record.kind.as_ref().map(|kind| kind.code.clone());
    let number_symbol = field("number_symbol");
    let flagged = |code: &str| paper.record.flags.iter().any(|flag| flag.code == code);
    let looked = Looked {
        schema: "saoy.look/1",
        scan: original.to_string(),
        pages: paper.pages,
        title: prepare::title(&paper.record),
        type_name: paper.record.kind.as_ref().map(|kind| kind.name.clone()),
        signed_original: flagged("signed_original"),
        true_copy: flagged("is_sao_y"),
        held: prepare::held(
            &archive,
            original,
            (
                owner.as_deref(),
                type_code.as_deref(),
                number_symbol.as_deref(),
            ),
            act.day(),
        )?,
        questions: questions(&profile, kind, &paper),
        type_code,
        number_symbol,
        owner_number: owner,
        pdf: reading::pdf_of(&archive, original, &pages)?,
    };
    if matches.get_flag("json") {
        print(&looked)?;
    } else {
        told(&looked, ui)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The pages of an extract that the command line names.
fn chosen(matches: &ArgMatches, kind: &CopyKind) -> anyhow::Result<Vec<u32>> {
    let pages = matches.get_one::<String>("pages");
    super::chosen(pages.map(String::as_str), &kind.kind)
}

fn questions(profile: &Profile, kind: &CopyKind, paper: &reading::Paper) -> Vec<Question> {
    if kind.signers.len() < 2 {
        return Vec::new();
    }
    let hints = |ui| -> BTreeMap<String, String> { hints::hints(&paper.record, &paper.text, ui) };
    let (vi, en) = (hints(Ui::Vi), hints(Ui::En));
    profile
        .refusal
        .iter()
        .map(|question| Question {
            code: question.code.clone(),
            text: Sentence::from(&question.text),
            hint: question.hint.as_ref().and_then(|name| {
                Some(Sentence {
                    vi: vi.get(name)?.clone(),
                    en: en.get(name)?.clone(),
                })
            }),
        })
        .collect()
}

fn told(looked: &Looked, ui: Ui) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}  {} {}",
        looked.title,
        looked.pages,
        ui.say("trang", "pages")
    )?;
    for held in &looked.held {
        writeln!(out, "= {}: {held}", ui.say("đã có", "already held"))?;
    }
    for question in &looked.questions {
        let text = ui.say(&question.text.vi, &question.text.en);
        match &question.hint {
            Some(hint) => writeln!(
                out,
                "! {}  {text}: {}",
                question.code,
                ui.say(&hint.vi, &hint.en)
            )?,
            None => writeln!(out, "  {}  {text}", question.code)?,
        }
    }
    Ok(())
}

/// Runs `preview`: the same way as signing, with a key that is made for it and thrown away.
pub(super) fn preview(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let archive = open(matches)?;
    let act = act(matches);
    archive.is_preparer(&act)?;
    let profile = Profile::on(act.day())?;
    let work = archive.workplace()?;
    let input = work.path().join("before.pdf");
    let wanted = given::<String>(matches, "copy")?;
    let (kind, facts, payload) = match BlobId::parse(wanted) {
        Some(scan) => {
            let kind = profile.copy(given::<String>(matches, "kind")?)?;
            let paper = reading::kept(&archive, scan, &chosen(matches, kind)?)?;
            let paper = paper.ok_or_else(|| nothing_read(wanted))?;
            std::fs::write(&input, &paper.pdf).with_context(|| input.display().to_string())?;
            let (number, volume) = expected(&archive, &kind.register, act.day())?;
            let facts = Facts {
                number,
                year: act.day().year(),
                volume,
                pages: paper.pages,
                converted: act.time(),
                converter: name_of(&archive, &act.by)?,
            };
            let prepared = BlobId::of_reader(&mut std::fs::File::open(&input)?)?;
            let length = std::fs::metadata(&input)?.len();
            let base = &archive.office().base_url;
            let payload = Payload::new(base, NO_CODE, length, prepared.bytes());
            (kind, facts, payload)
        }
        None => {
            let copy = archive.copy(wanted)?;
            put(&archive, &copy.prepared, &input)?;
            let payload = statement::payload(&copy, &archive)?;
            (profile.copy(&copy.kind)?, Facts::of(&copy), payload)
        }
    };
    let signer = signer(&archive, &act, kind)?;
    let lines = statement::lines(kind, &facts, &archive, &act, &signer);
    let out = match matches.get_one::<PathBuf>("out") {
        Some(out) => out.clone(),
        None => work.path().join("preview.pdf"),
    };
    let mut arguments: Vec<OsString> = vec![
        "saoy".into(),
        "sign".into(),
        input.into(),
        "-o".into(),
        out.clone().into(),
        "--force".into(),
        "--key".into(),
        "test:".into(),
    ];
    arguments.extend(statement::stamp(kind, &lines, &payload, &act, work.path())?);
    if let Err(code) = sign::for_another(&arguments, ui)? {
        return Ok(code);
    }
    if let Some(width) = matches.get_one::<u32>("picture") {
        let document = Document::open(std::fs::File::open(&out)?)?;
        let page = match kind.placement {
            Placement::Statement => document.page_count()?.saturating_sub(1),
            Placement::Corner => 0,
        };
        let picture = render::of_pdf(&document, page, *width, &Limits::default())?;
        io::stdout().lock().write_all(&picture)?;
        return Ok(ExitCode::SUCCESS);
    }
    if matches.get_flag("json") {
        print(&serde_json::json!({ "file": out, "number": facts.number, "lines": lines }))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The PDF/A that was made of these pages of a scan, of all when none are named, for pictures of its pages.
pub(crate) fn read_of(
    archive: &Archive,
    scan: &str,
    pages: Option<&str>,
) -> anyhow::Result<Vec<u8>> {
    let kept = match BlobId::parse(scan) {
        Some(scan) => reading::kept(archive, scan, &super::chosen(pages, super::EXTRACT)?)?,
        None => None,
    };
    kept.map(|paper| paper.pdf)
        .ok_or_else(|| nothing_read(scan))
}

/// In whose name the statement will be: the actor's who may certify, else the first's who may today.
fn signer(archive: &Archive, act: &Act, kind: &CopyKind) -> anyhow::Result<Appointment> {
    let role = kind.signers.first().map_or("certifier", String::as_str);
    if let Ok(own) = archive.may(&act.by, role, act.day()) {
        return Ok(own);
    }
    let today = act.day();
    let holds = |one: &Appointment| {
        one.role == role && one.first_day <= today && one.last_day.is_none_or(|last| today <= last)
    };
    archive
        .appointments()?
        .into_iter()
        .find(holds)
        .ok_or_else(|| {
            ArchiveError::Refused(Sentence {
                vi: format!("hôm nay không ai có vai trò {role}; người quản trị phân công bằng: saoy archive appoint"),
                en: format!("nobody holds the role {role} today; an administrator gives it with: saoy archive appoint"),
            })
            .into()
        })
}

/// The number and volume that the next copy would get. Another may get it first.
fn expected(archive: &Archive, register: &str, today: Date) -> anyhow::Result<(i64, String)> {
    let first = Date::new(today.year(), 1, 1)?;
    let last = archive
        .lines(register, first, today)?
        .into_iter()
        .max_by_key(|line| line.number);
    Ok(last.map_or((1, FIRST_VOLUME.to_owned()), |line| {
        (line.number + 1, line.volume)
    }))
}

fn name_of(archive: &Archive, login: &str) -> anyhow::Result<String> {
    let latest = archive
        .appointments()?
        .into_iter()
        .rev()
        .find(|one| one.login == login);
    Ok(latest.map_or_else(|| login.to_owned(), |one| one.name))
}

fn nothing_read(scan: &str) -> anyhow::Error {
    ArchiveError::Missing(Sentence {
        vi: format!(
            "chưa đọc bản quét {scan}, hoặc đã quá nửa ngày; hãy chạy: saoy certify look TỆP"
        ),
        en: format!(
            "the scan {scan} was not read, or more than half a day ago; run: saoy certify look FILE"
        ),
    })
    .into()
}
