/// What each byte value does to the remainder: the last byte, and those one to seven places before it.
static TABLES: [[u16; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = (byte as u16) << 8;
        let mut place = 0;
        while place < 8 {
            let mut bit = 0;
            while bit < 8 {
                remainder = if remainder & 0x8000 == 0 { remainder << 1 } else { (remainder << 1) ^ 0x1021 };
                bit += 1;
            }
            tables[place][byte] = remainder;
            place += 1;
        }
        byte += 1;
    }
    tables
};

/// The checksum of tag 63: CRC-16/CCITT-FALSE (polynomial 0x1021, initial value 0xFFFF, not reflected).
///
/// In a payload it covers every byte up to and including `6304`, the tag and length of the checksum itself.
///
/// ```
/// assert_eq!(gerbang_qris::crc16(b"123456789"), 0x29B1);
/// ```
pub fn crc16(bytes: &[u8]) -> u16 {
    // Eight bytes at once: their tables do not wait for one another.
    let (eights, rest) = bytes.as_chunks();
    let crc = eights.iter().fold(0xFFFF_u16, |crc, &[a, b, c, d, e, f, g, h]| {
        let [high, low] = crc.to_be_bytes();
        let early = at(7, a ^ high) ^ at(6, b ^ low) ^ at(5, c) ^ at(4, d);
        early ^ at(3, e) ^ at(2, f) ^ at(1, g) ^ at(0, h)
    });
    rest.iter().fold(crc, |crc, byte| {
        let [high, low] = crc.to_be_bytes();
        u16::from(low) << 8 ^ at(0, byte ^ high)
    })
}

fn at(place: usize, byte: u8) -> u16 {
    TABLES[place][usize::from(byte)]
}

/// A checksum as tag 63 holds it: four upper-case hexadecimal digits.
pub(crate) fn hex(crc: u16) -> [u8; 4] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [12, 8, 4, 0].map(|shift| DIGITS[usize::from(crc >> shift & 0xF)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_at_once_are_as_bit_by_bit() {
        let bytes: Vec<u8> = (0..=255).map(|number: u8| number.wrapping_mul(167)).collect();
        for end in 0..bytes.len() {
            let bitwise =
                bytes[..end].iter().fold(0xFFFF_u16, |crc, byte| {
                    (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
                        if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
                    })
                });
            assert_eq!(crc16(&bytes[..end]), bitwise, "{end}");
        }
    }
}
