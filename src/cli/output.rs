//! Standard output.

use std::io::{self, BufWriter, ErrorKind, Write as _};

use ocidiff::render::Renderer;
use ocidiff::report::Report;

/// Prints `report`. A reader who has seen enough and closes the pipe is no error.
pub(super) fn print(report: &Report, renderer: &dyn Renderer) -> io::Result<()> {
    write(|out| renderer.render(report, out))
}

/// Lets `render` write to standard output, likewise.
pub(super) fn write(render: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match render(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader either.
            drop(out.into_parts());
            Ok(())
        }
        result => result,
    }
}
