//! Errors in words: what every error that a person may see says in Vietnamese and in English.

use std::fmt::Display;
use std::io;
use std::path::PathBuf;

use saoy_ocr::{ImageError, ModelError, OcrError};
use saoy_pdf::{PdfError, Repair};

use crate::compose;
use crate::driver::RunError;
use crate::preprocess::{PrepareError, Side};
use crate::record::{Bilingual, said};

/// Something that can be told to a person in both languages of the program.
pub trait Spoken {
    /// One clause in each language: lower case, no full stop.
    fn spoken(&self) -> Bilingual;
}

impl Spoken for Bilingual {
    fn spoken(&self) -> Bilingual {
        self.clone()
    }
}

/// A path says itself.
impl Spoken for std::path::Display<'_> {
    fn spoken(&self) -> Bilingual {
        said!("{}", "{}", self)
    }
}

/// What the system says; its own words are English, so the common kinds have Vietnamese ones.
impl Spoken for io::Error {
    fn spoken(&self) -> Bilingual {
        use io::ErrorKind as Kind;
        let known = match self.kind() {
            Kind::NotFound => "không tìm thấy tệp hoặc thư mục",
            Kind::PermissionDenied => "không có quyền truy cập",
            Kind::AlreadyExists => "đã tồn tại",
            Kind::StorageFull => "hết dung lượng đĩa",
            Kind::QuotaExceeded => "hết hạn mức đĩa",
            Kind::ReadOnlyFilesystem => "hệ thống tệp chỉ cho đọc",
            Kind::FileTooLarge => "tệp quá lớn",
            Kind::IsADirectory => "là thư mục",
            Kind::NotADirectory => "không phải thư mục",
            Kind::DirectoryNotEmpty => "thư mục không rỗng",
            Kind::OutOfMemory => "hết bộ nhớ",
            Kind::UnexpectedEof => "dữ liệu kết thúc sớm",
            Kind::BrokenPipe => "đường ống bị đóng",
            Kind::TimedOut => "quá thời gian chờ",
            Kind::Interrupted => "bị ngắt",
            Kind::WouldBlock => "tài nguyên đang bận",
            Kind::ResourceBusy => "đang được dùng",
            Kind::InvalidInput | Kind::InvalidData => "dữ liệu không hợp lệ",
            Kind::InvalidFilename => "tên tệp không hợp lệ",
            Kind::StaleNetworkFileHandle | Kind::NetworkDown | Kind::HostUnreachable => {
                "mất kết nối với ổ đĩa mạng"
            }
            _ => "lỗi của hệ thống",
        };
        let vi = match self.raw_os_error() {
            Some(number) => format!("{known} (lỗi hệ thống {number})"),
            None => format!("{known} (“{self}”)"),
        };
        Bilingual {
            vi,
            en: self.to_string(),
        }
    }
}

/// The English is the error's own; this adds the Vietnamese.
fn with(error: &dyn Display, vi: String) -> Bilingual {
    Bilingual {
        vi,
        en: error.to_string(),
    }
}

impl Spoken for OcrError {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::Image(error) => return error.spoken(),
            Self::Model(error) => return error.spoken(),
            Self::Missing { program } => {
                format!("thiếu chương trình nhận dạng chữ {}", program.display())
            }
            Self::Start { program, source } => format!(
                "không khởi động được chương trình nhận dạng chữ {}: {}",
                program.display(),
                source.spoken().vi
            ),
            Self::Version {
                program,
                found,
                expected,
            } => format!(
                "chương trình nhận dạng chữ {} dùng giao thức bản {found}, cần bản {expected}",
                program.display()
            ),
            Self::TimedOut { limit, .. } => format!(
                "chương trình nhận dạng chữ không trả lời trong {} giây",
                limit.as_secs_f32()
            ),
            Self::OutOfMemory { limit, .. } => format!(
                "chương trình nhận dạng chữ cần hơn {} MB bộ nhớ",
                limit >> 20
            ),
            Self::Crashed { signal, .. } => {
                format!("chương trình nhận dạng chữ bị kết thúc bởi tín hiệu {signal}")
            }
            Self::Exited { code, .. } => {
                format!("chương trình nhận dạng chữ kết thúc với mã {code} mà không trả lời")
            }
            Self::Garbled { .. } => {
                "không hiểu được câu trả lời của chương trình nhận dạng chữ".to_owned()
            }
            Self::Refused { reason } => format!("bộ nhận dạng chữ từ chối (“{reason}”)"),
            Self::Pipe { source } => format!(
                "mất liên lạc với chương trình nhận dạng chữ: {}",
                source.spoken().vi
            ),
            other => format!("lỗi của bộ nhận dạng chữ (“{other}”)"),
        };
        with(self, vi)
    }
}

