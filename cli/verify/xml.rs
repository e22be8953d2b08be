//! The report as XML, in the elements of ETSI TS 119 102-2 (V1.2.1), for programs that read validation reports.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use ring::digest::{Context, SHA256};

use super::html::escaped;
use super::pictures::base64;
use super::record::{CertificateRecord, FileRecord, Report, SignatureRecord};

/// Writes one report over all files; each signature names its document by digest.
///
/// # Errors
/// When a file can no longer be read, or the report cannot be written.
pub(crate) fn write(report: &Report, mut to: impl Write) -> io::Result<()> {
    to.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
          <ValidationReport xmlns=\"http://uri.etsi.org/19102/v1.2.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n",
    )?;
    let mut known: Vec<&CertificateRecord> = Vec::new();
    for (index, file) in report.files.iter().enumerate() {
        let digest = sha256(&file.file)?;
        let document = Document {
            index,
            file,
            digest: &digest,
            at: &report.judged_at,
        };
        if file.signatures.is_empty() {
            document.unsigned(&mut to)?;
        }
        for (number, one) in file.signatures.iter().enumerate() {
            document.signature(number + 1, one, &mut to)?;
            for link in &one.certificates {
                if known.iter().all(|seen| seen.sha256 != link.sha256) {
                    known.push(link);
                }
            }
        }
    }
    if !known.is_empty() {
        to.write_all(b"<SignatureValidationObjects>\n")?;
        for link in known {
            object(link, &mut to)?;
        }
        to.write_all(b"</SignatureValidationObjects>\n")?;
    }
    to.write_all(b"</ValidationReport>\n")?;
    to.flush()
}

/// A document whose signatures are reported.
struct Document<'a> {
    index: usize,
    file: &'a FileRecord,
    digest: &'a str,
    /// Time of validation.
    at: &'a str,
}

impl Document<'_> {
    /// A report must have a signature report; this one says that there was nothing to report on.
    fn unsigned(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(b"<SignatureValidationReport>\n")?;
        self.times(None, to)?;
        self.reference(to)?;
        self.process("Basic", to)?;
        let main = match self.file.verdict {
            "unsigned" => "urn:cef:dss:mainindication:noSignatureFound",
            "invalid" => "urn:etsi:019102:mainindication:total-failed",
            _ => "urn:etsi:019102:mainindication:indeterminate",
        };
        write!(
            to,
            "<SignatureValidationStatus>\n<MainIndication>{main}</MainIndication>\n"
        )?;
        self.reasons(None, None, to)?;
        to.write_all(b"</SignatureValidationStatus>\n</SignatureValidationReport>\n")
    }

    fn signature(
        &self,
        number: usize,
        one: &SignatureRecord,
        to: &mut impl Write,
    ) -> io::Result<()> {
        write!(
            to,
            "<SignatureValidationReport>\n<SignatureIdentifier id=\"S-{}-{number}\">\n\
             <HashOnly>false</HashOnly>\n<DocHashOnly>false</DocHashOnly>\n</SignatureIdentifier>\n",
            self.index
        )?;
        self.times(one.proven_time.as_deref(), to)?;
        self.reference(to)?;
        attributes(one, to)?;
        signer(one, to)?;
        self.process(process_of(one.level), to)?;
        let main = match one.indication {
            "TOTAL-PASSED" => "total-passed",
            "TOTAL-FAILED" => "total-failed",
            _ => "indeterminate",
        };
        write!(
            to,
            "<SignatureValidationStatus>\n<MainIndication>urn:etsi:019102:mainindication:{main}</MainIndication>\n"
        )?;
        if let Some(sub) = one.sub_indication {
            writeln!(
                to,
                "<SubIndication>urn:etsi:019102:subindication:{sub}</SubIndication>"
            )?;
        }
        self.reasons(Some(number), Some(one), to)?;
        to.write_all(b"</SignatureValidationStatus>\n</SignatureValidationReport>\n")
    }

    fn times(&self, proven: Option<&str>, to: &mut impl Write) -> io::Result<()> {
        let (time, kind) = match proven {
            Some(time) => (time, "urn:etsi:019102:poetype:provided"),
            None => (self.at, "urn:etsi:019102:poetype:validation"),
        };
        write!(
            to,
            "<ValidationTimeInfo>\n<ValidationTime>{}</ValidationTime>\n<BestSignatureTime>\n\
             <POETime>{time}</POETime>\n<TypeOfProof>{kind}</TypeOfProof>\n</BestSignatureTime>\n</ValidationTimeInfo>\n",
            self.at
        )
    }

    fn reference(&self, to: &mut impl Write) -> io::Result<()> {
        write!(
            to,
            "<SignersDocument>\n{}</SignersDocument>\n",
            digest(self.digest)
        )
    }

    fn process(&self, name: &str, to: &mut impl Write) -> io::Result<()> {
        write!(
            to,
            "<SignatureValidationProcess>\n<SignatureValidationProcessID>urn:etsi:019102:validationprocess:{name}</SignatureValidationProcessID>\n</SignatureValidationProcess>\n"
        )
    }

    /// Path, reasons and checks, where the standard leaves room for a program's own data.
    fn reasons(
        &self,
        number: Option<usize>,
        one: Option<&SignatureRecord>,
        to: &mut impl Write,
    ) -> io::Result<()> {
        to.write_all(b"<AssociatedValidationReportData>\n")?;
        if let Some(one) = one {
            path(one, to)?;
        }
        to.write_all(b"<AdditionalValidationReportData>\n")?;
        data("urn:saoy:path", &self.file.path, to)?;
        data("urn:saoy:verdict", self.file.verdict, to)?;
        data("urn:saoy:summary:vi", &self.file.summary.vi, to)?;
        data("urn:saoy:summary:en", &self.file.summary.en, to)?;
        let about = self
            .file
            .reasons
            .iter()
            .filter(|reason| reason.signature.is_none() || reason.signature == number);
        for reason in about {
            let value = format!("{}: {}", reason.code, reason.detail);
            data("urn:saoy:reason", &value, to)?;
        }
        for check in one.iter().flat_map(|one| &one.checks) {
            let value = format!("{}: {}: {}", check.name, check.result, check.detail);
            data("urn:saoy:check", &value, to)?;
        }
        to.write_all(b"</AdditionalValidationReportData>\n</AssociatedValidationReportData>\n")
    }
}

