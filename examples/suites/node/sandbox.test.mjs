// Tests of a shop's dealings with a gateway, by Node's own test runner (20) and no packages. All run at the same time, each with
// a key of its own, and share one sandbox. Run them with `gerbang` in the PATH, or named by GERBANG:
// node --test sandbox.test.mjs
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";

let program, sandbox, kropay;

before(async () => {
  program = spawn(process.env.GERBANG ?? "gerbang", ["sandbox", "--json", "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: program.stdout });
  const ended = once(program, "exit").then(([code]) => { throw new Error(`gerbang sandbox ended with ${code}`); });
  ended.catch(() => {});
  const [line] = await Promise.race([once(lines, "line"), ended, once(program, "error").then(([error]) => { throw error; })]);
  const { page, variables } = JSON.parse(line);
  sandbox = page.replace(/\/$/, "");
  kropay = variables.GERBANG_KROPAY_BASE_URL;
});

after(() => program.kill());

// A call of the sandbox's own API, which /_sandbox/openapi.yaml describes.
async function call(method, path, body) {
  const reply = await fetch(`${sandbox}/_sandbox/${path}`, { method, body: body && JSON.stringify(body) });
  const value = await reply.json();
  assert.ok(reply.ok, `${method} ${path}: ${value.error}`);
  return value;
}

const pay = (order) => call("POST", `payments/kropay/${order}/pay`);
const fault = (credential, what) => call("POST", "faults", { provider: "kropay", credential, times: 1, ...what });

// What the shop sends to the gateway.
const create = (key, order) => fetch(`${kropay}/api/v1/payment/create`, {
  method: "POST",
  headers: { "X-API-KEY": key, "Content-Type": "application/json" },
  body: JSON.stringify({ merchant_ref: order, amount: 10_000 }),
});

const ordersOf = async (...orders) =>
  (await call("GET", "payments")).payments.map((payment) => payment.order).filter((order) => orders.includes(order));

// Where the shop takes the notifications of one key; it answers as it is said, the last answer again and again.
async function receiver(t, key, ...answers) {
  const received = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const [status, answer] = answers[Math.min(received.length, answers.length - 1)];
    received.push(JSON.parse(body));
    response.writeHead(status).end(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  await call("PUT", "webhooks/address", { provider: "kropay", credential: key, url: `http://127.0.0.1:${server.address().port}/paid` });
  return received;
}

const TAKEN = [200, '{"success": true}'];

describe("a shop at Kropay", { concurrency: true }, () => {
  it("is notified when the customer pays", async (t) => {
    const received = await receiver(t, "node-paid", TAKEN);
    const created = await create("node-paid", "NODE-PAID");
    assert.equal(created.status, 201);
    await pay("NODE-PAID");
    const filter = { provider: "kropay", payment: "NODE-PAID", acknowledged: true };
    await call("POST", "webhooks/wait", { filter, timeout_milliseconds: 10_000 });
    assert.equal(received.length, 1);
    assert.deepEqual([received[0].merchant_ref, received[0].status], ["NODE-PAID", "paid"]);
  });

  it("is notified again until it says that it was", async (t) => {
    const received = await receiver(t, "node-again", [500, "broken"], TAKEN);
    await create("node-again", "NODE-AGAIN");
    await pay("NODE-AGAIN");
    const filter = { provider: "kropay", payment: "NODE-AGAIN", acknowledged: true };
    await call("POST", "webhooks/wait", { filter, timeout_milliseconds: 20_000 });
    assert.equal(received.length, 2);
    assert.deepEqual(received[0], received[1]);
  });

  it("may have a payment whose creation got no reply", async () => {
    await fault("node-lost", { effect: "close", carried_out: true, operation: "create_payment" });
    await assert.rejects(create("node-lost", "NODE-LOST"));
    assert.deepEqual(await ordersOf("NODE-LOST"), ["NODE-LOST"]);
    const again = await create("node-lost", "NODE-LOST");
    assert.equal(again.status, 422);
  });

  it("meets no fault of another key", async () => {
    await fault("node-other", { effect: "refuse", message: "no", carried_out: false });
    assert.equal((await create("node-mine", "NODE-MINE")).status, 201);
    assert.equal((await create("node-other", "NODE-OTHER")).status, 422);
    assert.deepEqual(await ordersOf("NODE-MINE", "NODE-OTHER"), ["NODE-MINE"]);
  });

  it("forgets one key and no other", async () => {
    await create("node-kept", "NODE-KEPT");
    await create("node-reset", "NODE-RESET");
    await call("POST", "reset", { provider: "kropay", credential: "node-reset" });
    assert.deepEqual(await ordersOf("NODE-KEPT", "NODE-RESET"), ["NODE-KEPT"]);
    assert.equal((await create("node-reset", "NODE-RESET")).status, 201);
  });

  it("sees that a payment has expired", async () => {
    const created = await (await create("node-late", "NODE-LATE")).json();
    await call("POST", "payments/kropay/NODE-LATE/expire");
    const reply = await fetch(`${kropay}/api/v1/payment/status/${created.reference}`, { headers: { "X-API-KEY": "node-late" } });
    assert.equal((await reply.json()).status, "expired");
  });
});
