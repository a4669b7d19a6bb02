import type { Engine } from '../../core/engine';
import { canonicalModelId } from '../../core/model-id';
import type { Choice } from '../input/step-input';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';

/** A pattern a key can be limited to, and what people call it. */
export interface ModelOption {
  readonly pattern: string;
  readonly label: string;
}

/** Every model by its canonical id, and every engine as a whole, which then covers models it gets later. */
export function modelOptions(l10n: Localizer, engines: readonly Engine[]): readonly ModelOption[] {
  const used = engines.filter((engine) => engine.models.length > 0);
  const whole = used.map((engine) => ({
    pattern: `${engine.id}/*`,
    label: l10n.t('Everything of {0}', messageText(engine.name)),
  }));
  const single = used.flatMap((engine) =>
    engine.models.map((model) => {
      const pattern = canonicalModelId(engine.id, model.id);
      return { pattern, label: messageText(pattern) };
    }),
  );
  return [...whole, ...single];
}

/** The options, ticked where they are picked; picked patterns that no engine offers now are kept on the list. */
export function modelChoices(options: readonly ModelOption[], picked: readonly string[]): readonly Choice<string>[] {
  const unknown = picked.filter((pattern) => !options.some((option) => option.pattern === pattern));
  return [...unknown.map((pattern) => ({ pattern, label: messageText(pattern) })), ...options].map(
    ({ pattern, label }) => ({ label, value: pattern, isPicked: picked.includes(pattern) }),
  );
}
