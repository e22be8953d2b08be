//! Counters for `/metrics`, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;

/// Upper bounds of the buckets of request times, seconds.
const BOUNDS: [f64; 8] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0];

#[derive(Debug, Default)]
struct Path {
    by_class: [u64; 6],
    buckets: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

/// What was counted since the start.
#[derive(Debug, Default)]
pub(crate) struct Measures {
    paths: Mutex<BTreeMap<String, Path>>,
    verdicts: Mutex<BTreeMap<String, u64>>,
}

impl Measures {
    /// A request is done.
    pub(crate) fn request(&self, path: &str, status: StatusCode, took: Duration) {
        let mut paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        let path = paths.entry(path.to_owned()).or_default();
        let seconds = took.as_secs_f64();
        if let Some(count) = path.by_class.get_mut(usize::from(status.as_u16() / 100)) {
            *count += 1;
        }
        for (bound, count) in BOUNDS.iter().zip(&mut path.buckets) {
            *count += u64::from(seconds <= *bound);
        }
        path.count += 1;
        path.seconds += seconds;
    }

    /// A file was verified.
    pub(crate) fn verdict(&self, verdict: &str) {
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        *verdicts.entry(verdict.to_owned()).or_default() += 1;
    }

    /// All of it as text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "# HELP saoy_info The program's version.\n# TYPE saoy_info gauge"
        )?;
        writeln!(
            out,
            "saoy_info{{version=\"{}\"}} 1",
            env!("CARGO_PKG_VERSION")
        )?;
        writeln!(
            out,
            "# HELP saoy_requests_total Requests by route and class of status.\n# TYPE saoy_requests_total counter"
        )?;
        let paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, path) in paths.iter() {
            for (class, count) in path
                .by_class
                .iter()
                .enumerate()
                .filter(|(_, count)| **count > 0)
            {
                writeln!(
                    out,
                    "saoy_requests_total{{route=\"{name}\",status=\"{class}xx\"}} {count}"
                )?;
            }
        }
        writeln!(
            out,
            "# HELP saoy_request_seconds Time until the answer began.\n# TYPE saoy_request_seconds histogram"
        )?;
        for (name, path) in paths.iter() {
            for (bound, count) in BOUNDS.iter().zip(path.buckets) {
                writeln!(
                    out,
                    "saoy_request_seconds_bucket{{route=\"{name}\",le=\"{bound}\"}} {count}"
                )?;
            }
            writeln!(
                out,
                "saoy_request_seconds_bucket{{route=\"{name}\",le=\"+Inf\"}} {}",
                path.count
            )?;
            writeln!(
                out,
                "saoy_request_seconds_sum{{route=\"{name}\"}} {}",
                path.seconds
            )?;
            writeln!(
                out,
                "saoy_request_seconds_count{{route=\"{name}\"}} {}",
                path.count
            )?;
        }
        writeln!(
            out,
            "# HELP saoy_verified_total Files verified, by verdict.\n# TYPE saoy_verified_total counter"
        )?;
        for (verdict, count) in self
            .verdicts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            writeln!(out, "saoy_verified_total{{verdict=\"{verdict}\"}} {count}")?;
        }
        Ok(())
    }
}
