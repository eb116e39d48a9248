//! What is around the contents: the policy, the style sheet, the script, the frame of the viewer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use super::page::Page;

const STYLE: &str = include_str!("page/report.css");

const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("page/data.js"),
    include_str!("page/filter.js"),
    include_str!("page/diff.js"),
    include_str!("page/tree.js"),
    include_str!("page/map.js"),
    include_str!("page/report.js"),
    "})();\n",
);

/// Writes everything before the contents of a page about `inputs`.
pub(super) fn begin(inputs: &[&str], page: &mut Page<'_>) {
    page.html("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    write_policy(page);
    page.html("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.html("<meta name=\"referrer\" content=\"no-referrer\">\n");
    // Without an icon of its own a page that is served makes browsers ask for one.
    page.html("<link rel=\"icon\" href=\"data:,\">\n<title>ocidiff");
    for (position, input) in inputs.iter().enumerate() {
        page.html(if position == 0 { ": " } else { " ↔ " }).text(input);
    }
    page.html("</title>\n<style>").html(STYLE).html("</style>\n</head>\n<body>\n");
}

/// Nothing may be fetched, no form sent, no markup made of text; one script runs.
fn write_policy(page: &mut Page<'_>) {
    page.html("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    page.html("style-src 'sha256-").text(&digest(STYLE)).html("'; ");
    page.html("script-src 'sha256-").text(&digest(SCRIPT)).html("'; ");
    page.html("img-src data:; base-uri 'none'; form-action 'none'; ");
    page.html("require-trusted-types-for 'script'; trusted-types 'none'\">\n");
}

fn digest(text: &str) -> String {
    BASE64.encode(Sha256::digest(text))
}

/// Opens the part that holds the findings, with the frame the script fills.
pub(super) fn findings(count: usize, page: &mut Page<'_>) {
    page.html("<section id=\"findings\" aria-labelledby=\"findings-title\">\n");
    page.html("<h2 id=\"findings-title\">findings</h2>\n");
    if count == 0 {
        page.html("<p class=\"dim\">There are none.</p>\n");
        return;
    }
    page.html(include_str!("page/viewer.html"));
}

/// Writes everything after the contents.
pub(super) fn end(page: &mut Page<'_>) {
    page.html("</section>\n</main>\n");
    page.html("<footer>made by <code>ocidiff</code>; this page fetches nothing</footer>\n");
    page.html("<script>").html(SCRIPT).html("</script>\n</body>\n</html>\n");
}
