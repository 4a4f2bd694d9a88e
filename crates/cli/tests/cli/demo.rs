//! `gerbang demo`.

use std::io::Write;
use std::process::Stdio;

use crate::run::{Lines, assert_masked, end, gerbang, run};

#[test]
fn five_payments_are_paid_and_confirmed() {
    let ran = run(&["demo"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let is_code = |line: &&str| !line.is_empty() && line.chars().all(|c| "█▀▄ ".contains(c));
    let (code, rest): (Vec<_>, Vec<_>) = ran.stdout.lines().partition(is_code);
    assert!(code.len() > 20 && code.iter().all(|line| line.chars().count() == code[0].chars().count()), "{code:#?}");
    assert_masked!(rest.join("\n"), @r"
    A sandbox of all gateways runs at http://127.0.0.1:PORT/. No money moves.

    The QRIS code of kropay, over Rp25.050.

     GATEWAY     REFERENCE  TO PAY    BY               STATUS  CONFIRMED BY      AFTER
     kazukipay   ORDER-1    Rp25.236  QRIS             PAID    webhook + status  TIME
     klink       ORDER-1    Rp25.000  virtual account  PAID    signed webhook    TIME
     kropay      ORDER-1    Rp25.050  QRIS             PAID    webhook + status  TIME
     pakasir-v2  ORDER-1    Rp25.485  QRIS             PAID    webhook + status  TIME
     paydigital  ORDER-1    Rp25.324  QRIS             PAID    status            TIME
    ");
}

#[test]
fn a_proxy_is_not_asked_for_this_machine() {
    let mut command = gerbang(&["demo"]);
    // Port 9 discards what it is sent, where anything listens at all.
    command.env("http_proxy", "http://127.0.0.1:9").env("HTTP_PROXY", "http://127.0.0.1:9");
    assert_eq!(end(command.spawn().unwrap()).code, Some(0));
}

#[test]
fn json_is_one_payment_a_line() {
    let ran = run(&["demo", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told: Vec<_> = ran
        .json()
        .iter()
        .map(|line| format!("{} {} {}", line["provider"], line["status"], line["confirmed_by"]))
        .collect();
    assert_masked!(told.join("\n"), @r#"
    "kazukipay" "paid" "notification_and_status"
    "klink" "paid" "signature"
    "kropay" "paid" "notification_and_status"
    "pakasir-v2" "paid" "notification_and_status"
    "paydigital" "paid" "status"
    "#);
}

#[test]
fn with_a_person_it_waits_for_enter() {
    let mut child = gerbang(&["demo", "--interactive"]).stdin(Stdio::piped()).spawn().unwrap();
    let lines = Lines::of_stdout(&mut child);
    lines.find("Press Pay");
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let paid = (0..5).map(|_| lines.find(" PAID ")).collect::<Vec<_>>();
    assert!(paid[4].contains("paydigital"), "{paid:?}");
    assert_eq!(end(child).code, Some(0));
}

#[test]
fn with_a_person_it_waits_for_the_page() {
    let mut child = gerbang(&["demo", "--interactive"]).spawn().unwrap();
    let lines = Lines::of_stdout(&mut child);
    let page = lines.find("http://127.0.0.1:");
    let address = page.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    lines.find("Press Pay");
    for id in ["kazukipay/ORDER-1", "klink/ORDER-1", "kropay/ORDER-1", "pakasir/ORDER-1", "paydigital/sb-7"] {
        press_pay(&address, id);
    }
    (0..5).for_each(|_| _ = lines.find(" PAID "));
    assert_eq!(end(child).code, Some(0));
}

/// What the button of the sandbox's page does.
fn press_pay(address: &str, payment: &str) {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "POST /_sandbox/payments/{payment}/pay HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
}
