//! Certified copies by the pages: the wizard, two people, two keys.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::{Answer, Browser, Server};
use crate::certify::keys;
use crate::paper::seed;
use crate::program::{asked, contains, run, saoy};
use crate::secrecy::secret;
use crate::sign::cloud::{self, Cloud};
use crate::sign::servers::Authority;

/// A PIN that is found wherever it is written.
const PIN: &str = "bi-mat-4711-0815";

/// A server that has the keys of the chairman and of the office.
fn office() -> Server {
    let (_, desk) = Server::start(&[]).stop();
    keys(&desk, PIN);
    let key = |name: &str, file: &str| format!("{name}=p12:{}", desk.input(file).display());
    let (person, seal) = (key("Chủ tịch", "person.p12"), key("Văn thư", "seal.p12"));
    let more = ["--key", &person, "--key", &seal];
    // The paths are in the arguments; the desk goes with the server.
    Server::on(desk, &more)
}

/// What a command of the program prints as JSON.
fn json(server: &Server, arguments: &[&str]) -> Value {
    let mut command = saoy();
    command
        .arg("--data")
        .arg(server.desk.output("data"))
        .args(arguments)
        .arg("--json");
    let (_, out, complaints) = run(&mut command);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{complaints}"))
}

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").expect("a place").to_owned()
}

