//! Builds signed files byte by byte; the signatures are right in structure and hold no cryptography.

use std::collections::BTreeMap;

/// Digits of `/Contents`.
const RESERVED: usize = 64;

/// What is done to a file.
pub(super) type Edit = fn(&mut Build);

/// A file under construction, revision by revision.
#[derive(Clone)]
pub(super) struct Build {
    pub(super) bytes: Vec<u8>,
    /// Objects of the revision in the making, by number.
    offsets: BTreeMap<u32, usize>,
    pub(super) previous: Option<usize>,
    /// Entries of the trailer besides `/Size`, `/Root` and `/Prev`.
    pub(super) trailer: String,
}

impl Build {
    pub(super) fn new() -> Self {
        Self {
            bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            offsets: BTreeMap::new(),
            previous: None,
            trailer: String::new(),
        }
    }

    pub(super) fn object(&mut self, number: u32, body: &str) -> &mut Self {
        self.offsets.insert(number, self.bytes.len());
        self.raw(&format!("{number} 0 obj\n{body}\nendobj\n"))
    }

    pub(super) fn stream(&mut self, number: u32, dict: &str, data: &str) -> &mut Self {
        let length = data.len();
        self.object(
            number,
            &format!("<<{dict}/Length {length}>>\nstream\n{data}\nendstream"),
        )
    }

    /// Bytes that no table will lead to.
    pub(super) fn raw(&mut self, text: &str) -> &mut Self {
        self.bytes.extend(text.bytes());
        self
    }

    /// Lets the table lead to `offset` for `number`.
    pub(super) fn entry(&mut self, number: u32, offset: usize) -> &mut Self {
        self.offsets.insert(number, offset);
        self
    }

    /// Where the object that was written last for `number` begins.
    pub(super) fn offset(&self, number: u32) -> usize {
        let header = format!("\n{number} 0 obj\n");
        let found = self
            .bytes
            .windows(header.len())
            .rposition(|window| window == header.as_bytes());
        found.expect("was written") + 1
    }

    /// Ends the revision with a classic table.
    pub(super) fn end(&mut self) -> &mut Self {
        let at = self.bytes.len();
        self.raw("xref\n0 1\n0000000000 65535 f \n");
        for (number, offset) in std::mem::take(&mut self.offsets) {
            self.raw(&format!("{number} 1\n{offset:010} 00000 n \n"));
        }
        let previous = self.previous.replace(at);
        let previous = previous.map_or(String::new(), |at| format!("/Prev {at}"));
        let trailer = self.trailer.clone();
        self.raw(&format!(
            "trailer\n<</Size 200/Root 1 0 R{previous}{trailer}>>\nstartxref\n{at}\n%%EOF\n"
        ))
    }

    /// A signature dictionary whose `/ByteRange` and `/Contents` are filled in by [`Self::seal`].
    pub(super) fn signature(&mut self, number: u32, more: &str) -> &mut Self {
        let zeros = "0".repeat(RESERVED);
        self.object(
            number,
            &format!(
                "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached{more}\
                 /ByteRange [0 0000000000 0000000000 0000000000]/Contents <{zeros}>>>"
            ),
        )
    }

    /// Ends the revision and fills in the signature that was written last.
    pub(super) fn seal(&mut self) -> &mut Self {
        self.end();
        self.fill()
    }

    /// Lets the signature that was written last cover everything so far.
    pub(super) fn fill(&mut self) -> &mut Self {
        let end = self.bytes.len();
        let last = |needle: &[u8]| {
            self.bytes
                .windows(needle.len())
                .rposition(|window| window == needle)
                .expect("a signature was written")
        };
        let contents = last(b"/Contents <") + b"/Contents ".len();
        let after = contents + RESERVED + 2;
        let range = last(b"/ByteRange [0 ") + b"/ByteRange [0 ".len();
        let numbers = format!("{contents:010} {after:010} {:010}", end - after);
        self.bytes[range..range + numbers.len()].copy_from_slice(numbers.as_bytes());
        for (index, byte) in self.bytes[contents + 1..after - 1].iter_mut().enumerate() {
            *byte = b"3082"[index % 4];
        }
        self
    }

    /// Replaces the last `from` by `to` of the same length.
    pub(super) fn replace(&mut self, from: &str, to: &str) -> &mut Self {
        assert_eq!(from.len(), to.len(), "offsets stay");
        let at = self
            .bytes
            .windows(from.len())
            .rposition(|window| window == from.as_bytes())
            .expect("is there");
        self.bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        self
    }
}

/// One page with text and a form with a text field, a signature field `First`, a signature field `Second`, not signed.
///
/// 1 catalog, 2 page tree, 3 page, 4 content, 5 form, 6 text field, 7 `First`, 8 `Second`, 9 font, 10 appearance of the
/// text field, 11 document information.
pub(super) fn plain() -> Build {
    let mut build = Build::new();
    build.trailer = "/Info 11 0 R".to_owned();
    build
        .object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>")
        .object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
        .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R]"))
        .stream(4, "", "BT /F1 12 Tf 72 700 Td (Nothing owed) Tj ET")
        .object(
            5,
            "<</Fields[6 0 R 7 0 R 8 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>",
        )
        .object(6, &text_field("before"))
        .object(7, &signature_field("First", ""))
        .object(8, &signature_field("Second", ""))
        .object(9, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
        .stream(
            10,
            "/Type/XObject/Subtype/Form/BBox[0 0 100 20]",
            "(before) Tj",
        )
        .object(11, "<</Producer(one)/Title(paper)>>");
    build
}

/// [`plain`], its field `First` signed by object 20 in the first revision.
pub(super) fn signed() -> Build {
    signed_with("", "")
}

/// The same, with more in the signature dictionary and in the field.
pub(super) fn signed_with(signature: &str, field: &str) -> Build {
    let mut build = plain();
    build
        .object(7, &signature_field("First", &format!("/V 20 0 R{field}")))
        .signature(20, signature)
        .seal();
    build
}

/// Signs the field `Second` with object 21 in the revision in the making.
pub(super) fn sign_second(build: &mut Build) {
    build
        .object(8, &signature_field("Second", "/V 21 0 R"))
        .signature(21, "")
        .seal();
}

pub(super) fn page(more: &str, contents: &str, annotations: &str) -> String {
    format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 9 0 R>>>>\
         /Contents {contents}/Annots {annotations}{more}>>"
    )
}

pub(super) fn text_field(value: &str) -> String {
    format!(
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Amount)/V({value})/P 3 0 R/Rect[100 100 200 120]/AP<</N 10 0 R>>>>"
    )
}

pub(super) fn signature_field(name: &str, more: &str) -> String {
    format!("<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/P 3 0 R/Rect[0 0 0 0]/F 132{more}>>")
}