/// The validation process of EN 319 102-1 that a level asks for.
fn process_of(level: &str) -> &'static str {
    match level {
        "B-LTA" => "LTA",
        "B-T" | "B-LT" => "LTVM",
        _ => "Basic",
    }
}

fn attributes(one: &SignatureRecord, to: &mut impl Write) -> io::Result<()> {
    to.write_all(b"<SignatureAttributes>\n")?;
    if let Some(time) = &one.claimed_time {
        writeln!(
            to,
            "<SigningTime Signed=\"true\"><Time>{time}</Time></SigningTime>"
        )?;
    }
    if let Some(stamp) = one.timestamp.as_ref().filter(|_| one.kind == "signature") {
        writeln!(
            to,
            "<SignatureTimeStamp><TimeStampValue>{}</TimeStampValue></SignatureTimeStamp>",
            stamp.time
        )?;
    }
    to.write_all(b"</SignatureAttributes>\n")
}

fn signer(one: &SignatureRecord, to: &mut impl Write) -> io::Result<()> {
    let (Some(signer), Some(own)) = (&one.signer, one.certificates.first()) else {
        return Ok(());
    };
    write!(
        to,
        "<SignerInformation Pseudonym=\"false\">\n<SignerCertificate VOReference=\"C-{}\"/>\n<Signer>{}</Signer>\n</SignerInformation>\n",
        own.sha256,
        escaped(&signer.name)
    )
}

fn path(one: &SignatureRecord, to: &mut impl Write) -> io::Result<()> {
    let Some((first, rest)) = one.certificates.split_first() else {
        return Ok(());
    };
    to.write_all(b"<CertificateChain>\n")?;
    writeln!(
        to,
        "<SigningCertificate VOReference=\"C-{}\"/>",
        first.sha256
    )?;
    for link in rest {
        let name = if link.anchor {
            "TrustAnchor"
        } else {
            "IntermediateCertificate"
        };
        writeln!(to, "<{name} VOReference=\"C-{}\"/>", link.sha256)?;
    }
    if first.anchor {
        writeln!(to, "<TrustAnchor VOReference=\"C-{}\"/>", first.sha256)?;
    }
    to.write_all(b"</CertificateChain>\n")
}

fn data(kind: &str, value: &str, to: &mut impl Write) -> io::Result<()> {
    writeln!(
        to,
        "<ReportData><Type>{kind}</Type><Value>{}</Value></ReportData>",
        escaped(value)
    )
}

fn object(link: &CertificateRecord, to: &mut impl Write) -> io::Result<()> {
    let bytes: Vec<u8> = (0..link.sha256.len() / 2)
        .filter_map(|index| link.sha256.get(2 * index..2 * index + 2))
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect();
    write!(
        to,
        "<ValidationObject id=\"C-{}\">\n<ObjectType>urn:etsi:019102:validationObject:certificate</ObjectType>\n\
         <ValidationObjectRepresentation>\n{}</ValidationObjectRepresentation>\n</ValidationObject>\n",
        link.sha256,
        digest(&base64(&bytes))
    )
}

fn digest(value: &str) -> String {
    format!(
        "<DigestAlgAndValue>\n<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\n<ds:DigestValue>{value}</ds:DigestValue>\n</DigestAlgAndValue>\n"
    )
}

/// SHA-256 of a file, base64; of nothing for one that is not there.
fn sha256(path: &Path) -> io::Result<String> {
    let mut context = Context::new(&SHA256);
    if let Ok(mut file) = File::open(path) {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            context.update(buffer.get(..count).unwrap_or_default());
        }
    }
    Ok(base64(context.finish().as_ref()))
}
