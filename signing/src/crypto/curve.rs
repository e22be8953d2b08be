//! ECDSA: by ring on P-256 and P-384 where it has the digest, by plain arithmetic elsewhere.

use num_bigint::BigUint;
use ring::signature::{self as by_ring, EcdsaVerificationAlgorithm};

use super::{CryptoError, Curve, Digest, Signed, rsa};
use crate::asn1::{tag, wrap};

/// Checks an ECDSA signature (FIPS 186-5, 6.4.2).
pub(super) fn verify(
    curve: Curve,
    point: &[u8],
    digest: Digest,
    signed: Signed<'_>,
    signature: &[u8],
) -> Result<(), CryptoError> {
    let (r, s) = rsa::pair(signature)?;
    if let (Signed::Message(message), Some(algorithm), Some(&4)) =
        (signed, ring_algorithm(curve, digest), point.first())
    {
        // Written anew: ring is strict about DER, and some signers pad their numbers.
        let again = wrap(tag::SEQUENCE, &[integer(&r), integer(&s)].concat());
        return by_ring::UnparsedPublicKey::new(algorithm, point)
            .verify(message, &again)
            .map_err(|_| CryptoError::Wrong);
    }
    let value = signed.digest(digest)?;
    let field = Field::of(curve);
    let key = field.point(point).ok_or(CryptoError::Wrong)?;
    if r == BigUint::ZERO || s == BigUint::ZERO || r >= field.n || s >= field.n {
        return Err(CryptoError::Wrong);
    }
    let spare = u64::try_from(value.len())
        .unwrap_or_default()
        .saturating_mul(8)
        .saturating_sub(field.n.bits());
    let z = BigUint::from_bytes_be(&value) >> spare;
    let inverse = s.modinv(&field.n).ok_or(CryptoError::Wrong)?;
    let (u, v) = (z * &inverse % &field.n, &r * inverse % &field.n);
    let sum = field.sum(&field.times(&field.generator, &u), &field.times(&key, &v));
    match field.abscissa(&sum) {
        Some(x) if &x % &field.n == r => Ok(()),
        _ => Err(CryptoError::Wrong),
    }
}

fn ring_algorithm(curve: Curve, digest: Digest) -> Option<&'static EcdsaVerificationAlgorithm> {
    match (curve, digest) {
        (Curve::P256, Digest::Sha256) => Some(&by_ring::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Digest::Sha384) => Some(&by_ring::ECDSA_P256_SHA384_ASN1),
        (Curve::P384, Digest::Sha256) => Some(&by_ring::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, Digest::Sha384) => Some(&by_ring::ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}

fn integer(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let sign: &[u8] = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) {
        &[0]
    } else {
        &[]
    };
    wrap(tag::INTEGER, &[sign, &bytes].concat())
}

/// A curve y² = x³ + ax + b over the numbers below p, with a generator of order n.
struct Field {
    p: BigUint,
    a: BigUint,
    b: BigUint,
    n: BigUint,
    generator: Point,
}

