import type { RpcPeer } from '../rpc/rpc-handlers';

interface Focus {
  readonly window: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Knows which of the windows a person looked at last. One entry per connection. */
export class FrontWindow {
  readonly #focused = new Map<number, Focus>();

  /** Undefined while no window has said anything. */
  get current(): string | undefined {
    let front: Focus | undefined;
    for (const focus of this.#focused.values()) if (front === undefined || focus.at > front.at) front = focus;
    return front?.window;
  }

  focused({ id }: RpcPeer, focus: Focus): void {
    this.#focused.set(id, focus);
  }

  left({ id }: RpcPeer): void {
    this.#focused.delete(id);
  }
}
