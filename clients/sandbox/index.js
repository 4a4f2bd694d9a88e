// A sandbox that runs for as long as the tests.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { program } from "./program.js";

export { program };

export class Sandbox {
  #child;

  /** Where it is: `http://127.0.0.1:40123`. */
  url;

  /** What a shop's environment needs to ask it instead of the gateways, such as `GERBANG_KROPAY_BASE_URL`. */
  variables;

  constructor(child, { page, variables }) {
    this.#child = child;
    this.url = page.replace(/\/$/, "");
    this.variables = variables;
  }

  /** Starts one at a free port of this machine. It ends with this process, where nobody stops it before. */
  static async start({ args = [] } = {}) {
    const child = spawn(program(), ["sandbox", "--json", "--quiet", ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const kill = () => child.kill();
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    const lines = createInterface({ input: child.stdout });
    // What it says on the standard output is for programs: the first line is all of it, unless it fails.
    const started = once(lines, "line").then(([line]) => JSON.parse(line));
    const failed = Promise.race([
      once(child, "error").then(([error]) => Promise.reject(error)),
      once(child, "exit").then(([code, signal]) => Promise.reject(new Error(`gerbang sandbox ended: ${code ?? signal}`))),
    ]);
    failed.catch(() => {});
    const said = await Promise.race([started, failed]);
    if (typeof said.page !== "string") throw new Error(`gerbang sandbox: ${said.error?.message ?? JSON.stringify(said)}`);
    // A sandbox that nobody stopped does not keep the process.
    child.unref();
    child.stdout.unref();
    return new Sandbox(child, said);
  }

  /**
   * Calls its own API, which `/_sandbox/openapi.yaml` describes: `call("POST", "payments/kropay/ORDER-1/pay")`. Throws where it
   * refuses.
   */
  async call(method, path, body) {
    const reply = await fetch(`${this.url}/_sandbox/${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const value = await reply.json();
    if (!reply.ok) throw new Error(`${method} ${path}: ${value.error ?? reply.status}`);
    return value;
  }

  /** Ends it. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.ref();
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    await this.stop();
  }
}
