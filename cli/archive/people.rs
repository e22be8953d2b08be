//! `saoy archive appoint|dismiss|people`: who may do what, from when to when.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use jiff::civil::Date;
use saoy_archive::people::NewAppointment;

use super::{act, by, day_option, json, open, print, sealed};
use crate::args::given;
use crate::words::Ui;

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 3] {
    let text = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help.to_owned())
    };
    [
        Command::new("appoint")
            .about(ui.say(
                "Phân công vai trò cho một người, có thời hạn",
                "Give a person a role for a time",
            ))
            .arg(
                Arg::new("login")
                    .required(true)
                    .value_name("LOGIN")
                    .help(ui.say("Tên đăng nhập", "The person's login")),
            )
            .arg(
                text("name", "NAME", ui.say("Họ và tên, như trong chứng thư", "Full name, as in the certificate"))
                    .required(true),
            )
            .arg(
                text(
                    "role",
                    "ROLE",
                    ui.say(
                        "certifier, clerk, officer, intake, archivist, administrator",
                        "certifier, clerk, officer, intake, archivist, administrator",
                    ),
                )
                .required(true),
            )
            .arg(text(
                "capacity",
                "TEXT",
                ui.say(
                    "Tư cách của người chứng thực: CHỦ TỊCH, PHÓ CHỦ TỊCH, NGƯỜI ĐƯỢC ỦY QUYỀN, CÔNG CHỨNG VIÊN, VIÊN CHỨC LÃNH SỰ",
                    "A certifying person's capacity: CHỦ TỊCH, PHÓ CHỦ TỊCH, NGƯỜI ĐƯỢC ỦY QUYỀN, CÔNG CHỨNG VIÊN, VIÊN CHỨC LÃNH SỰ",
                ),
            ))
            .arg(
                text("authority", "TEXT", ui.say("Văn bản phân công, ủy quyền", "The paper it rests on"))
                    .required(true),
            )
            .arg(day_option("from", ui.say("Từ ngày (mặc định: hôm nay)", "From (default: today)")))
            .arg(day_option("to", ui.say("Đến hết ngày", "Until, inclusive")))
            .arg(text(
                "certificate",
                "SHA-256",
                ui.say("Vân tay chứng thư số được phép dùng", "Fingerprint of the certificate to be used"),
            ))
            .arg(by(ui)),
        Command::new("dismiss")
            .about(ui.say("Kết thúc một phân công", "End an appointment"))
            .arg(
                Arg::new("appointment")
                    .required(true)
                    .value_name("N")
                    .value_parser(value_parser!(i64))
                    .help(ui.say("Số của phân công (xem people)", "The appointment's number (see people)")),
            )
            .arg(day_option("to", ui.say("Ngày cuối (mặc định: hôm nay)", "The last day (default: today)")))
            .arg(by(ui)),
        Command::new("people")
            .about(ui.say("Liệt kê các phân công", "List the appointments"))
            .arg(json(ui)),
    ]
}

pub(super) fn appoint(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let act = act(matches);
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let mut archive = open(matches)?;
    let first_day = matches
        .get_one::<Date>("from")
        .copied()
        .unwrap_or(act.day());
    let login = given::<String>(matches, "login")?;
    let number = archive.appoint(
        &act,
        &NewAppointment {
            login,
            name: given::<String>(matches, "name")?,
            role: given::<String>(matches, "role")?,
            capacity: text("capacity"),
            authority: given::<String>(matches, "authority")?,
            first_day,
            last_day: matches.get_one::<Date>("to").copied(),
            certificate: text("certificate"),
        },
    )?;
    sealed(&mut archive, ui);
    writeln!(
        io::stdout(),
        "{} {number}: {login}",
        ui.say("phân công", "appointment")
    )?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn dismiss(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let act = act(matches);
    let mut archive = open(matches)?;
    let last = matches.get_one::<Date>("to").copied().unwrap_or(act.day());
    archive.dismiss(&act, *given::<i64>(matches, "appointment")?, last)?;
    sealed(&mut archive, ui);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn list(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let all = open(matches)?.appointments()?;
    if matches.get_flag("json") {
        print(&all)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    for one in &all {
        let until = one
            .last_day
            .map_or_else(|| "...".to_owned(), |day| day.to_string());
        writeln!(
            out,
            "{:>3}  {:<12} {}  {}{}  {}..{until}  {}",
            one.id,
            one.login,
            one.name,
            one.role,
            one.capacity
                .as_ref()
                .map(|capacity| format!(" ({capacity})"))
                .unwrap_or_default(),
            one.first_day,
            one.authority,
        )?;
    }
    if all.is_empty() {
        writeln!(
            out,
            "{}",
            ui.say("chưa có phân công nào", "nobody is appointed yet")
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
