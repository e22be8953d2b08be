//! A page added behind the last for what has no room on it, within the update of the first signature: pages that somebody
//! signed stay as they are.

use saoy_pdf::{Append, Dict, Document, Name, Object, ObjectId, PdfError};

use super::SignError;
use super::edit::{Edit, grown};
use super::text::text_string;

/// Adds an empty page of `size` pt that shows `widgets`; gives its object.
///
/// It hangs from the root of the page tree (ISO 32000-1, 7.7.3.2), whatever nodes there are below, and says itself what it
/// would inherit. Its only mark is the signature's appearance, so it needs no content, fonts or output intent of its own.
pub(super) fn add(
    document: &Document,
    append: &mut Append,
    edit: &mut Edit,
    size: (f64, f64),
    widgets: &[ObjectId],
) -> Result<ObjectId, SignError> {
    let no_pages = || PdfError::NoPages {
        at: document.file_len(),
        why: "the catalog has no /Pages",
    };
    let root = edit.catalog().get("Pages").and_then(Object::as_ref_id);
    let root = root.ok_or_else(no_pages)?;
    let node = document.object(root)?.value;
    let mut node = node.as_dict().cloned().ok_or_else(no_pages)?;
    if !node.contains("Kids") {
        return Err(no_pages().into());
    }
    let whole = Object::Array(vec![
        Object::Integer(0),
        Object::Integer(0),
        Object::Real(size.0),
        Object::Real(size.1),
    ]);
    let id = append.alloc()?;
    let mut page = Dict::new();
    page.set("Type", name("Page"));
    page.set("Parent", Object::Ref(root));
    page.set("MediaBox", whole.clone());
    page.set("CropBox", whole);
    page.set("Rotate", Object::Integer(0));
    page.set("Resources", Object::Dict(Dict::new()));
    let shown = widgets.iter().copied().map(Object::Ref);
    page.set("Annots", Object::Array(shown.collect()));
    if is_tagged(document, edit)? {
        // Order of tabs as of the structure; PDF/UA asks for it (ISO 14289-1, 7.18.3).
        page.set("Tabs", name("S"));
    }
    append.put(id, &Object::Dict(page))?;

    let (kids, own) = grown(document, &node, "Kids", &[id])?;
    match own {
        Some(own) => edit.replace(own, kids),
        None => node.set("Kids", kids),
    }
    let count = i64::try_from(document.page_count()?).unwrap_or(i64::MAX);
    node.set("Count", Object::Integer(count.saturating_add(1)));
    edit.replace(root, Object::Dict(node));
    Ok(id)
}

fn is_tagged(document: &Document, edit: &Edit) -> Result<bool, PdfError> {
    let marks = document.get(edit.catalog(), "MarkInfo")?;
    let marked = match marks.as_dict() {
        Some(marks) => document.get(marks, "Marked")?.into_owned() == Object::Bool(true),
        None => false,
    };
    Ok(marked && edit.catalog().contains("StructTreeRoot"))
}

/// In a tagged document, adds an element for the widget on its page (14.7.4.3), saying `text`; gives its key in the
/// parent tree. `None` in others, and where the structure is none that can be added to.
pub(super) fn tag(
    document: &Document,
    append: &mut Append,
    edit: &mut Edit,
    (page, widget): (ObjectId, ObjectId),
    text: &str,
) -> Result<Option<i64>, SignError> {
    let root = edit.catalog().get("StructTreeRoot");
    let Some(root_id) = root.and_then(Object::as_ref_id) else {
        return Ok(None);
    };
    if !is_tagged(document, edit)? {
        return Ok(None);
    }
    let root = document.object(root_id)?.value;
    let Some(mut root) = root.as_dict().cloned() else {
        return Ok(None);
    };
    let mut tree = document.get(&root, "ParentTree")?.into_owned();
    let key = next_key(document, &root, &tree)?;
    let element = append.alloc()?;

    let elder = only_element(document, &root)?;
    let parent = elder.as_ref().map_or(root_id, |(id, _)| *id);
    append.put(element, &element_of(parent, page, widget, text))?;
    match elder {
        Some((id, mut elder)) => {
            add_kid(document, edit, &mut elder, element)?;
            edit.replace(id, Object::Dict(elder));
        }
        None => add_kid(document, edit, &mut root, element)?,
    }

    let own = root.get("ParentTree").and_then(Object::as_ref_id);
    grow_tree(&mut tree, append, document, edit, (key, element))?;
    match own {
        Some(own) => edit.replace(own, tree),
        None => root.set("ParentTree", tree),
    }
    root.set("ParentTreeNextKey", Object::Integer(key.saturating_add(1)));
    edit.replace(root_id, Object::Dict(root));
    Ok(Some(key))
}

