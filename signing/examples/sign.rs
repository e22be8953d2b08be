//! Signs a PDF with a key in memory: `sign IN.pdf OUT.pdf KEY.pkcs8.der CERTIFICATE.pem [ROUNDS]`; with ROUNDS says how fast.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ring::rand::{SecureRandom, SystemRandom};
use saoy_pdf::Document;
use saoy_signing::certificate::Certificate;
use saoy_signing::judge;
use saoy_signing::sign::key::{Preference, Signer, SoftKey};
use saoy_signing::sign::{
    Digested, Lock, Options, Prepared, Purpose, admission, check_certificate,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, key, certificate, rest @ ..] = arguments.as_slice() else {
        return Err("IN.pdf OUT.pdf KEY.pkcs8.der CERTIFICATE.pem [ROUNDS]".into());
    };
    let chain = Certificate::read_any(&fs::read(certificate)?)?;
    let chain: Vec<Arc<Certificate>> = chain.into_iter().map(Arc::new).collect();
    let key = SoftKey::from_pkcs8(
        &fs::read(key)?,
        chain,
        Preference::default(),
        SystemRandom::new(),
    )?;
    let own = key.chain().first().ok_or("no certificate")?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    check_certificate(own, judge::Instant(now))?;

    if let Some(rounds) = rest.first() {
        let (rounds, bytes) = (rounds.parse::<u32>()?, fs::read(input)?);
        let (mut whole, mut bare) = (Duration::ZERO, Duration::ZERO);
        // By turns, so that whatever else the machine does falls on both.
        for _ in 0..rounds {
            let begin = Instant::now();
            let mut out = Vec::with_capacity(bytes.len() + 20_000);
            sign(&Document::open(bytes.clone())?, &key, &mut out)?;
            whole += begin.elapsed();
            let begin = Instant::now();
            key.sign(b"the bare key")?;
            bare += begin.elapsed();
        }
        let per_second = |time: Duration| f64::from(rounds) / time.as_secs_f64();
        println!(
            "{:.0} documents/s, {:.0} signatures/s",
            per_second(whole),
            per_second(bare)
        );
    }
    let mut out = BufWriter::new(File::create(output)?);
    let sealed = sign(&Document::open(File::open(input)?)?, &key, &mut out)?;
    out.flush()?;
    drop(out);
    OpenOptions::new()
        .write(true)
        .open(output)?
        .write_all_at(&sealed.digits, sealed.at)?;
    Ok(())
}

fn sign(
    document: &Document,
    key: &SoftKey,
    out: &mut impl Write,
) -> Result<saoy_signing::sign::Sealed, Box<dyn Error>> {
    admission::check(document, admission::Allow::default())?;
    let mut id = [0; 16];
    SystemRandom::new()
        .fill(&mut id)
        .map_err(|_| "no random numbers")?;
    let mut options = Options::new(Purpose::Signature, 6000, id);
    options.lock = Lock::Signatures;
    let prepared = Prepared::new(document, &options, None)?;
    let digest = Digested::algorithm_for(key.scheme());
    let digested = prepared.write(document, digest, |piece| out.write_all(piece))?;
    Ok(digested.sign(key)?.seal()?)
}
