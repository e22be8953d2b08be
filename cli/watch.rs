//! `saoy watch`: takes scans from hot folders as they come, digitises them, and puts each away when its outputs are on disk.
//!
//! # Steps
//! 1. [`walk`] lists what lies in the folders; [`desk`] waits until a file has stopped changing.
//! 2. [`intake`] copies it into a spool of our own, and looks whether all of it is there.
//! 3. [`ledger`] notes under which name it will be known, so that a run after a kill knows it again.
//! 4. [`digitiser`] runs the pipeline over the copy, while the desk goes on looking.
//! 5. [`shelf`] moves the file to `accepted/` or, with the reason, to `failed/`.
//!
//! Folders are polled: a share that others write to over the network sends no notices.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context;
use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_pipeline::driver::STATE_FOLDER;
use saoy_pipeline::record::FailureClass;

use crate::args::given;
use crate::digitize;
use crate::profile::Profile;
use crate::terminal;
use crate::words::{Said, Ui, said};

mod walk;

mod intake;

mod ledger;

mod digitiser;

mod shelf;

mod status;

mod desk;

/// A folder that is watched, and where its files go.
#[derive(Clone, Debug)]
struct Hot {
    folder: PathBuf,
    accepted: PathBuf,
    failed: PathBuf,
}

/// What the user asked for.
struct Settings {
    hot: Vec<Hot>,
    out: PathBuf,
    /// Ledger, spool and status.
    state: PathBuf,
    /// How long size and time must stay the same.
    settle: Duration,
    /// How long a file that is not whole may stay as it is.
    patience: Duration,
    /// Time between two looks.
    every: Duration,
    once: bool,
}

/// Arguments of `saoy digitize` that shape outputs, and that feeding a station has too.
const SHARED: [&str; 11] = [
    "out",
    "lang",
    "jobs",
    "sidecar",
    "pdfa",
    "text",
    "profile",
    "split",
    "page-limit",
    "reader",
    "progress",
];

/// The arguments that a command which digitises has in common with `saoy digitize`.
pub(crate) fn shared_arguments(ui: Ui) -> Vec<Arg> {
    let whole = crate::args::digitize(ui);
    let shared = whole
        .get_arguments()
        .filter(|argument| SHARED.contains(&argument.get_id().as_str()));
    shared.cloned().collect()
}

/// The grammar of `saoy watch`.
pub(crate) fn command(ui: Ui) -> Command {
    let folder = |name: &'static str, vi, en| {
        Arg::new(name)
            .long(name)
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help(ui.say(vi, en))
    };
    let seconds = |name: &'static str, default: &'static str, vi, en| {
        Arg::new(name)
            .long(name)
            .value_name("SECONDS")
            .default_value(default)
            .value_parser(ValueParser::new(duration))
            .help(ui.say(vi, en))
    };
    Command::new("watch")
        .about(ui.say(
            "Trực thư mục nhận bản quét: số hóa từng tệp vừa đến, chuyển vào accepted/ hoặc failed/ kèm lý do",
            "Watch hot folders: digitise each scan as it comes, then move it to accepted/ or, with the reason, to failed/",
        ))
        .arg(
            Arg::new("hot")
                .required(true)
                .num_args(1..)
                .value_name("HOTFOLDER")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Thư mục nhận bản quét, cả thư mục con và thư mục mạng",
                    "Folders that scans come into, with their sub-folders; network shares too",
                )),
        )
        .args(shared_arguments(ui))
        .arg(folder(
            "accepted",
            "Nơi chuyển tệp đã số hóa (mặc định: HOTFOLDER/accepted)",
            "Where files go that are digitised (default: HOTFOLDER/accepted)",
        ))
        .arg(folder(
            "failed",
            "Nơi chuyển tệp không số hóa được, kèm TÊN.why.txt (mặc định: HOTFOLDER/failed)",
            "Where files go that cannot be, with NAME.why.txt (default: HOTFOLDER/failed)",
        ))
        .arg(folder(
            "state",
            "Nơi giữ sổ và status.json (mặc định: DIR/.saoy/watch)",
            "Where the ledger and status.json are (default: DIR/.saoy/watch)",
        ))
        .arg(seconds(
            "settle",
            "5",
            "Tệp phải giữ nguyên dung lượng và thời gian bấy nhiêu giây mới được lấy",
            "A file is taken when its size and time have stayed the same for so long",
        ))
        .arg(seconds(
            "incomplete-after",
            "120",
            "Tệp chưa trọn vẹn mà không thay đổi bấy nhiêu giây thì để riêng",
            "A file that is not whole is set aside when it has not changed for so long",
        ))
        .arg(seconds(
            "every",
            "1",
            "Số giây giữa hai lần xem thư mục",
            "Time between two looks at the folders",
        ))
        .arg(
            Arg::new("once")
                .long("once")
                .action(ArgAction::SetTrue)
                .help(ui.say(
                    "Dừng khi các thư mục không còn tệp nào chờ",
                    "End when no file is left waiting in the folders",
                )),
        )
}

