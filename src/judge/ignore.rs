//! Rules that mark findings as ignored.

use std::borrow::Cow;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};
use crate::report::{Finding, Scope, Status};

/// Which findings do not count, and by which rule.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    exclude: GlobSet,
}

impl Rules {
    /// Ignores everything at paths that match one of `globs`, as `--exclude` has it. A glob
    /// without a slash matches the last name of a path, as in diffoscope and `.gitignore`.
    ///
    /// # Errors
    /// When a glob is malformed.
    pub fn excluding(globs: &[String]) -> Result<Self> {
        let mut set = GlobSetBuilder::new();
        for text in globs {
            set.add(glob(text)?);
        }
        let exclude = set.build().map_err(|error| bad_glob("--exclude", &error))?;
        Ok(Self { exclude })
    }

    /// Marks what the rules cover. What is damaged always counts.
    pub fn mark(&self, findings: &mut [Finding]) {
        for finding in findings.iter_mut().filter(|finding| !finding.is_damage()) {
            if let Some(rule) = self.rule_for(finding) {
                finding.status = Status::Ignored;
                finding.rule = Some(rule);
            }
        }
    }

    fn rule_for(&self, finding: &Finding) -> Option<Cow<'static, str>> {
        if finding.scope == Scope::Archive {
            // The form of the archive is not part of the images in it.
            return Some("archive-form".into());
        }
        let path = finding.at.path.as_ref()?.escaped();
        self.exclude.is_match(path.trim_start_matches('/')).then(|| "exclude".into())
    }
}

fn glob(text: &str) -> Result<Glob> {
    let relative = text.trim_start_matches('/');
    let pattern = match text.contains('/') {
        true => relative.to_owned(),
        false => format!("**/{relative}"),
    };
    Glob::new(&pattern).map_err(|error| bad_glob(text, &error))
}

fn bad_glob(object: &str, error: &globset::Error) -> Error {
    Error::Option { option: format!("--exclude {object}"), reason: error.to_string() }
}
