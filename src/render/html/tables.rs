//! Why the images differ, which packages changed, and what the user's rules did.

use super::page::Page;
use crate::report::{Cause, PackageChange, PackageDiff, Report, RuleUse};

/// A table of more packages is closed at first.
const OPEN: usize = 12;

pub(super) fn write(report: &Report, page: &mut Page<'_>) {
    write_causes(&report.causes, page);
    write_packages(&report.packages, page);
    write_rules(&report.rules, page);
}

fn write_causes(causes: &[Cause], page: &mut Page<'_>) {
    if causes.is_empty() {
        return;
    }
    page.html("<section id=\"causes\"><h2>causes</h2>\n<div class=\"scroll\"><table>\n");
    page.html("<thead><tr><th scope=\"col\">cause<th scope=\"col\" class=\"num\">findings");
    page.html("<th scope=\"col\">what happened<th scope=\"col\">what to do</thead>\n<tbody>\n");
    for (position, cause) in causes.iter().enumerate() {
        write_cause(position, cause, page);
    }
    page.html("</tbody></table></div></section>\n");
}

fn write_cause(position: usize, cause: &Cause, page: &mut Page<'_>) {
    page.html("<tr><th scope=\"row\"><code data-cause=\"").number(position);
    page.element("\">", &cause.id, "</code>");
    if cause.noise {
        page.html(" <span class=\"tag\">noise</span>");
    }
    page.html("<td class=\"num\">").number(cause.findings);
    page.element("<td>", &cause.title, "");
    if !cause.evidence.is_empty() {
        page.element("<div class=\"dim\">seen: ", &cause.evidence, "</div>");
    }
    page.element("<td>", &cause.fix, "\n");
}

fn write_packages(packages: &[PackageDiff], page: &mut Page<'_>) {
    if packages.is_empty() {
        return;
    }
    let is_open = packages.len() <= OPEN;
    page.html("<section id=\"packages\"><details");
    page.html(if is_open { " open" } else { "" }).html("><summary><h2>packages</h2> ");
    page.count(packages.len(), " package differs", " packages differ").html("</summary>\n");
    page.html("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">package");
    page.html("<th scope=\"col\">manager<th scope=\"col\">left<th scope=\"col\">right");
    page.html(
        "<th scope=\"col\">change<th scope=\"col\" class=\"num\">findings</thead>\n<tbody>\n",
    );
    for (position, package) in packages.iter().enumerate() {
        write_package(position, package, page);
    }
    page.html("</tbody></table></div></details></section>\n");
}

fn write_package(position: usize, package: &PackageDiff, page: &mut Page<'_>) {
    page.html("<tr><th scope=\"row\"><span");
    if package.findings > 0 {
        page.html(" data-package=\"").number(position).html("\"");
    }
    page.element(">", &package.name, "</span>");
    if let Some(architecture) = &package.architecture {
        page.element(" <span class=\"dim\">", architecture, "</span>");
    }
    for place in [&package.image, &package.platform].into_iter().flatten() {
        page.element(" <span class=\"dim\">", place, "</span>");
    }
    page.html("<td>").html(package.manager);
    page.element("<td class=\"version\">", package.left.as_deref().unwrap_or("–"), "");
    page.element("<td class=\"version\">", package.right.as_deref().unwrap_or("–"), "");
    page.html("<td><span class=\"").html(tone(package.change)).html("\">");
    page.html(package.change.name()).html("</span><td class=\"num\">");
    page.number(package.findings).html("\n");
}

const fn tone(change: PackageChange) -> &'static str {
    match change {
        PackageChange::Added => "added",
        PackageChange::Removed => "removed",
        PackageChange::Upgraded | PackageChange::Downgraded | PackageChange::Rebuilt => "changed",
    }
}

fn write_rules(rules: &[RuleUse], page: &mut Page<'_>) {
    if rules.is_empty() {
        return;
    }
    page.html("<section id=\"rules\"><h2>rules</h2>\n<div class=\"scroll\"><table>\n");
    page.html("<thead><tr><th scope=\"col\">rule<th scope=\"col\">reason");
    page.html("<th scope=\"col\" class=\"num\">ignored</thead>\n<tbody>\n");
    for rule in rules {
        page.element("<tr><th scope=\"row\"><code>", &rule.rule, "</code>");
        page.element("<td>", &rule.reason, "<td class=\"num\">").number(rule.findings).html("\n");
    }
    page.html("</tbody></table></div></section>\n");
}
