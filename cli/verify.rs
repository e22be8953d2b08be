//! `saoy verify`: whose signature a PDF bears, and whether it holds.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, anyhow};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_signing::certificate::Certificate;
use saoy_signing::finding::{Finding, Reason};
use saoy_signing::judge::Instant;
use saoy_signing::policy::Policy;
use saoy_signing::trust::Store;
use saoy_signing::verify::{self as verdict, Verification};

use crate::words::{Said, Ui, said};
use crate::{digitize, terminal as program};

pub(crate) mod anchors;

mod checklist;

mod format;

mod html;

mod inputs;

pub(crate) mod online;

mod pdf;

mod pictures;

mod on_paper;

mod printed;

pub(crate) mod record;

pub(crate) mod registered;

mod rules;

mod stated;

mod table;

mod terminal;

mod xml;

use record::{FileRecord, Report};
use stated::Paper;

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    let flag = |name: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help.to_owned())
    };
    let many = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .action(ArgAction::Append)
            .help(help.to_owned())
    };
    Command::new("verify")
        .about(ui.say(
            "Kiểm tra chữ ký số trong tệp PDF: của ai, lúc nào, còn nguyên vẹn và đáng tin không",
            "Verify the digital signatures of PDF files: whose, when, intact, trusted",
        ))
        .arg(
            Arg::new("inputs")
                .required(true)
                .num_args(1..)
                .value_name("PDF|DIR")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Tệp PDF, hoặc thư mục chứa tệp PDF", "PDF files, or folders of them")),
        )
        .arg(many("trust", "DIR|FILE", ui.say(
            "Chứng thư được tin cậy cho lần này (PEM, DER, p7b), thay cho thư mục tin cậy; chứng thư của chính người ký cũng được",
            "Certificates trusted for this run (PEM, DER, p7b), in place of the trust folder; a signer's own certificate will do",
        )).value_parser(value_parser!(PathBuf)))
        .arg(many("pki", "PROFILE", ui.say(
            "Chỉ tin nhóm này trong thư mục tin cậy: public, public-duty, own",
            "Trust only this profile of the trust folder: public, public-duty, own",
        )).value_parser(clap::builder::PossibleValuesParser::new(crate::trust::PROFILES)))
        .arg(Arg::new("at").long("at").value_name("TIME").help(ui.say(
            "Thời điểm xét thay cho bây giờ, ví dụ 2025-01-24T14:23:43+07:00 hoặc 2025-01-24",
            "Judge at this time instead of now, such as 2025-01-24T14:23:43+07:00 or 2025-01-24",
        )))
        .arg(flag("online", ui.say(
            "Cho phép hỏi qua mạng về thu hồi (chỉ các máy chủ được phép)",
            "Allow asking about revocation over the network (allowed hosts only)",
        )))
        .arg(many("allow-host", "HOST", ui.say("Với --online: cho phép hỏi máy chủ này", "With --online: allow asking this host")))
        .arg(flag("allow-private", ui.say(
            "Với --online: cho phép địa chỉ trong mạng nội bộ",
            "With --online: allow addresses of the inner network",
        )))
        .arg(flag("no-compare", ui.say(
            "Không đối chiếu người ký với tên ghi trong văn bản",
            "Do not compare the signer with the names in the document",
        )))
        .arg(flag("no-ocr", ui.say(
            "Không đọc bằng OCR các trang không có chữ để đối chiếu người ký",
            "Do not read pages without text by OCR to compare the signer",
        )))
        .arg(
            Arg::new("ocr-limit")
                .long("ocr-limit")
                .value_name("SECONDS")
                .value_parser(value_parser!(u16).range(1..))
                .help(ui.say(
                    "Thời gian đọc OCR nhiều nhất cho một tệp (mặc định: 60)",
                    "Longest time for OCR of one file (default: 60)",
                )),
        )
        .arg(
            Arg::new("reader")
                .long("reader")
                .value_name("PROGRAM")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Chương trình nhận dạng chữ", "The OCR reader program")),
        )
        .arg(many("annulled", "FILE", ui.say(
            "Danh sách bản sao bị hủy bỏ giá trị mà cơ quan khác công bố (saoy archive annulled)",
            "A list of annulled copies that another office publishes (saoy archive annulled)",
        )).value_parser(value_parser!(PathBuf)))
        .arg(many("report", "FILE", ui.say(
            "Ghi báo cáo ra tệp .html, .pdf, .xml, .csv hoặc .json",
            "Write a report as .html, .pdf, .xml, .csv or .json",
        )).value_parser(value_parser!(PathBuf)))
        .arg(
            Arg::new("pictures")
                .long("pictures")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Ghi hình các trang đã đổi sau khi ký vào thư mục này: lúc ký, bây giờ, chỗ khác nhau",
                    "Write pictures of pages that changed after signing into this folder: as signed, now, differences",
                )),
        )
        .arg(Arg::new("called").long("called").value_name("NAME").help(ui.say(
            "Tên ghi trong báo cáo thay cho đường dẫn, khi chỉ có một tệp",
            "The name in reports in place of the path, for a single file",
        )))
        .arg(
            Arg::new("jobs")
                .short('j')
                .long("jobs")
                .value_name("N")
                .value_parser(value_parser!(u16).range(1..=1024))
                .help(ui.say("Số tệp kiểm tra cùng lúc (mặc định: số nhân CPU)", "Files at a time (default: the number of CPUs)")),
        )
        .arg(flag("json", ui.say("In kết quả dưới dạng JSON", "Print the result as JSON")))
}

