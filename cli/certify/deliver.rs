//! `saoy certify deliver`, `cancel`, `list`, `show`: what follows, and what is where.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};
use saoy_archive::blob::BlobId;
use saoy_archive::certification::Stage;
use saoy_pdf::Document;
use saoy_signing::sign::appearance::{Print, Weight, printed, shown_size, width};

use super::{code, line, put, statement, told};
use crate::archive::registers::state;
use crate::archive::{act, by, json, open, print, sealed};
use crate::args::given;
use crate::words::{Said, Ui, said};

/// Letters of the mark on copies for the printer, and the room beside them, pt.
const MARK_SIZE: f64 = 8.0;
const MARK_MARGIN: f64 = 14.0;

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 5] {
    let text = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help.to_owned())
    };
    [
        Command::new("deliver")
            .about(ui.say("Trả bản sao đã cấp", "Hand out an issued copy"))
            .arg(code(ui))
            .arg(
                text(
                    "out",
                    "FILE|DIR",
                    ui.say("Nơi ghi tệp", "Where the file goes"),
                )
                .short('o')
                .required(true)
                .value_parser(value_parser!(PathBuf)),
            )
            .arg(
                text(
                    "to",
                    "TEXT",
                    ui.say("Trả cho ai, bằng cách nào", "To whom, how"),
                )
                .default_value("-"),
            )
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("print")
            .about(ui.say(
                "Bản để in: ghi dấu chuyển đổi sang giấy ở chân trang (NĐ 137/2024, điều 5)",
                "A copy for printing: marked as turned into paper at the foot (Decree 137/2024, article 5)",
            ))
            .arg(code(ui))
            .arg(
                text("out", "FILE", ui.say("Tệp PDF để in", "The PDF to be printed"))
                    .short('o')
                    .required(true)
                    .value_parser(value_parser!(PathBuf)),
            )
            .arg(by(ui)),
        Command::new("cancel")
            .about(ui.say(
                "Bỏ một bản sao chưa cấp; số của nó được giữ, ghi là đã hủy",
                "Give up a copy that is not issued; its number stays, as cancelled",
            ))
            .arg(code(ui))
            .arg(text("reason", "TEXT", ui.say("Lý do", "Why")).required(true))
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("list")
            .about(ui.say(
                "Các bản sao đang làm và đã làm",
                "Copies in progress and done",
            ))
            .arg(
                text(
                    "stage",
                    "STAGE",
                    ui.say("Chỉ các bản ở bước này", "Only those at this stage"),
                )
                .value_parser(PossibleValuesParser::new([
                    "prepared",
                    "signed",
                    "sealed",
                    "delivered",
                    "cancelled",
                ])),
            )
            .arg(json(ui)),
        Command::new("show")
            .about(ui.say("Một bản sao, tra theo mã", "One copy, by its look-up code"))
            .arg(code(ui))
            .arg(json(ui)),
    ]
}

pub(super) fn deliver(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let copy = archive.copy(given::<String>(matches, "code")?)?;
    let Some(file) = copy.sealed.as_ref().filter(|_| copy.reason.is_none()) else {
        let why = said!(
            "bản sao {} chưa được cấp",
            "copy {} is not issued yet",
            copy.code
        );
        crate::terminal::complain(ui, &Said(why).into());
        return Ok(ExitCode::from(5));
    };
    let out = given::<PathBuf>(matches, "out")?;
    let out = if out.is_dir() || out.as_os_str().to_string_lossy().ends_with('/') {
        let name = copy.line.display.replace('/', "-");
        out.join(format!(
            "{}-{name}-{}.pdf",
            copy.kind,
            statement::grouped(&copy.code)
        ))
    } else {
        out.clone()
    };
    put(&archive, file, &out)?;
    let copy = archive.deliver_copy(&act(matches), &copy.code, given::<String>(matches, "to")?)?;
    sealed(&mut archive, ui);
    if !matches.get_flag("json") {
        writeln!(io::stderr(), "{}", out.display())?;
    }
    told(&copy, matches.get_flag("json"), ui)?;
    Ok(ExitCode::SUCCESS)
}

