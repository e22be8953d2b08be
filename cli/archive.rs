//! `saoy archive`: what the office holds, its people, its registers, and the proof that nothing was changed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use jiff::civil::Date;
use saoy_archive::{Act, Archive, ArchiveError, Office, Random};

use crate::args::given;
use crate::correct::who;
use crate::words::{Said, Ui, said};
use crate::{digitize, engine, terminal};

mod add;

mod check;

mod exchange;

mod find;

mod keep;

pub(crate) mod key;

mod people;

mod print;

mod records;

pub(crate) mod registers;

mod reuse;

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    Command::new("archive")
        .about(ui.say(
            "Kho lưu trữ của cơ quan: hồ sơ, sổ, người, nhật ký",
            "The office's archive: records, registers, people, log",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(init(ui))
        .subcommand(key::command(ui))
        .subcommand(key::encrypting(ui))
        .subcommands(people::commands(ui))
        .subcommands(registers::commands(ui))
        .subcommand(check::command(ui))
        .subcommands(add::commands(ui))
        .subcommand(find::command(ui))
        .subcommands(records::commands(ui))
        .subcommands(reuse::commands(ui))
        .subcommands(keep::commands(ui))
        .subcommands(exchange::commands(ui))
}

fn init(ui: Ui) -> Command {
    let text = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .required(true)
            .help(help.to_owned())
    };
    Command::new("init")
        .about(ui.say("Tạo kho lưu trữ", "Make an archive"))
        .arg(text(
            "office",
            "NAME",
            ui.say("Tên đầy đủ của cơ quan", "Full name of the office"),
        ))
        .arg(text(
            "code",
            "CODE",
            ui.say(
                "Mã cơ quan theo QĐ 20/2020/QĐ-TTg, ví dụ H57.12",
                "Code of the office by Decision 20/2020, such as H57.12",
            ),
        ))
        .arg(text(
            "base-url",
            "URL",
            ui.say(
                "Địa chỉ trang tra cứu, in trong mã QR hàng chục năm",
                "Address of the look-up page; printed in QR codes for decades",
            ),
        ))
        .arg(
            Arg::new("encrypt")
                .long("encrypt")
                .action(ArgAction::SetTrue)
                .requires("archive-key")
                .help(ui.say(
                    "Mã hóa các tệp lưu trong kho bằng khóa của --archive-key",
                    "Encrypt the stored files, under the key of --archive-key",
                )),
        )
        .arg(by(ui))
}

/// Runs the command.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let outcome = match matches.subcommand() {
        Some(("init", matches)) => make(matches, ui),
        Some(("key", matches)) => key::change(matches, ui),
        Some(("encrypt", matches)) => key::encrypt(matches, ui),
        Some(("appoint", matches)) => people::appoint(matches, ui),
        Some(("dismiss", matches)) => people::dismiss(matches, ui),
        Some(("people", matches)) => people::list(matches, ui),
        Some(("register", matches)) => registers::run(matches, ui),
        Some(("annul", matches)) => registers::annul(matches, ui),
        Some(("annulled", matches)) => {
            writeln!(io::stdout(), "{}", open(matches)?.annulled_list()?)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(("check", matches)) => check::run(matches, ui),
        Some(("add", matches)) => add::run(matches, ui, false),
        Some(("deposit", matches)) => add::run(matches, ui, true),
        Some(("find", matches)) => find::run(matches, ui),
        Some(("record", matches)) => records::record(matches, ui),
        Some(("show", matches)) => records::show(matches, ui),
        Some(("export", matches)) => records::export(matches, ui),
        Some(("reindex", matches)) => records::reindex(matches, ui),
        Some(("held", matches)) => reuse::held(matches, ui),
        Some(("reuse", matches)) => reuse::reuse(matches, ui),
        Some(("hold", matches)) => keep::hold(matches, ui),
        Some(("release", matches)) => keep::release(matches, ui),
        Some(("dispose", matches)) => keep::dispose(matches, ui),
        Some(("copy-days", matches)) => keep::copy_days(matches, ui),
        Some(("tidy", matches)) => keep::tidy(matches, ui),
        Some(("import", matches)) => exchange::import(matches, ui),
        Some(("cases", matches)) => exchange::cases(matches, ui),
        Some(("table", matches)) => exchange::table(matches, ui),
        Some(("backup", matches)) => exchange::backup(matches, ui),
        Some(("restore", matches)) => exchange::restore(matches, ui),
        _ => Ok(ExitCode::from(2)),
    };
    answered(outcome, ui)
}

/// An archive's refusals are answers of their own class; everything else stays an error.
pub(crate) fn answered(outcome: anyhow::Result<ExitCode>, ui: Ui) -> anyhow::Result<ExitCode> {
    let error = match outcome {
        Ok(code) => return Ok(code),
        Err(error) => error,
    };
    let Some(known) = error.downcast_ref::<ArchiveError>() else {
        return Err(error);
    };
    let code = match known {
        ArchiveError::Refused(_) => 5,
        ArchiveError::Missing(_) => 2,
        ArchiveError::Damaged(_) => 3,
        _ => 4,
    };
    terminal::complain(ui, &error);
    Ok(ExitCode::from(code))
}

