//! Drawn codes are read again by another program's reader.

#![cfg(all(feature = "terminal", feature = "svg", feature = "png"))]

mod common;

use common::{valid, write};
use gerbang_core::Rupiah;
use gerbang_qris::{Background, Qris, QrisBuilder, QrisErrorKind};

const BLACK: u8 = 0;
const WHITE: u8 = 255;

/// A square picture in shades of grey.
#[derive(PartialEq, Eq)]
struct Picture {
    size: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn new(size: usize) -> Self {
        Self { size, pixels: vec![WHITE; size * size] }
    }

    fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, colour: u8) {
        for y in y..y + height {
            self.pixels[y * self.size + x..y * self.size + x + width].fill(colour);
        }
    }

    fn scaled(&self, scale: usize) -> Self {
        let size = self.size * scale;
        let pixels = (0..size * size).map(|at| self.pixels[at / size / scale * self.size + at % size / scale]);
        Self { size, pixels: pixels.collect() }
    }

    /// The text of the one code in the picture.
    fn read(&self) -> String {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(self.size, self.size, |x, y| self.pixels[y * self.size + x]);
        let codes = image.detect_grids();
        assert_eq!(codes.len(), 1, "codes in the picture");
        let (meta, text) = codes[0].decode().expect("a readable code");
        // Level M is 0 in the format information.
        assert_eq!(meta.ecc_level, 0);
        text
    }

    /// Asserts that the four outermost rows and columns are white, and the next are not.
    fn assert_quiet(&self) {
        let edge = |border: usize| {
            (0..self.size).flat_map(move |along| {
                [(along, border), (border, along), (along, self.size - 1 - border), (self.size - 1 - border, along)]
            })
        };
        for border in 0..4 {
            assert!(edge(border).all(|(x, y)| self.pixels[y * self.size + x] == WHITE));
        }
        assert!(edge(4).any(|(x, y)| self.pixels[y * self.size + x] == BLACK));
    }
}

/// A picture of text in half blocks, one pixel for a module.
fn picture_of_text(lines: &[&str], foreground: u8, background: u8) -> Picture {
    let size = lines[0].chars().count();
    assert_eq!(lines.len(), size.div_ceil(2));
    let mut picture = Picture::new(size);
    for (row, line) in lines.iter().enumerate() {
        assert_eq!(line.chars().count(), size);
        for (x, character) in line.chars().enumerate() {
            let (upper, lower) = match character {
                ' ' => (background, background),
                '▀' => (foreground, background),
                '▄' => (background, foreground),
                '█' => (foreground, foreground),
                _ => panic!("{character:?} in a code"),
            };
            picture.fill(x, 2 * row, 1, 1, upper);
            if 2 * row + 1 < size {
                picture.fill(x, 2 * row + 1, 1, 1, lower);
            } else {
                assert_eq!(lower, WHITE);
            }
        }
    }
    picture
}

fn picture_of_terminal(text: &str) -> Picture {
    assert!(text.ends_with("\x1b[0m\n"));
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.strip_prefix("\x1b[38;5;16;48;5;231m").unwrap().strip_suffix("\x1b[0m").unwrap())
        .collect();
    picture_of_text(&lines, BLACK, WHITE)
}

fn picture_of_svg(svg: &str) -> Picture {
    let between = |start: &str, end: &str| svg.split_once(start).unwrap().1.split_once(end).unwrap().0;
    let size = between("viewBox=\"0 0 ", " ");
    let pixels = 8 * size.parse::<usize>().unwrap();
    assert!(svg.contains(&format!("width=\"{pixels}\" height=\"{pixels}\" viewBox")));
    assert!(svg.contains(&format!("viewBox=\"0 0 {size} {size}\"")));
    assert!(svg.contains(&format!("<rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path fill=\"#000\" ")));
    let mut picture = Picture::new(size.parse().unwrap());
    for part in between(" d=\"M", "z\"/>").split("zM") {
        let (x, rest) = part.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let (width, rest) = rest.split_once("v1h-").unwrap();
        assert_eq!(width, rest);
        picture.fill(x.parse().unwrap(), y.parse().unwrap(), width.parse().unwrap(), 1, BLACK);
    }
    picture
}

fn picture_of_png(file: &[u8]) -> Picture {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::Eight));
    assert_eq!(info.width, info.height);
    let picture = Picture { size: info.width as usize, pixels };
    assert_eq!(picture.pixels.len(), picture.size * picture.size);
    picture
}

/// A payload of a length in bytes, of 14 at least.
fn payload_of(length: usize) -> String {
    const LONGEST: usize = 80;
    let mut tags = vec![(0, "01".to_owned())];
    let mut rest = length - write(&tags).len();
    for id in 64.. {
        // What is left over is a tag of its own, with its four digits.
        let part = if rest > LONGEST + 8 { LONGEST } else { rest };
        if part < 4 {
            break;
        }
        tags.push((id, "~".repeat(part - 4)));
        rest -= part;
    }
    write(&tags)
}

