//! A paper to be made: its pages, and the fields a reader should find on it.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::page::Page;

pub mod frame;

pub mod administrative;

pub mod office;

pub mod civil;

pub mod citizen;

pub mod trap;

/// What a careful reader notes of a paper: a type code, fields by the names of the record, flags, and tags for a table of labels.
///
/// As JSON it is one object: `type`, `type_name`, the fields in the order they were put, `flags`, `tags`.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// Type code: the abbreviation of decree 30/2020, or a word for papers it does not name.
    pub kind: String,
    /// Type in words.
    pub type_name: String,
    values: Vec<(&'static str, String)>,
    /// Flags as the record names them.
    pub flags: BTreeSet<&'static str>,
    /// Tags: what makes the scan special.
    pub tags: BTreeSet<&'static str>,
}

impl Fields {
    /// No fields yet.
    #[must_use]
    pub fn new(kind: &str, type_name: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            type_name: type_name.to_owned(),
            ..Self::default()
        }
    }

    /// Notes a field; an empty value is none, a second one replaces the first.
    pub fn put(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        self.values.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            self.values.push((name, value));
        }
    }

    /// The value of a field, empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Sets a flag.
    pub fn flag(&mut self, name: &'static str) {
        self.flags.insert(name);
    }

    /// Sets a tag.
    pub fn tag(&mut self, name: &'static str) {
        self.tags.insert(name);
    }

    /// Every field with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        map.serialize_entry("type_name", &self.type_name)?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("flags", &self.flags)?;
        map.serialize_entry("tags", &self.tags)?;
        map.end()
    }
}

/// A paper: pages and fields.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Its pages.
    pub pages: Vec<Page>,
    /// What it says where.
    pub fields: Fields,
}
