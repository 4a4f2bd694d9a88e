// The package as a shop's tests use it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";

import { Sandbox, program } from "@gerbang/sandbox";

const create = (sandbox, order) =>
  fetch(`${sandbox.variables.GERBANG_KROPAY_BASE_URL}/api/v1/payment/create`, {
    method: "POST",
    headers: { "X-API-KEY": "key of the test", "Content-Type": "application/json" },
    body: JSON.stringify({ merchant_ref: order, amount: 10_000 }),
  });

const answers = (url) => fetch(`${url}/healthz`).then((reply) => reply.ok, () => false);

test("a payment is created and paid", async (t) => {
  const sandbox = await Sandbox.start();
  t.after(() => sandbox.stop());
  assert.equal((await create(sandbox, "ORDER-1")).status, 201);
  await sandbox.call("POST", "payments/kropay/ORDER-1/pay");
  const { payments } = await sandbox.call("GET", "payments");
  assert.deepEqual(payments.map(({ order, status }) => [order, status]), [["ORDER-1", "paid"]]);
});

test("a stopped sandbox answers no more", async () => {
  const sandbox = await Sandbox.start();
  assert.ok(await answers(sandbox.url));
  await sandbox.stop();
  await sandbox.stop();
  assert.ok(!(await answers(sandbox.url)));
});

test("a sandbox that nobody stopped ends with its process", async () => {
  const script = `
    import { Sandbox } from "@gerbang/sandbox";
    console.log((await Sandbox.start()).url);`;
  const url = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8", timeout: 30_000 });
  for (let tries = 0; await answers(url.trim()); tries++) {
    assert.ok(tries < 100, "it still answers");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test("what it refuses is an error with its words", async (t) => {
  const sandbox = await Sandbox.start();
  t.after(() => sandbox.stop());
  await assert.rejects(sandbox.call("POST", "payments/kropay/NONE/pay"), /NONE\/pay: no payment has this name/);
  await assert.rejects(Sandbox.start({ args: ["--state", "none/state"] }), /gerbang sandbox: .*none/);
});

test("the command is that of the program", () => {
  const direct = execFileSync(program(), ["--version"], { encoding: "utf8" });
  const shell = process.platform === "win32";
  assert.equal(execFileSync("npx", ["gerbang", "--version"], { encoding: "utf8", shell }), direct);
  assert.equal(spawnSync("npx", ["gerbang", "--none"], { shell }).status, 2);
});
