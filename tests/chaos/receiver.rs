//! The shop's receiver of events: it verifies them, keeps their effects by their ids, and while there is chaos it refuses, hangs,
//! and breaks off before and after it has taken one.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang::jiff::Timestamp;
use gerbang_tests::chance::Chance;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// The keys that the daemons sign with; the receiver knows one of them.
pub const KEYS: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==";
const KEY: &str = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==";

/// Longer than a daemon waits.
const FOR_EVER: Duration = Duration::from_secs(20);

/// What the shop received.
#[derive(Debug, Default)]
pub struct Record {
    /// The content of each event that came, by its id.
    pub contents: BTreeMap<String, Value>,
    /// The events that were taken, and when that was first.
    pub taken: BTreeMap<String, Timestamp>,
    /// The number of the latest event of each order that came.
    latest: BTreeMap<String, u64>,
    /// Payments that were created, which nobody has looked at.
    pub created: Vec<String>,
    pub deliveries: usize,
    /// Those that were not answered 2xx.
    pub failed: usize,
    /// Events that were taken once more.
    pub doubles: usize,
    pub forged: Vec<String>,
    pub changed: Vec<String>,
    pub out_of_order: Vec<String>,
}

/// What the receiver does with an event.
enum Mood {
    Take,
    TakeSlowly,
    TakeAndBreakOff,
    Refuse,
    BreakOff,
    Hang,
}

pub struct Receiver {
    record: Mutex<Record>,
    /// None once it is quiet.
    chance: Mutex<Option<Chance>>,
}

impl Receiver {
    /// Listens, and gives the address that events are sent to.
    pub async fn start(seed: u64) -> (Arc<Self>, String) {
        let receiver = Arc::new(Self { record: Mutex::default(), chance: Mutex::new(Some(Chance::new(seed))) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        tokio::spawn({
            let receiver = receiver.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let receiver = receiver.clone();
                    tokio::spawn(async move { receiver.serve(stream).await });
                }
            }
        });
        (receiver, url)
    }

    /// From now on every event is taken at once.
    pub fn calm(&self) {
        *self.chance.lock().unwrap() = None;
    }

    pub fn record<T>(&self, look: impl FnOnce(&mut Record) -> T) -> T {
        look(&mut self.record.lock().unwrap())
    }

    /// Serves a connection until it is broken off.
    async fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        while let Some((headers, body)) = read(&mut stream).await? {
            let mood = self.mood();
            let Some(id) = self.came(&headers, &body) else { continue };
            match mood {
                Mood::TakeSlowly => sleep(Duration::from_millis(700)).await,
                Mood::Hang => sleep(FOR_EVER).await,
                _ => {}
            }
            let is_taken = matches!(mood, Mood::Take | Mood::TakeSlowly | Mood::TakeAndBreakOff);
            let status = if is_taken { "200 OK" } else { "500 Internal Server Error" };
            if is_taken {
                self.take(id);
            }
            if !matches!(mood, Mood::Take | Mood::TakeSlowly) {
                self.record(|record| record.failed += 1);
            }
            if matches!(mood, Mood::TakeAndBreakOff | Mood::BreakOff | Mood::Hang) {
                return Ok(());
            }
            stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
        }
        Ok(())
    }

    fn mood(&self) -> Mood {
        let mut chance = self.chance.lock().unwrap();
        match chance.as_mut().map_or(0, |chance| chance.below(100)) {
            0..70 => Mood::Take,
            70..80 => Mood::TakeSlowly,
            80..86 => Mood::TakeAndBreakOff,
            86..93 => Mood::Refuse,
            93..98 => Mood::BreakOff,
            _ => Mood::Hang,
        }
    }

    /// Writes down that an event came, and what is wrong with it; its id where it is signed.
    fn came(&self, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        let mut record = self.record.lock().unwrap();
        record.deliveries += 1;
        let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or("none").to_owned();
        let event: Value = serde_json::from_slice(body).unwrap_or_default();
        let verified = Webhook::new(KEY).expect("a key").verify(body, headers);
        if verified.is_err() || event["id"] != id.as_str() {
            record.forged.push(format!("{id}: {verified:?}"));
            return None;
        }
        if record.contents.get(&id).is_some_and(|before| *before != event) {
            record.changed.push(format!("{id}: {event}"));
        }
        if let Some(order) = event["data"]["order"].as_str() {
            let number = id.trim_start_matches("evt_").parse().unwrap_or(0);
            let latest = record.latest.entry(order.to_owned()).or_default();
            let before = std::mem::replace(latest, number.max(*latest));
            if number < before {
                record.out_of_order.push(format!("{order}: {id} after evt_{before}"));
            }
        }
        record.contents.insert(id.clone(), event);
        Some(id)
    }

    /// The effect of an event happens, once.
    fn take(&self, id: String) {
        let mut record = self.record.lock().unwrap();
        if record.taken.contains_key(&id) {
            record.doubles += 1;
            return;
        }
        let event = &record.contents[&id];
        let created = event["type"] == "payment.created";
        let payment = event["data"]["payment"].as_str().filter(|_| created).map(str::to_owned);
        record.created.extend(payment);
        record.taken.insert(id, Timestamp::now());
    }
}

/// Reads a request; none where the connection ends.
async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<(HeaderMap, Vec<u8>)>> {
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        // The first line has a name and a value too, or none.
        if let Some((name, value)) = text.split_once(": ")
            && let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        {
            headers.insert(name, value);
        }
    }
    let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some((headers, body)))
}
