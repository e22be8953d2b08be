//! What can be wrong with an input file, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::record::{Bilingual, said};
use crate::speech::Spoken;

/// Why a file or one of its pages cannot be used.
#[derive(Debug, Error)]
#[error("{}{}: {fault}", path.display(), PageOf(*page))]
pub struct IngestError {
    /// The file.
    pub path: PathBuf,
    /// The page, counted from 0, when it is one page's trouble and not the file's.
    pub page: Option<usize>,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

/// What is wrong, without the place.
#[derive(Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The operating system did not give the bytes.
    Read(io::Error),
    /// The file has no bytes.
    Empty,
    /// The first bytes are those of no format that is known here.
    UnknownFormat,
    /// A picture or document in a format that is known and not read here.
    Foreign(Foreign),
    /// The bytes break the rules of their format, or are not all there.
    Damaged {
        /// Where in the file, when known.
        byte: Option<u64>,
        /// What was found there.
        reason: Bilingual,
    },
    /// A decoder from outside gave up in a way that it should not (a panic that was caught).
    DecoderStopped {
        /// The decoder's own words.
        reason: String,
    },
    /// The PDF asks for a password.
    Encrypted,
    /// A legal variant of the format that is not read here.
    Unsupported {
        /// The variant.
        what: Bilingual,
    },
    /// More than the [`Limits`](super::Limits) admit.
    TooLarge {
        /// What was declared.
        what: Bilingual,
        /// The limit that it breaks.
        limit: Bilingual,
    },
    /// More than a part of the program admits that names its limit itself.
    Excessive {
        /// What was too much, with the limit.
        what: Bilingual,
    },
    /// The caller asked for a page that the file does not have.
    NoSuchPage {
        /// How many pages there are.
        pages: usize,
    },
}

impl Fault {
    pub(super) fn damaged(byte: impl Into<Option<u64>>, reason: Bilingual) -> Self {
        Self::Damaged {
            byte: byte.into(),
            reason,
        }
    }

    /// What a decoder from outside says, in its words and in one line.
    pub(super) fn decoder(byte: impl Into<Option<u64>>, words: &dyn fmt::Display) -> Self {
        let words = words.to_string();
        let words: Vec<&str> = words.trim_matches('"').split_whitespace().collect();
        let words = words.join(" ");
        Self::damaged(byte, said!("bộ giải mã báo “{words}”", "{words}"))
    }

    pub(super) fn unsupported(what: Bilingual) -> Self {
        Self::Unsupported { what }
    }

