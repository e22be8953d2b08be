//! What must not be signed: prepared attacks, and what earlier signatures forbid.
//!
//! A signature is over bytes, but people sign what they see. Whatever can show itself later without breaking the bytes, or
//! shows something else elsewhere, is refused (Mainka et al., "Shadow Attacks", NDSS 2021; rule 8 of this crate's docs).

use std::collections::{BTreeSet, HashSet};

use saoy_pdf::{Dict, Document, Name, Object, ObjectId, PdfError};

use super::SignError;

/// Why a document must not be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .kind.english(), .object.map(|id| format!(" (object {id})")).unwrap_or_default())]
pub struct Refusal {
    /// What.
    pub kind: RefusalKind,
    /// Where.
    pub object: Option<ObjectId>,
}

/// Kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// It had to be repaired to be read.
    Damaged,
    /// It is encrypted.
    Encrypted,
    /// A script may change what is seen.
    JavaScript,
    /// An action starts a program, opens or sends another file.
    Action,
    /// Layers that can be switched.
    OptionalContent,
    /// A form of another kind, which shows instead of the pages.
    Xfa,
    /// Content that is not in the file.
    External,
    /// A page, form, picture or font that nothing uses.
    Unused,
    /// Text in a font that each machine chooses for itself.
    FontNotEmbedded,
    /// An earlier signature certified that nothing more is to come.
    Certified,
    /// An earlier signature locked the document.
    Locked,
    /// An earlier signature is broken.
    EarlierBroken,
    /// The agency's key before any person's.
    NoPerson,
}

impl RefusalKind {
    /// The stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Encrypted => "encrypted",
            Self::JavaScript => "javascript",
            Self::Action => "action",
            Self::OptionalContent => "optional_content",
            Self::Xfa => "xfa",
            Self::External => "external_content",
            Self::Unused => "unused_content",
            Self::FontNotEmbedded => "font_not_embedded",
            Self::Certified => "certified_final",
            Self::Locked => "locked",
            Self::EarlierBroken => "earlier_signature_broken",
            Self::NoPerson => "no_person_signed",
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::Damaged => "it had to be repaired to be read",
            Self::Encrypted => "it is encrypted",
            Self::JavaScript => "it has a script",
            Self::Action => "it has an action that starts, opens or sends something",
            Self::OptionalContent => "it has layers that can be switched",
            Self::Xfa => "it has an XFA form",
            Self::External => "some of its content is in another file",
            Self::Unused => "it has page content that nothing shows",
            Self::FontNotEmbedded => "a font is not embedded",
            Self::Certified => "an earlier signature certifies that nothing is to follow",
            Self::Locked => "an earlier signature locked it",
            Self::EarlierBroken => "an earlier signature is broken",
            Self::NoPerson => "no person has signed before the agency",
        }
    }

    /// A refusal without a place.
    pub fn refusal(self) -> Refusal {
        Refusal {
            kind: self,
            object: None,
        }
    }

    fn in_object(self, object: Option<ObjectId>) -> Refusal {
        Refusal { kind: self, object }
    }
}

/// What is let pass, for files that others made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Fonts that are not embedded. Where somebody has signed already, refusing them protects nobody: what is shown is
    /// not more certain without another signature, and the file cannot be made anew without breaking the one it has.
    pub fonts: bool,
    /// Page content that nothing shows.
    pub unused: bool,
}

/// What was let pass, and should be told to whoever signs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admitted {
    /// Names of fonts that are not embedded: each machine shows its own.
    pub fonts: BTreeSet<String>,
}

