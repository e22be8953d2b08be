//! Everything of a signature but the signature: field, widget, dictionary, gap (ISO 32000-1, 12.7.4.5 and 12.8).

use std::collections::BTreeMap;
use std::ops::Range;

use saoy_pdf::{
    Append, Dict, Document, Name, Object, ObjectId, PdfError, Rectangle, Update, write_object,
};

use super::appearance::Drawn;
use super::edit::Edit;
use super::field::{EmptyField, Reserved, appearance};
use super::text::{pdf_time, text_string};
use super::{LocalTime, SignError, admission, leaf};

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A person or agency signs (`ETSI.CAdES.detached`).
    Signature,
    /// A document timestamp (`ETSI.RFC3161`).
    Timestamp,
}

/// What others may still do after a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// As it was before.
    #[default]
    Open,
    /// Sign and nothing else: the first signature certifies with P 2.
    Signatures,
    /// Nothing but long-term data: certifies with P 1 when it is the first, else locks all fields with P 1.
    Final,
}

/// How a document is to be signed.
#[derive(Clone, Debug)]
pub struct Options {
    /// For what.
    pub purpose: Purpose,
    /// The field's name; made up when there is none. An empty signature field of that name is filled, else one is made.
    pub field: Option<String>,
    /// Fields to be made for those who sign later: by the first signature only.
    pub reserved: Vec<Reserved>,
    /// `/M`; a claim.
    pub time: Option<LocalTime>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// What others may still do.
    pub lock: Lock,
    /// Bytes of the gap.
    pub reserve: usize,
    /// Sixteen bytes for `/ID` that nobody used before.
    pub id: [u8; 16],
}

impl Options {
    /// An invisible signature that leaves room for `reserve` bytes.
    pub fn new(purpose: Purpose, reserve: usize, id: [u8; 16]) -> Self {
        Self {
            purpose,
            field: None,
            reserved: Vec::new(),
            time: None,
            name: None,
            reason: None,
            location: None,
            lock: Lock::Open,
            reserve,
            id,
        }
    }
}

/// An update with a gap for the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// What stands behind the file, `/ByteRange` filled in.
    pub update: Update,
    /// The gap in the finished file: the hexadecimal string with its angle brackets.
    pub gap: Range<u64>,
    /// The field's name.
    pub field: String,
}

impl Prepared {
    /// Prepares a signature behind `document`, showing what `drawn` says or nothing.
    ///
    /// Who may sign is not asked here: [`admission::check`] does.
    ///
    /// # Errors
    /// When the document cannot be added to, or an earlier signature forbids it.
    pub fn new(
        document: &Document,
        options: &Options,
        drawn: Option<&Drawn>,
    ) -> Result<Self, SignError> {
        let before = admission::Before::of(document)?;
        if options.purpose == Purpose::Signature {
            before.allows_signing()?;
        }
        if before.signed && !options.reserved.is_empty() {
            return Err(SignError::SignedFields);
        }
        let mut append = Append::new(document)?;
        let mut edit = Edit::new(document)?;
        let value = append.alloc()?;
        let ends = options.lock == Lock::Final && before.signatures > 0;
        let empty = match &options.field {
            Some(name) => EmptyField::named(document, name)?,
            None => None,
        };
        let is_there = empty.is_some();
        let (field, lock) = match empty {
            Some(empty) => {
                let at = drawn.map(|drawn| (drawn.page(), drawn.rectangle()));
                if let Err(why) = empty.check(at, ends) {
                    return Err(SignError::Field(empty.name, why));
                }
                let look = match drawn {
                    Some(drawn) => Some(put_drawn(document, &mut append, drawn)?),
                    None => None,
                };
                empty.fill(document, &mut edit, value, look)?;
                let lock = empty.lock_parameters();
                (empty.name, lock)
            }
            None => {
                let field = before.free_name(options.field.as_deref());
                let lock = match ends {
                    true => Some(lock_of_fields(fields_there(document, [&*field])?)),
                    false => None,
                };
                (field, lock)
            }
        };
        let own = Own {
            name: &field,
            value,
            drawn,
            ends,
        };
        let new = New {
            own: (!is_there).then_some(own),
            reserved: &options.reserved,
        };
        new.put(document, &before, &mut append, &mut edit)?;
        let certification = match options.lock {
            _ if before.signatures > 0 || options.purpose == Purpose::Timestamp => None,
            Lock::Open => None,
            Lock::Signatures => Some(2),
            Lock::Final => Some(1),
        };
        if certification.is_some() {
            edit.certify(document, value)?;
        }
        edit.put(&mut append)?;

        let references: Vec<Object> = certification
            .map(certifying_reference)
            .into_iter()
            .chain(lock.map(|parameters| reference("FieldMDP", parameters)))
            .collect();
        let (body, marks) = value_body(options, references)?;
        let at = append.put_raw(value, &body)?;
        let update = append.finish(options.id)?;
        Self::close(update, at, &marks, field)
    }

