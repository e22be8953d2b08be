//! A copy of everything while others work on, and the way back.
//!
//! The database is copied in one step from one moment; a file is stored before any row names it, so the files that the copy
//! names are all there. A manifest lists every file with its digest. Encrypted files stay as they are on the way out and back.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use ring::digest::{Context, SHA256};
use rusqlite::Connection;
use rusqlite::backup::Backup;
use serde::{Deserialize, Serialize};

use crate::audit::hex;
use crate::blob::{BlobId, Blobs, Name, sync_folder};
use crate::check::wanted;
use crate::error::{ArchiveError, Result, sentence};
use crate::people::holds_one;
use crate::store::{Act, Archive};

/// The name of the manifest.
const MANIFEST: &str = "backup.json";

/// The database's name.
const DATABASE: &str = "archive.sqlite3";

/// The data key of encrypted files, wrapped.
const FILE_KEY: &str = "keys/blobs.key";

/// How often a snapshot is taken again when a disposal removed one of its files meanwhile.
const TRIES: usize = 3;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `saoy.backup/1`.
    pub schema: String,
    /// Whose it is: the archive's name for ever.
    pub uuid: String,
    /// When it was made.
    pub made: String,
    /// Entries of the log in it.
    pub entries: i64,
    /// The hash of the last one.
    pub head: String,
    /// Whether the keys are in it; a backup without them restores everything but the power to sign new checkpoints.
    pub keys: bool,
    /// SHA-256 of every file but this one, by its path.
    pub files: BTreeMap<String, String>,
}

impl Archive {
    /// Copies everything into a new folder while others work on. Keys are copied only when asked for: a backup then needs the
    /// care that keys need.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not or the folder is not empty; [`ArchiveError::Damaged`] when a stored
    /// file is not what it was, [`ArchiveError::Key`] when files are encrypted and their key is not at hand: the backup is not
    /// finished then.
    pub fn backup(&mut self, act: &Act, to: &Path, keys: bool) -> Result<Manifest> {
        if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(ArchiveError::Refused(sentence!(
                "{} không trống; mỗi bản sao lưu một thư mục mới",
                "{} is not empty; each backup wants a new folder",
                to.display()
            )));
        }
        self.change(act, |writer| {
            holds_one(writer, &["administrator", "archivist"])?;
            writer.log(
                "archive.backup",
                "begun",
                &serde_json::json!({ "keys": keys }),
            )
        })?;
        self.checkpoint()?;
        fs::create_dir_all(to.join("keys")).map_err(ArchiveError::file(to))?;
        let mut files = BTreeMap::new();
        let (entries, head) = self.snapshot(to, &mut files)?;
        let mut plain = vec!["checkpoints"];
        if keys {
            plain.push("keys/audit.key");
        }
        // Wrapped: of no use without the key that is kept elsewhere, and that key is of no use without it.
        if self.folder().join(FILE_KEY).exists() {
            plain.push(FILE_KEY);
        }
        for name in plain {
            let digest = copy(&self.folder().join(name), &to.join(name))?;
            files.insert(name.to_owned(), digest);
        }
        let manifest = Manifest {
            schema: "saoy.backup/1".to_owned(),
            uuid: self.uuid().to_owned(),
            made: act.time(),
            entries,
            head,
            keys,
            files,
        };
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| ArchiveError::Fault(error.to_string()))?;
        write(&to.join(MANIFEST), &text)?;
        sync_folder(&to.join("keys"))?;
        sync_folder(to)?;
        Ok(manifest)
    }

    /// The database of one moment and every file that it names.
    fn snapshot(&self, to: &Path, files: &mut BTreeMap<String, String>) -> Result<(i64, String)> {
        let mut last = None;
        for _ in 0..TRIES {
            match self.snapshot_once(to, files) {
                // A disposal took a file between the two; the next moment's database no longer names it.
                Err(error @ ArchiveError::Missing(_)) => last = Some(error),
                other => return other,
            }
        }
        Err(last.unwrap_or_else(|| ArchiveError::Fault("no snapshot".to_owned())))
    }

    fn snapshot_once(
        &self,
        to: &Path,
        files: &mut BTreeMap<String, String>,
    ) -> Result<(i64, String)> {
        let path = to.join(DATABASE);
        let _ = fs::remove_file(&path);
        let copied = || -> rusqlite::Result<(BTreeMap<String, String>, i64, Vec<u8>)> {
            let mut out = Connection::open(&path)?;
            // All pages in one step, under one read lock: writers of the log before are not held up, and nothing moves.
            Backup::new(self.db(), &mut out)?.step(-1)?;
            out.pragma_update(None, "journal_mode", "DELETE")?;
            let (entries, head) = out.query_row(
                "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            Ok((wanted(&out)?, entries, head))
        };
        let (names, entries, head) = copied().map_err(self.database_error())?;
        File::open(&path)
            .and_then(|file| file.sync_all())
            .map_err(ArchiveError::file(&path))?;
        files.insert(DATABASE.to_owned(), digest(&path)?);
        let out = Blobs::open(&to.join("blobs"))?;
        for id in names.keys().filter_map(|name| BlobId::parse(name)) {
            let place = |name: &Name| format!("blobs/{name}");
            // Another try may have brought it already.
            let names = self.blobs().names(id)?;
            if !names.iter().any(|name| files.contains_key(&place(name))) {
                let (name, raw) = self.blobs().copy_into(id, &out)?;
                files.insert(place(&name), raw);
            }
        }
        Ok((entries, hex(&head)))
    }
}

