//! `saoy scan`: from a scanner straight into a batch; each page is on disk before the next is drawn in.
//!
//! # Steps
//! 1. [`device`] asks SANE what scanners there are and what the chosen one can do.
//! 2. [`feed`] has `scanimage` write page after page into a folder of the batch, and tells of each.
//! 3. The folder is digitised as one document, or cut by separators, as `saoy digitize` does it.
//!
//! SANE is reached through its program `scanimage`, so that a driver that crashes costs a page and none is linked. Network
//! scanners (eSCL, WSD) come through SANE too, by its backend sane-airscan.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_pipeline::driver::{self, World};
use saoy_pipeline::ingest::inputs::natural::Key;
use saoy_pipeline::ingest::{Document, Found};
use saoy_pipeline::record::FailureClass;
use serde_json::json;

use crate::args::given;
use crate::digitize;
use crate::profile::Profile;
use crate::terminal::{self, Progress, Speaker};
use crate::words::{Said, Ui, said};

mod device;

mod fault;

mod feed;

use fault::Fault;

/// The grammar of `saoy scan`.
pub(crate) fn command(ui: Ui) -> Command {
    let text = |name: &'static str, value: &'static str, vi, en| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(ui.say(vi, en))
    };
    let flag = |name: &'static str, vi, en| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(ui.say(vi, en))
    };
    let shared = crate::watch::shared_arguments(ui)
        .into_iter()
        .map(|argument| {
            if argument.get_id() == "out" {
                argument.required(false).required_unless_present("list")
            } else {
                argument
            }
        });
    Command::new("scan")
        .about(ui.say(
            "Quét từ máy quét (SANE, eSCL) rồi số hóa ngay",
            "Scan from a scanner (SANE, eSCL) straight into a batch",
        ))
        .args(shared)
        .arg(flag("list", "Liệt kê máy quét", "List the scanners"))
        .arg(text(
            "device",
            "DEVICE",
            "Máy quét, như --list in ra (mặc định: máy duy nhất)",
            "The scanner, as --list prints it (default: the only one)",
        ))
        .arg(text(
            "source",
            "SOURCE",
            "Nguồn giấy: flatbed (mặt kính), adf (khay nạp), duplex (khay nạp, hai mặt), hoặc tên nguồn của máy (mặc định: theo máy)",
            "Where paper comes from: flatbed, adf, duplex (feeder, both sides), or the scanner's own name (default: the scanner's)",
        ))
        .arg(
            text("mode", "MODE", "Màu: color, gray, lineart (đen trắng)", "Colours: color, gray, lineart")
                .default_value("color")
                .value_parser(PossibleValuesParser::new(MODES)),
        )
        .arg(
            text("resolution", "DPI", "Độ phân giải, dpi", "Resolution, dpi")
                .default_value("300")
                .value_parser(value_parser!(u32).range(i64::from(*RESOLUTIONS.start())..=i64::from(*RESOLUTIONS.end()))),
        )
        .arg(
            text("paper", "SIZE", "Khổ giấy (mặc định: theo máy)", "Size of the paper (default: the scanner's)")
                .value_parser(PossibleValuesParser::new(PAPERS)),
        )
        .arg(
            text(
                "pages",
                "N",
                "Số trang (mặc định: mặt kính 1 trang, khay nạp đến hết giấy)",
                "How many pages (default: one from the flatbed, from a feeder until it is empty)",
            )
            .value_parser(value_parser!(u32).range(1..=10_000)),
        )
        .arg(flag(
            "prompt",
            "Mặt kính: chờ phím Enter trước mỗi trang; q rồi Enter để kết thúc",
            "Flatbed: wait for Enter before each page; q and Enter to end",
        ))
        .arg(text(
            "name",
            "NAME",
            "Tên tập (mặc định: ngày giờ)",
            "Name of the batch (default: date and time)",
        ))
        .arg(
            text(
                "continue",
                "NAME",
                "Quét tiếp vào tập đã dở dang",
                "Go on with a batch that was interrupted",
            )
            .conflicts_with("name"),
        )
        .arg(
            text(
                "option",
                "NAME=VALUE",
                "Tùy chọn riêng của máy quét, như saoy scan --list --device liệt kê",
                "An option of the scanner's own, as saoy scan --list --device shows them",
            )
            .action(ArgAction::Append),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .default_value("tiff")
                .value_parser(PossibleValuesParser::new(["tiff", "png"]))
                .help(ui.say("Định dạng tệp quét", "Format of the scans")),
        )
        .arg(flag(
            "only-scan",
            "Chỉ quét, chưa số hóa",
            "Only scan, do not digitise yet",
        ))
        .arg(
            Arg::new("scanimage")
                .long("scanimage")
                .value_name("PROGRAM")
                .default_value("scanimage")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Chương trình scanimage của SANE", "SANE's program scanimage")),
        )
        .arg(flag("json", "In bản ghi của lượt chạy dưới dạng JSON", "Print the run's record as JSON"))
}

