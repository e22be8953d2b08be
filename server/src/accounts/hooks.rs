//! Webhooks and what is to be sent to them, and answers to uploads that may come twice.

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;

use super::{Accounts, AccountsError, Result};
use crate::trouble::sentence;

/// How often a delivery is tried: with pauses that double, over about a day.
const MOST_TRIES: i64 = 12;
/// The pause after the first try that failed, and the longest, seconds.
const PAUSE: (i64, i64) = (20, 6 * 3600);
/// How long answers to uploads are kept, seconds: a week.
const REMEMBERED: i64 = 7 * 24 * 3600;

/// Where another system wants to be told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Hook {
    pub(crate) id: i64,
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    pub(crate) made_by: String,
    pub(crate) made_at: String,
}

/// Something that was or will be sent.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Delivery {
    pub(crate) id: i64,
    pub(crate) event: String,
    pub(crate) tries: i64,
    /// `waiting`, `delivered` or `given_up`.
    pub(crate) state: &'static str,
    pub(crate) delivered_at: Option<String>,
    pub(crate) trouble: Option<String>,
}

/// What has to be sent now.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) id: i64,
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) body: String,
    tries: i64,
}

impl Accounts {
    /// Makes a webhook; gives its number and its secret, which is shown once. The first one begins at `seq` of the log.
    pub(crate) fn add_hook(
        &mut self,
        url: &str,
        events: &[String],
        login: &str,
        seq: i64,
    ) -> Result<(i64, String)> {
        let secret = self.secret()?;
        let at = self.at().to_string();
        let none: bool =
            self.db
                .query_row("SELECT NOT EXISTS (SELECT 1 FROM webhook)", [], |row| {
                    row.get(0)
                })?;
        let transaction = self.db.transaction()?;
        if none {
            transaction.execute(
                "INSERT OR REPLACE INTO told (id, seq) VALUES (1, ?1)",
                [seq],
            )?;
        }
        transaction.execute(
            "INSERT INTO webhook (url, secret, events, made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![url, secret, events.join(" "), login, at],
        )?;
        let id = transaction.last_insert_rowid();
        transaction.commit()?;
        Ok((id, secret))
    }

