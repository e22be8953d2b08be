//! Files that come back as they went in, rot that is found, and archives whose files are encrypted.

use super::*;
use crate::records::Part;
use crate::search::tests::paper;
use crate::store::tests::{Counting, act, act_on, appointed, office_named};
use crate::{Archive, backup};

#[test]
fn what_was_put_comes_back_and_rot_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path()).unwrap();
    let id = blobs.put(&mut &b"paper"[..]).unwrap();
    assert_eq!(id, BlobId::of(b"paper"));
    assert_eq!(blobs.put(&mut &b"paper"[..]).unwrap(), id);
    assert_eq!(blobs.read(id).unwrap(), b"paper");
    let name = blobs.name(id).unwrap();
    assert_eq!(blobs.list().unwrap(), (vec![name], vec![]));
    assert_eq!(BlobId::parse(&id.to_string()), Some(id));

    fs::write(blobs.path(name), b"pager").unwrap();
    assert!(matches!(blobs.read(id), Err(ArchiveError::Damaged(_))));
    // The same paper handed in again heals it.
    blobs.put(&mut &b"paper"[..]).unwrap();
    assert_eq!(blobs.read(id).unwrap(), b"paper");

    blobs.remove(name).unwrap();
    assert!(matches!(blobs.read(id), Err(ArchiveError::Missing(_))));
}

#[test]
fn a_source_that_breaks_off_leaves_nothing() {
    struct Broken(usize);
    impl Read for Broken {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 2 {
                return Err(io::Error::other("pulled"));
            }
            out.fill(7);
            Ok(out.len())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path()).unwrap();
    assert!(blobs.put(&mut Broken(0)).is_err());
    assert_eq!(blobs.list().unwrap(), (vec![], vec![]));
    assert_eq!(
        entries(&folder.path().join("incoming")).unwrap(),
        Vec::<PathBuf>::new()
    );
}

fn key(byte: u8) -> WrappingKey {
    WrappingKey::parse(&[byte; 32]).unwrap()
}

/// An office whose files are encrypted under the key 1, and the id of a document in it.
fn encrypted() -> (tempfile::TempDir, Archive, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = Archive::create_encrypted(
        folder.path(),
        &office_named(),
        &act("root"),
        Box::new(Counting(1)),
        (&key(1), Some("/media/key")),
    )
    .unwrap();
    appointed(&mut archive);
    let new = paper(PDF, "Quyết định giao đất", &[("subject", "giao đất")]);
    let id = archive.add(&act("clerk"), &new).unwrap().id;
    (folder, archive, id)
}

const PDF: &str = "%PDF-1.7 a paper that nobody else shall read";

fn reopened(folder: &Path, with: Option<u8>) -> Archive {
    // Never the same random numbers twice: names that are drawn must not meet.
    static SEED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(9);
    let seed = SEED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let mut archive = Archive::open(folder, Box::new(Counting(seed))).unwrap();
    if let Some(byte) = with {
        archive.unlock(&key(byte)).unwrap();
    }
    archive
}

/// Every file below a folder.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for path in entries(folder).unwrap() {
        match path.is_dir() {
            true => all.extend(all_files(&path)),
            false => all.push(path),
        }
    }
    all
}

#[test]
fn encrypted_files_come_back_and_neither_bytes_nor_digests_lie_in_the_folder() {
    let (folder, mut archive, id) = encrypted();
    let got = archive.export(&act("clerk"), &id, Part::Pdf, "x").unwrap();
    assert_eq!(got, PDF.as_bytes());
    let digest = BlobId::of(PDF.as_bytes()).to_string();
    for path in all_files(&folder.path().join("blobs")) {
        let bytes = fs::read(&path).unwrap();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(
            !holds(b"nobody else") && !holds("giao đất".as_bytes()),
            "{path:?}"
        );
        let name = path.display().to_string().replace('/', "");
        assert!(!name.contains(&digest[2..]), "{path:?}");
    }
    // The same paper again is the same file.
    let before = archive.blobs().list().unwrap();
    archive.blobs().put(&mut PDF.as_bytes()).unwrap();
    assert_eq!(archive.blobs().list().unwrap(), before);
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
    assert_eq!(
        archive.check(None, "", true).unwrap().loose,
        Vec::<String>::new()
    );
}

