//! Certified copies that turned out to be wrong: declared to be without value, and the list of them that offices publish.

use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

use super::{Line, State, find, line, lines, no_number};
use crate::error::{ArchiveError, Result, sentence};
use crate::people::holds_one;
use crate::profile::Profile;
use crate::store::{Act, Archive};

/// A certified copy declared to be without value (Circular 01/2020/TT-BTP, article 7).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Annulment {
    /// Number and symbol of the decision.
    pub decision: String,
    /// Its day.
    pub day: Date,
    /// Why.
    pub reason: String,
    /// Where it is published.
    pub url: Option<String>,
}

/// An annulled copy as an office publishes it: numbers and digests, nobody's name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AnnulledCopy {
    /// The register's code.
    pub register: String,
    /// The number as written.
    pub number: String,
    /// The look-up code; empty where the copy had none.
    pub code: String,
    /// SHA-256 of the file that was issued.
    pub document: String,
    /// The decision.
    #[serde(flatten)]
    pub annulment: Annulment,
}

/// A list of annulled copies as a file.
#[derive(serde::Serialize, serde::Deserialize)]
struct AnnulledList {
    schema: String,
    office: String,
    copies: Vec<AnnulledCopy>,
}

/// Name and version of the published list.
const ANNULLED_SCHEMA: &str = "saoy.annulled/1";

impl AnnulledCopy {
    /// Reads a published list.
    ///
    /// # Errors
    /// When it is none.
    pub fn read_list(text: &str) -> serde_json::Result<Vec<Self>> {
        let list: AnnulledList = serde_json::from_str(text)?;
        if list.schema != ANNULLED_SCHEMA {
            return Err(serde::de::Error::custom(format!(
                "the schema {}",
                list.schema
            )));
        }
        Ok(list.copies)
    }
}

impl Archive {
    /// Declares an issued copy to be without value.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when there is no such number, [`ArchiveError::Refused`] when it was not issued or is annulled already.
    pub fn annul(
        &mut self,
        act: &Act,
        register: &str,
        year: i16,
        number: i64,
        annulment: &Annulment,
    ) -> Result<Line> {
        let code = Profile::on(act.day())?.register(register)?.code.clone();
        self.change(act, |writer| {
            holds_one(writer, &["certifier", "clerk"])?;
            let found = find(writer.db(), &code, year, number).map_err(writer.error())?;
            let found = found.ok_or_else(|| no_number(&code, year, number))?;
            if found.state != State::Issued || found.annulment.is_some() {
                return Err(ArchiveError::Refused(sentence!(
                    "số {} chưa cấp, đã hủy hoặc đã bị hủy bỏ giá trị trước đó",
                    "number {} was not issued, is cancelled, or was annulled before",
                    found.display
                )));
            }
            writer.insert(
                "annulment",
                &[
                    ("entry", &found.id),
                    ("decision", &annulment.decision),
                    ("day", &annulment.day.to_string()),
                    ("reason", &annulment.reason),
                    ("url", &annulment.url),
                ],
            )?;
            writer.log(
                "register.annul",
                &format!("{code} {}", found.display),
                &serde_json::json!({ "decision": annulment.decision }),
            )?;
            line(writer.db(), found.id).map_err(writer.error())
        })
    }

    /// The list of all annulled copies, to be published; JSON.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn annulled_list(&self) -> Result<String> {
        let mut copies = Vec::new();
        let found = lines(
            self.db(),
            "WHERE decision IS NOT NULL ORDER BY entry.id",
            params![],
        )
        .map_err(self.database_error())?;
        for line in found {
            let Some(annulment) = line.annulment else {
                continue;
            };
            let code: Option<String> = self
                .db()
                .query_row(
                    "SELECT code FROM certification WHERE entry = ?",
                    [line.id],
                    |row| row.get(0),
                )
                .optional()
                .map_err(self.database_error())?;
            copies.push(AnnulledCopy {
                register: line.register,
                number: line.display,
                code: code.unwrap_or_default(),
                document: line.document.unwrap_or_default(),
                annulment,
            });
        }
        let list = AnnulledList {
            schema: ANNULLED_SCHEMA.to_owned(),
            office: self.office().name.clone(),
            copies,
        };
        serde_json::to_string_pretty(&list).map_err(|error| ArchiveError::Fault(error.to_string()))
    }
}
