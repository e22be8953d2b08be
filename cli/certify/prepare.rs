//! `saoy certify prepare`: a paper original comes in, is read, checked by a person, and gets its number.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_archive::blob::BlobId;
use saoy_archive::certification::{Answer, Copy, Details, NewCopy};
use saoy_archive::profile::Profile;
use saoy_archive::{Act, Archive, ArchiveError};
use saoy_pipeline::classify::stack::Split;
use saoy_pipeline::compose::pdfa;
use saoy_pipeline::driver::{self, Options, Plan, Sidecars, World};
use saoy_pipeline::ingest::{Limits, TextPolicy};
use saoy_pipeline::record::{DocumentRecord, FailureClass};

use super::{hints, put, told};
use crate::archive::{act, by, json, open, sealed};
use crate::args::given;
use crate::terminal::{self, Progress, Style};
use crate::words::{Said, Ui, said};
use crate::{digitize, train};

/// Longest time to read one page.
const PAGE_LIMIT: Duration = Duration::from_secs(120);

/// Fees of Circular 226/2016/TT-BTC, VND: the first two pages, each further one, and the most for one copy.
const FEES: (u64, u64, u64) = (2_000, 1_000, 200_000);

/// The grammar.
pub(super) fn command(ui: Ui) -> Command {
    let text = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help.to_owned())
    };
    Command::new("prepare")
        .about(ui.say(
            "Nhận bản chính đã quét, kiểm tra, lấy số",
            "Take in the scan of an original, check it, reserve its number",
        ))
        .arg(
            Arg::new("inputs")
                .required(true)
                .num_args(1..)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Bản quét, mỗi bản chính một tệp, đủ các trang",
                    "Scans, one file for each original, with all its pages",
                )),
        )
        .arg(
            text("kind", "KIND", ui.say("Loại bản sao", "Kind of copy"))
                .default_value("chung-thuc")
                .value_parser(PossibleValuesParser::new(["chung-thuc", "sao-y", "sao-luc", "trich-sao"])),
        )
        .arg(
            text("requester", "NAME", ui.say("Họ tên người yêu cầu", "The requester's name"))
                .required_if_eq("kind", "chung-thuc"),
        )
        .arg(text(
            "requester-id",
            "NUMBER",
            ui.say("Số giấy tờ tùy thân của người yêu cầu", "The requester's identity number"),
        ))
        .arg(text(
            "visit",
            "ID",
            ui.say(
                "Lần yêu cầu (mặc định: ngày và người yêu cầu); cùng bản chính trong một lần chỉ có một số",
                "The visit (default: day and requester); an original has one number in a visit",
            ),
        ))
        .arg(text(
            "title",
            "TEXT",
            ui.say("Tên bản chính (mặc định: máy đọc)", "Title of the original (default: as read)"),
        ))
        .arg(text(
            "owner",
            "NUMBER",
            ui.say("Số định danh của chủ giấy tờ", "Identity number of the paper's owner"),
        ))
        .arg(text(
            "unit",
            "TEXT",
            ui.say("Đơn vị tiếp nhận, để báo cáo", "The unit that takes the paper in, for reports"),
        ))
        .arg(
            text("copies", "N", ui.say("Số bản sao", "How many copies"))
                .default_value("1")
                .value_parser(value_parser!(u32).range(1..=1000)),
        )
        .arg(
            text("fee", "VND", ui.say("Phí (mặc định: tính theo trang)", "Fee (default: by pages)"))
                .value_parser(value_parser!(u64)),
        )
        .arg(text(
            "compared",
            "PAGES",
            ui.say(
                "Các trang đã đối chiếu với bản chính: all, hoặc 1,2,3",
                "Pages compared with the original: all, or 1,2,3",
            ),
        ))
        .arg(
            text(
                "clear",
                "CODE[=TEXT]",
                ui.say(
                    "Không thuộc trường hợp từ chối này (R1 đến R7, hoặc all); ghi lý do nếu máy cảnh báo",
                    "The original is free of this reason to refuse (R1 to R7, or all); say why where the machine warns",
                ),
            )
            .action(ArgAction::Append),
        )
        .arg(
            text("refuse", "CODE=TEXT", ui.say("Từ chối chứng thực vì", "Refuse, for this reason"))
                .action(ArgAction::Append),
        )
        .arg(text(
            "despite-held",
            "REASON",
            ui.say(
                "Vẫn làm dù giấy tờ này đã có bản điện tử, vì",
                "Go on although this paper is held already, because",
            ),
        ))
        .arg(
            text("out", "DIR", ui.say("Ghi bản chuẩn bị vào thư mục này để xem", "Write what was prepared into this folder, to look at"))
                .short('o')
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("reader")
                .long("reader")
                .hide(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(by(ui))
        .arg(json(ui))
}

/// Runs it for each original; the first that fails ends the run, those before it are kept.
pub(super) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    let mut code = ExitCode::SUCCESS;
    for input in matches.get_many::<PathBuf>("inputs").into_iter().flatten() {
        if let Err(stop) = one(matches, &mut archive, &act, input, ui)? {
            code = stop;
            break;
        }
    }
    sealed(&mut archive, ui);
    Ok(code)
}

