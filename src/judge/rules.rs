//! Rules that mark findings as ignored: diffoci's presets, noise, and the user's own.

use std::borrow::Cow;

use super::catalogue;
use super::pattern::{FieldPattern, PathPattern};
use super::preset::Preset;
use crate::error::{Error, Result};
use crate::report::{Change, EntryPath, Finding, RuleUse, Scope, Status, Value};

/// A rule of the user's own. All that it names must agree; what it does not name may be anything.
#[derive(Clone, Debug)]
pub struct Rule {
    name: String,
    reason: String,
    field: Option<FieldPattern>,
    path: Option<PathPattern>,
    change: Option<Change>,
    platform: Option<String>,
    /// Whether it is listed when it ignores nothing.
    pub(super) is_listed: bool,
}

impl Rule {
    /// `FIELD` or `FIELD@GLOB`, as `--ignore` takes it.
    ///
    /// # Errors
    /// When the glob is malformed.
    pub fn ignoring(text: &str) -> Result<Self> {
        let (field, path) = match text.split_once('@') {
            Some((field, path)) => (field, Some(path)),
            None => (text, None),
        };
        let rule = Self::new(format!("--ignore {text}"), "given on the command line".into());
        if text.is_empty() {
            // Taken at its word it would cover everything, as when a script's variable is unset.
            let reason = "names neither field nor path".to_owned();
            return Err(Error::Option { option: "--ignore".into(), reason });
        }
        let field = (!field.is_empty()).then_some(field);
        rule.with(field, path, None, None)
    }

    /// Everything at paths that match `glob`, as `--ignore-path` and `--exclude` take it.
    ///
    /// # Errors
    /// When the glob is malformed.
    pub fn ignoring_path(flag: &str, glob: &str) -> Result<Self> {
        let rule = Self::new(format!("{flag} {glob}"), "given on the command line".into());
        rule.with(None, Some(glob), None, None)
    }

    pub(super) const fn new(name: String, reason: String) -> Self {
        Self {
            name,
            reason,
            field: None,
            path: None,
            change: None,
            platform: None,
            is_listed: true,
        }
    }

    pub(super) fn with(
        mut self,
        field: Option<&str>,
        path: Option<&str>,
        change: Option<Change>,
        platform: Option<String>,
    ) -> Result<Self> {
        let refuse = |name: &str, reason| Error::Option { option: name.to_owned(), reason };
        self.field = field.map(FieldPattern::new);
        // A field is ignored at the paths that match, everything at and below them.
        let pattern = path.map(|path| PathPattern::new(path, field.is_none())).transpose();
        self.path = pattern.map_err(|reason| refuse(&self.name, reason))?;
        self.change = change;
        self.platform = platform;
        Ok(self)
    }

    fn covers(&self, finding: &Finding) -> bool {
        // What left one path for another is the loss of the one as well.
        let path = |pattern: &PathPattern| {
            let from = moved_from(finding);
            finding.at.path.as_ref().is_some_and(|path| pattern.matches(path))
                && from.is_none_or(|path| pattern.matches(&path))
        };
        let platform = |wanted: &String| {
            let rest =
                finding.at.platform.as_deref().and_then(|it| it.strip_prefix(wanted.as_str()));
            // What a platform leaves out is not compared: linux/arm means linux/arm/v7 too.
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
        };
        self.field.as_ref().is_none_or(|field| field.matches(&finding.field))
            && self.path.as_ref().is_none_or(path)
            && self.change.is_none_or(|change| change == finding.change)
            && self.platform.as_ref().is_none_or(platform)
    }
}

/// The path of the first input, of what moved to another.
fn moved_from(finding: &Finding) -> Option<EntryPath> {
    match (finding.change, &finding.left) {
        (Change::Moved, Some(Value::Bytes(path))) => Some(EntryPath::new(path.clone())),
        _ => None,
    }
}

/// Which findings do not count.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Named sets of fields.
    pub presets: Vec<Preset>,
    /// Ignore what belongs to a cause that is noise.
    pub noise: bool,
    /// Only what a container would see counts.
    pub rootfs_only: bool,
    /// The user's own.
    pub own: Vec<Rule>,
}

impl Rules {
    /// Marks what the rules cover and says how much each of the user's own did. The first rule
    /// that covers a finding is the one it is marked with; damage always counts.
    pub(super) fn mark(&self, findings: &mut [Finding]) -> Vec<RuleUse> {
        let mut counts = vec![0_usize; self.own.len()];
        for finding in findings.iter_mut().filter(|finding| !finding.is_damage()) {
            let covering = self.own.iter().enumerate().filter(|(_, rule)| rule.covers(finding));
            let mut first = None;
            for (at, rule) in covering {
                first = first.or(Some(rule));
                if let Some(count) = counts.get_mut(at) {
                    *count = count.saturating_add(1);
                }
            }
            let own = first.map(|rule| Cow::Owned(rule.name.clone()));
            if let Some(rule) = own.or_else(|| self.given(finding)) {
                finding.status = Status::Ignored;
                finding.rule = Some(rule);
            }
        }
        self.uses(&counts)
    }

    fn uses(&self, counts: &[usize]) -> Vec<RuleUse> {
        let own = self.own.iter().zip(counts).filter(|(rule, _)| rule.is_listed);
        own.map(|(rule, count)| RuleUse {
            rule: rule.name.clone(),
            reason: rule.reason.clone(),
            findings: *count,
        })
        .collect()
    }

    fn given(&self, finding: &Finding) -> Option<Cow<'static, str>> {
        if finding.scope == Scope::Archive {
            // The form of the archive is not part of the images in it.
            return Some("archive-form".into());
        }
        if self.rootfs_only && !is_seen_by_container(finding) {
            return Some("rootfs".into());
        }
        if let Some(preset) = self.presets.iter().find(|preset| preset.covers(finding)) {
            return Some(preset.name().into());
        }
        let noise = || finding.cause.as_deref().is_some_and(catalogue::is_noise);
        (self.noise && noise()).then(|| "noise".into())
    }
}

/// Whether it lies in the merged file system or in what a container is started with.
pub(super) fn is_seen_by_container(finding: &Finding) -> bool {
    const RUNTIME: [&str; 7] =
        ["config", "env", "architecture", "os", "variant", "os.version", "os.features"];
    match finding.scope {
        Scope::Rootfs => true,
        Scope::Config => {
            RUNTIME.iter().any(|field| FieldPattern::new(field).matches(&finding.field))
        }
        _ => false,
    }
}
