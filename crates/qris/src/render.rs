//! Payloads drawn as QR codes.
//!
//! Error correction level M, by which a code is read with 15 % of it damaged, is what printed codes mostly have: L gives
//! way to one scratch, and Q and H need smaller modules for the same size.

use qrcode::bits::{self, Bits};
use qrcode::canvas::Canvas;
use qrcode::types::QrResult;
use qrcode::{Color, EcLevel, Version, ec};

use crate::{Qris, QrisError, QrisErrorKind, mask};

/// Light modules on each side of the code.
const QUIET: usize = 4;

/// A QR code with its quiet zone.
pub(crate) struct Matrix {
    width: usize,
    modules: Vec<Color>,
}

impl Matrix {
    pub(crate) fn new(qris: Qris<'_>) -> Result<Self, QrisError> {
        let payload = qris.payload();
        let bits = if payload.is_ascii() {
            bits::encode_auto(payload.as_bytes(), EcLevel::M).ok()
        } else {
            // The encoder would take some pairs of bytes for kanji, which readers turn into other bytes.
            (1..=40).find_map(|version| {
                let mut bits = Bits::new(Version::Normal(version));
                bits.push_byte_data(payload.as_bytes()).ok()?;
                bits.push_terminator(EcLevel::M).ok()?;
                Some(bits)
            })
        };
        bits.and_then(|bits| Self::drawn(bits).ok()).ok_or_else(|| QrisErrorKind::DoesNotFit.into())
    }

    fn drawn(bits: Bits) -> QrResult<Self> {
        let version = bits.version();
        let width = version.width() as usize;
        let (data, correction) = ec::construct_codewords(&bits.into_bytes(), version, EcLevel::M)?;
        let mut canvas = Canvas::new(version, EcLevel::M);
        canvas.draw_all_functional_patterns();
        canvas.draw_data(&data, &correction);
        canvas.apply_mask(mask::best(&canvas, width));
        Ok(Self { width, modules: canvas.into_colors() })
    }

    /// Modules on each side, with the quiet zone.
    pub(crate) fn size(&self) -> usize {
        self.width + 2 * QUIET
    }

    /// Whether a module is dark. Outside of the code everything is light.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = QUIET..QUIET + self.width;
        inside.contains(&x) && inside.contains(&y) && self.modules[(y - QUIET) * self.width + x - QUIET] == Color::Dark
    }
}

#[cfg(feature = "terminal")]
mod terminal {
    use super::Matrix;
    use crate::{Qris, QrisError};

    /// The background of text, for [`Qris::to_terminal_plain`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Background {
        /// Light text on a dark background, as in most terminals.
        Dark,
        /// Dark text on a light background, as on paper.
        Light,
    }

    impl Qris<'_> {
        /// The payload as a QR code for a terminal with 256 colours: black on white, whatever the terminal's own colours.
        ///
        /// A line of text holds two rows of modules, by the characters U+2580, U+2584, U+2588 and the space. Every line
        /// ends with the colours reset and a line feed.
        ///
        /// # Errors
        ///
        /// [`DoesNotFit`](crate::QrisErrorKind::DoesNotFit).
        pub fn to_terminal(self) -> Result<String, QrisError> {
            // 16 is black and 231 white in the part of the palette that themes leave alone.
            Ok(draw(&Matrix::new(self)?, Background::Light, "\x1b[38;5;16;48;5;231m", "\x1b[0m"))
        }

        /// As [`Qris::to_terminal`], but without colour codes, for logs and plain text.
        ///
        /// The code can be scanned only where the text is shown on the background that is named here: on the other it
        /// is inverted, which many apps do not read.
        ///
        /// # Errors
        ///
        /// [`DoesNotFit`](crate::QrisErrorKind::DoesNotFit).
        pub fn to_terminal_plain(self, background: Background) -> Result<String, QrisError> {
            Ok(draw(&Matrix::new(self)?, background, "", ""))
        }
    }

    fn draw(matrix: &Matrix, background: Background, before: &str, after: &str) -> String {
        let size = matrix.size();
        // The foreground draws dark modules on a light background and light modules on a dark one.
        let drawn = |x, y| matrix.is_dark(x, y) == (background == Background::Light);
        let mut out = String::with_capacity((size * 3 + before.len() + after.len() + 1) * size.div_ceil(2));
        for y in (0..size).step_by(2) {
            out.push_str(before);
            out.extend((0..size).map(|x| match (drawn(x, y), drawn(x, y + 1)) {
                (false, false) => ' ',
                (true, false) => '▀',
                (false, true) => '▄',
                (true, true) => '█',
            }));
            out.push_str(after);
            out.push('\n');
        }
        out
    }
}

