//! What can go wrong at a scanner, and what whoever stands beside it does next.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use saoy_pipeline::record::{Bilingual, FailureClass};
use saoy_pipeline::speech::Spoken;
use serde_json::{Value, json};

use crate::words::{Ui, said};

/// Why pages do not come.
#[derive(Debug)]
pub(super) enum Fault {
    /// The program is not there.
    NoProgram(PathBuf),
    /// The program cannot be run.
    Program(io::Error),
    /// SANE knows no scanner.
    NoScanner,
    /// There are several, and none was named.
    Several(Vec<String>),
    /// The scanner cannot do what was asked for.
    CannotDo { asked: String, has: String },
    /// A batch to go on with that is not there.
    NoBatch { name: String, folder: PathBuf },
    /// A name for a batch that is no name.
    BadName(String),
    /// What SANE says of the scanner.
    Status {
        status: Status,
        /// SANE's own words.
        words: String,
    },
    /// The user asked to stop.
    Stopped,
    /// A fault with pages that are there already.
    InBatch {
        fault: Box<Fault>,
        name: String,
        folder: PathBuf,
        out: PathBuf,
        pages: usize,
    },
}

/// The states of a scanner that a person can mend (SANE standard 1.06, 4.2.7), by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Unsupported,
    Cancelled,
    Busy,
    Invalid,
    Jammed,
    NoDocuments,
    CoverOpen,
    Io,
    NoMemory,
    Denied,
    /// Anything else, as when the program was killed.
    Other,
}

impl Status {
    /// By the exit code of `scanimage`, which is the status of the last page.
    pub(super) fn of_exit(code: Option<i32>) -> Self {
        match code {
            Some(1) => Self::Unsupported,
            Some(2) => Self::Cancelled,
            Some(3) => Self::Busy,
            Some(4) => Self::Invalid,
            Some(6) => Self::Jammed,
            Some(7) => Self::NoDocuments,
            Some(8) => Self::CoverOpen,
            Some(9) => Self::Io,
            Some(10) => Self::NoMemory,
            Some(11) => Self::Denied,
            _ => Self::Other,
        }
    }

    /// By SANE's words, for what ends before the first page and has one exit code for everything.
    pub(super) fn of_words(words: &str) -> Self {
        let known = [
            ("Access to resource has been denied", Self::Denied),
            ("Device busy", Self::Busy),
            ("Document feeder jammed", Self::Jammed),
            ("Document feeder out of documents", Self::NoDocuments),
            ("Scanner cover is open", Self::CoverOpen),
            ("Error during device I/O", Self::Io),
            ("Out of memory", Self::NoMemory),
            ("Operation not supported", Self::Unsupported),
            ("Invalid argument", Self::Invalid),
        ];
        known
            .iter()
            .find(|(said, _)| words.contains(said))
            .map_or(Self::Other, |(_, status)| *status)
    }

