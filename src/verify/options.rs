//! What the user may choose about a verification.

use crate::digest::Digest;
use crate::image::Platform;
use crate::limits::Limits;
use crate::report::Severity;

/// Choices for [`crate::verify()`].
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// Only images for these platforms; all when empty.
    pub platforms: Vec<Platform>,
    /// Digests the user was promised: of an index, manifest, configuration or layer, or DiffIDs.
    pub expect: Vec<Digest>,
    /// List every file that is deleted or replaced by an upper layer and still carried in a lower
    /// one, with the digest of its content, rather than their number. Otherwise no contents are
    /// hashed.
    pub deleted: bool,
    /// The lightest finding that tells against an image.
    pub fail_on: Severity,
    /// Worker threads; 0 for one per core.
    pub threads: usize,
    /// Bounds on what is read.
    pub limits: Limits,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            platforms: Vec::new(),
            expect: Vec::new(),
            deleted: false,
            fail_on: Severity::Warning,
            threads: 0,
            limits: Limits::default(),
        }
    }
}

impl VerifyOptions {
    /// Whether images for `platform` are to be verified.
    pub(super) fn wants(&self, platform: Option<&Platform>) -> bool {
        self.platforms.is_empty()
            || platform.is_some_and(|it| self.platforms.iter().any(|wanted| it.matches(wanted)))
    }
}
