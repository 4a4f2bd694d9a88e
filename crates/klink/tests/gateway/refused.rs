//! What is not sent, and what both gateways can do.

use crate::*;

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let bare = |new: NewPayment, member: &str| {
        let mut new = new;
        match member {
            "customer_name" => new.customer_name = None,
            "customer_email" => new.customer_email = None,
            "customer_phone" => new.customer_phone = Some(" ".to_owned()),
            _ => unreachable!(),
        }
        new
    };
    let order = || new("KLNU00252", 2_000);
    for path in [VA, GOPAY] {
        let server = Server::start(path, success(json!({}))).await;
        let (va, gopay) = (server.va(), server.gopay());
        let gateway: &dyn PaymentGateway = if path == VA { &va } else { &gopay };
        for member in ["customer_name", "customer_email", "customer_phone"] {
            let failed = gateway.create_payment(&bare(order(), member)).await;
            let error = fails(failed, Kind::InvalidRequest, Delivery::NotSent);
            assert!(error.contains(member), "{error}");
        }
        let odd_id = |id: &str| new("KLNU00252", 2_000).request_id(id);
        for wrong in [new("KLNU00252", 0), new("", 2_000), new(" ", 2_000), odd_id(""), odd_id(" R"), odd_id("00123")] {
            fails(gateway.create_payment(&wrong).await, Kind::InvalidRequest, Delivery::NotSent);
        }
        let mut wrong = vec![
            order().expires_in(Duration::from_secs(900)),
            order().return_url("https://shop.example.com"),
            order().method(Method::Qris),
            order().method(Method::PayPage),
            order().method(Method::VirtualAccount("008".to_owned())),
        ];
        wrong.push(order().method(if path == VA { Method::Gopay } else { Method::Card }));
        for wrong in wrong {
            fails(gateway.create_payment(&wrong).await, Kind::Unsupported, Delivery::NotSent);
        }
        let payment = Payment::new(gateway.provider(), Rupiah::new(2_000), PaymentStatus::Pending);
        fails(gateway.payment(Lookup::from(&payment)).await, Kind::Unsupported, Delivery::NotSent);
        fails(gateway.cancel_payment(&payment).await, Kind::Unsupported, Delivery::NotSent);
        for gateway in
            [VaGateway::new(server.client(), "", "BCAATM", keys()), VaGateway::new(server.client(), "014", " ", keys())]
        {
            fails(gateway.create_payment(&order()).await, Kind::Configuration, Delivery::NotSent);
        }
        assert_eq!((server.logins(), server.calls()), (0, 0), "nothing may be sent");
    }
}

#[test]
fn says_what_it_can_do() {
    let client = client("http://127.0.0.1:9");
    let va = VaGateway::new(client.clone(), "014", "BCAATM", keys());
    let gopay = GopayGateway::new(client.clone(), keys());
    let lax = GopayGateway::new(client, keys().accept_unsigned_gopay());
    for (gateway, provider, trust) in [
        (&va as &dyn PaymentGateway, "klink", Trust::Signed),
        (&gopay, "klink-gopay", Trust::Signed),
        // What `accept_unsigned_gopay` lets in can still prove nothing.
        (&lax, "klink-gopay", Trust::Signed),
    ] {
        let can = gateway.capabilities();
        assert_eq!((gateway.provider(), can.notifications, can.least_amount), (provider, trust, Rupiah::new(1)));
        assert!(![can.status, can.find_by_reference, can.cancel, can.qris_payload, can.expiry].contains(&true));
        assert!(serde_json::from_str::<Value>(gateway.acceptance()).unwrap().is_object());
    }
    let shown = format!("{va:?} {gopay:#?}");
    assert!(shown.contains("BCAATM") && !shown.contains("CANARY"), "{shown}");
}
