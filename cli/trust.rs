//! `saoy trust`: whose signatures are trusted, decided by people, by fingerprint; every change is logged.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_signing::certificate::Certificate;
use saoy_signing::revocation::Crl;
use saoy_signing::verify::calendar;
use serde::Serialize;

use crate::verify::record::hex;
use crate::words::{Said, Ui, said};
use crate::{correct, digitize, engine, terminal};

pub(crate) mod bundle;

pub(crate) mod fetch;

pub(crate) mod folder;

pub(crate) mod lists;

pub(crate) mod shipped;

use folder::{Accepted, Action, Entry, Folder};

/// The profiles: the public PKI (root: NEAC), the public-duty PKI (root: the Government Cipher Committee), and an
/// office's own.
pub(crate) const PROFILES: [&str; 3] = ["public", "public-duty", "own"];

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    let fingerprint = || {
        Arg::new("fingerprint")
            .required(true)
            .value_name("SHA-256")
            .help(ui.say(
                "Vân tay SHA-256 đầy đủ của chứng thư, 64 chữ số thập lục phân",
                "The certificate's full SHA-256 fingerprint, 64 hexadecimal digits",
            ))
    };
    let remark = || {
        Arg::new("remark")
            .long("remark")
            .value_name("TEXT")
            .help(ui.say(
                "Ghi chú vào nhật ký: nguồn đối chiếu, lý do",
                "A note for the log: where it was compared, why",
            ))
    };
    let json = || {
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help(ui.say("In dưới dạng JSON", "Print as JSON"))
    };
    let by = Arg::new("by")
        .long("by")
        .global(true)
        .value_name("NAME")
        .help(ui.say(
            "Người thực hiện (mặc định: tài khoản đang đăng nhập)",
            "Who does so (default: the account in use)",
        ));
    Command::new("trust")
        .arg(by)
        .about(ui.say(
            "Tổ chức chứng thực được tin cậy: liệt kê, thêm, chấp nhận, bỏ, tải danh sách thu hồi",
            "Whose signatures are trusted: list, add, accept, remove, fetch revocation lists",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(Command::new("list").about(ui.say("Liệt kê chứng thư, trạng thái, vân tay", "List certificates, their state and fingerprints")).arg(json()))
        .subcommand(
            Command::new("add")
                .about(ui.say("Thêm chứng thư (chờ chấp nhận) hoặc danh sách thu hồi", "Add certificates (not accepted yet) or revocation lists"))
                .arg(Arg::new("files").required(true).num_args(1..).value_name("FILE").value_parser(value_parser!(PathBuf)).help(ui.say("Chứng thư hoặc danh sách thu hồi: DER, PEM, p7b", "Certificates or revocation lists: DER, PEM, p7b")))
                .arg(remark()),
        )
        .subcommand(
            Command::new("accept")
                .about(ui.say("Chấp nhận một chứng thư làm gốc tin cậy, sau khi đối chiếu vân tay với nguồn chính thức", "Accept a certificate as an anchor, after comparing its fingerprint with the official source"))
                .arg(fingerprint())
                .arg(
                    Arg::new("pki")
                        .long("pki")
                        .value_parser(PossibleValuesParser::new(PROFILES))
                        .help(ui.say("Nhóm: public (công cộng), public-duty (chuyên dùng công vụ), own (nội bộ)", "Profile: public, public-duty, own")),
                )
                .arg(remark()),
        )
        .subcommand(Command::new("remove").about(ui.say("Bỏ một chứng thư", "Remove a certificate")).arg(fingerprint()).arg(remark()))
        .subcommand(
            Command::new("fetch-crl")
                .about(ui.say("Tải danh sách thu hồi qua mạng", "Fetch revocation lists over the network"))
                .arg(Arg::new("addresses").num_args(0..).value_name("URL").help(ui.say("Địa chỉ (mặc định: địa chỉ ghi trong các chứng thư đã biết)", "Addresses (default: those in the known certificates)")))
                .arg(Arg::new("for").long("for").value_name("PDF").action(ArgAction::Append).value_parser(value_parser!(PathBuf)).help(ui.say("Cho chứng thư của người ký trong tệp này", "For the signers' certificates of this file")))
                .arg(Arg::new("allow-host").long("allow-host").value_name("HOST").action(ArgAction::Append).help(ui.say("Cho phép hỏi máy chủ này", "Allow asking this host")))
                .arg(Arg::new("allow-private").long("allow-private").action(ArgAction::SetTrue).help(ui.say("Cho phép địa chỉ trong mạng nội bộ", "Allow addresses of the inner network")))
                .arg(Arg::new("limit").long("limit").value_name("MB").default_value("32").value_parser(value_parser!(u64).range(1..=64)).help(ui.say("Kích thước tối đa của một danh sách", "Largest list")))
                .arg(json()),
        )
}

/// Runs the command; the exit code is by the table of the program.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let Some((name, inner)) = matches.subcommand() else {
        return Ok(ExitCode::from(2));
    };
    let folder = Folder::new(&data(inner)?);
    match name {
        "list" => list(&folder, inner, ui),
        "add" => add(&folder, inner, ui),
        "accept" => accept(&folder, inner, ui),
        "remove" => remove(&folder, inner, ui),
        _ => lists::run(&folder, inner, ui),
    }
}