impl Spoken for ModelError {
    fn spoken(&self) -> Bilingual {
        let list = |folders: &[PathBuf]| {
            let folders: Vec<String> = folders
                .iter()
                .map(|folder| folder.display().to_string())
                .collect();
            folders.join(", ")
        };
        let vi = match self {
            Self::Missing { language, searched } => format!(
                "không có dữ liệu ngôn ngữ {language} trong {}",
                list(searched)
            ),
            Self::Language { language } => format!("“{language}” không phải tên ngôn ngữ"),
            Self::Folder { folder } => format!(
                "tên thư mục {} không dùng được cho bộ nhận dạng chữ",
                folder.display()
            ),
            Self::Unreadable { file, source } => format!(
                "không đọc được tệp dữ liệu ngôn ngữ {}: {}",
                file.display(),
                source.spoken().vi
            ),
            other => format!("lỗi của dữ liệu ngôn ngữ (“{other}”)"),
        };
        with(self, vi)
    }
}

impl Spoken for ImageError {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::Size { width, height } => {
                format!("không nhận dạng được ảnh {width} x {height} px")
            }
            Self::Short {
                width,
                height,
                needed,
                bytes,
            } => format!("ảnh {width} x {height} px cần {needed} byte, chỉ có {bytes}"),
            Self::Outside {
                x,
                y,
                w,
                h,
                width,
                height,
            } => format!("phần {w} x {h} px tại ({x}, {y}) nằm ngoài ảnh {width} x {height} px"),
            other => format!("ảnh không hợp lệ (“{other}”)"),
        };
        with(self, vi)
    }
}

impl Spoken for PdfError {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::NotPdf { len } => {
                format!("không phải PDF: không có phần đầu hay đối tượng nào trong {len} byte")
            }
            Self::Truncated { at, .. } => format!("bị cắt cụt: tệp kết thúc tại byte {at}"),
            Self::NoCatalog { at } => {
                format!("không có mục lục tài liệu (đã tìm đến byte {at})")
            }
            Self::NoPages { at, .. } => format!("không có trang nào (byte {at})"),
            Self::MissingPage { page, id, len } => {
                format!("thiếu trang {page}: đối tượng {id} không có trong tệp dài {len} byte")
            }
            Self::NoSuchPage { page, count } => {
                format!("không có trang {page}: tài liệu có {count} trang")
            }
            Self::MissingObject { id } => format!("đối tượng {id} không có trong tệp"),
            Self::Syntax { at, .. } => format!("byte {at}: sai cú pháp PDF"),
            Self::WrongType { at, .. } => format!("byte {at}: giá trị sai kiểu"),
            Self::Circle { id, .. } => format!("đối tượng {id}: tham chiếu nối thành vòng"),
            Self::Limit { at, limit, .. } => format!("byte {at}: vượt giới hạn {limit}"),
            Self::UnsupportedFilter { at, name } => {
                format!("byte {at}: bộ lọc {name} chưa được hỗ trợ")
            }
            Self::Filter { at, filter } => format!("byte {at}: dữ liệu {filter} hỏng"),
            Self::Read { at, kind, .. } => format!(
                "không đọc được tại byte {at}: {}",
                io::Error::from(*kind).spoken().vi
            ),
            Self::Write { at, kind, .. } => format!(
                "không ghi được tại byte {at}: {}",
                io::Error::from(*kind).spoken().vi
            ),
            Self::BadReference { number } => {
                format!("đối tượng {number} ghi hai lần hoặc chưa được cấp")
            }
            other => format!("lỗi PDF (“{other}”)"),
        };
        with(self, vi)
    }
}

impl Spoken for Repair {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::JunkBeforeHeader { bytes } => format!("có {bytes} byte trước phần đầu"),
            Self::MissingHeader => "không có phần đầu %PDF-".to_owned(),
            Self::OffsetsFromHeader { at } => format!("vị trí tính từ phần đầu tại byte {at}"),
            Self::MissingStartxref => "không có startxref ở gần cuối tệp".to_owned(),
            Self::XrefRebuilt { at, objects } => {
                format!("bảng tham chiếu tại byte {at} hỏng: dựng lại với {objects} đối tượng")
            }
            Self::Xref { at, .. } => format!("bảng tham chiếu tại byte {at} sai dạng"),
            Self::ObjectMoved { id, found, .. } => {
                format!("đối tượng {id} không ở nơi đã ghi, tìm thấy tại byte {found}")
            }
            Self::StreamLength { at, actual, .. } => {
                format!("luồng tại byte {at} ghi sai độ dài, thực tế {actual} byte")
            }
            Self::Syntax { at, .. } => format!("sai cú pháp tại byte {at}"),
            Self::StreamDamaged { at, kept, .. } => {
                format!("luồng tại byte {at} hỏng, giữ được {kept} byte")
            }
            Self::PageCount { found, .. } => format!("ghi sai số trang, tìm thấy {found}"),
            Self::PageKid { parent, index, .. } => {
                format!("nút trang {parent}, mục {index}: không phải trang")
            }
            Self::PageAttribute { page, key, .. } => {
                format!("trang {page}: thuộc tính {key} thiếu hoặc sai")
            }
            Self::Dangling { id } => format!("đối tượng {id} không có trong tệp"),
            Self::FieldTree { .. } => "cây trường của biểu mẫu hỏng".to_owned(),
            Self::More => "và các lỗi khác".to_owned(),
            #[allow(unreachable_patterns, reason = "the enum may grow")]
            other => format!("tệp được đọc dù có lỗi (“{other}”)"),
        };
        with(self, vi)
    }
}

