//! The archive's pages: found, opened for a purpose, taken away, handed out again, counted; and who may see what.

use saoy_archive::{Archive, Random};
use serde_json::Value;

use super::client::{Answer, Browser, PASSWORD, Server};
use super::signed;
use crate::program::{run, saoy};

/// What nobody's browser may run.
const SCRIPT: &str = "<script>alert(1)</script>";

/// Runs the program on the server's data; gives what it printed.
fn done(server: &Server, arguments: &[&str]) -> String {
    let data = server.desk.output("data");
    let (code, out, complaints) = run(saoy().arg("--data").arg(data).args(arguments));
    assert_eq!(code, 0, "{arguments:?}: {complaints}");
    out
}

/// Puts a PDF with its text into the archive; gives its id.
fn add(server: &Server, name: &str, pdf: &[u8], text: &str, set: &[&str]) -> String {
    let path = server.desk.put(&format!("{name}.pdf"), pdf);
    server.desk.put(&format!("{name}.txt"), text);
    let path = path.to_string_lossy().into_owned();
    let mut arguments = vec!["archive", "add", &path, "--by", "clerk", "--json"];
    for pair in set {
        arguments.extend(["--set", pair]);
    }
    let added: Value = serde_json::from_str(&done(server, &arguments)).expect("JSON");
    added["documents"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// A decision and a person's birth certificate; their ids.
fn shelf(server: &Server) -> (String, String) {
    let text = format!("Quyết định giao đất {SCRIPT} cho hộ dân");
    let decision = add(
        server,
        "a",
        &signed(server),
        &text,
        &[
            "type=QĐ",
            "number_symbol=15/QĐ-UBND",
            "issued_date=2024-03-05",
            "agency=UBND phường Thuận Hóa",
            &format!("subject=Về việc giao đất {SCRIPT}"),
            "unit=Địa chính",
        ],
    );
    let birth = add(
        server,
        "b",
        b"%PDF-1.7 b",
        "Giấy khai sinh của Trần Văn Đức",
        &[
            "type=giay_khai_sinh",
            "owner_number=046200001234",
            "full_name=Trần Văn Đức",
            "issued_date=2020-01-02",
        ],
    );
    (decision, birth)
}

/// A page that is there and runs nothing of what was stored.
fn page(answer: &Answer) -> String {
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    assert!(!text.contains("<script>alert"), "{text}");
    assert!(!text.contains(" style=\""), "{text}");
    text
}

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").expect("a place").to_owned()
}

/// The entries of the log about something, newest first: what was done.
fn log(server: &Server, id: &str) -> Vec<String> {
    let folder = server.desk.output("data/archive");
    let archive = Archive::open(&folder, Box::new(Nothing)).expect("the archive");
    let entries = archive.log_of(id, 100).expect("the log");
    entries.into_iter().map(|entry| entry.action).collect()
}

/// No random numbers: nothing is written.
struct Nothing;

impl Random for Nothing {
    fn fill(&mut self, _: &mut [u8]) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

#[test]
fn what_is_searched_is_found_narrowed_and_harmless() {
    let server = Server::start(&[]);
    let (decision, birth) = shelf(&server);
    let other = add(
        &server,
        "c",
        b"%PDF-1.7 c",
        "Thông báo giao đất",
        &[
            "type=TB",
            "issued_date=2025-01-01",
            "agency=UBND phường Thuận Hóa Đông",
        ],
    );
    let browser = server.log_in("keeper");
    // Nothing asked: facets, and nobody's papers.
    let start = page(&browser.get("/archive"));
    assert!(start.contains("Giấy khai sinh") && !start.contains(&birth));
    let all = page(&browser.get("/archive?q=giao+dat"));
    assert!(all.contains(&decision) && all.contains(&other) && all.contains("2 tài liệu"));
    assert!(
        all.contains("<mark>giao</mark>") || all.contains("<mark>giao đất</mark>"),
        "{all}"
    );
    // A facet is exactly its value, and can be taken off again.
    let narrowed =
        page(&browser.get(
            "/archive?q=giao+dat&agency=UBND%20ph%C6%B0%E1%BB%9Dng%20Thu%E1%BA%ADn%20H%C3%B3a",
        ));
    assert!(narrowed.contains(&decision) && !narrowed.contains(&other));
    assert!(
        narrowed.contains("class=\"chosen\" href=\"/archive?q=giao%20dat\""),
        "{narrowed}"
    );
    let year = page(&browser.get("/archive?q=&year=2025"));
    assert!(year.contains(&other) && !year.contains(&decision));
    let by_date = page(&browser.get("/archive?q=giao&order=date"));
    assert!(by_date.find(&other) < by_date.find(&decision));
    // While it is typed the last word may go on; the part alone comes back.
    let part = page(&browser.get("/archive/found.html?q=giao+d%C3%A2&typing=1"));
    assert!(!part.contains("<html") && part.contains("data-count="));
    let part = page(&browser.get("/archive/found.html?q=thong+ba&typing=1"));
    assert!(part.contains(&other));
    let none = page(&browser.get("/archive?q=khongcotunay"));
    assert!(none.contains("0 tài liệu") && none.contains("Không tìm thấy gì"));
    let echoed =
        page(&browser.get(
            "/archive?q=%3Cscript%3Ealert(1)%3C/script%3E%22%3E&type=%22%3E%3Cscript%3Ealert(1)",
        ));
    assert!(echoed.contains("&lt;script") || echoed.contains("&#60;script"));
    assert_eq!(browser.get("/archive?q=date:2024..mai").status, 409);
    // A person's paper is found, and what it shows of its owner is a part of the number.
    let person = page(&browser.get("/archive?q=khai+sinh"));
    assert!(person.contains(&birth) && person.contains("046*****1234"));
    assert!(!person.contains("046200001234"));
    let english = server.send(
        "GET",
        "/archive?q=giao",
        &[("Cookie", &format!("{}; lang=en", browser.cookie))],
        b"",
    );
    assert!(english.text().contains("2 documents"));
}

#[test]
fn a_document_tells_what_is_known_and_gives_its_very_bytes() {
    let server = Server::start(&[]);
    let (decision, _) = shelf(&server);
    let browser = server.log_in("officer");
    let at = format!("/archive/document/{decision}");
    let text = page(&browser.get(&at));
    assert!(text.contains("Số, ký hiệu") && text.contains("Number and symbol"));
    assert!(text.contains("05/03/2024") && text.contains("document.add"));
    let stored = std::fs::read(server.desk.input("a.pdf")).expect("the file");
    let file = browser.get(&format!("{at}/file"));
    assert_eq!((file.status, &file.body), (200, &stored));
    assert!(
        file.header("content-disposition")
            .expect("a name")
            .contains("15-Q%C4%90-UBND.pdf")
    );
    let words = browser.get(&format!("{at}/file?part=text"));
    assert_eq!(
        words.body,
        std::fs::read(server.desk.input("a.txt")).expect("the text")
    );
    assert_eq!(browser.get(&format!("{at}/file?part=record")).status, 404);
    assert_eq!(browser.get(&format!("{at}/file?part=x")).status, 400);
    // Its signature, judged on demand.
    let verified = place(&browser.post(&format!("{at}/verify"), &[]));
    let text = page(&browser.get(verified.split('#').next().expect("a path")));
    assert!(text.contains("class=\"verdict open\""), "{text}");
    // Another document's verdict is not this one's.
    let word = verified
        .split("verified=")
        .nth(1)
        .and_then(|rest| rest.split('#').next())
        .expect("a word");
    let other = add(&server, "c", b"%PDF-1.7 c", "x", &["type=TB"]);
    let text = page(&browser.get(&format!("/archive/document/{other}?verified={word}")));
    assert!(!text.contains("class=\"verdict"));
    // Its record, documents in order.
    done(
        &server,
        &[
            "archive",
            "record",
            "H57.12.2024.01",
            "--title",
            SCRIPT,
            "--by",
            "clerk",
        ],
    );
    let path = server.desk.input("a.pdf").to_string_lossy().into_owned();
    done(
        &server,
        &[
            "archive",
            "add",
            &path,
            "--record",
            "H57.12.2024.01",
            "--by",
            "clerk",
        ],
    );
    let text = page(&browser.get(&at));
    assert!(text.contains("/archive/record/H57.12.2024.01"));
    let record = page(&browser.get("/archive/record/H57.12.2024.01"));
    assert!(record.contains(&decision));
    assert_eq!(browser.get("/archive/record/nowhere").status, 404);
    assert_eq!(browser.get("/archive/document/nowhere").status, 404);
    let viewed = page(&browser.get(&format!("{at}/view/1")));
    assert!(viewed.contains(&format!("{at}/page/1?w=m")));
    assert_eq!(browser.get(&format!("{at}/view/2")).status, 404);
}

#[test]
fn a_persons_paper_asks_what_for_and_every_look_is_on_record() {
    let server = Server::start(&[]);
    let (_, birth) = shelf(&server);
    let browser = server.log_in("clerk");
    let at = format!("/archive/document/{birth}");
    let asks = page(&browser.get(&at));
    assert!(asks.contains("name=\"purpose\"") && !asks.contains("Đức"));
    for closed in ["/file", "/page/1", "/view/1"] {
        assert_eq!(
            browser.get(&format!("{at}{closed}")).status,
            409,
            "{closed}"
        );
    }
    assert_eq!(browser.post(&format!("{at}/verify"), &[]).status, 409);
    assert_eq!(
        browser
            .post(&format!("{at}/purpose"), &[("purpose", "  ")])
            .status,
        400
    );
    assert_eq!(log(&server, &birth).len(), 1);
    let open = place(&browser.post(
        &format!("{at}/purpose"),
        &[("purpose", &format!("trích lục {SCRIPT}"))],
    ));
    assert_eq!(open, at);
    let text = page(&browser.get(&at));
    assert!(text.contains("Đức") && text.contains("trích lục"));
    assert!(!text.contains("046200001234") && text.contains("046*****1234"));
    page(&browser.get(&at));
    assert_eq!(browser.get(&format!("{at}/file")).body, b"%PDF-1.7 b");
    let actions = log(&server, &birth);
    assert_eq!(
        actions,
        [
            "document.export",
            "document.read",
            "document.read",
            "document.add"
        ]
    );
    // Neither another session of the same person nor another person has opened it.
    for login in ["clerk", "keeper"] {
        let other = server.log_in(login);
        assert!(page(&other.get(&at)).contains("name=\"purpose\""));
        assert_eq!(other.get(&format!("{at}/file")).status, 409);
    }
}

#[test]
fn what_is_held_is_looked_up_with_consent_and_handed_out_verified() {
    let server = Server::start(&[]);
    let id = add(
        &server,
        "held",
        &signed(&server),
        "Giấy khai sinh",
        &["type=giay_khai_sinh", "owner_number=046200001234"],
    );
    let browser = server.log_in("officer");
    page(&browser.get("/archive/held"));
    let grounds = [
        ("owner", "046 200 001 234"),
        ("purpose", "nhập học"),
        ("consent", "phiếu 7"),
    ];
    assert_eq!(browser.post("/archive/held", &grounds[..2]).status, 409);
    let found = browser.post("/archive/held", &grounds);
    let text = page(&found);
    assert!(text.contains(&format!("/archive/held/{id}")), "{text}");
    let handed = place(&browser.post(&format!("/archive/held/{id}"), &grounds));
    let text = page(&browser.get(&handed));
    assert!(text.contains("class=\"verdict"), "{text}");
    let file = browser.get(&format!("{handed}/file"));
    assert_eq!(
        file.body,
        std::fs::read(server.desk.input("held.pdf")).expect("the file")
    );
    // For who asked only; of this owner only.
    assert_eq!(
        server.log_in("clerk").get(&format!("{handed}/file")).status,
        404
    );
    let mut other = grounds;
    other[0].1 = "046200009999";
    assert_eq!(
        browser.post(&format!("/archive/held/{id}"), &other).status,
        409
    );
    assert!(page(&browser.post("/archive/held", &other)).contains("Chưa có giấy tờ"));
    assert_eq!(log(&server, &id)[0], "reuse.handout");
    assert!(!server.log().contains("046200001234"));
}

#[test]
fn registers_are_shown_printed_and_published() {
    let server = Server::start(&[]);
    let title = format!("title=Công văn {SCRIPT} 079090000001");
    done(
        &server,
        &[
            "archive",
            "register",
            "enter",
            "DEN",
            "--column",
            "symbol=12/CV",
            "--column",
            "author=Sở Tư pháp",
            "--column",
            &title,
            "--by",
            "clerk",
        ],
    );
    let browser = server.log_in("keeper");
    page(&browser.get("/archive/registers"));
    let text = page(&browser.get("/archive/registers?register=DEN"));
    assert!(text.contains("12/CV") && text.contains("079*****0001"));
    assert!(!text.contains("079090000001"));
    assert!(
        page(&browser.get("/archive/registers?register=DEN&month=2001-02"))
            .contains("chưa có dòng")
    );
    assert_eq!(
        browser
            .get("/archive/registers?register=DEN&month=x")
            .status,
        400
    );
    assert_eq!(browser.get("/archive/registers?register=none").status, 404);
    let print = browser.get("/archive/registers/print.pdf?register=DEN");
    assert_eq!(print.status, 200, "{}", print.text());
    assert!(print.body.starts_with(b"%PDF-"));
    // Nobody needs an account for the list of annulled copies.
    let list = server.get("/annulled.json").json();
    assert_eq!(list["schema"], "saoy.annulled/1");
}

#[test]
fn indicators_are_those_of_the_report_and_lead_to_what_was_counted() {
    let server = Server::start(&[]);
    let (decision, birth) = shelf(&server);
    let table = format!(
        "case,procedure,unit,received,finished,returns result,vneid,part,part code,part name,file,reused,shared\n\
         H57.12-260105-0001,1.001,Tư pháp,2026-01-05,2026-01-08,1,1,component,TP1,{SCRIPT},{decision},1,0\n\
         H57.12-260105-0001,1.001,Tư pháp,2026-01-05,2026-01-08,1,1,result,KQ1,Quyết định,b.pdf,0,1\n\
         H57.12-260106-0001,2.002,Địa chính,2026-01-06,,0,0,component,TP1,Đơn,,0,0\n"
    );
    let table = server
        .desk
        .put("cases.csv", table)
        .to_string_lossy()
        .into_owned();
    done(&server, &["archive", "cases", &table, "--by", "officer"]);
    let browser = server.log_in("keeper");
    let period = "from=2026-01-01&to=2027-12-31";
    let (from, to) = ("2026-01-01", "2027-12-31");
    let printed: Value = serde_json::from_str(&done(
        &server,
        &["report", "--from", from, "--to", to, "--units", "--json"],
    ))
    .expect("JSON");
    let served = browser.get(&format!("/archive/indicators/report.json?{period}"));
    assert_eq!(served.json(), printed);
    let csv = server.send(
        "GET",
        &format!("/archive/indicators/report.csv?{period}"),
        &[("Cookie", &format!("{}; lang=en", browser.cookie))],
        b"",
    );
    let as_csv = done(
        &server,
        &["report", "--from", from, "--to", to, "--units", "--csv"],
    );
    assert_eq!(csv.text(), as_csv);
    let text = page(&browser.get(&format!("/archive/indicators?{period}")));
    assert!(text.contains("<svg class=\"chart\"") && text.contains("50.00"));
    // Both units, the better one first.
    let (first, second) = (text.find("1. Tư pháp"), text.find("2. Địa chính"));
    assert!(first.is_some() && first < second, "{text}");
    for unit in printed["units"].as_array().expect("units") {
        let name = unit["unit"].as_str().unwrap_or_default();
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for one in unit["indicators"].as_array().expect("indicators") {
            let code = one["code"].as_str().expect("a code");
            let text = page(&browser.get(&format!(
                "/archive/indicators/{code}?{period}&unit={encoded}"
            )));
            assert!(
                text.contains(&format!("<strong>{}</strong>", one["numerator"])),
                "{code}: {text}"
            );
        }
    }
    let cases = page(&browser.get(&format!("/archive/indicators/4.3?{period}")));
    assert!(
        cases.contains("H57.12-260105-0001")
            && cases.contains(&format!("/archive/document/{decision}"))
    );
    let documents = page(&browser.get(&format!("/archive/indicators/documents?{period}")));
    assert!(
        documents.contains(&decision) && documents.contains(&birth) && !documents.contains("Đức")
    );
    assert_eq!(browser.get("/archive/indicators/9.9").status, 404);
    assert_eq!(
        browser.get("/archive/indicators?from=2026-02-30").status,
        400
    );
}

/// The number of the appointment of a login, as the page of people has it.
fn appointment(text: &str, login: &str) -> String {
    let (_, row) = text
        .split_once(&format!("<code>{login}</code>"))
        .expect("a row");
    let (_, rest) = row
        .split_once("name=\"appointment\" value=\"")
        .expect("a form");
    rest.split('"').next().expect("a number").to_owned()
}

#[test]
fn roles_and_accounts_are_given_and_the_last_administrator_stays() {
    let server = Server::start(&[]);
    let root = server.log_in("root");
    let reader = server.log_in("keeper");
    let seen = page(&reader.get("/people"));
    assert!(seen.contains("Nguyễn Văn An") && !seen.contains("action=\"/people/"));
    assert_eq!(
        reader.post("/people/disable", &[("login", "chair")]).status,
        403
    );
    // The only administrator can neither be dismissed nor switched off.
    let text = page(&root.get("/people"));
    let own = appointment(&text, "root");
    assert_eq!(
        root.post("/people/dismiss", &[("appointment", &own)])
            .status,
        409
    );
    assert_eq!(
        root.post("/people/disable", &[("login", "root")]).status,
        409
    );
    // A second one with a role but no account does not count; with one he does.
    let second = [
        ("login", "second"),
        ("name", SCRIPT),
        ("role", "administrator"),
        ("authority", "QĐ 2/QĐ-UBND"),
    ];
    place(&root.post("/people/appoint", &second));
    assert_eq!(
        root.post("/people/disable", &[("login", "root")]).status,
        409
    );
    assert_eq!(
        root.post(
            "/people/account",
            &[("login", "second"), ("password", "short")]
        )
        .status,
        409
    );
    place(&root.post(
        "/people/account",
        &[("login", "second"), ("password", PASSWORD)],
    ));
    page(&root.get("/people?done=added"));
    let other = server.log_in("second");
    // A token is shown once.
    let token = other.post("/people/token", &[("login", "keeper"), ("label", SCRIPT)]);
    let text = page(&token);
    let (_, rest) = text.split_once("value=\"saoy_").expect("a token");
    let word = format!("saoy_{}", rest.split('"').next().expect("a token"));
    let bearer = format!("Bearer {word}");
    let asks = || {
        server
            .send(
                "GET",
                "/api/v1/documents?q=a",
                &[("Authorization", &bearer)],
                b"",
            )
            .status
    };
    assert_eq!(asks(), 200);
    assert!(!page(&other.get("/people")).contains(&word));
    place(&other.post("/people/revoke", &[("token", "1")]));
    assert_eq!(asks(), 401);
    // Now the first one may go; his session ends with it.
    place(&other.post("/people/disable", &[("login", "root")]));
    assert_eq!(root.get("/people").status, 303);
    assert_eq!(
        other.post("/people/disable", &[("login", "second")]).status,
        409
    );
    // A new password lets him in again.
    place(&other.post(
        "/people/password",
        &[("login", "root"), ("password", PASSWORD)],
    ));
    let root = server.log_in("root");
    place(&root.post(
        "/people/dismiss",
        &[("appointment", &own), ("last_day", "2020-01-01")],
    ));
    assert_eq!(
        root.post("/people/disable", &[("login", "chair")]).status,
        403
    );
    assert!(!server.log().contains(PASSWORD));
}

#[test]
fn the_archive_is_checked_on_demand() {
    let server = Server::start(&[]);
    let (decision, _) = shelf(&server);
    let browser = server.log_in("keeper");
    assert!(page(&browser.get("/archive/health")).contains("chưa được sao lưu"));
    assert_eq!(server.log_in("officer").get("/archive/health").status, 403);
    let verdict = |browser: &Browser<'_>| -> String {
        place(&browser.post("/archive/health", &[("files", "1")]));
        for _ in 0..600 {
            let text = page(&browser.get("/archive/health"));
            if !text.contains("id=\"reading\"") {
                return text;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the check does not end");
    };
    assert!(verdict(&browser).contains("Không có gì bị thay đổi"));
    // A byte that rots is found.
    let page = browser.get(&format!("/archive/document/{decision}")).text();
    let (_, rest) = page.split_once("SHA-256 <code>").expect("a digest");
    let digest = rest.split('<').next().expect("a digest");
    let blob = server
        .desk
        .output("data/archive/blobs")
        .join(&digest[..2])
        .join(&digest[2..]);
    let mut bytes = std::fs::read(&blob).expect("the blob");
    bytes[20] ^= 1;
    std::fs::write(&blob, bytes).expect("the blob is changed");
    assert!(verdict(&browser).contains("Có điều bất thường"));
}
