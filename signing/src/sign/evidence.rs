//! Long-term data: what proves a signature when nobody can be asked any more (EN 319 142-1, 5.4; `/DSS`).

use std::cell::RefCell;
use std::sync::Arc;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use saoy_pdf::{Append, Dict, Document, Name, Object, ObjectId, PdfError, Update};

use crate::certificate::{Certificate, DistributionPoint};
use crate::judge::Instant;
use crate::path::{Material, PathOptions, Validator, ViolationKind};
use crate::policy::Policy;
use crate::revocation::{Fetch, Status};
use crate::structure::SecurityStore;
use crate::trust::Store;

/// Why there is not enough to prove a signature by: no level LT then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Missing {
    /// No path to an anchor.
    #[error("no path from {0} to a trusted certificate")]
    NoChain(String),
    /// A path that does not hold: whose, and which rule its certificate of that name breaks.
    #[error("the path of {0} does not hold: {2}: {1}")]
    ChainInvalid(String, ViolationKind, String),
    /// Revoked.
    #[error("{0} is revoked since {1}")]
    Revoked(String, Instant),
    /// Nothing tells whether it is revoked.
    #[error("nothing tells whether {whose} is revoked: {why}")]
    Unknown {
        /// The certificate's name.
        whose: String,
        /// Addresses that its certificate names.
        named: Vec<String>,
        /// Those among them that gave nothing; the others' answers were of no use.
        silent: Vec<String>,
        /// What was looked at, and why it did not do.
        why: String,
    },
}

/// Anchors, rules, time and the way to servers.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Anchors, and what leads to them.
    pub trust: &'a Store,
    /// The rules.
    pub policy: &'a Policy,
    /// The present time.
    pub now: Instant,
    /// Asks servers.
    pub fetch: Option<&'a dyn Fetch>,
}

/// Everything that proves `certificate` good now: its path, and for each certificate below the anchor an answer or list.
///
/// `others` are certificates that came with the signature.
///
/// # Errors
/// What is missing: nothing half is given.
pub fn collect(
    certificate: &Arc<Certificate>,
    others: &[Arc<Certificate>],
    sources: Sources<'_>,
) -> Result<SecurityStore, Missing> {
    let recorder = Recorder {
        inner: sources.fetch,
        seen: RefCell::default(),
        silent: RefCell::default(),
    };
    let material = Material {
        certificates: others.to_vec(),
        ..Material::default()
    };
    let validator = Validator::new(sources.trust, &material, sources.policy, sources.now)
        .fetching(Some(&recorder));
    let options = PathOptions::at(sources.now);
    let found = validator.validate(certificate, &options);
    let whose = certificate.party().name;
    if !found.anchored {
        return Err(Missing::NoChain(whose));
    }
    if let Some(violation) = found.violation {
        let of = found.path.get(violation.index);
        let of = of.map(|one| one.party().name).unwrap_or_default();
        return Err(Missing::ChainInvalid(whose, violation.kind, of));
    }
    for (status, of) in found.statuses.iter().zip(&found.path) {
        let whose = of.party().name;
        match status {
            Status::Good { .. } => {}
            Status::Revoked { since, .. } => return Err(Missing::Revoked(whose, *since)),
            Status::Unknown { why } => {
                let extensions = &of.extensions;
                let lists = extensions.distribution_points.iter();
                let lists = lists.flat_map(DistributionPoint::addresses);
                let ocsp = extensions.ocsp.iter().cloned();
                let named: Vec<String> = ocsp.chain(lists).collect();
                let silent = recorder.silent.borrow();
                return Err(Missing::Unknown {
                    whose,
                    silent: named
                        .iter()
                        .filter(|url| silent.contains(*url))
                        .cloned()
                        .collect(),
                    named,
                    why: why.clone(),
                });
            }
        }
    }
    let mut store = recorder.seen.into_inner();
    store.certificates = found.path.iter().map(|one| one.der.to_vec()).collect();
    // Lists and answers that were at hand already prove nothing to others unless they go along.
    let local = |issuer: &[u8]| found.path.iter().any(|one| one.subject.der == issuer);
    for crl in &sources.trust.crls {
        if local(&crl.issuer.der) {
            store.crls.push(crl.der.clone());
        }
    }
    store
        .ocsps
        .extend(sources.trust.ocsps.iter().map(|ocsp| ocsp.der.clone()));
    Ok(store)
}

/// Remembers every answer.
struct Recorder<'a> {
    inner: Option<&'a dyn Fetch>,
    seen: RefCell<SecurityStore>,
    /// Addresses that gave nothing.
    silent: RefCell<Vec<String>>,
}

impl Recorder<'_> {
    fn heard(&self, url: &str, answer: Option<Vec<u8>>) -> Option<Vec<u8>> {
        if answer.is_none() {
            self.silent.borrow_mut().push(url.to_owned());
        }
        answer
    }
}

