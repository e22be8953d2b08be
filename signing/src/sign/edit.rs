//! What of a document changes when a signature is added: catalog, form, page (ISO 32000-1, 12.7.2).

use saoy_pdf::{Append, Dict, Document, Object, ObjectId, PdfError};

/// Objects of the document that change, as few as will do.
pub(super) struct Edit {
    root: ObjectId,
    catalog: Dict,
    catalog_changed: bool,
    others: Vec<(ObjectId, Object)>,
}

impl Edit {
    pub(super) fn new(document: &Document) -> Result<Self, PdfError> {
        let at = document.file_len();
        let root = document
            .trailer()
            .get("Root")
            .and_then(Object::as_ref_id)
            .ok_or(PdfError::NoCatalog { at })?;
        Ok(Self {
            root,
            catalog: document.catalog()?,
            catalog_changed: false,
            others: Vec::new(),
        })
    }

    /// A page's annotations: an array of its own is changed in its place, else the page is.
    pub(super) fn add_annotations(
        &mut self,
        document: &Document,
        page: &Dict,
        id: ObjectId,
        widgets: &[ObjectId],
    ) -> Result<(), PdfError> {
        let (array, own) = grown(document, page, "Annots", widgets)?;
        match own {
            Some(own) => self.others.push((own, array)),
            None => {
                let mut page = page.clone();
                page.set("Annots", array);
                self.others.push((id, Object::Dict(page)));
            }
        }
        Ok(())
    }

    /// Adds fields to the form, and that there are signatures; without any the latter alone.
    pub(super) fn add_fields(
        &mut self,
        document: &Document,
        widgets: &[ObjectId],
    ) -> Result<(), PdfError> {
        let form_id = self.catalog.get("AcroForm").and_then(Object::as_ref_id);
        let form = document.get(&self.catalog, "AcroForm")?.into_owned();
        let mut form = form.as_dict().cloned().unwrap_or_default();
        let (array, own) = grown(document, &form, "Fields", widgets)?;
        // Signatures exist, and the file is only to be appended to (table 219).
        let flags = form.get("SigFlags").and_then(Object::as_integer);
        let is_flagged = flags == Some(3);
        if is_flagged && widgets.is_empty() {
            return Ok(());
        }
        form.set("SigFlags", Object::Integer(flags.unwrap_or(0) | 3));
        if let Some(own) = own {
            self.others.push((own, array));
            if is_flagged {
                return Ok(());
            }
        } else {
            form.set("Fields", array);
        }
        match form_id {
            Some(id) => self.others.push((id, Object::Dict(form))),
            None => {
                self.catalog.set("AcroForm", Object::Dict(form));
                self.catalog_changed = true;
            }
        }
        Ok(())
    }

    pub(super) fn certify(&mut self, document: &Document, value: ObjectId) -> Result<(), PdfError> {
        let permissions = document.get(&self.catalog, "Perms")?.into_owned();
        let mut permissions = permissions.as_dict().cloned().unwrap_or_default();
        permissions.set("DocMDP", Object::Ref(value));
        self.catalog.set("Perms", Object::Dict(permissions));
        self.catalog_changed = true;
        Ok(())
    }

    /// Replaces an object that is not changed otherwise.
    pub(super) fn replace(&mut self, id: ObjectId, object: Object) {
        self.others.push((id, object));
    }

    pub(super) fn catalog(&self) -> &Dict {
        &self.catalog
    }

    pub(super) fn put(self, append: &mut Append) -> Result<(), PdfError> {
        if self.catalog_changed {
            append.put(self.root, &Object::Dict(self.catalog))?;
        }
        for (id, object) in self.others {
            append.put(id, &object)?;
        }
        Ok(())
    }
}

/// The array at `key` with more references, and its object when it has one of its own.
pub(super) fn grown(
    document: &Document,
    dict: &Dict,
    key: &str,
    more: &[ObjectId],
) -> Result<(Object, Option<ObjectId>), PdfError> {
    let own = dict.get(key).and_then(Object::as_ref_id);
    let value = document.get(dict, key)?;
    let own = own.filter(|_| value.as_array().is_some());
    let mut values = value.as_array().unwrap_or_default().to_vec();
    values.extend(more.iter().copied().map(Object::Ref));
    Ok((Object::Array(values), own))
}
