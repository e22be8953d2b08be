//! The document security store (ISO 32000-2, 12.8.4.3): certificates, CRLs and OCSP answers for later.

use std::collections::HashSet;

use saoy_pdf::{Dict, Document, ObjectId};

use super::SecurityStore;

/// One certificate, CRL or OCSP answer, in bytes; the longest CRLs met have 10 MB.
const ITEM: usize = 16 << 20;

/// All of them together, in bytes.
const TOTAL: usize = 64 << 20;

/// How many of them.
const ITEMS: usize = 4096;

/// Signatures that have a `/VRI` entry.
const RELATED: usize = 1024;

/// What the `/DSS` of `view` holds, those of its `/VRI` included; what cannot be read is left out.
pub(super) fn read(view: &Document) -> SecurityStore {
    let mut reader = Reader {
        view,
        seen: HashSet::new(),
        room: TOTAL,
        store: SecurityStore::default(),
    };
    let catalog = view.catalog().unwrap_or_default();
    if let Some(dss) = reader.dict(&catalog, "DSS") {
        reader.lists(&dss, ["Certs", "CRLs", "OCSPs"]);
        let related = reader.dict(&dss, "VRI").unwrap_or_default();
        for entry in related.iter().take(RELATED) {
            let own = view.resolve(&entry.value).ok();
            if let Some(own) = own.as_ref().and_then(|own| own.as_dict()) {
                reader.lists(own, ["Cert", "CRL", "OCSP"]);
            }
        }
    }
    reader.store
}

struct Reader<'a> {
    view: &'a Document,
    seen: HashSet<ObjectId>,
    room: usize,
    store: SecurityStore,
}

impl Reader<'_> {
    fn dict(&self, dict: &Dict, key: &str) -> Option<Dict> {
        self.view.get(dict, key).ok()?.as_dict().cloned()
    }

    fn lists(&mut self, dict: &Dict, [certificates, crls, ocsps]: [&str; 3]) {
        let own = self.list(dict, certificates);
        self.store.certificates.extend(own);
        let own = self.list(dict, crls);
        self.store.crls.extend(own);
        let own = self.list(dict, ocsps);
        self.store.ocsps.extend(own);
    }

    fn list(&mut self, dict: &Dict, key: &str) -> Vec<Vec<u8>> {
        let Ok(list) = self.view.get(dict, key) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in list.as_array().unwrap_or_default() {
            let Some(id) = item.as_ref_id() else { continue };
            if self.seen.len() >= ITEMS || !self.seen.insert(id) {
                continue;
            }
            let value = self.view.resolve(item).ok();
            let stream = value.as_ref().and_then(|value| value.as_stream());
            let limit = ITEM.min(self.room);
            if let Some(bytes) = stream.and_then(|stream| self.view.decoded(stream, limit).ok()) {
                self.room -= bytes.len().min(self.room);
                found.push(bytes);
            }
        }
        found
    }
}
