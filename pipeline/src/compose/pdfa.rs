//! The PDF/A file, written page by page; the ledger of its clauses is `PDF_A.md` beside this file.

use std::collections::BTreeMap;
use std::io::Write;

use saoy_pdf::{Annotations, Copied, Copier, Document, PdfError};
use serde::{Deserialize, Serialize};

use super::font::Fonts;
use super::image::{self, Shared};
use super::objects::{ObjectWriter, Ref, deflate, number, text_string};
use super::{DateTime, Error, PageSpec, icc, layer, metadata};
use crate::document::Affine;

/// The part and level of ISO 19005 that the file keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum Profile {
    /// PDF/A-1b: PDF 1.4, no JPEG 2000, no 16-bit images.
    A1b,
    /// PDF/A-2b.
    #[default]
    A2b,
    /// PDF/A-2u: 2b, and all text has Unicode values (it always has here).
    A2u,
    /// PDF/A-3b; without attached files.
    A3b,
}

impl Profile {
    /// Part and level, such as `2b`.
    pub fn name(self) -> &'static str {
        match self {
            Self::A1b => "1b",
            Self::A2b => "2b",
            Self::A2u => "2u",
            Self::A3b => "3b",
        }
    }

    /// True for PDF/A-1.
    pub fn is_part_1(self) -> bool {
        self == Self::A1b
    }
}

/// What the file says about itself. Nothing of it is looked up here: no clock, no chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which part and level of PDF/A.
    pub profile: Profile,
    /// Title of the document, for people.
    pub title: String,
    /// Language of the text (RFC 3066).
    pub language: String,
    /// The program that the user ran.
    pub creator: String,
    /// The program that wrote the PDF.
    pub producer: String,
    /// When.
    pub created: DateTime,
    /// What sets this file apart from all others, such as the first half of a digest of its source.
    pub id: [u8; 16],
}

impl Default for Options {
    fn default() -> Self {
        let version = concat!("Saoy ", env!("CARGO_PKG_VERSION"));
        Self {
            profile: Profile::default(),
            title: String::new(),
            language: "vi-VN".to_owned(),
            creator: version.to_owned(),
            producer: version.to_owned(),
            created: DateTime {
                year: 1970,
                month: 1,
                day: 1,
                hour: 0,
                minute: 0,
                second: 0,
                utc_offset_minutes: 0,
            },
            id: [0; 16],
        }
    }
}

/// Writes pages as they come; holds one page, eight bytes for each object, and some 64 kB of dictionaries.
pub struct PdfaWriter<W> {
    out: ObjectWriter<W>,
    options: Options,
    fonts: Option<Fonts>,
    shared: Shared,
    catalog: Ref,
    tree: Ref,
    intent: Ref,
    pages: Vec<Ref>,
    /// What was copied from each source file whose pages were kept.
    kept: BTreeMap<usize, Copied>,
}

