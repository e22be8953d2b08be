//! Pages in a real Chromium: by the rules of WCAG, by keyboard, without a message from the page's own console.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::client::{PASSWORD, Server, send};

/// A Chromium with one window, driven by the WebDriver protocol.
pub struct Chromium {
    driver: Child,
    address: String,
    session: String,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts one.
    pub fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver: make test-deps installs it");
        let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
        let port = loop {
            let line = lines.next().expect("a line").expect("text");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        // What it says later is read, so that it never waits for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().expect("a profile");
        let mut chromium = Self {
            driver,
            address: format!("127.0.0.1:{port}"),
            session: String::new(),
            _profile: profile,
        };
        let folder = chromium._profile.path().display();
        let options = json!({
            "binary": "/usr/bin/chromium",
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
                "--disable-background-networking", "--disable-component-update", "--window-size=1280,900",
                format!("--user-data-dir={folder}"),
            ],
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let answer = chromium.asked("POST", "/session", &wanted);
        chromium.session = answer["sessionId"].as_str().expect("a session").to_owned();
        chromium
    }

    fn asked(&self, method: &str, path: &str, body: &Value) -> Value {
        let text = if method == "GET" {
            String::new()
        } else {
            body.to_string()
        };
        let answer = send(
            &self.address,
            method,
            path,
            &[("Content-Type", "application/json")],
            text.as_bytes(),
        );
        let value = answer.json()["value"].clone();
        assert_eq!(answer.status, 200, "{method} {path}: {value}");
        value
    }

    fn at(&self, command: &str) -> String {
        format!("/session/{}/{command}", self.session)
    }

    /// Opens a page.
    pub fn open(&self, url: &str) {
        self.asked("POST", &self.at("url"), &json!({ "url": url }));
    }

    /// Runs a script and gives what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.asked(
            "POST",
            &self.at("execute/sync"),
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Runs a script that answers later: by calling its last argument.
    pub fn later(&self, script: &str) -> Value {
        self.asked(
            "POST",
            &self.at("execute/async"),
            &json!({ "script": script, "args": [] }),
        )
    }

    /// Types letters and keys.
    pub fn keys(&self, text: &str) {
        let actions: Vec<Value> = text
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|what| json!({ "type": what, "value": key.to_string() }))
            })
            .collect();
        self.asked(
            "POST",
            &self.at("actions"),
            &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }),
        );
    }

    /// The window's size in px.
    pub fn resize(&self, width: u32, height: u32) {
        self.asked(
            "POST",
            &self.at("window/rect"),
            &json!({ "width": width, "height": height }),
        );
    }

    /// What pages complained of since the last call: refused by the policy, not found, thrown by scripts.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.asked("POST", &self.at("se/log"), &json!({ "type": "browser" }));
        log.as_array()
            .into_iter()
            .flatten()
            .filter_map(|line| line["message"].as_str().map(str::to_owned))
            .collect()
    }

    /// Logs in as a person does, by keyboard.
    pub fn log_in(&self, server: &Server, login: &str) {
        self.open(&format!("http://{}/login", server.address()));
        self.keys(login);
        self.keys("\u{e004}");
        self.keys(PASSWORD);
        self.keys("\u{e007}");
        let place = self.run("return location.pathname", &[]);
        assert_eq!(place, "/", "logged in as {login}");
    }

    /// Holds the open page against WCAG 2.2 A and AA.
    pub fn is_accessible(&self, what: &str) {
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/judges/axe/axe.min.js");
        let script = std::fs::read_to_string(axe).expect("axe: make test-deps sets it up");
        self.run(&script, &[]);
        let found = self.later(
            "const done = arguments[arguments.length - 1];
             axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
                .then((result) => done({
                    looked: result.passes.length,
                    found: result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' | ')),
                }));",
        );
        assert!(
            found["looked"].as_u64().is_some_and(|looked| looked >= 5),
            "{what}: {found}"
        );
        assert_eq!(found["found"], json!([]), "{what}");
    }

    /// Everything that can be reached with the Tab key has a visible ring, in an order that goes through the whole page.
    pub fn is_walked_by_keyboard(&self, what: &str) {
        let wanted = self.run(
            "document.activeElement.blur(); window.scrollTo(0, 0);
             return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
                .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).length",
            &[],
        );
        let wanted = wanted.as_u64().expect("a number");
        // Dates have a stop for each part and one for the calendar; wide tables are stops, to be scrolled.
        let more = self.run(
            "return 4 * document.querySelectorAll('input[type=date], input[type=month]').length
                + document.querySelectorAll('[tabindex=\"0\"]').length",
            &[],
        );
        let more = more.as_u64().expect("a number");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..wanted + more + 2 {
            self.keys("\u{e004}");
            let at = self.run(
                "const one = document.activeElement;
                 if (one === document.body) return null;
                 const all = [...document.querySelectorAll('*')];
                 return [all.indexOf(one), getComputedStyle(one).outlineStyle, one.outerHTML.slice(0, 200)]",
                &[],
            );
            let Some(index) = at[0].as_u64() else {
                continue;
            };
            assert_ne!(at[1], "none", "{what}: no ring around {}", at[2]);
            seen.insert(index);
        }
        // Radio buttons of one group are one stop.
        let groups = self.run(
            "const names = [...document.querySelectorAll('input[type=radio]')].map((one) => one.name);
             return names.length - new Set(names).size",
            &[],
        );
        let least = wanted - groups.as_u64().unwrap_or_default();
        assert!(
            seen.len() as u64 >= least,
            "{what}: {} of {least} places reached by Tab",
            seen.len()
        );
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            let _ = send(&self.address, "DELETE", &path, &[], b"");
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[test]
fn every_page_is_for_everybody_and_complains_of_nothing() {
    let server = Server::start(&[]);
    let chromium = Chromium::start();
    let url = |path: &str| format!("http://{}{path}", server.address());
    let look = |path: &str, who: &str| {
        for (width, language) in [(1280, "vi"), (820, "en")] {
            chromium.resize(width, 900);
            chromium.open(&url(&format!("/language?to={language}&back={path}")));
            let what = format!("{path} as {who}, {width} px, {language}");
            chromium.is_accessible(&what);
            chromium.is_walked_by_keyboard(&what);
            let wide = chromium.run(
                "return document.documentElement.scrollWidth - innerWidth",
                &[],
            );
            assert!(
                wide.as_i64().is_some_and(|wide| wide <= 0),
                "{what}: {wide} px too wide"
            );
        }
    };
    for path in ["/", "/verify", "/lookup", "/lookup%3Fcode=ABCD", "/login"] {
        look(path, "nobody");
    }
    let complaints: Vec<String> = chromium
        .complaints()
        .into_iter()
        .filter(|one| !one.contains("status of 404"))
        .collect();
    assert_eq!(complaints, Vec::<String>::new());
    // As whoever may see each page.
    for (login, role) in [
        ("root", "administrator"),
        ("chair", "certifier"),
        ("keeper", "archivist"),
    ] {
        let fresh = Chromium::start();
        fresh.log_in(&server, login);
        for page in saoy_server::declared() {
            let mine =
                matches!(page.access, saoy_server::Access::Roles(roles) if roles.contains(&role));
            let is_page = page.method == "GET"
                && !page.path.contains('{')
                && !page.path.contains('.')
                && !page.path.starts_with("/api/");
            if !mine || !is_page {
                continue;
            }
            fresh.open(&url(page.path));
            // Parts of pages, which scripts ask for, are judged where they stand.
            if fresh.run("return document.querySelector('main') !== null", &[]) != true {
                continue;
            }
            let what = format!("{} as {role}", page.path);
            fresh.is_accessible(&what);
            fresh.is_walked_by_keyboard(&what);
        }
        assert_eq!(fresh.complaints(), Vec::<String>::new(), "as {role}");
    }
}