/// Runs the command: 4 when the scanner cannot, 130 when it was interrupted; the pages that are there are kept.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    match scan(matches, ui) {
        Ok(code) => Ok(code),
        Err(trouble) => {
            let Some(fault) = trouble.downcast_ref::<Fault>() else {
                return Err(trouble);
            };
            fault.complain(ui);
            Ok(ExitCode::from(fault.exit_code()))
        }
    }
}

fn scan(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut program = given::<PathBuf>(matches, "scanimage")?.clone();
    if program.components().count() > 1 {
        // It is started in the folder of the batch; a name alone is looked for in PATH.
        program = std::path::absolute(program)?;
    }
    let program = program.as_path();
    if matches.get_flag("list") {
        return list(matches, program);
    }
    let profile = match Profile::chosen(matches) {
        Ok(profile) => profile,
        Err(wrong) => {
            terminal::complain(ui, &wrong);
            return Ok(ExitCode::from(2));
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let speaker = Speaker::new(ui, digitize::style(matches)?);
    let out = std::path::absolute(given::<PathBuf>(matches, "out")?)?;
    let settings = profile.settled(matches)?;
    let plan = digitize::plan_of(matches, &profile, &settings)?;
    let only_scan = matches.get_flag("only-scan");
    let readers = if only_scan {
        None
    } else {
        // Before any paper moves: what was scanned should be digitised.
        let page_limit = Duration::from_secs(u64::from(settings.page_limit.value));
        match digitize::readers(matches, &plan.options.language, page_limit) {
            Ok(readers) => Some(readers),
            Err(trouble) => {
                terminal::complain(ui, &trouble);
                terminal::hint(ui, "chạy: saoy doctor", "run: saoy doctor");
                return Ok(ExitCode::from(FailureClass::Environment.exit_code()));
            }
        }
    };
    let named = matches.get_one::<String>("device");
    let device = device::chosen(program, named.or(profile.scan().device.as_ref()))?;
    let abilities = device::abilities(program, &device)?;
    let wish = device::Wish::of(matches, profile.scan())?;
    let setup = device::setup(&wish, &abilities)?;
    for note in &setup.notes {
        speaker.tell(&json!({"event": "note", "message": note}), note, true);
    }
    let batch = Batch::open(&out, matches)?;
    let job = feed::Job {
        program,
        device: &device,
        arguments: &setup.arguments,
        fed: setup.fed,
        pages: matches.get_one::<u32>("pages").copied(),
        prompt: matches.get_flag("prompt"),
        format: given::<String>(matches, "format")?,
    };
    let ended = feed::run(
        &job,
        &batch.folder,
        batch.next_page()?,
        &stop,
        &mut |page, path| {
            let shown = path.display();
            let sentence = said!("trang {}: {}", "page {}: {}", page, shown);
            let event = json!({"event": "scanned", "page": page, "path": path, "device": device});
            speaker.tell(&event, &sentence, false);
        },
    );
    batch.keep()?;
    let count = batch.pages()?.len();
    if let Err(fault) = ended {
        let fault = fault.in_batch(&batch.name, &batch.folder, &out, count);
        speaker.tell(&fault.event(count), &fault.sentence(), true);
        batch.drop_if_empty();
        return Ok(ExitCode::from(fault.exit_code()));
    }
    let (name, folder) = (&batch.name, batch.folder.display());
    let sentence = said!(
        "đã quét {} trang vào {}",
        "{} pages scanned into {}",
        count,
        folder
    );
    let event = json!({"event": "batch", "name": name, "pages": count, "path": batch.folder});
    speaker.tell(&event, &sentence, false);
    match readers {
        None => Ok(ExitCode::SUCCESS),
        Some(readers) => digitise(matches, ui, &batch, &plan, &readers, &stop),
    }
}

/// Prints the scanners; of one that is named, what it can do.
fn list(matches: &ArgMatches, program: &Path) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    if let Some(device) = matches.get_one::<String>("device") {
        let abilities = device::abilities(program, device)?;
        if matches.get_flag("json") {
            digitize::print_json(&json!({"device": device, "options": abilities.options}))?;
        } else {
            for option in &abilities.options {
                writeln!(out, "{option}")?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let scanners = device::list(program)?;
    if matches.get_flag("json") {
        drop(out);
        digitize::print_json(&json!({"scanners": scanners}))?;
    } else {
        for scanner in &scanners {
            writeln!(
                out,
                "{}\t{} {} ({})",
                scanner.device, scanner.vendor, scanner.model, scanner.kind
            )?;
        }
    }
    if scanners.is_empty() {
        return Err(Fault::NoScanner.into());
    }
    Ok(ExitCode::SUCCESS)
}

fn digitise(
    matches: &ArgMatches,
    ui: Ui,
    batch: &Batch,
    plan: &driver::Plan,
    readers: &saoy_ocr::Readers,
    stop: &AtomicBool,
) -> anyhow::Result<ExitCode> {
    let progress = Progress::new(ui, digitize::style(matches)?);
    let world = World {
        readers,
        now: &digitize::local_time,
        watch: &progress,
        stop,
        wind_down: &AtomicBool::new(false),
    };
    let files = batch.pages()?;
    let length = |file: &PathBuf| fs::metadata(file).map_or(0, |found| found.len());
    let found = Found {
        documents: vec![Document {
            name: batch.name.clone(),
            path: batch.folder.clone(),
            bytes: files.iter().map(length).sum(),
            files,
        }],
        set_aside: Vec::new(),
    };
    match driver::digitize_found(plan, found, &world) {
        Ok(record) => {
            if matches.get_flag("json") {
                digitize::print_json(&record)?;
            }
            let code = digitize::exit_code(&record);
            if code != 0 {
                batch.how_to_go_on(ui, &plan.out);
            }
            Ok(ExitCode::from(code))
        }
        Err(error) => {
            terminal::complain(ui, &error.into());
            batch.how_to_go_on(ui, &plan.out);
            Ok(ExitCode::from(FailureClass::Environment.exit_code()))
        }
    }
}

/// The pages of one go at the scanner.
struct Batch {
    name: String,
    folder: PathBuf,
}

impl Batch {
    /// The folder `OUT/scans/NAME`: a new one, or the one to go on with.
    fn open(out: &Path, matches: &ArgMatches) -> anyhow::Result<Self> {
        let scans = out.join(SCANS);
        if let Some(name) = matches.get_one::<String>("continue") {
            let folder = scans.join(checked(name)?);
            if !folder.is_dir() {
                return Err(Fault::NoBatch {
                    name: name.clone(),
                    folder,
                }
                .into());
            }
            return Ok(Self {
                name: name.clone(),
                folder,
            });
        }
        let wished = match matches.get_one::<String>("name") {
            Some(name) => checked(name)?.to_owned(),
            None => {
                let now = digitize::local_time();
                format!(
                    "{:04}{:02}{:02}-{:02}{:02}{:02}",
                    now.year, now.month, now.day, now.hour, now.minute, now.second
                )
            }
        };
        let unwritable = || {
            Said(said!(
                "không tạo được thư mục quét trong {}; kiểm tra quyền ghi và dung lượng đĩa",
                "no folder for scans can be made in {}; check permissions and disk space",
                scans.display()
            ))
        };
        fs::create_dir_all(&scans).with_context(unwritable)?;
        let mut name = wished.clone();
        for number in 2_u32.. {
            match fs::create_dir(scans.join(&name)) {
                Ok(()) => break,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    name = format!("{wished}-{number}");
                }
                Err(error) => return Err(error).with_context(unwritable),
            }
        }
        let folder = scans.join(&name);
        Ok(Self { name, folder })
    }

    /// Pages in the order in which they were scanned.
    fn pages(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut named = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A page that is not whole has `.part` behind its ending until it is.
            if number_of(&name).is_some() {
                named.push((Key::of(&name), entry.path()));
            }
        }
        named.sort();
        Ok(named.into_iter().map(|(_, path)| path).collect())
    }

    fn next_page(&self) -> anyhow::Result<u32> {
        let pages = self.pages()?;
        let numbers = pages.iter().filter_map(|path| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            number_of(&name)
        });
        Ok(numbers.max().map_or(1, |last| last.saturating_add(1)))
    }

    /// Waits until the pages are on disk, and sweeps away what is not whole.
    fn keep(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.folder)?.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "part") {
                let _ = fs::remove_file(&path);
            }
        }
        for page in self.pages()? {
            File::open(page)?.sync_all()?;
        }
        File::open(&self.folder)?.sync_all()?;
        Ok(())
    }

    fn drop_if_empty(&self) {
        // A folder with pages in it is not removed by this.
        let _ = fs::remove_dir(&self.folder);
    }

    /// Says how the pages are digitised when they could not be now.
    fn how_to_go_on(&self, ui: Ui, out: &Path) {
        let (folder, out) = (self.folder.display(), out.display());
        terminal::hint(
            ui,
            &format!(
                "các trang đã quét còn trong {folder}; chạy: saoy digitize --folder-as-document {folder} -o {out}"
            ),
            &format!(
                "the pages are kept in {folder}; run: saoy digitize --folder-as-document {folder} -o {out}"
            ),
        );
    }
}