    /// The stable code of the event.
    fn code(self) -> &'static str {
        match self {
            Self::Unsupported => "unsupported",
            Self::Cancelled => "cancelled",
            Self::Busy => "device_busy",
            Self::Invalid => "invalid",
            Self::Jammed => "jammed",
            Self::NoDocuments => "no_documents",
            Self::CoverOpen => "cover_open",
            Self::Io => "io_error",
            Self::NoMemory => "no_memory",
            Self::Denied => "access_denied",
            Self::Other => "scanner_failed",
        }
    }

    fn sentence(self) -> [&'static str; 2] {
        match self {
            Self::Unsupported => [
                "máy quét không làm được việc này",
                "the scanner cannot do this",
            ],
            Self::Cancelled => [
                "máy quét đã hủy lượt quét",
                "the scan was cancelled at the scanner",
            ],
            Self::Busy => ["máy quét đang bận", "the scanner is busy"],
            Self::Invalid => [
                "máy quét không nhận thiết lập này, hoặc không có máy này",
                "the scanner does not take these settings, or there is no such scanner",
            ],
            Self::Jammed => ["kẹt giấy trong khay nạp", "paper is jammed in the feeder"],
            Self::NoDocuments => ["khay nạp không có giấy", "the feeder is empty"],
            Self::CoverOpen => ["nắp máy quét đang mở", "the scanner's cover is open"],
            Self::Io => [
                "mất liên lạc với máy quét",
                "the connection to the scanner failed",
            ],
            Self::NoMemory => [
                "máy quét hoặc trình điều khiển hết bộ nhớ",
                "scanner or driver are out of memory",
            ],
            Self::Denied => [
                "không có quyền dùng máy quét",
                "no permission to use the scanner",
            ],
            Self::Other => [
                "máy quét dừng không rõ nguyên nhân",
                "the scanner stopped for a reason it does not tell",
            ],
        }
    }

    fn hint(self) -> [&'static str; 2] {
        match self {
            Self::Unsupported | Self::Invalid => [
                "xem máy làm được gì: saoy scan --list --device MÁY",
                "see what it can do: saoy scan --list --device DEVICE",
            ],
            Self::Cancelled => ["quét lại", "scan again"],
            Self::Busy => [
                "đợi máy xong việc, hoặc đóng chương trình quét khác, rồi chạy lại",
                "wait until it is done, or close the other scanning program, then run again",
            ],
            Self::Jammed => [
                "mở khay, lấy tờ bị kẹt ra, đặt lại tờ đó và các tờ còn lại",
                "open the feeder, take out the jammed sheet, put it and the rest back",
            ],
            Self::NoDocuments => ["đặt giấy vào khay nạp", "put paper into the feeder"],
            Self::CoverOpen => ["đóng nắp máy", "close the cover"],
            Self::Io => [
                "kiểm tra dây, nguồn và mạng, tắt rồi bật lại máy quét",
                "check cable, power and network; switch the scanner off and on",
            ],
            Self::NoMemory => [
                "giảm độ phân giải (--resolution)",
                "lower the resolution (--resolution)",
            ],
            Self::Denied => [
                "thêm tài khoản vào nhóm scanner: sudo usermod -aG scanner TÀI_KHOẢN, rồi đăng nhập lại",
                "add the account to the group scanner: sudo usermod -aG scanner ACCOUNT, then log in again",
            ],
            Self::Other => [
                "chạy lại; nếu vẫn vậy, thử scanimage -d MÁY --test",
                "run again; if it stays so, try scanimage -d DEVICE --test",
            ],
        }
    }
}

impl Fault {
    /// By what `scanimage` ended with.
    pub(super) fn of(code: Option<i32>, words: &str) -> Self {
        let status = match Status::of_exit(code) {
            // Before the first page there is one code for everything that goes wrong.
            Status::Unsupported | Status::Other => match Status::of_words(words) {
                Status::Other => Status::of_exit(code),
                told => told,
            },
            told => told,
        };
        Self::Status {
            status,
            words: words.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }

    /// The fault with what is there already.
    pub(super) fn in_batch(self, name: &str, folder: &Path, out: &Path, pages: usize) -> Self {
        Self::InBatch {
            fault: Box::new(self),
            name: name.to_owned(),
            folder: folder.to_owned(),
            out: out.to_owned(),
            pages,
        }
    }

    /// The program's exit code.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Several(_) | Self::CannotDo { .. } | Self::NoBatch { .. } | Self::BadName(_) => 2,
            Self::Stopped => FailureClass::Interrupted.exit_code(),
            Self::InBatch { fault, .. } => fault.exit_code(),
            _ => FailureClass::Environment.exit_code(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoProgram(_) => "no_scanimage",
            Self::Program(_) => "scanimage_failed",
            Self::NoScanner => "no_scanner",
            Self::Several(_) => "several_scanners",
            Self::CannotDo { .. } => "unsupported",
            Self::NoBatch { .. } => "no_batch",
            Self::BadName(_) => "bad_name",
            Self::Status { status, .. } => status.code(),
            Self::Stopped => "stopped",
            Self::InBatch { fault, .. } => fault.code(),
        }
    }

    fn message(&self) -> Bilingual {
        match self {
            Self::NoProgram(program) => said!(
                "không có chương trình {}",
                "the program {} is missing",
                program.display()
            ),
            Self::Program(error) => {
                let said = error.spoken();
                Bilingual {
                    vi: format!("không chạy được scanimage: {}", said.vi),
                    en: format!("scanimage cannot be run: {}", said.en),
                }
            }
            Self::NoScanner => said!("không tìm thấy máy quét", "no scanner was found"),
            Self::Several(devices) => {
                let devices = devices.join(", ");
                said!(
                    "có nhiều máy quét: {devices}",
                    "there are several scanners: {devices}"
                )
            }
            Self::CannotDo { asked, has } => said!(
                "máy quét không có {asked}; có: {has}",
                "the scanner has no {asked}; it has: {has}"
            ),
            Self::NoBatch { name, folder } => said!(
                "không có tập “{0}” để quét tiếp ({1} không có)",
                "there is no batch {0:?} to go on with ({1} is not there)",
                name,
                folder.display()
            ),
            Self::BadName(name) => said!(
                "“{name}” không làm tên tập được",
                "{name:?} cannot be the name of a batch"
            ),
            Self::Status { status, words } => {
                let [vi, en] = status.sentence();
                let words = if words.is_empty() {
                    String::new()
                } else {
                    format!(" ({words})")
                };
                Bilingual {
                    vi: format!("{vi}{words}"),
                    en: format!("{en}{words}"),
                }
            }
            Self::Stopped => said!("đã dừng theo yêu cầu", "stopped as asked"),
            Self::InBatch { fault, .. } => fault.message(),
        }
    }