/// Hands a scan in and waits until it was read; where it goes on.
fn read(browser: &Browser<'_>, name: &str, requester: &str, scan: &[u8]) -> String {
    let fields = [
        ("requester", requester),
        ("requester_id", "079090000001"),
        ("title", ""),
        ("copies", "2"),
    ];
    let draft = place(&browser.upload("/certify/new", &fields, name, scan));
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let answer = browser.get(&draft);
        if answer.status == 303 || answer.text().contains("role=\"alert\"") {
            return draft;
        }
        // What is shown meanwhile works without a script.
        assert!(answer.text().contains("http-equiv=\"refresh\""));
        assert!(Instant::now() < until, "{}", answer.text());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Compares all pages, one after the other, as the page asks for them.
fn compare(browser: &Browser<'_>, draft: &str, pages: u32) {
    for page in 1..=pages {
        let at = browser.get(&format!("{draft}/pages"));
        assert_eq!(at.status, 200, "{}", at.text());
        assert!(
            at.text()
                .contains(&format!("name=\"page\" value=\"{page}\""))
        );
        for picture in ["scan", "made"] {
            let picture = browser.get(&format!("{draft}/{picture}/{page}/m"));
            assert_eq!(picture.status, 200, "{}", picture.text());
            assert!(picture.body.starts_with(&[0xFF, 0xD8]), "a JPEG");
        }
        let page = page.to_string();
        let answer = browser.post(
            &format!("{draft}/pages"),
            &[("page", &page), ("same", "yes")],
        );
        place(&answer);
    }
}

/// The codes of the questions, and of those where the machine sees something.
fn questions(page: &str) -> (Vec<String>, BTreeSet<String>) {
    let mut codes = Vec::new();
    let mut hints = BTreeSet::new();
    for field in page.split("<fieldset").skip(1) {
        let (_, rest) = field.split_once("name=\"answer-").expect("a question");
        let code = rest.split('"').next().expect("a code").to_owned();
        if field.contains("chip open") {
            hints.insert(code.clone());
        }
        codes.push(code);
    }
    (codes, hints)
}

/// Answers every question, with a remark where the machine saw something.
fn clear(browser: &Browser<'_>, draft: &str) -> Answer {
    let page = browser.get(&format!("{draft}/checks"));
    let (codes, hints) = questions(&page.text());
    assert_eq!(codes.len(), 7, "{}", page.text());
    let fields: Vec<(String, String)> = codes
        .iter()
        .flat_map(|code| {
            let remark = if hints.contains(code) {
                "đã xem tận mắt"
            } else {
                ""
            };
            [
                (format!("answer-{code}"), "clear".to_owned()),
                (format!("remark-{code}"), remark.to_owned()),
            ]
        })
        .collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(&format!("{draft}/checks"), &fields)
}

/// The whole wizard; the copy's code.
fn prepared(browser: &Browser<'_>, name: &str, requester: &str, scan: &[u8], pages: u32) -> String {
    let draft = read(browser, name, requester, scan);
    compare(browser, &draft, pages);
    assert_eq!(place(&clear(browser, &draft)), format!("{draft}/preview"));
    let at = place(&browser.post(&format!("{draft}/preview"), &[]));
    at.strip_prefix("/certify/").expect("a code").to_owned()
}

fn key_index(page: &str, name: &str) -> String {
    let (before, _) = page
        .split_once(&format!("> {name}</label>"))
        .expect("the key");
    let (_, value) = before.rsplit_once("value=\"").expect("a value");
    value.split('"').next().expect("a value").to_owned()
}

/// Looks at command lines and environments of all processes of this server until told to stop; how many children of a
/// signature it saw.
fn watched(server: &Server, stop: &AtomicBool, seen: &AtomicUsize) {
    let data = server.desk.output("data");
    let data = data.to_string_lossy().into_owned();
    let mut known = BTreeSet::new();
    while !stop.load(Ordering::Relaxed) {
        for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let file = |name: &str| std::fs::read(entry.path().join(name)).unwrap_or_default();
            let line = file("cmdline");
            if !contains(&line, data.as_bytes()) {
                continue;
            }
            assert!(
                !contains(&line, PIN.as_bytes()),
                "the PIN is in a command line"
            );
            assert!(
                !contains(&file("environ"), PIN.as_bytes()),
                "the PIN is in an environment"
            );
            assert!(
                !contains(&line, b"079090000001"),
                "a citizen's number is in a command line"
            );
            if contains(&line, b"--pin-fd") && known.insert(name) {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

#[test]
fn two_people_take_a_paper_to_a_sealed_copy_that_verifies() {
    let server = office();
    let officer = server.log_in("officer");
    let chair = server.log_in("chair");
    let clerk = server.log_in("clerk");
    let code = prepared(
        &officer,
        "giấy tờ.tif",
        "Trần Văn Cường",
        &seed("two-pages.tif"),
        2,
    );
    let at = format!("/certify/{code}");
    // It waits for the chairman, and says so; what the officer said is there, the number masked.
    let page = officer.get(&at).text();
    assert!(
        page.contains("Đang chờ người thực hiện chứng thực ký"),
        "{page}"
    );
    assert!(page.contains("079*****0001") && !page.contains("079090000001"));
    assert!(page.contains("đã xem tận mắt") && page.contains("01/"));
    assert!(chair.get("/certify").text().contains(&code));
    assert!(!clerk.get("/certify").text().contains(&code));
    assert!(clerk.get("/certify?stage=prepared").text().contains(&code));
    let preview = officer.get(&format!("{at}/statement"));
    assert!(
        preview.body.starts_with(&[0xFF, 0xD8]),
        "{}",
        preview.text()
    );
    let preview = officer.get(&format!("{at}/preview.pdf"));
    let preview = server.desk.put("preview.pdf", &preview.body);
    let said = asked("pdftotext", &[preview.as_os_str(), "-".as_ref()]);
    assert!(
        said.contains("NOT VALID") && said.contains("Nguyễn Văn An"),
        "{said}"
    );
    // The preview is in the name of who may certify, and nothing of it is in the register.
    assert_eq!(
        json(&server, &["certify", "show", &code])["stage"],
        "prepared"
    );

    let stop = AtomicBool::new(false);
    let seen = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| watched(&server, &stop, &seen));
        let key = key_index(&chair.get(&at).text(), "Chủ tịch");
        // A wrong PIN, no PIN, somebody who may not: it stays where it was, and the page says what to do.
        for (pin, said) in [("sai-pin", "Chưa ký gì cả"), ("", "Chưa nhập mã PIN")] {
            let answer = chair.post(&format!("{at}/sign"), &[("key", &key), ("pin", pin)]);
            assert!(answer.text().contains(said), "{}", answer.text());
            assert!((400..500).contains(&answer.status), "{}", answer.status);
            assert_eq!(
                json(&server, &["certify", "show", &code])["stage"],
                "prepared"
            );
        }
        let answer = officer.post(&format!("{at}/sign"), &[("key", &key), ("pin", PIN)]);
        assert_eq!(answer.status, 403);
        let answer = chair.post(&format!("{at}/sign"), &[("key", &key), ("pin", PIN)]);
        assert_eq!(place(&answer), at);
        assert_eq!(
            json(&server, &["certify", "show", &code])["stage"],
            "signed"
        );
        // The chairman may not seal what he signed, even if he were the clerk as well.
        let answer = chair.post(&format!("{at}/seal"), &[("key", &key), ("pin", PIN)]);
        assert_eq!(answer.status, 403);
        let page = clerk.get(&at).text();
        assert!(page.contains("Đóng dấu cơ quan"));
        let key = key_index(&page, "Văn thư");
        let answer = clerk.post(&format!("{at}/seal"), &[("key", &key), ("pin", PIN)]);
        assert_eq!(place(&answer), at);
        stop.store(true, Ordering::Relaxed);
    });
    assert!(seen.load(Ordering::Relaxed) > 0, "no child was seen");
    assert!(!server.log().contains(PIN) && !server.log().contains("079090000001"));

    let answer = officer.post(&format!("{at}/deliver"), &[("to", "tận tay")]);
    assert_eq!(place(&answer), at);
    assert!(
        officer
            .get("/certify?stage=delivered")
            .text()
            .contains(&code)
    );
    let print = officer.get(&format!("{at}/print"));
    assert!(print.body.starts_with(b"%PDF-"), "{}", print.text());
    let file = officer.get(&format!("{at}/file"));
    let copy = server.desk.put("copy.pdf", &file.body);
    let trusted: Vec<PathBuf> = ["person.pem", "seal.pem"]
        .map(|name| server.desk.input(name))
        .to_vec();
    let report = json(
        &server,
        &[
            "verify",
            copy.to_str().expect("UTF-8"),
            "--no-ocr",
            "--trust",
            trusted[0].to_str().expect("UTF-8"),
            "--trust",
            trusted[1].to_str().expect("UTF-8"),
        ],
    );
    let file = &report["files"][0];
    assert_eq!(file["verdict"], "valid", "{file}");
    assert_eq!(file["registered"]["result"], "as_registered", "{file}");
    // Nothing of the way is left but the archive itself, and that is whole.
    for left in ["server/drafts", "server/incoming"] {
        let folder = server.desk.output("data").join(left);
        assert_eq!(
            std::fs::read_dir(folder).map_or(0, Iterator::count),
            0,
            "{left}"
        );
    }
    let report = json(&server, &["archive", "check"]);
    assert_eq!(report["findings"], serde_json::json!([]), "{report}");
    // The same paper again: what is held comes first.
    let draft = read(&officer, "b.tif", "Lê Thị Hoa", &seed("two-pages.tif"));
    assert_eq!(place(&officer.get(&draft)), format!("{draft}/held"));
    assert!(officer.get(&format!("{draft}/held")).text().contains(&code));
    // Nobody gets around it.
    assert_eq!(
        place(&officer.get(&format!("{draft}/preview"))),
        format!("{draft}/held")
    );
    let answer = officer.post(&format!("{draft}/held"), &[("reason", "bản trước mờ")]);
    assert_eq!(place(&answer), format!("{draft}/pages"));
    place(&officer.post(&format!("{draft}/drop"), &[]));
    assert_eq!(officer.get(&draft).status, 404);
}

#[test]
fn a_paper_is_refused_with_its_reason_and_secret_ones_are_wiped() {
    let server = office();
    let officer = server.log_in("officer");
    let draft = read(&officer, "a.tif", "Trần Văn Cường", &seed("two-pages.tif"));
    // No way past the pages, and none for others.
    assert_eq!(
        place(&officer.get(&format!("{draft}/checks"))),
        format!("{draft}/pages")
    );
    let chair = server.log_in("chair");
    assert_eq!(chair.get(&draft).status, 404);
    compare(&officer, &draft, 2);
    // Questions that are open are named.
    let answer = officer.post(&format!("{draft}/checks"), &[("answer-R1", "refuse")]);
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("Từ chối thì phải ghi lý do"));
    let answer = officer.post(
        &format!("{draft}/checks"),
        &[
            ("answer-R1", "refuse"),
            ("remark-R1", "tẩy xóa <b>dòng 3</b>"),
        ],
    );
    let told = officer.get(&place(&answer)).text();
    assert!(told.contains("Đã từ chối chứng thực"), "{told}");
    assert!(told.contains("tẩy xóa") && !told.contains("<b>dòng"));
    assert_eq!(json(&server, &["certify", "list"]), serde_json::json!([]));
    assert_eq!(officer.get(&draft).status, 404);

    let draft = read(&officer, "b.png", "Trần Văn Cường", &secret());
    let page = officer.get(&draft);
    assert!(page.text().contains("role=\"alert\""), "{}", page.text());
    let (_, desk) = server.stop();
    for folder in ["data/server/drafts", "data/archive"] {
        for entry in files(&desk.output(folder)) {
            let name = entry
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            assert!(
                !name.starts_with("scan.") && name != "paper.pdf",
                "{}",
                entry.display()
            );
        }
    }
}

