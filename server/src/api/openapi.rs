//! The interface described as OpenAPI 3.1. A test holds it to the list of endpoints, another to a server that runs.

use axum::Json;
use serde_json::{Value, json};

use crate::routes::{Access, declared};

/// The description.
pub(crate) async fn document() -> Json<Value> {
    Json(description())
}

/// An operation: method, path, what it does, and what goes in and comes out.
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// Kind of content and schema of the answer.
    answer: (&'static str, Value),
    /// Statuses of problems besides those that every operation may give.
    problems: &'static [u16],
}

fn description() -> Value {
    let mut paths = serde_json::Map::new();
    let endpoints = declared();
    for operation in operations() {
        let method = operation.method.to_lowercase();
        let access = endpoints
            .iter()
            .find(|one| one.method == operation.method && one.path == operation.path)
            .map_or(Access::Public, |one| one.access);
        let entry = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(method, operation.described(access));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Saoy",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Verify signatures, look certified copies up, search and reuse records. Messages come in Vietnamese and English. \
                Tokens are made with `saoy account token` and act with the roles that their login holds in the archive on the day.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": problem() },
        },
    })
}

impl Operation {
    fn described(&self, access: Access) -> Value {
        let mut responses = serde_json::Map::new();
        let (kind, schema) = &self.answer;
        responses.insert(
            "200".to_owned(),
            json!({
                "description": "Done.",
                "content": { *kind: { "schema": schema } },
            }),
        );
        let mut problems: Vec<u16> = self.problems.to_vec();
        if access != Access::Public {
            problems.extend([401, 403]);
        }
        for status in problems {
            responses.insert(status.to_string(), json!({
                "description": reason(status),
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            }));
        }
        let mut operation = json!({
            "summary": self.summary,
            "operationId": format!("{}{}", self.method.to_lowercase(), self.path.replace(['/', '{', '}'], "_")),
            "responses": responses,
        });
        if !self.parameters.is_empty() {
            operation["parameters"] = json!(self.parameters);
        }
        if let Some(body) = &self.body {
            operation["requestBody"] = body.clone();
        }
        match access {
            Access::Public => {}
            Access::SignedIn => operation["security"] = json!([{ "token": [] }]),
            Access::Roles(roles) => {
                operation["security"] = json!([{ "token": [] }]);
                operation["description"] = json!(format!("For the roles {}.", roles.join(", ")));
            }
        }
        operation
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        400 => "The request is not as it should be.",
        401 => "A token is wanted, or this one is none.",
        403 => "The token's login holds no role for this today.",
        404 => "There is no such thing.",
        408 => "The upload took too long.",
        409 => "Refused by a rule of law or of the office.",
        413 => "The upload is too large.",
        415 => "The body is of another kind.",
        422 => "The body cannot be read.",
        429 => "Too many requests.",
        _ => "The server could not do it.",
    }
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457), the detail in both languages.",
        "required": ["type", "status", "detail", "detail_vi"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": ["string", "null"] },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "English." },
            "detail_vi": { "type": "string", "description": "Vietnamese." },
        },
    })
}

fn query(name: &str, schema: &Value, about: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "schema": schema, "description": about })
}

fn in_path(name: &str, about: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 }, "description": about })
}

/// An object of ours: its schema's name is a member.
fn named(schema: &str, members: &[&str]) -> Value {
    let mut properties = serde_json::Map::new();
    properties.insert("schema".to_owned(), json!({ "const": schema }));
    let mut required = vec!["schema"];
    required.extend(members);
    json!({ "type": "object", "required": required, "properties": properties })
}

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

fn operations() -> Vec<Operation> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_endpoint_is_described_and_nothing_else() {
        let there: BTreeSet<_> = declared()
            .iter()
            .filter(|one| one.path.starts_with("/api/"))
            .map(|one| (one.method, one.path))
            .collect();
        let described: BTreeSet<_> = operations()
            .iter()
            .map(|one| (one.method, one.path))
            .collect();
        assert_eq!(there, described);
    }

    #[test]
    fn parts_of_paths_are_parameters() {
        for operation in operations() {
            for part in operation
                .path
                .split('/')
                .filter_map(|part| part.strip_prefix('{'))
            {
                let name = part.trim_end_matches('}');
                assert!(
                    operation
                        .parameters
                        .iter()
                        .any(|one| one["name"] == name && one["in"] == "path"),
                    "{}",
                    operation.path
                );
            }
        }
    }
}
