//! What an input is.

use super::page::Page;
use crate::report::{ImageSummary, Input};

/// Names of one input that are shown before the rest is opened.
const NAMES: usize = 3;

/// Writes what is known of an input as a list of terms.
pub(super) fn write(input: &Input, page: &mut Page<'_>) {
    page.html("<dl class=\"facts\">");
    fact("format", &input.format, page);
    write_names(&input.references, page);
    if let Some(image) = &input.image {
        write_image(image, page);
    }
    page.html("</dl>\n");
}

fn write_image(image: &ImageSummary, page: &mut Page<'_>) {
    let facts = [
        ("digest", &image.digest),
        ("config", &image.config_digest),
        ("platform", &image.platform),
        ("media type", &image.media_type),
    ];
    for (name, text) in facts {
        fact(name, text.as_deref().unwrap_or_default(), page);
    }
}

/// One term, where there is anything to say.
pub(super) fn fact(name: &'static str, text: &str, page: &mut Page<'_>) {
    if !text.is_empty() {
        page.html("<dt>").html(name).element("</dt><dd>", text, "</dd>");
    }
}

fn write_names(names: &[String], page: &mut Page<'_>) {
    let (shown, folded) = names.split_at(names.len().min(NAMES));
    shown.iter().for_each(|name| fact("name", name, page));
    if folded.is_empty() {
        return;
    }
    page.html("<dt>names</dt><dd><details><summary>").count(folded.len(), " more", " more");
    page.html("</summary>");
    for name in folded {
        page.element("<div>", name, "</div>");
    }
    page.html("</details></dd>");
}
