//! What single images claim and do not bear out.

use super::page::Page;
use super::{facts, shell};
use crate::render::words::{claim, graded_place};
use crate::report::{Computed, Finding, Severity, Soundness, Tally, Verification, Verified};

pub(super) fn write(verification: &Verification, page: &mut Page<'_>) {
    let names: Vec<&str> = verification.inputs.iter().map(|it| it.input.input.as_str()).collect();
    shell::begin(&names, page);
    write_verdict(verification, page);
    page.html("<main id=\"main\">\n<section id=\"claims\" aria-label=\"inputs\">\n");
    page.html("<p id=\"search-claims\" hidden><label>search <input id=\"claim\" type=\"search\" ");
    page.html("placeholder=\"place, kind or text\" autocomplete=\"off\"></label> ");
    page.html("<output id=\"claim-count\" aria-live=\"polite\"></output></p>\n");
    verification.inputs.iter().for_each(|input| write_input(input, page));
    shell::end(page);
}

fn write_verdict(verification: &Verification, page: &mut Page<'_>) {
    page.html("<header class=\"top\">\n<p class=\"brand\">ocidiff verify</p>\n<h1>");
    pill(verification.verdict, page);
    page.html(meaning(verification.verdict)).html("</h1>\n");
    write_tally(verification.summary, page);
    page.html("</header>\n");
}

fn pill(verdict: Soundness, page: &mut Page<'_>) {
    page.html(match verdict {
        Soundness::Sound => "<span class=\"verdict good\">",
        Soundness::Unsound => "<span class=\"verdict fair\">",
        Soundness::Unreadable => "<span class=\"verdict bad\">",
    });
    page.html(verdict.name()).html("</span> ");
}

const fn meaning(verdict: Soundness) -> &'static str {
    match verdict {
        Soundness::Sound => "nothing was found that tells against it",
        Soundness::Unsound => "something was found that tells against it",
        Soundness::Unreadable => "not all of it could be read",
    }
}

fn write_tally(tally: Tally, page: &mut Page<'_>) {
    page.html("<ul class=\"counts\">");
    for (count, name) in
        [(tally.errors, "errors"), (tally.warnings, "warnings"), (tally.notes, "notes")]
    {
        page.html("<li><b>").number(count).html("</b> ").html(name).html("</li>");
    }
    page.html("</ul>\n");
}

fn write_input(input: &Verified, page: &mut Page<'_>) {
    page.html("<article class=\"input\"><h2>");
    pill(input.verdict, page);
    page.text(&input.input.input).html("</h2>");
    facts::write(&input.input, page);
    if let Some(error) = &input.error {
        page.element("<p class=\"alert\" role=\"alert\">", error, "</p>\n");
    }
    for severity in Severity::ALL {
        write_grade(severity, &input.findings, page);
    }
    input.manifests.iter().for_each(|manifest| write_computed(manifest, page));
    page.html("</article>\n");
}

fn write_grade(severity: Severity, findings: &[Finding], page: &mut Page<'_>) {
    let findings: Vec<&Finding> =
        findings.iter().filter(|finding| finding.severity == Some(severity)).collect();
    if findings.is_empty() {
        return;
    }
    page.html(match severity {
        Severity::Error => "<section class=\"grade error\"><h3>errors</h3>\n",
        Severity::Warning => "<section class=\"grade warning\"><h3>warnings</h3>\n",
        Severity::Note => "<section class=\"grade note\"><h3>notes</h3>\n",
    });
    for group in findings.chunk_by(|one, next| graded_place(one) == graded_place(next)) {
        write_group(group, page);
    }
    page.html("</section>\n");
}

fn write_group(findings: &[&Finding], page: &mut Page<'_>) {
    page.html("<section>");
    if let Some(place) = findings.first().and_then(|first| graded_place(first)) {
        page.html("<h4>").safe(&place).html("</h4>");
    }
    page.html("<ul>\n");
    findings.iter().for_each(|finding| write_finding(finding, page));
    page.html("</ul></section>\n");
}

fn write_finding(finding: &Finding, page: &mut Page<'_>) {
    page.html("<li class=\"claim\">");
    if let Some(path) = &finding.at.path {
        page.element("<code>", path.as_bytes(), "</code> ");
    }
    page.text(&claim(finding)).element(" <small>", &*finding.field, "</small>");
    if let Some(hint) = &finding.hint {
        page.element("<br><span class=\"dim\">hint: ", &**hint, "</span>");
    }
    page.html("</li>\n");
}

fn write_computed(manifest: &Computed, page: &mut Page<'_>) {
    page.html("<details><summary>computed digests");
    if let Some(platform) = &manifest.platform {
        page.element(" of ", platform, "");
    }
    page.html("</summary><dl class=\"facts\">");
    let facts = [
        ("manifest", &manifest.digest),
        ("config", &manifest.config_digest),
        ("chain id", &manifest.chain_id),
    ];
    for (name, digest) in facts {
        facts::fact(name, digest.as_deref().unwrap_or_default(), page);
    }
    page.html("</dl>");
    write_layers(manifest, page);
    page.html("</details>\n");
}

fn write_layers(manifest: &Computed, page: &mut Page<'_>) {
    page.html(
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">layer<th scope=\"col\">digest",
    );
    page.html("<th scope=\"col\">diff id<th scope=\"col\" class=\"num\">bytes</thead>\n<tbody>\n");
    for (position, layer) in manifest.layers.iter().enumerate() {
        page.html("<tr><th scope=\"row\">").number(position);
        page.element("<td><code>", layer.digest.as_deref().unwrap_or("–"), "</code>");
        page.element("<td><code>", layer.diff_id.as_deref().unwrap_or("–"), "</code>");
        page.html("<td class=\"num\">");
        if let Some(bytes) = layer.size {
            page.number(bytes);
        }
        page.html("\n");
    }
    page.html("</tbody></table></div>");
}
