//! What a run trusts: what `--trust` names, and what was accepted into the trust folder: instead of it, or with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::ArgMatches;
use saoy_signing::certificate::Certificate;
use saoy_signing::revocation::Crl;
use saoy_signing::trust::{Anchor, Store};

use super::record::hex;
use crate::engine;
use crate::trust::folder::Folder;
use crate::trust::{bundle, shipped};
use crate::words::{Said, said};

/// The store of this run. Certificates of authorities that come with the program help to build paths, and revocation
/// lists of the trust folder are used, whatever is trusted: neither lends any trust of its own.
///
/// # Errors
/// When what is named cannot be read, or the trust folder's log does not hold together.
pub(crate) fn store(matches: &ArgMatches) -> anyhow::Result<Store> {
    let named = named(matches);
    let (mut store, folder) = helpers(matches)?;
    if !named.is_empty() {
        given(&named, &mut store)?;
    } else if let Some(folder) = &folder {
        let wanted = matches.get_many::<String>("pki").into_iter().flatten();
        accepted(folder, &wanted.collect::<Vec<_>>(), &mut store)?;
    }
    Ok(store)
}

/// The same for who signs: what `--trust` names comes on top of the trust folder.
///
/// # Errors
/// As [`store`].
pub(crate) fn with_folder(matches: &ArgMatches) -> anyhow::Result<Store> {
    let named = named(matches);
    let (mut store, folder) = helpers(matches)?;
    if let Some(folder) = &folder {
        accepted(folder, &[], &mut store)?;
    }
    if !named.is_empty() {
        given(&named, &mut store)?;
    }
    Ok(store)
}

fn named(matches: &ArgMatches) -> Vec<&PathBuf> {
    // Commands that verify in passing have no such option.
    let named = matches.try_get_many::<PathBuf>("trust").ok().flatten();
    named.into_iter().flatten().collect()
}

/// A store without trust: what helps to build paths, and revocation lists. Also the trust folder.
fn helpers(matches: &ArgMatches) -> anyhow::Result<(Store, Option<Folder>)> {
    let mut store = Store {
        intermediates: shipped::certificates().into_iter().map(Arc::new).collect(),
        ..Store::default()
    };
    let folder = engine::data_folder(matches).map(|data| Folder::new(&data));
    if let Some(folder) = &folder {
        for der in folder.crls()? {
            // A list that cannot be read tells nothing; what it would have told is then missing, and said to be.
            let _ = store.add_crls(&der);
        }
        for certificate in folder.certificates()? {
            if certificate.is_authority() {
                store.intermediates.push(Arc::new(certificate));
            }
        }
    }
    Ok((store, folder))
}

fn accepted(folder: &Folder, wanted: &[&String], store: &mut Store) -> anyhow::Result<()> {
    let log = folder.accepted()?;
    for certificate in folder.certificates()? {
        let Some(pki) = log.get(&hex(&certificate.fingerprint)) else {
            continue;
        };
        if wanted.is_empty() || wanted.contains(&pki) {
            anchor(store, certificate, pki);
        }
    }
    Ok(())
}

fn anchor(store: &mut Store, certificate: Certificate, pki: &str) {
    if store.anchor(&certificate).is_none() {
        store.anchors.push(Anchor {
            certificate: Arc::new(certificate),
            pki: pki.to_owned(),
            remark: String::new(),
        });
    }
}

/// Everything in the named files and folders: an authority whose issuer is given too only helps to build paths, any
/// other certificate is an anchor.
fn given(named: &[&PathBuf], store: &mut Store) -> anyhow::Result<()> {
    let mut certificates: Vec<Certificate> = Vec::new();
    let mut anything = false;
    for path in named {
        let in_folder = path.is_dir();
        for file in files(path)? {
            let at = || file.display().to_string();
            let bytes = fs::read(&file).with_context(at)?;
            let found = take(&bytes, &mut certificates, store);
            anything |= found;
            // A folder may hold notes and lists of other things; a file that was named may not.
            ensure!(
                found || in_folder,
                Said(said!(
                    "{}: không có chứng thư nào",
                    "{}: there is no certificate in it",
                    file.display()
                ))
            );
        }
    }
    ensure!(
        anything,
        Said(said!(
            "không tìm thấy chứng thư nào theo --trust",
            "no certificate was found where --trust says"
        ))
    );
    let helps = |one: &Certificate| {
        one.is_authority()
            && !one.is_self_issued()
            && certificates.iter().any(|other| other.subject == one.issuer)
    };
    for one in &certificates {
        if helps(one) {
            store.intermediates.push(Arc::new(one.clone()));
        } else {
            // Whoever gives an authority that the program knows by fingerprint means that one, with its PKI.
            anchor(store, one.clone(), shipped::pki_of(one).unwrap_or_default());
        }
    }
    Ok(())
}

/// Takes certificates and revocation lists out of `bytes`; false when there are none.
fn take(bytes: &[u8], certificates: &mut Vec<Certificate>, store: &mut Store) -> bool {
    let mut found = false;
    for der in bundle::parts(bytes) {
        if let Ok(certificate) = Certificate::read(&der) {
            certificates.push(certificate);
            found = true;
        } else if let Ok(crl) = Crl::read(&der) {
            store.crls.push(Arc::new(crl));
            found = true;
        }
    }
    found
}

/// The file itself, or the files of a folder in order of names.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let at = || path.display().to_string();
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries: Result<Vec<_>, _> = fs::read_dir(path).with_context(at)?.collect();
    let mut files: Vec<PathBuf> = entries?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    Ok(files)
}
