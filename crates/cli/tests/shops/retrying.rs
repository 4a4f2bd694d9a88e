//! What may have been lost is asked for again, word by word; what is refused is not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use serde_json::{Value, json};

use crate::language::{GO, Language, NODE, PHP, PYTHON};
use crate::world::{Answer, Shop, TOKEN, free_port};

/// A daemon that answers what it is told, and then listens no more; a status of 0 closes the connection. It gives the bodies that
/// it was sent.
fn daemon(answers: Vec<(u16, Value)>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, bodies) = mpsc::channel();
    thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            sender.send(read(&stream)).unwrap();
            if status != 0 {
                let (body, head) = (body.to_string(), "Content-Type: application/json\r\nConnection: close");
                let length = body.len();
                write!(stream, "HTTP/1.1 {status} Said\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
            }
        }
    });
    (url, bodies)
}

/// The body of a request that has the token.
fn read(stream: &TcpStream) -> String {
    let (mut reader, mut head) = (BufReader::new(stream), String::new());
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    let head = head.to_lowercase();
    assert!(head.starts_with("post /v1/payments ") && head.contains(&TOKEN.to_lowercase()), "{head}");
    let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

/// What the customer is answered, and how often the daemon was asked the same.
fn bought(language: Language, answers: Vec<(u16, Value)>) -> (Answer, usize) {
    let (url, bodies) = daemon(answers);
    let answer = Shop::start(language, &url, free_port()).buy("ORDER-1");
    let bodies: Vec<_> = bodies.try_iter().collect();
    for body in &bodies {
        assert_eq!(*body, bodies[0]);
        assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({"order": "ORDER-1", "amount": 10_000}));
    }
    (answer, bodies.len())
}

fn asks_again(language: Language) {
    if !language.is_there() {
        return;
    }
    let payment = |page: Value, pay_with: Value| json!({"status": "pending", "page": page, "pay_with": pay_with});
    let qris = json!([{"type": "qris", "payload": "000201"}]);
    let lost = || {
        vec![(0, Value::Null), (503, json!({"detail": "the database is away"})), (202, payment(Value::Null, json!([])))]
    };
    let page = (200, payment(json!("https://pay.example.com/pay/x"), qris.clone()));
    let (answer, times) = bought(language, [lost(), vec![page]].concat());
    assert_eq!(
        (answer.status, answer.location.as_str(), times),
        (303, "https://pay.example.com/pay/x", 4),
        "{answer:?}"
    );
    let (answer, _) = bought(language, vec![(201, payment(Value::Null, qris))]);
    assert!(answer.status == 200 && answer.text.contains("000201"), "{answer:?}");
    // The daemon would listen no more.
    let (answer, _) = bought(language, vec![(409, json!({"status": 409, "detail": "it has another content"}))]);
    assert!(answer.status == 400 && answer.text.contains("another content"), "{answer:?}");
}

#[test]
fn php_asks_again() {
    asks_again(PHP);
}

#[test]
fn node_asks_again() {
    asks_again(NODE);
}

#[test]
fn python_asks_again() {
    asks_again(PYTHON);
}

#[test]
fn go_asks_again() {
    asks_again(GO);
}
