//! The `ocidiff` program.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    ocidiff::exit_when_a_map_shrinks();
    cli::main()
}
