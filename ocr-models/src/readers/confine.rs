//! The walls around a reader, put up between fork and exec.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, getppid, getrlimit, set_parent_process_death_signal,
    setrlimit,
};

/// Gives `command` a process group of its own (Ctrl-C at the terminal is the parent's affair), at most
/// `memory` bytes of address space, no core dumps (they would hold the scan), and an end when we end.
#[expect(
    unsafe_code,
    reason = "the limits must hold before the program's first instruction"
)]
pub(super) fn confine(command: &mut Command, memory: u64) {
    let parent = getpid();
    command.process_group(0);
    // SAFETY: the closure runs in the forked child before exec. It makes plain system calls through rustix,
    // which neither allocates nor locks, and touches no memory but its two captured integers.
    unsafe {
        command.pre_exec(move || put_up_walls(parent, memory));
    }
}

fn put_up_walls(parent: Pid, memory: u64) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have died before the line above.
    if getppid() != Some(parent) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    let at_most = |bytes| Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    setrlimit(Resource::Core, at_most(0))?;
    // A tighter limit that somebody set before holds: nobody but root may raise it.
    let before = getrlimit(Resource::As).maximum;
    setrlimit(
        Resource::As,
        at_most(before.map_or(memory, |before| before.min(memory))),
    )?;
    Ok(())
}
