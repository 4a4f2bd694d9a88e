use crc::{CRC_16_IBM_3740, Crc, Table};

/// Sixteen bytes at once: their tables do not wait for one another.
static CRC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_3740);

/// The checksum of tag 63: CRC-16/CCITT-FALSE (polynomial 0x1021, initial value 0xFFFF, not reflected).
///
/// In a payload it covers every byte up to and including `6304`, the tag and length of the checksum itself.
///
/// ```
/// assert_eq!(gerbang_qris::crc16(b"123456789"), 0x29B1);
/// ```
pub fn crc16(bytes: &[u8]) -> u16 {
    CRC.checksum(bytes)
}

/// A checksum as tag 63 holds it: four upper-case hexadecimal digits.
pub(crate) fn hex(crc: u16) -> [u8; 4] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [12, 8, 4, 0].map(|shift| DIGITS[usize::from(crc >> shift & 0xF)])
}
