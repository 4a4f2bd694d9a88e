//! Lists, reports, accounts and pictures.

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use crate::case::{Case, Input, call, case};

pub const CASES: &[Case] = &[
    case!("B06-list-with-holes", "a PHP list from which rows were taken out is still a list", list_with_holes),
    case!("B07-empty-map-as-list", "an empty PHP map is written as a list, and is still a map", empty_map),
    case!("B12-empty-svg", "a picture without a byte is none", spoilt_picture),
    case!("B12-notice-before-svg", "a PHP notice before a picture spoils it", spoilt_picture),
    case!("B13-svg-compressed-unasked", "what is compressed is not read, and the failure says so", compressed_picture),
    case!("B19-one-bank-down", "one bank that is down does not hide the accounts at the others", one_bank_down),
    case!("B20-va-numbers-list", "account numbers as a list do not hide the report", numbers_as_list),
];

async fn list_with_holes(input: Input) -> Result<()> {
    let check = call(input.gateway(), "check_mutations", input.json(200)).await?.json;
    let custom_ids: Vec<_> = rows(&check["pending_transactions"]).iter().map(|row| &row["custom_id"]).collect();
    ensure!(custom_ids == [&json!("ORDER-1"), &json!("ORDER-3")], "{check}");
    ensure!(rows(&check["mutasi_incoming"]).len() == 1, "{check}");
    Ok(())
}

async fn empty_map(input: Input) -> Result<()> {
    let wallet = call(input.gateway(), "register_va", input.json(200)).await?.json;
    let has_no_account = wallet["data"].as_object().is_none_or(|accounts| accounts.is_empty());
    ensure!(has_no_account && wallet["rq_uuid"] == "U", "{wallet}");
    Ok(())
}

async fn spoilt_picture(input: Input) -> Result<()> {
    picture_failure(&input).await.map(drop)
}

async fn compressed_picture(input: Input) -> Result<()> {
    let failure = picture_failure(&input).await?;
    let lower_case = failure.to_lowercase();
    ensure!(lower_case.contains("gzip") || lower_case.contains("compress"), "the failure is: {failure}");
    Ok(())
}

/// What the failure says with which fetching a picture must end.
async fn picture_failure(input: &Input) -> Result<String> {
    match call(input.gateway(), "qris_image", input.http()).await {
        Ok(shown) => bail!("it is handed out: {}", shown.printed),
        Err(error) => Ok(error.to_string()),
    }
}

async fn one_bank_down(input: Input) -> Result<()> {
    let wallet = call(input.gateway(), "register_va", input.json(200)).await?.json;
    let (good, down) = (&wallet["data"]["011"], &wallet["data"]["002"]);
    ensure!(good["va_number"] == "9628900000000001" && good["fee"] == "0", "{wallet}");
    ensure!(down["error_code"] == "99" && down["fee"].is_null() && down["total_amount"].is_null(), "{wallet}");
    Ok(())
}

async fn numbers_as_list(input: Input) -> Result<()> {
    let report = call(input.gateway(), "finance_report", input.json(200)).await?.json;
    ensure!(rows(&report).len() == 1 && report[0]["order_id"] == "O1", "{report}");
    Ok(())
}

fn rows(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}
