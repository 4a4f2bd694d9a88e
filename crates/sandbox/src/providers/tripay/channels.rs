//! The channels and their fees.

/// The channels: code, name, and the least price.
pub(super) const CHANNELS: [(&str, &str, u64); 6] = [
    ("QRIS2", "QRIS", 1_000),
    ("QRISC", "QRIS (Customizable)", 1_000),
    ("BRIVA", "BRI Virtual Account", 10_000),
    ("BNIVA", "BNI Virtual Account", 10_000),
    ("BCAVA", "BCA Virtual Account", 10_000),
    ("MANDIRIVA", "Mandiri Virtual Account", 10_000),
];

/// The channel with a code.
pub(super) fn channel(code: &str) -> Option<(&'static str, &'static str, u64)> {
    CHANNELS.into_iter().find(|(known, ..)| *known == code)
}

/// What a channel is called.
pub(super) fn title(code: &str) -> &'static str {
    channel(code).map_or("", |(_, title, _)| title)
}

pub(super) fn is_qris(code: &str) -> bool {
    code.starts_with("QRIS")
}

/// The fee: its part that is always the same, and its part in thousandths of the price.
pub(super) fn fee_rule(code: &str) -> (u64, u64) {
    if is_qris(code) { (750, 7) } else { (4_250, 0) }
}

/// The fee of a price, a fraction of a rupiah counting as one.
pub(super) fn fee(code: &str, price: u64) -> u64 {
    let (flat, per_mille) = fee_rule(code);
    flat + (price * per_mille).div_ceil(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_those_of_the_document() {
        for (code, price, expected) in [("QRIS2", 100_000, 1_450), ("QRIS2", 10_001, 821), ("BRIVA", 100_000, 4_250)] {
            assert_eq!(fee(code, price), expected, "{code} {price}");
        }
    }
}
