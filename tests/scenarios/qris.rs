//! QRIS payloads, written and read as EMVCo's book of merchant-presented codes says.

/// A payload that asks for this amount, or for any.
pub fn write_qris(amount: Option<u64>) -> String {
    let merchant = [tag("00", "ID.CO.EXAMPLE.WWW"), tag("01", "936000000000000001"), tag("03", "UMI")].concat();
    let amount = amount.map(|amount| tag("54", &amount.to_string())).unwrap_or_default();
    let tags = [
        tag("00", "01"),
        tag("01", "12"),
        tag("26", &merchant),
        tag("52", "5812"),
        tag("53", "360"),
        amount,
        tag("58", "ID"),
        tag("59", "Warung Budi"),
        tag("60", "KAB. KEBUMEN"),
        "6304".to_owned(),
    ]
    .concat();
    let checksum = crc(tags.as_bytes());
    format!("{tags}{checksum:04X}")
}

fn tag(id: &str, value: &str) -> String {
    format!("{id}{:02}{value}", value.len())
}

/// What a customer's app reads.
#[derive(Debug, PartialEq, Eq)]
pub struct QrisFacts {
    /// The amount, as it is written.
    pub amount: Option<String>,
    /// Whether the checksum fits.
    pub whole: bool,
}

/// Reads a payload, as far as it is one.
pub fn read_qris(payload: &str) -> Option<QrisFacts> {
    let (tags, checksum) = payload.split_at_checked(payload.len().checked_sub(4)?)?;
    let whole = tags.ends_with("6304") && checksum == format!("{:04X}", crc(tags.as_bytes()));
    let mut rest = payload;
    let mut amount = None;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at_checked(4)?;
        let (value, tail) = tail.split_at_checked(head[2..].parse().ok()?)?;
        if &head[..2] == "54" {
            amount = Some(value.to_owned());
        }
        rest = tail;
    }
    Some(QrisFacts { amount, whole })
}

/// CRC-16/CCITT-FALSE.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_printed_payload() {
        assert_eq!(crc(b"123456789"), 0x29B1);
        let printed = "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW\
                       0215ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519\
                       SP25RZRATEQI2HQ65Q46304A079";
        let facts = QrisFacts { amount: Some("100003.00".into()), whole: true };
        assert_eq!(read_qris(printed), Some(facts));
        assert_eq!(read_qris(&write_qris(Some(5))), Some(QrisFacts { amount: Some("5".into()), whole: true }));
    }
}
