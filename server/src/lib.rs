//! The pages and the REST interface of `saoy serve`.
//!
//! The server holds no rule of its own about signatures, copies or records. What concerns the archive it asks
//! [`saoy_archive`] in process; what opens files that strangers made (verifying, reading, signing) runs in child processes
//! of the same program, with a time limit, so that a crafted file costs one answer and not the server ([`desk`]).
//!
//! Async stops here: the archive is called on threads for blocking work.
#![forbid(unsafe_code)]

mod accounts;

mod api;

mod app;

mod archive;

mod assets;

mod certify;

mod desk;

mod guard;

mod home;

mod hooks;

mod incoming;

mod kept;

mod language;

mod listen;

mod log;

mod lookup;

mod measures;

mod page;

mod people;

mod pictures;

mod review;

mod routes;

mod sign_in;

mod station;

mod stations;

mod trouble;

mod types;

mod verify;

pub use accounts::{Accounts, AccountsError};
pub use app::{Settings, SigningKey, World};
pub use certify::seal_drafts;
pub use listen::{Running, Tls, start};
pub use routes::{Access, Declared, declared};
pub use types::types;
