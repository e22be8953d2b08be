//! Who may do what, on which days, and by which paper.

use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

use crate::error::{ArchiveError, Result, sentence};
use crate::profile::Profile;
use crate::store::{Act, Archive, Writer, text};

/// A role given to a person for a time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Appointment {
    /// Its number in this archive.
    pub id: i64,
    /// The person's login.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The role's code.
    pub role: String,
    /// In which capacity, such as `PHÓ CHỦ TỊCH`.
    pub capacity: Option<String>,
    /// The paper it rests on, such as `QĐ 12/QĐ-UBND`.
    pub authority: String,
    /// From which day.
    pub first_day: Date,
    /// Until which day, inclusive.
    pub last_day: Option<Date>,
    /// SHA-256 of the certificate that the person signs with, when one is laid down; 64 hexadecimal digits.
    pub certificate: Option<String>,
}

/// What is needed to give a role.
#[derive(Clone, Debug)]
pub struct NewAppointment<'a> {
    /// The person's login.
    pub login: &'a str,
    /// The person's name as certificates and statements have it.
    pub name: &'a str,
    /// The role's code.
    pub role: &'a str,
    /// In which capacity.
    pub capacity: Option<&'a str>,
    /// The paper it rests on.
    pub authority: &'a str,
    /// From which day.
    pub first_day: Date,
    /// Until which day, inclusive.
    pub last_day: Option<Date>,
    /// SHA-256 of the certificate, 64 hexadecimal digits.
    pub certificate: Option<&'a str>,
}

impl Archive {
    /// Gives a person a role. The first appointment of an archive must make an administrator; later ones are made by one.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is none, when a capacity is missing or unknown, or when the days are turned
    /// around.
    pub fn appoint(&mut self, act: &Act, new: &NewAppointment<'_>) -> Result<i64> {
        let profile = Profile::on(act.day())?;
        let role = profile.role(new.role)?;
        if !role.capacities.is_empty()
            && !new
                .capacity
                .is_some_and(|one| role.capacities.iter().any(|known| known == one))
        {
            return Err(ArchiveError::Refused(sentence!(
                "vai trò {} cần tư cách, một trong: {}",
                "the role {} needs a capacity, one of: {}",
                role.code,
                role.capacities.join(", ")
            )));
        }
        if new.last_day.is_some_and(|last| last < new.first_day) {
            return Err(ArchiveError::Refused(sentence!(
                "ngày cuối đứng trước ngày đầu",
                "the last day lies before the first"
            )));
        }
        self.change(act, |writer| {
            let first: bool = writer
                .db()
                .query_row("SELECT NOT EXISTS (SELECT 1 FROM appointment)", [], |row| row.get(0))
                .map_err(writer.error())?;
            if !first {
                holds(writer, "administrator")?;
            } else if new.role != "administrator" {
                return Err(ArchiveError::Refused(sentence!(
                    "kho chưa có ai quản trị; trước hết hãy bổ nhiệm vai trò administrator",
                    "nobody administers this archive yet; appoint an administrator first"
                )));
            }
            let person = person(writer, new.login, new.name)?;
            let id = writer.insert(
                "appointment",
                &[
                    ("person", &person),
                    ("role", &new.role),
                    ("capacity", &text(new.capacity)),
                    ("authority", &new.authority),
                    ("first_day", &new.first_day.to_string()),
                    ("last_day", &new.last_day.map(|day| day.to_string())),
                    ("certificate", &new.certificate.map(str::to_lowercase)),
                ],
            )?;
            writer.log(
                "people.appoint",
                new.login,
                &serde_json::json!({ "role": new.role, "authority": new.authority, "from": new.first_day, "to": new.last_day }),
            )?;
            Ok(id)
        })
    }

