//! The top of the page: the verdict, the inputs, what is damaged.

use super::facts;
use super::page::Page;
use crate::report::{Finding, Input, Note, Report, Summary, Verdict};
use crate::sides::Side;

/// Damage that is shown above; all of it is among the findings.
const DAMAGE: usize = 40;

pub(super) fn write(report: &Report, page: &mut Page<'_>) {
    write_verdict(report, page);
    page.html("<main id=\"main\">\n");
    write_damage(report, page);
    page.html("<section class=\"inputs\" aria-label=\"inputs\">\n");
    write_input("left", &report.left, page);
    write_input("right", &report.right, page);
    page.html("</section>\n");
    write_notes(&report.notes, page);
}

fn write_verdict(report: &Report, page: &mut Page<'_>) {
    let verdict = report.verdict;
    page.html("<header class=\"top\">\n<p class=\"brand\">ocidiff</p>\n<h1><span class=\"verdict ");
    page.html(tone(verdict)).html("\">").html(verdict.name()).html("</span> ");
    page.html(verdict.meaning()).html("</h1>\n");
    write_counts(report.summary, page);
    page.html("</header>\n");
}

const fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::IdenticalBytes | Verdict::IdenticalImage | Verdict::IdenticalContent => "good",
        Verdict::Equivalent | Verdict::EquivalentRootfs => "fair",
        Verdict::Different => "bad",
    }
}

fn write_counts(summary: Summary, page: &mut Page<'_>) {
    page.html("<ul class=\"counts\">");
    let counts = [
        (summary.findings, "findings"),
        (summary.counted, "counted"),
        (summary.unexplained, "without a known cause"),
        (summary.explained, "explained"),
        (summary.ignored, "ignored"),
    ];
    for (count, name) in
        counts.into_iter().filter(|(count, name)| *count > 0 || *name == "findings")
    {
        page.html("<li><b>").number(count).html("</b> ").html(name).html("</li>");
    }
    page.html("</ul>\n");
}

fn write_input(side: &'static str, input: &Input, page: &mut Page<'_>) {
    page.html("<article class=\"input ").html(side).html("\"><h2><span class=\"side\">").html(side);
    page.element("</span> ", &input.input, "</h2>");
    facts::write(input, page);
    page.html("</article>\n");
}

fn write_damage(report: &Report, page: &mut Page<'_>) {
    let damage: Vec<&Finding> = report.findings.iter().filter(|one| one.is_damage()).collect();
    if damage.is_empty() {
        return;
    }
    page.html("<section class=\"alert\" role=\"alert\"><h2>damaged</h2>\n<ul>\n");
    damage.iter().take(DAMAGE).for_each(|finding| write_damaged(finding, page));
    page.html("</ul>\n");
    if damage.len() > DAMAGE {
        let more = damage.len().saturating_sub(DAMAGE);
        page.html("<p>").count(more, " more", " more").html(" among the findings</p>\n");
    }
    page.html("</section>\n");
}

fn write_damaged(finding: &Finding, page: &mut Page<'_>) {
    let Some((side, message)) = finding.damage_message() else { return };
    page.html("<li>").html(name(side)).element(": ", message, "");
    if let Some(hint) = &finding.hint {
        page.element("<br><span class=\"dim\">hint: ", &**hint, "</span>");
    }
    page.html("</li>\n");
}

const fn name(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

fn write_notes(notes: &[Note], page: &mut Page<'_>) {
    if notes.is_empty() {
        return;
    }
    page.html("<section class=\"notes\"><h2>notes</h2>\n<ul>\n");
    for note in notes {
        page.html("<li>");
        if let Some(side) = note.side {
            page.html(name(side)).html(": ");
        }
        page.text(&note.message).html("</li>\n");
    }
    page.html("</ul></section>\n");
}
