//! Damaged, hostile and foreign inputs: each costs itself and nothing else, and is named with its reason.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::Value;

use crate::paper::{Bits, Dice, paper, seed, seed_names, tiff};
use crate::program::{Desk, run, saoy};

/// Two pages at a time, nothing on standard error but what was set aside.
const PLAIN: [&str; 4] = ["--jobs", "2", "--progress", "none"];

/// What a batch came to.
struct Seen {
    code: i32,
    stderr: String,
    entries: BTreeMap<String, Value>,
    took: Duration,
    /// Most memory that the program itself held at once, bytes.
    peak: u64,
}

impl Seen {
    /// The code of the failure of input `file`, or its status when it did not fail.
    fn of(&self, file: &str) -> String {
        let entry = self
            .entries
            .get(file)
            .unwrap_or_else(|| panic!("{file} is in no entry"));
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        if entry["status"] == "failed" {
            text(&entry["error"]["code"])
        } else {
            text(&entry["status"])
        }
    }
}

/// Runs a batch over `in/` and holds it to what every batch must keep: no input is touched, every input has
/// its entry, what failed has its reason beside the outputs, what is done has its PDF.
fn batch(desk: &Desk, arguments: &[&str]) -> Seen {
    let before = contents(&desk.input(""));
    let mut command = desk.digitize(&PLAIN);
    let started = Instant::now();
    let mut child = command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pipe = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || std::io::read_to_string(pipe).unwrap_or_default());
    let mut peak = 0;
    let status = loop {
        peak = peak_of(child.id()).max(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let took = started.elapsed();
    let stderr = reader.join().unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(before, contents(&desk.input("")), "an input was changed");
    let record = desk.json("batch.json");
    let mut entries = BTreeMap::new();
    for entry in record["documents"].as_array().unwrap() {
        hold(desk, entry);
        let path = Path::new(entry["path"].as_str().unwrap());
        let name = path.strip_prefix(desk.input("")).unwrap_or(path);
        entries.insert(name.display().to_string(), entry.clone());
    }
    let counts = &record["totals"];
    let sum = ["done", "skipped", "failed", "pending"].map(|key| counts[key].as_u64().unwrap());
    assert_eq!(
        sum.iter().sum::<u64>(),
        counts["documents"].as_u64().unwrap()
    );
    let code = status
        .code()
        .unwrap_or_else(|| panic!("{status}: {stderr}"));
    Seen {
        code,
        stderr,
        entries,
        took,
        peak,
    }
}

fn hold(desk: &Desk, entry: &Value) {
    let name = entry["name"].as_str().unwrap();
    let why = desk.output(&format!("{name}.why.txt"));
    let pdf = desk.output(&format!("{name}.pdf"));
    if entry["status"] == "failed" {
        let message = entry["error"]["message"]["en"].as_str().unwrap();
        let file = Path::new(entry["path"].as_str().unwrap())
            .file_name()
            .unwrap();
        assert!(
            message.contains(&*file.to_string_lossy()) && !message.contains('\n'),
            "{message}"
        );
        assert_eq!(entry["error"]["class"], "input", "{message}");
        // What a decoder said in its own words stands between quotation marks.
        let spoken: String = entry["error"]["message"]["vi"]
            .as_str()
            .unwrap()
            .split('“')
            .map(|part| part.rsplit('”').next().unwrap())
            .collect();
        for english in [
            " the ", " is ", " of ", " ends", " missing", "damaged", "byte at",
        ] {
            assert!(!spoken.contains(english), "{spoken}");
        }
        assert!(!pdf.exists(), "{message}");
        let text = fs::read_to_string(&why).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            text.contains(message) && text.contains(entry["error"]["hint"]["vi"].as_str().unwrap())
        );
    } else {
        assert!(pdf.is_file() && !why.exists(), "{entry}");
    }
}

/// Every file under `folder` with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(
                path.display().to_string(),
                fs::read(&path).unwrap_or_default(),
            );
        }
    }
    found
}