/// `/Form`, which is what the structure calls widgets (14.8.4.5), with the words that it shows.
fn element_of(parent: ObjectId, page: ObjectId, widget: ObjectId, text: &str) -> Object {
    let mut reference = Dict::new();
    reference.set("Type", name("OBJR"));
    reference.set("Pg", Object::Ref(page));
    reference.set("Obj", Object::Ref(widget));
    let mut element = Dict::new();
    element.set("Type", name("StructElem"));
    element.set("S", name("Form"));
    element.set("P", Object::Ref(parent));
    element.set("Pg", Object::Ref(page));
    element.set("K", Object::Dict(reference));
    if !text.is_empty() {
        element.set("Alt", Object::String(text_string(text)));
    }
    Object::Dict(element)
}

/// The document's one element below the root, as most have: `/Document`.
fn only_element(document: &Document, root: &Dict) -> Result<Option<(ObjectId, Dict)>, PdfError> {
    let only = match document.get(root, "K")?.into_owned() {
        Object::Array(kids) => match kids.as_slice() {
            [only] => only.as_ref_id(),
            _ => None,
        },
        _ => root.get("K").and_then(Object::as_ref_id),
    };
    let Some(id) = only else { return Ok(None) };
    let element = document.object(id)?.value;
    Ok(element
        .as_dict()
        .filter(|element| element.is("S", "Document"))
        .map(|element| (id, element.clone())))
}

/// `/K` may be nothing, one kid, or an array, which may be an object of its own (table 323).
fn add_kid(
    document: &Document,
    edit: &mut Edit,
    of: &mut Dict,
    kid: ObjectId,
) -> Result<(), PdfError> {
    let (kids, own) = grown(document, of, "K", &[kid])?;
    if let Some(own) = own {
        edit.replace(own, kids);
        return Ok(());
    }
    let is_single = document.get(of, "K")?.as_array().is_none();
    match of.get("K").cloned() {
        Some(single) if is_single && single != Object::Null => {
            of.set("K", Object::Array(vec![single, Object::Ref(kid)]));
        }
        _ => of.set("K", kids),
    }
    Ok(())
}

/// A key above all that are used (14.7.4.4).
fn next_key(document: &Document, root: &Dict, tree: &Object) -> Result<i64, PdfError> {
    /// Of number trees: far more than any writer makes, and an end to circles.
    const DEPTH: usize = 32;
    let claimed = document.get(root, "ParentTreeNextKey")?.as_integer();
    let mut highest = -1;
    let mut node = tree.as_dict().cloned();
    for _ in 0..DEPTH {
        let Some(here) = node.take() else { break };
        // Keys rise; the last of each node is its highest (7.9.7).
        let numbers = document.get(&here, "Nums")?.into_owned();
        for pair in numbers.as_array().unwrap_or_default().chunks(2) {
            highest = highest.max(pair.first().and_then(Object::as_integer).unwrap_or(-1));
        }
        let kids = document.get(&here, "Kids")?.into_owned();
        if let Some(last) = kids.as_array().and_then(<[Object]>::last) {
            node = document.resolve(last)?.as_dict().cloned();
        }
    }
    Ok(claimed.unwrap_or(0).max(highest.saturating_add(1)))
}

/// Adds a pair with the highest key to the root of a number tree: to its leaf, or as a leaf of its own.
fn grow_tree(
    tree: &mut Object,
    append: &mut Append,
    document: &Document,
    edit: &mut Edit,
    (key, element): (i64, ObjectId),
) -> Result<(), SignError> {
    let mut node = tree.as_dict().cloned().unwrap_or_default();
    let pair = [Object::Integer(key), Object::Ref(element)];
    if node.contains("Kids") {
        let leaf = append.alloc()?;
        let mut more = Dict::new();
        more.set("Limits", Object::Array(vec![Object::Integer(key); 2]));
        more.set("Nums", Object::Array(pair.into()));
        append.put(leaf, &Object::Dict(more))?;
        let (kids, own) = grown(document, &node, "Kids", &[leaf])?;
        match own {
            Some(own) => edit.replace(own, kids),
            None => node.set("Kids", kids),
        }
    } else {
        let own = node.get("Nums").and_then(Object::as_ref_id);
        let mut numbers = document
            .get(&node, "Nums")?
            .as_array()
            .unwrap_or_default()
            .to_vec();
        numbers.extend(pair);
        match own {
            Some(own) => edit.replace(own, Object::Array(numbers)),
            None => node.set("Nums", Object::Array(numbers)),
        }
    }
    *tree = Object::Dict(node);
    Ok(())
}

fn name(text: &str) -> Object {
    Object::Name(Name::new(text))
}
