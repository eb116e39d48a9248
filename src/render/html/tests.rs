use super::Html;
use crate::render::Renderer;
use crate::render::fixture::hostile::{LONG, MARKUP};
use crate::render::fixture::{self, HOSTILE};
use crate::report::{Report, Summary, Verdict, Verification, Verified};

fn rendered<Document>(document: &Document) -> String
where
    Html: Renderer<Document>,
{
    let mut out = Vec::new();
    Html.render(document, &mut out).ok();
    String::from_utf8_lossy(&out).into_owned()
}

/// The page without its style sheet and script, which have files of their own.
fn contents(page: &str) -> String {
    ["style", "script"].into_iter().fold(page.to_owned(), |page, tag| {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let Some((before, rest)) = page.split_once(&open) else { return page };
        let after = rest.split_once(&close).map_or("", |(_, after)| after);
        format!("{before}{open}…{close}{after}")
    })
}

#[test]
fn the_page_of_a_report() {
    insta::assert_snapshot!(contents(&rendered(&fixture::report())));
}

#[test]
fn a_page_is_the_same_every_time() {
    assert_eq!(rendered(&fixture::report()), rendered(&fixture::report()));
}

#[test]
fn names_are_inert() {
    let page = contents(&rendered(&fixture::report()));
    assert_eq!(page.matches("<script").count(), 2, "data and script");
    assert_eq!(page.matches("</noscript").count(), 1);
    for tag in ["<img", "onerror=alert(2)>", "href=\"javascript", "<!--", "<b>why"] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(!page.contains(HOSTILE) && !page.contains(MARKUP));
    assert!(page.chars().all(|it| it == '\n' || !crate::render::escape::is_unsafe(it)));
    assert!(page.contains(&"n".repeat(LONG)), "nothing is left out");
}

#[test]
fn a_line_of_the_listing_is_a_finding() {
    let report = fixture::report();
    let page = rendered(&report);
    let listing = page.split("<noscript").nth(1).unwrap_or_default();
    let listing = listing.split("</noscript").next().unwrap_or_default();
    let lines = listing.lines().filter(|line| line.starts_with("<dd"));
    assert_eq!(lines.count(), report.findings.len());
}

#[test]
fn the_policy_names_what_the_page_holds() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let page = rendered(&fixture::report());
    for tag in ["style", "script"] {
        let inner = page.split(&format!("<{tag}>")).nth(1).unwrap_or_default();
        let inner = inner.split(&format!("</{tag}>")).next().unwrap_or_default();
        let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(inner));
        let wanted = format!("{tag}-src &#39;sha256-{digest}&#39;").replace("&#39;", "'");
        assert!(page.contains(&wanted), "{wanted}");
    }
    assert!(!page.contains(" style="), "the policy would not let it be");
}

#[test]
fn equal_images_have_a_page_too() {
    let report = Report {
        verdict: Verdict::IdenticalImage,
        summary: Summary::default(),
        findings: Vec::new(),
        ..fixture::report()
    };
    let page = rendered(&report);
    assert!(page.contains("identical-image</span> both hold the same image"), "{page}");
    assert!(page.contains("There are none."));
}

/// Twice the findings take no more than twice the bytes: nothing is said of a finding per other
/// finding.
#[test]
fn pages_grow_with_their_findings() {
    let sized = |times: usize| {
        let mut report = fixture::report();
        let one = report.findings.clone();
        report.findings = (0..times).flat_map(|_| one.clone()).collect();
        crate::report::sort(&mut report.findings, &crate::workers::Workers::new(1));
        rendered(&report).len()
    };
    let [one, two, three] = [100, 200, 300].map(sized);
    let (first, second) = (two.saturating_sub(one), three.saturating_sub(two));
    assert!(second.abs_diff(first) < first / 20, "{one} {two} {three}");
}

#[test]
fn a_page_of_a_verification() {
    let findings = fixture::report().findings.into_iter().map(|finding| {
        let severity = match finding.id % 3 {
            0 => crate::report::Severity::Error,
            1 => crate::report::Severity::Warning,
            _ => crate::report::Severity::Note,
        };
        finding.graded(severity)
    });
    let mut input = Verified {
        input: fixture::report().left,
        findings: findings.collect(),
        ..Verified::default()
    };
    input.judge(crate::report::Severity::Error);
    let broken = Verified::unreadable("b.tar".into(), format!("b.tar: {MARKUP}"));
    let page = contents(&rendered(&Verification::of(vec![input, broken])));
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img"));
    insta::assert_snapshot!(page);
}