/// `VmHWM` of a process (proc(5)), bytes; 0 when it is gone.
fn peak_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    number.unwrap_or(0) * 1024
}

#[test]
fn what_is_no_paper_is_told_from_papers_that_are_broken() {
    let desk = Desk::new();
    desk.put("good.tif", paper([1]));
    desk.put("wrong-ending.pdf", seed("grey.png"));
    desk.put("no-ending", seed("g4.tif"));
    desk.put("empty.pdf", b"");
    desk.put("words.tif", b"To whom it may concern");
    desk.put("notes.docx", b"PK\x03\x04 and so on");
    desk.put("IMG_0001.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    desk.put("under/Thumbs.db", b"\xD0\xCF\x11\xE0");
    desk.put("under/.hidden.tif", b"\0");
    let seen = batch(&desk, &[]);
    assert_eq!(seen.code, 1, "{}", seen.stderr);
    for file in ["good.tif", "wrong-ending.pdf", "no-ending"] {
        assert_eq!(seen.of(file), "done", "{file}");
    }
    assert_eq!(seen.of("empty.pdf"), "empty_file");
    assert_eq!(seen.of("words.tif"), "unknown_format");
    // A photo of a paper is a paper, though it cannot be read here; what to do is said.
    assert_eq!(seen.of("IMG_0001.HEIC"), "unknown_format");
    let message = &seen.entries["IMG_0001.HEIC"]["error"]["message"];
    for language in ["vi", "en"] {
        let text = message[language].as_str().unwrap();
        assert!(text.contains("HEIC") && text.contains("JPEG"), "{text}");
    }
    assert_eq!(seen.entries.len(), 6);
    let ignored = desk.json("batch.json")["ignored"].clone();
    assert_eq!(ignored.as_array().unwrap().len(), 1, "{ignored}");
    assert!(
        ignored[0]["path"]
            .as_str()
            .unwrap()
            .ends_with("in/notes.docx")
    );
    assert!(seen.stderr.contains("words.tif"), "{}", seen.stderr);
}

#[test]
fn papers_cut_short_cost_only_themselves() {
    let desk = Desk::new();
    let mut dice = Dice(5);
    let mut cuts = 0;
    for name in seed_names() {
        let bytes = seed(&name);
        // Near the front, where headers are, and anywhere; never only the end, where fillers may be.
        let near = [1, 4, 9, 27, 64, 140].map(|at| at.min(bytes.len() / 2));
        let far = [0; 4].map(|_| dice.below(bytes.len() * 9 / 10));
        for cut in near.into_iter().chain(far) {
            desk.put(&format!("{cuts:03}-{cut}-{name}"), &bytes[..cut.max(1)]);
            cuts += 1;
        }
    }
    desk.put("good.tif", paper([1]));
    let seen = batch(&desk, &[]);
    assert_eq!(seen.code, 1, "{}", seen.stderr);
    assert_eq!(seen.entries.len(), cuts + 1);
    assert_eq!(seen.of("good.tif"), "done");
    assert!(cuts >= 150, "{cuts}");
    for file in seen.entries.keys().filter(|file| *file != "good.tif") {
        // Never quietly taken for the whole paper: what is done in spite of the cut says so.
        let flags = &seen.entries[file]["flags"];
        let told = flags.as_array().is_some_and(|flags| !flags.is_empty());
        assert!(seen.of(file) != "done" || told, "{file}: {flags}");
    }
    assert!(seen.peak < 512 << 20, "{} bytes", seen.peak);
}

#[test]
fn bent_bits_never_end_the_batch() {
    let desk = Desk::new();
    let mut dice = Dice(11);
    let mut bent = 0;
    for name in seed_names() {
        let bytes = seed(&name);
        for round in 0..5 {
            let mut copy = bytes.clone();
            // One flip in the header region, or a few anywhere.
            let (flips, reach) = if round < 3 {
                (2, bytes.len().min(300))
            } else {
                (8, bytes.len())
            };
            for _ in 0..flips {
                let at = dice.below(reach);
                copy[at] ^= 1 << dice.below(8);
            }
            desk.put(&format!("{round}-{name}"), copy);
            bent += 1;
        }
    }
    desk.put("good.tif", paper([1]));
    let seen = batch(&desk, &[]);
    assert!(seen.code == 0 || seen.code == 1, "{}", seen.stderr);
    assert_eq!(seen.entries.len(), bent + 1);
    assert_eq!(seen.of("good.tif"), "done");
    assert!(seen.peak < 700 << 20, "{} bytes", seen.peak);
}

/// A PNG of `width` x `height` px, 8 bit grey, with these image bytes (PNG 1.2, section 3).
fn png(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    for (kind, body) in [(b"IHDR", &header[..]), (b"IDAT", data), (b"IEND", &[])] {
        file.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(body);
        file.extend(kind);
        file.extend(body);
        file.extend(crc.sum().to_be_bytes());
    }
    file
}

/// `count` times the same byte, deflated.
fn deflated(byte: u8, count: usize) -> Vec<u8> {
    let mut sink = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = vec![byte; 1 << 20];
    let mut left = count;
    while left > 0 {
        let now = left.min(block.len());
        sink.write_all(&block[..now]).unwrap();
        left -= now;
    }
    sink.finish().unwrap()
}

fn deflated_again(bytes: &[u8]) -> Vec<u8> {
    let mut sink = ZlibEncoder::new(Vec::new(), Compression::best());
    sink.write_all(bytes).unwrap();
    sink.finish().unwrap()
}

/// A PDF of these objects, numbered from 1; the first is the catalogue (ISO 32000-1, 7.5).
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut offsets = Vec::new();
    for (index, body) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", index + 1).bytes());
        file.extend(body);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).bytes());
    for offset in &offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = offsets.len() + 1;
    file.extend(
        format!("trailer\n<</Root 1 0 R/Size {size}>>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    file
}

/// A stream object with this dictionary and these bytes.
fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{dictionary}/Length {}>>\nstream\n", bytes.len()).into_bytes();
    object.extend(bytes);
    object.extend(b"\nendstream");
    object
}

