//! Why a job could not be done. A damaged image is not an error: it yields findings.

use std::io;
use std::path::PathBuf;

/// Result of this crate's fallible operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Reasons the job could not be done. Messages are lower-case fragments that name the object.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused to open or read an input.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The input is none of the recognised forms.
    #[error("{input}: {reason}")]
    NotAnImage {
        /// The argument as given.
        input: String,
        /// What was found instead.
        reason: String,
        /// What the user may do.
        hint: Option<String>,
    },
    /// The argument names a registry, daemon or store, which this program never talks to.
    #[error("{input}: {scheme} is not a file")]
    NotLocal {
        /// The argument as given.
        input: String,
        /// The transport, such as `docker://`.
        scheme: String,
        /// The command that makes a file of it.
        hint: String,
    },
    /// A document that everything else depends on cannot be read.
    #[error("{input}: {object}: {reason}")]
    Document {
        /// The argument as given.
        input: String,
        /// Member name or digest.
        object: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The input holds no image the user asked for.
    #[error("{input}: {reason}")]
    Choice {
        /// The argument as given.
        input: String,
        /// Why no choice could be made.
        reason: String,
        /// One `@N name platform digest` row for each image.
        rows: Vec<String>,
    },
    /// A bound of [`crate::limits::Limits`] was passed.
    #[error("{object}: more than {limit} {what}")]
    Limit {
        /// Member, digest or input.
        object: String,
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// An option makes no sense.
    #[error("{option}: {reason}")]
    Option {
        /// As typed.
        option: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Error {
    /// What the user may do about it, as one line.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAnImage { hint, .. } => hint.clone(),
            Self::NotLocal { hint, .. } => Some(hint.clone()),
            Self::Choice { rows, .. } if rows.is_empty() => None,
            Self::Choice { rows, .. } => {
                Some(format!("add @N or a name to choose one of:\n{}", rows.join("\n")))
            }
            Self::Limit { .. } => Some("--max-scale 2 doubles every limit".into()),
            _ => None,
        }
    }
}
