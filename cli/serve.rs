//! `saoy serve`: the pages and the REST interface.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_server::{Accounts, Settings, SigningKey, Tls, World};

use crate::args::given;
use crate::words::{Said, Ui, said};
use crate::{archive, digitize, engine, terminal};

/// How often it looks whether it shall stop.
const LOOK: Duration = Duration::from_millis(100);

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    let path = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(value_parser!(PathBuf))
            .help(help.to_owned())
    };
    Command::new("serve")
        .about(ui.say(
            "Trang web và REST: kiểm tra, tra cứu, chứng thực, rà soát, kho lưu trữ",
            "Web pages and REST: verify, look up, certify, review, archive",
        ))
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("ADDR")
                .default_value("127.0.0.1:8460")
                .value_parser(value_parser!(SocketAddr))
                .help(ui.say(
                    "Địa chỉ và cổng; ngoài máy này thì cần --tls-cert và --tls-key, hoặc --behind-proxy",
                    "Address and port; beyond this machine it takes --tls-cert and --tls-key, or --behind-proxy",
                )),
        )
        .arg(path("tls-cert", "FILE", ui.say("Chứng thư TLS và chuỗi của nó, PEM", "TLS certificate and its chain, PEM")).requires("tls-key"))
        .arg(path("tls-key", "FILE", ui.say("Khóa TLS, PEM", "TLS key, PEM")).requires("tls-cert"))
        .arg(
            Arg::new("behind-proxy")
                .long("behind-proxy")
                .action(ArgAction::SetTrue)
                .help(ui.say(
                    "Một máy chủ khác đứng trước và lo TLS",
                    "Another server stands in front and does TLS",
                )),
        )
        .arg(
            path("station", "DIR", ui.say(
                "Thư mục kết quả của digitize, scan hoặc watch để rà soát tại đây",
                "An output folder of digitize, scan or watch that is reviewed here",
            ))
            .action(ArgAction::Append),
        )
        .arg(
            path("trust", "DIR|FILE", ui.say(
                "Chứng thư được tin cậy, thay cho thư mục tin cậy",
                "Certificates trusted in place of the trust folder",
            ))
            .action(ArgAction::Append),
        )
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("NAME=KEYREF")
                .action(ArgAction::Append)
                .help(ui.say(
                    "Khóa ký được chọn trên trang chứng thực, ví dụ \"Chủ tịch=pkcs11:token=Chu%20tich\"; mã PIN hỏi mỗi lần ký",
                    "A key that may be chosen for signing, such as \"Chairman=pkcs11:token=Chu%20tich\"; its PIN is asked at each signing",
                )),
        )
        .arg(
            Arg::new("account")
                .long("account")
                .value_name("NAME=FILE")
                .action(ArgAction::Append)
                .help(ui.say(
                    "Tài khoản ở dịch vụ ký số từ xa cho khóa csc: tên đó, như --account của saoy sign",
                    "The account at the signing service for the csc: key of that name, as --account of saoy sign",
                )),
        )
        .arg(
            Arg::new("level")
                .long("level")
                .value_name("LEVEL")
                .value_parser(PossibleValuesParser::new(["b", "t", "lt", "lta"]))
                .default_value("b")
                .help(ui.say("Mức PAdES của chữ ký tạo trên trang", "PAdES level of signatures made on the pages")),
        )
        .arg(
            Arg::new("tsa")
                .long("tsa")
                .value_name("URL")
                .required_if_eq_any([("level", "t"), ("level", "lt"), ("level", "lta")])
                .help(ui.say("Máy chủ dấu thời gian", "Timestamp server")),
        )
        .arg(
            Arg::new("max-upload")
                .long("max-upload")
                .value_name("MB")
                .default_value("200")
                .value_parser(value_parser!(u64).range(1..=100_000))
                .help(ui.say("Tệp gửi lên lớn nhất, MB", "Largest upload, MB")),
        )
        .arg(
            Arg::new("upload-time")
                .long("upload-time")
                .value_name("SECONDS")
                .default_value("300")
                .value_parser(value_parser!(u64).range(1..=86_400))
                .help(ui.say("Thời gian gửi một tệp lâu nhất, giây", "Longest time for one upload, seconds")),
        )
        .arg(
            Arg::new("quiet")
                .long("quiet")
                .action(ArgAction::SetTrue)
                .help(ui.say("Không ghi nhật ký từng yêu cầu", "Do not log each request")),
        )
        .arg(path("reader", "PROGRAM", "").hide(true))
}

