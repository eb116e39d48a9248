//! Rules: files of them, patterns, and the rules that are written for a report.
//!
//! Input: a line, which is a rule for the command line and the name of a file that differs; then a
//! rule file.

use imagekit::{Compression, Entry, Image, Layer, forms};
use ocidiff::judge::{Rule, Rules, write_rules};
use ocidiff::report::{Finding, Report, Status};
use ocidiff::sides::Sides;
use ocidiff::{Merge, Options};

use super::support::held;

/// Reads the rules in `data` and judges by them.
pub fn run(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (line, file) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    let bare = differing(line, Vec::new());
    let own = [of_line(line), of_file(file)].concat();
    if !own.is_empty() {
        only_marks(&bare, &differing(line, own));
    }
    written_rules_cover(&bare, line);
}

fn of_line(line: &[u8]) -> Vec<Rule> {
    let Ok(text) = std::str::from_utf8(line) else { return Vec::new() };
    [Rule::ignoring(text), Rule::ignoring_path("--exclude", text)]
        .into_iter()
        .filter_map(Result::ok)
        .collect()
}

fn of_file(text: &[u8]) -> Vec<Rule> {
    match Rule::read(held::file(text).path()) {
        Ok(rules) => rules,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Vec::new()
        }
    }
}

/// Two images that differ in the file called `name` and in a few other ways.
fn differing(name: &[u8], own: Vec<Rule>) -> Report {
    let image = |content: &str, mode| {
        let entries = [Entry::file(name, content), Entry::file("etc/b", content).mode(mode)];
        let image = Image::new().reference("app:1").compression(Compression::Plain);
        let image = image.env("WORD", content).layer(Layer::new().with_all(entries));
        held::file(&forms::oci([image]).to_tar())
    };
    let (left, right) = (image("1", 0o644), image("2", 0o600));
    let rules = Rules { own, ..Rules::default() };
    let options = Options { rules, ..held::options(Merge::WhereItDecides) };
    held::compare_with(Sides::new(&left, &right), &options).expect("two images")
}

/// Judgement takes no finding away and adds none; damage always counts.
fn only_marks(bare: &Report, judged: &Report) {
    let unmarked = |finding: &Finding| (finding.field.clone(), finding.at.clone(), finding.change);
    assert!(bare.findings.iter().map(unmarked).eq(judged.findings.iter().map(unmarked)));
    for finding in &judged.findings {
        assert!(!finding.is_damage() || finding.status == Status::Counted);
        assert!(finding.status != Status::Ignored || finding.rule.is_some());
    }
    assert!(judged.summary.counted <= bare.summary.counted);
}

/// The rules written for a report cover all of it but damage.
fn written_rules_cover(bare: &Report, line: &[u8]) {
    let mut text = Vec::new();
    write_rules(bare, &mut text).expect("a vector takes all");
    let own = Rule::read(held::file(&text).path()).expect("our own rules");
    let judged = differing(line, own);
    let left = judged.findings.iter().filter(|it| it.status == Status::Counted);
    let left: Vec<&Finding> = left.filter(|it| !it.is_damage()).collect();
    assert!(left.is_empty(), "{left:#?}\n{}", String::from_utf8_lossy(&text));
}