/// A PDF with one page that has this content stream and this image or form as `/X`.
fn pdf_page(content: Vec<u8>, object: Vec<u8>) -> Vec<u8> {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>";
    pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        page.as_bytes().to_vec(),
        content,
        object,
    ])
}

fn image(width: u32, height: u32, filter: &str, bytes: &[u8]) -> Vec<u8> {
    let size = format!("/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace/DeviceGray");
    stream(
        &format!("/Type/XObject/Subtype/Image{size}/Filter{filter}"),
        bytes,
    )
}

fn draw() -> Vec<u8> {
    stream("", b"q 200 0 0 200 0 0 cm /X Do Q")
}

/// A TIFF whose single strip promises what is not there.
fn absurd_tiff(width: u32, height: u32, compression: u32, strip: &[u8]) -> Vec<u8> {
    let mut file = tiff(&[Bits {
        width,
        height,
        rows: strip.to_vec(),
    }]);
    // The value of the fourth entry, which is the compression.
    file[10 + 3 * 12 + 8..][..4].copy_from_slice(&compression.to_le_bytes());
    file
}

#[test]
fn bombs_and_floods_are_refused_before_they_cost_memory() {
    let desk = Desk::new();
    let flood = deflated(255, 64 << 20);
    let nested = deflated_again(&deflated(0, 64 << 20));
    let mut looped = paper([3]);
    let link = 10 + 11 * 12;
    looped[link..link + 4].copy_from_slice(&8_u32.to_le_bytes());
    let mut far = paper([3]);
    far[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut many = paper([3]);
    many[8..10].copy_from_slice(&u16::MAX.to_le_bytes());
    let bomb = "/FlateDecode";
    let twice = "[/FlateDecode/FlateDecode]";
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("claims.png", png(60_000, 60_000, &flood), &["too_large"]),
        (
            "absurd.png",
            png(u32::MAX / 2, u32::MAX / 2, &flood),
            &["too_large", "damaged"],
        ),
        (
            "more-than-said.png",
            png(100, 100, &flood),
            &["done", "damaged"],
        ),
        (
            "huge.tif",
            absurd_tiff(u32::MAX, u32::MAX, 1, &[0; 64]),
            &["too_large"],
        ),
        (
            "wide.tif",
            absurd_tiff(30_001, 10, 1, &[0; 37_520]),
            &["too_large"],
        ),
        (
            "short.tif",
            absurd_tiff(20_000, 10_000, 1, &[0; 64]),
            &["damaged"],
        ),
        (
            "flood.tif",
            absurd_tiff(100, 100, 8, &flood),
            &["damaged", "done"],
        ),
        ("loop.tif", looped, &["damaged", "done"]),
        ("far.tif", far, &["damaged"]),
        ("many.tif", many, &["damaged", "done"]),
        (
            "image.pdf",
            pdf_page(draw(), image(60_000, 60_000, bomb, &flood)),
            &["too_large"],
        ),
        (
            "twice.pdf",
            pdf_page(draw(), image(1000, 1000, twice, &nested)),
            &["too_large", "damaged", "done"],
        ),
        (
            "content.pdf",
            pdf_page(
                stream("/Filter[/FlateDecode/FlateDecode]", &nested),
                image(8, 8, bomb, &flood),
            ),
            &["too_large", "damaged", "done"],
        ),
    ];
    for (name, bytes, _) in &cases {
        desk.put(name, bytes);
    }
    desk.put("good.tif", paper([1]));
    let seen = batch(&desk, &[]);
    assert_eq!(seen.code, 1, "{}", seen.stderr);
    for (name, _, expected) in &cases {
        assert!(
            expected.contains(&seen.of(name).as_str()),
            "{name}: {} in\n{}",
            seen.of(name),
            seen.stderr
        );
    }
    assert_eq!(seen.of("good.tif"), "done");
    assert!(seen.took < Duration::from_secs(10 * 14), "{:?}", seen.took);
    assert!(seen.peak < 512 << 20, "{} bytes", seen.peak);
}

