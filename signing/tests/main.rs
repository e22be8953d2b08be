//! The judge before material of others: PKITS, and what openssl makes of keys, certificates, lists, answers and tokens.

mod crypto;
mod noise;
mod pki;
mod pkits;
mod revocation;
mod signature;
mod timestamps;