fn one(
    matches: &ArgMatches,
    archive: &mut Archive,
    act: &Act,
    input: &Path,
    ui: Ui,
) -> anyhow::Result<Result<(), ExitCode>> {
    let kind = given::<String>(matches, "kind")?;
    let profile = Profile::on(act.day())?;
    let wanted = profile.copy(kind)?;
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let requester = text("requester").unwrap_or_default();
    let visit = text("visit").unwrap_or_else(|| {
        let id = text("requester-id").unwrap_or_default();
        format!("{} {requester} {id}", act.day()).trim().to_owned()
    });
    let original = BlobId::of_reader(
        &mut std::fs::File::open(input).with_context(|| input.display().to_string())?,
    )?;
    // Done before, perhaps in a run whose end nobody saw.
    if let Some(copy) = archive.copy_for(kind, &visit, original)? {
        told(&copy, matches.get_flag("json"), ui)?;
        return Ok(Ok(()));
    }
    let staging = super::staging(archive)?;
    let paper = match read(matches, input, staging.path(), ui)? {
        Ok(paper) => paper,
        Err(code) => return Ok(Err(code)),
    };
    let is_certified = wanted.signers.len() > 1;
    if is_certified
        && paper
            .record
            .flags
            .iter()
            .any(|flag| flag.code == "signed_original")
    {
        terminal::complain(
            ui,
            &Said(said!(
                "{} là văn bản điện tử đã ký số: chứng thực bản sao điện tử chỉ làm từ bản chính giấy; giao chính tệp này",
                "{} is a signed electronic document: certified copies are made of paper originals; hand out this file itself",
                input.display()
            ))
            .into(),
        );
        return Ok(Err(ExitCode::from(FailureClass::Policy.exit_code())));
    }
    let field = |name: &str| {
        paper
            .record
            .fields
            .get(name)
            .and_then(|field| field.value.clone())
    };
    let owner = text("owner").or_else(|| field("owner_number"));
    let type_code = paper.record.kind.as_ref().map(|kind| kind.code.clone());
    let number_symbol = field("number_symbol");
    let title = text("title").unwrap_or_else(|| title(&paper.record));
    let held = held(
        archive,
        original,
        (
            owner.as_deref(),
            type_code.as_deref(),
            number_symbol.as_deref(),
        ),
        act.day(),
    )?;
    let mut details = Details {
        requester_id: text("requester-id").unwrap_or_default(),
        owner_number: owner,
        type_code,
        number_symbol,
        converter: archive
            .appointments()?
            .into_iter()
            .rev()
            .find(|one| one.login == act.by)
            .map_or_else(|| act.by.clone(), |one| one.name),
        converted: act.time(),
        copies: *given::<u32>(matches, "copies")?,
        fee: 0,
        answers: Vec::new(),
        held: held.clone(),
        profile: profile.version.clone(),
        unit: text("unit").unwrap_or_default(),
    };
    if is_certified {
        if let ([first, ..], None) = (held.as_slice(), text("despite-held")) {
            terminal::complain(
                ui,
                &Said(said!(
                    "giấy tờ này đã có bản sao điện tử: {}; dùng lại bản đó, hoặc nêu lý do: --despite-held LÝ-DO",
                    "this paper is already held: {}; use that one, or say why not: --despite-held REASON",
                    first
                ))
                .into(),
            );
            return Ok(Err(ExitCode::from(FailureClass::Policy.exit_code())));
        }
        details.held.extend(text("despite-held"));
        details.fee = matches
            .get_one::<u64>("fee")
            .copied()
            .unwrap_or_else(|| fee(paper.pages, details.copies));
        let hints = hints::hints(&paper.record, &paper.text, ui);
        details.answers = answers(matches, &profile, &hints, paper.pages, ui)?;
    }
    let new = NewCopy {
        kind,
        visit: &visit,
        title: &title,
        requester: &requester,
        pages: paper.pages,
        details,
        original,
        prepared: BlobId::of_reader(&mut std::fs::File::open(&paper.pdf)?)?,
    };
    archive.may_prepare(act, &new)?;
    let copy = entered(archive, act, &new, [input, &paper.pdf])?;
    if let Some(folder) = matches.get_one::<PathBuf>("out") {
        put(
            archive,
            &copy.prepared,
            &folder.join(format!("{}.pdf", copy.code)),
        )?;
    }
    told(&copy, matches.get_flag("json"), ui)?;
    Ok(Ok(()))
}