/// Puts a backup back into a folder without an archive, every file checked against the manifest on the way.
///
/// # Errors
/// [`ArchiveError::Refused`] when there is an archive or the backup is not finished; [`ArchiveError::Damaged`] when a file of
/// it is not what it was. Nothing that could be opened is left then.
pub fn restore(from: &Path, to: &Path) -> Result<Manifest> {
    let path = from.join(MANIFEST);
    let unfinished = || {
        ArchiveError::Refused(sentence!(
            "{} không phải bản sao lưu hoàn chỉnh (thiếu {})",
            "{} is no finished backup ({} is missing)",
            from.display(),
            MANIFEST
        ))
    };
    let bytes = fs::read(&path).map_err(|_| unfinished())?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| unfinished())?;
    if Archive::exists(to) {
        return Err(ArchiveError::Refused(sentence!(
            "{} đã có kho lưu trữ; khôi phục vào thư mục trống",
            "{} holds an archive already; restore into an empty folder",
            to.display()
        )));
    }
    fs::create_dir_all(to.join("keys")).map_err(ArchiveError::file(to))?;
    let blobs = Blobs::open(&to.join("blobs"))?;
    let source = Blobs::open(&from.join("blobs"))?;
    for (path, raw) in &manifest.files {
        if let Some(name) = path.strip_prefix("blobs/").and_then(Name::parse)
            && !blobs.has_name(name)
        {
            blobs.take_over(&source, name, raw)?;
        }
    }
    // The database last: only with it is there an archive.
    for name in ["checkpoints", "keys/audit.key", FILE_KEY, DATABASE] {
        let Some(expected) = manifest.files.get(name) else {
            continue;
        };
        let draft = to.join("restored");
        if copy(&from.join(name), &draft)? != *expected {
            let _ = fs::remove_file(&draft);
            return Err(ArchiveError::Damaged(sentence!(
                "{} của bản sao lưu đã bị thay đổi",
                "{} of the backup was changed",
                name
            )));
        }
        fs::rename(&draft, to.join(name)).map_err(ArchiveError::file(&draft))?;
    }
    sync_folder(&to.join("keys"))?;
    sync_folder(to)?;
    Ok(manifest)
}

fn copy(from: &Path, to: &Path) -> Result<String> {
    fs::copy(from, to).map_err(ArchiveError::file(from))?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(ArchiveError::file(to))?;
    digest(to)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = File::create(path).map_err(ArchiveError::file(path))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(ArchiveError::file(path))
}

