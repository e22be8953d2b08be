//! What decrees fix and change, as data with the day it holds from: registers, copies, refusals, roles.

use jiff::civil::Date;
use serde::Deserialize;

use crate::error::{ArchiveError, Result, Sentence, sentence};

/// The profiles known to this program, oldest first.
const SHIPPED: [&str; 1] = [include_str!("profiles/2025-11-01.toml")];

/// A profile: what holds from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its version, printed wherever it was applied.
    pub version: String,
    /// The first day it holds for.
    pub first_day: Date,
    /// The decrees it follows.
    pub decrees: Vec<String>,
    /// The registers.
    pub register: Vec<Register>,
    /// The kinds of copy.
    pub copy: Vec<CopyKind>,
    /// The reasons for which certifying is refused.
    pub refusal: Vec<Refusal>,
    /// The roles.
    pub role: Vec<Role>,
}

/// A text in both languages, as profiles have it.
#[derive(Clone, Debug, Deserialize)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A kind of register.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Its code, such as `SCTĐT/BS`.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// How a number is written: `{number}` (at least two digits) and `{year}` are filled in.
    pub display: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
}

/// A column of a register.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its key in [`crate::register::Line::columns`]; `number` and `day` come from the entry itself.
    pub key: String,
    /// Its heading, Vietnamese.
    pub vi: String,
    /// Its heading, English.
    pub en: String,
    /// Its width in print, mm.
    pub width: u16,
}

/// A kind of copy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyKind {
    /// Its name on the command line.
    pub kind: String,
    /// Its register's code.
    pub register: String,
    /// What it is called.
    pub title: Text,
    /// The roles that sign it, in order; the last one with the office's key.
    pub signers: Vec<String>,
    /// Where its text stands.
    pub placement: Placement,
    /// Its text, line by line; a leading `*` makes a line bold, names in braces are filled in.
    pub lines: Vec<String>,
}

/// Where the text of a copy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// A block on the last page, with QR and look-up code.
    Statement,
    /// The top right corner of the first page.
    Corner,
}

/// A reason for which certifying is refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Its code, `R1` and so on.
    pub code: String,
    /// The reason.
    pub text: Text,
    /// What the machine's hint about it is called.
    pub hint: Option<String>,
}

/// A role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// In which capacity it may be held; empty when that is no question.
    #[serde(default)]
    pub capacities: Vec<String>,
}

impl Profile {
    /// The profile that holds on a day. The oldest holds for all days before it too, for what was done on paper then.
    ///
    /// # Errors
    /// [`ArchiveError::Fault`] when a shipped file is not as it should be.
    pub fn on(day: Date) -> Result<Self> {
        let mut all = SHIPPED
            .iter()
            .map(|text| toml::from_str::<Self>(text))
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|error| ArchiveError::Fault(format!("a profile: {error}")))?;
        let latest = all.iter().rposition(|profile| profile.first_day <= day);
        Ok(all.swap_remove(latest.unwrap_or(0)))
    }

    /// A register by its code; also as people type it, without the stroke of Đ.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`], naming those there are.
    pub fn register(&self, code: &str) -> Result<&Register> {
        let typed = plain(code);
        self.register
            .iter()
            .find(|register| plain(&register.code) == typed)
            .ok_or_else(|| {
                let all: Vec<&str> = self.register.iter().map(|one| one.code.as_str()).collect();
                ArchiveError::Missing(sentence!(
                    "không có sổ \"{}\"; có: {}",
                    "there is no register \"{}\"; there are: {}",
                    code,
                    all.join(", ")
                ))
            })
    }

    /// A kind of copy by its name.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`].
    pub fn copy(&self, kind: &str) -> Result<&CopyKind> {
        self.copy
            .iter()
            .find(|copy| copy.kind == kind)
            .ok_or_else(|| {
                ArchiveError::Missing(sentence!(
                    "không có loại bản sao \"{}\"",
                    "there is no kind of copy \"{}\"",
                    kind
                ))
            })
    }

    /// A role by its code.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`].
    pub fn role(&self, code: &str) -> Result<&Role> {
        self.role
            .iter()
            .find(|role| role.code == code)
            .ok_or_else(|| {
                ArchiveError::Missing(sentence!(
                    "không có vai trò \"{}\"",
                    "there is no role \"{}\"",
                    code
                ))
            })
    }
}

impl From<&Text> for Sentence {
    fn from(text: &Text) -> Self {
        Self {
            vi: text.vi.clone(),
            en: text.en.clone(),
        }
    }
}

fn plain(code: &str) -> String {
    code.to_uppercase().replace('Đ', "D")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn profiles_are_whole() {
        let profile = Profile::on(date(2026, 11, 25)).unwrap();
        assert_eq!(profile.version, "2025-11-01");
        for copy in &profile.copy {
            profile.register(&copy.register).unwrap();
            for role in &copy.signers {
                profile.role(role).unwrap();
            }
        }
        assert_eq!(profile.register("sctdt/bs").unwrap().code, "SCTĐT/BS");
        assert!(
            profile
                .register("XYZ")
                .unwrap_err()
                .sentence()
                .vi
                .contains("SCT/BS")
        );
        for register in &profile.register {
            assert!(
                register.columns.iter().any(|column| column.key == "day"),
                "{}",
                register.code
            );
        }
        // Both annex IV registers have ten columns.
        for code in ["DEN", "DI"] {
            assert_eq!(profile.register(code).unwrap().columns.len(), 10);
        }
    }
}
