//! `gerbang qris render`.

use std::fs;

use clap::Args;
use gerbang::qris;
use serde_json::json;

use super::source::{Source, failure, note, parse};
use crate::failure::{Exit, Failure};
use crate::operation::file;
use crate::output::Output;
use crate::qr::{self, Background};

/// The pixels on each side of a module, which suit screens.
const SCALE: u8 = 8;

const SVG: &str = "image/svg+xml";
const PNG: &str = "image/png";

/// `gerbang qris render`.
#[derive(Args, Debug)]
#[command(after_help = "A payload whose checksum is wrong is not drawn.\n\n\
    Examples:\n  \
    gerbang qris render @payload.txt\n  \
    gerbang qris render --png code.png --scale 10 - < payload.txt")]
pub struct Render {
    #[command(flatten)]
    source: Source,
    /// Draw SVG into a file, `-` for the standard output
    #[arg(long, value_name = "FILE", conflicts_with = "png")]
    svg: Option<String>,
    /// Draw PNG into a file, `-` for the standard output
    #[arg(long, value_name = "FILE")]
    png: Option<String>,
    /// Draw a card to print, A6, with name, NMID and amount, as SVG into a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["svg", "png"])]
    standee: Option<String>,
    /// The pixels on each side of a module of the PNG; 8 unless given
    #[arg(long, value_name = "PIXELS", requires = "png", value_parser = clap::value_parser!(u8).range(1..))]
    scale: Option<u8>,
    /// The background of text without colours: dark (unless given) or light
    #[arg(long, value_name = "COLOUR", hide_possible_values = true, conflicts_with_all = ["svg", "png", "standee"])]
    background: Option<Background>,
}

/// Draws a payload as a QR code.
///
/// # Errors
///
/// [`Failure`] when the payload is broken, does not fit into a code or the window, or the file cannot be written.
pub fn run(render: &Render, output: Output) -> Result<Exit, Failure> {
    let text = render.source.read(output)?;
    let report = qris::report(&text);
    let qris = parse(&report, output)?;
    if let Some(path) = &render.svg {
        check(path, SVG, output)?;
        write(path, SVG, qris.to_svg().map_err(|error| failure(&error))?.as_bytes(), output)?;
    } else if let Some(path) = &render.png {
        check(path, PNG, output)?;
        let scale = render.scale.unwrap_or(SCALE);
        let picture = qris.to_png(scale).map_err(|error| failure(&error))?;
        warn_of_small(&picture, scale, output);
        write(path, PNG, &picture, output)?;
    } else if let Some(path) = &render.standee {
        check(path, SVG, output)?;
        write(path, SVG, qris.to_standee().map_err(|error| failure(&error))?.as_bytes(), output)?;
    } else {
        // The prompt needs the line below.
        let background = render.background.unwrap_or(Background::Dark);
        let not_drawn = |why| Failure::failed(format!("{why} --svg or --png draws it into a file."));
        let code = qr::draw(qris.payload(), Some(background), 1).map_err(not_drawn)?.unwrap_or_default();
        output.result(&json!({"text": code}), || code.trim_end_matches('\n').to_owned())?;
    }
    Ok(Exit::Done)
}

/// The least pixels on each side of a code that apps read well on a screen.
const LEAST_PIXELS: u32 = 115;

/// Says where a picture is too small to be read, and what makes it large enough.
fn warn_of_small(png: &[u8], scale: u8, output: Output) {
    // The width is in the header, which comes first.
    let width = png.get(16..20).and_then(|width| width.try_into().ok()).map_or(0, u32::from_be_bytes);
    if width >= LEAST_PIXELS {
        return;
    }
    let scale = LEAST_PIXELS.div_ceil((width / u32::from(scale)).max(1));
    let english = format!("the picture has {width} × {width} pixels; apps need {LEAST_PIXELS}: --scale {scale}");
    let indonesian =
        format!("gambar berukuran {width} × {width} piksel; aplikasi perlu {LEAST_PIXELS}: --scale {scale}");
    note(output, "picture.small", &english, &indonesian);
}

/// Makes sure that no picture gets onto a terminal.
fn check(path: &str, media_type: &str, output: Output) -> Result<(), Failure> {
    if path == "-" { output.check_takes_file(media_type) } else { Ok(()) }
}

/// Writes a picture; `--json` then prints where to, or the picture itself for `-`.
fn write(path: &str, media_type: &str, picture: &[u8], output: Output) -> Result<(), Failure> {
    if path == "-" {
        return match output.json {
            true => output.result(&file(media_type, picture), String::new),
            false => output.bytes(picture),
        };
    }
    fs::write(path, picture).map_err(|error| Failure::failed(format!("{path} cannot be written: {error}")))?;
    if output.json { output.result(&json!({"file": path}), String::new) } else { Ok(()) }
}
