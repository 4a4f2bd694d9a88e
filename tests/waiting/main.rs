//! Waiting with each gateway's own limits: the times of each question, with a paused clock.

use std::sync::Mutex;
use std::time::Duration;

use gerbang::{
    Answer, Capabilities, Error, Lookup, NewPayment, Notification, Payment, PaymentGateway, PaymentStatus, Poll,
    Rupiah, wait,
};
use gerbang_tests::gateways;
use tokio::time::Instant;

/// A gateway with another's limits, whose payments are paid at the tenth question. It notes when it was asked.
struct Timed {
    like: Box<dyn PaymentGateway>,
    start: Instant,
    asked: Mutex<Vec<Duration>>,
}

impl PaymentGateway for Timed {
    fn provider(&self) -> &'static str {
        self.like.provider()
    }

    fn capabilities(&self) -> Capabilities {
        self.like.capabilities()
    }

    fn create_payment<'a>(&'a self, _: &'a NewPayment) -> Answer<'a, Payment> {
        unreachable!()
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        let Lookup::Payment(known) = lookup else { unreachable!() };
        let mut asked = self.asked.lock().unwrap();
        asked.push(self.start.elapsed());
        let mut payment = known.clone();
        payment.status = if asked.len() < 10 { PaymentStatus::Pending } else { PaymentStatus::Paid };
        Box::pin(async { Ok(payment) })
    }

    fn cancel_payment<'a>(&'a self, _: &'a Payment) -> Answer<'a, Payment> {
        unreachable!()
    }

    fn parse_notification(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        self.like.parse_notification(headers, body)
    }

    fn acceptance(&self) -> &'static str {
        self.like.acceptance()
    }
}

#[tokio::test(start_paused = true)]
async fn no_gateway_is_asked_faster_than_it_allows() {
    for gateway in gateways::all() {
        let like = gateways::make(gateway, "http://127.0.0.1:1", "key", gateways::Effort::ONCE).unwrap();
        let least = like.capabilities().poll_interval;
        let gateway = Timed { like, start: Instant::now(), asked: Mutex::default() };
        let mut payment = Payment::new(gateway.provider(), Rupiah::new(10_000), PaymentStatus::Pending);
        payment.reference = Some("ORDER-1".to_owned());
        // A caller in a hurry.
        wait(&gateway, &payment.into(), Poll::every(Duration::ZERO)).await.unwrap();
        let asked = gateway.asked.into_inner().unwrap();
        let times: Vec<_> = asked.iter().map(|time| format!("{:.1}", time.as_secs_f64())).collect();
        println!("{:<12} at least {:>3} s apart: {}", gateway.like.provider(), least.as_secs_f64(), times.join(" "));
        assert!(asked[0] >= least);
        assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= least), "{}", gateway.like.provider());
    }
}
