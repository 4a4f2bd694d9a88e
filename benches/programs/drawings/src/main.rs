//! A QRIS payload, drawn: `drawings <svg|png|terminal|fast-qr-svg|fast-qr|qrcode-svg> <times> <payload>`.
//!
//! `fast-qr` is the code of the crate `fast_qr` before it is drawn. All have error correction level M and a quiet zone of four
//! modules.

use std::env;
use std::error::Error;
use std::hint::black_box;

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};
use gerbang_qris::Qris;
use qrcode::{EcLevel, QrCode};

/// The pixels on each side of a module, which suit screens.
const SCALE: u8 = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().ok_or("what to measure")?;
    let times: u32 = arguments.next().ok_or("a number of times")?.parse()?;
    let payload = arguments.next().ok_or("a payload")?;
    let qris = Qris::parse(&payload)?;
    let encoded = || QRBuilder::new(black_box(payload.as_str())).ecl(ECL::M).build();
    let draw: &dyn Fn() -> Result<usize, Box<dyn Error>> = match what.as_str() {
        "svg" => &|| Ok(black_box(qris).to_svg()?.len()),
        "png" => &|| Ok(black_box(qris).to_png(SCALE)?.len()),
        "terminal" => &|| Ok(black_box(qris).to_terminal()?.len()),
        "fast-qr-svg" => &|| Ok(SvgBuilder::default().margin(4).to_str(&encoded()?).len()),
        "fast-qr" => &|| Ok(encoded()?.size),
        "qrcode-svg" => &|| {
            let code = QrCode::with_error_correction_level(black_box(payload.as_str()), EcLevel::M)?;
            Ok(code.render::<qrcode::render::svg::Color<'_>>().build().len())
        },
        other => return Err(format!("there is no `{other}`").into()),
    };
    for _ in 0..times {
        black_box(draw()?);
    }
    Ok(())
}
