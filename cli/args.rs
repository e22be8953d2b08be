//! What was typed: the grammar of the command line, with its help in both languages.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::words::Ui;

/// The whole grammar.
pub(crate) fn command(ui: Ui) -> Command {
    let command = grammar(ui);
    #[cfg(feature = "manual")]
    let command = command.subcommand(crate::manual::command());
    match ui {
        Ui::En => command,
        Ui::Vi => in_vietnamese(command),
    }
}

fn grammar(ui: Ui) -> Command {
    Command::new("saoy")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ui.say(
            "Biến hồ sơ giấy đã quét thành PDF/A tìm kiếm được",
            "Turns scanned paper records into searchable PDF/A",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .arg(
            Arg::new("ui")
                .long("ui")
                .global(true)
                .value_parser(PossibleValuesParser::new(["vi", "en"]))
                .help(ui.say("Ngôn ngữ thông báo (mặc định theo hệ thống)", "Language of messages (default: the locale's)")),
        )
        .arg(
            Arg::new("data")
                .long("data")
                .global(true)
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Thư mục dữ liệu của chương trình (mặc định: SAOY_DATA, rồi thư mục dữ liệu XDG)",
                    "The program's data folder (default: SAOY_DATA, then the XDG data directory)",
                )),
        )
        .arg(crate::archive::key::option(ui))
        .subcommand(digitize(ui))
        .subcommand(correct(ui))
        .subcommand(quality(ui))
        .subcommand(separators(ui))
        .subcommand(crate::verify::command(ui))
        .subcommand(crate::trust::command(ui))
        .subcommand(crate::certify::command(ui))
        .subcommand(crate::archive::command(ui))
        .subcommand(crate::report::command(ui))
        .subcommand(crate::render::command(ui))

        .subcommand(crate::watch::command(ui))
        .subcommand(crate::scan::command(ui))
        .subcommand(crate::sign::command(ui))
        .subcommand(crate::serve::command(ui))
        .subcommand(crate::account::command(ui))
        .subcommand(crate::page_text::command(ui))
        .subcommand(doctor(ui))
        .subcommand(crate::train::command(ui))
}

/// Replaces the words that the parser's own help is made of, which it has in English only.
fn in_vietnamese(command: Command) -> Command {
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help("In hướng dẫn này");
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help("In phiên bản");
    let root = command.disable_version_flag(true).arg(version);
    spoken(root, &help)
}

/// A command and those below it with headings and help in Vietnamese.
fn spoken(command: Command, help: &Arg) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    let command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help.clone())
        .help_template("{about-with-newline}\nCách dùng: {usage}\n\n{all-args}")
        .mut_args(explained)
        .subcommand_help_heading("Lệnh")
        .subcommand_value_name("LỆNH");
    names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |one| spoken(one, help))
    })
}

/// An argument with its values and its default said in Vietnamese.
fn explained(argument: Arg) -> Arg {
    let heading = if argument.is_positional() {
        "Đối số"
    } else {
        "Tùy chọn"
    };
    let argument = argument.help_heading(heading);
    if !argument.get_action().takes_values() {
        return argument;
    }
    let mut said = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if !values.is_empty() {
        said += &format!(" [các giá trị: {}]", values.join(", "));
    }
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if !defaults.is_empty() {
        said += &format!(" [mặc định: {}]", defaults.join(", "));
    }
    argument
        .help(said)
        .hide_possible_values(true)
        .hide_default_value(true)
}

