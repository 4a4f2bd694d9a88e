//! A QRIS payload as a QR code in a terminal that is large enough.

use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use gerbang::qris::{self, Qris};
use terminal_size::terminal_size_of;

use crate::lang::tr;

/// The background of text without colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Background {
    #[value(help = tr("Light text on a dark background"))]
    Dark,
    #[value(help = tr("Dark text on a light background"))]
    Light,
}

/// The QR code for the standard output; none where that is no terminal, unless it is asked for.
///
/// A terminal with colours shows it black on white, whatever its own colours are. Without colours it fits one background
/// only: the one that is asked for, or a dark one.
///
/// # Errors
///
/// Why there is no code that can be scanned, in a sentence: the terminal must show it whole, with this many lines besides.
pub fn draw(payload: &str, asked: Option<Background>, lines_besides: usize) -> Result<Option<String>, String> {
    if asked.is_none() && !io::stdout().is_terminal() {
        return Ok(None);
    }
    draw_in(payload, asked, Some(lines_besides)).map(Some)
}

/// As [`draw`], also where it is no terminal, or one that is not high enough so that the code must be scrolled to.
///
/// # Errors
///
/// Why there is no code, in a sentence: a terminal must be as wide as it.
pub fn draw_always(payload: &str) -> Result<String, String> {
    draw_in(payload, None, None)
}

fn draw_in(payload: &str, asked: Option<Background>, besides: Option<usize>) -> Result<String, String> {
    let stdout = io::stdout();
    let background = match asked {
        Some(Background::Light) => qris::Background::Light,
        Some(Background::Dark) | None => qris::Background::Dark,
    };
    let is_coloured = AutoStream::choice(&stdout) != ColorChoice::Never;
    let code = Qris::parse(payload)
        .and_then(|qris| if is_coloured { qris.to_terminal() } else { qris.to_terminal_plain(background) })
        .map_err(|error| format!("No QR code can be drawn: {error}."))?;
    let lines = code.lines().count();
    // Two rows of modules a line.
    let columns = 2 * lines - 1;
    let Some((width, height)) = terminal_size_of(&stdout) else { return Ok(code) };
    let fits = columns <= width.0.into() && besides.is_none_or(|besides| lines + besides <= height.0.into());
    fits.then_some(code).ok_or_else(|| {
        let rows = lines + besides.unwrap_or_default();
        format!(
            "The QR code needs a window of {columns} columns and {rows} lines; this one has {} and {}.",
            width.0, height.0
        )
    })
}
