/**
 * A client of `gerbang serve`, typed by the daemon's own description.
 *
 * Amounts are whole rupiah; times are RFC 3339 in UTC.
 */
import { setTimeout as sleep } from "node:timers/promises";

import createFetchClient, { type Client as FetchClient } from "openapi-fetch";
import { Webhook } from "standardwebhooks";

import type { components, paths } from "./schema.js";

export type NewPayment = components["schemas"]["NewPayment"];
export type Payment = components["schemas"]["Payment"];
export type Event = components["schemas"]["Event"];
export type Problem = components["schemas"]["Problem"];

/** The daemon's calls: `client.GET("/v1/payments/{id}", { params: { path: { id } } })`. */
export type Client = FetchClient<paths>;

export interface Options {
  /** The daemon's address: `http://127.0.0.1:8080`. */
  url: string;
  /** A token of scope `shop` or `admin`. */
  token: string;
  /** How long a call may take, in milliseconds; 40 000 where it is left out. */
  timeout?: number;
}

/** What the daemon refused, with what to do next in `problem.next`. */
export class GerbangError extends Error {
  override readonly name = "GerbangError";

  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
  }
}

/** What a reply is that is no payment. Something between here and the daemon may answer in its place. */
function failure(error: unknown, response: Response): Error {
  const isProblem = typeof error === "object" && error !== null && "code" in error && "detail" in error;
  return isProblem ? new GerbangError(error as Problem) : new Error(`not the daemon's reply: ${response.status}`);
}

/** A client of the daemon at an address. It follows no redirect, which would take the token elsewhere. */
export function createClient({ url, token, timeout = 40_000 }: Options): Client {
  return createFetchClient<paths>({
    baseUrl: url.replace(/\/+$/, ""),
    headers: { authorization: `Bearer ${token}` },
    redirect: "error",
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(timeout) }),
  });
}

/** The pauses between calls that say the same again, in milliseconds. */
const PAUSES = [200, 500, 1_000, 2_000, 4_000];

/**
 * Takes a payment for an order. It calls again where a reply is lost or not final yet: the daemon creates one payment for an order,
 * however often it is asked.
 *
 * @throws {GerbangError} where the daemon refuses.
 * @throws what the last call failed with; call `pay` again later with the same order then.
 */
export async function pay(client: Client, order: NewPayment): Promise<Payment> {
  for (const pause of [...PAUSES, undefined]) {
    try {
      const { data, error, response } = await client.POST("/v1/payments", { body: order });
      if (data && (response.status !== 202 || pause === undefined)) return data;
      if (error && (response.status < 500 || pause === undefined)) throw failure(error, response);
    } catch (error) {
      if (error instanceof GerbangError || pause === undefined) throw error;
    }
    await sleep(pause);
  }
  throw new Error("not reached: the last call returns or throws");
}

/**
 * The event of a webhook, once its signature and its age are verified. Take effect once for each `id` of an event: it may come again.
 *
 * @param body as it came, not parsed.
 * @param secrets those of the daemon's settings, `whsec_…`; two while they are changed.
 * @throws where no secret fits.
 */
export function readEvent(body: string, headers: Record<string, string | string[] | undefined>, secrets: string[]): Event {
  const signed: Record<string, string> = {};
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    const value = headers[name];
    if (typeof value === "string") signed[name] = value;
  }
  let failure: unknown = new Error("there is no webhook secret");
  for (const secret of secrets) {
    try {
      return new Webhook(secret).verify(body, signed) as Event;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
