//! One call of each operation and of each notification's reader, with plausible arguments.

use std::fmt::Debug;

use gerbang::operation::Operation;
use gerbang::{Error, JakartaTime, Rupiah};
use gerbang::{kazukipay, klink, kropay, pakasir, paydigital};
use kazukipay::types as kazukipay_types;
use klink::types as klink_types;
use pakasir::v1::types as v1;
use pakasir::v2::types as v2;
use serde::Serialize;
use serde_json::Value;

use crate::gateways::Effort;

/// Every operation, with the name of its spec.
pub fn operations() -> impl Iterator<Item = (&'static str, &'static Operation)> {
    let tables: [(_, &[&Operation]); 6] = [
        ("kazukipay", kazukipay::operations::ALL),
        ("klink", klink::operations::ALL),
        ("kropay", kropay::operations::ALL),
        ("pakasir-v1", pakasir::v1::operations::ALL),
        ("pakasir-v2", pakasir::v2::operations::ALL),
        ("paydigital", paydigital::operations::ALL),
    ];
    tables.into_iter().flat_map(|(spec, table)| table.iter().map(move |operation| (spec, *operation)))
}

/// A client of each provider, all of them asking the same server.
#[derive(Debug)]
pub struct Clients {
    kazukipay: kazukipay::Client,
    klink: klink::Client,
    kropay: kropay::Client,
    pakasir_v1: pakasir::v1::Client,
    pakasir_v2: pakasir::v2::Client,
    paydigital: paydigital::Client,
}

/// What a call returned, printed, so that results of all types can be compared.
pub type Printed = Result<String, Error>;

/// What a call returned, printed and as JSON.
#[derive(Debug)]
pub struct Shown {
    /// As `Debug` prints it.
    pub printed: String,
    /// As its type is serialized; null for a picture.
    pub json: Value,
}

impl Clients {
    /// Clients of the server at this address, with this key.
    pub fn new(url: &str, key: &str, effort: Effort) -> Result<Self, Error> {
        macro_rules! client {
            ($($provider:ident)::+, $($argument:expr),+) => {
                effort.of($($provider)::+::Client::builder($($provider)::+::Credentials::new($($argument),+)), url)?
            };
        }
        Ok(Self {
            kazukipay: client!(kazukipay, key, 1),
            klink: client!(klink, key, key),
            kropay: client!(kropay, key),
            pakasir_v1: client!(pakasir::v1, key, "warung"),
            pakasir_v2: client!(pakasir::v2, key, "warung"),
            paydigital: client!(paydigital, key, 1),
        })
    }

    /// Calls an operation of a spec; none when it does not stand here.
    pub async fn call(&self, spec: &str, operation: &str) -> Option<Printed> {
        self.show(spec, operation).await.map(printed)
    }

    /// As [`Self::call`], with the JSON of what was returned.
    pub async fn show(&self, spec: &str, operation: &str) -> Option<Result<Shown, Error>> {
        match spec {
            "kazukipay" => self.kazukipay(operation).await,
            "klink" => self.klink(operation).await,
            "kropay" => self.kropay(operation).await,
            "pakasir-v1" => self.pakasir_v1(operation).await,
            "pakasir-v2" => self.pakasir_v2(operation).await,
            "paydigital" => self.paydigital(operation).await,
            _ => None,
        }
    }

    async fn kazukipay(&self, operation: &str) -> Option<Result<Shown, Error>> {
        use kazukipay_types::{Cancellation, CreatePayment, PaymentQuery};
        let client = &self.kazukipay;
        let custom_id = || "ORD-001".to_owned();
        Some(match operation {
            "create_payment" => {
                let new = CreatePayment::new(Rupiah::new(10_000), custom_id());
                print(client.create_payment(&new).await)
            }
            "payment_status" => print(client.payment_status(&PaymentQuery::new(custom_id())).await),
            "cancel_payment" => print(client.cancel_payment(&Cancellation::new(custom_id())).await),
            "check_mutations" => print(client.check_mutations().await),
            "run_mutations" => print(client.run_mutations().await),
            "public_check" => print(client.public_check("ORD-001").await),
            _ => return None,
        })
    }