/// Seconds, with a decimal point where wished.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.05..=604_800.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!("{text} is not in 0.05..=604800"))
    }
}

/// Runs the command. Stopped by a signal it finishes the documents in work: 0 when nothing was waiting, else 130.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let (settings, profile) = match (settings(matches), Profile::chosen(matches)) {
        (Ok(settings), Ok(profile)) => (settings, profile),
        (Err(wrong), _) | (_, Err(wrong)) => {
            terminal::complain(ui, &wrong);
            return Ok(ExitCode::from(2));
        }
    };
    let shaped = profile.settled(matches)?;
    let plan = digitize::plan_of(matches, &profile, &shaped)?;
    let page_limit = Duration::from_secs(u64::from(shaped.page_limit.value));
    let readers = match digitize::readers(matches, &plan.options.language, page_limit) {
        Ok(readers) => readers,
        Err(trouble) => {
            terminal::complain(ui, &trouble);
            terminal::hint(ui, "chạy: saoy doctor", "run: saoy doctor");
            return Ok(ExitCode::from(FailureClass::Environment.exit_code()));
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let style = digitize::style(matches)?;
    match desk::Desk::open(&settings, ui, style) {
        Ok(mut desk) => desk.work(&plan, &readers, &stop).map(ExitCode::from),
        Err(trouble) => {
            terminal::complain(ui, &trouble);
            Ok(ExitCode::from(FailureClass::Environment.exit_code()))
        }
    }
}

fn settings(matches: &ArgMatches) -> anyhow::Result<Settings> {
    let out = absolute(given::<PathBuf>(matches, "out")?.clone());
    let named = |id: &str| matches.get_one::<PathBuf>(id).cloned();
    let mut hot: Vec<Hot> = Vec::new();
    for folder in matches.get_many::<PathBuf>("hot").into_iter().flatten() {
        let same = |other: &Path| real(folder) == real(other);
        if same(&out) {
            return Err(Said(said!(
                "{} vừa là thư mục nhận vừa là thư mục kết quả; hãy chọn hai thư mục khác nhau",
                "{} is both hot folder and output folder; choose two different ones",
                folder.display()
            ))
            .into());
        }
        if hot.iter().any(|other| same(&other.folder)) {
            continue;
        }
        hot.push(Hot {
            accepted: absolute(named("accepted").unwrap_or_else(|| folder.join("accepted"))),
            failed: absolute(named("failed").unwrap_or_else(|| folder.join("failed"))),
            folder: absolute(folder.clone()),
        });
    }
    Ok(Settings {
        hot,
        state: named("state").map_or_else(|| out.join(STATE_FOLDER).join("watch"), absolute),
        out,
        settle: *given(matches, "settle")?,
        patience: *given(matches, "incomplete-after")?,
        every: *given(matches, "every")?,
        once: matches.get_flag("once"),
    })
}

/// The path that stays the same whatever folder a later run is started in.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    path.canonicalize()
        .unwrap_or_else(|_| absolute(path.to_owned()))
}

/// What a failed write to our own state means for the user.
fn state_trouble(path: &Path) -> impl FnOnce() -> Said {
    let path = path.display().to_string();
    move || {
        Said(said!(
            "không ghi được vào thư mục trạng thái {path}; kiểm tra quyền ghi và dung lượng đĩa",
            "the state folder {path} cannot be written; check permissions and disk space"
        ))
    }
}

/// Makes our own folders.
fn make_folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).with_context(state_trouble(path))
}
