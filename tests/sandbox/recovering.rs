//! A payment whose reply was lost, on every gateway.

use std::time::Duration;

use gerbang::{Delivery, Kind, PaymentStatus, Rupiah, recover};

use crate::{Place, order};

/// The sandbox makes the payment and closes the connection.
const LOSES_REPLY: Rupiah = Rupiah::new(10_002);
/// The sandbox closes the connection before anything is done.
const LOSES_REQUEST: Rupiah = Rupiah::new(10_009);

#[tokio::test]
async fn a_payment_whose_reply_was_lost_is_recovered_where_the_gateway_can() {
    let mut recovered = Vec::new();
    for place in Place::all().await {
        let new = order("ORDER-1", LOSES_REPLY);
        let error = place.gateway.create_payment(&new).await.expect_err(place.name);
        assert_eq!(error.delivery(), Delivery::MaybeSent, "{error}");
        let can = place.can();
        match recover(&*place.gateway, &new).await {
            Ok(payment) => {
                assert!(can.find_by_reference, "{}", place.name);
                assert_eq!((payment.reference.as_deref(), payment.amount), (Some("ORDER-1"), LOSES_REPLY));
                assert_eq!(payment.status, PaymentStatus::Pending, "{}", place.name);
                place.sandbox.pay(place.provider, "ORDER-1").unwrap();
                assert_eq!(place.status(&payment).await, PaymentStatus::Paid, "{}", place.name);
                recovered.push(place.name);
            }
            // This creation finds the payment, but at this price its reply is lost again.
            Err(error) if can.idempotent_create => {
                assert_eq!(error.delivery(), Delivery::MaybeSent, "{error}");
            }
            Err(error) => {
                assert_eq!((error.kind(), error.delivery()), (Kind::Unsupported, Delivery::NotSent), "{error}");
                println!("{error}");
            }
        }
        assert_eq!(place.sandbox.payments().len(), 1, "{}", place.name);
    }
    assert_eq!(recovered, ["kazukipay", "pakasir-v1"]);
}

#[tokio::test]
async fn a_payment_that_is_not_found_is_not_said_to_be_missing() {
    for place in Place::all().await.into_iter().filter(|place| place.can().find_by_reference) {
        let new = order("ORDER-1", LOSES_REQUEST);
        assert_eq!(place.gateway.create_payment(&new).await.unwrap_err().delivery(), Delivery::MaybeSent);
        place.sandbox.advance(Duration::from_secs(5));
        let error = recover(&*place.gateway, &new).await.expect_err(place.name);
        assert_eq!(error.delivery(), Delivery::MaybeSent, "{error}");
        println!("{error}");
    }
}

#[tokio::test]
async fn every_lost_creation_tells_what_to_do() {
    for place in Place::all().await.into_iter().filter(|place| !place.can().idempotent_create) {
        let error = place.gateway.create_payment(&order("ORDER-1", LOSES_REPLY)).await.expect_err(place.name);
        let how = error.operation().unwrap().lost_reply.unwrap_or_else(|| panic!("{error}"));
        assert!(error.to_string().ends_with(how), "{error}");
    }
}
