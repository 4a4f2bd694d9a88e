//! No picture takes long or much memory. Alone in its process, whose memory is measured.

#![cfg(all(feature = "scan", target_os = "linux"))]

use std::fs;
use std::sync::LazyLock;

use gerbang_qris::{Qris, ScanError};

/// How many times as long as the `png` crate takes to decode the largest PNG a picture may take, in processor time: neither a slow
/// machine nor a busy one changes that.
const MOST_TIMES: f64 = 200.0;
const MOST_KIBIBYTES: u64 = 64 * 1024;

/// The processor time of this process, in seconds.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    // proc_pid_stat(5): utime and stime are the fields 14 and 15; the third one follows the name.
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}

fn kibibytes(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

/// The processor time that the `png` crate takes to decode the largest PNG that is read, in seconds.
static DECODED: LazyLock<f64> = LazyLock::new(|| {
    const TIMES: u32 = 40;
    let file = largest();
    let time = cpu_seconds();
    for _ in 0..TIMES {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        while reader.next_row().unwrap().is_some() {}
    }
    (cpu_seconds() - time) / f64::from(TIMES)
});

/// A PNG of 32 million pixels.
fn largest() -> Vec<u8> {
    png(5_792, 5_792, png::ColorType::Grayscale, |_, _| {})
}

/// The memory of the process before it read a picture.
static BEFORE: LazyLock<u64> = LazyLock::new(|| kibibytes("VmRSS"));

/// Reads a picture within the bounds.
fn scan(what: &str, file: &[u8]) -> Result<String, ScanError> {
    let before = *BEFORE + file.len() as u64 / 1024;
    // proc_pid_clear_refs(5): the peak begins anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let time = cpu_seconds();
    let read = Qris::scan(file);
    // What was freed before may be in the process still, and counts.
    let (memory, time) = (kibibytes("VmHWM").saturating_sub(before), cpu_seconds() - time);
    let times = time / *DECODED;
    println!("{what}: {time:.2} s, {times:.1} times the decoding, {memory} KiB");
    assert!(times <= MOST_TIMES, "{what}: {times} times the decoding");
    assert!(memory <= MOST_KIBIBYTES, "{what}: {memory} KiB");
    read
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/pictures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A PNG whose pixels are made one row after the other.
fn png(width: u32, height: u32, colour: png::ColorType, mut row: impl FnMut(u32, &mut [u8])) -> Vec<u8> {
    use std::io::Write as _;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    let mut pixels = vec![0; width as usize * colour.samples()];
    for y in 0..height {
        row(y, &mut pixels);
        stream.write_all(&pixels).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    file
}

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// A JPEG that claims another size.
fn claiming(size: [u8; 4]) -> Vec<u8> {
    let mut file = fixture("uneven.jpg");
    // The marker, the length of what follows, and the bits of a sample come before height and width.
    let start = file.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap() + 5;
    file[start..start + 4].copy_from_slice(&size);
    file
}

#[test]
fn no_picture_takes_long_or_much_memory() {
    LazyLock::force(&DECODED);
    LazyLock::force(&BEFORE);
    bombs();
    damage();
}

fn bombs() {
    let mut numbers = Numbers(7);
    let grey = png::ColorType::Grayscale;
    // The header of one, the rest of another.
    let mut large = Vec::new();
    png::Encoder::new(&mut large, 65_535, 65_535).write_header().unwrap();
    large.truncate(8 + 25);
    large.extend(&fixture("screen.png")[8 + 25..]);
    let too_large = Err(ScanError::TooLarge { width: 65_535, height: 65_535 });
    assert_eq!(scan("a PNG that claims 65535 × 65535", &large), too_large);
    assert_eq!(scan("a JPEG that claims 65535 × 65535", &claiming([0xFF; 4])), too_large);
    let _ = scan("a JPEG that is much longer than its data", &claiming([0xFF, 0xFF, 1, 0]));
    let finders = |y: u32, row: &mut [u8]| {
        for (x, pixel) in (0..).zip(row) {
            let (x, y) = (x % 18 / 2, y % 18 / 2);
            let ring = u32::abs_diff(x, 4).max(u32::abs_diff(y, 4));
            *pixel = if matches!(ring, 0 | 1 | 3) { 0 } else { 255 };
        }
    };
    let noise = |_, row: &mut [u8]| row.iter_mut().for_each(|pixel| *pixel = numbers.next() as u8);
    let nothing = |_: u32, _: &mut [u8]| {};
    let none = |what: &str, file: &[u8]| assert_eq!(scan(what, file), Err(ScanError::NoCode), "{what}");
    none("an empty PNG of 32 million pixels", &largest());
    none("one in colour", &png(5_500, 5_500, png::ColorType::Rgb, nothing));
    none("one of a single row", &png(16_384, 1, grey, nothing));
    none("one of a single column", &png(1, 16_384, grey, nothing));
    none("a PNG of corners of codes", &png(1_773, 1_773, grey, finders));
    // The largest that is not halved before it is looked at.
    none("a PNG of noise", &png(1_773, 1_773, grey, noise));
}

/// Pictures that are changed here and there, as many as `GERBANG_RUNS` says.
fn damage() {
    let runs = std::env::var("GERBANG_RUNS").map_or(100, |runs| runs.parse().unwrap());
    let names = ["screen.png", "uneven.jpg", "several.jpg", "logo.webp", "inverted.webp", "two.png"];
    let files = names.map(fixture);
    let mut numbers = Numbers(20_261_130);
    let mut read = 0;
    for run in 0..runs {
        let at = run % files.len();
        let mut file = files[at].clone();
        for _ in 0..1 + numbers.next() % 8 {
            let length = file.len() as u64;
            // The headers as often as all the rest.
            let length = if numbers.next().is_multiple_of(2) { length } else { length.min(200) };
            let place = (numbers.next() % length) as usize;
            match numbers.next() % 4 {
                0 => file.truncate(place.max(12)),
                1 => file[place] = [0, 0xFF, 0x7F, 0x80][(numbers.next() % 4) as usize],
                2 => drop(file.splice(place..place, (0..16).map(|_| numbers.next() as u8))),
                _ => file[place] ^= 1 << (numbers.next() % 8),
            }
        }
        // Whatever is read has the right checksum.
        read += usize::from(scan(&format!("{} in run {run}", names[at]), &file).is_ok());
    }
    println!("{read} of {runs} were read");
}
