//! Where events may be delivered: nowhere inside, by whatever name or way.

use gerbang_serve::{Flags, Settings};
use tokio::net::TcpListener;

use crate::shop::{Shop, file, until};

const SECRET: &str = "webhook_secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n";

fn read(url: &str) -> Result<Settings, Vec<String>> {
    let text = format!("webhook_url = \"{url}\"\n{SECRET}[accounts.a]\ngateway = \"kropay\"\napi_key = \"k\"\n");
    let flags = Flags { file: Some(file("toml", &text)), ..Flags::default() };
    Settings::read(&flags, &|_| None)
}

/// Hosts that lead inside.
const INSIDE: [&str; 50] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[5f00::1]",
];

#[test]
fn addresses_inside_are_refused_in_every_spelling() {
    for host in INSIDE {
        for url in
            [format!("https://{host}/CANARY"), format!("https://{host}:443/CANARY"), format!("http://{host}/CANARY")]
        {
            let wrong = read(&url).expect_err(&url).join("\n");
            assert!(wrong.contains("webhook_url") && !wrong.contains("CANARY"), "{url}: {wrong}");
        }
    }
    for url in [
        "http://shop.example.com/",
        "ftp://shop.example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "unix:///run/socket",
        "https://user:CANARY@shop.example.com/",
        "https://",
        "//shop.example.com",
        "shop.example.com",
    ] {
        assert!(read(url).is_err(), "{url}");
    }
    println!("{} hosts inside", INSIDE.len());
    assert!(read("https://shop.example.com/hook").is_ok() && read("https://1.1.1.1/hook").is_ok());
}

#[tokio::test]
async fn name_that_leads_inside_is_never_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for name in ["localhost", "LOCALHOST.", "localhost.localdomain", "ip6-localhost"] {
        let shop =
            Shop::open_with("sqlite::memory:", &format!("webhook_url = \"https://{name}:{port}/\"\n{SECRET}")).await;
        shop.create("A", "kropay").await;
        until(async || {
            let mut tx = shop.ledger.read().await.unwrap();
            let sql = "SELECT count(*) AS tried FROM gerbang_serve_delivery WHERE tries > 0 AND lease_until = 0";
            tx.fetch(sql, []).await.unwrap()[0].int("tried").unwrap() > 0
        })
        .await;
        let connected = tokio::time::timeout(std::time::Duration::from_millis(100), listener.accept()).await;
        assert!(connected.is_err(), "{name} was connected to");
        shop.stop().await;
    }
}
