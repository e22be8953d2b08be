//! Model files: which ones we know, where they lie, and whether a file is what it should be.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ring::digest::{Context, SHA256};
use serde::Deserialize;
use thiserror::Error;

/// The language name of the model that tells orientation and script.
pub const ORIENTATION: &str = "osd";

/// Where distributions install models of Tesseract 4 and 5.
pub const SYSTEM_DIRS: [&str; 4] = [
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
];

/// A model file that we have tried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Model {
    /// Our name for it, such as `vie-fast`.
    pub name: String,
    /// The engine's name for its language, such as `vie`.
    pub language: String,
    /// Its file name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// SPDX expression of its licence.
    pub licence: String,
    /// Where it comes from.
    pub package: Package,
    /// What it is good for, for people.
    pub about: String,
    /// Whether Saoy is installed with it.
    pub default: bool,
}

/// A package of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Package {
    /// `apt` or `npm`.
    pub registry: String,
    /// Name there.
    pub name: String,
    /// Version there.
    pub version: String,
    /// The file inside the package.
    pub path: String,
}

/// The folder that has the models of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The folder.
    pub folder: PathBuf,
    /// The model files, one for each part of the language.
    pub files: Vec<PathBuf>,
}

/// What a model file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One of ours, to the last bit.
    Verified(&'static Model),
    /// It has the name of one of ours and other contents: damaged, or another edition.
    Mismatch {
        /// The models of this name.
        expected: Vec<&'static Model>,
        /// SHA-256 found.
        sha256: String,
    },
    /// Not one of ours.
    Unknown {
        /// SHA-256 found.
        sha256: String,
    },
}

/// Why there is no model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No folder has it.
    #[error("no model for the language {language} in {}", list(searched))]
    Missing {
        /// The language asked for.
        language: String,
        /// Where it was looked for.
        searched: Vec<PathBuf>,
    },
    /// The language has a name that no model can have.
    #[error("{language:?} is no name of a language")]
    Language {
        /// The name.
        language: String,
    },
    /// The folder has a name that the engine cannot take.
    #[error("the folder {} cannot be named to the engine", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
    },
    /// The file cannot be read.
    #[error("the model file {} cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The models that we have tried, those of an installation first.
pub fn manifest() -> &'static [Model] {
    // A test reads the embedded file; there is nothing to report at run time.
    static MANIFEST: LazyLock<Vec<Model>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../models.json")).unwrap_or_default());
    &MANIFEST
}

/// Finds the first of `folders` that has a model for each part of `language` (`vie`, `vie+eng`).
///
/// # Errors
/// [`ModelError::Language`] and [`ModelError::Missing`].
pub fn locate<P: AsRef<Path>>(language: &str, folders: &[P]) -> Result<Located, ModelError> {
    if !language.split('+').all(is_name) {
        return Err(ModelError::Language {
            language: language.into(),
        });
    }
    for folder in folders {
        let folder = folder.as_ref();
        let file = |part: &str| folder.join(format!("{part}.traineddata"));
        let files: Vec<PathBuf> = language.split('+').map(file).collect();
        if files.iter().all(|file| file.is_file()) {
            return Ok(Located {
                folder: folder.into(),
                files,
            });
        }
    }
    let searched = folders
        .iter()
        .map(|folder| folder.as_ref().into())
        .collect();
    Err(ModelError::Missing {
        language: language.into(),
        searched,
    })
}

/// Says whether `file` is a model that we know.
///
/// # Errors
/// [`ModelError::Unreadable`].
pub fn verify(file: &Path) -> Result<Verdict, ModelError> {
    let sha256 = hash(file).map_err(|source| ModelError::Unreadable {
        file: file.into(),
        source,
    })?;
    if let Some(model) = manifest().iter().find(|model| model.sha256 == sha256) {
        return Ok(Verdict::Verified(model));
    }
    let same_name = |model: &&Model| {
        file.file_name()
            .is_some_and(|name| name == model.file.as_str())
    };
    let expected: Vec<&Model> = manifest().iter().filter(same_name).collect();
    Ok(if expected.is_empty() {
        Verdict::Unknown { sha256 }
    } else {
        Verdict::Mismatch { expected, sha256 }
    })
}

/// Tesseract's names: letters, digits and underscores, as in `chi_sim_vert`. No path can hide in them.
fn is_name(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 64
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn hash(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut context = Context::new(&SHA256);
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => context.update(bytes.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(context
        .finish()
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn list(folders: &[PathBuf]) -> String {
    let folders: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    folders.join(", ")
}
