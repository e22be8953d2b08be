//! Review and the station's screen: answers outlive another run, nothing is taken twice, what a page says is never markup.

use serde_json::{Value, json};

use super::client::{Answer, Browser, MULTIPART, Server, multipart};
use crate::paper::{self, page, tiff};
use crate::program::{Desk, run, saoy};

/// A server with one station, `out/station`, of these scans.
fn station(scans: &[(&str, Vec<u8>)]) -> Server {
    let server = Server::start(&[]);
    let (_, desk) = server.stop();
    for (name, scan) in scans {
        desk.put(&format!("scans/{name}"), scan);
    }
    digitize(&desk, &[]);
    let folder = desk.output("station");
    Server::on(desk, &["--station", &folder.to_string_lossy()])
}

fn digitize(desk: &Desk, more: &[&str]) -> i32 {
    let (code, _, errors) = run(saoy()
        .arg("digitize")
        .arg(desk.input("scans"))
        .arg("-o")
        .arg(desk.output("station"))
        .args(more));
    assert!(matches!(code, 0 | 1), "{errors}");
    code
}

fn three_pages() -> Vec<u8> {
    let pages: Vec<_> = (1..=3).map(|number| page(number, paper::WIDTH)).collect();
    tiff(&pages)
}

fn record(server: &Server, name: &str) -> Value {
    server.desk.json(&format!("station/{name}.json"))
}

/// Puts fields into a record, as another reading of the paper would have it; the journal is told, as by a run.
fn read_as(desk: &Desk, name: &str, fields: &Value) {
    let path = desk.output(&format!("station/{name}.json"));
    let mut record: Value =
        serde_json::from_slice(&std::fs::read(&path).expect("a record")).expect("JSON");
    for (field, value) in fields.as_object().expect("fields") {
        record["fields"][field] = value.clone();
    }
    let text = serde_json::to_vec_pretty(&record).expect("JSON");
    std::fs::write(&path, &text).expect("written");
    let journal = desk.output("station/.saoy/journal.jsonl");
    let told = std::fs::read_to_string(&journal).expect("a journal");
    let mut last: Value = told
        .lines()
        .rev()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|entry| entry["event"] == "done" && entry["name"] == name)
        .expect("a finished document");
    let digest = ring::digest::digest(&ring::digest::SHA256, &text);
    let hex: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for output in last["outputs"].as_array_mut().expect("outputs") {
        if output["file"] == format!("{name}.json") {
            output["sha256"] = json!(hex);
            output["bytes"] = json!(text.len());
        }
    }
    std::fs::write(&journal, format!("{told}{last}\n")).expect("written");
}

fn items(browser: &Browser<'_>) -> Vec<Value> {
    let answer = browser.get("/review/items");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().expect("items").clone()
}

fn item(browser: &Browser<'_>, field: &str) -> Value {
    let items = items(browser);
    let found = items.iter().find(|item| item["field"] == field);
    found
        .unwrap_or_else(|| panic!("{field} does not wait: {items:?}"))
        .clone()
}

fn answer(browser: &Browser<'_>, item: &Value, value: &str) -> Answer {
    browser.post(
        "/review/answer",
        &[
            ("document", item["document"].as_str().expect("a document")),
            ("field", item["field"].as_str().expect("a field")),
            ("was", item["value"].as_str().expect("a value")),
            ("value", value),
        ],
    )
}

fn unsure() -> Value {
    json!({
        "number_symbol": {"value": "12/QD-UBND", "confidence": 0.4, "page": 1, "box": [10.0, 20.0, 60.0, 20.0]},
        "place": {"value": "Huế", "confidence": 0.5, "page": 1, "box": [80.0, 20.0, 60.0, 20.0]},
        "issued_date": {"value": null, "confidence": 0.0},
        "agency": {"value": "<script>alert(1)</script>\"'", "confidence": 0.3, "text": "<img src=x onerror=alert(1)>"},
        "subject": {"value": "Về việc", "confidence": 0.99}
    })
}

