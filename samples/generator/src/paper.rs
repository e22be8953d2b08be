//! A paper to be made: its pages, and the fields a reader should find on it.

use serde::Serialize;

use crate::page::Page;

pub mod frame;

pub mod administrative;

pub mod civil;

/// What a careful reader notes of a paper.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Fields {
    /// Type code: the abbreviation of decree 30/2020, or a word for papers it does not name.
    #[serde(rename = "type")]
    pub kind: String,
    /// Type in words.
    pub type_name: String,
    /// Number and symbol, such as `15/QĐ-UBND`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub number_symbol: String,
    /// Date of issue, `2025-08-12`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issued_date: String,
    /// Place before the date.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Issuing body.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub agency: String,
    /// Body over it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub parent_agency: String,
    /// What it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Who signed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signer_name: String,
    /// As what, with `KT.`, `TM.` and the like.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signer_title: String,
    /// Number the receiving office gave it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub incoming_number: String,
    /// Date it came in, `2025-08-13`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub incoming_date: String,
    /// Urgency mark.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub urgency: String,
    /// Further fields of citizens' papers, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<(String, String)>,
}

/// A paper: pages and fields.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Its pages.
    pub pages: Vec<Page>,
    /// What it says where.
    pub fields: Fields,
}
