//! One JSON line for each request, on stderr: who, what, how it ended, how long; no bodies, no queries, no personal numbers.

use std::io::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::guard::Who;

/// What the log says of a fault and the page does not.
#[derive(Clone)]
pub(crate) struct Cause(pub(crate) String);

/// The client's address.
#[derive(Clone, Copy)]
pub(crate) struct Client(pub(crate) IpAddr);

/// Writes the line and counts the request.
pub(crate) async fn written(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    // The pattern, not the path: paths may hold look-up codes and personal numbers.
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let client = request
        .extensions()
        .get::<Client>()
        .map(|client| client.0.to_string());
    let response = next.run(request).await;
    let took = started.elapsed();
    app.measures.request(&path, response.status(), took);
    let line = serde_json::json!({
        "at": (app.world.now)().to_string(),
        "client": client,
        "method": method.as_str(),
        "path": path,
        "status": response.status().as_u16(),
        "ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "login": response.extensions().get::<Who>().map(|who| who.login.clone()),
        "cause": response.extensions().get::<Cause>().map(|cause| cause.0.clone()),
    });
    if app.settings.log {
        // A log that cannot be written must not stop the work.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    response
}
