//! Every endpoint with who may use it: the one list from which the router, and the test of each role, are made.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{self, MethodRouter};

use crate::app::App;
use crate::{
    api, archive, assets, certify, guard, home, log, lookup, people, review, sign_in, station,
    trouble, verify,
};

/// Who may use an endpoint. Roles are those of the archive's profile, on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has an account.
    SignedIn,
    /// Whoever holds one of these roles today.
    Roles(&'static [&'static str]),
}

/// An endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The method of HTTP.
    pub method: &'static str,
    /// The path, with `{parts}` that vary.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// All endpoints.
#[must_use]
pub fn declared() -> Vec<Declared> {
    all(Routes::new(None)).declared
}

/// Collects endpoints.
pub(crate) struct Routes {
    app: Option<Arc<App>>,
    router: Router<Arc<App>>,
    declared: Vec<Declared>,
}

impl Routes {
    fn new(app: Option<Arc<App>>) -> Self {
        Self {
            app,
            router: Router::new(),
            declared: Vec::new(),
        }
    }

    /// A page or an answer that changes nothing.
    pub(crate) fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add("GET", path, access, routing::get(handler))
    }

    /// Something that changes, or that takes a file.
    pub(crate) fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add("POST", path, access, routing::post(handler))
    }

    /// Something that is taken away.
    pub(crate) fn delete<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add("DELETE", path, access, routing::delete(handler))
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        route: MethodRouter<Arc<App>>,
    ) -> Self {
        let route = match &self.app {
            Some(app) => route.layer(middleware::from_fn_with_state(
                (Arc::clone(app), access),
                guard::guarded,
            )),
            None => route,
        };
        self.router = self.router.route(path, route);
        self.declared.push(Declared {
            method,
            path,
            access,
        });
        self
    }
}

fn all(routes: Routes) -> Routes {
    let routes = home::routes(routes);
    let routes = sign_in::routes(routes);
    let routes = verify::routes(routes);
    let routes = lookup::routes(routes);
    let routes = archive::routes(routes);
    let routes = people::routes(routes);
    let routes = certify::routes(routes);
    let routes = review::routes(routes);
    let routes = station::routes(routes);
    api::routes(routes)
}

/// The whole server as one service.
pub(crate) fn router(app: &Arc<App>) -> Router {
    all(Routes::new(Some(Arc::clone(app))))
        .router
        .route("/assets/{version}/{name}", routing::get(assets::asset))
        .route("/favicon.ico", routing::get(assets::icon))
        // Forms count what comes in themselves, by what the server is set to.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(headers))
        .layer(middleware::from_fn(trouble::dressed))
        .layer(middleware::from_fn_with_state(
            Arc::clone(app),
            log::written,
        ))
        .with_state(Arc::clone(app))
}

/// What every answer says to browsers: nothing from elsewhere, no script in pages, no frame around them.
async fn headers(request: Request, next: Next) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    response
}
