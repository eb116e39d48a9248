//! How long work tells that it goes on.

/// Told about work as it is planned and done. Called from several threads at once.
pub trait Progress: Sync {
    /// `bytes` more bytes of blobs will be read.
    fn plan(&self, bytes: u64);
    /// `bytes` more of the planned bytes have been read.
    fn advance(&self, bytes: u64);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn plan(&self, _: u64) {}
    fn advance(&self, _: u64) {}
}
