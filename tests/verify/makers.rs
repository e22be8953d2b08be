//! Files as different makers write them: intact ones are known as such, and where more is refused than others refuse, why.

use std::collections::BTreeMap;

use serde_json::Value;

use super::made::{Office, text};
use super::verify;
use crate::program::run;

/// How a maker writes; each differs from the first in one thing.
#[derive(Clone, Copy)]
struct Maker {
    before: &'static str,
    /// Offsets count from the header, not from the first byte.
    from_header: bool,
    header: &'static str,
    /// Between the parts of an object, and after it.
    eol: &'static str,
    object: [&'static str; 3],
    stream: [&'static str; 2],
    entry: &'static str,
    section: &'static str,
    /// The number of the section's first row as it says.
    first: usize,
    trailer: &'static str,
    size: usize,
    startxref: [&'static str; 2],
    end: &'static str,
    range: &'static str,
    form: &'static str,
    dictionary: &'static str,
}

const PLAIN: Maker = Maker {
    before: "",
    from_header: false,
    header: "%PDF-1.7\n%\u{e2}\u{e3}\u{cf}\u{d3}\n",
    eol: "\n",
    object: ["\n", "\n", "\n"],
    stream: ["\n", "\n"],
    entry: " \n",
    section: "xref\n",
    first: 0,
    trailer: "trailer\n",
    size: 8,
    startxref: ["startxref\n", "\n%%EOF"],
    end: "\n",
    range: "/ByteRange [0 A B C]",
    form: "<< /Fields [6 0 R] /SigFlags 3 >>",
    dictionary: "",
};

/// Whoever writes so, the file is what it was when it was signed.
const ORDINARY: &[(&str, Maker)] = &[
    ("plain", PLAIN),
    (
        "DOS lines",
        Maker {
            eol: "\r\n",
            object: ["\r\n"; 3],
            stream: ["\r\n"; 2],
            entry: "\r\n",
            section: "xref\r\n",
            trailer: "trailer\r\n",
            startxref: ["startxref\r\n", "\r\n%%EOF"],
            end: "\r\n",
            ..PLAIN
        },
    ),
    (
        "Mac lines",
        Maker {
            eol: "\r",
            object: ["\r"; 3],
            stream: ["\r\n", "\r"],
            entry: " \r",
            section: "xref\r",
            trailer: "trailer\r",
            startxref: ["startxref\r", "\r%%EOF"],
            end: "\r",
            ..PLAIN
        },
    ),
    ("no end of line at the end", Maker { end: "", ..PLAIN }),
    (
        "a mark twice",
        Maker {
            end: "\n%%EOF\n",
            ..PLAIN
        },
    ),
    (
        "blank at the end",
        Maker {
            end: "  \r\n\n\n",
            ..PLAIN
        },
    ),
    (
        "zeros at the end",
        Maker {
            end: "\n\0\0\0\0",
            ..PLAIN
        },
    ),
    (
        "objects without lines",
        Maker {
            object: ["", " ", " "],
            ..PLAIN
        },
    ),
    (
        "objects without spaces",
        Maker {
            object: ["", "", "\n"],
            ..PLAIN
        },
    ),
    (
        "streams without a last line",
        Maker {
            stream: ["\n", ""],
            ..PLAIN
        },
    ),
    (
        "spaces behind stream",
        Maker {
            stream: [" \n", "\n"],
            ..PLAIN
        },
    ),
    (
        "rows of 19 bytes",
        Maker {
            entry: "\n",
            ..PLAIN
        },
    ),
    (
        "rows of 21 bytes",
        Maker {
            entry: " \r\n",
            ..PLAIN
        },
    ),
    ("a section from one", Maker { first: 1, ..PLAIN }),
    (
        "a blank behind xref",
        Maker {
            section: "xref \n",
            ..PLAIN
        },
    ),
    (
        "a line before xref",
        Maker {
            section: "\nxref\n",
            ..PLAIN
        },
    ),
    (
        "a trailer without a line",
        Maker {
            trailer: "trailer",
            ..PLAIN
        },
    ),
    ("a small size", Maker { size: 5, ..PLAIN }),
    (
        "a large size",
        Maker {
            size: 90_000,
            ..PLAIN
        },
    ),
    (
        "zeros before the offset",
        Maker {
            startxref: ["startxref\n00000", "\n%%EOF"],
            ..PLAIN
        },
    ),
    (
        "blanks around the offset",
        Maker {
            startxref: ["startxref  \n", " \n%%EOF"],
            ..PLAIN
        },
    ),
    (
        "an old header",
        Maker {
            header: "%PDF-1.3\n",
            ..PLAIN
        },
    ),
    (
        "a header with more",
        Maker {
            header: "%PDF-1.4 by a maker\n",
            ..PLAIN
        },
    ),
    (
        "lines before the header",
        Maker {
            before: "sent by a gateway\n",
            ..PLAIN
        },
    ),
    (
        "a tight range",
        Maker {
            range: "/ByteRange[0 A B C]",
            ..PLAIN
        },
    ),
    (
        "a wide range",
        Maker {
            range: "/ByteRange [ 0\nA\nB\nC ]",
            ..PLAIN
        },
    ),
    (
        "a form without flags",
        Maker {
            form: "<< /Fields [6 0 R] >>",
            ..PLAIN
        },
    ),
    (
        "a form of other programs",
        Maker {
            form: "<< /Fields [6 0 R] /SigFlags 3 /DA (/F 0 Tf 0 g) /NeedAppearances false >>",
            ..PLAIN
        },
    ),
    (
        "claims",
        Maker {
            dictionary: "/Name (A) /Reason (B) /Location (C) /ContactInfo (D) /Prop_Build << /App << /Name /Maker >> >>",
            ..PLAIN
        },
    ),
];

/// What is refused although some readers show it, and as what.
const REFUSED: &[(&str, &str, Maker)] = &[
    // Readers that count from the first byte find other objects than those that count from the header: to take one's view
    // is to repair the file for the other.
    (
        "offsets from the header",
        "damaged",
        Maker {
            before: "sent by a gateway\n",
            from_header: true,
            ..PLAIN
        },
    ),
    // A byte that is neither white space nor any syntax, behind the end: nobody accounts for it.
    (
        "a control byte at the end",
        "invalid",
        Maker {
            end: "\u{1a}",
            ..PLAIN
        },
    ),
];

impl Maker {
    /// A file signed by `an`.
    fn file(&self, office: &Office) -> Vec<u8> {
        const RESERVED: usize = 8000;
        let bytes = |text: &str| -> Vec<u8> {
            let byte = |letter| u8::try_from(u32::from(letter)).expect("Latin-1");
            text.chars().map(byte).collect()
        };
        let mut file = bytes(self.before);
        let origin = if self.from_header { file.len() } else { 0 };
        file.extend(bytes(self.header));
        let [behind_head, before_end, behind_end] = self.object;
        let content = "BT /F 12 Tf 72 700 Td (x) Tj ET";
        let [behind_stream, before_endstream] = self.stream;
        let zeros = "0".repeat(RESERVED);
        let objects = [
            format!("<< /Type /Catalog /Pages 2 0 R /AcroForm {} >>", self.form),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> /Annots [6 0 R] >>".to_owned(),
            format!("<< /Length {} >>{}stream{behind_stream}{content}{before_endstream}endstream", content.len(), self.eol),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T (A) /V 7 0 R /P 3 0 R /F 132 /Rect [0 0 0 0] >>".to_owned(),
            format!(
                "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached {} {}{} /Contents <{zeros}> >>",
                self.dictionary,
                self.range,
                " ".repeat(30)
            ),
        ];
        let mut rows = format!(
            "{} {}{}0000000000 65535 f{}",
            self.first,
            objects.len() + 1,
            self.eol,
            self.entry
        );
        for (number, object) in (1..).zip(&objects) {
            rows += &format!("{:010} 00000 n{}", file.len() - origin, self.entry);
            file.extend(
                format!("{number} 0 obj{behind_head}{object}{before_end}endobj{behind_end}")
                    .bytes(),
            );
        }
        let at = file.len() - origin;
        let [startxref, mark] = self.startxref;
        let rest = format!(
            "{}{rows}{}<< /Size {} /Root 1 0 R >>{}{startxref}{at}{mark}{}",
            self.section, self.trailer, self.size, self.eol, self.end
        );
        file.extend(bytes(&rest));
        sealed(file, self.range, RESERVED, |data| {
            office.cms(data, "an", &["-md", "sha256"])
        })
    }
}

/// `file` with its range and its contents filled in.
fn sealed(
    mut file: Vec<u8>,
    range: &str,
    reserved: usize,
    make: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let gap = super::made::find(&file, b"/Contents <", 0) + b"/Contents ".len();
    let behind = gap + reserved + 2;
    let at = super::made::find(&file, range.as_bytes(), 0);
    let numbers = [("A", gap), ("B", behind), ("C", file.len() - behind)];
    // Not the letters of the key.
    let (key, list) = range.split_at(10);
    let filled = numbers
        .iter()
        .fold(list.to_owned(), |text, (letter, number)| {
            text.replace(letter, &number.to_string())
        });
    let filled = format!("{key}{filled}");
    let place = &mut file[at..at + range.len() + 30];
    place.fill(b' ');
    place[..filled.len()].copy_from_slice(filled.as_bytes());
    let data = [&file[..gap], &file[behind..]].concat();
    let hex: String = make(&data)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    file[gap + 1..gap + 1 + hex.len()].copy_from_slice(hex.as_bytes());
    file
}

#[test]
fn intact_files_of_all_makers_are_known_as_such() {
    let office = Office::new();
    let refused = REFUSED
        .iter()
        .map(|(what, verdict, maker)| (*what, *verdict, *maker));
    let cases = ORDINARY
        .iter()
        .map(|(what, maker)| (*what, "valid", *maker))
        .chain(refused);
    let mut expected = BTreeMap::new();
    for (what, verdict, maker) in cases {
        office.put(&format!("in/{what}.pdf"), &maker.file(&office));
        expected.insert(what, verdict);
    }
    // In updates, too: an unknown entry of the catalog that comes with a further signature belongs to no signing. EU DSS
    // calls it an undefined change and leaves the judgement to its user.
    let mut sneaky = office.sign(&office.paper("x"), "an");
    sneaky.catalog = "/Unknown 1".to_owned();
    office.put("in/sneaky.pdf", &office.sign(&sneaky, "agency").bytes);
    expected.insert("sneaky", "invalid");
    // A maker's name between revisions.
    let mut named = office.sign(&office.paper("x"), "an");
    named.raw("% signed with a library 5.5\n");
    office.put("in/named.pdf", &office.sign(&named, "agency").bytes);
    expected.insert("named", "valid");
    let mut command = verify(&office);
    command
        .arg(office.path("in"))
        .args(["--no-compare", "--json"]);
    for trusted in ["an.pem", "agency.pem"] {
        command.args(["--trust", &text(&office.path(trusted))]);
    }
    let (_, printed, said) = run(&mut command);
    let report: Value =
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {said}"));
    let mut wrong = Vec::new();
    let files = report["files"].as_array().expect("files");
    assert_eq!(files.len(), expected.len());
    for file in files {
        let path = file["path"].as_str().expect("a path");
        let name = path
            .rsplit('/')
            .next()
            .and_then(|name| name.strip_suffix(".pdf"))
            .expect("a name");
        if file["verdict"] != expected[name] {
            wrong.push(format!("{name}: {} {}", file["verdict"], file["reasons"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
