//! The reasons for which a document is set aside, in words that a clerk can act on, in both languages.

use std::path::Path;

use crate::record::{Bilingual, Failure, FailureClass};
use crate::speech::Spoken;

/// A reason with its fixed sentences; what varies (file, page, technical detail) is added around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The file has no bytes.
    Empty,
    /// The content is none of the formats read here.
    UnknownFormat,
    /// The file ends too early or its structure is broken.
    Damaged,
    /// The coding is legal but not read here.
    Unsupported,
    /// The page or file is larger than the named limits allow.
    TooLarge,
    /// The PDF is encrypted.
    Encrypted,
    /// The file cannot be opened or read.
    Unreadable,
    /// The file changed while it was being read.
    Changed,
    /// A file that is not ours has the name of an output.
    NameTaken,
    /// The chosen PDF/A part cannot hold the page.
    NotInProfile,
    /// The document bears a mark of secrecy.
    SecretMark,
    /// The output folder cannot be written.
    CannotWrite,
    /// The disk is full.
    DiskFull,
    /// The reader program or a model is missing.
    EngineMissing,
    /// The run was stopped first.
    Interrupted,
    /// A defect of this program.
    Defect,
}

impl Reason {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty_file",
            Self::UnknownFormat => "unknown_format",
            Self::Damaged => "damaged",
            Self::Unsupported => "unsupported",
            Self::TooLarge => "too_large",
            Self::Encrypted => "encrypted",
            Self::Unreadable => "unreadable",
            Self::Changed => "changed_while_read",
            Self::NameTaken => "name_taken",
            Self::NotInProfile => "not_in_profile",
            Self::SecretMark => "secret_mark",
            Self::CannotWrite => "cannot_write",
            Self::DiskFull => "disk_full",
            Self::EngineMissing => "engine_missing",
            Self::Interrupted => "interrupted",
            Self::Defect => "defect",
        }
    }

    /// Whose fault it is.
    pub fn class(self) -> FailureClass {
        match self {
            Self::Empty
            | Self::UnknownFormat
            | Self::Damaged
            | Self::Unsupported
            | Self::TooLarge
            | Self::Encrypted
            | Self::Unreadable
            | Self::Changed => FailureClass::Input,
            Self::NameTaken | Self::NotInProfile | Self::SecretMark => FailureClass::Policy,
            Self::CannotWrite | Self::DiskFull | Self::EngineMissing | Self::Defect => {
                FailureClass::Environment
            }
            Self::Interrupted => FailureClass::Interrupted,
        }
    }

    fn sentence(self) -> [&'static str; 2] {
        match self {
            Self::Empty => ["tệp rỗng", "the file is empty"],
            Self::UnknownFormat => [
                "không phải định dạng ảnh hoặc PDF đọc được",
                "not an image or PDF format that can be read",
            ],
            Self::Damaged => [
                "tệp hỏng hoặc bị cắt cụt",
                "the file is damaged or cut short",
            ],
            Self::Unsupported => [
                "kiểu mã hóa chưa được hỗ trợ",
                "a coding that is not supported",
            ],
            Self::TooLarge => ["vượt giới hạn kích thước", "larger than the limits allow"],
            Self::Encrypted => ["PDF được mã hóa bằng mật khẩu", "the PDF is encrypted"],
            Self::Unreadable => [
                "không mở hoặc không đọc được tệp",
                "the file cannot be opened or read",
            ],
            Self::Changed => [
                "tệp bị thay đổi trong khi đang đọc",
                "the file changed while it was being read",
            ],
            Self::NameTaken => [
                "đã có tệp khác mang tên kết quả",
                "another file already has the name of an output",
            ],
            Self::NotInProfile => [
                "trang không thể lưu theo chuẩn PDF/A đã chọn",
                "the chosen PDF/A part cannot hold the page",
            ],
            Self::SecretMark => [
                "tài liệu mang dấu chỉ độ mật, không được số hóa ở đây",
                "the document bears a secrecy mark and is not digitised here",
            ],
            Self::CannotWrite => [
                "không ghi được vào thư mục kết quả",
                "the output folder cannot be written",
            ],
            Self::DiskFull => ["hết dung lượng đĩa", "the disk is full"],
            Self::EngineMissing => [
                "thiếu bộ nhận dạng chữ hoặc dữ liệu ngôn ngữ",
                "the OCR reader or its model is missing",
            ],
            Self::Interrupted => [
                "lượt chạy bị dừng trước khi xong",
                "the run was stopped first",
            ],
            Self::Defect => ["lỗi của chương trình", "a defect of this program"],
        }
    }

    fn hint(self) -> [&'static str; 2] {
        match self {
            Self::Empty | Self::Damaged => [
                "quét lại hoặc chép lại tệp từ nguồn; bản gốc không bị thay đổi",
                "scan or copy the file again; the original was not touched",
            ],
            Self::UnknownFormat | Self::Unsupported => [
                "xuất lại tệp dưới dạng TIFF, JPEG, PNG, WebP, JPEG 2000 hoặc PDF",
                "export it again as TIFF, JPEG, PNG, WebP, JPEG 2000 or PDF",
            ],
            Self::TooLarge => [
                "quét ở độ phân giải thấp hơn hoặc tách tệp",
                "scan at a lower resolution or split the file",
            ],
            Self::Encrypted => [
                "gỡ mật khẩu bằng chương trình đã tạo ra tệp rồi chạy lại",
                "remove the password with the program that made it, then run again",
            ],
            Self::Unreadable => [
                "kiểm tra tệp còn tồn tại và quyền đọc",
                "check that the file exists and may be read",
            ],
            Self::Changed => [
                "chờ ghi xong tệp rồi chạy lại",
                "wait until the file is written, then run again",
            ],
            Self::NameTaken => [
                "chọn thư mục kết quả khác, hoặc thêm --force để ghi đè",
                "choose another output folder, or add --force to replace it",
            ],
            Self::NotInProfile => ["chọn --pdfa 2b", "choose --pdfa 2b"],
            Self::SecretMark => [
                "chuyển cho người quản lý tài liệu bí mật nhà nước; nội dung không được giữ lại, bản quét gốc còn nguyên",
                "hand it to the keeper of State secrets; nothing of its content was kept, the scan itself is untouched",
            ],
            Self::CannotWrite => [
                "kiểm tra quyền ghi và ổ đĩa",
                "check permissions and the disk",
            ],
            Self::DiskFull => [
                "giải phóng dung lượng rồi chạy lại cùng lệnh này; việc đã xong được giữ nguyên",
                "make room, then run the same command again; finished work is kept",
            ],
            Self::EngineMissing => ["chạy: saoy doctor", "run: saoy doctor"],
            Self::Interrupted => [
                "chạy lại cùng lệnh này để làm tiếp",
                "run the same command again to go on",
            ],
            Self::Defect => [
                "báo lỗi kèm tệp này; các tài liệu khác không bị ảnh hưởng",
                "report it with this file; no other document is affected",
            ],
        }
    }

    /// The failure of `file` in the fixed sentences alone: no page, no detail.
    pub fn without_detail(self, file: &Path) -> Failure {
        let file = file.display();
        let [vi, en] = self.sentence();
        self.failure(format!("{file}: {vi}"), format!("{file}: {en}"), None)
    }

    /// Whether `failure` has this reason.
    pub fn is_of(self, failure: &Failure) -> bool {
        failure.code == self.code()
    }

    /// The failure of `file`, at `page` (from 1) where known, with the technical detail.
    pub fn about(self, file: &Path, page: Option<u32>, detail: &dyn Spoken) -> Failure {
        let (file, detail) = (file.display(), detail.spoken());
        let [vi, en] = self.sentence();
        let (at_vi, at_en) = match page {
            Some(page) => (format!(", trang {page}"), format!(", page {page}")),
            None => (String::new(), String::new()),
        };
        self.failure(
            format!("{file}{at_vi}: {vi} ({})", detail.vi),
            format!("{file}{at_en}: {en} ({})", detail.en),
            page,
        )
    }

    fn failure(self, vi: String, en: String, page: Option<u32>) -> Failure {
        let [hint_vi, hint_en] = self.hint();
        Failure {
            code: self.code().to_owned(),
            class: self.class(),
            message: Bilingual {
                vi: one_line(&vi),
                en: one_line(&en),
            },
            hint: Bilingual {
                vi: hint_vi.to_owned(),
                en: hint_en.to_owned(),
            },
            page,
        }
    }

    /// The reason behind a failed write.
    pub fn of_write(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::CannotWrite,
        }
    }
}

/// File names and details may hold anything; a report line may not.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