/// A name that is one folder and no way out of it.
fn checked(name: &str) -> anyhow::Result<&str> {
    let mut parts = Path::new(name).components();
    let one =
        matches!(parts.next(), Some(std::path::Component::Normal(_))) && parts.next().is_none();
    if one && !name.starts_with('.') {
        Ok(name)
    } else {
        Err(Fault::BadName(name.to_owned()).into())
    }
}

/// The number of a page by its file name, `0001.tif`.
fn number_of(name: &str) -> Option<u32> {
    let (number, ending) = name.split_once('.')?;
    matches!(ending, "tif" | "png").then_some(())?;
    number.parse().ok()
}

/// Whether the user asked to stop.
fn stopped(stop: &AtomicBool) -> bool {
    stop.load(Ordering::Relaxed)
}

/// Values of `--mode`.
pub(crate) const MODES: [&str; 3] = ["color", "gray", "lineart"];
/// Values of `--paper`.
pub(crate) const PAPERS: [&str; 4] = ["a3", "a4", "a5", "letter"];
/// What `--resolution` may be, dpi: below nothing can be read, above no paper has more to give.
pub(crate) const RESOLUTIONS: std::ops::RangeInclusive<u32> = 50..=1200;
/// The folder among the outputs that holds the scans of all batches.
const SCANS: &str = "scans";