#[test]
fn without_the_key_or_with_another_one_nothing_is_read_written_or_lost() {
    let (folder, archive, id) = encrypted();
    drop(archive);
    let mut locked = reopened(folder.path(), None);
    let is_key = |error: ArchiveError| matches!(error, ArchiveError::Key(_));
    let refused = locked
        .export(&act("clerk"), &id, Part::Pdf, "x")
        .unwrap_err();
    assert!(refused.sentence().en.contains("/media/key"), "{refused}");
    assert!(is_key(refused));
    let other = paper("%PDF other", "khác", &[("subject", "khác")]);
    assert!(is_key(locked.add(&act("clerk"), &other).unwrap_err()));
    assert!(is_key(
        locked
            .tidy(&act_on("keeper", jiff::civil::date(2027, 1, 1)))
            .unwrap_err()
    ));
    assert!(is_key(locked.reindex(&act("keeper")).unwrap_err()));
    let to = tempfile::tempdir().unwrap();
    let backup = locked.backup(&act("keeper"), &to.path().join("b"), false);
    assert!(is_key(backup.unwrap_err()));
    let codes: Vec<&str> = locked
        .check(None, "", true)
        .unwrap()
        .findings
        .iter()
        .map(|one| one.code)
        .collect();
    assert_eq!(codes, ["files_locked"]);
    // What needs no file works.
    assert_eq!(locked.document(&id).unwrap().id, id);
    assert!(is_key(locked.unlock(&key(2)).unwrap_err()));
    locked.unlock(&key(1)).unwrap();
    assert_eq!(
        locked.export(&act("clerk"), &id, Part::Pdf, "x").unwrap(),
        PDF.as_bytes()
    );
    // The wrapped data key gone: said so, and everything there once it is back.
    let wrapped = folder.path().join("keys/blobs.key");
    let kept = fs::read(&wrapped).unwrap();
    fs::remove_file(&wrapped).unwrap();
    let mut bare = reopened(folder.path(), None);
    let said = bare.unlock(&key(1)).unwrap_err().sentence().en;
    assert!(
        said.contains("blobs.key") && said.contains("backup"),
        "{said}"
    );
    fs::write(&wrapped, kept).unwrap();
    reopened(folder.path(), Some(1));
}

#[test]
fn another_key_takes_over_without_touching_a_file() {
    let (folder, mut archive, id) = encrypted();
    let before: Vec<Vec<u8>> = all_files(&folder.path().join("blobs"))
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let refused = archive.change_key(&act("clerk"), &key(1), &key(2), None);
    assert!(matches!(refused, Err(ArchiveError::Refused(_))));
    let wrong = archive.change_key(&act("root"), &key(3), &key(2), None);
    assert!(matches!(wrong, Err(ArchiveError::Key(_))));
    archive
        .change_key(&act("root"), &key(1), &key(2), None)
        .unwrap();
    drop(archive);
    let after: Vec<Vec<u8>> = all_files(&folder.path().join("blobs"))
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    assert_eq!(before, after);
    let mut archive = reopened(folder.path(), None);
    assert!(archive.unlock(&key(1)).is_err());
    archive.unlock(&key(2)).unwrap();
    assert_eq!(
        archive.export(&act("clerk"), &id, Part::Pdf, "x").unwrap(),
        PDF.as_bytes()
    );
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
}

#[test]
fn flipped_cut_and_exchanged_files_are_found_at_check_and_at_reading() {
    let (folder, mut archive, id) = encrypted();
    let other = paper(
        "%PDF-1.7 another paper, as good",
        "văn bản khác",
        &[("subject", "khác")],
    );
    archive.add(&act("clerk"), &other).unwrap();
    let path = |bytes: &[u8]| {
        let blobs = archive.blobs();
        blobs.path(blobs.name(BlobId::of(bytes)).unwrap())
    };
    let (one, two) = (
        path(PDF.as_bytes()),
        path(b"%PDF-1.7 another paper, as good"),
    );
    let (good, strange) = (fs::read(&one).unwrap(), fs::read(&two).unwrap());
    let mut flipped = good.clone();
    flipped[30] ^= 4;
    let plain = PDF.as_bytes().to_vec();
    for bad in [
        flipped,
        good[..good.len() - 1].to_vec(),
        good[..24].to_vec(),
        Vec::new(),
        strange,
        plain,
    ] {
        fs::write(&one, &bad).unwrap();
        let read = archive.export(&act("clerk"), &id, Part::Pdf, "x");
        assert!(matches!(read, Err(ArchiveError::Damaged(_))), "{read:?}");
        let codes: Vec<&str> = archive
            .check(None, "", true)
            .unwrap()
            .findings
            .iter()
            .map(|one| one.code)
            .collect();
        assert_eq!(codes, ["file_changed"]);
    }
    fs::write(&one, &good).unwrap();
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
    drop(folder);
}

