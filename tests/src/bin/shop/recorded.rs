//! A gateway whose creations are written into the journal before they are sent.

use std::sync::Arc;

use gerbang::{Answer, Capabilities, Delivery, Error, Lookup, NewPayment, Notification, Payment, PaymentGateway};
use gerbang_tests::shops::{Entry, Journal};
use http::HeaderMap;

pub struct Recorded {
    pub account: &'static str,
    pub gateway: Box<dyn PaymentGateway>,
    pub journal: Arc<Journal>,
}

impl PaymentGateway for Recorded {
    fn provider(&self) -> &'static str {
        self.gateway.provider()
    }

    fn capabilities(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(async move {
            let (account, reference) = (self.account.to_owned(), new.reference.clone());
            let sent = Entry::Sent { account: account.clone(), reference: reference.clone() };
            self.journal.write(&sent).expect("the journal can be written");
            let reply = self.gateway.create_payment(new).await;
            if reply.as_ref().is_err_and(|error| error.delivery() == Delivery::NotSent) {
                let not_sent = Entry::NotSent { account, reference };
                self.journal.write(&not_sent).expect("the journal can be written");
            }
            reply
        })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        self.gateway.payment(lookup)
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        self.gateway.cancel_payment(payment)
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        self.gateway.parse_notification(headers, body)
    }

    fn acceptance(&self) -> &'static str {
        self.gateway.acceptance()
    }
}
