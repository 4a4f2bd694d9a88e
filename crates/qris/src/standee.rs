//! A card to print and stand on a counter.

use std::fmt::Write as _;

use crate::render::{Matrix, path};
use crate::{Qris, QrisError};

/// The side of the code, in millimetres, its quiet zone included.
const SIDE: f32 = 85.0;

/// The widest line of text, in millimetres.
const TEXT: f32 = 93.0;

/// The card, and how its text is set.
const START: &str = concat!(
    r#"<svg xmlns="http://www.w3.org/2000/svg" width="105mm" height="148mm" viewBox="0 0 105 148">"#,
    r##"<rect width="105" height="148" fill="#fff"/>"##,
    r##"<g fill="#000" font-family="sans-serif" text-anchor="middle">"##,
);

impl Qris<'_> {
    /// The payload as a card to print, in SVG: A6 upright (105 × 148 mm), with the merchant's name, the QR code, and
    /// the national merchant ID and the amount where they are stated. There is no logo on it.
    ///
    /// # Errors
    ///
    /// [`DoesNotFit`](crate::QrisErrorKind::DoesNotFit), and those of [`Qris::amount`].
    pub fn to_standee(self) -> Result<String, QrisError> {
        let matrix = Matrix::new(self)?;
        let amount = self.amount()?;
        let (path, scale) = (path(&matrix), SIDE / matrix.size() as f32);
        let mut out = START.to_owned();
        line(&mut out, 19.0, 8.0, self.merchant_name().unwrap_or_default());
        if let Some(nmid) = self.nmid() {
            line(&mut out, 27.0, 4.0, &format!("NMID: {nmid}"));
        }
        if let Some(amount) = amount {
            line(&mut out, 133.0, 10.0, &format!("Rp{}", amount.to_dotted()));
        }
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            r##"</g><path fill="#000" shape-rendering="crispEdges" transform="translate(10 33) scale({scale})" d="{path}"/></svg>"##
        );
        Ok(out)
    }
}

/// Writes a line of text in the middle, as large as it may be and fits.
fn line(out: &mut String, bottom: f32, largest: f32, text: &str) {
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    // A character is about as wide as two thirds of its height, and a Chinese one as wide as high.
    let width: f32 = text.chars().map(|character| if character < '\u{1100}' { 0.66 } else { 1.0 }).sum();
    let size = largest.min(TEXT / width.max(1.0));
    let _ = write!(out, r##"<text x="52.5" y="{bottom}" font-size="{size:.2}">"##);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML has no place for these.
            '\u{FFFE}' | '\u{FFFF}' => {}
            _ => out.push(character),
        }
    }
    out.push_str("</text>");
}
