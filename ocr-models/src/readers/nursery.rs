//! The one thread that starts readers, because a reader dies with the thread that started it.

use std::io;
use std::process::{self, Command};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Starts processes from a thread that lives as long as this. The signal that ends a process when its parent
/// dies comes when the *thread* that forked it ends (prctl(2), `PR_SET_PDEATHSIG`); worker threads come and
/// go.
#[derive(Debug, Default)]
pub(super) struct Nursery(Mutex<Option<Attendant>>);

#[derive(Debug)]
struct Attendant {
    orders: Sender<Order>,
    thread: JoinHandle<()>,
}

struct Order {
    command: Command,
    reply: SyncSender<io::Result<process::Child>>,
}

impl Nursery {
    /// Starts `command`.
    pub(super) fn spawn(&self, command: Command) -> io::Result<process::Child> {
        let (reply, child) = sync_channel(1);
        let gone = |_| io::Error::other("the thread that starts readers has ended");
        self.orders()?
            .send(Order { command, reply })
            .map_err(|_| gone(()))?;
        child.recv().map_err(|_| gone(()))?
    }

    fn orders(&self) -> io::Result<Sender<Order>> {
        let mut attendant = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(attendant) = attendant.as_ref() {
            return Ok(attendant.orders.clone());
        }
        let (orders, inbox) = channel();
        let thread = thread::Builder::new()
            .name("readers".into())
            .spawn(move || attend(&inbox))?;
        *attendant = Some(Attendant {
            orders: orders.clone(),
            thread,
        });
        Ok(orders)
    }
}

impl Drop for Nursery {
    fn drop(&mut self) {
        let attendant = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(Attendant { orders, thread }) = attendant.take() {
            drop(orders);
            // It only starts processes: a panic there has been told to the caller already.
            drop(thread.join());
        }
    }
}

fn attend(inbox: &Receiver<Order>) {
    for Order { mut command, reply } in inbox {
        if let Err(unclaimed) = reply.send(command.spawn())
            && let Ok(mut child) = unclaimed.0
        {
            // Nobody waits for it any more. Both calls fail only where it has ended already.
            drop(child.kill());
            drop(child.wait());
        }
    }
}
