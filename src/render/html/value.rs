//! What one side has, or the two values of a change.

use super::page::Page;
use crate::render::words::{Form, Safe, pair, single};
use crate::report::Value;
use crate::sides::Sides;

/// Columns of a value that are shown before it is opened.
const FOLD: usize = 400;

/// Writes what `values` are, those of the left side before those of the right.
pub(super) fn write(field: &str, values: Sides<Option<&Value>>, page: &mut Page<'_>) {
    let short = shown(field, values, Form::Short);
    let whole = shown(field, values, Form::Whole);
    if let (Some(short), Some(whole)) = (short.left, whole.left) {
        page.html(" <del>");
        write_one(short, &whole, page);
        page.html("</del>");
    }
    if let (Some(short), Some(whole)) = (short.right, whole.right) {
        page.html(" <ins>");
        write_one(short, &whole, page);
        page.html("</ins>");
    }
}

fn shown(field: &str, values: Sides<Option<&Value>>, form: Form) -> Sides<Option<Safe>> {
    match values {
        Sides { left: Some(left), right: Some(right) } => {
            pair(field, Sides::new(left, right), form).map(Some)
        }
        lone => lone.map(|value| value.map(|value| single(field, value, form))),
    }
}

/// Long values open on demand; the end of a digest is there for whoever wants it.
fn write_one(short: Safe, whole: &Safe, page: &mut Page<'_>) {
    if short.width() > FOLD {
        page.html("<details><summary>").safe(&short.cut(FOLD)).html("</summary>");
        page.html("<code>").safe(whole).html("</code></details>");
        return;
    }
    page.safe(&short);
    if let Some(rest) = whole.after(&short).filter(|rest| rest.width() > 0) {
        page.html("<var>").safe(&rest).html("</var>");
    }
}
