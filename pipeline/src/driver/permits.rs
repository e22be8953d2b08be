//! Bounded work in flight: a page holds a permit from its dispatch until it stands in its document.

use std::sync::{Condvar, Mutex, PoisonError};

/// A counting semaphore.
pub(super) struct Permits {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Permits {
    /// `count` permits.
    pub(super) fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count),
            freed: Condvar::new(),
        }
    }

    /// Waits for a permit and takes it; [`Permits::give_back`] must follow.
    pub(super) fn take(&self) {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .freed
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
    }

    /// Returns `count` permits.
    pub(super) fn give_back(&self, count: usize) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += count;
        self.freed.notify_all();
    }
}
