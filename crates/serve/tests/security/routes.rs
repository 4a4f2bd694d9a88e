//! Every route, with every token but the right one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::raw;
use crate::shop::{ADMIN, SHOP, Shop};

/// Whose token a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Shop,
    Admin,
}

/// Every route. One that is not here fails the tests.
pub const ROUTES: [(&str, &str, Needs); 23] = [
    ("POST", "/v1/payments", Needs::Shop),
    ("GET", "/v1/payments", Needs::Shop),
    ("GET", "/v1/payments/{id}", Needs::Shop),
    ("POST", "/v1/payments/{id}/cancel", Needs::Shop),
    ("POST", "/v1/payments/{id}/attempts", Needs::Shop),
    ("GET", "/v1/payments/{id}/events", Needs::Shop),
    ("GET", "/v1/events", Needs::Shop),
    ("POST", "/v1/events/{id}/redeliver", Needs::Shop),
    ("GET", "/v1/cases", Needs::Shop),
    ("POST", "/v1/cases/{id}/resolve", Needs::Admin),
    ("GET", "/v1/surplus", Needs::Shop),
    ("POST", "/v1/surplus/{id}/refunded", Needs::Admin),
    ("GET", "/v1/notifications", Needs::Shop),
    ("POST", "/v1/notifications/{id}/replay", Needs::Admin),
    ("GET", "/v1/accounts", Needs::Shop),
    ("POST", "/hooks/{account}", Needs::Nothing),
    ("GET", "/pay/{token}", Needs::Nothing),
    ("GET", "/pay/{token}/events", Needs::Nothing),
    ("GET", "/assets/{name}", Needs::Nothing),
    ("GET", "/metrics", Needs::Shop),
    ("GET", "/healthz", Needs::Nothing),
    ("GET", "/readyz", Needs::Nothing),
    ("GET", "/openapi.json", Needs::Nothing),
];

/// A path with the names of nothing.
pub fn filled(path: &str) -> String {
    // Ids of an order that nobody has placed, of a case, of a surplus and of an event.
    let id = if path.contains("/payments/") { "pay_Tk9ORQ" } else { "7" };
    path.replace("{id}", id).replace("{account}", "kropay").replace("{token}", "none").replace("{name}", "none")
}

