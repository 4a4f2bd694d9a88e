use gerbang_sandbox::Provider;
use serde_json::Value;

use crate::documents::{Document, Language, Tools, assert_shape};

pub async fn run(tools: &Tools) {
    let document = Document::new(tools, Provider::Klink, "https://service-payment.k-link.dev").await;
    if tools.has(Language::Node) {
        assert_eq!(
            document.printed("signature.cjs", &[]).trim(),
            "84CBE7E264FE83FFEC1023892E1F61C84E302F07A927121E21F1086A2702CAF5"
        );
    }
    if tools.has(Language::Curl) {
        // The bodies of the login were screenshots: their members are those of the table of variables.
        let session = document.reply("login.sh", &[]);
        assert_eq!(session["status"], "success");
        assert!(session["message"].is_string());
        let client = Client { document: &document, token: session["Authorization"].as_str().unwrap() };
        client.wallets();
        client.refund();
        client.payments();
    }
}

struct Client<'a> {
    document: &'a Document<'a>,
    token: &'a str,
}

impl Client<'_> {
    /// The reply to a call, where the token replaces the words that the document prints.
    fn reply(&self, operation: &str, replacements: &[(&str, &str)]) -> Value {
        let mut all = vec![("<< token dynamic login >>", self.token)];
        all.extend(replacements);
        self.document.reply(&format!("{operation}.sh"), &all)
    }

    fn documented(&self, operation: &str, replacements: &[(&str, &str)]) -> Value {
        let reply = self.reply(operation, replacements);
        assert_shape(&reply, &self.document.documented(operation), operation);
        reply
    }

    /// A successful call with the documented reply.
    fn success(&self, operation: &str, replacements: &[(&str, &str)]) -> Value {
        let reply = self.documented(operation, replacements);
        assert_eq!(reply["status"], "success", "{reply}");
        reply
    }

    /// JSON inside a string, which must have the documented shape inside too.
    fn assert_inside(&self, operation: &str, reply: &Value, member: &str) {
        let inside = |reply: &Value| serde_json::from_str::<Value>(reply[member].as_str().unwrap()).unwrap();
        assert_shape(&inside(reply), &inside(&self.document.documented(operation)), operation);
    }

    fn wallets(&self) {
        self.success("register_va", &[]);
        // The document's other calls are for other members, who have to be registered and to have money.
        for member in ["idspaa0012", "idspaaa090", "idspaaa95913", "idspaa001"] {
            self.success("register_va", &[("idspaaa025", member)]);
        }
        self.success("voucher_saldo", &[]);
        for member in ["idspaa0012", "idspaa001"] {
            let replacements = [("asdfkeijk", member), ("idspaaa95913", member), ("10000", "500000")];
            self.success("voucher_saldo", &replacements);
        }
        assert_eq!(self.success("check_saldo", &[])["last_saldo"], "500000.00");
        // The document spells the flag of this reply so.
        assert_eq!(self.documented("transfer_to_account", &[])["stutas"], "success");
        assert_eq!(self.success("check_saldo", &[])["last_saldo"], "400000.00");
        let history = self.success("history_transaction", &[]);
        self.assert_inside("history_transaction", &history, "transaction");
        self.success("pay", &[]);
        let reconciled = self.success("reconcile", &[]);
        self.assert_inside("reconcile", &reconciled, "data");
    }

    fn refund(&self) {
        let asked = self.success("refund", &[]);
        // Only K-Link knows the id of the transaction.
        let id_trans = asked["data"][0]["id_trans"].to_string();
        let replacements = [("\"137\"", &*format!("\"{id_trans}\""))];
        self.success("refund_accept", &replacements);
        let again = self.reply("refund_accept", &replacements);
        assert_eq!(again["status"], "fail");
        assert!(again["message"].as_str().unwrap().starts_with("refund existing, id_trans:"), "{again}");
    }

    fn payments(&self) {
        // The document prints the first of several banks.
        self.documented("list_bank", &[]);
        self.documented("list_bank_midtrans", &[]);
        let created = self.success("pay_service_midtrans", &[]);
        let data = &created["data"];
        assert_eq!((data["status_code"].as_str(), data["gross_amount"].as_str()), (Some("201"), Some("2000.00")));
        assert_eq!(data["transaction_status"], "pending");
        // The path of the report is not printed: it is the sandbox's own. The printed period is past.
        let report = self.documented("report", &[("2022-09-28", "2099-09-28")]);
        assert_eq!(report[0]["order_id"], "klnu0197");
    }
}
