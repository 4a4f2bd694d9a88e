//! `--forward`: what is forwarded, how it is answered, and what is not forwarded.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_not_forwarded_for_everybody_to_read() {
    let mut listener = beside(|| {
        Listener::start(&["-p", "kropay", "--unconfirmed", "--forward", "http://shop.example.com/", "--once"])
    })
    .await;
    let message = printed(&["-p", "kropay"]);
    let body = message.split_once("\n\n").unwrap().1.to_owned();
    let client = client();
    let request = client.post(listener.url("kropay")).header("x-secret", "CANARY").body(body);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 502);
    let (line, end) = beside(move || (listener.next(), listener.end())).await;
    let error = line["forwarded"]["error"].as_str().unwrap();
    assert!(error.contains("the webhook secret would travel to shop.example.com"), "{line}");
    assert_eq!(end.exit, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_and_headers_are_forwarded_and_the_answer_returned() {
    let headers = &[("x-local", "1"), ("connection", "x-hop"), ("x-hop", "1"), ("content-type", "text/x")];
    let server = Server::start(202, headers, "thank you").await;
    let forward = format!("{}/hooks/{{provider}}", server.url);
    let (url, mut listener) = beside(move || {
        let listener = Listener::start(&["--unconfirmed", "--forward", &forward, "--once"]);
        (listener.url("pakasir-v1").to_owned(), listener)
    })
    .await;
    let body = " {\"amount\": 22000,\n\"order_id\":\"A/\\u00e9\", \"status\":\"completed\"} \n";
    let client = client();
    let request = client.post(&url).header("gerbang-verified", "gateway").header("gerbang-event", "{}");
    let request = request.header("x-sent", "1").header("te", "trailers").header("x-drop", "1");
    let answer = request.header("connection", "x-drop").body(body).send().await.unwrap();

    assert_eq!((answer.status().as_u16(), answer.headers()["x-local"].as_bytes()), (202, &b"1"[..]));
    assert_eq!((&answer.headers()["content-type"], answer.headers().get("x-hop")), (&"text/x".parse().unwrap(), None));
    assert_eq!(answer.text().await.unwrap(), "thank you");
    let seen = server.seen();
    let [(head, sent)] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(
        (sent.as_ref(), head.uri.path(), &head.headers["x-sent"]),
        (body.as_bytes(), "/hooks/pakasir-v1", &"1".parse().unwrap())
    );
    // Nobody has confirmed it, whatever its sender says.
    assert_eq!(head.headers["gerbang-verified"], "no");
    for name in ["te", "x-drop", "connection", "gerbang-event"] {
        assert_eq!(head.headers.get(name), None, "{name}");
    }
    assert_eq!(head.headers["host"].to_str().unwrap(), server.url.trim_start_matches("http://"));
    let line = beside(move || {
        let line = listener.next();
        assert_eq!(listener.end().exit, 5);
        line
    })
    .await;
    assert_eq!((&line["forwarded"]["status"], &line["answered"]), (&json!(202), &json!(202)));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_is_not_forwarded_and_a_failed_forward_answers_502() {
    let server = Server::start(200, &[], "").await;
    let url = server.url.clone();
    beside(move || {
        let mut listener = Listener::start(&["--unconfirmed", "--forward", &url, "--once"]);
        assert_eq!(post(listener.url("klink"), "{\"status\":\"success\"}"), 401);
        assert_eq!(listener.next()["forwarded"], Value::Null);

        let mut listener = Listener::start(&["--unconfirmed", "--forward", &nobody(), "--once"]);
        let answer = send(listener.url("klink"), "klink", &[]);
        assert_eq!((&answer["accepted"], &answer["status"]), (&json!(false), &json!(502)));
        assert!(listener.next()["forwarded"]["error"].as_str().unwrap().contains("nobody listens there"));
        assert_eq!(listener.end().exit, 6);
    })
    .await;
    assert_eq!(server.seen().len(), 0);
}
