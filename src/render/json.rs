//! The machine-readable document: the report as it is.

use std::io;

use super::{Renderer, harmless};
use crate::report::{Report, Verification};

/// One JSON document with the keys the manual promises.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl Renderer for Json {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        harmless::pretty(report, out)
    }
}

impl Renderer<Verification> for Json {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        harmless::pretty(verification, out)
    }
}