/// A point in Jacobian coordinates: x/z², y/z³; z = 0 is the point at infinity.
#[derive(Clone)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Field {
    fn of(curve: Curve) -> Self {
        let [p, a, b, x, y, n] =
            numbers(curve).map(|hex| BigUint::parse_bytes(hex.as_bytes(), 16).unwrap_or_default());
        let z = BigUint::from(1_u8);
        Self {
            p,
            a,
            b,
            n,
            generator: Point { x, y, z },
        }
    }

    /// The point that `bytes` write (SEC 1, 2.3.4), on the curve.
    fn point(&self, bytes: &[u8]) -> Option<Point> {
        let (form, rest) = bytes.split_first()?;
        let width = usize::try_from(self.p.bits().div_ceil(8)).ok()?;
        let x = BigUint::from_bytes_be(rest.get(..width)?);
        let right = (x.modpow(&BigUint::from(3_u8), &self.p) + &self.a * &x + &self.b) % &self.p;
        let y = match form {
            4 if rest.len() == width * 2 => BigUint::from_bytes_be(rest.get(width..)?),
            2 | 3 if rest.len() == width => {
                // All primes here are 3 modulo 4.
                let root = right.modpow(&((&self.p + 1_u8) >> 2_u8), &self.p);
                if root.bit(0) == (*form == 3) {
                    root
                } else {
                    &self.p - root
                }
            }
            _ => return None,
        };
        let on_curve = x < self.p && y < self.p && &y * &y % &self.p == right;
        let z = BigUint::from(1_u8);
        on_curve.then_some(Point { x, y, z })
    }

    fn abscissa(&self, point: &Point) -> Option<BigUint> {
        let inverse = point.z.modinv(&self.p)?;
        Some(&point.x * &inverse % &self.p * inverse % &self.p)
    }

    fn minus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b % &self.p) % &self.p
    }

    fn double(&self, point: &Point) -> Point {
        let p = &self.p;
        let yy = &point.y * &point.y % p;
        let s = &point.x * &yy * 4_u8 % p;
        let zz = &point.z * &point.z % p;
        let m = (&point.x * &point.x * 3_u8 + &self.a * (&zz * &zz % p)) % p;
        let x = self.minus(&(&m * &m % p), &(&s * 2_u8));
        let y = self.minus(&(m * self.minus(&s, &x) % p), &(&yy * &yy * 8_u8));
        let z = &point.y * &point.z * 2_u8 % p;
        Point { x, y, z }
    }

    fn sum(&self, left: &Point, right: &Point) -> Point {
        let p = &self.p;
        if left.z == BigUint::ZERO {
            return right.clone();
        }
        if right.z == BigUint::ZERO {
            return left.clone();
        }
        let (zz, ww) = (&left.z * &left.z % p, &right.z * &right.z % p);
        let (u, v) = (&left.x * &ww % p, &right.x * &zz % p);
        let (s, t) = (
            &left.y * &ww % p * &right.z % p,
            &right.y * &zz % p * &left.z % p,
        );
        let h = self.minus(&v, &u);
        let r = self.minus(&t, &s);
        if h == BigUint::ZERO {
            if r == BigUint::ZERO {
                return self.double(left);
            }
            return Point {
                x: BigUint::from(1_u8),
                y: BigUint::from(1_u8),
                z: BigUint::ZERO,
            };
        }
        let hh = &h * &h % p;
        let hhh = &h * &hh % p;
        let uhh = u * hh % p;
        let x = self.minus(&self.minus(&(&r * &r % p), &hhh), &(&uhh * 2_u8));
        let y = self.minus(&(r * self.minus(&uhh, &x) % p), &(s * hhh));
        let z = &left.z * &right.z % p * h % p;
        Point { x, y, z }
    }

    fn times(&self, point: &Point, scalar: &BigUint) -> Point {
        let mut sum = Point {
            x: BigUint::from(1_u8),
            y: BigUint::from(1_u8),
            z: BigUint::ZERO,
        };
        for bit in (0..scalar.bits()).rev() {
            sum = self.double(&sum);
            if scalar.bit(bit) {
                sum = self.sum(&sum, point);
            }
        }
        sum
    }
}

/// p, a, b, x and y of the generator, n (SP 800-186, 3.2.1; RFC 5639, 3).
#[rustfmt::skip]
fn numbers(curve: Curve) -> [&'static str; 6] {
    match curve {
        Curve::P256 => [
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
            "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
            "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        ],
        Curve::P384 => [
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
            "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
            "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        ],
        Curve::P521 => [
            "1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc",
            "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
            "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
            "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
            "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        ],
        Curve::BrainpoolP256 => [
            "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
            "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
            "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
            "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
            "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
            "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
        ],
        Curve::BrainpoolP384 => [
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
            "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
            "4a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
            "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
            "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
        ],
        Curve::BrainpoolP512 => [
            "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
            "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
            "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
            "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
            "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
            "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
        ],
    }
}