/// What the command line means.
struct Config<'a> {
    trust: Store,
    policy: Policy,
    now: Instant,
    compare: bool,
    /// Who reads pages without text.
    reading: Option<printed::Reading<'a>>,
    online: Option<online::Online>,
    registers: registered::Registers,
    jobs: usize,
}

/// Runs the command; the exit code is by the table of the program.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let reports: Vec<&PathBuf> = matches
        .get_many::<PathBuf>("report")
        .into_iter()
        .flatten()
        .collect();
    if let Some(wrong) = reports.iter().find(|path| kind_of(path).is_none()) {
        let wanted = ui.say(
            "đuôi tệp báo cáo phải là .html, .pdf, .xml, .csv hoặc .json",
            "a report ends in .html, .pdf, .xml, .csv or .json",
        );
        program::complain(ui, &anyhow!("{}: {wanted}", wrong.display()));
        return Ok(ExitCode::from(2));
    }
    let Some(now) = time_of(matches) else {
        let wanted = ui.say(
            "--at cần một thời điểm, ví dụ 2025-01-24T14:23:43+07:00",
            "--at wants a time, such as 2025-01-24T14:23:43+07:00",
        );
        program::complain(ui, &anyhow!("{wanted}"));
        return Ok(ExitCode::from(2));
    };
    let config = Config {
        trust: anchors::store(matches)?,
        policy: Policy::default(),
        now,
        compare: !matches.get_flag("no-compare"),
        reading: printed::Reading::new(matches),
        online: matches
            .get_flag("online")
            .then(|| online::Online::new(matches)),
        registers: registered::Registers::new(matches)?,
        jobs: matches
            .get_one::<u16>("jobs")
            .map_or_else(cores, |jobs| usize::from(*jobs)),
    };
    let named: Vec<PathBuf> = matches
        .get_many::<PathBuf>("inputs")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let files = inputs::find(&named)?;
    let mut records = all(&files, &config, ui);
    if let ([record], Some(name)) = (records.as_mut_slice(), matches.get_one::<String>("called")) {
        record.path.clone_from(name);
    }
    let report = Report::new(records, now, rules::rows(&config.policy, &config.trust));
    for path in reports {
        write(&report, path)?;
    }
    if let Some(folder) = matches.get_one::<PathBuf>("pictures") {
        pictures::write(&report.files, folder)?;
    }
    if matches.get_flag("json") {
        digitize::print_json(&report)?;
    } else {
        let style = terminal::Style {
            ui,
            colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            brief: report.files.len() > 3,
        };
        match terminal::print(&report, style, io::BufWriter::new(io::stdout().lock())) {
            // Whoever reads has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            other => other?,
        }
    }
    Ok(ExitCode::from(report.exit_code()))
}

