//! A certification authority of the tests' own, run by `openssl`, with signatures, lists, answers and tokens.

use std::path::{Path, PathBuf};
use std::process::Command;

use saoy_signing::asn1::{Element, oid, tag, wrap};
use saoy_signing::judge::{Instant, Judgement, Question, signature};
use saoy_signing::path::Material;
use saoy_signing::policy::Policy;
use saoy_signing::structure::SecurityStore;
use saoy_signing::trust::Store;

/// Runs `openssl` in `folder`.
pub(crate) fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// How a key is made: arguments of `genpkey`.
pub(crate) const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
pub(crate) const RSA: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];

/// An authority in a folder: a root, one authority below it, certificates below that.
pub(crate) struct Pki {
    folder: tempfile::TempDir,
}

/// How a certificate is issued.
#[derive(Clone, Copy)]
pub(crate) struct Issue<'a> {
    pub(crate) key: &'a [&'a str],
    /// `root` or `sub`.
    pub(crate) by: &'a str,
    /// A section of [`CONFIGURATION`].
    pub(crate) profile: &'a str,
    pub(crate) digest: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

impl Default for Issue<'_> {
    fn default() -> Self {
        Self {
            key: P256,
            by: "sub",
            profile: "person",
            digest: "sha256",
            from: "20200101000000Z",
            to: "20901231235959Z",
        }
    }
}

impl Pki {
    pub(crate) fn new() -> Self {
        Self::with_digest("sha256")
    }

    /// With certificates signed by `digest`.
    pub(crate) fn with_digest(digest: &str) -> Self {
        let pki = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for authority in ["root", "sub"] {
            let configuration = CONFIGURATION.replace("@NAME@", authority);
            std::fs::write(pki.path(&format!("{authority}.cnf")), configuration).unwrap();
            std::fs::write(pki.path(&format!("{authority}.index")), "").unwrap();
            std::fs::write(pki.path(&format!("{authority}.serial")), "1000\n").unwrap();
            std::fs::write(pki.path(&format!("{authority}.number")), "01\n").unwrap();
        }
        let authority = Issue {
            by: "root",
            profile: "authority",
            digest,
            key: RSA,
            ..Issue::default()
        };
        pki.key("root", RSA);
        pki.issue_with("root", &authority, &["-selfsign"]);
        pki.issue("sub", &authority);
        pki
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) {
        openssl(self.folder.path(), arguments);
    }

    pub(crate) fn key(&self, name: &str, kind: &[&str]) {
        self.run(&[&["genpkey", "-out", &format!("{name}.key")], kind].concat());
    }

    /// Issues a certificate `name.crt` with a new key.
    pub(crate) fn issue(&self, name: &str, issue: &Issue<'_>) {
        self.key(name, issue.key);
        self.issue_with(name, issue, &[]);
    }

    fn issue_with(&self, name: &str, issue: &Issue<'_>, more: &[&str]) {
        let subject = format!("/C=VN/O=Co quan thu nghiem/CN=Nguoi thu {name}");
        let [configuration, request, key, certificate] = [
            format!("{}.cnf", issue.by),
            format!("{name}.csr"),
            format!("{name}.key"),
            format!("{name}.crt"),
        ];
        self.run(&[
            "req",
            "-new",
            "-config",
            &configuration,
            "-key",
            &key,
            "-subj",
            &subject,
            "-out",
            &request,
            "-utf8",
        ]);
        let arguments = [
            "ca",
            "-batch",
            "-notext",
            "-config",
            &configuration,
            "-in",
            &request,
            "-out",
            &certificate,
            "-md",
            issue.digest,
            "-extensions",
            issue.profile,
            "-startdate",
            issue.from,
            "-enddate",
            issue.to,
        ];
        self.run(&[&arguments, more].concat());
    }

    /// Revokes `name` for `reason`, such as `keyCompromise`.
    pub(crate) fn revoke(&self, by: &str, name: &str, reason: &str) {
        self.run(&[
            "ca",
            "-config",
            &format!("{by}.cnf"),
            "-revoke",
            &format!("{name}.crt"),
            "-crl_reason",
            reason,
        ]);
    }

