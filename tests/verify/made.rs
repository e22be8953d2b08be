//! An office with its own authority, keys and papers: certificates by openssl, PDF files by hand.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with an authority and two signers; gone with the value.
pub struct Office {
    folder: tempfile::TempDir,
}

/// A PDF file with its signatures.
#[derive(Clone)]
pub struct Signed {
    /// The file.
    pub bytes: Vec<u8>,
    /// Highest object number.
    last: usize,
    /// Where the newest cross-reference table stands.
    table: usize,
    /// References to the signature fields.
    fields: Vec<usize>,
    /// Entries of further trailers.
    pub trailer: String,
    /// Entries of further catalogs.
    pub catalog: String,
}

/// What is not as usual in a signature dictionary and its field.
pub struct Form<'a> {
    /// `/SubFilter`.
    pub subfilter: &'a str,
    /// Entries of the dictionary.
    pub dictionary: &'a str,
    /// Entries of the field.
    pub field: &'a str,
    /// `/Rect` of the field.
    pub place: &'a str,
    /// Whether the field leads to the dictionary.
    pub reached: bool,
}

impl Default for Form<'_> {
    fn default() -> Self {
        Self {
            subfilter: "ETSI.CAdES.detached",
            dictionary: "",
            field: "",
            place: "0 0 0 0",
            reached: true,
        }
    }
}

const CONFIGURATION: &str = "
[ca]\ndefault_ca = office\n
[office]\ndatabase = index.txt\ncrlnumber = crlnumber\ndefault_md = sha256\nserial = serial\nunique_subject = no\nnew_certs_dir = .\npolicy = any\n
[any]\ncountryName = optional\norganizationName = optional\ncommonName = supplied\n
[root]\nbasicConstraints = critical,CA:true\nkeyUsage = critical,keyCertSign,cRLSign\nsubjectKeyIdentifier = hash\n
[leaf]\nbasicConstraints = critical,CA:false\nkeyUsage = critical,digitalSignature,nonRepudiation\nauthorityKeyIdentifier = keyid\n
[server]\nbasicConstraints = critical,CA:false\nkeyUsage = critical,keyEncipherment\n
[stamp]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\n
[tsa]\nserial = tsa.serial\ndigests = sha256\ndefault_policy = 1.2.3.4\nsigner_digest = sha256\ness_cert_id_alg = sha256\n
[req]\ndistinguished_name = dn\nstring_mask = utf8only\nutf8 = yes\n[dn]\n";

