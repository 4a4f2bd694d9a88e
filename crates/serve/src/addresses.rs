//! The addresses of customers' pages. The token in one is an order's id with a proof that the daemon has made it: nobody can make
//! one of an order's id, and none is kept.

use data_encoding::BASE64URL_NOPAD;
use gerbang::Secret;
use gerbang::ledger::{Error, Ledger};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What the proof is of, beside the order: the key may come to sign other things too.
const PURPOSE: &str = "page:";

/// The longest id of an order.
const LONGEST_ORDER: usize = 44;

/// Where customers' pages are.
pub struct Addresses {
    key: PageKey,
    /// Where customers reach the daemon, without a slash at the end.
    base: String,
}

impl Addresses {
    pub fn new(key: PageKey, base: String) -> Self {
        Self { key, base }
    }

    /// The address of an order's page.
    pub fn page(&self, order: &str) -> String {
        format!("{}/pay/{}", self.base, self.key.token(order))
    }

    /// The order of a token; none unless it was made here.
    pub fn order(&self, token: &str) -> Option<String> {
        self.key.order(token)
    }
}

/// The key of the proofs. All daemons on one database have the same.
pub struct PageKey(Secret);

impl PageKey {
    /// A key that nobody can guess.
    pub fn make() -> Result<Self, getrandom::Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        Ok(Self(Secret::from(BASE64URL_NOPAD.encode(&random))))
    }

    /// The key of the database, which is this one where there is none yet.
    pub async fn kept(self, ledger: &Ledger) -> Result<Self, Error> {
        let mut tx = ledger.begin().await?;
        let sql = "INSERT INTO gerbang_serve_secret (name, secret) VALUES ('page', $1) ON CONFLICT DO NOTHING";
        tx.execute(sql, [self.0.expose().into()]).await?;
        let rows = tx.fetch("SELECT secret FROM gerbang_serve_secret WHERE name = 'page'", []).await?;
        let kept = rows.first().map(|row| row.text("secret")).transpose()?;
        tx.commit().await?;
        Ok(kept.map_or(self, |kept| Self(Secret::from(kept))))
    }

    /// The token of an order.
    fn token(&self, order: &str) -> String {
        let proof = self.proof(order).finalize().into_bytes();
        format!("{}.{}", BASE64URL_NOPAD.encode(order.as_bytes()), BASE64URL_NOPAD.encode(&proof))
    }

    /// What is wrong with a token makes no difference to the work.
    fn order(&self, token: &str) -> Option<String> {
        let (order, proof) = token.split_once('.').unwrap_or_default();
        let order = BASE64URL_NOPAD.decode(order.as_bytes()).ok().and_then(|order| String::from_utf8(order).ok());
        let order = order.filter(|order| order.len() <= LONGEST_ORDER).unwrap_or_default();
        let proof = BASE64URL_NOPAD.decode(proof.as_bytes()).unwrap_or_default();
        let is_proven = self.proof(&order).verify_slice(&proof).is_ok();
        Some(order).filter(|order| is_proven && !order.is_empty())
    }

    fn proof(&self, order: &str) -> Hmac<Sha256> {
        let key = self.0.expose().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(PURPOSE.as_bytes());
        mac.update(order.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> PageKey {
        PageKey(Secret::from(text))
    }

    #[test]
    fn token_leads_to_its_order_with_its_key_only() {
        let token = key("a").token("ORDER-1");
        assert_eq!(key("a").order(&token).as_deref(), Some("ORDER-1"));
        assert_eq!(key("b").order(&token), None);
        assert_ne!(PageKey::make().unwrap().token("ORDER-1"), PageKey::make().unwrap().token("ORDER-1"));
    }

    #[test]
    fn token_that_was_changed_leads_nowhere() {
        let (one, other) = (key("a").token("ORDER-1"), key("a").token("ORDER-2"));
        let ((one, proof), (other, _)) = (one.split_once('.').unwrap(), other.split_once('.').unwrap());
        let short = &proof[..proof.len() - 1];
        for token in [
            "",
            ".",
            one,
            proof,
            &format!("{one}."),
            &format!("{other}.{proof}"),
            &format!("{one}.{short}"),
            &format!("{one}.{proof}A"),
            &format!("{one}.{proof}="),
            &format!("{one}.{proof}.{proof}"),
            &format!(".{proof}"),
            &format!("{}.{proof}", "QQ".repeat(40_000)),
            &key("a").token(""),
            &key("a").token(&"x".repeat(45)),
        ] {
            assert_eq!(key("a").order(token), None, "{token:.200}");
        }
    }
}
