//! Numbers of bytes as people say them.

use super::Safe;

/// `bytes` with a unit: exact below 1 KiB, else to one decimal.
pub(in crate::render) fn human(bytes: u64) -> Safe {
    Safe::escaped(&text(bytes))
}

/// The step from `left` to `right`, with a sign.
pub(in crate::render) fn delta(left: u64, right: u64) -> Safe {
    let sign = if right < left { '-' } else { '+' };
    Safe::escaped(&format!("{sign}{}", text(left.abs_diff(right))))
}

fn text(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS.get(unit).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_grow_with_the_number() {
        assert_eq!(human(1023).as_str(), "1023 B");
        assert_eq!(human(1024).as_str(), "1.0 KiB");
        assert_eq!(human(1536 * 1024).as_str(), "1.5 MiB");
        assert_eq!(human(u64::MAX).as_str(), "15.9 EiB");
    }

    #[test]
    fn deltas_have_a_sign() {
        assert_eq!(delta(2000, 1000).as_str(), "-1000 B");
        assert_eq!(delta(0, 2048).as_str(), "+2.0 KiB");
    }
}
