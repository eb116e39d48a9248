//! Which report goes where: what the flags of [`super::reporting`] mean.

use std::path::{Path, PathBuf};

use ocidiff::render::{
    Diffoscope, Html, Json, Junit, Markdown, Ndjson, Renderer, Sarif, Table, Text,
};
use ocidiff::report::{Report, Verification};

use super::environment::Environment;
use super::options::Refusal;
use super::reporting::{Color, Format, OutputArgs, Paging};

/// The reports of one run.
pub(super) struct Outputs<Document> {
    /// What is printed, if anything.
    pub(super) standard: Option<Box<dyn Renderer<Document>>>,
    /// What is written beside it.
    pub(super) files: Vec<(PathBuf, Box<dyn Renderer<Document>>)>,
}

/// How a run behaves on the terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manners {
    /// Colour on standard error.
    pub(super) color: bool,
    /// Show a progress bar when work lasts.
    pub(super) progress: bool,
    /// Show what is printed in a pager.
    pub(super) paging: bool,
    /// Say how long it took.
    pub(super) verbose: bool,
}

impl Manners {
    pub(super) fn new(args: &OutputArgs, around: &Environment) -> Self {
        let paged = args.paging == Paging::Auto && !args.quiet;
        Self {
            color: colored(args.color, around, around.stderr),
            progress: around.stderr && !around.dumb && !args.quiet,
            paging: paged && around.stdout && !around.dumb,
            verbose: args.verbose,
        }
    }
}

/// What a format needs to know of the place it is written to.
pub(super) struct Style<'a> {
    pub(super) args: &'a OutputArgs,
    pub(super) around: &'a Environment,
    /// It is standard output.
    pub(super) standard: bool,
}

impl Style<'_> {
    /// Whoever wants colours always wants them in a pipe; a file is for editors too.
    pub(super) const fn color(&self) -> bool {
        self.standard && colored(self.args.color, self.around, self.around.stdout)
    }

    pub(super) fn text(&self) -> Text {
        let width = if self.standard { self.around.columns() } else { Text::default().width };
        Text { color: self.color(), width, all: self.args.all }
    }
}

impl<Document> Outputs<Document> {
    /// Finds a renderer for everything `args` ask for. What is printed is `printed` if that is
    /// given, else in the format that was asked for.
    ///
    /// # Errors
    /// When two reports would go to standard output, or `renderer` has none for a format.
    pub(super) fn new(
        args: &OutputArgs,
        around: &Environment,
        printed: Option<Box<dyn Renderer<Document>>>,
        renderer: impl Fn(Format, &Style<'_>) -> Option<Box<dyn Renderer<Document>>>,
    ) -> Result<Self, Refusal> {
        let find = |format, standard| {
            renderer(format, &Style { args, around, standard })
                .ok_or(Refusal::Usage("that format is for comparisons"))
        };
        let mut files: Vec<(PathBuf, Box<dyn Renderer<Document>>)> = Vec::new();
        let mut standard = None;
        for (format, path) in args.files.asked() {
            if path == Path::new("-") {
                let is_free = standard.is_none() && printed.is_none() && is_default(args.format);
                if !is_free {
                    return Err(Refusal::Usage("only one report can go to standard output"));
                }
                standard = Some(find(format, true)?);
            } else {
                files.push((path.to_owned(), find(format, false)?));
            }
        }
        let standard = match standard.or(printed) {
            Some(renderer) => Some(renderer),
            None if args.quiet => None,
            None => Some(find(args.format, true)?),
        };
        Ok(Self { standard, files })
    }
}

impl<Document> Outputs<Document> {
    /// The files that are written.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }
}

fn is_default(format: Format) -> bool {
    format == Format::default()
}

/// Renderers for a comparison.
pub(super) fn of_report(format: Format, style: &Style<'_>) -> Option<Box<dyn Renderer<Report>>> {
    Some(match format {
        Format::Text => Box::new(style.text()),
        Format::Table => Box::new(Table),
        Format::Json => Box::new(Json),
        Format::Ndjson => Box::new(Ndjson),
        Format::Junit => Box::new(Junit),
        Format::Markdown => Box::new(Markdown),
        Format::Sarif => Box::new(Sarif),
        Format::Diffoscope => Box::new(Diffoscope),
        Format::Html => Box::new(Html),
    })
}

/// Renderers for a verification.
pub(super) fn of_verification(
    format: Format,
    style: &Style<'_>,
) -> Option<Box<dyn Renderer<Verification>>> {
    Some(match format {
        Format::Text => Box::new(style.text()),
        Format::Json => Box::new(Json),
        Format::Ndjson => Box::new(Ndjson),
        Format::Junit => Box::new(Junit),
        Format::Markdown => Box::new(Markdown),
        Format::Sarif => Box::new(Sarif),
        Format::Html => Box::new(Html),
        Format::Table | Format::Diffoscope => return None,
    })
}

pub(super) const fn colored(color: Color, around: &Environment, terminal: bool) -> bool {
    match color {
        Color::Auto => terminal && !around.no_color && !around.dumb,
        Color::Always => true,
        Color::Never => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_flag_then_no_color_then_the_terminal() {
        let terminal = Environment { stdout: true, ..Environment::default() };
        let plain = Environment { no_color: true, ..terminal };
        assert!(colored(Color::Auto, &terminal, true));
        assert!(!colored(Color::Auto, &terminal, false));
        assert!(!colored(Color::Auto, &plain, true));
        assert!(colored(Color::Always, &plain, false));
        assert!(!colored(Color::Never, &terminal, true));
    }

    #[test]
    fn width_follows_columns_then_the_terminal() {
        let terminal = Environment { stdout: true, width: Some(120), ..Environment::default() };
        assert_eq!(terminal.columns(), 120);
        assert_eq!(Environment { columns: Some(100), ..terminal }.columns(), 100);
        assert_eq!(Environment { stdout: false, ..terminal }.columns(), 80);
    }
}
