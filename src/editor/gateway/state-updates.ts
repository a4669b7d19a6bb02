import type { GatewayNotifications, GatewayState } from '../../protocol/gateway-rpc';

type Updates = {
  readonly [N in keyof GatewayNotifications]?: (state: GatewayState, params: GatewayNotifications[N]) => GatewayState;
};

/** Notifications that change the state, and how. */
const updates = {
  'proxy/changed': (state, proxy) => ({ ...state, proxy }),
  'engines/changed': (state, engines) => (engines.revision < state.engines.revision ? state : { ...state, engines }),
  'demo/changed': (state, { baseUrl }) => withMember(state, 'demoEngine', baseUrl),
  'window/front': (state, { window }) => withMember(state, 'frontWindow', window),
  'config/problems': (state, configProblems) => ({ ...state, configProblems }),
  'security/changed': (state, security) => ({ ...state, security }),
  'sharing/changed': (state, sharing) => ({ ...state, sharing }),
} as const satisfies Updates;

export type StateNotification = keyof typeof updates;

export const notificationNames = Object.keys(updates) as StateNotification[];

/** The state after a notification. An engine snapshot older than the known one changes nothing. */
export function applyNotification<N extends StateNotification>(
  state: GatewayState,
  name: N,
  params: GatewayNotifications[N],
): GatewayState {
  const update = updates[name] as (state: GatewayState, params: GatewayNotifications[N]) => GatewayState;
  return update(state, params);
}

function withMember(state: GatewayState, name: 'demoEngine' | 'frontWindow', value: string | undefined): GatewayState {
  if (value !== undefined) return { ...state, [name]: value };
  return Object.fromEntries(Object.entries(state).filter(([member]) => member !== name)) as unknown as GatewayState;
}
