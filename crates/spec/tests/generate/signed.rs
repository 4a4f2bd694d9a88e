//! Signatures: of requests, and of what is received.

use super::{TYPES, code};

const CREDENTIALS: &str = "sample/src/generated/credentials.rs";
const NOTIFICATIONS: &str = "sample/src/generated/notifications.rs";
const OPERATIONS: &str = "sample/src/generated/operations.rs";

/// A member of the body that signs two others with a code that is named only there.
const SIGNED: &[(&str, &str)] = &[
    ("required: [project, amount, customer]", "required: [project, amount, customer, signature]"),
    (
        "        project: {type: string, x-credential: project, description: The project.}",
        "        signature:
          type: string
          description: The signing key.
          x-credential: signing_key
          x-signature:
            algorithm: hmac-sha256
            digits: lower-hex
            joined:
              - {credential: shop_code, description: The code of the shop.}
              - {member: amount}
        project: {type: string, x-credential: project, description: The project.}",
    ),
    ("example: {project: shop, amount: 10000,", "example: {signature: 5bdc, project: shop, amount: 10000,"),
];

/// A member of the notification that signs another and the key.
const DIGEST: &[(&str, &str)] = &[
    (
        "      description: A paid payment.\n      required: [id]\n      properties:\n",
        "      description: A paid payment.
      required: [id, digest]
      properties:
        digest:
          type: string
          description: The hash.
          x-credential: api_key
          x-signature: {algorithm: sha512, digits: lower-hex, joined: [{member: id}, {credential: api_key}]}
",
    ),
    ("example: {id: A1, payer: {name: Budi}, balance: -1}", "example: {id: A1, digest: 5bdc, payer: {name: Budi}}"),
];

fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_signed_request_is_signed_by_the_client() {
    let operations = packed(&code("signed", OPERATIONS, SIGNED));
    let wanted = "signatures:&[SignatureUse{key:\"signing_key\",place:Place::Body(\"signature\"),";
    assert!(operations.contains(wanted), "{operations}");
    assert!(operations.contains("Algorithm::HmacSha256,digits:::gerbang_core::signature::Digits::Lower"));
    assert!(operations.contains("Part::Credential(\"shop_code\"),::gerbang_core::signature::Part::Member(\"amount\")"));
    assert!(!code("signed_types", TYPES, SIGNED).contains("signature"), "no caller fills it in");
    let credentials = packed(&code("signed_credentials", CREDENTIALS, SIGNED));
    assert!(credentials.contains("shop_code:String") && credentials.contains("signing_key:Secret"), "{credentials}");
}

const SCHEME: &str =
    "    ApiKey: {type: apiKey, in: header, name: X-API-KEY, description: The key., x-credential: api_key}";

/// A header of the notification that proves it: its scheme ends in this.
fn hooked(test: &str, end: &str) -> String {
    let scheme = format!(
        "{SCHEME}\n    Hook: {{type: apiKey, in: header, name: X-Hook, description: The key., x-credential: hook_key{end}}}"
    );
    let unsigned = "      security: []\n      x-source: {document: Sample API, section: Callback";
    let named = unsigned.replace("security: []", "security: [{Hook: []}]");
    packed(&code(test, NOTIFICATIONS, &[(SCHEME, &scheme), (unsigned, &named)]))
}

#[test]
fn a_notification_has_a_constant_of_its_proof() {
    let constant = "pubconstPAYMENT_NOTIFICATION_PROOF:NotificationProof=NotificationProof{place:Place::";
    let signature = ", x-signature: {algorithm: hmac-sha256, digits: upper-hex, joined: [{body: true}]}";
    let in_member = packed(&code("member", NOTIFICATIONS, DIGEST));
    for (notifications, place, signature) in [
        (hooked("secret", ""), "Header(\"x-hook\"),", "signature:None,"),
        (hooked("proof", signature), "Header(\"x-hook\"),", "joined:&[::gerbang_core::signature::Part::Body]"),
        (
            in_member,
            "Body(\"digest\"),",
            "Part::Member(\"id\"),::gerbang_core::signature::Part::Credential(\"api_key\")",
        ),
    ] {
        assert!(notifications.contains(&format!("{constant}{place}")), "{notifications}");
        assert!(notifications.contains(signature), "{notifications}");
        assert!(notifications.contains("payment_notification_unverified("), "{notifications}");
    }
    assert!(!code("unproven", NOTIFICATIONS, &[]).contains("NotificationProof"));
    // What is known already stays required.
    assert!(packed(&code("member_key", CREDENTIALS, DIGEST)).contains("api_key:Secret,"));
}