/// All files below a folder.
fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

#[test]
fn what_people_typed_is_text_and_intake_prepares_nothing() {
    const EVIL: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>";
    let server = office();
    let officer = server.log_in("officer");
    let intake = server.log_in("post");
    for path in ["/certify", "/certify/new"] {
        assert_eq!(intake.get(path).status, 403, "{path}");
    }
    let fields = [("requester", "A"), ("copies", "1")];
    let answer = intake.upload("/certify/new", &fields, "a.tif", &seed("g4.tif"));
    assert_eq!(answer.status, 403);

    let fields = [("requester", EVIL), ("title", EVIL), ("copies", "1")];
    let name = "<img src=x onerror=alert(3)>.tif";
    let draft = place(&officer.upload("/certify/new", &fields, name, &seed("g4.tif")));
    let inert = |answer: &Answer| {
        let text = answer.text();
        assert!(
            !text.contains("<script>") && !text.contains("<img src=x"),
            "{text}"
        );
    };
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let answer = officer.get(&draft);
        if answer.status == 303 {
            break;
        }
        inert(&answer);
        assert!(Instant::now() < until, "{}", answer.text());
        std::thread::sleep(Duration::from_millis(50));
    }
    inert(&officer.get("/certify"));
    inert(&officer.get(&format!("{draft}/pages")));
    compare(&officer, &draft, 1);
    inert(&officer.get(&format!("{draft}/checks")));
    place(&clear(&officer, &draft));
    inert(&officer.get(&format!("{draft}/preview")));
    let at = place(&officer.post(&format!("{draft}/preview"), &[]));
    inert(&officer.get(&at));
    inert(&officer.get("/certify?stage=prepared"));
    // Given up with a reason, which is shown as text too.
    let answer = officer.post(&format!("{at}/cancel"), &[("reason", EVIL)]);
    assert_eq!(place(&answer), at);
    let page = officer.get(&at);
    inert(&page);
    assert!(page.text().contains("đã hủy"));
    // An unknown code is said to be one, whatever it is.
    let answer = officer.get("/certify?code=%3Cscript%3E");
    assert_eq!(answer.status, 404);
    inert(&answer);
}

