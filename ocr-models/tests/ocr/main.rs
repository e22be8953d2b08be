//! Readers as their callers see them: models found, pages read, failures survived.

#[cfg(test)]
mod fixture;

mod models;

mod reading;

mod processes;

#[cfg(test)]
mod zoo;