/// The data folder.
pub(crate) fn data(matches: &ArgMatches) -> anyhow::Result<PathBuf> {
    engine::data_folder(matches).ok_or_else(|| {
        Said(said!(
            "không biết thư mục dữ liệu ở đâu; thêm --data",
            "where the data folder is is not known; add --data"
        ))
        .into()
    })
}

/// One certificate as listed.
#[derive(Serialize)]
struct Known {
    state: &'static str,
    pki: Option<String>,
    sha256: String,
    subject: String,
    issuer: String,
    not_before: String,
    not_after: String,
    authority: bool,
    /// It came with the program.
    shipped: bool,
    /// Where the shipped file comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
}

#[derive(Serialize)]
struct Listing {
    schema: &'static str,
    folder: String,
    certificates: Vec<Known>,
    crls: usize,
}

fn list(folder: &Folder, matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let accepted = folder.accepted()?;
    let listing = Listing {
        schema: "saoy.trust/1",
        folder: folder.path().display().to_string(),
        certificates: known(folder, &accepted)?,
        crls: folder.crls()?.len(),
    };
    let mut out = io::stdout().lock();
    if matches.get_flag("json") {
        serde_json::to_writer_pretty(&mut out, &listing)?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in &listing.certificates {
        let state = match one.state {
            "accepted" => ui.say("ĐÃ CHẤP NHẬN", "ACCEPTED"),
            "helper" => ui.say("trung gian", "intermediate"),
            _ => ui.say("chờ chấp nhận", "proposed"),
        };
        let pki = one.pki.as_deref().unwrap_or("-");
        writeln!(out, "{state} [{pki}] {}", one.subject)?;
        writeln!(out, "    SHA-256 {}", one.sha256)?;
        writeln!(out, "    {} - {}", one.not_before, one.not_after)?;
        if let Some(origin) = one.origin {
            writeln!(out, "    {}: {origin}", ui.say("nguồn", "origin"))?;
        }
    }
    writeln!(
        out,
        "{}: {}",
        ui.say("Danh sách thu hồi", "Revocation lists"),
        listing.crls
    )?;
    if accepted.is_empty() {
        writeln!(out, "{}", ui.say(
            "Chưa tin cậy tổ chức nào: đối chiếu vân tay với nguồn chính thức rồi chạy saoy trust accept SHA-256",
            "Nothing is trusted yet: compare fingerprints with the official source, then run saoy trust accept SHA-256",
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn known(folder: &Folder, accepted: &Accepted) -> anyhow::Result<Vec<Known>> {
    let of = |certificate: &Certificate, file: Option<&shipped::Shipped>| {
        let sha256 = hex(&certificate.fingerprint);
        let pki = accepted.get(&sha256).cloned();
        let authority = certificate.is_authority();
        Known {
            // An intermediate needs no acceptance: the path through it ends at an anchor or is none.
            state: match pki {
                Some(_) => "accepted",
                None if authority && !certificate.is_self_issued() => "helper",
                None => "proposed",
            },
            pki: pki.or_else(|| file.map(|file| file.pki.to_owned())),
            subject: certificate.party().distinguished,
            issuer: certificate.issuer.to_string(),
            not_before: calendar::iso(certificate.not_before),
            not_after: calendar::iso(certificate.not_after),
            authority,
            shipped: file.is_some(),
            origin: file.map(|file| file.origin),
            sha256,
        }
    };
    let mut all: Vec<Known> = Vec::new();
    for file in shipped::ALL {
        let certificate =
            Certificate::read(file.der).map_err(|error| anyhow!("{}: {error}", file.name))?;
        all.push(of(&certificate, Some(file)));
    }
    for certificate in folder.certificates()? {
        let one = of(&certificate, None);
        if all.iter().all(|known| known.sha256 != one.sha256) {
            all.push(one);
        }
    }
    Ok(all)
}

fn entry(matches: &ArgMatches, action: Action, sha256: String, subject: String) -> Entry {
    Entry {
        at: digitize::local_time().to_rfc3339(),
        by: correct::who(matches),
        action,
        sha256,
        subject,
        pki: None,
        remark: matches
            .try_get_one::<String>("remark")
            .ok()
            .flatten()
            .cloned(),
        previous: String::new(),
    }
}

fn add(folder: &Folder, matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut failed = false;
    for path in matches.get_many::<PathBuf>("files").into_iter().flatten() {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        let blocks = bundle::parts(&bytes);
        if blocks.is_empty() {
            failed = true;
        }
        for der in blocks {
            if let Ok(certificate) = Certificate::read(&der) {
                folder.keep_certificate(&certificate)?;
                let sha256 = hex(&certificate.fingerprint);
                say(&format!(
                    "{}: {} SHA-256 {sha256}",
                    ui.say("đã thêm, chờ chấp nhận", "added, not accepted yet"),
                    certificate.subject
                ))?;
                folder.note(entry(
                    matches,
                    Action::Add,
                    sha256,
                    certificate.subject.to_string(),
                ))?;
            } else if let Ok(crl) = Crl::read(&der) {
                lists::keep(
                    folder,
                    &crl,
                    &der,
                    entry(
                        matches,
                        Action::Crl,
                        lists::sha256(&der),
                        crl.issuer.to_string(),
                    ),
                )?;
                say(&format!(
                    "{}: {}",
                    ui.say(
                        "đã thêm danh sách thu hồi của",
                        "added the revocation list of"
                    ),
                    crl.issuer
                ))?;
            } else {
                failed = true;
            }
        }
        if failed {
            let what = ui.say(
                "không phải chứng thư hay danh sách thu hồi",
                "neither certificates nor revocation lists",
            );
            terminal::complain(ui, &anyhow!("{}: {what}", path.display()));
        }
    }
    Ok(ExitCode::from(if failed { 3 } else { 0 }))
}

/// A fingerprint as typed: with or without colons and blanks, whole. Half of one is no comparison.
fn fingerprint(matches: &ArgMatches, ui: Ui) -> Option<String> {
    let typed = matches.get_one::<String>("fingerprint")?;
    let digits: String = typed
        .chars()
        .filter(|letter| !matches!(letter, ':' | ' ' | '-'))
        .flat_map(char::to_lowercase)
        .collect();
    if digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Some(digits);
    }
    let wanted = ui.say(
        "cần đủ 64 chữ số thập lục phân của vân tay SHA-256",
        "all 64 hexadecimal digits of the SHA-256 fingerprint are wanted",
    );
    terminal::complain(ui, &anyhow!("{typed}: {wanted}"));
    None
}

/// The certificate of a fingerprint, in the folder or among those shipped, with the profile it was shipped for.
fn find(
    folder: &Folder,
    sha256: &str,
) -> anyhow::Result<Option<(Certificate, Option<&'static str>)>> {
    for file in shipped::ALL {
        if let Ok(certificate) = Certificate::read(file.der)
            && hex(&certificate.fingerprint) == sha256
        {
            return Ok(Some((certificate, Some(file.pki))));
        }
    }
    let mut own = folder.certificates()?.into_iter();
    Ok(own
        .find(|one| hex(&one.fingerprint) == sha256)
        .map(|one| (one, None)))
}

fn accept(folder: &Folder, matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let Some(sha256) = fingerprint(matches, ui) else {
        return Ok(ExitCode::from(2));
    };
    let Some((certificate, profile)) = find(folder, &sha256)? else {
        let unknown = ui.say(
            "chưa biết chứng thư này; chạy saoy trust add TỆP trước",
            "this certificate is not known; run saoy trust add FILE first",
        );
        terminal::complain(ui, &anyhow!("{sha256}: {unknown}"));
        return Ok(ExitCode::from(4));
    };
    folder.keep_certificate(&certificate)?;
    let pki = matches
        .get_one::<String>("pki")
        .map(String::as_str)
        .or(profile)
        .unwrap_or("own");
    let subject = certificate.subject.to_string();
    folder.note(Entry {
        pki: Some(pki.to_owned()),
        ..entry(matches, Action::Accept, sha256, subject.clone())
    })?;
    say(&format!(
        "{} [{pki}]: {subject}",
        ui.say("đã chấp nhận", "accepted")
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn remove(folder: &Folder, matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let Some(sha256) = fingerprint(matches, ui) else {
        return Ok(ExitCode::from(2));
    };
    let known = find(folder, &sha256)?;
    if known.is_none() && !folder.accepted()?.contains_key(&sha256) {
        let unknown = ui.say("không có chứng thư này", "there is no such certificate");
        terminal::complain(ui, &anyhow!("{sha256}: {unknown}"));
        return Ok(ExitCode::from(4));
    }
    let subject = known.map_or_else(String::new, |(certificate, _)| {
        certificate.subject.to_string()
    });
    // The log first: from here on it is not trusted, whatever becomes of the file.
    folder.note(entry(
        matches,
        Action::Remove,
        sha256.clone(),
        subject.clone(),
    ))?;
    folder.forget(&sha256)?;
    say(&format!("{}: {subject}", ui.say("đã bỏ", "removed")))?;
    Ok(ExitCode::SUCCESS)
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}