pub(crate) fn digitize(ui: Ui) -> Command {
    Command::new("digitize")
        .about(ui.say(
            "Số hóa: đọc bản quét, tạo PDF/A có lớp văn bản và bản ghi JSON",
            "Digitise: scans in, searchable PDF/A and a JSON record out",
        ))
        .arg(
            Arg::new("inputs")
                .required_unless_present("evaluate")
                .num_args(1..)
                .value_name("FILE|DIR")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Tệp hoặc thư mục: TIFF, JPEG, PNG, WebP, JPEG 2000, PDF",
                    "Files or folders: TIFF, JPEG, PNG, WebP, JPEG 2000, PDF",
                )),
        )
        .arg(
            Arg::new("out")
                .short('o')
                .long("out")
                .required(true)
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Thư mục kết quả", "Output folder")),
        )
        .arg(
            Arg::new("lang")
                .long("lang")
                .default_value("vie")
                .value_name("LANG")
                .help(ui.say("Ngôn ngữ của văn bản, ví dụ vie hoặc vie+eng", "Language of the papers, such as vie or vie+eng")),
        )
        .arg(
            Arg::new("jobs")
                .short('j')
                .long("jobs")
                .value_name("N")
                .value_parser(value_parser!(u16).range(1..=1024))
                .help(ui.say("Số trang xử lý cùng lúc (mặc định: số nhân CPU)", "Pages at a time (default: the number of CPUs)")),
        )
        .arg(
            Arg::new("sidecar")
                .long("sidecar")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .value_parser(PossibleValuesParser::new(SIDECARS))
                .default_values(["txt", "json"])
                .help(ui.say("Tệp đi kèm", "Files beside the PDF")),
        )
        .arg(
            Arg::new("pdfa")
                .long("pdfa")
                .default_value("2b")
                .value_parser(PossibleValuesParser::new(PDFA))
                .help(ui.say("Chuẩn PDF/A của kết quả", "PDF/A part and level of the output")),
        )
        .arg(
            Arg::new("text")
                .long("text")
                .default_value("skip")
                .value_parser(PossibleValuesParser::new(TEXT))
                .help(ui.say(
                    "Khi trang PDF đã có chữ: skip = giữ chữ sẵn có; redo = thay lớp chữ ẩn; force = coi mọi trang là ảnh",
                    "When a PDF page has text: skip = keep it; redo = replace a hidden text layer; force = treat every page as an image",
                )),
        )
        .arg(
            Arg::new("profile")
                .long("profile")
                .value_name("NAME")
                .help(ui.say(
                    "Hồ sơ thiết lập: archive (giữ nguyên ảnh quét), small (nén nhỏ), enhanced (xoay thẳng, trắng nền), \
                     tên tệp trong thư mục profiles của thư mục dữ liệu, hoặc đường dẫn tệp TOML",
                    "Profile: archive (the scan stays as it is), small (compressed), enhanced (level, on white paper), \
                     a name among the data folder's profiles, or the path of a TOML file",
                )),
        )
        .arg(
            Arg::new("folder-as-document")
                .long("folder-as-document")
                .action(ArgAction::SetTrue)
                .help(ui.say("Mỗi thư mục là một văn bản", "A folder is one document")),
        )
        .arg(
            Arg::new("split")
                .long("split")
                .default_value("none")
                .value_parser(PossibleValuesParser::new(["none", "sheets", "auto"]))
                .help(ui.say(
                    "Tách một tệp thành nhiều văn bản: none = không tách; sheets = tại tờ phân cách; auto = cả nơi trang cho thấy văn bản mới bắt đầu",
                    "Cut one input into several documents: none = never; sheets = at separator sheets; auto = also where a page shows that a new one begins",
                )),
        )
        .arg(
            Arg::new("page-limit")
                .long("page-limit")
                .value_name("SECONDS")
                .default_value("120")
                .value_parser(value_parser!(u32).range(1..=86_400))
                .help(ui.say("Thời gian tối đa để nhận dạng một trang, giây", "Longest time to read one page, in seconds")),
        )
        .arg(
            Arg::new("reader")
                .long("reader")
                .value_name("PROGRAM")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Chương trình nhận dạng chữ (mặc định: saoy-reader cạnh saoy)",
                    "The OCR reader program (default: saoy-reader beside saoy)",
                )),
        )
        .arg(
            Arg::new("evaluate")
                .long("evaluate")
                .value_name("LABELS.tsv")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "So kết quả trong thư mục ra với nhãn: path, type, number_symbol, date, agency, subject, tags (không có đầu vào: chỉ so)",
                    "Compare the results in the output folder with labels: path, type, number_symbol, date, agency, subject, tags (without inputs: only compare)",
                )),
        )
        .arg(flag("force", ui.say("Làm lại và ghi đè kết quả cũ", "Do it again and replace earlier results")))
        .arg(flag("dry-run", ui.say("Chỉ liệt kê việc sẽ làm", "Only list what would be done")))
        .arg(flag("json", ui.say("In bản ghi của lượt chạy dưới dạng JSON", "Print the run's record as JSON")))
        .arg(
            Arg::new("progress")
                .long("progress")
                .default_value("auto")
                .value_parser(PossibleValuesParser::new(["auto", "json", "none"]))
                .help(ui.say("Tiến độ: auto, json (JSON Lines ra stderr), none", "Progress: auto, json (JSON Lines on stderr), none")),
        )
}

