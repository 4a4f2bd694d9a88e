//! Pictures as they come from cameras and screens, read within bounds.

use std::io::Cursor;

use image_webp::WebPDecoder;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::error::ScanError;
use super::grey::Grey;

/// The longest file of a picture that is read, in bytes.
pub const MAX_PICTURE: usize = 16 << 20;

/// The most pixels of a picture that is read in shades of grey, or row by row.
const MOST_PIXELS: u64 = 32 << 20;

/// The most pixels of a picture that is whole in its colours while it is read.
const MOST_PIXELS_IN_COLOUR: u64 = 8 << 20;

/// The most pixels of a WebP, which may have frames besides.
const MOST_PIXELS_IN_FRAMES: u64 = 4 << 20;

/// The most bytes of all rows of a PNG, which take time to unpack.
const MOST_BYTES: u64 = 96 << 20;

/// The most pixels on a side.
const MOST_SIDE: u32 = 1 << 14;

/// The most passes over a progressive JPEG. Those that cameras and programs write have ten.
const MOST_SCANS: usize = 20;

/// The shades of a picture, which is recognised by how it begins.
pub(super) fn read(file: &[u8]) -> Result<Grey, ScanError> {
    if file.len() > MAX_PICTURE {
        return Err(ScanError::TooLong);
    }
    match file {
        [0x89, b'P', b'N', b'G', ..] => png(file),
        [0xFF, 0xD8, 0xFF, ..] => jpeg(file),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(file),
        _ => Err(ScanError::Format),
    }
}

fn png(file: &[u8]) -> Result<Grey, ScanError> {
    let broken = |_| ScanError::Broken;
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: 32 << 20 });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let info = decoder.read_header_info().map_err(broken)?;
    let most = if info.interlaced { MOST_PIXELS_IN_COLOUR } else { MOST_PIXELS };
    let (width, height) = bounded(info.width, info.height, most)?;
    if info.raw_row_length() as u64 * u64::from(info.height) > MOST_BYTES {
        return Err(ScanError::TooLarge { width: info.width, height: info.height });
    }
    let mut reader = decoder.read_info().map_err(broken)?;
    let samples = reader.output_color_type().0.samples();
    let mut pixels = Vec::with_capacity(width * height);
    if reader.info().interlaced {
        let mut whole = vec![0; reader.output_buffer_size().ok_or(ScanError::Broken)?];
        reader.next_frame(&mut whole).map_err(broken)?;
        pixels.extend(whole.chunks_exact(samples).map(light));
    } else {
        while let Some(row) = reader.next_row().map_err(broken)? {
            pixels.extend(row.data().chunks_exact(samples).map(light));
        }
    }
    whole(width, height, pixels)
}

fn jpeg(file: &[u8]) -> Result<Grey, ScanError> {
    let broken = |_| ScanError::Broken;
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma).set_strict_mode(false);
    // Its size is judged below.
    let any = usize::from(u16::MAX);
    let options = options.jpeg_set_max_scans(MOST_SCANS).set_max_width(any).set_max_height(any);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(broken)?;
    let info = decoder.info().ok_or(ScanError::Broken)?;
    let most = if info.sof.is_progressive() { MOST_PIXELS_IN_COLOUR } else { MOST_PIXELS };
    let (width, height) = bounded(info.width.into(), info.height.into(), most)?;
    whole(width, height, decoder.decode().map_err(broken)?)
}

fn webp(file: &[u8]) -> Result<Grey, ScanError> {
    let broken = |_| ScanError::Broken;
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(broken)?;
    decoder.set_memory_limit(64 << 20);
    let (width, height) = decoder.dimensions();
    let (width, height) = bounded(width, height, MOST_PIXELS_IN_FRAMES)?;
    let mut colours = vec![0; decoder.output_buffer_size().ok_or(ScanError::Broken)?];
    decoder.read_image(&mut colours).map_err(broken)?;
    let samples = if decoder.has_alpha() { 4 } else { 3 };
    whole(width, height, colours.chunks_exact(samples).map(light).collect())
}

/// A picture's width and height, if it is small enough.
fn bounded(width: u32, height: u32, most: u64) -> Result<(usize, usize), ScanError> {
    if width.max(height) > MOST_SIDE || u64::from(width) * u64::from(height) > most {
        return Err(ScanError::TooLarge { width, height });
    }
    Ok((width as usize, height as usize))
}

/// How light a pixel is, on white where it is transparent. It has one to four samples: grey or three colours, and opacity.
fn light(samples: &[u8]) -> u8 {
    let of = |red: u8, green: u8, blue: u8| (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) / 256;
    let (light, opacity) = match *samples {
        [grey] => return grey,
        [grey, opacity] => (grey.into(), opacity),
        [red, green, blue] => return of(red, green, blue) as u8,
        [red, green, blue, opacity] => (of(red, green, blue), opacity),
        _ => return 255,
    };
    let opacity = u32::from(opacity);
    ((light * opacity + 255 * (255 - opacity)) / 255) as u8
}

/// A picture that is not empty and has all its pixels.
fn whole(width: usize, height: usize, pixels: Vec<u8>) -> Result<Grey, ScanError> {
    if pixels.is_empty() || pixels.len() != width * height {
        return Err(ScanError::Broken);
    }
    Ok(Grey { width, height, pixels })
}
