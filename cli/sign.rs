//! `saoy sign`: PAdES signatures behind untouched copies of the inputs.

mod csc;
mod keys;
mod levels;
mod pkcs11;
mod place;
mod publish;
mod record;
mod remote;
mod reserve;
mod secret;
pub(crate) use secret::Secrets;
mod speech;
mod stamp;
mod statement;
mod waiting;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_pipeline::record::Bilingual;
use saoy_signing::crypto::Digest;
use saoy_signing::sign::key::{KeyError, Preference};

use crate::args::given;
use crate::terminal;
use crate::verify::record::hex;
use crate::words::{Said, Ui, said};
use levels::Job;
use record::{Entry, Status, Trouble};

/// The grammar of the command.
pub(crate) fn command(ui: Ui) -> Command {
    let path = |name: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help(help.to_owned())
    };
    let text = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help.to_owned())
    };
    let flag = |name: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help.to_owned())
    };
    let choice =
        |name: &'static str, default: &'static str, values: &'static [&'static str], help: &str| {
            Arg::new(name)
                .long(name)
                .default_value(default)
                .value_parser(PossibleValuesParser::new(values))
                .help(help.to_owned())
        };
    Command::new("sign")
        .about(ui.say("Ký số PDF (PAdES)", "Sign PDFs (PAdES)"))
        .arg(
            Arg::new("inputs")
                .required(true)
                .num_args(1..)
                .value_name("PDF")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Các tệp PDF cần ký", "PDFs to sign")),
        )
        .arg(
            path(
                "out",
                ui.say(
                    "Tệp kết quả, hoặc thư mục kết quả",
                    "Output file, or output folder",
                ),
            )
            .short('o')
            .required(true),
        )
        .arg(
            text(
                "key",
                "KEYREF",
                ui.say(
                    "Khóa: p12:TỆP, pkcs11:token=TÊN?module-path=TỆP.so, csc:URL?credential=MÃ (ký số từ xa), hoặc test: (khóa dùng một lần, không có giá trị)",
                    "The key: p12:FILE, pkcs11:token=NAME?module-path=FILE.so, csc:URL?credential=ID (a signing service), or test: (a throw-away key without value)",
                ),
            )
            .required_unless_present("upgrade"),
        )
        .arg(path(
            "pin-file",
            ui.say(
                "Tệp chứa mật khẩu, dòng đầu",
                "File whose first line is the password",
            ),
        ))
        .arg(
            text(
                "pin-fd",
                "N",
                ui.say(
                    "Bộ mô tả tệp để đọc mật khẩu",
                    "File descriptor to read the password from",
                ),
            )
            .value_parser(value_parser!(u32))
            .conflicts_with("pin-file"),
        )
        .args(remote_arguments(ui))
        .arg(choice(
            "level",
            "b",
            &["b", "t", "lt", "lta"],
            ui.say("Mức PAdES", "PAdES level"),
        ))
        .arg(
            Arg::new("upgrade")
                .long("upgrade")
                .value_parser(PossibleValuesParser::new(["t", "lt", "lta"]))
                .conflicts_with_all(["key", "level"])
                .help(ui.say(
                    "Nâng mức chữ ký đã có, không ký thêm",
                    "Raise the level of what is signed; signs nothing",
                )),
        )
        .arg(text(
            "tsa",
            "URL",
            ui.say(
                "Máy chủ dấu thời gian RFC 3161",
                "RFC 3161 timestamp server",
            ),
        ))
        .arg(
            text(
                "retry",
                "N",
                ui.say(
                    "Số lần hỏi lại máy chủ dấu thời gian",
                    "How often to ask the timestamp server again",
                ),
            )
            .default_value("2")
            .value_parser(value_parser!(u32).range(0..=20)),
        )
        .arg(
            text(
                "timeout",
                "SECONDS",
                ui.say(
                    "Thời gian chờ tối đa cho một câu trả lời",
                    "Longest wait for one answer of a server",
                ),
            )
            .default_value("180")
            .value_parser(value_parser!(u64).range(1..=3600)),
        )
        .arg(
            path(
                "trust",
                ui.say(
                    "Chứng thư gốc, trung gian, danh sách thu hồi (PEM, DER, p7b), thêm vào thư mục tin cậy",
                    "Certificates of roots and intermediates, revocation lists (PEM, DER, p7b), besides the trust folder",
                ),
            )
            .action(ArgAction::Append),
        )
        .arg(
            text(
                "allow-host",
                "HOST",
                ui.say(
                    "Với lt và lta: cho phép hỏi máy chủ này khi chứng thư nêu nó",
                    "With lt and lta: allow asking this host when a certificate names it",
                ),
            )
            .action(ArgAction::Append),
        )
        .arg(flag(
            "allow-private",
            ui.say(
                "Với lt và lta: cho phép địa chỉ trong mạng nội bộ",
                "With lt and lta: allow addresses of the inner network",
            ),
        ))
        .arg(choice(
            "digest",
            "sha256",
            &["sha256", "sha384", "sha512"],
            ui.say("Hàm băm", "Digest"),
        ))
        .arg(flag("pss", ui.say("Dùng RSASSA-PSS", "Use RSASSA-PSS")))
        .arg(text(
            "field",
            "NAME",
            ui.say(
                "Tên trường chữ ký; trường trống có tên này được ký vào",
                "Name of the signature field; an empty one of that name is signed",
            ),
        ))
        .arg(text(
            "name",
            "NAME",
            ui.say(
                "Tên người ký ghi trong chữ ký",
                "The signer's name as claimed",
            ),
        ))
        .arg(text(
            "reason",
            "TEXT",
            ui.say("Lý do ký", "Why it is signed"),
        ))
        .arg(text(
            "location",
            "TEXT",
            ui.say("Nơi ký", "Where it is signed"),
        ))
        .arg(choice(
            "role",
            "person",
            &["person", "agency"],
            ui.say(
                "Ai ký; cơ quan chỉ ký sau người có thẩm quyền",
                "Who signs; an agency only after a person",
            ),
        ))
        .arg(flag(
            "allow-alone",
            ui.say("Cho phép cơ quan ký một mình", "Let an agency sign alone"),
        ))
        .args(stamp_arguments(ui))
        .arg(
            text(
                "reserve",
                "FIELD",
                ui.say(
                    "Dành sẵn trường chữ ký hiện trên trang cho người ký sau: agency (con dấu cơ quan), agency-final, hoặc TÊN=[TRANG/]X,Y,W,H",
                    "Make a visible field for who signs later: agency (its seal), agency-final, or NAME=[PAGE/]X,Y,W,H",
                ),
            )
            .action(ArgAction::Append),
        )
        .arg(flag(
            "final",
            ui.say(
                "Chữ ký cuối: không ai ký thêm được nữa",
                "The last signature: nobody may add another",
            ),
        ))
        .arg(flag(
            "allow-fonts",
            ui.say(
                "Chấp nhận phông không nhúng",
                "Accept fonts that are not embedded",
            ),
        ))
        .arg(flag(
            "allow-unused",
            ui.say(
                "Chấp nhận nội dung thừa trong tệp",
                "Accept content that no page shows",
            ),
        ))
        .arg(
            text("jobs", "N", ui.say("Số tệp ký cùng lúc", "Files at a time"))
                .value_parser(value_parser!(u16).range(1..=256)),
        )
        .arg(flag(
            "force",
            ui.say("Ghi đè tệp kết quả", "Replace output files"),
        ))
        .arg(flag(
            "json",
            ui.say("In kết quả dưới dạng JSON", "Print the results as JSON"),
        ))
}

