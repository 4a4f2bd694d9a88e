//! A login that fails: who shares its failure, and who tries again.

use crate::*;

#[tokio::test]
async fn those_who_wait_share_the_failure_of_a_login() {
    let server = Server::start((401, json!({}))).await;
    server.refuse_logins(true);
    let client = server.client();
    let query = query();
    let ask = || client.check_balance(&query);
    // Three come while the first one logs in. They do not know when its login reached K-Link, and share that of the second.
    let (first, second, third, fourth) = tokio::join!(ask(), ask(), ask(), ask());
    for asked in [first, second, third, fourth] {
        let error = asked.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Unavailable, Delivery::NotSent));
        assert_eq!(error.operation().unwrap().id, "check_balance");
    }
    assert_eq!((server.logins(), server.tokens().len()), (2, 0));

    // Who comes later tries again.
    ask().await.unwrap_err();
    assert_eq!(server.logins(), 3);
    server.refuse_logins(false);
    ask().await.unwrap();
    assert_eq!(server.tokens(), ["token-4"]);
}

#[tokio::test]
async fn login_itself_needs_no_session() {
    let server = Server::start((401, json!({}))).await;
    let session = server.client().login().await.unwrap();
    assert_eq!((session.authorization.expose(), server.logins()), ("token-1", 1));
}
