//! A web server that receives the notifications of all gateways and marks an order as paid, once.
//!
//! ```sh
//! cargo run -p gerbang --example notifications --features full
//! ```
//!
//! The gateways whose environment variables are set take part; their notifications go to `/notifications/<gateway>`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::post;
use gerbang::{
    Doubt, Expected, NotificationFailure, Payment, PaymentGateway, PaymentStatus, Proof, Seen, answer, confirm,
};

/// The shop: its gateways, and its orders, which a real one keeps in a database.
pub struct Shop {
    gateways: HashMap<&'static str, Box<dyn PaymentGateway>>,
    /// By gateway and the merchant's reference.
    orders: Mutex<HashMap<(String, String), Order>>,
    /// The keys of the payments that were processed. A database has them in a column with a unique index.
    seen: Seen,
}

/// An order and the payment that was created for it.
#[derive(Clone)]
pub struct Order {
    /// The payment, as `create_payment` returned it.
    pub payment: Payment,
    /// What proves that it is paid.
    pub proof: Option<Proof>,
    /// How often goods were sent: never more than once.
    pub shipped: u32,
}

impl Shop {
    /// A shop with these gateways and no orders.
    pub fn new(gateways: impl IntoIterator<Item = Box<dyn PaymentGateway>>) -> Self {
        let gateways = gateways.into_iter().map(|gateway| (gateway.provider(), gateway)).collect();
        Self { gateways, orders: Mutex::default(), seen: Seen::default() }
    }

    /// Remembers an order under the merchant's reference of its payment.
    pub fn add(&self, payment: Payment) {
        self.orders.lock().unwrap().insert(name(&payment), Order { payment, proof: None, shipped: 0 });
    }

    /// An order as it is now.
    pub fn order(&self, gateway: &str, reference: &str) -> Option<Order> {
        self.orders.lock().unwrap().get(&(gateway.to_owned(), reference.to_owned())).cloned()
    }

    /// Marks an order as paid, once for each payment. The lock takes the place of the transaction in which a database marks
    /// the order and stores the key.
    fn paid(&self, proof: &Proof) {
        let mut orders = self.orders.lock().unwrap();
        let Some(order) = orders.get_mut(&name(proof.payment())) else { return };
        if !self.seen.remember(&proof.key()) {
            return; // a replay
        }
        let reference = proof.payment().reference.as_deref().unwrap_or_default();
        if order.payment.status == PaymentStatus::Paid {
            eprintln!("{reference} is paid a second time: a person must give the money back");
            return;
        }
        if proof.is_late() {
            eprintln!("{reference} is paid after its time: make sure that the goods are still there");
        }
        order.payment = proof.payment().clone();
        order.proof = Some(proof.clone());
        order.shipped += 1;
    }

    async fn receive(
        &self,
        gateway: &dyn PaymentGateway,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Proof, NotificationFailure> {
        let notification = gateway.parse_notification(headers, body)?;
        let reference = notification.reference.as_deref();
        // K-Link sends the notifications of both its gateways to one address.
        let order = reference.and_then(|reference| self.order(notification.provider, reference));
        let order = order.ok_or(Doubt::OtherPayment)?;
        // A replay of what is proven already costs no question.
        if let Some(proof) =
            order.proof.filter(|proof| notification.id.is_some() && proof.payment().id == notification.id)
        {
            return Ok(proof);
        }
        // With `accept_test_mode()` a shop in development takes payments of a gateway's test mode as well.
        let proof = confirm(gateway, &notification, &Expected::new(order.payment)).await?;
        self.paid(&proof);
        Ok(proof)
    }
}

fn name(payment: &Payment) -> (String, String) {
    (payment.provider.clone(), payment.reference.clone().unwrap_or_default())
}

/// The routes of the shop.
pub fn app(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/notifications/{gateway}", post(notification))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(shop)
}

async fn notification(
    State(shop): State<Arc<Shop>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<axum::body::Body> {
    let Some(gateway) = shop.gateways.get(name.as_str()) else {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let outcome = shop.receive(&**gateway, &headers, &body).await;
    match &outcome {
        Err(NotificationFailure::Doubted(doubt)) if doubt.needs_a_person() => {
            eprintln!("{name}: money may have come in, a person must look: {doubt}");
        }
        Err(failure) => eprintln!("{name}: {failure}"),
        Ok(_) => {}
    }
    answer(gateway.acceptance(), outcome.as_ref()).map(Into::into)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut gateways: Vec<Box<dyn PaymentGateway>> = Vec::new();
    let mut add = |gateway: Result<Box<dyn PaymentGateway>, gerbang::Error>| match gateway {
        Ok(gateway) => gateways.push(gateway),
        Err(error) => eprintln!("left out: {error}"),
    };
    add(gerbang::kazukipay::Gateway::from_env().map(|gateway| Box::new(gateway) as _));
    add(gerbang::kropay::Gateway::from_env().map(|gateway| Box::new(gateway) as _));
    add(gerbang::pakasir::v2::Gateway::from_env().map(|gateway| Box::new(gateway) as _));
    add(gerbang::klink::GopayGateway::from_env().map(|gateway| Box::new(gateway) as _));

    let shop = Arc::new(Shop::new(gateways));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app(shop)).await?;
    Ok(())
}