/// For keys at services, and servers over TLS.
fn remote_arguments(ui: Ui) -> [Arg; 5] {
    let file = |name: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help(help.to_owned())
    };
    [
        file(
            "account",
            ui.say(
                "Tài khoản ở dịch vụ ký số từ xa (TOML, chỉ chủ tệp đọc được)",
                "The account at the signing service (TOML, readable by its owner only)",
            ),
        ),
        file(
            "otp-file",
            ui.say(
                "Tệp hoặc ống chứa mã dùng một lần, đọc khi cần",
                "File or pipe with the one-time code, read when it is needed",
            ),
        ),
        Arg::new("otp-fd")
            .long("otp-fd")
            .value_name("N")
            .value_parser(value_parser!(u32))
            .conflicts_with("otp-file")
            .help(
                ui.say(
                    "Bộ mô tả tệp để đọc mã dùng một lần, mỗi lần một dòng",
                    "File descriptor to read one-time codes from, a line each time",
                )
                .to_owned(),
            ),
        // For a program that asks people by itself: questions go to it, answers come from it, a line each.
        Arg::new("dialog")
            .long("dialog")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(["pin-file", "pin-fd", "otp-file", "otp-fd"])
            .hide(true),
        file(
            "tls-roots",
            ui.say(
                "Chứng thư gốc (PEM) để kiểm tra máy chủ https, thay cho của hệ thống",
                "Certificates (PEM) that https servers are held against, instead of the system's",
            ),
        ),
    ]
}