    /// Fills in `/ByteRange`, which is known now.
    fn close(mut update: Update, at: u64, marks: &Marks, field: String) -> Result<Self, SignError> {
        let place = |mark: &Range<usize>| {
            let start = at.saturating_add(mark.start as u64);
            start..start.saturating_add(mark.len() as u64)
        };
        let gap = place(&marks.gap);
        let after = update.end().saturating_sub(gap.end);
        let text = format!("[0 {} {} {after}]", gap.start, gap.end);
        let range = place(&marks.byte_range);
        let start = usize::try_from(range.start.saturating_sub(update.base)).unwrap_or(usize::MAX);
        let room = start
            .checked_add(marks.byte_range.len())
            .and_then(|end| update.bytes.get_mut(start..end));
        let Some((written, _)) = room.and_then(|room| room.split_at_mut_checked(text.len())) else {
            return Err(SignError::Room {
                needed: text.len(),
                room: marks.byte_range.len(),
            });
        };
        written.copy_from_slice(text.as_bytes());
        Ok(Self { update, gap, field })
    }

    /// Bytes of the gap, decoded.
    pub fn room(&self) -> usize {
        let digits = self
            .gap
            .end
            .saturating_sub(self.gap.start)
            .saturating_sub(2);
        usize::try_from(digits / 2).unwrap_or(usize::MAX)
    }
}

/// Where in the dictionary's bytes the parts stand that are filled in later.
struct Marks {
    byte_range: Range<usize>,
    gap: Range<usize>,
}

/// Room for `[0 a b c]` with numbers of ten digits.
const BYTE_RANGE_ROOM: usize = 36;

fn value_body(options: &Options, references: Vec<Object>) -> Result<(Vec<u8>, Marks), SignError> {
    let (kind, subfilter) = match options.purpose {
        Purpose::Signature => ("Sig", "ETSI.CAdES.detached"),
        Purpose::Timestamp => ("DocTimeStamp", "ETSI.RFC3161"),
    };
    let mut body =
        format!("<</Type /{kind} /Filter /Adobe.PPKLite /SubFilter /{subfilter} /ByteRange ")
            .into_bytes();
    let start = body.len();
    body.resize(start + BYTE_RANGE_ROOM, b' ');
    let byte_range = start..body.len();
    body.extend_from_slice(b" /Contents ");
    let start = body.len();
    body.push(b'<');
    body.resize(body.len() + options.reserve.saturating_mul(2), b'0');
    body.push(b'>');
    let gap = start..body.len();
    let mut entry = |key: &str, value: Object| {
        body.extend_from_slice(format!(" /{key} ").as_bytes());
        write_object(&value, &mut body)
    };
    let texts = [
        ("Name", &options.name),
        ("Reason", &options.reason),
        ("Location", &options.location),
    ];
    if let Some(time) = options.time {
        entry("M", Object::String(pdf_time(time).into_bytes()))?;
    }
    for (key, text) in texts {
        if let Some(text) = text {
            entry(key, Object::String(text_string(text)))?;
        }
    }
    if !references.is_empty() {
        entry("Reference", Object::Array(references))?;
    }
    body.extend_from_slice(b">>");
    Ok((body, Marks { byte_range, gap }))
}

fn name(text: &str) -> Object {
    Object::Name(Name::new(text))
}

