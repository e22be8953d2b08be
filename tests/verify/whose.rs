//! Whose signature it is: papers that name their signer in text or only in pixels, signed by him, by a forger with a genuine
//! certificate of his own, and by a gazette.

use std::collections::BTreeMap;

use serde_json::Value;

use super::made::{Office, Signed, text};
use super::{judged, verify};
use crate::program::{run, samples};

/// Who a paper says issued and signed it.
pub struct Names {
    pub parent: &'static str,
    pub agency: &'static str,
    pub title: &'static str,
    pub signer: &'static str,
}

/// A paper of a department of justice.
pub fn names() -> Names {
    Names {
        parent: "ỦY BAN NHÂN DÂN TỈNH NGHỆ AN",
        agency: "SỞ TƯ PHÁP",
        title: "GIÁM ĐỐC",
        signer: "Lê Thị Hòa Bình",
    }
}

/// The lines of a decision and where they stand, pt, as decree 30/2020 asks.
fn lines_of(names: &Names) -> Vec<(i32, i32, &str)> {
    vec![
        (60, 780, names.parent),
        (100, 762, names.agency),
        (90, 740, "Số: 15/QĐ-STP"),
        (310, 780, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (350, 762, "Độc lập - Tự do - Hạnh phúc"),
        (340, 740, "Nghệ An, ngày 05 tháng 01 năm 2026"),
        (250, 690, "QUYẾT ĐỊNH"),
        (180, 670, "Về việc ban hành Quy chế làm việc"),
        (230, 640, "GIÁM ĐỐC SỞ TƯ PHÁP"),
        (70, 610, "Căn cứ Luật Tổ chức chính quyền địa phương;"),
        (250, 580, "QUYẾT ĐỊNH:"),
        (
            70,
            550,
            "Điều 1. Ban hành kèm theo Quyết định này Quy chế làm việc.",
        ),
        (70, 530, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký."),
        (70, 470, "Nơi nhận:"),
        (70, 455, "- Như Điều 2;"),
        (70, 440, "- Lưu: VT."),
        (380, 470, names.title),
        (360, 390, names.signer),
    ]
}

/// A decision in letters that a reader sees.
pub fn decision(office: &Office, names: &Names) -> Signed {
    decision_with(office, names, None)
}

/// The same with another name over the signer's, after operators that hide it.
fn decision_with(office: &Office, names: &Names, hidden: Option<(&str, &str)>) -> Signed {
    let mut lines = lines_of(names);
    lines.extend(hidden.map(|(_, name)| (360, 410, name)));
    let (mut shown, map) = letters(&lines);
    if let Some((hiding, _)) = hidden {
        let at = shown.rfind("BT").expect("a line");
        shown.insert_str(at, &format!("{hiding} "));
    }
    office.page_of(&shown, &format!("/Font << /F {FONT} >>"), &[map])
}

/// A font that every reader has, with the letters of object 6.
const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>";

/// Operators that show `lines`, at places in pt, and the object that says which letters they are. What is drawn are other
/// letters of a font that every reader has; what is read are these.
fn letters(lines: &[(i32, i32, &str)]) -> (String, String) {
    let mut codes: BTreeMap<char, u8> = BTreeMap::new();
    let mut shown = String::new();
    let mut free = 0xa1_u8..=0xff;
    for (x, y, line) in lines {
        let mut hex = String::new();
        for letter in line.chars() {
            let code = *codes.entry(letter).or_insert_with(|| {
                u8::try_from(letter)
                    .ok()
                    .filter(u8::is_ascii)
                    .unwrap_or_else(|| free.next().expect("few enough letters"))
            });
            hex += &format!("{code:02x}");
        }
        shown += &format!("BT /F 11 Tf {x} {y} Td <{hex}> Tj ET\n");
    }
    let pairs: Vec<String> = codes
        .iter()
        .map(|(letter, code)| format!("<{code:02x}> <{:04x}>", u32::from(*letter)))
        .collect();
    let blocks: String = pairs
        .chunks(100)
        .map(|chunk| {
            format!(
                "{} beginbfchar\n{}\nendbfchar\n",
                chunk.len(),
                chunk.join("\n")
            )
        })
        .collect();
    let map = format!(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapType 2 def\n\
         1 begincodespacerange\n<00> <ff>\nendcodespacerange\n{blocks}endcmap\nend\nend"
    );
    let map = format!("<< /Length {} >>\nstream\n{map}\nendstream", map.len());
    (shown, map)
}

/// A page that is nothing but a scan of a decision of `Ngô Thanh Khải`, with `hidden` text behind it.
fn scan(office: &Office, hidden: &[(i32, i32, &str)]) -> Signed {
    let jpeg = std::fs::read(samples().join("quyet-dinh.jpg")).expect("a sample");
    let hex: String = jpeg.iter().map(|byte| format!("{byte:02x}")).collect();
    let image = format!(
        "<< /Type /XObject /Subtype /Image /Width 2480 /Height 3508 /BitsPerComponent 8 /ColorSpace /DeviceRGB \
         /Filter [/ASCIIHexDecode /DCTDecode] /Length {} >>\nstream\n{hex}>\nendstream",
        hex.len() + 1
    );
    let (shown, map) = letters(hidden);
    let resources = format!("/Font << /F {FONT} >> /XObject << /I 7 0 R >>");
    let contents = format!("3 Tr {shown} q 595 0 0 842 0 0 cm /I Do Q");
    office.page_of(&contents, &resources, &[map, image])
}

/// An office whose list says that nobody was revoked, and arguments that trust it.
fn trusting(office: &Office) -> Vec<String> {
    office.list();
    let [root, list] = ["root.pem", "list.crl"].map(|name| text(&office.path(name)));
    ["--trust".to_owned(), root, "--trust".to_owned(), list].to_vec()
}

#[test]
fn a_genuine_certificate_of_somebody_else_is_never_plain_green() {
    let office = Office::new();
    let of = |name: &str| format!("/C=VN/ST=Tỉnh Nghệ An/O=Sở Tư pháp tỉnh Nghệ An/CN={name}");
    office.issue("signer", &of("LE THI HOA BINH"), "leaf");
    office.issue("doctor", &of("TS. Lê Thị Hoà Bình"), "leaf");
    office.issue(
        "seal",
        "/C=VN/ST=Tỉnh Nghệ An/O=Ủy ban nhân dân tỉnh Nghệ An/CN=Sở Tư pháp",
        "leaf",
    );
    office.issue(
        "portal",
        "/C=VN/O=Tỉnh Nghệ An/CN=Cổng thông tin điện tử tỉnh Nghệ An",
        "leaf",
    );
    let trust = trusting(&office);
    let trust: Vec<&str> = trust.iter().map(String::as_str).collect();
    let paper = decision(&office, &names());
    for (signer, code, result) in [
        ("signer", 0, "matches"),
        ("doctor", 0, "matches"),
        ("seal", 0, "matches"),
        ("an", 11, "differs"),
        ("portal", 11, "publisher"),
    ] {
        let (got, record) = judged(&office, &office.sign(&paper, signer), &trust);
        let compared = &record["signer_compared"];
        assert_eq!(
            (got, compared["result"].as_str()),
            (code, Some(result)),
            "{signer}: {record:#}"
        );
        assert_eq!(compared["source"], "text");
        assert_eq!(
            record["signatures"][0]["indication"], "TOTAL-PASSED",
            "{signer}"
        );
        let read = compared["read"].as_array().expect("what was read");
        let name = read
            .iter()
            .find(|read| read["what"] == "signer")
            .expect("a signer");
        assert_eq!(
            (name["text"].as_str(), name["page"].as_u64()),
            (Some("Lê Thị Hòa Bình"), Some(1))
        );
    }
    let forged = office.sign(&paper, "an");
    let (_, record) = judged(&office, &forged, &trust);
    let said = record["summary"]["vi"].as_str().expect("a sentence");
    assert!(
        said.starts_with("CHƯA ĐỦ CƠ SỞ KẾT LUẬN")
            && said.contains("CHÚ Ý: người ký là Nguyễn Văn An, nhưng văn bản ghi Lê Thị Hòa Bình"),
        "{said}"
    );
    // Who gives the signer's own certificate has chosen him: told, and no more.
    let (code, record) = judged(
        &office,
        &forged,
        &["--trust", &text(&office.path("an.pem"))],
    );
    assert_eq!(
        (code, record["signer_compared"]["result"].as_str()),
        (0, Some("differs"))
    );
    // His name in letters that no eye sees changes nothing.
    for hiding in ["1 g", "3 Tr", "0.97 g", "0 0 2 2 re W n"] {
        let paper = decision_with(&office, &names(), Some((hiding, "Nguyễn Văn An")));
        let (code, record) = judged(&office, &office.sign(&paper, "an"), &trust);
        assert_eq!(code, 11, "{hiding}: {:#}", record["signer_compared"]);
    }
    let (code, record) = judged(
        &office,
        &forged,
        &[trust.as_slice(), &["--no-compare"]].concat(),
    );
    assert_eq!(
        (code, record["signer_compared"]["result"].as_str()),
        (0, Some("not_asked"))
    );
}

#[test]
fn a_scan_is_read_to_see_whose_signature_it_bears() {
    let office = Office::new();
    let of = |name: &str| format!("/C=VN/ST=Tỉnh Nghệ An/O=Sở Nội vụ/CN={name}");
    office.issue("signer", &of("NGO THANH KHAI"), "leaf");
    let trust = trusting(&office);
    let blank = scan(&office, &[]);
    // A decision's scan, with text behind it that names whom the forger pleases.
    let forger = Names {
        parent: "ỦY BAN NHÂN DÂN TỈNH LÀO CAI",
        signer: "Nguyễn Văn An",
        ..names()
    };
    let hidden = scan(&office, &lines_of(&forger));
    for (name, file) in [
        ("genuine", office.sign(&blank, "signer")),
        ("forged", office.sign(&blank, "an")),
        ("hidden", office.sign(&hidden, "an")),
    ] {
        office.put(&format!("in/{name}.pdf"), &file.bytes);
    }
    let verdicts = |more: &[&str]| -> BTreeMap<String, Value> {
        let mut command = verify(&office);
        command
            .arg(office.path("in"))
            .args(&trust)
            .arg("--json")
            .args(more);
        let (_, printed, said) = run(&mut command);
        let report: Value =
            serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {said}"));
        let files = report["files"].as_array().expect("files").iter();
        let named = files.map(|file| {
            let path = file["path"].as_str().expect("a path");
            let name = path.rsplit(['/', '.']).nth(1).expect("a name");
            (name.to_owned(), file.clone())
        });
        named.collect()
    };
    let compared = |files: &BTreeMap<String, Value>, name: &str| {
        let file = &files[name];
        let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let compared = &file["signer_compared"];
        [
            of(&file["verdict"]),
            of(&compared["result"]),
            of(&compared["source"]),
        ]
    };
    let read = verdicts(&[]);
    assert_eq!(
        compared(&read, "genuine"),
        ["valid", "matches", "ocr"],
        "{:#}",
        read["genuine"]
    );
    for name in ["forged", "hidden"] {
        assert_eq!(
            compared(&read, name),
            ["indeterminate", "differs", "ocr"],
            "{:#}",
            read[name]
        );
        let detail = read[name]["signer_compared"]["detail"]
            .as_str()
            .expect("a detail");
        assert!(detail.contains("Ngô Thanh Khải"), "{detail}");
    }
    // Without reading, hidden text may accuse, but it proves nothing.
    let unread = verdicts(&["--no-ocr"]);
    assert_eq!(compared(&unread, "forged"), ["valid", "not_compared", ""]);
    assert_eq!(
        compared(&unread, "hidden"),
        ["valid", "not_compared", "hidden_text"]
    );
    let missing = verdicts(&["--reader", "/nowhere/saoy-reader"]);
    assert_eq!(compared(&missing, "forged"), ["valid", "not_compared", ""]);
    let said = missing["forged"]["summary"]["vi"]
        .as_str()
        .expect("a sentence");
    assert!(said.contains("saoy doctor"), "{said}");
}
