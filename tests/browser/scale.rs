//! A hundred thousand findings.

use std::io::Write as _;

use imagekit::{Entry, Image, Layer};

use crate::page::Page;
use crate::support::Desk;

const FINDINGS: f64 = 100_000.0;

/// A hundred thousand entries in directories as deep and wide as those of a distribution. All have
/// another time on the other side, one in twenty another content, one in fifty another mode.
fn image(side: i64) -> Image {
    let tops = [
        "usr/lib/python3/dist-packages",
        "usr/share/doc",
        "usr/lib/x86_64-linux-gnu",
        "opt/app/node_modules",
    ];
    let mut layer = Layer::new();
    for number in 0..100_000_i64 {
        let top = tops[usize::try_from(number / 7 % 4).unwrap()];
        let path =
            format!("{top}/package-{}/module{}/file-{number}.py", number / 200, number / 20 % 10);
        let content =
            if number % 20 == 0 { format!("value = {side}{number}\n") } else { String::new() };
        let mode = if number % 50 == 1 && side == 1 { 0o755 } else { 0o644 };
        layer = layer.with(Entry::file(path, content).mtime(1_700_000_000 + side).mode(mode));
    }
    Image::new().reference("big:1").layer_by(layer, "RUN apt-get install everything")
}

#[test]
fn a_hundred_thousand_findings_open_and_filter() {
    let desk = Desk::new();
    let (left, right) = (desk.image("left.tar", &image(1)), desk.image("right.tar", &image(2)));
    let report = desk.compare(&left, &right);
    let bytes = std::fs::metadata(&report).expect("a page").len();
    assert!(bytes < 40_000_000, "{bytes} bytes");
    let Some(mut page) = Page::open(&report) else { return };
    page.set("status", "all");
    assert!(page.number("document.getElementById('data') && JSON.parse(document.getElementById('data').textContent).findings.node.length") >= FINDINGS);
    let first = page.number("performance.getEntriesByName('shown')[0].startTime");
    let mut slowest: f64 = 0.0;
    for word in ["f", "fi", "file-9", "file-99", "python3 mtime", "content", "nothing at all", ""] {
        slowest = slowest.max(page.number(&timed(word)));
    }
    let opened = page.number(OPENED);
    writeln!(
        std::io::stderr(),
        "100,000 findings: {bytes} bytes, first view {first:.0} ms, slowest filter {slowest:.0} ms, \
         a directory opens in {opened:.0} ms"
    )
    .ok();
    page.check_calm();
}

/// Milliseconds from a key to the picture that follows it.
fn timed(word: &str) -> String {
    format!(
        "new Promise(done => {{
            const it = document.getElementById('q');
            const start = performance.now();
            it.value = {word:?};
            it.dispatchEvent(new Event('input', {{ bubbles: true }}));
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
        }})"
    )
}

const OPENED: &str = "new Promise(done => {
    const start = performance.now();
    document.querySelector('#tree > [aria-expanded=false]').click();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})";