/// Hands a document in for a true copy, and waits until it was read; where it goes on.
fn taken_in(browser: &Browser<'_>, kind: &str, scan: &[u8]) -> (String, String) {
    let fields = [("kind", kind), ("requester", "Sở Tư pháp"), ("title", "")];
    let draft = place(&browser.upload("/certify/new", &fields, "a.tif", scan));
    let next = waited(browser, &draft);
    (draft, next)
}

fn waited(browser: &Browser<'_>, draft: &str) -> String {
    for _ in 0..1200 {
        let answer = browser.get(draft);
        if answer.status == 303 {
            return place(&answer);
        }
        assert!(
            !answer.text().contains("role=\"alert\""),
            "{}",
            answer.text()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{draft} is never read");
}

/// The text of the first page of the file that was issued, and how many pages it has.
fn issued(server: &Server, browser: &Browser<'_>, at: &str) -> (String, String) {
    let file = browser.get(&format!("{at}/file"));
    assert_eq!(file.status, 200, "{}", file.text());
    let file = server.desk.put("issued.pdf", &file.body);
    let first: [&std::ffi::OsStr; 4] =
        ["-l".as_ref(), "1".as_ref(), file.as_os_str(), "-".as_ref()];
    let pages = asked("qpdf", &["--show-npages".as_ref(), file.as_os_str()]);
    (asked("pdftotext", &first), pages.trim().to_owned())
}

#[test]
fn the_clerk_alone_makes_true_copies_and_extracts() {
    let server = office();
    let clerk = server.log_in("clerk");
    let scan = seed("two-pages.tif");
    // What is certified is not his to take in; the page offers him the office's own copies only.
    let refused = clerk.upload("/certify/new", &[("requester", "A")], "a.tif", &scan);
    assert_eq!(refused.status, 409, "{}", refused.text());
    let offered = clerk.get("/certify/new").text();
    assert!(offered.contains("kind=sao-luc") && !offered.contains("kind=chung-thuc"));
    let officer = server.log_in("officer").get("/certify/new").text();
    assert!(officer.contains("kind=chung-thuc") && officer.contains("kind=trich-sao"));

    for (kind, register, form) in [("sao-y", "SY", "SAO Y"), ("sao-luc", "SL", "SAO LỤC")] {
        let (draft, next) = taken_in(&clerk, kind, &scan);
        // Neither checklist nor ticks: straight to the preview.
        assert_eq!(next, format!("{draft}/preview"));
        assert_eq!(
            place(&clerk.get(&format!("{draft}/checks"))),
            format!("{draft}/preview")
        );
        let page = clerk.get(&next).text();
        assert!(page.contains("Sở Tư pháp"), "{page}");
        // The machine sees no true copy in it, which only sao lục is made of.
        assert_eq!(page.contains("Máy không thấy dấu SAO Y"), kind == "sao-luc");
        let picture = clerk.get(&format!("{draft}/statement"));
        assert!(
            picture.body.starts_with(&[0xFF, 0xD8]),
            "{}",
            picture.text()
        );
        let at = place(&clerk.post(&format!("{draft}/preview"), &[]));
        let code = at.strip_prefix("/certify/").expect("a code");
        let copy = json(&server, &["certify", "show", code]);
        assert_eq!(copy["line"]["register"], register);
        assert_eq!(copy["line"]["columns"]["recipient"], "Sở Tư pháp");
        assert_eq!(copy["pages"], 2);
        let page = clerk.get(&at).text();
        assert!(
            page.contains("Nơi nhận") && !page.contains("/sign\""),
            "{page}"
        );
        let key = key_index(&page, "Văn thư");
        let sealed = clerk.post(&format!("{at}/seal"), &[("key", &key), ("pin", PIN)]);
        assert_eq!(place(&sealed), at);
        let (text, pages) = issued(&server, &clerk, &at);
        assert!(text.contains(form) && pages == "2", "{pages}: {text}");
    }

    let (draft, next) = taken_in(&clerk, "trich-sao", &scan);
    assert_eq!(next, format!("{draft}/excerpt"));
    let none = clerk.post(&next, &[]);
    assert_eq!(none.status, 400, "{}", none.text());
    place(&clerk.post(&next, &[("page-2", "yes"), ("page-9", "yes")]));
    assert_eq!(waited(&clerk, &draft), format!("{draft}/preview"));
    // Other pages can be chosen still; the same again changes nothing.
    assert!(
        clerk
            .get(&next)
            .text()
            .contains("name=\"page-2\" value=\"yes\" checked")
    );
    for picture in ["scan/2/m", "made/1/m", "statement"] {
        let picture = clerk.get(&format!("{draft}/{picture}"));
        assert!(
            picture.body.starts_with(&[0xFF, 0xD8]),
            "{}",
            picture.text()
        );
    }
    let at = place(&clerk.post(&format!("{draft}/preview"), &[]));
    let code = at.strip_prefix("/certify/").expect("a code");
    let copy = json(&server, &["certify", "show", code]);
    assert_eq!(copy["line"]["display"], "01/TrS");
    assert_eq!(copy["details"]["excerpt"], serde_json::json!([2]));
    assert!(
        copy["title"]
            .as_str()
            .expect("a title")
            .ends_with("(trích trang 2)")
    );
    let key = key_index(&clerk.get(&at).text(), "Văn thư");
    place(&clerk.post(&format!("{at}/seal"), &[("key", &key), ("pin", PIN)]));
    let (text, pages) = issued(&server, &clerk, &at);
    assert!(
        text.contains("TRÍCH SAO") && pages == "1",
        "{pages}: {text}"
    );
    // The page beside the copy's is the one it was made of.
    let [extracted, scanned] = [
        clerk.get(&format!("{at}/scan/1/m")),
        clerk.get(&format!("{draft}/scan/2/m")),
    ];
    assert_eq!(extracted.status, 200);
    assert_eq!(scanned.status, 404, "a paper with its number is no draft");
    let everything = files(&server.desk.output("data"));
    let left = everything
        .iter()
        .filter(|path| path.display().to_string().contains("staging-"));
    assert_eq!(left.count(), 0, "what was read is gone: {everything:?}");
}

/// A key that a service holds, which wants a PIN and a code that it sends.
fn far_key(authority: &Authority) -> Cloud {
    authority.issue_for(
        "far",
        "by-list",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    );
    let cloud = Cloud::new(&authority.folder(), "far", None);
    let secret = cloud::SECRET;
    let account =
        format!("[login]\nkind = \"client\"\nclient_id = \"saoy\"\nclient_secret = \"{secret}\"\n");
    let account = authority.desk.put("account.toml", account);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(account, mode).expect("for its owner");
    let mut now = cloud.now();
    now.phone = Some(authority.desk.input("phone"));
    now.auth = serde_json::json!({"mode": "explicit", "expression": "PIN AND OTP", "objects": [
        {"type": "Password", "id": "PIN", "format": "N"},
        {"type": "Password", "id": "OTP", "format": "N"}]});
    drop(now);
    cloud
}

/// Opens the page of a far signature until it has what is looked for.
fn until(browser: &Browser<'_>, at: &str, is_it: impl Fn(&Answer) -> bool) -> Answer {
    for _ in 0..600 {
        let answer = browser.get(&format!("{at}/signing"));
        if is_it(&answer) {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("never: {}", browser.get(&format!("{at}/signing")).text());
}

#[test]
fn a_key_at_a_service_is_asked_for_on_a_page_of_its_own() {
    let authority = Authority::new();
    let cloud = far_key(&authority);
    let (_, desk) = Server::start(&[]).stop();
    keys(&desk, PIN);
    let reference = cloud.reference();
    let reference = reference.strip_prefix("--key=").expect("a key");
    let (key, account) = (
        format!("Chủ tịch={reference}"),
        format!(
            "Chủ tịch={}",
            authority.desk.input("account.toml").display()
        ),
    );
    let server = Server::on(desk, &["--key", &key, "--account", &account]);
    let officer = server.log_in("officer");
    let chair = server.log_in("chair");
    let code = prepared(&officer, "a.tif", "Trần Văn Cường", &seed("g4.tif"), 1);
    let at = format!("/certify/{code}");
    let stage = || json(&server, &["certify", "show", &code])["stage"].clone();
    let key = key_index(&chair.get(&at).text(), "Chủ tịch");
    let sign = |pin: &str| {
        let answer = chair.post(&format!("{at}/sign"), &[("key", &key), ("pin", pin)]);
        assert_eq!(place(&answer), format!("{at}/signing"));
    };
    let is_asked = |answer: &Answer| answer.text().contains("name=\"answer\"");
    let is_over =
        |answer: &Answer| answer.status != 200 || answer.text().contains("role=\"alert\"");

    // A PIN that is wrong is sent once, and said to be wrong.
    sign("9999");
    let asked = until(&chair, &at, is_asked).text();
    assert!(asked.contains("OTP"), "{asked}");
    // The code is somebody else's to give: nobody but whoever signs sees the question.
    assert_eq!(place(&officer.get(&format!("{at}/signing"))), at);
    chair.post(&format!("{at}/signing"), &[("answer", "code-0")]);
    let failed = until(&chair, &at, is_over);
    assert!(failed.text().contains("Chưa ký gì cả"), "{}", failed.text());
    assert_eq!(stage(), "prepared");
    assert_eq!(cloud.asked("credentials/authorize").len(), 1);

    // Stopped while it asks: nothing is authorised.
    sign("");
    let asked = until(&chair, &at, is_asked).text();
    assert!(asked.contains("type=\"password\""), "{asked}");
    place(&chair.post(&format!("{at}/signing"), &[("do", "stop")]));
    until(&chair, &at, is_over);
    assert_eq!(cloud.asked("credentials/authorize").len(), 1);

    // PIN, the code that was sent, and approval on a telephone.
    cloud.now().delay = 4;
    sign("");
    until(&chair, &at, is_asked);
    chair.post(&format!("{at}/signing"), &[("answer", cloud::PIN)]);
    until(&chair, &at, |answer| {
        answer.text().contains("one-time-code")
    });
    let sent = std::fs::read_to_string(authority.desk.input("phone")).expect("a code");
    chair.post(&format!("{at}/signing"), &[("answer", sent.trim())]);
    until(&chair, &at, |answer| {
        answer.status == 303 || answer.text().contains("chấp thuận trong ứng dụng")
    });
    let done = until(&chair, &at, |answer| answer.status == 303);
    assert_eq!(place(&done), at);
    assert_eq!(stage(), "signed");
    assert_eq!(cloud.now().signed.len(), 1);
    let log = server.log();
    assert!(
        !log.contains(sent.trim()) && !log.contains(cloud::SECRET),
        "{log}"
    );
}