fn dict<const N: usize>(entries: [(&str, Object); N]) -> Dict {
    let mut dict = Dict::new();
    for (key, value) in entries {
        dict.set(key, value);
    }
    dict
}

/// The signature reference of a certification (tables 253 and 254). No digest: PDF/A forbids it (ISO 19005-2, 6.1.12).
fn certifying_reference(level: i64) -> Object {
    let parameters = dict([
        ("Type", name("TransformParams")),
        ("P", Object::Integer(level)),
        ("V", name("1.2")),
    ]);
    reference("DocMDP", parameters)
}

/// Parameters of a lock of all fields (table 256), as the field's `/Lock` says.
/// The names of all fields that there are, and of those that are `added`: a name locks what lies below it (12.7.5.5).
fn fields_there<'a>(
    document: &Document,
    added: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Object>, PdfError> {
    let catalog = document.catalog()?;
    let form = document.get(&catalog, "AcroForm")?;
    let fields = match form.as_dict() {
        Some(form) => document.get(form, "Fields")?.into_owned(),
        None => Object::Null,
    };
    let mut names = Vec::new();
    for field in fields.as_array().unwrap_or_default() {
        if let Some(field) = document.resolve(field)?.as_dict()
            && let Some(name) = document.get(field, "T")?.as_string()
        {
            names.push(Object::String(name.to_vec()));
        }
    }
    names.extend(
        added
            .into_iter()
            .map(|name| Object::String(text_string(name))),
    );
    Ok(names)
}

/// Names them one by one: a lock of all fields would lock those of later document timestamps, too, which every level of long-term
/// preservation needs and `/P 1` allows (ISO 32000-2, 12.8.2.2.2). That nothing else may come says the P.
fn lock_of_fields(names: Vec<Object>) -> Dict {
    dict([
        ("Type", name("TransformParams")),
        ("Action", name("Include")),
        ("Fields", Object::Array(names)),
        ("V", name("1.2")),
    ])
}

fn reference(method: &str, parameters: Dict) -> Object {
    Object::Dict(dict([
        ("Type", name("SigRef")),
        ("TransformMethod", name(method)),
        ("TransformParams", Object::Dict(parameters)),
    ]))
}

/// `/Lock` of a field whose signature ends it all (table 233, P of ISO 32000-2).
fn final_lock(names: Vec<Object>) -> Object {
    Object::Dict(dict([
        ("Type", name("SigFieldLock")),
        ("Action", name("Include")),
        ("Fields", Object::Array(names)),
        ("P", Object::Integer(1)),
    ]))
}

/// The field that is made for this signature.
struct Own<'a> {
    name: &'a str,
    value: ObjectId,
    drawn: Option<&'a Drawn>,
    /// Whether the signature ends it all.
    ends: bool,
}

/// Fields that are made: of this signature, and of later ones.
struct New<'a> {
    own: Option<Own<'a>>,
    reserved: &'a [Reserved],
}

impl New<'_> {
    /// Puts them into the form and on their pages.
    fn put(
        &self,
        document: &Document,
        before: &admission::Before,
        append: &mut Append,
        edit: &mut Edit,
    ) -> Result<(), SignError> {
        let drawn = self.own.as_ref().and_then(|own| own.drawn);
        let own_page = drawn.map_or(0, Drawn::page);
        let mut widgets = Vec::new();
        let mut on_pages: BTreeMap<usize, Vec<ObjectId>> = BTreeMap::new();
        let own = self.own.iter().map(|_| own_page);
        for page in own.chain(self.reserved.iter().map(|reserved| reserved.page)) {
            let widget = append.alloc()?;
            widgets.push(widget);
            on_pages.entry(page).or_default().push(widget);
        }
        let leaf = drawn.and_then(Drawn::leaf);
        let mut pages = BTreeMap::new();
        for (index, widgets) in &on_pages {
            let page = match leaf.filter(|_| *index == own_page) {
                Some(_) if before.signed => return Err(SignError::SignedPages),
                Some(size) => leaf::add(document, append, edit, size, widgets)?,
                None => {
                    let page = document.page(*index)?;
                    edit.add_annotations(document, &page.dict, page.id, widgets)?;
                    page.id
                }
            };
            pages.insert(*index, page);
        }
        let page_of = |index: usize| pages.get(&index).copied();

        let mut given = Vec::new();
        let mut rest = widgets.iter().copied();
        if let Some((own, widget)) = self.own.as_ref().zip(rest.by_ref().next()) {
            own.put(document, append, edit, (page_of(own_page), widget))?;
            given.push(own.name.to_owned());
        }
        let from = given.len();
        for reserved in self.reserved {
            given.push(before.free_name_beside(&reserved.name, &given));
        }
        let names = given.iter().skip(from);
        for ((reserved, name), widget) in self.reserved.iter().zip(names).zip(rest) {
            let look = reserved.put_look(append)?;
            let page = page_of(reserved.page);
            let mut dict = widget_dict(name, page, Some(look), Some(reserved.rectangle));
            if reserved.is_final {
                let all = fields_there(document, given.iter().map(String::as_str))?;
                dict.set("Lock", final_lock(all));
            }
            append.put(widget, &Object::Dict(dict))?;
        }
        Ok(edit.add_fields(document, &widgets)?)
    }
}