    /// A list of `by`, made and due at times as `YYMMDDhhmmssZ`.
    pub(crate) fn crl(&self, by: &str, made: &str, due: &str) -> Vec<u8> {
        let out = format!("{by}.crl");
        self.run(&[
            "ca",
            "-config",
            &format!("{by}.cnf"),
            "-gencrl",
            "-crl_lastupdate",
            made,
            "-crl_nextupdate",
            due,
            "-out",
            &out,
        ]);
        self.bytes(&out)
    }

    /// A CMS of `name` over `data`, DER unless `more` says otherwise.
    pub(crate) fn sign(&self, name: &str, data: &[u8], more: &[&str]) -> Vec<u8> {
        std::fs::write(self.path("data"), data).unwrap();
        let [certificate, key] = [format!("{name}.crt"), format!("{name}.key")];
        let arguments = [
            "cms",
            "-sign",
            "-binary",
            "-in",
            "data",
            "-signer",
            &certificate,
            "-inkey",
            &key,
            "-outform",
            "DER",
            "-out",
            "cms",
        ];
        self.run(&[&arguments, more].concat());
        self.bytes("cms")
    }

    /// A token of `authority` over `value`, made at the present time.
    pub(crate) fn token(&self, authority: &str, value: &[u8], more: &[&str]) -> Vec<u8> {
        std::fs::write(self.path("value"), value).unwrap();
        self.run(
            &[
                &[
                    "ts",
                    "-query",
                    "-data",
                    "value",
                    "-cert",
                    "-out",
                    "value.tsq",
                ][..],
                more,
            ]
            .concat(),
        );
        let [certificate, key] = [format!("{authority}.crt"), format!("{authority}.key")];
        let arguments = [
            "ts",
            "-reply",
            "-config",
            "sub.cnf",
            "-section",
            "tsa",
            "-queryfile",
            "value.tsq",
            "-signer",
            &certificate,
            "-inkey",
            &key,
        ];
        self.run(&[&arguments[..], &["-token_out", "-out", "value.tst"]].concat());
        self.bytes("value.tst")
    }

    /// The answer of `responder` to `request`.
    pub(crate) fn ocsp(&self, responder: &str, request: &[u8]) -> Vec<u8> {
        std::fs::write(self.path("request"), request).unwrap();
        let [certificate, key] = [format!("{responder}.crt"), format!("{responder}.key")];
        self.run(&[
            "ocsp",
            "-index",
            "sub.index",
            "-CA",
            "sub.crt",
            "-rsigner",
            &certificate,
            "-rkey",
            &key,
            "-reqin",
            "request",
            "-respout",
            "answer",
            "-ndays",
            "7",
        ]);
        self.bytes("answer")
    }

    /// The root trusted, the authority below at hand.
    pub(crate) fn trust(&self) -> Store {
        let mut trust = Store::default();
        trust
            .add_anchors(&self.bytes("root.crt"), "test", "made by the tests")
            .unwrap();
        trust.add_intermediates(&self.bytes("sub.crt")).unwrap();
        trust
    }

    /// The same with lists of both authorities from 2020 to 2090.
    pub(crate) fn trust_with_lists(&self) -> Store {
        let mut trust = self.trust();
        for authority in ["root", "sub"] {
            trust
                .add_crls(&self.crl(authority, "20200102000000Z", "20901201000000Z"))
                .unwrap();
        }
        trust
    }
}

/// 2025-06-01T00:00:00Z.
pub(crate) const NOW: Instant = Instant(1_748_736_000);

