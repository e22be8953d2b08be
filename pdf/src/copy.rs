//! Objects carried from one file to another, renumbered, stream data untouched.

mod bounds;

mod single;

use std::{
    collections::{HashMap, VecDeque},
    io::Write,
};

use self::bounds::Budget;
pub use self::bounds::StreamBounds;
pub use self::single::{pages_pdf, single_page_pdf};
use crate::{
    document::Document,
    error::PdfError,
    limits,
    object::{Dict, Object, ObjectId, Stream},
    page::Page,
    writer::{FileWriter, Ref},
};

/// What happens to a page's annotations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Annotations {
    /// They are left behind.
    #[default]
    Drop,
    /// They come along, with what widgets inherit from their form fields.
    Keep,
    /// They come along and the page's own contents do not: what lies over a page. Appearances carry their resources.
    Only,
}

/// What happens to the images of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Images {
    /// They come along.
    #[default]
    Whole,
    /// Their dictionaries come along and their pixels do not: for those who ask where they stand. Stencils stay whole.
    Hollow,
}

/// Keys that lead out of what is copied: to the tree above, to the structure tree.
const OUTWARD: [&[u8]; 3] = [b"Parent", b"StructParent", b"StructParents"];

/// Keys of a page that are not content: attributes written anew, private data of programs, actions, and beads of
/// article threads. `/B` means beads in a page only: resources may have that name.
const PAGE_ONLY: [&str; 10] = [
    "B",
    "Resources",
    "MediaBox",
    "CropBox",
    "Rotate",
    "PieceInfo",
    "AA",
    "Annots",
    "Thumb",
    "UserUnit",
];

/// What a widget inherits from the fields above it (ISO 32000-1, tables 220 and 222).
const FIELD_KEYS: [&str; 8] = ["FT", "Ff", "V", "DV", "DA", "Q", "MaxLen", "Opt"];

/// Copies from one document into one file; objects that several pages share are copied once.
pub struct Copier<'d> {
    document: &'d Document,
    map: HashMap<ObjectId, Ref>,
    queue: VecDeque<ObjectId>,
    budget: Option<Budget>,
    images: Images,
}

/// What a [`Copier`] has copied so far, for going on later.
#[derive(Debug, Default)]
pub struct Copied(HashMap<ObjectId, Ref>);

impl<'d> Copier<'d> {
    /// A copier from `document`.
    pub fn new(document: &'d Document) -> Self {
        Self::resume(document, Copied::default())
    }

    /// A copier that goes on from where another from the same document into the same file stopped.
    pub fn resume(document: &'d Document, copied: Copied) -> Self {
        Self {
            document,
            map: copied.0,
            queue: VecDeque::new(),
            budget: None,
            images: Images::Whole,
        }
    }

    /// Treats images so, from here on.
    #[must_use]
    pub fn with_images(self, images: Images) -> Self {
        Self { images, ..self }
    }

    /// Refuses, from here on, streams that inflate to more than `bounds`.
    #[must_use]
    pub fn within(mut self, bounds: StreamBounds) -> Self {
        self.budget = Some(Budget::of(bounds));
        self
    }

    /// Lets go of the document and keeps what was copied.
    pub fn pause(self) -> Copied {
        Copied(self.map)
    }

    /// The copy of `id`, once something that leads to it has been copied.
    pub fn copied(&self, id: ObjectId) -> Option<Ref> {
        self.map.get(&id).copied()
    }

    /// Declares that `id` is represented by `target`, which the caller writes.
    pub fn replace(&mut self, id: ObjectId, target: Ref) {
        self.map.insert(id, target);
    }

    /// Copies `root` and all it leads to, and gives `root` with its references renumbered. Pages, the page
    /// tree, the catalog and the structure tree are not followed and become null.
    ///
    /// # Errors
    /// When an object is damaged, has been lost, or the output fails.
    pub fn graph<W: Write>(
        &mut self,
        root: &Object,
        out: &mut FileWriter<W>,
    ) -> Result<Object, PdfError> {
        let mut root = root.clone();
        self.renumber(&mut root, out)?;
        self.drain(out)?;
        Ok(root)
    }