#[test]
fn answers_are_in_the_record_once_and_outlive_another_run() {
    let server = station(&[("a.tif", three_pages())]);
    read_as(&server.desk, "a", &unsure());
    let clerk = server.log_in("clerk");
    let place = item(&clerk, "place");
    // What was read surely does not wait.
    assert!(items(&clerk).iter().all(|item| item["field"] != "subject"));
    let page = clerk.get(&format!(
        "/review?item={}",
        place["key"].as_str().expect("a key")
    ));
    assert!(page.text().contains("value=\"Huế\""), "{}", page.text());
    // Right; put right; a day as people write it; passed over.
    assert_eq!(answer(&clerk, &place, "Huế").status, 303);
    let number = item(&clerk, "number_symbol");
    assert_eq!(answer(&clerk, &number, "12/QĐ-UBND").status, 303);
    let day = item(&clerk, "issued_date");
    assert_eq!(answer(&clerk, &day, "31/2/2026").status, 400);
    assert_eq!(answer(&clerk, &day, "22/7/2026").status, 303);
    let agency = item(&clerk, "agency");
    let skipped = clerk.post(
        "/review/answer",
        &[
            ("document", agency["document"].as_str().expect("a document")),
            ("field", "agency"),
            ("do", "skip"),
        ],
    );
    assert_eq!(skipped.status, 303);
    item(&clerk, "agency");
    // Sent again by a browser that did not hear the answer: nothing happens.
    assert_eq!(answer(&clerk, &place, "Huế").status, 303);
    assert_eq!(answer(&clerk, &number, "12/QĐ-UBND").status, 303);
    // Somebody who looked before that wants something else: told, and nothing changed.
    let officer = server.log_in("officer");
    let late = answer(&officer, &number, "13/QĐ-UBND");
    assert_eq!(late.status, 409);
    assert!(late.text().contains("12/QĐ-UBND"));
    let seen = |server: &Server| {
        let record = record(server, "a");
        assert_eq!(record["fields"]["number_symbol"]["value"], "12/QĐ-UBND");
        assert_eq!(record["fields"]["place"]["confidence"], 1.0);
        assert_eq!(record["fields"]["issued_date"]["value"], "2026-07-22");
        let said = record["corrections"]
            .as_array()
            .expect("corrections")
            .clone();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said.iter().all(|one| one["by"] == "clerk"));
        said
    };
    let said = seen(&server);
    // What stood there before is told, also of those that came first.
    assert_eq!(
        (&said[0]["was"], &said[0]["value"]),
        (&json!("Huế"), &json!("Huế"))
    );
    assert_eq!(said[1]["was"], "12/QD-UBND");
    assert!(items(&clerk).iter().all(|item| item["field"] != "place"));
    digitize(&server.desk, &["--force"]);
    seen(&server);
}

#[test]
fn a_document_is_judged_and_nobody_judges_what_he_has_not_seen() {
    let server = station(&[("a.tif", three_pages())]);
    read_as(&server.desk, "a", &unsure());
    let clerk = server.log_in("clerk");
    let id = item(&clerk, "place")["document"]
        .as_str()
        .expect("an id")
        .to_owned();
    let at = format!("/review/document/{id}");
    let version = record(&server, "a")["output"]["sha256"]
        .as_str()
        .expect("a digest")
        .to_owned();
    let shown = clerk.get(&at);
    assert_eq!(shown.status, 200, "{}", shown.text());
    // What a paper says is never markup.
    for path in [
        at.as_str(),
        "/review",
        "/review/documents",
        "/review/sample",
        "/station",
    ] {
        let text = clerk.get(path).text();
        assert!(
            !text.contains("<script>") && !text.contains("<img src=x"),
            "{path}"
        );
    }
    assert!(shown.text().contains("&#60;script&#62;"));
    let picture = clerk.get(&format!("{at}/page/1"));
    assert_eq!(picture.status, 200, "{}", picture.text());
    assert!(picture.body.starts_with(&[0xFF, 0xD8]));
    assert_eq!(clerk.get(&format!("{at}/page/9")).status, 404);
    assert_eq!(clerk.get("/review/document/0000000000000000").status, 404);
    // Of another version of the pages.
    assert_eq!(
        clerk
            .post(&at, &[("version", "x"), ("do", "accept")])
            .status,
        409
    );
    assert_eq!(
        clerk
            .post(&at, &[("version", &version), ("do", "send_back")])
            .status,
        400
    );
    let said = clerk.post(
        &at,
        &[
            ("version", &version),
            ("value_place", "Thừa Thiên"),
            ("was_place", "Huế"),
            ("value_subject", "Về việc"),
            ("was_subject", "Về việc"),
            ("do", "accept"),
        ],
    );
    assert_eq!(said.status, 303, "{}", said.text());
    assert_eq!(
        clerk
            .post(&at, &[("version", &version), ("do", "accept")])
            .status,
        303
    );
    let corrections = record(&server, "a")["corrections"].clone();
    assert_eq!(
        corrections.as_array().map(Vec::len),
        Some(2),
        "{corrections}"
    );
    assert!(items(&clerk).is_empty());
    let listed = clerk.get("/review/documents?show=accepted").text();
    assert!(listed.contains(&at), "{listed}");
}