/// Looks at every object of `document`.
///
/// Fonts that are not embedded are refused unless `allow` lets them pass, but for the fourteen that every reader has
/// (ISO 32000-1, 9.6.2.2) in a document that does not claim PDF/A. Those of the form's defaults do not count where no field
/// is filled in with them.
///
/// # Errors
/// The first reason not to sign it, or why it cannot be read.
pub fn check(document: &Document, allow: Allow) -> Result<Admitted, SignError> {
    if document.encryption().is_some() {
        return Err(RefusalKind::Encrypted.refusal().into());
    }
    let mut walk = Walk {
        document,
        allow,
        claims_pdfa: document.pdfa_claim()?.is_some(),
        seen: HashSet::new(),
        queue: Vec::new(),
        admitted: Admitted::default(),
        defaults: Vec::new(),
        fills_in: false,
        in_defaults: false,
    };
    let catalog = document.catalog()?;
    if let Some(layers) = document.get(&catalog, "OCProperties")?.as_dict()
        && document
            .get(layers, "OCGs")?
            .as_array()
            .is_some_and(|groups| !groups.is_empty())
    {
        return Err(RefusalKind::OptionalContent.refusal().into());
    }
    for key in ["Root", "Info"] {
        if let Some(value) = document.trailer().get(key) {
            walk.value(value, None)?;
        }
    }
    walk.rest()?;
    // What is used elsewhere, too, was seen by now.
    walk.in_defaults = !walk.fills_in;
    for (value, of) in std::mem::take(&mut walk.defaults) {
        walk.value(&value, of)?;
    }
    walk.rest()?;
    if !allow.unused {
        walk.unused()?;
    }
    // Reading all of it may have brought up what opening did not. A reference to nothing is null and no damage (7.3.10).
    let damaged = document
        .repairs()
        .iter()
        .any(|repair| !matches!(repair, saoy_pdf::Repair::Dangling { .. }));
    if damaged {
        return Err(RefusalKind::Damaged.refusal().into());
    }
    Ok(walk.admitted)
}

struct Walk<'a> {
    document: &'a Document,
    allow: Allow,
    claims_pdfa: bool,
    seen: HashSet<ObjectId>,
    queue: Vec<ObjectId>,
    admitted: Admitted,
    /// Resources of the form that fields fall back on (table 218), looked at last.
    defaults: Vec<(Object, Option<ObjectId>)>,
    /// Whether a field's text is set by readers: then with these.
    fills_in: bool,
    in_defaults: bool,
}