    /// All webhooks.
    pub(crate) fn hooks(&self) -> Result<Vec<Hook>> {
        let mut statement = self
            .db
            .prepare("SELECT id, url, events, made_by, made_at FROM webhook ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            let events: String = row.get(2)?;
            Ok(Hook {
                id: row.get(0)?,
                url: row.get(1)?,
                events: events.split(' ').map(str::to_owned).collect(),
                made_by: row.get(3)?,
                made_at: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes a webhook away with what was still to be sent to it.
    pub(crate) fn remove_hook(&mut self, id: i64) -> Result<()> {
        if self.db.execute("DELETE FROM webhook WHERE id = ?1", [id])? == 0 {
            return Err(AccountsError::Missing(sentence!(
                "không có webhook {}",
                "there is no webhook {}",
                id
            )));
        }
        Ok(())
    }

    /// The newest deliveries of a webhook.
    pub(crate) fn deliveries(&self, hook: i64) -> Result<Vec<Delivery>> {
        let mut statement = self.db.prepare(
            "SELECT id, event, tries, next_at, delivered_at, trouble FROM delivery WHERE webhook = ?1 ORDER BY id DESC LIMIT 100",
        )?;
        let rows = statement.query_map([hook], |row| {
            let next: Option<i64> = row.get(3)?;
            let delivered_at: Option<String> = row.get(4)?;
            Ok(Delivery {
                id: row.get(0)?,
                event: row.get(1)?,
                tries: row.get(2)?,
                state: match (next, &delivered_at) {
                    (Some(_), _) => "waiting",
                    (None, Some(_)) => "delivered",
                    (None, None) => "given_up",
                },
                delivered_at,
                trouble: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How far the log has been told; nothing when nobody wants to be told.
    pub(crate) fn told(&self) -> Result<Option<i64>> {
        Ok(self
            .db
            .query_row(
                "SELECT seq FROM told WHERE id = 1 AND EXISTS (SELECT 1 FROM webhook)",
                [],
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Writes down what is to be sent of entries up to `seq`: names of events with their bodies. All or nothing, so that no
    /// event is lost and none is written down twice.
    pub(crate) fn tell(&mut self, seq: i64, events: &[(String, String)]) -> Result<()> {
        let hooks = self.hooks()?;
        let now = self.at().as_second();
        let transaction = self.db.transaction()?;
        for (event, body) in events {
            for hook in &hooks {
                if hook
                    .events
                    .iter()
                    .any(|wanted| wanted == "*" || wanted == event)
                {
                    transaction.execute(
                        "INSERT INTO delivery (webhook, event, body, next_at) VALUES (?1, ?2, ?3, ?4)",
                        params![hook.id, event, body, now],
                    )?;
                }
            }
        }
        transaction.execute("UPDATE told SET seq = ?1 WHERE id = 1", [seq])?;
        transaction.commit()?;
        Ok(())
    }

    /// What has to be sent now.
    pub(crate) fn due(&self) -> Result<Vec<Due>> {
        let mut statement = self.db.prepare_cached(
            "SELECT delivery.id, url, secret, body, tries FROM delivery JOIN webhook ON webhook.id = webhook
             WHERE next_at <= ?1 ORDER BY next_at, delivery.id LIMIT 20",
        )?;
        let rows = statement.query_map([self.at().as_second()], |row| {
            Ok(Due {
                id: row.get(0)?,
                url: row.get(1)?,
                secret: row.get(2)?,
                body: row.get(3)?,
                tries: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Remembers how a try went.
    pub(crate) fn tried(&mut self, due: &Due, trouble: Option<&str>) -> Result<()> {
        let tries = due.tries + 1;
        let now = self.at();
        match trouble {
            None => self.db.execute(
                "UPDATE delivery SET tries = ?2, next_at = NULL, delivered_at = ?3, trouble = NULL WHERE id = ?1",
                params![due.id, tries, now.to_string()],
            )?,
            Some(trouble) => {
                let (first, longest) = PAUSE;
                let pause = first.saturating_mul(1 << due.tries.clamp(0, 20)).min(longest);
                let next = (tries < MOST_TRIES).then(|| now.as_second() + pause);
                self.db.execute(
                    "UPDATE delivery SET tries = ?2, next_at = ?3, trouble = ?4 WHERE id = ?1",
                    params![due.id, tries, next, trouble],
                )?
            }
        };
        Ok(())
    }

    /// The answer that was given to an upload with this key; nothing when there was none.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] when the key came with another content.
    pub(crate) fn answered(&self, login: &str, key: &str, digest: &str) -> Result<Option<String>> {
        let found: Option<(String, String)> = self
            .db
            .query_row(
                "SELECT digest, answer FROM upload WHERE login = ?1 AND key = ?2",
                [login, key],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match found {
            Some((known, _)) if known != digest => Err(AccountsError::Refused(sentence!(
                "khóa Idempotency-Key này đã dùng cho nội dung khác",
                "this Idempotency-Key was used for another content"
            ))),
            found => Ok(found.map(|(_, answer)| answer)),
        }
    }

    /// Remembers the answer to an upload.
    pub(crate) fn remember(
        &mut self,
        login: &str,
        key: &str,
        digest: &str,
        answer: &str,
    ) -> Result<()> {
        let now = self.at().as_second();
        self.db
            .execute("DELETE FROM upload WHERE made_at < ?1", [now - REMEMBERED])?;
        self.db.execute(
            "INSERT OR REPLACE INTO upload (login, key, digest, answer, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![login, key, digest, answer, now],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use jiff::Timestamp;

    use crate::World;

    use super::*;

    static CLOCK: AtomicI64 = AtomicI64::new(1_800_000_000);

    fn accounts(folder: &std::path::Path) -> Accounts {
        let world = World {
            now: || Timestamp::from_second(CLOCK.load(Ordering::Relaxed)).expect("a time"),
            random: |bytes| {
                bytes.fill(7);
                Ok(())
            },
        };
        Accounts::open(folder, world).expect("accounts")
    }

    #[test]
    fn what_fails_is_tried_again_with_longer_pauses_and_then_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut accounts = accounts(folder.path());
        assert_eq!(accounts.told().expect("nobody"), None);
        let (id, _) = accounts
            .add_hook("https://a.example/", &["copy.sealed".to_owned()], "root", 5)
            .expect("a hook");
        assert_eq!(accounts.told().expect("a place"), Some(5));
        let events = [
            ("copy.sealed".to_owned(), "{}".to_owned()),
            ("copy.signed".to_owned(), "{}".to_owned()),
        ];
        accounts.tell(9, &events).expect("written down");
        let mut pauses = Vec::new();
        loop {
            let due = accounts.due().expect("what is due");
            let Some(due) = due.first() else {
                let waits = accounts.deliveries(id).expect("deliveries")[0].state == "waiting";
                if !waits {
                    break;
                }
                CLOCK.fetch_add(10, Ordering::Relaxed);
                continue;
            };
            pauses.push(CLOCK.load(Ordering::Relaxed));
            accounts.tried(due, Some("refused")).expect("remembered");
        }
        assert_eq!(pauses.len(), 12);
        let gaps: Vec<i64> = pauses.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(
            gaps.windows(2).all(|two| two[0] <= two[1]) && gaps[0] == 20 && gaps[10] >= 20_000,
            "{gaps:?}"
        );
        let deliveries = accounts.deliveries(id).expect("deliveries");
        assert_eq!((deliveries.len(), deliveries[0].state), (1, "given_up"));
        accounts.remove_hook(id).expect("gone");
        assert!(accounts.deliveries(id).expect("none").is_empty());
    }

    #[test]
    fn a_key_of_the_senders_gets_the_same_answer_for_the_same_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut accounts = accounts(folder.path());
        assert!(accounts.answered("a", "k", "d").expect("nothing").is_none());
        accounts
            .remember("a", "k", "d", "answer")
            .expect("remembered");
        assert_eq!(
            accounts.answered("a", "k", "d").expect("known").as_deref(),
            Some("answer")
        );
        assert!(
            accounts
                .answered("b", "k", "d")
                .expect("another's")
                .is_none()
        );
        assert!(accounts.answered("a", "k", "e").is_err());
    }
}