/// What a judgement stands on, with what tests seldom change.
pub(crate) struct Case<'a> {
    pub(crate) contents: &'a [u8],
    pub(crate) data: &'a [u8],
    pub(crate) subfilter: &'a str,
    pub(crate) evidence: SecurityStore,
    pub(crate) trust: Store,
    pub(crate) policy: Policy,
    pub(crate) now: Instant,
    pub(crate) proofs: Vec<Instant>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(contents: &'a [u8], data: &'a [u8], trust: Store) -> Self {
        Self {
            contents,
            data,
            subfilter: "adbe.pkcs7.detached",
            evidence: SecurityStore::default(),
            trust,
            policy: Policy::default(),
            now: NOW,
            proofs: Vec::new(),
        }
    }

    pub(crate) fn judge(&self) -> Judgement {
        let evidence = Material::read(&self.evidence);
        let question = Question {
            contents: self.contents,
            subfilter: self.subfilter,
            evidence: &evidence,
            trust: &self.trust,
            policy: &self.policy,
            now: self.now,
            proofs: &self.proofs,
            fetch: None,
        };
        signature(&question, &mut |digest| digest.of(self.data))
    }

    /// The outcome: `TOTAL_PASSED`, or the sub-indication's code.
    pub(crate) fn outcome(&self) -> &'static str {
        self.judge()
            .sub_indication
            .map_or("TOTAL_PASSED", saoy_signing::judge::SubIndication::code)
    }
}

/// `cms` with `token` as a timestamp of its signature.
pub(crate) fn with_token(cms: &[u8], token: &[u8]) -> Vec<u8> {
    with_attribute(cms, oid::SIGNATURE_TIMESTAMP, token)
}

/// `cms` with an unsigned attribute.
pub(crate) fn with_attribute(cms: &[u8], kind: &[u8], value: &[u8]) -> Vec<u8> {
    let attribute = wrap(
        tag::SEQUENCE,
        &[wrap(tag::OID, kind), wrap(tag::SET, value)].concat(),
    );
    with_signer(cms, |members| members.push(wrap(0xa1, &attribute)))
}

/// `cms` with the members of its signer changed.
pub(crate) fn with_signer(cms: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let raw = |element: &Element<'_>| element.raw.to_vec();
    let outer: Vec<_> = Element::only(cms).unwrap().inside().all().unwrap();
    let signed = Element::only(outer[1].body)
        .unwrap()
        .inside()
        .all()
        .unwrap();
    let (signers, before) = signed.split_last().unwrap();
    let signer = Element::only(signers.body).unwrap().inside().all().unwrap();
    let mut members = signer.iter().map(raw).collect();
    change(&mut members);
    let signer = wrap(tag::SEQUENCE, &members.concat());
    let before: Vec<u8> = before.iter().flat_map(raw).collect();
    let signed = wrap(tag::SEQUENCE, &[before, wrap(tag::SET, &signer)].concat());
    wrap(
        tag::SEQUENCE,
        &[outer[0].raw.to_vec(), wrap(0xa0, &signed)].concat(),
    )
}

/// `der` with indefinite lengths `depth` levels deep, as streaming signers write.
pub(crate) fn indefinite(der: &[u8], depth: usize) -> Vec<u8> {
    let element = Element::only(der).unwrap();
    if depth == 0 || element.tag & tag::CONSTRUCTED == 0 {
        return der.to_vec();
    }
    let inside = element.inside().all().unwrap();
    let inside = inside
        .iter()
        .flat_map(|element| indefinite(element.raw, depth - 1));
    [element.tag, 0x80]
        .into_iter()
        .chain(inside)
        .chain([0, 0])
        .collect()
}

/// The signature's bytes in `cms`: what a token is of.
pub(crate) fn signature_value(cms: &[u8]) -> Vec<u8> {
    saoy_signing::cms::SignedData::read(cms)
        .unwrap()
        .signer
        .signature
}

const CONFIGURATION: &str = "
[ca]
default_ca = here
[here]
database = @NAME@.index
serial = @NAME@.serial
crlnumber = @NAME@.number
new_certs_dir = .
certificate = @NAME@.crt
private_key = @NAME@.key
default_md = sha256
default_crl_days = 30
policy = any
unique_subject = no
email_in_dn = no
[any]
countryName = optional
organizationName = optional
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[person]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[pointing]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
authorityInfoAccess = OCSP;URI:http://test.invalid/ocsp, caIssuers;URI:http://test.invalid/sub.crt
crlDistributionPoints = URI:http://test.invalid/sub.crl
[encipherer]
keyUsage = critical, keyEncipherment
[stamp]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[lax_stamp]
keyUsage = critical, digitalSignature
extendedKeyUsage = timeStamping
[responder]
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = yes
[tsa]
serial = tsa.serial
digests = sha1, sha256, sha512
default_policy = 1.2.3.4.1
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
signer_digest = sha256
";
