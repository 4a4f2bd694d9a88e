//! The judgement of replies: whatever bytes come, an operation succeeds only when the HTTP status and the gateway's flag say
//! so, and no key shows in an error.
//!
//! The first three characters of an input choose the operation, the status and the media type, the fourth is ignored, the
//! rest is the body of the reply. The client asks a server in this process, as it would ask a gateway.

#![no_main]

use std::cell::LazyCell;
use std::time::Duration;

use gerbang::Delivery;
use gerbang::operation::{FlagValue, Operation};
use gerbang_fuzz::body::Body;
use gerbang_fuzz::server::{Reply, Server};
use gerbang_tests::calls::{Clients, operations};
use gerbang_tests::gateways::Effort;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};

const KEY: &str = "SK-0123456789abcdef";
/// One attempt: what came of it is what is judged.
const EFFORT: Effort = Effort { retry: false, ..Effort::within(Duration::from_secs(5)) };
const TOKEN: &str = "TOKEN-0123456789abcdef";

const STATUSES: [u16; 16] = [200, 201, 202, 206, 301, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503];
const MEDIA: [&str; 4] = ["application/json", "text/html", "image/svg+xml", "application/json; charset=utf-8"];

struct World {
    server: Server,
    clients: Clients,
    runtime: Runtime,
}

thread_local! {
    static WORLD: LazyCell<World> = LazyCell::new(|| {
        let login = format!("{{\"status\":\"success\",\"message\":\"\",\"Authorization\":\"{TOKEN}\"}}");
        let server = Server::start(("POST /auth/login ", Reply::json(login)));
        let clients = Clients::new(&server.url(), KEY, EFFORT).expect("clients");
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        World { server, clients, runtime }
    });
}

fuzz_target!(|data: &[u8]| {
    let [operation, status, media, _, body @ ..] = data else { return };
    let all: Vec<_> = operations().collect();
    let choose = |byte: &u8, count: usize| usize::from(byte.wrapping_sub(b'0')) % count;
    let (spec, operation) = all[choose(operation, all.len())];
    let (status, media) = (STATUSES[choose(status, STATUSES.len())], MEDIA[choose(media, MEDIA.len())]);
    WORLD.with(|world| {
        world.server.answer(Reply { status, media, body: body.to_vec() }, operation.id != "login");
        let result = world.runtime.block_on(world.clients.call(spec, operation.id));
        match result.expect("each operation is called") {
            Ok(_) => assert!(says_success(operation, status, media, body), "{spec} {}", operation.id),
            Err(error) => {
                assert_eq!(error.status(), Some(status), "{error:?}");
                assert_ne!(error.delivery(), Delivery::NotSent, "{error:?}");
                let shown = format!("{error} {error:?} {:?} {:?}", error.body(), error.provider_message());
                let has_token = spec == "klink" && operation.id != "login" && shown.contains(TOKEN);
                assert!(!shown.contains(KEY) && !has_token, "{shown}");
                assert_eq!(error.to_string().lines().count(), 1, "{error}");
            }
        }
    });
});

/// Whether a reply reports success, by another reading of it.
fn says_success(operation: &Operation, status: u16, media: &str, body: &[u8]) -> bool {
    let envelope = &operation.envelope;
    if !(200..300).contains(&status) {
        return false;
    }
    if operation.accept != "application/json" {
        return media == operation.accept;
    }
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let Ok(text) = std::str::from_utf8(body) else { return false };
    if text.trim().is_empty() {
        return envelope.empty;
    }
    if text.trim_start().starts_with('[') {
        return operation.list && envelope.data.is_none();
    }
    let Some(members) = Body::try_read(text) else {
        // JSON that is in a string unescaped is repaired; the flag is outside of it.
        return operation.json_strings.iter().any(|name| text.contains(name))
            && envelope.success.iter().any(|value| match value {
                FlagValue::Bool(flag) => text.contains(&flag.to_string()),
                FlagValue::Word(word) => text.to_ascii_lowercase().contains(word),
            });
    };
    let has_payload = envelope.data.is_none_or(|data| !members.is_none(data));
    let flags: Vec<_> = envelope.flag.iter().filter(|flag| !members.is_none(flag)).collect();
    let succeeds = flags.iter().all(|flag| {
        envelope.success.iter().any(|value| match value {
            FlagValue::Bool(wanted) => members.is_bool(flag, *wanted),
            FlagValue::Word(word) => members.is_word(flag, &[word]),
        })
    });
    let may_lack_flag = envelope.flag.is_empty() || envelope.flag_optional;
    succeeds && (may_lack_flag || !flags.is_empty()) && has_payload
}
