//! A network scanner of a few lines: eSCL (Mopria eSCL Technical Specification 2.97) as far as SANE's driver asks for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What the feeder holds and does; shared with the thread that answers.
struct Feeder {
    /// Sheets that were put in before each job.
    sheets: usize,
    left: AtomicUsize,
    /// Jams when so many pages are out; 0 is never.
    jam_after: usize,
    out: AtomicUsize,
    jammed: AtomicBool,
    duplex: AtomicBool,
    page: Vec<u8>,
    port: u16,
}

/// The address of a scanner that lives as long as the test process.
pub(crate) struct Scanner {
    /// As `airscan.conf` names it.
    pub(crate) address: String,
    feeder: Arc<Feeder>,
}

impl Scanner {
    /// Starts one with `sheets` in its feeder that gives `page`, a JPEG, for each side, and jams once after `jam_after`.
    pub(crate) fn start(sheets: usize, jam_after: usize, page: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let feeder = Arc::new(Feeder {
            sheets,
            left: AtomicUsize::new(0),
            jam_after,
            out: AtomicUsize::new(0),
            jammed: AtomicBool::new(false),
            duplex: AtomicBool::new(false),
            page,
            port,
        });
        let shared = feeder.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let feeder = shared.clone();
                std::thread::spawn(move || while answer(&stream, &feeder).is_some() {});
            }
        });
        Self {
            address: format!("http://127.0.0.1:{port}/eSCL"),
            feeder,
        }
    }

    /// Whether the last job asked for both sides.
    pub(crate) fn was_duplex(&self) -> bool {
        self.feeder.duplex.load(Ordering::SeqCst)
    }
}

/// Answers one request; `None` at the end of the connection.
fn answer(stream: &TcpStream, feeder: &Feeder) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let xml = |text: &str| ("200 OK", "text/xml", text.as_bytes().to_vec());
    let empty = |status| (status, "text/plain", Vec::new());
    let mut location = String::new();
    let (status, kind, content) = match (method.as_str(), path.as_str()) {
        ("GET", "/eSCL/ScannerCapabilities") => xml(&capabilities()),
        ("GET", "/eSCL/ScannerStatus") => xml(&state(feeder)),
        ("POST", "/eSCL/ScanJobs") => {
            let duplex = body.contains("<scan:Duplex>true");
            feeder.duplex.store(duplex, Ordering::SeqCst);
            let sides = if duplex { 2 } else { 1 };
            feeder.left.store(sides * feeder.sheets, Ordering::SeqCst);
            feeder.jammed.store(false, Ordering::SeqCst);
            location = format!(
                "Location: http://127.0.0.1:{}/eSCL/ScanJobs/1\r\n",
                feeder.port
            );
            empty("201 Created")
        }
        ("GET", "/eSCL/ScanJobs/1/NextDocument") => match next(feeder) {
            Some(page) => ("200 OK", "image/jpeg", page),
            None if feeder.jammed.load(Ordering::SeqCst) => empty("409 Conflict"),
            None => empty("404 Not Found"),
        },
        ("DELETE", _) => empty("200 OK"),
        _ => empty("404 Not Found"),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{location}\r\n",
        content.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&content).ok()
}

fn next(feeder: &Feeder) -> Option<Vec<u8>> {
    let out = feeder.out.load(Ordering::SeqCst);
    if feeder.jam_after > 0 && out == feeder.jam_after && feeder.left.load(Ordering::SeqCst) > 0 {
        // Somebody takes the sheet out before the next job.
        feeder.out.store(out + 1, Ordering::SeqCst);
        feeder.jammed.store(true, Ordering::SeqCst);
        return None;
    }
    let take = |left: usize| left.checked_sub(1);
    feeder
        .left
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
        .ok()?;
    feeder.out.fetch_add(1, Ordering::SeqCst);
    Some(feeder.page.clone())
}

const SPACES: &str = r#"xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm""#;

fn state(feeder: &Feeder) -> String {
    let feeding = if feeder.jammed.load(Ordering::SeqCst) {
        "ScannerAdfJam"
    } else if feeder.left.load(Ordering::SeqCst) > 0 {
        "ScannerAdfLoaded"
    } else {
        "ScannerAdfEmpty"
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><scan:ScannerStatus {SPACES}><pwg:Version>2.6</pwg:Version><pwg:State>Idle</pwg:State><scan:AdfState>{feeding}</scan:AdfState></scan:ScannerStatus>"#
    )
}

fn capabilities() -> String {
    let able = r"<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>600</scan:MaxWidth><scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>400</scan:MaxHeight><scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile><scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes><scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat></scan:DocumentFormats><scan:SupportedResolutions><scan:DiscreteResolutions><scan:DiscreteResolution><scan:XResolution>300</scan:XResolution><scan:YResolution>300</scan:YResolution></scan:DiscreteResolution></scan:DiscreteResolutions></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>";
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><scan:ScannerCapabilities {SPACES}><pwg:Version>2.6</pwg:Version><pwg:MakeAndModel>A few lines</pwg:MakeAndModel><scan:Platen><scan:PlatenInputCaps>{able}</scan:PlatenInputCaps></scan:Platen><scan:Adf><scan:AdfSimplexInputCaps>{able}</scan:AdfSimplexInputCaps><scan:AdfDuplexInputCaps>{able}</scan:AdfDuplexInputCaps><scan:FeederCapacity>50</scan:FeederCapacity></scan:Adf></scan:ScannerCapabilities>"#
    )
}