#[test]
fn a_backup_of_encrypted_files_holds_no_plain_one_and_comes_back() {
    let (_folder, mut archive, id) = encrypted();
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("b");
    archive.backup(&act("keeper"), &to, true).unwrap();
    for path in all_files(&to.join("blobs")) {
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"saoyenc1"), "{path:?}");
    }
    let back = place.path().join("back");
    backup::restore(&to, &back).unwrap();
    let mut restored = reopened(&back, Some(1));
    assert_eq!(
        restored.export(&act("clerk"), &id, Part::Pdf, "x").unwrap(),
        PDF.as_bytes()
    );
    let report = restored.check(None, "", true).unwrap();
    assert_eq!((report.findings, report.loose), (vec![], vec![]));
    // A file of the backup that was changed is not taken over.
    let file = all_files(&to.join("blobs")).pop().unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[40] ^= 1;
    fs::write(&file, bytes).unwrap();
    let again = backup::restore(&to, &place.path().join("again"));
    assert!(matches!(again, Err(ArchiveError::Damaged(_))));
}

/// An office without encryption and the ids of six documents in it.
fn in_plain() -> (tempfile::TempDir, Archive, Vec<String>) {
    let (folder, mut archive) = crate::store::tests::office();
    let ids = (0..6)
        .map(|number| {
            let (pdf, text) = (format!("{PDF} {number}"), format!("giao đất {number}"));
            let new = paper(&pdf, &text, &[("subject", "giao đất")]);
            archive.add(&act("clerk"), &new).unwrap().id
        })
        .collect();
    (folder, archive, ids)
}

fn is_whole(archive: &mut Archive, ids: &[String]) {
    let report = archive.check(None, "", true).unwrap();
    assert_eq!((report.findings, report.loose), (vec![], vec![]));
    for id in ids {
        let pdf = archive.export(&act("clerk"), id, Part::Pdf, "x").unwrap();
        assert!(pdf.starts_with(PDF.as_bytes()));
    }
}

fn encrypt(archive: &mut Archive, batches: usize) -> crate::Encrypted {
    let mut left = batches;
    let mut watch = |_, _| match left {
        0 => false,
        _ => {
            left -= 1;
            true
        }
    };
    archive
        .encrypt(&act("root"), (&key(1), None), &mut watch)
        .unwrap()
}

#[test]
fn an_archive_is_encrypted_in_place_and_whole_at_every_step() {
    let (folder, mut archive, mut ids) = in_plain();
    // Left by a program that was stopped.
    fs::write(folder.path().join("blobs/incoming/.tmpA"), PDF).unwrap();
    is_whole(&mut archive, &ids);
    let files = archive.blobs().list().unwrap().0.len();
    let by_clerk = archive.encrypt(&act("clerk"), (&key(1), None), &mut |_, _| true);
    assert!(matches!(by_clerk, Err(ArchiveError::Refused(_))));
    let mut done = 0;
    loop {
        let outcome = encrypt(&mut archive, 1);
        done += outcome.files;
        if outcome.finished {
            break;
        }
        assert_eq!(outcome.files, 2);
        is_whole(&mut archive, &ids);
        drop(archive);
        // Without the key it is locked from the first step on.
        let mut locked = reopened(folder.path(), None);
        assert!(locked.blobs().is_locked());
        assert!(locked.unlock(&key(2)).is_err());
        archive = reopened(folder.path(), Some(1));
        is_whole(&mut archive, &ids);
        // Work goes on meanwhile, and what comes in is encrypted.
        let pdf = format!("{PDF} later {}", ids.len());
        let new = paper(&pdf, "về sau", &[("subject", "về sau")]);
        ids.push(archive.add(&act("clerk"), &new).unwrap().id);
        let name = archive.blobs().name(BlobId::of(pdf.as_bytes())).unwrap();
        assert!(archive.blobs().has_name(name));
        // So does a backup of files of both kinds.
        let place = tempfile::tempdir().unwrap();
        archive
            .backup(&act("keeper"), &place.path().join("b"), true)
            .unwrap();
        backup::restore(&place.path().join("b"), &place.path().join("back")).unwrap();
        let mut back = reopened(&place.path().join("back"), Some(1));
        is_whole(&mut back, &ids);
        assert!(encrypt(&mut back, 99).finished);
        is_whole(&mut back, &ids);
    }
    assert_eq!(done as usize, files);
    is_whole(&mut archive, &ids);
    for path in all_files(&folder.path().join("blobs")) {
        assert!(
            fs::read(&path).unwrap().starts_with(b"saoyenc1"),
            "{path:?}"
        );
    }
    let again = archive.encrypt(&act("root"), (&key(1), None), &mut |_, _| true);
    assert!(matches!(again, Err(ArchiveError::Refused(_))));
    let log: Vec<String> = archive
        .entries_after(0, 999)
        .unwrap()
        .into_iter()
        .filter(|entry| entry.action == "archive.encrypt")
        .map(|entry| entry.subject)
        .collect();
    assert_eq!(log, ["begun", "done"]);
    archive
        .change_key(&act("root"), &key(1), &key(2), None)
        .unwrap();
    is_whole(&mut reopened(folder.path(), Some(2)), &ids);
}

