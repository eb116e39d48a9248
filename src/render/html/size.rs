//! Numbers of bytes as people say them.

/// `bytes` with a unit: exact below 1 KiB, else to one decimal.
pub(super) fn human(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut units = UNITS.into_iter();
    let mut unit = units.next().unwrap_or_default();
    while tenths >= 10_240 {
        let Some(larger) = units.next() else { break };
        (tenths, unit) = (tenths / 1024, larger);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_grow_with_the_number() {
        assert_eq!(human(1023), "1023 B");
        assert_eq!(human(1536 * 1024), "1.5 MiB");
        assert_eq!(human(u64::MAX), "15.9 EiB");
    }
}