    /// Copies `page` with its contents, resources and, if asked, annotations, as a child of `parent`, and
    /// gives the new page's reference. What it inherited becomes its own.
    ///
    /// # Errors
    /// As [`Self::graph`].
    pub fn page<W: Write>(
        &mut self,
        page: &Page,
        parent: Ref,
        annotations: Annotations,
        out: &mut FileWriter<W>,
    ) -> Result<Ref, PdfError> {
        // The same page may stand in a document twice: each time it is a page of its own.
        let target = out.alloc()?;
        self.map.insert(page.id, target);
        let mut dict = page.dict.clone();
        PAGE_ONLY.iter().for_each(|key| drop(dict.remove(key)));
        dict.set("Type", Object::Name(crate::object::Name::new("Page")));
        dict.set("MediaBox", page.media_box.to_object());
        if page.crop_box != page.media_box {
            dict.set("CropBox", page.crop_box.to_object());
        }
        if page.rotate != 0 {
            dict.set("Rotate", Object::Integer(page.rotate.into()));
        }
        if page.user_unit != 1.0 {
            dict.set("UserUnit", Object::Real(page.user_unit));
        }
        if annotations == Annotations::Only {
            dict.remove("Contents");
        } else {
            dict.set("Resources", page.resources.clone());
        }
        if annotations != Annotations::Drop {
            let kept = self.annotations(page)?;
            if !kept.is_empty() {
                dict.set("Annots", Object::Array(kept));
            }
        }
        let mut object = Object::Dict(dict);
        self.renumber(&mut object, out)?;
        if let Object::Dict(dict) = &mut object {
            dict.set("Parent", parent.object());
        }
        out.put(target, &object)?;
        self.drain(out)?;
        Ok(target)
    }

    /// Copies the catalog's `/OCProperties`, without which layers that the source hides would show. `None` when
    /// the source has no layers.
    ///
    /// # Errors
    /// As [`Self::graph`].
    pub fn layers<W: Write>(
        &mut self,
        out: &mut FileWriter<W>,
    ) -> Result<Option<Object>, PdfError> {
        let catalog = self.document.catalog()?;
        catalog
            .get("OCProperties")
            .map(|layers| self.graph(layers, out))
            .transpose()
    }

    /// The page's annotations; a widget that inherits from fields above becomes a direct dictionary of its own.
    fn annotations(&self, page: &Page) -> Result<Vec<Object>, PdfError> {
        let list = self.document.get(&page.dict, "Annots")?;
        let mut kept = Vec::new();
        for annotation in list.as_array().unwrap_or_default() {
            match self.document.resolve(annotation)?.as_dict() {
                Some(dict) if dict.contains("Parent") && dict.is("Subtype", "Widget") => {
                    kept.push(Object::Dict(self.with_inherited(dict)?));
                }
                Some(_) => kept.push(annotation.clone()),
                None => {}
            }
        }
        Ok(kept)
    }

    fn with_inherited(&self, widget: &Dict) -> Result<Dict, PdfError> {
        let mut merged = widget.clone();
        let mut above = self.document.get(widget, "Parent")?.into_owned();
        for _ in 0..limits::REFERENCE_CHAIN {
            let Some(field) = above.as_dict() else { break };
            for key in FIELD_KEYS {
                if let Some(value) = field.get(key).filter(|_| !merged.contains(key)) {
                    merged.set(key, value.clone());
                }
            }
            above = self.document.get(field, "Parent")?.into_owned();
        }
        Ok(merged)
    }

