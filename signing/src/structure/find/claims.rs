//! What signature dictionaries and their fields say: texts, rectangles, permissions, locks.

use saoy_pdf::{Dict, Document, Object, ObjectId, Rectangle, text_string};

/// Fields that a lock names are looked at up to this number.
const LOCKED: usize = 4096;

/// Fields that may not change any more (ISO 32000-2, tables 236 and 259).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::structure) struct Lock {
    pub(in crate::structure) scope: Scope,
    /// `/P` of a lock of PDF 2.0: what may still be done to the document at all, as for `DocMDP`.
    pub(in crate::structure) permission: Option<u8>,
}

/// Which fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::structure) enum Scope {
    All,
    Include(Vec<String>),
    Exclude(Vec<String>),
}

impl Lock {
    /// True when the field of this full name is locked; a name locks what lies below it.
    pub(in crate::structure) fn locks(&self, name: &str) -> bool {
        let within = |names: &[String]| {
            names.iter().any(|own| {
                name == own
                    || name
                        .strip_prefix(own.as_str())
                        .is_some_and(|rest| rest.starts_with('.'))
            })
        };
        match &self.scope {
            Scope::All => true,
            Scope::Include(names) => within(names),
            Scope::Exclude(names) => !within(names),
        }
    }

    fn of(view: &Document, dict: &Dict) -> Option<Self> {
        let fields = view.get(dict, "Fields").ok()?.into_owned();
        let names = fields
            .as_array()
            .unwrap_or_default()
            .iter()
            .take(LOCKED)
            .filter_map(|name| text(view.resolve(name).ok().map(std::borrow::Cow::into_owned)))
            .collect();
        let action = view.get(dict, "Action").ok()?;
        let scope = match action.as_name()?.as_bytes() {
            b"All" => Scope::All,
            b"Include" => Scope::Include(names),
            b"Exclude" => Scope::Exclude(names),
            _ => return None,
        };
        let permission = view
            .get(dict, "P")
            .ok()
            .and_then(|value| value.as_integer());
        Some(Self {
            scope,
            permission: permission
                .and_then(|value| u8::try_from(value).ok())
                .filter(|value| (1..=3).contains(value)),
        })
    }
}

/// What the signature `dict` locks: by its own references, and by the lock of its field.
pub(in crate::structure) fn locks(
    view: &Document,
    dict: &Dict,
    field: Option<ObjectId>,
) -> Vec<Lock> {
    let mut locks: Vec<Lock> = transforms(view, dict)
        .into_iter()
        .filter(|(method, _)| method == "FieldMDP")
        .filter_map(|(_, parameters)| Lock::of(view, &parameters))
        .collect();
    let field = field.and_then(|id| view.object(id).ok());
    let lock = field
        .as_ref()
        .and_then(|field| field.value.as_dict())
        .and_then(|field| view.get(field, "Lock").ok());
    locks.extend(
        lock.as_ref()
            .and_then(|lock| lock.as_dict())
            .and_then(|lock| Lock::of(view, lock)),
    );
    locks
}

/// `/P` of `DocMDP`, 2 unless it says otherwise (ISO 32000-2, table 257).
pub(in crate::structure) fn certification(view: &Document, dict: &Dict) -> Option<u8> {
    let (_, parameters) = transforms(view, dict)
        .into_iter()
        .find(|(method, _)| method == "DocMDP")?;
    let permission = view.get(&parameters, "P").ok()?.as_integer();
    Some(match permission {
        Some(1) => 1,
        Some(3) => 3,
        _ => 2,
    })
}

/// The transform methods of `/Reference`, with their parameters.
fn transforms(view: &Document, dict: &Dict) -> Vec<(String, Dict)> {
    let Ok(references) = view.get(dict, "Reference") else {
        return Vec::new();
    };
    let references = references.as_array().unwrap_or_default().iter().take(16);
    references
        .filter_map(|reference| {
            let reference = view.resolve(reference).ok()?;
            let reference = reference.as_dict()?;
            let method = view.get(reference, "TransformMethod").ok()?;
            let parameters = view.get(reference, "TransformParams").ok()?;
            Some((
                method.as_name()?.to_string(),
                parameters.as_dict().cloned().unwrap_or_default(),
            ))
        })
        .collect()
}

/// A text string as the file's bytes mean it.
pub(in crate::structure) fn text(value: Option<Object>) -> Option<String> {
    value?.as_string().map(text_string)
}

/// The rectangle of a widget, when it has an area.
pub(crate) fn rectangle(view: &Document, dict: &Dict) -> Option<Rectangle> {
    let value = view.get(dict, "Rect").ok()?.into_owned();
    let corners = value.as_array()?;
    let number = |index: usize| view.resolve(corners.get(index)?).ok()?.as_number();
    let (x0, y0, x1, y1) = (number(0)?, number(1)?, number(2)?, number(3)?);
    let rectangle = Rectangle {
        left: x0.min(x1),
        bottom: y0.min(y1),
        right: x0.max(x1),
        top: y0.max(y1),
    };
    (rectangle.width() > 0.0 && rectangle.height() > 0.0).then_some(rectangle)
}

/// The full name of a field with the partial name in `dict`, below `above`.
pub(in crate::structure) fn name_of(view: &Document, dict: &Dict, above: &str) -> String {
    let own = text(view.get(dict, "T").ok().map(std::borrow::Cow::into_owned));
    match own {
        Some(own) if above.is_empty() => own,
        Some(own) if above.len() < 4096 => format!("{above}.{own}"),
        _ => above.to_owned(),
    }
}