    /// Ends an appointment with a day; what was done under it stays good.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when there is none of this number; [`ArchiveError::Refused`] when the actor is no administrator,
    /// or when nobody would administer the archive afterwards.
    pub fn dismiss(&mut self, act: &Act, appointment: i64, last_day: Date) -> Result<()> {
        self.change(act, |writer| {
            holds(writer, "administrator")?;
            let found = select(
                writer.db(),
                "WHERE appointment.id = ?",
                params![appointment],
            );
            let one = found.map_err(writer.error())?.pop().ok_or_else(|| {
                ArchiveError::Missing(sentence!(
                    "không có phân công số {}",
                    "there is no appointment {}",
                    appointment
                ))
            })?;
            let login = one.login;
            writer.update(
                "appointment",
                appointment,
                &[("last_day", &last_day.to_string())],
            )?;
            if one.role == "administrator" {
                administered_after(writer, last_day.max(act.day()))?;
            }
            writer.log(
                "people.dismiss",
                &login,
                &serde_json::json!({ "appointment": appointment, "to": last_day }),
            )
        })
    }

    /// Every appointment, past ones too.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn appointments(&self) -> Result<Vec<Appointment>> {
        select(self.db(), "ORDER BY appointment.id", params![]).map_err(self.database_error())
    }

    /// The appointment by which a person may act in a role on a day.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`], saying what the person lacks.
    pub fn may(&self, login: &str, role: &str, day: Date) -> Result<Appointment> {
        appointed(self.db(), login, role, day)
            .map_err(self.database_error())?
            .ok_or_else(|| refusal(login, role, day))
    }

    /// Whether the actor holds one of several roles today; changes nothing.
    pub(crate) fn may_one(&self, act: &Act, roles: &[&str]) -> Result<Appointment> {
        first_of(self.db(), act, roles)
            .map_err(self.database_error())?
            .ok_or_else(|| refusal(&act.by, &roles.join("/"), act.day()))
    }
}

/// Nobody could appoint anybody in an archive without an administrator.
fn administered_after(writer: &Writer<'_>, day: Date) -> Result<()> {
    let next = day.tomorrow().unwrap_or(day).to_string();
    let left: bool = writer
        .db()
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM appointment WHERE role = 'administrator' AND first_day <= ?1
             AND (last_day IS NULL OR last_day >= ?1))",
            [next],
            |row| row.get(0),
        )
        .map_err(writer.error())?;
    if left {
        return Ok(());
    }
    Err(ArchiveError::Refused(sentence!(
        "sau ngày {} sẽ không còn ai quản trị kho này; hãy phân công người quản trị khác trước",
        "after {} nobody would administer this archive; appoint another administrator first",
        day
    )))
}

/// The actor's appointment in a role today.
pub(crate) fn holds(writer: &Writer<'_>, role: &str) -> Result<Appointment> {
    let act = writer.act();
    appointed(writer.db(), &act.by, role, act.day())
        .map_err(writer.error())?
        .ok_or_else(|| refusal(&act.by, role, act.day()))
}

/// The first of several roles that the actor has today.
pub(crate) fn holds_one(writer: &Writer<'_>, roles: &[&str]) -> Result<Appointment> {
    first_of(writer.db(), writer.act(), roles)
        .map_err(writer.error())?
        .ok_or_else(|| refusal(&writer.act().by, &roles.join("/"), writer.act().day()))
}

fn first_of(
    db: &rusqlite::Connection,
    act: &Act,
    roles: &[&str],
) -> rusqlite::Result<Option<Appointment>> {
    for role in roles {
        if let Some(found) = appointed(db, &act.by, role, act.day())? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn refusal(login: &str, role: &str, day: Date) -> ArchiveError {
    ArchiveError::Refused(sentence!(
        "\"{0}\" không có vai trò {1} vào ngày {2}; người quản trị phân công bằng: saoy archive appoint {0} --role {1}",
        "\"{0}\" does not hold the role {1} on {2}; an administrator gives it with: saoy archive appoint {0} --role {1}",
        login,
        role,
        day
    ))
}

fn appointed(
    db: &rusqlite::Connection,
    login: &str,
    role: &str,
    day: Date,
) -> rusqlite::Result<Option<Appointment>> {
    let day = day.to_string();
    select(
        db,
        "WHERE login = ?1 AND role = ?2 AND first_day <= ?3 AND (last_day IS NULL OR last_day >= ?3) ORDER BY appointment.id",
        params![login, role, day],
    )
    .map(|mut found| found.pop())
}

fn select(
    db: &rusqlite::Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<Appointment>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT appointment.id, login, name, role, capacity, authority, first_day, last_day, certificate
         FROM appointment JOIN person ON person.id = person {rest}"
    ))?;
    let rows = statement.query_map(values, |row| {
        Ok(Appointment {
            id: row.get(0)?,
            login: row.get(1)?,
            name: row.get(2)?,
            role: row.get(3)?,
            capacity: row.get(4)?,
            authority: row.get(5)?,
            first_day: day(&row.get::<_, String>(6)?, 6)?,
            last_day: row
                .get::<_, Option<String>>(7)?
                .map(|text| day(&text, 7))
                .transpose()?,
            certificate: row.get(8)?,
        })
    })?;
    rows.collect()
}