/// The verdict on one file now, with the trust of the data folder and without the network: for other commands.
pub(crate) fn judged(path: &Path, matches: &ArgMatches) -> anyhow::Result<FileRecord> {
    let config = Config {
        trust: anchors::with_folder(matches)?,
        policy: Policy::default(),
        now: Instant(jiff::Timestamp::now().as_second()),
        compare: false,
        reading: None,
        online: None,
        registers: registered::Registers::own(matches),
        jobs: 1,
    };
    Ok(one(path, &config))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The time to judge at: the one given, else now. A day alone means its end in Vietnam.
fn time_of(matches: &ArgMatches) -> Option<Instant> {
    let Some(text) = matches.get_one::<String>("at") else {
        return Some(Instant(jiff::Timestamp::now().as_second()));
    };
    let whole = if text.len() == 10 {
        format!("{text}T23:59:59+07:00")
    } else {
        text.clone()
    };
    let time: jiff::Timestamp = whole.parse().ok()?;
    Some(Instant(time.as_second()))
}

/// Verifies all files, several at a time; records come in the order of `files`.
fn all(files: &[PathBuf], config: &Config<'_>, ui: Ui) -> Vec<FileRecord> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, FileRecord)>> = Mutex::new(Vec::with_capacity(files.len()));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = files.get(index) else { return };
            let record = one(path, config);
            let mut done = done
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            done.push((index, record));
            progress(done.len(), files.len(), ui);
        }
    };
    if config.jobs == 1 || files.len() == 1 {
        work();
    } else {
        std::thread::scope(|scope| {
            for _ in 0..config.jobs.min(files.len()) {
                scope.spawn(work);
            }
        });
    }
    let mut done = done
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, record)| record).collect()
}

/// Every so many files a line says how far it is; a few files need none.
fn progress(done: usize, of: usize, ui: Ui) {
    const EVERY: usize = 500;
    if of > EVERY && done.is_multiple_of(EVERY) {
        let _ = writeln!(io::stderr(), "{done}/{of} {}", ui.say("tệp", "files"));
    }
}

fn one(path: &Path, config: &Config<'_>) -> FileRecord {
    let mut whole = match File::open(path).and_then(regular) {
        Ok(file) => verdict::file(
            file,
            &verdict::Options {
                trust: &config.trust,
                policy: &config.policy,
                now: config.now,
                fetch: config
                    .online
                    .as_ref()
                    .map(|online| online as &dyn saoy_signing::revocation::Fetch),
            },
        ),
        Err(error) => unreadable(&error, config.now),
    };
    let signed = config.compare && whole.people().next().is_some();
    let paper = signed.then(|| Paper::open(path)).flatten();
    if config.compare {
        printed::compare(paper.as_ref(), &mut whole, config.reading.as_ref());
    }
    let mut record = FileRecord::new(path, &whole);
    if let Some(paper) = &paper {
        format::answer(paper, &mut record.checklist);
    }
    config.registers.weigh(path, &whole, &mut record);
    if config.compare && record.has_no_signature() {
        config.registers.weigh_paper(path, &mut record);
    }
    record
}

/// A pipe or a device has no length and no second reading.
fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("not a regular file"))
    }
}

fn unreadable(error: &io::Error, now: Instant) -> Verification {
    verdict::unreadable(Finding::new(Reason::Damaged, error.to_string()), 0, now)
}

/// Certificates that the signatures of a file carry.
pub(crate) fn certificates_in(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    let file = File::open(path)
        .with_context(|| path.display().to_string())
        .context(Said(said!("không đọc được tệp", "the file cannot be read")))?;
    Ok(verdict::certificates(file))
}

/// What a report is, by the ending of its name.
#[derive(Clone, Copy)]
enum Kind {
    Html,
    Pdf,
    Xml,
    Csv,
    Json,
}

fn kind_of(path: &Path) -> Option<Kind> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "html" | "htm" => Some(Kind::Html),
        "pdf" => Some(Kind::Pdf),
        "xml" => Some(Kind::Xml),
        "csv" => Some(Kind::Csv),
        "json" => Some(Kind::Json),
        _ => None,
    }
}

/// Writes beside the final name, then renames: a report is whole or not there.
fn write(report: &Report, path: &Path) -> anyhow::Result<()> {
    let at = || path.display().to_string();
    let mut name = path.file_name().map(ToOwned::to_owned).unwrap_or_default();
    name.push(format!(".{}.part", std::process::id()));
    let staged = path.with_file_name(name);
    let mut to = io::BufWriter::new(File::create(&staged).with_context(at)?);
    match kind_of(path) {
        Some(Kind::Html) => html::write(report, &mut to)?,
        Some(Kind::Pdf) => pdf::write(report, &mut to)?,
        Some(Kind::Xml) => xml::write(report, &mut to)?,
        Some(Kind::Csv) => table::write(report, &mut to)?,
        _ => serde_json::to_writer_pretty(&mut to, report)?,
    }
    to.flush()?;
    to.get_ref().sync_all()?;
    std::fs::rename(&staged, path).with_context(at)?;
    Ok(())
}
