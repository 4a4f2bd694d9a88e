// A payment with the package `midtrans-client`, which is Midtrans' own: created by QRIS, asked for, paid, its notification checked as
// Midtrans' document says, and given back; others cancelled and expired.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const http = require("node:http");
const { CoreApi } = require("midtrans-client");

const serverKey = process.env.GERBANG_MIDTRANS_SERVER_KEY;

function clientOf(key) {
    const client = new CoreApi({ isProduction: true, serverKey: key, clientKey: "" });
    // Another base URL, for which it has no setting.
    client.apiConfig.constructor.CORE_PRODUCTION_BASE_URL = process.env.GERBANG_MIDTRANS_BASE_URL;
    return client;
}

function receive(port) {
    return new Promise((resolve) => {
        const server = http.createServer((request, response) => {
            let body = "";
            request.on("data", (part) => (body += part));
            request.on("end", () => {
                response.end("OK");
                server.close();
                server.closeAllConnections();
                resolve(JSON.parse(body));
            });
        });
        server.listen(port, "127.0.0.1");
    });
}

async function main(port) {
    const client = clientOf(serverKey);
    const charge = (order_id) =>
        client.charge({ payment_type: "qris", transaction_details: { order_id, gross_amount: 25000 } });
    const notified = receive(port);
    const created = await charge("INV-1");
    assert.equal(`${created.status_code} ${created.transaction_status}`, "201 pending");
    assert.equal(`${created.order_id} ${created.gross_amount}`, "INV-1 25000.00");
    await assert.rejects(charge("INV-1"), (error) => error.httpStatusCode === "406");
    await assert.rejects(client.transaction.status("INV-2"), (error) => error.httpStatusCode === "404");

    const paid = await fetch(`${process.env.GERBANG_SANDBOX}/_sandbox/payments/midtrans/INV-1/pay`, { method: "POST" });
    assert.ok(paid.ok);
    const notification = await notified;
    const signed = notification.order_id + notification.status_code + notification.gross_amount + serverKey;
    assert.equal(notification.signature_key, crypto.createHash("sha512").update(signed).digest("hex"));
    const now = await client.transaction.notification(notification);
    assert.equal(`${now.status_code} ${now.transaction_status} ${now.order_id}`, "200 settlement INV-1");

    const refunded = await client.transaction.refund("INV-1", { refund_key: "R-1", amount: 5000, reason: "no sugar" });
    assert.equal(`${refunded.transaction_status} ${refunded.refund_amount}`, "partial_refund 5000.00");
    await charge("INV-3");
    assert.equal((await client.transaction.cancel("INV-3")).transaction_status, "cancel");
    await charge("INV-4");
    assert.equal((await client.transaction.expire("INV-4")).status_code, "407");
    await assert.rejects(client.transaction.cancel("INV-4"), (error) => error.httpStatusCode === "412");
    // Another key has other payments.
    await assert.rejects(clientOf("another").transaction.status("INV-1"), (error) => error.httpStatusCode === "404");
    console.log("ok  midtrans-client 1.4.3 took a payment, received its notification and gave money back");
}

main(Number(process.argv[2])).catch((error) => {
    console.error(error);
    process.exit(1);
});