/// Deflate data that inflate to `times` 64 MB of zeros, in a zlib wrapper.
fn flood(times: usize) -> Vec<u8> {
    let block = vec![0; 64 << 20];
    let mut compress = flate2::Compress::new(Compression::best(), false);
    let mut once = Vec::with_capacity(1 << 20);
    compress
        .compress_vec(&block, &mut once, flate2::FlushCompress::Full)
        .unwrap();
    assert_eq!(compress.total_in(), block.len() as u64);
    let mut all = vec![0x78, 0xDA];
    for _ in 0..times {
        all.extend(&once);
    }
    // An empty last block; whoever checks the sum is content with what came before.
    all.extend([3, 0, 0, 0, 0, 0]);
    all
}

#[test]
fn streams_of_gigabytes_are_refused_within_a_bounded_address_space() {
    let desk = Desk::new();
    // Three gigabytes: once deflated 3 MB, twice a few kB.
    let once = flood(48);
    let twice = deflated_again(&once);
    assert!(twice.len() < 100_000, "{}", twice.len());
    let both = "/Filter[/FlateDecode/FlateDecode]";
    let small = || image(8, 8, "/FlateDecode", &deflated(0, 64));
    let inline = [
        b"q 200 0 0 200 0 0 cm BI /W 8 /H 8 /CS /G /BPC 8 /F /Fl ID ".to_vec(),
        once.clone(),
        b" EI Q".to_vec(),
    ]
    .concat();
    let profile = [
        b"<</Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace[/ICCBased 6 0 R]/Length 192>>\nstream\n".to_vec(),
        vec![7; 192],
        b"\nendstream".to_vec(),
    ]
    .concat();
    let with_profile = {
        let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>";
        pdf(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
            page.as_bytes().to_vec(),
            draw(),
            profile,
            stream(&format!("/N 3{both}"), &twice),
        ])
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "image.pdf",
            pdf_page(draw(), image(1000, 1000, "/FlateDecode", &once)),
        ),
        (
            "image-twice.pdf",
            pdf_page(
                draw(),
                image(1000, 1000, "[/FlateDecode/FlateDecode]", &twice),
            ),
        ),
        (
            "content.pdf",
            pdf_page(stream("/Filter/FlateDecode", &once), small()),
        ),
        ("content-twice.pdf", pdf_page(stream(both, &twice), small())),
        ("inline.pdf", pdf_page(stream("", &inline), small())),
        ("profile.pdf", with_profile),
    ];
    for (name, bytes) in &cases {
        desk.put(name, bytes);
    }
    desk.put("good.tif", paper([1]));
    // Threads and their stacks count in full; the reader processes set limits of their own.
    let command = desk.digitize(&PLAIN);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "ulimit -S -v 2000000; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(
            command
                .get_args()
                .map(ToOwned::to_owned)
                .collect::<Vec<_>>(),
        );
    let started = Instant::now();
    let (code, _, stderr) = run(&mut limited);
    assert_eq!(code, 1, "{stderr}");
    assert!(
        started.elapsed() < Duration::from_secs(10 * 7),
        "{:?}",
        started.elapsed()
    );
    let record = desk.json("batch.json");
    let outcomes: BTreeMap<String, String> = record["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let path = Path::new(entry["path"].as_str().unwrap());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let code = entry["error"]["code"].as_str().unwrap_or("done").to_owned();
            (name, code)
        })
        .collect();
    for (name, _) in &cases {
        assert_eq!(outcomes[*name], "too_large", "{name}: {stderr}");
    }
    assert_eq!(outcomes["good.tif"], "done", "{stderr}");
    // The same once more without the limit, to see what it takes.
    let seen = batch(&desk, &["--force"]);
    assert!(seen.peak < 512 << 20, "{} bytes", seen.peak);
}