    async fn klink(&self, operation: &str) -> Option<Result<Shown, Error>> {
        use klink_types::*;
        let client = &self.klink;
        let member = || "idspaa0012".to_owned();
        let order = || "1234/917/ATG".to_owned();
        let text = || "uang makan".to_owned();
        let rupiah = Rupiah::new(100_000);
        let payment = || {
            CreatePayment::new(CreatePaymentRequired {
                bank_code: "014".into(),
                email: "almeera@example.com".into(),
                fullname: "Almeera Salsabila".into(),
                no_hp: "085736064900".into(),
                nominal: rupiah,
                order_id: order(),
                pay_ship: Rupiah::new(5_000),
                product_code: "BCAATM".into(),
                rq_datetime: JakartaTime::new("2020-11-12 09:13:19"),
                rq_uuid: "KLNU00252".into(),
            })
        };
        Some(match operation {
            "login" => print(client.login().await),
            "register_va" => {
                let (email, hp) = ("almeera@example.com".into(), "085736064900".into());
                let new = NewWallet::new(NewWalletRequired { email, hp, id_member: member(), name: "Almeera".into() });
                print(client.register_va(&new).await)
            }
            "check_balance" => print(client.check_balance(&BalanceQuery::new(member())).await),
            "transaction_history" => {
                let days = ("2021-06-01".to_owned(), "2021-06-30".to_owned());
                let query =
                    HistoryQuery::new(HistoryQueryRequired { id_member: member(), startdate: days.0, enddate: days.1 });
                print(client.transaction_history(&query).await)
            }
            "transfer" => {
                let (id_member_send, id_member_receipt) = (member(), "idspaaa090".to_owned());
                let new = NewTransfer::new(NewTransferRequired {
                    amount: rupiah,
                    description: text(),
                    id_member_receipt,
                    id_member_send,
                });
                print(client.transfer(&new).await)
            }
            "redeem_voucher" => {
                let (id_member_receipt, voucher_code) = (member(), "asdfkeijk".to_owned());
                let voucher = VoucherRedemption::new(VoucherRedemptionRequired {
                    amount: rupiah,
                    description: text(),
                    id_member_receipt,
                    voucher_code,
                });
                print(client.redeem_voucher(&voucher).await)
            }
            "pay_from_wallet" => {
                let (id_member, id_order) = (member(), order());
                let new = NewWalletPayment::new(NewWalletPaymentRequired {
                    amount: rupiah,
                    description: text(),
                    id_member,
                    id_order,
                });
                print(client.pay_from_wallet(&new).await)
            }
            "reconcile" => {
                // The reply must be about the order that was asked for.
                print(client.reconcile(&ReconcileRequest::new("123456789")).await)
            }
            "request_refund" => print(
                client
                    .request_refund(&RefundRequest::new(RefundRequestRequired {
                        id_member: member(),
                        id_order: order(),
                    }))
                    .await,
            ),
            "accept_refund" => {
                let (id_member, id_order, id_trans) = (member(), order(), "137".to_owned());
                print(
                    client
                        .accept_refund(&RefundAcceptance::new(RefundAcceptanceRequired {
                            id_member,
                            id_order,
                            id_trans,
                            note: text(),
                        }))
                        .await,
                )
            }
            "list_banks" => print(client.list_banks().await),
            "create_payment" => print(client.create_payment(&payment()).await),
            "list_gopay_banks" => {
                let query =
                    GopayBankQuery::new(GopayBankQueryRequired { nominal: rupiah, pay_ship: Rupiah::new(5_000) });
                print(client.list_gopay_banks(&query).await)
            }
            "create_gopay_payment" => print(client.create_gopay_payment(&payment()).await),
            "finance_report" => {
                let query = FinanceReportQuery::new(FinanceReportQueryRequired {
                    bank_code: "gopay".into(),
                    datetime_end: JakartaTime::new("2022-09-28 11:27:31"),
                    datetime_start: String::new(),
                    transaction_status: "all".into(),
                });
                print(client.finance_report("api/report", &query).await)
            }
            _ => return None,
        })
    }

