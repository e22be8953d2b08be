//! What is described of verifying, looking up, the archive, registers, webhooks and indicators.

use serde_json::{Value, json};

use super::{Operation, in_path, named, query};

fn look_up_body() -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": {
        "type": "object",
        "required": ["owner", "purpose", "consent"],
        "properties": {
            "owner": { "type": "string", "description": "The owner's identity or tax number." },
            "type": { "type": "string", "description": "The type's code; empty for any." },
            "number": { "type": "string", "description": "Number and symbol; empty for any." },
            "purpose": { "type": "string", "description": "What it is needed for." },
            "consent": { "type": "string", "description": "How the owner agreed." },
            "case": { "type": ["string", "null"], "description": "The case it is for." },
            "unit": { "type": "string", "description": "The unit that asks." },
        },
    } } } })
}

pub(super) fn operations() -> Vec<Operation> {
    let text = json!({ "type": "string" });
    let purpose = || {
        query(
            "purpose",
            &json!({ "type": "string" }),
            "What a personal document is read for; such a reading is refused without it.",
        )
    };
    let period = |more: Vec<Value>| {
        let mut all = vec![
            query(
                "from",
                &json!({ "type": "string", "format": "date" }),
                "The first day; the first of the year unless given.",
            ),
            query(
                "to",
                &json!({ "type": "string", "format": "date" }),
                "The last day; today unless given.",
            ),
        ];
        all.extend(more);
        all
    };
    vec![
        Operation {
            method: "POST",
            path: "/api/v1/verifications",
            summary: "Verify the signatures of a PDF; the file is not kept.",
            parameters: vec![],
            body: Some(
                json!({ "required": true, "content": { "multipart/form-data": { "schema": {
                "type": "object",
                "required": ["file"],
                "properties": { "file": { "type": "string", "contentMediaType": "application/pdf" } },
            } } } }),
            ),
            answer: (
                "application/json",
                named(
                    "saoy.verification/1",
                    &["files", "judged_at", "policy", "producer"],
                ),
            ),
            problems: &[400, 408, 413, 429],
        },
        Operation {
            method: "GET",
            path: "/api/v1/copies/{code}",
            summary: "What the register says of a certified copy.",
            parameters: vec![in_path("code", "The look-up code, as printed.")],
            body: None,
            answer: (
                "application/json",
                json!({
                    "type": "object",
                    "required": ["code", "standing", "kind", "office", "register", "volume", "number", "day", "title", "pages"],
                    "properties": {
                        "standing": { "enum": ["issued", "annulled", "cancelled", "unfinished"] },
                        "pages": { "type": "integer" },
                    },
                }),
            ),
            problems: &[400, 404],
        },
        Operation {
            method: "GET",
            path: "/api/v1/annulled",
            summary: "Copies of this office that were annulled: numbers and digests, nobody's name.",
            parameters: vec![],
            body: None,
            answer: (
                "application/json",
                named("saoy.annulled/1", &["office", "copies"]),
            ),
            problems: &[404],
        },
        Operation {
            method: "GET",
            path: "/api/v1/documents",
            summary: "Search, as a clerk types it.",
            parameters: vec![
                query(
                    "q",
                    &text,
                    "Words, \"phrases\", field:value, date:2024..2025, -word.",
                ),
                query(
                    "offset",
                    &json!({ "type": "integer", "minimum": 0 }),
                    "Finds to pass over.",
                ),
                query(
                    "limit",
                    &json!({ "type": "integer", "minimum": 0, "maximum": 200 }),
                    "Finds to give; 20 unless given.",
                ),
            ],
            body: None,
            answer: ("application/json", named("saoy.found/1", &["found"])),
            problems: &[400, 404, 409],
        },
        Operation {
            method: "POST",
            path: "/api/v1/documents",
            summary: "Take a PDF in. The same file again is the same document; with a header Idempotency-Key the same upload gets the same answer.",
            parameters: vec![json!({
                "name": "Idempotency-Key", "in": "header", "required": false, "schema": { "type": "string" },
                "description": "A word of the sender's for this upload; kept for a week.",
            })],
            body: Some(
                json!({ "required": true, "content": { "multipart/form-data": { "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": { "type": "string", "contentMediaType": "application/pdf" },
                    "metadata": { "type": "string", "contentMediaType": "application/json", "description": "Fields by key, tag or name; values are strings." },
                    "kind": { "enum": ["document", "result"], "description": "A result has to be signed, and needs owner_number, procedure and result_code." },
                    "record": { "type": "string", "description": "The code of the record to put it into." },
                },
            } } } }),
            ),
            answer: (
                "application/json",
                named("saoy.upload/1", &["id", "outcome", "missing"]),
            ),
            problems: &[400, 404, 408, 409, 413, 422],
        },
        Operation {
            method: "GET",
            path: "/api/v1/documents/{id}",
            summary: "A document's metadata and versions.",
            parameters: vec![in_path("id", "The document's id."), purpose()],
            body: None,
            answer: (
                "application/json",
                named("saoy.held-document/1", &["document"]),
            ),
            problems: &[400, 404, 409],
        },
        Operation {
            method: "GET",
            path: "/api/v1/documents/{id}/file",
            summary: "A document's newest file, as it is stored.",
            parameters: vec![
                in_path("id", "The document's id."),
                query(
                    "part",
                    &json!({ "enum": ["pdf", "text", "record"] }),
                    "Which file; the PDF unless given.",
                ),
                purpose(),
            ],
            body: None,
            answer: ("*/*", json!({})),
            problems: &[400, 404, 409],
        },
        Operation {
            method: "POST",
            path: "/api/v1/held",
            summary: "What is held for an owner already; the look-up is on record with purpose and consent.",
            parameters: vec![],
            body: Some(look_up_body()),
            answer: ("application/json", named("saoy.lookup/1", &["held"])),
            problems: &[400, 404, 409, 415, 422],
        },
        Operation {
            method: "POST",
            path: "/api/v1/documents/{id}/reuse",
            summary: "Hand a held document out in place of a paper asked for again; counted as reused.",
            parameters: vec![in_path("id", "The document's id.")],
            body: Some(look_up_body()),
            answer: (
                "application/pdf",
                json!({ "type": "string", "contentMediaType": "application/pdf" }),
            ),
            problems: &[400, 404, 409, 415, 422],
        },
        Operation {
            method: "GET",
            path: "/api/v1/registers/lines",
            summary: "The lines of a register.",
            parameters: period(vec![query(
                "register",
                &text,
                "The register's code, such as SCTĐT/BS.",
            )]),
            body: None,
            answer: (
                "application/json",
                named("saoy.register/1", &["from", "to", "lines"]),
            ),
            problems: &[400, 404],
        },
        Operation {
            method: "GET",
            path: "/api/v1/webhooks",
            summary: "Where other systems are told what happened.",
            parameters: vec![],
            body: None,
            answer: (
                "application/json",
                json!({ "type": "array", "items": {
                "type": "object",
                "required": ["id", "url", "events", "made_by", "made_at"],
            } }),
            ),
            problems: &[],
        },
        Operation {
            method: "POST",
            path: "/api/v1/webhooks",
            summary: "Be told what happens from now on. Messages are signed with the secret that this answers, once: \
                Saoy-Signature: t=TIME,v1=HEX, the HMAC-SHA256 of `TIME.BODY`. They are sent again until they are taken, for about a day.",
            parameters: vec![],
            body: Some(
                json!({ "required": true, "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["url"],
                "properties": {
                    "url": { "type": "string", "description": "https, or http on this machine." },
                    "events": { "type": "array", "items": { "type": "string" }, "description": "Names of events; all unless given." },
                },
            } } } }),
            ),
            answer: (
                "application/json",
                json!({
                    "type": "object",
                    "required": ["id", "secret"],
                    "properties": { "id": { "type": "integer" }, "secret": { "type": "string" } },
                }),
            ),
            problems: &[400, 415, 422],
        },
        Operation {
            method: "DELETE",
            path: "/api/v1/webhooks/{id}",
            summary: "Be told no more.",
            parameters: vec![in_path("id", "The webhook's number.")],
            body: None,
            answer: ("", json!({})),
            problems: &[400, 404],
        },
        Operation {
            method: "GET",
            path: "/api/v1/webhooks/{id}/deliveries",
            summary: "What became of the newest messages to one.",
            parameters: vec![in_path("id", "The webhook's number.")],
            body: None,
            answer: (
                "application/json",
                json!({ "type": "array", "items": {
                "type": "object",
                "required": ["id", "event", "tries", "state"],
                "properties": { "state": { "enum": ["waiting", "delivered", "given_up"] } },
            } }),
            ),
            problems: &[400],
        },
        Operation {
            method: "GET",
            path: "/api/v1/indicators",
            summary: "The digitisation indicators and the station's productivity.",
            parameters: period(vec![
                query("unit", &text, "One unit only."),
                query(
                    "units",
                    &json!({ "type": "boolean" }),
                    "Each unit besides the whole office.",
                ),
            ]),
            body: None,
            answer: (
                "application/json",
                named("saoy.report/1", &["units", "office"]),
            ),
            problems: &[400, 404],
        },
    ]
}