#[test]
fn encrypting_in_place_wants_to_be_alone_at_first_and_keeps_to_its_key() {
    let (folder, mut archive, ids) = in_plain();
    let other = reopened(folder.path(), None);
    let refused = archive.encrypt(&act("root"), (&key(1), None), &mut |_, _| true);
    assert!(matches!(refused, Err(ArchiveError::Refused(_))));
    is_whole(&mut archive, &ids);
    drop(other);
    assert!(!encrypt(&mut archive, 0).finished);
    drop(archive);
    // With another key it does not go on, and nothing is changed.
    let mut archive = reopened(folder.path(), None);
    let wrong = archive.encrypt(&act("root"), (&key(2), None), &mut |_, _| true);
    assert!(matches!(wrong, Err(ArchiveError::Key(_))));
    assert!(encrypt(&mut archive, 99).finished);
    is_whole(&mut archive, &ids);
}

#[test]
fn stops_between_two_names_of_a_file_are_mended_by_going_on() {
    let (folder, mut archive, ids) = in_plain();
    let plain: Vec<(PathBuf, Vec<u8>)> = all_files(&folder.path().join("blobs"))
        .into_iter()
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect();
    encrypt(&mut archive, 2);
    // Stopped before the plain files went: both names are there.
    for (path, bytes) in plain.iter().take(5) {
        fs::write(path, bytes).unwrap();
    }
    fs::write(folder.path().join("blobs/incoming/.tmpB"), b"saoyenc1half").unwrap();
    drop(archive);
    let mut archive = reopened(folder.path(), Some(1));
    is_whole(&mut archive, &ids);
    assert!(encrypt(&mut archive, 99).finished);
    is_whole(&mut archive, &ids);
    assert!(plain.iter().all(|(path, _)| !path.exists()));
}

#[test]
fn a_rotten_file_is_left_for_mending_and_ends_nothing() {
    let (folder, mut archive, ids) = in_plain();
    let name = archive
        .blobs()
        .name(BlobId::of(format!("{PDF} 3").as_bytes()))
        .unwrap();
    let path = archive.blobs().path(name);
    fs::write(&path, b"rot").unwrap();
    let outcome = encrypt(&mut archive, 99);
    assert_eq!(outcome.damaged, [name.to_string()]);
    assert!(!outcome.finished && path.exists());
    let codes: Vec<&str> = archive
        .check(None, "", true)
        .unwrap()
        .findings
        .iter()
        .map(|one| one.code)
        .collect();
    assert_eq!(codes, ["file_changed"]);
    fs::write(&path, format!("{PDF} 3")).unwrap();
    drop(archive);
    let mut archive = reopened(folder.path(), Some(1));
    assert!(encrypt(&mut archive, 99).finished);
    is_whole(&mut archive, &ids);
}

#[test]
fn what_is_disposed_of_goes_by_both_of_its_names() {
    let (_folder, mut archive, _) = in_plain();
    encrypt(&mut archive, 0);
    let id = BlobId::of(format!("{PDF} 1").as_bytes());
    let names = archive.blobs().names(id).unwrap();
    assert_eq!(names.len(), 2);
    assert!(archive.blobs().has(id).unwrap());
    names
        .into_iter()
        .try_for_each(|name| archive.blobs().remove(name))
        .unwrap();
    assert!(!archive.blobs().has(id).unwrap());
}

#[test]
fn files_beside_the_store_are_encrypted_like_those_in_it() {
    let (folder, archive, _) = encrypted();
    let path = folder.path().join("draft");
    archive
        .blobs()
        .write_beside(&path, &mut PDF.as_bytes())
        .unwrap();
    assert!(fs::read(&path).unwrap().starts_with(b"saoyenc1"));
    assert_eq!(archive.blobs().read_beside(&path).unwrap(), PDF.as_bytes());
    let locked = reopened(folder.path(), None);
    assert!(matches!(
        locked.blobs().read_beside(&path),
        Err(ArchiveError::Key(_))
    ));
    assert!(matches!(
        locked.blobs().write_beside(&path, &mut PDF.as_bytes()),
        Err(ArchiveError::Key(_))
    ));
    let mut bytes = fs::read(&path).unwrap();
    bytes[30] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(
        archive.blobs().read_beside(&path),
        Err(ArchiveError::Damaged(_))
    ));
}
