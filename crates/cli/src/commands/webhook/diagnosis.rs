//! Why a notification is refused. Each guess is tried; those that fit are reported.
//!
//! Nothing here shows a key, a secret or the signature that would be right, which would sign for a forger.

use data_encoding::{BASE64, BASE64URL, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use gerbang::Kind;
use gerbang::operation::Place;
use gerbang::registry::Proven;
use gerbang::signature::{Digits, Signature};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::MAX_BODY;
use super::message::MASK;
use super::reader::Reader;
use super::rewriting::{Original, originals};
use crate::lang::tr;
use crate::printable::printable;
use crate::provider::Provider;

/// A reason, or what was found while looking for one.
#[derive(Debug, PartialEq)]
pub struct Finding {
    /// A word for scripts, which does not change.
    pub code: &'static str,
    /// A sentence for people, in English.
    pub text: String,
}

impl Finding {
    /// A finding.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// As `--json` prints it.
    pub fn to_json(&self) -> Value {
        json!({"code": self.code, "text": self.text})
    }
}

/// Looks for the reasons why a reader refuses a notification with an error of this kind.
pub fn why(reader: &Reader, headers: &HeaderMap, body: &[u8], refusal: Kind) -> Vec<Finding> {
    if body.len() > MAX_BODY {
        return vec![Finding::new("too_large", "No provider sends so large a notification.")];
    }
    let mut findings = match (reader.proof(), refusal) {
        (Some(proof), Kind::Authentication) => match &proof.proof.signature {
            Some(made) => signature(reader, proof, made, headers, body),
            None => shared_secret(reader, proof, headers, body),
        },
        _ => malformed(body),
    };
    findings.extend(other_provider(reader, body));
    findings
}

/// What of a readable notification is suspicious.
pub fn suspicions(reader: &Reader, body: &[u8]) -> Vec<Finding> {
    // Of two APIs of one provider, one may have all members of the other but one.
    let own = reader.provider();
    let is_sibling = shape(body).is_some_and(|shape| shape != own && shape.section() == own.section());
    let finding = if is_sibling && reader.proof().is_none() { other_provider(reader, body) } else { None };
    finding.into_iter().collect()
}

fn malformed(body: &[u8]) -> Vec<Finding> {
    let start = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start();
    let finding = match start.first() {
        None => Finding::new(
            "empty_body",
            "The body is empty: it was read before it was saved, never came, or this is a ping that tries the address.",
        ),
        Some(b'<') => Finding::new("html", "The body is a web page, not a notification."),
        Some(b'"') => Finding::new(
            "quoted_json",
            "The body is JSON within a JSON text: save the text, not the quoted form of it.",
        ),
        Some(b'{') if is_ping(body) => Finding::new(
            "ping",
            "It looks like a ping, which a dashboard sends to try the address: it names no payment, so that it is answered as \
             refused. Real notifications are answered 200.",
        ),
        Some(b'{') => return Vec::new(),
        Some(_) if start.contains(&b'=') => {
            Finding::new("form_data", "The body looks like the data of a form; the providers send JSON.")
        }
        Some(_) => return Vec::new(),
    };
    vec![finding]
}

/// Whether a body is an object that says nothing but, perhaps, that it is a test.
fn is_ping(body: &[u8]) -> bool {
    let members = serde_json::from_slice::<serde_json::Map<String, Value>>(body);
    members.is_ok_and(|members| members.keys().all(|name| ["test", "ping", "event", "type"].contains(&name.as_str())))
}

/// Says whose notification it seems to be, where that is another's.
fn other_provider(reader: &Reader, body: &[u8]) -> Option<Finding> {
    let shape = shape(body)?;
    let own = reader.provider();
    // Those of gateways with one key come to one address.
    let variable = |provider: Provider| provider.notifications().ok()?.proof.map(|proof| proof.variable);
    let is_own = shape == own || (variable(own).is_some() && variable(own) == variable(shape));
    let name = shape.name();
    (!is_own)
        .then(|| Finding::new("other_provider", format!("The body has the form of {name}; try --provider {name}.")))
}

/// The gateway of whose form a body is, whatever it proves. Of two APIs of one provider, the one with more members comes first.
fn shape(body: &[u8]) -> Option<Provider> {
    Provider::all().find(|provider| provider.notifications().is_ok_and(|notifications| (notifications.is_own)(body)))
}

/// What stands in a proof's place, if that is one value. The error is what is wrong, or nothing where it is not there.
fn only(reader: &Reader, proof: Proven, headers: &HeaderMap, body: &[u8]) -> Result<String, Option<Finding>> {
    let title = reader.provider().title();
    let mut given = proof.proof.given_values(headers, body);
    match (given.pop(), given.is_empty(), proof.proof.header()) {
        (Some(value), true, _) => Ok(value),
        (None, ..) => Err(None),
        (Some(_), false, name) => {
            let name = name.unwrap_or_default();
            let text = format!("The header {name} is there more than once; {title} sends it once.");
            Err(Some(Finding::new("repeated_header", text)))
        }
    }
}

/// Why a proof is nowhere.
fn missing(reader: &Reader, proof: Proven, body: &[u8]) -> Vec<Finding> {
    let title = reader.provider().title();
    if let Place::Body(name) = proof.proof.place {
        let findings = malformed(body);
        if !findings.is_empty() {
            return findings;
        }
        let text =
            format!("The body has no text {name}: it was left out when it was saved, or {title} did not send this.");
        return vec![Finding::new("missing_member", text)];
    }
    let name = proof.proof.header().unwrap_or_default();
    let text = format!(
        "The header {name} is missing: it was not saved, was removed on its way, or {title} did not send this."
    );
    vec![Finding::new("missing_header", text)]
}

/// Why a signature does not hold.
fn signature(reader: &Reader, proof: Proven, made: &Signature, headers: &HeaderMap, body: &[u8]) -> Vec<Finding> {
    let title = reader.provider().title();
    let mut findings = Vec::new();
    let given = match only(reader, proof, headers, body) {
        Ok(given) => given,
        Err(Some(finding)) => return vec![finding],
        Err(None) => match elsewhere(reader, proof, made, headers) {
            Some((value, finding)) => {
                findings.push(finding);
                value
            }
            None => return missing(reader, proof, body),
        },
    };
    let given = given.as_str();
    if let Some(finding) = plain(reader, proof, given, body) {
        findings.push(finding);
        return findings;
    }
    let mut readable = forms(made, given).peekable();
    if readable.peek().is_none() {
        let text = format!(
            "The value has {} characters and is no {} in hexadecimal or Base64: it was cut or is something else.",
            given.len(),
            made.algorithm.name()
        );
        findings.push(Finding::new("no_signature", text));
        return findings;
    }
    for (form, signature) in readable {
        if let Some(fit) = fit(reader, &signature, body) {
            findings.extend(form);
            findings.extend(fit);
            return findings;
        }
    }
    // The form is reported even if nothing fits, for it is refused by itself.
    findings.extend(forms(made, given).find_map(|(form, _)| form));
    findings.push(Finding::new(
        "wrong_key",
        format!(
            "The signature fits neither the body nor any usual way of writing it: the key is another one than {title} \
             signed with, the body was changed, or it is forged. Compare {} (`gerbang config check` shows where it is set) \
             with the key that {title} gave.",
            proof.variable
        ),
    ));
    findings
}

/// What looks like the signature in another header than the provider's.
fn elsewhere(reader: &Reader, proof: Proven, made: &Signature, headers: &HeaderMap) -> Option<(String, Finding)> {
    let (name, title) = (proof.proof.header()?, reader.provider().title());
    headers.iter().find_map(|(other, value)| {
        let value = value.to_str().ok()?;
        forms(made, value).next()?;
        let text = format!("What looks like the signature is in the header {other}; {title} sends it in {name}.");
        Some((value.to_owned(), Finding::new("other_header", text)))
    })
}

/// A signature as the provider would write it, with what is wrong with the form in which it came.
fn forms(made: &Signature, text: &str) -> impl Iterator<Item = (Option<Finding>, String)> {
    let size = made.algorithm.size();
    let bare = text.trim().trim_matches(['"', '\'']).trim();
    let bare =
        bare.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("sha256")).map_or(bare, |(_, rest)| rest);
    let hexadecimal =
        HEXLOWER_PERMISSIVE.decode(bare.as_bytes()).ok().filter(|bytes| bytes.len() == size).map(|bytes| {
            let written = made.digits.write(&bytes);
            let finding = if written == text {
                None
            } else if bare == text {
                Some(other_case(made.digits))
            } else {
                Some(Finding::new("decorated", "There is something around the signature, such as quotes or `sha256=`."))
            };
            (finding, written)
        });
    let decoded =
        [&BASE64, &BASE64URL, &BASE64URL_NOPAD].into_iter().find_map(|code| code.decode(bare.as_bytes()).ok());
    let base64 = decoded.filter(|bytes| bytes.len() == size).map(|bytes| {
        let (case, _) = cases(made.digits);
        let text = format!(
            "The signature is in Base64. The provider writes it in {case}-case hexadecimal, and any other form is refused."
        );
        (Some(Finding::new("base64", text)), made.digits.write(&bytes))
    });
    hexadecimal.into_iter().chain(base64)
}

