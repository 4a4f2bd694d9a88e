//! The gateways on the sandbox: two readings of the same documents, written apart, that must meet.

#[allow(dead_code)]
#[path = "../../crates/facade/examples/notifications.rs"]
mod notifications;
mod recovering;

use std::sync::Arc;
use std::time::{Duration, Instant};

use gerbang::{
    Capabilities, Delivery, Kind, Lookup, NewPayment, Payment, PaymentGateway, PaymentStatus, Rupiah, Trust,
};
use gerbang_sandbox::{Provider, Sandbox};
use gerbang_tests::gateways::{self, WEBHOOK_KEY};
use notifications::{Shop, app};

const PRICE: Rupiah = Rupiah::new(25_000);

/// A gateway on a sandbox of its own.
struct Place {
    name: &'static str,
    provider: Provider,
    gateway: Box<dyn PaymentGateway>,
    sandbox: Sandbox,
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut places = Vec::new();
        for (name, make) in gateways::ALL {
            let provider = match name {
                "kazukipay" => Provider::Kazukipay,
                "kropay" => Provider::Kropay,
                "paydigital" => Provider::Paydigital,
                "pakasir-v1" | "pakasir-v2" => Provider::Pakasir,
                "klink" | "klink-gopay" => Provider::Klink,
                other => panic!("the sandbox has no {other}"),
            };
            let sandbox = Sandbox::builder()
                .klink_webhook_key(WEBHOOK_KEY)
                .pakasir_webhook_secret(WEBHOOK_KEY)
                .webhook_retry(Duration::from_millis(50))
                .start()
                .await
                .unwrap();
            let gateway = make(&sandbox.url(provider), "any-key").unwrap();
            places.push(Self { name, provider, gateway, sandbox });
        }
        places
    }

    fn can(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    async fn create(&self, order: &NewPayment) -> Payment {
        self.gateway.create_payment(order).await.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// How the payment is called in the sandbox: PayDigital knows its own name for it only.
    fn name_of<'a>(&self, payment: &'a Payment) -> &'a str {
        let own = if self.provider == Provider::Paydigital { &payment.id } else { &payment.reference };
        own.as_deref().unwrap()
    }

    async fn status(&self, payment: &Payment) -> PaymentStatus {
        // Pakasir's v2 tells it every four seconds.
        self.sandbox.advance(Duration::from_secs(5));
        let now = self.gateway.payment(Lookup::Payment(payment)).await;
        now.unwrap_or_else(|error| panic!("{}: {error}", self.name)).status
    }
}

fn order(reference: &str, amount: Rupiah) -> NewPayment {
    NewPayment::new(reference, amount)
        .customer_name("Almeera Salsabila")
        .customer_email("almeera@example.com")
        .customer_phone("085736064900")
}

#[tokio::test]
async fn a_payment_is_created_and_paid() {
    for place in Place::all().await {
        let payment = place.create(&order("ORDER-1", PRICE)).await;
        assert_eq!((payment.amount, &payment.status), (PRICE, &PaymentStatus::Pending), "{}", place.name);
        assert!(payment.payable.is_none_or(|payable| payable >= PRICE), "{}", place.name);
        assert!(!payment.pay_with.is_empty(), "{}", place.name);
        if place.can().status {
            assert_eq!(place.status(&payment).await, PaymentStatus::Pending, "{}", place.name);
        }
        place.sandbox.pay(place.provider, place.name_of(&payment)).unwrap();
        if place.can().status {
            assert_eq!(place.status(&payment).await, PaymentStatus::Paid, "{}", place.name);
        }
        if place.can().find_by_reference {
            let lookup = Lookup::Reference { reference: "ORDER-1", amount: PRICE };
            let found = place.gateway.payment(lookup).await.unwrap();
            assert_eq!(found.status, PaymentStatus::Paid, "{}", place.name);
        }
    }
}

#[tokio::test]
async fn a_payment_is_cancelled_unless_it_is_paid() {
    for place in Place::all().await.into_iter().filter(|place| place.can().cancel) {
        let payment = place.create(&order("ORDER-1", PRICE)).await;
        let cancelled = place.gateway.cancel_payment(&payment).await.unwrap();
        assert_eq!(cancelled.status, PaymentStatus::Cancelled, "{}", place.name);

        place.sandbox.advance(Duration::from_secs(5));
        let payment = place.create(&order("ORDER-2", PRICE)).await;
        place.sandbox.pay(place.provider, "ORDER-2").unwrap();
        let error = place.gateway.cancel_payment(&payment).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Answered, "{}: {error}", place.name);
        assert_eq!(place.status(&payment).await, PaymentStatus::Paid, "{}", place.name);
    }
}

