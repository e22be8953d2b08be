//! `saoy correct`: what a person puts right in a digitised document, kept as said.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use clap::ArgMatches;
use saoy_pipeline::correct::Change;
use saoy_pipeline::driver::{self, AmendError, Amended, Options, Plan, Wish, World};
use saoy_pipeline::ingest::Limits;
use saoy_pipeline::record::{BatchRecord, DocumentRecord, FailureClass};
use saoy_pipeline::speech::Spoken;

use crate::args::given;
use crate::digitize;
use crate::terminal::{self, Progress, Style};
use crate::words::Ui;

/// Longest time to read one page that is made anew; that of `digitize` where it is not asked otherwise.
const PAGE_LIMIT: Duration = Duration::from_secs(120);

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
    let amended = match driver::amend(&out, &name, &wishes, (&by, &at), &Limits::default()) {
        Ok(amended) => amended,
        Err(error) => return Ok(refused(ui, error)),
    };
    if let Amended::Pages {
        source,
        joined,
        options,
        profile,
    } = amended
    {
        let Some(options) = options else {
            terminal::hint(
                ui,
                "đã ghi nhận; chạy lại lệnh saoy digitize đã dùng để tạo lại các trang",
                "noted; run the saoy digitize command again that made the document, to make its pages anew",
            );
            return Ok(ExitCode::SUCCESS);
        };
        let record = pages_anew(matches, ui, (&out, &source, joined), (*options, profile))?;
        let code = digitize::exit_code(&record);
        if code != 0 {
            return Ok(ExitCode::from(code));
        }
    }
    if matches.get_flag("json") {
        let path = out.join(format!("{name}.json"));
        let text = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
        digitize::print_json(&serde_json::from_slice::<DocumentRecord>(&text)?)?;
    }
    Ok(ExitCode::SUCCESS)
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
        | AmendError::Record { .. }
        | AmendError::Scan(_) => FailureClass::Input,
        AmendError::Signed => FailureClass::Policy,
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
        AmendError::Signed => "văn bản là bản gốc đã ký số; không sửa trang".to_owned(),
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
    (out, source, joined): (&Path, &Path, bool),
    (mut options, profile): (Options, Option<String>),
) -> anyhow::Result<BatchRecord> {
    // Options keep a model by its digest only.
    options.classify.model = crate::train::own_model(matches)?.map(Arc::new);
    let readers = digitize::readers(matches, &options.language, PAGE_LIMIT)?;
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let progress = Progress::new(ui, Style::Quiet);
    let plan = Plan {
        inputs: vec![source.to_owned()],
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
    Ok(driver::digitize(&plan, &world)?)
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
            "chưa nói cần sửa gì: --field, --type, page ..., --accept hoặc --send-back",
            "nothing to put right was given: --field, --type, page ..., --accept or --send-back",
        )
    );
    Ok(wishes)
}

fn field(said: &str, ui: Ui) -> anyhow::Result<Change> {
    let (name, value) = said.split_once('=').ok_or_else(|| {
        let expected = ui.say("cần dạng TÊN=GIÁ TRỊ", "NAME=VALUE is wanted");
        anyhow!("--field {said}: {expected}")
    })?;
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(
        !name.is_empty() && name.chars().all(fine),
        "--field {said}: {}",
        ui.say(
            "tên trường gồm chữ thường, số và dấu gạch dưới, ví dụ number_symbol",
            "a field's name is of small letters, digits and underscores, such as number_symbol",
        )
    );
    let value = value.trim();
    Ok(Change::Field {
        name: name.to_owned(),
        value: (!value.is_empty()).then(|| value.to_owned()),
    })
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
    Ok(match words {
        ["page", "rotate", page, degrees @ ("90" | "180" | "270")] => Wish::Turn {
            page: number(page)?,
            degrees: degrees.parse()?,
        },
        ["page", "drop", page] => Wish::Drop {
            page: number(page)?,
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
