//! Serves one parent: says hello, then answers request after request with engines that stay loaded.

mod engine;

use std::fs::File;
use std::io::{self, BufReader, Read, Write, stdin};
use std::time::{Duration, Instant};

use engine::{Engine, Setup};
use rustix::time::{ClockId, clock_gettime};
use saoy_ocr::protocol::{
    Answer, Hello, MAGIC, MAX_REQUEST, Outcome, Request, Shape, Task, Usage, receive, send,
};
use saoy_ocr::{Reading, Spent};

pub(crate) use engine::engine_version;

/// Answers until the input ends.
///
/// # Errors
/// Those of the pipes, and a request that breaks the protocol.
pub(crate) fn serve() -> io::Result<()> {
    let mut output = take_stdout()?;
    // Where memory runs out, the system is to end a reader and not the one that holds the batch. Not every
    // system lets us say so.
    drop(std::fs::write("/proc/self/oom_score_adj", "1000"));

    output.write_all(&MAGIC)?;
    send(
        &mut output,
        &Hello {
            engine: engine_version(),
        },
    )?;

    let mut input = BufReader::new(stdin().lock());
    let mut desk = Desk::default();
    while let Some(request) = receive::<Request>(&mut input, MAX_REQUEST)? {
        if !request.is_within_limits() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a request beyond the limits",
            ));
        }
        let outcome = desk.answer(&request, &mut input)?;
        send(
            &mut output,
            &Answer {
                outcome,
                usage: usage(),
            },
        )?;
    }
    Ok(())
}

/// The pipe to the parent under another number; whatever a library prints goes to standard error instead.
fn take_stdout() -> io::Result<File> {
    let output = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(File::from(output))
}

/// The engines at hand and the pixels of the image on the desk.
#[derive(Default)]
struct Desk {
    engines: Vec<Engine>,
    pixels: Vec<u8>,
}

impl Desk {
    /// Takes the images of `request` from `input`, all of them, and answers.
    fn answer(&mut self, request: &Request, input: &mut impl Read) -> io::Result<Outcome> {
        let setup = Setup::of(request);
        let mut engine = self.take(setup);
        let mut readings = Vec::new();
        let mut orientations = Vec::new();
        let mut refused = None;
        for shape in &request.images {
            self.fetch(*shape, input)?;
            let (Ok(engine), None) = (&mut engine, &refused) else {
                continue;
            };
            let found = match request.task {
                Task::Read(layout) => timed(|| engine.read(&self.pixels, *shape, layout))
                    .map(|reading| readings.push(reading)),
                Task::Orient => engine
                    .orient(&self.pixels, *shape)
                    .map(|found| orientations.push(found)),
            };
            refused = found.err();
        }
        match engine {
            Ok(engine) => self.engines.push(engine),
            Err(reason) => refused = Some(reason),
        }
        Ok(match (refused, request.task) {
            (Some(reason), _) => Outcome::Refused(reason),
            (None, Task::Read(_)) => Outcome::Read(readings),
            (None, Task::Orient) => Outcome::Oriented(orientations),
        })
    }

    /// The engine for `setup`, which stays loaded between requests.
    fn take(&mut self, setup: Setup) -> Result<Engine, String> {
        match self
            .engines
            .iter()
            .position(|engine| *engine.setup() == setup)
        {
            Some(at) => Ok(self.engines.swap_remove(at)),
            None => {
                // A parent uses one language and orientation: more would be kept in vain.
                self.engines.truncate(MAX_ENGINES - 1);
                Engine::open(setup)
            }
        }
    }

    fn fetch(&mut self, shape: Shape, input: &mut impl Read) -> io::Result<()> {
        let len = shape.width as usize * shape.height as usize;
        self.pixels.clear();
        // Exact growth: a page is no place for doubling.
        self.pixels.reserve_exact(len);
        if input.take(len as u64).read_to_end(&mut self.pixels)? < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Runs `work` and notes in its reading what it cost.
fn timed(work: impl FnOnce() -> Result<Reading, String>) -> Result<Reading, String> {
    let (cpu, wall) = (cpu(), Instant::now());
    let mut reading = work()?;
    reading.spent = Spent {
        cpu: self::cpu().saturating_sub(cpu),
        wall: wall.elapsed(),
    };
    Ok(reading)
}

fn usage() -> Usage {
    Usage {
        cpu_us: u64::try_from(cpu().as_micros()).unwrap_or(u64::MAX),
        peak_rss: peak_rss().unwrap_or(0),
    }
}

/// Processor time of this process, all threads.
fn cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// `VmHWM` of proc(5), in bytes.
fn peak_rss() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kb: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kb.checked_mul(1024)
}

/// Engines kept loaded, at 25 to 50 MB each.
const MAX_ENGINES: usize = 2;
