//! What a body may have been before somebody read it and wrote it again, or saved it with an editor.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use gerbang::Trust;

use super::json::{Json, Style};
use super::sample::Sample;
use crate::provider::Provider;

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The largest body that is serialized again, in bytes: anybody can send one to have it tried. K-Link's have a few hundred.
const MAX_REWRITTEN: usize = 8 * 1024;

/// How many times as large as the body what is written may be: far more than white space and escapes make of a notification.
const MOST_GROWTH: usize = 4;

/// How deeply lists and objects may be nested; K-Link's notifications are one object.
const MAX_DEPTH: usize = 8;

/// The order of the members in the message that K-Link's document signs.
const SIGNED_IN_DOCUMENT: [&str; 5] = ["rq_uuid", "rq_datetime", "order_id", "status", "message"];

/// Bytes that may have been signed.
#[derive(Debug)]
pub struct Original {
    /// What they are, as the end of "the signature is that of the body …".
    pub what: String,
    /// Whether they are the same JSON, written otherwise.
    pub is_same_json: bool,
    pub body: Vec<u8>,
}

/// What a body of K-Link's may have been, each only once; the body as it is is not among them. Each is made when it is asked for.
pub fn originals(body: &[u8]) -> impl Iterator<Item = Original> {
    let hasher = RandomState::new();
    let mut seen = HashSet::from([hasher.hash_one(body)]);
    resaved(body).chain(rewritten(body)).filter(move |original| seen.insert(hasher.hash_one(original.body.as_slice())))
}

/// Makes other bytes of some.
type Way = fn(&[u8]) -> Vec<u8>;

/// As an editor or a proxy may have changed the bytes.
fn resaved(body: &[u8]) -> impl Iterator<Item = Original> {
    let ways: [(_, Way); 7] = [
        ("without the byte order mark", <[u8]>::to_vec),
        ("without the white space around it", |bytes| bytes.trim_ascii().to_vec()),
        ("with a line feed at its end", |bytes| [bytes.trim_ascii_end(), b"\n"].concat()),
        ("with carriage return and line feed at its end", |bytes| [bytes.trim_ascii_end(), b"\r\n"].concat()),
        ("with the byte order mark that was removed", |bytes| [BOM, bytes].concat()),
        ("with line feeds alone for line breaks", |bytes| replace(bytes, b"\r\n", b"\n")),
        ("with carriage returns before its line feeds", |bytes| {
            replace(&replace(bytes, b"\r\n", b"\n"), b"\n", b"\r\n")
        }),
    ];
    let unmarked = body.strip_prefix(BOM).unwrap_or(body);
    ways.into_iter().map(move |(what, way)| Original {
        what: what.to_owned(),
        is_same_json: false,
        body: way(unmarked),
    })
}

/// As another program may have written the same JSON.
fn rewritten(body: &[u8]) -> impl Iterator<Item = Original> {
    let unmarked = body.strip_prefix(BOM).unwrap_or(body);
    let most = MOST_GROWTH * body.len();
    let json = (body.len() <= MAX_REWRITTEN).then(|| serde_json::from_slice::<Json>(unmarked).ok()).flatten();
    let (quoted, json, wrapped) = match json {
        Some(Json::Text(text)) => {
            let inner = serde_json::from_str(&text).ok();
            (Some(text), inner, "that is in the text that was saved, ")
        }
        json => (None, json, ""),
    };
    let quoted = quoted.map(|text| Original {
        what: "that is in the text that was saved".into(),
        is_same_json: false,
        body: text.into_bytes(),
    });
    let written = json.filter(|json| json.depth() <= MAX_DEPTH).into_iter().flat_map(move |json| {
        orders(json).flat_map(move |(order, json)| {
            Style::all().flat_map(move |style| {
                let body = json.write_within(style, most).map(String::into_bytes);
                let what = format!("{wrapped}written {style}{order}");
                let ends = [(format!("{what}, and a line feed"), &b"\n"[..]), (what, &b""[..])];
                body.into_iter().flat_map(move |body| {
                    ends.clone().map(|(what, end)| Original { what, is_same_json: true, body: [&body, end].concat() })
                })
            })
        })
    });
    quoted.into_iter().chain(written)
}

/// The same members in other orders: as they are, as K-Link's document has them, by name.
fn orders(json: Json) -> impl Iterator<Item = (&'static str, Json)> {
    let members = match &json {
        Json::Object(members) => Some(members.clone()),
        _ => None,
    };
    let documented = Provider::all()
        .filter(|provider| provider.capabilities().notifications == Trust::Signed)
        .filter_map(|provider| Sample::of(provider).ok())
        .map(|sample| sample.names().map(str::to_owned).collect::<Vec<_>>())
        .chain([SIGNED_IN_DOCUMENT.map(str::to_owned).to_vec()])
        .map(Some);
    let documented: Vec<_> = documented.collect();
    let others = members.into_iter().flat_map(move |members| {
        // Last of all by name.
        documented.clone().into_iter().chain([None]).map(move |names| {
            let mut members = members.clone();
            let what = match names {
                Some(names) => {
                    members
                        .sort_by_key(|(name, _)| names.iter().position(|known| known == name).unwrap_or(names.len()));
                    ", with the members in the order of the document"
                }
                None => {
                    members.sort_by(|(one, _), (other, _)| one.cmp(other));
                    ", with the members sorted by name"
                }
            };
            (what, Json::Object(members))
        })
    });
    std::iter::once(("", json)).chain(others)
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(first);
            rest = &rest[1..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_original_is_tried_once_and_there_are_not_too_many() {
        let body = "\u{feff}{\"z\": \"é/\",\r\n \"order_id\": 1}\n";
        let originals: Vec<_> = originals(body.as_bytes()).collect();
        let distinct: HashSet<_> = originals.iter().map(|original| &original.body).collect();
        assert_eq!(distinct.len(), originals.len());
        assert!(!distinct.contains(&body.as_bytes().to_vec()));
        assert!(originals.len() < 200, "{}", originals.len());
    }

    #[test]
    fn what_is_no_json_or_too_large_is_not_rewritten() {
        let is_rewritten = |body: &[u8]| originals(body).any(|original| original.is_same_json);
        let of_size = |size: usize| format!("{{\"a\":  \"{}\"}}", "b".repeat(size - 10)).into_bytes();
        assert!(is_rewritten(b"{ }") && is_rewritten(&of_size(MAX_REWRITTEN)));
        assert!(!is_rewritten(b"\xFF\n") && !is_rewritten(&of_size(MAX_REWRITTEN + 1)));
    }
    #[test]
    fn a_body_that_would_grow_is_not_written_out() {
        // Each number would be on a line of its own, far to the right.
        let nested = |depth: usize| format!("{}{}1{}", "[".repeat(depth), "1,".repeat(2_000), "]".repeat(depth));
        let count = |body: &str| originals(body.as_bytes()).filter(|original| original.is_same_json).count();
        assert_eq!(count(&nested(MAX_DEPTH + 1)), 0);
        let deep = nested(MAX_DEPTH);
        assert!(count(&deep) > 0);
        for original in originals(deep.as_bytes()) {
            assert!(original.body.len() <= MOST_GROWTH * deep.len() + 1, "{}: {}", original.what, original.body.len());
        }
    }
}