/// Every drawing of a payload.
fn assert_drawn(payload: &str) {
    let qris = Qris::parse(payload).unwrap();
    let svg = picture_of_svg(&qris.to_svg().unwrap());
    svg.assert_quiet();
    assert_eq!(svg.scaled(4).read(), payload);

    let terminal = picture_of_terminal(&qris.to_terminal().unwrap());
    assert!(terminal == svg);
    assert_eq!(terminal.scaled(3).read(), payload);
    for (background, foreground, behind) in [(Background::Dark, WHITE, BLACK), (Background::Light, BLACK, WHITE)] {
        let plain = qris.to_terminal_plain(background).unwrap();
        assert!(picture_of_text(&plain.lines().collect::<Vec<_>>(), foreground, behind) == svg);
    }

    for scale in [0, 1, 3, 4, 8] {
        let png = picture_of_png(&qris.to_png(scale).unwrap());
        assert!(png == svg.scaled(scale.max(1).into()));
        if scale >= 3 {
            assert_eq!(png.read(), payload);
        }
    }
}

#[test]
fn drawn_payloads_are_read_again() {
    for vector in valid() {
        assert_drawn(vector.payload);
    }
    let sticker = QrisBuilder::new("Warung Budi", "BANDUNG", "5812").nmid("ID1024322842930", "UMI").build().unwrap();
    assert_drawn(&sticker);
    assert_drawn(&Qris::parse(&sticker).unwrap().to_dynamic(Rupiah::new(25_000)).unwrap());
}

#[test]
fn codes_of_every_size_are_read_again() {
    let mut sizes = Vec::new();
    for length in (14..2_240).step_by(6) {
        let payload = payload_of(length);
        let picture = picture_of_svg(&Qris::parse(&payload).unwrap().to_svg().unwrap());
        if sizes.last() == Some(&picture.size) {
            continue;
        }
        let dark = |x, y| picture.pixels[(y + 4) * picture.size + x + 4] == BLACK;
        let (meta, text) = rqrr::Grid::new(rqrr::SimpleGrid::from_func(picture.size - 8, dark)).decode().unwrap();
        assert_eq!((text, meta.ecc_level), (payload, 0));
        sizes.push(picture.size);
    }
    assert_eq!(sizes, (1..=40).map(|version| 4 * version + 17 + 8).collect::<Vec<_>>());
}

#[test]
fn standee_has_the_code_and_what_belongs_to_it() {
    let builder = QrisBuilder::new("Kopi & <Susu>", "BANDUNG", "5812").nmid("ID1024322842930", "UMI");
    let sticker = builder.build().unwrap();
    let payload = Qris::parse(&sticker).unwrap().to_dynamic(Rupiah::new(25_000)).unwrap();
    let qris = Qris::parse(&payload).unwrap();
    let standee = qris.to_standee().unwrap();
    for text in
        ["Kopi &amp; &lt;Susu&gt;<", ">NMID: ID1024322842930<", ">Rp25.000<", " width=\"105mm\" height=\"148mm\" "]
    {
        assert!(standee.contains(text), "{text}: {standee}");
    }
    // Its code is the same path.
    let path = |svg: &str| svg.split_once(" d=\"").unwrap().1.to_owned();
    assert_eq!(path(&standee), path(&qris.to_svg().unwrap()));
    let without = Qris::parse(&sticker).unwrap().to_standee().unwrap();
    assert!(!without.contains("Rp") && without.contains("NMID"), "{without}");
}

#[test]
fn text_is_drawn_as_bytes() {
    // E4 81 81 again and again: every pair of these bytes is a kanji in Shift JIS.
    let text = "\u{4041}".repeat(60);
    let payload = write(&[(0, "01"), (64, &text)]);
    assert_drawn(&payload);
    // This reader gives the bytes back even from kanji, others do not. As bytes, 198 of them need version 10, which has
    // 57 modules; as kanji they would fit into version 9.
    assert_eq!(payload.len(), 198);
    assert_eq!(picture_of_svg(&Qris::parse(&payload).unwrap().to_svg().unwrap()).size, 57 + 8);
}

#[test]
fn a_payload_may_be_too_long_for_a_code() {
    // Tags and lengths are digits, which take less room than the rest.
    assert_drawn(&payload_of(2_240));
    let long = (2_240..2_266).map(payload_of).collect::<Vec<_>>();
    assert!(long.iter().all(|payload| Qris::parse(payload).unwrap().to_svg().is_ok()));

    let too_long = write(
        &(0..30)
            .map(|at| (if at == 0 { 0 } else { 63 + at }, if at == 0 { "01".into() } else { "~".repeat(99) }))
            .collect::<Vec<_>>(),
    );
    let qris = Qris::parse(&too_long).unwrap();
    let not_ascii = too_long.replacen("~", "é", 1);
    let not_ascii = common::with_checksum(&not_ascii[..not_ascii.len() - 8]);
    for qris in [qris, Qris::parse(&not_ascii).unwrap()] {
        assert_eq!(qris.to_svg().unwrap_err().kind(), &QrisErrorKind::DoesNotFit);
        assert_eq!(qris.to_png(1).unwrap_err().kind(), &QrisErrorKind::DoesNotFit);
        assert_eq!(qris.to_terminal().unwrap_err().kind(), &QrisErrorKind::DoesNotFit);
    }
}
