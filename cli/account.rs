//! `saoy account`: who may log in to `saoy serve`. What each may do stands in `saoy archive appoint`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use saoy_server::{Accounts, AccountsError};
use zeroize::Zeroizing;

use crate::args::given;
use crate::serve;
use crate::sign::Secrets;
use crate::terminal;
use crate::words::{Said, Ui, said};

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    let login = || {
        Arg::new("login")
            .required(true)
            .value_name("LOGIN")
            .help(ui.say(
                "Tên đăng nhập, như trong saoy archive appoint",
                "The login, as in saoy archive appoint",
            ))
    };
    let secret = |command: Command| {
        command
            .arg(
                Arg::new("pin-file")
                    .long("password-file")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help(ui.say(
                        "Tệp có mật khẩu ở dòng đầu (mặc định: hỏi)",
                        "File with the password on its first line (default: asks)",
                    )),
            )
            .arg(
                Arg::new("pin-fd")
                    .long("password-fd")
                    .value_name("N")
                    .value_parser(value_parser!(u32))
                    .help(ui.say(
                        "Đọc mật khẩu từ bộ mô tả tệp này",
                        "Read the password from this file descriptor",
                    )),
            )
    };
    Command::new("account")
        .about(ui.say(
            "Tài khoản của saoy serve: thêm, mật khẩu, khóa, mã truy cập",
            "Accounts of saoy serve: add, password, disable, tokens",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(secret(
            Command::new("add")
                .about(ui.say("Tạo tài khoản cho một người", "Make a person's account"))
                .arg(login()),
        ))
        .subcommand(secret(
            Command::new("password")
                .about(ui.say(
                    "Đổi mật khẩu; các phiên đang mở kết thúc",
                    "Change a password; open sessions end",
                ))
                .arg(login()),
        ))
        .subcommand(
            Command::new("disable")
                .about(ui.say("Khóa tài khoản", "Switch an account off"))
                .arg(login()),
        )
        .subcommand(
            Command::new("list")
                .about(ui.say("Các tài khoản và mã truy cập", "Accounts and tokens")),
        )
        .subcommand(
            Command::new("token")
                .about(ui.say(
                    "Tạo mã truy cập REST cho một hệ thống; chỉ in ra một lần",
                    "Make a REST token for another system; printed once",
                ))
                .arg(login())
                .arg(
                    Arg::new("label")
                        .long("label")
                        .value_name("TEXT")
                        .required(true)
                        .help(ui.say("Dùng cho việc gì", "What it is for")),
                ),
        )
        .subcommand(
            Command::new("backup")
                .about(ui.say(
                    "Sao lưu tài khoản, mã truy cập, webhook (kho: saoy archive backup)",
                    "Copy accounts, tokens, webhooks (the archive: saoy archive backup)",
                ))
                .arg(
                    Arg::new("file")
                        .required(true)
                        .value_name("FILE")
                        .value_parser(value_parser!(PathBuf))
                        .help(ui.say("Tệp mới", "A new file")),
                ),
        )
        .subcommand(
            Command::new("revoke")
                .about(ui.say("Thu hồi mã truy cập", "Revoke a token"))
                .arg(
                    Arg::new("id")
                        .required(true)
                        .value_name("N")
                        .value_parser(value_parser!(i64))
                        .help(ui.say(
                            "Số của mã, theo saoy account list",
                            "The token's number, by saoy account list",
                        )),
                ),
        )
}

/// Runs the command.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let data = serve::data(matches)?;
    let done = Accounts::open(&data, serve::world())
        .map_err(anyhow::Error::from)
        .and_then(|mut accounts| work(&mut accounts, matches, ui));
    let Err(error) = done else {
        return Ok(ExitCode::SUCCESS);
    };
    let Some(known) = error.downcast_ref::<AccountsError>() else {
        return Err(error);
    };
    let said = known.sentence();
    let code = if matches!(known, AccountsError::Refused(_)) {
        5
    } else {
        4
    };
    terminal::complain(
        ui,
        &Said(saoy_pipeline::record::Bilingual {
            vi: said.vi,
            en: said.en,
        })
        .into(),
    );
    Ok(ExitCode::from(code))
}

fn work(accounts: &mut Accounts, matches: &ArgMatches, ui: Ui) -> anyhow::Result<()> {
    let mut out = io::stdout();
    match matches.subcommand() {
        Some(("add", matches)) => {
            let login = given::<String>(matches, "login")?;
            accounts.add(login, Some(&password(matches, ui)?))?;
        }
        Some(("password", matches)) => {
            let login = given::<String>(matches, "login")?;
            accounts.set_password(login, &password(matches, ui)?)?;
        }
        Some(("disable", matches)) => accounts.disable(given::<String>(matches, "login")?)?,
        Some(("token", matches)) => {
            let login = given::<String>(matches, "login")?;
            // Another system needs no password: its account is made with its first token.
            if accounts.list()?.iter().all(|one| one.login != *login) {
                accounts.add(login, None)?;
            }
            let token = accounts.add_token(login, given::<String>(matches, "label")?)?;
            writeln!(out, "{token}")?;
            terminal::hint(
                ui,
                "hãy cất mã này: không xem lại được",
                "keep it: it cannot be shown again",
            );
        }
        Some(("backup", matches)) => accounts.backup(given::<PathBuf>(matches, "file")?)?,
        Some(("revoke", matches)) => accounts.revoke(*given::<i64>(matches, "id")?)?,
        _ => {
            for one in accounts.list()? {
                let kind = if one.system {
                    ui.say("hệ thống", "system")
                } else {
                    ui.say("người", "person")
                };
                let off = one.disabled.map_or_else(String::new, |at| {
                    format!("  {} {at}", ui.say("khóa", "disabled"))
                });
                writeln!(out, "{:<24} {kind}  {}{off}", one.login, one.made)?;
            }
            for one in accounts.tokens()? {
                let off = one.revoked.map_or_else(String::new, |at| {
                    format!("  {} {at}", ui.say("thu hồi", "revoked"))
                });
                writeln!(
                    out,
                    "{} {:>4}  {:<24} {}  {}{off}",
                    ui.say("mã", "token"),
                    one.id,
                    one.login,
                    one.label,
                    one.made
                )?;
            }
        }
    }
    Ok(())
}

fn password(matches: &ArgMatches, ui: Ui) -> anyhow::Result<Zeroizing<String>> {
    let secrets = Secrets::of(matches, ui);
    let password = secrets.pin(ui.say("Mật khẩu: ", "Password: "))?;
    if secrets.is_by_hand() {
        let again = secrets.pin(ui.say("Nhập lại: ", "Once more: "))?;
        anyhow::ensure!(
            password == again,
            Said(said!("hai lần nhập khác nhau", "the two do not match"))
        );
    }
    Ok(password)
}
