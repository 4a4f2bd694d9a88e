//! Documented notifications, given to the generated readers.

use gerbang::{Delivery, Error, Kind};
use gerbang_tests::apis;
use gerbang_tests::calls::{self, Printed};

use crate::spec::{Notification, Sample, Spec};
use crate::variants::{self, Tally, Whole};

fn read(spec: &Spec, notification: &Notification, body: &[u8]) -> Printed {
    let read = calls::read(&spec.name, &notification.id, body);
    read.unwrap_or_else(|| panic!("calls.rs does not read {} {}", spec.name, notification.id))
}

fn is_refusal(error: &Error) -> bool {
    (error.kind(), error.delivery()) == (Kind::InvalidNotification, Delivery::NotSent)
}

/// Does something with every documented notification, each of which has a sample, and counts them.
fn each(mut act: impl FnMut(&Spec, &Notification, &Sample)) -> usize {
    let mut samples = 0;
    for spec in Spec::all() {
        for notification in spec.notifications() {
            assert!(!notification.samples.is_empty(), "{} {} has no sample", spec.name, notification.id);
            for sample in &notification.samples {
                act(&spec, &notification, sample);
                samples += 1;
            }
        }
    }
    samples
}

#[test]
fn every_documented_notification_is_read() {
    let samples = each(|spec, notification, sample| {
        let printed = read(spec, notification, sample.value.to_string().as_bytes()).unwrap();
        assert!(!printed.contains("Unknown("), "{} {}: {printed}", spec.name, notification.id);
    });
    let documented: usize = apis::ALL.iter().map(|api| api.documented_notifications.len()).sum();
    assert!(samples >= documented, "{samples} samples of {documented} notifications");
}

#[tokio::test]
async fn notifications_are_read_whatever_is_added_omitted_or_altered() {
    let mut tally = Tally::default();
    let mut samples = 0;
    for spec in Spec::all() {
        for notification in spec.notifications() {
            let schema = spec.component(&notification.body).unwrap();
            for sample in &notification.samples {
                let variants = variants::of(&spec, schema, &sample.value, &Whole::default());
                let title = format!("{} {} {}", spec.name, notification.id, sample.name);
                let ask = async |body: &serde_json::Value| read(&spec, &notification, body.to_string().as_bytes());
                tally.ask(&title, variants, is_refusal, ask).await;
                samples += 1;
            }
        }
    }
    tally.check(samples, [7, 850, 130]);
}

#[test]
fn a_notification_that_is_cut_short_is_refused() {
    each(|spec, notification, sample| {
        let body = sample.value.to_string();
        for end in 0..body.len() {
            let error = read(spec, notification, &body.as_bytes()[..end]).unwrap_err();
            assert!(is_refusal(&error), "{error:?}");
        }
    });
}

#[test]
fn no_flipped_byte_makes_a_reader_panic() {
    let mut bodies = 0;
    each(|spec, notification, sample| {
        let body = sample.value.to_string().into_bytes();
        for position in 0..body.len() {
            for flip in 1..=u8::MAX {
                let mut body = body.clone();
                body[position] ^= flip;
                if let Err(error) = read(spec, notification, &body) {
                    assert!(is_refusal(&error), "{error:?}");
                }
                bodies += 1;
            }
        }
    });
    println!("{bodies} bodies with a flipped byte");
    assert!(bodies > 100_000);
}

#[test]
fn no_random_bytes_make_a_reader_panic() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    each(|spec, notification, _| {
        for _ in 0..10_000 {
            let length = random.next() % 200;
            let body: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
            let error = read(spec, notification, &body).unwrap_err();
            assert!(is_refusal(&error), "{error:?}");
        }
    });
}

/// Xorshift: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 8
    }
}
