//! Why a signature is wrong: which other one it would be. Nothing that is found here is accepted.
//!
//! The document's signature is upper-case hexadecimal over the raw body. The only other trace of it, K-Link's own code, prints
//! base64 over JSON that was read and written again.

/// How many bytes a signature has.
const BYTES: usize = 32;

/// The document's writing.
pub(crate) const UPPER: &str = "upper-case hexadecimal";

/// The same in the other case.
pub(crate) const LOWER: &str = "lower-case hexadecimal";

/// The bytes of a signature in another writing than the document's, and the writing's name.
pub(crate) fn read(given: &[u8]) -> Option<([u8; BYTES], &'static str)> {
    if let Some(bytes) = hex(given) {
        let is_upper = !given.iter().any(u8::is_ascii_lowercase);
        return Some((bytes, if is_upper { UPPER } else { LOWER }));
    }
    base64(given).map(|bytes| (bytes, "base64"))
}

/// The bodies that may have been signed instead, and what they are: as it came, and as the usual programs write its JSON.
pub(crate) fn bodies(body: &[u8]) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    const REWRITTEN: &str = "the body as JSON that was written again";
    let compact = without_spaces(body, b",", b":");
    let unescaped = replace(&compact, b"\\/", b"/");
    let escaped = replace(&unescaped, b"/", b"\\/");
    let spaced = without_spaces(body, b", ", b": ");
    let rewritten = [compact, unescaped, escaped, spaced].into_iter().map(|body| (REWRITTEN, body));
    std::iter::once(("the body as it came", body.to_vec())).chain(rewritten)
}

fn hex(given: &[u8]) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    let read = base16ct::mixed::decode(given, &mut bytes).ok()?.len();
    (read == BYTES).then_some(bytes)
}

/// Of either alphabet, with or without padding.
fn base64(given: &[u8]) -> Option<[u8; BYTES]> {
    let digits = given.strip_suffix(b"=").unwrap_or(given);
    if digits.len() != 43 {
        return None;
    }
    let mut bytes = Vec::with_capacity(BYTES + 1);
    for group in digits.chunks(4) {
        // The last group is a digit short: it makes a byte too many.
        let digit = |at: usize| group.get(at).map_or(Some(0), |digit| value(*digit));
        let number = (0..4).try_fold(0, |number, at| Some(number * 64 + digit(at)?))?;
        bytes.extend(&number.to_be_bytes()[1..]);
    }
    bytes.truncate(BYTES);
    bytes.try_into().ok()
}

/// The value of a digit in base64.
fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// JSON without the white space between its parts, and with these commas and colons.
fn without_spaces(json: &[u8], comma: &[u8], colon: &[u8]) -> Vec<u8> {
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    let (mut written, mut in_text, mut is_escaped) = (Vec::with_capacity(json.len()), false, false);
    for byte in json {
        if in_text {
            in_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            written.push(*byte);
            continue;
        }
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b',' => written.extend(comma),
            b':' => written.extend(colon),
            _ => {
                in_text = *byte == b'"';
                written.push(*byte);
            }
        }
    }
    written
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        match rest.strip_prefix(from) {
            Some(after) => {
                written.extend(to);
                rest = after;
            }
            None => {
                written.push(*first);
                rest = after;
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_writing_has_its_name() {
        let bytes: [u8; BYTES] = std::array::from_fn(|at| (at * 9) as u8);
        let lower = base16ct::lower::encode_string(&bytes);
        let base64 = "AAkSGyQtNj9IUVpjbHV+h5CZoqu0vcbP2OHq8/wFDhc=";
        for (given, writing) in [
            (lower.clone(), "lower-case hexadecimal"),
            (lower.to_uppercase(), "upper-case hexadecimal"),
            (base64.to_owned(), "base64"),
            (base64.replace('=', ""), "base64"),
            (base64.replace('+', "-").replace('/', "_"), "base64"),
        ] {
            assert_eq!(read(given.as_bytes()), Some((bytes, writing)), "{given}");
        }
        for none in ["", "=", &lower[1..], &base64[2..], &base64.replace('A', "!"), &lower.replace('0', "g")] {
            assert_eq!(read(none.as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn json_is_written_as_usual_programs_do() {
        let body = b"{ \"a\" : \"x, y: \\\" \\/\" ,\n\"b\":[1,  2] }";
        let written: Vec<_> = bodies(body).map(|(_, body)| String::from_utf8(body).unwrap()).collect();
        assert_eq!(written[1], r#"{"a":"x, y: \" \/","b":[1,2]}"#);
        assert_eq!(written[2], r#"{"a":"x, y: \" /","b":[1,2]}"#);
        assert_eq!(written[3], r#"{"a":"x, y: \" \/","b":[1,2]}"#);
        assert_eq!(written[4], r#"{"a": "x, y: \" \/", "b": [1, 2]}"#);
    }
}