#[test]
fn pdfs_that_lead_in_circles_or_lie_deep_come_to_an_end() {
    let desk = Desk::new();
    let catalogue = || b"<</Type/Catalog/Pages 2 0 R>>".to_vec();
    let nested = |open: &str, close: &str| {
        let mut deep = open.repeat(200_000).into_bytes();
        deep.extend(close.repeat(200_000).bytes());
        deep
    };
    let own_kid = pdf(&[catalogue(), b"<</Type/Pages/Kids[2 0 R]/Count 1>>".to_vec()]);
    let two_kids = pdf(&[
        catalogue(),
        b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>".to_vec(),
        b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 2 0 R]/Count 2>>".to_vec(),
    ]);
    let many = pdf(&[
        catalogue(),
        b"<</Type/Pages/Kids[]/Count 2000000000>>".to_vec(),
    ]);
    let deep_kids = pdf(&[
        catalogue(),
        [
            b"<</Type/Pages/Kids".to_vec(),
            nested("[", "]"),
            b">>".to_vec(),
        ]
        .concat(),
    ]);
    let deep_root = pdf(&[[
        b"<</Type/Catalog/Pages 2 0 R/X".to_vec(),
        nested("<</A", ">>"),
        b">>".to_vec(),
    ]
    .concat()]);
    let form = stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<</XObject<</X 5 0 R>>>>",
        b"/X Do /X Do",
    );
    let mut own_previous = pdf(&[catalogue(), b"<</Type/Pages/Kids[]/Count 0>>".to_vec()]);
    let start = own_previous
        .windows(5)
        .position(|five| five == b"xref\n")
        .unwrap();
    let text = String::from_utf8(own_previous.clone()).unwrap();
    own_previous = text
        .replace("trailer\n<<", &format!("trailer\n<</Prev {start}"))
        .into_bytes();
    let plain = seed("plain.pdf");
    let mut bad_start = plain.clone();
    let at = plain
        .windows(9)
        .rposition(|nine| nine == b"startxref")
        .unwrap();
    bad_start[at + 10..at + 12].copy_from_slice(b"99");
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("own-kid.pdf", own_kid, &["damaged"]),
        ("two-kids.pdf", two_kids, &["damaged"]),
        ("many.pdf", many, &["damaged", "too_large"]),
        ("deep-kids.pdf", deep_kids, &["damaged", "too_large"]),
        ("deep-root.pdf", deep_root, &["damaged", "too_large"]),
        ("own-previous.pdf", own_previous, &["damaged"]),
        (
            "content-deep.pdf",
            pdf_page(
                stream("", &nested("[", "]")),
                image(8, 8, "/FlateDecode", &deflated(0, 64)),
            ),
            &["done", "damaged"],
        ),
        (
            "content-states.pdf",
            pdf_page(
                stream("", &nested("q ", "Q ")),
                image(8, 8, "/FlateDecode", &deflated(0, 64)),
            ),
            &["done", "damaged"],
        ),
        ("own-form.pdf", pdf_page(draw(), form), &["done", "damaged"]),
        ("header-only.pdf", b"%PDF-1.7\n".to_vec(), &["damaged"]),
        // Readers mend a wrong offset; so the page may as well be found.
        ("bad-start.pdf", bad_start, &["done", "damaged"]),
    ];
    for (name, bytes, _) in &cases {
        desk.put(name, bytes);
    }
    let seen = batch(&desk, &[]);
    assert_eq!(seen.code, 1, "{}", seen.stderr);
    for (name, _, expected) in &cases {
        let came_to = seen.of(name);
        assert!(
            expected.contains(&came_to.as_str()),
            "{name}: {came_to} in\n{}",
            seen.stderr
        );
    }
    assert!(seen.took < Duration::from_secs(10 * 11), "{:?}", seen.took);
    assert!(seen.peak < 512 << 20, "{} bytes", seen.peak);
}

