//! Paths through thickets: cross-certificates, loops, constraints that PKITS does not try.

use std::sync::Arc;

use saoy_signing::certificate::Certificate;
use saoy_signing::path::{Material, PathOptions, Validated, Validator, ViolationKind};
use saoy_signing::policy::Policy;
use saoy_signing::trust::Store;

use crate::pki::{NOW, P256, openssl};

/// Certificates made by `openssl x509`, each with the extensions it is given.
struct Maker(tempfile::TempDir);

impl Maker {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn key(&self, name: &str) {
        openssl(
            self.0.path(),
            &[&["genpkey", "-out", &format!("{name}.key")], P256].concat(),
        );
        let subject = format!("/C=VN/CN={name}");
        openssl(
            self.0.path(),
            &[
                "req",
                "-new",
                "-key",
                &format!("{name}.key"),
                "-subj",
                &subject,
                "-out",
                &format!("{name}.csr"),
            ],
        );
    }

    /// A certificate of `subject` by `issuer`, from the present time of the machine for thirty years.
    fn certify(&self, subject: &str, issuer: &str, extensions: &str) -> Arc<Certificate> {
        let path = self.0.path();
        std::fs::write(path.join("extensions"), extensions).unwrap();
        let file = format!("{subject}-{issuer}.crt");
        let [request, own, key] = [
            format!("{subject}.csr"),
            format!("{subject}.key"),
            format!("{issuer}.key"),
        ];
        let by = format!("{issuer}-{issuer}.crt");
        let signer: &[&str] = if subject == issuer {
            &["-signkey", &own]
        } else {
            &["-CA", &by, "-CAkey", &key, "-CAcreateserial"]
        };
        let arguments = [
            "x509",
            "-req",
            "-in",
            &request,
            "-days",
            "10950",
            "-extfile",
            "extensions",
            "-out",
            &file,
        ];
        openssl(path, &[&arguments[..], signer].concat());
        let pem = std::fs::read(path.join(file)).unwrap();
        Arc::new(Certificate::read_any(&pem).unwrap().remove(0))
    }
}

const AUTHORITY: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign";

fn validate(
    trust: &Store,
    certificates: &[Arc<Certificate>],
    leaf: &Arc<Certificate>,
) -> Validated {
    let material = Material {
        certificates: certificates.to_vec(),
        ..Material::default()
    };
    let policy = Policy::default();
    // Some days after the certificates begin.
    let time = saoy_signing::judge::Instant(leaf.not_before.0.max(NOW.0) + 86_400);
    Validator::new(trust, &material, &policy, time).validate(leaf, &PathOptions::at(time))
}

#[test]
fn a_mesh_of_cross_certificates_ends_and_leads_to_its_anchor() {
    let maker = Maker::new();
    let names = ["A", "B", "C", "D", "E", "F"];
    names.iter().for_each(|name| maker.key(name));
    maker.key("leaf");
    for name in names {
        maker.certify(name, name, AUTHORITY);
    }
    let mut mesh = Vec::new();
    for subject in names {
        mesh.extend(
            names
                .iter()
                .filter(|issuer| **issuer != subject)
                .map(|issuer| maker.certify(subject, issuer, AUTHORITY)),
        );
    }
    let leaf = maker.certify("leaf", "F", "basicConstraints=CA:FALSE");
    let lost = validate(&Store::default(), &mesh, &leaf);
    assert!(!lost.anchored && lost.path.len() > 1);
    let mut trust = Store::default();
    let anchor = maker.certify("A", "A", AUTHORITY);
    trust.add_anchors(&anchor.der, "", "").unwrap();
    let found = validate(&trust, &mesh, &leaf);
    assert!(found.anchored && found.violation.is_none());
    assert_eq!(found.path.last(), Some(&anchor));
}

#[test]
fn constraints_on_addresses_of_networks() {
    let maker = Maker::new();
    ["root", "sub", "leaf"]
        .iter()
        .for_each(|name| maker.key(name));
    let root = maker.certify("root", "root", AUTHORITY);
    let mut trust = Store::default();
    trust.add_anchors(&root.der, "", "").unwrap();
    for (constraint, name, good) in [
        ("permitted;IP:10.0.0.0/255.0.0.0", "IP:10.1.2.3", true),
        ("permitted;IP:10.0.0.0/255.0.0.0", "IP:11.1.2.3", false),
        ("permitted;IP:10.0.0.0/255.0.0.0", "IP:::1", false),
        ("excluded;IP:10.0.0.0/255.0.0.0", "IP:10.1.2.3", false),
        ("excluded;IP:10.0.0.0/255.0.0.0", "IP:11.1.2.3", true),
        ("permitted;DNS:example.vn", "DNS:a.example.vn", true),
        ("permitted;DNS:example.vn", "DNS:badexample.vn", false),
        (
            "permitted;URI:.example.vn",
            "URI:https://u@a.example.vn:8/p",
            true,
        ),
        (
            "permitted;URI:.example.vn",
            "URI:https://example.vn/",
            false,
        ),
        ("excluded;URI:.example.vn", "URI:https://10.0.0.1/", false),
        ("permitted;email:example.vn", "email:an@EXAMPLE.vn", true),
        (
            "permitted;email:example.vn",
            "email:an@sub.example.vn",
            false,
        ),
        ("excluded;email:an@example.vn", "email:an@example.vn", false),
        // Names of a kind that nothing here can compare.
        (
            "excluded;otherName:1.2.3.4;UTF8:x",
            "otherName:1.2.3.4;UTF8:y",
            false,
        ),
        ("permitted;DNS:example.vn", "IP:10.1.2.3", true),
    ] {
        let sub = maker.certify(
            "sub",
            "root",
            &format!("{AUTHORITY}\nnameConstraints=critical,{constraint}"),
        );
        std::fs::copy(
            maker.0.path().join("sub-root.crt"),
            maker.0.path().join("sub-sub.crt"),
        )
        .unwrap();
        let leaf = maker.certify("leaf", "sub", &format!("subjectAltName={name}"));
        let found = validate(&trust, &[sub], &leaf);
        let broken = found.violation.map(|violation| violation.kind);
        assert_eq!(
            broken,
            (!good).then_some(ViolationKind::NameConstraints),
            "{constraint} {name}"
        );
    }
}