fn described(description: &Value) -> BTreeSet<(String, String)> {
    let paths = description["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn every_route_is_described_and_tried_here() {
    let shop = Shop::open().await;
    let described = described(&shop.send("GET", "/openapi.json", &[], "").await.json());
    let tried = ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(described, tried.collect());
    // What the router has, by its source: a call that nobody has described is still a call.
    let source = include_str!("../../src/routes.rs");
    let routed: BTreeSet<_> = source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let paths: BTreeSet<_> = described.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(routed, paths);
    for (method, path) in &described {
        let security = &crate::contract::DESCRIPTION["paths"][path][method.to_lowercase()]["security"];
        let needs = ROUTES.iter().find(|route| route.0 == method && route.1 == path).unwrap().2;
        let said = match needs {
            Needs::Nothing => json!([]),
            Needs::Shop => json!([{"shop": []}]),
            Needs::Admin => json!([{"admin": []}]),
        };
        assert_eq!(*security, said, "{method} {path}");
    }
}

/// What is sent instead of the right header, with the query.
fn forgeries(token: &str) -> Vec<(String, Vec<(&'static str, String)>)> {
    let bearer = |token: &str| ("authorization", format!("Bearer {token}"));
    let query = |name: &str| format!("?{name}={token}");
    let plain = |headers: Vec<(&'static str, String)>| (String::new(), headers);
    vec![
        plain(vec![]),
        plain(vec![bearer("CANARY-wrong")]),
        plain(vec![bearer("")]),
        plain(vec![("authorization", "Bearer".into())]),
        plain(vec![("authorization", String::new())]),
        plain(vec![("authorization", token.into())]),
        plain(vec![("authorization", format!("Basic {token}"))]),
        plain(vec![("authorization", format!("Bearer{token}"))]),
        plain(vec![bearer(&format!("{token}x"))]),
        plain(vec![bearer(&token[..token.len() - 1])]),
        plain(vec![bearer(&token.to_uppercase())]),
        plain(vec![bearer(&format!("x {token}"))]),
        plain(vec![bearer(token), bearer("CANARY-wrong")]),
        plain(vec![bearer("CANARY-wrong"), bearer(token)]),
        plain(vec![("cookie", format!("token={token}; authorization=Bearer {token}"))]),
        plain(vec![("x-api-key", token.into())]),
        plain(vec![("proxy-authorization", format!("Bearer {token}"))]),
        plain(vec![("x-forwarded-for", "127.0.0.1".into())]),
        (query("token"), vec![]),
        (query("access_token"), vec![]),
        (query("authorization"), vec![]),
    ]
}

#[tokio::test]
async fn every_call_needs_its_scope() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_address = 0").await;
    let mut tried = 0;
    for (method, path, needs) in ROUTES {
        let call = async |query: &str, headers: &[(&str, String)]| {
            let json = [("content-type", "application/json")];
            let headers = headers.iter().map(|(name, value)| (*name, value.as_str())).chain(json).collect::<Vec<_>>();
            let body = if method == "POST" { "{}" } else { "" };
            let reply = shop.send(method, &format!("{}{query}", filled(path)), &headers, body).await;
            assert!(!reply.text.contains(SHOP) && !reply.text.contains(ADMIN), "{}", reply.text);
            reply.status
        };
        let right = if needs == Needs::Admin { ADMIN } else { SHOP };
        for (query, headers) in forgeries(right) {
            let status = call(&query, &headers).await;
            let refused = status == 401;
            assert_eq!(refused, needs != Needs::Nothing, "{method} {path} {query} {headers:?}: {status}");
            tried += 1;
        }
        let with = |token: &str| vec![("authorization", format!("Bearer {token}"))];
        let (shops, admins) = (call("", &with(SHOP)).await, call("", &with(ADMIN)).await);
        assert!(![401, 403].contains(&admins), "{method} {path}: {admins}");
        assert_eq!(shops == 403, needs == Needs::Admin, "{method} {path}: {shops}");
    }
    println!("{tried} calls of {} routes with a wrong token or none", ROUTES.len());
    // Nothing was done by any of them.
    assert!(shop.sandbox.requests().is_empty());
    assert_eq!(shop.get("/v1/payments").await.json()["payments"], json!([]));
}

#[tokio::test]
async fn head_and_odd_paths_open_nothing() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_address = 0").await;
    let id = shop.create("A", "kropay").await.json()["id"].as_str().unwrap().to_owned();
    for path in [
        "/v1/payments",
        "//v1/payments",
        "/v1//payments",
        "/v1/payments/",
        "/V1/payments",
        "/v1/./payments",
        "/hooks/../v1/payments",
        "/pay/../v1/payments",
        "/assets/..%2fv1%2fpayments",
        "/%76%31/payments",
        "/v1/payments;/healthz",
        "/v1/payments#/healthz",
        "/v1/payments%00",
        "/healthz/../v1/payments",
        &format!("/v1/payments/{id}"),
        &format!("/v1/payments/{id}/events"),
    ] {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "get", "XGET"] {
            for headers in [
                &[("Host", "localhost")][..],
                &[("Host", "localhost"), ("X-HTTP-Method-Override", "GET")],
                &[("Host", "localhost"), ("X-Original-URL", "/healthz")],
                &[("Host", "localhost"), ("X-Rewrite-URL", "/healthz")],
            ] {
                let reply = raw::send(&shop, raw::request(method, path, headers, "")).await;
                let status = raw::status(&reply);
                assert!([400, 401, 404, 405].contains(&status), "{method} {path} {headers:?}: {reply}");
                assert!(!reply.contains("\"order\""), "{method} {path}: {reply}");
            }
        }
    }
}

#[tokio::test]
async fn refusal_names_the_scheme_and_nothing_else() {
    let shop = Shop::open().await;
    let reply = shop.send("GET", "/v1/accounts", &[], "").await;
    assert_eq!(
        (reply.problem(), &reply.headers["www-authenticate"]),
        ((401, "unauthorized".into()), &"Bearer".parse().unwrap())
    );
    let wrong = shop.send("GET", "/v1/accounts", &[("authorization", "Bearer CANARY-wrong")], "").await;
    assert_eq!(wrong.problem(), reply.problem());
    assert!(!wrong.text.contains("CANARY"), "{}", wrong.text);
    let lower = format!("bearer  {SHOP} ");
    assert_eq!(shop.send("GET", "/v1/accounts", &[("authorization", &lower)], "").await.status, 200);
}
