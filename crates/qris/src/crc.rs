/// What each byte value does to the remainder.
const TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 0x8000 == 0 { remainder << 1 } else { (remainder << 1) ^ 0x1021 };
            bit += 1;
        }
        table[byte] = remainder;
        byte += 1;
    }
    table
};

/// The checksum of tag 63: CRC-16/CCITT-FALSE (polynomial 0x1021, initial value 0xFFFF, not reflected).
///
/// In a payload it covers every byte up to and including `6304`, the tag and length of the checksum itself.
///
/// ```
/// assert_eq!(gerbang_qris::crc16(b"123456789"), 0x29B1);
/// ```
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, &byte| (crc << 8) ^ TABLE[usize::from((crc >> 8) as u8 ^ byte)])
}

/// A checksum as tag 63 holds it: four upper-case hexadecimal digits.
pub(crate) fn hex(crc: u16) -> [u8; 4] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [12, 8, 4, 0].map(|shift| DIGITS[usize::from(crc >> shift & 0xF)])
}