#[cfg(feature = "terminal")]
pub use terminal::Background;

#[cfg(feature = "svg")]
mod svg {
    use super::Matrix;
    use crate::{Qris, QrisError};

    /// The pixels on each side of a module where nothing else says how large the drawing is.
    const PIXELS: usize = 8;

    impl Qris<'_> {
        /// The payload as a QR code in SVG: a white square with one black path.
        ///
        /// A module is one unit of the view box, and eight pixels of the width and height, which a style sheet may change.
        ///
        /// # Errors
        ///
        /// [`DoesNotFit`](crate::QrisErrorKind::DoesNotFit).
        pub fn to_svg(self) -> Result<String, QrisError> {
            let matrix = Matrix::new(self)?;
            let (size, pixels) = (matrix.size(), matrix.size() * PIXELS);
            let path = path(&matrix);
            Ok(format!(
                r##"<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{path}"/></svg>
"##
            ))
        }
    }

    /// The dark modules as a path, a module for a unit.
    pub(crate) fn path(matrix: &Matrix) -> String {
        let size = matrix.size();
        // Half of the modules are dark, in runs of two.
        let mut path = String::with_capacity(size * size * 4);
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let run = (x..size).take_while(|&x| matrix.is_dark(x, y)).count();
                if run > 0 {
                    for (letter, number) in [("M", x), (" ", y), ("h", run), ("v1h-", run)] {
                        path.push_str(letter);
                        push(&mut path, number);
                    }
                    path.push('z');
                }
                x += run + 1;
            }
        }
        path
    }

    /// Writes a number below 1000, which takes half the time of the whole path by `write!`.
    fn push(text: &mut String, number: usize) {
        let digits = [number / 100, number / 10 % 10, number % 10].map(|digit| char::from(b'0' + digit as u8));
        let first = if number >= 100 {
            0
        } else if number >= 10 {
            1
        } else {
            2
        };
        text.extend(&digits[first..]);
    }
}

#[cfg(feature = "svg")]
pub(crate) use svg::path;

#[cfg(feature = "png")]
mod png {
    use std::io::Write as _;

    use super::Matrix;
    use crate::{Qris, QrisError, QrisErrorKind};

    impl Qris<'_> {
        /// The payload as a QR code in PNG, in black and white.
        ///
        /// A module is a square with sides of `scale` pixels; 8 suits screens. Zero is taken as one.
        ///
        /// # Errors
        ///
        /// [`DoesNotFit`](crate::QrisErrorKind::DoesNotFit).
        pub fn to_png(self, scale: u8) -> Result<Vec<u8>, QrisError> {
            let matrix = Matrix::new(self)?;
            // The picture is written to memory and is neither empty nor too large for the format: that cannot fail.
            write(&matrix, scale.max(1).into()).map_err(|_| QrisErrorKind::DoesNotFit.into())
        }
    }

    fn write(matrix: &Matrix, scale: usize) -> Result<Vec<u8>, png::EncodingError> {
        let pixels = matrix.size() * scale;
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, pixels as u32, pixels as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        // The rows of a module are the same, so that the quickest way to make them small is good enough.
        encoder.set_compression(png::Compression::Fast);
        encoder.set_filter(png::Filter::Up);
        let mut writer = encoder.write_header()?;
        let mut stream = writer.stream_writer()?;
        for y in 0..matrix.size() {
            // One bit for each pixel, the first in the highest; ones are white.
            let mut row = vec![0; pixels.div_ceil(8)];
            for x in (0..pixels).filter(|x| !matrix.is_dark(x / scale, y)) {
                row[x / 8] |= 0x80 >> (x % 8);
            }
            for _ in 0..scale {
                stream.write_all(&row)?;
            }
        }
        stream.finish()?;
        writer.finish()?;
        Ok(out)
    }
}