impl Office {
    /// An authority `CN=Gốc`, an officer `Nguyễn Văn An` of the justice department, a clerk's agency key, a stranger.
    pub fn new() -> Self {
        let office = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        office.put("ca.cnf", CONFIGURATION.as_bytes());
        office.put("index.txt", b"");
        office.put("crlnumber", b"01");
        office.key("root");
        office.openssl("req -x509 -new -utf8 -config ca.cnf -extensions root -key root.key -days 3650 -out root.pem -subj", &["/C=VN/O=Văn phòng thử/CN=Gốc"]);
        office.issue(
            "an",
            "/C=VN/O=Sở Tư pháp tỉnh Lào Cai/CN=Nguyễn Văn An",
            "leaf",
        );
        office.issue(
            "agency",
            "/C=VN/O=Tỉnh Lào Cai/CN=Sở Tư pháp tỉnh Lào Cai",
            "leaf",
        );
        office.issue("wrong-use", "/C=VN/CN=www.example.vn", "server");
        office.key("stranger");
        office.openssl("req -x509 -new -utf8 -config ca.cnf -extensions leaf -key stranger.key -days 30 -out stranger.pem -subj", &["/C=VN/O=Công ty Lạ/CN=Trần Thị Lạ"]);
        office
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// Makes the authority's revocation list, `list.crl`.
    pub fn list(&self) {
        self.openssl(
            "ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -crldays 30 -out list.crl",
            &[],
        );
    }

    /// Revokes a certificate.
    pub fn revoke(&self, name: &str) {
        let certificate = format!("{name}.pem");
        self.openssl(
            "ca -config ca.cnf -keyfile root.key -cert root.pem -revoke",
            &[&certificate],
        );
    }

    /// Makes `name.key` on the curve P-256.
    pub fn key(&self, name: &str) {
        self.key_of(
            name,
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out",
        );
    }

    /// Makes `name.key` by `arguments` of openssl, which end with the option for the file.
    pub fn key_of(&self, name: &str, arguments: &str) {
        self.openssl(arguments, &[&format!("{name}.key")]);
    }

    /// Issues `name.pem` with a new key, for a year from now.
    pub fn issue(&self, name: &str, subject: &str, section: &str) {
        self.key(name);
        self.issue_by(name, subject, section, "root", &["-CAcreateserial"]);
    }

    /// Issues `name.pem` for the key `name.key`, by `by`, whatever that is.
    pub fn issue_by(&self, name: &str, subject: &str, section: &str, by: &str, more: &[&str]) {
        let file = |ending: &str| format!("{name}.{ending}");
        self.openssl(
            "req -new -utf8 -config ca.cnf -subj",
            &[subject, "-key", &file("key"), "-out", &file("csr")],
        );
        let (issuer, key) = (format!("{by}.pem"), format!("{by}.key"));
        let arguments = [
            "-extensions",
            section,
            "-in",
            &file("csr"),
            "-out",
            &file("pem"),
            "-CA",
            &issuer,
            "-CAkey",
            &key,
        ];
        self.openssl(
            "x509 -req -days 365 -extfile ca.cnf",
            &[&arguments, more].concat(),
        );
    }

    /// Issues `name.pem` with a new key, for a time as `YYYYMMDDhhmmssZ`.
    pub fn issue_for(&self, name: &str, subject: &str, from: &str, until: &str) {
        self.key(name);
        let file = |ending: &str| format!("{name}.{ending}");
        self.openssl(
            "req -new -utf8 -config ca.cnf -subj",
            &[subject, "-key", &file("key"), "-out", &file("csr")],
        );
        self.openssl(
            "ca -batch -notext -rand_serial -config ca.cnf -keyfile root.key -cert root.pem -extensions leaf -in",
            &[&file("csr"), "-out", &file("pem"), "-startdate", from, "-enddate", until],
        );
    }

    /// Another authority, which makes no lists.
    pub fn authority(&self, name: &str, subject: &str) {
        self.key(name);
        let [key, certificate] = [format!("{name}.key"), format!("{name}.pem")];
        self.openssl(
            "req -x509 -new -utf8 -config ca.cnf -extensions root -days 3650 -key",
            &[&key, "-out", &certificate, "-subj", subject],
        );
    }

    /// A timestamp token by `authority` of `data`, DER.
    pub fn token(&self, data: &[u8], authority: &str) -> Vec<u8> {
        self.put("stamped", data);
        self.put("tsa.serial", b"01");
        self.openssl("ts -query -data stamped -sha256 -cert -out query", &[]);
        let (certificate, key) = (format!("{authority}.pem"), format!("{authority}.key"));
        self.openssl(
            "ts -reply -config ca.cnf -section tsa -queryfile query -token_out -out token -signer",
            &[&certificate, "-inkey", &key],
        );
        std::fs::read(self.path("token")).expect("a token")
    }

    fn openssl(&self, arguments: &str, more: &[&str]) {
        let answer = Command::new("openssl")
            .args(arguments.split(' '))
            .args(more)
            .current_dir(self.folder.path())
            .output()
            .expect("openssl");
        assert!(
            answer.status.success(),
            "openssl {arguments} {more:?}: {}",
            String::from_utf8_lossy(&answer.stderr)
        );
    }

    /// The CMS over `data` by `signer`, DER.
    pub fn cms(&self, data: &[u8], signer: &str, more: &[&str]) -> Vec<u8> {
        self.put("signed-bytes", data);
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        self.openssl(
            "cms -sign -binary -in signed-bytes -outform DER -out cms -signer",
            &[&[certificate.as_str(), "-inkey", &key], more].concat(),
        );
        std::fs::read(self.path("cms")).expect("a CMS")
    }

    /// A page that says `text`, unsigned.
    pub fn paper(&self, text: &str) -> Signed {
        let font =
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
        self.page_of(&page(text), &format!("/Font << /F {font} >>"), &[])
    }

    /// A page with `contents`, `resources`, and further objects from 6; unsigned.
    pub fn page_of(&self, contents: &str, resources: &str, more: &[String]) -> Signed {
        let mut file = Signed {
            bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            last: 0,
            table: 0,
            fields: Vec::new(),
            trailer: String::new(),
            catalog: String::new(),
        };
        let mut objects = vec![
            (1, catalog(&[], "")),
            (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned()),
            (3, leaf(&[])),
            (
                4,
                format!(
                    "<< /Length {} >>\nstream\n{contents}\nendstream",
                    contents.len()
                ),
            ),
            (5, format!("<< {resources} >>")),
        ];
        objects.extend((6..).zip(more.iter().cloned()));
        file.append(&objects, false);
        file
    }

    /// The file signed by `signer` in a new revision, or, where nobody has signed yet, in its first.
    pub fn sign(&self, file: &Signed, signer: &str) -> Signed {
        self.sign_with(file, signer, &["-md", "sha256", "-cades"])
    }

    /// The same with other arguments for the CMS.
    pub fn sign_with(&self, file: &Signed, signer: &str, more: &[&str]) -> Signed {
        self.sign_as(file, &Form::default(), |data| self.cms(data, signer, more))
    }

    /// The same in another form, with what `make` makes of the signed bytes.
    pub fn sign_as(
        &self,
        file: &Signed,
        form: &Form<'_>,
        make: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Signed {
        let mut file = file.clone();
        let (field, dictionary) = (file.last + 1, file.last + 2);
        file.fields.push(field);
        let name = format!("Signature{}", file.fields.len());
        let value = if form.reached {
            format!("/V {dictionary} 0 R")
        } else {
            String::new()
        };
        let objects = vec![
            (1, catalog(&file.fields, &file.catalog)),
            (3, leaf(&file.fields)),
            (
                field,
                format!(
                    "<< /Type /Annot /Subtype /Widget /FT /Sig /T ({name}) {value} /P 3 0 R /F 132 /Rect [{}] {} >>",
                    form.place, form.field
                ),
            ),
            (
                dictionary,
                format!(
                    "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /{} {} /M (D:20260102030405+07'00') /ByteRange [0 {A:010} {A:010} {A:010}] /Contents <{}> >>",
                    form.subfilter,
                    form.dictionary,
                    "0".repeat(RESERVED),
                    A = 0
                ),
            ),
        ];
        let from = file.bytes.len();
        file.append(&objects, true);
        let gap = find(&file.bytes, b"/Contents <", from) + 10;
        let behind = gap + RESERVED + 2;
        let range = format!(
            "/ByteRange [0 {gap:010} {behind:010} {:010}]",
            file.bytes.len() - behind
        );
        let at = find(&file.bytes, b"/ByteRange [", from);
        file.bytes[at..at + range.len()].copy_from_slice(range.as_bytes());
        let data = [&file.bytes[..gap], &file.bytes[behind..]].concat();
        let cms = make(&data);
        let hex: String = cms.iter().map(|byte| format!("{byte:02X}")).collect();
        assert!(hex.len() <= RESERVED);
        file.bytes[gap + 1..gap + 1 + hex.len()].copy_from_slice(hex.as_bytes());
        file
    }
}

/// Digits kept for a signature.
const RESERVED: usize = 8000;

impl Signed {
    /// The file with a revision that replaces the page's contents.
    pub fn rewritten(&self, text: &str) -> Self {
        self.with_contents(&page(text))
    }

    /// The same with other operators.
    pub fn with_contents(&self, contents: &str) -> Self {
        self.updated(&[(
            4,
            format!(
                "<< /Length {} >>\nstream\n{contents}\nendstream",
                contents.len()
            ),
        )])
    }

    /// The file with a revision of further or replaced objects.
    pub fn updated(&self, objects: &[(usize, String)]) -> Self {
        let mut file = self.clone();
        file.append(objects, true);
        file
    }

    /// Bytes of the revision in the making that no table will lead to.
    pub fn raw(&mut self, text: &str) {
        self.bytes.extend(text.bytes());
    }

    /// Replaces the last `from` by `to` of the same length.
    pub fn patch(&mut self, from: &str, to: &str) {
        assert_eq!(from.len(), to.len(), "offsets stay");
        let at = self
            .bytes
            .windows(from.len())
            .rposition(|window| window == from.as_bytes())
            .expect("is there");
        self.bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }

    /// The four numbers of the last `/ByteRange` behind the zero, moved.
    pub fn shift(&mut self, by: [i64; 3]) {
        let own = self.range();
        let moved: Vec<String> = own
            .split(' ')
            .zip(by)
            .map(|(number, by)| format!("{:010}", number.parse::<i64>().expect("a number") + by))
            .collect();
        self.patch(&own, &moved.join(" "));
    }

    /// The numbers of the last `/ByteRange` behind the zero.
    pub fn range(&self) -> String {
        let at = self
            .bytes
            .windows(14)
            .rposition(|window| window == b"/ByteRange [0 ")
            .expect("a signature")
            + 14;
        String::from_utf8_lossy(&self.bytes[at..at + 32]).into_owned()
    }

    /// Where the signed bytes of the last signature are interrupted.
    pub fn gap(&self) -> std::ops::Range<usize> {
        let at = self
            .bytes
            .windows(11)
            .rposition(|window| window == b"/Contents <")
            .expect("a signature")
            + 10;
        at..at + RESERVED + 2
    }

    fn append(&mut self, objects: &[(usize, String)], update: bool) {
        let mut table = "xref\n".to_owned();
        if !update {
            table += "0 1\n0000000000 65535 f \n";
        }
        for (number, object) in objects {
            table += &format!("{number} 1\n{:010} 00000 n \n", self.bytes.len());
            self.bytes
                .extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
            self.last = self.last.max(*number);
        }
        let at = self.bytes.len();
        let previous = if update {
            format!(" /Prev {}", self.table)
        } else {
            String::new()
        };
        let id = "<00112233445566778899AABBCCDDEEFF>";
        table += &format!(
            "trailer\n<< /Size {} /Root 1 0 R /ID [{id} {id}]{previous} {} >>\nstartxref\n{at}\n%%EOF\n",
            self.last + 1,
            self.trailer
        );
        self.bytes.extend(table.bytes());
        self.table = at;
    }
}

fn catalog(fields: &[usize], more: &str) -> String {
    let form = if fields.is_empty() {
        String::new()
    } else {
        format!(
            " /AcroForm << /SigFlags 3 /Fields [{}] >>",
            references(fields)
        )
    };
    format!("<< /Type /Catalog /Pages 2 0 R{form} {more} >>")
}

fn leaf(fields: &[usize]) -> String {
    format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R /Annots [{}] >>",
        references(fields)
    )
}

fn references(objects: &[usize]) -> String {
    let list: Vec<String> = objects
        .iter()
        .map(|number| format!("{number} 0 R"))
        .collect();
    list.join(" ")
}

fn page(text: &str) -> String {
    format!("BT /F 14 Tf 72 700 Td ({text}) Tj ET")
}

/// Where `needle` stands in `bytes` behind `from`.
pub fn find(bytes: &[u8], needle: &[u8], from: usize) -> usize {
    let window = bytes[from..]
        .windows(needle.len())
        .position(|window| window == needle);
    from + window.expect("the needle")
}

/// Whether a program is on this machine.
pub fn has(program: &str) -> bool {
    Command::new("which")
        .arg(program)
        .output()
        .is_ok_and(|answer| answer.status.success())
}

/// The folder as text, for arguments.
pub fn text(path: &Path) -> String {
    path.display().to_string()
}
