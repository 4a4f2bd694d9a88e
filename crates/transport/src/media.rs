//! What a body holds, whatever its header says: a picture, a web page, compressed bytes.

use std::borrow::Cow;

use http::{HeaderMap, header};

/// The media type of a vector picture.
pub(crate) const SVG: &str = "image/svg+xml";

/// Whether a body can be of this media type. A picture is no text, and a vector picture is one.
pub(crate) fn is_of_type(body: &[u8], media_type: &str) -> bool {
    let start = content(body);
    if media_type.eq_ignore_ascii_case(SVG) {
        is_svg(start)
    } else if media_type.get(..6).is_some_and(|main| main.eq_ignore_ascii_case("image/")) {
        !matches!(start.first(), None | Some(b'<' | b'{' | b'['))
    } else {
        !start.is_empty() && !is_web_page(body)
    }
}

/// Whether a body begins as a web page does.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    let start = content(body);
    ["<!doctype html", "<html", "<head", "<body", "<br", "<b>"].iter().any(|page| begins(start, page))
}

/// Whether what follows the prolog of an XML document is the element `svg`.
fn is_svg(mut body: &[u8]) -> bool {
    loop {
        body = body.trim_ascii_start();
        let rest = if begins(body, "<?xml") {
            after(body, b"?>")
        } else if begins(body, "<!--") {
            after(body, b"-->")
        } else if begins(body, "<!doctype") && !is_web_page(body) {
            after_doctype(body)
        } else {
            return begins(body, "<svg") && matches!(body.get(4), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'));
        };
        match rest {
            Some(rest) => body = rest,
            None => return false,
        }
    }
}

/// What follows a document type, which may hold declarations in brackets.
fn after_doctype(body: &[u8]) -> Option<&[u8]> {
    let end = body.iter().position(|byte| matches!(byte, b'>' | b'['))?;
    match body[end] {
        b'[' => after(after(&body[end..], b"]")?, b">"),
        _ => Some(&body[end + 1..]),
    }
}

fn after<'a>(body: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = body.windows(end.len()).position(|window| window == end)?;
    Some(&body[at + end.len()..])
}

fn begins(body: &[u8], with: &str) -> bool {
    body.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
}

/// The body without byte order mark and white space before it.
fn content(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start()
}

/// How a body is compressed: by its header, or by how it begins. Nobody asks for that, and nothing here can undo it.
pub(crate) fn compression<'a>(headers: &'a HeaderMap, body: &[u8]) -> Option<Cow<'a, str>> {
    let named = headers.get_all(header::CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut named = named.filter(|name| !matches!(name.trim().to_ascii_lowercase().as_str(), "" | "identity"));
    if body.is_empty() {
        return None;
    }
    named.next().map(|name| name.chars().take(20).collect::<String>().into()).or_else(|| {
        Some(Cow::Borrowed(match body {
            [0x1f, 0x8b, ..] => "gzip",
            [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
            [0x78, 0x9c | 0xda, ..] => "zlib",
            _ => return None,
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn svg_begins_with_svg() {
        for svg in [
            "<svg/>",
            "\u{feff} \n<svg xmlns=\"http://www.w3.org/2000/svg\">",
            "<?xml version=\"1.0\"?>\n<!-- made by > -- hand -->\n<svg\n width=\"1\">",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/\"><svg>",
            "<!DOCTYPE svg [ <!ENTITY a \"b\"> ]><SVG>",
        ] {
            assert!(is_of_type(svg.as_bytes(), "image/svg+xml"), "{svg}");
        }
        for other in [
            "",
            " ",
            "<svga>",
            "<svg",
            "<b>Notice</b>: Undefined <svg/>",
            "Notice <svg/>",
            "<html><svg/></html>",
            "{\"success\":false}",
            "<!-- <svg/>",
            "<?xml ",
            "<!DOCTYPE svg [",
            "<!DOCTYPE html><svg/>x",
        ] {
            assert!(!is_of_type(other.as_bytes(), "image/svg+xml"), "{other}");
        }
    }

    #[test]
    fn picture_is_no_text_and_no_page() {
        assert!(is_of_type(b"\x89PNG\r\n", "image/png"));
        for other in ["", "\n", "<html>", "{}", "[]", " {\"success\":false}"] {
            assert!(!is_of_type(other.as_bytes(), "image/png"), "{other}");
        }
        assert!(is_of_type(b"a;b", "text/csv") && !is_of_type(b"", "text/csv"));
        assert!(!is_of_type(b"<!DOCTYPE html>", "text/csv"));
        assert!(is_web_page(b"\n<!doctype HTML>") && is_web_page(b"<br />\n<b>Warning</b>") && !is_web_page(b"<svg/>"));
    }
}
