//! Prints the schema.

use ocidiff::render::SCHEMA;

use super::diagnostics::Diagnostics;
use super::environment::Environment;
use super::exit::Exit;
use super::output;

pub(super) fn run(around: &Environment) -> Exit {
    match output::print(None, |out| out.write_all(SCHEMA.as_bytes())) {
        Ok(()) => Exit::Agree,
        Err(error) => {
            Diagnostics::new(around.stderr && !around.no_color).trouble(&error, None);
            Exit::Trouble
        }
    }
}
