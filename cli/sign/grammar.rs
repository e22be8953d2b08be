//! What `saoy sign` may be told.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};

use super::queue;
use crate::words::Ui;

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
    let sign = Command::new("sign")
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
            flag(
                "later",
                ui.say(
                    "Ký ngay cả khi máy chủ dấu thời gian hay thu hồi không trả lời; mức được nâng sau: saoy sign queue run",
                    "Sign also while servers give no timestamp or revocation data; the level comes later: saoy sign queue run",
                ),
            )
            .conflicts_with("upgrade"),
        )
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
        ));
    let shared: Vec<Arg> = sign.get_arguments().cloned().collect();
    sign.subcommand(queue::command(ui, &shared))
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
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
