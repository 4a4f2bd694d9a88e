//! Files that are no state, and files that cannot be written.

use std::fs;
use std::path::{Path, PathBuf};

use gerbang_sandbox::Provider;
use rusqlite::Connection;

use super::{created, directory, refusal, run_limited_child, start};
use crate::http::{get, post_json, try_send};
use crate::kropay;

/// A state file with one payment.
async fn state_with_a_payment(directory: &Path) -> PathBuf {
    let state = directory.join("state.db");
    let sandbox = start(&state).await;
    created(&sandbox, &kropay::GATEWAY, "order").await;
    let other = refusal(&state).await;
    assert!(other.contains("is used by another sandbox"), "{other}");
    drop(sandbox);
    state
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_and_left_as_it_is() {
    let directory = directory("foreign");
    let state = state_with_a_payment(&directory).await;
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&state).unwrap()) & 0o777, 0o600);
    let mut files: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, [".state.db.sandbox-lock", "state.db"]);

    let good = fs::read(&state).unwrap();
    let old = "{\"format\":\"gerbang-sandbox state\",\"version\":2,\"ahead_milliseconds\":0,\"world\":{}}";
    for (content, why) in [
        (b"\0\0\0".to_vec(), "is broken or none"),
        (b"{}".to_vec(), "is broken or none"),
        (old.into(), "was written by an older sandbox"),
        (good[..good.len() / 2].to_vec(), "is broken"),
        (good[..20].to_vec(), "is broken"),
    ] {
        fs::write(&state, &content).unwrap();
        let error = refusal(&state).await;
        assert!(error.contains(why) && error.contains("left as it is"), "{error}");
        assert_eq!(fs::read(&state).unwrap(), content, "{why}");
    }
    assert!(refusal(&directory).await.contains("cannot be read"));
    assert!(refusal(&directory.join("none/state.db")).await.contains("has no directory"));

    fs::write(&state, good).unwrap();
    assert_eq!(start(&state).await.payments().len(), 1);
    // What a program makes that wants a name of its own is as good as no file.
    fs::write(&state, "").unwrap();
    assert_eq!(start(&state).await.payments().len(), 0);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn a_database_that_is_not_what_it_should_be_is_refused() {
    let directory = directory("database");
    let state = state_with_a_payment(&directory).await;
    let good = fs::read(&state).unwrap();
    for (sql, why) in [
        ("PRAGMA application_id = 1", "of another program"),
        ("PRAGMA user_version = 4", "has the form 4"),
        ("UPDATE payment SET number = 7", "is broken"),
        ("UPDATE payment SET account = 7", "is broken"),
        ("UPDATE payment SET value = '{}'", "is broken"),
        ("UPDATE head SET value = replace(value, '\"next\":1', '\"next\":0')", "is broken"),
        ("DELETE FROM account", "is broken"),
        ("DROP TABLE wallet", "cannot be read"),
        ("INSERT INTO wallet VALUES (1, 'member', 'm', '{\"number\":1,\"balance\":5}')", "contradicts itself"),
    ] {
        fs::write(&state, &good).unwrap();
        let database = Connection::open(&state).unwrap();
        database.execute_batch(sql).unwrap();
        drop(database);
        let before = fs::read(&state).unwrap();
        let error = refusal(&state).await;
        assert!(error.contains(why) && error.contains("state.db"), "{sql}: {error}");
        assert_eq!(fs::read(&state).unwrap(), before, "{sql}");
    }
    fs::remove_dir_all(directory).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_read_becomes_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory("private");
    let state = directory.join("state.db");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let publish = || fs::set_permissions(&state, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&state, "").unwrap();
    // An empty one first, then one with a state.
    for _ in 0..2 {
        publish();
        let sandbox = start(&state).await;
        let names = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
        for path in names.filter(|path| path.to_string_lossy().contains("/state.db")) {
            assert_eq!(mode(&path), 0o600, "{path:?}");
        }
        drop(sandbox);
    }
    Connection::open(&state).unwrap().execute_batch("PRAGMA application_id = 1").unwrap();
    publish();
    assert!(refusal(&state).await.contains("of another program"));
    assert_eq!(mode(&state), 0o644);
    fs::remove_dir_all(directory).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_not_a_file_to_be_written_is_refused_at_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory("unusable");
    let state = state_with_a_payment(&directory).await;
    let before = fs::read(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o444)).unwrap();
    let error = refusal(&state).await;
    assert!(error.contains("may not be written") && error.contains("make it writable"), "{error}");
    assert_eq!(fs::read(&state).unwrap(), before);
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o444);
    // A device without end.
    std::os::unix::fs::symlink("/dev/zero", directory.join("zero")).unwrap();
    let error = refusal(&directory.join("zero")).await;
    assert!(error.contains("not a regular file"), "{error}");
    assert!(!Path::new("/dev/.zero.sandbox-lock").exists());
    // Much too large, though there is nothing in it.
    let large = directory.join("large.db");
    fs::File::create(&large).unwrap().set_len(5 * 1024 * 1024 * 1024).unwrap();
    assert!(refusal(&large).await.contains("is larger than"), "a large file");
    fs::remove_dir_all(directory).unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_written_changes_fail_until_a_reset() {
    let directory = directory("full");
    let state = directory.join("state.db");
    // Files of that process cannot grow beyond this.
    let (mut child, base) = run_limited_child(&state, 400);
    let url = format!("{base}/{}/api/v1/payment/create", Provider::Kropay);
    let create = async |number: usize| {
        let headers = [("X-API-KEY", "K"), ("Content-Type", "application/json")];
        let body = format!("{{\"merchant_ref\": \"order-{number}\", \"amount\": {}}}", 20_000 + number);
        try_send("POST", &url, &headers, &body).await.unwrap()
    };
    let mut made = 0;
    let refused = loop {
        let reply = create(made).await;
        if reply.status != 201 {
            break reply;
        }
        made += 1;
        assert!(made < 10_000, "the file is not limited");
    };
    assert_eq!(refused.status, 500);
    assert!(refused.body.contains("state.db cannot be written: "), "{}", refused.body);
    assert_eq!(create(made + 1).await.status, 500);
    // Whoever only looks is answered.
    let payments = get(&format!("{base}/_sandbox/payments")).await;
    assert_eq!(payments.status, 200);
    assert!(payments.json()["payments"].as_array().unwrap().len() >= made);
    assert_eq!(get(&base).await.status, 200);

    let reset = post_json(&format!("{base}/_sandbox/reset"), &serde_json::Value::Null).await;
    assert_eq!(reset.status, 200, "{}", reset.body);
    assert_eq!(create(0).await.status, 201);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(start(&state).await.payments().len(), 1);
    fs::remove_dir_all(directory).unwrap();
}