/// What shows on the page.
fn stamp_arguments(ui: Ui) -> [Arg; 8] {
    let option = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help.to_owned())
    };
    [
        option(
            "stamp",
            "KIND",
            ui.say(
                "Dấu hiện trên trang: chữ ký tay (person), con dấu (agency), bản sao hoặc phụ lục (copy), người số hóa (digitizer), lời chứng (statement)",
                "What shows: a hand (person), a seal (agency), of a copy or annex (copy), who digitized (digitizer), a certification statement (statement)",
            ),
        )
        .value_parser(PossibleValuesParser::new([
            "person",
            "agency",
            "copy",
            "digitizer",
            "statement",
            "none",
        ])),
        option(
            "image",
            "FILE",
            ui.say(
                "Ảnh chữ ký hoặc con dấu, PNG",
                "Picture of the signature or seal, PNG",
            ),
        )
        .value_parser(value_parser!(PathBuf)),
        option(
            "number",
            "TEXT",
            ui.say("Số, ký hiệu văn bản ghi trong dấu", "Number and symbol in the stamp"),
        ),
        option(
            "text",
            "TEXT",
            ui.say(
                "Một dòng chữ của dấu; dùng được nhiều lần",
                "A line of the stamp; may be given several times",
            ),
        )
        .action(ArgAction::Append),
        option(
            "statement",
            "FILE",
            ui.say(
                "Lời chứng, tệp TOML (xem docs/sign.md)",
                "The certification statement, a TOML file (see docs/sign.md)",
            ),
        )
        .value_parser(value_parser!(PathBuf)),
        option(
            "qr",
            "TEXT",
            ui.say(
                "Mã QR đặt cạnh dấu person hoặc copy",
                "QR code beside a stamp of kind person or copy",
            ),
        ),
        option(
            "page",
            "N",
            ui.say(
                "Trang đặt dấu (mặc định: trang cuối, với copy và digitizer là trang đầu)",
                "Page of the stamp (default: the last; the first for copy and digitizer)",
            ),
        )
        .value_parser(value_parser!(u32).range(1..)),
        option(
            "box",
            "X,Y,W,H",
            ui.say(
                "Chỗ đặt dấu, pt từ góc trên bên trái của trang (mặc định: tự tìm)",
                "Where the stamp stands, pt from the page's top left corner (default: found)",
            ),
        )
        .value_delimiter(',')
        .value_parser(value_parser!(f64)),
    ]
}

