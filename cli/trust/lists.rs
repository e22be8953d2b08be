//! `saoy trust fetch-crl`: revocation lists over the network, kept in the trust folder and used from there.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use clap::ArgMatches;
use ring::digest::{SHA256, digest};
use saoy_pipeline::record::Bilingual;
use saoy_signing::certificate::Certificate;
use saoy_signing::revocation::Crl;
use saoy_signing::trust::unwrap_pem;
use saoy_signing::verify::calendar;
use serde::Serialize;

use super::fetch::{Bounds, Question, fetch, host_of};
use super::folder::{Action, Entry, Folder};
use super::{entry, shipped};
use crate::terminal;
use crate::verify::{self, record::hex};
use crate::words::{Ui, said};

/// Longest time for one list: the usual ten seconds are not enough for thirty megabytes.
const TIME: Duration = Duration::from_secs(60);

/// What became of one address.
#[derive(Serialize)]
struct Outcome {
    address: String,
    ok: bool,
    issuer: Option<String>,
    this_update: Option<String>,
    next_update: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Bilingual>,
}

/// Runs the command: 0 when every list came, 4 otherwise.
pub(super) fn run(folder: &Folder, matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let typed: Vec<String> = matches
        .get_many::<String>("addresses")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let mut bounds = Bounds {
        // What an administrator types or keeps in the folder may be asked; what a signed file names may not.
        hosts: typed
            .iter()
            .filter_map(|address| host_of(address))
            .collect(),
        inside: matches.get_flag("allow-private"),
        bytes: matches.get_one::<u64>("limit").copied().unwrap_or(32) << 20,
        time: TIME,
        roots: None,
    };
    bounds.hosts.extend(folder.hosts());
    bounds
        .hosts
        .extend(shipped::HOSTS.iter().map(|host| (*host).to_owned()));
    bounds.hosts.extend(
        matches
            .get_many::<String>("allow-host")
            .into_iter()
            .flatten()
            .cloned(),
    );

    let mut addresses: BTreeSet<String> = typed.into_iter().collect();
    let files: Vec<&PathBuf> = matches
        .get_many::<PathBuf>("for")
        .into_iter()
        .flatten()
        .collect();
    for file in &files {
        for certificate in verify::certificates_in(file)? {
            addresses.extend(points(&certificate));
        }
    }
    if addresses.is_empty() {
        for certificate in folder
            .certificates()?
            .iter()
            .chain(&shipped::certificates())
        {
            if folder
                .accepted()?
                .contains_key(&hex(&certificate.fingerprint))
                || certificate.is_authority()
            {
                addresses.extend(points(certificate));
            }
        }
    }
    let outcomes: Vec<Outcome> = addresses
        .into_iter()
        .map(|address| one(folder, matches, address, &bounds))
        .collect();
    report(&outcomes, matches, ui)?;
    let good = !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.ok);
    Ok(ExitCode::from(if good { 0 } else { 4 }))
}

fn report(outcomes: &[Outcome], matches: &ArgMatches, ui: Ui) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if matches.get_flag("json") {
        serde_json::to_writer_pretty(&mut out, outcomes)?;
        writeln!(out)?;
        return Ok(());
    }
    if outcomes.is_empty() {
        let none = ui.say(
            "không có địa chỉ danh sách thu hồi nào; nêu URL hoặc --for TỆP.pdf",
            "no address of a revocation list is known; give a URL or --for FILE.pdf",
        );
        terminal::complain(ui, &anyhow!("{none}"));
    }
    for outcome in outcomes {
        match &outcome.error {
            None => writeln!(
                out,
                "{} {} ({} - {})",
                ui.say("đã tải", "fetched"),
                outcome.address,
                outcome.this_update.as_deref().unwrap_or("?"),
                outcome.next_update.as_deref().unwrap_or("?")
            )?,
            Some(error) => {
                terminal::complain(ui, &anyhow!("{}: {}", outcome.address, ui.of(error)));
            }
        }
    }
    Ok(())
}

/// Addresses of revocation lists in a certificate, those by HTTP.
fn points(certificate: &Certificate) -> Vec<String> {
    let points = certificate.extensions.distribution_points.iter();
    points
        .flat_map(saoy_signing::certificate::DistributionPoint::addresses)
        .filter(|address| {
            address
                .get(..7)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
        })
        .collect()
}

fn one(folder: &Folder, matches: &ArgMatches, address: String, bounds: &Bounds) -> Outcome {
    let failed = |address, error| Outcome {
        address,
        ok: false,
        issuer: None,
        this_update: None,
        next_update: None,
        error: Some(error),
    };
    let bytes = match fetch(&address, Question::Get, bounds) {
        Ok(bytes) => bytes,
        Err(error) => return failed(address, error.spoken()),
    };
    let no_list = || {
        said!(
            "trả lời không phải danh sách thu hồi",
            "the answer is no revocation list"
        )
    };
    let der = unwrap_pem(&bytes)
        .ok()
        .and_then(|blocks| blocks.into_iter().next());
    let Some((der, crl)) = der.and_then(|der| Crl::read(&der).ok().map(|crl| (der, crl))) else {
        return failed(address, no_list());
    };
    let mut entry = entry(matches, Action::Crl, sha256(&der), crl.issuer.to_string());
    entry.remark = Some(address.clone());
    if let Err(error) = keep(folder, &crl, &der, entry) {
        return failed(
            address,
            said!("không ghi được: {}", "cannot be kept: {}", error),
        );
    }
    Outcome {
        address,
        ok: true,
        issuer: Some(crl.issuer.to_string()),
        this_update: Some(calendar::iso(crl.this_update)),
        next_update: crl.next_update.map(calendar::iso),
        error: None,
    }
}

/// Keeps a list under a name of its own, so that older ones stay: a signature of last year is judged by last year's.
pub(super) fn keep(folder: &Folder, crl: &Crl, der: &[u8], entry: Entry) -> anyhow::Result<()> {
    let issuer = hex(digest(&SHA256, &crl.issuer.der).as_ref());
    let issuer = issuer.get(..16).unwrap_or_default();
    let content = sha256(der);
    let content = content.get(..16).unwrap_or_default();
    folder.keep_crl(&format!("{issuer}-{content}"), der)?;
    folder.note(entry)
}

/// SHA-256, hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}
