//! A wall around decoders from outside: their panics become errors, quietly.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::error::Fault;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder; a panic in it is the page's fault and not ours.
///
/// The decoders index and multiply with numbers from the file, and each has had a release in which some
/// file made it panic; one such file must cost its page, not the batch. The decoder's state is dropped
/// with the panic, so no broken value is seen afterwards.
pub(super) fn decode<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    install_quiet_hook();
    let before = QUIET.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.unwrap_or_else(|payload| {
        Err(Fault::DecoderStopped {
            reason: words_of(payload.as_ref()),
        })
    })
}

/// Panics inside [`decode`] print nothing; all others go to the hook that was there before.
fn install_quiet_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
}

fn words_of(payload: &(dyn Any + Send)) -> String {
    let words = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given");
    // One line: the message goes into reports.
    words.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_fault() {
        let outcome: Result<(), Fault> = decode(|| panic!("index 7 out of 3\nsecond line"));
        match outcome {
            Err(Fault::DecoderStopped { reason }) => assert_eq!(reason, "index 7 out of 3"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn results_pass_through() {
        assert_eq!(decode(|| Ok(3)).unwrap(), 3);
        assert!(matches!(
            decode::<()>(|| Err(Fault::Empty)),
            Err(Fault::Empty)
        ));
    }
}
