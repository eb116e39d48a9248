//! Man pages and completions, made from the flags themselves so that they cannot go out of date.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Cli;
use super::output;

const NAME: &str = "ocidiff";

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this directory, instead of printing the first
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    directory: Option<PathBuf>,
}

impl CompletionsArgs {
    /// Prints what the shell reads.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn run(&self) -> Result<(), String> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), NAME, &mut script);
        output::print(None, |out| out.write_all(&script))
    }
}

impl ManArgs {
    /// Prints or writes the pages.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn run(&self) -> Result<(), String> {
        match &self.directory {
            None => output::print(None, page),
            Some(directory) => clap_mangen::generate_to(Cli::command(), directory)
                .map_err(|error| format!("{}: {error}", directory.display())),
        }
    }
}

fn page(out: &mut dyn Write) -> io::Result<()> {
    let mut page = Vec::new();
    Man::new(Cli::command()).render(&mut page)?;
    out.write_all(&page)
}
