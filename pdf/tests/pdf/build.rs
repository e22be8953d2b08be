//! Builds small PDF files byte by byte.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use saoy_pdf::{Document, PdfError};

/// A file under construction: bytes, and where its objects begin.
pub(crate) struct Build {
    pub(crate) bytes: Vec<u8>,
    pub(crate) offsets: Vec<(u32, usize)>,
}

impl Build {
    pub(crate) fn new() -> Self {
        Self {
            bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            offsets: Vec::new(),
        }
    }

    pub(crate) fn object(&mut self, number: u32, body: impl AsRef<[u8]>) -> &mut Self {
        self.offsets.push((number, self.bytes.len()));
        self.bytes.extend(format!("{number} 0 obj\n").bytes());
        self.bytes.extend(body.as_ref());
        self.bytes.extend(b"\nendobj\n");
        self
    }

    pub(crate) fn stream(&mut self, number: u32, dict: &str, data: &[u8]) -> &mut Self {
        let mut body = format!("<<{dict} /Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend(data);
        body.extend(b"\nendstream");
        self.object(number, body)
    }

    /// A classic table of everything since the last one, and a trailer.
    pub(crate) fn classic(&mut self, trailer: &str) -> usize {
        let at = self.bytes.len();
        self.bytes.extend(b"xref\n0 1\n0000000000 65535 f \n");
        self.offsets.sort_unstable();
        for (number, offset) in std::mem::take(&mut self.offsets) {
            self.bytes
                .extend(format!("{number} 1\n{offset:010} 00000 n \n").bytes());
        }
        self.bytes
            .extend(format!("trailer\n<<{trailer}>>\nstartxref\n{at}\n%%EOF\n").bytes());
        at
    }

    /// A cross-reference stream of everything since the last one; `packed` gives (number, container, index).
    pub(crate) fn xref_stream(
        &mut self,
        number: u32,
        dict: &str,
        packed: &[(u32, u32, u32)],
    ) -> usize {
        let at = self.bytes.len();
        let mut rows: Vec<(u32, [u8; 6])> = Vec::new();
        self.offsets.push((number, at));
        for (number, offset) in std::mem::take(&mut self.offsets) {
            let [_, _, _, _, a, b, c, d] = (offset as u64).to_be_bytes();
            rows.push((number, [1, a, b, c, d, 0]));
        }
        for &(number, container, index) in packed {
            let [a, b, c, d] = container.to_be_bytes();
            rows.push((number, [2, a, b, c, d, u8::try_from(index).unwrap()]));
        }
        rows.sort_unstable();
        let index: String = rows
            .iter()
            .map(|(number, _)| format!("{number} 1 "))
            .collect();
        let data: Vec<u8> = rows.iter().flat_map(|(_, row)| *row).collect();
        self.stream(
            number,
            &format!("/Type/XRef/W[1 4 1]/Index[{index}]/Filter/FlateDecode{dict}"),
            &deflate(&data),
        );
        self.offsets.clear();
        self.bytes
            .extend(format!("startxref\n{at}\n%%EOF\n").bytes());
        at
    }

    /// Where `needle` stands last.
    pub(crate) fn last(&self, needle: &str) -> usize {
        self.bytes
            .windows(needle.len())
            .rposition(|bytes| bytes == needle.as_bytes())
            .unwrap()
    }

    pub(crate) fn open(&self) -> Result<Document, PdfError> {
        Document::open(self.bytes.clone())
    }
}

pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Three pages, each with contents and an image of its own, and a font that they share.
pub(crate) fn three_pages() -> Build {
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    build.object(
        2,
        "<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3/MediaBox[0 0 595 842]>>",
    );
    for page in 0..3 {
        let (own, contents, image) = (3 + page, 6 + page, 9 + page);
        build.object(
            own,
            format!(
                "<</Type/Page/Parent 2 0 R/Contents {contents} 0 R\
                 /Resources<</XObject<</I {image} 0 R>>/Font<</F 12 0 R>>>>>>"
            ),
        );
        build.stream(
            contents,
            "",
            format!("q {page} 0 0 1 0 0 cm /I Do Q").as_bytes(),
        );
        build.stream(
            image,
            "/Type/XObject/Subtype/Image/Width 1/Height 1",
            &[u8::try_from(page).unwrap()],
        );
    }
    build.object(12, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>");
    build.classic("/Size 13/Root 1 0 R");
    build
}

/// One page whose catalog, tree and page are packed into an object stream.
pub(crate) fn packed() -> Build {
    let mut build = Build::new();
    let parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 20]/Contents 5 0 R>>",
    ];
    let mut head = String::new();
    let mut body = String::new();
    for (number, part) in (1..).zip(parts) {
        head.push_str(&format!("{number} {} ", body.len()));
        body.push_str(part);
        body.push(' ');
    }
    let data = deflate(format!("{head}{body}").as_bytes());
    build.stream(
        4,
        &format!("/Type/ObjStm/N 3/First {}/Filter/FlateDecode", head.len()),
        &data,
    );
    build.stream(5, "", b"0 g");
    build.xref_stream(6, "/Size 7/Root 1 0 R", &[(1, 4, 0), (2, 4, 1), (3, 4, 2)]);
    build
}

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
pub(crate) struct Lcg(pub(crate) u64);

impl Lcg {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound as u64).unwrap()
    }
}

/// Reads everything there is to read, for files that may be broken in any way.
pub(crate) fn exercise(bytes: Vec<u8>) -> Result<usize, PdfError> {
    let document = Document::open(bytes)?;
    let count = document.page_count()?;
    for index in 0..count {
        let page = document.page(index)?;
        for stream in document.page_contents(&page)? {
            let content = document.decoded(&stream, 1 << 20).unwrap_or_default();
            saoy_pdf::content::operations(&content).for_each(drop);
        }
        saoy_pdf::single_page_pdf(
            &document,
            &page,
            saoy_pdf::Annotations::Keep,
            saoy_pdf::StreamBounds::default(),
        )?;
    }
    document.signatures()?;
    document.info()?;
    document.pdfa_claim()?;
    document.repairs();
    Ok(count)
}
