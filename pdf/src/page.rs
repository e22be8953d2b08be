//! Pages with what they inherit (ISO 32000-1, 7.7.3).

pub(crate) mod tree;

use crate::{
    document::Document,
    error::PdfError,
    object::{Dict, Object, ObjectId, Stream},
    repair::Repair,
};

/// A rectangle in pt, y upwards, corners in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Left edge.
    pub left: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Right edge.
    pub right: f64,
    /// Upper edge.
    pub top: f64,
}

impl Rectangle {
    /// US Letter, what readers take for a page that gives no size.
    const LETTER: Self = Self {
        left: 0.0,
        bottom: 0.0,
        right: 612.0,
        top: 792.0,
    };

    /// Width in pt.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height in pt.
    pub fn height(&self) -> f64 {
        self.top - self.bottom
    }

    /// The four numbers of a PDF array.
    pub fn to_object(&self) -> Object {
        Object::Array(
            [self.left, self.bottom, self.right, self.top]
                .map(Object::Real)
                .into(),
        )
    }

    fn intersection(&self, other: &Self) -> Option<Self> {
        let both = Self {
            left: self.left.max(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.min(other.right),
            top: self.top.min(other.top),
        };
        (both.width() > 0.0 && both.height() > 0.0).then_some(both)
    }
}

/// One page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Its place in the document, from 0.
    pub index: usize,
    /// The page object.
    pub id: ObjectId,
    /// The page's own dictionary.
    pub dict: Dict,
    /// `/Resources`, inherited or own; empty when there are none.
    pub resources: Object,
    /// `/MediaBox`, inherited or own.
    pub media_box: Rectangle,
    /// `/CropBox` as far as it lies within the media box; the media box when there is none.
    pub crop_box: Rectangle,
    /// `/Rotate`: 0, 90, 180 or 270 degrees clockwise.
    pub rotate: u16,
    /// `/UserUnit`: the length of a unit in pt (PDF 1.6).
    pub user_unit: f64,
}

impl Document {
    /// Pages in the document.
    ///
    /// # Errors
    /// When there is no page tree, or a page that it names is not in the file.
    pub fn page_count(&self) -> Result<usize, PdfError> {
        self.page_tree().map(tree::PageTree::len)
    }

    /// The objects of all pages, in order.
    ///
    /// # Errors
    /// As [`Self::page_count`].
    pub fn page_ids(&self) -> Result<Vec<ObjectId>, PdfError> {
        self.page_tree().map(|tree| tree.ids().collect())
    }

    /// All pages, in order.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub fn pages(&self) -> Result<Vec<Page>, PdfError> {
        (0..self.page_count()?)
            .map(|index| self.page(index))
            .collect()
    }

    /// The page at `index`, from 0.
    ///
    /// # Errors
    /// When there is none, or it is damaged, or a part of its content is not in a file that has lost parts.
    pub fn page(&self, index: usize) -> Result<Page, PdfError> {
        let tree = self.page_tree()?;
        let missing = PdfError::NoSuchPage {
            page: index.saturating_add(1),
            count: tree.len(),
        };
        let (id, inherited) = tree.get(index).ok_or(missing)?;
        let located = self.object(id)?;
        let at = located.range.start;
        let Object::Dict(dict) = located.value else {
            return Err(PdfError::WrongType {
                at,
                expected: "a page",
            });
        };
        let reader = Attributes {
            document: self,
            dict: &dict,
            inherited,
            page: index + 1,
        };
        reader.content_is_there()?;
        let media_box = reader.media_box()?;
        Ok(Page {
            index,
            id,
            resources: reader
                .value("Resources")
                .cloned()
                .unwrap_or(Object::Dict(Dict::new())),
            media_box,
            crop_box: reader.crop_box(media_box)?,
            rotate: reader.rotate()?,
            user_unit: reader.user_unit()?,
            dict,
        })
    }

    /// The streams of a page's `/Contents`, in order.
    ///
    /// # Errors
    /// When one of them is damaged or no stream.
    pub fn page_contents(&self, page: &Page) -> Result<Vec<Stream>, PdfError> {
        let contents = self.get(&page.dict, "Contents")?;
        let parts = match contents.as_ref() {
            Object::Array(parts) => parts.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut streams = Vec::new();
        for part in parts {
            match self.resolve(part)?.into_owned() {
                Object::Stream(stream) => streams.push(*stream),
                Object::Null => {}
                _ => {
                    let (page, what) = (page.index + 1, "has a part that is no stream");
                    self.input().note(Repair::PageAttribute {
                        page,
                        key: "Contents",
                        what,
                    });
                }
            }
        }
        Ok(streams)
    }
}