/// Runs the command. Exit codes: those of the program; of several inputs 1 when some failed.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let inputs: Vec<PathBuf> = matches
        .get_many::<PathBuf>("inputs")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let out = given::<PathBuf>(matches, "out")?;
    let is_folder =
        inputs.len() > 1 || out.is_dir() || out.as_os_str().to_string_lossy().ends_with('/');
    let opened = match opened(matches, ui)? {
        Ok(opened) => opened,
        Err(code) => return Ok(code),
    };
    let job = match Job::new(matches, opened.as_ref()) {
        Ok(job) => job,
        Err(error) => {
            terminal::complain(ui, &error);
            return Ok(ExitCode::from(2));
        }
    };
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wanted = matches
        .get_one::<u16>("jobs")
        .map_or(cpus, |jobs| usize::from(*jobs));
    let targets: Vec<PathBuf> = inputs
        .iter()
        .map(|input| target(input, out, is_folder))
        .collect();
    let entries = all(&job, opened.as_ref(), wanted, &inputs, &targets);
    record::report(&entries, matches.get_flag("json"), ui)?;
    let failed: Vec<u8> = entries.iter().filter_map(Entry::exit_code).collect();
    Ok(match failed.as_slice() {
        [] => ExitCode::SUCCESS,
        [code] if entries.len() == 1 => ExitCode::from(*code),
        // The key was lost to all that follow.
        _ if entries.iter().any(|entry| entry.status == Status::Pending) => ExitCode::from(4),
        _ if entries.iter().any(Entry::lost_key) => ExitCode::from(4),
        _ => ExitCode::from(1),
    })
}

/// What becomes of each of `inputs`.
fn all(
    job: &Job<'_>,
    opened: Option<&keys::Opened>,
    wanted: usize,
    inputs: &[PathBuf],
    targets: &[PathBuf],
) -> Vec<Entry> {
    match opened.and_then(|opened| opened.key.far()) {
        Some(credential) => far(job, credential, inputs, targets),
        None => here(job, wanted, inputs, targets),
    }
}

