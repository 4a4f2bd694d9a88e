// A shop that is paid through `gerbang serve`, with nothing but Node's standard library (20). Start it:
// GERBANG_URL=http://127.0.0.1:8080 GERBANG_TOKEN=… GERBANG_WEBHOOK_SECRET=whsec_… PORT=3000 node shop.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";

const { GERBANG_URL, GERBANG_TOKEN, GERBANG_WEBHOOK_SECRET = "", PORT } = process.env;
const keys = GERBANG_WEBHOOK_SECRET.split(/\s+/).filter(Boolean).map((key) => Buffer.from(key.replace(/^whsec_/, ""), "base64"));
if (!GERBANG_URL || !GERBANG_TOKEN || !PORT || !keys.length || keys.some((key) => key.length < 24)) {
  throw new Error("set GERBANG_URL, GERBANG_TOKEN, PORT and GERBANG_WEBHOOK_SECRET, which is whsec_ and 24 bytes or more in Base64");
}
const ORDER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,43}$/; // safe as the name of a file

// Sends the same request each time: the daemon creates one payment, however often it is asked.
async function pay(order, amount) {
  const headers = { authorization: `Bearer ${GERBANG_TOKEN}`, "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify({ order, amount }), redirect: "error" };
  for (const pause of [200, 500, 1000, 2000, 4000, 0]) {
    try {
      const reply = await fetch(`${GERBANG_URL}/v1/payments`, { ...request, signal: AbortSignal.timeout(40_000) });
      const payment = await reply.json();
      if (reply.status >= 400 && reply.status < 500) return [400, payment.detail];
      if (reply.ok && payment.status !== "pending") return [200, `${order} is ${payment.status}`];
      if (reply.ok && payment.page) return [303, payment.page];
      if (reply.ok && reply.status !== 202 && payment.pay_with.length) {
        return [200, payment.pay_with.find((way) => way.type === "qris")?.payload ?? JSON.stringify(payment.pay_with)];
      }
    } catch {} // The connection was lost, or half of the reply.
    await setTimeout(pause);
  }
  return [503, "not ready yet; buying again goes on with the same payment"];
}

// Standard Webhooks
function isSigned(headers, body) {
  const { "webhook-id": id = "", "webhook-timestamp": sent = "", "webhook-signature": given = "" } = headers;
  if (!/^[0-9]{1,12}$/.test(sent) || Math.abs(Date.now() / 1000 - Number(sent)) > 300) return false;
  return keys.some((key) => {
    const wanted = Buffer.from(`v1,${createHmac("sha256", key).update(`${id}.${sent}.`).update(body).digest("base64")}`);
    return given.split(" ").some((one) => one.length === wanted.length && timingSafeEqual(Buffer.from(one, "latin1"), wanted));
  });
}

// Once: the file is what is packed by. It is on the disk when this returns.
function ship(order, event) {
  try {
    writeFileSync(`shipped/${order}`, `${event}\n`, { flag: "wx" });
    console.log("shipped", order);
  } catch (error) {
    if (error.code !== "EEXIST") throw error; // Otherwise by another request, perhaps just now.
  }
  for (const opened of [openSync(`shipped/${order}`), openSync("shipped")]) {
    fsyncSync(opened);
    closeSync(opened);
  }
}

async function answer(request) {
  let body = Buffer.alloc(0);
  for await (const chunk of request) if ((body = Buffer.concat([body, chunk])).length > 99_999) return [413, "too long"];
  if (request.method === "POST" && request.url === "/gerbang") {
    if (!isSigned(request.headers, body)) return [401, "not signed"];
    const { id, type, data } = JSON.parse(body);
    if (type === "payment.paid" && !ORDER.test(data.order ?? "")) return [400, "no order of this shop"];
    if (type === "payment.paid") ship(data.order, id);
    return [200, "taken"];
  }
  if (request.method !== "POST" || request.url !== "/buy") return [404, "nothing here"];
  const { order = "", amount = "" } = Object.fromEntries(new URLSearchParams(body.toString()));
  if (!ORDER.test(order) || !/^[1-9][0-9]{0,11}$/.test(amount)) return [400, "order or amount is wrong"];
  return pay(order, Number(amount)); // A real shop knows the amount by the order, and takes it from no browser.
}

mkdirSync("shipped", { recursive: true });
createServer(async (request, response) => {
  const [status, text] = await answer(request).catch((error) => [500, `failed: ${error.message}`]);
  response.writeHead(status, status === 303 ? { location: text } : { "content-type": "text/plain" }).end(text);
}).listen(Number(PORT), "127.0.0.1");