    /// The same fault with byte offsets counted from the start of the file instead of a part at `base`.
    pub(super) fn offset_by(self, base: u64) -> Self {
        match self {
            Self::Damaged {
                byte: Some(byte),
                reason,
            } => Self::Damaged {
                byte: Some(byte.saturating_add(base)),
                reason,
            },
            Self::Damaged { byte: None, reason } => Self::Damaged {
                byte: Some(base),
                reason,
            },
            other => other,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spoken().en)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl Spoken for Fault {
    fn spoken(&self) -> Bilingual {
        match self {
            Self::Read(error) => {
                let Bilingual { vi, en } = error.spoken();
                Bilingual {
                    vi: format!("không đọc được: {vi}"),
                    en: format!("cannot be read: {en}"),
                }
            }
            Self::Empty => said!("tệp rỗng (0 byte)", "the file is empty (0 bytes)"),
            Self::UnknownFormat => said!(
                "không phải định dạng ảnh đọc được ở đây",
                "not an image format that is read here"
            ),
            Self::Foreign(foreign) => foreign.spoken(),
            Self::Damaged { byte, reason } => {
                let (at_vi, at_en) = match byte {
                    Some(byte) => (format!(" tại byte {byte}"), format!(" at byte {byte}")),
                    None => (String::new(), String::new()),
                };
                Bilingual {
                    vi: format!("hỏng{at_vi}: {}", reason.vi),
                    en: format!("damaged{at_en}: {}", reason.en),
                }
            }
            Self::DecoderStopped { reason } => said!(
                "hỏng: bộ giải mã dừng giữa chừng (“{reason}”)",
                "damaged: the decoder stopped: {reason}"
            ),
            Self::Encrypted => said!("được mã hóa", "encrypted"),
            Self::Unsupported { what } => Bilingual {
                vi: format!("chưa hỗ trợ: {}", what.vi),
                en: format!("not supported: {}", what.en),
            },
            Self::TooLarge { what, limit } => Bilingual {
                vi: format!("quá lớn: {} (giới hạn {})", what.vi, limit.vi),
                en: format!("too large: {} (limit {})", what.en, limit.en),
            },
            Self::Excessive { what } => Bilingual {
                vi: format!("quá lớn: {}", what.vi),
                en: format!("too large: {}", what.en),
            },
            Self::NoSuchPage { pages } => said!(
                "không có trang này (tệp có {pages} trang)",
                "there is no such page (the file has {pages})"
            ),
        }
    }
}

/// Formats in which papers come and that are not read here, told by their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// HEIC or HEIF (ISO/IEC 23008-12): photos of telephones.
    Heic,
    /// AVIF.
    Avif,
    /// JPEG XL.
    JpegXl,
    /// GIF.
    Gif,
    /// BMP.
    Bmp,
    /// DjVu.
    DjVu,
    /// Photoshop.
    Photoshop,
}

impl Foreign {
    /// The format of a file that begins with `head`, when it is one of these.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        let brand = head
            .get(4..8)
            .filter(|kind| *kind == b"ftyp")
            .and_then(|_| head.get(8..12));
        let starts = |magic: &[u8]| head.starts_with(magic);
        match brand {
            Some(b"avif" | b"avis") => return Some(Self::Avif),
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1") => {
                return Some(Self::Heic);
            }
            _ => {}
        }
        Some(
            if starts(b"\xFF\x0A") || starts(b"\0\0\0\x0CJXL \r\n\x87\n") {
                Self::JpegXl
            } else if starts(b"GIF87a") || starts(b"GIF89a") {
                Self::Gif
            } else if starts(b"BM") && head.get(6..10) == Some(&[0; 4]) {
                Self::Bmp
            } else if starts(b"AT&TFORM") {
                Self::DjVu
            } else if starts(b"8BPS") {
                Self::Photoshop
            } else {
                return None;
            },
        )
    }

    /// The name people use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::JpegXl => "JPEG XL",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::DjVu => "DjVu",
            Self::Photoshop => "Photoshop",
        }
    }
}

impl Spoken for Foreign {
    fn spoken(&self) -> Bilingual {
        let name = self.name();
        match self {
            Self::Heic => said!(
                "ảnh {name} của điện thoại không đọc được ở đây: hãy lưu lại thành JPEG; trên iPhone: Cài đặt, Camera, \
                 Định dạng, Tương thích nhất",
                "a {name} photo of a telephone is not read here: save it as JPEG; on an iPhone: Settings, Camera, \
                 Formats, Most Compatible"
            ),
            _ => said!(
                "tệp {name} không đọc được ở đây",
                "{name} files are not read here"
            ),
        }
    }
}

/// ", page 3" for people, who count from 1.
struct PageOf(Option<usize>);

impl fmt::Display for PageOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(page) => write!(f, ", page {}", page.saturating_add(1)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_pictures_are_told_from_noise() {
        let heads: [(&[u8], Option<Foreign>); 8] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0", Some(Foreign::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", Some(Foreign::Heic)),
            (b"\0\0\0\x1Cftypavif\0\0\0\0", Some(Foreign::Avif)),
            (b"\0\0\0\x1Cftypisom\0\0\0\0", None),
            (b"GIF89a\x01\0", Some(Foreign::Gif)),
            (b"BM\x36\0\x0C\0\0\0\0\0\x36\0", Some(Foreign::Bmp)),
            (b"BMW is a car maker", None),
            (b"AT&TFORM\0\0\0\0DJVU", Some(Foreign::DjVu)),
        ];
        for (head, expected) in heads {
            assert_eq!(Foreign::sniff(head), expected, "{head:?}");
        }
    }
}
