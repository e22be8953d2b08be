//! What the program promises as a whole, tried on the built executables, in the order of the pipeline.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a test that cannot go on fails, and says so; the rooms of a test binary have no outside"
)]

/// Runs the program in a folder of its own and reads what it made.
mod program;

/// Papers so small that reading one takes no time, in files that the tests write themselves.
mod paper;

/// Pictures in memory, as other people's programs render and extract them.
mod picture;

/// Small PDF files, put together by hand.
mod handmade;

/// What goes in: formats, folders, names; what of the input is found again in the output, byte for byte.
mod inputs;

/// Bad inputs: none may cost more than itself.
mod bad_inputs;

/// Failing engines: none may cost more than a page.
mod bad_engines;

/// One input, several documents: separator sheets, cuts, and what of a pile is where.
mod stacks;

/// Types and fields: how finished records are held against labels.
mod classify;

/// What comes out, before judges from outside: PDF/A, text layer, hOCR, ALTO, records.
mod outputs;

/// Stops of all kinds: kill, Ctrl-C, full disk, second runs; nothing done is lost, nothing half-made shows.
mod stops;

/// Hot folders: slow, broken and returning files; killed and stopped, nothing is lost or taken half.
mod watch;

/// Scanners, before SANE's own test driver and a network scanner of a few lines.
mod scan;

/// Marks of secrecy: a document that bears one goes no further and leaves nothing behind.
mod secrecy;

/// What people put right, and samples of what they look at.
mod corrections;

/// What people put right makes the next answers better.
mod training;

/// Signatures: verdicts, trust, reports.
mod verify;

/// Signatures: keys, refusals, timestamps, before judges from outside.
mod sign;

/// Certified copies: two people, two keys, a register; killed and raced, nothing is lost or numbered twice.
mod certify;

/// The archive: in, found, shown, out; stopped and out of room.
mod archive;

/// Pages and REST: roles, strangers, forged requests, verdicts.
mod server;

/// The package's services, before systemd.
mod units;
