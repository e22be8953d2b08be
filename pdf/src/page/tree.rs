//! The page tree walked once: which objects are the pages, in order (ISO 32000-1, 7.7.3.2).

use std::{collections::HashSet, sync::Arc};

use crate::{
    document::Document,
    error::PdfError,
    limits,
    object::{Dict, Object, ObjectId},
    repair::Repair,
};

/// What pages inherit (table 30).
const INHERITABLE: [&str; 4] = ["Resources", "MediaBox", "CropBox", "Rotate"];

/// The pages, and what each inherits.
pub(crate) struct PageTree {
    pages: Vec<(ObjectId, Arc<Dict>)>,
}

impl PageTree {
    pub(crate) fn len(&self) -> usize {
        self.pages.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<(ObjectId, &Dict)> {
        self.pages
            .get(index)
            .map(|(id, inherited)| (*id, inherited.as_ref()))
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.pages.iter().map(|(id, _)| *id)
    }

    pub(crate) fn walk(document: &Document) -> Result<Self, PdfError> {
        let len = document.file_len();
        let catalog = document.catalog()?;
        let Some(&Object::Ref(root)) = catalog.get("Pages") else {
            return Err(PdfError::NoPages {
                at: len,
                why: "the catalog has no /Pages",
            });
        };
        let mut walk = Walk {
            document,
            pages: Vec::new(),
            visited: HashSet::new(),
            missing: None,
            stack: Vec::new(),
        };
        let located = match document.object(root) {
            Err(PdfError::MissingObject { .. }) => {
                return Err(PdfError::NoPages {
                    at: len,
                    why: "the page tree is not in the file",
                });
            }
            located => located?,
        };
        let at = located.range.start;
        let Object::Dict(dict) = located.value else {
            return Err(PdfError::NoPages {
                at,
                why: "the page tree is no dictionary",
            });
        };
        let declared = document.get(&dict, "Count")?.as_integer();
        walk.root(root, &dict)?;
        walk.check(declared)?;
        if walk.pages.is_empty() && declared != Some(0) {
            return Err(PdfError::NoPages {
                at,
                why: "the page tree is empty",
            });
        }
        Ok(Self { pages: walk.pages })
    }
}

/// A node whose children are still to be looked at.
struct Node {
    id: ObjectId,
    kids: std::vec::IntoIter<Object>,
    index: usize,
    inherited: Arc<Dict>,
}

struct Walk<'a> {
    document: &'a Document,
    pages: Vec<(ObjectId, Arc<Dict>)>,
    visited: HashSet<ObjectId>,
    /// The first place where a page may be lost: its number, from 1, and the object in question.
    missing: Option<(usize, ObjectId)>,
    stack: Vec<Node>,
}

impl Walk<'_> {
    fn root(&mut self, id: ObjectId, dict: &Dict) -> Result<(), PdfError> {
        if !dict.contains("Kids") && dict.is("Type", "Page") {
            self.note(id, 0, "a page in place of the page tree");
            self.pages.push((id, Arc::default()));
            return Ok(());
        }
        self.enter(id, dict, &Arc::default())?;
        while let Some(node) = self.stack.last_mut() {
            let Some(kid) = node.kids.next() else {
                self.stack.pop();
                continue;
            };
            let (parent, index, inherited) = (node.id, node.index, node.inherited.clone());
            node.index += 1;
            self.kid(parent, index, &kid, &inherited)?;
        }
        Ok(())
    }

    fn enter(&mut self, id: ObjectId, dict: &Dict, inherited: &Arc<Dict>) -> Result<(), PdfError> {
        self.visited.insert(id);
        let kids = match self.document.get(dict, "Kids")?.into_owned() {
            Object::Array(kids) => kids,
            _ => {
                self.note(id, 0, "no array of kids");
                self.missing.get_or_insert((self.pages.len() + 1, id));
                Vec::new()
            }
        };
        let own: Vec<_> = INHERITABLE
            .iter()
            .filter_map(|key| Some((key, dict.get(key)?)))
            .collect();
        let inherited = if own.is_empty() {
            inherited.clone()
        } else {
            let mut merged = Dict::clone(inherited);
            own.into_iter()
                .for_each(|(key, value)| merged.set(key, value.clone()));
            Arc::new(merged)
        };
        self.stack.push(Node {
            id,
            kids: kids.into_iter(),
            index: 0,
            inherited,
        });
        Ok(())
    }

    fn kid(
        &mut self,
        parent: ObjectId,
        index: usize,
        kid: &Object,
        inherited: &Arc<Dict>,
    ) -> Result<(), PdfError> {
        let Object::Ref(id) = *kid else {
            self.note(parent, index, "not a reference");
            self.missing.get_or_insert((self.pages.len() + 1, parent));
            return Ok(());
        };
        let dict = match self.document.object(id) {
            Ok(located) => match located.value {
                Object::Dict(dict) => dict,
                _ => {
                    self.note(parent, index, "not a dictionary");
                    self.missing.get_or_insert((self.pages.len() + 1, id));
                    return Ok(());
                }
            },
            Err(error @ (PdfError::Read { .. } | PdfError::Limit { .. })) => return Err(error),
            Err(_) => {
                self.note(parent, index, "not in the file");
                self.missing.get_or_insert((self.pages.len() + 1, id));
                return Ok(());
            }
        };
        // The type decides; where it says neither, having kids does.
        let is_node = dict.is("Type", "Pages") || !dict.is("Type", "Page") && dict.contains("Kids");
        if is_node {
            if self.visited.contains(&id) {
                self.note(parent, index, "a node that was there before");
                self.missing.get_or_insert((self.pages.len() + 1, id));
                return Ok(());
            }
            if self.stack.len() >= limits::TREE_DEPTH {
                return self.limit("levels of the page tree", limits::TREE_DEPTH);
            }
            return self.enter(id, &dict, inherited);
        }
        if !dict.is("Type", "Page") {
            self.note(parent, index, "a page without /Type /Page");
        }
        if !self.visited.insert(id) {
            self.note(parent, index, "a page that was there before");
        }
        if self.pages.len() >= limits::PAGES {
            return self.limit("pages", limits::PAGES);
        }
        self.pages.push((id, inherited.clone()));
        Ok(())
    }

    /// Compares with `/Count`: what is missing is an error where the count says that it should be there.
    fn check(&self, declared: Option<i64>) -> Result<(), PdfError> {
        let found = self.pages.len();
        let expected = declared.and_then(|count| usize::try_from(count).ok());
        if expected == Some(found) {
            return Ok(());
        }
        if let Some((page, id)) = self.missing
            && expected.is_none_or(|expected| found < expected)
        {
            return Err(PdfError::MissingPage {
                page,
                id,
                len: self.document.file_len(),
            });
        }
        self.document
            .input()
            .note(Repair::PageCount { declared, found });
        Ok(())
    }

    fn note(&self, parent: ObjectId, index: usize, what: &'static str) {
        self.document.input().note(Repair::PageKid {
            parent,
            index,
            what,
        });
    }

    fn limit(&self, what: &'static str, limit: usize) -> Result<(), PdfError> {
        Err(PdfError::Limit {
            at: self.document.file_len(),
            what,
            limit: limit as u64,
        })
    }
}
