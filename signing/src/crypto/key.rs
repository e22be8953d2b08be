//! Public keys as certificates carry them.

use super::Algorithm;
use crate::asn1::{Asn1Error, Element, Oid, Reader, oid, tag, trim};

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA; big-endian numbers without leading zeros.
    Rsa {
        /// Product of the primes.
        modulus: Vec<u8>,
        /// Public exponent.
        exponent: Vec<u8>,
    },
    /// A point on a named curve, as X9.62 writes it.
    Ec {
        /// Which curve.
        curve: Curve,
        /// The point.
        point: Vec<u8>,
    },
    /// DSA.
    Dsa {
        /// p, q, g; `None` where they are those of the issuer (RFC 3279 2.3.2).
        parameters: Option<[Vec<u8>; 3]>,
        /// The key.
        y: Vec<u8>,
    },
    /// Ed25519, 32 bytes.
    Ed25519(Vec<u8>),
    /// Anything else, by name.
    Unknown(String),
}

/// A curve whose arithmetic is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the standards'")]
pub enum Curve {
    P256,
    P384,
    P521,
    BrainpoolP256,
    BrainpoolP384,
    BrainpoolP512,
}

impl Curve {
    /// Bits of its order.
    pub fn bits(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256 => 256,
            Self::P384 | Self::BrainpoolP384 => 384,
            Self::P521 => 521,
            Self::BrainpoolP512 => 512,
        }
    }

    fn from_oid(id: &Oid) -> Option<Self> {
        let curves = [
            (oid::P256, Self::P256),
            (oid::P384, Self::P384),
            (oid::P521, Self::P521),
            (oid::BRAINPOOL_P256, Self::BrainpoolP256),
            (oid::BRAINPOOL_P384, Self::BrainpoolP384),
            (oid::BRAINPOOL_P512, Self::BrainpoolP512),
        ];
        curves
            .into_iter()
            .find(|(known, _)| *id == *known)
            .map(|(_, curve)| curve)
    }
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo`; kinds that are not known are no error.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(info: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut inside = info.inside();
        let algorithm = Algorithm::read(&mut inside)?;
        let bits = inside.expect(tag::BIT_STRING)?.bit_string()?;
        let id = &algorithm.id;
        if *id == oid::RSA || *id == oid::RSA_PSS {
            let mut numbers = Reader::of_sequence(bits)?;
            return Ok(Self::Rsa {
                modulus: number(&mut numbers)?,
                exponent: number(&mut numbers)?,
            });
        }
        if *id == oid::EC {
            let curve = Element::only(&algorithm.parameters)
                .map(|curve| (curve.tag, Oid::from_der(curve.body)));
            return Ok(match curve {
                Ok((tag::OID, name)) => Curve::from_oid(&name).map_or_else(
                    || Self::Unknown(format!("the curve {name}")),
                    |curve| Self::Ec {
                        curve,
                        point: bits.to_vec(),
                    },
                ),
                _ => Self::Unknown("a curve without a name".to_owned()),
            });
        }
        if *id == oid::DSA {
            return Ok(Self::Dsa {
                parameters: dsa_parameters(&algorithm.parameters)?,
                y: number(&mut Reader::new(bits))?,
            });
        }
        if *id == oid::ED25519 {
            return Ok(Self::Ed25519(bits.to_vec()));
        }
        Ok(Self::Unknown(format!("a key of kind {id}")))
    }

    /// Its size: bits of the modulus, of the curve's order, or of p.
    pub fn bits(&self) -> usize {
        match self {
            Self::Rsa { modulus, .. } => length(modulus),
            Self::Ec { curve, .. } => curve.bits(),
            Self::Dsa { parameters, .. } => parameters.as_ref().map_or(0, |[p, ..]| length(p)),
            Self::Ed25519(_) => 256,
            Self::Unknown(_) => 0,
        }
    }

    /// What people call its kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "RSA",
            Self::Ec { .. } => "EC",
            Self::Dsa { .. } => "DSA",
            Self::Ed25519(_) => "Ed25519",
            Self::Unknown(_) => "unknown",
        }
    }

    /// The same key with DSA parameters taken from `issuer` where it has none (RFC 5280 6.1.4 (e)).
    #[must_use]
    pub fn inheriting(&self, issuer: &Self) -> Self {
        match (self, issuer) {
            (
                Self::Dsa {
                    parameters: None,
                    y,
                },
                Self::Dsa { parameters, .. },
            ) => Self::Dsa {
                parameters: parameters.clone(),
                y: y.clone(),
            },
            _ => self.clone(),
        }
    }
}

fn dsa_parameters(bytes: &[u8]) -> Result<Option<[Vec<u8>; 3]>, Asn1Error> {
    if bytes.is_empty() || bytes.first() == Some(&tag::NULL) {
        return Ok(None);
    }
    let mut numbers = Reader::of_sequence(bytes)?;
    Ok(Some([
        number(&mut numbers)?,
        number(&mut numbers)?,
        number(&mut numbers)?,
    ]))
}

/// The next integer, without its sign byte.
fn number(reader: &mut Reader<'_>) -> Result<Vec<u8>, Asn1Error> {
    Ok(trim(reader.expect(tag::INTEGER)?.body).to_vec())
}

fn length(number: &[u8]) -> usize {
    let high = number.first().map_or(0, |byte| byte.leading_zeros());
    (number.len() * 8).saturating_sub(usize::try_from(high).unwrap_or_default())
}