/// A day as the database has it.
pub(crate) fn day(text: &str, column: usize) -> rusqlite::Result<Date> {
    text.parse().map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::new(error),
        )
    })
}

/// The person of a login, made when new; a new name replaces the old one.
fn person(writer: &mut Writer<'_>, login: &str, name: &str) -> Result<i64> {
    let known: Option<(i64, String)> = writer
        .db()
        .query_row(
            "SELECT id, name FROM person WHERE login = ?",
            [login],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .map_err(writer.error())?;
    match known {
        Some((id, known)) => {
            if known != name {
                writer.update("person", id, &[("name", &name)])?;
            }
            Ok(id)
        }
        None => writer.insert("person", &[("login", &login), ("name", &name)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{act, archive};
    use jiff::civil::date;

    fn new<'a>(login: &'a str, role: &'a str) -> NewAppointment<'a> {
        NewAppointment {
            login,
            name: "Nguyễn Văn A",
            role,
            capacity: (role == "certifier").then_some("CHỦ TỊCH"),
            authority: "QĐ 1/QĐ-UBND",
            first_day: date(2026, 1, 1),
            last_day: Some(date(2026, 12, 31)),
            certificate: None,
        }
    }

    #[test]
    fn roles_hold_for_their_days_and_are_given_by_administrators() {
        let (_folder, mut archive) = archive();
        assert!(archive.appoint(&act("lan"), &new("lan", "clerk")).is_err());
        archive
            .appoint(&act("lan"), &new("lan", "administrator"))
            .unwrap();
        assert!(
            archive
                .appoint(&act("minh"), &new("minh", "certifier"))
                .is_err()
        );
        let id = archive
            .appoint(&act("lan"), &new("minh", "certifier"))
            .unwrap();
        assert_eq!(
            archive
                .may("minh", "certifier", date(2026, 6, 1))
                .unwrap()
                .id,
            id
        );
        assert!(
            archive
                .may("minh", "certifier", date(2025, 12, 31))
                .is_err()
        );
        assert!(archive.may("minh", "certifier", date(2027, 1, 1)).is_err());
        assert!(archive.may("minh", "clerk", date(2026, 6, 1)).is_err());
        archive.dismiss(&act("lan"), id, date(2026, 5, 31)).unwrap();
        assert!(archive.may("minh", "certifier", date(2026, 6, 1)).is_err());
        assert!(archive.may("minh", "certifier", date(2026, 5, 31)).is_ok());
        // The last administrator stays until there is another.
        let only = archive.appointments().unwrap()[0].id;
        let refused = archive.dismiss(&act("lan"), only, date(2026, 11, 30));
        assert!(refused.unwrap_err().sentence().en.contains("another"));
        let mut other = new("hoa", "administrator");
        other.last_day = None;
        archive.appoint(&act("lan"), &other).unwrap();
        archive
            .dismiss(&act("lan"), only, date(2026, 11, 30))
            .unwrap();
        // A certifying person needs a capacity that the decree knows.
        let bare = NewAppointment {
            capacity: None,
            ..new("hoa", "certifier")
        };
        assert!(archive.appoint(&act("hoa"), &bare).is_err());
        assert_eq!(archive.appointments().unwrap().len(), 3);
    }
}
