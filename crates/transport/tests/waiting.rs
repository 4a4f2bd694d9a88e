//! Waiting for a payment, with a paused clock.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::StreamExt;
use gerbang_core::{
    Answer, Capabilities, Delivery, Doubt, Error, Expected, Kind, Lookup, NewPayment, Notification, Payment,
    PaymentGateway, PaymentStatus, Rupiah,
};
use gerbang_transport::{Poll, WaitReason, Watched, wait, watch};
use tokio::time::Instant;

/// Answers from a list, the last one for ever, and notes when it was asked.
struct Scripted {
    answers: Mutex<Vec<Result<PaymentStatus, Error>>>,
    slowest: Duration,
    start: Instant,
    asked: Mutex<Vec<f64>>,
}

impl Scripted {
    fn new(slowest: u64, answers: impl IntoIterator<Item = Result<PaymentStatus, Error>>) -> Self {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        let slowest = Duration::from_secs(slowest);
        Self { answers: Mutex::new(answers), slowest, start: Instant::now(), asked: Mutex::default() }
    }

    fn times(&self) -> Vec<f64> {
        self.asked.lock().unwrap().clone()
    }

    /// The times between two questions, and before the first.
    fn pauses(&self) -> Vec<f64> {
        let times = self.times();
        times.iter().scan(0.0, |last, time| Some(time - std::mem::replace(last, *time))).collect()
    }
}

impl PaymentGateway for Scripted {
    fn provider(&self) -> &'static str {
        "scripted"
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::new(Rupiah::ZERO);
        capabilities.poll_interval = self.slowest;
        capabilities
    }

    fn create_payment<'a>(&'a self, _: &'a NewPayment) -> Answer<'a, Payment> {
        unreachable!()
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        let Lookup::Payment(known) = lookup else { unreachable!() };
        self.asked.lock().unwrap().push(self.start.elapsed().as_secs_f64());
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.len() {
            1 => match &answers[0] {
                Ok(status) => Ok(status.clone()),
                Err(error) => Err(Error::new(error.kind(), error.delivery(), "again")),
            },
            _ => answers.pop().unwrap(),
        };
        let mut payment = known.clone();
        Box::pin(async {
            payment.status = answer?;
            Ok(payment)
        })
    }

    fn cancel_payment<'a>(&'a self, _: &'a Payment) -> Answer<'a, Payment> {
        unreachable!()
    }

    fn parse_notification(&self, _: &http::HeaderMap, _: &[u8]) -> Result<Notification, Error> {
        unreachable!()
    }

    fn acceptance(&self) -> &'static str {
        ""
    }
}

fn payment(expires_in: Option<i64>) -> Expected {
    let mut payment = Payment::new("scripted", Rupiah::new(10_000), PaymentStatus::Pending);
    payment.reference = Some("ORDER-1".to_owned());
    payment.expires_at = expires_in.map(|seconds| jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds));
    payment.into()
}

/// Waits for a payment that is paid in the end; returns whether the money was late.
async fn paid(gateway: &Scripted, expected: &Expected, poll: Poll) -> bool {
    let proof = wait(gateway, expected, poll).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(proof.payment().status, Paid);
    proof.is_late()
}

fn fails(kind: Kind) -> Result<PaymentStatus, Error> {
    Err(Error::new(kind, Delivery::MaybeSent, "scripted"))
}

use PaymentStatus::{Cancelled, Expired, Failed, Paid, Pending, Unknown};

