//! What is described of certified and true copies, and of who may do what.

use serde_json::{Value, json};

use super::{Operation, body, in_path, named, query, upload};

pub(super) fn operations() -> Vec<Operation> {
    let text = json!({ "type": "string" });
    let code = || in_path("code", "The look-up code, as printed.");
    let copy = || {
        json!({
            "type": "object",
            "required": ["code", "kind", "stage", "line", "title", "pages"],
            "properties": { "stage": { "enum": ["prepared", "signed", "sealed", "delivered", "cancelled"] } },
        })
    };
    let key = || {
        body(
            &["key"],
            json!({
                "key": { "type": "string", "description": "The key's name, as `saoy serve --key NAME=KEYREF` has it." },
                "pin": { "type": "string", "description": "Its PIN or password, where it has one; used once, stored nowhere." },
                "otp": { "type": "string", "description": "A one-time code, for a key at a service that wants one. One that is sent when the signature is asked for comes too late for this request; the pages ask for it." },
            }),
        )
    };
    let step = |path, summary, body: Value| Operation {
        method: "POST",
        path,
        summary,
        parameters: vec![code()],
        body: Some(body),
        answer: ("application/json", copy()),
        problems: &[400, 404, 409, 415, 422],
    };
    vec![
        Operation {
            method: "GET",
            path: "/api/v1/copies",
            summary: "Certified copies in progress and done.",
            parameters: vec![query(
                "stage",
                &json!({ "enum": ["prepared", "signed", "sealed", "delivered", "cancelled"] }),
                "Only those at this stage.",
            )],
            body: None,
            answer: ("application/json", named("saoy.copies/1", &["copies"])),
            problems: &[400, 404],
        },
        Operation {
            method: "POST",
            path: "/api/v1/papers",
            summary: "Read a paper before a number is taken: pages, type, fields, signs against certifying it, what is held already.",
            parameters: vec![],
            body: Some(upload("application/octet-stream", json!({}))),
            answer: ("application/json", json!({ "type": "object" })),
            problems: &[400, 404, 408, 409, 413, 422],
        },
        Operation {
            method: "POST",
            path: "/api/v1/copies",
            summary: "Take a paper original in and reserve its number; the same original in the same visit has one number.",
            parameters: vec![],
            body: Some(upload(
                "application/octet-stream",
                json!({
                    "answers": { "type": "string", "contentMediaType": "application/json",
                        "description": "Options of `saoy certify prepare` by their names: requester, requester-id, title, copies, compared, clear, refuse, despite-held, kind, pages, visit." },
                }),
            )),
            answer: ("application/json", copy()),
            problems: &[400, 404, 408, 409, 413, 422],
        },
        Operation {
            method: "GET",
            path: "/api/v1/copies/{code}/file",
            summary: "The copy that was issued.",
            parameters: vec![code()],
            body: None,
            answer: (
                "application/pdf",
                json!({ "type": "string", "contentMediaType": "application/pdf" }),
            ),
            problems: &[400, 404, 409],
        },
        step(
            "/api/v1/copies/{code}/signature",
            "The certifying person signs; the statement is set first.",
            key(),
        ),
        step(
            "/api/v1/copies/{code}/seal",
            "The office's clerk, who did not sign, seals; the number is issued.",
            key(),
        ),
        step(
            "/api/v1/copies/{code}/delivery",
            "The copy is handed out.",
            body(&["to"], json!({ "to": text.clone() })),
        ),
        step(
            "/api/v1/copies/{code}/cancellation",
            "A copy that is not issued is given up; its number stays.",
            body(&["reason"], json!({ "reason": text.clone() })),
        ),
        Operation {
            method: "GET",
            path: "/api/v1/appointments",
            summary: "Who may do what, from when to when, by which paper.",
            parameters: vec![],
            body: None,
            answer: (
                "application/json",
                named("saoy.appointments/1", &["appointments"]),
            ),
            problems: &[404],
        },
        Operation {
            method: "POST",
            path: "/api/v1/appointments",
            summary: "Give somebody a role.",
            parameters: vec![],
            body: Some(body(
                &["login", "name", "role", "authority"],
                json!({
                    "login": text.clone(), "name": text.clone(), "role": text.clone(), "authority": text.clone(),
                    "capacity": { "type": ["string", "null"] },
                    "first_day": { "type": ["string", "null"], "format": "date" },
                    "last_day": { "type": ["string", "null"], "format": "date" },
                    "certificate": { "type": ["string", "null"], "description": "SHA-256 of the certificate, hexadecimal." },
                }),
            )),
            answer: (
                "application/json",
                json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } }),
            ),
            problems: &[400, 404, 409, 415, 422],
        },
        Operation {
            method: "DELETE",
            path: "/api/v1/appointments/{id}",
            summary: "End a role with a day; today unless given.",
            parameters: vec![
                in_path("id", "The appointment's number."),
                query(
                    "last_day",
                    &json!({ "type": "string", "format": "date" }),
                    "The last day.",
                ),
            ],
            body: None,
            answer: ("", json!({})),
            problems: &[400, 404, 409],
        },
    ]
}