fn make(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let folder = folder(matches)?;
    let office = Office {
        name: given::<String>(matches, "office")?.clone(),
        code: given::<String>(matches, "code")?.clone(),
        base_url: given::<String>(matches, "base-url")?
            .trim_end_matches('/')
            .to_owned(),
    };
    let (act, random) = (act(matches), Box::new(System::default()));
    let archive = if matches.get_flag("encrypt") {
        let place = given::<PathBuf>(matches, key::OPTION)?;
        let key = key::read(place)?;
        let kept = key::lasting(place);
        Archive::create_encrypted(&folder, &office, &act, random, (&key, kept.as_deref()))?
    } else {
        Archive::create(&folder, &office, &act, random)?
    };
    writeln!(
        io::stdout(),
        "{} {}\n{} {}",
        ui.say("đã tạo kho lưu trữ", "archive made:"),
        folder.display(),
        ui.say(
            "khóa công khai của nhật ký (hãy giữ một bản ở nơi khác):",
            "public key of the log (keep a copy elsewhere):"
        ),
        archive.public_key()
    )?;
    terminal::hint(
        ui,
        "tiếp theo: saoy archive appoint TÊN-ĐĂNG-NHẬP --name HỌ-TÊN --role administrator --authority QUYẾT-ĐỊNH",
        "next: saoy archive appoint LOGIN --name NAME --role administrator --authority DECISION",
    );
    Ok(ExitCode::SUCCESS)
}

/// Where the archive is: the folder `archive` of the data folder.
pub(crate) fn folder(matches: &ArgMatches) -> anyhow::Result<PathBuf> {
    engine::data_folder(matches)
        .map(|folder| folder.join("archive"))
        .context(Said(said!(
            "không biết thư mục dữ liệu ở đâu; thêm --data DIR",
            "cannot tell where the data folder is; add --data DIR"
        )))
}

/// Opens the archive, with the key of its files where they are encrypted and it is at hand.
pub(crate) fn open(matches: &ArgMatches) -> anyhow::Result<Archive> {
    let mut archive = Archive::open(&folder(matches)?, Box::new(System::default()))?;
    key::unlock(&mut archive, matches)?;
    Ok(archive)
}

/// Who acts: `--by`, else the account; now.
pub(crate) fn act(matches: &ArgMatches) -> Act {
    Act {
        by: who(matches),
        at: jiff::Timestamp::now(),
    }
}

/// `--by LOGIN`.
pub(crate) fn by(ui: Ui) -> Arg {
    Arg::new("by").long("by").value_name("LOGIN").help(ui.say(
        "Người thực hiện (mặc định: tài khoản hệ thống)",
        "Who does it (default: the account)",
    ))
}

/// `--json`.
pub(crate) fn json(ui: Ui) -> Arg {
    Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help(ui.say("In dưới dạng JSON", "Print as JSON"))
}

/// An option that is a day.
pub(crate) fn day_option(name: &'static str, help: &str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("YYYY-MM-DD")
        .value_parser(value_parser!(Date))
        .help(help.to_owned())
}

/// Seals what was done into a checkpoint; a failure to do so is told, but undoes nothing.
pub(crate) fn sealed(archive: &mut Archive, ui: Ui) {
    if let Err(error) = archive.checkpoint() {
        let sentence = error.sentence();
        terminal::hint(
            ui,
            &format!("chưa ghi được mốc ký của nhật ký: {}", sentence.vi),
            &format!("the log's checkpoint could not be written: {}", sentence.en),
        );
    }
}

/// The system's random numbers.
pub(crate) struct System(ring::rand::SystemRandom);

impl Default for System {
    fn default() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Random for System {
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        use ring::rand::SecureRandom as _;
        self.0
            .fill(bytes)
            .map_err(|_| io::Error::other("no random numbers"))
    }
}

/// Whether a PDF bears a signature: the bytes that one covers are named outside any compressed stream (ISO 32000-1, 12.8.1).
pub(crate) fn is_signed(pdf: &Path) -> anyhow::Result<bool> {
    let bytes = std::fs::read(pdf).with_context(|| pdf.display().to_string())?;
    let mark = b"/ByteRange";
    Ok(bytes.windows(mark.len()).any(|window| window == mark))
}

/// Writes bytes under a name, whole or not at all.
pub(crate) fn write(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft
        .persist(out)
        .with_context(|| out.display().to_string())?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// An option that is a text.
pub(crate) fn text(name: &'static str, value: &'static str, help: &str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help.to_owned())
}

/// A text that was typed, or none.
pub(crate) fn typed<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches
        .get_one::<String>(name)
        .map(String::as_str)
        .unwrap_or_default()
}

/// Prints a value as JSON.
pub(crate) fn print(value: &impl serde::Serialize) -> anyhow::Result<()> {
    digitize::print_json(value)
}
