/** Requests by which windows agree on who tells a person what: part of `GatewayRequests`. */
export interface WindowRequests {
  /** A person looks at this window now, or looked at it last at `at`, epoch ms; 0: never yet. */
  'window/focused': { params: { readonly window: string; readonly at: number }; result: null };
  /** Something is about to be told once to one person, in whichever window: the first to ask does it. */
  'news/claim': { params: { readonly name: string }; result: { readonly isFirst: boolean } };
}

export interface WindowNotifications {
  /** Another window is in front now. */
  'window/front': { readonly window?: string };
}