/// With a key at hand, or none: file by file, as many at a time as the key allows.
fn here(job: &Job<'_>, wanted: usize, inputs: &[PathBuf], targets: &[PathBuf]) -> Vec<Entry> {
    let threads = wanted.min(job.parallel()).min(inputs.len()).max(1);
    let entries: Vec<Slot> = inputs.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let lost = AtomicBool::new(false);
    let work = || {
        while let Some((input, target, slot)) = next_of(&next, inputs, targets, &entries) {
            let entry = one(job, input, target, &lost);
            if entry.lost_key() {
                lost.store(true, Ordering::Relaxed);
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(entry);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    entries
        .into_iter()
        .filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// With a key far away: all together.
fn far(
    job: &Job<'_>,
    credential: &csc::Credential,
    inputs: &[PathBuf],
    targets: &[PathBuf],
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = inputs
        .iter()
        .zip(targets)
        .map(|(input, target)| {
            let mut entry = Entry::new(input, target);
            entry.status = Status::Pending;
            is_settled(job, input, target, &mut entry);
            entry
        })
        .collect();
    let tasks = inputs.iter().zip(targets).zip(&mut entries);
    let tasks = tasks
        .filter(|(_, entry)| entry.status == Status::Pending)
        .map(|((input, out), entry)| remote::Task { input, out, entry })
        .collect();
    remote::run(job, credential, tasks);
    entries
}

/// The key that the arguments name; the exit code once it was told why there is none.
fn opened(matches: &ArgMatches, ui: Ui) -> anyhow::Result<Result<Option<keys::Opened>, ExitCode>> {
    let preference = Preference {
        digest: match given::<String>(matches, "digest")?.as_str() {
            "sha384" => Digest::Sha384,
            "sha512" => Digest::Sha512,
            _ => Digest::Sha256,
        },
        pss: matches.get_flag("pss"),
    };
    match matches
        .get_one::<String>("key")
        .map(|key| keys::open(key, matches, preference, ui))
    {
        None => Ok(Ok(None)),
        Some(Ok(opened)) => Ok(Ok(Some(opened))),
        Some(Err(error)) => {
            let code = if error.is::<Said>() { 2 } else { 4 };
            let error = match error.downcast_ref::<KeyError>() {
                Some(why) => Said(speech::key(why).1).into(),
                None => match error.downcast::<csc::Fault>() {
                    Ok(fault) => Said(fault.said).into(),
                    Err(error) => error,
                },
            };
            terminal::complain(ui, &error);
            Ok(Err(ExitCode::from(code)))
        }
    }
}

/// A signature made for another command.
pub(crate) struct Made {
    /// SHA-256 of the signer's certificate, hexadecimal.
    pub(crate) certificate: String,
    /// The signer's name by the certificate.
    pub(crate) signer: String,
    /// True of the throw-away key.
    pub(crate) test_key: bool,
}

/// Signs one file for another command of this program, which gives a command line of this one. Says what went wrong and
/// gives the exit code when there is no signature.
pub(crate) fn for_another(
    arguments: &[OsString],
    ui: Ui,
) -> anyhow::Result<Result<Made, ExitCode>> {
    let whole = crate::args::command(ui).try_get_matches_from(arguments)?;
    let matches = whole
        .subcommand_matches("sign")
        .ok_or_else(|| anyhow::anyhow!("saoy sign"))?;
    let opened = match opened(matches, ui)? {
        Ok(opened) => opened,
        Err(code) => return Ok(Err(code)),
    };
    let job = match Job::new(matches, opened.as_ref()) {
        Ok(job) => job,
        Err(error) => {
            terminal::complain(ui, &error);
            return Ok(Err(ExitCode::from(2)));
        }
    };
    let input = given::<PathBuf>(matches, "inputs")?;
    let out = given::<PathBuf>(matches, "out")?;
    let made = all(
        &job,
        opened.as_ref(),
        1,
        std::slice::from_ref(input),
        std::slice::from_ref(out),
    );
    let Some(entry) = made.into_iter().next() else {
        return Ok(Err(ExitCode::from(4)));
    };
    for warning in &entry.warnings {
        terminal::hint(ui, &warning.vi, &warning.en);
    }
    if let Some(trouble) = &entry.error {
        let told = Bilingual {
            vi: trouble.vi.clone(),
            en: trouble.en.clone(),
        };
        terminal::complain(ui, &Said(told).into());
        return Ok(Err(ExitCode::from(entry.exit_code().unwrap_or(4))));
    }
    let certificate = opened
        .as_ref()
        .and_then(|opened| opened.key.chain().first())
        .map(|own| hex(&own.fingerprint))
        .unwrap_or_default();
    Ok(Ok(Made {
        certificate,
        signer: entry.signer.unwrap_or_default(),
        test_key: entry.test_key,
    }))
}

type Slot = Mutex<Option<Entry>>;

fn next_of<'a>(
    next: &AtomicUsize,
    inputs: &'a [PathBuf],
    targets: &'a [PathBuf],
    entries: &'a [Slot],
) -> Option<(&'a PathBuf, &'a PathBuf, &'a Slot)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((inputs.get(index)?, targets.get(index)?, entries.get(index)?))
}

/// Where the signed copy goes.
fn target(input: &Path, out: &Path, is_folder: bool) -> PathBuf {
    if is_folder {
        out.join(input.file_name().unwrap_or_default())
    } else {
        out.to_owned()
    }
}

/// Signs one file; without its key, only looks whether it is signed.
fn one(job: &Job<'_>, input: &Path, out: &Path, lost: &AtomicBool) -> Entry {
    let mut entry = Entry::new(input, out);
    if is_settled(job, input, out, &mut entry) {
        return entry;
    }
    if lost.load(Ordering::Relaxed) {
        entry.status = Status::Pending;
        return entry;
    }
    if let Err(error) = job.run(input, out, &mut entry) {
        entry.fail(Trouble::of(&error));
    }
    entry
}

/// Whether something is there under the output's name: what an earlier run finished is not signed a second time, and what
/// is somebody else's is not replaced.
fn is_settled(job: &Job<'_>, input: &Path, out: &Path, entry: &mut Entry) -> bool {
    if job.force || !out.exists() {
        return false;
    }
    if levels::continues(input, out).unwrap_or(false) {
        entry.status = Status::Skipped;
    } else {
        entry.fail(Trouble::refused(
            "output_exists",
            said!(
                "đã có tệp {}; thêm --force để ghi đè",
                "{} is there already; add --force to replace it",
                out.display()
            ),
        ));
    }
    true
}