/// Waits until the pages of a document are made anew.
fn settled(browser: &Browser<'_>, at: &str) -> Answer {
    for _ in 0..300 {
        let page = browser.get(at);
        if page.status == 303 || !page.text().contains("http-equiv=\"refresh\"") {
            return page;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("{at} is never done");
}

#[test]
fn pages_are_turned_put_in_cut_and_joined() {
    let server = station(&[("a.tif", three_pages())]);
    let clerk = server.log_in("clerk");
    let act = |name: &str, fields: &[(&str, &str)], file: Option<&[u8]>| {
        let listed = clerk.get("/review/documents").text();
        let row = listed
            .split("<tr>")
            .find(|row| row.contains(&format!(">{name}</a>")));
        let row = row.unwrap_or_else(|| panic!("{name}: {listed}"));
        let (_, rest) = row.split_once("/review/document/").expect("a link");
        let at = format!("/review/document/{}", &rest[..16]);
        let version = record(&server, name)["output"]["sha256"]
            .as_str()
            .expect("a digest")
            .to_owned();
        let mut all = vec![("version", version.as_str())];
        all.extend(fields);
        let path = format!("{at}/pages");
        let answer = match file {
            Some(file) => clerk.upload(&path, &all, "b\"'; rm.tif", file),
            None => clerk.post(&path, &all),
        };
        assert_eq!(answer.status, 303, "{}", answer.text());
        let page = settled(&clerk, &at);
        assert!(!page.text().contains("notice bad"), "{}", page.text());
        // Sent twice: the pages are other ones by now.
        assert!(matches!(clerk.post(&path, &all).status, 404 | 409));
    };
    let shown = |name: &str| -> Vec<(u64, u64)> {
        record(&server, name)["pages"]
            .as_array()
            .expect("pages")
            .iter()
            .map(|page| {
                let number = page["number"].as_u64().expect("a number");
                (
                    page["source_page"].as_u64().unwrap_or(number),
                    page["rotation"].as_u64().expect("degrees"),
                )
            })
            .collect()
    };
    act(
        "a",
        &[("page", "1"), ("do", "rotate"), ("degrees", "90")],
        None,
    );
    assert_eq!(shown("a"), [(1, 90), (2, 0), (3, 0)]);
    let scan = tiff(&[page(9, paper::WIDTH)]);
    act("a", &[("page", "1"), ("do", "insert")], Some(&scan));
    assert_eq!(shown("a"), [(1, 90), (0, 0), (2, 0), (3, 0)]);
    act("a", &[("page", "4"), ("do", "split")], None);
    assert_eq!(shown("a-1"), [(1, 90), (0, 0), (2, 0)]);
    assert_eq!(shown("a-2"), [(3, 0)]);
    assert!(!server.desk.output("station/a.json").exists());
    act("a-1", &[("do", "merge")], None);
    assert_eq!(shown("a"), [(1, 90), (0, 0), (2, 0), (3, 0)]);
    let nonsense = clerk.get("/review/documents").text();
    assert!(nonsense.contains(">a</a>"));
}

#[test]
fn pages_change_places_and_documents_of_two_scans_become_one() {
    let other = tiff(&[page(7, paper::WIDTH), page(8, paper::WIDTH)]);
    let server = station(&[("a.tif", three_pages()), ("b.tif", other)]);
    let clerk = server.log_in("clerk");
    let data = server.desk.output("data");
    let (code, token, complaints) = run(saoy()
        .arg("--data")
        .arg(&data)
        .args(["account", "token", "clerk", "--label", "t"]));
    assert_eq!(code, 0, "{complaints}");
    let token = format!("Bearer {}", token.trim());
    let id = |name: &str| {
        let listed = clerk.get("/review/documents").text();
        let row = listed
            .split("<tr>")
            .find(|row| row.contains(&format!(">{name}</a>")));
        let row = row.unwrap_or_else(|| panic!("{name}: {listed}"));
        let (_, rest) = row.split_once("/review/document/").expect("a link");
        rest[..16].to_owned()
    };
    let version = |name: &str| -> String {
        let version = record(&server, name)["output"]["sha256"].clone();
        version.as_str().expect("a digest").to_owned()
    };
    let shown = |name: &str| -> Vec<(u64, u64)> {
        let pages = record(&server, name)["pages"].clone();
        let pages = pages.as_array().expect("pages").iter();
        pages
            .map(|page| {
                let number = page["number"].as_u64().expect("a number");
                (
                    page["source_page"].as_u64().unwrap_or(number),
                    page["scan"].as_u64().unwrap_or(0),
                )
            })
            .collect()
    };
    let at = format!("/review/document/{}", id("a"));
    let was = version("a");
    let fields = [("version", was.as_str()), ("page", "3"), ("do", "move")];
    let path = format!("{at}/pages");
    // A place that there is not.
    let nowhere = [&fields[..], &[("to", "4")]].concat();
    assert_eq!(clerk.post(&path, &nowhere).status, 404);
    let moved = clerk.post(&path, &[&fields[..], &[("to", "1")]].concat());
    assert_eq!(moved.status, 303, "{}", moved.text());
    settled(&clerk, &at);
    assert_eq!(shown("a"), [(3, 0), (1, 0), (2, 0)]);

    // Joined by another program, which hears how it goes.
    let rest = format!("/api/v1/review/documents/{}/pages", id("a"));
    let send = |method: &str, fields: &[(&str, &str)]| {
        let body = match method {
            "GET" => Vec::new(),
            _ => multipart(fields, None),
        };
        server.send(
            method,
            &rest,
            &[MULTIPART, ("Authorization", &token)],
            &body,
        )
    };
    let now = version("a");
    let stale = send(
        "POST",
        &[("do", "merge"), ("version", &was), ("other", "b")],
    );
    assert_eq!(stale.status, 409, "{}", stale.text());
    let strange = send(
        "POST",
        &[("do", "merge"), ("version", &now), ("other", "c")],
    );
    assert_eq!(strange.status, 400, "{}", strange.text());
    let begun = send(
        "POST",
        &[("do", "merge"), ("version", &now), ("other", "b")],
    );
    assert_eq!(begun.json()["state"], "running", "{}", begun.text());
    for _ in 0..600 {
        if send("GET", &[]).json()["state"] != "running" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(send("GET", &[]).json()["state"], "idle");
    let joined = [(3, 0), (1, 0), (2, 0), (0, 1), (0, 2)];
    assert_eq!(shown("a"), joined);
    assert!(!server.desk.output("station/b.json").exists());
    assert!(!server.desk.output("station/b.pdf").exists());
    let page = clerk.get(&at).text();
    assert!(
        page.contains("Đã gộp văn bản") && page.contains("Thứ tự trang"),
        "{page}"
    );
    // Another run, and one from nothing, leave it so.
    for more in [&[][..], &["--force"][..]] {
        digitize(&server.desk, more);
        assert_eq!(shown("a"), joined);
        assert!(!server.desk.output("station/b.json").exists());
    }
    let said = record(&server, "a")["corrections"].clone();
    assert!(
        said.as_array()
            .expect("corrections")
            .iter()
            .any(|one| one["field"] == "merge" && one["value"] == "b" && one["by"] == "clerk"),
        "{said}"
    );
}

#[test]
fn who_answers_while_a_batch_is_read_is_told_what_is_waited_for() {
    let server = station(&[("a.tif", three_pages())]);
    read_as(&server.desk, "a", &unsure());
    let clerk = server.log_in("clerk");
    let waiting = item(&clerk, "place");
    // As a batch holds it.
    let lock = std::fs::File::create(server.desk.output("station/.saoy/lock")).expect("the lock");
    lock.lock().expect("held");
    let refused = answer(&clerk, &waiting, "Huế");
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(
        refused.text().contains("đang đọc một lô"),
        "{}",
        refused.text()
    );
    drop(lock);
    assert_eq!(answer(&clerk, &waiting, "Huế").status, 303);
}

#[test]
fn a_sample_is_drawn_judged_and_its_error_rate_told() {
    let scans: Vec<(String, Vec<u8>)> = (0..4)
        .map(|number| {
            (
                format!("d{number}.tif"),
                tiff(&[page(number, paper::WIDTH)]),
            )
        })
        .collect();
    let scans: Vec<(&str, Vec<u8>)> = scans
        .iter()
        .map(|(name, scan)| (name.as_str(), scan.clone()))
        .collect();
    let server = station(&scans);
    let clerk = server.log_in("clerk");
    assert_eq!(
        clerk
            .post("/review/sample", &[("station", "0"), ("share", "0")])
            .status,
        400
    );
    assert_eq!(
        clerk
            .post("/review/sample", &[("station", "7"), ("share", "50")])
            .status,
        404
    );
    assert_eq!(
        clerk
            .post("/review/sample", &[("station", "0"), ("share", "50")])
            .status,
        303
    );
    for _ in 0..2 {
        let next = clerk.get("/review/sample/next?station=0");
        let at = next.header("location").expect("a document").to_owned();
        assert!(at.contains("sample=true"), "{at}");
        let page = clerk.get(&at).text();
        let (_, rest) = page
            .split_once("name=\"version\" value=\"")
            .expect("a version");
        let version = rest.split('"').next().expect("a digest");
        let said = clerk.post(
            at.split('?').next().expect("a path"),
            &[("version", version), ("sample", "true"), ("do", "accept")],
        );
        assert_eq!(said.header("location"), Some("/review/sample/next"));
    }
    assert_eq!(
        clerk.get("/review/sample/next").header("location"),
        Some("/review/sample")
    );
    let page = clerk.get("/review/sample").text();
    assert!(page.contains("0.0 % (0.0 – "), "{page}");
}

#[test]
fn the_station_says_what_was_set_aside_and_why() {
    let broken = tiff(&[page(1, paper::WIDTH)])[..40].to_vec();
    let server = station(&[
        ("cccd-079090000001 '\"<b>.tif", broken),
        ("good.tif", tiff(&[page(1, paper::WIDTH)])),
    ]);
    let keeper = server.log_in("keeper");
    let page = keeper.get("/station");
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(
        text.contains("079*****0001") && !text.contains("079090000001"),
        "{text}"
    );
    assert!(!text.contains("<b>"));
    // As the watcher leaves it.
    let status = json!({
        "schema": "saoy.station/1", "producer": "Saoy", "state": "held", "started": "2026-11-30T10:00:00+07:00",
        "updated": "2999-01-01T00:00:00+07:00", "folders": ["/srv/in"], "out": "/srv/out",
        "counts": {"accepted": 41, "failed": 1, "pages": 97}, "failed_by_cause": {"damaged": 1},
        "pages_per_minute": 23.5, "waiting_count": 2,
        "waiting": [{"path": "/srv/in/<i>.tif", "state": "being_written", "seconds": 3}],
        "troubles": [{"vi": "đĩa đầy", "en": "the disk is full"}]
    });
    let folder = server.desk.output("station/.saoy/watch");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("status.json"), status.to_string()).expect("a status");
    let text = keeper.get("/station").text();
    for word in ["23.5", "đĩa đầy", "97", "đang được ghi"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("<i>"));
}