impl Fetch for Recorder<'_> {
    fn ocsp(&self, url: &str, request: &[u8]) -> Option<Vec<u8>> {
        let answer = self.inner.and_then(|inner| inner.ocsp(url, request));
        let answer = self.heard(url, answer)?;
        if crate::revocation::Ocsp::read(&answer).is_ok() {
            self.seen.borrow_mut().ocsps.push(answer.clone());
        }
        Some(answer)
    }

    fn crl(&self, url: &str) -> Option<Vec<u8>> {
        let answer = self.inner.and_then(|inner| inner.crl(url));
        let answer = self.heard(url, answer)?;
        if let Ok(lists) = crate::trust::unwrap_pem(&answer) {
            self.seen.borrow_mut().crls.extend(lists);
        }
        Some(answer)
    }

    fn issuer(&self, url: &str) -> Option<Vec<u8>> {
        self.inner?.issuer(url)
    }
}

/// An update that adds `store` to the document's `/DSS`, with a `/VRI` entry for each of `contents`: values of
/// `/Contents`, decoded, padding included. What is there already is not written again.
///
/// # Errors
/// When the document cannot be read or added to.
pub fn update(
    document: &Document,
    store: &SecurityStore,
    contents: &[Vec<u8>],
    id: [u8; 16],
) -> Result<Update, PdfError> {
    let mut append = Append::new(document)?;
    let at = document.file_len();
    let root = document.trailer().get("Root").and_then(Object::as_ref_id);
    let root = root.ok_or(PdfError::NoCatalog { at })?;
    let mut catalog = document.catalog()?;
    let own = catalog.get("DSS").and_then(Object::as_ref_id);
    let mut dss = document
        .get(&catalog, "DSS")?
        .as_dict()
        .cloned()
        .unwrap_or_default();
    dss.set("Type", Object::Name(Name::new("DSS")));
    let mut entry = Dict::new();
    let kinds = [
        ("Certs", "Cert", &store.certificates),
        ("OCSPs", "OCSP", &store.ocsps),
        ("CRLs", "CRL", &store.crls),
    ];
    for (all, of_one, data) in kinds {
        let used = add(document, &mut append, &mut dss, all, data)?;
        if !used.is_empty() {
            entry.set(
                of_one,
                Object::Array(used.into_iter().map(Object::Ref).collect()),
            );
        }
    }
    let mut vri = document
        .get(&dss, "VRI")?
        .as_dict()
        .cloned()
        .unwrap_or_default();
    for contents in contents {
        // The name of an entry is the SHA-1 of the signature (EN 319 142-1, 5.4.2.3); nothing rests on its strength.
        let name = digest(&SHA1_FOR_LEGACY_USE_ONLY, contents);
        let name: String = name
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        // One that is there stays: later timestamps are over it, and readers look into the lists of all as well.
        if !vri.contains(&name) {
            vri.set(name, Object::Dict(entry.clone()));
        }
    }
    dss.set("VRI", Object::Dict(vri));
    let own = match own {
        Some(own) => own,
        None => {
            let own = append.alloc()?;
            catalog.set("DSS", Object::Ref(own));
            append.put(root, &Object::Dict(catalog))?;
            own
        }
    };
    append.put(own, &Object::Dict(dss))?;
    append.finish(id)
}

/// Adds what of `data` the list at `key` lacks; gives the objects of all of `data`.
fn add(
    document: &Document,
    append: &mut Append,
    dss: &mut Dict,
    key: &str,
    data: &[Vec<u8>],
) -> Result<Vec<ObjectId>, PdfError> {
    let mut list = document
        .get(dss, key)?
        .as_array()
        .unwrap_or_default()
        .to_vec();
    let mut known: Vec<(Vec<u8>, ObjectId)> = Vec::new();
    for item in &list {
        if let (Some(id), Object::Stream(stream)) =
            (item.as_ref_id(), document.resolve(item)?.into_owned())
        {
            known.push((document.decoded(&stream, LONGEST)?, id));
        }
    }
    let mut used = Vec::new();
    for der in data {
        let there = known
            .iter()
            .find(|(bytes, _)| bytes == der)
            .map(|(_, id)| *id);
        let id = match there {
            Some(id) => id,
            None => {
                let id = append.alloc()?;
                append.put_stream(id, &Dict::new(), der)?;
                known.push((der.clone(), id));
                list.push(Object::Ref(id));
                id
            }
        };
        if !used.contains(&id) {
            used.push(id);
        }
    }
    if !list.is_empty() {
        dss.set(key, Object::Array(list));
    }
    Ok(used)
}

/// Longest entry that is compared, bytes: lists of large authorities have some megabytes.
const LONGEST: usize = 32 << 20;