/// A signature in the digits of the other case.
fn other_case(digits: Digits) -> Finding {
    let (right, wrong) = cases(digits);
    let text = format!(
        "The signature is in {wrong}-case hexadecimal. The provider writes it in {right} case, and any other form is refused: \
         do not change the case before it is checked."
    );
    Finding::new(if right == "upper" { "lower_case" } else { "upper_case" }, text)
}

/// The case of these digits, and the other one.
fn cases(digits: Digits) -> (&'static str, &'static str) {
    match digits {
        Digits::Lower => ("lower", "upper"),
        _ => ("upper", "lower"),
    }
}

/// What a signature is that of: nothing is to be said where it is the body as it came; none where nothing that is tried fits.
fn fit(reader: &Reader, signature: &str, body: &[u8]) -> Option<Option<Finding>> {
    let holds = |body: &[u8]| reader.is_proven(signature, body);
    if holds(body) {
        return Some(None);
    }
    if holds(b"") {
        let text = "The signature is that of an empty body: who signed it, or checked it, had not read the body yet.";
        return Some(Some(Finding::new("empty_body_signed", text)));
    }
    let Original { what, is_same_json, .. } = originals(body).find(|original| holds(&original.body))?;
    let finding = if is_same_json {
        let text = format!(
            "The signature is that of the body {what}: it was read and written again on its way. Check the signature over \
             the bytes that came, before anything parses them."
        );
        Finding::new("rewritten_body", text)
    } else {
        let text = format!(
            "The signature is that of the body {what}: it was changed when it was saved or on its way. Keep the bytes as \
             they came."
        );
        Finding::new("changed_bytes", text)
    };
    Some(Some(finding))
}