impl<W: Write> PdfaWriter<W> {
    /// Starts the file.
    ///
    /// # Errors
    /// [`Error::Io`] when the sink fails.
    pub fn new(sink: W, options: Options) -> Result<Self, Error> {
        let mut out = if options.profile.is_part_1() {
            ObjectWriter::classic(sink)?
        } else {
            ObjectWriter::packing(sink)?
        };
        let (catalog, tree) = (out.promise()?, out.promise()?);
        let intent = image::write_profile(&mut out, 3, &icc::srgb())?;
        Ok(Self {
            out,
            options,
            fonts: None,
            shared: Shared::default(),
            catalog,
            tree,
            intent,
            pages: Vec::new(),
            kept: BTreeMap::new(),
        })
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::PageSize`] before anything of the page was written: the page may be tried
    /// again. [`Error::TooLarge`] and [`Error::Io`] end the file.
    pub fn page(&mut self, page: &PageSpec<'_>) -> Result<(), Error> {
        let number = u32::try_from(self.pages.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        self.check(number, page)?;
        let mut content = Vec::new();
        let mut objects = String::new();
        for (index, placement) in page.images.iter().enumerate() {
            let at = self
                .shared
                .write(&mut self.out, placement.image, self.options.profile)?;
            objects.push_str(&format!("/I{index} {at}"));
            content.extend(painted(index, &image_matrix(page, &placement.to_shown)).bytes());
        }
        let fonts = self.text(page, &mut content)?;
        let contents = self.out.promise()?;
        self.out
            .stream(contents, "/Filter/FlateDecode", &deflate(&content)?)?;
        let at = self.out.promise()?;
        self.out.object(
            at,
            &format!(
                "<</Type/Page/Parent {}/MediaBox[0 0 {} {}]/Contents {contents}\
                 /Resources<</XObject<<{objects}>>{fonts}>>>>",
                self.tree,
                self::number(page.width_pt),
                self::number(page.height_pt)
            ),
        )?;
        self.pages.push(at);
        Ok(())
    }

    /// Copies page `index` of `document` as it is, with its annotations. `source` tells source files apart, so
    /// that what their pages share is copied once.
    ///
    /// A file with such a page claims no PDF/A: what the page brings along is not known to keep it.
    ///
    /// # Errors
    /// When the page or a part of it is damaged, or the sink fails.
    pub fn keep(
        &mut self,
        source: usize,
        document: &Document,
        index: usize,
    ) -> Result<(), PdfError> {
        let page = document.page(index)?;
        let copied = self.kept.remove(&source).unwrap_or_default();
        let mut copier = Copier::resume(document, copied);
        let at = copier.page(&page, self.tree.inner(), Annotations::Keep, self.out.file())?;
        self.kept.insert(source, copier.pause());
        self.pages.push(at.into());
        Ok(())
    }

    /// Gives the document another title than the one it began with.
    pub fn retitle(&mut self, title: String) {
        self.options.title = title;
    }

    /// The part and level of PDF/A that the file claims; none once a page was kept as it is.
    pub fn claim(&self) -> Option<Profile> {
        self.kept.is_empty().then_some(self.options.profile)
    }

    /// Writes what belongs to the whole document and hands the sink back, flushed.
    ///
    /// # Errors
    /// [`Error::Io`] when the sink fails.
    pub fn finish(mut self) -> Result<W, Error> {
        if let Some(fonts) = &self.fonts {
            fonts.finish(&mut self.out)?;
        }
        let kids: String = self.pages.iter().map(|at| format!("{at} ")).collect();
        let tree = format!(
            "<</Type/Pages/Count {}/Kids[{}]>>",
            self.pages.len(),
            kids.trim_end()
        );
        self.out.object(self.tree, &tree)?;
        let meta = self.out.promise()?;
        // Never compressed: PDF/A-1 forbids it (6.7.2), and archives look for it in the bytes.
        self.out.stream(
            meta,
            "/Type/Metadata/Subtype/XML",
            metadata::xmp(&self.options, self.claim()).as_bytes(),
        )?;
        let info = self.out.promise()?;
        self.out
            .object(info, &metadata::information(&self.options))?;
        let catalog = format!(
            "<</Type/Catalog/Pages {}/Metadata {meta}/Lang{}/ViewerPreferences<</DisplayDocTitle true>>\
             /OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)\
             /Info(sRGB IEC61966-2.1)/DestOutputProfile {}>>]>>",
            self.tree,
            text_string(&self.options.language),
            self.intent
        );
        self.out.object(self.catalog, &catalog)?;
        Ok(self.out.finish(self.catalog, info, self.options.id)?)
    }

    fn check(&self, number: u32, page: &PageSpec<'_>) -> Result<(), Error> {
        let PageSpec {
            width_pt,
            height_pt,
            ..
        } = *page;
        if ![width_pt, height_pt]
            .iter()
            .all(|side| (MIN_SIDE..=MAX_SIDE).contains(side))
        {
            return Err(Error::PageSize {
                page: number,
                width_pt,
                height_pt,
            });
        }
        if self.out.is_full() {
            return Err(Error::TooLarge { page: number });
        }
        for (placement, image) in page.images.iter().zip(1..) {
            image::check(placement.image, self.options.profile).map_err(|why| Error::Refused {
                page: number,
                image,
                why,
            })?;
        }
        Ok(())
    }

    /// Adds the text layer to `content` and answers with its entry among the page's resources.
    fn text(&mut self, page: &PageSpec<'_>, content: &mut Vec<u8>) -> Result<String, Error> {
        if page.lines.is_empty() {
            return Ok(String::new());
        }
        let fonts = match &mut self.fonts {
            Some(fonts) => fonts,
            none => none.insert(Fonts::new(&mut self.out, self.options.profile.is_part_1())?),
        };
        let layer = layer::set(page, fonts);
        content.extend(&layer.content);
        let mut entries = String::new();
        for &index in &layer.faces {
            if let Some(at) = fonts.object(&mut self.out, index)? {
                entries.push_str(&format!("/F{index} {at}"));
            }
        }
        Ok(format!("/Font<<{entries}>>"))
    }
}

/// Least and greatest side of a page in pt (ISO 32000-1, C.2; ISO 19005-2, 6.1.13).
const MIN_SIDE: f32 = 3.0;
const MAX_SIDE: f32 = 14_400.0;

/// From PDF's unit square (y up) to the page's points.
fn image_matrix(page: &PageSpec<'_>, to_shown: &Affine) -> Affine {
    let upright = Affine {
        m: [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
    };
    upright.then(to_shown).then(&page.point_map())
}

fn painted(index: usize, matrix: &Affine) -> String {
    let m = matrix.m.map(number).join(" ");
    format!("q {m} cm/I{index} Do Q\n")
}