/// Values of `--sidecar`.
pub(crate) const SIDECARS: [&str; 4] = ["txt", "json", "hocr", "alto"];
/// Values of `--pdfa`.
pub(crate) const PDFA: [&str; 4] = ["1b", "2b", "2u", "3b"];
/// Values of `--text`.
pub(crate) const TEXT: [&str; 3] = ["skip", "redo", "force"];

fn correct(ui: Ui) -> Command {
    Command::new("correct")
        .about(ui.say(
            "Sửa kết quả số hóa: trường, loại văn bản, trang; chấp nhận hoặc trả lại",
            "Put a digitised document right: fields, type, pages; accept it or send it back",
        ))
        .arg(
            Arg::new("document")
                .required(true)
                .value_name("DOCUMENT")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Kết quả cần sửa, ví dụ out/NAME.json hoặc out/NAME.pdf",
                    "The result to put right, such as out/NAME.json or out/NAME.pdf",
                )),
        )
        .arg(
            Arg::new("pages")
                .value_name("page OP N ...")
                .num_args(0..)
                .help(ui.say(
                    "Sửa trang: page rotate N 90|180|270 · page drop N · page replace N TỆP[#TRANG] · page insert N TỆP[#TRANG] (chèn sau trang N, 0 = đầu) · page restore N (trang N của bản quét như cũ) · page move N M (trang N thành trang M) · page split N (văn bản mới từ trang N) · merge (gộp văn bản sau của cùng bản quét) · merge VĂN-BẢN (gộp một văn bản bất kỳ của thư mục này)",
                    "Pages: page rotate N 90|180|270 · page drop N · page replace N FILE[#PAGE] · page insert N FILE[#PAGE] (after page N, 0 = first) · page restore N (page N of the scan as it was) · page move N M (page N becomes page M) · page split N (a new document from page N) · merge (the next document of the same scan joins) · merge DOCUMENT (any document of this folder joins)",
                )),
        )
        .arg(
            Arg::new("field")
                .long("field")
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help(ui.say(
                    "Giá trị đúng của một trường; để trống sau dấu = nếu giấy không ghi",
                    "The right value of a field; nothing after = when the paper has none",
                )),
        )
        .arg(
            Arg::new("type")
                .long("type")
                .value_name("CODE")
                .help(ui.say("Loại văn bản, ví dụ QĐ", "Type of the document, such as QĐ")),
        )
        .arg(
            Arg::new("confirm")
                .long("confirm")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help(ui.say(
                    "Trường này (hoặc type) máy đã đọc đúng: có người đã xem",
                    "This field (or type) was read right: a person looked at it",
                )),
        )
        .arg(
            Arg::new("changes")
                .long("changes")
                .value_name("FILE|-")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Nhiều điều cần sửa từ một tệp JSON hoặc từ đầu vào chuẩn (docs/records.md)",
                    "Several things to put right, from a JSON file or standard input (docs/records.md)",
                )),
        )
        .arg(wait(ui))
        .arg(flag("accept", ui.say("Kết quả đúng, chấp nhận", "The result is right, accept it")))
        .arg(
            Arg::new("send-back")
                .long("send-back")
                .value_name("REASON")
                .conflicts_with("accept")
                .help(ui.say("Trả lại để quét lại, kèm lý do", "Send it back to be scanned again, with the reason")),
        )
        .arg(
            Arg::new("by")
                .long("by")
                .value_name("NAME")
                .help(ui.say("Người sửa (mặc định: tài khoản đang đăng nhập)", "Who says so (default: the account in use)")),
        )
        .arg(
            Arg::new("reader")
                .long("reader")
                .value_name("PROGRAM")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Chương trình nhận dạng chữ", "The OCR reader program")),
        )
        .arg(flag("json", ui.say("In bản ghi sau khi sửa dưới dạng JSON", "Print the record as it then is")))
}

