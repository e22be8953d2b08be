//! Certificates that a list at hand revokes: they sign nothing, at any level, with any kind of key, and nobody is asked.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::servers::Authority;
use super::{openssl, page, sign};
use crate::program::{run, saoy, saoy_in};

/// An authority whose lists are in the trust folder; nothing there is accepted.
struct Office<'a> {
    authority: &'a Authority,
}

impl<'a> Office<'a> {
    fn of(authority: &'a Authority) -> Self {
        let office = Self { authority };
        office.takes("root.pem");
        office
    }

    fn openssl(&self, arguments: &str) {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        openssl(&self.authority.folder(), &arguments);
    }

    fn revoke(&self, name: &str, reason: &str) {
        self.openssl(&format!(
            "ca -config ca.cnf -keyfile root.key -cert root.pem -revoke {name}.pem -crl_reason {reason}"
        ));
    }

    /// Takes back every revocation, as authorities do with holds.
    fn release(&self) {
        let index = self.authority.desk.input("index.txt");
        let lines = std::fs::read_to_string(&index).unwrap();
        let lines = lines.lines().map(|line| {
            let mut parts: Vec<&str> = line.split('\t').collect();
            (parts[0], parts[2]) = ("V", "");
            parts.join("\t") + "\n"
        });
        std::fs::write(&index, lines.collect::<String>()).unwrap();
    }

    /// A list made in `year`, which has a month's time of its own.
    fn list(&self, name: &str, year: &str) {
        self.openssl(&format!(
            "ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -crl_lastupdate {year}0101000000Z -crl_nextupdate {year}0201000000Z -out {name}"
        ));
    }

    /// One that is of today.
    fn list_of_today(&self, name: &str) {
        self.openssl(&format!(
            "ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -crldays 30 -out {name}"
        ));
    }

    /// Puts a file into the trust folder.
    fn takes(&self, name: &str) {
        let (code, _, said) = run(saoy()
            .arg("--data")
            .arg(self.authority.desk.input("data"))
            .args(["trust", "add", name])
            .current_dir(self.authority.folder()));
        assert_eq!(code, 0, "{said}");
    }

    /// What becomes of a signature at `level`: the code of the error, or nothing.
    fn signs(&self, name: &str, level: &str, more: &[&str]) -> Option<String> {
        let desk = &self.authority.desk;
        let (input, out) = (desk.put("a.pdf", page()), desk.output("a.pdf"));
        let own = [&self.authority.keyed(name)[..], &self.authority.served()].concat();
        let own = own.iter().map(String::as_str);
        let level = format!("--level={level}");
        let all: Vec<&str> = own.chain([&*level]).chain(more.iter().copied()).collect();
        let (code, entry) = sign(&input, &out, &all);
        let error = entry["error"]["code"].as_str().map(str::to_owned);
        assert_eq!(code, if error.is_some() { 5 } else { 0 }, "{entry}");
        assert_eq!(out.exists(), error.is_none(), "{entry}");
        assert!(entry["warnings"].is_null(), "{entry}");
        let _ = std::fs::remove_file(out);
        error
    }
}

#[test]
fn what_a_list_at_hand_revokes_signs_at_no_level() {
    let authority = Authority::new();
    let office = Office::of(&authority);
    let refused = Some("certificate_revoked".to_owned());
    for level in ["b", "t"] {
        assert_eq!(office.signs("by-list", level, &[]), None);
        office.takes("list.crl");
        assert_eq!(office.signs("by-list", level, &[]), None);
    }
    office.revoke("by-list", "keyCompromise");
    office.list_of_today("list.crl");
    office.takes("list.crl");
    let trusting = office.authority.trusting();
    let trusting: Vec<&str> = trusting.iter().map(String::as_str).collect();
    for level in ["b", "t"] {
        assert_eq!(office.signs("by-list", level, &[]), refused, "{level}");
    }
    for level in ["b", "t", "lt", "lta"] {
        assert_eq!(
            office.signs("by-list", level, &trusting),
            refused,
            "{level}"
        );
    }
    // Others of that authority go on signing.
    assert_eq!(office.signs("by-ocsp", "t", &[]), None);
}

