//! What is described of review: fields, answers, documents and their pages.

use serde_json::json;

use super::{Operation, body, in_path, named, query};

pub(super) fn operations() -> Vec<Operation> {
    let text = json!({ "type": "string" });
    let document = || in_path("id", "The document's id.");
    let work = || {
        let mut work = named("saoy.page-work/1", &["document", "state"]);
        work["properties"]["state"] = json!({ "enum": ["idle", "running", "failed", "became"] });
        work["properties"]["document"] =
            json!({ "type": "string", "description": "The document that stands there now." });
        work["properties"]["detail"] = json!({ "type": "string" });
        work["properties"]["detail_vi"] = json!({ "type": "string" });
        work
    };
    vec![
        Operation {
            method: "GET",
            path: "/api/v1/review/fields",
            summary: "Fields at the stations that the machine did not read surely and that nobody has looked at.",
            parameters: vec![query(
                "limit",
                &json!({ "type": "integer", "minimum": 0, "maximum": 500 }),
                "How many to give; 100 unless given.",
            )],
            body: None,
            answer: (
                "application/json",
                named("saoy.review/1", &["waiting", "fields"]),
            ),
            problems: &[400],
        },
        Operation {
            method: "POST",
            path: "/api/v1/review/answers",
            summary: "What a document's fields say; done when it is on disk. What was answered by somebody else meanwhile is not written over.",
            parameters: vec![],
            body: Some(body(
                &["document", "answers"],
                json!({
                    "document": text.clone(),
                    "answers": { "type": "array", "items": {
                        "type": "object", "required": ["field"],
                        "properties": { "field": text.clone(), "value": text.clone(), "was": text.clone() },
                    } },
                }),
            )),
            answer: ("application/json", named("saoy.answers/1", &["saved"])),
            problems: &[400, 404, 409, 415, 422, 503],
        },
        Operation {
            method: "GET",
            path: "/api/v1/review/documents/{id}",
            summary: "The record of a document at a station.",
            parameters: vec![in_path("id", "The document's id.")],
            body: None,
            answer: (
                "application/json",
                named("saoy.document/1", &["fields", "pages"]),
            ),
            problems: &[400, 404],
        },
        Operation {
            method: "POST",
            path: "/api/v1/review/documents/{id}/pages",
            summary: "Turn, leave out, move, replace, put in or take back a page, cut the document, join another to it. It is noted at once; \
                the pages are then made anew, which GET tells of.",
            parameters: vec![document()],
            body: Some(
                json!({ "required": true, "content": { "multipart/form-data": { "schema": {
                "type": "object",
                "required": ["do", "version"],
                "properties": {
                    "do": { "enum": ["rotate", "drop", "move", "replace", "insert", "restore", "split", "merge"] },
                    "version": { "type": "string", "description": "`output.sha256` of the record that was looked at: page numbers are those of that record." },
                    "page": { "type": "integer", "minimum": 0, "description": "The page; for `insert` the one before, or 0; for `restore` its number in the scan." },
                    "degrees": { "enum": ["90", "180", "270"], "description": "For `rotate`, clockwise." },
                    "to": { "type": "integer", "minimum": 1, "description": "For `move`: which page it becomes." },
                    "other": { "type": "string", "description": "For `merge`: id or name of a document of the same station; the next of the same scan unless given." },
                    "file": { "type": "string", "contentMediaType": "application/octet-stream", "description": "For `replace` and `insert`." },
                    "scan_page": { "type": "integer", "minimum": 1, "description": "Which page of the file; the first unless given." },
                },
            } } } }),
            ),
            answer: ("application/json", work()),
            problems: &[400, 404, 408, 409, 413, 422],
        },
        Operation {
            method: "GET",
            path: "/api/v1/review/documents/{id}/pages",
            summary: "Whether pages of a document are being made anew, and how that ended.",
            parameters: vec![document()],
            body: None,
            answer: ("application/json", work()),
            problems: &[400, 404],
        },
    ]
}