#[test]
fn an_encrypted_pdf_is_told_from_a_damaged_one() {
    let desk = Desk::new();
    for (name, user, bits) in [
        ("password.pdf", "geheim", "256"),
        ("old.pdf", "geheim", "128"),
        ("owner.pdf", "", "256"),
    ] {
        let made = Command::new("qpdf")
            .args([
                "--allow-weak-crypto",
                "--encrypt",
                user,
                "owner",
                bits,
                "--",
            ])
            .arg(crate::paper::seeds().join("plain.pdf"))
            .arg(desk.input(name))
            .status()
            .unwrap();
        assert!(made.success(), "{name}");
    }
    let seen = batch(&desk, &[]);
    assert_eq!(seen.code, 1);
    for name in ["password.pdf", "old.pdf"] {
        assert_eq!(seen.of(name), "encrypted", "{}", seen.stderr);
    }
    // Without a password for opening, readers show the page; refusing it by name is right as well.
    assert!(
        ["encrypted", "done"].contains(&seen.of("owner.pdf").as_str()),
        "{}",
        seen.stderr
    );
}

#[test]
fn the_smallest_and_the_longest_pages_are_papers() {
    let desk = Desk::new();
    let sizes = [(1, 1), (1, 300), (300, 1), (30_000, 10), (10, 30_000)];
    for (width, height) in sizes {
        desk.put(
            &format!("{width}x{height}.tif"),
            tiff(&[Bits::blank(width, height)]),
        );
        let rows = vec![vec![255; 1 + width as usize]; height as usize].into_iter();
        let data: Vec<u8> = rows
            .flat_map(|mut row| {
                row[0] = 0;
                row
            })
            .collect();
        desk.put(
            &format!("{width}x{height}-grey.png"),
            png(width, height, &deflated_again(&data)),
        );
    }
    let seen = batch(&desk, &[]);
    assert_eq!(seen.code, 0, "{}", seen.stderr);
    for (width, height) in sizes {
        for name in [
            format!("{width}x{height}"),
            format!("{width}x{height}-grey"),
        ] {
            let record = desk.json(&format!("{name}.json"));
            let page = &record["pages"][0];
            let size = [&page["width_px"], &page["height_px"]].map(|side| side.as_u64().unwrap());
            assert_eq!(size, [u64::from(width), u64::from(height)], "{name}");
            // A PDF page has at least 3 pt a side; that the paper is shown larger is said.
            assert!(
                page["flags"].to_string().contains("page_scaled"),
                "{name}: {page}"
            );
            let check = Command::new("qpdf")
                .arg("--check")
                .arg(desk.output(&format!("{name}.pdf")))
                .output()
                .unwrap();
            assert!(check.status.success(), "{name}: {check:?}");
        }
    }
}

