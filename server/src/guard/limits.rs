//! How often somebody may try.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets that are kept at most; beyond, those that are full again are forgotten.
const MOST: usize = 10_000;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Passwords tried.
    Password,
    /// Files handed in by people who are not logged in.
    Upload,
    /// Codes looked up by people who are not logged in.
    LookUp,
}

impl Kind {
    /// How many at once, and how long until there is one more.
    fn rate(self) -> (f64, Duration) {
        match self {
            Self::Password => (10.0, Duration::from_secs(30)),
            Self::Upload => (60.0, Duration::from_secs(1)),
            Self::LookUp => (60.0, Duration::from_secs(1)),
        }
    }
}

/// Token buckets by address and kind, and by name for passwords.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<(Kind, String), (f64, Instant)>>);

impl Limits {
    /// Takes one; `Err` gives how long to wait.
    pub(crate) fn take(&self, kind: Kind, whose: &str) -> Result<(), Duration> {
        let (most, every) = kind.rate();
        let now = Instant::now();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|(kind, _), (left, at)| {
                let (most, every) = kind.rate();
                *left + at.elapsed().as_secs_f64() / every.as_secs_f64() < most
            });
        }
        let (left, at) = buckets
            .entry((kind, whose.to_owned()))
            .or_insert((most, now));
        *left = (*left + (now - *at).as_secs_f64() / every.as_secs_f64()).min(most);
        *at = now;
        if *left < 1.0 {
            return Err(every.mul_f64(1.0 - *left));
        }
        *left -= 1.0;
        Ok(())
    }

    /// Takes one for an address; an IPv6 host counts by its network of 64 bits.
    pub(crate) fn take_for(&self, kind: Kind, client: IpAddr) -> Result<(), Duration> {
        let whose = match client {
            IpAddr::V4(one) => one.to_string(),
            IpAddr::V6(one) => {
                let [a, b, c, d, ..] = one.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::")
            }
        };
        self.take(kind, &whose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_runs_dry_for_one_and_not_for_the_other() {
        let limits = Limits::default();
        for _ in 0..10 {
            assert!(limits.take(Kind::Password, "an").is_ok());
        }
        let wait = limits.take(Kind::Password, "an").expect_err("dry");
        assert!(wait <= Duration::from_secs(30));
        assert!(limits.take(Kind::Password, "binh").is_ok());
        assert!(limits.take(Kind::LookUp, "an").is_ok());
    }

    #[test]
    fn hosts_of_one_network_share_a_bucket() {
        let limits = Limits::default();
        let one: IpAddr = "2001:db8:1:2::1".parse().expect("an address");
        let other: IpAddr = "2001:db8:1:2::ffff".parse().expect("an address");
        for _ in 0..10 {
            assert!(limits.take_for(Kind::Password, one).is_ok());
        }
        assert!(limits.take_for(Kind::Password, other).is_err());
    }
}