/// Runs until it is told to stop.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let listen = *given::<SocketAddr>(matches, "listen")?;
    let tls = matches
        .get_one::<PathBuf>("tls-cert")
        .cloned()
        .zip(matches.get_one::<PathBuf>("tls-key").cloned())
        .map(|(certificates, key)| Tls { certificates, key });
    let proxied = matches.get_flag("behind-proxy");
    if !listen.ip().is_loopback() && tls.is_none() && !proxied {
        let why = said!(
            "{} ở ngoài máy này: mật khẩu và hồ sơ không được đi qua mạng mà không mã hóa; thêm --tls-cert và --tls-key, hoặc --behind-proxy nếu một máy chủ khác lo TLS",
            "{} is beyond this machine: passwords and records must not cross a network in the clear; add --tls-cert and --tls-key, or --behind-proxy where another server does TLS",
            listen
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(ExitCode::from(2));
    }
    let (keys, accounts) = match (pairs(matches, "key", ui), pairs(matches, "account", ui)) {
        (Ok(keys), Ok(accounts)) => (keys, accounts),
        (Err(code), _) | (_, Err(code)) => return Ok(code),
    };
    if let Some((name, _)) = accounts
        .iter()
        .find(|(name, _)| keys.iter().all(|(known, _)| known != name))
    {
        let why = said!(
            "--account {}: không có --key tên đó",
            "--account {}: there is no --key of that name",
            name
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(ExitCode::from(2));
    }
    let paths = |name: &str| -> anyhow::Result<Vec<PathBuf>> {
        matches
            .get_many::<PathBuf>(name)
            .into_iter()
            .flatten()
            .map(|path| std::path::absolute(path).with_context(|| path.display().to_string()))
            .collect()
    };
    let data = data(matches)?;
    let settings = Settings {
        listen,
        data: data.clone(),
        archive_key: archive::key::of_folder(matches)?,
        program: std::env::current_exe()?,
        reader: matches.get_one::<PathBuf>("reader").cloned(),
        stations: paths("station")?,
        trust: paths("trust")?,
        keys: keys
            .into_iter()
            .map(|(name, reference)| {
                let account = accounts.iter().find(|(known, _)| *known == name);
                let account = account
                    .map(|(_, file)| std::path::absolute(file))
                    .transpose()?;
                Ok(SigningKey {
                    name,
                    reference,
                    account,
                })
            })
            .collect::<io::Result<Vec<SigningKey>>>()?,
        level: level(matches),
        upload: given::<u64>(matches, "max-upload")? << 20,
        patience: Duration::from_secs(*given::<u64>(matches, "upload-time")?),
        log: !matches.get_flag("quiet"),
        secure: tls.is_some() || proxied,
    };
    let world = world();
    let people = Accounts::open(&data, world.clone())?;
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let running = saoy_server::start(settings, world, people, tls.as_ref()).with_context(|| {
        Said(said!(
            "không mở được {}; cổng có thể đang được dùng (chọn cổng khác bằng --listen), hoặc chứng thư TLS không đọc được",
            "{} could not be opened; the port may be in use (choose another with --listen), or the TLS certificate cannot be read",
            listen
        ))
    })?;
    writeln!(io::stdout(), "{scheme}://{}/", running.address())?;
    io::stdout().flush()?;
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK);
    }
    running.stop();
    Ok(ExitCode::SUCCESS)
}

/// The pairs NAME=VALUE of an option; complains about what is none.
fn pairs(matches: &ArgMatches, name: &str, ui: Ui) -> Result<Vec<(String, String)>, ExitCode> {
    let mut pairs = Vec::new();
    for given in matches.get_many::<String>(name).into_iter().flatten() {
        let Some((key, value)) = given
            .split_once('=')
            .filter(|(name, _)| !name.contains(':'))
        else {
            let why = said!(
                "--{} cần dạng TÊN=GIÁ-TRỊ, không phải {}",
                "--{} wants NAME=VALUE, not {}",
                name,
                given
            );
            terminal::complain(ui, &Said(why).into());
            return Err(ExitCode::from(2));
        };
        pairs.push((key.trim().to_owned(), value.to_owned()));
    }
    Ok(pairs)
}

/// Level and timestamp server of what is signed on the pages, as `saoy certify` takes them.
fn level(matches: &ArgMatches) -> Vec<String> {
    let typed = |name: &str| matches.get_one::<String>(name).cloned();
    let pairs = [("--level", typed("level")), ("--tsa", typed("tsa"))];
    pairs
        .into_iter()
        .filter_map(|(option, value)| Some([option.to_owned(), value?]))
        .flatten()
        .collect()
}

/// The data folder.
pub(crate) fn data(matches: &ArgMatches) -> anyhow::Result<PathBuf> {
    engine::data_folder(matches).context(Said(said!(
        "không biết thư mục dữ liệu ở đâu; thêm --data DIR",
        "cannot tell where the data folder is; add --data DIR"
    )))
}

/// The machine's clock and random numbers.
pub(crate) fn world() -> World {
    World {
        now: jiff::Timestamp::now,
        random: |bytes| {
            use ring::rand::SecureRandom as _;
            ring::rand::SystemRandom::new()
                .fill(bytes)
                .map_err(|_| io::Error::other("no random numbers"))
        },
    }
}