/// Why a shared secret is not accepted.
fn shared_secret(reader: &Reader, proof: Proven, headers: &HeaderMap, body: &[u8]) -> Vec<Finding> {
    let (name, title) = (proof.proof.header().unwrap_or_default(), reader.provider().title());
    let value = match only(reader, proof, headers, body) {
        Ok(value) => value,
        Err(Some(finding)) => return vec![finding],
        Err(None) => {
            let is_here = |value: &HeaderValue| value.to_str().is_ok_and(|value| reader.is_proven(value, body));
            let other = headers.iter().find(|(_, value)| is_here(value));
            return match other {
                Some((other, _)) => {
                    let text = format!("The secret is in the header {other}; {title} sends it in {name}.");
                    vec![Finding::new("other_header", text)]
                }
                None => missing(reader, proof, body),
            };
        }
    };
    let value = value.as_str();
    if let Some(finding) = plain(reader, proof, value, body) {
        return vec![finding];
    }
    let bare = value.trim_start_matches("Bearer ").trim().trim_matches(['"', '\'']);
    let is_decorated = reader.is_proven(bare, body);
    vec![if is_decorated {
        Finding::new("decorated", "There is something around the secret, such as quotes or `Bearer`.")
    } else {
        Finding::new(
            "wrong_secret",
            format!(
                "The header {name} holds another secret: it is that of another project or an old one, or it is forged. \
                 Compare {} (`gerbang config check` shows where it is set) with the project's.",
                proof.variable
            ),
        )
    }]
}

/// What is wrong with every proof in the same way: it was left out, or its key is in quotes.
fn plain(reader: &Reader, proof: Proven, value: &str, body: &[u8]) -> Option<Finding> {
    if value == MASK {
        return Some(masked(proof));
    }
    reader.is_proven_unquoted(value, body).then(|| quoted_key(proof))
}

fn quoted_key(proof: Proven) -> Finding {
    let text = format!(
        "The value of {} is in quotes, which belong to the file that it was read from and not to the key: it holds without them.",
        proof.variable
    );
    Finding::new("quoted_key", text)
}

fn masked(proof: Proven) -> Finding {
    let text = match proof.proof.place {
        Place::Body(name) => format!(
            "The member {name} holds {MASK}: whoever saved the message left the value out, so that nothing can be checked."
        ),
        _ => {
            let name = proof.proof.header().unwrap_or_default();
            format!(
                "The header {name} holds {MASK}: whoever saved the message left the value out, so that nothing can be \
                 checked."
            )
        }
    };
    Finding::new("masked_value", text)
}

/// Findings as lines, in the language of the user.
pub fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("\n  {}", printable(&tr(&finding.text)))).collect()
}