    fn hint(&self) -> Bilingual {
        match self {
            Self::NoProgram(_) | Self::Program(_) => said!(
                "chạy: sudo apt-get install sane-utils",
                "run: sudo apt-get install sane-utils"
            ),
            Self::NoScanner => said!(
                "kiểm tra dây và nguồn; máy quét mạng: sudo apt-get install sane-airscan; xem quyền: nhóm scanner; thử: sane-find-scanner",
                "check cable and power; for network scanners: sudo apt-get install sane-airscan; permissions: group scanner; try: sane-find-scanner"
            ),
            Self::Several(_) => said!("chọn một: --device MÁY", "choose one: --device DEVICE"),
            Self::CannotDo { .. } => said!(
                "chọn trong các giá trị trên, hoặc xem: saoy scan --list --device MÁY",
                "choose one of these, or see: saoy scan --list --device DEVICE"
            ),
            Self::NoBatch { .. } => said!(
                "xem tên các tập trong thư mục scans của thư mục kết quả",
                "see the names of batches in the folder scans of the output folder"
            ),
            Self::BadName(_) => said!(
                "dùng tên không có dấu / và không bắt đầu bằng dấu chấm",
                "use a name without / that does not begin with a dot"
            ),
            Self::Status { status, .. } => {
                let [vi, en] = status.hint();
                said!("{vi}", "{en}")
            }
            Self::Stopped => said!("chạy lại khi sẵn sàng", "run again when ready"),
            Self::InBatch {
                fault, pages: 0, ..
            } => fault.hint(),
            Self::InBatch {
                fault,
                name,
                folder,
                out,
                pages,
            } => {
                let (hint, folder, out) = (fault.hint(), folder.display(), out.display());
                Bilingual {
                    vi: format!(
                        "{}; {pages} trang đã quét được giữ trong {folder}; quét tiếp: saoy scan -o {out} --continue {name}; hoặc số hóa phần đã có: saoy digitize --folder-as-document {folder} -o {out}",
                        hint.vi
                    ),
                    en: format!(
                        "{}; the {pages} pages scanned so far are kept in {folder}; to go on: saoy scan -o {out} --continue {name}; or digitise what is there: saoy digitize --folder-as-document {folder} -o {out}",
                        hint.en
                    ),
                }
            }
        }
    }

    /// Message and hint in one.
    pub(super) fn sentence(&self) -> Bilingual {
        let (message, hint) = (self.message(), self.hint());
        Bilingual {
            vi: format!("lỗi: {}\n  gợi ý: {}", message.vi, hint.vi),
            en: format!("error: {}\n  hint: {}", message.en, hint.en),
        }
    }

    /// The event for those who read JSON Lines.
    pub(super) fn event(&self, pages: usize) -> Value {
        json!({
            "event": "scan_failed", "code": self.code(), "pages": pages,
            "message": self.message(), "hint": self.hint()
        })
    }

    /// Says it on standard error.
    pub(super) fn complain(&self, ui: Ui) {
        let _ = writeln!(io::stderr(), "{}", ui.of(&self.sentence()));
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message().en)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_told_in_both_languages_with_what_to_do() {
        for (code, expected) in [
            (2, "cancelled"),
            (3, "device_busy"),
            (6, "jammed"),
            (7, "no_documents"),
            (8, "cover_open"),
            (9, "io_error"),
            (10, "no_memory"),
            (11, "access_denied"),
            (139, "scanner_failed"),
        ] {
            let fault = Fault::of(Some(code), "");
            assert_eq!(fault.code(), expected);
            assert_eq!(fault.exit_code(), 4);
            let said = fault.sentence();
            assert!(
                said.vi.contains("gợi ý: ") && said.en.contains("hint: "),
                "{said:?}"
            );
        }
        let busy = Fault::of(
            Some(1),
            "scanimage: open of device epson:1 failed: Device busy",
        );
        assert_eq!(busy.code(), "device_busy");
    }
}