#[tokio::test]
async fn a_payment_expires_and_is_never_paid_then() {
    for place in Place::all().await.into_iter().filter(|place| place.can().status) {
        let payment = place.create(&order("ORDER-1", PRICE)).await;
        place.sandbox.advance(Duration::from_secs(3 * 24 * 3600));
        let status = place.status(&payment).await;
        assert!(!matches!(status, PaymentStatus::Paid | PaymentStatus::Pending), "{}: {status}", place.name);
        assert!(place.sandbox.pay(place.provider, place.name_of(&payment)).is_err(), "{}", place.name);
        assert_eq!(place.status(&payment).await, status, "{}", place.name);
    }
}

#[tokio::test]
async fn a_refused_key_and_an_unknown_payment_are_errors() {
    for (place, (_, make)) in Place::all().await.into_iter().zip(gateways::ALL) {
        let refused = make(&place.sandbox.url(place.provider), "refuse").unwrap();
        let error = match place.provider {
            // K-Link's credential is the e-mail address, which the key does not change.
            Provider::Klink => continue,
            _ => refused.create_payment(&order("ORDER-1", PRICE)).await.unwrap_err(),
        };
        assert!(matches!(error.kind(), Kind::Authentication | Kind::Rejected), "{}: {error}", place.name);
        assert_eq!(place.sandbox.payments().len(), 0, "{}", place.name);
        if place.can().status {
            let mut unknown = place.create(&order("ORDER-1", PRICE)).await;
            (unknown.id, unknown.reference) = (Some("NONE-1".into()), Some("NONE-1".into()));
            let error = place.gateway.payment(Lookup::Payment(&unknown)).await.unwrap_err();
            assert!(matches!(error.kind(), Kind::NotFound | Kind::Rejected), "{}: {error}", place.name);
        }
    }
}

#[tokio::test]
async fn a_payment_is_notified_confirmed_and_shipped_once() {
    let mut notified = 0;
    for place in Place::all().await.into_iter().filter(|place| place.can().notifications != Trust::None) {
        let Place { name, provider, gateway, sandbox } = place;
        let payment = gateway.create_payment(&order("ORDER-1", PRICE)).await.unwrap();
        sandbox.advance(Duration::from_secs(5));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        sandbox.set_webhook(provider, Some(&format!("http://{}/notifications/{name}", listener.local_addr().unwrap())));
        let shop = Arc::new(Shop::new([gateway]));
        shop.add(payment);
        let server = tokio::spawn({
            let app = app(shop.clone());
            async move { axum::serve(listener, app).await.unwrap() }
        });

        sandbox.pay(provider, "ORDER-1").unwrap();
        let patience = Instant::now() + Duration::from_secs(10);
        while shop.order(name, "ORDER-1").unwrap().shipped == 0 {
            assert!(Instant::now() < patience, "{name} did not notify: {:?}", sandbox.webhook_attempts());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let order = shop.order(name, "ORDER-1").unwrap();
        assert_eq!((order.shipped, order.payment.status), (1, PaymentStatus::Paid), "{name}");
        assert_eq!(sandbox.webhook_attempts().len(), 1, "{name}: {:?}", sandbox.webhook_attempts());
        server.abort();
        notified += 1;
    }
    assert_eq!(notified, 6);
}

#[tokio::test]
async fn a_bad_reply_is_never_a_payment_and_may_have_made_one() {
    for place in Place::all().await {
        for (amount, delivery) in [
            (10_002, Delivery::MaybeSent),
            (10_003, Delivery::MaybeSent),
            (10_004, Delivery::MaybeSent),
            (10_005, Delivery::MaybeSent),
            (10_006, Delivery::MaybeSent),
            (10_008, Delivery::Answered),
            (10_009, Delivery::MaybeSent),
        ] {
            place.sandbox.advance(Duration::from_secs(5));
            let error = place.gateway.create_payment(&order(&format!("ORDER-{amount}"), Rupiah::new(amount))).await;
            let error = error.expect_err(&format!("{} at {amount}", place.name));
            assert_eq!(error.delivery(), delivery, "{} at {amount}: {error}", place.name);
            assert_eq!(error.kind() == Kind::EchoMismatch, amount == 10_006, "{} at {amount}: {error}", place.name);
        }
    }
}