/// Marks every page with system, owner, address, code, time and person, as the decree wants it of paper made from
/// electronic documents. The marks end the signatures: the file is for the printer alone.
pub(super) fn print_copy(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let archive = open(matches)?;
    let act = act(matches);
    let copy = archive.copy(given::<String>(matches, "code")?)?;
    let Some(file) = copy.sealed.as_deref().and_then(BlobId::parse) else {
        let why = said!(
            "bản sao {} chưa được cấp",
            "copy {} is not issued yet",
            copy.code
        );
        crate::terminal::complain(ui, &Said(why).into());
        return Ok(ExitCode::from(5));
    };
    let mut bytes = archive.blobs().read(file)?;
    let person = archive
        .appointments()?
        .into_iter()
        .rev()
        .find(|one| one.login == act.by);
    let lines = [
        format!(
            "Bản giấy chuyển đổi từ văn bản điện tử lúc {}; người chuyển đổi: {}",
            act.time(),
            person.map_or(act.by.clone(), |one| one.name)
        ),
        format!(
            "Hệ thống: Saoy {}; chủ quản: {}; tra cứu: {} mã {}",
            env!("CARGO_PKG_VERSION"),
            archive.office().name,
            archive.office().base_url,
            statement::grouped(&copy.code)
        ),
    ];
    let document = Document::open(bytes.clone())?;
    let mut prints = Vec::new();
    for index in 0..document.page_count()? {
        let (across, height) = shown_size(&document.page(index)?);
        let mut print = Print::default();
        for (line, up) in lines.iter().zip([20.0, 10.0]) {
            // Cards are narrow.
            let fits = (across - 2.0 * MARK_MARGIN) / width(line, Weight::Regular, MARK_SIZE)?;
            let size = MARK_SIZE * fits.clamp(0.1, 1.0);
            print.text(line, Weight::Regular, size, (MARK_MARGIN, height - up));
        }
        prints.push((index, print));
    }
    let mut id = [0; 16];
    saoy_archive::Random::fill(&mut crate::archive::System::default(), &mut id)?;
    bytes.extend(printed(&document, &prints, id)?);
    crate::separators::put(given::<PathBuf>(matches, "out")?, &bytes)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn cancel(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let copy = archive.cancel_copy(
        &act(matches),
        given::<String>(matches, "code")?,
        given::<String>(matches, "reason")?,
    )?;
    sealed(&mut archive, ui);
    told(&copy, matches.get_flag("json"), ui)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn list(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let stage = matches
        .get_one::<String>("stage")
        .map(|stage| match stage.as_str() {
            "prepared" => Stage::Prepared,
            "signed" => Stage::Signed,
            "sealed" => Stage::Sealed,
            "delivered" => Stage::Delivered,
            _ => Stage::Cancelled,
        });
    let copies = open(matches)?.copies(stage)?;
    if matches.get_flag("json") {
        print(&copies)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    for copy in &copies {
        writeln!(out, "{}", line(copy, ui))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn show(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let copy = open(matches)?.copy(given::<String>(matches, "code")?)?;
    if matches.get_flag("json") {
        print(&copy)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}", line(&copy, ui))?;
    writeln!(
        out,
        "{} {}, {}: {}",
        copy.line.register,
        copy.line.display,
        copy.line.day,
        state(&copy.line, ui)
    )?;
    let step = |name: &str, who: &Option<(String, String)>| {
        who.as_ref()
            .map(|(who, when)| format!("  {when}  {name}: {who}"))
    };
    let steps = [
        step(
            ui.say("chuẩn bị", "prepared by"),
            &Some(copy.prepared_by.clone()),
        ),
        step(ui.say("ký", "signed by"), &copy.signed_by),
        step(ui.say("đóng dấu", "sealed by"), &copy.sealed_by),
        step(ui.say("trả cho", "delivered to"), &copy.delivered),
    ];
    for step in steps.into_iter().flatten() {
        writeln!(out, "{step}")?;
    }
    Ok(ExitCode::SUCCESS)
}
