//! One plausible call of each operation of K-Link.

use gerbang::klink::Client;
use gerbang::klink::types::*;
use gerbang::{Error, JakartaTime, Rupiah};

use crate::apis::print;
use crate::calls::Shown;

const ORDER: &str = "1234/917/ATG";

const AMOUNT: Rupiah = Rupiah::new(100_000);

/// A call of the operation of this name.
pub(super) async fn call(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    if let Some(shown) = of_wallets(client, operation).await {
        return Some(shown);
    }
    match of_orders(client, operation).await {
        None => of_payments(client, operation).await,
        shown => shown,
    }
}

fn member() -> String {
    "idspaa0012".to_owned()
}

fn text() -> String {
    "uang makan".to_owned()
}

async fn of_wallets(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
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
                amount: AMOUNT,
                description: text(),
                id_member_receipt,
                id_member_send,
            });
            print(client.transfer(&new).await)
        }
        "redeem_voucher" => {
            let (id_member_receipt, voucher_code) = (member(), "asdfkeijk".to_owned());
            let voucher = VoucherRedemption::new(VoucherRedemptionRequired {
                amount: AMOUNT,
                description: text(),
                id_member_receipt,
                voucher_code,
            });
            print(client.redeem_voucher(&voucher).await)
        }
        _ => return None,
    })
}

/// The operations on an order that is paid from a wallet.
async fn of_orders(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    let order = || ORDER.to_owned();
    Some(match operation {
        "pay_from_wallet" => {
            let (id_member, id_order) = (member(), order());
            let new = NewWalletPayment::new(NewWalletPaymentRequired {
                amount: AMOUNT,
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
                .request_refund(&RefundRequest::new(RefundRequestRequired { id_member: member(), id_order: order() }))
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
        _ => return None,
    })
}

fn new_payment() -> CreatePayment {
    CreatePayment::new(CreatePaymentRequired {
        bank_code: "014".into(),
        email: "almeera@example.com".into(),
        fullname: "Almeera Salsabila".into(),
        no_hp: "085736064900".into(),
        nominal: AMOUNT,
        order_id: ORDER.into(),
        pay_ship: Rupiah::new(5_000),
        product_code: "BCAATM".into(),
        rq_datetime: JakartaTime::new("2020-11-12 09:13:19"),
        rq_uuid: "KLNU00252".into(),
    })
}

async fn of_payments(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    Some(match operation {
        "list_banks" => print(client.list_banks().await),
        "create_payment" => print(client.create_payment(&new_payment()).await),
        "list_gopay_banks" => {
            let query = GopayBankQuery::new(GopayBankQueryRequired { nominal: AMOUNT, pay_ship: Rupiah::new(5_000) });
            print(client.list_gopay_banks(&query).await)
        }
        "create_gopay_payment" => print(client.create_gopay_payment(&new_payment()).await),
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
