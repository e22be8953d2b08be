//! Keys of signing services, by the API of the Cloud Signature Consortium (CSC) 1.0.4 and 2.0: hashes go there, signatures
//! come back; no document leaves the machine.

mod account;
mod address;
mod credential;
mod fault;
mod needs;
mod service;

use std::path::PathBuf;
use std::time::Duration;

use clap::ArgMatches;
use saoy_signing::sign::key::Preference;

use super::secret::Secrets;
use account::Account;
use address::Address;
use service::Service;

pub(super) use credential::{Allowed, Answered, Credential};
pub(super) use fault::Fault;

/// Opens the key that `text`, without `csc:`, names. Nothing is authorised yet.
///
/// # Errors
/// When the address or the account is wrong, the service cannot be reached or does not know them, or the key is of a kind
/// that cannot be used from here.
pub(super) fn open(
    text: &str,
    matches: &ArgMatches,
    preference: Preference,
    secrets: Secrets,
) -> anyhow::Result<Credential> {
    let address = Address::parse(text)?;
    let account = match matches.get_one::<PathBuf>("account") {
        Some(path) => Account::read(path)?,
        None => Account::default(),
    };
    let patience = matches.get_one::<u64>("timeout").copied().unwrap_or(180);
    let service = Service::open(
        &address,
        account,
        matches.get_one::<PathBuf>("tls-roots").cloned(),
        matches.get_one::<u32>("retry").copied().unwrap_or(2),
        Duration::from_secs(patience),
        &secrets,
    )?;
    Credential::open(service, address.credential, preference, secrets)
}
