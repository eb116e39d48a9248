//! What a reader does: look, search, filter, walk by keyboard, switch the light off.

use imagekit::{Entry, Image, Layer};

use crate::page::Page;
use crate::support::{Desk, corpus};

const ROWS: &str = "document.querySelectorAll('#tree > .row').length";

fn tiny(desk: &Desk) -> std::path::PathBuf {
    let [left, right] = corpus("buildkit-oci-gzip");
    desk.compare(&left, &right)
}

#[test]
fn the_verdict_and_the_tree_are_there_without_a_network() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&tiny(&desk)) else { return };
    assert_eq!(page.text("document.querySelector('.verdict').textContent"), "different");
    assert!(page.number(ROWS) > 20.0);
    assert!(page.number("document.querySelectorAll('#map > button').length") > 3.0);
    assert!(page.number("document.querySelectorAll('#causes tbody tr').length") > 5.0);
    page.check_calm();
}

#[test]
fn filters_narrow_what_is_shown() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&tiny(&desk)) else { return };
    let count = "Number(document.getElementById('count').textContent.split(' ')[0])";
    let all = page.number(count);
    page.press("/");
    assert_eq!(page.text("document.activeElement.id"), "q");
    page.type_text("rich mtime");
    let found = page.number(count);
    assert!(found > 0.0 && found < all, "{found} of {all}");
    assert!(page.is("location.hash.includes('q=rich')"));
    page.press("Escape");
    assert_eq!(page.number(count), all);
    for (control, value) in [("path", "/etc"), ("cause", "none"), ("change", "a")] {
        page.set(control, value);
        let found = page.number(count);
        assert!(found > 0.0 && found < all, "{control}: {found} of {all}");
        page.set(control, "");
    }
    for control in ["field", "layer"] {
        let value = page.text(&format!("document.getElementById('{control}').options[1].value"));
        page.set(control, &value);
        let found = page.number(count);
        assert!(found > 0.0 && found < all, "{control}: {found} of {all}");
        page.set(control, "");
    }
    page.set("status", "all");
    assert!(page.number(count) > all, "what does not count can be seen");
    page.set("q", "no such thing");
    assert!(page.is("!document.getElementById('nothing').hidden"));
    page.check_calm();
}

#[test]
fn a_cause_and_a_package_lead_to_their_findings() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&tiny(&desk)) else { return };
    let count = "Number(document.getElementById('count').textContent.split(' ')[0])";
    for table in ["causes", "packages"] {
        let wanted = page.number(&format!(
            "{{ const button = document.querySelector('#{table} tbody button'); button.click();
            Number(button.closest('tr').querySelector('td:is(:last-child, .num)').textContent) || 0 }}"
        ));
        let found = page.number(count);
        assert!(found > 0.0 && (table == "packages" || found == wanted), "{found} of {wanted}");
        page.eval("document.querySelector('#bar [type=reset]').click()");
    }
    page.check_calm();
}

#[test]
fn the_tree_is_walked_by_keyboard() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&tiny(&desk)) else { return };
    page.eval("document.getElementById('close-all').click()");
    let closed = page.number(ROWS);
    page.eval("document.querySelector('#tree > [tabindex=\"0\"]').focus()");
    let focused = "document.activeElement.getAttribute('aria-expanded')";
    page.press("End");
    page.press("Home");
    assert_eq!(page.text(focused), "false");
    page.press("ArrowRight");
    assert_eq!(page.text(focused), "true");
    assert!(page.number(ROWS) > closed);
    page.press("ArrowRight");
    assert_eq!(page.text("document.activeElement.getAttribute('aria-level')"), "2");
    page.press("ArrowLeft");
    page.press("ArrowLeft");
    assert_eq!(page.number(ROWS), closed);
    for key in ["Enter", " "] {
        page.press(key);
        assert_eq!(page.text(focused), "true", "{key:?}");
        page.press(key);
        assert_eq!(page.text(focused), "false", "{key:?}");
    }
    page.press("*");
    page.press("ArrowDown");
    page.press("ArrowUp");
    assert_eq!(page.text(focused), "true");
    page.press("?");
    assert!(page.is("document.getElementById('help').open"));
    page.check_calm();
}

/// Whether what each line says of its position, and of how many there are, agrees with the lines around.
const EACH_KNOWS_ITS_PLACE: &str = "{
    const levels = []; let right = true;
    const close = level => { while (levels.length > level) { const [seen, all] = levels.pop(); right &&= seen === all; } };
    for (const row of document.querySelectorAll('#tree > .row')) {
        const [level, place, all] = ['level', 'posinset', 'setsize'].map(it => Number(row.getAttribute('aria-' + it)));
        close(level);
        if (levels.length < level) levels.push([0, all]);
        const last = levels[level - 1];
        right &&= levels.length === level && place === ++last[0] && all === last[1];
    }
    close(0);
    right
}";