    /// Gives every reference in `object` its number in the output, and queues what is met for the first time.
    fn renumber<W: Write>(
        &mut self,
        object: &mut Object,
        out: &mut FileWriter<W>,
    ) -> Result<(), PdfError> {
        match object {
            Object::Ref(id) => *object = self.target(*id, out)?.object(),
            Object::Array(values) => {
                for value in values {
                    self.renumber(value, out)?;
                }
            }
            Object::Dict(dict) => self.renumber_dict(dict, out)?,
            Object::Stream(stream) => self.renumber_dict(&mut stream.dict, out)?,
            _ => {}
        }
        Ok(())
    }

    fn renumber_dict<W: Write>(
        &mut self,
        dict: &mut Dict,
        out: &mut FileWriter<W>,
    ) -> Result<(), PdfError> {
        dict.retain_mut(|entry| !OUTWARD.contains(&entry.key.as_bytes()));
        let mut failed = Ok(());
        dict.retain_mut(|entry| {
            if failed.is_ok() {
                failed = self.renumber(&mut entry.value, out);
            }
            true
        });
        failed
    }

    fn target<W: Write>(&mut self, id: ObjectId, out: &mut FileWriter<W>) -> Result<Ref, PdfError> {
        if let Some(target) = self.map.get(&id) {
            return Ok(*target);
        }
        if self.map.len() >= limits::COPIED_OBJECTS {
            let limit = limits::COPIED_OBJECTS as u64;
            return Err(PdfError::Limit {
                at: self.document.file_len(),
                what: "copied objects",
                limit,
            });
        }
        let target = out.alloc()?;
        self.map.insert(id, target);
        self.queue.push_back(id);
        Ok(target)
    }

    fn drain<W: Write>(&mut self, out: &mut FileWriter<W>) -> Result<(), PdfError> {
        while let Some(id) = self.queue.pop_front() {
            let Some(target) = self.copied(id) else {
                continue;
            };
            if let Err(error) = self.one(id, target, out) {
                self.queue.clear();
                return Err(error);
            }
        }
        Ok(())
    }

    fn one<W: Write>(
        &mut self,
        id: ObjectId,
        target: Ref,
        out: &mut FileWriter<W>,
    ) -> Result<(), PdfError> {
        let mut object = match self.document.object(id) {
            Ok(located) => located.value,
            // In a whole file a reference to nothing is null; in one that lost parts it is a loss.
            Err(PdfError::MissingObject { .. }) if !self.document.is_rebuilt() => Object::Null,
            Err(error) => return Err(error),
        };
        if object.as_dict().is_some_and(leads_out) {
            object = Object::Null;
        }
        let hollow = self.images == Images::Hollow
            && matches!(&object, Object::Stream(stream) if is_raster(&stream.dict));
        if let (Some(budget), Object::Stream(stream), false) = (&mut self.budget, &object, hollow) {
            budget.admit(self.document, stream)?;
        }
        self.renumber(&mut object, out)?;
        match &object {
            Object::Stream(stream) if hollow => {
                out.put_stream_from(target, &stream.dict, 0, &mut std::io::empty())
            }
            Object::Stream(stream) => self.stream(target, stream, out),
            other => out.put(target, other),
        }
    }

    fn stream<W: Write>(
        &self,
        target: Ref,
        stream: &Stream,
        out: &mut FileWriter<W>,
    ) -> Result<(), PdfError> {
        let length = stream.data.end.saturating_sub(stream.data.start);
        out.put_stream_from(
            target,
            &stream.dict,
            length,
            &mut self.document.stream_reader(stream),
        )
    }
}

/// True for images that are no stencils.
fn is_raster(dict: &Dict) -> bool {
    dict.is("Subtype", "Image") && !dict.contains("ImageMask") && !dict.contains("IM")
}

/// True for what belongs to the document and not to a page.
fn leads_out(dict: &Dict) -> bool {
    ["Page", "Pages", "Catalog", "StructTreeRoot", "StructElem"]
        .iter()
        .any(|kind| dict.is("Type", kind))
}
