//! Gives findings their causes.
//!
//! Every cause is a predicate over one finding and what surrounds it ([`Case`]); the first of the
//! catalogue that holds is the cause. What stays without one is unexplained.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::case::Case;
use super::catalogue::{self, Known};
use super::family;
use super::surroundings::Surroundings;
use crate::report::{Cause, Finding, ImagePair, Timestamp, Value};
use crate::workers::Workers;

/// Names the cause of every finding that has a known one. `merged` are the differences of the
/// merged file systems, where they are known.
pub(super) fn assign(
    findings: &mut [Finding],
    merged: Option<&[Finding]>,
    images: &[ImagePair],
    workers: &Workers,
) {
    let surroundings = Surroundings::of(findings, merged, images);
    let causes: Vec<Option<&'static Known>> = workers.map(findings, |finding| {
        let case = Case { finding, surroundings: &surroundings };
        let judged = !finding.derived && !finding.is_damage();
        judged.then(|| catalogue::recognise(&case)).flatten()
    });
    for (finding, cause) in findings.iter_mut().zip(causes) {
        finding.cause = cause.map(|cause| cause.id.into());
    }
    family::assign(findings);
}

/// The causes of `findings`, most explaining first; those that are not noise before equals that
/// are.
pub(super) fn summarize(findings: &[Finding], epoch: Option<i64>) -> Vec<Cause> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cause in findings.iter().filter_map(|finding| finding.cause.as_deref()) {
        let count = counts.entry(cause).or_default();
        *count = count.saturating_add(1);
    }
    let mut causes: Vec<Cause> = counts
        .into_iter()
        .filter_map(|(id, count)| Some(cause(catalogue::find(id)?, count, findings, epoch)))
        .collect();
    causes.sort_by(|a, b| (b.findings, a.noise, &a.id).cmp(&(a.findings, b.noise, &b.id)));
    causes
}

fn cause(known: &Known, count: usize, findings: &[Finding], epoch: Option<i64>) -> Cause {
    let late = epoch.map_or(0, |epoch| {
        let own = findings.iter().filter(|finding| finding.cause.as_deref() == Some(known.id));
        own.filter(|finding| is_late(finding, epoch)).count()
    });
    let evidence = match (late, epoch) {
        (0, _) | (_, None) => known.evidence.to_owned(),
        (late, Some(epoch)) => {
            let epoch = Timestamp { seconds: epoch, nanoseconds: 0 };
            format!("{}; {late} later than SOURCE_DATE_EPOCH ({epoch})", known.evidence)
        }
    };
    Cause {
        id: known.id.to_owned(),
        title: known.title.to_owned(),
        noise: known.noise,
        findings: count,
        evidence,
        fix: known.fix.to_owned(),
    }
}

/// Whether either side's time is later than `epoch`.
fn is_late(finding: &Finding, epoch: i64) -> bool {
    [&finding.left, &finding.right].into_iter().flatten().any(|value| match value {
        Value::Time(time) => time.seconds > epoch,
        Value::Json(Json::String(text)) => rfc3339_seconds(text).is_some_and(|it| it > epoch),
        _ => false,
    })
}

/// Seconds since 1970 of a time in UTC as builders write it; `None` for anything else.
fn rfc3339_seconds(text: &str) -> Option<i64> {
    let time = text.strip_suffix('Z')?;
    let (date, clock) = time.split_once('T')?;
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let mut clock = clock.split('.').next()?.splitn(3, ':').map(str::parse::<i64>);
    let next =
        |parts: &mut dyn Iterator<Item = Result<i64, _>>| -> Option<i64> { parts.next()?.ok() };
    let (year, month, day) = (next(&mut date)?, next(&mut date)?, next(&mut date)?);
    let (hour, minute, second) = (next(&mut clock)?, next(&mut clock)?, next(&mut clock)?);
    Timestamp::from_utc((year, month, day), (hour, minute, second)).map(|time| time.seconds)
}
