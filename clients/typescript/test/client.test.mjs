// A payment through the client, a daemon and its sandbox; and what the client makes of replies that are lost or no JSON. `GERBANG` is
// the program.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import { Webhook } from "standardwebhooks";

import { GerbangError, createClient, pay, readEvent } from "../dist/index.js";

const OLD = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;

let daemon;
let client;
let sandbox;

before(async () => {
  const program = process.env.GERBANG;
  assert.ok(program, "GERBANG is the path of the program");
  daemon = spawn(program, ["serve", "--sandbox", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const line of createInterface({ input: daemon.stdout })) {
    text += `${line}\n`;
    if (line.includes("?wait=")) break;
  }
  const token = /Bearer ([\w-]+)/.exec(text)[1];
  const url = /(http:\/\/[\d.:]+)\/v1\/payments/.exec(text)[1];
  sandbox = /(http:\/\/\S+)\/ORDER-1\/pay/.exec(text)[1];
  client = createClient({ url: `${url}/`, token });
});

after(() => daemon?.kill());

test("a payment is taken once and turns to paid", async () => {
  const order = { order: "TS-1", amount: 25_000, metadata: { cart: [1, 2] } };
  const [payment, again] = [await pay(client, order), await pay(client, order)];
  assert.equal(payment.status, "pending");
  assert.equal(again.id, payment.id);
  assert.deepEqual(payment.metadata, order.metadata);

  const paid = await fetch(`${sandbox}/TS-1/pay`, { method: "POST" });
  assert.equal(paid.status, 200);
  const path = { path: { id: payment.id }, query: { wait: 30 } };
  const { data } = await client.GET("/v1/payments/{id}", { params: path });
  assert.equal(data.status, "paid");
});

test("another content of an order is refused with what to do", async () => {
  await pay(client, { order: "TS-2", amount: 10_000 });
  await assert.rejects(pay(client, { order: "TS-2", amount: 20_000 }), (error) => {
    assert.ok(error instanceof GerbangError);
    assert.equal(error.problem.status, 409);
    assert.ok(error.problem.next);
    return true;
  });
});

test("lost and unreadable replies lead to the same call again", async () => {
  const calls = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      calls.push(body);
      if (calls.length === 1) return request.socket.destroy();
      if (calls.length === 2) return response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
      response.writeHead(201, { "content-type": "application/json" }).end('{"id":"pay_1","status":"pending"}');
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const other = createClient({ url: `http://127.0.0.1:${server.address().port}`, token: "t" });
    assert.equal((await pay(other, { order: "TS-3", amount: 10_000 })).id, "pay_1");
    assert.equal(calls.length, 3);
    assert.equal(new Set(calls).size, 1);
  } finally {
    server.close();
  }
});

test("a redirect is not followed with the token", async () => {
  let leaked = false;
  const server = createServer((request, response) => {
    leaked ||= request.url === "/elsewhere";
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const other = createClient({ url: `http://127.0.0.1:${server.address().port}`, token: "t" });
    await assert.rejects(other.GET("/v1/accounts"));
    assert.equal(leaked, false);
  } finally {
    server.close();
  }
});

test("an event is read with either secret of a rotation", () => {
  const event = { id: "evt_1", type: "payment.paid", timestamp: "2026-01-02T03:04:05Z", data: {} };
  const [body, sent] = [JSON.stringify(event), new Date()];
  const signatures = [OLD, NEW].map((secret) => new Webhook(secret).sign("evt_1", sent, body));
  const headers = {
    "webhook-id": "evt_1",
    "webhook-timestamp": String(Math.floor(sent.getTime() / 1000)),
    "webhook-signature": signatures.join(" "),
  };
  assert.deepEqual(readEvent(body, headers, [OLD]), event);
  assert.deepEqual(readEvent(body, headers, [NEW]), event);
  const onlyOld = { ...headers, "webhook-signature": signatures[0] };
  assert.deepEqual(readEvent(body, onlyOld, [NEW, OLD]), event);
  assert.throws(() => readEvent(body, onlyOld, [NEW]));
  assert.throws(() => readEvent(body.replace("paid", "closed"), headers, [OLD, NEW]));
  assert.throws(() => readEvent(body, {}, [OLD]));
  assert.throws(() => readEvent(body, headers, []));
});