#[test]
fn a_reader_who_does_not_see_hears_where_each_line_stands() {
    let desk = Desk::new();
    // More labels and more files than are shown at first.
    let image = |side: &str| {
        let file = |number| Entry::file(format!("srv/{number:03}"), format!("{side}{number}"));
        let image = Image::new().layer((0..450).map(file).collect::<Layer>());
        (0..450).fold(image, |it, number| it.label(format!("label-{number:03}"), side))
    };
    let (left, right) = (image("left"), image("right"));
    let report = desk.compare(&desk.image("left.tar", &left), &desk.image("right.tar", &right));
    let Some(mut page) = Page::open(&report) else { return };
    page.set("status", "all");
    for _ in 0..6 {
        page.eval(
            "document.querySelectorAll('#tree > [aria-expanded=false]').forEach(it => it.click())",
        );
    }
    let more = "[...document.querySelectorAll('#tree > .more')]";
    assert!(page.number(&format!("{more}.length")) > 1.0);
    let place = "Number(it.getAttribute('aria-posinset'))";
    assert!(page.is(&format!(
        "{more}.every(it => {place} === 201 && it.getAttribute('aria-setsize') >= 450)"
    )));
    for _ in 0..3 {
        page.eval("document.querySelectorAll('#tree > .more').forEach(it => it.click())");
    }
    assert!(page.number(ROWS) > 900.0);
    assert!(page.is(EACH_KNOWS_ITS_PLACE));
    page.set("q", "label-1");
    page.eval(
        "document.querySelectorAll('#tree > [aria-expanded=false]').forEach(it => it.click())",
    );
    assert!(page.number(ROWS) > 100.0);
    assert!(page.is(EACH_KNOWS_ITS_PLACE));
    page.check_calm();
}

#[test]
fn light_becomes_dark() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&tiny(&desk)) else { return };
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = page.text(ground);
    page.eval("document.getElementById('theme').click()");
    let dark = page.text(ground);
    assert_ne!(light, dark);
    page.press("t");
    assert_eq!(page.text(ground), light);
    let preference = serde_json::json!({
        "features": [{"name": "prefers-color-scheme", "value": "dark"}]
    });
    page.eval("delete document.documentElement.dataset.theme");
    page.call("Emulation.setEmulatedMedia", preference);
    assert_eq!(page.text(ground), dark, "what the system prefers");
    page.check_calm();
}

#[test]
fn diffs_stand_side_by_side_too() {
    let desk = Desk::new();
    let Some(mut page) = Page::open(&tiny(&desk)) else { return };
    page.set("field", "");
    page.set("q", "content");
    page.wait("document.querySelector('#tree pre') !== null || document.querySelector('#tree [aria-expanded=false]') === null");
    page.eval("document.querySelector('#tree > .row').focus()");
    for _ in 0..6 {
        page.eval("document.querySelectorAll('#tree > [aria-expanded=false]').forEach(row => row.click())");
    }
    assert!(page.number("document.querySelectorAll('#tree pre').length") > 1.0);
    assert!(page.number("document.querySelectorAll('#tree pre mark').length") > 0.0);
    let text =
        "Array.from(document.querySelectorAll('#tree pre'), it => it.textContent.length).join()";
    let unified = page.text(text);
    page.set("view", "side");
    assert!(page.number("document.querySelectorAll('#tree pre.side').length") > 1.0);
    page.set("view", "unified");
    assert_eq!(page.text(text), unified, "nothing is lost on the way");
    page.check_calm();
}

#[test]
fn a_verified_image_has_a_page_that_can_be_searched() {
    let desk = Desk::new();
    let image = imagekit::Image::new()
        .layer(imagekit::Layer::new().with(imagekit::Entry::file("etc/motd", "hello\n")))
        .lie_diff_id(0)
        .reference("app:1.0");
    let file = desk.image("lying.tar", &image);
    let Some(mut page) = Page::open(&desk.verify(&file, 1)) else { return };
    assert_eq!(page.text("document.querySelector('.verdict').textContent"), "unsound");
    let shown = "document.querySelectorAll('.claim:not([hidden])').length";
    assert!(page.number(shown) > 0.0);
    page.set("claim", "no such thing");
    assert_eq!(page.number(shown), 0.0);
    page.check_calm();
}
