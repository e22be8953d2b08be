//! How long to wait between tries: twice as long each time up to a limit, never all at the same moment.

use super::Time;

/// The pauses of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Pace {
    /// Seconds after the first try.
    pub(in super::super) first: u32,
    /// The longest pause, seconds.
    pub(in super::super) most: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: 60,
            most: 3600,
        }
    }
}

impl Pace {
    /// When to try again after `attempts` tries, the last of them at `now`. `chance` is any number: by it, the pause is between
    /// half as long and whole, so that what failed together does not come back together.
    pub(in super::super) fn next(self, now: Time, attempts: u32, chance: u32) -> Time {
        let doubled = 1_i64 << attempts.saturating_sub(1).min(31);
        let whole = doubled.saturating_mul(self.first.into());
        let whole = whole.min(self.longest());
        let half = whole / 2;
        let more = i128::from(whole - half) * i128::from(chance) / i128::from(u32::MAX);
        let more = i64::try_from(more).unwrap_or(0);
        Time(now.0.saturating_add(half).saturating_add(more))
    }

    /// The longest pause, seconds.
    pub(in super::super) fn longest(self) -> i64 {
        i64::from(self.most.max(self.first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_a_limit_and_are_spread() {
        let pace = Pace {
            first: 60,
            most: 3600,
        };
        let whole = |attempts| pace.next(Time(1000), attempts, u32::MAX).0 - 1000;
        let half = |attempts| pace.next(Time(1000), attempts, 0).0 - 1000;
        let pauses: Vec<i64> = (1..=8).map(whole).collect();
        assert_eq!(pauses, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
        for attempts in [33, 63, 64, 65, u32::MAX] {
            assert_eq!((whole(attempts), half(attempts)), (3600, 1800));
        }
        assert_eq!((half(1), half(2)), (30, 60));
        assert_eq!(pace.next(Time(0), 1, u32::MAX / 2).0, 44);
        // One that begins above the limit has that for its limit.
        let slow = Pace {
            first: 7200,
            most: 3600,
        };
        assert_eq!(slow.next(Time(0), 3, u32::MAX).0, 7200);
        assert_eq!(pace.next(Time(i64::MAX), 9, 9).0, i64::MAX);
    }
}
