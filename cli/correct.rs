//! `saoy correct`: what a person puts right in a digitised document, kept as said.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use clap::ArgMatches;
use saoy_pipeline::correct::Change;
use saoy_pipeline::driver::{self, AmendError, Amended, Options, Plan, RunError, Wish, World};
use saoy_pipeline::ingest::Limits;
use saoy_pipeline::record::{BatchRecord, DocumentRecord, FailureClass};
use saoy_pipeline::speech::Spoken;

use crate::args::given;
use crate::digitize;
use crate::terminal::{self, Progress, Style};
use crate::words::Ui;

/// Longest time to read one page that is made anew; that of `digitize` where it is not asked otherwise.
const PAGE_LIMIT: Duration = Duration::from_secs(120);
/// How often a folder that another command works in is tried again.
const AGAIN: Duration = Duration::from_millis(50);
/// The most that `--changes` may bring, bytes.
const MOST: u64 = 1 << 20;
/// Longest value of a field, bytes: a list of recipients is a few hundred.
const LONGEST_VALUE: usize = 16 << 10;

/// Runs the command; the exit code is by the table of the program.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let document = given::<PathBuf>(matches, "document")?;
    let wishes = match wishes(matches, ui) {
        Ok(wishes) => wishes,
        Err(error) => {
            terminal::complain(ui, &error);
            return Ok(ExitCode::from(2));
        }
    };
    let (out, name) = place_of(document)?;
    let by = who(matches);
    let at = digitize::local_time().to_rfc3339();
    let wait = wait(matches)?;
    let json = matches.get_flag("json");
    let amend = || driver::amend(&out, &name, &wishes, (&by, &at), &Limits::default());
    let amended = match patiently(wait, amend) {
        Ok(amended) => amended,
        Err(error) => {
            // Whoever asks by program tries again: nothing is wrong but the moment.
            if matches!(error, AmendError::Folder(RunError::Busy { .. })) && json {
                digitize::print_json(&serde_json::json!({ "schema": "saoy.busy/1" }))?;
            }
            return Ok(refused(ui, error));
        }
    };
    let mut made = None;
    if let Amended::Pages(sources) = amended {
        for anew in sources {
            let Some(options) = anew.options else {
                terminal::hint(
                    ui,
                    "đã ghi nhận; chạy lại lệnh saoy digitize đã dùng để tạo lại các trang",
                    "noted; run the saoy digitize command again that made the document, to make its pages anew",
                );
                return Ok(ExitCode::SUCCESS);
            };
            let source = (out.as_path(), anew.source, anew.joined);
            let record = pages_anew(matches, ui, source, (*options, anew.profile), wait)?;
            let code = digitize::exit_code(&record);
            if code != 0 {
                return Ok(ExitCode::from(code));
            }
            made.get_or_insert(record);
        }
    }
    if json {
        let path = out.join(format!("{name}.json"));
        if let Some(record) = made.filter(|_| !path.exists()) {
            // Cut otherwise than before: the documents have other names.
            digitize::print_json(&record)?;
            return Ok(ExitCode::SUCCESS);
        }
        let text = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
        digitize::print_json(&serde_json::from_slice::<DocumentRecord>(&text)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How long a folder that is in use is waited for.
pub(crate) fn wait(matches: &ArgMatches) -> anyhow::Result<Duration> {
    Ok(Duration::from_secs(*given::<u64>(matches, "wait")?))
}

/// Does `work` on an output folder, again and again for `wait` while another command works in it.
pub(crate) fn patiently<T>(
    wait: Duration,
    mut work: impl FnMut() -> Result<T, AmendError>,
) -> Result<T, AmendError> {
    let begun = Instant::now();
    loop {
        match work() {
            Err(AmendError::Folder(RunError::Busy { .. })) if begun.elapsed() < wait => {
                std::thread::sleep(AGAIN);
            }
            outcome => return outcome,
        }
    }
}

/// Who speaks: `--by`, else the account.
pub(crate) fn who(matches: &ArgMatches) -> String {
    let account = || {
        ["USER", "LOGNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
    };
    matches
        .get_one::<String>("by")
        .cloned()
        .or_else(account)
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

fn refused(ui: Ui, error: AmendError) -> ExitCode {
    let class = match &error {
        AmendError::Unknown { .. }
        | AmendError::NoPage { .. }
        | AmendError::NoCut { .. }
        | AmendError::NoNext
        | AmendError::Record { .. }
        | AmendError::Scan(_) => FailureClass::Input,
        AmendError::Source { .. } => FailureClass::Input,
        AmendError::Signed
        | AmendError::Otherwise { .. }
        | AmendError::LastPage
        | AmendError::Itself => FailureClass::Policy,
        _ => FailureClass::Environment,
    };
    let vi = match &error {
        AmendError::Unknown { name, out } => {
            format!(
                "không có văn bản `{name}` nào được tạo trong {}",
                out.display()
            )
        }
        AmendError::NoPage { page, pages } => {
            format!("văn bản không có trang {page}; chỉ có {pages} trang")
        }
        AmendError::LastPage => {
            "đây là trang duy nhất của văn bản; hãy trả lại văn bản để quét lại".to_owned()
        }
        AmendError::Itself => "không gộp một văn bản với chính nó".to_owned(),
        AmendError::Source { path } => format!(
            "{} không còn, hoặc không phải bản quét đã làm ra văn bản",
            path.display()
        ),
        AmendError::Signed => "văn bản là bản gốc đã ký số; không sửa trang".to_owned(),
        AmendError::NoCut { page } => format!(
            "không văn bản nào có thể bắt đầu từ trang {page}: đó là trang đầu, hoặc là trang chèn thêm"
        ),
        AmendError::NoNext => "sau văn bản này không còn văn bản nào của cùng bản quét".to_owned(),
        AmendError::Otherwise { name } => format!(
            "trường `{name}` không còn giá trị như khi được xem; hãy mở lại văn bản rồi xem lại"
        ),
        AmendError::Folder(error) => error.spoken().vi,
        AmendError::Record { path } => format!(
            "{} không còn hoặc không đúng như chương trình đã ghi; chạy lại saoy digitize",
            path.display()
        ),
        AmendError::Write { out, source } => {
            format!("không ghi được vào {}: {source}", out.display())
        }
        AmendError::Scan(error) => error.fault.spoken().vi,
        other => other.to_string(),
    };
    let en = error.to_string();
    terminal::complain(ui, &anyhow!("{}", ui.say(&vi, &en)));
    ExitCode::from(class.exit_code())
}

/// Makes the pages of one source anew, with the options of the run that made it.
fn pages_anew(
    matches: &ArgMatches,
    ui: Ui,
    (out, source, joined): (&Path, PathBuf, bool),
    (mut options, profile): (Options, Option<String>),
    wait: Duration,
) -> anyhow::Result<BatchRecord> {
    // Options keep a model by its digest only.
    options.classify.model = crate::train::own_model(matches)?.map(Arc::new);
    let readers = digitize::readers(matches, &options.language, PAGE_LIMIT)?;
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let progress = Progress::new(ui, Style::Quiet);
    let plan = Plan {
        inputs: vec![source],
        out: out.to_owned(),
        options,
        profile,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        folder_as_document: joined,
        force: false,
        limits: Limits::default(),
    };
    let world = World {
        readers: &readers,
        now: &digitize::local_time,
        watch: &progress,
        stop: &stop,
        wind_down: &AtomicBool::new(false),
    };
    Ok(patiently(wait, || Ok(driver::digitize(&plan, &world)?))?)
}

/// The output folder and the name that `out/NAME.json`, `out/NAME.pdf`, any other output, or `out/NAME` stand for.
fn place_of(document: &Path) -> anyhow::Result<(PathBuf, String)> {
    let file = document
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| anyhow!("{}", document.display()))?;
    let name = [".json", ".alto.xml", ".pdf", ".txt", ".hocr"]
        .iter()
        .find_map(|ending| file.strip_suffix(ending))
        .unwrap_or(file);
    let folder = match document.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Ok((folder.to_owned(), name.to_owned()))
}

fn wishes(matches: &ArgMatches, ui: Ui) -> anyhow::Result<Vec<Wish>> {
    let mut wishes = Vec::new();
    for said in matches.get_many::<String>("field").into_iter().flatten() {
        wishes.push(Wish::Say(field(said, ui)?));
    }
    if let Some(code) = matches.get_one::<String>("type") {
        let code = code.clone();
        wishes.push(Wish::Say(Change::Type { code }));
    }
    for name in matches.get_many::<String>("confirm").into_iter().flatten() {
        let name = field_name(name, ui)?.to_owned();
        wishes.push(Wish::Confirm { name });
    }
    if let Some(file) = matches.get_one::<PathBuf>("changes") {
        for change in changes(file, ui)? {
            wishes.push(Wish::Say(change));
        }
    }
    let words: Vec<&str> = matches
        .get_many::<String>("pages")
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !words.is_empty() {
        wishes.push(page_wish(&words, ui)?);
    }
    if let Some(reason) = matches.get_one::<String>("send-back") {
        let reason = reason.clone();
        wishes.push(Wish::Say(Change::SentBack { reason }));
    } else if matches.get_flag("accept") {
        wishes.push(Wish::Say(Change::Accepted));
    }
    ensure!(
        !wishes.is_empty(),
        "{}",
        ui.say(
            "chưa nói cần sửa gì: --field, --type, --confirm, --changes, page ..., --accept hoặc --send-back",
            "nothing to put right was given: --field, --type, --confirm, --changes, page ..., --accept or --send-back",
        )
    );
    Ok(wishes)
}

fn field(said: &str, ui: Ui) -> anyhow::Result<Change> {
    let (name, value) = said.split_once('=').ok_or_else(|| {
        let expected = ui.say("cần dạng TÊN=GIÁ TRỊ", "NAME=VALUE is wanted");
        anyhow!("--field {said}: {expected}")
    })?;
    let value = value.trim();
    Ok(Change::Field {
        name: field_name(name, ui)?.to_owned(),
        value: (!value.is_empty()).then(|| value.to_owned()),
    })
}

fn field_name(name: &str, ui: Ui) -> anyhow::Result<&str> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(
        !name.is_empty() && name.len() <= 64 && name.chars().all(fine),
        "{name}: {}",
        ui.say(
            "tên trường gồm chữ thường, số và dấu gạch dưới, ví dụ number_symbol",
            "a field's name is of small letters, digits and underscores, such as number_symbol",
        )
    );
    Ok(name)
}

/// What a JSON list of changes says; pages are not among them, since their numbers there would be those of the source.
fn changes(file: &Path, ui: Ui) -> anyhow::Result<Vec<Change>> {
    let mut text = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(MOST).read_to_end(&mut text)?;
    } else {
        std::fs::File::open(file)
            .with_context(|| file.display().to_string())?
            .take(MOST)
            .read_to_end(&mut text)?;
    }
    let mut changes: Vec<Change> = serde_json::from_slice(&text)
        .map_err(|error| anyhow!("--changes {}: {error}", file.display()))?;
    for change in &mut changes {
        let fine = |text: &str| text.len() <= LONGEST_VALUE && !text.contains('\0');
        let fits = match change {
            Change::Confirmed { name, value } => {
                field_name(name, ui)?;
                value.as_deref().is_none_or(fine)
            }
            Change::Field { name, value } => {
                field_name(name, ui)?;
                *value = value
                    .take()
                    .map(|value| value.trim().to_owned())
                    .filter(|value| !value.is_empty());
                value.as_deref().is_none_or(fine)
            }
            Change::Type { code } => !code.trim().is_empty() && code.len() <= 64,
            Change::SentBack { reason } => fine(reason),
            Change::Accepted => true,
            _ => false,
        };
        ensure!(
            fits,
            "--changes {}: {}",
            file.display(),
            ui.say(
                "có điều không dùng được: trang thì dùng page ..., giá trị nhiều nhất 16 kB",
                "something in it cannot be used: pages go by page ..., values have at most 16 kB",
            )
        );
    }
    Ok(changes)
}

fn page_wish(words: &[&str], ui: Ui) -> anyhow::Result<Wish> {
    let number = |text: &str| -> anyhow::Result<u32> {
        text.parse().map_err(|_| {
            anyhow!(
                "{} `{text}`",
                ui.say("không phải số trang:", "no page number:")
            )
        })
    };
    // Documents of one output folder are known by their names.
    let document = |text: &str| -> anyhow::Result<String> { Ok(place_of(Path::new(text))?.1) };
    Ok(match words {
        ["page", "rotate", page, degrees @ ("90" | "180" | "270")] => Wish::Turn {
            page: number(page)?,
            degrees: degrees.parse()?,
        },
        ["page", "drop", page] => Wish::Drop {
            page: number(page)?,
        },
        ["page", "split", page] => Wish::Split {
            page: number(page)?,
        },
        ["page", "move", page, to] => Wish::Move {
            page: number(page)?,
            to: number(to)?,
        },
        ["merge"] => Wish::Merge,
        ["merge", other] => Wish::TakeIn {
            document: document(other)?,
        },
        ["page", "restore", page] => Wish::Restore {
            page: number(page)?,
        },
        ["page", "replace", page, scan] => Wish::Replace {
            page: number(page)?,
            scan: scan_of(scan)?,
        },
        ["page", "insert", after, scan] => Wish::Insert {
            after: number(after)?,
            scan: scan_of(scan)?,
        },
        _ => bail!(
            "`{}`: {}",
            words.join(" "),
            ui.say(
                "không hiểu; xem saoy correct --help",
                "not understood; see saoy correct --help",
            )
        ),
    })
}

/// `FILE` or `FILE#PAGE`.
fn scan_of(text: &str) -> anyhow::Result<(PathBuf, u32)> {
    match text.rsplit_once('#') {
        Some((file, page)) if page.parse::<u32>().is_ok_and(|page| page > 0) => {
            Ok((PathBuf::from(file), page.parse()?))
        }
        _ => Ok((PathBuf::from(text), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_names_its_document() {
        for given in ["out/a.b.json", "out/a.b.pdf", "out/a.b.alto.xml", "out/a.b"] {
            let (out, name) = place_of(Path::new(given)).unwrap();
            assert_eq!((out.to_str(), name.as_str()), (Some("out"), "a.b"));
        }
        assert_eq!(place_of(Path::new("a.json")).unwrap().0, Path::new("."));
    }

    #[test]
    fn a_scan_may_name_its_page() {
        assert_eq!(scan_of("a.pdf#3").unwrap(), (PathBuf::from("a.pdf"), 3));
        assert_eq!(scan_of("a#b.pdf").unwrap(), (PathBuf::from("a#b.pdf"), 1));
    }
}