/// One page's attributes while they are read.
struct Attributes<'a> {
    document: &'a Document,
    dict: &'a Dict,
    inherited: &'a Dict,
    page: usize,
}

impl Attributes<'_> {
    fn value(&self, key: &str) -> Option<&Object> {
        let given = |value: &&Object| **value != Object::Null;
        self.dict
            .get(key)
            .filter(given)
            .or_else(|| self.inherited.get(key).filter(given))
    }

    fn note(&self, key: &'static str, what: &'static str) {
        self.document.input().note(Repair::PageAttribute {
            page: self.page,
            key,
            what,
        });
    }

    /// A reference to nothing is null, an empty page; but where parts were lost it is the sign of a loss.
    fn content_is_there(&self) -> Result<(), PdfError> {
        if !self.document.is_rebuilt() {
            return Ok(());
        }
        let resources = self.value("Resources").and_then(Object::as_ref_id);
        let mut needed: Vec<ObjectId> = resources.into_iter().collect();
        match self.dict.get("Contents") {
            Some(Object::Ref(id)) => {
                needed.push(*id);
                if let Ok(Object::Array(parts)) =
                    self.document.object(*id).map(|contents| contents.value)
                {
                    needed.extend(parts.iter().filter_map(Object::as_ref_id));
                }
            }
            Some(Object::Array(parts)) => needed.extend(parts.iter().filter_map(Object::as_ref_id)),
            _ => {}
        }
        let lost = needed.into_iter().find(|id| {
            matches!(
                self.document.object(*id),
                Err(PdfError::MissingObject { .. } | PdfError::Truncated { .. })
            )
        });
        let len = self.document.file_len();
        lost.map_or(Ok(()), |id| {
            Err(PdfError::MissingPage {
                page: self.page,
                id,
                len,
            })
        })
    }

    fn media_box(&self) -> Result<Rectangle, PdfError> {
        let Some(value) = self.value("MediaBox") else {
            self.note("MediaBox", "is missing; Letter is taken");
            return Ok(Rectangle::LETTER);
        };
        Ok(self.rectangle(value)?.unwrap_or_else(|| {
            self.note("MediaBox", "is no rectangle; Letter is taken");
            Rectangle::LETTER
        }))
    }

    fn crop_box(&self, media_box: Rectangle) -> Result<Rectangle, PdfError> {
        let Some(value) = self.value("CropBox") else {
            return Ok(media_box);
        };
        let inside = self
            .rectangle(value)?
            .and_then(|crop| crop.intersection(&media_box));
        Ok(inside.unwrap_or_else(|| {
            self.note("CropBox", "is no rectangle within the media box");
            media_box
        }))
    }

    fn rectangle(&self, value: &Object) -> Result<Option<Rectangle>, PdfError> {
        let value = self.document.resolve(value)?;
        let Some(values @ [_, _, _, _, ..]) = value.as_array() else {
            return Ok(None);
        };
        let mut numbers = [0.0; 4];
        for (number, value) in numbers.iter_mut().zip(values) {
            let Some(given) = self.document.resolve(value)?.as_number() else {
                return Ok(None);
            };
            *number = given;
        }
        let [x0, y0, x1, y1] = numbers;
        let rectangle = Rectangle {
            left: x0.min(x1),
            bottom: y0.min(y1),
            right: x0.max(x1),
            top: y0.max(y1),
        };
        Ok((rectangle.width() > 0.0 && rectangle.height() > 0.0).then_some(rectangle))
    }

    fn rotate(&self) -> Result<u16, PdfError> {
        let Some(value) = self.value("Rotate") else {
            return Ok(0);
        };
        let degrees = self
            .document
            .resolve(value)?
            .as_integer()
            .filter(|degrees| degrees % 90 == 0);
        let turn = degrees.and_then(|degrees| u16::try_from(degrees.rem_euclid(360)).ok());
        Ok(turn.unwrap_or_else(|| {
            self.note("Rotate", "is no multiple of 90");
            0
        }))
    }

    fn user_unit(&self) -> Result<f64, PdfError> {
        let Some(value) = self.dict.get("UserUnit") else {
            return Ok(1.0);
        };
        let unit = self
            .document
            .resolve(value)?
            .as_number()
            .filter(|unit| *unit > 0.0);
        Ok(unit.unwrap_or_else(|| {
            self.note("UserUnit", "is no positive number");
            1.0
        }))
    }
}
