//! The HTML report in a real browser: it fetches nothing, runs nothing out of a name, and can be
//! read, searched and walked through. Skipped where there is no Chromium, unless
//! `OCIDIFF_REQUIRE_CHROMIUM` is set.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod chromium;
mod hostile;
mod page;
mod reading;
mod scale;
mod support;