impl Own<'_> {
    fn put(
        &self,
        document: &Document,
        append: &mut Append,
        edit: &mut Edit,
        (page, widget): (Option<ObjectId>, ObjectId),
    ) -> Result<(), SignError> {
        let look = put_look(document, append, self.drawn)?;
        let rectangle = self.drawn.map(Drawn::rectangle);
        let mut dict = widget_dict(self.name, page, look, rectangle);
        dict.set("V", Object::Ref(self.value));
        if self.ends {
            dict.set("Lock", final_lock(fields_there(document, [self.name])?));
        }
        if let Some(drawn) = self.drawn.filter(|drawn| drawn.leaf().is_some())
            && let Some(page) = page
        {
            let tagged = leaf::tag(document, append, edit, (page, widget), &drawn.text())?;
            if let Some(key) = tagged {
                dict.set("StructParent", Object::Integer(key));
            }
        }
        append.put(widget, &Object::Dict(dict))?;
        Ok(())
    }
}

/// A field that is its own widget.
fn widget_dict(
    field: &str,
    page: Option<ObjectId>,
    look: Option<ObjectId>,
    rectangle: Option<Rectangle>,
) -> Dict {
    let nowhere = Object::Array([0; 4].map(Object::Integer).into());
    let mut widget = dict([
        ("Type", name("Annot")),
        ("Subtype", name("Widget")),
        ("FT", name("Sig")),
        ("T", Object::String(text_string(field))),
        // Printed and locked; PDF/A forbids hidden ones.
        ("F", Object::Integer(132)),
        (
            "Rect",
            rectangle.map_or(nowhere, |rectangle| rectangle.to_object()),
        ),
    ]);
    if let Some(page) = page {
        widget.set("P", Object::Ref(page));
    }
    if let Some(look) = look {
        widget.set("AP", appearance(look));
    }
    widget
}

fn put_drawn(
    document: &Document,
    append: &mut Append,
    drawn: &Drawn,
) -> Result<ObjectId, SignError> {
    let look = append.alloc()?;
    drawn.put(document, append, look)?;
    Ok(look)
}

/// What the field shows. PDF/A-1 wants every field to have an appearance (ISO 19005-1, 6.9), also one that shows nothing;
/// later parts do not (ISO 19005-2, 6.3.3), and then it is left out: verifiers take one for more than long-term data, which
/// is all that may follow a final signature.
fn put_look(
    document: &Document,
    append: &mut Append,
    drawn: Option<&Drawn>,
) -> Result<Option<ObjectId>, SignError> {
    if let Some(drawn) = drawn {
        return Ok(Some(put_drawn(document, append, drawn)?));
    }
    if document.pdfa_claim()?.is_none_or(|claim| claim.part != 1) {
        return Ok(None);
    }
    let look = append.alloc()?;
    let empty = dict([
        ("Type", name("XObject")),
        ("Subtype", name("Form")),
        ("BBox", Object::Array([0; 4].map(Object::Integer).into())),
        ("Resources", Object::Dict(Dict::new())),
    ]);
    append.put_stream(look, &empty, b"")?;
    Ok(Some(look))
}
