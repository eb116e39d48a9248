//! Fenced blocks of a page.

/// What stands before a block that is not run, with the reason behind it.
const NOT_RUN: &str = "<!-- not run: ";

pub(crate) struct Block {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Commands behind `$`, each followed by what it prints.
    Console,
    /// Commands.
    Script,
    /// Anything else, and what says that it is not run.
    Other,
}

/// The blocks of a page in its order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let kind = if before.starts_with(NOT_RUN) { Kind::Other } else { kind(language) };
            blocks.push(Block { kind, text: text.join("\n") });
        }
        if !line.is_empty() {
            before = line;
        }
    }
    blocks
}

fn kind(language: &str) -> Kind {
    match language {
        "console" => Kind::Console,
        "sh" => Kind::Script,
        _ => Kind::Other,
    }
}

impl Block {
    /// Commands, and the lines each is said to print.
    pub(crate) fn commands(&self) -> Vec<(String, Vec<&str>)> {
        let mut commands: Vec<(String, Vec<&str>)> = Vec::new();
        let mut open = false;
        for line in self.text.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
                (None, Some((command, _))) if open => {
                    command.push('\n');
                    command.push_str(line);
                }
                (None, Some((_, expected))) => expected.push(line),
                (None, None) => panic!("a console block begins with `$ `: {line:?}"),
            }
            let is_command = line.starts_with("$ ") || open;
            open = is_command && line.ends_with('\\');
        }
        commands
    }
}