#[tokio::test(start_paused = true)]
async fn never_asks_faster_than_the_caller_or_the_gateway_allows() {
    for (wanted, slowest) in [(1, 4), (4, 1), (5, 5)] {
        let gateway = Scripted::new(slowest, (0..20).map(|_| Ok(Pending)).chain([Ok(Paid)]));
        paid(&gateway, &payment(None), Poll::every(Duration::from_secs(wanted))).await;
        let pauses = gateway.pauses();
        assert_eq!(pauses.len(), 21);
        let least = wanted.max(slowest) as f64;
        assert!(pauses.iter().all(|pause| (least..=least * 1.25 + 0.01).contains(pause)), "{pauses:?}");
        assert!(pauses.iter().any(|pause| pause - least > 0.01), "no jitter: {pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ends_when_the_gateway_closes_the_payment() {
    for (closed, questions) in [(Cancelled, 3), (Failed, 3)] {
        let gateway = Scripted::new(1, [Ok(Pending), Ok(Unknown("settling".to_owned())), Ok(closed.clone())]);
        let error = wait(&gateway, &payment(None), Poll::default()).await.unwrap_err();
        assert!(matches!(error.reason, WaitReason::Closed), "{error}");
        assert_eq!((error.last.status, gateway.times().len()), (closed, questions));
    }
}

#[tokio::test(start_paused = true)]
async fn expired_is_asked_about_through_the_grace() {
    let poll = || Poll::every(Duration::from_secs(10)).grace(Duration::from_secs(45));
    let gateway = Scripted::new(1, [Ok(Pending), Ok(Expired), Ok(Expired), Ok(Paid)]);
    assert!(paid(&gateway, &payment(None), poll()).await, "money after the word \"expired\" is late");
    for expires_in in [None, Some(3_600)] {
        let gateway = Scripted::new(1, [Ok(Pending), Ok(Expired)]);
        let error = wait(&gateway, &payment(expires_in), poll()).await.unwrap_err();
        assert!(matches!(error.reason, WaitReason::Closed), "{error}");
        let last = *gateway.times().last().unwrap();
        assert!((65.0..=83.0).contains(&last), "the last question was asked at {last}");
    }
}

#[tokio::test(start_paused = true)]
async fn known_paid_payment_is_asked_about_all_the_same() {
    let mut stored = payment(None).payment().clone();
    stored.status = Paid;
    let gateway = Scripted::new(1, [Ok(Pending), Ok(Paid)]);
    paid(&gateway, &stored.into(), Poll::default()).await;
    assert_eq!(gateway.times().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn outage_over_the_expiry_ends_paid() {
    let outage = (0..6).map(|_| fails(Kind::Unavailable));
    let gateway = Scripted::new(1, [Ok(Pending)].into_iter().chain(outage).chain([Ok(Paid)]));
    paid(&gateway, &payment(Some(30)), Poll::default().grace(Duration::from_secs(10))).await;
    assert!(*gateway.times().last().unwrap() > 40.0, "{:?}", gateway.times());
    // A restored payment whose expiry is past, at a gateway that is down.
    let outage = (0..6).map(|_| fails(Kind::Connect));
    let gateway = Scripted::new(1, outage.chain([Ok(Paid)]));
    paid(&gateway, &payment(Some(-3_600)), Poll::default().grace(Duration::from_secs(10))).await;
}

#[tokio::test(start_paused = true)]
async fn outage_over_the_expiry_ends_only_with_an_answer() {
    let outage = (0..6).map(|_| fails(Kind::Unavailable));
    let gateway = Scripted::new(1, outage.chain([Ok(Pending), Ok(Paid)]));
    let poll = Poll::default().grace(Duration::from_secs(10));
    let error = wait(&gateway, &payment(Some(30)), poll).await.unwrap_err();
    assert!(matches!(error.reason, WaitReason::Expired), "{error}");
    assert_eq!(gateway.times().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn expiry_in_the_past_ends_paid() {
    // Seven hours: a server that writes UTC where Jakarta time is read.
    let gateway = Scripted::new(1, [Ok(Pending), Ok(Pending), Ok(Pending), Ok(Paid)]);
    paid(&gateway, &payment(Some(-6 * 3_600)), Poll::default()).await;
}

#[tokio::test(start_paused = true)]
async fn payment_that_is_not_known_yet_ends_paid() {
    let unknown = (0..20).map(|_| fails(Kind::NotFound));
    let gateway = Scripted::new(1, unknown.chain([Ok(Paid)]));
    paid(&gateway, &payment(None), Poll::default()).await;
}

#[tokio::test(start_paused = true)]
async fn refusal_of_a_moment_ends_paid() {
    for kind in [Kind::Rejected, Kind::Authentication, Kind::AlreadyDone] {
        let gateway = Scripted::new(1, [fails(kind), Ok(Pending), fails(kind), Ok(Paid)]);
        paid(&gateway, &payment(None), Poll::default()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn slow_caller_is_woken_when_the_grace_is_over() {
    let gateway = Scripted::new(1, [Ok(Pending)]);
    let poll = Poll::every(Duration::from_secs(86_400)).grace(Duration::from_secs(60));
    let error = wait(&gateway, &payment(Some(600)), poll).await.unwrap_err();
    assert!(matches!(error.reason, WaitReason::Expired), "{error}");
    let asked = gateway.times();
    assert!(asked.len() == 1 && (659.0..=661.0).contains(&asked[0]), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn failures_that_may_pass_are_retried_with_exponential_backoff() {
    let kinds =
        [Kind::Connect, Kind::Timeout, Kind::Disconnected, Kind::Unavailable, Kind::Html, Kind::UnexpectedReply];
    let gateway = Scripted::new(1, kinds.map(fails).into_iter().chain([Ok(Paid)]));
    paid(&gateway, &payment(None), Poll::every(Duration::from_secs(2))).await;
    let pauses = gateway.pauses();
    assert!(pauses.windows(2).skip(1).take(4).all(|pair| pair[1] > pair[0]), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= 75.01), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_the_provider_asks() {
    let busy =
        Error::new(Kind::RateLimited, Delivery::Answered, "busy").with_retry_after(Some(Duration::from_secs(120)));
    let gateway = Scripted::new(1, [Err(busy), Ok(Paid)]);
    wait(&gateway, &payment(None), Poll::default()).await.unwrap();
    assert!(gateway.pauses()[1] >= 120.0);
}

#[tokio::test(start_paused = true)]
async fn nobody_can_make_it_wait_for_ever() {
    let busy = |seconds| {
        let asked = Some(Duration::from_secs(seconds));
        Err(Error::new(Kind::Unavailable, Delivery::MaybeSent, "busy").with_retry_after(asked))
    };
    let gateway = Scripted::new(1, [busy(u64::from(u32::MAX)), busy(u64::MAX), Ok(Paid)]);
    wait(&gateway, &payment(None), Poll::default()).await.unwrap();
    assert!(gateway.pauses().iter().all(|pause| *pause <= 751.0), "{:?}", gateway.pauses());
    let gateway = Scripted::new(1, [Ok(Paid)]);
    wait(&gateway, &payment(None), Poll::every(Duration::MAX).grace(Duration::MAX)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn test_mode_is_not_paid_without_opt_in() {
    struct TestMode(Scripted);
    impl PaymentGateway for TestMode {
        fn provider(&self) -> &'static str {
            self.0.provider()
        }
        fn capabilities(&self) -> Capabilities {
            self.0.capabilities()
        }
        fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
            self.0.create_payment(new)
        }
        fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
            Box::pin(async move {
                let mut payment = self.0.payment(lookup).await?;
                payment.sandbox = Some(true);
                Ok(payment)
            })
        }
        fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
            self.0.cancel_payment(payment)
        }
        fn parse_notification(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Notification, Error> {
            self.0.parse_notification(headers, body)
        }
        fn acceptance(&self) -> &'static str {
            ""
        }
    }
    let gateway = TestMode(Scripted::new(1, [Ok(Paid)]));
    let error = wait(&gateway, &payment(None), Poll::default()).await.unwrap_err();
    assert!(matches!(error.reason, WaitReason::Doubted(Doubt::TestMode)), "{error}");
    let mut known = payment(None).payment().clone();
    known.sandbox = Some(true);
    let error = wait(&gateway, &known.clone().into(), Poll::default()).await.unwrap_err();
    assert!(matches!(error.reason, WaitReason::Doubted(Doubt::TestMode)), "{error}");
    let accepted = Expected::new(known).accept_test_mode();
    assert_eq!(wait(&gateway, &accepted, Poll::default()).await.unwrap().payment().status, Paid);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_will_not_pass_ends_it_with_what_was_known() {
    for kind in [Kind::EchoMismatch, Kind::Unsupported, Kind::Configuration, Kind::Gone] {
        let gateway = Scripted::new(1, [Ok(Pending), fails(kind)]);
        let error = wait(&gateway, &payment(None), Poll::default()).await.unwrap_err();
        assert!(matches!(&error.reason, WaitReason::Failed(error) if error.kind() == kind));
        assert_eq!((error.last.status, gateway.times().len()), (Pending, 2));
    }
    let gateway = Scripted::new(1, [Ok(Pending), fails(Kind::Authentication)]);
    let error = wait(&gateway, &payment(None), Poll::default()).await.unwrap_err();
    assert!(matches!(&error.reason, WaitReason::Failed(error) if error.kind() == Kind::Authentication));
    assert_eq!(gateway.times().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn answer_about_another_payment_is_no_proof() {
    struct Other(Scripted, fn(&mut Payment));
    impl PaymentGateway for Other {
        fn provider(&self) -> &'static str {
            self.0.provider()
        }
        fn capabilities(&self) -> Capabilities {
            self.0.capabilities()
        }
        fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
            self.0.create_payment(new)
        }
        fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
            Box::pin(async move {
                let mut payment = self.0.payment(lookup).await?;
                (self.1)(&mut payment);
                Ok(payment)
            })
        }
        fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
            self.0.cancel_payment(payment)
        }
        fn parse_notification(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Notification, Error> {
            self.0.parse_notification(headers, body)
        }
        fn acceptance(&self) -> &'static str {
            ""
        }
    }
    let changes: [fn(&mut Payment); 3] = [
        |payment| payment.provider = "another".to_owned(),
        |payment| payment.reference = Some("OTHER".to_owned()),
        |payment| payment.amount = Rupiah::new(1),
    ];
    for change in changes {
        let gateway = Other(Scripted::new(1, [Ok(Paid)]), change);
        let error = wait(&gateway, &payment(None), Poll::default()).await.unwrap_err();
        assert!(matches!(&error.reason, WaitReason::Doubted(doubt) if !doubt.may_pass()), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn ends_after_the_expiry_and_its_grace() {
    let gateway = Scripted::new(1, [Ok(Pending)]);
    let poll = Poll::every(Duration::from_secs(10)).grace(Duration::from_secs(30));
    let error = wait(&gateway, &payment(Some(100)), poll).await.unwrap_err();
    assert!(matches!(error.reason, WaitReason::Expired), "{error}");
    let last = *gateway.times().last().unwrap();
    assert!((129.0..=143.0).contains(&last), "the last question was asked at {last}");
}

#[tokio::test(start_paused = true)]
async fn ends_at_the_callers_deadline_even_within_a_question() {
    struct Silent(Scripted);
    impl PaymentGateway for Silent {
        fn provider(&self) -> &'static str {
            "silent"
        }
        fn capabilities(&self) -> Capabilities {
            self.0.capabilities()
        }
        fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
            self.0.create_payment(new)
        }
        fn payment<'a>(&'a self, _: Lookup<'a>) -> Answer<'a, Payment> {
            Box::pin(std::future::pending())
        }
        fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
            self.0.cancel_payment(payment)
        }
        fn parse_notification(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Notification, Error> {
            self.0.parse_notification(headers, body)
        }
        fn acceptance(&self) -> &'static str {
            ""
        }
    }
    let poll = Poll::every(Duration::from_secs(10)).for_at_most(Duration::from_secs(25));
    for gateway in [&Scripted::new(1, [Ok(Pending)]) as &dyn PaymentGateway, &Silent(Scripted::new(1, []))] {
        let start = Instant::now();
        let error = wait(gateway, &payment(None), poll.clone()).await.unwrap_err();
        assert!(matches!(error.reason, WaitReason::TimeIsUp), "{error}");
        let took = start.elapsed().as_secs_f64();
        assert!((25.0..25.1).contains(&took), "{took}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_stream_yields_each_change_once() {
    let odd = || Ok(Unknown("settling".to_owned()));
    let gateway = Scripted::new(1, [Ok(Pending), odd(), odd(), fails(Kind::Html), Ok(Pending), Ok(Paid)]);
    let status = |change| match change {
        Watched::Changed(payment) => payment.status,
        Watched::Paid(proof) => proof.payment().status.clone(),
        other => panic!("{other:?}"),
    };
    let changes: Vec<_> =
        watch(&gateway, &payment(None), Poll::default()).map(|change| status(change.unwrap())).collect().await;
    assert_eq!(changes, [Unknown("settling".to_owned()), Pending, Paid]);
}

#[tokio::test(start_paused = true)]
async fn waiting_can_be_spawned() {
    let gateway: std::sync::Arc<dyn PaymentGateway> = std::sync::Arc::new(Scripted::new(1, [Ok(Pending), Ok(Paid)]));
    let task = tokio::spawn(async move { wait(&*gateway, &payment(None), Poll::default()).await });
    assert_eq!(task.await.unwrap().unwrap().payment().status, Paid);
    let gateway: Box<dyn PaymentGateway> = Box::new(Scripted::new(1, [Ok(Pending), Ok(Paid)]));
    let task = tokio::spawn(async move {
        let known = payment(None);
        let changes = std::pin::pin!(watch(&*gateway, &known, Poll::default()));
        changes.count().await
    });
    assert_eq!(task.await.unwrap(), 1);
}

async fn nested(gateway: &dyn PaymentGateway) -> Payment {
    let known = gateway.payment(Lookup::Payment(payment(None).payment())).await.unwrap();
    wait(gateway, &known.into(), Poll::default()).await.unwrap().payment().clone()
}

#[tokio::test(start_paused = true)]
async fn waiting_inside_another_function_can_be_spawned() {
    let gateway: Box<dyn PaymentGateway> = Box::new(Scripted::new(1, [Ok(Pending), Ok(Paid)]));
    let task = tokio::spawn(async move { nested(&*gateway).await });
    assert_eq!(task.await.unwrap().status, Paid);
}

#[tokio::test(start_paused = true)]
async fn longest_interval_is_a_day() {
    let gateway = Scripted::new(1, [Ok(Pending), Ok(Paid)]);
    assert!(!paid(&gateway, &payment(None), Poll::every(Duration::MAX)).await);
    // And up to a quarter more by chance.
    let day = 24.0 * 60.0 * 60.0;
    assert!(gateway.pauses().iter().all(|pause| (day..day * 1.26).contains(pause)), "{:?}", gateway.pauses());
}

#[tokio::test(start_paused = true)]
async fn error_of_waiting_says_why_and_shows_its_cause() {
    use std::error::Error as _;

    let poll = || Poll::default().for_at_most(Duration::from_secs(60));
    let ended = async |answer: Result<PaymentStatus, Error>, expected: Expected, poll: Poll| {
        wait(&Scripted::new(1, [answer]), &expected, poll).await.unwrap_err()
    };
    let open = ended(Ok(Pending), payment(None), poll()).await;
    assert_eq!(open.to_string(), "the time for waiting is over and the payment is still pending");
    let expired = ended(Ok(Pending), payment(Some(5)), Poll::default()).await;
    assert_eq!(expired.to_string(), "the payment's time is over and it is still pending; ask again later");
    let closed = ended(Ok(Cancelled), payment(None), poll()).await;
    assert_eq!(closed.to_string(), "the gateway says that the payment is cancelled; ask again later");
    assert!(open.source().is_none() && closed.source().is_none());
    let failed = ended(fails(Kind::EchoMismatch), payment(None), poll()).await;
    assert!(failed.to_string().starts_with("waiting ended: ") && failed.source().is_some(), "{failed}");
    // Stored as paid, and the gateway does not say so.
    let mut stored = payment(None).payment().clone();
    stored.status = Paid;
    let unproven = ended(Ok(Pending), stored.into(), poll()).await;
    assert_eq!((unproven.last.status.clone(), unproven.to_string()), (Pending, open.to_string()));
}