fn digest(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(ArchiveError::file(path))?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(ArchiveError::file(path))?;
        if read == 0 {
            return Ok(hex(context.finish().as_ref()));
        }
        context.update(buffer.get(..read).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::OpenFlags;

    use super::*;
    use crate::records::Part;
    use crate::search::tests::paper;
    use crate::store::tests::{Counting, act, office};

    fn add(archive: &mut Archive, number: usize) -> String {
        let (pdf, text) = (format!("%PDF {number}"), format!("văn bản {number}"));
        archive
            .add(&act("clerk"), &paper(&pdf, &text, &[("subject", "x")]))
            .unwrap()
            .id
    }

    /// Every row of every table, as one text.
    fn rows(path: &Path) -> String {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let tables: Vec<String> = db
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'words' ORDER BY name")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(std::result::Result::unwrap)
            .collect();
        let mut all = String::new();
        for table in tables {
            let mut statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let count = statement.column_count();
            let mut found = statement.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                for column in 0..count {
                    all += &format!("{:?}|", row.get_ref(column).unwrap());
                }
                all += &format!("{table}\n");
            }
        }
        all
    }

    #[test]
    fn a_backup_under_load_is_one_moment_and_comes_back_byte_for_byte() {
        let (folder, mut archive) = office();
        for number in 0..20 {
            add(&mut archive, number);
        }
        let place = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let stop = std::sync::atomic::AtomicBool::new(false);
        let manifest = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut other = Archive::open(&path, Box::new(Counting(77))).unwrap();
                let mut number = 100;
                while !stop.load(std::sync::atomic::Ordering::Relaxed) || number == 100 {
                    add(&mut other, number);
                    number += 1;
                }
            });
            std::thread::sleep(std::time::Duration::from_millis(50));
            let manifest = archive.backup(&act("keeper"), &place.path().join("b"), true);
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            writer.join().unwrap();
            manifest.unwrap()
        });
        let back = tempfile::tempdir().unwrap();
        restore(&place.path().join("b"), back.path()).unwrap();
        assert!(restore(&place.path().join("b"), back.path()).is_err());
        let same = |name: &str| {
            fs::read(place.path().join("b").join(name)).unwrap()
                == fs::read(back.path().join(name)).unwrap()
        };
        assert!(same(DATABASE) && same("checkpoints") && same("keys/audit.key"));
        let mut restored = Archive::open(back.path(), Box::new(Counting(5))).unwrap();
        let report = restored.check(None, "", true).unwrap();
        assert_eq!(
            (report.findings, report.entries),
            (vec![], manifest.entries)
        );
        // What was there before is there, byte for byte, and it goes on from there.
        let mut seen = 0;
        archive
            .each_document(|document| {
                let file = document.versions[0].file(Part::Pdf).unwrap();
                if restored.document(&document.id).is_ok() {
                    assert_eq!(
                        restored.blobs().read(file).unwrap(),
                        archive.blobs().read(file).unwrap()
                    );
                    seen += 1;
                }
                Ok(())
            })
            .unwrap();
        assert!(seen >= 20);
        add(&mut restored, 999);
    }

    #[test]
    fn at_rest_the_copy_has_every_row() {
        let (folder, mut archive) = office();
        add(&mut archive, 1);
        let place = tempfile::tempdir().unwrap();
        let to = place.path().join("b");
        let manifest = archive.backup(&act("keeper"), &to, false).unwrap();
        assert!(!manifest.keys && !to.join("keys/audit.key").exists());
        drop(archive);
        assert_eq!(
            rows(&folder.path().join(DATABASE)),
            rows(&to.join(DATABASE))
        );
        let again = Archive::open(folder.path(), Box::new(Counting(5)));
        assert!(
            again
                .unwrap()
                .backup(&act("clerk"), &place.path().join("c"), false)
                .is_err()
        );
        // A changed backup is not restored.
        let mut bytes = fs::read(to.join(DATABASE)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(to.join(DATABASE), bytes).unwrap();
        let back = tempfile::tempdir().unwrap();
        assert!(matches!(
            restore(&to, back.path()),
            Err(ArchiveError::Damaged(_))
        ));
        assert!(!Archive::exists(back.path()));
    }
}
