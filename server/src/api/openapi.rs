//! The interface described as OpenAPI 3.1. A test holds it to the list of endpoints, another to a server that runs.

use axum::Json;
use serde_json::{Value, json};

use crate::routes::{Access, declared};

mod copies;

mod records;

mod review;

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

/// All that can be done.
fn operations() -> Vec<Operation> {
    let mut all = records::operations();
    all.extend(copies::operations());
    all.extend(review::operations());
    all
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
        503 => "Somebody else is at work there; it may be sent again.",
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

/// A JSON body of an object with these members, all strings but those said otherwise.
fn body(required: &[&str], properties: Value) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": {
        "type": "object", "required": required, "properties": properties,
    } } } })
}

/// A form with a file and more.
fn upload(kind: &str, more: Value) -> Value {
    let mut properties = json!({ "file": { "type": "string", "contentMediaType": kind } });
    if let (Some(all), Some(more)) = (properties.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    json!({ "required": true, "content": { "multipart/form-data": { "schema": {
        "type": "object", "required": ["file"], "properties": properties,
    } } } })
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
