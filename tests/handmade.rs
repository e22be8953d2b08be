//! Small PDF files, put together by hand: what offices and their programs make of a scan.

use std::fmt::Write;

/// A PDF under construction; objects are numbered from 1.
#[derive(Default)]
pub struct Paper {
    objects: Vec<Vec<u8>>,
}

/// An object's number.
pub type Id = usize;

impl Paper {
    /// A number for an object that comes later.
    pub fn reserve(&mut self) -> Id {
        self.objects.push(Vec::new());
        self.objects.len()
    }

    /// Fills a reserved number.
    pub fn set(&mut self, id: Id, body: impl AsRef<[u8]>) {
        self.objects[id - 1] = body.as_ref().to_vec();
    }

    /// Adds an object.
    pub fn object(&mut self, body: impl AsRef<[u8]>) -> Id {
        let id = self.reserve();
        self.set(id, body);
        id
    }

    /// Adds a stream; `entries` are those of its dictionary beside `/Length`.
    pub fn stream(&mut self, entries: &str, data: &[u8]) -> Id {
        let head = format!("<< {entries} /Length {} >>\nstream\n", data.len());
        self.object([head.as_bytes(), data, b"\nendstream"].concat())
    }

    /// Adds an image of the fixtures' size; `entries` name colour space and filter.
    pub fn image(&mut self, (width, height): (usize, usize), entries: &str, data: &[u8]) -> Id {
        let entries =
            format!("/Type /XObject /Subtype /Image /Width {width} /Height {height} {entries}");
        self.stream(&entries, data)
    }

    /// The file: one page tree over `pages`, whose bodies are all that a page has but `/Type` and `/Parent`.
    pub fn finish(self, pages: &[String], tree: &str) -> Vec<u8> {
        self.finish_with(pages, tree, "")
    }

    /// The same with further entries in the catalogue.
    pub fn finish_with(mut self, pages: &[String], tree: &str, catalogue: &str) -> Vec<u8> {
        let parent = self.reserve();
        let mut kids = String::new();
        for page in pages {
            let id = self.object(format!("<< /Type /Page /Parent {parent} 0 R {page} >>"));
            let _ = write!(kids, "{id} 0 R ");
        }
        self.set(
            parent,
            format!(
                "<< /Type /Pages /Count {} /Kids [ {kids}] {tree} >>",
                pages.len()
            ),
        );
        let root = self.object(format!(
            "<< /Type /Catalog /Pages {parent} 0 R {catalogue} >>"
        ));
        self.written(root)
    }

    fn written(&self, root: Id) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut table = String::from("0000000000 65535 f \n");
        for (index, body) in self.objects.iter().enumerate() {
            let _ = writeln!(table, "{:010} 00000 n ", file.len());
            file.extend(format!("{} 0 obj\n", index + 1).as_bytes());
            file.extend(body);
            file.extend(b"\nendobj\n");
        }
        let (start, size) = (file.len(), self.objects.len() + 1);
        file.extend(format!("xref\n0 {size}\n{table}").as_bytes());
        file.extend(
            format!("trailer\n<< /Size {size} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n")
                .as_bytes(),
        );
        file
    }
}

/// An embedded JBIG2 stream (ITU-T T.88, annex D.3) with one region of which `mmr` is the coded data.
pub fn jbig2((width, height): (u32, u32), mmr: &[u8]) -> Vec<u8> {
    /// Page information: resolution unknown, default pixel white, no striping.
    const PAGE_INFORMATION: u8 = 48;
    /// Immediate generic region.
    const REGION: u8 = 38;
    let segment = |number: u32, kind: u8, data: &[u8]| {
        let length = u32::try_from(data.len()).expect("a small segment");
        [
            &number.to_be_bytes()[..],
            &[kind, 0, 1],
            &length.to_be_bytes(),
            data,
        ]
        .concat()
    };
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let page = [&size[..], &[0; 8], &[0], &[0, 0]].concat();
    // At 0, 0, combined by OR; coded by MMR.
    let region = [&size[..], &[0; 8], &[0], &[1], mmr].concat();
    [
        segment(0, PAGE_INFORMATION, &page),
        segment(1, REGION, &region),
    ]
    .concat()
}

/// zlib, as `/FlateDecode` wants it.
pub fn flate(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}
