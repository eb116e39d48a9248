//! Writing reports: to standard output and to files.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use super::outputs::Outputs;
use super::pager::Pager;

const BUFFER: usize = 64 << 10;

/// Writes `document` to every place: files first, for what is printed may be looked at for long.
/// Returns the places that could not be written to, and why; the others have what they should. A
/// reader who has seen enough and closes the pipe is no error.
pub(super) fn write_all<Document>(
    document: &Document,
    outputs: &Outputs<Document>,
    paging: bool,
) -> Vec<String> {
    let files = outputs.files.iter();
    let files = files.map(|(path, it)| write_file(path, |out| it.render(document, out)));
    let mut failed: Vec<String> = files.filter_map(Result::err).collect();
    if let Some(renderer) = &outputs.standard {
        let pager = if paging { Pager::start() } else { None };
        failed.extend(print(pager, |out| renderer.render(document, out)).err());
    }
    failed
}

/// Lets `render` write a file.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write_file(
    path: &Path,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    let written = File::create(path).and_then(|file| {
        let mut out = BufWriter::with_capacity(BUFFER, file);
        render(&mut out).and_then(|()| out.flush())
    });
    written.map_err(|error| format!("{}: {error}", path.display()))
}

/// Lets `render` write to standard output, or to a pager in front of it.
///
/// # Errors
/// When standard output cannot be written to, but for a closed pipe.
pub(super) fn print(
    pager: Option<Pager>,
    render: impl Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    let written = pager.and_then(|pager| show(pager, &render));
    let written = written.unwrap_or_else(|| write(io::stdout().lock(), render));
    written.map_err(|error| format!("standard output: {error}"))
}

/// Lets `render` write to `pager`; `None` when there turns out to be none.
fn show(
    mut pager: Pager,
    render: impl Fn(&mut dyn Write) -> io::Result<()>,
) -> Option<io::Result<()>> {
    let written = write(pager.input(), render);
    pager.wait().then_some(written)
}

fn write(
    place: impl Write,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, place);
    match render(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader either.
            drop(out.into_parts());
            Ok(())
        }
        result => result,
    }
}