#[test]
fn it_is_said_in_both_languages_whose_and_by_which_list() {
    let authority = Authority::new();
    let office = Office::of(&authority);
    office.revoke("by-list", "superseded");
    office.list_of_today("list.crl");
    office.takes("list.crl");
    let desk = &office.authority.desk;
    let input = desk.put("a.pdf", page());
    let told = |ui: &str| {
        let (code, _, said) = run(saoy_in(ui)
            .arg("sign")
            .arg(&input)
            .arg("-o")
            .arg(desk.output("a.pdf"))
            .args(office.authority.keyed("by-list"))
            .arg(&office.authority.served()[1]));
        assert_eq!(code, 5, "{said}");
        said
    };
    let (vi, en) = (told("vi"), told("en"));
    let words = ["không được dùng", "by-list", "bị thu hồi", "danh sách"];
    assert!(words.iter().all(|word| vi.contains(word)), "{vi}");
    let words = ["must not be used", "by-list", "is revoked since", "CRL of"];
    assert!(words.iter().all(|word| en.contains(word)), "{en}");
}

/// Out of date, a list proves nothing good, but a revocation on it stands.
#[test]
fn a_list_that_is_out_of_date_revokes_but_clears_nobody() {
    let authority = Authority::new();
    let office = Office::of(&authority);
    office.list("old.crl", "2025");
    office.takes("old.crl");
    assert_eq!(office.signs("by-list", "b", &[]), None);
    office.revoke("by-list", "cessationOfOperation");
    office.list("old.crl", "2025");
    // Its entry is of today, which a list of last year cannot know; that it is there counts.
    office.takes("old.crl");
    let refused = office.signs("by-list", "b", &[]);
    assert_eq!(refused.as_deref(), Some("certificate_revoked"));
    // A newer list that has forgotten it changes nothing of that.
    office.release();
    office.list_of_today("new.crl");
    let old = format!(
        "--trust={}",
        office.authority.desk.input("old.crl").display()
    );
    office.takes("new.crl");
    let refused = office.signs("by-list", "b", &[&old]);
    assert_eq!(refused.as_deref(), Some("certificate_revoked"));
}

/// A hold is the one reason that ends (RFC 5280 5.3.1).
#[test]
fn a_hold_lasts_until_a_newer_list_no_longer_tells_it() {
    let authority = Authority::new();
    let office = Office::of(&authority);
    let held = Some("certificate_on_hold");
    office.revoke("by-list", "certificateHold");
    office.list("hold.crl", "2025");
    office.takes("hold.crl");
    assert_eq!(office.signs("by-list", "b", &[]).as_deref(), held);
    office.release();
    let given = |name: &str| {
        let path = office.authority.desk.input(name);
        format!("--trust={}", path.display())
    };
    let hold = given("hold.crl");
    // An older one says nothing of the end; a newer one does, in date or not.
    for (name, year, expected) in [("older.crl", "2024", held), ("newer.crl", "2026", None)] {
        office.list(name, year);
        let other = given(name);
        let found = office.signs("by-list", "b", &[&hold, &other]);
        assert_eq!(found.as_deref(), expected, "{name}");
    }
}

/// Somebody else's list of that name revokes nobody.
#[test]
fn a_list_that_the_issuer_did_not_sign_revokes_nobody() {
    let authority = Authority::new();
    let office = Office::of(&authority);
    office.revoke("by-list", "keyCompromise");
    office.openssl("ca -gencrl -config ca.cnf -keyfile stranger.key -cert stranger.pem -crldays 30 -out strange.crl");
    office.takes("strange.crl");
    assert_eq!(office.signs("by-list", "b", &[]), None);
}

/// A trust folder with a list of today on which `name` is.
pub(crate) fn folder_that_revokes(authority: &Authority, name: &str) -> PathBuf {
    let office = Office::of(authority);
    office.revoke(name, "keyCompromise");
    office.list_of_today("list.crl");
    office.takes("list.crl");
    authority.desk.input("data")
}

/// That a run refused its one document for that, and left no file.
pub(super) fn is_refused(code: i32, entry: &Value, out: &Path) {
    assert_eq!(code, 5, "{entry}");
    assert_eq!(entry["error"]["code"], "certificate_revoked", "{entry}");
    assert_ne!(entry["error"]["vi"], entry["error"]["en"]);
    assert!(!out.exists());
}