/// Stores both files and takes the copy in. A disposal of the same paper may come between the two; then once more.
fn entered(
    archive: &mut Archive,
    act: &Act,
    new: &NewCopy<'_>,
    files: [&Path; 2],
) -> anyhow::Result<Copy> {
    const TRIES: usize = 3;
    let mut tries = 1..=TRIES;
    loop {
        for path in files {
            archive.blobs().put(&mut std::fs::File::open(path)?)?;
        }
        match archive.prepare_copy(act, new) {
            Err(ArchiveError::Missing(_)) if tries.next().is_some() => {}
            other => return Ok(other?),
        }
    }
}

/// A paper that was read.
struct Paper {
    record: DocumentRecord,
    text: String,
    pdf: PathBuf,
    pages: u32,
}

/// Digitises one scan in a folder of its own. A secret mark ends it there, and the folder is wiped by the pipeline.
fn read(
    matches: &ArgMatches,
    input: &Path,
    staging: &Path,
    ui: Ui,
) -> anyhow::Result<Result<Paper, ExitCode>> {
    let readers = match digitize::readers(matches, "vie", PAGE_LIMIT) {
        Ok(readers) => readers,
        Err(trouble) => {
            terminal::complain(ui, &trouble);
            terminal::hint(ui, "chạy: saoy doctor", "run: saoy doctor");
            return Ok(Err(ExitCode::from(FailureClass::Environment.exit_code())));
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let progress = Progress::new(ui, Style::Quiet);
    let world = World {
        readers: &readers,
        now: &digitize::local_time,
        watch: &progress,
        stop: &stop,
        wind_down: &AtomicBool::new(false),
    };
    let plan = Plan {
        inputs: vec![input.to_owned()],
        out: staging.to_owned(),
        options: Options {
            language: "vie".to_owned(),
            pdfa: pdfa::Profile::A2b,
            sidecars: Sidecars {
                txt: true,
                json: true,
                hocr: false,
                alto: false,
            },
            split: Split::None,
            text: TextPolicy::Skip,
            visible: Default::default(),
            preprocess: Default::default(),
            recognize: Default::default(),
            classify: saoy_pipeline::classify::Options {
                model: train::own_model(matches)?.map(Arc::new),
            },
        },
        profile: None,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        folder_as_document: false,
        force: false,
        limits: Limits::default(),
    };
    let batch = match driver::digitize(&plan, &world) {
        Ok(batch) => batch,
        Err(error) => {
            terminal::complain(ui, &error.into());
            return Ok(Err(ExitCode::from(FailureClass::Environment.exit_code())));
        }
    };
    let code = digitize::exit_code(&batch);
    let [entry] = batch.documents.as_slice() else {
        let why = said!(
            "{}: mỗi bản chính phải là một tệp",
            "{}: each original has to be one file",
            input.display()
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(Err(ExitCode::from(2)));
    };
    if code != 0 {
        return Ok(Err(ExitCode::from(code)));
    }
    let path = |extension: &str| staging.join(format!("{}.{extension}", entry.name));
    let record = std::fs::read(path("json")).with_context(|| path("json").display().to_string())?;
    let record: DocumentRecord = serde_json::from_slice(&record)?;
    let text = std::fs::read_to_string(path("txt")).unwrap_or_default();
    let pdf = staging.join(&record.output.pdf);
    Ok(Ok(Paper {
        pages: u32::try_from(record.pages.len()).unwrap_or(u32::MAX),
        record,
        text,
        pdf,
    }))
}

/// What the register shows: type, number, subject, as far as they were read.
fn title(record: &DocumentRecord) -> String {
    let name = record
        .kind
        .as_ref()
        .map_or("Giấy tờ", |kind| kind.name.as_str())
        .to_owned();
    let field = |key: &str| record.fields.get(key).and_then(|field| field.value.clone());
    let number = field("number_symbol").or_else(|| field("number"));
    match (number, field("subject")) {
        (Some(number), Some(subject)) => format!("{name} số {number}: {subject}"),
        (Some(number), None) => format!("{name} số {number}"),
        (None, Some(subject)) => format!("{name}: {subject}"),
        (None, None) => name,
    }
}

/// What is held of the same paper: copies of this very scan, and whatever the archive has for its owner.
fn held(
    archive: &Archive,
    original: BlobId,
    (owner, type_code, number): (Option<&str>, Option<&str>, Option<&str>),
    today: jiff::civil::Date,
) -> anyhow::Result<Vec<String>> {
    use saoy_archive::certification::Stage;
    let mut all: Vec<String> = archive
        .copies(None)?
        .into_iter()
        .filter(|copy| matches!(copy.stage, Stage::Sealed | Stage::Delivered))
        .filter(|copy| copy.line.annulment.is_none() && copy.original == original.to_string())
        .map(|copy| {
            format!(
                "{} {}, {} ({})",
                copy.line.register, copy.line.display, copy.title, copy.code
            )
        })
        .collect();
    let (Some(owner), Some(type_code)) = (owner, type_code) else {
        return Ok(all);
    };
    // A number that was misread is no number; then nothing can be looked up by it.
    let of_owner = archive
        .held(owner, type_code, number.unwrap_or_default(), today)
        .unwrap_or_default();
    for one in of_owner {
        if all.iter().any(|known| known.contains(&one.id)) {
            continue;
        }
        let parts = [one.title, one.number_symbol, one.agency, one.issued_date];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        all.push(format!("{} ({})", parts.join(", "), one.id));
    }
    Ok(all)
}

fn fee(pages: u32, copies: u32) -> u64 {
    let (first, further, most) = FEES;
    let pages = u64::from(pages);
    let one = pages.min(2) * first + pages.saturating_sub(2) * further;
    one.min(most) * u64::from(copies)
}

/// The checklist as answered on the command line, and at the terminal where answers are missing.
fn answers(
    matches: &ArgMatches,
    profile: &Profile,
    hints: &BTreeMap<String, String>,
    pages: u32,
    ui: Ui,
) -> anyhow::Result<Vec<Answer>> {
    let given = |name: &str| -> BTreeMap<String, Option<String>> {
        let all = matches.get_many::<String>(name).into_iter().flatten();
        all.map(|one| match one.split_once('=') {
            Some((code, remark)) => (code.to_uppercase(), Some(remark.to_owned())),
            None => (one.to_uppercase(), None),
        })
        .collect()
    };
    let (clear, refused) = (given("clear"), given("refuse"));
    let compared = compared(matches, pages)?;
    let mut answers = Vec::new();
    for question in &profile.refusal {
        let hint = question
            .hint
            .as_ref()
            .and_then(|name| hints.get(name))
            .cloned();
        let all = hint.is_none() && clear.contains_key("ALL");
        let said = if let Some(remark) = refused.get(&question.code) {
            Some((false, remark.clone()))
        } else if let Some(remark) = clear.get(&question.code) {
            Some((true, remark.clone()))
        } else if all {
            Some((true, None))
        } else if io::stdin().is_terminal() {
            Some(ask(
                &question.code,
                ui.say(&question.text.vi, &question.text.en),
                hint.as_deref(),
                ui,
            )?)
        } else {
            if let Some(hint) = &hint {
                terminal::hint(
                    ui,
                    &format!("máy thấy dấu hiệu của {}: {hint}", question.code),
                    &format!("the machine sees a sign of {}: {hint}", question.code),
                );
            }
            None
        };
        if let Some((clear, remark)) = said {
            answers.push(Answer {
                code: question.code.clone(),
                hint,
                clear,
                remark,
                pages: compared.clone(),
            });
        }
    }
    Ok(answers)
}

fn compared(matches: &ArgMatches, pages: u32) -> anyhow::Result<Vec<u32>> {
    let Some(said) = matches.get_one::<String>("compared") else {
        return Ok(Vec::new());
    };
    if said == "all" {
        return Ok((1..=pages).collect());
    }
    said.split(',')
        .map(|page| page.trim().parse().ok())
        .collect::<Option<Vec<u32>>>()
        .ok_or_else(|| {
            Said(said!(
                "--compared cần all hoặc 1,2,3",
                "--compared needs all or 1,2,3"
            ))
            .into()
        })
}

/// Asks one question at the terminal.
fn ask(
    code: &str,
    question: &str,
    hint: Option<&str>,
    ui: Ui,
) -> anyhow::Result<(bool, Option<String>)> {
    let mut err = io::stderr().lock();
    if let Some(hint) = hint {
        writeln!(err, "  ! {hint}")?;
    }
    let mut line = String::new();
    loop {
        write!(
            err,
            "{code}  {question}? [{}] ",
            ui.say("c = có, k = không", "y = yes, n = no")
        )?;
        err.flush()?;
        line.clear();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(Said(said!("chưa trả lời hết", "not all questions were answered")).into());
        }
        match line.trim().to_lowercase().as_str() {
            "k" | "không" | "khong" | "n" | "no" => break,
            "c" | "có" | "co" | "y" | "yes" => return Ok((false, None)),
            _ => {}
        }
    }
    if hint.is_none() {
        return Ok((true, None));
    }
    write!(
        err,
        "   {}: ",
        ui.say("vì sao vẫn chứng thực", "why it is certified all the same")
    )?;
    err.flush()?;
    line.clear();
    io::stdin().lock().read_line(&mut line)?;
    Ok((true, Some(line.trim().to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_those_of_the_circular() {
        assert_eq!(fee(1, 1), 2_000);
        assert_eq!(fee(2, 1), 4_000);
        assert_eq!(fee(5, 2), 14_000);
        assert_eq!(fee(1_000, 1), 200_000);
    }
}
