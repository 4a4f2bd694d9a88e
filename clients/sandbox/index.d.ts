/** Payment gateways on this machine, for tests. */
export class Sandbox implements AsyncDisposable {
  private constructor();

  /** Where it is: `http://127.0.0.1:40123`. */
  readonly url: string;

  /** What a shop's environment needs to ask it instead of the gateways, such as `GERBANG_KROPAY_BASE_URL`. */
  readonly variables: Readonly<Record<string, string>>;

  /** Starts one at a free port of this machine. It ends with this process, where nobody stops it before. */
  static start(options?: {
    /** More flags of `gerbang sandbox`, such as `["--seed", "payments.json"]`. */
    args?: string[];
  }): Promise<Sandbox>;

  /**
   * Calls its own API, which `/_sandbox/openapi.yaml` describes: `call("POST", "payments/kropay/ORDER-1/pay")`. Throws where it
   * refuses.
   */
  call(method: string, path: string, body?: unknown): Promise<any>;

  /** Ends it. */
  stop(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** The path of the program `gerbang`. Throws where there is none for this system. */
export function program(): string;