impl Walk<'_> {
    fn rest(&mut self) -> Result<(), SignError> {
        while let Some(id) = self.queue.pop() {
            match self.document.object(id) {
                Ok(located) => self.value(&located.value, Some(id))?,
                Err(PdfError::MissingObject { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &Object, of: Option<ObjectId>) -> Result<(), SignError> {
        match value {
            Object::Ref(id) => {
                if self.seen.insert(*id) {
                    self.queue.push(*id);
                }
                Ok(())
            }
            Object::Array(values) => values.iter().try_for_each(|value| self.value(value, of)),
            Object::Dict(dict) => self.dict(dict, false, of),
            Object::Stream(stream) => self.dict(&stream.dict, true, of),
            _ => Ok(()),
        }
    }

    fn dict(
        &mut self,
        dict: &Dict,
        is_stream: bool,
        of: Option<ObjectId>,
    ) -> Result<(), SignError> {
        let mut found = Found::default();
        for entry in dict {
            found.entry(entry.key.as_bytes(), &entry.value, is_stream);
        }
        if is_stream && found.is_form && found.refers {
            found.refuse(RefusalKind::External);
        }
        if let Some(kind) = found.refused {
            return Err(kind.in_object(of).into());
        }
        if found.is_font && !self.in_defaults && !self.is_embedded(dict)? {
            self.foreign_font(dict, of)?;
        }
        self.fills_in |= found.fills_in;
        for entry in dict {
            if found.has_fields && entry.key.as_bytes() == b"DR" && !self.in_defaults {
                self.defaults.push((entry.value.clone(), of));
            } else {
                self.value(&entry.value, of)?;
            }
        }
        Ok(())
    }

    /// A font that the document does not bring along.
    fn foreign_font(&mut self, font: &Dict, of: Option<ObjectId>) -> Result<(), SignError> {
        let base = self.document.get(font, "BaseFont")?;
        let name = base
            .as_name()
            .map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
        let name = name.unwrap_or_default();
        let is_everywhere = STANDARD.contains(&name.as_str()) && font.is("Subtype", "Type1");
        if !self.allow.fonts && (self.claims_pdfa || !is_everywhere) {
            return Err(RefusalKind::FontNotEmbedded.in_object(of).into());
        }
        self.admitted.fonts.insert(name);
        Ok(())
    }

    /// Composite fonts are judged by their descendants; type 3 fonts are their own program.
    fn is_embedded(&self, font: &Dict) -> Result<bool, PdfError> {
        let simple = [
            "Type1",
            "MMType1",
            "TrueType",
            "CIDFontType0",
            "CIDFontType2",
        ];
        if !simple.iter().any(|kind| font.is("Subtype", kind)) {
            return Ok(true);
        }
        let descriptor = self.document.get(font, "FontDescriptor")?;
        Ok(descriptor.as_dict().is_some_and(|descriptor| {
            ["FontFile", "FontFile2", "FontFile3"]
                .iter()
                .any(|key| descriptor.contains(key))
        }))
    }

    /// True of a form without any content: what an empty field showed until it was signed.
    fn is_blank(&self, value: &Object) -> bool {
        /// Enough for the white space that some write.
        const LONGEST: usize = 64;
        let Object::Stream(stream) = value else {
            return false;
        };
        let content = self.document.decoded(stream, LONGEST);
        stream.dict.is("Subtype", "Form")
            && content.is_ok_and(|content| content.trim_ascii().is_empty())
    }

    /// Content that no page leads to waits for an update that shows it.
    fn unused(&self) -> Result<(), SignError> {
        for id in self
            .document
            .object_ids()
            .filter(|id| !self.seen.contains(id))
        {
            let Ok(located) = self.document.object(id) else {
                continue;
            };
            let Some(dict) = located.value.as_dict() else {
                continue;
            };
            // A font shows nothing by itself, and whoever adds content can bring one along.
            let shows = dict.is("Type", "Page")
                || dict.is("Subtype", "Form")
                || dict.is("Subtype", "Image");
            if shows && !self.is_blank(&located.value) {
                return Err(RefusalKind::Unused.in_object(Some(id)).into());
            }
        }
        Ok(())
    }
}

/// What one dictionary has, gathered in one pass: every dictionary of the file is asked. Of a key that stands twice both count.
#[derive(Default)]
struct Found {
    refused: Option<RefusalKind>,
    is_font: bool,
    is_form: bool,
    /// A form whose content stands in another file, if it is a form.
    refers: bool,
    fills_in: bool,
    has_fields: bool,
}

impl Found {
    fn refuse(&mut self, kind: RefusalKind) {
        self.refused = Some(self.refused.map_or(kind, |before| before.min(kind)));
    }

    fn entry(&mut self, key: &[u8], value: &Object, is_stream: bool) {
        match key {
            b"JS" | b"JavaScript" => self.refuse(RefusalKind::JavaScript),
            b"S" => match value.as_name().map(Name::as_bytes) {
                Some(b"JavaScript") => self.refuse(RefusalKind::JavaScript),
                Some(name) if ACTIONS.contains(&name) => self.refuse(RefusalKind::Action),
                _ => {}
            },
            b"OC" => self.refuse(RefusalKind::OptionalContent),
            b"Type" => match value.as_name().map(Name::as_bytes) {
                Some(b"OCG" | b"OCMD") => self.refuse(RefusalKind::OptionalContent),
                Some(b"Font") => self.is_font = true,
                _ => {}
            },
            b"XFA" => self.refuse(RefusalKind::Xfa),
            b"F" | b"OPI" if is_stream => self.refuse(RefusalKind::External),
            b"Subtype" => self.is_form |= value.is_name("Form"),
            b"Ref" => self.refers = true,
            b"FT" => self.fills_in |= value.is_name("Tx") || value.is_name("Ch"),
            b"Fields" => self.has_fields = true,
            _ => {}
        }
    }
}

/// The fonts that every reader has (9.6.2.2): the same letters everywhere, if not the same outlines.
const STANDARD: [&str; 14] = [
    "Times-Roman",
    "Times-Bold",
    "Times-Italic",
    "Times-BoldItalic",
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-Oblique",
    "Helvetica-BoldOblique",
    "Courier",
    "Courier-Bold",
    "Courier-Oblique",
    "Courier-BoldOblique",
    "Symbol",
    "ZapfDingbats",
];

/// Actions that reach beyond the document (table 198); a link to an address of the web is for the reader to follow.
const ACTIONS: [&[u8]; 10] = [
    b"Launch",
    b"GoToR",
    b"GoToE",
    b"ImportData",
    b"SubmitForm",
    b"Rendition",
    b"Movie",
    b"Sound",
    b"RichMediaExecute",
    b"Hide",
];

/// What of signatures stands in a document already.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    names: HashSet<String>,
    /// Signed fields, document timestamps not counted.
    pub(super) signatures: usize,
    /// Whether anything is signed, document timestamps counted.
    pub(super) signed: bool,
    /// `/P` of a certification.
    certified: Option<i64>,
    locked: bool,
}

impl Before {
    pub(super) fn of(document: &Document) -> Result<Self, PdfError> {
        let mut before = Self::default();
        for field in document.signatures()?.fields {
            before.names.insert(field.name.clone());
            let Some(value) = &field.value else { continue };
            before.signed = true;
            if !value.is("Type", "DocTimeStamp") && !value.is("SubFilter", "ETSI.RFC3161") {
                before.signatures += 1;
            }
            before.read_references(document, value)?;
            if let Some(id) = field.id
                && let Some(field) = document.object(id)?.value.as_dict()
                && let Some(lock) = document.get(field, "Lock")?.as_dict()
                && document.get(lock, "P")?.as_integer() == Some(1)
            {
                before.locked = true;
            }
        }
        Ok(before)
    }

    fn read_references(&mut self, document: &Document, value: &Dict) -> Result<(), PdfError> {
        let references = document.get(value, "Reference")?.into_owned();
        for reference in references.as_array().unwrap_or_default() {
            let reference = document.resolve(reference)?;
            let Some(reference) = reference.as_dict() else {
                continue;
            };
            let parameters = document.get(reference, "TransformParams")?;
            let Some(parameters) = parameters.as_dict() else {
                continue;
            };
            if reference.is("TransformMethod", "DocMDP") {
                let level = document.get(parameters, "P")?.as_integer();
                self.certified = Some(level.unwrap_or(2));
            }
        }
        Ok(())
    }

    pub(super) fn allows_signing(&self) -> Result<(), Refusal> {
        if self.certified == Some(1) {
            return Err(RefusalKind::Certified.refusal());
        }
        if self.locked {
            return Err(RefusalKind::Locked.refusal());
        }
        Ok(())
    }

    /// `wanted`, or a name of our own; never one that is taken: a second field of one name hides the first.
    pub(super) fn free_name(&self, wanted: Option<&str>) -> String {
        self.free(wanted, &[])
    }

    /// The same beside names that this update gives.
    pub(super) fn free_name_beside(&self, wanted: &str, given: &[String]) -> String {
        self.free(Some(wanted), given)
    }

    fn free(&self, wanted: Option<&str>, given: &[String]) -> String {
        // A full stop parts the names of parents and kids (12.7.3.2).
        let stem = wanted.map_or_else(|| "Signature".to_owned(), |name| name.replace('.', "_"));
        let numbered = (1_usize..).map(|number| format!("{stem}{number}"));
        let first = wanted.map(|_| stem.clone());
        first
            .into_iter()
            .chain(numbered)
            .find(|name| !self.names.contains(name) && !given.contains(name))
            .unwrap_or_default()
    }
}

/// Whether `document` is signed: a person's or an agency's signature, not a timestamp.
///
/// # Errors
/// When the form cannot be read.
pub fn signatures_before(document: &Document) -> Result<usize, PdfError> {
    Ok(Before::of(document)?.signatures)
}
