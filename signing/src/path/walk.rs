//! Walks from issuer to issuer.

use std::sync::Arc;

use super::{LONGEST, PATHS, Path, Validator};
use crate::certificate::Certificate;
use crate::cms;
use crate::crypto::PublicKey;

impl Validator<'_> {
    /// Paths from `certificate` to anchors, likely ones first. A certificate that is an anchor is a path of its own.
    pub fn paths(&self, certificate: &Arc<Certificate>) -> Vec<Path> {
        let mut found = Vec::new();
        self.walk(&mut vec![certificate.clone()], &mut found);
        found
    }

    fn walk(&self, path: &mut Path, found: &mut Vec<Path>) {
        let Some(last) = path.last().cloned() else {
            return;
        };
        if self.trust.anchor(&last).is_some() {
            found.push(path.clone());
            return;
        }
        if path.len() >= LONGEST || !self.step() {
            return;
        }
        for issuer in self.issuers(&last) {
            // The same name with the same key again leads nowhere new.
            if found.len() >= PATHS
                || path.iter().any(|known| {
                    known.subject == issuer.subject && known.key_info == issuer.key_info
                })
            {
                continue;
            }
            if !self.may_have_signed(&issuer, &last) {
                continue;
            }
            path.push(issuer);
            self.walk(path, found);
            path.pop();
        }
    }

    /// As far as a path goes without an anchor at its end.
    pub(crate) fn dead_end(&self, certificate: &Arc<Certificate>) -> Path {
        let mut path = vec![certificate.clone()];
        while let Some(last) = path.last().filter(|_| path.len() < LONGEST) {
            let mut issuers = self.issuers(last).into_iter();
            match issuers
                .find(|issuer| !path.contains(issuer) && self.may_have_signed(issuer, last))
            {
                Some(issuer) => path.push(issuer),
                None => break,
            }
        }
        path
    }

    /// Certificates that bear the issuer's name: anchors first, then those whose key identifier fits, then others.
    fn issuers(&self, certificate: &Certificate) -> Vec<Arc<Certificate>> {
        let mut issuers: Vec<Arc<Certificate>> = Vec::new();
        let anchors = self
            .trust
            .anchors
            .iter()
            .map(|anchor| &anchor.certificate)
            .filter(|anchor| may_issue(anchor));
        let others = self
            .trust
            .intermediates
            .iter()
            .chain(&self.material.certificates)
            // The document's copy of an anchor is no way around what that anchor may not do.
            .filter(|other| self.trust.anchor(other).is_none());
        for candidate in anchors.chain(others) {
            if candidate.subject == certificate.issuer && !issuers.contains(candidate) {
                issuers.push(candidate.clone());
            }
        }
        if issuers.is_empty() {
            issuers.extend(self.fetch_issuers(certificate));
        }
        let wanted = &certificate.extensions.authority_key;
        issuers.sort_by_key(|issuer| {
            let identifier = &issuer.extensions.subject_key;
            (
                wanted.is_some() && identifier.is_some() && wanted != identifier,
                self.trust.anchor(issuer).is_none(),
            )
        });
        issuers
    }

    /// What the certificate's own addresses give of its issuer; asked once, and of few certificates.
    fn fetch_issuers(&self, certificate: &Certificate) -> Vec<Arc<Certificate>> {
        let Some(fetch) = self.fetch else {
            return Vec::new();
        };
        let mut known = self.fetched.borrow_mut();
        if let Some(issuers) = known.get(&certificate.fingerprint) {
            return issuers.clone();
        }
        if known.len() >= FETCHES {
            return Vec::new();
        }
        let urls = certificate.extensions.issuers.iter().take(ADDRESSES);
        let issuers: Vec<_> = urls
            .filter_map(|url| fetch.issuer(url))
            .filter_map(|bytes| {
                Certificate::read_any(&bytes)
                    .or_else(|_| cms::bundle(&bytes))
                    .ok()
            })
            .flatten()
            .filter(|issuer| issuer.subject == certificate.issuer)
            .map(Arc::new)
            .collect();
        known.insert(certificate.fingerprint, issuers.clone());
        issuers
    }

    /// False when `issuer`'s key did not sign `certificate`. A DSA key without parameters is judged later, on the whole path.
    fn may_have_signed(&self, issuer: &Certificate, certificate: &Certificate) -> bool {
        if matches!(
            issuer.key,
            PublicKey::Dsa {
                parameters: None,
                ..
            }
        ) {
            return true;
        }
        let pair = (issuer.fingerprint, certificate.fingerprint);
        if let Some(known) = self.signed.borrow().get(&pair) {
            return *known;
        }
        if !self.spend() {
            return false;
        }
        let signed = certificate.signed_by(&issuer.key).is_ok();
        self.signed.borrow_mut().insert(pair, signed);
        signed
    }
}

/// An anchor that is no authority's is trusted for itself and issues nothing. Roots older than extensions are authorities.
fn may_issue(anchor: &Certificate) -> bool {
    anchor.is_authority() || (anchor.version < 3 && anchor.is_self_issued())
}

/// Of how many certificates the issuer is fetched; a real path lacks one or two.
const FETCHES: usize = 3;

/// How many addresses of one certificate are tried.
pub(super) const ADDRESSES: usize = 3;