    async fn kropay(&self, operation: &str) -> Option<Result<Shown, Error>> {
        let client = &self.kropay;
        Some(match operation {
            "create_payment" => {
                let new = kropay::types::CreatePayment::new("ORDER-12345", Rupiah::new(10_000))
                    .customer_name("Krisdi")
                    .expired_in(900);
                print(client.create_payment(&new).await)
            }
            "payment_status" => print(client.payment_status("PG-20260529A1B2").await),
            "qris_image" => {
                let picture = client.qris_image("PG-20260529A1B2").await;
                picture.map(|bytes| Shown { printed: format!("{bytes:?}"), json: Value::Null })
            }
            _ => return None,
        })
    }

    async fn pakasir_v1(&self, operation: &str) -> Option<Result<Shown, Error>> {
        let client = &self.pakasir_v1;
        let amount = Rupiah::new(99_000);
        let transaction = || v1::TransactionRef::new("INV123123", amount);
        Some(match operation {
            "create_transaction" => {
                let new = v1::NewTransaction::new("INV123123", amount);
                print(client.create_transaction(v1::PaymentMethod::Qris, &new).await)
            }
            "transaction_detail" => print(client.transaction_detail(amount, "INV123123").await),
            "cancel_transaction" => print(client.cancel_transaction(&transaction()).await),
            "simulate_payment" => print(client.simulate_payment(&transaction()).await),
            _ => return None,
        })
    }

    async fn pakasir_v2(&self, operation: &str) -> Option<Result<Shown, Error>> {
        let client = &self.pakasir_v2;
        let amount = Rupiah::new(99_000);
        Some(match operation {
            "create_transaction" => {
                let new = v2::NewTransaction::new(v2::PaymentMethod::PaymentLink, amount);
                print(client.create_transaction("INV123123", &new).await)
            }
            "transaction_status" => print(client.transaction_status("contohtxn").await),
            "cancel_transaction" => print(client.cancel_transaction("contohtxn").await),
            "payment_fee" => print(client.payment_fee(amount).await),
            _ => return None,
        })
    }

    async fn paydigital(&self, operation: &str) -> Option<Result<Shown, Error>> {
        let client = &self.paydigital;
        Some(match operation {
            "create_payment" => {
                let new = paydigital::types::CreatePayment::new(Rupiah::new(10_000)).description("Produk A");
                print(client.create_payment(&new).await)
            }
            "payment_status" => print(client.payment_status("PYG20231201123456").await),
            _ => return None,
        })
    }
}

/// Reads a notification of a spec; none when its reader does not stand here.
pub fn read(spec: &str, notification: &str, body: &[u8]) -> Option<Printed> {
    show(spec, notification, body).map(printed)
}

/// As [`read`], with the JSON of what was read.
pub fn show(spec: &str, notification: &str, body: &[u8]) -> Option<Result<Shown, Error>> {
    Some(match (spec, notification) {
        ("kazukipay", "payment_notification") => print(kazukipay::notifications::payment_notification(body)),
        ("klink", "settlement_notification") => print(klink::notifications::settlement_notification_unverified(body)),
        ("klink", "gopay_notification") => print(klink::notifications::gopay_notification_unverified(body)),
        ("kropay", "payment_notification") => print(kropay::notifications::payment_notification(body)),
        ("pakasir-v1", "transaction_notification") => print(pakasir::v1::notifications::transaction_notification(body)),
        ("pakasir-v2", "transaction_notification") => {
            print(pakasir::v2::notifications::transaction_notification_unverified(body))
        }
        _ => return None,
    })
}

fn print<T: Debug + Serialize>(result: Result<T, Error>) -> Result<Shown, Error> {
    let json = |value: &T| serde_json::to_value(value).expect("what is read can be serialized");
    result.map(|value| Shown { printed: format!("{value:?}"), json: json(&value) })
}

fn printed(shown: Result<Shown, Error>) -> Printed {
    shown.map(|shown| shown.printed)
}