fn wait(ui: Ui) -> Arg {
    Arg::new("wait")
        .long("wait")
        .value_name("SECONDS")
        .default_value("0")
        .value_parser(value_parser!(u64).range(0..=3600))
        .help(ui.say(
            "Đợi tối đa bấy nhiêu giây khi một lệnh khác đang dùng thư mục kết quả",
            "Wait so long while another command works in the output folder",
        ))
}

fn quality(ui: Ui) -> Command {
    Command::new("quality")
        .about(ui.say(
            "Kiểm tra chất lượng: rút mẫu cho người xem, báo cáo tỷ lệ lỗi",
            "Quality control: draws a sample for people to look at, reports the error rate",
        ))
        .arg(
            Arg::new("out")
                .required(true)
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Thư mục kết quả của lượt số hóa", "Output folder of the digitisation")),
        )
        .arg(
            Arg::new("sample")
                .long("sample")
                .value_name("all|N%")
                .help(ui.say(
                    "Rút mẫu: all (tất cả) hoặc tỷ lệ ngẫu nhiên, ví dụ 30%; in tên các văn bản",
                    "Draw a sample: all, or a random share such as 30%; prints the names of the documents",
                )),
        )
        .arg(
            Arg::new("by")
                .long("by")
                .value_name("NAME")
                .help(ui.say("Người rút mẫu (mặc định: tài khoản đang đăng nhập)", "Who draws it (default: the account in use)")),
        )
        .arg(wait(ui))
        .arg(flag("json", ui.say("In dưới dạng JSON", "Print as JSON")))
}

fn separators(ui: Ui) -> Command {
    Command::new("separators")
        .about(ui.say(
            "In tờ phân cách để đặt giữa các văn bản trước khi quét cả tập",
            "Makes separator sheets to lay between documents before scanning the pile",
        ))
        .arg(
            Arg::new("out")
                .short('o')
                .long("out")
                .required(true)
                .value_name("FILE.pdf")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Tệp PDF sẽ tạo", "The PDF to make")),
        )
        .arg(
            Arg::new("count")
                .long("count")
                .value_name("N")
                .default_value("1")
                .value_parser(value_parser!(u32).range(1..=1000))
                .help(ui.say("Số tờ", "How many sheets")),
        )
        .arg(
            Arg::new("code")
                .long("code")
                .default_value("qr")
                .value_parser(PossibleValuesParser::new(["qr", "code128"]))
                .help(ui.say("Loại mã", "Kind of code")),
        )
        .arg(
            // Takes the place of the data folder, which this command does not need.
            Arg::new("data")
                .long("data")
                .value_name("KEY=VALUE")
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Dữ liệu ghi vào bản ghi của văn bản sau tờ này, ví dụ box=17, record=04, profile=small, unit=...; {n} là số thứ tự tờ",
                    "Data for the record of the document after the sheet, such as box=17, record=04, profile=small, unit=...; {n} is the sheet's number",
                )),
        )
        .arg(flag("patch-t", ui.say("Thêm mã Patch T ở bốn cạnh cho máy quét", "Add patch code T on all four edges, for scanners")))
        .arg(flag("force", ui.say("Ghi đè tệp đã có", "Replace a file that is there")))
}

fn doctor(ui: Ui) -> Command {
    Command::new("doctor")
        .about(ui.say(
            "Kiểm tra máy này còn thiếu gì và lệnh để bổ sung",
            "Says what is missing on this machine and the command that mends it",
        ))
        .arg(
            Arg::new("reader")
                .long("reader")
                .value_name("PROGRAM")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Chương trình nhận dạng chữ", "The OCR reader program")),
        )
        .arg(flag("json", ui.say("In dưới dạng JSON", "Print as JSON")))
}

fn flag(name: &'static str, help: &str) -> Arg {
    Arg::new(name)
        .long(name)
        .action(ArgAction::SetTrue)
        .help(help.to_owned())
}

/// The value of an argument that the grammar requires or gives a default.
pub(crate) fn given<'a, T: Clone + Send + Sync + 'static>(
    matches: &'a ArgMatches,
    name: &str,
) -> anyhow::Result<&'a T> {
    matches
        .get_one::<T>(name)
        .ok_or_else(|| anyhow::anyhow!("argument {name} has no value"))
}