#[test]
fn a_single_bad_input_gives_the_code_of_its_class() {
    let desk = Desk::new();
    let cut = desk.put("cut.tif", &paper([1])[..500]);
    let good = desk.put("good.tif", paper([1]));
    let locked = desk.put("locked.tif", paper([2]));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    fs::create_dir(desk.input("nothing")).unwrap();
    let code_of = |inputs: &[&Path], more: &[&str]| {
        let mut command = saoy();
        command
            .arg("digitize")
            .args(inputs)
            .arg("-o")
            .arg(desk.output(""))
            .args(PLAIN)
            .args(more);
        let (code, _, stderr) = run(&mut command);
        assert!(!stderr.contains("panicked"), "{stderr}");
        (code, stderr)
    };
    let (code, stderr) = code_of(&[&cut], &[]);
    assert!(code == 3 && stderr.contains("cut.tif"), "{code}: {stderr}");
    assert_eq!(code_of(&[&good], &[]).0, 0);
    assert_eq!(code_of(&[&good, &cut], &[]).0, 1);
    let (code, stderr) = code_of(&[&desk.input("missing.tif")], &[]);
    assert!(
        code == 3 && stderr.contains("missing.tif"),
        "{code}: {stderr}"
    );
    assert_eq!(code_of(&[&good, &desk.input("missing.tif")], &[]).0, 1);
    let (code, stderr) = code_of(&[&desk.input("nothing")], &[]);
    assert!(code == 3 && stderr.contains("nothing"), "{code}: {stderr}");
    // Root reads everything, whatever the permissions say.
    if fs::read(&locked).is_err() {
        let (code, stderr) = code_of(&[&locked], &[]);
        assert!(
            code == 3 && stderr.contains("locked.tif"),
            "{code}: {stderr}"
        );
    }
    assert_eq!(code_of(&[], &[]).0, 2);
    assert_eq!(code_of(&[&good], &["--pdfa", "9z"]).0, 2);
    let (code, stderr) = code_of(&[&good], &["--force", "--reader", "/nonexistent"]);
    assert!(
        code == 4 && stderr.contains("/nonexistent") && stderr.contains("saoy doctor"),
        "{stderr}"
    );
    let (code, stderr) = code_of(&[&good], &["--force", "--lang", "xxx"]);
    assert!(code == 4 && stderr.contains("xxx"), "{code}: {stderr}");
}

#[test]
fn a_bad_file_of_a_joined_folder_is_named() {
    let desk = Desk::new();
    desk.put("file/1.tif", paper([1]));
    desk.put("file/2.tif", &paper([2])[..700]);
    desk.put("other/1.tif", paper([1]));
    let (code, _, stderr) = run(desk.digitize(&PLAIN).arg("--folder-as-document"));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("2.tif"), "{stderr}");
    let record = desk.json("batch.json");
    let statuses: Vec<_> = record["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["failed", "done"]);
    assert!(!desk.output("file.pdf").exists() && desk.output("other.pdf").exists());
}

/// An identity number in the name of an input is masked wherever the run tells of it, but for the names of its outputs.
#[test]
fn identity_numbers_in_names_are_masked_in_what_lies_open() {
    let desk = Desk::new();
    desk.put("cccd 012345678901.tif", b"no picture at all");
    let (code, _, _) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 3);
    let made = desk.made();
    let why = made
        .iter()
        .find(|name| name.ends_with(".why.txt"))
        .expect("a reason");
    for name in ["batch.json", why] {
        let text = fs::read_to_string(desk.output(name)).expect("text");
        assert!(text.contains("012*****8901.tif"), "{name}: {text}");
        assert!(!text.contains("012345678901.tif"), "{name}: {text}");
    }
}
