//! `saoy certify prepare`: a paper original comes in, is read, checked by a person, and gets its number.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_archive::blob::BlobId;
use saoy_archive::certification::{Answer, Copy, Details, NewCopy};
use saoy_archive::profile::Profile;
use saoy_archive::refusal::{NewRefusal, Refused};
use saoy_archive::{Act, Archive, ArchiveError};
use saoy_pipeline::record::{DocumentRecord, FailureClass};

use super::scan::{self, Scan};
use super::{hints, put, reading, told};
use crate::archive::{act, by, json, open, sealed};
use crate::terminal;
use crate::words::{Said, Ui, said};

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
        .arg(super::pages(ui))
        .arg(
            text("requester", "NAME", ui.say("Họ tên người yêu cầu", "The requester's name")),
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
            text("answers", "FILE", ui.say(
                "Tệp JSON có các tùy chọn trên (tên không có --), để tên và số của công dân không hiện trong danh sách tiến trình",
                "A JSON file with the options above (names without --), so that citizens' names and numbers are in no list of processes",
            ))
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            text("out", "DIR", ui.say("Ghi bản chuẩn bị vào thư mục này để xem", "Write what was prepared into this folder, to look at"))
                .short('o')
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(scan::sealed())
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
    let typed = Typed::of(matches)?;
    let text = |name: &str| typed.text(name);
    let kind = &text("kind").unwrap_or_default();
    let profile = Profile::on(act.day())?;
    let wanted = profile.copy(kind)?;
    let is_certified = wanted.signers.len() > 1;
    let requester = text("requester").unwrap_or_default();
    if is_certified && requester.trim().is_empty() {
        let why = said!(
            "thiếu người yêu cầu: --requester HỌ-TÊN",
            "the requester is missing: --requester NAME"
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(Err(ExitCode::from(2)));
    }
    let visit = text("visit").unwrap_or_else(|| {
        let id = text("requester-id").unwrap_or_default();
        format!("{} {requester} {id}", act.day()).trim().to_owned()
    });
    let scan = Scan::of(matches, archive, input)?;
    let original = scan.digest;
    let pages = super::chosen(text("pages").as_deref(), kind)?;
    if kind == super::EXTRACT && pages.is_empty() {
        let why = said!(
            "trích sao cần các trang được trích: --pages 1,3-5",
            "an extract needs the pages that are extracted: --pages 1,3-5"
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(Err(ExitCode::from(2)));
    }
    let excerpt = super::listed(&pages);
    // Other pages are another extract.
    let visit = match excerpt.as_str() {
        "" => visit,
        pages => format!("{visit} tr. {pages}"),
    };
    // Done before, perhaps in a run whose end nobody saw.
    if let Some(copy) = archive.copy_for(kind, &visit, original)? {
        told(&copy, matches.get_flag("json"), ui)?;
        return Ok(Ok(()));
    }
    archive.is_preparer(act)?;
    let paper = match reading::paper(matches, archive, (scan.path(), original), &pages, ui)? {
        Ok(paper) => paper,
        Err(code) => return Ok(Err(code)),
    };
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
    let title = match excerpt.as_str() {
        "" => title,
        pages => format!("{title} (trích trang {pages})"),
    };
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
        copies: typed.number("copies")?.unwrap_or(1),
        fee: 0,
        answers: Vec::new(),
        held: held.clone(),
        profile: profile.version.clone(),
        unit: text("unit").unwrap_or_default(),
        excerpt: pages,
    };
    if is_certified {
        // A paper that is refused may be held or not.
        if let ([first, ..], None, false) = (
            held.as_slice(),
            text("despite-held"),
            !typed.all("refuse").is_empty(),
        ) {
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
        details.fee = typed
            .number("fee")?
            .unwrap_or_else(|| fee(paper.pages, details.copies));
        let hints = hints::hints(&paper.record, &paper.text, ui);
        details.answers = answers(&typed, &profile, &hints, paper.pages, ui)?;
        if let Some(answer) = details.answers.iter().find(|answer| !answer.clear) {
            let refused = archive.refuse_copy(
                act,
                &NewRefusal {
                    kind,
                    visit: &visit,
                    original,
                    code: &answer.code,
                    reason: answer.remark.as_deref().unwrap_or_default(),
                },
            )?;
            reading::forget(archive, original)?;
            return refusal(matches, &profile, &refused, ui).map(Err);
        }
    }
    let new = NewCopy {
        kind,
        visit: &visit,
        title: &title,
        requester: &requester,
        pages: paper.pages,
        details,
        original,
        prepared: BlobId::of(&paper.pdf),
    };
    archive.may_prepare(act, &new)?;
    let copy = entered(archive, act, &new, (scan.path(), &paper.pdf))?;
    reading::forget(archive, original)?;
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
    (scan, pdf): (&Path, &[u8]),
) -> anyhow::Result<Copy> {
    const TRIES: usize = 3;
    let mut tries = 1..=TRIES;
    loop {
        archive.blobs().put(&mut std::fs::File::open(scan)?)?;
        archive.blobs().put(&mut &*pdf)?;
        match archive.prepare_copy(act, new) {
            Err(ArchiveError::Missing(_)) if tries.next().is_some() => {}
            other => return Ok(other?),
        }
    }
}

/// What was typed on the command line, and what a file adds to it.
struct Typed<'a> {
    matches: &'a ArgMatches,
    file: serde_json::Map<String, serde_json::Value>,
}

impl<'a> Typed<'a> {
    fn of(matches: &'a ArgMatches) -> anyhow::Result<Self> {
        let file = match matches.get_one::<PathBuf>("answers") {
            Some(path) => {
                let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
                serde_json::from_slice(&bytes).with_context(|| {
                    Said(said!(
                        "{} phải là một đối tượng JSON",
                        "{} has to be a JSON object",
                        path.display()
                    ))
                })?
            }
            None => serde_json::Map::new(),
        };
        Ok(Self { matches, file })
    }

    /// The command line first, then the file, then the default.
    fn text(&self, name: &str) -> Option<String> {
        let in_file = || match self.file.get(name)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let typed = self.matches.try_get_one::<String>(name).ok().flatten();
        match self.matches.value_source(name) {
            Some(ValueSource::CommandLine) => typed.cloned(),
            _ => in_file().or_else(|| typed.cloned()),
        }
    }

    fn number<T>(&self, name: &str) -> anyhow::Result<Option<T>>
    where
        T: std::str::FromStr + Clone + Send + Sync + 'static,
    {
        if self.matches.value_source(name) == Some(ValueSource::CommandLine) {
            return Ok(self.matches.try_get_one::<T>(name)?.cloned());
        }
        let Some(text) = self.file.get(name) else {
            return Ok(None);
        };
        let text = text
            .as_str()
            .map_or_else(|| text.to_string(), str::to_owned);
        let number = text.trim().parse().ok();
        number.map(Some).ok_or_else(|| {
            Said(said!(
                "{} phải là một số, không phải \"{}\"",
                "{} has to be a number, not \"{}\"",
                name,
                text
            ))
            .into()
        })
    }

    /// All values of an option that may be given several times.
    fn all(&self, name: &str) -> Vec<String> {
        let in_file = self.file.get(name).and_then(|value| value.as_array());
        let in_file = in_file.into_iter().flatten();
        let in_file = in_file.filter_map(|one| one.as_str().map(str::to_owned));
        let typed = self.matches.try_get_many::<String>(name).ok().flatten();
        typed
            .into_iter()
            .flatten()
            .cloned()
            .chain(in_file)
            .collect()
    }
}

/// Tells what was refused, and why.
fn refusal(
    matches: &ArgMatches,
    profile: &Profile,
    refused: &Refused,
    ui: Ui,
) -> anyhow::Result<ExitCode> {
    if matches.get_flag("json") {
        crate::archive::print(&serde_json::json!({ "refused": refused }))?;
    }
    let question = profile
        .refusal
        .iter()
        .find(|question| question.code == refused.code);
    let (vi, en) = question.map_or(("", ""), |question| (&question.text.vi, &question.text.en));
    let (code, reason) = (&refused.code, &refused.reason);
    let why = saoy_pipeline::record::Bilingual {
        vi: format!("từ chối chứng thực, {code}: {vi} ({reason}); đã ghi lại"),
        en: format!("certifying is refused, {code}: {en} ({reason}); this is on record"),
    };
    terminal::complain(ui, &Said(why).into());
    Ok(ExitCode::from(FailureClass::Policy.exit_code()))
}

/// What the register shows: type, number, subject, as far as they were read.
pub(super) fn title(record: &DocumentRecord) -> String {
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
pub(super) fn held(
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
    typed: &Typed<'_>,
    profile: &Profile,
    hints: &BTreeMap<String, String>,
    pages: u32,
    ui: Ui,
) -> anyhow::Result<Vec<Answer>> {
    let given = |name: &str| -> BTreeMap<String, Option<String>> {
        let all = typed.all(name);
        all.iter()
            .map(|one| match one.split_once('=') {
                Some((code, remark)) => (code.to_uppercase(), Some(remark.to_owned())),
                None => (one.to_uppercase(), None),
            })
            .collect()
    };
    let (clear, refused) = (given("clear"), given("refuse"));
    let compared = compared(typed, pages)?;
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

fn compared(typed: &Typed<'_>, pages: u32) -> anyhow::Result<Vec<u32>> {
    let Some(said) = typed.text("compared") else {
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
