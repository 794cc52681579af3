/** How a stream keeps a connection, which its contract promises. */
export interface StreamRules {
  /** Its first bytes ask clients that reconnect to wait so long. */
  readonly retryMs: number;
  /** A comment: keeps proxies from closing a stream that has nothing to say, and clients from giving up. */
  readonly heartbeat: string;
  /** It goes out after so long without an event. */
  readonly heartbeatMs: number;
  /** A stream is cut between events after so long on one connection; the client resumes. */
  readonly connectionMs: number;
}

/** docs/contracts/invocations.md#opening-a-stream and #reconnecting */
export const RUN_RULES: StreamRules = {
  retryMs: 2_000,
  heartbeat: ':\n\n',
  heartbeatMs: 15_000,
  connectionMs: 14 * 60_000,
};

/** docs/contracts/decisions.md#events */
export const DECISION_RULES: StreamRules = {
  retryMs: 3_000,
  heartbeat: ': hb\n\n',
  heartbeatMs: 3_000,
  connectionMs: 120_000,
};
