import type { Clock } from '../../core/clock';
import type { Measurements, ModelMeasurement } from '../../core/measurements';
import type { Gateway } from '../gateway-port';

/** A tooltip that comes later than this is not waited for. */
const patienceMs = 500;

/** Whoever hovers over row after row asks once. */
const freshMs = 2000;

/** What the gateway has measured, for tooltips and reports. Asked when somebody looks, never otherwise. */
export class MeasurementReader {
  readonly #gateway: Pick<Gateway, 'status' | 'request'>;
  readonly #clock: Clock;
  #latest: { readonly at: number; readonly answer: Promise<Measurements | undefined> } | undefined;

  constructor(gateway: Pick<Gateway, 'status' | 'request'>, clock: Clock) {
    this.#gateway = gateway;
    this.#clock = clock;
  }

  /** Never rejects; at most half a second. Undefined: no gateway, or none that answers. */
  read(): Promise<Measurements | undefined> {
    if (this.#gateway.status.phase !== 'connected') return Promise.resolve(undefined);
    const now = this.#clock.monotonic();
    if (this.#latest === undefined || now - this.#latest.at > freshMs) {
      this.#latest = { at: now, answer: this.#ask() };
    }
    return this.#latest.answer;
  }

  async ofModel(engineId: string, modelId: string): Promise<ModelMeasurement | undefined> {
    const measurements = await this.read();
    return measurements?.models.find((model) => model.engineId === engineId && model.modelId === modelId);
  }

  #ask(): Promise<Measurements | undefined> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => resolve(undefined), patienceMs);
      const settle = (measurements: Measurements | undefined): void => {
        timer.cancel();
        resolve(measurements);
      };
      this.#gateway.request('models/measurements', {}).then(settle, () => settle(undefined));
    });
  }
}
