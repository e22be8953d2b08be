//! What can go wrong in an archive, said in both languages: whose fault, where, and what to do next.

use std::path::{Path, PathBuf};

/// A sentence for people, in both languages of the program.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Sentence {
    /// Vietnamese, NFC.
    pub vi: String,
    /// English.
    pub en: String,
}

/// Makes a [`Sentence`]: first the Vietnamese, then the English, then what both are filled with.
macro_rules! sentence {
    ($vi:literal, $en:literal $(, $filling:expr)* $(,)?) => {
        $crate::Sentence {
            vi: std::fmt::format(format_args!($vi $(, $filling)*)),
            en: std::fmt::format(format_args!($en $(, $filling)*)),
        }
    };
}

pub(crate) use sentence;

/// Why an archive did not do what it was asked. Nothing was changed when one of these comes back.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A rule of law or of the office forbids it.
    #[error("{}", .0.en)]
    Refused(Sentence),
    /// There is no such thing here.
    #[error("{}", .0.en)]
    Missing(Sentence),
    /// What is stored is not what was stored: a digest does not fit, a row is not as logged.
    #[error("{}", .0.en)]
    Damaged(Sentence),
    /// The key of the encrypted files is not at hand, or is another one.
    #[error("{}", .0.en)]
    Key(Sentence),
    /// The database would not: full disk, locked for too long, no permission.
    #[error("the database {}: {source}", path.display())]
    Database {
        /// The database's file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A file would not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A fault of the program: a change without its entry in the log, a key that is none.
    #[error("fault of the program: {0}")]
    Fault(String),
}

/// What an archive's functions return.
pub type Result<T> = std::result::Result<T, ArchiveError>;

impl ArchiveError {
    /// The error in both languages.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Refused(said) | Self::Missing(said) | Self::Damaged(said) | Self::Key(said) => {
                said.clone()
            }
            Self::Database { path, source } => sentence!(
                "cơ sở dữ liệu {} không thực hiện được: {}; không có gì thay đổi, hãy kiểm tra dung lượng đĩa và quyền ghi rồi chạy lại",
                "the database {} could not do it: {}; nothing was changed, look at disk space and permissions, then run it again",
                path.display(),
                source
            ),
            Self::File { path, source } => sentence!(
                "{}: {}; không có gì thay đổi, hãy kiểm tra dung lượng đĩa và quyền ghi rồi chạy lại",
                "{}: {}; nothing was changed, look at disk space and permissions, then run it again",
                path.display(),
                source
            ),
            Self::Fault(what) => {
                sentence!("lỗi của chương trình: {}", "fault of the program: {}", what)
            }
        }
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
