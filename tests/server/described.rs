//! The interface is as `/openapi.json` says: every operation answers with a status that is described, and a body of its schema.

use boon::{Compiler, Schemas};
use serde_json::{Value, json};

use crate::program::{run, saoy};

use super::client::{MULTIPART, PEOPLE, Server, multipart};

/// Holds a body to a schema.
fn is_of(body: &Value, schema: &Value, what: &str) {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    compiler
        .add_resource("mem:///schema.json", schema.clone())
        .expect("a resource");
    let index = compiler
        .compile("mem:///schema.json", &mut schemas)
        .unwrap_or_else(|error| panic!("{what}: {error:#}"));
    if let Err(error) = schemas.validate(body, index) {
        panic!("{what}: {error:#}\n{body:#}");
    }
}

/// A value for a parameter or a member, by its schema: the first of a list, else something of its type.
fn some(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => json!(1),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([]),
        (_, Some("date")) => json!("2026-11-30"),
        _ => json!("thu"),
    }
}

#[test]
fn every_operation_answers_as_it_is_described() {
    let server = Server::start(&[]);
    let data = server.desk.output("data");
    let tokens: Vec<String> = PEOPLE
        .iter()
        .map(|(login, ..)| {
            let arguments = ["account", "token", login, "--label", "t"];
            let (code, token, complaints) = run(saoy().arg("--data").arg(&data).args(arguments));
            assert_eq!(code, 0, "{complaints}");
            format!("Bearer {}", token.trim())
        })
        .collect();
    let description = server.get("/openapi.json").json();
    assert_eq!(description["openapi"], "3.1.0");
    let mut asked = 0;
    for (path, operations) in description["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let mut address = path.clone();
            let mut query = Vec::new();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                let value = some(&parameter["schema"]).to_string().replace('"', "");
                match parameter["in"].as_str() {
                    Some("path") => address = address.replace(&format!("{{{name}}}"), "7"),
                    Some("query") if name == "register" => query.push("register=DEN".to_owned()),
                    Some("query") => query.push(format!("{name}={value}")),
                    _ => {}
                }
            }
            if !query.is_empty() {
                address += &format!("?{}", query.join("&"));
            }
            let content = operation["requestBody"]["content"].as_object();
            let (kind, body) = match content.and_then(|all| all.iter().next()) {
                Some((kind, content)) if kind == "application/json" => {
                    let members = content["schema"]["properties"]
                        .as_object()
                        .expect("members");
                    let body: serde_json::Map<String, Value> = members
                        .iter()
                        .map(|(name, schema)| (name.clone(), some(schema)))
                        .collect();
                    (
                        ("Content-Type", "application/json"),
                        Value::Object(body).to_string().into_bytes(),
                    )
                }
                Some(_) => (
                    MULTIPART,
                    multipart(&[], Some(("a.pdf", &crate::sign::page()))),
                ),
                None => (("Accept", "*/*"), Vec::new()),
            };
            // As each person, and as nobody: somebody may, and whoever may not is told so as described.
            let nobody = String::new();
            for token in tokens.iter().chain([&nobody]) {
                let mut headers = vec![kind];
                if !token.is_empty() {
                    headers.push(("Authorization", token));
                }
                let answer = server.send(&method.to_uppercase(), &address, &headers, &body);
                let what = format!("{method} {address}: {}", answer.status);
                let described = &operation["responses"][answer.status.to_string()];
                assert!(
                    described.is_object(),
                    "{what} is not described: {}",
                    answer.text()
                );
                asked += 1;
                let Some(content) = described["content"].as_object() else {
                    continue;
                };
                let given = answer.header("content-type").unwrap_or_default();
                let known = content
                    .iter()
                    .find(|(kind, _)| *kind == "*/*" || given.starts_with(kind.as_str()))
                    .unwrap_or_else(|| panic!("{what}: {given} is not described"));
                if given.contains("json") && known.0 != "*/*" {
                    let mut schema = known.1["schema"].clone();
                    if schema["$ref"] == "#/components/schemas/Problem" {
                        schema = description["components"]["schemas"]["Problem"].clone();
                    }
                    is_of(&answer.json(), &schema, &what);
                }
            }
        }
    }
    assert!(asked > 150, "{asked}");
    assert_eq!(server.get("/healthz").status, 200);
}
