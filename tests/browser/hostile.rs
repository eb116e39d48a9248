//! Names and contents that want to be more than text.

use imagekit::{Entry, Image, Layer};

use crate::page::Page;
use crate::support::Desk;

/// Each would set `window.pwned`, break the page, or steer whoever reads it.
fn names() -> Vec<Vec<u8>> {
    let names = [
        "</script><script>window.pwned=1</script>",
        "</noscript><img src=x onerror='window.pwned=2'>",
        "<svg onload=window.pwned=3>",
        "\" onmouseover=\"window.pwned=4\" x=\"",
        "' autofocus onfocus='window.pwned=5",
        "</textarea></title></style><script>window.pwned=6</script>",
        "<!--<script>window.pwned=7</script>",
        "javascript:window.pwned=8",
        "&lt;script&gt;window.pwned=9&lt;",
        "new\nline\r\n<dd>\n</dd>",
        "<dd class=\"explained\">forged",
        "escape\x1b[2J\x07",
        "bidi\u{202e}txt.exe\u{2066}",
        "sep\u{2028}\u{2029}\u{feff}",
        "${window.pwned=10}`\\u003cscript\\u003e",
        "{{constructor.constructor('window.pwned=11')()}}",
    ];
    let mut names: Vec<Vec<u8>> = names.map(|name| name.as_bytes().to_vec()).to_vec();
    names.push(b"not\xff\xfeutf8".to_vec());
    names.push(vec![b'n'; 5_000]);
    names
}

/// An image whose names, contents, labels and commands are all hostile.
fn image(side: &str) -> Image {
    let mut layer = Layer::new().with(Entry::dir("srv"));
    for (number, name) in names().iter().enumerate() {
        // A slash would make directories of the parts.
        let name: Vec<u8> = name.iter().map(|&it| if it == b'/' { b'|' } else { it }).collect();
        let path = [b"srv/", name.as_slice()].concat();
        layer = layer.with(match number % 3 {
            0 => Entry::file(path, [name.as_slice(), b"\n", side.as_bytes(), b"\n"].concat()),
            1 => Entry::file(path, "same").mtime(if side == "left" { 1 } else { 2 }),
            _ => Entry::symlink(path, [side.as_bytes(), name.as_slice()].concat()),
        });
    }
    for name in names() {
        let path = [b"opt/".as_slice(), name.as_slice()].concat();
        layer = layer.with(Entry::file(path, side));
    }
    let mut image = Image::new();
    for name in names().iter().filter_map(|name| std::str::from_utf8(name).ok()) {
        image = image.label(name, format!("{side}{name}"));
    }
    image
        .reference(format!("<img src=x onerror=window.pwned=12>{side}"))
        .cmd(["</script><script>window.pwned=13</script>", side])
        .layer_by(layer, format!("RUN </script><script>window.pwned=14</script> {side}"))
}

fn report(desk: &Desk) -> std::path::PathBuf {
    let (left, right) = (image("left"), image("right"));
    let (left, right) = (desk.image("<b>left.tar", &left), desk.image("<b>right.tar", &right));
    desk.compare(&left, &right)
}

#[test]
fn nothing_comes_to_life() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&report(&desk)) else { return };
    page.set("status", "all");
    for _ in 0..8 {
        page.eval(
            "document.querySelectorAll('#tree > [aria-expanded=false], #tree > .more')
            .forEach(row => row.click())",
        );
    }
    page.eval("document.querySelectorAll('details').forEach(it => { it.open = true; })");
    for view in ["side", "unified"] {
        page.set("view", view);
    }
    let strange = "document.querySelectorAll('img, svg, iframe, object, embed, base, a, [onerror], \
        [onload], [onfocus], [onmouseover], [style*=url], meta[http-equiv=refresh]').length";
    assert_eq!(page.number(strange), 0.0);
    assert_eq!(page.number("document.scripts.length"), 2.0, "the data and the script");
    let findings = page.number("document.querySelectorAll('#tree > .finding').length");
    let all = page.number("Number(document.getElementById('count').textContent.split(' ')[0])");
    assert_eq!(findings, all, "every finding can be opened");
    let text = page.text("document.getElementById('tree').textContent");
    assert!(text.contains("|script><script>window.pwned=1<|script>"), "shown as text");
    assert!(text.contains("bidi\\u{202e}txt.exe") && text.contains("not\\xff\\xfeutf8"));
    assert!(!text.contains(['\x1b', '\u{202e}', '\u{2028}', '\u{feff}']));
    assert!(text.contains(&"n".repeat(5_000)));
    page.check_calm();
}

#[test]
fn not_even_what_is_typed_or_linked_to() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&report(&desk)) else { return };
    page.set("q", "</script><img src=x onerror=window.pwned=15>");
    page.eval("location.hash = 'q=<img src=x onerror=window.pwned=16>&field=__proto__&cause=x'");
    page.wait("document.getElementById('q').value.includes('pwned=16')");
    assert_eq!(page.number("document.querySelectorAll('img').length"), 0.0);
    page.check_calm();
}

#[test]
fn without_scripts_everything_is_there_to_read() {
    let desk = Desk::new();
    let Some(mut page) = Page::open_without_scripts(&report(&desk)) else { return };
    assert!(page.is("document.getElementById('viewer').hidden"));
    let text = page.text("document.body.innerText");
    for name in names().iter().filter(|name| name.is_ascii() && !name.contains(&b'/')) {
        let shown = ocidiff::render::escape(name).into_owned();
        assert!(text.contains(&format!("/opt/{shown}")), "{shown}");
    }
    assert!(text.contains("/opt/not\\xff\\xfeutf8"));
    assert!(text.contains("linkname") && text.contains("where bytes changed"));
    assert_eq!(page.number("document.querySelectorAll('img, svg').length"), 0.0);
    let findings = page.number("Number(document.querySelector('.counts b').textContent)");
    assert_eq!(page.number("document.querySelectorAll('#listing dd').length"), findings);
    page.check_calm();
}