impl Spoken for compose::Refusal {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::JpxInPart1 => "PDF/A-1 không có JPEG 2000".to_owned(),
            Self::DeepInPart1 => "PDF/A-1 không có ảnh 16 bit".to_owned(),
            Self::Jpx(_) => "tệp JPEG 2000 không đúng yêu cầu của PDF/A".to_owned(),
            Self::Parameters(_) => "thông số ảnh không thể có trong PDF".to_owned(),
        };
        with(self, vi)
    }
}

impl Spoken for Side {
    fn spoken(&self) -> Bilingual {
        match self {
            Self::Top => said!("trên", "top"),
            Self::Right => said!("phải", "right"),
            Self::Bottom => said!("dưới", "bottom"),
            Self::Left => said!("trái", "left"),
        }
    }
}

impl Spoken for compose::Error {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::Io(error) => format!("không ghi được kết quả: {}", error.spoken().vi),
            Self::Refused { page, image, .. } => {
                format!("trang {page}, ảnh {image}: chuẩn PDF/A đã chọn không chứa được ảnh này")
            }
            Self::PageSize {
                page,
                width_pt,
                height_pt,
            } => format!(
                "trang {page}: {width_pt} x {height_pt} pt không phải cỡ trang PDF cho phép"
            ),
            Self::TooLarge { page } => {
                format!("trang {page}: tài liệu vượt quá sức chứa của một tệp PDF/A")
            }
            #[allow(unreachable_patterns, reason = "the enum may grow")]
            other => format!("lỗi khi ghi kết quả (“{other}”)"),
        };
        with(self, vi)
    }
}

impl Spoken for PrepareError {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::Raster {
                width,
                height,
                actual,
            } => format!("ảnh {width} x {height} px chỉ có {actual} byte"),
            Self::Empty { width, height } => format!("ảnh {width} x {height} px là rỗng"),
        };
        with(self, vi)
    }
}

impl Spoken for RunError {
    fn spoken(&self) -> Bilingual {
        let vi = match self {
            Self::Nothing => "không có gì để số hóa trong các đầu vào".to_owned(),
            Self::Output { path, source } => format!(
                "không dùng được thư mục kết quả {}: {}",
                path.display(),
                source.spoken().vi
            ),
            Self::Busy { path } => {
                format!("một lượt chạy khác đang làm việc trong {}", path.display())
            }
            Self::Threads(_) => "không khởi động được các luồng xử lý".to_owned(),
        };
        with(self, vi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the variants of `name` in a source file.
    fn variants(source: &str, name: &str) -> Vec<String> {
        let start = source
            .find(&format!("pub enum {name} {{"))
            .expect("the enum");
        let body = &source[start..];
        let body = &body[..body.find("\n}").expect("its end")];
        let named = body.lines().filter_map(|line| {
            let word = line.strip_prefix("    ")?;
            let end = word.find(|c: char| !c.is_ascii_alphanumeric())?;
            let (word, rest) = word.split_at(end);
            let is_variant = word.starts_with(|c: char| c.is_ascii_uppercase())
                && rest.trim_start().starts_with(['{', '(', ',']);
            is_variant.then(|| word.to_owned())
        });
        named.collect()
    }

    /// The enums of other crates may grow without the compiler's asking for the new sentence.
    #[test]
    fn every_error_of_other_crates_has_its_sentence() {
        let here = include_str!("speech.rs");
        let (speech, _) = here.split_once("#[cfg(test)]").expect("code and tests");
        for (source, name) in [
            (include_str!("../../ocr-models/src/error.rs"), "OcrError"),
            (include_str!("../../ocr-models/src/models.rs"), "ModelError"),
            (include_str!("../../ocr-models/src/image.rs"), "ImageError"),
            (include_str!("../../pdf/src/error.rs"), "PdfError"),
        ] {
            let start = speech
                .find(&format!("impl Spoken for {name} "))
                .expect("said");
            let said = &speech[start..start + speech[start..].find("\n}").expect("its end")];
            let all = variants(source, name);
            assert!(all.len() >= 3, "{name}: {all:?}");
            for variant in all {
                let arm = format!("Self::{variant}");
                assert!(
                    said.contains(&format!("{arm} ")) || said.contains(&format!("{arm}(")),
                    "{name}::{variant} has no Vietnamese sentence"
                );
            }
        }
    }

    #[test]
    fn system_errors_have_vietnamese_words_and_keep_their_number() {
        let missing = io::Error::from_raw_os_error(2).spoken();
        assert_eq!(
            missing.vi,
            "không tìm thấy tệp hoặc thư mục (lỗi hệ thống 2)"
        );
        assert!(missing.en.contains("os error 2"), "{}", missing.en);
    }
}
